"""data_coding 0 by agreement."""

import pytest

from carrierbox.codecs import default_coding as dc


@pytest.mark.parametrize(
    ("default_coding", "octets", "text", "user_data"),
    [
        (dc.DEFAULT_GSM_UNPACKED, "000b", "@Ø", b"\x00\x0b"),
        (dc.DEFAULT_GSM_PACKED, "31d98c56b3dd1a", "1234567", b"1234567"),
        (dc.DEFAULT_GSM_PACKED, "e8329bfd06", "hello", b"hello"),
        (dc.DEFAULT_LATIN1, "40e9", "@é", b"\x00\x05"),
        (dc.DEFAULT_ASCII, "4041", "@A", b"\x00A"),
    ],
)
def test_data_coding_0_means_what_was_agreed(
    default_coding: int, octets: str, text: str, user_data: bytes
) -> None:
    """SMPP 3.4 §5.2.19, T32: GSM unpacked or packed, Latin-1, ASCII."""
    raw = bytes.fromhex(octets)
    assert dc.decode_text_by_default(raw, 0, default_coding) == text
    assert dc.to_user_data_by_default(raw, 0, default_coding) == (0, user_data)
    assert dc.encode_text_by_default(text, default_coding) == (0, raw)


@pytest.mark.parametrize("default_coding", range(4))
def test_every_other_data_coding_is_no_matter_of_agreement(default_coding: int) -> None:
    """SMPP 3.4 §5.2.19."""
    assert dc.decode_text_by_default(b"\x04\x1f", 8, default_coding) == "П"
    assert dc.to_user_data_by_default(b"\x04\x1f", 8, default_coding) == (8, b"\x04\x1f")
    assert dc.encode_text_by_default("П", default_coding) == (8, b"\x04\x1f")


def test_a_text_that_does_not_fit_the_agreement_goes_wide() -> None:
    """T32: the euro has a place in GSM 7-bit and none in Latin-1."""
    assert dc.encode_text_by_default("€", dc.DEFAULT_LATIN1) == (8, b"\x20\xac")
    assert dc.encode_text_by_default("€", dc.DEFAULT_GSM_PACKED) == (0, bytes.fromhex("9b32"))


def test_fill_bits_follow_a_header() -> None:
    """T35."""
    _, octets = dc.encode_text_by_default("hello", dc.DEFAULT_GSM_PACKED, 6)
    header = bytes.fromhex("050003010201")
    assert dc.decode_text_by_default(octets, 0, dc.DEFAULT_GSM_PACKED, header) == "hello"
    assert octets.hex() == "d06536fb0d"


@pytest.mark.parametrize("length", range(1, 20))
def test_packed_text_behind_a_header_keeps_its_last_character(length: int) -> None:
    """T35: 7 spare bits hold a carriage return, with any number of fill bits before the text."""
    for header in (b"", bytes.fromhex("050003010201"), bytes.fromhex("06080400010201")):
        text = ("abcdefgh" * 3)[:length]
        data_coding, octets = dc.encode_text_by_default(text, dc.DEFAULT_GSM_PACKED, len(header))
        assert dc.said_plainly(octets, data_coding, dc.DEFAULT_GSM_PACKED, len(header)) == (
            0,
            text.encode(),
        )


@pytest.mark.parametrize(
    ("default_coding", "header", "user_data", "expected"),
    [
        (dc.DEFAULT_GSM_UNPACKED, "", b"\x00a", (0, b"", b"\x00a")),
        (dc.DEFAULT_GSM_PACKED, "", b"1234567", (0, b"", bytes.fromhex("31d98c56b3dd1a"))),
        (dc.DEFAULT_LATIN1, "", b"\x00\x05", (0, b"", b"@\xe9")),
        (dc.DEFAULT_LATIN1, "", b"\x1be", (8, b"", b"\x20\xac")),
        (dc.DEFAULT_LATIN1, "03240103", b"\x1b\x09", (0, b"", b"\xe7")),
        (dc.DEFAULT_ASCII, "080003070201240103", b"hi", (0, bytes.fromhex("050003070201"), b"hi")),
        (dc.DEFAULT_ASCII, "0324", b"hi", (0, bytes.fromhex("0324"), b"hi")),
    ],
)
def test_what_a_phone_sent_is_written_as_its_account_reads_it(
    default_coding: int, header: str, user_data: bytes, expected: tuple[int, bytes, bytes]
) -> None:
    """T32: without the national tables where no septets are left; TS 23.040 §9.2.3.24.15."""
    found = dc.from_user_data_by_default(user_data, 0, bytes.fromhex(header), default_coding)
    assert found == expected


def test_a_coding_that_is_said_is_no_matter_of_agreement() -> None:
    """A flash text and octets pass as they came."""
    assert dc.from_user_data_by_default(b"hi", 0x10, b"", dc.DEFAULT_LATIN1) == (0x10, b"", b"hi")
    assert dc.from_user_data_by_default(b"\xff", 4, b"", dc.DEFAULT_LATIN1) == (4, b"", b"\xff")


def test_a_receipt_is_packed_for_whoever_packs() -> None:
    """T32: for all others it is ASCII, as carriers write it."""
    text = "id:1 stat:DELIVRD"
    for default_coding in (dc.DEFAULT_GSM_UNPACKED, dc.DEFAULT_LATIN1, dc.DEFAULT_ASCII):
        assert dc.receipt_octets(text + "_é", default_coding) == text.encode() + b"_?"
    packed = dc.receipt_octets(text + "`_", dc.DEFAULT_GSM_PACKED)
    assert dc.decode_text_by_default(packed, 0, dc.DEFAULT_GSM_PACKED) == text + "?_"


def test_each_coding_has_a_name() -> None:
    """Configuration and displays use it."""
    assert dc.DEFAULT_CODING_NAMES[dc.DEFAULT_GSM_PACKED] == "gsm_packed"
    assert len(set(dc.DEFAULT_CODING_NAMES)) == 4
