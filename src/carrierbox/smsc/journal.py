"""The entries of the journal: what must be remembered of a message, as octets.

Format 1. An entry is its kind (1 octet), the length of what follows (4 octets, little endian) and
its fields, all little endian. A batch is entries one after the other. An accepted message keeps the
octets of the PDU it came in, so that nothing a client sent is lost by being understood today.

1 ACCEPTED      message_id 8; the id that clients know it by 8; accepted_at, due_at, expires_at,
                8 each, network seconds as IEEE 754;
                concatenation reference 2; origin 1; target 1; TON 1 and NPI 1 of the sender that
                is shown; length of the texts 2; the texts system_id, sender, msisdn, country,
                carrier and rule as UTF-8 with NULs between; the PDU
2 ATTEMPTED     message_id 8; parts acknowledged 32, a bit mask; attempts 4; cause 2; diagnostic 2;
                time of the next attempt 8
3 CONCLUDED     message_id 8; message_state 1; time 8; cause 2; diagnostic 2; receipt owed 1
4 RECEIPT_DONE  message_id 8; command_status 4, or 0xFFFFFFFF for one that was given up
5 PHONE_POWER   power 1; msisdn as UTF-8
6 COUNTER       the highest message_id given out so far 8
7 REPLACED      message_id 8; accepted_at, due_at, expires_at, 8 each; the PDU that took its place
8 VERDICT       message_id 8; the cause its attempts fail with 2; how many do 4, 0 for all
9 RECEIVER      message_id 8; the account it goes to as UTF-8, of a message from ESME to ESME
10 CODING       message_id 8; what data_coding 0 means in it 1, the locking shift 1 and the single
                shift 1 that the centre chose
11 ACKNOWLEDGED message_id 8; which SME acknowledgements came, a bit mask 1; in rows alone
12 SETTING      what a user set, as a name in UTF-8, a NUL and the value's octets; none: as it was
13 TOLD         message_id 8; accepted_at 8; flags 1 (1: no phone gets it, 2: nobody is told,
                4: another text, 8: told when taken, not at the end); the message_state that is
                told 1, 0 for the truth; how long after that 8; copies of the receipt 2; held until
                8; the err field, a NUL, the reason, a NUL and the text that the phone shows, as
                UTF-8
14 COPY         message_id 8; how many copies of its receipt are acknowledged 2
"""

import struct
import sys
from collections.abc import Iterator
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.errors import ProtocolError, StoreError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc import text_coding
from carrierbox.smsc.messages import Message
from carrierbox.smsc.told import Told

FORMAT: Final = 1

ACCEPTED: Final = 1
ATTEMPTED: Final = 2
CONCLUDED: Final = 3
RECEIPT_DONE: Final = 4
PHONE_POWER: Final = 5
COUNTER: Final = 6
REPLACED: Final = 7
VERDICT: Final = 8
RECEIVER: Final = 9
CODING: Final = 10
ACKNOWLEDGED: Final = 11
SETTING: Final = 12
TOLD: Final = 13
COPY: Final = 14

_HEAD: Final = struct.Struct("<BI")
_ACCEPTED: Final = struct.Struct("<BIQQdddHBBBBH")
_REPLACED: Final = struct.Struct("<BIQddd")
_ATTEMPTED: Final = struct.Struct("<BIQ32sIHHd")
_CONCLUDED: Final = struct.Struct("<BIQBdHHB")
_RECEIPT_DONE: Final = struct.Struct("<BIQI")
_PHONE_POWER: Final = struct.Struct("<BIB")
_COUNTER: Final = struct.Struct("<BIQ")
_VERDICT: Final = struct.Struct("<BIQHI")
_RECEIVER: Final = struct.Struct("<BIQ")
_CODING: Final = struct.Struct("<BIQBBB")
_ACKNOWLEDGED: Final = struct.Struct("<BIQB")
_TOLD: Final = struct.Struct("<BIQdBBdHd")
_COPY: Final = struct.Struct("<BIQH")
_HEAD_OCTETS: Final = 5
_ACCEPTED_OCTETS: Final = _ACCEPTED.size
# The flags of TOLD.
_NOT_DELIVERED: Final = 1
_NOT_TOLD: Final = 2
_HAS_TEXT: Final = 4
_WHEN_TAKEN: Final = 8


