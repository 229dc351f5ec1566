"""Capture files, classic pcap and pcapng, read as a stream of packets.

Nothing in a file is trusted: lengths are bounded, a file that ends early or is damaged gives the
packets before that and a sentence about it in `problems`.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from carrierbox.errors import CodecError

BLOCK_MAX_OCTETS: Final = 16 * 1024 * 1024
INTERFACES_MAX: Final = 65536

_PCAP_ORDERS: Final[dict[bytes, tuple[str, float]]] = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
_SECTION_HEADER: Final = b"\x0a\x0d\x0d\x0a"
_BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D
_GZIP: Final = b"\x1f\x8b"
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"

_SECTION_HEADER_BLOCK: Final = 0x0A0D0D0A
_INTERFACE_DESCRIPTION_BLOCK: Final = 1
_PACKET_BLOCK: Final = 2
_SIMPLE_PACKET_BLOCK: Final = 3
_ENHANCED_PACKET_BLOCK: Final = 6
_OPTION_END: Final = 0
_OPTION_IF_TSRESOL: Final = 9
_OPTION_IF_TSOFFSET: Final = 14
_LINK_TYPE_MASK: Final = 0x0FFFFFFF
"""The upper bits of the link type of a classic file tell of frame check sequences."""


class CaptureError(CodecError):
    """A file that is no capture."""


class Packet:
    """One packet: seconds since 1970, how to read its octets, and how long it was on the wire."""

    def __init__(self, time: float, link_type: int, octets: bytes, length_octets: int) -> None:
        self.time = time
        self.link_type = link_type
        self.octets = octets
        self.length_octets = length_octets


class Interface:
    """What a pcapng file says of where packets came from."""

    def __init__(self, link_type: int, snap_octets: int, tick_s: float, offset_s: float) -> None:
        self.link_type = link_type
        self.snap_octets = snap_octets
        self.tick_s = tick_s
        self.offset_s = offset_s


class CaptureReader:
    """The packets of one file, in its order. `problems` grows while they are read.

    Raises CaptureError for a file that is no capture at all; OSError as the stream does.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.problems: list[str] = []
        self.packets_read = 0
        self.octets_read = 0
        magic = self._read(4)
        self._magic = magic
        self.is_pcapng = magic == _SECTION_HEADER
        if not self.is_pcapng and magic not in _PCAP_ORDERS:
            if magic[:2] == _GZIP or magic == _ZSTANDARD:
                raise CaptureError("is compressed: decompress it first")
            raise CaptureError("is no capture: pcap and pcapng files are read")

    def packets(self) -> Iterator[Packet]:
        """Every packet; to be gone through once."""
        return self._pcapng_packets() if self.is_pcapng else self._pcap_packets()

    def _read(self, octets: int) -> bytes:
        found = self._stream.read(octets)
        # A pipe may give less than is asked for although more follows.
        while len(found) < octets:
            more = self._stream.read(octets - len(found))
            if not more:
                break
            found += more
        self.octets_read += len(found)
        return found

    def _end_early(self, what: str) -> None:
        self.problems.append(f"{what} after packet {self.packets_read}; what follows is not read")

    def _pcap_packets(self) -> Iterator[Packet]:
        order, tick_s = _PCAP_ORDERS[self._magic]
        header = self._read(20)
        if len(header) < 20:
            self._end_early("the file ends within its header")
            return
        link_type = struct.unpack(order + "I", header[16:])[0] & _LINK_TYPE_MASK
        record = struct.Struct(order + "IIII")
        while True:
            head = self._read(16)
            if len(head) < 16:
                if head:
                    self._end_early("the file ends within a packet")
                return
            seconds, ticks, captured, length = record.unpack(head)
            if captured > BLOCK_MAX_OCTETS:
                self._end_early(f"a packet of {captured} octets cannot be right")
                return
            octets = self._read(captured)
            self.packets_read += 1
            yield Packet(seconds + ticks * tick_s, link_type, octets, max(length, captured))
            if len(octets) < captured:
                self._end_early("the file ends")
                return

    def _pcapng_packets(self) -> Iterator[Packet]:
        order = "<"
        interfaces: list[Interface] = []
        time = 0.0
        head = self._magic + self._read(4)
        while len(head) == 8:
            kind = struct.unpack(order + "I", head[:4])[0]
            body_start = b""
            if head[:4] == _SECTION_HEADER:
                kind = _SECTION_HEADER_BLOCK
                body_start = self._read(4)
                order = _byte_order(body_start)
                interfaces = []
                if not order:
                    self._end_early("a section has no byte order")
                    return
            block_octets = struct.unpack(order + "I", head[4:])[0]
            if not 12 <= block_octets <= BLOCK_MAX_OCTETS:
                self._end_early(f"a block of {block_octets} octets cannot be right")
                return
            left = (block_octets + 3) // 4 * 4 - 8 - len(body_start)
            body = body_start + self._read(max(left, 0))
            if len(body) < left + len(body_start):
                self._end_early("the file ends within a block")
            body = body[: block_octets - 12]
            if kind == _INTERFACE_DESCRIPTION_BLOCK and len(interfaces) < INTERFACES_MAX:
                interfaces.append(_interface(body, order))
            elif kind in (_ENHANCED_PACKET_BLOCK, _SIMPLE_PACKET_BLOCK, _PACKET_BLOCK):
                packet = _packet(kind, body, order, interfaces, time)
                if packet is None:
                    self.problems.append(f"a block after packet {self.packets_read} is damaged")
                else:
                    self.packets_read += 1
                    time = packet.time
                    yield packet
            head = self._read(8)
        if head:
            self._end_early("the file ends within a block")


