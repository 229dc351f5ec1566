"""The messages that a run of paging looks at, and what the store has at hand for them.

To write a row a store on a disk has to read where it goes. It is asked for that some hundred
messages ahead, and slices are made of those for which it has answered.
"""

from typing import Final

from carrierbox.smsc.ports import NEVER, ReadAhead, RowPlace
from carrierbox.smsc.registry import Registry

AHEAD: Final = 500
"""So many messages are asked for at once: some slices."""


class Candidates:
    """Ids of messages, in the order in which a run looks at them."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._blocks: list[int] = []
        """Of the registry: those that are still to be looked at, the next one last."""
        # Each with the next one last.
        self._left: list[int] = []
        self._at_hand: list[int] = []
        self._asked: list[int] = []
        self._is_asking = False

    @property
    def has_next(self) -> bool:
        """Whether there is one more."""
        return bool(self._at_hand or self._asked or self._left or self._find_more(1))

    def begin(self) -> None:
        """A run begins, which looks at all that are in memory now, in the order of their ids.

        Of those that come while it goes on it looks at some.
        """
        self._blocks = self._registry.blocks()[::-1]

    def _find_more(self, count: int) -> bool:
        """Take blocks until so many are left to be asked for; whether any are."""
        while len(self._left) < count and self._blocks:
            self._left = self._registry.ids_of(self._blocks.pop())[::-1] + self._left
        return bool(self._left)

    @property
    def is_waiting(self) -> bool:
        """Whether none is at hand before the store answers."""
        return self._is_asking and not self._at_hand

    @property
    def is_next_unread(self) -> bool:
        """Whether there are more, and the store has not answered for the next one."""
        return not self._at_hand and self.has_next

    def pop(self) -> int:
        """The next one; it `has_next`. While the store reads it may be one that it has not."""
        return (self._at_hand or self._asked or self._left).pop()

    def put_back(self, ids: list[int]) -> None:
        """These were not written after all: they come first."""
        self._at_hand.extend(reversed(ids))

    def ask(self) -> ReadAhead | None:
        """What the store should be asked now, if anything."""
        if self._is_asking or len(self._at_hand) > AHEAD or not self._find_more(AHEAD):
            return None
        asked = self._left[-AHEAD:]
        del self._left[-AHEAD:]
        places = self._places(asked)
        if not places:
            self._at_hand = asked + self._at_hand
            return None
        self._asked = asked
        self._is_asking = True
        return ReadAhead(places)

    def answered(self) -> None:
        """The store did what it was asked for, or could not."""
        self._is_asking = False
        self._at_hand = self._asked + self._at_hand
        self._asked = []

    def forget_answers(self) -> None:
        """What was read ahead may be gone from the system's memory: ask again."""
        self._left += self._at_hand
        self._at_hand = []

    def _places(self, ids: list[int]) -> list[RowPlace]:
        """Where rows of these are, or will go. What is finished and has none goes to the end."""
        places: list[RowPlace] = []
        for message_id in reversed(ids):
            message = self._registry.in_hand(message_id)
            if message is None or message.is_saved or (message.is_final and not message.has_row):
                continue
            wake_at = message.row_wake_at if message.has_row else NEVER
            places.append(
                (message_id, message.msisdn, message.submit.priority_flag, message.due_at, wake_at)
            )
        return places
