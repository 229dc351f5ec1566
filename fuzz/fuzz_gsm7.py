"""Fuzz target: GSM 7-bit text with and without national tables, packed and unpacked."""

from driver import run

from carrierbox.codecs.gsm7 import decode_gsm7
from carrierbox.codecs.national_language import decode_national
from carrierbox.codecs.packed_short_message import unpack_septets_from_smpp
from carrierbox.codecs.septets import pack_septets, unpack_septets


def target(octets: bytes) -> None:
    """Any octets have a text, and septets return from their packing."""
    assert decode_gsm7(octets) == decode_national(octets)
    septets = bytes(octet & 0x7F for octet in octets[2:])
    locking_shift, single_shift = (*octets[:2], 0, 0)[:2]
    assert len(decode_national(septets, locking_shift % 16, single_shift % 16)) <= len(septets)
    fill_bits = locking_shift % 7
    assert unpack_septets(pack_septets(septets, fill_bits), len(septets), fill_bits) == septets
    unpack_septets_from_smpp(septets, single_shift)


if __name__ == "__main__":
    run(target, [b"\x06\x06\x1b\x1b\x65hello", bytes(range(128))])
