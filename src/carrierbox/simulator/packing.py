"""What is on a phone as a short record of octets, and back without loss.

A network may have a million phones that got one text each: as objects they would take a gigabyte.
The record is for the memory of one process and is never written anywhere.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import TEXT
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.inbox import Inbox
from carrierbox.simulator.octet_records import RecordReader, RecordWriter
from carrierbox.simulator.outbox import Outbox
from carrierbox.simulator.phone_texts import SentText, Text

# Of an inbox.
_HAS_INDICATORS: Final = 0x01
_HAS_MEMORY: Final = 0x02
_HAS_FLASH: Final = 0x04
_HAS_COUNTS: Final = 0x08
_HAS_OLDER_REFERENCES: Final = 0x10
_HAS_OTHER_REFERENCES: Final = 0x20

# Of a text, from what most have to what few have.
_TIMES_DIFFER: Final = 0x01
_ADDRESS_GIVEN: Final = 0x02
_NUMBER_SKIPS: Final = 0x04
_SEVERAL_PARTS: Final = 0x08
_REFERENCE_FORGOTTEN: Final = 0x10
_CODED: Final = 0x20
_MARKED: Final = 0x40
_ASKS: Final = 0x80
_IS_ACKNOWLEDGED: Final = 0x100
_IN_SIM: Final = 0x200

_NO_ADDRESS: Final = Address(0, 0, "")


def write_inbox(writer: RecordWriter, inbox: Inbox) -> None:
    """Add what a phone has received; it must hold no parts."""
    # Nearly always each text's own reference is all that is remembered.
    others = set(inbox.newer)
    for text in inbox.texts:
        others.discard(text.reference)
    older = inbox.older if inbox.older is not inbox.newer else None
    flags = _HAS_OTHER_REFERENCES if others else 0
    if inbox.indicators is not None:
        flags |= _HAS_INDICATORS
    if inbox.memory is not None:
        flags |= _HAS_MEMORY
    if inbox.flash is not None:
        flags |= _HAS_FLASH
    if inbox.duplicates or inbox.silent or inbox.gone:
        flags |= _HAS_COUNTS
    if older is not None:
        flags |= _HAS_OLDER_REFERENCES
    writer.number(flags)
    writer.number(inbox.shown)
    writer.number(len(inbox.texts))
    before = inbox.shown - len(inbox.texts)
    address = _NO_ADDRESS
    for text in inbox.texts:
        _write_text(writer, text, before, address, inbox.newer)
        before = text.number
        address = text.originating
    if flags:
        _write_rest(writer, inbox, others, older)


def _write_rest(
    writer: RecordWriter, inbox: Inbox, others: set[int], older: set[int] | None
) -> None:
    """What few inboxes have, in the order of their flags."""
    if inbox.indicators is not None:
        writer.number(len(inbox.indicators))
        for kind, count in inbox.indicators.items():
            writer.text(kind)
            writer.number(count)
    if inbox.memory is not None:
        memory = inbox.memory
        for value in (memory.phone, memory.sim, int(memory.refuses), memory.dummies):
            writer.number(value)
    if inbox.flash is not None:
        _write_text(writer, inbox.flash, 0, _NO_ADDRESS, inbox.newer)
    if inbox.duplicates or inbox.silent or inbox.gone:
        for value in (inbox.duplicates, inbox.silent, inbox.gone):
            writer.number(value)
    if older is not None:
        _write_references(writer, older)
    if others:
        _write_references(writer, others)


def read_inbox(reader: RecordReader) -> Inbox:
    """What a phone has received."""
    inbox = Inbox()
    flags = reader.number()
    inbox.shown = reader.number()
    count = reader.number()
    before = inbox.shown - count
    address = _NO_ADDRESS
    for _ in range(count):
        text = _read_text(reader, before, address, inbox.newer)
        inbox.texts.append(text)
        before = text.number
        address = text.originating
    if flags & _HAS_INDICATORS:
        inbox.indicators = {}
        for _ in range(reader.number()):
            kind = reader.text()
            inbox.indicators[kind] = reader.number()
    if flags & _HAS_MEMORY:
        phone = reader.number()
        sim = reader.number()
        refuses = reader.number()
        inbox.memory = HandsetMemory(phone, sim, bool(refuses), reader.number())
    if flags & _HAS_FLASH:
        inbox.flash = _read_text(reader, 0, _NO_ADDRESS, inbox.newer)
    if flags & _HAS_COUNTS:
        inbox.duplicates = reader.number()
        inbox.silent = reader.number()
        inbox.gone = reader.number()
    if flags & _HAS_OLDER_REFERENCES:
        inbox.older = set()
        _read_references(reader, inbox.older)
    if flags & _HAS_OTHER_REFERENCES:
        _read_references(reader, inbox.newer)
    return inbox


def read_shows_since(reader: RecordReader) -> float | None:
    """What `Inbox.shows_since` says of what a phone has received, by its first text.

    None if that does not tell and all must be read: something is shown over the texts.
    """
    flags = reader.number()
    if flags & _HAS_FLASH:
        return None
    reader.number()
    if not reader.number():
        return float("inf")
    return _read_text(reader, 0, _NO_ADDRESS, set()).received_at


def write_outbox(writer: RecordWriter, outbox: Outbox) -> None:
    """Add what was written on a phone."""
    writer.number(outbox.written)
    writer.number(outbox.concatenation_reference)
    writer.number(outbox.message_reference)
    writer.number(len(outbox.texts))
    for text in outbox.texts:
        writer.number(text.number)
        _write_address(writer, text.destination)
        writer.text(text.text)
        writer.number(text.parts)
        writer.time(text.sent_at)
        writer.number(text.tp_mr)
        writer.number(text.tp_st + 2)
        writer.number(text.reports_missing)


def read_outbox(reader: RecordReader) -> Outbox:
    """What was written on a phone."""
    outbox = Outbox()
    outbox.written = reader.number()
    outbox.concatenation_reference = reader.number()
    outbox.message_reference = reader.number()
    for _ in range(reader.number()):
        number = reader.number()
        destination = _read_address(reader)
        written = reader.text()
        parts = reader.number()
        sent_at = NetworkTime(reader.time())
        text = SentText(number, destination, written, parts, sent_at, reader.number())
        text.tp_st = reader.number() - 2
        text.reports_missing = reader.number()
        outbox.texts.append(text)
    return outbox


def _write_text(
    writer: RecordWriter, text: Text, before: int, address: Address, newer: set[int]
) -> None:
    """Add a text that follows the one numbered `before`, of the sender `address`."""
    flags = 0
    if text.received_at != text.sent_at:
        flags |= _TIMES_DIFFER
    if text.originating != address:
        flags |= _ADDRESS_GIVEN
    if text.number != before + 1:
        flags |= _NUMBER_SKIPS
    if text.parts != 1:
        flags |= _SEVERAL_PARTS
    if text.reference not in newer:
        flags |= _REFERENCE_FORGOTTEN
    if text.tp_pid or text.user_data_header or text.received_tp_dcs != text.tp_dcs:
        flags |= _CODED
    if text.kind != TEXT or text.user_response_code >= 0:
        flags |= _MARKED
    if text.asked:
        flags |= _ASKS
    if text.is_acknowledged:
        flags |= _IS_ACKNOWLEDGED
    if text.in_sim:
        flags |= _IN_SIM
    writer.number(flags)
    writer.large(text.reference)
    writer.number(text.tp_dcs)
    writer.octets(text.user_data)
    writer.time(text.sent_at)
    if flags & _TIMES_DIFFER:
        writer.time(text.received_at)
    if flags & _ADDRESS_GIVEN:
        _write_address(writer, text.originating)
    if flags > _ADDRESS_GIVEN | _TIMES_DIFFER:
        _write_more(writer, text, flags)


def _write_more(writer: RecordWriter, text: Text, flags: int) -> None:
    """What few texts have, in the order of their flags."""
    if flags & _NUMBER_SKIPS:
        writer.number(text.number)
    if flags & _SEVERAL_PARTS:
        writer.number(text.parts)
    if flags & _CODED:
        writer.number(text.tp_pid)
        writer.number(text.received_tp_dcs)
        writer.octets(text.user_data_header)
    if flags & _MARKED:
        writer.number(text.kind)
        writer.number(text.user_response_code + 1)
    if flags & _ASKS:
        writer.number(len(text.asked))
        for reference, asked in text.asked:
            writer.large(reference)
            writer.number(asked)


def _read_text(reader: RecordReader, before: int, address: Address, newer: set[int]) -> Text:
    flags = reader.number()
    reference = reader.large()
    tp_dcs = reader.number()
    user_data = reader.octets()
    sent_at = NetworkTime(reader.time())
    received_at = sent_at
    if flags & _TIMES_DIFFER:
        received_at = NetworkTime(reader.time())
    if flags & _ADDRESS_GIVEN:
        address = _read_address(reader)
    text = Text(before + 1, reference, address, tp_dcs, user_data, 1, sent_at, received_at)
    if not flags & _REFERENCE_FORGOTTEN:
        newer.add(reference)
    if flags <= _ADDRESS_GIVEN | _TIMES_DIFFER:
        return text
    if flags & _NUMBER_SKIPS:
        text.number = reader.number()
    if flags & _SEVERAL_PARTS:
        text.parts = reader.number()
    if flags & _CODED:
        text.tp_pid = reader.number()
        text.received_tp_dcs = reader.number()
        text.user_data_header = reader.octets()
    if flags & _MARKED:
        text.kind = reader.number()
        text.user_response_code = reader.number() - 1
    if flags & _ASKS:
        text.asked = [(reader.large(), reader.number()) for _ in range(reader.number())]
    text.is_acknowledged = flags & _IS_ACKNOWLEDGED != 0
    text.in_sim = flags & _IN_SIM != 0
    return text


def _write_address(writer: RecordWriter, address: Address) -> None:
    writer.number(address.ton)
    writer.number(address.npi)
    writer.text(address.value)


def _read_address(reader: RecordReader) -> Address:
    ton = reader.number()
    npi = reader.number()
    return Address(ton, npi, reader.text())


def _write_references(writer: RecordWriter, references: set[int]) -> None:
    writer.number(len(references))
    for reference in references:
        writer.large(reference)


def _read_references(reader: RecordReader, references: set[int]) -> None:
    for _ in range(reader.number()):
        references.add(reader.large())
