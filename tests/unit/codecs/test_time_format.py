"""Times of SMPP and the dates of receipts."""

from datetime import UTC, datetime

import pytest

from carrierbox.codecs.time_format import format_smpp_time, parse_smpp_time, receipt_date
from carrierbox.errors import CodecError


def at(*fields: int) -> float:
    """Seconds since 1970 of a moment in UTC."""
    year, month, day, hour, minute, second = fields
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (at(2026, 1, 31, 23, 59, 59), "260131235959000+"),
        (at(2026, 1, 31, 23, 59, 59) + 0.7, "260131235959700+"),
        (at(2026, 1, 31, 23, 59, 59) + 0.99, "260131235959900+"),
        (0.0, "700101000000000+"),
    ],
)
def test_a_moment_is_written_in_utc(moment: float, text: str) -> None:
    """SMPP 3.4 §7.1.1.1: sixteen characters."""
    assert format_smpp_time(moment) == text


def test_a_tenth_that_rounds_up_takes_the_minute_with_it() -> None:
    """The parts of one time never contradict each other."""
    before_midnight = at(2026, 1, 1, 0, 0, 0) - 0.0000002
    assert format_smpp_time(before_midnight) in ("251231235959900+", "260101000000000+")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("000100000000000R", (2026, 1, 31, 12, 0, 0), (2026, 2, 28, 12, 0, 0)),
        ("000100000000000R", (2028, 1, 31, 12, 0, 0), (2028, 2, 29, 12, 0, 0)),
        ("001100000000000R", (2026, 12, 5, 1, 2, 3), (2027, 11, 5, 1, 2, 3)),
        ("010000000000000R", (2028, 2, 29, 0, 0, 0), (2029, 2, 28, 0, 0, 0)),
        ("000001000000000R", (2026, 2, 28, 0, 0, 0), (2026, 3, 1, 0, 0, 0)),
        ("000100000001000R", (2026, 1, 31, 0, 0, 0), (2026, 2, 28, 0, 0, 1)),
        ("000000000000000R", (2026, 1, 31, 0, 0, 0), (2026, 1, 31, 0, 0, 0)),
    ],
)
def test_a_relative_time_counts_months_by_the_calendar(
    text: str, start: tuple[int, ...], end: tuple[int, ...]
) -> None:
    """SMPP 3.4 §7.1.1.2, T42: the fields are a span."""
    assert parse_smpp_time(text, at(*start)) == at(*end)


def test_fractions_of_now_survive_a_relative_time() -> None:
    """A span is added to the very moment."""
    now = at(2026, 1, 1, 0, 0, 0) + 0.25
    assert parse_smpp_time("000100000000500R", now) == at(2026, 2, 1, 0, 0, 0) + 0.75


def test_a_span_beyond_the_calendar_is_malformed() -> None:
    """A clock set far ahead does not crash the parser."""
    with pytest.raises(CodecError):
        parse_smpp_time("990000000000000R", at(9999, 1, 1, 0, 0, 0))


def test_an_error_names_the_time() -> None:
    """The user sees what was sent."""
    with pytest.raises(CodecError, match="261331235959000"):
        parse_smpp_time("261331235959000+", 0.0)
    with pytest.raises(CodecError) as caught:
        parse_smpp_time("260131235959000Z", 0.0)
    assert caught.value.position == 15


def test_receipt_dates_are_minutes_in_utc() -> None:
    """SMPP 3.4 Appendix B, T25."""
    assert receipt_date(at(2026, 1, 31, 23, 59, 0)) == "2601312359"
    assert receipt_date(at(2026, 1, 31, 23, 59, 59) + 0.9) == "2601312359"
    assert receipt_date(at(2026, 2, 1, 0, 0, 0)) == "2602010000"


def test_receipt_dates_stay_right_over_more_minutes_than_are_kept() -> None:
    """The memory of recent minutes is bounded and changes no answer."""
    start = at(2026, 1, 1, 0, 0, 0)
    for minute in range(3000):
        moment = start + minute * 60
        expected = datetime.fromtimestamp(moment, UTC).strftime("%y%m%d%H%M")
        assert receipt_date(moment) == expected
        assert receipt_date(start) == "2601010000"


@pytest.mark.parametrize(("moment", "text"), [(-60.0, "7001010000"), (1e15, "9912312359")])
def test_a_moment_without_a_date_gets_the_nearest(moment: float, text: str) -> None:
    """A clock set beyond the calendar does not crash a receipt."""
    assert receipt_date(moment) == text


def test_no_time_is_none_at_all() -> None:
    """SMPP 3.4 §5.2.15, §5.2.16, T42: empty means at once, or the centre's own default."""
    assert parse_smpp_time("", 1_000.0) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("260131120000000+", at(2026, 1, 31, 12, 0, 0)),
        ("260131120000004+", at(2026, 1, 31, 11, 0, 0)),
        ("260131120000004-", at(2026, 1, 31, 13, 0, 0)),
        ("260131120000022-", at(2026, 1, 31, 17, 30, 0)),
        ("260131120000500+", at(2026, 1, 31, 12, 0, 0) + 0.5),
    ],
)
def test_a_local_time_is_so_many_quarter_hours_from_utc(text: str, moment: float) -> None:
    """SMPP 3.4 §7.1.1.1, T42: `+` is ahead of UTC, `-` behind it; tenths count."""
    assert parse_smpp_time(text, 0.0) == moment
