"""Times as SMPP writes them (3.4 §7.1.1) and the dates of receipts (3.4 Appendix B)."""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Final

from carrierbox.errors import CodecError

_LENGTH: Final = 16
_QUARTER_HOURS_MAX: Final = 56
"""§7.1.1 says 48; zones reach fourteen hours."""
_QUARTER_HOUR_S: Final = 900
_CENTURY: Final = 2000
_LATEST_MINUTE: Final = 253402300799 // 60
"""The last minute of the year 9999, the last that has a date."""
_FIRST_MINUTE_OF_2000: Final = 946684800 // 60
_FIRST_MINUTE_OF_2100: Final = 4102444800 // 60
_MINUTES_KEPT: Final = 1024

_minute_texts: Final[dict[int, str]] = {}


def parse_smpp_time(text: str, now: float) -> float | None:
    """Seconds since 1970 of `YYMMDDhhmmsstnnp`, or None if `text` is empty.

    A relative time (`R`) is a span counted from `now`, years and months by the calendar; `nn` says
    nothing there. Years are 2000 to 2099. Raises CodecError if the text is malformed.
    """
    if not text:
        return None
    if len(text) != _LENGTH:
        raise CodecError(f"a time has {_LENGTH} characters, not {len(text)}")
    digits = text[:15]
    if not (digits.isascii() and digits.isdigit()):
        raise CodecError(f"a time starts with 15 digits, unlike {text!r}")
    sign = text[15]
    try:
        if sign == "R":
            return _relative(digits, now)
        if sign in ("+", "-"):
            return _absolute(digits, sign)
    except (ValueError, OverflowError) as error:
        raise CodecError(f"no such time as {text!r}: {error}") from None
    raise CodecError(f"a time ends with '+', '-' or 'R', not {sign!r}", 15)


def format_smpp_time(at: float) -> str:
    """`at`, seconds since 1970, as sixteen characters in UTC, rounded down to tenths."""
    tenths = int(at * 10)
    return f"{_minute_text(tenths // 600)}{tenths // 10 % 60:02d}{tenths % 10}00+"


def receipt_date(at: float) -> str:
    """`at`, seconds since 1970, as `YYMMDDhhmm` in UTC."""
    return _minute_text(int(at) // 60)


def long_receipt_date(at: float) -> str:
    """`at`, seconds since 1970, as `YYYYMMDDhhmm` in UTC."""
    minute = int(at) // 60
    if _FIRST_MINUTE_OF_2000 <= minute < _FIRST_MINUTE_OF_2100:
        return "20" + _minute_text(minute)
    dated = min(max(minute, 0), _LATEST_MINUTE)
    return f"{datetime.fromtimestamp(dated * 60, UTC).year // 100:02d}{_minute_text(minute)}"


def _minute_text(minute: int) -> str:
    text = _minute_texts.get(minute)
    return _remember(minute) if text is None else text


def _remember(minute: int) -> str:
    if len(_minute_texts) >= _MINUTES_KEPT:
        _minute_texts.clear()
    dated = min(max(minute, 0), _LATEST_MINUTE)
    text = datetime.fromtimestamp(dated * 60, UTC).strftime("%y%m%d%H%M")
    _minute_texts[minute] = text
    return text


def _absolute(digits: str, sign: str) -> float:
    quarter_hours = int(digits[13:15])
    if quarter_hours > _QUARTER_HOURS_MAX:
        raise ValueError(f"{quarter_hours} quarter hours from UTC")
    local = datetime(
        _CENTURY + int(digits[0:2]),
        int(digits[2:4]),
        int(digits[4:6]),
        int(digits[6:8]),
        int(digits[8:10]),
        int(digits[10:12]),
        int(digits[12]) * 100_000,
        UTC,
    )
    ahead_s = quarter_hours * _QUARTER_HOUR_S
    return local.timestamp() + (ahead_s if sign == "-" else -ahead_s)


def _relative(digits: str, now: float) -> float:
    months = int(digits[0:2]) * 12 + int(digits[2:4])
    span = timedelta(
        days=int(digits[4:6]),
        hours=int(digits[6:8]),
        minutes=int(digits[8:10]),
        seconds=int(digits[10:12]),
        milliseconds=int(digits[12]) * 100,
    )
    if not months:
        return now + span.total_seconds()
    start = datetime.fromtimestamp(now, UTC)
    month_count = start.year * 12 + start.month - 1 + months
    year, month = month_count // 12, month_count % 12 + 1
    # The 31st of January and a month is the last day of February.
    day = min(start.day, calendar.monthrange(year, month)[1])
    moved = start.replace(year=year, month=month, day=day)
    return now + (moved - start).total_seconds() + span.total_seconds()
