"""The threads of an SQLite store."""

import queue
import sqlite3
import threading
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from carrierbox.smsc.ports import (
    FINISHED,
    NEVER,
    Committed,
    Completion,
    Failed,
    Loaded,
    LoadJournal,
    PageOut,
    Row,
)
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_schema import WAL_OCTETS_KEPT
from carrierbox.smsc.stores.sqlite_threads import (
    CUT_OCTETS,
    FIRST_PAGE,
    LIMIT,
    PASSIVE,
    RESTART,
    Checkpointer,
    Reader,
    Worker,
)


def ignore(_is_ending: bool) -> None:
    """Nobody rests."""


def nothing() -> None:
    """Nobody waits, and what was folded comes to the disk when the system likes."""


def test_a_worker_works_in_order_and_finishes_what_it_was_given() -> None:
    """Commits are in the order of their tickets."""
    worker = Worker("test")
    found: list[int] = []
    for number in range(100):
        worker.add(partial(found.append, number))
    worker.close()
    assert found == list(range(100))


def test_a_worker_without_work_is_no_thread() -> None:
    """Most stores are never searched."""
    worker = Worker("test")
    assert not worker.is_started
    worker.close()


def test_a_reader_answers_beside_the_writer(tmp_path: Path) -> None:
    """What was committed before is seen."""
    store = SqliteStore(tmp_path / "a.db")
    store.submit(b"one")
    done: queue.SimpleQueue[Completion] = queue.SimpleQueue()
    reader = Reader(tmp_path / "a.db", "test", done.put)
    reader.add(5, LoadJournal())
    loaded = done.get(timeout=30)
    assert isinstance(loaded, Loaded)
    assert (loaded.ticket, loaded.batches) == (5, [b"one"])
    reader.close()
    store.close()


def test_a_reader_without_a_file_says_what_is_wrong(tmp_path: Path) -> None:
    """An answer comes in any case: somebody waits for it."""
    done: queue.SimpleQueue[Completion] = queue.SimpleQueue()
    reader = Reader(tmp_path / "nowhere" / "a.db", "test", done.put)
    reader.add(5, LoadJournal())
    failed = done.get(timeout=30)
    assert isinstance(failed, Failed)
    assert (failed.ticket, failed.problem[:16]) == (5, "the disk failed:")
    reader.close()


def test_a_checkpointer_folds_the_log_into_the_file(tmp_path: Path) -> None:
    """So that the log begins anew and does not grow for ever."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    size = path.stat().st_size
    store.submit(b"x" * 100_000)
    checkpointer = Checkpointer(path, ignore, nothing, nothing)
    checkpointer.ask()
    while path.stat().st_size == size:
        checkpointer.ask()
    checkpointer.close()
    assert path.stat().st_size >= 100_000
    store.close()


def test_a_log_begins_anew_while_the_writer_goes_on(tmp_path: Path) -> None:
    """It would grow for ever; and who writes is told before and after."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    told: list[bool] = []
    asked: set[tuple[str, bool]] = set()

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, timeout=1.0)
        connection.set_trace_callback(lambda sql: asked.add((sql, checkpointer.writing.locked())))
        return connection

    def flush() -> None:
        asked.add(("flush", checkpointer.writing.locked()))

    checkpointer = Checkpointer(path, told.append, nothing, flush, connect, frames_some=1)
    log = tmp_path / "a.db-wal"
    begun = 0
    for _ in range(100_000):
        store.submit(b"x" * 10_000)
        checkpointer.ask()
        # How often it began, says its header.
        begun = int.from_bytes(log.read_bytes()[12:16], "big")
        if begun >= 3 and told.count(True) >= 2 and not told[-1]:
            break
    checkpointer.close()
    store.close()
    assert begun >= 3
    assert told.count(True) >= 2
    assert not [one for one, other in pairwise(told) if one and other]
    assert not told[-1]
    # The first page of a log, for which its head is flushed, is not left to whoever writes.
    first = {(statement, True) for statement in (*FIRST_PAGE, f"{LIMIT}{WAL_OCTETS_KEPT}")}
    # Nor does it wait while what was folded comes to the disk, but for the last few pages.
    assert asked == {(PASSIVE, False), (PASSIVE, True), ("flush", False), (RESTART, True)} | first


