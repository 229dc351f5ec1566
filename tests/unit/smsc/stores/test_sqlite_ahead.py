"""Reading pages ahead: that what is read is what is needed, and that what waits for it comes."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrierbox.smsc.ports import (
    FINISHED,
    NEVER,
    WAITING,
    Completion,
    Failed,
    LoadDue,
    LoadedRows,
    LoadQueue,
    PageOut,
    ReadAhead,
    Request,
    Row,
    RowPlace,
)
from carrierbox.smsc.stores import sqlite, sqlite_ahead
from carrierbox.smsc.stores.sqlite import QUEUES_COLD, SqliteStore
from carrierbox.smsc.stores.sqlite_ahead import (
    DUE_ROWS_AHEAD,
    JOURNAL_OCTETS_AHEAD,
    QUEUES_AHEAD,
    SIZES,
    Ahead,
    OldBatches,
    Queues,
    blocks_read,
)

PHONE = "33612345678"


def row(message_id: int, wake_at: float = NEVER, msisdn: str = PHONE) -> Row:
    return Row(
        message_id, message_id, WAITING, msisdn, 0, 0.0, wake_at, "a", "b", 0.0, 1, "", b"x" * 200
    )


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    """One that reads ahead however few rows it has."""
    monkeypatch.setattr(sqlite, "FEW_ROWS", 0)
    made = SqliteStore(tmp_path / "a.db")
    yield made
    made.close()


def put(store: SqliteStore, *rows: Row) -> None:
    store.submit(b"", PageOut(list(rows)))
    while not store.completions():
        store.wait()


def asked_of(store: SqliteStore, request: Request) -> Completion:
    """What a load is answered with."""
    ticket = store.load(request)
    while True:
        for completion in store.completions():
            if completion.ticket == ticket:
                return completion
        store.wait()


def fail(*_: object) -> LoadedRows:
    """Stands in for a disk that cannot be read."""
    raise sqlite3.OperationalError("disk I/O error")


def all_answers(store: SqliteStore, count: int) -> list[Completion]:
    """So many answers, in the order in which they come."""
    done: list[Completion] = []
    while len(done) < count:
        done += store.completions()
        store.wait()
    return done


def steps_of(
    connection: sqlite3.Connection, ahead: Ahead, request: ReadAhead | LoadDue | Queues | OldBatches
) -> int:
    """How many statements reading ahead takes."""
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    ahead.answer(connection, 7, request)
    connection.set_trace_callback(None)
    return len(statements)


@pytest.mark.parametrize("count", [1, SIZES[0], SIZES[0] + 1, SIZES[-1], SIZES[-1] + 1, 0])
def test_places_are_read_in_few_steps(store: SqliteStore, count: int) -> None:
    """Each takes the interpreter from whoever serves, for whom it may wait."""
    put(store, *(row(number, 5.0 + number) for number in range(1, 50)))
    places: list[RowPlace] = [
        (number, PHONE, number % 4, 1.0, 5.0 + number if number % 2 else NEVER)
        for number in range(count)
    ]
    steps = steps_of(store.connection, Ahead(), ReadAhead(places))
    assert steps == -(-count // SIZES[-1])


def test_the_pages_of_places_are_read(tmp_path: Path, store: SqliteStore) -> None:
    """Of the row that is there, of the queue that it stands in, of the time it was due at."""
    rows = [row(number, 9.0 + number, str(33600000000 + number)) for number in range(1, 3000)]
    put(store, *rows)
    with sqlite3.connect(tmp_path / "a.db") as connection:
        explain = "EXPLAIN QUERY PLAN " + sqlite_ahead._OF_PLACES[SIZES[0]]
        values = [1, PHONE, 0, 0.0, 9.0] * SIZES[0]
        asked = [each[3] for each in connection.execute(explain, values)]
        found = connection.execute(
            sqlite_ahead._OF_PLACES[SIZES[0]], [7, "33600000007", 0, 0.0, 16.0] * SIZES[0]
        ).fetchall()
    connection.close()
    searches = [each for each in asked if each.startswith("SEARCH")]
    assert [each.split(" (")[0] for each in searches] == [
        "SEARCH messages USING INTEGER PRIMARY KEY",
        "SEARCH messages USING COVERING INDEX by_phone",
        "SEARCH messages USING COVERING INDEX by_wake",
    ]
    assert found == [(SIZES[0],) * 3]


def test_what_is_due_is_answered_once_it_was_read_ahead(store: SqliteStore) -> None:
    """And what was read ahead is answered at once."""
    count = DUE_ROWS_AHEAD + 100
    put(store, *(row(number, float(number)) for number in range(1, count + 1)))
    ticket = store.load(LoadDue(1e9, 64))
    # The thread may have been as quick as this; but it was asked.
    assert store._reads_ahead.keys() == {ticket} or store._ahead.holds(LoadDue(1e9, 64))
    found: list[int] = []
    wake_at, message_id, inline = 0.0, 0, 0
    while True:
        for completion in store.completions():
            assert isinstance(completion, LoadedRows)
            found += [each.message_id for each in completion.rows]
            wake_at, message_id = completion.rows[-1].wake_at, completion.rows[-1].message_id
            if completion.complete:
                assert found == list(range(1, count + 1))
                assert inline == 8
                return
            store.load(LoadDue(1e9, 64, wake_at, message_id))
            inline += not store._reads_ahead
        store.wait()


def test_many_rows_that_are_due_at_one_moment_are_read_ahead_in_pieces(store: SqliteStore) -> None:
    """A million may have been scheduled for the same second."""
    count = 2 * DUE_ROWS_AHEAD
    put(store, *(row(number, 50.0) for number in range(1, count + 1)))
    ahead = Ahead()
    assert not ahead.holds(LoadDue(60.0, 64))
    ahead.answer(store.connection, 1, LoadDue(60.0, 64))
    assert ahead.holds(LoadDue(60.0, 64))
    assert ahead.holds(LoadDue(60.0, 64, 50.0, DUE_ROWS_AHEAD - 1))
    assert not ahead.holds(LoadDue(60.0, 64, 50.0, DUE_ROWS_AHEAD))
    ahead.answer(store.connection, 1, LoadDue(60.0, 64, 50.0, DUE_ROWS_AHEAD))
    assert ahead.holds(LoadDue(60.0, 64, 50.0, count - 1))
    assert not ahead.holds(LoadDue(60.0, 64))


def test_a_request_for_what_is_due_fails_if_it_cannot_be_read_ahead(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked asks again; nobody waits for ever."""
    put(store, row(1, 1.0))
    monkeypatch.setattr(store._prefetcher, "_read", fail)
    assert isinstance(asked_of(store, LoadDue(2.0, 9)), Failed)
    assert isinstance(asked_of(store, ReadAhead([(1, PHONE, 0, 0.0, NEVER)])), Failed)