class Entry:
    """One entry as read back: which fields are set depends on `kind`."""

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.message: Message | None = None
        self.message_id: int = 0
        self.msisdn: str = ""
        self.system_id: str = ""
        self.power: bool = False
        self.segments_acked: int = 0
        self.attempts: int = 0
        self.cause: int = 0
        self.diagnostic: int = 0
        self.at: NetworkTime = NetworkTime(0.0)
        self.due_at: NetworkTime = NetworkTime(0.0)
        self.expires_at: NetworkTime = NetworkTime(0.0)
        self.submit: SubmitSm | None = None
        self.state: int = 0
        self.receipt_owed: bool = False
        self.coding: text_coding.TextCoding = text_coding.PLAIN_CODING
        self.command_status: int = 0
        self.name: str = ""
        self.value: bytes = b""
        self.told: Told | None = None


def accepted_entry(message: Message) -> bytes:
    """The entry that makes an acceptance durable, and with it what else was decided."""
    source = message.source
    texts = (
        f"{message.system_id}\0{source.value}\0{message.msisdn}\0{message.country}"
        f"\0{message.carrier}\0{message.rule}"
    ).encode()
    frame = message.submit.frame or encode_pdu(message.submit)
    verdict = verdict_entry(message) if message.forced_cause else b""
    receiver = receiver_entry(message) if message.receiver else b""
    coding = b"" if message.coding is text_coding.PLAIN_CODING else coding_entry(message)
    told = b"" if message.told is None else told_entry(message, message.told)
    return (
        _ACCEPTED.pack(
            ACCEPTED,
            _ACCEPTED_OCTETS - _HEAD_OCTETS + len(texts) + len(frame),
            message.message_id,
            message.client_id,
            message.accepted_at,
            message.due_at,
            message.expires_at,
            message.concatenation_reference,
            message.origin,
            message.target,
            source.ton,
            source.npi,
            len(texts),
        )
        + texts
        + frame
        + verdict
        + receiver
        + coding
        + told
    )


def verdict_entry(message: Message) -> bytes:
    """The entry for a message that a rule lets fail."""
    return _VERDICT.pack(
        VERDICT,
        _VERDICT.size - _HEAD_OCTETS,
        message.message_id,
        message.forced_cause,
        message.failing_attempts,
    )


def receiver_entry(message: Message) -> bytes:
    """The entry for a message from one account to another."""
    system_id = message.receiver.encode()
    return (
        _RECEIVER.pack(RECEIVER, _RECEIVER.size - _HEAD_OCTETS + len(system_id), message.message_id)
        + system_id
    )


def coding_entry(message: Message) -> bytes:
    """The entry for a message whose text is not read, or not coded, as most are."""
    coding = message.coding
    return _CODING.pack(
        CODING,
        _CODING.size - _HEAD_OCTETS,
        message.message_id,
        coding.default_coding,
        coding.locking_shift,
        coding.single_shift,
    )


def told_entry(message: Message, told: Told) -> bytes:
    """The entry for what else a rule made of a message."""
    flags = 0 if told.delivers else _NOT_DELIVERED
    if not told.is_told:
        flags |= _NOT_TOLD
    if told.text is not None:
        flags |= _HAS_TEXT
    if told.when_taken:
        flags |= _WHEN_TAKEN
    texts = f"{told.err}\0{told.reason}\0{told.text or ''}".encode("utf-8", "surrogatepass")
    return (
        _TOLD.pack(
            TOLD,
            _TOLD.size - _HEAD_OCTETS + len(texts),
            message.message_id,
            message.accepted_at,
            flags,
            told.message_state,
            told.after_s,
            told.copies,
            told.held_until,
        )
        + texts
    )


def copy_entry(message_id: int, copies_done: int) -> bytes:
    """The entry for a receipt that was acknowledged and is sent once more."""
    return _COPY.pack(COPY, _COPY.size - _HEAD_OCTETS, message_id, copies_done)


