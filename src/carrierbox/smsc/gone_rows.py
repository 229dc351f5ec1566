"""Messages that left memory while an answer of the store may show them as they were before.

A store may read beside its writing: rows that were asked for before a commit may come after it, and
say of a message that it waits, although it ended, or changed and went back to the table.
"""

from collections import deque
from typing import Final

from carrierbox.smsc.messages import Message

_NEVER_LEFT: Final = -1


class GoneRows:
    """Which message, and for which phone some, left memory when; "when" is by tickets of loads.

    A ticket is a whole number that rises from load to load. What left is kept until every load is
    answered that was asked before.
    """

    def __init__(self) -> None:
        self._newest: int = 0
        self._answering: int = 0
        self._is_reading = False
        # By id of the message, id of its submit_multi in a tuple, and number of its phone.
        self._left: dict[object, int] = {}
        self._order: deque[tuple[int, list[object]]] = deque()

    def asked(self, ticket: int) -> None:
        """Rows were asked for."""
        self._newest = ticket
        self._is_reading = True

    def answering(self, ticket: int) -> None:
        """What follows is about the answer to this load."""
        self._answering = ticket

    def add(self, message: Message) -> None:
        """This message is in memory no more; the table says now what became of it, or nothing."""
        if not self._is_reading:
            return
        keys: list[object] = [message.message_id, message.msisdn]
        if message.client_id != message.message_id:
            keys.append((message.client_id,))
        for key in keys:
            self._left[key] = self._newest
        self._order.append((self._newest, keys))

    def holds(self, message_id: int) -> bool:
        """Whether a row in the answer may be older than what became of its message."""
        return self._has_left(message_id)

    def holds_any(self, message_id: int) -> bool:
        """Whether that may be so of this message, or of one that an ESME knows by this id."""
        return self._has_left(message_id) or self._has_left((message_id,))

    def holds_of(self, msisdn: str) -> bool:
        """Whether that may be so of any message for this phone."""
        return self._has_left(msisdn)

    def answered(self, oldest: int) -> None:
        """The ticket of the oldest load that is not answered; 0 if all are."""
        order = self._order
        if not oldest:
            self._is_reading = False
            self._left.clear()
            order.clear()
        while order and order[0][0] < oldest:
            ticket, keys = order.popleft()
            for key in keys:
                if self._left.get(key) == ticket:
                    del self._left[key]

    def _has_left(self, key: object) -> bool:
        return self._left.get(key, _NEVER_LEFT) >= self._answering

    def __len__(self) -> int:
        return len(self._order)
