"""The requests we sent and have no answer to (SMPP 3.4 §2.9, "windowing"). T16

All wait equally long, so the order of sending is the order of expiry and an insertion-ordered dict
is the whole data structure.
"""

from carrierbox.smpp.values import GENERIC_NACK, RESPONSE_BIT


class Outstanding:
    """One request without an answer. `context` is the owner's, handed back whatever happens."""

    def __init__(
        self, sequence_number: int, command_id: int, context: object, deadline: float
    ) -> None:
        self.sequence_number = sequence_number
        self.command_id = command_id
        self.context = context
        self.deadline = deadline


class Window:
    """At most `size` outstanding requests, each for at most `response_timeout_s` seconds."""

    def __init__(self, size: int, response_timeout_s: float) -> None:
        self.size = size
        self.response_timeout_s = response_timeout_s
        self._outstanding: dict[int, Outstanding] = {}

    @property
    def free(self) -> int:
        """How many more requests fit."""
        return self.size - len(self._outstanding)

    def __len__(self) -> int:
        return len(self._outstanding)

    def holds(self, sequence_number: int) -> bool:
        """Whether a request with that number is outstanding."""
        return sequence_number in self._outstanding

    def add(self, sequence_number: int, command_id: int, context: object, now: float) -> None:
        """Remember a request sent at `now`. The caller has seen to `free` and `holds`."""
        self._outstanding[sequence_number] = Outstanding(
            sequence_number, command_id, context, now + self.response_timeout_s
        )

    def take(self, sequence_number: int, command_id: int) -> Outstanding | None:
        """The request that the response `command_id` answers, no longer outstanding.

        None when there is none, or when the response is of another kind than the request; a
        generic_nack may answer any.
        """
        outstanding = self._outstanding.get(sequence_number)
        if outstanding is None:
            return None
        if command_id not in (outstanding.command_id + RESPONSE_BIT, GENERIC_NACK):
            return None
        del self._outstanding[sequence_number]
        return outstanding

    def expire(self, now: float) -> list[Outstanding]:
        """The requests whose time is up, oldest first, no longer outstanding."""
        expired: list[Outstanding] = []
        for outstanding in self._outstanding.values():
            if outstanding.deadline > now:
                break
            expired.append(outstanding)
        for outstanding in expired:
            del self._outstanding[outstanding.sequence_number]
        return expired

    def next_deadline(self) -> float | None:
        """When the oldest request expires, None if there is none."""
        for outstanding in self._outstanding.values():
            return outstanding.deadline
        return None

    def close(self) -> list[object]:
        """The contexts of all outstanding requests, oldest first; the window is empty after."""
        contexts = [outstanding.context for outstanding in self._outstanding.values()]
        self._outstanding = {}
        return contexts
