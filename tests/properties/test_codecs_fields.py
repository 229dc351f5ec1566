"""Times and receipt texts: what is written is read, and nothing else raises but CodecError."""

from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.codecs.receipt_text import format_receipt_text, parse_receipt_text
from carrierbox.codecs.time_format import format_smpp_time, parse_smpp_time, receipt_date
from carrierbox.errors import CodecError

MOMENTS_2000_TO_2099 = st.integers(946_684_800_0, 4_102_444_799_9).map(lambda tenths: tenths / 10)
DIGITS = st.text("0123456789", min_size=15, max_size=15)
TIMES = st.one_of(st.text(max_size=20), st.builds(str.__add__, DIGITS, st.sampled_from("+-R")))


@settings(deadline=None)
@given(MOMENTS_2000_TO_2099)
def test_a_moment_returns_from_its_text(moment: float) -> None:
    """SMPP 3.4 §7.1.1.1: to the tenth."""
    text = format_smpp_time(moment)
    assert len(text) == 16
    assert text.startswith(receipt_date(moment))
    assert parse_smpp_time(text, 0.0) == moment


@settings(deadline=None, max_examples=3 * settings().max_examples)
@given(TIMES, MOMENTS_2000_TO_2099)
def test_any_text_is_a_time_or_a_codec_error(text: str, now: float) -> None:
    """T42; a relative time never lies in the past."""
    try:
        moment = parse_smpp_time(text, now)
    except CodecError:
        return
    assert (moment is None) == (not text)
    if moment is not None and text.endswith("R"):
        assert moment >= now


@settings(deadline=None)
@given(
    st.text("0123456789ABCDEF-", min_size=1, max_size=64),
    st.integers(0, 999),
    st.integers(0, 999),
    MOMENTS_2000_TO_2099,
    st.text(max_size=40),
)
def test_a_receipt_is_read_as_it_was_written(
    message_id: str, submitted: int, delivered: int, moment: float, text: str
) -> None:
    """SMPP 3.4 Appendix B, T24."""
    written = format_receipt_text(
        message_id, submitted, delivered, moment, moment, "EXPIRED", "001", text
    )
    assert parse_receipt_text(written) == {
        "id": message_id,
        "sub": f"{submitted:03d}",
        "dlvrd": f"{delivered:03d}",
        "submit_date": receipt_date(moment),
        "done_date": receipt_date(moment),
        "stat": "EXPIRED",
        "err": "001",
        "text": text[:20].replace("\0", " "),
    }


@settings(deadline=None)
@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(["id:", "text:", "stat :", " ", "x"])).map("".join)
    )
)
def test_any_text_can_be_read_as_a_receipt(text: str) -> None:
    """T23, T38."""
    fields = parse_receipt_text(text)
    assert set(fields) <= {
        "id",
        "sub",
        "dlvrd",
        "submit_date",
        "done_date",
        "stat",
        "err",
        "text",
    }
