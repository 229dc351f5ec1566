"""The SQLite journal: what its contract does not say."""

import sqlite3
import threading
from pathlib import Path

import pytest

from carrierbox.errors import StoreError, StoreInUseError
from carrierbox.smsc.ports import Committed, Failed, Loaded, LoadJournal
from carrierbox.smsc.stores.sqlite import SqliteStore


def batches_in(path: Path) -> list[bytes]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT batch FROM journal ORDER BY number")]
    finally:
        connection.close()


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


def test_a_full_database_fails_the_batch_and_later_ones_go_on(tmp_path: Path) -> None:
    """Design: a failed commit is told as a value, never as silence."""
    store = SqliteStore(tmp_path / "a.db")
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}")
    store.submit(b"x" * 100_000)
    (failed,) = store.completions()
    assert isinstance(failed, Failed)
    assert "full" in failed.problem
    store.connection.execute("PRAGMA max_page_count = 1000000")
    store.submit(b"x" * 100_000)
    assert [type(done) for done in store.completions()] == [Committed]
    store.close()


def test_an_unknown_durability_is_refused(tmp_path: Path) -> None:
    """Only what is promised can be asked for."""
    with pytest.raises(StoreError, match="process or power"):
        SqliteStore(tmp_path / "a.db", "eventually")
