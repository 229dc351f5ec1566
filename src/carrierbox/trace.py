"""The trace: what happened to each message on its way, in a bounded ring in memory.

The rooms add events; the page, the API, assertions and metrics read them. It is never waited for
and never decides anything: what must survive a crash is in the journal.
"""

from typing import Final

from carrierbox.clock import NetworkTime

BOUND: Final = 1
UNBOUND: Final = 2
SUBMITTED: Final = 3
REFUSED: Final = 4
ACCEPTED: Final = 5
ROUTED: Final = 6
ATTEMPT: Final = 7
ARRIVED: Final = 8
FAILED: Final = 9
CONCLUDED: Final = 10
RECEIPT_SENT: Final = 11
RECEIPT_ACKNOWLEDGED: Final = 12
RECEIPT_REFUSED: Final = 13
ALERT: Final = 14
PHONE: Final = 15
MOBILE_ORIGINATED: Final = 16
OUTBIND: Final = 17
RECEIPT_GIVEN_UP: Final = 18
PROCEDURE: Final = 19
MOVED: Final = 20
FAULT: Final = 21
CONSENT: Final = 22
REGISTRATION: Final = 23
VERDICT: Final = 24

KIND_NAMES: Final = {
    BOUND: "bound",
    UNBOUND: "unbound",
    SUBMITTED: "submitted",
    REFUSED: "refused",
    ACCEPTED: "accepted",
    ROUTED: "routed",
    ATTEMPT: "attempt",
    ARRIVED: "arrived",
    FAILED: "failed",
    CONCLUDED: "concluded",
    RECEIPT_SENT: "receipt_sent",
    RECEIPT_ACKNOWLEDGED: "receipt_acknowledged",
    RECEIPT_REFUSED: "receipt_refused",
    ALERT: "alert",
    PHONE: "phone",
    MOBILE_ORIGINATED: "mobile_originated",
    OUTBIND: "outbind",
    RECEIPT_GIVEN_UP: "receipt_given_up",
    FAULT: "fault",
    PROCEDURE: "procedure",
    MOVED: "moved",
    CONSENT: "consent",
    REGISTRATION: "registration",
    VERDICT: "verdict",
}

RING_EVENTS: Final = 50_000


class TraceEvent:
    """One thing that happened. `message_id` is 0 where no message is concerned."""

    def __init__(
        self,
        kind: int,
        at: NetworkTime,
        message_id: int,
        system_id: str,
        msisdn: str,
        detail: str,
    ) -> None:
        self.kind = kind
        self.at = at
        self.message_id = message_id
        self.system_id = system_id
        self.msisdn = msisdn
        self.detail = detail

    def describe(self) -> str:
        """`detail`, or what stands for it."""
        return self.detail


class Trace:
    """The newest `size` events, numbered from 1 without a gap."""

    def __init__(self, size: int = RING_EVENTS) -> None:
        self._ring: list[TraceEvent | None] = [None] * size
        self._size = size
        self.newest = 0
        """The number of the newest event; 0 before the first."""

    def add(self, event: TraceEvent) -> None:
        """Keep an event; the oldest one makes room."""
        self._ring[self.newest % self._size] = event
        self.newest += 1

    def since(self, number: int, limit: int = 1000) -> tuple[int, list[TraceEvent]]:
        """The events after `number`, oldest first, with the number of the last one returned.

        A reader that fell behind the ring goes on with the oldest event that is still there.
        """
        first = max(number, self.newest - self._size, 0)
        last = min(first + limit, self.newest)
        found: list[TraceEvent] = []
        for position in range(first, last):
            event = self._ring[position % self._size]
            if event is not None:
                found.append(event)
        return last, found

    def of_message(self, message_id: int) -> list[TraceEvent]:
        """Everything the ring still knows of one message, oldest first."""
        _, found = self.since(self.newest - self._size, self._size)
        return [event for event in found if event.message_id == message_id]
