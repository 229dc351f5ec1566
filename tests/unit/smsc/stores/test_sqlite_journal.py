"""The rows of the journal: their octets, their watermark, their end."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrierbox.errors import StoreError
from carrierbox.smsc.ports import LoadJournal
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_journal import JournalRows, is_whole, load
from carrierbox.smsc.stores.sqlite_schema import open_file


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    SqliteStore(tmp_path / "a.db").close()
    opened = open_file(tmp_path / "a.db", "process", None)
    yield opened
    opened.close()


def write(journal: JournalRows, *sizes: int) -> None:
    for octets in sizes:
        journal.added(journal.insert(b"x" * octets), octets)


def cut(connection: sqlite3.Connection, journal: JournalRows, watermark: int) -> None:
    found = journal.cut_at(watermark, journal.newest)
    assert found is not None
    connection.execute("UPDATE state SET watermark = ?", (found.watermark,))
    journal.was_cut(found)


def sizes_in(connection: sqlite3.Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT length(batch) FROM journal")]


def test_a_journal_that_is_opened_again_knows_what_it_holds(connection: sqlite3.Connection) -> None:
    """The octets behind the watermark are counted once, at the start."""
    journal = JournalRows(connection)
    write(journal, 10, 20, 300_000, 40, 300_000, 60)
    cut(connection, journal, 2)
    again = JournalRows(connection)
    assert (again.octets, again.newest, again.watermark) == (600_100, 6, 2)
    assert not again.is_swept
    cut(connection, again, 4)
    assert again.octets == 300_060


def test_a_watermark_that_moves_nothing_is_none(connection: sqlite3.Connection) -> None:
    """It never goes back, and an empty journal has none."""
    journal = JournalRows(connection)
    assert journal.cut_at(5, journal.newest) is None
    write(journal, 1, 2)
    cut(connection, journal, 2)
    assert journal.cut_at(2, journal.newest) is None
    assert journal.cut_at(1, journal.newest) is None


def test_a_step_deletes_at_most_so_many_octets_and_rows(connection: sqlite3.Connection) -> None:
    """And at least one row, however large, so that it comes to an end."""
    journal = JournalRows(connection)
    write(journal, 50, 50, 50, 500, 50, 50, 50, 50)
    cut(connection, journal, 7)
    left = []
    while not journal.is_swept:
        journal.sweep(octets_max=120, rows_max=3)
        left.append(len(sizes_in(connection)))
    assert left == [5, 4, 1]
    assert sizes_in(connection) == [50]


def test_a_step_that_fails_is_done_again(connection: sqlite3.Connection) -> None:
    """A full disk does not stop a store from being shortened later."""
    journal = JournalRows(connection)
    write(journal, 5, 5, 5)
    cut(connection, journal, 2)
    connection.execute("PRAGMA query_only = ON")
    journal.sweep()
    assert not journal.is_swept
    connection.execute("PRAGMA query_only = OFF")
    journal.sweep()
    assert journal.is_swept
    assert len(sizes_in(connection)) == 1


def test_a_load_never_goes_behind_the_watermark(connection: sqlite3.Connection) -> None:
    """Rows up to it may be there still, or not."""
    journal = JournalRows(connection)
    write(journal, 1, 2, 3, 4)
    cut(connection, journal, 2)
    found = load(connection, 9, LoadJournal(1, 1))
    assert (found.ticket, [len(batch) for batch in found.batches]) == (9, [3])
    assert (found.position, found.complete) == (3, False)
    found = load(connection, 9, LoadJournal(3, 1))
    assert (found.position, found.complete) == (4, True)


@pytest.mark.parametrize("batch", [b"batcH", "batch", 7, None])
def test_a_batch_that_is_not_what_was_written_is_found(batch: object) -> None:
    """By its checksum, also when it is no octets any more."""
    assert not is_whole(0x1B6A5B5F, batch)


@pytest.mark.parametrize(
    ("gone", "left", "damaged"),
    [
        ("3", [1, 2, 4, 5], 1),
        ("1, 2", [3, 4, 5], 2),
        ("4, 5", [1, 2, 3], 2),
        ("2, 4", [1, 3, 5], 2),
    ],
)
def test_rows_that_are_missing_are_damaged_ones(
    connection: sqlite3.Connection, gone: str, left: list[int], damaged: int
) -> None:
    """Numbers follow one another from the watermark to the newest: a page that is lost is told."""
    journal = JournalRows(connection)
    write(journal, 1, 2, 3, 4, 5)
    connection.execute(f"DELETE FROM journal WHERE number IN ({gone})")
    for batches_max in (100, 1):
        sizes: list[int] = []
        missed = position = 0
        complete = False
        while not complete:
            loaded = load(connection, 1, LoadJournal(position, batches_max))
            sizes += map(len, loaded.batches)
            missed += loaded.damaged
            position, complete = loaded.position, loaded.complete
        assert (sizes, missed) == (left, damaged)


def test_numbers_that_would_be_given_out_twice_are_refused(connection: sqlite3.Connection) -> None:
    """The next rows would stand before the watermark, and be deleted as what is in the table."""
    write(JournalRows(connection), 1, 2, 3)
    connection.execute("UPDATE state SET watermark = 3")
    connection.execute("DELETE FROM journal")
    JournalRows(connection)
    connection.execute("DELETE FROM sqlite_sequence")
    with pytest.raises(StoreError, match="numbers of the journal"):
        JournalRows(connection)
