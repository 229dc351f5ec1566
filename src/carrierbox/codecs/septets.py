"""Septets packed into octets, lowest bit first (TS 23.038 §6.1.2.1), and unpacked again.

A walk over single septets costs microseconds a message. Here one large integer holds the whole
text: eight slots of eight bits shrink to one of 56 bits in three steps, each closing the gaps
between neighbours everywhere at once; then every eighth octet is empty and is dropped.
"""

from typing import Final

# One round of work; its packed form is a whole number of octets, so that rounds can be joined.
_ROUND_SEPTETS: Final = 256
_ROUND_OCTETS: Final = 224

# The upper neighbour of each pair after 0, 1 and 2 steps.
_UPPER_7_OF_16: Final = int.from_bytes(b"\x00\x7f" * 128, "little")
_UPPER_14_OF_32: Final = int.from_bytes(b"\x00\x00\xff\x3f" * 64, "little")
_UPPER_28_OF_64: Final = int.from_bytes(b"\x00\x00\x00\x00\xff\xff\xff\x0f" * 32, "little")
# The same before they are spread apart again.
_UPPER_28_OF_56: Final = int.from_bytes(b"\x00\x00\x00\xf0\xff\xff\xff\x00" * 32, "little")
_UPPER_14_OF_28: Final = int.from_bytes(b"\x00\xc0\xff\x0f" * 64, "little")
_UPPER_7_OF_14: Final = int.from_bytes(b"\x80\x3f" * 128, "little")

_LOW_SEVEN_BITS: Final = bytes(range(128)) * 2


def fill_bits_after(header_octets: int) -> int:
    """How many bits stand between a user data header and the first septet (TS 23.040 §9.2.3.24).

    `header_octets` counts the header's length octet; the answer is 0 to 6.
    """
    return -header_octets * 8 % 7


def pack_septets(septets: bytes, fill_bits: int = 0) -> bytes:
    """Pack `septets`, one per octet, behind `fill_bits` zero bits (0 to 7).

    Spare bits at the end are zero. Of an octet above 0x7F the low seven bits count.
    """
    if not septets.isascii():
        septets = septets.translate(_LOW_SEVEN_BITS)
    if len(septets) <= _ROUND_SEPTETS:
        packed = _pack_round(septets)
    else:
        packed = b"".join(
            [
                _pack_round(septets[start : start + _ROUND_SEPTETS])
                for start in range(0, len(septets), _ROUND_SEPTETS)
            ]
        )
    if fill_bits:
        length_octets = (len(septets) * 7 + fill_bits + 7) // 8
        bits = int.from_bytes(packed, "little") << fill_bits
        return bits.to_bytes(length_octets, "little")
    return packed


def unpack_septets(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """The `count` septets behind `fill_bits` bits (0 to 7), one per octet.

    Octets that end early give the whole septets they hold, so the answer can be shorter.
    """
    if fill_bits:
        bits = int.from_bytes(octets, "little") >> fill_bits
        count = min(count, (len(octets) * 8 - fill_bits) // 7)
        octets = bits.to_bytes(len(octets), "little")
    else:
        count = min(count, len(octets) * 8 // 7)
    if count <= 0:
        return b""
    if count <= _ROUND_SEPTETS:
        return _unpack_round(octets, count)
    unpacked: list[bytes] = []
    for start in range(0, (count * 7 + 7) // 8, _ROUND_OCTETS):
        unpacked.append(_unpack_round(octets[start : start + _ROUND_OCTETS], _ROUND_SEPTETS))
    return b"".join(unpacked)[:count]


def _pack_round(septets: bytes) -> bytes:
    bits = int.from_bytes(septets, "little")
    bits -= (bits & _UPPER_7_OF_16) >> 1
    bits -= ((bits & _UPPER_14_OF_32) >> 2) * 3
    bits -= ((bits & _UPPER_28_OF_64) >> 4) * 15
    groups = bytearray(bits.to_bytes((len(septets) + 7) // 8 * 8, "little"))
    del groups[7::8]
    return bytes(groups[: (len(septets) * 7 + 7) // 8])


def _unpack_round(octets: bytes, count: int) -> bytes:
    length_groups = (count + 7) // 8
    octets = octets[: length_groups * 7].ljust(length_groups * 7, b"\x00")
    groups = bytearray(length_groups * 8)
    for place in range(7):
        groups[place::8] = octets[place::7]
    bits = int.from_bytes(groups, "little")
    bits += (bits & _UPPER_28_OF_56) * 15
    bits += (bits & _UPPER_14_OF_28) * 3
    bits += bits & _UPPER_7_OF_14
    return bits.to_bytes(length_groups * 8, "little")[:count]
