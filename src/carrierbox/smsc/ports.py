"""What the message centre needs from others, as Protocols: owned here, implemented elsewhere."""

from typing import Final, Protocol, TypeAlias

# Where a message of the table is in its life.
WAITING: Final = 0
SCHEDULED: Final = 1
OWED: Final = 2
FINISHED: Final = 3
SHOWN: Final = 4

NEVER: Final = float("inf")


class Row:
    """One message as the table of a store keeps it, so that memory need not.

    `place` is WAITING in the queue of its phone, SCHEDULED for a later time, OWED (a deliver_sm of
    it is not acknowledged), FINISHED (history) or SHOWN (beyond history, but a phone still shows
    it). `record` holds the
    journal entries that make the message anew, ACCEPTED first. A phone's rows that wait are in the
    order of `priority` downwards, `due_at` and `message_id`; `wake_at` is when one has to be looked
    at, NEVER for what does not wait; `at` is the time of acceptance, or of the end. `text` is for
    search alone. Times are network seconds.
    """

    def __init__(
        self,
        message_id: int,
        client_id: int,
        place: int,
        msisdn: str,
        priority: int,
        due_at: float,
        wake_at: float,
        system_id: str,
        source_addr: str,
        at: float,
        state: int,
        text: str,
        record: bytes,
    ) -> None:
        self.message_id = message_id
        self.client_id = client_id
        self.place = place
        self.msisdn = msisdn
        self.priority = priority
        self.due_at = due_at
        self.wake_at = wake_at
        self.system_id = system_id
        self.source_addr = source_addr
        self.at = at
        self.state = state
        self.text = text
        self.record = record


class PageOut:
    """What goes from memory to the table, with the batch it is submitted with, all or nothing.

    `rows` replace what the table has under their ids, `removed` are ids to delete (absent ones are
    no error). With `watermark` everything that the journal says up to this number is in the table:
    a restart replays what follows, and the store may delete the rest in its own time, in small
    steps.
    """

    def __init__(
        self,
        rows: list[Row] | None = None,
        removed: list[int] | None = None,
        watermark: int = 0,
    ) -> None:
        self.rows: list[Row] = [] if rows is None else rows
        self.removed: list[int] = [] if removed is None else removed
        self.settings: list[tuple[str, bytes]] = []
        """What replaces the value of a name, or adds it: what users set, and counters."""
        self.watermark = watermark


class Committed:
    """The batch of this ticket is durable. `number` is its place in the journal; 0: it was empty.

    `journal_octets` is how much the journal holds behind the watermark.
    """

    def __init__(self, ticket: int, number: int = 0, journal_octets: int = 0) -> None:
        self.ticket = ticket
        self.number = number
        self.journal_octets = journal_octets


class Folding:
    """The store ends its log, or has done so. The less it is given meanwhile, the shorter it stops.

    Of no ticket: it comes by itself.
    """

    def __init__(self, is_ending: bool) -> None:
        self.ticket = 0
        self.is_ending = is_ending


class Failed:
    """What this ticket stands for was not done; nothing of a batch will be found later."""

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


class LoadedRows:
    """Rows of the table, in the order that was asked for.

    `damaged` counts rows whose checksum did not hold; they are left out. `complete` is true when
    no further row answers the request. `reached_id` is for a search: what is below is not looked at
    yet, and it may go on with that as its `before_id`.
    """

    def __init__(
        self,
        ticket: int,
        rows: list[Row],
        complete: bool,
        damaged: int = 0,
        reached_id: int = 0,
    ) -> None:
        self.ticket = ticket
        self.rows = rows
        self.complete = complete
        self.damaged = damaged
        self.reached_id = reached_id


class Summary:
    """What the table holds, for a start.

    The counts are by place; `accounts` are those with rows OWED, `next_wake_at` the earliest of
    all, `latest` the latest time `at`. `problems` are sentences about what was seen to be wrong on
    the way; `LoadProblems` looks for it.
    """

    def __init__(
        self,
        ticket: int,
        waiting: int,
        scheduled: int,
        owed: int,
        finished: int,
        shown: int,
        newest_id: int,
        latest: float,
        next_wake_at: float,
        accounts: list[str],
        problems: list[str] | None = None,
    ) -> None:
        self.ticket = ticket
        self.waiting = waiting
        self.scheduled = scheduled
        self.owed = owed
        self.finished = finished
        self.shown = shown
        self.newest_id = newest_id
        self.latest = latest
        self.next_wake_at = next_wake_at
        self.accounts = accounts
        self.problems: list[str] = [] if problems is None else problems


class Problems:
    """What is not all there of what the tables must hold, each as a sentence."""

    def __init__(self, ticket: int, problems: list[str]) -> None:
        self.ticket = ticket
        self.problems = problems


class LoadedPhones:
    """How many rows wait for a phone, phone by phone in ascending order of their digits' text.

    Each item: MSISDN, rows WAITING, rows SCHEDULED. `damaged` counts items that are no phones;
    they are left out.
    """

    def __init__(
        self,
        ticket: int,
        phones: list[tuple[str, int, int]],
        complete: bool,
        damaged: int = 0,
    ) -> None:
        self.ticket = ticket
        self.phones = phones
        self.complete = complete
        self.damaged = damaged


class LoadedSettings:
    """Some settings in ascending order of their names."""

    def __init__(self, ticket: int, settings: list[tuple[str, bytes]], complete: bool) -> None:
        self.ticket = ticket
        self.settings = settings
        self.complete = complete


