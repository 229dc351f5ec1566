"""The trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox import trace
from carrierbox.clock import NetworkTime
from carrierbox.trace import KIND_NAMES, Trace, TraceEvent


def event(number: int, message_id: int = 0) -> TraceEvent:
    return TraceEvent(trace.ATTEMPT, NetworkTime(float(number)), message_id, "acme", "336", "")


def filled(size: int, events: int) -> Trace:
    ring = Trace(size)
    for number in range(1, events + 1):
        ring.add(event(number, number % 2))
    return ring


def numbers(events: list[TraceEvent]) -> list[int]:
    return [int(one.at) for one in events]


def test_every_kind_has_a_number_of_its_own() -> None:
    """What two kinds share, a reader cannot tell apart."""
    kinds = [
        value
        for name, value in vars(trace).items()
        if name.isupper() and isinstance(value, int) and name != "RING_EVENTS"
    ]
    assert len(set(kinds)) == len(kinds) == len(KIND_NAMES) == len(set(KIND_NAMES.values()))


def test_events_are_numbered_from_one() -> None:
    """Whoever asks for what comes after 0 gets everything."""
    ring = Trace(10)
    assert ring.newest == 0
    assert ring.since(0) == (0, [])
    ring.add(event(1))
    ring.add(event(2))
    last, found = ring.since(0)
    assert (ring.newest, last, numbers(found)) == (2, 2, [1, 2])


def test_a_reader_gets_each_event_once() -> None:
    """It goes on with the number it was given."""
    ring = filled(10, 3)
    last, found = ring.since(2)
    assert (last, numbers(found)) == (3, [3])
    assert ring.since(last) == (3, [])


def test_a_reader_in_small_steps_misses_nothing() -> None:
    """The limit counts events; the number is that of the last one returned."""
    ring = filled(100, 7)
    read: list[int] = []
    last = 0
    for _ in range(4):
        last, found = ring.since(last, 2)
        read += numbers(found)
    assert (last, read) == (7, [1, 2, 3, 4, 5, 6, 7])
    assert ring.since(3, 0) == (3, [])


@pytest.mark.parametrize("events", [4, 5, 8, 9, 13])
def test_the_newest_are_kept(events: int) -> None:
    """Design: a bounded ring; the oldest one makes room."""
    ring = filled(4, events)
    last, found = ring.since(0)
    assert (last, numbers(found)) == (events, list(range(events - 3, events + 1)))


def test_a_reader_that_fell_behind_goes_on_with_the_oldest_there_is() -> None:
    """It is never waited for, and never shown an event twice or in another order."""
    ring = filled(4, 10)
    last, found = ring.since(2, 3)
    assert (last, numbers(found)) == (9, [7, 8, 9])
    last, found = ring.since(last, 3)
    assert (last, numbers(found)) == (10, [10])


def test_a_number_from_the_future_or_below_zero_is_harmless() -> None:
    """A client that outlived a restart asks for events that are not there yet."""
    ring = filled(4, 6)
    assert ring.since(99) == (6, [])
    last, found = ring.since(-5)
    assert (last, numbers(found)) == (6, [3, 4, 5, 6])


@given(st.integers(1, 6), st.integers(0, 20), st.integers(-3, 25), st.integers(0, 8))
def test_what_is_read_is_a_run_of_the_newest(
    size: int, events: int, since: int, limit: int
) -> None:
    """Design: numbered without a gap."""
    ring = filled(size, events)
    last, found = ring.since(since, limit)
    assert len(found) <= limit
    assert last <= events
    assert numbers(found) == list(range(last - len(found) + 1, last + 1))
    assert all(number > max(since, events - size) for number in numbers(found))
    if limit and max(since, 0) < events:
        assert found


def test_the_events_of_one_message_are_found() -> None:
    """Oldest first, as long as the ring holds them."""
    ring = filled(4, 10)
    assert numbers(ring.of_message(1)) == [7, 9]
    assert numbers(ring.of_message(0)) == [8, 10]
    assert ring.of_message(42) == []
    assert Trace(3).of_message(1) == []


def test_every_kind_has_a_name_of_its_own() -> None:
    """The page and the API show names."""
    kinds = {
        value
        for name, value in vars(trace).items()
        if name.isupper() and isinstance(value, int) and name != "RING_EVENTS"
    }
    assert kinds == set(KIND_NAMES)
    assert len(set(KIND_NAMES.values())) == len(KIND_NAMES)
