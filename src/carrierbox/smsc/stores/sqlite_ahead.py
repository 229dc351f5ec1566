"""Reading pages of an SQLite store before they are needed, so that nobody waits for the disk.

What is read here is thrown away: the pages are in the system's memory then, and whoever reads or
writes them next finds them there. Each question is one step of SQLite: the thread that asks gives
up the interpreter once, not for every row.
"""

import sqlite3
import sys
from typing import Final

from carrierbox.smsc.ports import NEVER, LoadDue, LoadedRows, LoadQueue, ReadAhead, RowPlace
from carrierbox.smsc.stores.sqlite_requests import PRIORITY_END

if sys.platform == "linux":
    import resource

    def blocks_read() -> int:
        """How much this thread read from the disk until now."""
        return resource.getrusage(resource.RUSAGE_THREAD).ru_inblock

else:

    def blocks_read() -> int:
        """No other system says that of one thread."""
        return 0


SIZES: Final = (8, 64, 500)
"""So many places are asked about in one statement: one of these, the rest is filled up."""
DUE_ROWS_AHEAD: Final = 512
QUEUE_ROWS_AHEAD: Final = 5
"""What is read of the queue of a phone whose retry is due: four rows and whether there are more."""

_PLACES: Final = (
    "WITH places (id, msisdn, priority, due_at, wake_at) AS (VALUES {})"
    # The row that is there is read before it is replaced,
    " SELECT count((SELECT length(record) FROM messages WHERE message_id = id)),"
    # its place in the queue of its phone is where the new one goes,
    " count((SELECT message_id FROM messages INDEXED BY by_phone"
    " WHERE place <= 1 AND msisdn = places.msisdn AND place = 0 AND priority = places.priority"
    " AND due_at >= places.due_at LIMIT 1)),"
    # and its old place in the order of time is deleted.
    " count((SELECT message_id FROM messages INDEXED BY by_wake"
    " WHERE wake_at IS NOT NULL AND wake_at >= places.wake_at LIMIT 1))"
    " FROM places"
)
_OF_PLACES: Final = {size: _PLACES.format(", ".join(["(?, ?, ?, ?, ?)"] * size)) for size in SIZES}
_BEHIND: Final = (
    "SELECT * FROM (SELECT wake_at, message_id, msisdn, length(record) AS octets"
    " FROM messages INDEXED BY by_wake WHERE wake_at IS NOT NULL AND {}"
    f" ORDER BY {{}} LIMIT {DUE_ROWS_AHEAD})"
)
_DUE: Final = (
    "SELECT min(wake_at), max(wake_at), max(message_id), sum(octets), sum(("
    " SELECT sum(octets) FROM (SELECT length(record) AS octets FROM messages INDEXED BY by_phone"
    "  WHERE place <= 1 AND msisdn = due.msisdn AND place = 0"
    f"  AND priority >= 0 AND priority < {PRIORITY_END}"
    f"  ORDER BY priority DESC, due_at, message_id LIMIT {QUEUE_ROWS_AHEAD})))"
    f" FROM ({_BEHIND.format('wake_at = ?1 AND message_id > ?2', 'message_id')}"
    f" UNION ALL {_BEHIND.format('wake_at > ?1', 'wake_at, message_id')}"
    f" LIMIT {DUE_ROWS_AHEAD}) AS due"
)
QUEUES_AHEAD: Final = 16
"""So many queues are read in one step."""
# What stands behind a place in the order of each queue: at the same time, later, less urgent.
_BEHIND_PLACES: Final = (
    "priority = queues.priority AND due_at = queues.due_at AND message_id > id ORDER BY message_id",
    "priority = queues.priority AND due_at > queues.due_at ORDER BY due_at, message_id",
    "priority >= 0 AND priority < queues.priority ORDER BY priority DESC, due_at, message_id",
)
_OF_QUEUES: Final = ", ".join(
    "sum((SELECT sum(octets) FROM (SELECT length(record) AS octets"
    " FROM messages INDEXED BY by_phone WHERE place <= 1 AND msisdn = queues.msisdn"
    f" AND place = 0 AND {behind} LIMIT ?)))"
    for behind in _BEHIND_PLACES
)
_QUEUES: Final = (
    "WITH queues (msisdn, priority, due_at, id) AS"
    f" (VALUES {', '.join(['(?, ?, ?, ?)'] * QUEUES_AHEAD)}) SELECT {_OF_QUEUES} FROM queues"
)
JOURNAL_OCTETS_AHEAD: Final = 1024 * 1024
JOURNAL_ROWS_AHEAD: Final = 500
# Whoever deletes a row reads all of it, to find its pages; so does a search in it.
_JOURNAL: Final = (
    "SELECT max(number), count(instr(batch, x'00')) FROM journal WHERE number <= ("
    "SELECT max(number) FROM ("
    "SELECT number, sum(length(batch)) OVER (ORDER BY number) - length(batch) AS before"
    f" FROM journal WHERE number <= ? ORDER BY number LIMIT {JOURNAL_ROWS_AHEAD})"
    f" WHERE before <= {JOURNAL_OCTETS_AHEAD})"
)


