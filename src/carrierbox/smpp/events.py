"""What a session tells its owner: the closed union `Event`.

Everything else (enquire_link, unbind, PDUs that are malformed, unknown or illegal) the session
answers by itself.
"""

from typing import TypeAlias

from carrierbox.smpp.pdus import BindRequest, Pdu


class RequestReceived:
    """A legal request that the owner must answer with the response of its kind."""

    def __init__(self, pdu: Pdu) -> None:
        self.pdu = pdu


class BindReceived:
    """A bind that the owner must answer; no event follows until it is.

    `peer` is the address it came from, `host:port`. A session does not know it: whoever holds the
    connection sets it.
    """

    def __init__(self, pdu: BindRequest, peer: str = "") -> None:
        self.pdu = pdu
        self.peer = peer


class ResponseReceived:
    """The answer to a request of ours, or a generic_nack in its place."""

    def __init__(self, pdu: Pdu, context: object) -> None:
        self.pdu = pdu
        self.context = context


class ResponseExpired:
    """A request of ours got no answer in time. A later one will be ignored."""

    def __init__(self, context: object, command_id: int, sequence_number: int) -> None:
        self.context = context
        self.command_id = command_id
        self.sequence_number = sequence_number


class Notification:
    """An alert_notification or an outbind: nothing to answer."""

    def __init__(self, pdu: Pdu) -> None:
        self.pdu = pdu


class PduRejected:
    """A PDU was refused here with `command_status`; what can be answered has been.

    A response that cannot be read is not answered but ends the request it belongs to: `context` is
    that request's then, and None otherwise.
    """

    def __init__(
        self, frame: bytes, command_status: int, problem: str, context: object = None
    ) -> None:
        self.frame = frame
        self.command_status = command_status
        self.problem = problem
        self.context = context


class SessionClosed:
    """The session is over. Told once, last. `contexts` are of the requests left unanswered."""

    def __init__(self, reason: str, contexts: list[object]) -> None:
        self.reason = reason
        self.contexts = contexts


Event: TypeAlias = (
    RequestReceived
    | BindReceived
    | ResponseReceived
    | ResponseExpired
    | Notification
    | PduRejected
    | SessionClosed
)