def replaced_entry(message: Message) -> bytes:
    """The entry for a message whose text and times were replaced, and how its text is coded."""
    told = b"" if message.told is None else told_entry(message, message.told)
    coding = b"" if message.coding is text_coding.PLAIN_CODING else coding_entry(message)
    frame = message.submit.frame or encode_pdu(message.submit)
    return (
        _REPLACED.pack(
            REPLACED,
            _REPLACED.size - _HEAD_OCTETS + len(frame),
            message.message_id,
            message.accepted_at,
            message.due_at,
            message.expires_at,
        )
        + frame
        + coding
        + told
    )


def attempted_entry(message: Message, next_at: NetworkTime) -> bytes:
    """The entry for an attempt that did not finish its message."""
    return _ATTEMPTED.pack(
        ATTEMPTED,
        _ATTEMPTED.size - _HEAD_OCTETS,
        message.message_id,
        message.segments_acked.to_bytes(32, "little"),
        message.attempts,
        message.cause,
        message.diagnostic,
        next_at,
    )


def concluded_entry(message: Message, receipt_owed: bool) -> bytes:
    """The entry for a final state."""
    return _CONCLUDED.pack(
        CONCLUDED,
        _CONCLUDED.size - _HEAD_OCTETS,
        message.message_id,
        message.state,
        message.final_at,
        message.cause,
        message.diagnostic,
        receipt_owed,
    )


def receipt_done_entry(message_id: int, command_status: int) -> bytes:
    """The entry for a deliver_sm that needs no further sending."""
    return _RECEIPT_DONE.pack(
        RECEIPT_DONE, _RECEIPT_DONE.size - _HEAD_OCTETS, message_id, command_status
    )


def acknowledged_entry(message: Message) -> bytes:
    """The entry for the acknowledgements that a phone gave, where the journal forgot them."""
    return _ACKNOWLEDGED.pack(
        ACKNOWLEDGED,
        _ACKNOWLEDGED.size - _HEAD_OCTETS,
        message.message_id,
        message.acknowledged,
    )


def phone_power_entry(msisdn: str, power: bool) -> bytes:
    """The entry for a phone a user switched on or off."""
    digits = msisdn.encode()
    return (
        _PHONE_POWER.pack(PHONE_POWER, _PHONE_POWER.size - _HEAD_OCTETS + len(digits), power)
        + digits
    )


def setting_entry(name: str, value: bytes) -> bytes:
    """The entry for something a user set, under a name without NUL."""
    content = name.encode() + b"\0" + value
    return _HEAD.pack(SETTING, len(content)) + content


def counter_entry(message_id: int) -> bytes:
    """The entry that keeps message ids from being given out twice."""
    return _COUNTER.pack(COUNTER, _COUNTER.size - _HEAD_OCTETS, message_id)


def read_entries(batch: bytes) -> Iterator[Entry]:
    """The entries of one batch. Kinds from the future are an error, not skipped."""
    position = 0
    while position < len(batch):
        if position + _HEAD_OCTETS > len(batch):
            raise StoreError("the journal holds a batch that ends inside an entry's head")
        kind, length = _HEAD.unpack_from(batch, position)
        end = position + _HEAD_OCTETS + length
        if end > len(batch):
            raise StoreError("the journal holds a batch that ends inside an entry")
        try:
            entry = _read_entry(kind, batch[position:end])
        except (struct.error, ValueError, IndexError, ProtocolError) as error:
            raise StoreError(
                f"the journal holds an entry of kind {kind} that cannot be read: {error}"
            ) from error
        yield entry
        position = end


def first_of(batch: bytes) -> bytes:
    """The octets of the first entry of a batch that was read."""
    _, length = _HEAD.unpack_from(batch, 0)
    return batch[: _HEAD_OCTETS + length]


