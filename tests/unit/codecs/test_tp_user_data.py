"""TP-UDL and TP-UD."""

import pytest

from carrierbox.codecs.tp_user_data import (
    TpUserData,
    decode_tp_user_data,
    length_octets,
    tp_user_data,
)
from carrierbox.errors import CodecError

PART = bytes.fromhex("050003010201")


@pytest.mark.parametrize(
    ("header", "user_data", "tp_dcs", "length", "octets"),
    [
        (b"", b"hello", 0x00, 5, "e8329bfd06"),
        (b"", b"", 0x00, 0, ""),
        (PART, b"", 0x00, 7, "05000301020100"),
        (PART, b"Hello, w", 0x00, 15, "050003010201906536fbcd02dd"),
        (b"", b"\x00H", 0x08, 2, "0048"),
        (PART, b"\x00H", 0x08, 8, "0500030102010048"),
        (b"", b"\xff\x00", 0x04, 2, "ff00"),
        (b"", b"\xff\x00", 0x20, 2, "ff00"),
    ],
)
def test_user_data_is_packed_behind_its_header_and_unpacked(
    header: bytes, user_data: bytes, tp_dcs: int, length: int, octets: str
) -> None:
    """TS 23.040 §9.2.3.16, §9.2.3.24, T35: septets are counted with header and fill bits."""
    packed = tp_user_data(header, user_data, tp_dcs)
    assert packed.length == length
    assert packed.octets.hex().startswith(octets)
    assert packed.unpack() == (header, user_data)
    encoded = packed.encode()
    assert encoded[0] == length
    decoded, end = decode_tp_user_data(encoded, 0, tp_dcs, bool(header), 140)
    assert decoded == packed
    assert hash(decoded) == hash(packed)
    assert end == len(encoded)


@pytest.mark.parametrize(
    ("header", "user_data", "tp_dcs", "fits"),
    [
        (b"", b"a" * 160, 0x00, True),
        (b"", b"a" * 161, 0x00, False),
        (PART, b"a" * 153, 0x00, True),
        (PART, b"a" * 154, 0x00, False),
        (PART, b"a" * 134, 0x04, True),
        (PART, b"a" * 135, 0x04, False),
        (b"\x05\x00", b"a", 0x00, False),
    ],
)
def test_140_octets_are_the_most(header: bytes, user_data: bytes, tp_dcs: int, fits: bool) -> None:
    """T36: 160 and 153 septets, 134 octets."""
    if fits:
        assert tp_user_data(header, user_data, tp_dcs).unpack() == (header, user_data)
    else:
        with pytest.raises(CodecError):
            tp_user_data(header, user_data, tp_dcs)


def test_text_is_read_by_the_languages_of_its_header() -> None:
    """TS 23.040 §9.2.3.24.15."""
    assert tp_user_data(bytes.fromhex("03240102"), b"d\x1bia", 0x00).text() == "día"
    assert tp_user_data(b"", b"\x30\x6f", 0x08).text() == "は"


@pytest.mark.parametrize(
    ("octets", "tp_dcs", "has_header", "position"),
    [
        ("", 0, False, 0),
        ("05e8329bfd", 0, False, 0),
        ("a1" + "00" * 141, 0, False, 0),
        ("8d" + "00" * 141, 4, False, 0),
        ("020500", 4, True, 1),
        ("00", 0, True, 1),
    ],
)
def test_a_length_that_does_not_match_is_an_error(
    octets: str, tp_dcs: int, has_header: bool, position: int
) -> None:
    """TS 23.040 §9.2.3.16, T39."""
    with pytest.raises(CodecError) as caught:
        decode_tp_user_data(bytes.fromhex(octets), 0, tp_dcs, has_header, 140)
    assert caught.value.position == position


def test_a_header_that_leaves_no_septet_has_no_text() -> None:
    """T38: some count the octets of the header alone."""
    user_data, _ = decode_tp_user_data(b"\x06" + PART, 0, 0, True, 140)
    assert user_data.unpack() == (PART, b"")


def test_what_does_not_belong_together_is_not_encoded() -> None:
    """TS 23.040 §9.2.3.16."""
    for wrong in (
        TpUserData(3, b"", 4, False),
        TpUserData(256, bytes(256), 4, False),
        TpUserData(141, bytes(141), 4, False),
    ):
        with pytest.raises(CodecError):
            wrong.encode()
    assert TpUserData(0, b"", 0, False) != 0
    assert repr(TpUserData(1, b"a", 4, False)) == "TpUserData(1, '61', 4, False)"
    assert length_octets(160, 0x00) == 140
