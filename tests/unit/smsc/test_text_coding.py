"""How texts are read and coded between accounts, carriers and phones."""

import pytest

from carrierbox.codecs import default_coding as dc
from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, Tlv, tlv_octets
from carrierbox.smsc.text_coding import (
    AGREED_CODINGS,
    PLAIN_CODING,
    CarrierCodings,
    TextCoding,
    coding_with_shifts,
    header_octets_of,
    phone_form,
    write_for_account,
)

PART_1_OF_2 = bytes.fromhex("050003070201")
LATIN1 = AGREED_CODINGS[dc.DEFAULT_LATIN1]
PACKED = AGREED_CODINGS[dc.DEFAULT_GSM_PACKED]


@pytest.mark.parametrize(
    ("data_coding", "octets", "coding", "expected"),
    [
        (0, b"\x00\x11", PLAIN_CODING, (0, b"\x00\x11")),
        (0, b"@_", LATIN1, (0, b"\x00\x11")),
        (0, b"@_", AGREED_CODINGS[dc.DEFAULT_ASCII], (0, b"\x00\x11")),
        (0, bytes.fromhex("31d98c56b3dd1a"), PACKED, (0, b"1234567")),
        (0, b"\xea", LATIN1, (8, b"\x00\xea")),
        (3, b"@", PACKED, (0, b"\x00")),
        (8, b"\x04\x16", LATIN1, (8, b"\x04\x16")),
        (4, b"\xff", LATIN1, (4, b"\xff")),
        (0xF0, b"\x00", LATIN1, (0xF0, b"\x00")),
    ],
)
def test_a_phone_gets_what_the_account_meant(
    data_coding: int, octets: bytes, coding: TextCoding, expected: tuple[int, bytes]
) -> None:
    """SMPP 3.4 §5.2.19, T32: 0 is a matter of agreement, everything else is not."""
    form = phone_form(data_coding, b"", octets, coding)
    assert (form.data_coding, form.user_data) == expected


def test_packed_septets_behind_a_header_start_at_a_septet_boundary() -> None:
    """T35: one fill bit after a header of six octets."""
    form = phone_form(0, PART_1_OF_2, bytes.fromhex("d06536fb0d"), PACKED, header_octets=6)
    assert (form.header, form.user_data) == (PART_1_OF_2, b"hello")
    # A header that sar_* TLVs stand for is not among the octets (T40).
    form = phone_form(0, PART_1_OF_2, bytes.fromhex("e8329bfd06"), PACKED)
    assert (form.header, form.user_data) == (PART_1_OF_2, b"hello")
    assert header_octets_of(SubmitSm(), PART_1_OF_2) == 0
    assert header_octets_of(SubmitSm(esm_class=0x43), PART_1_OF_2) == 6


def test_national_tables_are_chosen_where_allowed_and_kept_for_every_attempt() -> None:
    """TS 23.038 §6.2.1.2.4: 100 letters of Portuguese in Latin-1."""
    octets = ("ção " * 25).encode("latin-1")
    form = phone_form(3, b"", octets, PLAIN_CODING, (3,))
    assert (form.data_coding, form.header.hex()) == (0, "03240103")
    kept = coding_with_shifts(PLAIN_CODING, b"", form.header)
    assert (kept.locking_shift, kept.single_shift) == (0, 3)
    again = phone_form(3, b"", octets, kept)
    assert (again.header, again.user_data) == (form.header, form.user_data)
    assert coding_with_shifts(kept, b"", b"") is kept
    assert phone_form(3, b"", octets, PLAIN_CODING).data_coding == 8


