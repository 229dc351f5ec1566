"""Packed septets where only octets are counted."""

import pytest

from carrierbox.codecs.packed_short_message import (
    pack_septets_for_smpp,
    unpack_septets_from_smpp,
)
from carrierbox.codecs.septets import pack_septets


@pytest.mark.parametrize("header_octets", [0, 4, 6, 7, 8, 12])
def test_every_length_returns(header_octets: int) -> None:
    """T35: also where seven bits are spare, with a header and its fill bits in front."""
    for length in range(161):
        septets = bytes((place * 37 + 11) % 127 + 1 for place in range(length))
        if septets.endswith(b"\r"):
            continue
        packed = pack_septets_for_smpp(septets, header_octets)
        assert unpack_septets_from_smpp(packed, header_octets) == septets


def test_seven_spare_bits_hold_a_carriage_return() -> None:
    """TS 23.038 §6.1.2.3.1, T35: zeros would read as `@`."""
    assert pack_septets_for_smpp(b"1234567").hex() == "31d98c56b3dd1a"
    assert pack_septets_for_smpp(b"12345678") == pack_septets(b"12345678")
    assert pack_septets_for_smpp(b"123456") == pack_septets(b"123456")


@pytest.mark.parametrize(
    ("packed", "septets"),
    [
        ("31d98c56b3dd1a", b"1234567"),
        ("31d98c56b3dd00", b"1234567"),
        ("31d98c56b3dd70", b"12345678"),
        ("", b""),
        ("1a", b"\x1a"),
    ],
)
def test_one_filled_septet_is_dropped(packed: str, septets: bytes) -> None:
    """T35: the carriage return, or the `@` of those who fill with zeros."""
    assert unpack_septets_from_smpp(bytes.fromhex(packed)) == septets


def test_never_more_than_one_is_dropped() -> None:
    """T35: two `@` before the last octet boundary are a text that ends in one."""
    assert unpack_septets_from_smpp(pack_septets(b"123456\x00\x00")) == b"123456\x00"
    assert unpack_septets_from_smpp(pack_septets(b"123456\r\r")) == b"123456\r"


def test_a_return_of_the_text_itself_survives() -> None:
    """TS 23.038 §6.1.2.3.1: it is written twice, for the reader cannot know."""
    packed = pack_septets_for_smpp(b"1234567\r")
    assert unpack_septets_from_smpp(packed) == b"1234567\r\r"
    assert unpack_septets_from_smpp(pack_septets_for_smpp(b"123\r")) == b"123\r"
