"""Answers to the requests for rows of an SQLite store, from any connection.

Every question but a search is answered along one index: how long it takes depends on the answer,
not on the size of the table. A row that is damaged is left out, counted, and does not stop the
rows behind it. So is a row out of its order, from an index with a page in a wrong place: whoever
goes on behind it would read the same rows for ever.
"""

import sqlite3
from collections.abc import Callable, Iterator
from operator import lt
from typing import Any, Final

from carrierbox.smsc.ports import (
    NEVER,
    WAITING,
    Completion,
    LoadBetween,
    LoadById,
    LoadDue,
    LoadedPhones,
    LoadedRows,
    LoadedSettings,
    LoadEnded,
    LoadOwed,
    LoadPhones,
    LoadProblems,
    LoadQueue,
    LoadSettings,
    LoadSummary,
    Problems,
    Query,
    Row,
    Search,
    Summary,
)
from carrierbox.smsc.stores import sqlite_journal
from carrierbox.smsc.stores.sqlite_rows import COLUMNS, row_of, setting_of
from carrierbox.smsc.stores.sqlite_state import missing, read_state

SEARCH_STEP_ROWS: Final = 20_000
PRIORITY_END: Final = 256
SPAN_GAP_MAX: Final = 4
"""So far apart ids are asked for together: rows between them are read for nothing."""

BY_IDS: Final = (
    f"SELECT {COLUMNS} FROM messages WHERE message_id >= ? AND message_id <= ? ORDER BY message_id"
)
BY_CLIENTS: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_client"
    " WHERE client_id >= ? AND client_id <= ? AND client_id <> message_id"
    " ORDER BY client_id, message_id"
)
# What follows a place in an order is asked for in two: first what stands at the same time, then
# what comes later. A comparison of pairs would read all ties again with every page.
QUEUE_TIES: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_phone"
    " WHERE place <= 1 AND msisdn = ? AND place = ? AND priority = ?"
    " AND due_at = ? AND message_id > ? ORDER BY message_id"
)
QUEUE_LATER: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_phone"
    " WHERE place <= 1 AND msisdn = ? AND place = ? AND priority = ?"
    " AND due_at > ? ORDER BY due_at, message_id"
)
# The lower bound says nothing new: without it the planner takes `place` for the range and sorts.
QUEUE_BELOW: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_phone"
    " WHERE place <= 1 AND msisdn = ? AND place = ? AND priority >= 0 AND priority < ?"
    " ORDER BY priority DESC, due_at, message_id"
)
DUE_TIES: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_wake"
    " WHERE wake_at IS NOT NULL AND wake_at = ? AND message_id > ? ORDER BY message_id"
)
DUE_LATER: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_wake"
    " WHERE wake_at IS NOT NULL AND wake_at > ? ORDER BY wake_at, message_id"
)
OWED_TIES: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_account"
    " WHERE place = 2 AND system_id = ? AND at = ? AND message_id > ? ORDER BY message_id"
)
OWED_LATER: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_account"
    " WHERE place = 2 AND system_id = ? AND at > ? ORDER BY at, message_id"
)
ENDED_TIES: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_end"
    " WHERE (place >= 3 OR place = 2 AND state = 2) AND at = ? AND message_id > ?"
    " ORDER BY message_id"
)
ENDED_LATER: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_end"
    " WHERE (place >= 3 OR place = 2 AND state = 2) AND at > ? ORDER BY at, message_id"
)
# A phone's rows are sorted by id here: as many as wait for it.
BETWEEN: Final = (
    f"SELECT {COLUMNS} FROM messages INDEXED BY by_phone"
    " WHERE place <= 1 AND msisdn = ? AND system_id = ? AND source_addr = ? AND message_id > ?"
    " ORDER BY message_id"
)
PHONES: Final = (
    "SELECT msisdn, count(*), sum(place) FROM messages INDEXED BY by_phone"
    " WHERE place <= 1 AND msisdn > ? GROUP BY msisdn ORDER BY msisdn LIMIT ?"
)
SETTINGS: Final = "SELECT name, crc32, value FROM settings WHERE name > ? ORDER BY name"
SOME_SETTINGS: Final = f"{SETTINGS} LIMIT ?"
NEXT_ACCOUNT: Final = (
    "SELECT min(system_id) FROM messages INDEXED BY by_account WHERE place = 2 AND system_id > ?"
)
FIRST_ACCOUNT: Final = "SELECT min(system_id) FROM messages INDEXED BY by_account WHERE place = 2"
NEXT_WAKE: Final = "SELECT min(wake_at) FROM messages INDEXED BY by_wake WHERE wake_at IS NOT NULL"
SEARCH_FROM: Final = (
    "SELECT message_id FROM messages WHERE message_id < ? ORDER BY message_id DESC LIMIT 1 OFFSET ?"
)
SEARCH: Final = (
    f"SELECT {COLUMNS} FROM messages WHERE message_id < :before AND message_id >= :first"
    " AND place <> 4"
    " AND (:state = -1 OR state = :state)"
    " AND (:system_id = '' OR system_id = :system_id"
    " OR place = 2 AND instr(record, CAST(:system_id AS BLOB)))"
    " AND at >= :since AND at < :until"
    " AND (:number = '' OR instr(msisdn, :number) OR instr(source_addr, :number))"
    " AND (:source = '' OR instr(source_addr, :source))"
    " AND (length(:destination) = 0 OR instr(record, :destination))"
    " AND (:text = '' OR instr(lower(text), lower(:text)))"
    " ORDER BY message_id DESC"
)
_ID_MAX: Final = (1 << 63) - 1

