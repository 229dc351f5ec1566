"""The file of an SQLite store."""

import sqlite3
import zlib
from pathlib import Path

import pytest

from carrierbox.errors import StoreError
from carrierbox.smsc.ports import Committed, Loaded, LoadJournal, LoadSummary, PageOut, Row, Summary
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_schema import (
    APPLICATION_ID,
    FORMAT,
    check_format,
    open_file,
    open_reader,
    problem_of,
)


def write_format_1(path: Path, batches: list[bytes]) -> None:
    """A store as the version before wrote it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS journal ("
        " number INTEGER PRIMARY KEY AUTOINCREMENT, crc32 INTEGER NOT NULL, batch BLOB NOT NULL)"
    )
    connection.execute("PRAGMA application_id = 0x43425831")
    connection.execute("PRAGMA user_version = 1")
    connection.executemany(
        "INSERT INTO journal (crc32, batch) VALUES (?, ?)",
        [(zlib.crc32(batch), batch) for batch in batches],
    )
    connection.commit()
    connection.close()


def test_a_store_of_format_1_is_opened_and_becomes_one_of_today(tmp_path: Path) -> None:
    """Who upgrades loses nothing: the journal is replayed as a whole, then paged out."""
    path = tmp_path / "a.db"
    write_format_1(path, [b"one", b"two"])
    for _ in range(2):
        store = SqliteStore(path)
        store.load(LoadJournal())
        store.load(LoadSummary())
        loaded, summary = store.completions()
        assert isinstance(loaded, Loaded)
        assert loaded.batches == [b"one", b"two"]
        assert isinstance(summary, Summary)
        assert summary.waiting == 0
        store.close()
    connection = sqlite3.connect(path)
    assert check_format(connection, path) == FORMAT == 3
    connection.close()
    store = SqliteStore(path)
    store.submit(b"three", PageOut(watermark=2))
    (committed,) = store.completions()
    assert isinstance(committed, Committed)
    assert (committed.number, committed.journal_octets) == (3, 5)
    store.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """All or nothing; the next start tries again."""
    path = tmp_path / "a.db"
    write_format_1(path, [b"one"])
    with pytest.raises(StoreError, match="cannot open the store"):
        SqliteStore(path, max_page_count=3)
    connection = sqlite3.connect(path)
    assert check_format(connection, path) == 1
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [
        ("journal",),
        ("sqlite_sequence",),
    ]
    connection.close()
    SqliteStore(path).close()


def test_a_file_that_is_refused_is_not_changed(tmp_path: Path) -> None:
    """Not even its mode of journalling."""
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_file(path, "process", None)
    assert path.read_bytes() == before


def test_a_new_file_says_whose_it_is(tmp_path: Path) -> None:
    """`file` and every tool for SQLite can tell."""
    SqliteStore(tmp_path / "a.db").close()
    connection = sqlite3.connect(tmp_path / "a.db")
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    connection.close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    """One connection writes."""
    SqliteStore(tmp_path / "a.db").close()
    connection = open_reader(tmp_path / "a.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM journal")
    connection.close()


def test_memory_is_bounded_whatever_the_file_grows_to(tmp_path: Path) -> None:
    """Ten million rows on a small machine: 32 MiB of pages, nothing mapped."""
    SqliteStore(tmp_path / "a.db").close()
    connection = open_file(tmp_path / "a.db", "process", None)
    assert connection.execute("PRAGMA cache_size").fetchone() == (-32 * 1024,)
    assert connection.execute("PRAGMA mmap_size").fetchone() in [(0,), None]
    connection.close()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_FULL", "the disk is full: x"),
        ("SQLITE_READONLY_DBMOVED", "the store's file may not be written: x"),
        ("SQLITE_IOERR_WRITE", "the disk failed: x"),
        ("SQLITE_CORRUPT", "the store's file is damaged: x"),
        ("SQLITE_BUSY", "another program keeps the store's file: x"),
        ("SQLITE_ERROR", "x"),
    ],
)
def test_what_failed_is_told_in_words(name: str, words: str) -> None:
    """readyz and the log show it to whoever runs the carrier."""
    error = sqlite3.OperationalError("x")
    error.sqlite_errorname = name
    assert problem_of(error) == words


def test_a_store_of_format_2_gets_its_sums(tmp_path: Path) -> None:
    """What its rows are is counted once, from the table."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    row = Row(5, 4, 0, "336", 1, 1.0, 9.0, "a", "A", 1.0, 1, "", b"x")
    store.submit(b"one", PageOut([row], watermark=1))
    store.close()
    connection = sqlite3.connect(path, isolation_level=None)
    now = connection.execute("SELECT * FROM state").fetchall()
    for _, name, *_ in connection.execute("PRAGMA table_info(state)").fetchall():
        if name.startswith("sum_") or name == "crc32":
            connection.execute(f"ALTER TABLE state DROP COLUMN {name}")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    store = SqliteStore(path)
    store.load(LoadSummary())
    (summary,) = store.completions()
    assert isinstance(summary, Summary)
    assert (summary.waiting, summary.problems) == (1, [])
    assert store.connection.execute("SELECT * FROM state").fetchall() == now
    store.close()


def test_a_file_whose_tables_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    """What SQLite would quote is no text any more."""
    path = tmp_path / "a.db"
    SqliteStore(path).close()
    octets = path.read_bytes()
    path.write_bytes(octets.replace(b"CREATE TABLE messages", b"CREATE \xcc\xcc\xccLE messages"))
    with pytest.raises(StoreError, match="damaged"):
        SqliteStore(path)
