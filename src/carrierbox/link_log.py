"""What the links of a running carrier carry, noted now and looked at later."""

from typing import Final

from carrierbox.clock import NetworkClock
from carrierbox.identifiers import LinkId
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, SENT, LinkEvent
from carrierbox.links.server import SmppConnection
from carrierbox.runtime import Wire

PENDING_OCTETS_MAX: Final = 64 * 1024 * 1024


class LinkLog:
    """Keeps what happens on the links until somebody takes it.

    Of what is not taken in time the octets are forgotten, their number is not.
    """

    def __init__(self, pending_octets_max: int = PENDING_OCTETS_MAX) -> None:
        self._clock = NetworkClock()
        self._pending_octets_max = pending_octets_max
        self._events: list[LinkEvent] = []
        self._octets = 0
        self.forgotten_octets = 0

    def opened(self, link_id: LinkId, peer: str, wire: Wire) -> None:
        """See `runtime.LinkObserver`."""
        local = wire.local_name if isinstance(wire, SmppConnection) else ""
        self._note(LinkEvent(OPENED, self._clock.now(), link_id, b"", peer, local))

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """See `runtime.LinkObserver`."""
        self._note(LinkEvent(RECEIVED, self._clock.now(), link_id, octets))

    def sent(self, link_id: LinkId, octets: bytes) -> None:
        """See `runtime.LinkObserver`."""
        self._note(LinkEvent(SENT, self._clock.now(), link_id, octets))

    def closed(self, link_id: LinkId, by_peer: bool) -> None:
        """See `runtime.LinkObserver`."""
        event = LinkEvent(CLOSED, self._clock.now(), link_id)
        event.is_by_peer = by_peer
        self._note(event)

    def take(self) -> list[LinkEvent]:
        """What was kept since the last time."""
        events, self._events = self._events, []
        self._octets = 0
        return events

    def _note(self, event: LinkEvent) -> None:
        if event.octets:
            if self._octets + len(event.octets) > self._pending_octets_max:
                event.missing_octets = len(event.octets)
                self.forgotten_octets += len(event.octets)
                event.octets = b""
            self._octets += len(event.octets)
        self._events.append(event)