RowValues = tuple[Any, ...]
Scan = tuple[str, tuple[object, ...] | dict[str, object]]
"""A query for rows and its parameters."""
Key = tuple[Any, ...]


def answer(connection: sqlite3.Connection, ticket: int, request: Query) -> Completion:
    """Read what a request asks for. Raises sqlite3.Error."""
    if isinstance(request, LoadQueue):
        behind = (-request.priority, request.due_at, request.message_id)
        return _rows(connection, ticket, _queue(request), request.limit, _by_queue, behind)
    if isinstance(request, LoadDue):
        return _due(connection, ticket, request)
    if isinstance(request, LoadById):
        return _by_id(connection, ticket, request.ids)
    if isinstance(request, LoadOwed):
        at = (request.at, request.message_id)
        return _rows(connection, ticket, _owed(request), request.limit, _by_time, at)
    if isinstance(request, LoadBetween):
        between = (request.msisdn, request.system_id, request.source_addr, request.message_id)
        after = (request.message_id,)
        return _rows(connection, ticket, [(BETWEEN, between)], request.limit, _by_number, after)
    if isinstance(request, LoadEnded):
        at = (request.at, request.message_id)
        return _rows(connection, ticket, _ended(request), request.limit, _by_time, at)
    if isinstance(request, LoadPhones):
        return _phones(connection, ticket, request)
    if isinstance(request, LoadSettings):
        return _settings(connection, ticket, request)
    if isinstance(request, LoadSummary):
        return _summary(connection, ticket)
    if isinstance(request, LoadProblems):
        return Problems(ticket, missing(connection, read_state(connection)))
    if isinstance(request, Search):
        return _found(connection, ticket, request)
    return sqlite_journal.load(connection, ticket, request)


def _by_queue(row: Row) -> Key:
    return (-row.priority, row.due_at, row.message_id)


def _by_time(row: Row) -> Key:
    return (row.at, row.message_id)


def _by_number(row: Row) -> Key:
    return (row.message_id,)


def _by_newest(row: Row) -> Key:
    return (-row.message_id,)


def _rows(
    connection: sqlite3.Connection,
    ticket: int,
    scans: list[Scan],
    limit: int,
    order: Callable[[Row], Key],
    behind: Key,
) -> LoadedRows:
    """The first rows of some scans that are whole, and behind one another in this order."""
    rows: list[Row] = []
    damaged = 0
    for query, parameters in scans:
        for values in _scan(connection, query, parameters):
            if len(rows) == limit:
                return LoadedRows(ticket, rows, False, damaged)
            row = row_of(values)
            key = behind if row is None else order(row)
            if row is None or not behind < key:
                damaged += 1
                continue
            behind = key
            rows.append(row)
    return LoadedRows(ticket, rows, True, damaged)


