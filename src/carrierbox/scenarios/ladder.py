"""The record of a run as a ladder: application, centre and phones, an arrow for each PDU."""

from collections.abc import Sequence
from typing import Final

from carrierbox.scenarios.times import written
from carrierbox.scenarios.traffic import Entry, Receipt, is_receipt, text_of
from carrierbox.smpp.pdus import (
    BindRequest,
    DataSm,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    Pdu,
    QuerySmResp,
    SubmitSm,
)
from carrierbox.smpp.values import MESSAGE_STATE_NAMES, RESPONSE_BIT, command_name, status_name
from carrierbox.terminal import padded, printable
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
LABEL_COLUMNS: Final = 46
TEXT_CHARACTERS: Final = 24
PHONE_COLUMNS: Final = 40

_TO_PHONE: Final = (ATTEMPT, ARRIVED)
_FROM_PHONE: Final = (FAILED, ALERT, MOBILE_ORIGINATED, PHONE, MOVED)
# What the trace tells of a PDU that is in the record itself.
_TWICE_TOLD: Final = frozenset(
    {"submitted", "receipt_sent", "receipt_acknowledged", "receipt_refused", "bound", "routed"}
)


def ladder_lines(entries: Sequence[Entry], shown_max: int = ENTRIES_MAX) -> list[str]:
    """The diagram, its end if it is long."""
    told = [entry for entry in entries if _is_shown(entry)]
    lines = [
        padded("", 24)
        + padded("application", LABEL_COLUMNS + 3)
        + padded("centre", PHONE_COLUMNS + 2)
        + "phones"
    ]
    left_out = len(told) - shown_max
    if left_out > 0:
        lines.append(f"{'':24}… {left_out} more before")
        told = told[left_out:]
    return [*lines, *(_line(entry) for entry in told)]


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
        to = f"{pdu.source_addr}>{pdu.destination_addr}"
        return [to, _short(text_of(pdu))]
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


def _line(entry: Entry) -> str:
    time = written(entry.at)
    if entry.event is not None:
        return f"{time}  {_event_words(entry.event)}".rstrip()
    if entry.pdu is None and not entry.octets:
        return f"{time}  -- {printable(entry.words)}"
    label = pdu_words(entry.pdu) if entry.pdu is not None else entry.words
    label = printable(label)
    dashes = "-" * max(2, LABEL_COLUMNS - len(label))
    if entry.from_application:
        return f"{time} |{dashes} {label} >|"
    return f"{time} |< {label} {dashes}|"


def _event_words(event: TraceEvent) -> str:
    kind = KIND_NAMES.get(event.kind, str(event.kind))
    detail = printable(event.describe())
    number = f"+{event.msisdn}" if event.msisdn.isdigit() else event.msisdn
    indent = padded("", LABEL_COLUMNS + 3)
    if event.kind == PROCEDURE:
        return f"{indent}: {detail} {number}"
    words = " ".join(word for word in (kind, detail, number) if word)
    dashes = "-" * max(2, PHONE_COLUMNS - len(words))
    if event.kind in _TO_PHONE:
        return f"{indent}|{dashes} {words} >|"
    if event.kind in _FROM_PHONE:
        return f"{indent}|< {words} {dashes}|"
    return f"{indent}o {words}"
