"""Holidays as they are written."""

from datetime import date

import msgspec
import pytest

from carrierbox.config_conditions import RuleError
from carrierbox.config_holidays import HolidaysWritten, holiday_calendar


def days_of(written: list[object], year: int = 2026) -> list[str]:
    calendar = holiday_calendar(msgspec.convert(written, HolidaysWritten))
    first = date(year, 1, 1).toordinal()
    days = [date.fromordinal(first + number) for number in range(365)]
    return [f"{day:%m-%d}" for day in days if calendar.has(day)]


def test_holidays_are_written_in_many_ways() -> None:
    """docs/rules.md."""
    written: list[object] = [
        "2026-05-04",
        "2027-01-02",
        "12-25",
        {"month": 7, "day": 14, "name": "Bastille Day"},
        "easter",
        "easter+1",
        "easter - 2",
        "orthodox_easter",
        {"month": 11, "weekday": "thu", "nth": 4},
        {"month": 5, "weekday": "mon", "nth": -1},
    ]
    found = days_of(written)
    assert found == [
        "04-03",
        "04-05",
        "04-06",
        "04-12",
        "05-04",
        "05-25",
        "07-14",
        "11-26",
        "12-25",
    ]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("tomorrow", "holidays[0]: must be a date such as 2026-12-25"),
        ("2026-02-30", "holidays[0]: must be a date"),
        ("02-30", "holidays[0]: there is no such day"),
        ("easter+300", "holidays[0]: must be at most 200 days from Easter"),
        ({"month": 2, "day": 30}, "holidays[0]: there is no such day"),
        ({"month": 2}, "holidays[0]: must have day, or weekday and nth"),
        ({"month": 2, "weekday": "mon"}, "holidays[0]: must have day, or weekday and nth"),
        ({"month": 2, "weekday": "mon", "nth": 0}, "holidays[0]: must have day, or weekday"),
        ({"month": 2, "day": 1, "nth": 1}, "holidays[0]: must have either day, or weekday"),
    ],
)
def test_what_is_no_holiday_is_said_with_its_place(written: object, problem: str) -> None:
    """The entry and the remedy."""
    with pytest.raises(RuleError) as caught:
        days_of([written])
    assert str(caught.value).startswith(problem)
