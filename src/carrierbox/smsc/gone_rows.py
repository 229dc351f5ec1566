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
        self._left: dict[int, int] = {}
        self._clients: dict[int, int] = {}
        self._phones: dict[str, int] = {}
        self._order: deque[tuple[int, int, int, str]] = deque()

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
        newest = self._newest
        self._left[message.message_id] = newest
        self._clients[message.client_id] = newest
        self._phones[message.msisdn] = newest
        self._order.append((newest, message.message_id, message.client_id, message.msisdn))

    def holds(self, message_id: int) -> bool:
        """Whether a row in the answer may be older than what became of its message."""
        return self._left.get(message_id, _NEVER_LEFT) >= self._answering

    def holds_any(self, message_id: int) -> bool:
        """Whether that may be so of this message, or of one that an ESME knows by this id."""
        return (
            self.holds(message_id) or self._clients.get(message_id, _NEVER_LEFT) >= self._answering
        )

    def holds_of(self, msisdn: str) -> bool:
        """Whether that may be so of any message for this phone."""
        return self._phones.get(msisdn, _NEVER_LEFT) >= self._answering

    def answered(self, oldest: int) -> None:
        """The ticket of the oldest load that is not answered; 0 if all are."""
        order = self._order
        if not oldest:
            self._is_reading = False
            self._left.clear()
            self._clients.clear()
            self._phones.clear()
            order.clear()
        while order and order[0][0] < oldest:
            ticket, message_id, client_id, msisdn = order.popleft()
            if self._left.get(message_id) == ticket:
                del self._left[message_id]
            if self._clients.get(client_id) == ticket:
                del self._clients[client_id]
            if self._phones.get(msisdn) == ticket:
                del self._phones[msisdn]

    def __len__(self) -> int:
        return len(self._order)
