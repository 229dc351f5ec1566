"""Times as scenarios write them: durations, a start of the clock, and `08:00 America/New_York`."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from carrierbox.config_values import reader_of_duration

seconds_of: Final = reader_of_duration(0.0)
"""Seconds of `90s`, `5m`, `72h`, `7d`. ValueError tells what is wrong."""

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK: Final = re.compile(r"(?:([A-Za-z]{3}) )?([0-9]{2}):([0-9]{2})(?: ([A-Za-z0-9_+/-]+))?")
_WANTED: Final = "must be 08:00 America/New_York, Mon 08:00, or 2026-11-24T08:00:00Z"


def moment_of(text: object) -> float:
    """Seconds since 1970 of `2026-11-23T21:30:00Z`, or of one with another zone behind it.

    ValueError tells what is wrong.
    """
    wanted = "must be a time such as 2026-11-23T21:30:00Z, its zone at the end"
    if not isinstance(text, str):
        raise ValueError(wanted)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(wanted) from None
    if moment.tzinfo is None:
        raise ValueError(wanted)
    seconds = moment.timestamp()
    if seconds < 0:
        raise ValueError("must not lie before 1970")
    return seconds


def next_time(text: str, now: float) -> float:
    """The next moment after `now`, both in seconds since 1970, that is meant by a text.

    A time of day that a change of the clock leaves out is taken an hour later. ValueError tells
    what is wrong.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        try:
            return moment_of(text.strip())
        except ValueError:
            raise ValueError(_WANTED) from None
    day, hours, minutes, zone_name = found.groups()
    if day is not None and day.lower() not in DAYS:
        raise ValueError(f"{day} is no day of the week: use {', '.join(DAYS)}")
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f"{hours}:{minutes} is no time of day")
    zone = _zone_of(zone_name or "UTC")
    local = datetime.fromtimestamp(now, zone)
    wanted = time(int(hours), int(minutes))
    for ahead in range(9):
        on = local.date() + timedelta(days=ahead)
        if day is not None and DAYS[on.weekday()] != day.lower():
            continue
        at = _at(on, wanted, zone)
        if at > now:
            return at
    raise ValueError(_WANTED)


def written(at: float) -> str:
    """`2026-11-23 21:30:00.000`, in UTC."""
    moment = datetime.fromtimestamp(round(at * 1000) / 1000, UTC)
    return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")


def span(seconds: float) -> str:
    """`3h`, `1d2h`, `90ms`: the two largest units of a duration."""
    milliseconds = round(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    parts = []
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        number, milliseconds = divmod(milliseconds, length)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts[:2])


def _zone_of(name: str) -> tzinfo:
    if name in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name} is no time zone: use a name such as America/New_York, or UTC"
        ) from None


def _at(on: date, at: time, zone: tzinfo) -> float:
    return datetime.combine(on, at, zone).timestamp()
