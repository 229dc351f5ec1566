"""What of the waiting messages is not in memory but in the table of the store.

How many for which phone, and when the next of them has to be looked at: all that must be known
to let millions wait at the price of their disk space.
"""

from carrierbox.smsc.number_counts import NumberCounts
from carrierbox.smsc.ports import NEVER, LoadDue, Row

DUE_ROWS: int = 64
"""So many are looked at in one turn: some milliseconds' work."""
DUE_ROWS_FEW: int = 8
"""So many while many messages are in memory: fewer than a turn moves to the table again."""
MANY_MESSAGES: int = 24_000
"""As many unfinished ones: fewer than those for which slices go on while the store asks for rest.

Those of its rest must find room, too.
"""


class Paged:
    """The waiting rows without a message in memory."""

    def __init__(self) -> None:
        self.waiting = NumberCounts()
        self.scheduled = NumberCounts()
        self.wake_at: float = NEVER
        """When the next row is due to be looked at."""
        self.is_loading = False
        self.is_resting: bool = False
        """Whether the store asks for rest, during which memory must not fill."""
        self._has_many = False
        self._since_request: float = NEVER
        self._row_wake_at: float = 0.0
        self._row_id: int = 0

    def holds_any(self, msisdn: str) -> bool:
        """Whether something waits for this phone outside memory."""
        return self.waiting.of(msisdn) > 0 or self.scheduled.of(msisdn) > 0

    def went_out(self, wake_at: float) -> None:
        """A message left memory; its row has to be looked at then."""
        self.wake_at = min(self.wake_at, wake_at)
        self._since_request = min(self._since_request, wake_at)

    def next_deadline(self) -> float | None:
        """When rows must be asked for, in network seconds."""
        return None if self.is_loading or self.is_held or self.wake_at == NEVER else self.wake_at

    @property
    def is_held(self) -> bool:
        """Whether rows are due, and wait until the store had its rest."""
        return self.is_resting and self._has_many

    def request(self, now: float, unfinished_count: int) -> LoadDue | None:
        """Ask for what is due, if anything is: less while many messages are in memory, or nothing.

        A million phones may be due for their retries at once.
        """
        if self.is_loading or self.wake_at > now:
            return None
        self._has_many = unfinished_count >= MANY_MESSAGES // 2
        if self.is_held:
            return None
        self.is_loading = True
        self._since_request = NEVER
        limit = DUE_ROWS if unfinished_count < MANY_MESSAGES else DUE_ROWS_FEW
        return LoadDue(now, limit, self._row_wake_at, self._row_id)

    def passed(self, row: Row) -> None:
        """This row was looked at."""
        self._row_wake_at = row.wake_at
        self._row_id = row.message_id

    def answered(self, next_wake_at: float) -> None:
        """The rows came; behind them the next one is due at this time."""
        self.is_loading = False
        self.wake_at = min(next_wake_at, self._since_request)
