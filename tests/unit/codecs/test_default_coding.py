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
    assert dc.decode_text_by_default(octets, 0, dc.DEFAULT_GSM_PACKED, 6) == "hello"
    assert octets.hex() == "d06536fb0d"


def test_each_coding_has_a_name() -> None:
    """Configuration and displays use it."""
    assert dc.DEFAULT_CODING_NAMES[dc.DEFAULT_GSM_PACKED] == "gsm_packed"
    assert len(set(dc.DEFAULT_CODING_NAMES)) == 4
