"""When an account has had its time, or its tries, for a receipt: then it is owed it no longer.

A receipt's time counts from the end of its message, on the clock of the network. This keeps one
deadline per account, that of the oldest that waits for it, or an earlier one; whoever is woken by
it looks what is late and arms it again.
"""

import heapq
from typing import Final

from carrierbox.smsc.accounts import Accounts
from carrierbox.smsc.ports import NEVER, LoadOwed, Row

GIVEN_UP: Final = 0xFFFFFFFF
"""In the place of a command_status in the journal: nobody took it in the time there was for it."""
LATE_MAX: Final = 200
"""So many are given up in one turn, and so many rows are read at a time."""


class LateReceipts:
    """The limits of every account, and when to look again. Times are network seconds."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._acts = accounts.give_up
        self._due: dict[str, float] = {}
        self._deadlines: list[tuple[float, str]] = []
        self._marks: dict[str, tuple[float, int]] = {}
        self._asked: dict[str, bool] = {}

    def keep_s(self, system_id: str) -> float:
        """How long an account is owed a receipt; NEVER ends where it is for ever."""
        settings = self._accounts.settings_of(system_id) if self._acts else None
        return (
            NEVER if settings is None or not settings.receipts_keep_s else settings.receipts_keep_s
        )

    def tries_max(self, system_id: str) -> int:
        """How often an account may refuse one receipt; 0: as often as it likes."""
        settings = self._accounts.settings_of(system_id)
        return 0 if settings is None else settings.receipts_tries

    def arm(self, system_id: str, reported_at: float) -> None:
        """Something that reports of that time waits for the account, or may."""
        if not self._acts:
            return
        due = reported_at + self.keep_s(system_id)
        if due < self._due.get(system_id, NEVER):
            self._due[system_id] = due
            heapq.heappush(self._deadlines, (due, system_id))

    def is_due(self, system_id: str, now: float) -> bool:
        """Whether something that waits for the account may be late."""
        return self._acts and self._due.get(system_id, NEVER) <= now

    def next_deadline(self) -> float | None:
        """When something may be late next."""
        deadlines = self._deadlines
        while deadlines and self._due.get(deadlines[0][1], NEVER) != deadlines[0][0]:
            heapq.heappop(deadlines)
        return deadlines[0][0] if deadlines else None

    def pop_due(self, now: float) -> str | None:
        """The next account to look at, if it is time; it is armed no longer."""
        deadline = self.next_deadline()
        if deadline is None or deadline > now:
            return None
        _, system_id = heapq.heappop(self._deadlines)
        del self._due[system_id]
        return system_id

    # The rows of the table.

    def next_rows(self, system_id: str) -> LoadOwed | None:
        """What to ask the store for; None if it was asked already."""
        if self._asked.get(system_id, False):
            return None
        self._asked[system_id] = True
        at, message_id = self._marks.get(system_id, (0.0, 0))
        return LoadOwed(system_id, LATE_MAX, at, message_id)

    def passed(self, system_id: str, row: Row) -> None:
        """This row was late: the next ones stand behind it."""
        self._marks[system_id] = (row.at, row.message_id)

    def answered(self, system_id: str) -> None:
        """The store answered, or could not."""
        self._asked.pop(system_id, None)
