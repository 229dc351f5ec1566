"""Who may bind, and with what rights: the accounts of one box."""

import re
from typing import Final

from carrierbox.clock import LinkTime
from carrierbox.codecs.receipt_dialect import STANDARD, Dialect
from carrierbox.ip_networks import IpNetworks, host_of, peer_name
from carrierbox.smpp.values import ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RINVSYSID, ESME_ROK
from carrierbox.smsc.schedule import VALIDITY_DEFAULT_S, VALIDITY_MAX_S
from carrierbox.smsc.text_coding import AGREED_CODINGS, CarrierCodings, TextCoding

ANY: Final = "*"
ANY_ADDRESS: Final = ".*"
SYSTEM_ID_OCTETS_MAX: Final = 15
"""SMPP 3.4 §5.2.1."""
PASSWORD_OCTETS_MAX: Final = 8
"""SMPP 3.4 §5.2.2."""
ACCOUNTS_MAX: Final = 10_000
"""How many names may bind under `*` and be remembered."""


class OutbindSettings:
    """How an ESME is called (SMPP 3.4 §4.1.7): where it listens, and who we say we are.

    `after_s` is how long something waits before the first call.
    """

    def __init__(
        self, host: str, port: int, system_id: str, password: str, after_s: float = 1.0
    ) -> None:
        self.host = host
        self.port = port
        self.system_id = system_id
        self.password = password
        self.after_s = after_s

    @property
    def to(self) -> str:
        """Where it listens, `host:port`."""
        return peer_name(self.host, self.port)


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
    `dialect` is how its ids and receipts are written; `receipt_tlvs` are the tags of the TLVs that
    its receipts take over from what it submitted.
    `strict_tlvs` refuses TLVs that are misplaced, of a wrong length or of a wrong value (T43).
    `distribution_lists` are the dl_names it may submit to (None: all).
    `data_coding_0` is what it means by that data_coding (`codecs.default_coding`; None: what the
    carrier takes it for, T32); `languages` are those whose tables its texts may use where the
    centre codes them (TS 23.038 §6.2.1.2.4).
    `error_bodies` lets refusals carry the body of their kind, which SMPP 3.4 leaves out (T09).
    `outbind` is how its ESME is called when something waits for it and no receiver is bound.
    `validity_default_s` is how long its messages are tried that have no validity_period,
    `validity_max_s` how long any of them is, both in network seconds.
    `receipts_keep_s` is how long it is owed a receipt, in network seconds from the end of the
    message (0: for ever), `receipts_tries` how often it may refuse one (0: no bound).
    `content_class` is what its messages are about that do not say so themselves (`""`: unknown).
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
        dialect: Dialect = STANDARD,
        receipt_tlvs: list[int] | None = None,
        strict_tlvs: bool = False,
        distribution_lists: list[str] | None = None,
        data_coding_0: int | None = None,
        languages: tuple[int, ...] = (),
        error_bodies: bool = False,
        outbind: OutbindSettings | None = None,
        validity_default_s: float = VALIDITY_DEFAULT_S,
        validity_max_s: float = VALIDITY_MAX_S,
        receipts_keep_s: float = 0.0,
        receipts_tries: int = 0,
        content_class: str = "",
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
        self.dialect = dialect
        self.dialect_below_3_4 = dialect.below_3_4()
        self.receipt_tlvs: list[int] = [] if receipt_tlvs is None else receipt_tlvs
        self.strict_tlvs = strict_tlvs
        self.distribution_lists = distribution_lists
        self.data_coding_0 = data_coding_0
        self.languages = languages
        self.error_bodies = error_bodies
        self.outbind = outbind
        self.validity_default_s = min(validity_default_s, validity_max_s)
        self.validity_max_s = validity_max_s
        self.receipts_keep_s = receipts_keep_s
        self.receipts_tries = receipts_tries
        self.content_class = content_class


