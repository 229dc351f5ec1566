"""What senders of each kind may send: whose word counts, in which window, and how it is told."""

from datetime import UTC
from typing import Any

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import Submission
from carrierbox.simulator.policy.number_kinds import (
    DAY_S,
    NO_KINDS,
    ExceedsPace,
    NumberKind,
    OwnPace,
    Pace,
    Paces,
)
from carrierbox.simulator.policy.windows import DayWindow, SlidingWindow

KINDS = {
    "long_code": NumberKind(
        True,
        Pace(1.0, 500),
        {"T": Pace(1.25, 2000), "E": Pace(4.0), "slow": Pace(0.1)},
    )
}
LONG_CODE = "12025550199"


def submission(at: float = 0.0, source: str = LONG_CODE, text: bytes = b"Hi") -> Submission:
    """A text of a long code, or of another sender."""
    ton = 1 if source.isdigit() else 5
    return Submission(
        "shop", Address(ton, 1, source), "336", "FR", "", 0, b"", text, at=NetworkTime(at)
    )


def paces(window_s: float, own: OwnPace | None = None, otherwise: int = 0) -> Paces:
    """Of senders of which a register says this."""
    return Paces(window_s, KINDS, None if own is None else lambda _: own, otherwise)


@pytest.mark.parametrize(
    ("own", "otherwise", "over", "because"),
    [
        (OwnPace("", "E", Pace(7.0)), 3, 7, "its own"),
        (OwnPace("", "E"), 3, 4, "tier E of long codes"),
        (None, 3, 3, "what the rule says of all others"),
        (OwnPace("", "Z"), 3, 3, "what the rule says of all others; there is no tier Z of"),
        (None, 0, 1, "that of long codes"),
        (OwnPace("", "Z"), 0, 1, "that of long codes; there is no tier Z of long codes"),
    ],
)
def test_the_nearest_word_about_a_sender_counts(
    own: OwnPace | None, otherwise: int, over: int, because: str
) -> None:
    """Its own entry, its tier, what the rule says of others, its kind."""
    bound = paces(1.0, own, otherwise).bound_of(submission())
    assert (bound.over, bound.per_s) == (over, 1.0)
    assert bound.because.startswith(because)


def test_of_a_kind_that_nothing_is_said_of_anything_passes() -> None:
    """A rule `over: tier` holds of nobody then."""
    bound = paces(1.0).bound_of(submission(source="ACME"))
    assert (bound.over, bound.because) == (-1, "nothing says how fast it may send")
    condition = ExceedsPace(SlidingWindow(1.0, 1), paces(1.0), ())
    several = [submission(source="ACME") for _ in range(50)]
    assert not any(condition.holds(each) or condition.would_hold(each) for each in several)
    assert condition.found(several[0]) == "nothing says how fast it may send"
    assert condition.level(several[0]) == 0.0


def test_the_kind_is_the_registered_one() -> None:
    """A number that a register calls a short code is paced as one."""
    assert paces(1.0, OwnPace("short_code")).bound_of(submission()).over == -1


@pytest.mark.parametrize(
    ("window_s", "tier", "over", "per_s"),
    [
        (1.0, "T", 1, 1.0),
        (60.0, "T", 75, 60.0),
        (60.0, "E", 240, 60.0),
        (2.0, "slow", 1, 10.0),
        (DAY_S, "T", 2000, DAY_S),
        (7 * DAY_S, "T", 14_000, 7 * DAY_S),
        (DAY_S, "", 500, DAY_S),
        (3600.0, "", 3600, 3600.0),
    ],
)
def test_a_window_takes_what_fits_and_one_at_least(
    window_s: float, tier: str, over: int, per_s: float
) -> None:
    """1.25 a second are 75 a minute, a tenth one in ten seconds; a day has a number of its own."""
    bound = paces(window_s, OwnPace("", tier)).bound_of(submission())
    assert (bound.over, bound.per_s) == (over, per_s)


def test_what_a_tier_does_not_say_its_kind_says() -> None:
    """What may pass in a second is no promise for all of a day."""
    assert paces(DAY_S, OwnPace("", "E")).bound_of(submission()).over == 500


