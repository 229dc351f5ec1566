"""The closed set of things a turn of the centre leads to.

A turn is an ordered list of effects and the journal entries that must be durable before any of
them leaves. When the commit fails, the same list is walked backwards and each effect is undone:
so every change of the centre's memory that an entry stands for is an effect too, even where
nothing leaves the centre.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import LinkId
from carrierbox.relay import RpMtData
from carrierbox.smpp.pdus import Pdu
from carrierbox.smsc.messages import Awaited, Message
from carrierbox.smsc.ports import (
    Failed,
    LoadedRows,
    LoadEnded,
    PageOut,
    ReadAhead,
    Request,
    Row,
)
from carrierbox.trace import TraceEvent

DELIVERY_RECEIPT: Final = 0
DELIVERY_MESSAGE: Final = 1
DELIVERY_NOTIFICATION: Final = 2

# What a load is for.
LOAD_QUEUE: Final = 0
LOAD_DUE: Final = 1
LOAD_OWED: Final = 2
LOAD_REQUEST: Final = 3
LOAD_ENDED: Final = 4
LOAD_LATE: Final = 5


class Delivery:
    """A deliver_sm that one account is owed: a receipt, a notification, somebody's message."""

    def __init__(self, kind: int, message: Message) -> None:
        self.kind = kind
        self.message = message
        self.system_id: str = message.system_id
        """The account that is owed it."""
        if kind == DELIVERY_MESSAGE and message.receiver:
            self.system_id = message.receiver
        self.at: NetworkTime = NetworkTime(0.0)
        """When a notification's attempt failed."""
        self.tries: int = 0
        self.order: int = 0
        """Which of all sendings of the centre its first one was."""
        self.refusals: int = 0
        """How often an ESME could not take it."""
        self.is_given_up: bool = False


class Effect:
    """One thing a turn leads to."""


class Answer(Effect):
    """Send a response. `durable`: it promises what only the commit makes true."""

    def __init__(self, link_id: LinkId, pdu: Pdu, durable: bool) -> None:
        self.link_id = link_id
        self.pdu = pdu
        self.durable = durable


class AnswerAgain(Effect):
    """Send a response once more, because a rule says so."""

    def __init__(self, link_id: LinkId, pdu: Pdu) -> None:
        self.link_id = link_id
        self.pdu = pdu


class OutcomeAnswer(Answer):
    """The response that was awaited in transaction mode (SMPP 3.4 §2.10.3), with its outcome.

    If the outcome is undone it does not leave: whoever awaits it goes on waiting, for what is told
    as failed here may be delivered yet.
    """

    def __init__(self, message: Message, awaited: Awaited, pdu: Pdu) -> None:
        super().__init__(awaited.link_id, pdu, True)
        self.message = message
        self.awaited = awaited


class Forward(Effect):
    """Hand a part of a message to the network."""

    def __init__(self, message: Message, rp_mt_data: RpMtData) -> None:
        self.message = message
        self.rp_mt_data = rp_mt_data


class Deliver(Effect):
    """Send a deliver_sm, or the data_sm in its place, to a bound receiver."""

    def __init__(self, link_id: LinkId, delivery: Delivery, pdu: Pdu) -> None:
        self.link_id = link_id
        self.delivery = delivery
        self.pdu = pdu


class Disconnect(Effect):
    """End a link politely."""

    def __init__(self, link_id: LinkId) -> None:
        self.link_id = link_id


class Accepted(Effect):
    """A message was taken in."""

    def __init__(self, message: Message) -> None:
        self.message = message


class Attempted(Effect):
    """An attempt ended without finishing its message."""

    def __init__(self, message: Message) -> None:
        self.message = message


class Replaced(Effect):
    """A message that waited got another text; what it held before."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.submit = message.submit
        self.coding = message.coding
        self.told = message.told
        self.accepted_at = message.accepted_at
        self.due_at = message.due_at
        self.expires_at = message.expires_at


class Notify(Effect):
    """Send a PDU that has no answer."""

    def __init__(self, link_id: LinkId, pdu: Pdu) -> None:
        self.link_id = link_id
        self.pdu = pdu


class Concluded(Effect):
    """A message reached its final state."""

    def __init__(
        self, message: Message, delivery: Delivery | None, receipt: Delivery | None = None
    ) -> None:
        self.message = message
        self.delivery = delivery
        self.receipt = receipt
        """Of a message from an ESME to an ESME, which is a delivery itself."""


class Acknowledged(Effect):
    """An ESME took (or for good refused) a deliver_sm; `again` is the next copy of a receipt."""

    def __init__(self, delivery: Delivery, again: Delivery | None = None) -> None:
        self.delivery = delivery
        self.again = again


class SmeAcknowledged(Effect):
    """A phone acknowledged a message; `kind` is of the relay."""

    def __init__(self, message: Message, kind: int) -> None:
        self.message = message
        self.kind = kind


class Call(Effect):
    """Connect to the ESME of an account, to ask it to bind (SMPP 3.4 §4.1.7)."""

    def __init__(self, system_id: str) -> None:
        self.system_id = system_id


class LogLine(Effect):
    """Tell the log of the process."""

    def __init__(self, event: str, fields: dict[str, object]) -> None:
        self.event = event
        self.fields = fields


class PhonePower(Effect):
    """A user switched a phone on or off; `previous` is what a user had set before."""

    def __init__(self, msisdn: str, power: bool, previous: bool | None) -> None:
        self.msisdn = msisdn
        self.power = power
        self.previous = previous


class Setting(Effect):
    """A user set something that lasts, under a name; `previous` is what had been set before."""

    def __init__(self, name: str, value: bytes, previous: bytes) -> None:
        self.name = name
        self.value = value
        self.previous = previous


class Registered(Effect):
    """A setting was taken in by the desk that owns it; `previous` is what it was before."""

    def __init__(self, name: str, previous: bytes) -> None:
        self.name = name
        self.previous = previous


class Reply(Effect):
    """Tell a caller inside the process how its request ended: "" when it held, else the problem."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell


class Load(Effect):
    """Read from the store; the answer comes back with this effect, which knows what it is for.

    `purpose` is one of the LOAD_ constants; `subject` what the answer is for.
    """

    def __init__(self, request: Request, purpose: int, subject: object = None) -> None:
        self.request = request
        self.purpose = purpose
        self.subject = subject


class Ask(Effect):
    """Read rows as they are, without making messages of them; `tell` hears the answer."""

    def __init__(
        self, request: LoadEnded | ReadAhead, tell: Callable[[LoadedRows | Failed], None]
    ) -> None:
        self.request = request
        self.tell = tell


class PagedOut(Effect):
    """Messages are as `page_out` says in the table; those that wait for long may leave memory.

    `wakes` has for each when its row has to be looked at.
    """

    def __init__(self, page_out: PageOut) -> None:
        self.page_out = page_out
        self.messages: list[Message] = []
        self.wakes: list[float] = []
        self.forgotten: list[Message] = []
        self.leaving: list[Message] = []
        self.shown: list[Row] = []
        self.pruned: list[int] = []
        self.ends_run = False


class Turn:
    """What one turn decided: its journal entries, and the effects and events that wait for them.

    `page_out` is what its commit writes to the table beside them.
    """

    def __init__(
        self,
        entries: list[bytes],
        effects: list[Effect | TraceEvent],
        page_out: PageOut | None = None,
    ) -> None:
        self.entries = entries
        self.effects = effects
        self.page_out = page_out