class Account:
    """An account in use: under `*`, each name that binds has one of its own."""

    def __init__(
        self,
        system_id: str,
        settings: AccountSettings,
        carrier_codings: CarrierCodings | None = None,
    ) -> None:
        self.system_id = system_id
        self.settings = settings
        self.order: int = 0
        """Its place among the accounts: the first one that may have a message gets it."""
        self._own_coding: TextCoding | None = None
        if settings.data_coding_0 is not None:
            self._own_coding = AGREED_CODINGS[settings.data_coding_0]
        self._carrier_codings = carrier_codings or CarrierCodings()
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

    def may_use_list(self, dl_name: str) -> bool:
        """Whether it may submit to this distribution list."""
        allowed = self.settings.distribution_lists
        return allowed is None or dl_name in allowed

    def coding_of(self, country: str) -> TextCoding:
        """What data_coding 0 means in messages between the account and phones of a country."""
        return self._own_coding or self._carrier_codings.of_country(country)

    @property
    def has_one_coding(self) -> bool:
        """Whether data_coding 0 means the same in every country."""
        return self._own_coding is not None or not self._carrier_codings.by_country

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

    def __init__(
        self, settings: list[AccountSettings], carrier_codings: CarrierCodings | None = None
    ) -> None:
        self._carrier_codings = carrier_codings or CarrierCodings()
        self._settings = {one.system_id: one for one in settings}
        self._accounts: dict[str, Account] = {}
        # Ranges that are one number are found without a search: an operator has many of those.
        self._of_numbers: dict[str, Account] = {}
        self._of_patterns: list[Account] = []
        self._taking_all: Account | None = None
        for one in settings:
            account = Account(one.system_id, one, self._carrier_codings)
            if one.system_id != ANY:
                self._add(account)

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
    def first_name(self) -> str:
        """The name of the first account; empty if only `*` was configured."""
        for system_id in self._settings:
            if system_id != ANY:
                return system_id
        return ""

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
            account = Account(system_id, settings, self._carrier_codings)
            self._add(account)
        return account

    def supposed(self, system_id: str) -> Account | None:
        """The account of a name as if it were bound, remembered or not; None if it may not bind."""
        account = self._accounts.get(system_id)
        settings = self.settings_of(system_id)
        if account is not None or settings is None:
            return account
        return Account(system_id, settings, self._carrier_codings)

    def _add(self, account: Account) -> None:
        account.order = len(self._accounts)
        self._accounts[account.system_id] = account
        address_range = account.settings.address_range
        if not account.receives_by_choice:
            self._taking_all = self._taking_all or account
        elif address_range.isdigit():
            self._of_numbers.setdefault(address_range, account)
        else:
            self._of_patterns.append(account)

    def settings_of(self, system_id: str) -> AccountSettings | None:
        """The settings under which a name would bind; None if it may not."""
        return self._settings.get(system_id) or self._settings.get(ANY)

    @property
    def give_up(self) -> bool:
        """Whether any account is owed receipts for some time only."""
        return any(one.receipts_keep_s > 0.0 for one in self._settings.values())

    def callees(self) -> list[tuple[str, OutbindSettings]]:
        """The accounts whose ESMEs are called, and how."""
        found: list[tuple[str, OutbindSettings]] = []
        for system_id, settings in self._settings.items():
            if settings.outbind is not None and system_id != ANY:
                found.append((system_id, settings.outbind))
        return found

    @property
    def has_chosen_ranges(self) -> bool:
        """Whether any account chose what it receives."""
        return bool(self._of_numbers) or bool(self._of_patterns)

    def chooser_of(self, address: str) -> Account | None:
        """The first account that chose a range with `address` in it."""
        found = self._of_numbers.get(address)
        for account in self._of_patterns:
            if found is not None and found.order < account.order:
                break
            if account.receives(address):
                return account
        return found

    def dialect_of(self, system_id: str) -> Dialect:
        """The dialect of an account, the standard one where there is no such account."""
        settings = self._settings.get(system_id) or self._settings.get(ANY)
        return STANDARD if settings is None or not system_id else settings.dialect

    def dialects(self) -> list[Dialect]:
        """The standard dialect and every other that an account speaks, each once."""
        found: list[Dialect] = [STANDARD]
        for settings in self._settings.values():
            if all(one is not settings.dialect for one in found):
                found.append(settings.dialect)
        return found

    def receiver_of(self, address: str) -> Account | None:
        """The account that messages from phones to `address` belong to.

        A range that somebody chose goes before `.*`; among equals the first configured wins.
        """
        return self.chooser_of(address) or self._taking_all
