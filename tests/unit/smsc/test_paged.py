"""What is known of waiting messages that are not in memory."""

from carrierbox.smsc.paged import DUE_ROWS, DUE_ROWS_FEW, MANY_MESSAGES, Paged
from carrierbox.smsc.paging import SLICE
from carrierbox.smsc.ports import NEVER, WAITING, Row


def a_row(message_id: int, wake_at: float) -> Row:
    return Row(message_id, message_id, WAITING, "336", 0, 1.0, wake_at, "demo", "", 1.0, 1, "", b"")


def test_nothing_is_asked_for_before_something_is_due() -> None:
    """The earliest of all that went out is the next deadline."""
    paged = Paged()
    assert paged.next_deadline() is None
    assert paged.request(1e9, 0) is None
    paged.went_out(50.0)
    paged.went_out(20.0)
    paged.went_out(70.0)
    assert paged.next_deadline() == 20.0
    assert paged.request(19.0, 0) is None


def test_rows_that_were_looked_at_are_not_asked_for_again() -> None:
    """The place to go on from is the last row's time and id."""
    paged = Paged()
    paged.went_out(20.0)
    first = paged.request(25.0, 0)
    assert first is not None
    assert (first.by, first.wake_at, first.message_id) == (25.0, 0.0, 0)
    assert paged.next_deadline() is None
    paged.passed(a_row(4, 20.0))
    paged.answered(70.0)
    assert paged.next_deadline() == 70.0
    second = paged.request(80.0, 0)
    assert second is not None
    assert (second.wake_at, second.message_id) == (20.0, 4)


def test_what_goes_out_while_rows_are_read_is_not_forgotten() -> None:
    """The answer may have been made before it went out."""
    paged = Paged()
    paged.went_out(20.0)
    paged.request(25.0, 0)
    paged.went_out(30.0)
    paged.answered(NEVER)
    assert paged.next_deadline() == 30.0


def test_less_is_asked_for_while_much_is_in_memory() -> None:
    """After a night a million phones are due at once: what comes in faster than it can go out again
    fills the memory.
    """
    paged = Paged()
    limits = []
    for unfinished_count in (0, MANY_MESSAGES - 1, MANY_MESSAGES, 1_000_000):
        paged.went_out(20.0)
        request = paged.request(25.0, unfinished_count)
        assert request is not None
        limits.append(request.limit)
        paged.answered(NEVER)
    assert limits == [DUE_ROWS, DUE_ROWS, DUE_ROWS_FEW, DUE_ROWS_FEW]
    assert 0 < DUE_ROWS_FEW < SLICE


def test_rows_that_are_due_wait_while_the_store_rests_and_much_is_in_memory() -> None:
    """Memory would fill, and then slices could not rest. Nobody is woken for nothing meanwhile."""
    paged = Paged()
    paged.is_resting = True
    paged.went_out(20.0)
    assert paged.request(25.0, MANY_MESSAGES // 2 - 1) is not None
    paged.answered(20.0)
    assert paged.next_deadline() == 20.0
    assert not paged.is_held
    assert paged.request(25.0, MANY_MESSAGES // 2) is None
    assert paged.is_held
    assert paged.next_deadline() is None
    paged.is_resting = False
    assert not paged.is_held
    assert paged.next_deadline() == 20.0
    assert paged.request(25.0, MANY_MESSAGES // 2) is not None


def test_a_phone_with_a_scheduled_row_alone_has_no_queue_there() -> None:
    """It holds something, but nothing that a new message must wait behind."""
    paged = Paged()
    paged.scheduled.add("336", 1)
    assert paged.holds_any("336")
    assert paged.waiting.of("336") == 0
