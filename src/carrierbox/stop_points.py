"""Moments at which a carrier kills itself: for the project's own tests of what a crash leaves.

Nothing of this is on the way of a message unless the environment has `CARRIERBOX_STOP_POINT`, as in
`in-commit:3`: `serve` then puts a `StoreAtRisk` before each store. A commit is where a promise
becomes one, so a store sees every moment that matters: what was decided comes in, what is durable
goes out. The third number of `in-commit:3:50` lets 50 unfinished messages be in memory before a run
moves them to the table, so that such runs can be interrupted without a million messages.
"""

import os
import re
import signal
from collections.abc import Callable, Mapping
from typing import Final

from carrierbox.box import Box
from carrierbox.errors import ConfigurationError
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc import journal
from carrierbox.smsc.ports import Committed, Completion, PageOut, Request
from carrierbox.smsc.stores.sqlite import SqliteStore

try:
    import resource
except ImportError:  # Windows has no limits on files; a torn write needs one.
    resource = None  # type: ignore[assignment]

VARIABLE: Final = "CARRIERBOX_STOP_POINT"

BEFORE_COMMIT: Final = "before-commit"
IN_COMMIT: Final = "in-commit"
TORN_COMMIT: Final = "torn-commit"
AFTER_COMMIT: Final = "after-commit"
BEFORE_RECORD: Final = "before-record"
BEFORE_RECEIPT_RECORD: Final = "before-receipt-record"
IN_PAGE_OUT: Final = "in-page-out"
AFTER_PAGE_OUT: Final = "after-page-out"
NEVER: Final = "never"

NAMES: Final = {
    BEFORE_COMMIT: "messages are decided to be accepted, nothing of it is written",
    IN_COMMIT: "their row is written, its transaction is open",
    TORN_COMMIT: "the log holds half of their row: the system ends the process with SIGXFSZ",
    AFTER_COMMIT: "they are durable, no answer has left",
    BEFORE_RECORD: "phones have texts whose receipts are owed, their final states are not written",
    BEFORE_RECEIPT_RECORD: "clients have acknowledged receipts, that is not written",
    IN_PAGE_OUT: "half of some messages are written to the table, the transaction is open",
    AFTER_PAGE_OUT: "messages are in the table, memory does not know it",
    NEVER: "no such moment",
}
_VALUE: Final = re.compile(r"([a-z-]+):([1-9][0-9]{0,8})(?::([1-9][0-9]{0,8}))?")
_IN_TABLE: Final = {IN_COMMIT: "journal", IN_PAGE_OUT: "messages"}


class StopPoint:
    """The `count`th moment of a kind. `messages_max` 0 leaves the runs of paging as they are."""

    def __init__(self, name: str, count: int, messages_max: int = 0) -> None:
        self.name = name
        self.count = count
        self.messages_max = messages_max

    def warning(self) -> str:
        """What whoever started this must read."""
        return (
            f"{VARIABLE} is set: this process kills itself at {self.name}, time {self.count} "
            "(for carrierbox's own tests)"
        )

    def risk(self, store: SqliteStore) -> "StoreAtRisk":
        """That store, with this moment in it."""
        return StoreAtRisk(store, self)

    def prepare(self, box: Box) -> None:
        """Let a box page out as early as the moment needs it."""
        if self.messages_max:
            box.centre.paging.messages_max = self.messages_max


def stop_point_of(environment: Mapping[str, str]) -> StopPoint | None:
    """What the environment asks for, None if nothing. ConfigurationError if it is not one."""
    value = environment.get(VARIABLE, "")
    if not value:
        return None
    found = _VALUE.fullmatch(value)
    if found is None or found[1] not in NAMES:
        names = ", ".join(NAMES)
        raise ConfigurationError(
            VARIABLE, f"must be NAME:COUNT or NAME:COUNT:MESSAGES with a name of {names}; unset it"
        )
    return StopPoint(found[1], int(found[2]), int(found[3] or 0))


def end_this_process() -> None:
    """SIGKILL: nothing is flushed, closed or said."""
    os.kill(os.getpid(), signal.SIGKILL)


