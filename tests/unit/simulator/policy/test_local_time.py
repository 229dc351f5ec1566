"""The time where a message goes to: zones of numbers, hours, days and holidays."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.numbering import NumberPlan
from carrierbox.relay import Submission
from carrierbox.simulator.policy.local_time import (
    DayOfYear,
    FromEaster,
    HolidayCalendar,
    Hours,
    LocalTime,
    NumberZones,
    OneDay,
    WeekdayOfMonth,
    local_time,
    next_time_of_day,
    orthodox_easter,
    shared_number_zones,
    told_local_time,
    western_easter,
    zone_named,
)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def submission(msisdn: str, when: str) -> Submission:
    moment = NetworkTime(at(when))
    return Submission("shop", Address(5, 0, "A"), msisdn, "US", "", 0, b"", b"", at=moment)


def condition(hours: Hours, in_all: bool = False) -> LocalTime:
    return LocalTime([hours], shared_number_zones(), in_all)


NIGHT = Hours(21 * 60, 8 * 60)


@pytest.mark.parametrize(
    ("msisdn", "when", "is_night"),
    [
        ("14155550123", "2026-11-23T04:59Z", False),  # 20:59 in San Francisco
        ("14155550123", "2026-11-23T05:00Z", True),
        ("14155550123", "2026-11-23T15:59Z", True),
        ("14155550123", "2026-11-23T16:00Z", False),
        ("12125550123", "2026-11-23T02:00Z", True),  # 21:00 in New York
        ("911234567890", "2026-11-23T15:29Z", False),  # 20:59 in India, half an hour off
        ("911234567890", "2026-11-23T15:30Z", True),
        ("14155550123", "2026-07-23T04:00Z", True),  # 21:00 in summer
    ],
)
def test_it_is_night_where_the_number_is(msisdn: str, when: str, is_night: bool) -> None:
    """Area codes of one country lie in several zones."""
    assert condition(NIGHT).holds(submission(msisdn, when)) == is_night


def test_a_number_of_several_zones_is_in_any_or_in_all() -> None:
    """Some numbers tell nothing of where in their country they are."""
    zones = NumberZones(NumberPlan("zones\tEurope/Moscow,Asia/Kamchatka\t7\n"))
    assert len(zones.zones_of("79161234567")) == 2
    day_in_moscow = submission("79161234567", "2026-11-23T12:00Z")  # 15:00 and 00:00
    night_in_both = submission("79161234567", "2026-11-23T19:00Z")  # 22:00 and 07:00
    any_zone, all_zones = LocalTime([NIGHT], zones), LocalTime([NIGHT], zones, True)
    assert (any_zone.holds(day_in_moscow), all_zones.holds(day_in_moscow)) == (True, False)
    assert (any_zone.holds(night_in_both), all_zones.holds(night_in_both)) == (True, True)


def test_a_number_of_no_known_zone_is_at_no_time() -> None:
    """Neither in any nor in all; and a zone that this machine does not know is none."""
    zones = NumberZones(NumberPlan("zones\tMoon/Crater\t7\n"))
    always = Hours(days=frozenset(range(7)))
    for number in ("79", "1"):
        unknown = submission(number, "2026-11-23T12:00Z")
        assert not LocalTime([always], zones).holds(unknown)
        assert not LocalTime([always], zones, True).holds(unknown)
        assert LocalTime([always], zones).found(unknown) == "zone unknown"


def test_days_and_holidays_count_at_any_hour_beside_the_hours() -> None:
    """France: at night, on Sundays, on holidays."""
    calendar = HolidayCalendar([DayOfYear(12, 25)])
    hours = Hours(20 * 60, 8 * 60, None, frozenset({6}), calendar)
    zone = ZoneInfo("Europe/Paris")

    def has(text: str) -> bool:
        return hours.has(datetime.fromisoformat(text).replace(tzinfo=zone))

    assert not has("2026-11-23T12:00")
    assert has("2026-11-23T20:00")
    assert has("2026-11-22T12:00")
    assert has("2026-12-25T12:00")
    assert hours.told() == "20:00 to 08:00, sun, holidays"


def test_hours_may_count_on_some_days_only() -> None:
    """Texas: another morning on Sundays."""
    hours = Hours(21 * 60, 12 * 60, frozenset({6}))
    zone = ZoneInfo("America/Chicago")
    assert hours.has(datetime(2026, 11, 22, 11, 59, tzinfo=zone))
    assert not hours.has(datetime(2026, 11, 22, 12, 0, tzinfo=zone))
    assert not hours.has(datetime(2026, 11, 23, 11, 59, tzinfo=zone))
    assert hours.told() == "21:00 to 12:00 on sun"


def test_hours_that_do_not_wrap_end_before_their_end() -> None:
    """`to` is not included; 24:00 is the end of a day."""
    hours = Hours(9 * 60, 24 * 60)
    assert not hours.has(datetime(2026, 1, 1, 8, 59, tzinfo=UTC))
    assert hours.has(datetime(2026, 1, 1, 9, 0, tzinfo=UTC))
    assert hours.has(datetime(2026, 1, 1, 23, 59, tzinfo=UTC))


# From the tables of the Astronomical Applications Department of the US Naval Observatory.
@pytest.mark.parametrize(
    ("year", "western", "orthodox"),
    [
        (2023, date(2023, 4, 9), date(2023, 4, 16)),
        (2024, date(2024, 3, 31), date(2024, 5, 5)),
        (2025, date(2025, 4, 20), date(2025, 4, 20)),
        (2026, date(2026, 4, 5), date(2026, 4, 12)),
        (2027, date(2027, 3, 28), date(2027, 5, 2)),
        (2038, date(2038, 4, 25), date(2038, 4, 25)),
    ],
)
def test_easter_is_when_the_churches_have_it(year: int, western: date, orthodox: date) -> None:
    """Western and eastern."""
    assert (western_easter(year), orthodox_easter(year)) == (western, orthodox)


@pytest.mark.parametrize(
    ("holiday", "day"),
    [
        (OneDay(date(2026, 5, 4)), date(2026, 5, 4)),
        (DayOfYear(12, 25), date(2026, 12, 25)),
        (FromEaster(1), date(2026, 4, 6)),
        (FromEaster(-2), date(2026, 4, 3)),
        (FromEaster(0, True), date(2026, 4, 12)),
        (WeekdayOfMonth(11, 3, 4), date(2026, 11, 26)),
        (WeekdayOfMonth(5, 0, -1), date(2026, 5, 25)),
        (WeekdayOfMonth(12, 3, -1), date(2026, 12, 31)),
    ],
)
def test_a_holiday_is_on_one_day_of_a_year(holiday: object, day: date) -> None:
    """Thanksgiving is the fourth Thursday of November, Memorial Day the last Monday of May."""
    assert isinstance(holiday, OneDay | DayOfYear | FromEaster | WeekdayOfMonth)
    calendar = HolidayCalendar([holiday])
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + number) for number in range(365)]
    assert [each for each in days if calendar.has(each)] == [day]


def test_the_next_time_of_day_comes_after_changes_of_the_clocks() -> None:
    """In Berlin 02:30 is left out on 2026-03-29 and comes twice on 2026-10-25."""
    berlin = ZoneInfo("Europe/Berlin")
    assert next_time_of_day(at("2026-11-23T07:00Z"), 480, berlin) == at("2026-11-23T07:00Z")
    assert next_time_of_day(at("2026-11-23T07:01Z"), 480, berlin) == at("2026-11-24T07:00Z")
    assert next_time_of_day(at("2026-03-29T00:00Z"), 150, berlin) == at("2026-03-29T01:30Z")
    assert next_time_of_day(at("2026-10-25T00:31Z"), 150, berlin) == at("2026-10-25T01:30Z")


def test_zones_are_named_as_iana_has_them() -> None:
    """An error says how to write one."""
    assert zone_named("UTC") is UTC
    assert str(zone_named("Europe/Paris")) == "Europe/Paris"
    for wrong in ("Paris", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="no time zone: write it as Europe/Paris"):
            zone_named(wrong)


def test_a_local_time_is_told_with_its_zones() -> None:
    """Not all of eleven."""
    names = "Europe/Moscow,Asia/Omsk,Asia/Tomsk,Asia/Chita,Asia/Kamchatka"
    zones = NumberZones(NumberPlan(f"zones\t{names}\t7\n")).zones_of("79161234567")
    told = told_local_time(at("2026-11-23T12:00Z"), zones)
    assert told.startswith("Mon 2026-11-23 15:00 Europe/Moscow, Mon 2026-11-23 18:00 Asia/Omsk, ")
    assert told.endswith(" Asia/Tomsk, and 2 zones more")
    paris = told_local_time(at("2026-11-23T12:00Z"), [zone_named("Europe/Paris")])
    assert paris == "Mon 2026-11-23 13:00 Europe/Paris"


def test_a_time_beyond_all_calendars_is_a_time_all_the_same() -> None:
    """Network clocks may be advanced without end."""
    assert local_time(1e15, UTC).year > 9000
