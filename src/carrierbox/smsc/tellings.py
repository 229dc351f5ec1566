"""Ends of messages that are told later than they happened, because a rule says so.

Times are network seconds. A message is here from its end until it is told, never for longer: what
must survive a restart is in the journal, and whoever reads it puts the message here again.
"""

import heapq

from carrierbox.smsc.effects import Delivery
from carrierbox.smsc.messages import Message


class Telling:
    """One message, and the receipt that is owed then; None if none is."""

    def __init__(self, message: Message, receipt: Delivery | None) -> None:
        self.message = message
        self.receipt = receipt


class Tellings:
    """What is to be told, by its time."""

    def __init__(self) -> None:
        self._waiting: dict[int, Telling] = {}
        self._heap: list[tuple[float, int, Telling]] = []
        self._inserted: int = 0

    def add(self, at: float, message: Message, receipt: Delivery | None) -> None:
        """Tell of a message at that time; what was to be told of it before no longer is."""
        telling = Telling(message, receipt)
        self._waiting[message.message_id] = telling
        self._inserted += 1
        heapq.heappush(self._heap, (at, self._inserted, telling))

    def withdraw(self, message: Message) -> bool:
        """Tell nothing of a message, because its end was not written; whether it was to be told."""
        return self._waiting.pop(message.message_id, None) is not None

    def next_deadline(self) -> float | None:
        """When the next one is told."""
        heap = self._heap
        while heap and not self._is_current(heap[0][2]):
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def pop_due(self, now: float) -> Telling | None:
        """The next one, if it is time."""
        deadline = self.next_deadline()
        if deadline is None or deadline > now:
            return None
        _, _, telling = heapq.heappop(self._heap)
        del self._waiting[telling.message.message_id]
        return telling

    def _is_current(self, telling: Telling) -> bool:
        return self._waiting.get(telling.message.message_id) is telling

    def __len__(self) -> int:
        return len(self._waiting)
