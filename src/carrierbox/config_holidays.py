"""Holidays as they are written in rules and in packs of them: by date, by weekday, by Easter."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from carrierbox.config_conditions import RuleError
from carrierbox.simulator.policy.local_time import (
    DAY_NAMES,
    DayOfYear,
    FromEaster,
    Holiday,
    HolidayCalendar,
    OneDay,
    WeekdayOfMonth,
)

HOLIDAYS_MAX: Final = 200
EASTER_OFFSET_MAX: Final = 200

DayName: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_EASTER: Final = re.compile(r"(orthodox_)?easter(?: ?([+-]) ?([0-9]{1,3}))?", re.ASCII)
_WANTED: Final = (
    "must be a date such as 2026-12-25 or 12-25, easter+1, or a mapping such as "
    "{month: 11, weekday: thu, nth: 4}"
)


class HolidayDefinition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """A day of every year: `month` with a `day`, or with a `weekday` and which of them it is, `nth`
    (-1: the last). `name` is for whoever reads it.
    """

    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=31)] | UnsetType = UNSET
    weekday: DayName | UnsetType = UNSET
    nth: Annotated[int, Meta(ge=-5, le=5)] | UnsetType = UNSET
    name: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET


HolidayWritten: TypeAlias = (
    Annotated[str, Meta(max_length=30, examples=["2026-12-25", "12-25", "easter+1"])]
    | HolidayDefinition
)
HolidaysWritten: TypeAlias = Annotated[
    list[HolidayWritten], Meta(min_length=1, max_length=HOLIDAYS_MAX)
]


def holiday_calendar(written: Iterable[HolidayWritten], path: str = "holidays") -> HolidayCalendar:
    """The calendar of some holidays. Raises RuleError."""
    return HolidayCalendar(
        [_holiday(each, f"{path}[{position}]") for position, each in enumerate(written)]
    )


def _holiday(written: HolidayWritten, path: str) -> Holiday:
    if isinstance(written, str):
        return _of_text(written, path)
    if written.day is not UNSET:
        if written.weekday is not UNSET or written.nth is not UNSET:
            raise RuleError(path, "must have either day, or weekday and nth")
        return _day_of_year(written.month, written.day, path)
    if written.weekday is UNSET or written.nth is UNSET or written.nth == 0:
        raise RuleError(path, "must have day, or weekday and nth (1 to 5, or -1 for the last)")
    return WeekdayOfMonth(written.month, DAY_NAMES.index(written.weekday), written.nth)


def _of_text(written: str, path: str) -> Holiday:
    easter = _EASTER.fullmatch(written)
    if easter is not None:
        offset = int(easter[3] or 0)
        if offset > EASTER_OFFSET_MAX:
            raise RuleError(path, f"must be at most {EASTER_OFFSET_MAX} days from Easter")
        return FromEaster(-offset if easter[2] == "-" else offset, easter[1] is not None)
    month, dash, day = written.partition("-")
    if dash and len(month) == 2 and len(day) == 2 and (month + day).isdecimal():
        return _day_of_year(int(month), int(day), path)
    try:
        return OneDay(date.fromisoformat(written))
    except ValueError:
        raise RuleError(path, _WANTED) from None


def _day_of_year(month: int, day: int, path: str) -> Holiday:
    try:
        date(2000, month, day)
    except ValueError:
        raise RuleError(path, "there is no such day") from None
    return DayOfYear(month, day)
