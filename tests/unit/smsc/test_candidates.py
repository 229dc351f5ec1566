"""What a run looks at, in which order, and what the store is asked for before."""

from tests.unit.smsc.examples import AT, FRENCH, a_message, a_submit

from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc.candidates import AHEAD, Candidates
from carrierbox.smsc.ports import NEVER
from carrierbox.smsc.registry import Registry


def candidates_of(count: int) -> Candidates:
    """Of so many messages that wait and have no row."""
    registry = Registry()
    for message_id in range(1, count + 1):
        registry.add(a_message(message_id))
    candidates = Candidates(registry)
    candidates.begin()
    return candidates


def taken(candidates: Candidates, count: int) -> list[int]:
    return [candidates.pop() for _ in range(count)]


def test_they_come_in_their_order_whether_or_not_the_store_answered() -> None:
    """A run that is pressed does not wait."""
    candidates = candidates_of(3 * AHEAD)
    assert candidates.ask() is not None
    assert candidates.is_waiting
    found = taken(candidates, 10)
    candidates.answered()
    assert not candidates.is_waiting
    found += taken(candidates, 10)
    assert candidates.ask() is not None
    assert not candidates.is_waiting
    found += taken(candidates, AHEAD)
    candidates.answered()
    candidates.forget_answers()
    while candidates.has_next:
        candidates.ask()
        found += taken(candidates, 1)
        candidates.answered()
    assert found == list(range(1, 3 * AHEAD + 1))


def test_so_many_are_asked_for_and_no_more_before_they_are_needed() -> None:
    """What is read too early may have left the system's memory again."""
    candidates = candidates_of(5 * AHEAD)
    asked = []
    while (request := candidates.ask()) is not None:
        assert candidates.ask() is None
        candidates.answered()
        asked.append([place[0] for place in request.places])
    assert asked == [list(range(1, AHEAD + 1)), list(range(AHEAD + 1, 2 * AHEAD + 1))]
    taken(candidates, AHEAD)
    assert candidates.ask() is not None


def test_what_was_not_written_comes_first() -> None:
    """In its order."""
    candidates = candidates_of(5)
    candidates.ask()
    candidates.answered()
    assert taken(candidates, 3) == [1, 2, 3]
    candidates.put_back([2, 3])
    assert taken(candidates, 4) == [2, 3, 4, 5]
    assert not candidates.has_next


def test_only_for_what_will_be_written_between_others_the_store_is_asked() -> None:
    """What is finished goes to the end of the table; what the table has is not written again."""
    registry = Registry()
    waiting = a_message(1, submit=a_submit(priority_flag=2))
    changed = a_message(2)
    changed.has_row, changed.row_wake_at = True, 9.0
    saved = a_message(3)
    saved.has_row = saved.is_saved = True
    finished = a_message(4)
    finished.conclude(DELIVERED, AT)
    in_table = a_message(5)
    in_table.conclude(DELIVERED, AT)
    in_table.has_row = True
    for message in (waiting, changed, saved, finished, in_table):
        registry.add(message)
    candidates = Candidates(registry)
    candidates.begin()
    gone = a_message(6)
    registry.add(gone)
    assert candidates.has_next
    registry.forget(gone)
    request = candidates.ask()
    assert request is not None
    assert request.places == [
        (1, FRENCH, 2, AT, NEVER),
        (2, FRENCH, 0, AT, 9.0),
        (5, FRENCH, 0, AT, 0.0),
    ]


def test_where_nothing_is_to_be_read_nobody_waits() -> None:
    """As for history alone."""
    registry = Registry()
    message = a_message(1)
    message.is_saved = True
    registry.add(message)
    candidates = Candidates(registry)
    candidates.begin()
    assert candidates.ask() is None
    assert not candidates.is_waiting
    assert taken(candidates, 1) == [1]
