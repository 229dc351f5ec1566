"""The turn that is being decided: its two times, its journal entries and its effects."""

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.smsc.effects import Effect, Turn
from carrierbox.smsc.messages import Message
from carrierbox.smsc.ports import PageOut
from carrierbox.trace import TraceEvent


class CurrentTurn:
    """Everything the centre decides goes in here; `take` hands it over as one `Turn`."""

    def __init__(self) -> None:
        self.now: NetworkTime = NetworkTime(0.0)
        self.link_now: LinkTime = LinkTime(0.0)
        self.entries: list[bytes] = []
        self.effects: list[Effect | TraceEvent] = []
        self.page_out: PageOut | None = None
        self.reports_owed: list[Message] = []
        """Messages that ended in this turn, of phones that asked to be told."""

    def begin(self, now: NetworkTime, link_now: LinkTime) -> None:
        """Set both clocks for what follows."""
        self.now = now
        self.link_now = link_now

    def trace(self, kind: int, message_id: int, system_id: str, msisdn: str, detail: str) -> None:
        """Tell the trace, once the turn is committed."""
        self.effects.append(TraceEvent(kind, self.now, message_id, system_id, msisdn, detail))

    def take(self) -> Turn | None:
        """The turn so far, and begin a new one; None if nothing happened."""
        if not self.effects and not self.entries:
            return None
        turn = Turn(self.entries, self.effects, self.page_out)
        self.entries = []
        self.effects = []
        self.page_out = None
        return turn
