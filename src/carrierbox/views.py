"""What a box holds, in the public shapes: messages, phones and events.

Read-only and synchronous. Whatever may be long is done in pieces of the caller's choice, so that
who shares a loop with the message path can let it go on in between.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from carrierbox import shapes
from carrierbox.codecs.receipt_dialect import STANDARD, Dialect
from carrierbox.codecs.tp_tables import status_name
from carrierbox.identifiers import msisdn_or_none
from carrierbox.relay import (
    CONVERSATION_ABORT,
    DELIVERY_ACKNOWLEDGEMENT,
    STATUS_REPORT,
    TEXT,
    USER_ACKNOWLEDGEMENT,
)
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.network import CarrierNetwork
from carrierbox.simulator.phone_texts import (
    NO_REPORT,
    REPORT_AWAITED,
    TP_ST_FINAL_MIN,
    TP_ST_TRYING_MIN,
    SentText,
    Text,
)
from carrierbox.smpp.tlv import Tlv, describe_tlv
from carrierbox.smsc.acknowledgements import kind_of
from carrierbox.smsc.messages import (
    FROM_PHONE,
    RECEIPT_DONE,
    RECEIPT_HELD,
    RECEIPT_SENT,
    TO_PHONE,
    Message,
)
from carrierbox.smsc.parts import part_count, text_of
from carrierbox.smsc.ports import NEVER, NumberPlan, Search
from carrierbox.smsc.receipts import describe_state, err_of, err_told_of, words_for
from carrierbox.smsc.rows import searched_text
from carrierbox.smsc.settings import ErrWords
from carrierbox.smsc.told import Told
from carrierbox.trace import KIND_NAMES, Trace, TraceEvent

EVENTS_PAGE: Final = 1000

_MESSAGE_KINDS: Final[dict[int, shapes.MessageKind]] = {
    TEXT: "text",
    DELIVERY_ACKNOWLEDGEMENT: "delivery_acknowledgement",
    USER_ACKNOWLEDGEMENT: "user_acknowledgement",
    CONVERSATION_ABORT: "conversation_abort",
    STATUS_REPORT: "status_report",
}
_RECEIPTS: Final[dict[int, shapes.Receipt]] = {
    RECEIPT_HELD: "held",
    RECEIPT_SENT: "sent",
    RECEIPT_DONE: "acknowledged",
}
DialectOf: TypeAlias = Callable[[str], Dialect]
"""The dialect of an account, by its system_id: `Accounts.dialect_of`."""
_LATEST_TIME: Final = 253402300799.0
"""The last second of the year 9999, the last that has a date."""


def rfc3339(at: float) -> str:
    """`at`, seconds since 1970, as `2026-01-31T12:00:00.250Z`."""
    moment = datetime.fromtimestamp(min(max(at, 0.0), _LATEST_TIME), UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def standard_dialect(system_id: str) -> Dialect:
    """Where nobody says otherwise."""
    return STANDARD


# Messages.


class MessageFilter:
    """Which messages somebody asked for; "" and None ask for all.

    `to` and `source` are an address as it was submitted, or a number however it is written. `text`
    is a piece of the text, where a to z are the same as A to Z. From `since` on and before `until`,
    in network seconds, a message was accepted, or ended if it did.
    """

    def __init__(
        self,
        to: str = "",
        source: str = "",
        system_id: str = "",
        state: int | None = None,
        text: str = "",
        since: float = 0.0,
        until: float = NEVER,
    ) -> None:
        self._to = _spellings(to)
        self._source = _spellings(source)
        self._text = _folded(text)
        self._since = since
        self._until = until
        self._search = Search(
            0,
            text=text,
            system_id=system_id,
            state=-1 if state is None else state,
            since=since,
            until=until,
            source=(msisdn_or_none(source) or source) if source else "",
            destination=((msisdn_or_none(to) or to) if to else "").encode("utf-8", "replace"),
        )
        self._msisdn = msisdn_or_none(to) if to else None
        self._system_id = system_id
        self._state = state
        self.is_open = (
            not (to or source or system_id or text or since) and state is None and until == NEVER
        )

    def search(self, limit: int, before_id: int, rows_max: int) -> Search:
        """The same as a question to the store: `matches` has the last word about what it finds."""
        search = self._search
        return Search(
            limit,
            before_id,
            text=search.text,
            system_id=search.system_id,
            state=search.state,
            since=search.since,
            until=search.until,
            source=search.source,
            destination=search.destination,
            rows_max=rows_max,
        )

    def matches(self, message: Message) -> bool:
        """Whether this is one of them."""
        if self._state is not None and message.state != self._state:
            return False
        if self._system_id and message.system_id != self._system_id:
            return False
        submit = message.submit
        if self._source and submit.source_addr not in self._source:
            return False
        at = message.final_at if message.is_final else message.accepted_at
        if not self._since <= at < self._until:
            return False
        if self._text and self._text not in _folded(searched_text(message)):
            return False
        if not self._to or submit.destination_addr in self._to:
            return True
        return message.target == TO_PHONE and message.msisdn == self._msisdn


def _folded(text: str) -> bytes:
    """A text without letter case as far as ASCII goes, as stores compare it."""
    return text.encode("utf-8", "replace").lower()


def _spellings(address: str) -> frozenset[str]:
    """An address and, if it may be a number, the ways a client writes it."""
    digits = msisdn_or_none(address)
    if not address or digits is None:
        return frozenset({address} if address else ())
    return frozenset({address, digits, "+" + digits, "00" + digits})


def message_view(
    message: Message, dialect_of: DialectOf = standard_dialect, err_words: ErrWords | None = None
) -> shapes.Message:
    """A message as the API shows it, its id and its err as its client was told them."""
    dialect = dialect_of(message.system_id)
    words = words_for(message, err_words)
    submit = message.submit
    return shapes.Message(
        message_id=dialect.answer_id.render(message.client_id),
        system_id=message.system_id,
        source_addr=submit.source_addr,
        destination_addr=submit.destination_addr,
        msisdn=_plus(message.msisdn),
        country=message.country,
        carrier=message.carrier,
        rule=message.rule,
        text=text_of(message),
        data_coding=submit.data_coding,
        parts=_parts_of(message),
        message_state=describe_state(message.state),
        err=err_of(message, dialect, words),
        attempts=message.attempts,
        registered_delivery=submit.registered_delivery,
        accepted_at=rfc3339(message.accepted_at),
        final_at=rfc3339(message.final_at) if message.is_final else None,
        receipt=_receipt_of(message),
        origin="phone" if message.origin == FROM_PHONE else "esme",
        tlvs=[_tlv_view(each) for each in submit.tlvs],
        kind=_MESSAGE_KINDS.get(kind_of(submit.esm_class), "text"),
        receiver=message.receiver,
        told=None if message.told is None else _told_view(message, message.told, dialect, words),
    )


def _told_view(
    message: Message, told: Told, dialect: Dialect, words: dict[int, str]
) -> shapes.Told:
    submit = message.submit
    changed = message.source.value != submit.source_addr and submit.source_addr
    return shapes.Told(
        reason=told.reason,
        deliver=told.delivers,
        message_state=describe_state(message.state_told),
        err=err_told_of(message, dialect, words),
        at=rfc3339(message.told_at) if message.is_final or message.is_told_when_taken else None,
        receipts=told.copies if told.is_told else 0,
        held_until=rfc3339(told.held_until) if told.held_until else None,
        source_addr=message.source.value if changed else None,
        text=told.text,
    )


def with_events(
    message: shapes.Message, events: list[shapes.MessageEvent]
) -> shapes.MessageWithEvents:
    """The same message with its events."""
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    return shapes.MessageWithEvents(**fields, events=events)


def _parts_of(message: Message) -> int:
    if message.segments is not None:
        return len(message.segments)
    return part_count(message) if message.target == TO_PHONE else 1


def _tlv_view(each: Tlv) -> shapes.Tlv:
    name, value = describe_tlv(each)
    meaning = value if isinstance(value, int | str) else None
    return shapes.Tlv(tag=each.tag, name=name, value=each.value.hex(), meaning=meaning)


def _receipt_of(message: Message) -> shapes.Receipt:
    # What a phone sent is itself the deliver_sm that is held and acknowledged; no receipt follows.
    return "none" if message.origin == FROM_PHONE else _RECEIPTS.get(message.receipt, "none")


# Events.


def events_page(
    trace: Trace, since: int, limit: int = EVENTS_PAGE, dialect_of: DialectOf = standard_dialect
) -> tuple[int, list[shapes.Event]]:
    """The events after number `since`, oldest first, and the number to go on from.

    One that fell behind the ring, or comes from before a restart, goes on at its oldest event.
    """
    last, found = _numbered(trace, since, limit)
    return last, [_event_view(number, event, dialect_of) for number, event in found]


def message_events_page(
    trace: Trace, message_id: int, since: int = 0, limit: int = EVENTS_PAGE
) -> tuple[int, list[shapes.MessageEvent]]:
    """What happened to one message among the `limit` events after number `since`, in order.

    Also the number to go on from; it is `trace.newest` when there is nothing more.
    """
    last, found = _numbered(trace, since, limit)
    return last, [
        shapes.MessageEvent(
            number=number, kind=_kind(event), at=rfc3339(event.at), detail=event.describe()
        )
        for number, event in found
        if event.message_id == message_id
    ]


def _numbered(trace: Trace, since: int, limit: int) -> tuple[int, list[tuple[int, TraceEvent]]]:
    last, events = trace.since(since if since <= trace.newest else 0, limit)
    return last, list(enumerate(events, last - len(events) + 1))


def _event_view(number: int, event: TraceEvent, dialect_of: DialectOf) -> shapes.Event:
    message_id = None
    if event.message_id:
        message_id = dialect_of(event.system_id).answer_id.render(event.message_id)
    return shapes.Event(
        number=number,
        kind=_kind(event),
        at=rfc3339(event.at),
        message_id=message_id,
        system_id=event.system_id,
        msisdn=_plus(event.msisdn),
        detail=event.describe(),
    )


def _kind(event: TraceEvent) -> str:
    return KIND_NAMES.get(event.kind, str(event.kind))


# Phones.


def phone_summary(
    network: CarrierNetwork, plan: NumberPlan, handset: Handset, waiting: int
) -> shapes.PhoneSummary:
    """A phone without its texts."""
    subscriber = network.hlr.peek(handset.msisdn)
    ported = plan if network.ported is None else network.ported
    route = ported.route(handset.msisdn)
    return shapes.PhoneSummary(
        msisdn=_plus(handset.msisdn),
        imsi="" if subscriber is None else subscriber.imsi,
        country="" if route is None else route.country,
        carrier="" if route is None else route.carrier,
        power="on" if handset.power else "off",
        duplicates=handset.duplicates,
        waiting=waiting,
        indicators=handset.indicators,
        flags=[] if subscriber is None else subscriber.flag_names,
        serving_node="" if subscriber is None else subscriber.serving_node,
    )


def phone_view(
    network: CarrierNetwork, plan: NumberPlan, handset: Handset, waiting: int
) -> shapes.Phone:
    """A phone with its texts."""
    summary = phone_summary(network, plan, handset, waiting)
    fields = {name: getattr(summary, name) for name in summary.__struct_fields__}
    return shapes.Phone(
        **fields,
        texts=[_text_view(text) for text in handset.inbox],
        flash=None if handset.flash is None else _text_view(handset.flash),
        sent=[_sent_view(text) for text in handset.sent],
        silent=handset.silent,
        parts_held=handset.parts_held,
        memory=_memory_view(handset),
    )


def phone_threads(handset: Handset) -> shapes.PhoneThreads:
    """What a phone received and sent, by the other end, each in the order of time."""
    found: dict[str, shapes.Thread] = {}
    dated: list[tuple[float, str, shapes.ThreadText]] = [
        (
            text.received_at,
            text.sender,
            shapes.ThreadText(
                direction="received",
                number=text.number,
                text=text.text,
                at=rfc3339(text.received_at),
            ),
        )
        for text in [*handset.inbox, *([handset.flash] if handset.flash else [])]
    ]
    dated += [
        (
            sent.sent_at,
            sent.receiver,
            shapes.ThreadText(
                direction="sent",
                number=sent.number,
                text=sent.text,
                at=rfc3339(sent.sent_at),
                report=_report_of(sent),
            ),
        )
        for sent in handset.sent
    ]
    dated.sort(key=lambda one: one[0])
    for _, other, text in dated:
        # Who is dialled as 38100 may answer as +38100, and the other way round.
        key = msisdn_or_none(other) or other
        thread = found.pop(key, None) or shapes.Thread(other=other, texts=[])
        thread.texts.append(text)
        found[key] = thread
    return shapes.PhoneThreads(msisdn=_plus(handset.msisdn), threads=list(found.values()))


def _sent_view(sent: SentText) -> shapes.PhoneSentText:
    return shapes.PhoneSentText(
        number=sent.number,
        to=sent.receiver,
        text=sent.text,
        parts=sent.parts,
        sent_at=rfc3339(sent.sent_at),
        report=_report_of(sent),
        status=status_name(sent.tp_st) if sent.tp_st >= 0 else "",
    )


def _report_of(sent: SentText) -> shapes.SentReport:
    """What the status reports of a text come to."""
    if sent.tp_st == NO_REPORT:
        return "none"
    if sent.tp_st == REPORT_AWAITED:
        return "awaited"
    if TP_ST_TRYING_MIN <= sent.tp_st < TP_ST_FINAL_MIN:
        return "trying"
    if sent.tp_st >= TP_ST_FINAL_MIN:
        return "failed"
    return "awaited" if sent.reports_missing else "delivered"


def _memory_view(handset: Handset) -> shapes.PhoneMemory | None:
    memory = handset.memory
    usage = handset.usage
    if memory is None or usage is None:
        return None
    return shapes.PhoneMemory(
        phone=memory.phone,
        sim=memory.sim,
        phone_used=usage.phone,
        sim_used=usage.sim,
        dummies=memory.dummies,
        when_full="refuse" if memory.refuses else "forget",
    )


def _text_view(text: Text) -> shapes.PhoneText:
    signs = text.signs
    content = text.content
    return shapes.PhoneText(
        number=text.number,
        sender=text.sender,
        text=text.text,
        parts=text.parts,
        sent_at=rfc3339(text.sent_at),
        received_at=rfc3339(text.received_at),
        message_class=signs.message_class,
        port=signs.port,
        signs=signs.words(),
        content=dict(content) if content else None,
        kind=_MESSAGE_KINDS[text.kind],
        user_response_code=None if text.user_response_code < 0 else text.user_response_code,
        acknowledgement=_acknowledgement_of(text),
        protocol=text.protocol,
        storage="sim" if text.in_sim else "phone",
    )


def _acknowledgement_of(text: Text) -> Literal["none", "wanted", "sent"]:
    if text.is_acknowledged:
        return "sent"
    return "wanted" if text.asking(USER_ACKNOWLEDGEMENT) else "none"


def _plus(msisdn: str) -> str:
    return "+" + msisdn if msisdn else ""
