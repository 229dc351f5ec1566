"""A text as the submit_sm PDUs that carry it."""

import pytest

from carrierbox.codecs.default_coding import (
    DEFAULT_ASCII,
    DEFAULT_GSM_PACKED,
    DEFAULT_GSM_UNPACKED,
    DEFAULT_LATIN1,
    decode_text_by_default,
)
from carrierbox.codecs.national_language import languages_named
from carrierbox.codecs.user_data_header import find_concatenation, split_user_data_header
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    Tlv,
    tlv_int,
    tlv_octets,
)
from carrierbox.smpp.values import ESM_CLASS_UDHI
from carrierbox.submissions import (
    SAR,
    UDH,
    address_of,
    coded_text,
    sender_address,
    submits_in_parts,
    tlvs_said,
    whole_submit,
)

CODINGS = (DEFAULT_GSM_UNPACKED, DEFAULT_GSM_PACKED, DEFAULT_LATIN1, DEFAULT_ASCII)


def text_of(submit: SubmitSm, default_coding: int) -> str:
    """What a carrier that agreed on `default_coding` reads."""
    octets = tlv_octets(submit.tlvs, TAG_MESSAGE_PAYLOAD) or submit.short_message
    header = b""
    if submit.esm_class & ESM_CLASS_UDHI:
        header, octets = split_user_data_header(octets)
    return decode_text_by_default(octets, submit.data_coding, default_coding, header)


def test_addresses_are_written_as_people_write_them() -> None:
    """A number with its plus, a short code, a name, nothing (SMPP 3.4 §5.2.5)."""
    assert address_of("+33 6 12 34 56 78") == Address(1, 1, "33612345678")
    assert address_of("12345") == Address(0, 1, "12345")
    assert address_of("1" * 21) == Address(0, 1, "1" * 21)
    assert address_of("ACME") == Address(5, 0, "ACME")
    assert address_of("") == Address(0, 0, "")


def test_a_sender_has_the_address_of_its_kind() -> None:
    """A long number without a plus is international, one of ten digits national (T45)."""
    assert sender_address("33612345678") == Address(1, 1, "33612345678")
    assert sender_address("4155550123") == Address(2, 1, "4155550123")
    assert sender_address(" ACME ") == Address(5, 0, "ACME")
    assert sender_address("12") == Address(0, 1, "12")
    assert sender_address("MUCH TOO LONG") == Address(5, 0, "MUCH TOO LONG")


@pytest.mark.parametrize("default_coding", CODINGS)
@pytest.mark.parametrize("length", [1, 160, 254, 300, 1000])
@pytest.mark.parametrize("letter", ["a", "é", "€", "ж"])
def test_a_whole_text_is_read_as_it_was_written(
    letter: str, length: int, default_coding: int
) -> None:
    """T32: whatever data_coding 0 means; beyond 254 octets in a message_payload."""
    coded = coded_text(letter * length, None, default_coding)
    submit = whole_submit(SubmitSm(), coded, default_coding)
    assert text_of(submit, default_coding) == letter * length
    assert len(submit.short_message) <= 254
    assert (tlv_octets(submit.tlvs, TAG_MESSAGE_PAYLOAD) is None) == bool(submit.short_message)


@pytest.mark.parametrize("default_coding", CODINGS)
@pytest.mark.parametrize("parts", [UDH, SAR])
@pytest.mark.parametrize("letter", ["a", "é", "ж"])
def test_parts_are_read_one_behind_the_other(letter: str, parts: str, default_coding: int) -> None:
    """Each in one short message, all under one reference."""
    coded = coded_text(letter * 500, None, default_coding)
    submits = submits_in_parts(SubmitSm, coded, parts, 9, default_coding)
    assert len(submits) > 1
    assert "".join(text_of(each, default_coding) for each in submits) == letter * 500
    for number, submit in enumerate(submits, 1):
        assert len(submit.short_message) <= 160
        if parts == SAR:
            assert [
                tlv_int(submit.tlvs, tag)
                for tag in (TAG_SAR_MSG_REF_NUM, TAG_SAR_TOTAL_SEGMENTS, TAG_SAR_SEGMENT_SEQNUM)
            ] == [9, len(submits), number]
            assert submit.esm_class == 0
        else:
            part = find_concatenation(split_user_data_header(submit.short_message)[0])
            assert part is not None
            assert (part.reference, part.total, part.number) == (9, len(submits), number)


def test_a_text_of_one_part_is_not_cut() -> None:
    """It carries no header and no TLV."""
    for parts in (UDH, SAR):
        (submit,) = submits_in_parts(SubmitSm, coded_text("Hi"), parts, 9)
        assert (submit.short_message, submit.esm_class, submit.tlvs) == (b"Hi", 0, [])
    with pytest.raises(CodecError, match="255"):
        submits_in_parts(SubmitSm, coded_text("x" * 40_000), UDH, 9)


def test_a_data_coding_that_was_chosen_is_kept_to() -> None:
    """Or the text cannot be written; 0 is what was agreed."""
    assert coded_text("é", 3).user_data == b"\xe9"
    assert coded_text("é", 0).user_data == b"\x05"
    assert coded_text("é", 0, DEFAULT_LATIN1).user_data == b"\xe9"
    assert coded_text("é", 8).user_data == b"\x00\xe9"
    assert coded_text("Hi", 0xF0).user_data == b"Hi"
    for data_coding, default_coding in ((1, 0), (0, DEFAULT_ASCII)):
        with pytest.raises(CodecError, match=f"data_coding {data_coding} cannot write 'é'"):
            coded_text("é", data_coding, default_coding)


@pytest.mark.parametrize("default_coding", [DEFAULT_GSM_UNPACKED, DEFAULT_GSM_PACKED])
def test_national_tables_are_named_in_the_header(default_coding: int) -> None:
    """TS 23.038 §6.2.1.2.4: where they save parts."""
    text = "ş" * 150
    coded = coded_text(text, None, default_coding, languages_named(["turkish"]))
    submit = whole_submit(SubmitSm(), coded, default_coding)
    assert (submit.data_coding, submit.esm_class) == (0, ESM_CLASS_UDHI)
    assert text_of(submit, default_coding) == text


def test_tlvs_are_hexadecimal_digits_by_tag() -> None:
    """And the class is one of them (0x1480)."""
    assert tlvs_said({"0x1401": "0a", "5000": ""}, "otp") == [
        Tlv(0x1401, b"\x0a"),
        Tlv(5000, b""),
        Tlv(0x1480, b"otp"),
    ]
    for tag, digits in (("x", "0a"), ("0x1401", "0"), ("0x10000", ""), ("-1", "")):
        with pytest.raises(ValueError, match="write it as '0x1401': '0a'"):
            tlvs_said({tag: digits})
