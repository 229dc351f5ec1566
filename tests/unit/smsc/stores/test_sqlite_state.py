"""What the state of a store says of its other tables, and what is found by it."""

import sqlite3
from pathlib import Path
from random import Random

import pytest

from carrierbox.errors import StoreError
from carrierbox.smsc.ports import (
    NEVER,
    OWED,
    SCHEDULED,
    WAITING,
    LoadProblems,
    LoadSummary,
    PageOut,
    Problems,
    Row,
    Summary,
)
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_rows import apply
from carrierbox.smsc.stores.sqlite_schema import open_file
from carrierbox.smsc.stores.sqlite_state import (
    INDEXES,
    TableState,
    count_state,
    missing,
    read_state,
    write_state,
)


def any_row(random: Random, message_id: int) -> Row:
    """A row of any place, with numbers as large as they get."""
    place = random.randrange(5)
    return Row(
        message_id,
        random.choice([message_id, message_id - 1]),
        place,
        random.choice(["336", "33612345678", "99999999999999999999", "", "0044"]),
        random.randrange(4),
        random.uniform(0, 4e9),
        random.choice([NEVER, random.uniform(0, 4e9)]) if place <= SCHEDULED else NEVER,
        random.choice(["a", "b"]),
        "ACME",
        random.uniform(0, 4e9),
        random.randrange(9),
        "text",
        b"record",
    )


def content(state: TableState) -> tuple[object, ...]:
    return (state.places, state.sums, state.settings)


def a_file(path: Path) -> Path:
    """A store with a waiting row, an owed one, a sibling and a setting."""
    store = SqliteStore(path)
    page_out = PageOut(
        [
            Row(5, 5, WAITING, "336", 0, 1.0, 9.0, "a", "A", 1.0, 1, "", b"x"),
            Row(6, 5, OWED, "337", 0, 1.0, NEVER, "a", "A", 1.0, 2, "", b"x"),
        ]
    )
    page_out.settings = [("power/336", b"\1")]
    store.submit(b"", page_out)
    store.close()
    return path


def behind_its_back(path: Path, index: str, statement: str) -> None:
    """Change the table without the index noticing: as if a page of the index were an old one."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    query = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE name = ?"
    kept = connection.execute(query, (index,)).fetchone()
    connection.execute("DELETE FROM sqlite_master WHERE name = ?", (index,))
    connection.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", kept)
    connection.close()


def told_of(path: Path) -> list[str]:
    """What a start is told."""
    store = SqliteStore(path)
    told: list[str] = []
    for request in (LoadSummary(), LoadProblems()):
        store.load(request)
        while not (done := store.completions()):
            store.wait()
        (found,) = done
        assert isinstance(found, (Summary, Problems))
        told += found.problems
    store.close()
    return told


@pytest.mark.parametrize("seed", range(5))
def test_the_sums_are_those_of_the_indexes_and_of_the_table(tmp_path: Path, seed: int) -> None:
    """Kept with every change, in Python; counted anew along every index, in SQL: the same."""
    random = Random(seed)
    SqliteStore(tmp_path / "a.db").close()
    connection = open_file(tmp_path / "a.db", "process", None)
    state = read_state(connection)
    for _ in range(20):
        ids = random.sample(range(1, 60), 8)
        page_out = PageOut([any_row(random, (1 << 41) + one) for one in ids[:6]])
        page_out.removed = [(1 << 41) + one for one in ids[4:]]
        name = f"power/{random.randrange(3)}"
        page_out.settings = [(name, random.randbytes(1)), (name, random.randbytes(1))]
        state = apply(connection, page_out, state)
        assert missing(connection, state) == []
        counted = count_state(connection, state.watermark, state.newest_id, state.latest)
        assert content(counted) == content(state)
    write_state(connection, state)
    assert content(read_state(connection)) == content(state)
    connection.close()


def test_a_sound_store_has_nothing_to_tell(tmp_path: Path) -> None:
    """An empty one, too."""
    assert told_of(tmp_path / "empty.db") == []
    assert told_of(a_file(tmp_path / "a.db")) == []


@pytest.mark.parametrize(
    ("index", "statement"),
    [
        ("by_phone", "UPDATE messages SET msisdn = '338' WHERE message_id = 5"),
        ("by_phone", "UPDATE messages SET due_at = 7.0 WHERE message_id = 5"),
        ("by_wake", "UPDATE messages SET wake_at = 5000.0 WHERE message_id = 5"),
        ("by_account", "UPDATE messages SET at = 7.0 WHERE message_id = 6"),
        ("by_end", "UPDATE messages SET message_id = 7 WHERE message_id = 6"),
        ("by_client", "UPDATE messages SET client_id = 4 WHERE message_id = 6"),
    ],
)
def test_an_index_that_does_not_fit_the_table_is_told_at_the_start(
    tmp_path: Path, index: str, statement: str
) -> None:
    """Its rows would be missed in silence: never tried again, never owed, never found."""
    path = a_file(tmp_path / "a.db")
    connection = open_file(path, "process", None)
    state = read_state(connection)
    connection.close()
    behind_its_back(path, index, statement)
    connection = open_file(path, "process", None)
    # What the rows are now is taken for what was written: it is the index that is wrong.
    changed = count_state(connection, state.watermark, 7, state.latest)
    write_state(connection, changed)
    connection.close()
    told = told_of(path)
    assert index in {one.split()[2] for one in told} <= set(INDEXES)


def test_settings_that_are_gone_are_told(tmp_path: Path) -> None:
    """A phone that a user switched off would be on."""
    path = a_file(tmp_path / "a.db")
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM settings")
    connection.commit()
    connection.close()
    assert told_of(path) == ["the settings are not those that were written"]


def test_an_account_that_no_row_has_is_told(tmp_path: Path) -> None:
    """Else what its real account is owed waits for one that never binds."""
    path = a_file(tmp_path / "a.db")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE messages SET system_id = 'A' WHERE message_id = 6")
    connection.commit()
    connection.close()
    assert told_of(path) == ["the index by_account names an account that is none: 'A'"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE state SET watermark = 1",
        "UPDATE state SET newest_id = 1",
        "UPDATE state SET latest = 4e9",
        "UPDATE state SET sum_by_end = 1",
        "UPDATE state SET crc32 = 1",
        "UPDATE state SET waiting = 'x'",
        "DELETE FROM state",
        "INSERT INTO state SELECT * FROM state",
    ],
)
def test_a_state_that_is_not_what_was_written_is_refused(tmp_path: Path, statement: str) -> None:
    """A wrong watermark would delete what is not in the table, a wrong id give one out twice."""
    path = a_file(tmp_path / "a.db")
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="table state is damaged"):
        SqliteStore(path)
    with pytest.raises(StoreError, match="table state is damaged"):
        SqliteStore(path)


def test_a_setting_without_a_sound_checksum_can_be_replaced(tmp_path: Path) -> None:
    """A damaged row does not stop the next change."""
    state = TableState(0, [0] * 5, 0, 0.0, [0] * 5, 0)
    state.change_setting("x", 7)
    state.change_setting(7, 9)
    other = TableState(0, [0] * 5, 0, 0.0, [0] * 5, 0)
    other.change_setting(None, 9)
    assert state.settings == other.settings
