"""Packets to TCP segments: link layers, IPv4 and IPv6 with their extension headers, TCP.

What is not TCP is passed over; what cannot be used although it may be TCP is counted by its reason.
"""

import ipaddress
from typing import Final

from carrierbox.lint.pcap import Packet

LINK_NULL: Final = 0
LINK_ETHERNET: Final = 1
LINK_RAW: Final = 101
LINK_LOOP: Final = 108
LINK_LINUX_SLL: Final = 113
LINK_IPV4: Final = 228
LINK_IPV6: Final = 229
LINK_LINUX_SLL2: Final = 276
# What DLT_RAW is called in files of some systems.
_RAW_LINKS: Final = (LINK_RAW, 12, 14, LINK_IPV4, LINK_IPV6)

TCP: Final = 6
FIN: Final = 0x01
SYN: Final = 0x02
RST: Final = 0x04
PSH: Final = 0x08
ACK: Final = 0x10

_ETHERTYPE_IPV4: Final = 0x0800
_ETHERTYPE_IPV6: Final = 0x86DD
_VLAN_TAGS: Final = (0x8100, 0x88A8, 0x9100)
_VLAN_TAGS_MAX: Final = 8
_FRAGMENT_HEADER: Final = 44
_AUTHENTICATION_HEADER: Final = 51
# Hop-by-hop, routing, destination options, mobility, HIP, shim6.
_EXTENSION_HEADERS: Final = (0, 43, 60, 135, 139, 140)
_EXTENSION_HEADERS_MAX: Final = 16


class Endpoint:
    """An address (4 or 16 octets) and a port."""

    def __init__(self, address: bytes, port: int) -> None:
        self.address = address
        self.port = port

    def __str__(self) -> str:
        shown = str(ipaddress.ip_address(self.address))
        return f"[{shown}]:{self.port}" if len(self.address) == 16 else f"{shown}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there does not leave the machine."""
        return ipaddress.ip_address(self.address).is_loopback


class Segment:
    """One TCP segment. `cut_octets` of its payload the capture left out at the end."""

    def __init__(
        self,
        time: float,
        source: Endpoint,
        destination: Endpoint,
        sequence: int,
        acknowledgement: int,
        flags: int,
        payload: bytes,
        cut_octets: int = 0,
    ) -> None:
        self.time = time
        self.source = source
        self.destination = destination
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.payload = payload
        self.cut_octets = cut_octets


class PacketReader:
    """Segments out of packets, and how many packets were of no use, by reason."""

    def __init__(self) -> None:
        self.passed_over: dict[str, int] = {}

    def segment(self, packet: Packet) -> Segment | None:
        """The TCP segment in a packet, None if there is none that could be used."""
        octets = packet.octets
        at = self._network_layer_at(packet.link_type, octets)
        if at < 0 or at >= len(octets):
            return None
        version = octets[at] >> 4
        if version == 4:
            return self._ipv4(packet.time, octets, at)
        if version == 6:
            return self._ipv6(packet.time, octets, at)
        return None

    def _pass_over(self, reason: str) -> None:
        self.passed_over[reason] = self.passed_over.get(reason, 0) + 1

    def _network_layer_at(self, link_type: int, octets: bytes) -> int:
        """Where IP starts; -1 if it does not."""
        if link_type == LINK_ETHERNET:
            return _after_ethertype(octets, 12)
        if link_type in (LINK_NULL, LINK_LOOP):
            # The address family is in the byte order of whoever captured: IP tells its version.
            return 4
        if link_type == LINK_LINUX_SLL:
            return _after_ethertype(octets, 14)
        if link_type == LINK_LINUX_SLL2:
            return 20 if octets[:2] in (b"\x08\x00", b"\x86\xdd") else -1
        if link_type in _RAW_LINKS:
            return 0
        self._pass_over(f"link type {link_type} is not known")
        return -1

    def _ipv4(self, time: float, octets: bytes, at: int) -> Segment | None:
        if len(octets) < at + 20:
            self._pass_over("cut within its headers")
            return None
        if octets[at + 9] != TCP:
            return None
        if ((octets[at + 6] & 0x3F) << 8) | octets[at + 7]:
            self._pass_over("an IP fragment")
            return None
        header_octets = (octets[at] & 0x0F) * 4
        # 0: the network card cuts the packet later (segmentation offload).
        total = (octets[at + 2] << 8) | octets[at + 3] or len(octets) - at
        if header_octets < 20 or total < header_octets:
            self._pass_over("its IP header is wrong")
            return None
        return self._tcp(
            time,
            octets,
            octets[at + 12 : at + 16],
            octets[at + 16 : at + 20],
            at + header_octets,
            at + total,
        )

    def _ipv6(self, time: float, octets: bytes, at: int) -> Segment | None:
        if len(octets) < at + 40:
            self._pass_over("cut within its headers")
            return None
        end = at + 40 + ((octets[at + 4] << 8) | octets[at + 5])
        if end == at + 40:
            end = len(octets)
        source, destination = octets[at + 8 : at + 24], octets[at + 24 : at + 40]
        kind = octets[at + 6]
        at += 40
        for _ in range(_EXTENSION_HEADERS_MAX):
            if kind == TCP:
                return self._tcp(time, octets, source, destination, at, end)
            if len(octets) < at + 8:
                break
            following, length = octets[at], octets[at + 1]
            if kind == _FRAGMENT_HEADER:
                if octets[at + 2] or octets[at + 3] & 0xF9:
                    self._pass_over("an IP fragment")
                    return None
                at += 8
            elif kind == _AUTHENTICATION_HEADER:
                at += (length + 2) * 4
            elif kind in _EXTENSION_HEADERS:
                at += (length + 1) * 8
            else:
                break
            kind = following
        return None

    def _tcp(
        self, time: float, octets: bytes, source: bytes, destination: bytes, at: int, end: int
    ) -> Segment | None:
        if len(octets) < at + 20:
            self._pass_over("cut within its headers")
            return None
        payload_at = at + (octets[at + 12] >> 4) * 4
        if payload_at < at + 20 or payload_at > end:
            self._pass_over("its TCP header is wrong")
            return None
        cut_octets = max(0, end - max(len(octets), payload_at))
        if cut_octets:
            self._pass_over("cut: the capture holds only its beginning")
        return Segment(
            time,
            Endpoint(source, (octets[at] << 8) | octets[at + 1]),
            Endpoint(destination, (octets[at + 2] << 8) | octets[at + 3]),
            int.from_bytes(octets[at + 4 : at + 8], "big"),
            int.from_bytes(octets[at + 8 : at + 12], "big"),
            octets[at + 13],
            octets[payload_at:end],
            cut_octets,
        )


def _after_ethertype(octets: bytes, at: int) -> int:
    """Where IP starts behind the EtherType at `at` and any VLAN tags; -1 for another protocol."""
    for _ in range(_VLAN_TAGS_MAX):
        if len(octets) < at + 2:
            return -1
        ethertype = (octets[at] << 8) | octets[at + 1]
        if ethertype in (_ETHERTYPE_IPV4, _ETHERTYPE_IPV6):
            return at + 2
        if ethertype not in _VLAN_TAGS:
            return -1
        at += 4
    return -1