class StoreAtRisk:
    """A store whose process dies at one moment; see `NAMES`.

    Moments are counted from the first batch on that takes in messages. `end` is what happens at it.
    """

    def __init__(
        self,
        inner: SqliteStore,
        point: StopPoint,
        end: Callable[[], None] = end_this_process,
    ) -> None:
        self._inner = inner
        self._point = point
        self._end = end
        self._has_begun = False
        self._left = point.count
        # The ticket whose commit is the moment, and how many more rows are written before it.
        self._ticket_at_risk = 0
        self._rows_left = 0
        table = _IN_TABLE.get(point.name)
        if table is not None:
            inner.connection.create_function("stop_point", 0, self._row_written)
            inner.connection.execute(
                f"CREATE TEMP TRIGGER stop_point AFTER INSERT ON main.{table} "
                "BEGIN SELECT stop_point(); END"
            )

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        """See `Store.submit`."""
        is_moment = self._is_moment(batch, page_out)
        name = self._point.name
        if is_moment:
            if name in (BEFORE_COMMIT, BEFORE_RECORD, BEFORE_RECEIPT_RECORD):
                self._reached()
            elif name == IN_COMMIT:
                self._rows_left = 1
            elif name == IN_PAGE_OUT and page_out is not None:
                self._rows_left = (len(page_out.rows) + 1) // 2
            elif name == TORN_COMMIT:
                self._tear(len(batch) // 2)
        ticket = self._inner.submit(batch, page_out)
        if is_moment and name in (AFTER_COMMIT, AFTER_PAGE_OUT):
            self._ticket_at_risk = ticket
        return ticket

    def load(self, request: Request) -> int:
        """See `Store.load`."""
        return self._inner.load(request)

    def completions(self) -> list[Completion]:
        """See `Store.completions`."""
        done = self._inner.completions()
        for completion in done:
            if completion.ticket == self._ticket_at_risk and isinstance(completion, Committed):
                self._reached()
        return done

    def wait(self) -> None:
        """See `Store.wait`."""
        self._inner.wait()

    def close(self) -> None:
        """See `Store.close`."""
        self._inner.close()

    def _is_moment(self, batch: bytes, page_out: PageOut | None) -> bool:
        """Whether this is the commit to die at."""
        entries = list(journal.read_entries(batch))
        accepts = any(entry.kind == journal.ACCEPTED for entry in entries)
        self._has_begun = self._has_begun or accepts
        name = self._point.name
        if name in (BEFORE_COMMIT, IN_COMMIT, TORN_COMMIT, AFTER_COMMIT):
            counts = accepts
        elif name == BEFORE_RECORD:
            counts = any(_is_arrival(entry) for entry in entries)
        elif name == BEFORE_RECEIPT_RECORD:
            counts = any(entry.kind == journal.RECEIPT_DONE for entry in entries)
        elif name in (IN_PAGE_OUT, AFTER_PAGE_OUT):
            counts = page_out is not None and bool(page_out.rows)
        else:
            counts = False
        if counts and self._has_begun:
            self._left -= 1
            return self._left == 0
        return False

    def _row_written(self) -> None:
        """SQLite calls this for each row, within the statement that writes it."""
        if self._rows_left:
            self._rows_left -= 1
            if not self._rows_left:
                self._reached()

    def _tear(self, octets: int) -> None:
        """Let the system end this process when this much of the next commit is in the log."""
        if resource is None:
            raise ConfigurationError(VARIABLE, f"{TORN_COMMIT} needs a POSIX system")
        # An empty log is written from its beginning.
        self._inner.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
        self._say()

    def _reached(self) -> None:
        self._say()
        self._end()

    def _say(self) -> None:
        os.write(2, f"carrierbox: stop point {self._point.name} reached\n".encode())


def _is_arrival(entry: journal.Entry) -> bool:
    """Whether an entry says that a phone has a text whose receipt is owed."""
    return entry.kind == journal.CONCLUDED and entry.state == DELIVERED and entry.receipt_owed