def _byte_order(magic: bytes) -> str:
    for order in "<>":
        if len(magic) == 4 and struct.unpack(order + "I", magic)[0] == _BYTE_ORDER_MAGIC:
            return order
    return ""


def _interface(body: bytes, order: str) -> Interface:
    """An interface description; what it does not say or says wrongly has its default."""
    if len(body) < 8:
        return Interface(-1, 0, 1e-6, 0.0)
    link_type, _, snap_octets = struct.unpack(order + "HHI", body[:8])
    tick_s, offset_s = 1e-6, 0.0
    at = 8
    while at + 4 <= len(body):
        code, length = struct.unpack(order + "HH", body[at : at + 4])
        value = body[at + 4 : at + 4 + length]
        if code == _OPTION_END or len(value) < length:
            break
        if code == _OPTION_IF_TSRESOL and length == 1:
            exponent = value[0] & 0x7F
            tick_s = 2.0**-exponent if value[0] & 0x80 else 10.0**-exponent
        elif code == _OPTION_IF_TSOFFSET and length == 8:
            offset_s = float(struct.unpack(order + "q", value)[0])
        at += 4 + (length + 3) // 4 * 4
    return Interface(link_type, snap_octets, tick_s, offset_s)


def _packet(
    kind: int, body: bytes, order: str, interfaces: list[Interface], time: float
) -> Packet | None:
    """The packet of a block, None if the block is damaged. `time` is that of the one before."""
    if kind == _SIMPLE_PACKET_BLOCK:
        if len(body) < 4 or not interfaces:
            return None
        # It has no time of its own and no captured length: what is left but for the padding.
        length = struct.unpack(order + "I", body[:4])[0]
        octets = body[4:][: min(length, interfaces[0].snap_octets or length)]
        return Packet(time, interfaces[0].link_type, octets, length)
    if len(body) < 20:
        return None
    if kind == _ENHANCED_PACKET_BLOCK:
        number, high, low, captured, length = struct.unpack(order + "IIIII", body[:20])
    else:
        number, _, high, low, captured, length = struct.unpack(order + "HHIIII", body[:20])
    if number >= len(interfaces):
        return None
    interface = interfaces[number]
    octets = body[20 : 20 + captured]
    at = ((high << 32) | low) * interface.tick_s + interface.offset_s
    return Packet(at, interface.link_type, octets, max(length, len(octets)))
