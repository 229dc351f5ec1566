"""Who may bind, and with what rights: the accounts of one box."""

import re
from typing import Final

from carrierbox.clock import LinkTime
from carrierbox.ip_networks import IpNetworks, host_of
from carrierbox.smpp.values import ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RINVSYSID, ESME_ROK

ANY: Final = "*"
ANY_ADDRESS: Final = ".*"
SYSTEM_ID_OCTETS_MAX: Final = 15
"""SMPP 3.4 §5.2.1."""
PASSWORD_OCTETS_MAX: Final = 8
"""SMPP 3.4 §5.2.2."""
ACCOUNTS_MAX: Final = 10_000
"""How many names may bind under `*` and be remembered."""


class AccountSettings:
    """One account as configured.

    `system_id` `*` stands for every name and `password` `*` for every password. `window` is how
    many deliver_sm may be unanswered on one of its binds; `binds_max` how many links it may bind;
    `address_range` a regular expression over the numbers it receives messages for (SMPP 3.4
    §5.2.7); `data_sm` says that it is sent data_sm in the place of deliver_sm.
    `rate_per_s` bounds the messages accepted in a second over all its binds (0: no bound), counted
    by message or, `rate_by_part`, by part; `queue_max` how many messages may wait for one phone
    (0: no bound). `allow_from` is where its clients may bind from (None: everywhere).
    `strict` refuses a system_id of more than 15 and a password of more than 8 octets, which SMPP
    3.4 does not know and many clients send (T12).
    """

    def __init__(
        self,
        system_id: str,
        password: str,
        window: int = 100,
        binds_max: int = 10,
        address_range: str = ANY_ADDRESS,
        data_sm: bool = False,
        rate_per_s: float = 0.0,
        rate_by_part: bool = False,
        queue_max: int = 0,
        allow_from: IpNetworks | None = None,
        strict: bool = True,
    ) -> None:
        self.system_id = system_id
        self.password = password
        self.window = window
        self.binds_max = binds_max
        self.address_range = address_range
        self.data_sm = data_sm
        self.rate_per_s = rate_per_s
        self.rate_by_part = rate_by_part
        self.queue_max = queue_max
        self.allow_from = allow_from
        self.strict = strict


class Account:
    """An account in use: under `*`, each name that binds has one of its own."""

    def __init__(self, system_id: str, settings: AccountSettings) -> None:
        self.system_id = system_id
        self.settings = settings
        self._allowance: float = max(settings.rate_per_s, 1.0)
        self._counted_at: float = 0.0
        self._range = re.compile(settings.address_range)
        self._is_anchored = "^" in settings.address_range or "$" in settings.address_range

    def may_submit(self, count: int, now: LinkTime) -> bool:
        """Take `count` messages off what the account's rate allows now; False if it is too much.

        A second's worth may come at once; what was refused costs nothing (T47).
        """
        rate = self.settings.rate_per_s
        if rate == 0.0:
            return True
        burst = max(rate, 1.0)
        self._allowance = min(burst, self._allowance + (now - self._counted_at) * rate)
        self._counted_at = now
        if self._allowance < min(float(count), burst):
            return False
        self._allowance -= count
        return True

    def receives(self, address: str) -> bool:
        """Whether messages to `address` belong to this account.

        `^1234` is every address that begins so, as the specification writes it (SMPP 3.4 §5.2.7,
        Appendix A); a pattern without anchors is the whole address.
        """
        if self._is_anchored and self._range.search(address) is not None:
            return True
        return self._range.fullmatch(address) is not None

    @property
    def receives_by_choice(self) -> bool:
        """Whether the range was narrowed: such an account goes before those that take all."""
        return self.settings.address_range != ANY_ADDRESS


class Accounts:
    """The accounts of one box, by system_id."""

    def __init__(self, settings: list[AccountSettings]) -> None:
        self._settings = {one.system_id: one for one in settings}
        self._accounts: dict[str, Account] = {}
        for one in settings:
            account = Account(one.system_id, one)
            if one.system_id != ANY:
                self._accounts[one.system_id] = account

    def check(self, system_id: str, password: str, peer: str = "") -> int:
        """The command_status a bind with these credentials deserves.

        `peer` is the address it came from, `host:port`. A bind from elsewhere than the account
        allows learns nothing about its password.
        """
        settings = self._settings.get(system_id) or self._settings.get(ANY)
        if settings is None or (settings.strict and len(system_id) > SYSTEM_ID_OCTETS_MAX):
            return ESME_RINVSYSID
        if settings.strict and len(password) > PASSWORD_OCTETS_MAX:
            return ESME_RINVPASWD
        if settings.allow_from is not None and not settings.allow_from.holds(host_of(peer)):
            return ESME_RBINDFAIL
        if settings.password not in (ANY, password):
            return ESME_RINVPASWD
        return ESME_ROK

    def names(self, system_id: str) -> bool:
        """Whether this very name was configured."""
        return system_id in self._settings

    @property
    def takes_any(self) -> bool:
        """Whether any name may bind."""
        return ANY in self._settings

    def account(self, system_id: str) -> Account | None:
        """The account of a name that may bind; made at first use under `*`.

        None for a name that was not configured, and for new ones beyond `ACCOUNTS_MAX`.
        """
        account = self._accounts.get(system_id)
        if account is None:
            settings = self._settings.get(ANY)
            if settings is None or len(self._accounts) >= ACCOUNTS_MAX:
                return None
            account = self._accounts[system_id] = Account(system_id, settings)
        return account

    def receiver_of(self, address: str) -> Account | None:
        """The account that messages from phones to `address` belong to.

        A range that somebody chose goes before `.*`; among equals the first configured wins.
        """
        fallback: Account | None = None
        for account in self._accounts.values():
            if account.receives(address):
                if account.receives_by_choice:
                    return account
                fallback = fallback or account
        return fallback