def queues_of(count: int) -> list[LoadQueue]:
    return [LoadQueue(str(33600000000 + number), 4) for number in range(count)]


class Disk:
    """Says of so many reads of queues that the disk was read for them, and then of none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cold: int) -> None:
        self._blocks = 0
        self._calls = 0
        self._cold = cold
        monkeypatch.setattr(sqlite, "blocks_read", self._read)

    def _read(self) -> int:
        self._calls += 1
        # It is asked before and after each of them.
        if self._calls % 2 == 0 and self._cold > 0:
            self._cold -= 1
            self._blocks += 8
        return self._blocks


def test_queues_are_read_ahead_after_one_for_which_the_disk_was_read(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many, and then one inline again; all are answered alike, each of them once."""
    count = 3 * (QUEUES_COLD + 1)
    Disk(monkeypatch, cold=2)
    put(
        store,
        *(row(number, 1.0, str(33600000000 + number % count)) for number in range(2 * count)),
    )
    tickets = [store.load(request) for request in queues_of(count)]
    assert [ticket in store._in_threads for ticket in tickets] == (
        2 * ([False] + [True] * QUEUES_COLD) + [False] * (QUEUES_COLD + 1)
    )
    done = all_answers(store, count)
    found = {each.ticket: each.rows for each in done if isinstance(each, LoadedRows)}
    assert [[each.message_id for each in found[ticket]] for ticket in tickets] == [
        [number, number + count] for number in range(count)
    ]
    assert not store._in_threads
    assert not store._reads_ahead


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells of one thread")
def test_what_is_read_from_the_disk_is_counted(tmp_path: Path) -> None:
    """A file that is in the system's memory does not count."""
    path = tmp_path / "octets"
    path.write_bytes(b"x" * 65536)
    before = blocks_read()
    assert len(path.read_bytes()) == 65536
    assert blocks_read() == before
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        file.read()
    if blocks_read() == before:
        pytest.skip("the folder of the test is in memory: set TMPDIR to one on a disk")


