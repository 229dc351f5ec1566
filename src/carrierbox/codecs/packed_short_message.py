"""Packed GSM 7-bit in an SMPP short_message, where nothing tells the number of septets.

A TPDU counts septets, so its spare bits are zero. In a short_message only octets are counted, and
seven spare zero bits would read as one more `@`: as in USSD, the only place where the specification
has the same problem, they hold a carriage return (TS 23.038 §6.1.2.3.1).
"""

from typing import Final

from carrierbox.codecs.septets import fill_bits_after, pack_septets, unpack_septets

_CARRIAGE_RETURN: Final = 0x0D
_COMMERCIAL_AT: Final = 0x00


def pack_septets_for_smpp(septets: bytes, header_octets: int = 0) -> bytes:
    """Pack `septets` as they follow a user data header of `header_octets`, UDHL counted.

    Seven spare bits are filled with a carriage return. A text that ends in one on an octet boundary
    gets a second, so that one is left whatever the reader drops.
    """
    fill_bits = fill_bits_after(header_octets)
    spare_bits = -(fill_bits + len(septets) * 7) % 8
    ends_in_return = spare_bits == 0 and septets.endswith(b"\r")
    if spare_bits == 7 or ends_in_return:
        septets += b"\r"
    return pack_septets(septets, fill_bits)


def unpack_septets_from_smpp(octets: bytes, header_octets: int = 0) -> bytes:
    """The septets of `octets` that follow a user data header of `header_octets`.

    A carriage return or an `@` that ends exactly on the last octet boundary is taken for filling
    and dropped, never a second one. A text whose own last `@` stands there loses it: nothing in
    the octets tells the two apart.
    """
    fill_bits = fill_bits_after(header_octets)
    bits = len(octets) * 8 - fill_bits
    count = max(bits // 7, 0)
    septets = unpack_septets(octets, count, fill_bits)
    if count and bits % 7 == 0 and septets[-1] in (_CARRIAGE_RETURN, _COMMERCIAL_AT):
        return septets[:-1]
    return septets
