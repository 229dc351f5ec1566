"""Transfer PDUs, headers and pushes: values return, and no octets raise but CodecError."""

from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.codecs.data_coding import ALPHABET_GSM7, alphabet_of_tp_dcs
from carrierbox.codecs.data_coding_scheme import describe_data_coding
from carrierbox.codecs.information_element_words import describe_user_data_header
from carrierbox.codecs.information_elements import (
    build_user_data_header,
    effective_elements,
    read_user_data_header,
)
from carrierbox.codecs.mms_notification import (
    MmsNotification,
    decode_mms_notification,
    encode_mms_notification,
)
from carrierbox.codecs.relayed_tpdu import relayed_message, sms_deliver, sms_submit
from carrierbox.codecs.tp_address import decode_tp_address, tp_address
from carrierbox.codecs.tp_time import TimeStamp, time_stamp, validity_until
from carrierbox.codecs.tp_user_data import tp_user_data
from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import SmsDeliver
from carrierbox.codecs.tpdu_words import describe_tpdu
from carrierbox.codecs.user_data_header import parse_user_data_header
from carrierbox.codecs.wap_push import decode_wap_push, describe_wap_push, mms_push
from carrierbox.codecs.wap_service import decode_wap_service
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address

NUMBERS = st.builds(
    Address,
    st.sampled_from([0, 1, 2, 3, 4, 6, 7]),
    st.integers(0, 15),
    st.text("0123456789*#abc", max_size=20),
)
NAMES = st.builds(Address, st.just(5), st.integers(0, 15), st.text("aZ0 -.@_", max_size=11))
ELEMENTS = st.lists(
    st.tuples(st.integers(0, 255), st.binary(max_size=12)).map(
        lambda pair: bytes([pair[0], len(pair[1])]) + pair[1]
    ),
    max_size=6,
).map(b"".join)
HEADERS = ELEMENTS.map(lambda octets: bytes([len(octets)]) + octets if octets else b"")
# Frames that get past the first fields far more often than octets drawn at random.
FRAMES = st.builds(
    lambda first, middle, rest: bytes([first]) + middle + rest,
    st.integers(0, 255),
    st.sampled_from(
        [
            b"",
            bytes.fromhex("0b913316325476f80000"),
            bytes.fromhex("0b913316325476f8000062101190519040"),
            bytes.fromhex("010b913316325476f80000"),
            bytes.fromhex("010b913316325476f86210119051904062101190519040"),
            bytes.fromhex("010002010b913316325476f8"),
        ]
    ),
    st.binary(max_size=170),
)
UTF8_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


@settings(deadline=None, max_examples=4 * settings().max_examples)
@given(st.one_of(FRAMES, st.binary(max_size=200)), st.integers(0, 1), st.booleans())
def test_any_octets_are_a_pdu_that_returns_or_a_codec_error(
    octets: bytes, direction: int, error: bool
) -> None:
    """TS 23.040 §9.2.2, T38: and every PDU can be shown."""
    try:
        value = decode_tpdu(octets, direction, error)
    except CodecError as problem:
        if not 0 <= problem.position <= len(octets):
            raise
        return
    assert encode_tpdu(value) == octets
    assert describe_tpdu(value)


@settings(deadline=None)
@given(
    st.one_of(NUMBERS, NAMES),
    st.integers(0, 255),
    HEADERS,
    st.binary(max_size=160),
    st.integers(946_684_800, 4_102_444_799),
    st.integers(-79, 79),
)
def test_what_crosses_the_relay_returns_from_its_pdu(
    address: Address, tp_dcs: int, header: bytes, user_data: bytes, at: int, quarter_hours: int
) -> None:
    """TS 23.040 §9.2.2.1, §9.2.2.2."""
    if alphabet_of_tp_dcs(tp_dcs) == ALPHABET_GSM7:
        user_data = bytes(octet & 0x7F for octet in user_data)
    try:
        deliver = sms_deliver(address, 0, tp_dcs, header, user_data, at, False, quarter_hours)
        submit = sms_submit(1, address, 0, tp_dcs, header, user_data)
    except CodecError:
        return
    for direction, value in ((0, deliver), (1, submit)):
        again = decode_tpdu(encode_tpdu(value), direction)
        assert type(again) is type(value)
        relayed = relayed_message(deliver if isinstance(again, SmsDeliver) else submit)
        assert relayed.address == address
        assert (relayed.user_data_header, relayed.user_data) == (header, user_data)
        if isinstance(again, SmsDeliver):
            assert relayed.service_centre_time == at


