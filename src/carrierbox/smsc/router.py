"""Where a message goes: to a phone of some carrier in some country, or to an ESME by its range.

Pure look-ups: the number plan is handed in, nothing is remembered.
"""

from typing import Final

from carrierbox.identifiers import TON_INTERNATIONAL, Address, Msisdn, msisdn_or_none
from carrierbox.smsc.accounts import Account, Accounts
from carrierbox.smsc.ports import NumberPlan, NumberRoute

SHORT_CODE_DIGITS_MAX: Final = 8


class Router:
    """The routing of one box."""

    def __init__(self, number_plan: NumberPlan, accounts: Accounts) -> None:
        self._number_plan = number_plan
        self._accounts = accounts

    def route_to_phone(self, msisdn: str) -> NumberRoute | None:
        """Country and carrier of a number by its longest prefix; None where nobody owns it."""
        return self._number_plan.route(msisdn)

    def phone_of(self, destination: Address) -> Msisdn | None:
        """The phone a mobile-originated message is for, if its destination is a phone's number."""
        msisdn = msisdn_or_none(destination.value)
        if msisdn is None or self._number_plan.route(msisdn) is None:
            return None
        if destination.ton == TON_INTERNATIONAL or len(msisdn) > SHORT_CODE_DIGITS_MAX:
            return msisdn
        return None

    def other_account(self, account: Account, destination_addr: str) -> Account | None:
        """The account that an ESME's message goes to instead of a phone.

        Only one that chose a range with this address in it, and never its sender's own.
        """
        if not self._accounts.has_chosen_ranges:
            return None
        address = msisdn_or_none(destination_addr) or destination_addr
        found = self._accounts.chooser_of(address)
        return None if found is account else found

    def account_for(self, destination: Address) -> Account | None:
        """The account a mobile-originated message is for (SMPP 3.4 §5.2.7, address_range).

        An account that chose a range gets what is in it, whole numbers included; one that takes
        everything gets only what is no phone's number.
        """
        address = msisdn_or_none(destination.value) or destination.value
        account = self._accounts.receiver_of(address)
        if account is None or account.receives_by_choice:
            return account
        return None if self.phone_of(destination) is not None else account
