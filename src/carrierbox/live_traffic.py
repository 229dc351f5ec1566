"""What is said on the links of a running carrier, line by line, to whoever reads along.

A reader begins when it comes: what it hears of sessions that were there before has their account,
and may begin in the middle of a PDU, which is left out.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from carrierbox import shapes
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, LinkEvent
from carrierbox.lint.frames import FrameCutter
from carrierbox.lint.sessions import without_password
from carrierbox.smpp.values import BIND_RECEIVER, BIND_TRANSCEIVER, BIND_TRANSMITTER
from carrierbox.smpp.wire import command_id_of
from carrierbox.views import rfc3339

READERS_MAX: Final = 100
WAITING_OCTETS_MAX: Final = 16 * 1024 * 1024
"""Of one reader; it hears how many PDUs it missed beyond."""
SILENCE_S: Final = 1.0
"""A reader that hears nothing for so long gets an empty line, which keeps its connection open."""

_BINDS: Final = (BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER)
_encode: Final = msgspec.json.Encoder().encode


class TrafficReader:
    """One who reads along. `waiting` are lines it has not taken yet."""

    def __init__(self) -> None:
        self.waiting: deque[bytes] = deque()
        self.octets = 0
        self.missed = 0
        self.has_ended = False
        self.news = asyncio.Event()

    def give(self, line: bytes) -> None:
        """One more line, or none where too many wait."""
        if self.octets + len(line) > WAITING_OCTETS_MAX:
            self.missed += 1
            return
        self.octets += len(line)
        self.waiting.append(line)
        self.news.set()

    async def read(self) -> bytes:
        """What waits, in one piece; an empty line after a silence; b"" at the end."""
        if not self.waiting and not self.has_ended:
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), SILENCE_S)
            except TimeoutError:
                return b"\n"
        if self.missed:
            self.waiting.append(_encode({"missed": self.missed}) + b"\n")
            self.missed = 0
        octets = b"".join(self.waiting)
        self.waiting.clear()
        self.octets = 0
        return octets


class LiveTraffic:
    """Events of links in, lines out. `system_id_of` says whose a link is, "" for nobody's."""

    def __init__(self, system_id_of: Callable[[int], str]) -> None:
        self.readers: list[TrafficReader] = []
        self._system_id_of = system_id_of
        self._cutters: dict[int, tuple[FrameCutter, FrameCutter]] = {}
        self._accounts: dict[int, str] = {}

    def open(self) -> TrafficReader | None:
        """A new reader; None where there are too many."""
        if len(self.readers) >= READERS_MAX:
            return None
        reader = TrafficReader()
        self.readers.append(reader)
        return reader

    def close(self, reader: TrafficReader) -> None:
        """Forget a reader. What is known of the links is forgotten with the last."""
        if reader in self.readers:
            self.readers.remove(reader)
        if not self.readers:
            self._cutters.clear()
            self._accounts.clear()

    def end(self) -> None:
        """The carrier ends: every reader has what there is, and no more."""
        for reader in self.readers:
            reader.has_ended = True
            reader.news.set()

    def take(self, event: LinkEvent) -> None:
        """One event, in the order in which they happened."""
        if not self.readers:
            return
        link = event.link_id
        if event.kind == CLOSED:
            self._cutters.pop(link, None)
            self._accounts.pop(link, None)
            return
        cutters = self._cutters.get(link)
        if cutters is None:
            is_whole = event.kind == OPENED
            cutters = self._cutters[link] = (FrameCutter(is_whole), FrameCutter(is_whole))
            if not is_whole:
                self._accounts[link] = self._system_id_of(link)
        if event.kind == OPENED:
            return
        is_received = event.kind == RECEIVED
        cutter = cutters[0] if is_received else cutters[1]
        if event.missing_octets:
            cutter.gap(event.missing_octets)
        cutter.feed(event.octets)
        while (item := cutter.next()) is not None:
            if isinstance(item, bytes):
                self._tell(link, event.time, is_received, item)

    def _tell(self, link: int, time: float, is_received: bool, frame: bytes) -> None:
        if is_received and command_id_of(frame) in _BINDS:
            self._accounts[link] = frame[16:].partition(b"\0")[0].decode("latin-1")
        pdu = shapes.TrafficPdu(
            at=rfc3339(time),
            link=link,
            system_id=self._accounts.get(link, ""),
            sender="esme" if is_received else "smsc",
            pdu_hex=without_password(frame).hex(),
        )
        line = _encode(pdu) + b"\n"
        for reader in self.readers:
            reader.give(line)