def test_a_part_that_its_client_cut_loses_accents_rather_than_its_end() -> None:
    """T36: 153 characters of Latin-1 are one part of GSM 7-bit, and three of UCS-2."""
    octets = ("tête-à-tête … " * 11)[:153].replace("…", "×").encode("latin-1")
    form = phone_form(3, PART_1_OF_2, octets, PLAIN_CODING)
    assert form.data_coding == 0
    assert form.user_data.startswith(b"tete-\x7f-tete ? tete")
    short = phone_form(3, PART_1_OF_2, octets[:20], PLAIN_CODING)
    assert short.data_coding == 8
    national = phone_form(3, PART_1_OF_2, "ç".encode("latin-1") * 76, PLAIN_CODING, (3,))
    assert (national.data_coding, len(national.user_data)) == (0, 76)


@pytest.mark.parametrize(
    ("written", "agreed", "octets", "expected"),
    [
        (PLAIN_CODING, PLAIN_CODING, b"\x00", (0, b"\x00")),
        (PLAIN_CODING, LATIN1, b"\x00\x05", (0, b"@\xe9")),
        (PLAIN_CODING, PACKED, b"1234567", (0, bytes.fromhex("31d98c56b3dd1a"))),
        (PLAIN_CODING, LATIN1, b"\x10", (8, b"\x03\x94")),
        (LATIN1, PLAIN_CODING, b"@", (0, b"\x00")),
        (LATIN1, PACKED, b"@", (0, b"\x00")),
        (PACKED, LATIN1, bytes.fromhex("e8329bfd06"), (0, b"hello")),
        (LATIN1, PLAIN_CODING, b"\xea", (8, b"\x00\xea")),
    ],
)
def test_a_deliver_sm_is_written_as_its_account_reads_it(
    written: TextCoding, agreed: TextCoding, octets: bytes, expected: tuple[int, bytes]
) -> None:
    """T32: from phones, whose text is GSM 7-bit, and from other accounts."""
    pdu = DeliverSm(short_message=octets)
    write_for_account(pdu, written, agreed)
    assert (pdu.data_coding, pdu.short_message) == expected


def test_other_codings_and_headers_that_are_none_pass_as_they_are() -> None:
    """T39: a header that reaches beyond the octets."""
    for pdu in (
        DeliverSm(data_coding=8, short_message=b"\x04\x16"),
        DeliverSm(esm_class=0x40, short_message=b"\x09a"),
    ):
        before = (pdu.data_coding, pdu.esm_class, pdu.short_message)
        write_for_account(pdu, PLAIN_CODING, LATIN1)
        assert (pdu.data_coding, pdu.esm_class, pdu.short_message) == before


def test_a_header_of_national_tables_goes_with_its_septets() -> None:
    """TS 23.040 §9.2.3.24.15: in Latin-1 there is nothing left to shift."""
    pdu = DeliverSm(esm_class=0x40, short_message=bytes.fromhex("03240103") + b"\x1b\x09")
    write_for_account(pdu, PLAIN_CODING, LATIN1)
    assert (pdu.esm_class, pdu.data_coding, pdu.short_message) == (0, 0, b"\xe7")


def test_what_outgrows_short_message_goes_as_a_payload() -> None:
    """SMPP 3.4 §5.3.2.32, T40: 160 Greek letters are 320 octets of UTF-16."""
    pdu = DeliverSm(short_message=b"\x10" * 160)
    write_for_account(pdu, PLAIN_CODING, LATIN1)
    assert (pdu.data_coding, pdu.short_message) == (8, b"")
    assert tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) == "Δ".encode("utf-16-be") * 160
    payload = DeliverSm(tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, b"\x00")])
    write_for_account(payload, PLAIN_CODING, LATIN1)
    assert (payload.short_message, tlv_octets(payload.tlvs, TAG_MESSAGE_PAYLOAD)) == (b"", b"@")


def test_carriers_have_codings_by_country() -> None:
    """The default is for all the others."""
    codings = CarrierCodings(dc.DEFAULT_ASCII, {"FR": dc.DEFAULT_LATIN1})
    assert codings.of_country("FR") is LATIN1
    assert codings.of_country("").default_coding == dc.DEFAULT_ASCII
    assert CarrierCodings().of_country("FR") is PLAIN_CODING
