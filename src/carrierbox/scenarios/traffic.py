"""What crossed the links and what the trace told meanwhile, in one order: the record of a run.

It listens in on every link, so that the PDUs in it are the real ones with their octets, whoever is
at the other end.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.codecs.national_language import decode_short_message
from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.codecs.user_data_header import split_user_data_header
from carrierbox.errors import CarrierboxError, CodecError, FramingError, PduError
from carrierbox.identifiers import LinkId
from carrierbox.runtime import Wire
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.smpp.fields import SmeDestination
from carrierbox.smpp.framing import FrameBuffer
from carrierbox.smpp.pdus import BindRequest, DataSm, DeliverSm, Pdu, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_MESSAGE_STATE,
    TAG_RECEIPTED_MESSAGE_ID,
    TAG_USER_RESPONSE_CODE,
    tlv_int,
    tlv_octets,
    tlv_text,
)
from carrierbox.smpp.values import (
    ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT,
    ESM_CLASS_DELIVERY_RECEIPT,
    ESM_CLASS_TYPE_MASK,
    ESM_CLASS_UDHI,
    ESM_CLASS_USER_ACKNOWLEDGEMENT,
    MESSAGE_STATE_NAMES,
    RESPONSE_BIT,
)
from carrierbox.smpp.wire import decode_declared, decode_pdu
from carrierbox.trace import Trace, TraceEvent

ENTRIES_MAX: Final = 1_000_000
FRAME_MAX_OCTETS: Final = 4 * 1024 * 1024


class Entry:
    """One thing that happened: a PDU, octets that are none, an event of the trace, or a word.

    `number` counts all of them from 1; `at` is network time.
    """

    def __init__(self, number: int, at: float) -> None:
        self.number = number
        self.at = at
        self.link_id = 0
        self.system_id = ""
        self.from_application = False
        self.pdu: Pdu | None = None
        self.octets = b""
        self.event: TraceEvent | None = None
        self.words = ""
        self.request: Entry | None = None
        """What a response answers."""
        self.answers: list[Entry] = []
        """The responses to a request; more than one where a fault doubled it."""

    @property
    def answer(self) -> "Entry | None":
        """The first response to a request."""
        return self.answers[0] if self.answers else None


class _Side:
    """What one end of a link says."""

    def __init__(self) -> None:
        self.frames = FrameBuffer(FRAME_MAX_OCTETS)
        self.unanswered: dict[int, Entry] = {}
        """The requests of this end by sequence_number, the newest of each."""


class Traffic:
    """The record of one run; a `LinkObserver`."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.entries: list[Entry] = []
        self._now = now
        self._trace: Trace | None = None
        self._seen = 0
        self._links: dict[int, tuple[_Side, _Side]] = {}
        self._names: dict[int, str] = {}

    def watch(self, trace: Trace) -> None:
        """Follow a trace, that of the carrier's newest life."""
        self.drain()
        self._trace = trace
        self._seen = 0

    def say(self, words: str) -> Entry:
        """Put words between the entries: what a step did."""
        self.drain()
        entry = self._new()
        entry.words = words
        return entry

    def drain(self) -> None:
        """Take what the trace has told since the last time."""
        trace = self._trace
        while trace is not None and self._seen < trace.newest:
            self._seen, events = trace.since(self._seen)
            for event in events:
                entry = self._new()
                entry.at = event.at
                entry.event = event
                entry.system_id = event.system_id

    # What the runtime tells.

    def opened(self, link_id: LinkId, peer: str, wire: Wire) -> None:
        """See `LinkObserver.opened`."""
        self._links[link_id] = (_Side(), _Side())

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """See `LinkObserver.received`."""
        self._take(link_id, octets, True)

    def sent(self, link_id: LinkId, octets: bytes) -> None:
        """See `LinkObserver.sent`."""
        self._take(link_id, octets, False)

    def closed(self, link_id: LinkId, by_peer: bool) -> None:
        """See `LinkObserver.closed`."""
        self._links.pop(link_id, None)
        name = self._names.pop(link_id, "")
        who = "the application" if by_peer else "the carrier"
        self.say(f"link of {name or 'nobody'} closed by {who}")

    # Inside.

    def _take(self, link_id: int, octets: bytes, from_application: bool) -> None:
        self.drain()
        sides = self._links.get(link_id)
        if sides is None:
            return
        side = sides[0] if from_application else sides[1]
        other = sides[1] if from_application else sides[0]
        if side.frames.lost:
            return
        side.frames.feed(octets)
        while True:
            try:
                frame = side.frames.next_frame()
            except FramingError as error:
                self._note(link_id, from_application, octets, None).words = f"no PDU: {error}"
                return
            if frame is None:
                return
            entry = self._note(link_id, from_application, frame, _decoded(frame))
            pdu = entry.pdu
            if pdu is None:
                entry.words = "a PDU that cannot be read"
            elif pdu.command_id & RESPONSE_BIT:
                entry.request = other.unanswered.get(pdu.sequence_number)
                if entry.request is not None:
                    entry.request.answers.append(entry)
            else:
                side.unanswered[pdu.sequence_number] = entry
                if isinstance(pdu, BindRequest):
                    self._names[link_id] = pdu.system_id
                    entry.system_id = pdu.system_id

    def _note(self, link_id: int, from_application: bool, octets: bytes, pdu: Pdu | None) -> Entry:
        entry = self._new()
        entry.link_id = link_id
        entry.system_id = self._names.get(link_id, "")
        entry.from_application = from_application
        entry.octets = octets
        entry.pdu = pdu
        return entry

    def _new(self) -> Entry:
        if len(self.entries) >= ENTRIES_MAX:
            raise NotHeldError(f"more than {ENTRIES_MAX:,} PDUs and events: make it smaller")
        entry = Entry(len(self.entries) + 1, self._now())
        self.entries.append(entry)
        return entry


