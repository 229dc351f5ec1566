"""Looking into the file of a store."""

import sqlite3
from pathlib import Path

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.errors import StoreError, StoreInUseError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc import journal
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message
from carrierbox.smsc.ports import FINISHED, NEVER, WAITING, PageOut, Row
from carrierbox.smsc.rows import row_of
from carrierbox.smsc.stores.inspection import Inspection, StoreFile, compact
from carrierbox.smsc.stores.sqlite import SqliteStore


def message(message_id: int, text: bytes = b"hello") -> Message:
    submit = SubmitSm(source_addr="ACME", destination_addr="33612345678", short_message=text)
    return Message(
        message_id,
        "acme",
        FROM_ESME,
        TO_PHONE,
        submit,
        Address(5, 0, "ACME"),
        "33612345678",
        "FR",
        "Orange",
        "open",
        0,
        NetworkTime(float(message_id)),
        NetworkTime(0.0),
        NetworkTime(1e9),
    )


def row(message_id: int, place: int = WAITING) -> Row:
    one = message(message_id)
    if place == FINISHED:
        one.conclude(DELIVERED, NetworkTime(5.0))
    return row_of(one, place, NEVER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two rows and two batches, the first of them behind the watermark."""
    path = tmp_path / "carrier.db"
    store = SqliteStore(path)
    store.submit(journal.accepted_entry(message(1)) + journal.accepted_entry(message(2)))
    page_out = PageOut([row(1), row(2, FINISHED)], watermark=1)
    page_out.settings = [("power/336", b"\1")]
    store.submit(journal.accepted_entry(message(3)), page_out)
    store.close()
    return path


def damage(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def inspected(path: Path) -> Inspection:
    file = StoreFile(path)
    try:
        return file.inspect()
    finally:
        file.close()


def problems(path: Path) -> list[str]:
    file = StoreFile(path)
    try:
        return list(file.problems())
    finally:
        file.close()


def exported(path: Path) -> list[tuple[int, int]]:
    file = StoreFile(path)
    try:
        return [(one.message_id, one.state) for one in file.messages()]
    finally:
        file.close()


def test_an_inspection_tells_what_there_is(path: Path) -> None:
    """Counts, ends, the journal: without reading the messages."""
    found = inspected(path)
    assert (found.version, found.watermark, found.holder_pid) == (3, 1, 0)
    assert found.places == {"waiting": 1, "scheduled": 0, "owed": 0, "finished": 1, "shown": 0}
    assert (found.journal_batches, found.swept_batches, found.settings) == (1, 0, 1)
    assert found.journal_octets == len(journal.accepted_entry(message(3)))
    assert (found.oldest_id, found.oldest_at) == (1, 1.0)
    assert (found.newest_id, found.newest_at) == (2, 5.0)
    assert found.file_octets == path.stat().st_size


def test_looking_works_beside_a_carrier_and_changes_nothing(path: Path) -> None:
    """Who looks must not stop who serves, nor fold its log."""
    store = SqliteStore(path)
    store.submit(journal.accepted_entry(message(4)))
    before = path.read_bytes(), path.with_name("carrier.db-wal").read_bytes()
    found = inspected(path)
    assert found.holder_pid > 0
    assert (found.journal_batches, found.log_octets > 0) == (2, True)
    assert problems(path) == []
    assert [message_id for message_id, _ in exported(path)] == [1, 2, 3, 4]
    assert (path.read_bytes(), path.with_name("carrier.db-wal").read_bytes()) == before
    store.submit(b"")
    store.close()


def test_a_whole_store_has_no_problems(path: Path) -> None:
    """Silence means that everything was looked at."""
    assert problems(path) == []


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("UPDATE journal SET batch = x'00'", "journal row 2: its checksum does not hold"),
        ("UPDATE messages SET state = 9 WHERE message_id = 1", "message 1: its checksum"),
        ("UPDATE messages SET record = x'00' WHERE message_id = 2", "message 2: its checksum"),
        ("UPDATE settings SET value = x'00'", "setting power/336: its checksum does not hold"),
        ("UPDATE state SET waiting = 7", "the counts by place are [7, 0, 0, 1, 0]"),
        ("CREATE TABLE theirs (a)", "the table theirs is not the store's"),
        (
            "INSERT INTO journal (crc32, batch) VALUES (0xD202EF8D, x'00')",
            "journal row 3: the journal holds a batch that ends inside an entry's head",
        ),
    ],
)
def test_each_kind_of_damage_is_told_with_its_place(
    path: Path, statement: str, wanted: str
) -> None:
    """Which row it is, so that one knows what is lost."""
    damage(path, statement)
    assert any(wanted in problem for problem in problems(path)), problems(path)


def test_octets_behind_the_last_page_are_told(path: Path) -> None:
    """SQLite itself does not look there."""
    with path.open("ab") as file:
        file.write(b"x" * 77)
    assert problems(path) == ["the file: 77 octets behind its last page are not the store's"]


def test_a_destroyed_page_is_told_and_does_not_end_the_search(path: Path) -> None:
    """All that can be read is judged."""
    store = SqliteStore(path)
    store.submit(b"", PageOut([row(number) for number in range(10, 400)]))
    store.close()
    octets = bytearray(path.read_bytes())
    page = octets.index(row(200).record) // 4096
    octets[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(octets)
    damage(path, "UPDATE settings SET value = x'00'")
    found = problems(path)
    assert any("messages behind -1: the store's file is damaged: " in one for one in found), found
    assert found[-1] == "setting power/336: its checksum does not hold"


def test_every_message_is_told_once_as_the_journal_last_knew_it(path: Path) -> None:
    """The table is older than what is behind the watermark."""
    ended = message(1)
    ended.conclude(DELIVERED, NetworkTime(9.0))
    store = SqliteStore(path)
    store.submit(journal.concluded_entry(ended, False) + journal.counter_entry(99))
    store.submit(journal.phone_power_entry("336", True) + journal.accepted_entry(message(2000)))
    store.close()
    assert exported(path) == [(1, DELIVERED), (2, DELIVERED), (3, 1), (2000, 1)]
    damage(path, "UPDATE messages SET state = 9 WHERE message_id = 2")
    assert [message_id for message_id, _ in exported(path)] == [1, 3, 2000]


def test_compacting_gives_space_back_and_loses_nothing(path: Path) -> None:
    """Also the rows of the journal that were still to be deleted are gone."""
    store = SqliteStore(path)
    store.submit(b"", PageOut([row(number) for number in range(10, 3000)]))
    store.submit(b"", PageOut([], list(range(10, 3000))))
    store.close()
    assert inspected(path).free_octets > 100_000
    before, after = compact(path)
    assert after < before / 5
    assert after == path.stat().st_size
    assert inspected(path).free_octets == 0
    assert problems(path) == []
    assert [message_id for message_id, _ in exported(path)] == [1, 2, 3]


def test_a_store_in_use_is_not_compacted(path: Path) -> None:
    """The carrier would write into a file that is being replaced."""
    store = SqliteStore(path)
    with pytest.raises(StoreInUseError):
        compact(path)
    store.close()


def test_a_file_that_is_no_store_is_refused_and_not_made(tmp_path: Path) -> None:
    """A wrong path is an error with the path, not an empty answer."""
    with pytest.raises(StoreError, match=r"there is no store at .*nowhere\.db"):
        StoreFile(tmp_path / "nowhere.db")
    with pytest.raises(StoreError, match="there is no store at"):
        compact(tmp_path / "nowhere.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="is empty"):
        StoreFile(tmp_path / "empty.db")
    (tmp_path / "text.db").write_bytes(b"no database at all, whatever its name says" * 100)
    with pytest.raises(StoreError, match="is not a database"):
        StoreFile(tmp_path / "text.db")
    damage(tmp_path / "other.db", "CREATE TABLE theirs (a)")
    with pytest.raises(StoreError, match="another program"):
        StoreFile(tmp_path / "other.db")


def test_a_store_of_format_1_can_be_looked_into(tmp_path: Path) -> None:
    """Before an upgrade one wants to know what there is."""
    path = tmp_path / "old.db"
    SqliteStore(path).close()
    for statement in ("DROP TABLE messages", "DROP TABLE state", "DROP TABLE settings"):
        damage(path, statement)
    damage(path, "PRAGMA user_version = 1")
    batch = journal.accepted_entry(message(7))
    damage(path, f"INSERT INTO journal (crc32, batch) VALUES (0, x'{batch.hex()}')")
    assert (inspected(path).version, inspected(path).journal_batches) == (1, 1)
    assert problems(path) == ["journal row 1: its checksum does not hold"]
    assert exported(path) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM journal", "journal rows 2 to 2 are missing"),
        ("UPDATE sqlite_sequence SET seq = 9", "journal rows 3 to 9 are missing"),
        ("UPDATE sqlite_sequence SET seq = 1", "says that its newest row is 1"),
        ("UPDATE state SET newest_id = 1", "the row of the table state is damaged"),
        ("DELETE FROM state", "the row of the table state is damaged"),
        ("DELETE FROM settings", "the settings are not those that were written"),
        ("DELETE FROM messages WHERE message_id = 1", "the index by_phone does not hold"),
    ],
)
def test_what_is_missing_is_found(path: Path, statement: str, told: str) -> None:
    """Not only what is there and wrong."""
    damage(path, statement)
    assert any(told in one for one in problems(path)), problems(path)


def test_compacting_makes_anew_what_the_file_says_of_its_rows(path: Path) -> None:
    """What is lost is lost; but it need not be told at every start."""
    damage(path, "DELETE FROM messages WHERE message_id = 1")
    assert problems(path)
    compact(path)
    assert problems(path) == []
    assert [message_id for message_id, _ in exported(path)] == [2, 3]
