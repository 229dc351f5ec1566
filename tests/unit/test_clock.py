"""The two clocks. What real time does is bounded here, never waited for."""

import pytest

from carrierbox.clock import SCALE_MAX, NetworkClock, NetworkTime, link_now

NOON = 1_767_268_800.0


def test_link_time_never_goes_back() -> None:
    """LinkTime is monotonic."""
    times = [link_now() for _ in range(100)]
    assert times == sorted(times)


def test_a_stopped_clock_stands_still() -> None:
    """Nothing but advance_to moves it."""
    clock = NetworkClock(start=NOON, running=False)
    assert [clock.now(), clock.now()] == [NOON, NOON]


def test_a_stopped_clock_moves_by_exactly_what_it_is_told() -> None:
    """A day of retries is a single call."""
    clock = NetworkClock(start=NOON, running=False)
    clock.advance_to(NetworkTime(NOON + 86_400))
    assert clock.now() == NOON + 86_400


def test_a_clock_does_not_go_back() -> None:
    """Advancing to the past changes nothing."""
    clock = NetworkClock(start=NOON, running=False)
    clock.advance_to(NetworkTime(NOON - 1))
    assert clock.now() == NOON


def test_a_running_clock_starts_at_its_start_and_goes_forward() -> None:
    """Scale 1: within this test it cannot have moved an hour."""
    clock = NetworkClock(start=NOON)
    first, second = clock.now(), clock.now()
    assert NOON <= first <= second < NOON + 3600


def test_a_running_clock_goes_on_from_where_it_was_advanced_to() -> None:
    """advance_to moves a running clock as well, and it does not fall back afterwards."""
    clock = NetworkClock(start=NOON)
    clock.advance_to(NetworkTime(NOON + 7200))
    assert NOON + 7200 <= clock.now() < NOON + 10_800


def test_a_clock_without_a_start_shows_the_time_of_this_machine() -> None:
    """UTC seconds since 1970: later than when this was written, earlier than the year 2100."""
    assert 1_767_225_600 < NetworkClock(running=False).now() < 4_102_444_800


@pytest.mark.parametrize("scale", [0.0, -1.0, SCALE_MAX * 1.01, float("nan")])
def test_an_impossible_scale_is_refused(scale: float) -> None:
    """A clock that stands still is a stopped one, not one of scale 0."""
    with pytest.raises(ValueError, match="clock scale"):
        NetworkClock(scale=scale)


def test_a_scaled_clock_makes_waiting_short() -> None:
    """Sixty times real speed: an hour is at most a minute away."""
    clock = NetworkClock(start=NOON, scale=60.0)
    wait_s = clock.real_seconds_until(NetworkTime(NOON + 3600))
    assert wait_s is not None
    assert 0.0 < wait_s <= 60.0


def test_what_is_past_needs_no_waiting() -> None:
    """Running or stopped."""
    for running in (True, False):
        clock = NetworkClock(start=NOON, running=running)
        assert clock.real_seconds_until(NetworkTime(NOON - 5)) == 0.0


def test_the_future_of_a_stopped_clock_never_comes_by_itself() -> None:
    """None: no timer is to be set for it."""
    clock = NetworkClock(start=NOON, running=False)
    assert clock.real_seconds_until(NetworkTime(NOON + 1)) is None
