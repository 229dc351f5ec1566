"""Who may send in which country: senders and their registration, and who is suspended.

A registration is none, pending (for weeks of network time), approved, refused or suspended (until a
time, or for good). What time changes is changed by `on_time`, on the network's clock.
"""

from collections import deque
from heapq import heappop, heappush
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import MSISDN_DIGITS_MAX, TON_ALPHANUMERIC
from carrierbox.relay import SUSPENDS_ACCOUNT, Submission, Suspension
from carrierbox.simulator.policy.consent import sender_key
from carrierbox.simulator.sender_state import AccountState, SenderState

NONE: Final = "none"
PENDING: Final = "pending"
APPROVED: Final = "approved"
REFUSED: Final = "refused"
SUSPENDED: Final = "suspended"
REGISTRATIONS: Final = (NONE, PENDING, APPROVED, REFUSED, SUSPENDED)

ALPHANUMERIC: Final = "alphanumeric"
SHORT_CODE: Final = "short_code"
LONG_CODE: Final = "long_code"
TOLL_FREE: Final = "toll_free"

ENTRIES_MAX: Final = 100_000
"""Senders, suspended accounts, and keys that verdicts are counted for, each."""
SHORT_CODE_DIGITS_MAX: Final = 8

_TOLL_FREE_AREAS: Final = ("1800", "1833", "1844", "1855", "1866", "1877", "1888")
_NORTH_AMERICAN_DIGITS: Final = 11


class Sender:
    """One sender in one country ("": in all) as it stands now."""

    def __init__(self, sender: str, country: str, state: SenderState) -> None:
        self.sender = sender
        self.country = country
        self.state = state
        self.registration: str = state.registration
        self.until: float = state.until
        """When that changes by itself, in network seconds; 0: never."""

    @property
    def kind(self) -> str:
        """What kind of sender it is: as it is registered, else as it looks."""
        return self.state.kind or kind_of_sender(self.sender)

    @property
    def consent_key(self) -> str:
        """Under what its consents are kept: its group, or itself."""
        return f"@{self.state.group}" if self.state.group else sender_key(self.sender)

    @property
    def shown_name(self) -> str:
        """How replies name it."""
        return self.state.name or self.state.brand or self.sender


class SuspendedAccount:
    """An account that is refused until a time, 0: for good."""

    def __init__(self, system_id: str, state: AccountState) -> None:
        self.system_id = system_id
        self.state = state
        self.until: float = state.until


class Change:
    """That time changed a registration or ended a suspension; `said` tells it in words."""

    def __init__(self, at: NetworkTime, said: str) -> None:
        self.at = at
        self.said = said