Completion: TypeAlias = (
    Committed
    | Failed
    | Folding
    | Loaded
    | LoadedRows
    | Summary
    | Problems
    | LoadedPhones
    | LoadedSettings
)


class LoadJournal:
    """Ask for at most `batches_max` batches committed after `position`.

    0: from the watermark on.
    """

    def __init__(self, position: int = 0, batches_max: int = 1000) -> None:
        self.position = position
        self.batches_max = batches_max


class LoadSummary:
    """Ask what the table holds: a `Summary`."""


class LoadProblems:
    """Ask whether all is there: `Problems`. Reads every index, in a thread of its own."""


class LoadPhones:
    """Ask for the phones that rows are WAITING or SCHEDULED for, after `after`: `LoadedPhones`."""

    def __init__(self, after: str, limit: int) -> None:
        self.after = after
        self.limit = limit


class LoadSettings:
    """Ask for settings, by name, after `after`: `LoadedSettings`."""

    def __init__(self, after: str, limit: int) -> None:
        self.after = after
        self.limit = limit


class LoadById:
    """Ask for the rows with these ids, and for those whose client_id they are."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids


class LoadQueue:
    """Ask for the rows WAITING for a phone, in order, behind a place in that order.

    That place is (`priority`, `due_at`, `message_id`) of the last row had; `priority` 256 begins.
    """

    def __init__(
        self,
        msisdn: str,
        limit: int,
        priority: int = 256,
        due_at: float = 0.0,
        message_id: int = 0,
    ) -> None:
        self.msisdn = msisdn
        self.limit = limit
        self.priority = priority
        self.due_at = due_at
        self.message_id = message_id


class LoadDue:
    """Ask for the rows whose `wake_at` is not after `by`, by (`wake_at`, `message_id`).

    Only those behind (`wake_at`, `message_id`) as given. The first row after `by`, if there is one,
    comes too, as the last: it tells when to ask again.
    """

    def __init__(self, by: float, limit: int, wake_at: float = 0.0, message_id: int = 0) -> None:
        self.by = by
        self.limit = limit
        self.wake_at = wake_at
        self.message_id = message_id


class LoadOwed:
    """Ask for the rows an account is OWED, by (`at`, `message_id`), behind those two."""

    def __init__(self, system_id: str, limit: int, at: float = 0.0, message_id: int = 0) -> None:
        self.system_id = system_id
        self.limit = limit
        self.at = at
        self.message_id = message_id


class LoadBetween:
    """Ask for an account's rows WAITING or SCHEDULED for a phone under one source, oldest id first.

    Behind `message_id` in the order of ids.
    """

    def __init__(
        self, msisdn: str, system_id: str, source_addr: str, limit: int, message_id: int = 0
    ) -> None:
        self.msisdn = msisdn
        self.system_id = system_id
        self.source_addr = source_addr
        self.limit = limit
        self.message_id = message_id


class LoadEnded:
    """Ask for what is history or may be on a phone: FINISHED, SHOWN, and OWED if DELIVERED.

    By (`at`, `message_id`), behind those two.
    """

    def __init__(self, limit: int, at: float = 0.0, message_id: int = 0) -> None:
        self.limit = limit
        self.at = at
        self.message_id = message_id


RowPlace: TypeAlias = tuple[int, str, int, float, float]
"""Of a row its message_id, msisdn, priority and due_at, and the wake_at that the table has of it.

That is NEVER where the table has no row."""


class ReadAhead:
    """Ask the store to have at hand what it needs to write rows: `LoadedRows` without rows.

    A store on a disk may have to read a page for each, and would wait for the disk when it writes.
    """

    def __init__(self, places: list[RowPlace]) -> None:
        self.places = places


class Search:
    """Ask for rows of any place but SHOWN, newest id first, below `before_id`.

    Empty conditions hold for every row: `number` is in the digits of msisdn or in the source,
    `text` in the text (letter case aside, as far as ASCII goes), `state` -1 any, `at` within
    [`since`, `until`), `source` in the source, `destination` in the octets of the record. With
    `system_id` also come rows OWED to another account whose record names this one.

    It may take long and is answered by a thread of its own. At most `rows_max` rows or few more are
    looked at, if it is not 0; the answer tells how far it got.
    """

    def __init__(
        self,
        limit: int,
        before_id: int = 0,
        number: str = "",
        text: str = "",
        system_id: str = "",
        state: int = -1,
        since: float = 0.0,
        until: float = NEVER,
        source: str = "",
        destination: bytes = b"",
        rows_max: int = 0,
    ) -> None:
        self.limit = limit
        self.before_id = before_id
        self.number = number
        self.text = text
        self.system_id = system_id
        self.state = state
        self.since = since
        self.until = until
        self.source = source
        self.destination = destination
        self.rows_max = rows_max


Query: TypeAlias = (
    LoadJournal
    | LoadSummary
    | LoadProblems
    | LoadPhones
    | LoadSettings
    | LoadById
    | LoadQueue
    | LoadDue
    | LoadOwed
    | LoadBetween
    | LoadEnded
    | Search
)
"""What asks for something that the journal or the tables hold."""

Request: TypeAlias = Query | ReadAhead


class Store(Protocol):
    """A journal and a table of messages. It is driven: what it did is found in `completions`.

    A batch is octets that hold whole journal entries; it is written as one row of the journal, all
    or nothing, with its PageOut if it has one. Tickets count up; those of `submit` are completed
    in their order, answers to `load` come when they come, from what was committed before.
    """

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        """Begin to make a batch durable; its ticket. An empty batch writes the PageOut alone."""
        ...

    def load(self, request: Request) -> int:
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
