"""The record of a run as a ladder: application, centre and phones, an arrow for each PDU."""

from collections.abc import Sequence
from typing import Final

from carrierbox.scenarios.times import written
from carrierbox.scenarios.traffic import (
    Acknowledgement,
    Entry,
    Receipt,
    is_acknowledgement,
    is_receipt,
    text_of,
)
from carrierbox.smpp.pdus import (
    BindRequest,
    DataSm,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    Outbind,
    Pdu,
    QuerySmResp,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
)
from carrierbox.smpp.values import MESSAGE_STATE_NAMES, RESPONSE_BIT, command_name, status_name
from carrierbox.terminal import counted, padded, printable, width_columns
from carrierbox.trace import (
    ALERT,
    ARRIVED,
    ATTEMPT,
    FAILED,
    KIND_NAMES,
    MOBILE_ORIGINATED,
    MOVED,
    PHONE,
    PROCEDURE,
    TraceEvent,
)

ENTRIES_MAX: Final = 60
"""Of a long record the end is shown."""
LABEL_COLUMNS_MIN: Final = 34
LABEL_COLUMNS_MAX: Final = 76
TEXT_CHARACTERS: Final = 24
PHONE_COLUMNS_MIN: Final = 26
PHONE_COLUMNS_MAX: Final = 60

_TO_PHONE: Final = (ATTEMPT, ARRIVED)
_FROM_PHONE: Final = (FAILED, ALERT, MOBILE_ORIGINATED, PHONE, MOVED)
# What the trace tells of a PDU that is in the record itself.
_TWICE_TOLD: Final = frozenset(
    {"submitted", "receipt_sent", "receipt_acknowledged", "receipt_refused", "bound", "routed"}
)


def ladder_lines(entries: Sequence[Entry], shown_max: int = ENTRIES_MAX) -> list[str]:
    """The diagram, its end if it is long; as wide as what stands at its arrows."""
    told = [entry for entry in entries if _is_shown(entry)]
    left_out = max(0, len(told) - shown_max)
    told = told[left_out:]
    labels = [_label(each) for each in told if each.event is None and not _is_note(each)]
    words = [
        _event_words(each.event) for each in told if each.event is not None and _is_arrow(each)
    ]
    label_columns = _widest(labels, LABEL_COLUMNS_MIN, LABEL_COLUMNS_MAX)
    phone_columns = _widest(words, PHONE_COLUMNS_MIN, PHONE_COLUMNS_MAX)
    lines = [
        padded("", 24)
        + padded("application", label_columns + 2)
        + padded("centre", phone_columns + 4)
        + "phones"
    ]
    if left_out:
        lines.append(f"{'':24}… {left_out} more before")
    return [*lines, *(_line(entry, label_columns, phone_columns) for entry in told)]


def _widest(labels: list[str], columns_min: int, columns_max: int) -> int:
    """The columns of the widest label, and two for its shortest arrow."""
    widest = max((width_columns(each) for each in labels), default=0) + 2
    return max(columns_min, min(widest, columns_max))


def pdu_words(pdu: Pdu) -> str:
    """A PDU on one line: its name, status, and what matters most in it."""
    name = command_name(pdu.command_id)
    words = [name, *_details(pdu)]
    if pdu.command_id & RESPONSE_BIT:
        words.insert(1, status_name(pdu.command_status))
    return " ".join(word for word in words if word)


def _details(pdu: Pdu) -> list[str]:
    if isinstance(pdu, BindRequest):
        return [pdu.system_id]
    if isinstance(pdu, SubmitSm | DeliverSm | DataSm):
        if is_receipt(pdu):
            return _receipt_words(pdu)
        if isinstance(pdu, DeliverSm | DataSm) and is_acknowledgement(pdu):
            return [f"acknowledged by {Acknowledgement(Entry(0, 0.0), pdu).told()}"]
        to = f"{pdu.source_addr}>{pdu.destination_addr}"
        return [to, _short(text_of(pdu))]
    if isinstance(pdu, SubmitMulti):
        to = f"{pdu.source_addr}>{counted(len(pdu.dest_address), 'destination')}"
        return [to, _short(text_of(pdu))]
    if isinstance(pdu, SubmitMultiResp) and pdu.unsuccess_sme:
        return [pdu.message_id, f"{len(pdu.unsuccess_sme)} refused"]
    if isinstance(pdu, Outbind):
        return [pdu.system_id]
    if isinstance(pdu, QuerySmResp):
        return [MESSAGE_STATE_NAMES.get(pdu.message_state, str(pdu.message_state))]
    message_id = getattr(pdu, "message_id", "")
    return [str(message_id)] if message_id else []


def _receipt_words(pdu: Pdu) -> list[str]:
    assert isinstance(pdu, DeliverSm | DataSm)
    fields = Receipt(Entry(0, 0.0), pdu).fields
    return [fields.get("id", ""), fields.get("stat", ""), f"err:{fields.get('err', '')}"]


def _short(text: str) -> str:
    shown = text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1] + "…"
    return f'"{printable(shown)}"'


def _is_shown(entry: Entry) -> bool:
    if isinstance(entry.pdu, EnquireLink | EnquireLinkResp):
        return False
    event = entry.event
    return event is None or KIND_NAMES.get(event.kind, "") not in _TWICE_TOLD


def _is_note(entry: Entry) -> bool:
    return entry.event is None and entry.pdu is None and not entry.octets


def _is_arrow(entry: Entry) -> bool:
    return entry.event is not None and entry.event.kind in (*_TO_PHONE, *_FROM_PHONE)


def _label(entry: Entry) -> str:
    return printable(pdu_words(entry.pdu) if entry.pdu is not None else entry.words)


def _line(entry: Entry, label_columns: int, phone_columns: int) -> str:
    time = written(entry.at)
    if entry.event is not None:
        indent = padded("", label_columns + 4)
        return f"{time} {indent}{_event_line(entry.event, phone_columns)}".rstrip()
    if _is_note(entry):
        return f"{time}  -- {printable(entry.words)}"
    label = _label(entry)
    dashes = "-" * max(2, label_columns - width_columns(label))
    if entry.from_application:
        return f"{time} |{dashes} {label} >|"
    return f"{time} |< {label} {dashes}|"


def _event_line(event: TraceEvent, phone_columns: int) -> str:
    words = _event_words(event)
    dashes = "-" * max(2, phone_columns - width_columns(words))
    if event.kind in _TO_PHONE:
        return f"|{dashes} {words} >|"
    if event.kind in _FROM_PHONE:
        return f"|< {words} {dashes}|"
    return f": {words}" if event.kind == PROCEDURE else f"o {words}"


def _event_words(event: TraceEvent) -> str:
    kind = "" if event.kind == PROCEDURE else KIND_NAMES.get(event.kind, str(event.kind))
    number = f"+{event.msisdn}" if event.msisdn.isdigit() else event.msisdn
    return " ".join(word for word in (kind, printable(event.describe()), number) if word)
