"""The rows of phones' queues that are to be read from the table: some with each turn."""

from collections import deque
from typing import Final

from carrierbox.smsc.effects import LOAD_QUEUE, Load
from carrierbox.smsc.paged import Paged
from carrierbox.smsc.queues import PhoneQueue
from carrierbox.smsc.turns import CurrentTurn

QUEUE_ROWS: Final = 32
QUEUE_ROWS_FIRST: Final = 4
"""So many rows of one phone are read at a time; few for a retry, as that may fail again."""
ROWS_PER_TURN: Final = 128
"""So many rows of phones are asked for in one turn, about: some milliseconds' work."""
ROWS_MAX: Final = 2 * ROWS_PER_TURN
"""So many are asked for and not yet there, about: a store may read some while others are used."""
_STATEMENT_ROWS: Final = 8  # To ask takes as long as to read so many rows, about.


class QueueReads:
    """What is to be asked for, and how much is on its way. It writes into the current turn."""

    def __init__(self, turn: CurrentTurn, paged: Paged) -> None:
        self._turn = turn
        self._paged = paged
        self._to_ask: deque[PhoneQueue] = deque()
        self._rows: int = 0

    def __len__(self) -> int:
        """Of how many queues rows are still to be asked for."""
        return len(self._to_ask)

    @property
    def is_busy(self) -> bool:
        """Whether the next turn can ask for some."""
        return bool(self._to_ask) and self._rows < ROWS_MAX

    def add(self, queue: PhoneQueue) -> None:
        """Read the next rows of a queue, once."""
        if not queue.is_loading:
            queue.is_loading = True
            self._to_ask.append(queue)

    def ask(self) -> None:
        """Ask for the rows of some queues, as far as that does not take long."""
        rows = 0
        while self.is_busy and rows < ROWS_PER_TURN:
            queue = self._to_ask.popleft()
            limit = QUEUE_ROWS_FIRST if queue.is_retry else QUEUE_ROWS
            # A phone for which little waits is quickly read: several of them go in one turn.
            queue.rows_asked = _STATEMENT_ROWS + min(limit, self._paged.waiting.of(queue.msisdn))
            rows += queue.rows_asked
            self._rows += queue.rows_asked
            self._turn.effects.append(Load(queue.request(limit), LOAD_QUEUE, queue))

    def came(self, queue: PhoneQueue) -> None:
        """The rows of a queue came, or could not be read."""
        queue.is_loading = False
        self._rows -= queue.rows_asked
        queue.rows_asked = 0
