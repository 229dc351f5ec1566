"""The time of day where a message goes to, and its holidays.

A prefix of numbers may lie in several zones, as toll-free numbers do. `LocalTime` then holds
if it holds in any of them, or only if in all of them: what is forbidden at night is forbidden while
it may be night, and what is allowed by day is allowed only while it is day for sure.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from carrierbox.matching import Condition
from carrierbox.numbering import NumberPlan, shared_number_plan
from carrierbox.relay import Submission

DAY_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES_TOLD_MAX: Final = 3
LATEST_S: Final = 250_000_000_000.0
"""Beyond this, near the year 9892, a time has no date."""
NO_ZONES: Final = (
    "there are no data of time zones on this machine: install the system's tzdata, or "
    "python -m pip install tzdata"
)


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name such as `Europe/Paris`.

    Raises ValueError for a name that is none, and with what to install where the machine has none.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    try:
        ZoneInfo("Europe/Paris")
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError(NO_ZONES) from None
    raise ValueError(f"{name[:40]!r} is no time zone: write it as Europe/Paris")


class NumberZones:
    """The time zones of numbers, by a number plan; those that this machine knows."""

    def __init__(self, plan: NumberPlan) -> None:
        self._plan = plan
        self._known: dict[str, tzinfo | None] = {}
        # Prefixes are many, sets of zones are few.
        self._of_names: dict[tuple[str, ...], list[tzinfo]] = {}

    def zones_of(self, msisdn: str) -> list[tzinfo]:
        """The zones that a number may lie in, empty if none is known."""
        names = self._plan.time_zones(msisdn)
        found = self._of_names.get(names)
        if found is None:
            found = []
            for name in names:
                zone = self._zone(name)
                if zone is not None:
                    found.append(zone)
            self._of_names[names] = found
        return found

    def _zone(self, name: str) -> tzinfo | None:
        if name not in self._known:
            try:
                self._known[name] = zone_named(name)
            except ValueError:
                self._known[name] = None
        return self._known[name]


def local_time(at: float, zone: tzinfo) -> datetime:
    """A moment of the network's clock as clocks of a zone show it."""
    return datetime.fromtimestamp(min(max(at, 0.0), LATEST_S), zone)


def next_time_of_day(at: float, minute: int, zone: tzinfo) -> float:
    """The first moment from `at` on at which clocks of a zone show that minute of the day.

    A minute that a change of the clocks leaves out is taken for the one right behind the gap.
    """
    local = local_time(at, zone)
    day = local.date()
    while True:
        wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
        for fold in (0, 1):
            moment = wall.replace(fold=fold).timestamp()
            if moment >= at:
                return moment
        day += timedelta(days=1)


def shared_number_zones() -> NumberZones:
    """The zones by the number plan of the package: one for the whole process, made when asked."""
    if not _shared:
        _shared.append(NumberZones(shared_number_plan()))
    return _shared[0]


_shared: Final[list[NumberZones]] = []


# Holidays.


class Holiday:
    """A day that returns every year, or one day; each kind of it is a subclass."""

    def is_on(self, day: date) -> bool:
        """Whether it is on that day."""
        raise NotImplementedError


class OneDay(Holiday):
    """A day of one year."""

    def __init__(self, day: date) -> None:
        self._ordinal: int = day.toordinal()

    def is_on(self, day: date) -> bool:
        """Whether it is on that day."""
        return day.toordinal() == self._ordinal


class DayOfYear(Holiday):
    """The same day of every year."""

    def __init__(self, month: int, day: int) -> None:
        self._month = month
        self._day = day

    def is_on(self, day: date) -> bool:
        """Whether it is on that day."""
        return day.month == self._month and day.day == self._day


class FromEaster(Holiday):
    """So many days after Easter Sunday, of the western churches or, `orthodox`, the eastern."""

    def __init__(self, offset_days: int, orthodox: bool = False) -> None:
        self._offset_days = offset_days
        self._orthodox = orthodox

    def is_on(self, day: date) -> bool:
        """Whether it is on that day."""
        easter = orthodox_easter(day.year) if self._orthodox else western_easter(day.year)
        return day.toordinal() == easter.toordinal() + self._offset_days


