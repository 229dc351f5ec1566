"""What is checked of a submit_sm before it is taken in."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.codecs.user_data_header import find_concatenation
from carrierbox.smpp import values
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    Tlv,
)
from carrierbox.smsc.admission import Candidate, examine
from carrierbox.smsc.schedule import SCHEDULE_MAX_S, VALIDITY_DEFAULT_S, VALIDITY_MAX_S

NOW = NetworkTime(1_800_000_000.0)
HOUR = 3600.0


def submit(**changes: object) -> SubmitSm:
    """A submit_sm that nothing is wrong with, but for `changes`."""
    pdu = SubmitSm(
        source_addr_ton=5,
        source_addr="Acme",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        short_message=b"hello",
    )
    for name, value in changes.items():
        assert hasattr(pdu, name)
        setattr(pdu, name, value)
    return pdu


def examined(**changes: object) -> Candidate:
    return examine(submit(**changes), NOW)


def status_of(**changes: object) -> int:
    return examined(**changes).command_status


def payload(octets: bytes) -> list[Tlv]:
    return [Tlv(TAG_MESSAGE_PAYLOAD, octets)]


def sar(reference: bytes, total: bytes, number: bytes) -> list[Tlv]:
    return [
        Tlv(TAG_SAR_SEGMENT_SEQNUM, number),
        Tlv(TAG_SAR_MSG_REF_NUM, reference),
        Tlv(TAG_SAR_TOTAL_SEGMENTS, total),
    ]


def at(seconds: float) -> str:
    return format_smpp_time(NOW + seconds)


def test_an_ordinary_message_is_taken_apart() -> None:
    """SMPP 3.4 §4.4.1: nothing is parsed twice."""
    candidate = examined()
    assert candidate.command_status == values.ESME_ROK
    assert candidate.msisdn == "33612345678"
    assert candidate.due_at == NOW
    assert candidate.expires_at == NOW + VALIDITY_DEFAULT_S
    assert (candidate.user_data_header, candidate.user_data) == (b"", b"hello")


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("dest_addr_ton", 7, values.ESME_RINVDSTTON),
        ("dest_addr_ton", 255, values.ESME_RINVDSTTON),
        ("dest_addr_npi", 2, values.ESME_RINVDSTNPI),
        ("dest_addr_npi", 255, values.ESME_RINVDSTNPI),
        ("source_addr_ton", 7, values.ESME_RINVSRCTON),
        ("source_addr_npi", 5, values.ESME_RINVSRCNPI),
        ("priority_flag", 4, values.ESME_RINVPRTFLG),
        ("registered_delivery", 3, values.ESME_RINVREGDLVFLG),
        ("registered_delivery", 0x13, values.ESME_RINVREGDLVFLG),
        ("registered_delivery", 0x20, values.ESME_RINVREGDLVFLG),
        ("registered_delivery", 0x41, values.ESME_RINVREGDLVFLG),
        ("registered_delivery", 0x80, values.ESME_RINVREGDLVFLG),
        ("replace_if_present_flag", 2, values.ESME_RINVREPFLAG),
        ("short_message", b"x" * 255, values.ESME_RINVMSGLEN),
        ("schedule_delivery_time", "tomorrow", values.ESME_RINVSCHED),
        ("validity_period", "0000000100000", values.ESME_RINVEXPIRY),
        ("destination_addr", "", values.ESME_RINVDSTADR),
    ],
)
def test_each_field_is_refused_with_its_own_status(field: str, value: object, status: int) -> None:
    """SMPP 3.4 §5.1.3, §5.2.5 to §5.2.21, T22: the status names the field."""
    assert status_of(**{field: value}) == status


@pytest.mark.parametrize(
    ("field", "allowed"),
    [
        ("dest_addr_ton", [0, 1, 2, 3, 4, 5, 6]),
        ("source_addr_ton", [0, 1, 2, 3, 4, 5, 6]),
        ("dest_addr_npi", [0, 1, 3, 4, 6, 8, 9, 10, 14, 18]),
        ("source_addr_npi", [0, 1, 3, 4, 6, 8, 9, 10, 14, 18]),
        ("priority_flag", [0, 1, 2, 3]),
        ("replace_if_present_flag", [0, 1]),
        ("registered_delivery", [0, 1, 2, 4, 8, 0x0C, 0x10, 0x1D, 0x1E]),
        ("esm_class", [0, 1, 2, 3, 8, 0x10, 0x80]),
        ("data_coding", list(range(256))),
        ("protocol_id", [0, 0x41, 0x7F, 255]),
        ("service_type", ["", "CMT", "WAP", "zzzzz"]),
        ("short_message", [b"", b"\0", b"x" * 254]),
    ],
)
def test_every_value_the_specification_lists_is_taken(field: str, allowed: list[object]) -> None:
    """SMPP 3.4 §5.2.5, §5.2.6, §5.2.17, T48: refused is only what is documented as illegal."""
    assert [value for value in allowed if status_of(**{field: value}) != values.ESME_ROK] == []


@pytest.mark.parametrize(
    "written",
    [
        "33612345678",
        "+33612345678",
        "0033612345678",
        "+33 6 12 34 56 78",
        "33-612-345-678",
        "+33(612)345678",
        "+336.1234.5678",
    ],
)
@pytest.mark.parametrize(("ton", "npi"), [(0, 0), (0, 1), (1, 1), (1, 0), (3, 8)])
def test_a_destination_is_its_digits_however_it_is_written(
    written: str, ton: int, npi: int
) -> None:
    """T45: plus sign, 00, spaces and hyphens; TON and NPI do not decide."""
    candidate = examined(destination_addr=written, dest_addr_ton=ton, dest_addr_npi=npi)
    assert candidate.command_status == values.ESME_ROK
    assert candidate.msisdn == "33612345678"


@pytest.mark.parametrize(
    "written",
    ["Acme", "+", "00", "1", "1234567890123456", "33x12345678", "\xb2\xb3\xb9", "++33612"],
)
def test_what_is_no_number_is_no_destination(written: str) -> None:
    """SMPP 3.4 §5.2.9, E.164 §6.1: two to fifteen digits, of ASCII."""
    assert status_of(destination_addr=written) == values.ESME_RINVDSTADR


def test_an_alphanumeric_sender_has_at_most_eleven_characters() -> None:
    """TS 23.040 §9.1.2.5, T45: eleven septet characters fit an address."""
    assert status_of(source_addr_ton=5, source_addr="ElevenChars") == values.ESME_ROK
    assert status_of(source_addr_ton=5, source_addr="TwelveChars!") == values.ESME_RINVSRCADR
    assert status_of(source_addr_ton=1, source_addr="336123456789") == values.ESME_ROK
    assert status_of(source_addr_ton=5, source_addr="") == values.ESME_ROK


# User data.


def test_a_message_may_have_no_octets_at_all() -> None:
    """T40: a zero-length message is legal, with and without message_payload."""
    assert examined(short_message=b"").user_data == b""
    assert status_of(short_message=b"") == values.ESME_ROK
    assert status_of(short_message=b"", tlvs=payload(b"")) == values.ESME_ROK


def test_message_payload_stands_for_short_message() -> None:
    """SMPP 3.4 §5.3.2.32, T40: sm_length 0 and the text in the TLV."""
    text = bytes(range(256)) * 4
    candidate = examined(short_message=b"", tlvs=payload(text))
    assert candidate.command_status == values.ESME_ROK
    assert candidate.user_data == text


@pytest.mark.parametrize("in_tlv", [b"y", b""])
def test_short_message_and_message_payload_exclude_each_other(in_tlv: bytes) -> None:
    """SMPP 3.4 §3.2.4.2, T40: both is an error of the length."""
    assert status_of(short_message=b"x", tlvs=payload(in_tlv)) == values.ESME_RINVMSGLEN


def test_message_payload_is_bounded_by_what_255_parts_hold() -> None:
    """T36: 255 parts of 153 septets, and not an octet more."""
    most = 255 * 153
    assert status_of(short_message=b"", tlvs=payload(b"x" * most)) == values.ESME_ROK
    too_much = payload(b"x" * (most + 1))
    assert status_of(short_message=b"", tlvs=too_much) == values.ESME_RINVMSGLEN


@pytest.mark.parametrize("esm_class", [0x40, 0x43, 0xC0, 0x48, 0x50])
def test_the_header_indicator_is_a_bit(esm_class: int) -> None:
    """SMPP 3.4 §5.2.12, T39: other bits beside 0x40 change nothing."""
    header = bytes([5, 0, 3, 9, 2, 1])
    candidate = examined(esm_class=esm_class, short_message=header + b"hi")
    assert candidate.command_status == values.ESME_ROK
    assert (candidate.user_data_header, candidate.user_data) == (header, b"hi")


@pytest.mark.parametrize("esm_class", [0x00, 0x03, 0x80, 0x93])
def test_without_the_indicator_octets_are_text(esm_class: int) -> None:
    """T39: what looks like a header is none."""
    octets = bytes([5, 0, 3, 9, 2, 1]) + b"hi"
    candidate = examined(esm_class=esm_class, short_message=octets)
    assert (candidate.user_data_header, candidate.user_data) == (b"", octets)


@pytest.mark.parametrize("octets", [b"", b"\x01", b"\x05\x00\x03\x01\x02", b"\xff" * 254])
def test_a_header_beyond_the_message_is_refused(octets: bytes) -> None:
    """TS 23.040 §9.2.3.24, T39: UDHL overrun, or no octets to hold UDHL."""
    assert status_of(esm_class=0x40, short_message=octets) == values.ESME_RINVESMCLASS


def test_a_header_may_be_all_there_is() -> None:
    """T39: ports and nothing else make a message."""
    header = bytes([6, 5, 4, 0x0B, 0x84, 0x23, 0xF0])
    candidate = examined(esm_class=0x40, short_message=header)
    assert candidate.command_status == values.ESME_ROK
    assert (candidate.user_data_header, candidate.user_data) == (header, b"")


def test_a_header_may_sit_in_message_payload() -> None:
    """T39: UDHI speaks of the user data, wherever it is."""
    header = bytes([5, 0, 3, 9, 2, 1])
    candidate = examined(esm_class=0x40, short_message=b"", tlvs=payload(header + b"hi"))
    assert (candidate.user_data_header, candidate.user_data) == (header, b"hi")


def test_sar_parameters_become_a_concatenation_header() -> None:
    """SMPP 3.4 §5.3.2.22 to §5.3.2.24, T40: the reference has 16 bits, the order is any."""
    candidate = examined(tlvs=sar(b"\xab\xcd", b"\x03", b"\x02"))
    found = find_concatenation(candidate.user_data_header)
    assert found is not None
    assert (found.reference, found.total, found.number, found.wide) == (0xABCD, 3, 2, True)
    assert candidate.user_data == b"hello"


def test_a_header_goes_before_sar_parameters() -> None:
    """T40: both given, the one in the text is what the phone was meant to get."""
    header = bytes([5, 0, 3, 9, 2, 1])
    tlvs = sar(b"\0\x07", b"\x03", b"\x02")
    candidate = examined(esm_class=0x40, short_message=header + b"hi", tlvs=tlvs)
    assert candidate.user_data_header == header


@pytest.mark.parametrize(
    "tlvs",
    [
        sar(b"\0\x01", b"\x03", b"\x02")[:2],
        sar(b"\0\x01", b"\x00", b"\x00"),
        sar(b"\0\x01", b"\x03", b"\x00"),
        sar(b"\0\x01", b"\x03", b"\x04"),
        sar(b"\0\x01", b"", b""),
        sar(b"\0\x01", b"\x01\x2c", b"\x01"),
        sar(b"\0\x01", b"\x01\x2c", b"\x01\x2c"),
        sar(b"\0\x01", b"\xff" * 9, b"\x02"),
    ],
    ids=[
        "one missing",
        "total 0",
        "number 0",
        "number 4 of 3",
        "empty",
        "300",
        "300 of 300",
        "wide",
    ],
)
def test_sar_parameters_that_make_no_sense_are_ignored(tlvs: list[Tlv]) -> None:
    """SMPP 3.4 §5.3.2.22, T43: all three and a number within the total, of whatever length."""
    candidate = examined(tlvs=tlvs)
    assert candidate.command_status == values.ESME_ROK
    assert candidate.user_data_header == b""


def test_unknown_parameters_are_ignored() -> None:
    """SMPP 3.4 §3.3, T43: tags of others and repeated ones refuse nothing."""
    tlvs = [Tlv(0x1400, b"x"), Tlv(0x1400, b""), Tlv(0xFFFF, b"y")]
    assert status_of(tlvs=tlvs) == values.ESME_ROK


# Times.


def test_an_absolute_schedule_moves_the_message_and_its_validity() -> None:
    """SMPP 3.4 §5.2.15, T42: validity by default counts from the time it is due."""
    candidate = examined(schedule_delivery_time=at(HOUR))
    assert candidate.due_at == NOW + HOUR
    assert candidate.expires_at == NOW + HOUR + VALIDITY_DEFAULT_S


def test_a_relative_time_counts_from_now() -> None:
    """SMPP 3.4 §7.1.1.2, T42: fields of `R` are spans."""
    candidate = examined(
        schedule_delivery_time="000000010000000R", validity_period="000001000000000R"
    )
    assert candidate.due_at == NOW + HOUR
    assert candidate.expires_at == NOW + 24 * HOUR


def test_tenths_and_quarter_hours_count() -> None:
    """SMPP 3.4 §7.1.1.1, T42: `+04` is local time one hour ahead of UTC."""
    local = format_smpp_time(NOW + 2 * HOUR)[:12] + "504+"
    assert examined(schedule_delivery_time=local).due_at == NOW + HOUR + 0.5


def test_a_schedule_in_the_past_is_now() -> None:
    """T42: a message that is late is sent at once."""
    candidate = examined(schedule_delivery_time=at(-HOUR))
    assert candidate.command_status == values.ESME_ROK
    assert candidate.due_at == NOW


@pytest.mark.parametrize("period", [at(-HOUR), at(0), "000000000000000R"])
def test_a_validity_that_is_over_is_refused(period: str) -> None:
    """SMPP 3.4 §5.2.16, T42: nothing that has expired is taken in."""
    assert status_of(validity_period=period) == values.ESME_RINVEXPIRY


@pytest.mark.parametrize("validity_s", [HOUR, 2 * HOUR])
def test_a_validity_that_ends_before_the_schedule_is_refused(validity_s: float) -> None:
    """T42: it could only expire."""
    status = status_of(schedule_delivery_time=at(2 * HOUR), validity_period=at(validity_s))
    assert status == values.ESME_RINVEXPIRY
    assert (
        status_of(schedule_delivery_time=at(2 * HOUR), validity_period=at(3 * HOUR))
        == values.ESME_ROK
    )


def test_a_long_validity_is_capped_and_a_far_schedule_refused() -> None:
    """SMPP 3.4 §5.2.15, §5.2.16: the centre keeps a message only so long."""
    assert examined(validity_period="990000000000000R").expires_at == NOW + VALIDITY_MAX_S
    capped = examined(schedule_delivery_time=at(HOUR), validity_period="000030000000000R")
    assert capped.expires_at == NOW + HOUR + VALIDITY_MAX_S
    assert status_of(schedule_delivery_time=at(SCHEDULE_MAX_S)) == values.ESME_ROK
    assert status_of(schedule_delivery_time=at(SCHEDULE_MAX_S + 1)) == values.ESME_RINVSCHED


@pytest.mark.parametrize(
    "malformed",
    [
        "x",
        "260229120000000+",
        "991301000000000+",
        "270228120000000Z",
        "2702281200000",
        "270228120000057+",
        "27022812000000 +",
        "２７0228120000000+",
        "270228250000000+",
    ],
)
def test_a_malformed_time_is_refused_by_its_own_field(malformed: str) -> None:
    """SMPP 3.4 §7.1.1, T42: each of the two fields with its own status."""
    assert status_of(schedule_delivery_time=malformed) == values.ESME_RINVSCHED
    assert status_of(validity_period=malformed) == values.ESME_RINVEXPIRY