@settings(deadline=None)
@given(st.one_of(NUMBERS, NAMES))
def test_any_address_with_a_place_returns(address: Address) -> None:
    """TS 23.040 §9.1.2.5."""
    octets = tp_address(address).encode()
    decoded, end = decode_tp_address(octets, 0)
    assert end == len(octets)
    assert decoded.address == address


@settings(deadline=None)
@given(st.binary(min_size=7, max_size=7), st.integers(0, 3))
def test_any_seven_octets_are_a_time_or_none(octets: bytes, tp_vpf: int) -> None:
    """TS 23.040 §9.2.3.11, §9.2.3.12."""
    stamp = TimeStamp(octets)
    assert stamp.text
    assert stamp.encode() == octets
    validity_until(tp_vpf, octets[: (0, 7, 1, 7)[tp_vpf]], 0.0)
    at = stamp.at
    if at is not None and 946_684_800 + 86_400 < at < 4_102_444_800 - 86_400:
        again = time_stamp(at, stamp.quarter_hours)
        assert again.octets[:6] == octets[:6]


@settings(deadline=None)
@given(st.one_of(HEADERS, st.binary(max_size=140)))
def test_any_header_returns_from_its_values_or_is_a_codec_error(header: bytes) -> None:
    """TS 23.040 §9.2.3.24, T39."""
    try:
        elements = read_user_data_header(header)
    except CodecError as error:
        if not 0 <= error.position <= len(header):
            raise
        return
    built = build_user_data_header(elements)
    assert built == (header if len(header) > 1 else b"")
    assert len(describe_user_data_header(header)) == len(elements)
    kept = effective_elements(parse_user_data_header(header))
    assert len(kept) <= len(elements)
    assert effective_elements(kept) == kept


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 255), st.booleans())
def test_any_user_data_has_a_text(octets: bytes, tp_dcs: int, with_header: bool) -> None:
    """TS 23.040 §9.2.3.24, T38."""
    header = b"\x05\x00\x03\x01\x02\x01" if with_header else b""
    try:
        packed = tp_user_data(header, octets, tp_dcs)
    except CodecError:
        return
    assert isinstance(packed.text(), str)
    assert describe_data_coding(tp_dcs).words()


@settings(deadline=None, max_examples=3 * settings().max_examples)
@given(
    st.one_of(
        st.binary(max_size=120),
        st.binary(max_size=60).map(lambda rest: b"\x01\x06\x01\xae\x02\x05\x6a\x00\x45\xc6" + rest),
        st.binary(max_size=60).map(lambda rest: b"\x01\x06\x01\xbe\x8c\x82" + rest),
    )
)
def test_any_octets_are_a_push_or_a_problem(octets: bytes) -> None:
    """T38."""
    assert describe_wap_push(octets)
    try:
        assert decode_wap_push(octets).transaction_id == octets[0]
        decode_wap_service(octets)
    except CodecError as error:
        if error.position > len(octets):
            raise


@settings(deadline=None)
@given(
    UTF8_TEXT,
    UTF8_TEXT,
    UTF8_TEXT,
    st.integers(0, 2**40),
    st.one_of(st.none(), st.integers(0, 2**32)),
    st.booleans(),
)
def test_any_notification_returns_from_its_push(
    sender: str, subject: str, url: str, size: int, expiry: int | None, relative: bool
) -> None:
    """OMA-MMS-ENC §6.2."""
    value = MmsNotification("1", 0x10, sender, subject, "auto", size, expiry, relative, url)
    push = decode_wap_push(mms_push(encode_mms_notification(value)))
    read = decode_mms_notification(push.body)
    assert (read.sender, read.subject, read.url) == (sender, subject, url)
    assert (read.size_octets, read.expiry_s) == (size, expiry)