def _read_entry(kind: int, octets: bytes) -> Entry:
    entry = Entry(kind)
    if kind == ACCEPTED:
        entry.message = _read_accepted(octets)
        entry.message_id = entry.message.message_id
    elif kind == ATTEMPTED:
        (_, _, entry.message_id, acked, entry.attempts, entry.cause, entry.diagnostic, at) = (
            _ATTEMPTED.unpack(octets)
        )
        entry.segments_acked = int.from_bytes(acked, "little")
        entry.at = NetworkTime(at)
    elif kind == ACKNOWLEDGED:
        _, _, entry.message_id, entry.state = _ACKNOWLEDGED.unpack(octets)
    elif kind == CONCLUDED:
        (_, _, entry.message_id, entry.state, at, entry.cause, entry.diagnostic, owed) = (
            _CONCLUDED.unpack(octets)
        )
        entry.at = NetworkTime(at)
        entry.receipt_owed = bool(owed)
    elif kind == RECEIPT_DONE:
        _, _, entry.message_id, entry.command_status = _RECEIPT_DONE.unpack(octets)
    elif kind == PHONE_POWER:
        entry.power = bool(octets[_HEAD_OCTETS])
        entry.msisdn = octets[_PHONE_POWER.size :].decode()
    elif kind == SETTING:
        name, _, entry.value = octets[_HEAD_OCTETS:].partition(b"\0")
        entry.name = name.decode()
    elif kind == COUNTER:
        _, _, entry.message_id = _COUNTER.unpack(octets)
    elif kind == RECEIVER:
        _, _, entry.message_id = _RECEIVER.unpack_from(octets)
        entry.system_id = octets[_RECEIVER.size :].decode()
    elif kind == CODING:
        _, _, entry.message_id, default_coding, locking_shift, single_shift = _CODING.unpack(octets)
        if default_coding >= len(text_coding.AGREED_CODINGS):
            raise ValueError(f"data_coding 0 cannot mean {default_coding}")
        entry.coding = text_coding.TextCoding(default_coding, locking_shift, single_shift)
    elif kind == TOLD:
        _read_told(octets, entry)
    elif kind == COPY:
        _, _, entry.message_id, entry.attempts = _COPY.unpack(octets)
    elif kind == VERDICT:
        _, _, entry.message_id, entry.cause, entry.attempts = _VERDICT.unpack(octets)
    elif kind == REPLACED:
        _, _, entry.message_id, accepted_at, due_at, expires_at = _REPLACED.unpack_from(octets)
        entry.at = NetworkTime(accepted_at)
        entry.due_at = NetworkTime(due_at)
        entry.expires_at = NetworkTime(expires_at)
        entry.submit = _read_submit(octets[_REPLACED.size :], entry.message_id)
    else:
        raise StoreError(
            f"the journal holds an entry of kind {kind}, written by a newer version of carrierbox"
        )
    return entry


def _read_told(octets: bytes, entry: Entry) -> None:
    told = entry.told = Told()
    (
        _,
        _,
        entry.message_id,
        at,
        flags,
        told.message_state,
        told.after_s,
        told.copies,
        held_until,
    ) = _TOLD.unpack_from(octets)
    entry.at = NetworkTime(at)
    told.held_until = NetworkTime(held_until)
    told.delivers = not flags & _NOT_DELIVERED
    told.is_told = not flags & _NOT_TOLD
    told.when_taken = bool(flags & _WHEN_TAKEN)
    told.err, told.reason, text = (
        octets[_TOLD.size :].decode("utf-8", "surrogatepass").split("\0", 2)
    )
    told.text = text if flags & _HAS_TEXT else None


def _read_accepted(octets: bytes) -> Message:
    (
        _,
        _,
        message_id,
        client_id,
        accepted_at,
        due_at,
        expires_at,
        reference,
        origin,
        target,
        ton,
        npi,
        size,
    ) = _ACCEPTED.unpack_from(octets)
    texts = octets[_ACCEPTED_OCTETS : _ACCEPTED_OCTETS + size].decode().split("\0")
    # Most messages have these in common with many others.
    system_id, source, msisdn, country, carrier, rule = texts
    message = Message(
        message_id,
        sys.intern(system_id),
        origin,
        target,
        _read_submit(octets[_ACCEPTED_OCTETS + size :], message_id),
        Address(ton, npi, sys.intern(source)),
        msisdn,
        sys.intern(country),
        sys.intern(carrier),
        sys.intern(rule),
        reference,
        NetworkTime(accepted_at),
        NetworkTime(due_at),
        NetworkTime(expires_at),
    )
    message.client_id = client_id
    return message


def _read_submit(frame: bytes, message_id: int) -> SubmitSm:
    pdu = decode_pdu(frame)
    if not isinstance(pdu, SubmitSm):
        raise StoreError(f"the journal holds message {message_id} without its submit_sm")
    return pdu