def _scan(
    connection: sqlite3.Connection, query: str, parameters: tuple[object, ...] | dict[str, object]
) -> Iterator[RowValues]:
    cursor = connection.execute(query, parameters)
    try:
        yield from cursor
    finally:
        # A cursor that is left open would keep the log from being folded back.
        cursor.close()


def _by_id(connection: sqlite3.Connection, ticket: int, ids: list[int]) -> LoadedRows:
    found: dict[object, list[RowValues]] = {}
    for span in _spans(ids):
        for values in connection.execute(BY_IDS, span).fetchall():
            found.setdefault(values[0], []).append(values)
        for values in connection.execute(BY_CLIENTS, span).fetchall():
            found.setdefault(values[1], []).append(values)
    seen: set[object] = set()
    rows: list[Row] = []
    damaged = 0
    for message_id in ids:
        for values in found.get(message_id, []):
            if values[0] in seen:
                continue
            seen.add(values[0])
            row = row_of(values)
            if row is None:
                damaged += 1
            else:
                rows.append(row)
    return LoadedRows(ticket, rows, True, damaged)


def _spans(ids: list[int]) -> list[tuple[int, int]]:
    """The first and the last of ids that are close to one another: a start asks for thousands."""
    spans: list[tuple[int, int]] = []
    for message_id in sorted(ids):
        if spans and message_id - spans[-1][1] <= SPAN_GAP_MAX:
            spans[-1] = (spans[-1][0], message_id)
        else:
            spans.append((message_id, message_id))
    return spans


def _queue(request: LoadQueue) -> list[Scan]:
    msisdn, priority, due_at = request.msisdn, request.priority, request.due_at
    scans: list[Scan] = []
    if priority < PRIORITY_END:
        scans.append((QUEUE_TIES, (msisdn, WAITING, priority, due_at, request.message_id)))
        scans.append((QUEUE_LATER, (msisdn, WAITING, priority, due_at)))
    if priority > 0:
        scans.append((QUEUE_BELOW, (msisdn, WAITING, priority)))
    return scans


def _owed(request: LoadOwed) -> list[Scan]:
    system_id, at = request.system_id, request.at
    return [(OWED_TIES, (system_id, at, request.message_id)), (OWED_LATER, (system_id, at))]


def _ended(request: LoadEnded) -> list[Scan]:
    return [(ENDED_TIES, (request.at, request.message_id)), (ENDED_LATER, (request.at,))]


def _woken(connection: sqlite3.Connection, request: LoadDue) -> Iterator[RowValues]:
    yield from _scan(connection, DUE_TIES, (request.wake_at, request.message_id))
    yield from _scan(connection, DUE_LATER, (request.wake_at,))


def _due(connection: sqlite3.Connection, ticket: int, request: LoadDue) -> LoadedRows:
    rows: list[Row] = []
    damaged = 0
    complete = True
    behind = (request.wake_at, request.message_id)
    for values in _woken(connection, request):
        row = row_of(values)
        if row is None or (row.wake_at, row.message_id) <= behind:
            damaged += 1
            continue
        behind = (row.wake_at, row.message_id)
        if row.wake_at > request.by:
            rows.append(row)
            break
        elif len(rows) == request.limit:
            complete = False
            break
        else:
            rows.append(row)
    return LoadedRows(ticket, rows, complete, damaged)


def _phones(connection: sqlite3.Connection, ticket: int, request: LoadPhones) -> LoadedPhones:
    found = connection.execute(PHONES, (request.after, request.limit + 1)).fetchall()
    complete = len(found) <= request.limit
    found = found[: request.limit]
    after = request.after.encode()
    whole = found if _are_phones(found, after) else _phones_of(found, after)
    phones = [(msisdn.decode(), all_ - due, due) for msisdn, all_, due in whole]
    # Without a phone among them nothing leads any further.
    return LoadedPhones(ticket, phones, complete or not phones, len(found) - len(whole))


