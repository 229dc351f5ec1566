"""What waits for each phone, in order, and the one heap of deadlines.

A phone has at most one message in flight; the rest wait behind it. After a failed attempt the whole
queue waits for the retry or for the phone's return, so that order is kept.
"""

import heapq
from collections.abc import Callable
from typing import Final

from carrierbox.smsc.messages import Message
from carrierbox.smsc.ports import NEVER, LoadQueue, Row

DEADLINES_MIN: Final = 10_000
"""So many are never looked through for what no longer holds."""
_BEFORE_ALL: Final = 256


class PhoneQueue:
    """The messages of one phone. `retry_at` is 0.0 when nothing holds the queue back.

    They go by priority (SMPP 3.4 §5.2.14), and within it as they fell due. Of a queue that
    `has_rows` some are not in memory but in the table of the store; what stands in that order
    behind the row read last (`_row_…`) may not be sent before the next ones are read.
    """

    def __init__(self, msisdn: str) -> None:
        self.msisdn = msisdn
        # An empty deque takes six hundred octets, and most queues hold one message.
        self.waiting: list[Message] = []
        self.in_flight: Message | None = None
        self.retry_at: float = 0.0
        self.has_rows: bool = False
        self.is_loading: bool = False
        self.rows_asked: int = 0
        """How many rows were asked for and did not come yet, about."""
        self.row_wakes_at: float = NEVER
        """When the row of a message that left memory wakes the queue; NEVER if none is known to."""
        self.is_back: bool = False
        """Whether its phone said that it can be reached, since its rows were read last."""
        self._row_priority: int = _BEFORE_ALL
        self._row_due_at: float = 0.0
        self._row_id: int = 0

    def add(self, message: Message) -> None:
        """Let a message wait in its place."""
        message.is_queued = True
        if message.has_row:
            # Its row may be the one, and may not be so for long.
            self.row_wakes_at = NEVER
        waiting = self.waiting
        if not waiting or not _goes_before(message, waiting[-1]):
            waiting.append(message)
            return
        position = len(waiting) - 1
        while position > 0 and _goes_before(message, waiting[position - 1]):
            position -= 1
        waiting.insert(position, message)

    def put_back(self, message: Message) -> None:
        """Let a message that was on its way go first again, unless what came since goes before."""
        message.is_queued = True
        waiting = self.waiting
        waiting.insert(0, message)
        if len(waiting) > 1 and _goes_before(waiting[1], message):
            waiting.pop(0)
            self.add(message)

    def is_first(self, message: Message) -> bool:
        """Whether this message is on its way, or next."""
        if self.in_flight is not None:
            return self.in_flight is message
        return bool(self.waiting) and self.waiting[0] is message

    @property
    def head_is_known(self) -> bool:
        """Whether nothing in the table goes before what would be sent next."""
        if not self.has_rows:
            return True
        if not self.waiting:
            return False
        head = self.waiting[0]
        priority = head.submit.priority_flag
        if priority != self._row_priority:
            return priority > self._row_priority
        if head.due_at != self._row_due_at:
            return head.due_at < self._row_due_at
        return head.message_id <= self._row_id

    @property
    def is_retry(self) -> bool:
        """Whether none of its rows was read yet, and nobody knows that its phone is back."""
        return self._row_priority == _BEFORE_ALL and not self.is_back

    def request(self, limit: int) -> LoadQueue:
        """Ask for the rows that come next."""
        return LoadQueue(self.msisdn, limit, self._row_priority, self._row_due_at, self._row_id)

    def passed(self, row: Row) -> None:
        """This row was read: the next ones stand behind it."""
        self._row_priority = row.priority
        self._row_due_at = row.due_at
        self._row_id = row.message_id

    def begin_rows(self) -> None:
        """Rows may stand anywhere in the order: read from its begin."""
        self.has_rows = True
        self.is_back = False
        self._row_priority = _BEFORE_ALL
        self._row_due_at = 0.0
        self._row_id = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waiting or in flight, also not in the table."""
        return self.in_flight is None and not self.waiting and not self.has_rows


def _goes_before(one: Message, other: Message) -> bool:
    priority = one.submit.priority_flag
    if priority != other.submit.priority_flag:
        return priority > other.submit.priority_flag
    if one.due_at != other.due_at:
        return one.due_at < other.due_at
    return one.message_id < other.message_id


class PhoneQueues:
    """The queues of all phones that have something waiting or in flight."""

    def __init__(self) -> None:
        self._queues: dict[str, PhoneQueue] = {}

    def queue(self, msisdn: str) -> PhoneQueue:
        """The queue of a phone; made if it has none."""
        queue = self._queues.get(msisdn)
        if queue is None:
            queue = self._queues[msisdn] = PhoneQueue(msisdn)
        return queue

    def find(self, msisdn: str) -> PhoneQueue | None:
        """The queue of a phone that has one."""
        return self._queues.get(msisdn)

    def is_current(self, queue: PhoneQueue) -> bool:
        """Whether this is still the queue of its phone."""
        return self._queues.get(queue.msisdn) is queue

    def drop_if_idle(self, queue: PhoneQueue) -> None:
        """Forget a queue that holds nothing."""
        if queue.is_idle and self.is_current(queue):
            del self._queues[queue.msisdn]

    def page_out(self, queue: PhoneQueue) -> None:
        """Let go of a queue of which all is in the table."""
        if self.is_current(queue):
            del self._queues[queue.msisdn]

    def all(self) -> list[PhoneQueue]:
        """Every queue."""
        return list(self._queues.values())

    def message_count(self) -> int:
        """How many messages wait or are in flight."""
        return sum(
            len(queue.waiting) + (queue.in_flight is not None) for queue in self._queues.values()
        )


class Deadlines:
    """Network deadlines in order of (time, insertion).

    Entries are never removed early: whoever pops one checks that it still holds. When many hold no
    longer a sweep begins, with which their owner goes on a step at a time: there may be 100,000.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Message | PhoneQueue]] = []
        self._unswept: list[tuple[float, int, Message | PhoneQueue]] = []
        """A heap, too: what a sweep has still to look at."""
        self._inserted = 0
        self._stale = 0
        self._sweep_above: int = DEADLINES_MIN

    def add(self, at: float, subject: Message | PhoneQueue) -> None:
        """Wake up for `subject` at `at`."""
        self._inserted += 1
        heapq.heappush(self._heap, (at, self._inserted, subject))
        if len(self) > self._sweep_above:
            self.begin_sweep()

    def went_stale(self) -> None:
        """An entry somewhere holds no longer."""
        self._stale += 1
        if self._stale > max(DEADLINES_MIN, len(self) // 2):
            self.begin_sweep()

    def next(self) -> float | None:
        """The earliest deadline."""
        heap = self._next_heap()
        return heap[0][0] if heap else None

    def pop_due(self, now: float) -> tuple[float, Message | PhoneQueue] | None:
        """The earliest deadline and its subject, if it is not after `now`."""
        heap = self._next_heap()
        if not heap or heap[0][0] > now:
            return None
        at, _, subject = heapq.heappop(heap)
        return at, subject

    def _next_heap(self) -> list[tuple[float, int, Message | PhoneQueue]]:
        """The one whose first entry is the earlier one."""
        heap, unswept = self._heap, self._unswept
        if not unswept or (heap and heap[0] < unswept[0]):
            return heap
        return unswept

    @property
    def is_sweeping(self) -> bool:
        """Whether a sweep is under way."""
        return bool(self._unswept)

    def begin_sweep(self) -> None:
        """Begin to look through all entries, unless that is under way."""
        if not self._unswept:
            self._unswept = self._heap
            self._heap = []
            self._stale = 0

    def sweep(self, is_live: Callable[[float, Message | PhoneQueue], bool], limit: int) -> None:
        """If a sweep is under way, look at so many entries more; drop what no longer holds."""
        unswept = self._unswept
        if not unswept:
            return
        for _ in range(min(limit, len(unswept))):
            # A heap stays one when its last entry goes.
            entry = unswept.pop()
            if is_live(entry[0], entry[2]):
                heapq.heappush(self._heap, entry)
        self._sweep_above = max(DEADLINES_MIN, 2 * len(self))

    def __len__(self) -> int:
        return len(self._heap) + len(self._unswept)
