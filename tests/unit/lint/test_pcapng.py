"""What is written is a capture that others, and we, read: see also tests/interop/test_tshark.py."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from carrierbox.lint.packets import ACK, FIN, SYN, Endpoint, PacketReader, Segment
from carrierbox.lint.pcap import CaptureReader
from carrierbox.lint.pcapng import PAYLOAD_MAX_OCTETS, Recorder, file_header

if TYPE_CHECKING:
    from tests.unit.lint.conftest import Wires

CLIENT, CARRIER = Endpoint(b"\x0a\0\0\1", 40000), Endpoint(b"\x0a\0\0\2", 2775)


def segments(octets: bytes) -> list[Segment]:
    packets = PacketReader()
    reader = CaptureReader(io.BytesIO(octets))
    found = [packets.segment(each) for each in reader.packets()]
    assert reader.problems == []
    assert packets.passed_over == {}
    return [each for each in found if each is not None]


def ones_complement(octets: bytes) -> int:
    """The plain sum of RFC 1071, folded."""
    total = 0
    for at in range(0, len(octets + bytes(len(octets) % 2)), 2):
        total += int.from_bytes((octets + b"\0")[at : at + 2], "big")
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_a_connection_has_handshake_numbers_and_end() -> None:
    """Sequence numbers go on without holes, what came before is acknowledged."""
    recorder = Recorder(CLIENT, CARRIER)
    octets = file_header("test") + recorder.opened(1.0)
    octets += recorder.octets(2.0, True, b"abc") + recorder.octets(3.0, False, b"defg")
    octets += recorder.closed(4.0, True)
    found = segments(octets)
    assert [each.time for each in found] == [1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0]
    assert [each.flags & (SYN | ACK | FIN) for each in found[:3]] == [SYN, SYN | ACK, ACK]
    assert [(each.sequence, each.acknowledgement) for each in found[3:5]] == [(1, 1), (1, 4)]
    assert [each.flags & FIN for each in found[5:]] == [FIN, FIN, 0]
    assert [(each.sequence, each.acknowledgement) for each in found[5:]] == [(4, 5), (5, 5), (5, 6)]


@pytest.mark.parametrize(("client", "carrier"), [("10.0.0.1", "10.0.0.2"), ("fe80::1", "fe80::2")])
def test_checksums_are_right(client: str, carrier: str, wires: type[Wires]) -> None:
    """The sum over header, pseudo header and payload is all ones (RFC 1071)."""
    made = wires(client, carrier).session().packets()
    assert made
    for _, octets in made:
        ip = octets[14:]
        if ip[0] >> 4 == 4:
            assert ones_complement(ip[:20]) == 0xFFFF
            addresses, tcp = ip[12:20], ip[20:]
        else:
            addresses, tcp = ip[8:40], ip[40:]
        pseudo = addresses + len(tcp).to_bytes(4, "big") + b"\0\0\0\6"
        assert ones_complement(pseudo + tcp) == 0xFFFF


def test_much_at_once_is_several_packets() -> None:
    """None is longer than IPv4 allows."""
    octets = bytes(range(256)) * 1024
    recorder = Recorder(CLIENT, CARRIER)
    found = segments(file_header("test") + recorder.octets(1.0, True, octets))
    assert b"".join(each.payload for each in found) == octets
    assert max(len(each.payload) for each in found) == PAYLOAD_MAX_OCTETS


def test_addresses_of_two_families_are_written_as_ipv6() -> None:
    """As behind a proxy."""
    recorder = Recorder(CLIENT, Endpoint(bytes(15) + b"\1", 2775))
    (found,) = segments(file_header("test") + recorder.octets(1.0, True, b"abc"))
    assert found.source.address == bytes(10) + b"\xff\xff" + CLIENT.address


def test_octets_that_are_not_known_leave_a_hole() -> None:
    """The next segment says where it stands."""
    recorder = Recorder(CLIENT, CARRIER)
    recorder.opened(1.0)
    recorder.skip(True, 100)
    (found,) = segments(file_header("test") + recorder.octets(1.0, True, b"abc"))
    assert found.sequence == 101
