"""Questions to an SQLite store: how they are answered, and what damage does."""

import sqlite3
from pathlib import Path

import pytest

from carrierbox.smsc.ports import (
    OWED,
    SCHEDULED,
    WAITING,
    LoadById,
    LoadedRows,
    LoadedSettings,
    LoadQueue,
    LoadSettings,
    PageOut,
    Query,
    Row,
    Search,
)
from carrierbox.smsc.stores import sqlite_requests as requests
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_schema import open_reader

PHONE = "33612345678"

# Each question, the index it is answered along, and what of the index narrows it down.
QUESTIONS = [
    (requests.BY_IDS, "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
    (requests.BY_CLIENTS, "by_client (client_id>? AND client_id<?)"),
    (
        requests.QUEUE_TIES,
        "by_phone (msisdn=? AND place=? AND priority=? AND due_at=? AND message_id>?)",
    ),
    (requests.QUEUE_LATER, "by_phone (msisdn=? AND place=? AND priority=? AND due_at>?)"),
    (requests.QUEUE_BELOW, "by_phone (msisdn=? AND place=? AND priority>? AND priority<?)"),
    (requests.DUE_TIES, "by_wake (wake_at=? AND message_id>?)"),
    (requests.DUE_LATER, "by_wake (wake_at>?)"),
    (requests.OWED_TIES, "by_account (system_id=? AND at=? AND message_id>?)"),
    (requests.OWED_LATER, "by_account (system_id=? AND at>?)"),
    (requests.ENDED_TIES, "by_end (at=? AND message_id>?)"),
    (requests.ENDED_LATER, "by_end (at>?)"),
    (requests.PHONES, "by_phone (msisdn>?)"),
    (requests.SETTINGS, "PRIMARY KEY (name>?)"),
    (requests.NEXT_ACCOUNT, "by_account (system_id>?)"),
    (requests.FIRST_ACCOUNT, "by_account"),
    (requests.NEXT_WAKE, "by_wake"),
    (requests.BETWEEN, "by_phone (msisdn=? AND place<?)"),
]


def row(message_id: int, place: int = WAITING, text: str = "", msisdn: str = PHONE) -> Row:
    return Row(
        message_id, message_id, place, msisdn, 0, 0.0, 5.0, "acme", "ACME", 1.0, 1, text, b"record"
    )


def put(store: SqliteStore, *rows: Row) -> None:
    page_out = PageOut()
    page_out.rows = list(rows)
    page_out.settings = [("a", b"1"), ("b", b"2"), ("c", b"3")]
    store.submit(b"", page_out)
    store.completions()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "carrier.db"


@pytest.mark.parametrize(("query", "wanted"), QUESTIONS)
def test_each_question_is_answered_along_its_index(path: Path, query: str, wanted: str) -> None:
    """Ten million rows: nothing may be read as a whole, nothing sorted but one phone's rows."""
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    parameters = [0] * query.count("?")
    plan = [line[3] for line in connection.execute(f"EXPLAIN QUERY PLAN {query}", parameters)]
    connection.close()
    assert any(wanted in line for line in plan), plan
    seek = requests.FIRST_ACCOUNT, requests.NEXT_WAKE
    if query not in seek:
        assert not any(line.startswith("SCAN") for line in plan), plan
    if query != requests.BETWEEN:
        assert not any("TEMP B-TREE" in line for line in plan), plan


def ask(path: Path, request: Query) -> LoadedRows:
    connection = open_reader(path)
    found = requests.answer(connection, 1, request)
    connection.close()
    assert isinstance(found, LoadedRows)
    return found


def damage(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "record = x'7265636f7265'",
        "record = 7",
        "text = 'no'",
        "text = CAST(x'ff' AS TEXT)",
        "state = 2",
        "source_addr = x'00'",
        "source_addr = 5",
        "at = 1.0000000000000002",
        "client_id = 77",
        "state = 'x'",
        "crc32 = crc32 + 1",
        "wake_at = NULL",
        "wake_at = 6.0",
    ],
)
def test_a_damaged_row_is_left_out_and_counted_whichever_column_it_is(
    path: Path, change: str
) -> None:
    """What was not written is never served; the rows beside it are."""
    store = SqliteStore(path)
    put(store, row(1), row(2), row(3))
    store.close()
    damage(path, f"UPDATE messages SET {change} WHERE message_id = 2")
    found = ask(path, LoadQueue(PHONE, 2))
    assert [one.message_id for one in found.rows] == [1, 3]
    assert (found.damaged, found.complete) == (1, True)
    assert ask(path, LoadById([2])).rows == []


def test_any_number_of_damaged_rows_does_not_stop_the_rows_behind_them(path: Path) -> None:
    """The place to go on from is that of the last row had: no page is empty before the end."""
    store = SqliteStore(path)
    put(store, *[row(number) for number in range(1, 21)])
    store.close()
    damage(path, "UPDATE messages SET record = x'00' WHERE message_id BETWEEN 2 AND 18")
    first = ask(path, LoadQueue(PHONE, 2))
    assert [one.message_id for one in first.rows] == [1, 19]
    assert (first.damaged, first.complete) == (17, False)
    second = ask(path, LoadQueue(PHONE, 2, 0, 0.0, 19))
    assert [one.message_id for one in second.rows] == [20]
    assert second.complete


def test_many_ids_find_their_rows_and_none_that_stand_between(tmp_path: Path) -> None:
    """Near or far, asked for in any order, once or twice."""
    path = tmp_path / "many.db"
    store = SqliteStore(path)
    last = row(9_000)
    last.client_id = 6
    put(store, *map(row, range(1, 200)), last)
    wanted = [150, 3, 3, 6, 1_000_000, 7, 11, 12, 40]
    found = [one.message_id for one in ask(path, LoadById(wanted)).rows]
    assert found == [150, 3, 6, 9_000, 7, 11, 12, 40]
    some = list(range(1, 200, 3))
    assert [one.message_id for one in ask(path, LoadById(some)).rows] == some
    store.close()


def test_a_damaged_setting_is_left_out(path: Path) -> None:
    """A phone is then as if nobody had switched it."""
    store = SqliteStore(path)
    put(store)
    store.close()
    damage(path, "UPDATE settings SET value = x'00' WHERE name = 'b'")
    connection = open_reader(path)
    found = requests.answer(connection, 1, LoadSettings("", 5))
    connection.close()
    assert isinstance(found, LoadedSettings)
    assert found.settings == [("a", b"1"), ("c", b"3")]


def test_a_search_goes_through_the_table_in_steps(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that lasts would keep the log from being folded back."""
    monkeypatch.setattr(requests, "SEARCH_STEP_ROWS", 3)
    store = SqliteStore(path)
    places = [WAITING, SCHEDULED, OWED]
    rows = [row(7 * n + 1, places[n % 3], "odd" if n % 2 else "even") for n in range(20)]
    put(store, *rows)
    store.close()
    assert len(ask(path, Search(99)).rows) == 20
    found = ask(path, Search(99, text="ODD"))
    assert [one.message_id for one in found.rows] == [7 * n + 1 for n in range(19, 0, -2)]
    found = ask(path, Search(4, before_id=100, text="odd"))
    assert [one.message_id for one in found.rows] == [92, 78, 64, 50]
    assert not found.complete
