"""What the message centre needs from others, as Protocols: owned here, implemented elsewhere."""

from typing import Protocol, TypeAlias


class Committed:
    """The batch of this ticket is durable."""

    def __init__(self, ticket: int) -> None:
        self.ticket = ticket


class Failed:
    """The batch of this ticket was not written; nothing of it will be found later."""

    def __init__(self, ticket: int, problem: str) -> None:
        self.ticket = ticket
        self.problem = problem


class Loaded:
    """Batches of the journal in the order of their commits, and the position to go on from.

    `damaged` counts rows whose checksum did not hold; they are left out. `complete` is true when
    nothing follows.
    """

    def __init__(
        self, ticket: int, batches: list[bytes], position: int, complete: bool, damaged: int
    ) -> None:
        self.ticket = ticket
        self.batches = batches
        self.position = position
        self.complete = complete
        self.damaged = damaged


Completion: TypeAlias = Committed | Failed | Loaded


class LoadJournal:
    """Ask for at most `batches_max` batches committed after `position` (0: from the start)."""

    def __init__(self, position: int = 0, batches_max: int = 1000) -> None:
        self.position = position
        self.batches_max = batches_max


class Store(Protocol):
    """A journal. It is driven, never awaited: what it did is found in `completions`.

    A batch is octets that hold whole journal entries; it is written as one row, all or nothing.
    Tickets count up; completions come in the order of the tickets.
    """

    def submit(self, batch: bytes) -> int:
        """Begin to make a batch durable; its ticket."""
        ...

    def replace(self, batches: list[bytes]) -> int:
        """Begin to put these batches in the place of the whole journal, all or nothing."""
        ...

    def load(self, request: LoadJournal) -> int:
        """Begin to read; its ticket."""
        ...

    def completions(self) -> list[Completion]:
        """What was done since the last call."""
        ...

    def wait(self) -> None:
        """Block until there may be a completion. Only recovery, before serving, waits like this."""
        ...

    def close(self) -> None:
        """Finish what was begun and let go of the journal."""
        ...


class NumberRoute(Protocol):
    """Where a number belongs."""

    country: str
    carrier: str


class NumberPlan(Protocol):
    """Which country and carrier a number belongs to."""

    def route(self, msisdn: str) -> NumberRoute | None:
        """The longest prefix that fits, or None where no country owns it."""
        ...
