"""What waits for each phone, and the heap of deadlines."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.smsc.examples import a_message

from carrierbox.smsc.messages import Message
from carrierbox.smsc.queues import Deadlines, PhoneQueue, PhoneQueues


def drained(deadlines: Deadlines, now: float) -> list[tuple[float, object]]:
    found: list[tuple[float, object]] = []
    while (due := deadlines.pop_due(now)) is not None:
        found.append(due)
    return found


def test_a_phone_has_one_queue() -> None:
    """It is made at the first message and found afterwards."""
    queues = PhoneQueues()
    assert queues.find("336") is None
    queue = queues.queue("336")
    assert queues.queue("336") is queue
    assert queues.find("336") is queue
    assert queues.is_current(queue)
    assert queue.is_idle
    assert (queue.msisdn, queue.retry_at) == ("336", 0.0)


def test_only_an_idle_queue_is_dropped() -> None:
    """Nothing that waits or flies is lost."""
    queues = PhoneQueues()
    waits, flies, idle = (queues.queue(number) for number in ("1", "2", "3"))
    waits.waiting.append(a_message())
    flies.in_flight = a_message()
    for queue in (waits, flies, idle):
        queues.drop_if_idle(queue)
    assert queues.all() == [waits, flies]
    assert (waits.is_idle, flies.is_idle, idle.is_idle) == (False, False, True)
    assert not queues.is_current(idle)


def test_an_old_queue_does_not_take_the_new_one_with_it() -> None:
    """A stale deadline may still hold a queue that its phone has replaced."""
    queues = PhoneQueues()
    old = queues.queue("336")
    queues.drop_if_idle(old)
    new = queues.queue("336")
    new.waiting.append(a_message())
    queues.drop_if_idle(old)
    assert queues.find("336") is new
    assert not queues.is_current(old)


def test_messages_that_wait_or_fly_are_counted() -> None:
    """As the health page shows them."""
    queues = PhoneQueues()
    assert queues.message_count() == 0
    queue = queues.queue("1")
    queue.waiting.extend([a_message(1), a_message(2)])
    queue.in_flight = a_message(3)
    queues.queue("2").waiting.append(a_message(4))
    assert queues.message_count() == 4


def test_deadlines_come_in_the_order_of_time_then_of_insertion() -> None:
    """Design: network deadlines run in order of (time, insertion), messages and queues alike."""
    deadlines = Deadlines()
    first, second, early, late = a_message(1), PhoneQueue("2"), a_message(3), PhoneQueue("4")
    for at, subject in ((5.0, first), (5.0, second), (1.0, early), (9.0, late)):
        deadlines.add(at, subject)
    assert deadlines.next() == 1.0
    assert len(deadlines) == 4
    assert drained(deadlines, 5.0) == [(1.0, early), (5.0, first), (5.0, second)]
    assert deadlines.next() == 9.0
    assert drained(deadlines, 8.999) == []
    assert drained(deadlines, 9.0) == [(9.0, late)]
    assert deadlines.next() is None
    assert deadlines.pop_due(1e12) is None


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0]), max_size=30), st.sets(st.integers(0, 29)))
def test_dropping_what_no_longer_holds_keeps_the_order(times: list[float], dead: set[int]) -> None:
    """Design: a rebuilt heap runs as the old one would have, without the stale ones."""
    deadlines = Deadlines()
    subjects = [a_message(number) for number in range(len(times))]
    for at, subject in zip(times, subjects, strict=True):
        deadlines.add(at, subject)
    deadlines.begin_sweep()
    deadlines.sweep(
        lambda at, subject: isinstance(subject, Message) and subject.message_id not in dead, 30
    )
    expected = sorted(
        (at, subject.message_id)
        for at, subject in zip(times, subjects, strict=True)
        if subject.message_id not in dead
    )
    assert len(deadlines) == len(expected)
    deadlines.add(2.0, PhoneQueue("last"))
    found = drained(deadlines, 10.0)
    assert [
        (at, subject.message_id) for at, subject in found if isinstance(subject, Message)
    ] == expected
    place = [isinstance(subject, PhoneQueue) for _, subject in found].index(True)
    assert all(at <= 2.0 for at, _ in found[:place])
    assert all(at > 2.0 for at, _ in found[place + 1 :])


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0]), max_size=30), st.integers(0, 30))
def test_half_a_sweep_keeps_the_order(times: list[float], looked_at: int) -> None:
    """What is due is found while a sweep is under way, before and behind what comes meanwhile."""
    deadlines = Deadlines()
    subjects = [a_message(number) for number in range(len(times))]
    for at, subject in zip(times, subjects, strict=True):
        deadlines.add(at, subject)
    deadlines.begin_sweep()
    deadlines.sweep(lambda at, subject: True, looked_at)
    assert deadlines.is_sweeping == (looked_at < len(times))
    deadlines.begin_sweep()
    queue = PhoneQueue("last")
    deadlines.add(2.0, queue)
    assert len(deadlines) == len(times) + 1
    assert deadlines.next() == min([*times, 2.0])
    expected = sorted(
        [*zip(times, range(len(times)), subjects, strict=True), (2.0, 99, queue)],
        key=lambda each: each[:2],
    )
    assert drained(deadlines, 10.0) == [(at, subject) for at, _, subject in expected]
    assert deadlines.next() is None


def test_who_is_asked_what_to_keep_is_told_the_time() -> None:
    """A queue's deadline holds only if it is still the time it waits for."""
    deadlines = Deadlines()
    queue = PhoneQueue("1")
    for at in (3.0, 4.0):
        deadlines.add(at, queue)
    deadlines.begin_sweep()
    deadlines.sweep(lambda at, subject: at == 4.0, 10)
    assert drained(deadlines, 10.0) == [(4.0, queue)]