class WeekdayOfMonth(Holiday):
    """The nth such day of a month, 1 to 5, or from its end, -1 being the last. Monday is 0."""

    def __init__(self, month: int, weekday: int, nth: int) -> None:
        self._month = month
        self._weekday = weekday
        self._nth = nth

    def is_on(self, day: date) -> bool:
        """Whether it is on that day."""
        if day.month != self._month or day.weekday() != self._weekday:
            return False
        if self._nth > 0:
            return (day.day - 1) // 7 + 1 == self._nth
        days = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)).day
        return -((days - day.day) // 7 + 1) == self._nth


def western_easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - shift + 15) % 30
    sunday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the Julian calendar as a Gregorian date (the algorithm of Meeus)."""
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    behind = year // 100 - year // 400 - 2
    return date.fromordinal(date(year, month, day + 1).toordinal() + behind)


class HolidayCalendar:
    """The holidays of a country."""

    def __init__(self, holidays: list[Holiday] | None = None) -> None:
        self._holidays: list[Holiday] = [] if holidays is None else holidays
        self._last_day: int = -1
        self._last: bool = False

    def has(self, day: date) -> bool:
        """Whether a day is a holiday."""
        ordinal = day.toordinal()
        if ordinal != self._last_day:
            self._last = any(each.is_on(day) for each in self._holidays)
            self._last_day = ordinal
        return self._last


# The condition.


class Hours:
    """Hours of some days and, whatever the hour, further days and holidays.

    `start` and `end` are minutes of the day, `end` not included; where `start` is not before `end`
    the hours go over midnight. -1: no hours. `on` are the days (Monday is 0) on which the hours
    count, `days` those that count from midnight to midnight.
    """

    def __init__(
        self,
        start: int = -1,
        end: int = -1,
        on: frozenset[int] | None = None,
        days: frozenset[int] | None = None,
        holidays: HolidayCalendar | None = None,
    ) -> None:
        self._start = start
        self._end = end
        self._on = on
        self._days: frozenset[int] = frozenset() if days is None else days
        self._holidays = holidays

    def has(self, local: datetime) -> bool:
        """Whether a local time lies in them."""
        weekday = local.weekday()
        if weekday in self._days:
            return True
        if self._holidays is not None and self._holidays.has(local.date()):
            return True
        if self._start < 0 or (self._on is not None and weekday not in self._on):
            return False
        minute = local.hour * 60 + local.minute
        if self._start < self._end:
            return self._start <= minute < self._end
        return minute >= self._start or minute < self._end

    def told(self) -> str:
        """The same for people."""
        said: list[str] = []
        if self._start >= 0:
            on = "" if self._on is None else f" on {_told_days(self._on)}"
            said.append(f"{_told_minute(self._start)} to {_told_minute(self._end)}{on}")
        if self._days:
            said.append(_told_days(self._days))
        if self._holidays is not None:
            said.append("holidays")
        return ", ".join(said)


class LocalTime(Condition):
    """It is such a time where the message goes to, in any of its zones or, `in_all`, in each.

    It does not hold of numbers whose zone is not known.
    """

    def __init__(self, hours: list[Hours], zones: NumberZones, in_all: bool = False) -> None:
        self._hours = hours
        self._zones = zones
        self._in_all = in_all

    def holds(self, submission: Submission) -> bool:
        """Whether it is."""
        zones = self._zones.zones_of(submission.msisdn)
        for zone in zones:
            if self._is_in(local_time(submission.at, zone)) != self._in_all:
                return not self._in_all
        return self._in_all and bool(zones)

    def _is_in(self, local: datetime) -> bool:
        for hours in self._hours:  # noqa: SIM110
            if hours.has(local):
                return True
        return False

    def subject(self) -> str:
        """The name of the condition."""
        return "local_time"

    def wanted(self) -> str:
        """The hours and days."""
        told = " or ".join(hours.told() for hours in self._hours)
        return f"{told} in all its zones" if self._in_all else told

    def found(self, submission: Submission) -> str:
        """The time there."""
        return told_local_time(submission.at, self._zones.zones_of(submission.msisdn))


def told_local_time(at: float, zones: list[tzinfo]) -> str:
    """A moment in some zones, for people: `Mon 2026-11-23 14:00 America/Los_Angeles`."""
    if not zones:
        return "zone unknown"
    told = [f"{_told_local(local_time(at, zone))} {zone}" for zone in zones[:ZONES_TOLD_MAX]]
    if len(zones) > ZONES_TOLD_MAX:
        told.append(f"and {len(zones) - ZONES_TOLD_MAX} zones more")
    return ", ".join(told)


def _told_local(local: datetime) -> str:
    return f"{DAY_NAMES[local.weekday()].capitalize()} {local:%Y-%m-%d %H:%M}"


def _told_days(days: frozenset[int]) -> str:
    return ", ".join(DAY_NAMES[day] for day in sorted(days))


def _told_minute(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