def _decoded(frame: bytes) -> Pdu | None:
    try:
        return decode_pdu(frame, True)
    except PduError:
        pass
    try:
        return decode_declared(frame, True, True)
    except CarrierboxError:
        return None


# What PDUs say.


def is_message(pdu: Pdu | None) -> bool:
    """Whether it delivers something to the application."""
    return isinstance(pdu, DeliverSm | DataSm)


def is_receipt(pdu: Pdu | None) -> bool:
    """Whether it delivers a receipt."""
    if not isinstance(pdu, DeliverSm | DataSm):
        return False
    return pdu.esm_class & ESM_CLASS_TYPE_MASK == ESM_CLASS_DELIVERY_RECEIPT


def destinations_of(pdu: Pdu | None) -> list[str]:
    """Where a message goes: digits, names and distribution lists, without a plus sign."""
    if isinstance(pdu, SubmitMulti):
        return [
            each.destination_addr.removeprefix("+")
            if isinstance(each, SmeDestination)
            else each.dl_name
            for each in pdu.dest_address
        ]
    destination = getattr(pdu, "destination_addr", None)
    return [] if destination is None else [str(destination).removeprefix("+")]


def text_of(pdu: SubmitSm | DeliverSm | DataSm | SubmitMulti) -> str:
    """The text of a message, its header left out, data_coding 0 as GSM 7-bit."""
    octets = b"" if isinstance(pdu, DataSm) else pdu.short_message
    octets = octets or tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) or b""
    header = b""
    if pdu.esm_class & ESM_CLASS_UDHI:
        try:
            header, octets = split_user_data_header(octets)
        except CodecError:
            header = b""
    return decode_short_message(octets, pdu.data_coding, header)


class Receipt:
    """A receipt as the application got it."""

    def __init__(self, entry: Entry, pdu: DeliverSm | DataSm) -> None:
        self.entry = entry
        self.pdu = pdu
        self.fields = parse_receipt_text(text_of(pdu))
        state = tlv_int(pdu.tlvs, TAG_MESSAGE_STATE)
        self.message_state = "" if state is None else MESSAGE_STATE_NAMES.get(state, str(state))

    @property
    def tlv_id(self) -> str:
        """The id in its receipted_message_id; "" if there is none."""
        return tlv_text(self.pdu.tlvs, TAG_RECEIPTED_MESSAGE_ID) or ""

    @property
    def text_id(self) -> str:
        """The id in its text; "" if there is none."""
        return self.fields.get("id", "")

    def field(self, name: str) -> str | None:
        """A field of its text, or of its PDU; None if there is none."""
        if name in self.fields:
            return self.fields[name]
        value = getattr(self.pdu, name, None)
        return None if value is None else str(value)


class Acknowledgement:
    """That a phone or its user has a message, as the application got it (SMPP 3.4 §5.2.12)."""

    def __init__(self, entry: Entry, pdu: DeliverSm | DataSm) -> None:
        self.entry = entry
        is_users = pdu.esm_class & ESM_CLASS_TYPE_MASK == ESM_CLASS_USER_ACKNOWLEDGEMENT
        self.by = "user" if is_users else "phone"
        self.user_response_code = tlv_int(pdu.tlvs, TAG_USER_RESPONSE_CODE)
        self.message_id = tlv_text(pdu.tlvs, TAG_RECEIPTED_MESSAGE_ID) or ""

    def told(self) -> str:
        """By whom, and with which answer."""
        code = self.user_response_code
        return self.by if code is None else f"{self.by}, user_response_code {code}"


def is_acknowledgement(pdu: Pdu | None) -> bool:
    """Whether it delivers an acknowledgement of a phone or of its user."""
    return isinstance(pdu, DeliverSm | DataSm) and pdu.esm_class & ESM_CLASS_TYPE_MASK in (
        ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT,
        ESM_CLASS_USER_ACKNOWLEDGEMENT,
    )
