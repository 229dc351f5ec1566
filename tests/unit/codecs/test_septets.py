"""Septets packed into octets and unpacked again."""

import pytest

from carrierbox.codecs.septets import fill_bits_after, pack_septets, unpack_septets


def packed_bit_by_bit(septets: bytes, fill_bits: int) -> bytes:
    """The plain reading of TS 23.038 §6.1.2.1."""
    bits = "0" * fill_bits + "".join(f"{septet:07b}"[::-1] for septet in septets)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[start : start + 8][::-1], 2) for start in range(0, len(bits), 8))


@pytest.mark.parametrize("fill_bits", range(7))
def test_every_length_of_a_message_is_packed_as_written_and_returns(fill_bits: int) -> None:
    """TS 23.038 §6.1.2.1, lengths 0 to 160 and beyond one round of the packer."""
    pattern = bytes((place * 37 + 11) % 128 for place in range(600))
    for length in [*range(161), 255, 256, 257, 511, 512, 513, 600]:
        septets = pattern[:length]
        packed = pack_septets(septets, fill_bits)
        assert packed == packed_bit_by_bit(septets, fill_bits)
        assert unpack_septets(packed, length, fill_bits) == septets


def test_the_extreme_septets_keep_to_their_own_bits() -> None:
    """TS 23.038 §6.1.2.1: no bit reaches a neighbour."""
    assert pack_septets(b"\x7f" * 160) == b"\xff" * 140
    assert unpack_septets(b"\xff" * 140, 160) == b"\x7f" * 160
    assert pack_septets(bytes(160)) == bytes(140)


def test_the_top_bit_of_an_octet_is_left_out() -> None:
    """T32: octets that are no septets do not spoil the rest."""
    assert pack_septets(b"\xe8ello") == pack_septets(b"hello")


def test_the_count_decides_about_seven_spare_bits() -> None:
    """T35: seven characters leave room for an eighth that is not there."""
    packed = pack_septets(b"1234567")
    assert unpack_septets(packed, 7) == b"1234567"
    assert unpack_septets(packed, 8) == b"1234567\x00"


@pytest.mark.parametrize(
    ("octets", "count", "fill_bits", "length"),
    [
        (b"", 160, 0, 0),
        (b"\x31", 2, 0, 1),
        (b"\x31\xd9", 9, 0, 2),
        (b"\x31", 1, 6, 0),
        (b"", 1, 3, 0),
    ],
)
def test_octets_that_end_early_give_the_whole_septets_they_hold(
    octets: bytes, count: int, fill_bits: int, length: int
) -> None:
    """TS 23.040 §9.2.3.16: a TP-UDL that claims too much."""
    assert len(unpack_septets(octets, count, fill_bits)) == length


def test_no_septets_are_unpacked_for_a_count_below_one() -> None:
    """A header longer than TP-UDL leaves less than nothing."""
    assert unpack_septets(b"\xff\xff", -3) == b""
    assert unpack_septets(b"\xff\xff", 0, 1) == b""


@pytest.mark.parametrize(
    ("header_octets", "bits"), [(0, 0), (4, 3), (6, 1), (7, 0), (8, 6), (12, 2)]
)
def test_fill_bits_reach_the_next_septet_boundary(header_octets: int, bits: int) -> None:
    """TS 23.040 §9.2.3.24, T35."""
    assert fill_bits_after(header_octets) == bits
