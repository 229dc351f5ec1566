"""The SQLite journal: what its contract does not say."""

import sqlite3
import threading
from pathlib import Path

import pytest

from carrierbox.errors import StoreError, StoreInUseError
from carrierbox.smsc.ports import (
    NEVER,
    Committed,
    Failed,
    Loaded,
    LoadedRows,
    LoadJournal,
    LoadSummary,
    PageOut,
    Row,
    Search,
    Summary,
)
from carrierbox.smsc.stores.sqlite import SqliteStore


def batches_in(path: Path) -> list[bytes]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT batch FROM journal ORDER BY number")]
    finally:
        connection.close()


def rows(first: int, count: int, octets: int = 100) -> list[Row]:
    return [
        Row(number, number, 0, "336", 0, 0.0, NEVER, "a", "b", 0.0, 1, "", b"x" * octets)
        for number in range(first, first + count)
    ]


def one_of(store: SqliteStore) -> object:
    """The one completion that comes next."""
    while not (done := store.completions()):
        store.wait()
    (completion,) = done
    return completion


def summary_of(store: SqliteStore) -> Summary:
    store.load(LoadSummary())
    summary = one_of(store)
    assert isinstance(summary, Summary)
    return summary


def journal_of(store: SqliteStore) -> list[bytes]:
    store.load(LoadJournal())
    loaded = one_of(store)
    assert isinstance(loaded, Loaded)
    return loaded.batches


@pytest.mark.parametrize("durability", ["process", "power"])
def test_what_was_committed_is_there_for_the_next_owner(tmp_path: Path, durability: str) -> None:
    """Design, promises: accepted means kept."""
    path = tmp_path / "deep" / "carrier.db"
    store = SqliteStore(path, durability)
    store.submit(b"one")
    store.submit(b"two")
    store.close()
    store = SqliteStore(path, durability)
    store.load(LoadJournal())
    store.wait()
    (loaded,) = store.completions()
    assert isinstance(loaded, Loaded)
    assert loaded.batches == [b"one", b"two"]
    store.close()


def test_process_durability_commits_before_submit_returns(tmp_path: Path) -> None:
    """Design, speed: the embedded default commits inline."""
    store = SqliteStore(tmp_path / "a.db")
    ticket = store.submit(b"one")
    (done,) = store.completions()
    assert isinstance(done, Committed)
    assert done.ticket == ticket
    assert batches_in(tmp_path / "a.db") == [b"one"]
    store.close()


def test_power_durability_tells_when_its_thread_is_done(tmp_path: Path) -> None:
    """Design, stores: whoever drives the store is woken, it never waits."""
    store = SqliteStore(tmp_path / "a.db", "power")
    told = threading.Event()
    store.on_ready = told.set
    store.submit(b"one")
    assert told.wait(30)
    assert [type(done) for done in store.completions()] == [Committed]
    store.close()


