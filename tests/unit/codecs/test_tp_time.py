"""Time stamps and validity periods."""

import pytest

from carrierbox.codecs import tp_time as tt
from carrierbox.errors import CodecError

HOUR = 3600
DAY = 24 * HOUR
AT = 1_768_119_309.0  # 2026-01-11T08:15:09Z


@pytest.mark.parametrize(
    ("quarter_hours", "octets", "text"),
    [
        (4, "62101190519040", "2026-01-11T09:15:09+01:00"),
        (0, "62101180519000", "2026-01-11T08:15:09+00:00"),
        (-20, "6210113051900a", "2026-01-11T03:15:09-05:00"),
        (22, "62101131549022", "2026-01-11T13:45:09+05:30"),
        (-8, "62101160519088", "2026-01-11T06:15:09-02:00"),
        (48, "62101102519084", "2026-01-11T20:15:09+12:00"),
        (79, "62102140009097", "2026-01-12T04:00:09+19:45"),
    ],
)
def test_a_time_stamp_is_local_time_with_its_zone(
    quarter_hours: int, octets: str, text: str
) -> None:
    """TS 23.040 §9.2.3.11: the sign is bit 3 of the zone's octet."""
    stamp = tt.time_stamp(AT, quarter_hours)
    assert stamp.encode().hex() == octets
    assert stamp.at == AT
    assert stamp.quarter_hours == quarter_hours
    assert stamp.text == text
    assert tt.decode_time_stamp(b"\xff" + stamp.octets, 1) == stamp
    assert hash(stamp) == hash(tt.TimeStamp(stamp.octets))
    assert stamp != 1


@pytest.mark.parametrize("octets", ["00000000000000", "62001190519040", "621011905190f0"])
def test_octets_that_are_no_time_are_kept_and_told(octets: str) -> None:
    """T38: month 0, a digit that is none."""
    stamp = tt.TimeStamp(bytes.fromhex(octets))
    assert stamp.at is None
    assert stamp.text == f"no time: {octets}"
    assert stamp.encode().hex() == octets
    assert repr(stamp) == f"TimeStamp('{octets}')"


def test_what_has_no_place_in_a_time_stamp_is_an_error() -> None:
    """TS 23.040 §9.2.3.11: two digits of the year, two of the zone."""
    for at, quarter_hours in ((0.0, 0), (4_102_444_800.0, 0), (AT, 80), (946_684_800.0, -1)):
        with pytest.raises(CodecError):
            tt.time_stamp(at, quarter_hours)
    with pytest.raises(CodecError):
        tt.decode_time_stamp(bytes(7), 1)
    with pytest.raises(CodecError):
        tt.TimeStamp(bytes(6)).encode()


@pytest.mark.parametrize(
    ("octet", "seconds"),
    [
        (0, 300),
        (143, 12 * HOUR),
        (144, 12 * HOUR + 1800),
        (167, DAY),
        (168, 2 * DAY),
        (170, 4 * DAY),
        (196, 30 * DAY),
        (197, 35 * DAY),
        (244, 52 * 7 * DAY),
        (255, 63 * 7 * DAY),
    ],
)
def test_a_relative_validity_has_four_scales(octet: int, seconds: int) -> None:
    """TS 23.040 §9.2.3.12.1."""
    assert tt.relative_validity_s(octet) == seconds
    assert tt.relative_validity(seconds) == octet
    assert tt.relative_validity(seconds - 1) == octet
    assert tt.validity_until(tt.VALIDITY_RELATIVE, bytes([octet]), AT) == AT + seconds


def test_a_span_is_rounded_up_to_the_longest_there_is() -> None:
    """TS 23.040 §9.2.3.12.1."""
    assert tt.relative_validity(0) == 0
    assert tt.relative_validity(301) == 1
    assert tt.relative_validity(1e12) == 255


@pytest.mark.parametrize(
    ("tp_vp", "seconds"),
    [
        ("00000000000000", None),
        ("01000000000000", 300),
        ("42ff0000000000", 255),
        ("03213254000000", 12 * HOUR + 23 * 60 + 45),
        ("03ff3254000000", None),
        ("82000a00000000", 10),
        ("80808080808080", None),
        ("07000000000000", None),
    ],
)
def test_an_enhanced_validity_says_its_own_format(tp_vp: str, seconds: int | None) -> None:
    """TS 23.040 §9.2.3.12.3: an octet may extend the first."""
    until = tt.validity_until(tt.VALIDITY_ENHANCED, bytes.fromhex(tp_vp), AT)
    assert until == (None if seconds is None else AT + seconds)


def test_the_other_validities() -> None:
    """TS 23.040 §9.2.3.3, §9.2.3.12.2."""
    assert tt.validity_until(tt.VALIDITY_NONE, b"", AT) is None
    assert tt.validity_until(tt.VALIDITY_RELATIVE, b"", AT) is None
    assert tt.validity_until(tt.VALIDITY_ABSOLUTE, tt.time_stamp(AT, 4).octets, 0.0) == AT
    assert tt.is_single_shot(tt.VALIDITY_ENHANCED, bytes.fromhex("42ff0000000000"))
    assert not tt.is_single_shot(tt.VALIDITY_RELATIVE, b"\xff")
