"""Fuzz target: parts of long messages in any order, cut and put together."""

from driver import run

from carrierbox.codecs.reassembly import Reassembler
from carrierbox.codecs.segmentation import fits_one_segment, split_user_data
from carrierbox.codecs.user_data_header import Concatenation
from carrierbox.errors import CodecError


def target(octets: bytes) -> None:
    """Nothing is held beyond its bounds, and any user data is cut without loss or refused."""
    reassembler = Reassembler(8, 10.0)
    for place in range(0, len(octets) - 3, 4):
        reference, total, number, wide = octets[place : place + 4]
        part = Concatenation(reference % 3, total % 9, number % 9, bool(wide & 1))
        reassembler.add("k", part, bytes([wide]), place * 0.5)
        assert reassembler.parts_held <= 8
        reassembler.on_time(place * 0.5)
    alphabet = octets[0] % 3 if octets else 0
    header = bytes([4]) + octets[:4] if len(octets) % 2 and len(octets) > 3 else b""
    try:
        parts = split_user_data(octets * 3, alphabet, len(octets) % 256, header=header)
    except CodecError:
        return
    assert b"".join(one.user_data for one in parts) == octets * 3
    for one in parts:
        assert fits_one_segment(len(one.user_data), alphabet, len(one.user_data_header))


if __name__ == "__main__":
    run(target, [bytes([1, 2, 1, 0, 1, 2, 2, 0]), b"\x1b" * 120, b"\xd8\x3d\xde\x00" * 30])
