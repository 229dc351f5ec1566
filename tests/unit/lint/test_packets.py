"""TCP found behind every link layer, under IPv4 and IPv6."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from carrierbox.lint.packets import Endpoint, PacketReader, Segment
from carrierbox.lint.pcap import Packet

if TYPE_CHECKING:
    from tests.unit.lint.conftest import Wires


def ip_packet(wires: type[Wires], client: str = "10.0.0.1", carrier: str = "10.0.0.2") -> bytes:
    """An IP packet whose TCP payload is `abc`."""
    made = wires(client, carrier).open()
    made.blocks.clear()
    return made.send(True, b"abc").packets()[0][1][14:]


def read(link_type: int, octets: bytes) -> tuple[Segment | None, dict[str, int]]:
    reader = PacketReader()
    return reader.segment(Packet(1.0, link_type, octets, len(octets))), reader.passed_over


MAC = bytes(12)
LINKS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "ethernet": (1, lambda ip: MAC + b"\x08\0" + ip),
    "vlan": (1, lambda ip: MAC + b"\x81\0\0\5\x08\0" + ip),
    "two vlans": (1, lambda ip: MAC + b"\x88\xa8\0\5\x81\0\0\6\x08\0" + ip),
    "padded ethernet": (1, lambda ip: MAC + b"\x08\0" + ip + bytes(9)),
    "linux sll": (113, lambda ip: bytes(14) + b"\x08\0" + ip),
    "linux sll2": (276, lambda ip: b"\x08\0" + bytes(18) + ip),
    "raw": (101, lambda ip: ip),
    "raw of openbsd": (14, lambda ip: ip),
    "ipv4": (228, lambda ip: ip),
    "null": (0, lambda ip: b"\2\0\0\0" + ip),
    "loop": (108, lambda ip: b"\0\0\0\2" + ip),
}


@pytest.mark.parametrize("name", LINKS)
def test_link_layers(name: str, wires: type[Wires]) -> None:
    """Padding of short frames is not taken for payload."""
    link_type, wrap = LINKS[name]
    segment, passed_over = read(link_type, wrap(ip_packet(wires)))
    assert segment is not None
    assert (str(segment.source), str(segment.destination)) == ("10.0.0.1:40000", "10.0.0.2:5555")
    assert (segment.payload, segment.cut_octets) == (b"abc", 0)
    assert passed_over == {}


def test_ipv6_with_extension_headers(wires: type[Wires]) -> None:
    """Hop-by-hop, destination options, an authentication header, a fragment that is whole."""
    plain = ip_packet(wires, "2001:db8::1", "2001:db8::2")
    headers = [
        b"\x3c" + b"\0" * 7,
        b"\x33" + b"\1" + b"\0" * 14,
        b"\x2c" + b"\1" + b"\0" * 10,
        b"\x06" + b"\0" * 7,
    ]
    extra = b"".join(headers)
    length = int.from_bytes(plain[4:6], "big") + len(extra)
    octets = plain[:4] + length.to_bytes(2, "big") + b"\0" + plain[7:40] + extra + plain[40:]
    for packet in (plain, octets):
        segment, _ = read(229, packet)
        assert segment is not None
        assert str(segment.source) == "[2001:db8::1]:40000"
        assert segment.payload == b"abc"


def test_fragments_and_headers_that_are_cut_are_counted(wires: type[Wires]) -> None:
    """They may have been TCP."""
    octets = ip_packet(wires)
    fragment = octets[:6] + b"\x20\0" + octets[8:]
    assert read(101, fragment) == (None, {"an IP fragment": 1})
    assert read(101, octets[:30]) == (None, {"cut within its headers": 1})
    wrong = octets[:32] + b"\x10" + octets[33:]
    assert read(101, wrong) == (None, {"its TCP header is wrong": 1})
    assert read(147, octets) == (None, {"link type 147 is not known": 1})


def test_other_protocols_are_passed_over_silently(wires: type[Wires]) -> None:
    """UDP and ARP are none of our business."""
    octets = ip_packet(wires)
    assert read(101, octets[:9] + b"\x11" + octets[10:]) == (None, {})
    assert read(1, MAC + b"\x08\x06" + octets) == (None, {})


def test_a_packet_that_the_capture_cut_tells_how_much_is_missing(wires: type[Wires]) -> None:
    """A short snap length."""
    segment, passed_over = read(101, ip_packet(wires)[:-2])
    assert segment is not None
    assert (segment.payload, segment.cut_octets) == (b"a", 2)
    assert passed_over == {"cut: the capture holds only its beginning": 1}


def test_a_length_of_zero_means_as_much_as_there_is(wires: type[Wires]) -> None:
    """Segmentation offload: the card fills the length in later."""
    octets = ip_packet(wires)
    segment, _ = read(101, octets[:2] + b"\0\0" + octets[4:])
    assert segment is not None
    assert segment.payload == b"abc"


def test_any_octets_at_all_are_survived(wires: type[Wires]) -> None:
    """Every octet of a packet changed to four values, and every cut."""
    for link_type, octets in ((101, ip_packet(wires)), (101, ip_packet(wires, "::1", "::2"))):
        for at in range(len(octets)):
            for value in (0, 1, 0x7F, 0xFF):
                read(link_type, octets[:at] + bytes([value]) + octets[at + 1 :])
            read(link_type, octets[:at])


def test_what_does_not_leave_the_machine_is_loopback() -> None:
    """127.0.0.0/8 and ::1."""
    assert Endpoint(b"\x7f\0\0\5", 1).is_loopback
    assert Endpoint(bytes(15) + b"\1", 1).is_loopback
    assert not Endpoint(b"\x0a\0\0\1", 1).is_loopback
