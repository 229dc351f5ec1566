"""Windows: what a rate lets through, what counts as the same, what was not seen before."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import Submission
from carrierbox.simulator.policy import windows
from carrierbox.simulator.policy.windows import (
    DESTINATIONS,
    ENTRIES_MAX,
    KEYS_MAX,
    PARTS,
    DayWindow,
    DistinctWindow,
    ExceedsRate,
    FirstSeen,
    SlidingWindow,
    Window,
    key_of,
)


def submission(at: float, source: str = "ACME", msisdn: str = "336", **more: Any) -> Submission:
    given: dict[str, Any] = {"user_data": b"Hi"}
    return Submission(
        "shop",
        Address(5, 0, source),
        msisdn,
        "FR",
        "Orange",
        0,
        b"",
        at=NetworkTime(at),
        **given | more,
    )


def rate(window: Window, over: int, count: str = "messages", excess: bool = False) -> ExceedsRate:
    return ExceedsRate("rate", window, over, ("source_addr",), count, excess, "in 1s")


def test_a_throttle_lets_its_number_through_in_each_window() -> None:
    """What exceeds does not count by itself."""
    condition = rate(SlidingWindow(1.0, 2), 2)
    held = [condition.holds(submission(at)) for at in (0.0, 0.1, 0.2, 0.9, 1.0, 1.05, 1.1)]
    assert held == [False, False, True, True, False, True, False]


def test_with_excess_counted_who_goes_on_goes_on_exceeding() -> None:
    """A filter that is not calmed by more of the same."""
    condition = rate(SlidingWindow(1.0, 2), 2, excess=True)
    held = [condition.holds(submission(at / 4)) for at in range(12)]
    assert held == [False, False, *[True] * 10]
    assert not condition.holds(submission(12.0))


def test_each_key_has_a_window_of_its_own() -> None:
    """`by` names what is counted apart."""
    condition = rate(SlidingWindow(1.0, 1), 1)
    assert not condition.holds(submission(0.0, "ACME"))
    assert not condition.holds(submission(0.0, "SHOP"))
    assert condition.holds(submission(0.5, "ACME"))


def test_a_rate_may_count_parts() -> None:
    """A text of three parts counts three times."""
    condition = rate(SlidingWindow(1.0, 4), 4, PARTS)
    long = submission(0.0, user_data=b"a" * 400)
    assert not condition.holds(long)
    assert condition.holds(long)
    assert not condition.holds(submission(0.0))
    assert condition.found(long) == "7 with this one"


def test_a_rate_may_count_destinations() -> None:
    """The same number again is nothing new."""
    condition = rate(DistinctWindow(10.0, 2), 2, DESTINATIONS)
    held = [
        condition.holds(submission(at, msisdn=msisdn))
        for at, msisdn in [(0, "1"), (1, "1"), (2, "2"), (3, "1"), (4, "3"), (12, "3"), (12, "4")]
    ]
    assert held == [False, False, False, False, True, False, True]


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    """2026-11-23T08:00Z is midnight in Los Angeles."""
    condition = rate(DayWindow(ZoneInfo("America/Los_Angeles"), False, 1), 1)
    midnight = 1_795_420_800.0
    assert not condition.holds(submission(midnight - 60))
    assert condition.holds(submission(midnight - 1))
    assert not condition.holds(submission(midnight))
    assert condition.holds(submission(midnight + 86_399))


def test_a_day_may_count_destinations() -> None:
    """Each once, until midnight."""
    condition = rate(DayWindow(UTC, True, 1), 1, DESTINATIONS)
    assert not condition.holds(submission(10.0, msisdn="1"))
    assert not condition.holds(submission(20.0, msisdn="1"))
    assert condition.holds(submission(30.0, msisdn="2"))
    assert not condition.holds(submission(86_400.0, msisdn="2"))


def test_asking_what_would_be_changes_nothing() -> None:
    """`carrierbox policy explain` must not count."""
    for window in (SlidingWindow(1.0, 1), DistinctWindow(1.0, 1), DayWindow(UTC, False, 1)):
        condition = rate(window, 1)
        for _ in range(3):
            assert not condition.would_hold(submission(0.0))
            assert condition.level(submission(0.0)) == 0.0
        assert not condition.holds(submission(0.0))
    first = FirstSeen(10.0, ("destination",))
    assert first.would_hold(submission(0.0))
    assert first.would_hold(submission(0.0))
    assert first.holds(submission(0.0))
    assert not first.would_hold(submission(0.0))
    assert first.found(submission(0.0)) == "seen before"


def test_a_level_tells_how_full_a_window_is() -> None:
    """With the submission that is asked about."""
    condition = rate(SlidingWindow(60.0, 10), 10)
    for _ in range(7):
        condition.holds(submission(0.0))
    assert condition.level(submission(1.0)) == 0.8
    assert condition.found(submission(1.0)) == "8 with this one"
    assert condition.wanted() == "more than 10 messages in 1s by source_addr"


def test_what_was_seen_is_not_first_again_until_it_is_forgotten() -> None:
    """Greylisting; each sight is remembered anew."""
    condition = FirstSeen(10.0, ("source_addr", "destination"))
    assert [condition.holds(submission(at)) for at in (0, 5, 14, 24)] == [True, False, False, True]
    assert condition.holds(submission(24, msisdn="337"))


@pytest.mark.parametrize("field", windows.KEY_FIELDS)
def test_keys_tell_submissions_apart(field: str) -> None:
    """A text is known by its digest, so that keys are short."""
    one = submission(0.0)
    assert key_of(one, (field,)) == key_of(submission(9.0), (field,))
    other = Submission("bank", Address(5, 0, "X"), "1", "US", "T", 0, b"", b"a" * 160)
    assert key_of(one, (field,)) != key_of(other, (field,))
    assert len(key_of(other, (field,))) <= 32


def test_the_keys_that_were_not_seen_for_longest_are_forgotten() -> None:
    """KEYS_MAX of them at most."""
    for window in (SlidingWindow(1e9, 5), DistinctWindow(1e9, 5), DayWindow(UTC, False, 5)):
        window.add("first", 0.0, 1, "x")
        window.add("second", 0.0, 1, "x")
        window.add("first", 1.0, 1, "y")
        for number in range(KEYS_MAX - 1):
            window.add(str(number), 2.0, 1, "x")
        assert window.used("second", 2.0, "") == 0
        assert window.used("first", 2.0, "") == 2
        assert window.used(str(KEYS_MAX - 2), 2.0, "") == 1


def test_entries_are_bounded_over_all_keys() -> None:
    """A thousand for each of a thousand keys, and no more."""
    window = SlidingWindow(1e9, 1000)
    for key in range(ENTRIES_MAX // 1000 + 1):
        for at in range(1000):
            window.add(str(key), float(at), 1, "")
    assert window.used("0", 1000.0, "") == 0
    assert window.used("1", 1000.0, "") == 1000


def test_a_large_window_counts_in_steps() -> None:
    """What is above EXACT_MAX may count a thousandth of the window longer, never shorter."""
    window = SlidingWindow(1000.0, 100_000)
    for number in range(50_000):
        window.add("a", number / 100, 1, "")
    assert window.used("a", 500.0, "") == 50_000
    assert window.used("a", 1000.0, "") in range(49_900, 50_001)
    assert window.used("a", 1250.0, "") in range(25_000, 25_101)
    assert window.used("a", 1501.0, "") == 0