def test_the_first_page_of_a_log_is_written_before_anybody_else_writes(tmp_path: Path) -> None:
    """For it the head of the log is flushed, which takes tens of milliseconds on a busy disk."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    store.submit(b"x" * 1_000_000)
    log = tmp_path / "a.db-wal"
    begun = log.read_bytes()[12:16]
    seen: list[bool] = []

    def told(is_ending: bool) -> None:
        if not is_ending:
            seen.append(log.read_bytes()[12:16] != begun)

    checkpointer = Checkpointer(path, told, nothing, nothing, frames_some=50)
    while not seen:
        checkpointer.ask()
    checkpointer.close()
    assert seen[0]
    store.close()


def test_a_log_that_is_folded_does_not_begin_anew_with_the_next_commit(tmp_path: Path) -> None:
    """Whoever committed would flush the head of the log, and cut what is too long of it."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    store.submit(b"x" * 10_000)
    log = tmp_path / "a.db-wal"
    seen: list[bytes] = []
    flushed: queue.SimpleQueue[None] = queue.SimpleQueue()

    def flush() -> None:
        # All is folded.
        seen.append(log.read_bytes()[12:16])
        store.submit(b"x" * 10_000)
        seen.append(log.read_bytes()[12:16])
        flushed.put(None)

    checkpointer = Checkpointer(path, ignore, nothing, flush)
    for _ in range(20):
        checkpointer.ask()
        flushed.get(timeout=30)
    checkpointer.close()
    assert seen[::2] == seen[1::2]
    store.close()


@pytest.mark.parametrize("durability", ["process", "power"])
def test_the_log_of_a_store_with_little_to_write_stays_short(
    tmp_path: Path, durability: str
) -> None:
    """It begins anew whenever it was folded: a small disk would be full of it."""
    store = SqliteStore(tmp_path / "a.db", durability)
    log = tmp_path / "a.db-wal"
    begun: set[bytes] = set()
    for _ in range(1000):
        store.submit(b"x" * 100_000)
        while not any(isinstance(done, Committed) for done in store.completions()):
            store.wait()
        store.checkpointer.ask()
        begun.add(log.read_bytes()[12:16])
        if len(begun) > 3:
            break
    assert len(begun) > 3
    assert log.stat().st_size < 32 * 1024 * 1024
    store.close()


def test_a_log_begins_anew_although_somebody_read_an_older_state(tmp_path: Path) -> None:
    """What a search reads holds the log back while it lasts, and no longer."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    store.submit(b"x" * 1_000_000)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM journal").fetchall()
        told: queue.SimpleQueue[bool] = queue.SimpleQueue()
        checkpointer = Checkpointer(path, told.put, nothing, nothing, frames_some=50)
        begun = (tmp_path / "a.db-wal").read_bytes()[12:16]
        for _ in range(20):
            store.submit(b"x" * 100_000)
            checkpointer.ask()
        assert (tmp_path / "a.db-wal").read_bytes()[12:16] == begun
        other.execute("COMMIT")
    checkpointer.ask()
    while not told.get(timeout=30):
        checkpointer.ask()
    assert not told.get(timeout=30)
    checkpointer.close()
    assert (tmp_path / "a.db-wal").read_bytes()[12:16] != begun
    store.close()


def test_a_log_does_not_begin_anew_right_behind_a_commit_that_wrote_much(tmp_path: Path) -> None:
    """To fold and flush that takes long, and the next commit would wait."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    store.submit(b"x")
    free: queue.SimpleQueue[None] = queue.SimpleQueue()
    flushed: queue.SimpleQueue[None] = queue.SimpleQueue()
    checkpointer = Checkpointer(path, ignore, lambda: free.put(None), lambda: flushed.put(None))
    log = tmp_path / "a.db-wal"
    begun = log.read_bytes()[12:16]
    with checkpointer.writing:
        checkpointer.ask()
        for _ in range(2):
            flushed.get(timeout=30)
        store.submit(b"x" * 1_000_000)
    free.get(timeout=30)
    assert log.read_bytes()[12:16] == begun
    checkpointer.ask()
    free.get(timeout=30)
    assert log.read_bytes()[12:16] != begun
    checkpointer.close()
    store.close()