def test_a_damaged_row_is_left_out_and_counted(tmp_path: Path) -> None:
    """Design, stores: entries are checksummed."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    for batch in (b"one", b"two", b"three"):
        store.submit(batch)
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE journal SET batch = ? WHERE number = 2", (b"twO",))
    connection.commit()
    connection.close()
    store = SqliteStore(path)
    store.load(LoadJournal())
    (loaded,) = store.completions()
    assert isinstance(loaded, Loaded)
    assert loaded.batches == [b"one", b"three"]
    assert loaded.damaged == 1
    store.close()


def test_a_store_in_use_is_refused_with_the_pid_of_its_owner(tmp_path: Path) -> None:
    """A second process on the same journal would give the same message ids out twice."""
    store = SqliteStore(tmp_path / "a.db")
    with pytest.raises(StoreInUseError, match=r"in use by process \d+: stop it"):
        SqliteStore(tmp_path / "a.db")
    store.close()
    SqliteStore(tmp_path / "a.db").close()


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """A wrong --store must not write into somebody else's file."""
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="another program: choose another file"):
        SqliteStore(path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """A journal that is not understood is not touched."""
    path = tmp_path / "a.db"
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(StoreError, match="newer version of carrierbox"):
        SqliteStore(path)


def test_a_file_that_is_no_database_is_refused_and_let_go(tmp_path: Path) -> None:
    """The error names the file; the lock does not outlive it."""
    path = tmp_path / "a.db"
    path.write_bytes(b"not a database at all, but long enough to look like a header" * 20)
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot open the store"):
            SqliteStore(path)


@pytest.mark.parametrize("durability", ["process", "power"])
def test_a_full_disk_fails_the_batch_and_later_ones_go_on(tmp_path: Path, durability: str) -> None:
    """Design: a failed commit is told as a value, never as silence."""
    store = SqliteStore(tmp_path / "a.db", durability, max_page_count=40)
    store.submit(b"one")
    assert isinstance(one_of(store), Committed)
    store.submit(b"x" * 200_000)
    failed = one_of(store)
    assert isinstance(failed, Failed)
    assert failed.problem == "the disk is full: database or disk is full"
    store.submit(b"two")
    assert isinstance(one_of(store), Committed)
    store.connection.execute("PRAGMA max_page_count = 1000000")
    store.submit(b"x" * 200_000)
    assert isinstance(one_of(store), Committed)
    assert journal_of(store) == [b"one", b"two", b"x" * 200_000]
    store.close()


@pytest.mark.parametrize("durability", ["process", "power"])
@pytest.mark.parametrize("batch", [b"", b"batch"])
def test_a_page_out_that_does_not_fit_leaves_nothing_behind(
    tmp_path: Path, durability: str, batch: bytes
) -> None:
    """All or nothing: rows, batch, settings and watermark, on disk and in what is counted."""
    path = tmp_path / "a.db"
    store = SqliteStore(path, durability, max_page_count=60)
    store.submit(b"one")
    assert isinstance(one_of(store), Committed)
    store.submit(b"two", PageOut(rows(1, 3)))
    assert isinstance(one_of(store), Committed)
    big = PageOut(rows(3, 2000), [1], watermark=2)
    big.settings = [("a", b"1")]
    for _ in range(2):
        store.completions()
        store.submit(batch, big)
        while not isinstance(failed := one_of(store), Failed):
            assert isinstance(failed, Committed)
        assert failed.problem.startswith("the disk is full: ")
        assert (summary_of(store).waiting, summary_of(store).newest_id) == (3, 3)
        assert journal_of(store) == [b"one", b"two"]
    store.connection.execute("PRAGMA max_page_count = 1000000")
    store.submit(batch, big)
    committed = one_of(store)
    assert isinstance(committed, Committed)
    assert (committed.number, committed.journal_octets) == ((3, 5) if batch else (0, 0))
    assert (summary_of(store).waiting, summary_of(store).newest_id) == (2001, 2002)
    store.close()
    store = SqliteStore(path)
    assert journal_of(store) == ([batch] if batch else [])
    assert summary_of(store).waiting == 2001
    store.close()


def test_a_row_that_no_column_can_hold_fails_its_page_out_alone(tmp_path: Path) -> None:
    """A bug elsewhere must not end the thread that writes, and leaves no transaction open."""
    store = SqliteStore(tmp_path / "a.db", "power")
    bad = rows(1, 1)
    bad[0].message_id = 1 << 70
    store.submit(b"one", PageOut(bad))
    assert isinstance(one_of(store), Failed)
    store.submit(b"two", PageOut(rows(1, 1)))
    assert isinstance(one_of(store), Committed)
    assert journal_of(store) == [b"two"]
    store.close()


@pytest.mark.parametrize("durability", ["process", "power"])
def test_rows_behind_the_watermark_are_deleted_bit_by_bit(tmp_path: Path, durability: str) -> None:
    """No commit waits for the deletion of a hundred megabytes."""
    path = tmp_path / "a.db"
    store = SqliteStore(path, durability)
    for _ in range(1200):
        store.submit(b"x" * 100)
    store.submit(b"", PageOut(watermark=1199))
    for number in range(1, 10):
        ticket = store.submit(b"y")
        while not any(done.ticket == ticket for done in store.completions()):
            store.wait()
        # One step with each commit, at most 500 rows; the thread may be in the middle of one.
        assert len(batches_in(path)) >= 1200 - 500 * number
    more = 0
    while len(batches_in(path)) > 10 + more + 500:
        # They are read ahead, which may take longer than these commits.
        more += 1
        store.submit(b"y")
        while not store.completions():
            store.wait()
    store.close()
    assert batches_in(path) == [b"x" * 100] + [b"y"] * (9 + more)


def test_the_space_of_deleted_rows_is_used_again(tmp_path: Path) -> None:
    """The file grows to what is needed at a time, not with every message."""
    path = tmp_path / "a.db"
    sizes = []
    for _ in range(4):
        store = SqliteStore(path)
        for _ in range(500):
            store.submit(b"x" * 2000)
        done = store.completions()[-1]
        assert isinstance(done, Committed)
        store.submit(b"", PageOut(watermark=done.number))
        store.close()
        sizes.append(path.stat().st_size)
    assert sizes[-1] <= 1.05 * sizes[0]


def test_numbers_are_not_given_out_again_after_deletion(tmp_path: Path) -> None:
    """A watermark that was written must not cover batches that come later."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    store.submit(b"one")
    store.submit(b"two")
    store.submit(b"", PageOut(watermark=2))
    store.close()
    assert batches_in(path) == []
    store = SqliteStore(path)
    store.submit(b"three")
    committed = one_of(store)
    assert isinstance(committed, Committed)
    assert (committed.number, committed.journal_octets) == (3, 5)
    assert journal_of(store) == [b"three"]
    store.close()


def test_a_search_in_a_thread_is_broken_off_by_closing(tmp_path: Path) -> None:
    """Ctrl-C does not wait for somebody's search."""
    store = SqliteStore(tmp_path / "a.db")
    store.submit(b"", PageOut(rows(1, 2000)))
    store.completions()
    tickets = [store.load(Search(1, text="nothing at all")) for _ in range(50)]
    store.close()
    done = store.completions()
    assert sorted(completion.ticket for completion in done) == tickets
    assert all(isinstance(completion, LoadedRows | Failed) for completion in done)


def test_a_search_is_told_when_its_thread_is_done(tmp_path: Path) -> None:
    """Whoever drives the store is woken."""
    store = SqliteStore(tmp_path / "a.db")
    told = threading.Event()
    store.on_ready = told.set
    store.load(Search(1))
    assert told.wait(30)
    assert [type(done) for done in store.completions()] == [LoadedRows]
    store.close()


def test_what_was_paged_out_is_there_for_the_next_owner(tmp_path: Path) -> None:
    """Rows, counts and the watermark outlive the process."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    for number in range(5):
        store.submit(b"%d" % number)
    store.submit(b"5", PageOut(rows(7, 3), watermark=4))
    store.close()
    store = SqliteStore(path)
    assert journal_of(store) == [b"4", b"5"]
    summary = summary_of(store)
    assert (summary.waiting, summary.newest_id) == (3, 9)
    store.submit(b"6", PageOut([], [7]))
    committed = one_of(store)
    assert isinstance(committed, Committed)
    assert (committed.number, committed.journal_octets) == (7, 3)
    assert summary_of(store).waiting == 2
    store.close()


def test_an_unknown_durability_is_refused(tmp_path: Path) -> None:
    """Only what is promised can be asked for."""
    with pytest.raises(StoreError, match="process or power"):
        SqliteStore(tmp_path / "a.db", "eventually")
