"""Optional parameters."""

import pytest

from carrierbox.errors import CodecError, LocalProtocolError
from carrierbox.smpp import tlv
from carrierbox.smpp.tlv import Tlv, decode_tlvs, describe_tlv, encode_tlvs


def test_order_repetition_and_unknown_tags_survive() -> None:
    """SMPP 3.4 §3.2.4.1: any order; unknown ones are for the next to ignore."""
    tlvs = [Tlv(0x1403, b"x"), Tlv(0x0381, b"1"), Tlv(0x0005, b""), Tlv(0x0381, b"2")]
    octets = encode_tlvs(tlvs)
    assert decode_tlvs(b"head" + octets, 4, 4 + len(octets)) == tlvs


def test_a_lone_nul_at_the_end_is_forgiven() -> None:
    """T05."""
    assert decode_tlvs(b"\0", 0, 1) == []
    assert decode_tlvs(bytes.fromhex("0204000200ff00"), 0, 7) == [Tlv(0x0204, b"\0\xff")]


@pytest.mark.parametrize("octets", ["01", "0000", "000000", "020400", "0204000200", "02040001ffff"])
def test_octets_left_over_or_missing_are_an_error(octets: str) -> None:
    """T05, SMPP 3.4 §3.2.4: the stream of TLVs cannot be followed."""
    with pytest.raises(CodecError):
        decode_tlvs(bytes.fromhex(octets), 0, len(octets) // 2)


def test_what_does_not_fit_is_not_written() -> None:
    """Sixteen bits of tag and of length."""
    for wrong in (Tlv(0x10000, b""), Tlv(-1, b""), Tlv(1, bytes(65_536))):
        with pytest.raises(LocalProtocolError):
            encode_tlvs([wrong])
    assert len(encode_tlvs([Tlv(tlv.TAG_MESSAGE_PAYLOAD, bytes(65_535))])) == 65_539


def test_values_are_read_by_tag() -> None:
    """The first of that tag; a C-Octet String with or without its NUL."""
    tlvs = [Tlv(0x0427, b"\2"), Tlv(0x001E, b"AB\0"), Tlv(0x0427, b"\5")]
    assert tlv.tlv_int(tlvs, 0x0427) == 2
    assert tlv.tlv_text(tlvs, 0x001E) == tlv.tlv_text([Tlv(0x001E, b"AB")], 0x001E) == "AB"
    assert tlv.tlv_octets(tlvs, 0x001E) == b"AB\0"
    assert tlv.tlv_int(tlvs, 1) is None
    assert tlv.tlv_text(tlvs, 1) is None
    assert tlv.tlv_octets(tlvs, 1) is None


def test_values_are_made_by_tag() -> None:
    """As wide as the specification says."""
    assert tlv.integer_tlv(tlv.TAG_USER_MESSAGE_REFERENCE, 5) == Tlv(0x0204, b"\0\5")
    assert tlv.text_tlv(tlv.TAG_RECEIPTED_MESSAGE_ID, "A") == Tlv(0x001E, b"A\0")
    for tag, value in ((0x0427, 256), (0x0427, -1), (0x0424, 1), (0x9999, 1)):
        with pytest.raises(LocalProtocolError):
            tlv.integer_tlv(tag, value)
    with pytest.raises(LocalProtocolError):
        tlv.text_tlv(0x001E, "€")


@pytest.mark.parametrize(
    ("one", "described"),
    [
        (Tlv(0x0427, b"\2"), ("message_state", 2)),
        (Tlv(0x0010, b"\0\2"), ("source_telematics_id", 2)),
        (Tlv(0x001E, b"AB\0"), ("receipted_message_id", "AB")),
        (Tlv(0x0423, b"\3\0\x1b"), ("network_error_code", b"\3\0\x1b")),
        (Tlv(0x0427, b"\2\2"), ("message_state", b"\2\2")),
        (Tlv(0x130C, b""), ("alert_on_message_delivery", b"")),
        (Tlv(0x1403, b"x"), ("0x1403", b"x")),
    ],
)
def test_a_tlv_is_described(one: Tlv, described: tuple[str, object]) -> None:
    """By its kind; where its length is wrong, as its octets."""
    assert describe_tlv(one) == described


def test_tlvs_are_values() -> None:
    """Equal by content."""
    assert len({Tlv(1, b"x"), Tlv(1, b"x"), Tlv(1, b"y"), Tlv(2, b"x")}) == 3
    assert Tlv(1, b"x") != (1, b"x")
    assert repr(Tlv(0x1E, b"x")) == "Tlv(0x001E, b'x')"
    assert all(tag == definition.tag for tag, definition in tlv.TLV_DEFINITIONS.items())
    assert len({definition.name for definition in tlv.TLV_DEFINITIONS.values()}) == len(
        tlv.TLV_DEFINITIONS
    )