class Registrations:
    """The senders of one box by country, and its suspended accounts."""

    def __init__(self) -> None:
        self._senders: dict[str, Sender] = {}
        self._accounts: dict[str, SuspendedAccount] = {}
        self._due: list[tuple[float, int, str, str]] = []
        self._insertions: int = 0
        self.suspensions: int = 0
        """How many senders and accounts are suspended: 0 spares every message a look."""

    # Senders.

    @property
    def has_senders(self) -> bool:
        """Whether any sender is registered."""
        return bool(self._senders)

    def find(self, sender: str, country: str) -> Sender | None:
        """A sender in a country: its own entry, else the one for every country."""
        if not self._senders:
            return None
        key = sender_key(sender)
        found = self._senders.get(f"{country}/{key}")
        return found if found is not None else self._senders.get("/" + key)

    def exactly(self, sender: str, country: str) -> Sender | None:
        """The entry of a sender in this very country, "" for that of every country."""
        return self._senders.get(f"{country}/{sender_key(sender)}")

    def all(self) -> list[Sender]:
        """Every sender, by country and name."""
        return [self._senders[key] for key in sorted(self._senders)]

    def put(self, sender: str, country: str, state: SenderState, now: NetworkTime) -> bool:
        """Register a sender as it stands; False if there are too many."""
        key = f"{country}/{sender_key(sender)}"
        if key not in self._senders and len(self._senders) >= ENTRIES_MAX:
            return False
        self.remove(sender, country)
        entry = self._senders[key] = Sender(sender, country, state)
        self._count(entry.registration == SUSPENDED)
        if entry.until:
            if entry.until <= now:
                self._pass(entry)
            else:
                self._arm(entry.until, key, "")
        return True

    def remove(self, sender: str, country: str) -> None:
        """Forget a sender in a country."""
        entry = self._senders.pop(f"{country}/{sender_key(sender)}", None)
        if entry is not None and entry.registration == SUSPENDED:
            self.suspensions -= 1

    # Accounts.

    def account(self, system_id: str) -> SuspendedAccount | None:
        """The suspension of an account, if it is suspended."""
        return self._accounts.get(system_id)

    def accounts(self) -> list[SuspendedAccount]:
        """Every suspended account by name."""
        return [self._accounts[system_id] for system_id in sorted(self._accounts)]

    def put_account(self, system_id: str, state: AccountState | None, now: NetworkTime) -> None:
        """Suspend an account; None, or a time that has passed, ends that."""
        if self._accounts.pop(system_id, None) is not None:
            self.suspensions -= 1
        if state is None or (state.until and state.until <= now):
            return
        if len(self._accounts) < ENTRIES_MAX:
            self._accounts[system_id] = SuspendedAccount(system_id, state)
            self.suspensions += 1
            if state.until:
                self._arm(state.until, "", system_id)

    # Time.

    def next_deadline(self) -> float | None:
        """When something changes by itself, in network seconds."""
        return self._due[0][0] if self._due else None

    def on_time(self, now: NetworkTime) -> list[Change]:
        """Change what is due by `now`; what that was, in its order."""
        changes: list[Change] = []
        while self._due and self._due[0][0] <= now:
            at, _, key, system_id = heappop(self._due)
            if system_id:
                account = self._accounts.get(system_id)
                if account is not None and account.until == at:
                    del self._accounts[system_id]
                    self.suspensions -= 1
                    changes.append(
                        Change(NetworkTime(at), f"account {system_id}: no longer suspended")
                    )
                continue
            entry = self._senders.get(key)
            if entry is not None and entry.until == at:
                before = entry.registration
                self._pass(entry)
                where = f" in {entry.country}" if entry.country else ""
                said = f"sender {entry.sender}{where}: {before}, now {entry.registration}"
                changes.append(Change(NetworkTime(at), said))
        return changes

    def _pass(self, entry: Sender) -> None:
        """The time of a registration is over."""
        if entry.registration == SUSPENDED:
            self.suspensions -= 1
        entry.registration = entry.state.afterwards
        entry.until = 0.0
        self._count(entry.registration == SUSPENDED)

    def _count(self, is_suspended: bool) -> None:
        if is_suspended:
            self.suspensions += 1

    def _arm(self, at: float, key: str, system_id: str) -> None:
        self._insertions += 1
        heappush(self._due, (at, self._insertions, key, system_id))


class VerdictCounts:
    """How often each sender or account ran into each rule that suspends, over a window."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def is_enough(
        self, rule: str, suspension: Suspension, submission: Submission, now: NetworkTime
    ) -> bool:
        """Count a verdict; whether it is the one that suspends. The count then begins anew."""
        of_account = suspension.what == SUSPENDS_ACCOUNT
        whose = submission.system_id if of_account else sender_key(submission.source.value)
        key = f"{rule}\0{submission.country}\0{whose}"
        times = self._times.pop(key, None)
        if times is None:
            times = deque(maxlen=max(suspension.after, 1))
            if len(self._times) >= ENTRIES_MAX:
                # The one that was counted longest ago.
                del self._times[next(iter(self._times))]
        times.append(now)
        oldest = times[0]
        if len(times) >= suspension.after and now - oldest <= suspension.within_s:
            return True
        self._times[key] = times
        return False


def kind_of_sender(sender: str, ton: int = 0) -> str:
    """What kind of sender an address is by its looks."""
    text = sender.removeprefix("+")
    if ton == TON_ALPHANUMERIC or not (text.isascii() and text.isdigit()):
        return ALPHANUMERIC
    if len(text) <= SHORT_CODE_DIGITS_MAX:
        return SHORT_CODE
    if len(text) == _NORTH_AMERICAN_DIGITS and text.startswith(_TOLL_FREE_AREAS):
        return TOLL_FREE
    return LONG_CODE if len(text) <= MSISDN_DIGITS_MAX else ALPHANUMERIC