def test_queues_are_read_from_a_place_on_in_one_step(tmp_path: Path, store: SqliteStore) -> None:
    """At the same time, later, and less urgent; each along its index."""
    put(store, *(row(number, 1.0) for number in range(1, 50)))
    requests = [*queues_of(3), LoadQueue(PHONE, 4, 0, 0.0, 7)]
    assert steps_of(store.connection, Ahead(), Queues(requests)) == 1
    with sqlite3.connect(tmp_path / "a.db") as connection:
        values = [PHONE, 0, 0.0, 7] * QUEUES_AHEAD + [4, 4, 4]
        found = connection.execute(sqlite_ahead._QUEUES, values).fetchall()
        begun = [PHONE, 256, 0.0, 0] * QUEUES_AHEAD + [4, 4, 4]
        found += connection.execute(sqlite_ahead._QUEUES, begun).fetchall()
        plan = connection.execute("EXPLAIN QUERY PLAN " + sqlite_ahead._QUEUES, values).fetchall()
    connection.close()
    read = QUEUES_AHEAD * 4 * 200
    assert found == [(read, None, None), (None, None, read)]
    searches = [each[3] for each in plan if each[3].startswith("SEARCH")]
    assert [each.split(" (")[0] for each in searches] == [
        "SEARCH messages USING INDEX by_phone"
    ] * 3
    assert not any("B-TREE" in each[3] for each in plan)


def test_queues_that_cannot_be_read_ahead_are_failed(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a piece: whoever asked asks again."""
    put(store, row(1, 1.0))
    Disk(monkeypatch, cold=1)
    monkeypatch.setattr(store._prefetcher, "_read", fail)
    first, *tickets = [store.load(request) for request in queues_of(QUEUES_AHEAD + 2)]
    done = all_answers(store, QUEUES_AHEAD + 2)
    assert {each.ticket for each in done if isinstance(each, Failed)} == set(tickets)
    assert first not in tickets


def test_a_small_table_is_answered_at_once(tmp_path: Path) -> None:
    """It is in memory: a thread would only be a way round."""
    store = SqliteStore(tmp_path / "b.db")
    put(store, row(1, 1.0))
    store.load(ReadAhead([(1, PHONE, 0, 0.0, NEVER)]))
    store.load(LoadDue(2.0, 9))
    assert [len(each.rows) for each in store.completions() if isinstance(each, LoadedRows)] == [
        0,
        1,
    ]
    store.close()
    assert not store._prefetcher._worker.is_started


def test_old_batches_are_read_before_they_are_deleted(store: SqliteStore) -> None:
    """Some at a time, and all of them in the end."""
    size = JOURNAL_OCTETS_AHEAD // 8
    for _ in range(20):
        store.submit(b"x" * size)
    connection = store.connection
    ahead = Ahead()
    assert steps_of(connection, ahead, OldBatches(20)) == 1
    assert ahead.journal_up_to == 9
    ahead.answer(connection, 0, OldBatches(5))
    assert ahead.journal_up_to == 5
    ended = Row(7, 7, FINISHED, PHONE, 0, 0.0, NEVER, "a", "b", 1.0, 2, "", b"r")
    store.submit(b"y", PageOut([ended], watermark=20))
    while connection.execute("SELECT count(*) FROM journal").fetchone() != (1,):
        store.submit(b"")
        store.completions()


def test_old_batches_that_cannot_be_read_ahead_are_deleted_all_the_same(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever deletes them."""
    monkeypatch.setattr(store._prefetcher, "_read", fail)
    for _ in range(20):
        store.submit(b"x")
    store.submit(b"y", PageOut([row(1)], watermark=20))
    while store.connection.execute("SELECT count(*) FROM journal").fetchone() != (1,):
        store.submit(b"")
        store.completions()
