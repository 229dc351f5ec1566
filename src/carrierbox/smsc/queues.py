"""What waits for each phone, in order, and the one heap of deadlines.

A phone has at most one message in flight; the rest wait behind it. After a failed attempt the whole
queue waits for the retry or for the phone's return, so that order is kept.
"""

import heapq
from collections import deque
from collections.abc import Callable

from carrierbox.smsc.messages import Message


class PhoneQueue:
    """The messages of one phone. `retry_at` is 0.0 when nothing holds the queue back."""

    def __init__(self, msisdn: str) -> None:
        self.msisdn = msisdn
        self.waiting: deque[Message] = deque()
        self.in_flight: Message | None = None
        self.retry_at: float = 0.0

    def add(self, message: Message) -> None:
        """Let a message wait behind those of its priority and above (SMPP 3.4 §5.2.14)."""
        message.is_queued = True
        priority = message.submit.priority_flag
        waiting = self.waiting
        if priority == 0 or not waiting or waiting[-1].submit.priority_flag >= priority:
            waiting.append(message)
            return
        position = len(waiting)
        while position > 0 and waiting[position - 1].submit.priority_flag < priority:
            position -= 1
        waiting.insert(position, message)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waiting or in flight."""
        return self.in_flight is None and not self.waiting


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
        if queue.in_flight is None and not queue.waiting and self.is_current(queue):
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

    Entries are never removed early: whoever pops one checks that it still holds. When most of the
    heap is stale its owner calls `keep_only`.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Message | PhoneQueue]] = []
        self._inserted = 0

    def add(self, at: float, subject: Message | PhoneQueue) -> None:
        """Wake up for `subject` at `at`."""
        self._inserted += 1
        heapq.heappush(self._heap, (at, self._inserted, subject))

    def next(self) -> float | None:
        """The earliest deadline."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> tuple[float, Message | PhoneQueue] | None:
        """The earliest deadline and its subject, if it is not after `now`."""
        if not self._heap or self._heap[0][0] > now:
            return None
        at, _, subject = heapq.heappop(self._heap)
        return at, subject

    def keep_only(self, is_live: Callable[[float, Message | PhoneQueue], bool]) -> None:
        """Drop the entries that no longer hold."""
        self._heap = [entry for entry in self._heap if is_live(entry[0], entry[2])]
        heapq.heapify(self._heap)

    def __len__(self) -> int:
        return len(self._heap)
