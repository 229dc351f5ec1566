"""One SMPP session as somebody sees it who listens to both sides.

It follows the state (`smpp.states`), what each side asked and was answered, and the times. Where
octets are missing or the capture began later than the session, it keeps silent on what it cannot
know.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.codecs.user_data_header import Concatenation
from carrierbox.lint import rule_tables as rules
from carrierbox.lint.concatenations import Concatenations, Missing
from carrierbox.lint.dissection import Found, dissect
from carrierbox.lint.findings import Example, Findings, SessionSummary
from carrierbox.lint.frames import Lost
from carrierbox.lint.pdu_checks import Message, check_bind, check_message, check_tlvs
from carrierbox.lint.rule_tables import Rule
from carrierbox.smpp import values
from carrierbox.smpp.pdus import BindRequest, DataSm, DeliverSm, DeliverSmResp, Pdu
from carrierbox.smpp.states import (
    BOUND_RX,
    BOUND_TRX,
    BOUND_TX,
    ESME,
    OPEN,
    OUTBOUND,
    SMSC,
    STATE_AFTER_BIND,
    STATE_NAMES,
    UNBOUND,
    may_send,
)
from carrierbox.smpp.values import RESPONSE_BIT
from carrierbox.smpp.wire import command_id_of, sequence_number_of

UNKNOWN: Final = -1
"""The state of a session whose bind was not captured."""

OUTSTANDING_MAX: Final = 10_000
EXPIRED_MAX: Final = 1_000
SYSTEM_ID_MAX: Final = 64
CLOSE_GRACE_S: Final = 1.0
"""What the carrier asked so short before the end need not have been answered."""
THROTTLE_S: Final = 1.0
IN_FLIGHT_S: Final = 0.2
"""So long after a refusal what comes may have been on its way."""

_BINDS: Final = (values.BIND_RECEIVER, values.BIND_TRANSMITTER, values.BIND_TRANSCEIVER)
_BOUND: Final = (BOUND_TX, BOUND_RX, BOUND_TRX)
_SUBMITS: Final = (values.SUBMIT_SM, values.SUBMIT_MULTI, values.DATA_SM)
_TALKING: Final = (*_BOUND, UNKNOWN)
_WITH_PASSWORD: Final = (*_BINDS, values.OUTBIND)
_UNANSWERED: Final = (values.ALERT_NOTIFICATION, values.OUTBIND)
_DELIVERS: Final = (values.DELIVER_SM, values.DATA_SM)
_RECEIPT_TYPES: Final = (
    values.ESM_CLASS_DELIVERY_RECEIPT,
    values.ESM_CLASS_INTERMEDIATE_NOTIFICATION,
)
_BUSY: Final = (values.ESME_RTHROTTLED, values.ESME_RMSGQFUL)


class Limits:
    """Where too much or too late begins. Times in seconds."""

    def __init__(
        self,
        window: int = 10,
        silence_s: float = 120.0,
        answer_s: float = 30.0,
        late_s: float = 5.0,
        submits_per_s: int = 100,
    ) -> None:
        self.window = window
        self.silence_s = silence_s
        self.answer_s = answer_s
        self.late_s = late_s
        self.submits_per_s = submits_per_s


class _Asked:
    """A request that waits for its answer."""

    def __init__(self, time: float, command_id: int, frame: bytes) -> None:
        self.time = time
        self.command_id = command_id
        self.frame = frame
        self.concatenation: Concatenation | None = None


class Session:
    """One session. `concatenations_of` gives those of an account."""

    def __init__(
        self,
        summary: SessionSummary,
        limits: Limits,
        is_in_clear: bool,
        concatenations_of: Callable[[str], Concatenations],
    ) -> None:
        self.summary = summary
        self.findings = Findings()
        self.system_id = ""
        self.is_closed = False
        self._limits = limits
        self._is_in_clear = is_in_clear
        self._concatenations_of = concatenations_of
        self._state = OPEN if summary.is_whole else UNKNOWN
        self._version = values.INTERFACE_VERSION_3_4
        # Until then, answers to requests that were not seen are to be expected.
        self._unsure_until = 0.0
        self._now = 0.0
        self._client_at = 0.0
        self._client_asked: dict[int, _Asked] = {}
        self._carrier_asked: dict[int, _Asked] = {}
        self._expired: dict[int, _Asked] = {}
        self._last_sequence = 0
        self._is_unbinding = False
        self._is_over_window = False
        self._throttled_at = -THROTTLE_S
        self._second = 0
        self._submits_in_second = 0

    # What happens.

    def begin(self, time: float) -> None:
        """The connection is there, or the capture begins."""
        self._now = self._client_at = self.summary.began_at = time
        if not self.summary.is_whole:
            self._unsure_until = time + self._limits.answer_s

    def frame(self, time: float, sender: int, frame: bytes) -> None:
        """One PDU of one side."""
        self._now = time = max(self._now, time)
        self._expire(time)
        if sender == ESME:
            self.summary.pdus_from_client += 1
            self._from_client(time, frame)
        else:
            self.summary.pdus_from_carrier += 1
            self._from_carrier(time, frame)

    def lost(self, time: float, sender: int, lost: Lost) -> None:
        """Octets that are no PDU, or are missing in the capture."""
        self._now = time = max(self._now, time)
        if lost.is_gap:
            self.summary.missing_octets += lost.length_octets
            # A bind or an unbind may have been among them.
            self._state = UNKNOWN
            self._is_unbinding = False
            self._unsure_until = time + self._limits.answer_s
            self._client_asked.clear()
            self._carrier_asked.clear()
            self._client_at = time
            self._last_sequence = 0
            self._concatenations_of(self.system_id).forget()
        elif sender == ESME:
            self._note(rules.FRAMING_LOST, "", time, lost.octets)

    def closed(self, time: float, sender: int) -> None:
        """One side closed the connection, as the first or after the other."""
        if self.is_closed:
            return
        self._now = time = max(self._now, time)
        self.is_closed = True
        self.summary.ended_at = time
        self._expire(time)
        self._check_silence(time, b"")
        unbind_asked = any(
            each.command_id == values.UNBIND for each in self._carrier_asked.values()
        )
        if sender == ESME:
            if unbind_asked:
                self._note(rules.UNBIND_UNANSWERED, "", time, b"")
            elif self._state in _BOUND and not self._is_unbinding:
                self._note(rules.CLOSED_WITHOUT_UNBIND, "", time, b"")
        for asked in list(self._carrier_asked.values()):
            if asked.time + CLOSE_GRACE_S <= time:
                self._note_unanswered(asked)
        self._carrier_asked.clear()

    def end(self) -> None:
        """Nothing more is heard of it."""
        if not self.is_closed:
            self.is_closed = True
            self.summary.ended_at = self._now

    # From the client.

    def _from_client(self, time: float, frame: bytes) -> None:
        self._check_silence(time, frame)
        self._client_at = time
        dissection = dissect(frame)
        pdu = dissection.pdu
        found = dissection.found
        message: Message | None = None
        if pdu is not None and dissection.is_whole:
            if isinstance(pdu, BindRequest):
                self._bind(pdu, found)
            message = check_message(pdu, time, found)
            check_tlvs(pdu, self._version, found)
        if command_id_of(frame) & RESPONSE_BIT:
            self._answer(time, frame, pdu, found)
        else:
            self._request(time, frame, message, found)
        if message is not None and message.concatenation is not None and pdu is not None:
            self._part(time, pdu, message, message.concatenation, found)
        if found:
            # A PDU breaks a rule once in one way, however many of its fields do.
            for rule, detail in dict.fromkeys(found):
                self._note(rule, detail, time, frame)

    def _bind(self, pdu: BindRequest, found: list[Found]) -> None:
        self.system_id = self.summary.system_id = pdu.system_id[:SYSTEM_ID_MAX]
        self.summary.bind = values.command_name(pdu.command_id).removeprefix("bind_")
        self._version = values.effective_interface_version(pdu.interface_version)
        check_bind(pdu, found)
        if self._is_in_clear and pdu.password:
            found.append((rules.PASSWORD_IN_CLEAR, ""))

    def _request(
        self, time: float, frame: bytes, message: Message | None, found: list[Found]
    ) -> None:
        command_id, sequence = command_id_of(frame), sequence_number_of(frame)
        if frame[8:12] != b"\0\0\0\0":
            found.append((rules.REQUEST_STATUS, ""))
        self._check_state(command_id, found)
        asked = _Asked(time, command_id, b"")
        if message is not None:
            asked.concatenation = message.concatenation
        self._check_sequence(sequence, asked, found)
        if command_id == values.UNBIND:
            self._is_unbinding = True
        elif self._is_unbinding and command_id != values.ENQUIRE_LINK:
            found.append((rules.REQUEST_AFTER_UNBIND, values.command_name(command_id)))
        if command_id in _UNANSWERED:
            return
        if len(self._client_asked) < OUTSTANDING_MAX:
            self._client_asked[sequence] = asked
        self._check_window(found)
        if command_id in _SUBMITS:
            self._check_rate(time, found)

    def _check_state(self, command_id: int, found: list[Found]) -> None:
        state = self._state
        if state == UNKNOWN or command_id not in values.COMMAND_NAMES:
            return
        if command_id in _BINDS and state in _BOUND:
            found.append((rules.BOUND_TWICE, ""))
        elif not may_send(ESME, state, command_id):
            named = values.command_name(command_id)
            found.append((rules.NOT_ALLOWED_IN_STATE, f"{named} while {STATE_NAMES[state]}"))

    def _check_sequence(self, sequence: int, asked: _Asked, found: list[Found]) -> None:
        if sequence == 0:
            found.append((rules.SEQUENCE_ZERO, values.command_name(asked.command_id)))
        elif sequence > values.SEQUENCE_NUMBER_MAX:
            found.append((rules.SEQUENCE_RANGE, ""))
        other = self._client_asked.get(sequence)
        if other is not None:
            if _are_parts(other.concatenation, asked.concatenation):
                found.append((rules.PARTS_SHARE_SEQUENCE, ""))
            else:
                found.append((rules.SEQUENCE_REUSED, ""))
        elif sequence <= self._last_sequence and not (
            self._last_sequence >= values.SEQUENCE_NUMBER_MAX and sequence <= 1
        ):
            found.append((rules.SEQUENCE_NOT_INCREASING, ""))
        self._last_sequence = sequence

    def _check_window(self, found: list[Found]) -> None:
        """Once each time that the window is left, not for every request outside."""
        is_over = len(self._client_asked) > self._limits.window
        if is_over and not self._is_over_window:
            found.append((rules.WINDOW, f"more than {self._limits.window}"))
        if is_over or len(self._client_asked) * 2 <= self._limits.window:
            self._is_over_window = is_over

    def _check_rate(self, time: float, found: list[Found]) -> None:
        since_s = time - self._throttled_at
        if IN_FLIGHT_S < since_s < THROTTLE_S:
            found.append((rules.SUBMITS_WHILE_THROTTLED, ""))
        second = int(time)
        if second != self._second:
            self._second = second
            self._submits_in_second = 0
        self._submits_in_second += 1
        if self._submits_in_second == self._limits.submits_per_s + 1:
            found.append((rules.BURST, f"more than {self._limits.submits_per_s} in a second"))

    def _part(
        self,
        time: float,
        pdu: Pdu,
        message: Message,
        concatenation: Concatenation,
        found: list[Found],
    ) -> None:
        source = str(getattr(pdu, "source_addr", ""))
        destination = str(getattr(pdu, "destination_addr", ""))
        missing = self._concatenations_of(self.system_id).part(
            (source, destination),
            concatenation,
            message.data_coding,
            message.text,
            self._example(time, ESME, pdu.frame),
            found,
        )
        self.note_missing(missing)

    def note_missing(self, missing: list[Missing]) -> None:
        """Parts that never came, told by the first that did."""
        for each in missing:
            self.findings.note(each.rule, each.detail, each.first)

    def _answer(self, time: float, frame: bytes, pdu: Pdu | None, found: list[Found]) -> None:
        command_id, sequence = command_id_of(frame), sequence_number_of(frame)
        asked = self._carrier_asked.pop(sequence, None)
        if asked is None:
            late = self._expired.pop(sequence, None)
            if late is not None:
                found.append((rules.DELIVER_LATE, values.command_name(late.command_id)))
            elif command_id == values.GENERIC_NACK and sequence == 0:
                # It speaks of a PDU whose header could not be read.
                return
            elif time > self._unsure_until:
                found.append((rules.ANSWER_TO_NOTHING, values.command_name(command_id)))
            return
        if command_id == values.UNBIND_RESP:
            self._state = UNBOUND
        if command_id not in (asked.command_id | RESPONSE_BIT, values.GENERIC_NACK):
            named = values.command_name(command_id)
            wanted = values.command_name(asked.command_id)
            found.append((rules.ANSWER_OF_OTHER_KIND, f"{named} to {wanted}"))
        elif asked.command_id in _DELIVERS:
            self._check_delivery_answer(time, asked, frame, pdu, found)

    def _check_delivery_answer(
        self, time: float, asked: _Asked, frame: bytes, pdu: Pdu | None, found: list[Found]
    ) -> None:
        if time - asked.time > self._limits.late_s:
            found.append((rules.DELIVER_LATE, values.command_name(asked.command_id)))
        status = int.from_bytes(frame[8:12], "big")
        if status != values.ESME_ROK and _is_receipt(asked.frame):
            found.append((rules.RECEIPT_REFUSED, values.status_name(status)))
        if isinstance(pdu, DeliverSmResp) and status == values.ESME_ROK:
            if len(frame) == values.HEADER_OCTETS:
                found.append((rules.DELIVER_RESP_BODY, "no body"))
            elif pdu.message_id:
                found.append((rules.DELIVER_RESP_BODY, "a message_id"))

    # From the carrier.

    def _from_carrier(self, time: float, frame: bytes) -> None:
        command_id, sequence = command_id_of(frame), sequence_number_of(frame)
        if command_id & RESPONSE_BIT == 0:
            if command_id == values.OUTBIND and self._state == OPEN:
                self._state = OUTBOUND
            elif command_id not in _UNANSWERED and len(self._carrier_asked) < OUTSTANDING_MAX:
                self._carrier_asked[sequence] = _Asked(time, command_id, frame)
            return
        asked = self._client_asked.pop(sequence, None)
        status = int.from_bytes(frame[8:12], "big")
        request = command_id & ~RESPONSE_BIT
        if request in _BINDS and status == values.ESME_ROK:
            self._state = STATE_AFTER_BIND[request]
            self._is_unbinding = False
        elif command_id == values.UNBIND_RESP:
            self._state = UNBOUND
        if status != values.ESME_ROK and (asked is not None or time <= self._unsure_until):
            if status in _BUSY and not 0 <= time - self._throttled_at < THROTTLE_S:
                self._throttled_at = time
            named = values.command_name(asked.command_id if asked is not None else request)
            detail = f"{named}: {values.status_name(status)}"
            self._note(rules.REFUSED, detail, time, frame, SMSC)

    # Time.

    def _expire(self, now: float) -> None:
        """Requests of the carrier that waited too long. The oldest are first."""
        while self._carrier_asked:
            sequence = next(iter(self._carrier_asked))
            asked = self._carrier_asked[sequence]
            if asked.time + self._limits.answer_s >= now:
                return
            del self._carrier_asked[sequence]
            self._note_unanswered(asked)
            if len(self._expired) >= EXPIRED_MAX:
                del self._expired[next(iter(self._expired))]
            self._expired[sequence] = asked

    def _note_unanswered(self, asked: _Asked) -> None:
        if asked.command_id in _DELIVERS:
            kind = "a receipt" if _is_receipt(asked.frame) else "a message"
            self._note(rules.DELIVER_UNANSWERED, kind, asked.time, asked.frame, SMSC)
        elif asked.command_id == values.ENQUIRE_LINK:
            self._note(rules.ENQUIRE_LINK_UNANSWERED, "", asked.time, asked.frame, SMSC)

    def _check_silence(self, now: float, frame: bytes) -> None:
        if self._state in _TALKING and now - self._client_at > self._limits.silence_s:
            self._note(
                rules.NO_ENQUIRE_LINK, f"more than {self._limits.silence_s:.0f} s", now, frame
            )

    # What is found.

    def _note(self, rule: Rule, detail: str, time: float, frame: bytes, sender: int = ESME) -> None:
        if self.findings.knows(rule):
            self.findings.again(rule, detail)
        else:
            self.findings.note(rule, detail, self._example(time, sender, frame))

    def _example(self, time: float, sender: int, frame: bytes) -> Example:
        return Example(time, sender, self.summary.name, without_password(frame))


def without_password(frame: bytes) -> bytes:
    """A frame whose password, if it is a bind or an outbind, is asterisks."""
    if len(frame) < values.HEADER_OCTETS:
        return frame
    if command_id_of(frame) not in _WITH_PASSWORD:
        return frame
    start = frame.find(b"\0", values.HEADER_OCTETS) + 1
    if not start:
        return frame
    end = frame.find(b"\0", start)
    end = len(frame) if end < 0 else end
    return frame[:start] + b"*" * (end - start) + frame[end:]


def _are_parts(one: Concatenation | None, other: Concatenation | None) -> bool:
    return (
        one is not None
        and other is not None
        and one.reference == other.reference
        and one.total == other.total
    )


def _is_receipt(frame: bytes) -> bool:
    pdu = dissect(frame).pdu
    if not isinstance(pdu, DeliverSm | DataSm):
        return False
    return pdu.esm_class & values.ESM_CLASS_TYPE_MASK in _RECEIPT_TYPES
