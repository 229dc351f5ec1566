"""Times of scenarios."""

from datetime import UTC, datetime

import pytest

from carrierbox.scenarios.times import moment_of, next_time, span, written

# A Monday.
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC).timestamp()


def at(text: str) -> str:
    """The next such time after NOW."""
    return written(next_time(text, NOW))


def test_a_time_of_day_is_the_next_one_in_its_zone() -> None:
    """In New York it is half past four in the afternoon."""
    assert at("22:00") == "2026-11-23 22:00:00.000"
    assert at("21:30") == "2026-11-24 21:30:00.000"
    assert at("08:00 America/New_York") == "2026-11-24 13:00:00.000"
    assert at("17:00 America/New_York") == "2026-11-23 22:00:00.000"


def test_a_day_of_the_week_is_the_next_one() -> None:
    """Today counts while its time lies ahead."""
    assert at("Mon 22:00") == "2026-11-23 22:00:00.000"
    assert at("mon 08:00") == "2026-11-30 08:00:00.000"
    assert at("Sun 23:30 Asia/Kolkata") == "2026-11-29 18:00:00.000"


def test_a_time_that_the_clock_leaves_out_is_an_hour_later() -> None:
    """In New York there is no half past two on the night to 8 March 2026."""
    night = datetime(2026, 3, 8, 5, 0, tzinfo=UTC).timestamp()
    assert written(next_time("02:30 America/New_York", night)) == "2026-03-08 07:30:00.000"


def test_a_date_is_taken_as_it_is() -> None:
    """With its zone."""
    assert at("2026-12-01T09:00:00+01:00") == "2026-12-01 08:00:00.000"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("soon", "must be 08:00"),
        ("25:00", "no time of day"),
        ("Xyz 08:00", "no day of the week"),
        ("08:00 Mars/Olympus", "no time zone"),
    ],
)
def test_what_is_no_time_is_refused(text: str, told: str) -> None:
    """With what would be one."""
    with pytest.raises(ValueError, match=told):
        next_time(text, NOW)


@pytest.mark.parametrize("text", ["yesterday", "2026-11-23T21:30:00", "1960-01-01T00:00:00Z", 7])
def test_the_start_of_a_clock_needs_its_zone(text: object) -> None:
    """And lies after 1970."""
    with pytest.raises(ValueError, match="must"):
        moment_of(text)


def test_spans_are_short() -> None:
    """Two units."""
    spans = [span(each) for each in (0, 0.25, 59, 3600, 3661, 90_061)]
    assert spans == ["0s", "250ms", "59s", "1h", "1h1m", "1d1h"]
