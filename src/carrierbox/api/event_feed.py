"""Hands the trace to any number of readers without the message path noticing.

Nobody is called when an event is added. Readers wait, and a timer that runs only while one does
looks at the rings: each time a bounded number of events is encoded, once for all who stand at the
same place, and a bounded number of readers is served; the others come first the next time.
"""

import asyncio
from collections import deque
from typing import Final

import msgspec

from carrierbox import shapes, views
from carrierbox.errors import CarrierboxError
from carrierbox.trace import Trace

TICK_S: Final = 0.05
COMMENT_S: Final = 15.0
"""A reader that hears nothing for so long gets a comment, which keeps its connection open."""
PAGE_EVENTS: Final = 1000
TICK_WORK: Final = 3000
"""What a tick may do, in events encoded; serving one reader counts as `READER_WORK` of them."""
READER_WORK: Final = 20
READERS_MAX: Final = 1000
COMMENT: Final = b": still here\n\n"


class TooManyReadersError(CarrierboxError):
    """More event streams are open than the feed serves."""


class EventReader:
    """One stream: its trace, how ids of its box are written, the number of its last event."""

    def __init__(
        self, trace: Trace, position: int, now: float, dialect_of: views.DialectOf
    ) -> None:
        self.trace = trace
        self.dialect_of = dialect_of
        self.position = position
        self.heard_at = now
        self.page: asyncio.Future[bytes] | None = None


class EventFeed:
    """Every event stream of the API."""

    def __init__(
        self, tick_s: float = TICK_S, comment_s: float = COMMENT_S, readers_max: int = READERS_MAX
    ) -> None:
        self.readers = 0
        self._tick_s = tick_s
        self._comment_s = comment_s
        self._readers_max = readers_max
        self._waiting: deque[EventReader] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False
        self._encode = msgspec.json.Encoder().encode

    def open(
        self,
        trace: Trace,
        since: int | None,
        dialect_of: views.DialectOf = views.standard_dialect,
    ) -> EventReader:
        """A reader of the events after `since`, of those to come if it is None.

        A number that was not reached yet is from before a restart: the ring is read from its start.
        """
        if self.readers >= self._readers_max:
            raise TooManyReadersError(
                f"{self._readers_max} event streams are open already: close one, or try later"
            )
        self.readers += 1
        newest = trace.newest
        position = newest if since is None else since if since <= newest else 0
        return EventReader(trace, position, asyncio.get_running_loop().time(), dialect_of)

    def close(self, reader: EventReader) -> None:
        """Forget a reader."""
        self.readers -= 1
        reader.page = None

    async def read(self, reader: EventReader) -> bytes:
        """The next events of a reader, encoded for its stream, or a comment; b"" at the end."""
        if self._is_stopped:
            return b""
        loop = asyncio.get_running_loop()
        reader.page = loop.create_future()
        self._waiting.append(reader)
        if self._timer is None:
            self._timer = loop.call_later(self._tick_s, self.tick)
        return await reader.page

    def stop(self) -> None:
        """End every stream."""
        self._is_stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            _give(self._waiting.popleft(), b"")

    def tick(self) -> None:
        """Serve who waits, as far as one tick goes."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        work = TICK_WORK
        pages: dict[tuple[int, int], tuple[int, bytes]] = {}
        idle: list[EventReader] = []
        while self._waiting and work > 0:
            reader = self._waiting.popleft()
            if reader.page is None or reader.page.done():
                continue
            if reader.position == reader.trace.newest:
                if now - reader.heard_at < self._comment_s:
                    idle.append(reader)
                    continue
                octets = COMMENT
            else:
                place = (id(reader.trace), reader.position)
                if place not in pages:
                    events, last, page = self._page(reader)
                    work -= events
                    pages[place] = last, page
                reader.position, octets = pages[place]
            work -= READER_WORK
            reader.heard_at = now
            _give(reader, octets)
        self._waiting.extend(idle)
        # Whoever was served and reads on waits for the timer, too, so that nobody spins.
        self._timer = loop.call_later(self._tick_s, self.tick) if self._waiting else None

    def _page(self, reader: EventReader) -> tuple[int, int, bytes]:
        """How many events come next, the number of the last one, and their octets."""
        last, events = views.events_page(
            reader.trace, reader.position, PAGE_EVENTS, reader.dialect_of
        )
        return len(events), last, b"".join([self._encoded(event) for event in events])

    def _encoded(self, event: shapes.Event) -> bytes:
        kind = event.kind.encode()
        return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.number, kind, self._encode(event))


def _give(reader: EventReader, octets: bytes) -> None:
    if reader.page is not None and not reader.page.done():
        reader.page.set_result(octets)
