"""The table in memory: what the contract of a store does not say."""

from carrierbox.smsc.ports import (
    NEVER,
    OWED,
    SCHEDULED,
    WAITING,
    LoadById,
    LoadOwed,
    LoadPhones,
    LoadQueue,
    PageOut,
    Row,
)
from carrierbox.smsc.stores.memory_table import MessageTable


def row(message_id: int, place: int, client_id: int = 0) -> Row:
    client_id = client_id or message_id
    return Row(message_id, client_id, place, "336", 0, 0.0, 1.0, "a", "b", 2.0, 1, "", b"")


def test_rows_that_go_leave_nothing_behind() -> None:
    """A carrier without a file may run for months."""
    table = MessageTable()
    places = (WAITING, SCHEDULED, OWED, 3, 4)
    table.apply(PageOut([row(n, place, 99) for n, place in enumerate(places, 1)]))
    assert table.phones(1, LoadPhones("", 9)).phones == [("336", 1, 1)]
    table.apply(PageOut([], [1, 2, 3, 4, 5]))
    left = [each for name, each in vars(table).items() if name not in ("_newest_id", "_latest")]
    assert not any(any(each) if isinstance(each, list) else each for each in left)
    summary = table.summary(1)
    assert (summary.waiting, summary.owed, summary.next_wake_at) == (0, 0, NEVER)
    assert (summary.newest_id, summary.latest) == (5, 2.0)


def test_a_row_that_moves_is_found_in_its_new_place_alone() -> None:
    """Each list holds a row at most once."""
    table = MessageTable()
    table.apply(PageOut([row(1, WAITING), row(2, WAITING)]))
    table.apply(PageOut([row(1, OWED, 2)]))
    assert [one.message_id for one in table.queue(1, LoadQueue("336", 9)).rows] == [2]
    assert [one.message_id for one in table.owed(1, LoadOwed("a", 9)).rows] == [1]
    assert [one.message_id for one in table.by_id(1, LoadById([2])).rows] == [2, 1]