def held(condition: ExceedsPace, *moments: float, **more: Any) -> list[bool]:
    """Which of these exceed."""
    return [condition.holds(submission(at, **more)) for at in moments]


def test_a_throttle_lets_each_sender_have_its_own_rate() -> None:
    """Four a second in tier E, one for the others."""
    tiers = {LONG_CODE: "E"}
    condition = ExceedsPace(
        SlidingWindow(1.0, 1),
        Paces(1.0, KINDS, lambda each: OwnPace("", tiers.get(each.source.value, ""))),
        ("source_addr",),
    )
    assert held(condition, 0.0, 0.1, 0.2, 0.3, 0.4, 1.0, 1.05) == [*[False] * 4, True, False, True]
    assert held(condition, 1.1, 1.2, 2.1, source="12025550200") == [False, True, False]


def test_less_than_one_waits_for_longer_than_the_window() -> None:
    """One in ten seconds, though the rule says one second."""
    condition = ExceedsPace(SlidingWindow(1.0, 1), paces(1.0, OwnPace("", "slow")), ())
    assert held(condition, 0.0, 1.0, 9.9, 10.0, 11.0) == [False, True, True, False, True]


def test_a_rate_that_is_raised_counts_anew() -> None:
    """What was sent before is no part of the new window."""
    own = OwnPace("", "slow")
    condition = ExceedsPace(SlidingWindow(1.0, 1), Paces(1.0, KINDS, lambda _: own), ())
    assert held(condition, 0.0, 1.0) == [False, True]
    own.tier = "E"
    assert held(condition, 1.1, 1.2, 1.3, 1.4, 1.5) == [False, False, False, False, True]


def test_a_long_text_passes_alone() -> None:
    """Three parts at one part a second would never pass; the next waits for its window."""
    condition = ExceedsPace(SlidingWindow(1.0, 1), paces(1.0), (), "parts")
    text = b"a" * 400
    assert held(condition, 0.0, 0.5, 1.0, text=text) == [False, True, False]
    assert held(condition, 1.9) == [True]


def test_with_excess_counted_who_goes_on_goes_on_exceeding() -> None:
    """As any other rate with `counts_excess`."""
    condition = ExceedsPace(SlidingWindow(1.0, 1), paces(1.0), (), "messages", True)
    assert held(condition, 0.0, 0.5, 1.2, 1.9, 3.0) == [False, True, True, True, False]


def test_a_day_of_a_zone_begins_at_midnight() -> None:
    """`per: day`."""
    condition = ExceedsPace(
        DayWindow(UTC, False, 1), paces(DAY_S, OwnPace("", "", Pace(0.0, 2))), ()
    )
    assert held(condition, 0.0, 1.0, 2.0, DAY_S) == [False, False, True, False]


def test_what_counted_is_told() -> None:
    """`carrierbox policy explain` shows the number and whose word it is; asking counts nothing."""
    condition = ExceedsPace(
        SlidingWindow(60.0, 1), paces(60.0, OwnPace("", "T")), ("source_addr",), period="in 1m"
    )
    held(condition, *[each / 10 for each in range(60)])
    assert condition.subject() == "rate"
    assert condition.wanted() == "more messages than the sender may send in 1m by source_addr"
    for _ in range(2):
        told = condition.found(submission(6.0))
        assert told == "61 with this one, of 75 in 60 s (tier T of long codes)"
    assert condition.level(submission(6.0)) == pytest.approx(61 / 75)
    assert not condition.would_hold(submission(6.0))
    held(condition, *[7.0] * 15)
    assert condition.would_hold(submission(8.0))
    days = ExceedsPace(DayWindow(UTC, False, 1), paces(DAY_S), ())
    assert days.found(submission()) == "1 with this one, of 500 a day (that of long codes)"


def test_without_kinds_a_register_alone_tells() -> None:
    """Rules of the configuration, where carriers are open."""
    own = OwnPace("", "", Pace(2.0))
    assert Paces(1.0, NO_KINDS, lambda _: own).bound_of(submission()).over == 2
    assert Paces(1.0, NO_KINDS).bound_of(submission()).over == -1
