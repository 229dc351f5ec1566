"""Streams of octets written as a pcapng file that other tools open.

What went over a link has no packets of its own any more (TLS is off, TCP is done), so Ethernet, IP
and TCP headers are made for it: a handshake, sequence numbers without holes, right checksums.
"""

import struct
from typing import Final

from carrierbox.lint.packets import ACK, FIN, LINK_ETHERNET, PSH, SYN, TCP, Endpoint

PAYLOAD_MAX_OCTETS: Final = 32 * 1024
"""Of one packet; below what fits an IPv4 packet."""

_MASK: Final = 0xFFFFFFFF
_TICKS_PER_S: Final = 1_000_000
_CLIENT_MAC: Final = b"\x02\x00\x00\x00\x00\x01"
_CARRIER_MAC: Final = b"\x02\x00\x00\x00\x00\x02"
_WINDOW: Final = 65535
_HOPS: Final = 64
_BLOCK: Final = struct.Struct("<II")
_PACKET: Final = struct.Struct("<IIIIIII")
_TCP_HEADER: Final = struct.Struct(">HHIIBBHHH")
_IPV4_HEADER: Final = struct.Struct(">BBHHHBBH4s4s")


def file_header(application: str) -> bytes:
    """A section header block and one Ethernet interface with times in microseconds."""
    name = application.encode()
    options = _option(4, name) + _option(0, b"")
    section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + options
    interface = struct.pack("<HHI", LINK_ETHERNET, 0, 0) + _option(9, b"\x06") + _option(0, b"")
    return _block(0x0A0D0D0A, section) + _block(1, interface)


class Recorder:
    """The blocks of one TCP connection between a client and a carrier.

    Addresses of two families, as a peer behind a proxy may have, are both written as IPv6.
    """

    def __init__(self, client: Endpoint, carrier: Endpoint) -> None:
        ends = [client, carrier]
        if len(client.address) != len(carrier.address):
            ends = [Endpoint(_mapped(each.address), each.port) for each in ends]
        self._client, self._carrier = _Half(ends[0], _CLIENT_MAC), _Half(ends[1], _CARRIER_MAC)

    def opened(self, time: float) -> bytes:
        """The handshake."""
        client, carrier = self._client, self._carrier
        return (
            _segment(time, client, carrier, SYN, b"")
            + _segment(time, carrier, client, SYN | ACK, b"")
            + _segment(time, client, carrier, ACK, b"")
        )

    def octets(self, time: float, is_from_client: bool, octets: bytes) -> bytes:
        """What one side sent."""
        sender, receiver = self._ends(is_from_client)
        return b"".join(
            _segment(time, sender, receiver, ACK | PSH, octets[at : at + PAYLOAD_MAX_OCTETS])
            for at in range(0, len(octets), PAYLOAD_MAX_OCTETS)
        )

    def skip(self, is_from_client: bool, octets: int) -> None:
        """So many octets are not known: the file shows that they are missing."""
        sender, _ = self._ends(is_from_client)
        sender.sequence = (sender.sequence + octets) & _MASK

    def closed(self, time: float, by_client: bool) -> bytes:
        """The end, by one side first."""
        sender, receiver = self._ends(by_client)
        return (
            _segment(time, sender, receiver, FIN | ACK, b"")
            + _segment(time, receiver, sender, FIN | ACK, b"")
            + _segment(time, sender, receiver, ACK, b"")
        )

    def _ends(self, is_from_client: bool) -> "tuple[_Half, _Half]":
        if is_from_client:
            return self._client, self._carrier
        return self._carrier, self._client


class _Half:
    """One end: where it is, and the number of the next octet it sends."""

    def __init__(self, endpoint: Endpoint, mac: bytes) -> None:
        self.address = endpoint.address
        self.port = endpoint.port
        self.mac = mac
        self.sequence = 0
        # Of the pseudo header, the part that is the same for all segments.
        self.sum = _sum(endpoint.address)


def _segment(time: float, sender: _Half, receiver: _Half, flags: int, payload: bytes) -> bytes:
    acknowledgement = receiver.sequence if flags & ACK else 0
    head = (sender.port, receiver.port, sender.sequence, acknowledgement, 0x50, flags, _WINDOW)
    length = 20 + len(payload)
    pseudo = sender.sum + receiver.sum + TCP + length
    checksum = _folded(pseudo + _sum(_TCP_HEADER.pack(*head, 0, 0)) + _sum(payload))
    sender.sequence = (sender.sequence + len(payload) + (flags & (SYN | FIN) != 0)) & _MASK
    return _packet(
        time,
        b"".join(
            [
                receiver.mac,
                sender.mac,
                _ip_header(sender.address, receiver.address, length),
                _TCP_HEADER.pack(*head, checksum, 0),
                payload,
            ]
        ),
    )


def _ip_header(source: bytes, destination: bytes, length: int) -> bytes:
    """The EtherType and the header of IPv4 or IPv6 around `length` octets."""
    if len(source) == 16:
        return struct.pack(">HIHBB", 0x86DD, 6 << 28, length, TCP, _HOPS) + source + destination
    fields = (0x45, 0, 20 + length, 0, 0x4000, _HOPS, TCP)
    checksum = _folded(_sum(_IPV4_HEADER.pack(*fields, 0, source, destination)))
    return b"\x08\x00" + _IPV4_HEADER.pack(*fields, checksum, source, destination)


def _packet(time: float, octets: bytes) -> bytes:
    """An enhanced packet block."""
    ticks = round(time * _TICKS_PER_S)
    length = len(octets)
    padding = -length % 4
    total = 32 + length + padding
    head = _PACKET.pack(6, total, 0, ticks >> 32 & _MASK, ticks & _MASK, length, length)
    return b"".join([head, octets, bytes(padding), total.to_bytes(4, "little")])


def _block(kind: int, body: bytes) -> bytes:
    total = 12 + len(body)
    return _BLOCK.pack(kind, total) + body + total.to_bytes(4, "little")


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def _sum(octets: bytes) -> int:
    """What is congruent to the sum of the 16-bit words modulo 65,535 (RFC 1071).

    A number to the base 65,536 leaves the same rest as the sum of its digits.
    """
    return int.from_bytes(octets + bytes(len(octets) % 2), "big") % 0xFFFF


def _folded(total: int) -> int:
    """The checksum: no sum is zero, since all-zero words are not summed here."""
    return ~(total % 0xFFFF or 0xFFFF) & 0xFFFF


def _mapped(address: bytes) -> bytes:
    """An IPv4 address as IPv6."""
    return address if len(address) == 16 else b"\0" * 10 + b"\xff\xff" + address
