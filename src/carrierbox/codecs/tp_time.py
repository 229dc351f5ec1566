"""Times in transfer PDUs: time stamps (TS 23.040 §9.2.3.11) and validity periods (§9.2.3.12)."""

from datetime import UTC, datetime
from typing import Final

from carrierbox.errors import CodecError

TIME_STAMP_OCTETS: Final = 7

VALIDITY_NONE: Final = 0
VALIDITY_ENHANCED: Final = 1
VALIDITY_RELATIVE: Final = 2
VALIDITY_ABSOLUTE: Final = 3

VALIDITY_OCTETS: Final = (0, 7, 1, 7)
"""How many octets TP-VP has, by TP-VPF."""

QUARTER_HOURS_MAX: Final = 79

_QUARTER_HOUR_S: Final = 900
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86400
_WEEK_S: Final = 604800
_CENTURY: Final = 2000
_FIRST_YEAR: Final = 946684800
_YEARS_END: Final = 4102444800


class TimeStamp:
    """Seven octets of a TP-SCTS, TP-DT or absolute TP-VP, in local time with its distance to UTC.

    Any octets can be held; `at` and `text` say whether they are a time.
    """

    def __init__(self, octets: bytes) -> None:
        self.octets = octets

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimeStamp):
            return NotImplemented
        return self.octets == other.octets

    def __hash__(self) -> int:
        return hash(self.octets)

    def __repr__(self) -> str:
        return f"TimeStamp({self.octets.hex()!r})"

    @property
    def quarter_hours(self) -> int:
        """How far local time is ahead of UTC, -79 to 79; what is no digit counts as it is."""
        zone = self.octets[6]
        ahead = (zone & 0x07) * 10 + (zone >> 4)
        return -ahead if zone & 0x08 else ahead

    @property
    def at(self) -> float | None:
        """Seconds since 1970 in UTC; None if the octets are no time. Years are 2000 to 2099."""
        digits = _decimal_digits(self.octets[:6])
        if digits is None or self.octets[6] >> 4 > 9:
            return None
        fields = [int(digits[place : place + 2]) for place in range(0, 12, 2)]
        try:
            local = datetime(
                _CENTURY + fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], 0, UTC
            )
        except ValueError:
            return None
        return local.timestamp() - self.quarter_hours * _QUARTER_HOUR_S

    @property
    def text(self) -> str:
        """As in `2013-03-26T13:35:25+02:00`; the octets where they are no time."""
        if self.at is None:
            return f"no time: {self.octets.hex()}"
        digits = _decimal_digits(self.octets[:6]) or ""
        pairs = [digits[place : place + 2] for place in range(0, 12, 2)]
        minutes = abs(self.quarter_hours) * 15
        sign = "-" if self.octets[6] & 0x08 else "+"
        return (
            f"20{'-'.join(pairs[:3])}T{':'.join(pairs[3:])}"
            f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
        )

    def encode(self) -> bytes:
        """The seven octets. Raises CodecError if there are not seven."""
        if len(self.octets) != TIME_STAMP_OCTETS:
            raise CodecError(f"a time stamp has {TIME_STAMP_OCTETS} octets, not {len(self.octets)}")
        return self.octets


def time_stamp(at: float, quarter_hours: int = 0) -> TimeStamp:
    """The time stamp of `at`, seconds since 1970, in a zone of -79 to 79 quarter hours.

    Parts of a second are dropped. Raises CodecError outside the years 2000 to 2099.
    """
    if not -QUARTER_HOURS_MAX <= quarter_hours <= QUARTER_HOURS_MAX:
        raise CodecError(f"a time zone of {quarter_hours} quarter hours has no place")
    local = int(at) + quarter_hours * _QUARTER_HOUR_S
    if not _FIRST_YEAR <= local < _YEARS_END:
        raise CodecError(f"a time stamp is in 2000 to 2099, unlike {at} seconds since 1970")
    digits = datetime.fromtimestamp(local, UTC).strftime("%y%m%d%H%M%S")
    zone = bytes.fromhex(f"{abs(quarter_hours):02d}"[::-1])[0]
    return TimeStamp(_swapped(digits) + bytes([zone | 0x08 if quarter_hours < 0 else zone]))


def decode_time_stamp(octets: bytes, start: int) -> TimeStamp:
    """The seven octets at `start`. Raises CodecError if there are fewer."""
    if start + TIME_STAMP_OCTETS > len(octets):
        raise CodecError(f"a time stamp has {TIME_STAMP_OCTETS} octets", start)
    return TimeStamp(octets[start : start + TIME_STAMP_OCTETS])


def relative_validity_s(octet: int) -> int:
    """The seconds of a relative validity period (§9.2.3.12.1): 5 minutes to 63 weeks."""
    if octet < 144:
        return (octet + 1) * 5 * _MINUTE_S
    if octet < 168:
        return 12 * _HOUR_S + (octet - 143) * 30 * _MINUTE_S
    if octet < 197:
        return (octet - 166) * _DAY_S
    return (octet - 192) * _WEEK_S


def relative_validity(validity_s: float) -> int:
    """The octet of the shortest relative validity period that lasts `validity_s`; 255 at most."""
    low, high = 0, 255
    while low < high:
        middle = (low + high) // 2
        if relative_validity_s(middle) < validity_s:
            low = middle + 1
        else:
            high = middle
    return low


def validity_until(tp_vpf: int, tp_vp: bytes, now: float) -> float | None:
    """When a validity period ends, counted from `now`; None where none is given or readable.

    `now` is when the service centre got the message, in seconds since 1970.
    """
    if len(tp_vp) != VALIDITY_OCTETS[tp_vpf]:
        return None
    if tp_vpf == VALIDITY_ABSOLUTE:
        return TimeStamp(tp_vp).at
    if tp_vpf == VALIDITY_RELATIVE:
        return now + relative_validity_s(tp_vp[0])
    seconds = _enhanced_s(tp_vp) if tp_vpf == VALIDITY_ENHANCED else None
    return None if seconds is None else now + seconds


def is_single_shot(tp_vpf: int, tp_vp: bytes) -> bool:
    """Whether an enhanced validity period asks for one delivery attempt only (§9.2.3.12.3)."""
    return tp_vpf == VALIDITY_ENHANCED and bool(tp_vp) and bool(tp_vp[0] & 0x40)


def _enhanced_s(tp_vp: bytes) -> int | None:
    # Octets that extend the functionality indicator come before the period itself.
    place = 0
    while tp_vp[place] & 0x80:
        place += 1
        if place == len(tp_vp):
            return None
    rest = tp_vp[place + 1 :]
    kind = tp_vp[0] & 0x07
    if kind == 1 and rest:
        return relative_validity_s(rest[0])
    if kind == 2 and rest:
        return rest[0]
    if kind == 3 and len(rest) >= 3:
        digits = _decimal_digits(rest[:3])
        if digits is None:
            return None
        return int(digits[:2]) * _HOUR_S + int(digits[2:4]) * _MINUTE_S + int(digits[4:])
    return None


def _decimal_digits(octets: bytes) -> str | None:
    digits = "".join([f"{octet & 0x0F:x}{octet >> 4:x}" for octet in octets])
    return digits if digits.isdigit() else None


def _swapped(digits: str) -> bytes:
    return bytes(
        [int(digits[place]) | int(digits[place + 1]) << 4 for place in range(0, len(digits), 2)]
    )
