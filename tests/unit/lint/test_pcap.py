"""Capture files of every kind that tools write, whole and damaged."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from carrierbox.lint.pcap import BLOCK_MAX_OCTETS, CaptureError, CaptureReader, Packet

if TYPE_CHECKING:
    from tests.unit.lint.conftest import Wires

    Classic = Callable[..., bytes]

PACKETS = [(1_700_000_000.25, b"first"), (1_700_000_001.5, b"second one")]


def read(octets: bytes) -> tuple[list[Packet], list[str]]:
    reader = CaptureReader(io.BytesIO(octets))
    return list(reader.packets()), reader.problems


def block(kind: int, body: bytes, order: str) -> bytes:
    body += bytes(-len(body) % 4)
    total = 12 + len(body)
    return struct.pack(order + "II", kind, total) + body + struct.pack(order + "I", total)


def section(order: str) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(order: str, link_type: int, options: bytes = b"", snap: int = 0) -> bytes:
    return block(1, struct.pack(order + "HHI", link_type, 0, snap) + options, order)


def enhanced(order: str, number: int, ticks: int, octets: bytes) -> bytes:
    head = struct.pack(
        order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), len(octets) + 7
    )
    return block(6, head + octets, order)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_classic_files_of_both_byte_orders_and_resolutions(
    order: str, nano: bool, classic: Classic
) -> None:
    """Four magic numbers."""
    packets, problems = read(classic(PACKETS, link_type=113, order=order, nano=nano))
    assert [(each.time, each.octets) for each in packets] == PACKETS
    assert {each.link_type for each in packets} == {113}
    assert problems == []


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_several_interfaces(order: str) -> None:
    """Each with its link type, its resolution and its offset; unknown blocks are passed over."""
    nano = struct.pack(order + "HH", 9, 1) + b"\x09\0\0\0" + bytes(4)
    binary = struct.pack(order + "HH", 9, 1) + b"\x8a\0\0\0"
    offset = struct.pack(order + "HHq", 14, 8, 1_600_000_000)
    octets = b"".join(
        [
            section(order),
            interface(order, 1),
            interface(order, 101, nano),
            interface(order, 113, binary + offset, snap=4),
            enhanced(order, 0, 1_700_000_000_250_000, b"micro"),
            block(0x0BAD, b"custom", order),
            enhanced(order, 1, 1_700_000_000_500_000_000, b"nano"),
            enhanced(order, 2, 2048, b"power of two"),
        ]
    )
    packets, problems = read(octets)
    assert [(each.time, each.link_type, each.octets) for each in packets] == [
        (1_700_000_000.25, 1, b"micro"),
        (1_700_000_000.5, 101, b"nano"),
        (1_600_000_002.0, 113, b"power of two"),
    ]
    assert packets[0].length_octets == len(b"micro") + 7
    assert problems == []


def test_simple_and_old_packet_blocks() -> None:
    """A simple packet has no time of its own and is cut to the length of its interface."""
    simple = block(3, struct.pack("<I", 9) + b"123456", "<")
    old = block(2, struct.pack("<HHIIII", 0, 0, 0, 3_000_000, 3, 3) + b"old", "<")
    packets, problems = read(section("<") + interface("<", 1, snap=6) + old + simple)
    assert [(each.time, each.octets) for each in packets] == [(3.0, b"old"), (3.0, b"123456")]
    assert problems == []


def test_a_second_section_may_have_the_other_byte_order() -> None:
    """Files are joined by writing one behind the other."""
    octets = b"".join(
        section(order) + interface(order, 1) + enhanced(order, 0, 5_000_000, order.encode())
        for order in "<>"
    )
    assert [each.octets for each in read(octets)[0]] == [b"<", b">"]


def test_a_file_that_ends_early_gives_what_is_before(classic: Classic, wires: type[Wires]) -> None:
    """At every octet: packets that are whole, a word about the rest, no exception."""
    for octets in (classic(PACKETS), wires().open().send(True, b"abc").file()):
        whole = len(read(octets)[0])
        for end in range(4, len(octets)):
            packets, problems = read(octets[:end])
            assert len(packets) <= whole
            assert problems or len(packets) < whole
        assert read(octets)[1] == []


def test_lengths_that_cannot_be_are_not_believed(classic: Classic) -> None:
    """Nothing is allocated on the word of a file."""
    huge = classic([]) + struct.pack("<IIII", 0, 0, BLOCK_MAX_OCTETS + 1, 5)
    assert "cannot be right" in read(huge)[1][0]
    assert "cannot be right" in read(section("<") + struct.pack("<II", 6, 0xFFFFFFF0))[1][0]
    assert "cannot be right" in read(section("<") + struct.pack("<III", 6, 8, 8))[1][0]


def test_packets_of_interfaces_that_are_not_there_are_told() -> None:
    """The others are read on."""
    good = interface("<", 1) + enhanced("<", 0, 1, b"good")
    packets, problems = read(section("<") + enhanced("<", 3, 1, b"bad") + good)
    assert [each.octets for each in packets] == [b"good"]
    assert problems == ["a block after packet 0 is damaged"]


@pytest.mark.parametrize(
    ("octets", "problem"),
    [(b"", "no capture"), (b"%PDF-1.7", "no capture"), (b"\x1f\x8b\x08\0", "decompress")],
)
def test_other_files_are_no_captures(octets: bytes, problem: str) -> None:
    """A compressed one is told how to be read."""
    with pytest.raises(CaptureError, match=problem):
        CaptureReader(io.BytesIO(octets))
