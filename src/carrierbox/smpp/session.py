"""One SMPP session, either end of it, without I/O.

Octets go in by `receive_octets`, events come out by `next_event`, PDUs go in by `send`, octets come
out by `data_to_send`; `now` is handed in. Nothing a peer sends makes a session raise; what the
owner does against the matrix of `states` raises LocalProtocolError.

Events are pulled one by one, because the answer to one decides about the next: after a bind nothing
follows until the owner has answered it, and beyond `inbound_window` unanswered requests nothing
follows either. That is the back-pressure: an owner that is slow stops reading.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.errors import FramingError, LocalProtocolError, PduError
from carrierbox.smpp import values
from carrierbox.smpp.events import (
    BindReceived,
    Event,
    Notification,
    PduRejected,
    RequestReceived,
    ResponseExpired,
    ResponseReceived,
    SessionClosed,
)
from carrierbox.smpp.framing import FrameBuffer
from carrierbox.smpp.pdus import BODY_FIELDS, NO_TLVS, BindRequest, BindResponse, Pdu
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smpp.states import (
    BOTH,
    BOUND_RX,
    BOUND_TRX,
    BOUND_TX,
    CLOSED,
    OPEN,
    OUTBOUND,
    ROLE_NAMES,
    SMSC,
    STATE_AFTER_BIND,
    STATE_NAMES,
    UNBOUND,
    may_send,
)
from carrierbox.smpp.timers import SessionTimers, earlier, is_due
from carrierbox.smpp.tlv import TAG_SC_INTERFACE_VERSION, Tlv, tlv_int
from carrierbox.smpp.values import (
    ALERT_NOTIFICATION,
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    GENERIC_NACK,
    INTERFACE_VERSION_3_4,
    OUTBIND,
    RESPONSE_BIT,
    SEQUENCE_NUMBER_MAX,
    UNBIND,
    UNBIND_RESP,
    effective_interface_version,
)
from carrierbox.smpp.window import Window
from carrierbox.smpp.wire import (
    command_id_of,
    decode_declared,
    decode_pdu,
    encode_pdu,
    encode_refusal,
    sequence_number_of,
)

__all__ = ["Session", "SessionSettings"]

_OWN_INTERFACE_VERSION: Final = INTERFACE_VERSION_3_4
_READ_AHEAD_OCTETS: Final = 256 * 1024

# How far an unbind has come.
_NOT_UNBINDING: Final = 0
_UNBIND_WANTED: Final = 1
_UNBIND_SENT: Final = 2
_UNBIND_RECEIVED: Final = 3


class Session:
    """One end of a session; `role` is `states.SMSC` or `states.ESME`."""

    def __init__(self, role: int, settings: SessionSettings, now: float) -> None:
        self.role = role
        self.settings = settings
        self.state: int = OPEN
        self.wants_close: bool = False
        """Close the transport once `data_to_send` is flushed."""
        self.interface_version: int = _OWN_INTERFACE_VERSION
        """The version in force, the lower of the two ends' (SMPP 3.4 §3.4)."""
        self.bind_pdu: BindRequest | None = None
        """The bind in force or under judgement, received or sent."""
        self.error_bodies: bool = False
        """Whether our refusals carry the body of their kind, which SMPP 3.4 leaves out (T09)."""
        self.is_lenient: bool = False
        """Whether a few octets after the last field that are no TLV are left unread (T05)."""
        self.ignored_responses: int = 0
        """Responses that answered nothing: late, unsolicited, unknown, a nack of a nack."""
        self.tap: Callable[[bytes, float], bool] | None = None
        """Shown every PDU of the peer first, with the time; what it says False to is dropped."""
        self._peer: int = BOTH - role
        self._frames: FrameBuffer = FrameBuffer(settings.pdu_max_octets)
        self._window: Window = Window(settings.window, settings.response_timeout_s)
        self._timers: SessionTimers = SessionTimers(
            now,
            settings.session_init_timeout_s,
            settings.enquire_link_s,
            settings.inactivity_timeout_s,
            settings.response_timeout_s,
        )
        self._inbound_window: int = settings.inbound_window
        self._long_credentials: bool = settings.long_credentials
        self._outbox: list[bytes] = []
        self._outbox_octets: int = 0
        self._outbox_max_octets: int = settings.outbox_max_octets
        self._ready: list[Event] = []
        self._held: bytes | None = None
        self._starved: bool = True
        self._ended: bool = False
        self._unanswered: int = 0
        self._last_sequence: int = 0
        self._bind_awaiting: bool = False
        self._bind_sent: int = 0
        self._takes_tlvs: bool = True
        self._enquire_sequence: int = 0
        self._unbinding: int = _NOT_UNBINDING
        self._unbind_sequence: int = 0
        self._unbind_deadline: float = 0.0
        self._over: bool = False

    # --- what the owner may ask -----------------------------------------------------------------

    @property
    def window_free(self) -> int:
        """How many requests may be sent now."""
        if self._over or self._ended or self._unbinding != _NOT_UNBINDING:
            return 0
        if self._outbox_octets > self._outbox_max_octets:
            return 0
        return self._window.free

    @property
    def unanswered(self) -> int:
        """How many requests of the peer wait for the owner's answer."""
        return self._unanswered

    @property
    def has_work(self) -> bool:
        """Whether `next_event` may have something: an event, or octets not looked at yet."""
        if self._ready:
            return True
        if self._ended:
            return not self._over
        if self._starved or self._is_blocked():
            return False
        return self._held is None or self._unanswered < self._inbound_window

    @property
    def wants_octets(self) -> bool:
        """False while enough octets wait to be handled: stop reading from the transport."""
        return self._frames.pending_octets < _READ_AHEAD_OCTETS

    # --- octets in, events out ------------------------------------------------------------------

    def receive_octets(self, octets: bytes) -> None:
        """Take what the transport read. Nothing is looked at before `next_event`."""
        if not self._over:
            self._frames.feed(octets)
            self._starved = False

    def next_event(self, now: float) -> Event | None:
        """The next event, None if there is none or none may follow yet."""
        while not self._ready:
            if self._is_blocked():
                return self._nothing_more()
            frame = self._held
            if frame is None:
                try:
                    frame = self._frames.next_frame()
                except FramingError as error:
                    self._on_framing_error(error)
                    continue
                if frame is None:
                    self._starved = True
                    return self._nothing_more()
                if self.tap is not None and not self.tap(frame, now):
                    continue
            event = self._receive(frame, now)
            if event is not None:
                return event
            if self._held is not None:
                return self._nothing_more()
        return self._ready.pop(0)

    def _nothing_more(self) -> Event | None:
        """No event can be made of what is buffered: the moment a session without transport ends."""
        if not self._ended or self._over:
            return None
        pending = self._frames.pending_octets
        self._finish(
            f"the connection ended in the middle of a PDU, after {pending} of its octets"
            if pending and self._starved
            else "the connection ended"
        )
        return self._ready.pop(0)

    def _is_blocked(self) -> bool:
        return self._over or self._bind_awaiting or self._outbox_octets > self._outbox_max_octets

    def _receive(self, frame: bytes, now: float) -> Event | None:
        """Judge one PDU of the peer."""
        command_id = command_id_of(frame)
        timers = self._timers
        timers.heard = now
        timers.enquiring = False
        if command_id >= RESPONSE_BIT:
            return self._receive_response(frame, command_id, now)
        if command_id == ENQUIRE_LINK:
            self._push(encode_refusal(command_id, values.ESME_ROK, sequence_number_of(frame)))
            return None
        timers.active = now
        if self._unanswered >= self._inbound_window:
            self._held = frame
            return None
        self._held = None
        if not may_send(self._peer, self.state, command_id):
            return self._reject_illegal(frame, command_id)
        if command_id == UNBIND:
            return self._receive_unbind(frame, now)
        if self._unbinding != _NOT_UNBINDING:
            return self._reject_while_unbinding(frame, command_id)
        try:
            pdu = decode_pdu(frame, self._long_credentials)
        except PduError as error:
            forgiven = self._forgiven(frame)
            if forgiven is None:
                return self._reject(frame, command_id, error.command_status, str(error))
            pdu = forgiven
        if self.state < BOUND_TX:
            return self._receive_unbound(pdu)
        if command_id == ALERT_NOTIFICATION:
            return Notification(pdu)
        self._unanswered += 1
        return RequestReceived(pdu)

    def _receive_unbound(self, pdu: Pdu) -> Event:
        """A bind or an outbind: nothing else is legal before a session is bound."""
        if isinstance(pdu, BindRequest):
            self.bind_pdu = pdu
            self._agree_on_version(pdu.interface_version)
            self._bind_awaiting = True
            self._unanswered += 1
            return BindReceived(pdu)
        self.state = OUTBOUND
        return Notification(pdu)

    def _receive_response(self, frame: bytes, command_id: int, now: float) -> Event | None:
        sequence_number = sequence_number_of(frame)
        if command_id == ENQUIRE_LINK_RESP:
            if sequence_number == self._enquire_sequence:
                self._enquire_sequence = 0
                return None
        else:
            self._timers.active = now
        if (
            self._unbinding == _UNBIND_SENT
            and sequence_number == self._unbind_sequence
            and command_id in (UNBIND_RESP, GENERIC_NACK)
        ):
            self.state = UNBOUND
            self._finish("unbound")
            return None
        if not may_send(self._peer, self.state, command_id):
            self.ignored_responses += 1
            return None
        outstanding = self._window.take(sequence_number, command_id)
        if outstanding is None:
            self.ignored_responses += 1
            return None
        if sequence_number == self._bind_sent:
            self._bind_sent = 0
        try:
            pdu = decode_pdu(frame)
        except PduError as error:
            forgiven = self._forgiven(frame)
            if forgiven is None:
                return PduRejected(frame, error.command_status, str(error), outstanding.context)
            pdu = forgiven
        if isinstance(pdu, BindResponse) and pdu.command_status == values.ESME_ROK:
            version = tlv_int(pdu.tlvs, TAG_SC_INTERFACE_VERSION)
            if version is not None:
                self._agree_on_version(version)
            self.state = STATE_AFTER_BIND[outstanding.command_id]
        return ResponseReceived(pdu, outstanding.context)

    def _forgiven(self, frame: bytes) -> Pdu | None:
        """The PDU of a frame that is wrong in a way a lenient session takes."""
        if not self.is_lenient:
            return None
        try:
            return decode_declared(frame, self._long_credentials, True)
        except PduError:
            return None

    def _on_framing_error(self, error: FramingError) -> None:
        self._push(encode_refusal(0, values.ESME_RINVCMDLEN, error.sequence_number))
        self._finish(f"the stream is lost: {error}")

    # --- refusals -------------------------------------------------------------------------------

    def _reject(self, frame: bytes, command_id: int, command_status: int, problem: str) -> Event:
        """Answer a request with a status, unless its kind has no answer."""
        number = sequence_number_of(frame)
        if command_id not in (OUTBIND, ALERT_NOTIFICATION):
            self._push(encode_refusal(command_id, command_status, number, self.error_bodies))
        return PduRejected(frame, command_status, problem)

    def _reject_illegal(self, frame: bytes, command_id: int) -> Event:
        name = values.command_name(command_id)
        if command_id not in BODY_FIELDS:
            return self._reject(
                frame, command_id, values.ESME_RINVCMDID, f"unknown command_id {name}"
            )
        state = STATE_NAMES[self.state]
        if command_id in STATE_AFTER_BIND and BOUND_TX <= self.state <= BOUND_TRX:
            return self._reject(frame, command_id, values.ESME_RALYBND, f"{name} in {state}")
        peer = ROLE_NAMES[self._peer]
        problem = f"{name} from the {peer} in {state}"
        return self._reject(frame, command_id, values.ESME_RINVBNDSTS, problem)

    def _reject_while_unbinding(self, frame: bytes, command_id: int) -> Event:
        """We are leaving (the peer may try again elsewhere), or the peer said that it is."""
        name = values.command_name(command_id)
        if self._unbinding == _UNBIND_RECEIVED:
            return self._reject(frame, command_id, values.ESME_RINVBNDSTS, f"{name} after unbind")
        return self._reject(frame, command_id, values.ESME_RSYSERR, f"{name} while unbinding")

    # --- PDUs in, octets out --------------------------------------------------------------------

    def send(self, pdu: Pdu, now: float, context: object = None) -> int:
        """Send a request or a response; returns its sequence_number.

        A request gets the next number and waits in the window with `context`; a response keeps the
        number of its request. Towards a peer below 3.4 the TLVs are taken off the PDU (SMPP 3.4
        §3.4). A response to a session that is over is dropped. Raises LocalProtocolError for what
        the matrix, the window or the codec does not allow.
        """
        command_id = pdu.command_id
        if command_id < RESPONSE_BIT:
            return self._send_request(pdu, command_id, now, context)
        if self._over:
            return pdu.sequence_number
        self._must_be_legal(command_id)
        if self._unanswered == 0 or command_id in (ENQUIRE_LINK_RESP, UNBIND_RESP):
            raise LocalProtocolError(f"{values.command_name(command_id)} answers no request")
        if self._bind_awaiting:
            self._prepare_bind_response(pdu)
        if not self._takes_tlvs:
            pdu.tlvs = NO_TLVS
        self._push(encode_pdu(pdu, self.error_bodies))
        self._timers.active = now
        self._unanswered -= 1
        if self._bind_awaiting:
            self._bind_awaiting = False
            if self.bind_pdu is not None and pdu.command_status == values.ESME_ROK:
                self.state = STATE_AFTER_BIND[self.bind_pdu.command_id]
        if self._unbinding != _NOT_UNBINDING:
            self._settle_unbind(now)
        return pdu.sequence_number

    def repeat(self, pdu: Pdu) -> None:
        """Send a response once more, which answers no request. Errors are those of `send`."""
        if not self._over:
            self._must_be_legal(pdu.command_id)
            self._push(encode_pdu(pdu, self.error_bodies))

    def _send_request(self, pdu: Pdu, command_id: int, now: float, context: object) -> int:
        name = values.command_name(command_id)
        if self._over or self._unbinding != _NOT_UNBINDING or command_id == UNBIND:
            raise LocalProtocolError(
                f"{name}: use unbind()" if command_id == UNBIND else f"{name} after the end"
            )
        self._must_be_legal(command_id)
        is_answered = command_id not in (OUTBIND, ALERT_NOTIFICATION)
        if is_answered and self._window.free <= 0:
            raise LocalProtocolError(f"{name}: the window of {self._window.size} is full")
        if isinstance(pdu, BindRequest):
            if self._bind_sent != 0:
                raise LocalProtocolError(f"{name}: a bind has no answer yet")
            self.bind_pdu = pdu
            self._agree_on_version(pdu.interface_version)
        if not self._takes_tlvs:
            pdu.tlvs = NO_TLVS
        sequence_number = self._next_sequence()
        pdu.sequence_number = sequence_number
        self._push(encode_pdu(pdu))
        self._timers.active = now
        if is_answered:
            self._window.add(sequence_number, command_id, context, now)
        if command_id == OUTBIND:
            self.state = OUTBOUND
        elif command_id in STATE_AFTER_BIND:
            self._bind_sent = sequence_number
        return sequence_number

    def data_to_send(self) -> bytes:
        """All octets that wait to be written, joined; they are the transport's after this."""
        return b"".join(self.frames_to_send()) if self._outbox else b""

    def frames_to_send(self) -> list[bytes]:
        """As `data_to_send`, each PDU by itself."""
        frames = self._outbox
        self._outbox = []
        self._outbox_octets = 0
        return frames

    def _push(self, frame: bytes) -> None:
        self._outbox.append(frame)
        self._outbox_octets += len(frame)

    def _must_be_legal(self, command_id: int) -> None:
        if not may_send(self.role, self.state, command_id):
            raise LocalProtocolError(
                f"{values.command_name(command_id)} from the {ROLE_NAMES[self.role]} in "
                f"{STATE_NAMES[self.state]}"
            )

    def _next_sequence(self) -> int:
        """1 to 0x7FFFFFFF and again from 1, past numbers that still wait for an answer. T08"""
        sequence_number = self._last_sequence + 1
        if sequence_number > SEQUENCE_NUMBER_MAX:
            sequence_number = 1
        while self._window.holds(sequence_number):
            sequence_number = 1 if sequence_number == SEQUENCE_NUMBER_MAX else sequence_number + 1
        self._last_sequence = sequence_number
        return sequence_number

    # --- bind -----------------------------------------------------------------------------------

    def _prepare_bind_response(self, pdu: Pdu) -> None:
        """The answer must be of the bind's own kind, even a refusal (SMPP 3.4 §4.1). T11"""
        bind = self.bind_pdu
        if bind is None or pdu.sequence_number != bind.sequence_number:
            raise LocalProtocolError("the answer to the bind bears another sequence_number")
        if pdu.command_id not in (bind.command_id | RESPONSE_BIT, GENERIC_NACK):
            raise LocalProtocolError(
                f"{values.command_name(pdu.command_id)} does not answer "
                f"{values.command_name(bind.command_id)}"
            )
        if (
            self._takes_tlvs
            and pdu.command_status == values.ESME_ROK
            and tlv_int(pdu.tlvs, TAG_SC_INTERFACE_VERSION) is None
        ):
            version = Tlv(TAG_SC_INTERFACE_VERSION, bytes([_OWN_INTERFACE_VERSION]))
            pdu.tlvs = [*pdu.tlvs, version]

    def _agree_on_version(self, interface_version: int) -> None:
        """Of the two ends' versions the lower is in force; below 3.4 there are no TLVs. T13

        An SMSC that does not tell its version is taken to speak the version of our bind: most such
        centres do read TLVs, and dropping a message_payload would send an empty message.
        """
        version = effective_interface_version(interface_version)
        own = _OWN_INTERFACE_VERSION
        if self.role != SMSC and self.bind_pdu is not None:
            own = effective_interface_version(self.bind_pdu.interface_version)
        self.interface_version = min(version, own)
        self._takes_tlvs = self.interface_version >= INTERFACE_VERSION_3_4

    # --- unbind and the end ---------------------------------------------------------------------

    def unbind(self, now: float) -> None:
        """Leave politely (T15): what the peer asked is answered first, then unbind is sent.

        Requests that come meanwhile are refused with ESME_RSYSERR. A peer that does not answer is
        left after the response timeout. A session that is not bound ends at once.
        """
        if self._over or self._unbinding != _NOT_UNBINDING:
            return
        if not may_send(self.role, self.state, UNBIND):
            self._finish("ended here before a bind")
            return
        self._unbinding = _UNBIND_WANTED
        self._unbind_deadline = now + self.settings.response_timeout_s
        self._settle_unbind(now)

    def _receive_unbind(self, frame: bytes, now: float) -> Event | None:
        if self._unbinding == _UNBIND_RECEIVED:
            return self._reject_while_unbinding(frame, UNBIND)
        self._unbinding = _UNBIND_RECEIVED
        self._unbind_sequence = sequence_number_of(frame)
        self._unbind_deadline = now + self.settings.response_timeout_s
        self._settle_unbind(now)
        return None

    def _settle_unbind(self, now: float) -> None:
        """Go on with the unbind when the owner has answered all requests, or the time is up."""
        is_late = now >= self._unbind_deadline
        if self._unbinding == _UNBIND_SENT:
            if is_late:
                self._finish("the peer did not answer unbind")
            return
        if self._unanswered > 0 and not is_late:
            return
        if self._unbinding == _UNBIND_RECEIVED:
            self._push(encode_refusal(UNBIND, values.ESME_ROK, self._unbind_sequence))
            self.state = UNBOUND
            self._finish("unbound by the peer")
            return
        self._unbinding = _UNBIND_SENT
        self._unbind_sequence = self._next_sequence()
        self._unbind_deadline = now + self.settings.response_timeout_s
        self._push(_header_only(UNBIND, self._unbind_sequence))

    def end_of_stream(self, now: float) -> None:
        """The transport is gone (T18).

        What had arrived is still told by `next_event`, then SessionClosed with the requests of ours
        that will never be answered (SMPP 3.4 §2.4).
        """
        self._ended = True
        self.wants_close = True
        if self._over:
            self.state = CLOSED

    def _finish(self, reason: str) -> None:
        """Tell the owner once, and drop whatever else the peer sent."""
        if self._over:
            return
        self._over = True
        self.wants_close = True
        self._bind_awaiting = False
        self._held = None
        self._unanswered = 0
        if self._ended or self.state != UNBOUND:
            self.state = CLOSED
        self._ready.append(SessionClosed(reason, self._window.close()))

    # --- time -----------------------------------------------------------------------------------

    def next_deadline(self) -> float | None:
        """When to call `on_time` next, None for never."""
        if self._over or self._ended:
            return None
        timers = self._timers
        deadline = self._window.next_deadline()
        if self._unbinding != _NOT_UNBINDING:
            deadline = earlier(deadline, self._unbind_deadline)
        if self.state in (OPEN, OUTBOUND):
            return earlier(deadline, timers.session_init_deadline())
        if self.state in (BOUND_TX, BOUND_RX, BOUND_TRX):
            deadline = earlier(deadline, timers.enquire_link_deadline())
            deadline = earlier(deadline, timers.enquire_link_resp_deadline())
            deadline = earlier(deadline, timers.inactivity_deadline())
        return deadline

    def on_time(self, now: float) -> None:
        """Do what is due at `now`; `next_event` tells what came of it."""
        if self._over or self._ended:
            return
        for late in self._window.expire(now):
            if late.sequence_number == self._bind_sent:
                self._bind_sent = 0
            self._ready.append(ResponseExpired(late.context, late.command_id, late.sequence_number))
        if self._unbinding != _NOT_UNBINDING and now >= self._unbind_deadline:
            self._settle_unbind(now)
        if self._over:
            return
        if self.state in (OPEN, OUTBOUND):
            if is_due(self._timers.session_init_deadline(), now):
                self._finish("no bind in time")
            return
        self._watch_the_peer(now)

    def _watch_the_peer(self, now: float) -> None:
        """enquire_link and inactivity of a bound session (SMPP 3.4 §7.2). T14"""
        timers = self._timers
        if not self._starved and self._outbox_octets <= self._outbox_max_octets:
            # Octets wait that the owner has not come to: that is no silence of the peer.
            timers.heard = now
            timers.enquiring = False
        if is_due(timers.inactivity_deadline(), now):
            self._finish("inactive")
        elif is_due(timers.enquire_link_resp_deadline(), now):
            self._finish("the peer did not answer enquire_link")
        elif is_due(timers.enquire_link_deadline(), now):
            self._enquire_sequence = self._next_sequence()
            self._push(_header_only(ENQUIRE_LINK, self._enquire_sequence))
            timers.enquire(now)


def _header_only(command_id: int, sequence_number: int) -> bytes:
    return b"\0\0\0\x10" + ((command_id << 64) | sequence_number).to_bytes(12, "big")
