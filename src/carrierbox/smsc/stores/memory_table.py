"""The table of messages in memory: rows by id, and a sorted list for each question.

It answers as the indexes of a database do, so that a carrier without a file need not look at every
row it holds.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from typing import Final

from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc.ports import (
    FINISHED,
    NEVER,
    OWED,
    SCHEDULED,
    SHOWN,
    WAITING,
    LoadBetween,
    LoadById,
    LoadDue,
    LoadedPhones,
    LoadedRows,
    LoadedSettings,
    LoadEnded,
    LoadOwed,
    LoadPhones,
    LoadQueue,
    LoadSettings,
    PageOut,
    Row,
    Search,
    Summary,
)

PLACES: Final = 5

# Where rows stand: (wake_at, id) or (at, id), and (-priority, due_at, id) in the queue of a phone.
Timed = tuple[float, int]
Queued = tuple[int, float, int]


class MessageTable:
    """Rows and their order. Each method but `apply` answers one request, under its ticket."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._counts = [0] * PLACES
        self._newest_id = 0
        self._latest = 0.0
        self._queues: dict[str, list[Queued]] = {}
        self._scheduled: dict[str, list[Queued]] = {}
        self._phones: list[str] = []
        self._due: list[Timed] = []
        self._owed: dict[str, list[Timed]] = {}
        self._ended: list[Timed] = []
        self._siblings: dict[int, list[int]] = {}
        self._settings: dict[str, bytes] = {}
        self._ids: list[int] | None = []
        """All ids in their order; None: to be sorted when somebody searches."""

    def apply(self, page_out: PageOut) -> None:
        """Take in what goes from memory to the table.

        A row that is also removed stays; of two with one id the last one does.
        """
        for message_id in page_out.removed:
            self._remove(message_id)
        for row in {row.message_id: row for row in page_out.rows}.values():
            self._remove(row.message_id)
            self._add(row)
        self._settings.update(page_out.settings)

    def summary(self, ticket: int) -> Summary:
        """See `LoadSummary`."""
        waiting, scheduled, owed, finished, shown = self._counts
        return Summary(
            ticket,
            waiting,
            scheduled,
            owed,
            finished,
            shown,
            self._newest_id,
            self._latest,
            self._due[0][0] if self._due else NEVER,
            sorted(self._owed),
        )

    def phones(self, ticket: int, request: LoadPhones) -> LoadedPhones:
        """See `LoadPhones`."""
        first = bisect_right(self._phones, request.after)
        last = first + request.limit
        phones = [
            (msisdn, len(self._queues.get(msisdn, ())), len(self._scheduled.get(msisdn, ())))
            for msisdn in self._phones[first:last]
        ]
        return LoadedPhones(ticket, phones, last >= len(self._phones))

    def settings(self, ticket: int, request: LoadSettings) -> LoadedSettings:
        """See `LoadSettings`."""
        names = sorted(name for name in self._settings if name > request.after)
        found = [(name, self._settings[name]) for name in names[: request.limit]]
        return LoadedSettings(ticket, found, len(names) <= request.limit)

    def by_id(self, ticket: int, request: LoadById) -> LoadedRows:
        """See `LoadById`."""
        found: dict[int, Row] = {}
        for message_id in request.ids:
            for each in (message_id, *self._siblings.get(message_id, ())):
                row = self._rows.get(each)
                if row is not None:
                    found[each] = row
        return LoadedRows(ticket, list(found.values()), True)

    def queue(self, ticket: int, request: LoadQueue) -> LoadedRows:
        """See `LoadQueue`."""
        queue = self._queues.get(request.msisdn, [])
        start = (-request.priority, request.due_at, request.message_id)
        first = bisect_right(queue, start)
        behind = (key[2] for key in queue[first : first + request.limit + 1])
        return self._first(ticket, behind, request.limit)

    def due(self, ticket: int, request: LoadDue) -> LoadedRows:
        """See `LoadDue`."""
        first = bisect_right(self._due, (request.wake_at, request.message_id))
        end = max(first, bisect_right(self._due, request.by, key=_time_of))
        last = min(end, first + request.limit)
        complete = last == end
        if complete:
            last += 1
        keys = self._due[first:last]
        return LoadedRows(ticket, [self._rows[key[1]] for key in keys], complete)

    def owed(self, ticket: int, request: LoadOwed) -> LoadedRows:
        """See `LoadOwed`."""
        keys = self._owed.get(request.system_id, [])
        return self._behind(ticket, keys, (request.at, request.message_id), request.limit)

    def ended(self, ticket: int, request: LoadEnded) -> LoadedRows:
        """See `LoadEnded`."""
        return self._behind(ticket, self._ended, (request.at, request.message_id), request.limit)

    def between(self, ticket: int, request: LoadBetween) -> LoadedRows:
        """See `LoadBetween`."""
        keys = self._queues.get(request.msisdn, []) + self._scheduled.get(request.msisdn, [])
        ids = sorted(key[2] for key in keys)
        found = (
            each
            for each in ids[bisect_right(ids, request.message_id) :]
            if self._rows[each].system_id == request.system_id
            and self._rows[each].source_addr == request.source_addr
        )
        return self._first(ticket, found, request.limit)

    def search(self, ticket: int, request: Search) -> LoadedRows:
        """See `Search`."""
        if self._ids is None:
            self._ids = sorted(self._rows)
        last = len(self._ids)
        if request.before_id:
            last = bisect_left(self._ids, request.before_id)
        first = max(0, last - request.rows_max) if request.rows_max else 0
        text = _folded(request.text)
        rows: list[Row] = []
        for each in reversed(self._ids[first:last]):
            row = self._rows[each]
            if _is_found(row, request, text):
                if len(rows) == request.limit:
                    reached_id = rows[-1].message_id if rows else request.before_id
                    return LoadedRows(ticket, rows, False, 0, reached_id)
                rows.append(row)
        return LoadedRows(ticket, rows, first == 0, 0, self._ids[first] if first else 0)

    def _waits_for(self, msisdn: str) -> bool:
        return msisdn in self._queues or msisdn in self._scheduled

    def _behind(self, ticket: int, keys: list[Timed], start: Timed, limit: int) -> LoadedRows:
        first = bisect_right(keys, start)
        rows = [self._rows[key[1]] for key in keys[first : first + limit]]
        return LoadedRows(ticket, rows, first + limit >= len(keys))

    def _first(self, ticket: int, ids: Iterable[int], limit: int) -> LoadedRows:
        left: Iterator[int] = iter(ids)
        rows: list[Row] = []
        for each in left:
            if len(rows) == limit:
                return LoadedRows(ticket, rows, False)
            rows.append(self._rows[each])
        return LoadedRows(ticket, rows, True)

    def _add(self, row: Row) -> None:
        message_id = row.message_id
        if self._ids is not None:
            if not self._ids or self._ids[-1] < message_id:
                self._ids.append(message_id)
            elif message_id not in self._rows:
                self._ids = None
        self._rows[message_id] = row
        self._counts[row.place] += 1
        self._newest_id = max(self._newest_id, message_id)
        self._latest = max(self._latest, row.at)
        if row.wake_at != NEVER:
            insort(self._due, (row.wake_at, message_id))
        if row.client_id != message_id:
            insort(self._siblings.setdefault(row.client_id, []), message_id)
        if row.place in (WAITING, SCHEDULED):
            if row.msisdn and not self._waits_for(row.msisdn):
                insort(self._phones, row.msisdn)
            key = (-row.priority, row.due_at, message_id)
            queues = self._queues if row.place == WAITING else self._scheduled
            insort(queues.setdefault(row.msisdn, []), key)
        elif row.place == OWED:
            insort(self._owed.setdefault(row.system_id, []), (row.at, message_id))
        if _has_ended(row):
            insort(self._ended, (row.at, message_id))

    def _remove(self, message_id: int) -> None:
        row = self._rows.pop(message_id, None)
        if row is None:
            return
        self._ids = None
        self._counts[row.place] -= 1
        if row.wake_at != NEVER:
            _take(self._due, (row.wake_at, message_id))
        if row.client_id != message_id:
            siblings = self._siblings[row.client_id]
            siblings.remove(message_id)
            if not siblings:
                del self._siblings[row.client_id]
        if row.place in (WAITING, SCHEDULED):
            queues = self._queues if row.place == WAITING else self._scheduled
            queue = queues[row.msisdn]
            key = (-row.priority, row.due_at, message_id)
            del queue[bisect_left(queue, key)]
            if not queue:
                del queues[row.msisdn]
                if row.msisdn and not self._waits_for(row.msisdn):
                    del self._phones[bisect_left(self._phones, row.msisdn)]
        elif row.place == OWED:
            owed = self._owed[row.system_id]
            _take(owed, (row.at, message_id))
            if not owed:
                del self._owed[row.system_id]
        if _has_ended(row):
            _take(self._ended, (row.at, message_id))


def _take(keys: list[Timed], key: Timed) -> None:
    del keys[bisect_left(keys, key)]


def _has_ended(row: Row) -> bool:
    return row.place >= FINISHED or (row.place == OWED and row.state == DELIVERED)


def _time_of(key: Timed) -> float:
    return key[0]


def _folded(text: str) -> bytes:
    """A text without letter case, as far as ASCII goes."""
    return text.encode("utf-8", "replace").lower()


def _is_of(row: Row, system_id: str) -> bool:
    """Whether it is an account's; one that is owed to another names it in its record."""
    if row.system_id == system_id:
        return True
    return row.place == OWED and system_id.encode() in row.record


def _is_found(row: Row, request: Search, text: bytes) -> bool:
    return (
        row.place != SHOWN
        and (request.state < 0 or row.state == request.state)
        and (not request.system_id or _is_of(row, request.system_id))
        and request.since <= row.at < request.until
        and (request.number in row.msisdn or request.number in row.source_addr)
        and request.source in row.source_addr
        and request.destination in row.record
        and (not text or text in _folded(row.text))
    )