def test_a_log_that_got_too_long_is_cut_bit_by_bit(tmp_path: Path) -> None:
    """To give back hundreds of megabytes at once takes tens of milliseconds, for which all wait."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    store.submit(b"x")
    log = tmp_path / "a.db-wal"
    with log.open("r+b") as file:
        # Nothing is there but room.
        file.truncate(WAL_OCTETS_KEPT + CUT_OCTETS + CUT_OCTETS // 2)
    sizes: list[int] = []
    free: queue.SimpleQueue[None] = queue.SimpleQueue()
    checkpointer = Checkpointer(path, ignore, lambda: free.put(None), nothing)
    for _ in range(3):
        checkpointer.ask()
        free.get(timeout=30)
        sizes.append(log.stat().st_size)
    checkpointer.close()
    assert sizes == [WAL_OCTETS_KEPT + CUT_OCTETS // 2, WAL_OCTETS_KEPT, WAL_OCTETS_KEPT]
    store.close()


def test_whoever_writes_waits_for_a_lock_and_not_for_sqlite(tmp_path: Path) -> None:
    """SQLite lets a writer sleep while the log begins anew: at last 25 ms longer than it must."""
    store = SqliteStore(tmp_path / "a.db")
    seen: set[tuple[str, bool]] = set()
    store.connection.set_trace_callback(
        lambda sql: seen.add((sql.partition(" ")[0], store.checkpointer.writing.locked()))
    )
    store.submit(b"one")
    row = Row(7, 7, FINISHED, "33612345678", 0, 0.0, NEVER, "shop", "ACME", 1.0, 2, "Hi", b"r")
    store.submit(b"two", PageOut([row], watermark=2))
    while ("DELETE", True) not in seen:
        # Old batches are read ahead before they are deleted.
        store.submit(b"three")
    store.connection.set_trace_callback(None)
    assert {("INSERT", True), ("BEGIN", True), ("COMMIT", True), ("DELETE", True)} <= seen
    assert not [sql for sql, is_writing in seen if not is_writing]
    store.close()


def test_nobody_stands_still_while_the_log_begins_anew(tmp_path: Path) -> None:
    """A disk may take a tenth of a second to flush: commits wait, in their order, and what is read
    meanwhile is answered.
    """
    store = SqliteStore(tmp_path / "a.db")
    store.submit(b"one")
    store.completions()
    with store.checkpointer.writing:
        tickets = [store.submit(b"two"), store.submit(b"three")]
        loading = store.load(LoadJournal())
        loaded = store.completions()
        assert [(each.ticket, each.batches) for each in loaded if isinstance(each, Loaded)] == [
            (loading, [b"one"])
        ]
    done = store.completions()
    assert [each.ticket for each in done] == tickets
    assert all(isinstance(each, Committed) for each in done)
    store.load(LoadJournal())
    (last,) = store.completions()
    assert isinstance(last, Loaded)
    assert last.batches == [b"one", b"two", b"three"]
    store.close()


def test_who_had_to_wait_for_a_short_log_is_called(tmp_path: Path) -> None:
    """Nobody was asked to rest, so nobody is told that it is over; a commit waits all the same."""
    store = SqliteStore(tmp_path / "a.db")
    ready = threading.Event()
    store.on_ready = ready.set
    with store.checkpointer.writing:
        ticket = store.submit(b"one")
        assert store.completions() == []
    store.checkpointer.ask()
    assert ready.wait(30)
    (done,) = store.completions()
    assert isinstance(done, Committed)
    assert done.ticket == ticket
    store.close()


class Full(sqlite3.Connection):
    """A connection whose disk is full some times."""

    failures = 2
    tried: list[str] = []  # noqa: RUF012

    def execute(self, *given):  # type: ignore[no-untyped-def]
        Full.tried.append(given[0])
        if len(Full.tried) <= Full.failures:
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(*given)


def test_a_checkpointer_that_failed_tries_again_by_itself(tmp_path: Path) -> None:
    """Nobody asks again before megabytes are written, and a log that only grows fills the disk."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    size = path.stat().st_size
    store.submit(b"x" * 100_000)
    folded = threading.Event()

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, factory=Full)
        connection.set_trace_callback(lambda _: folded.set())
        return connection

    checkpointer = Checkpointer(path, ignore, nothing, nothing, connect, retry_s=0.0)
    checkpointer.ask()
    assert folded.wait(30)
    checkpointer.close()
    assert Full.tried[: Full.failures + 2] == [PASSIVE, PASSIVE, PASSIVE, PASSIVE]
    assert path.stat().st_size >= size + 100_000
    store.close()


def test_a_checkpointer_that_waits_to_try_again_is_closed_at_once(tmp_path: Path) -> None:
    """A carrier that ends on a full disk does not hang."""
    tried = threading.Event()

    class Failing(sqlite3.Connection):
        def execute(self, *given):  # type: ignore[no-untyped-def]
            tried.set()
            raise sqlite3.OperationalError("database or disk is full")

    checkpointer = Checkpointer(
        tmp_path / "a.db",
        ignore,
        nothing,
        nothing,
        lambda path: sqlite3.connect(path, factory=Failing),
        retry_s=3600.0,
    )
    checkpointer.ask()
    assert tried.wait(30)
    checkpointer.close()