def _are_phones(found: list[RowValues], after: bytes) -> bool:
    """Whether all of them are, looked at together: there may be millions."""
    try:
        numbers = [msisdn for msisdn, _, _ in found]
        return (
            all(map(bytes.isdigit, numbers))
            and all(map(lt, [after, *numbers], numbers))
            and all(0 <= due <= all_ for _, all_, due in found)
        )
    except TypeError:
        return False


def _phones_of(found: list[RowValues], after: bytes) -> list[RowValues]:
    """Those that are phones, each behind the one before."""
    whole: list[RowValues] = []
    for values in found:
        if _are_phones([values], after):
            after = values[0]
            whole.append(values)
    return whole


def _settings(connection: sqlite3.Connection, ticket: int, request: LoadSettings) -> LoadedSettings:
    limit = request.limit
    values_of_some = connection.execute(SOME_SETTINGS, (request.after, limit + 1)).fetchall()
    some = [setting_of(*values) for values in values_of_some]
    whole = [setting for setting in some if setting is not None]
    if len(whole) == len(some):
        return LoadedSettings(ticket, whole[:limit], len(whole) <= limit)
    # Some are damaged: only what is whole leads any further.
    settings: list[tuple[str, bytes]] = []
    for values in _scan(connection, SETTINGS, (request.after,)):
        if len(settings) == request.limit:
            return LoadedSettings(ticket, settings, False)
        setting = setting_of(*values)
        if setting is not None:
            settings.append(setting)
    return LoadedSettings(ticket, settings, True)


def _summary(connection: sqlite3.Connection, ticket: int) -> Summary:
    state = read_state(connection)
    wake_at = connection.execute(NEXT_WAKE).fetchone()[0]
    problems: list[str] = []
    accounts = _accounts(connection, problems)
    waiting, scheduled, owed, finished, shown = state.places
    return Summary(
        ticket,
        waiting,
        scheduled,
        owed,
        finished,
        shown,
        state.newest_id,
        state.latest,
        wake_at if isinstance(wake_at, float) else NEVER,
        accounts,
        problems,
    )


def _accounts(connection: sqlite3.Connection, problems: list[str]) -> list[str]:
    """Those that are owed something; a name that none of its rows has is a problem."""
    accounts: list[str] = []
    name = connection.execute(FIRST_ACCOUNT).fetchone()[0]
    while isinstance(name, bytes) and (not accounts or name > accounts[-1].encode()):
        system_id = name.decode("utf-8", "replace")
        first = next(_scan(connection, OWED_LATER, (system_id, -NEVER)), None)
        if first is None or row_of(first) is None:
            problems.append(f"the index by_account names an account that is none: {system_id!r}")
        accounts.append(system_id)
        name = connection.execute(NEXT_ACCOUNT, (system_id,)).fetchone()[0]
    if name is not None:
        problems.append("the index by_account is out of order")
    return accounts


def _found(connection: sqlite3.Connection, ticket: int, request: Search) -> LoadedRows:
    """Step by step, so that no read lasts so long that the log cannot be folded back."""
    before = request.before_id or _ID_MAX
    rows: list[Row] = []
    damaged = looked_at = 0
    while not request.rows_max or looked_at < request.rows_max:
        start = connection.execute(SEARCH_FROM, (before, SEARCH_STEP_ROWS - 1)).fetchone()
        looked_at += SEARCH_STEP_ROWS
        first = 0 if start is None else start[0]
        conditions: dict[str, object] = {
            "before": before,
            "first": first,
            "state": request.state,
            "system_id": request.system_id,
            "since": request.since,
            "until": request.until,
            "number": request.number,
            "text": request.text,
            "source": request.source,
            "destination": request.destination,
        }
        limit = request.limit - len(rows)
        scans: list[Scan] = [(SEARCH, conditions)]
        found = _rows(connection, ticket, scans, limit, _by_newest, (-before,))
        rows += found.rows
        damaged += found.damaged
        if not found.complete:
            # Another one is there, which has no place any more.
            reached_id = rows[-1].message_id if rows else before
            return LoadedRows(ticket, rows, False, damaged, reached_id)
        if start is None:
            return LoadedRows(ticket, rows, True, damaged)
        before = first
    return LoadedRows(ticket, rows, False, damaged, before)