class OldBatches:
    """Ask for the pages of the oldest batches of the journal, up to a number, to be read."""

    def __init__(self, up_to: int) -> None:
        self.up_to = up_to


class Queues:
    """Ask for the pages of what stands next in the queues of some phones to be read."""

    def __init__(self, requests: list[LoadQueue]) -> None:
        self.requests = requests


class Ahead:
    """What was read ahead."""

    def __init__(self) -> None:
        self.journal_up_to: int = 0
        """Up to which number old batches were."""
        self._due: tuple[tuple[float, int], tuple[float, int]] = ((NEVER, 0), (NEVER, 0))
        """And what is due, from behind which place up to which one, by time and id."""

    def holds(self, request: LoadDue) -> bool:
        """Whether what a request asks for first was read ahead."""
        behind, reached = self._due
        return behind <= (request.wake_at, request.message_id) < reached

    def answer(
        self,
        connection: sqlite3.Connection,
        ticket: int,
        request: ReadAhead | LoadDue | Queues | OldBatches,
    ) -> LoadedRows:
        """Read pages, in a thread. Raises sqlite3.Error."""
        if isinstance(request, ReadAhead):
            _read_places(connection, request.places)
        elif isinstance(request, Queues):
            _read_queues(connection, request.requests)
        elif isinstance(request, LoadDue):
            behind = (request.wake_at, request.message_id)
            self._due = (behind, _read_due(connection, behind))
        else:
            found = connection.execute(_JOURNAL, (request.up_to,)).fetchone()[0]
            self.journal_up_to = request.up_to if found is None else found
        return LoadedRows(ticket, [], True)


def _read_places(connection: sqlite3.Connection, places: list[RowPlace]) -> None:
    for first in range(0, len(places), SIZES[-1]):
        some = places[first : first + SIZES[-1]]
        size = next(size for size in SIZES if size >= len(some))
        some = some + some[-1:] * (size - len(some))
        connection.execute(_OF_PLACES[size], _values(some)).fetchall()


def _values(places: list[RowPlace]) -> list[int | str | float | None]:
    values: list[int | str | float | None] = []
    for message_id, msisdn, priority, due_at, wake_at in places:
        values += (message_id, msisdn, priority, due_at, None if wake_at == NEVER else wake_at)
    return values


def _read_queues(connection: sqlite3.Connection, requests: list[LoadQueue]) -> None:
    limit = max(request.limit for request in requests) + 1
    values: list[int | str | float] = []
    for request in (requests + requests[-1:] * QUEUES_AHEAD)[:QUEUES_AHEAD]:
        values += (request.msisdn, request.priority, request.due_at, request.message_id)
    connection.execute(_QUEUES, [*values, limit, limit, limit]).fetchall()


def _read_due(connection: sqlite3.Connection, behind: tuple[float, int]) -> tuple[float, int]:
    """Read what is due behind a place, and the head of each phone's queue; how far that went."""
    first, last, last_id, _, _ = connection.execute(_DUE, behind).fetchone()
    if not isinstance(last, float) or not isinstance(last_id, int):
        return behind
    # Of what stands at the last moment there may be more.
    return last, last_id if first == last else 0
