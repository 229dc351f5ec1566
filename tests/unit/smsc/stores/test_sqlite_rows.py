"""Rows as columns and back."""

import sqlite3
from pathlib import Path

from carrierbox.smsc.ports import FINISHED, NEVER, OWED, WAITING, PageOut, Row
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_rows import (
    Values,
    apply,
    row_of,
    setting_of,
    setting_values,
    values_of,
)
from carrierbox.smsc.stores.sqlite_schema import open_file
from carrierbox.smsc.stores.sqlite_state import read_state, write_state

ROW = Row(9, 8, WAITING, "336", 2, 1.5, NEVER, "acme", "ACME", 7.0, 1, "Grüße", b"record")


def as_read(values: Values) -> list[object]:
    """Columns as a connection of ours gives them: TEXT as octets."""
    return [one.encode() if isinstance(one, str) else one for one in values]


def test_every_bit_of_the_texts_and_the_record_is_under_the_checksum() -> None:
    """A flipped bit is found, wherever it is."""
    values = as_read(values_of(ROW))
    assert row_of(tuple(values)) is not None
    for column, value in enumerate(values):
        if not isinstance(value, bytes):
            continue
        for bit in range(8 * len(value)):
            flipped = bytearray(value)
            flipped[bit // 8] ^= 1 << bit % 8
            changed = [*values[:column], bytes(flipped), *values[column + 1 :]]
            assert row_of(tuple(changed)) is None


def test_every_number_is_under_the_checksum() -> None:
    """Also the columns that only indexes read."""
    values = as_read(values_of(ROW))
    for column, value in enumerate(values):
        if isinstance(value, bytes):
            continue
        for other in (3, 5.5, -1, None, b"x", 1 << 70):
            if other != value:
                changed = [*values[:column], other, *values[column + 1 :]]
                assert row_of(tuple(changed)) is None


def test_two_texts_are_not_taken_for_one_another() -> None:
    """A letter that moves from one column to the next changes the row."""
    one = Row(1, 1, 0, "1", 0, 0.0, 0.0, "ab", "c", 0.0, 1, "", b"")
    other = Row(1, 1, 0, "1", 0, 0.0, 0.0, "a", "bc", 0.0, 1, "", b"")
    assert values_of(one)[12] != values_of(other)[12]


def test_a_text_that_is_no_unicode_is_kept_as_far_as_it_is() -> None:
    """A client may send half of a surrogate pair; the row is for search, the record is whole."""
    half = Row(1, 1, 0, "1", 0, 0.0, 0.0, "a", "b", 0.0, 1, "x\ud83d", b"")
    found = row_of(tuple(as_read(values_of(half))))
    assert found is not None
    assert found.text == "x?"


def test_settings_are_under_a_checksum_with_their_names() -> None:
    """A value that stands under another name is not that setting."""
    name, crc32, value = setting_values(("power/1", b"\1"))
    assert setting_of(name.encode(), crc32, value) == ("power/1", b"\1")
    assert setting_of(b"power/2", crc32, value) is None
    assert setting_of(name.encode(), crc32, b"\0") is None
    assert setting_of(name.encode(), crc32, None) is None


def test_the_state_follows_what_is_applied(tmp_path: Path) -> None:
    """Counts, the newest id and the latest time are those of the rows."""
    SqliteStore(tmp_path / "a.db").close()
    connection = open_file(tmp_path / "a.db", "process", None)
    state = read_state(connection)
    first = PageOut()
    first.rows = [ROW, Row(3, 3, OWED, "1", 0, 0.0, NEVER, "a", "b", 99.0, 2, "", b"")]
    state = apply(connection, first, state)
    second = PageOut()
    second.rows = [Row(9, 8, FINISHED, "336", 2, 1.5, NEVER, "acme", "A", 8.0, 2, "", b"")]
    second.removed = [3, 3, 500]
    state = apply(connection, second, state)
    assert (state.places, state.newest_id, state.latest) == ([0, 0, 0, 1, 0], 9, 99.0)
    write_state(connection, state)
    again = read_state(connection)
    assert (again.places, again.newest_id, again.latest) == ([0, 0, 0, 1, 0], 9, 99.0)
    counted = connection.execute("SELECT count(*) FROM messages").fetchone()[0]
    assert counted == sum(state.places)
    connection.close()


def test_a_damaged_place_does_not_stop_what_replaces_its_row(tmp_path: Path) -> None:
    """The row that takes its place heals it."""
    store = SqliteStore(tmp_path / "a.db")
    page_out = PageOut()
    page_out.rows = [ROW]
    store.submit(b"", page_out)
    store.close()
    damaged = sqlite3.connect(tmp_path / "a.db")
    damaged.execute("UPDATE messages SET place = 77")
    damaged.commit()
    damaged.close()
    connection = open_file(tmp_path / "a.db", "process", None)
    apply(connection, page_out, read_state(connection))
    assert connection.execute("SELECT place FROM messages").fetchall() == [(WAITING,)]
    connection.close()
