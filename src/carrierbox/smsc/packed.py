"""Finished messages as octets, for history: a tenth of what they take as objects.

A packed message is the journal entries that make it, as the journal got them, then what they do
not say (attempts, parts acknowledged, acknowledgements), unless that is as it is with most, and an
octet of flags. `is_packable` tells which messages may be packed: those to which nothing happens any
more by itself. What does happen to one later (a phone acknowledges it, the table gets a row of it)
happens to the message that `unpack` makes, and that is packed again.
"""

import struct
from typing import Final, TypeAlias

from carrierbox.clock import NetworkTime
from carrierbox.errors import StoreError
from carrierbox.smpp.values import DELIVERED, ESME_ROK
from carrierbox.smsc import journal
from carrierbox.smsc.messages import RECEIPT_DONE, RECEIPT_NONE, TO_PHONE, Message
from carrierbox.smsc.ports import NEVER, SHOWN, Row
from carrierbox.smsc.rows import apply_entry

Kept: TypeAlias = Message | bytes
"""A message of history, packed or not."""

_HAS_ROW: Final = 1
_IS_SAVED: Final = 2
_HAS_TAIL: Final = 4
_RECEIPT_DONE: Final = 8
_FLAGS: Final[list[bytes]] = [bytes((flags,)) for flags in range(16)]

_TAIL: Final = struct.Struct("<IQdB")
_TAIL_OCTETS: Final = _TAIL.size
_PARTS_BITS: Final = 64
_TIME: Final = struct.Struct("<d")
_ACCEPTED: Final = struct.Struct("<QQdddHBBBBH")
# Where fields stand in the entries, see `journal`.
_ID_AT: Final = 5
_CLIENT_ID_AT: Final = 13
_TARGET_AT: Final = 48
_TEXTS_AT: Final = 53
_ENDING_OCTETS: Final = 27
_STATE_IN_ENDING: Final = 13
_TIME_IN_ENDING: Final = 14


def is_packable(message: Message) -> bool:
    """Whether nothing happens to a message of history any more, unless somebody looks for it."""
    return (
        message.is_history
        and message.is_final
        and message.receipt in (RECEIPT_NONE, RECEIPT_DONE)
        and not message.segments_out
        and not message.is_saving
        and not message.is_paged_out
        and message.awaited is None
        and message.segments_acked >> _PARTS_BITS == 0
    )


def entries_of(message: Message) -> bytes:
    """What the journal got when the message was taken in, or would get now."""
    if not message.accepted_entry:
        message.accepted_entry = journal.accepted_entry(message)
    return message.accepted_entry


def size_of(kept: Kept) -> int:
    """How many octets a message takes in the journal, the same whether it is packed or not."""
    if isinstance(kept, Message):
        return len(entries_of(kept)) + _ENDING_OCTETS
    return len(kept) - 1 - (_TAIL_OCTETS if kept[-1] & _HAS_TAIL else 0)


def pack(message: Message) -> bytes:
    """A message as octets."""
    ending = message.concluded_entry or journal.concluded_entry(
        message, message.receipt != RECEIPT_NONE
    )
    flags = 0
    if message.has_row:
        flags = _HAS_ROW | _IS_SAVED if message.is_saved else _HAS_ROW
    if message.receipt == RECEIPT_DONE:
        flags |= _RECEIPT_DONE
    if (
        message.attempts == 1
        and message.segments_acked == 1
        and message.acknowledged == 0
        and message.next_at == 0.0
    ):
        return entries_of(message) + ending + _FLAGS[flags]
    tail = _TAIL.pack(
        message.attempts, message.segments_acked, message.next_at, message.acknowledged
    )
    return entries_of(message) + ending + tail + _FLAGS[flags | _HAS_TAIL]


def pack_shown(message: Message) -> bytes:
    """As much of a message that arrived as it takes to give it back to its phone."""
    ending = message.concluded_entry or journal.concluded_entry(
        message, message.receipt != RECEIPT_NONE
    )
    flags = _RECEIPT_DONE if message.receipt == RECEIPT_DONE else 0
    if not message.acknowledged:
        return entries_of(message) + ending + _FLAGS[flags]
    tail = _TAIL.pack(0, 0, 0.0, message.acknowledged)
    return entries_of(message) + ending + tail + _FLAGS[flags | _HAS_TAIL]


def unpack(packed: bytes) -> Message:
    """The message of these octets, a new one each time."""
    flags = packed[-1]
    end = size_of(packed)
    found: Message | None = None
    for entry in journal.read_entries(packed[:end]):
        if found is None:
            found = entry.message
        else:
            apply_entry(found, entry)
        if found is None:
            break
    if found is None:
        raise StoreError("a finished message does not begin with its acceptance")
    message = found
    message.accepted_entry = packed[: end - _ENDING_OCTETS]
    message.concluded_entry = packed[end - _ENDING_OCTETS : end]
    message.is_history = True
    message.has_row = bool(flags & _HAS_ROW)
    message.is_saved = bool(flags & _IS_SAVED)
    message.row_wake_at = NEVER if message.is_saved else 0.0
    message.receipt = RECEIPT_DONE if flags & _RECEIPT_DONE else RECEIPT_NONE
    if flags & _HAS_TAIL:
        attempts, segments_acked, next_at, acknowledged = _TAIL.unpack_from(packed, end)
        message.attempts = attempts
        message.segments_acked = segments_acked
        message.next_at = NetworkTime(next_at)
        message.acknowledged = acknowledged
    else:
        message.attempts = 1
        message.segments_acked = 1
    return message


def opened(kept: Kept) -> Message:
    """The message, whether it is packed or not. What is done to one that was packed is lost."""
    return kept if isinstance(kept, Message) else unpack(kept)


def id_of(kept: Kept) -> int:
    """The id of a message."""
    if isinstance(kept, Message):
        return kept.message_id
    return int.from_bytes(kept[_ID_AT : _ID_AT + 8], "little")


def client_id_of(packed: bytes) -> int:
    """The id by which its client knows a packed message."""
    return int.from_bytes(packed[_CLIENT_ID_AT : _CLIENT_ID_AT + 8], "little")


def ended_at(kept: Kept) -> float:
    """When a message ended, in network seconds."""
    if isinstance(kept, Message):
        return kept.final_at
    at: float = _TIME.unpack_from(kept, size_of(kept) - _ENDING_OCTETS + _TIME_IN_ENDING)[0]
    return at


def has_row(packed: bytes) -> bool:
    """Whether the table may have a row of a packed message."""
    return packed[-1] & _HAS_ROW != 0


def is_saved(packed: bytes) -> bool:
    """Whether the table has a row that says all of a packed message."""
    return packed[-1] & _IS_SAVED != 0


def arrived_on_phone(packed: bytes) -> bool:
    """Whether a packed message was delivered to a phone."""
    state = packed[size_of(packed) - _ENDING_OCTETS + _STATE_IN_ENDING]
    return state == DELIVERED and packed[_TARGET_AT] == TO_PHONE


def msisdn_of(packed: bytes) -> str:
    """The phone of a packed message."""
    at = _after_nul(packed, _after_nul(packed, _TEXTS_AT))
    return packed[at : _after_nul(packed, at) - 1].decode()


def shown_row(packed: bytes) -> Row:
    """The row of a packed message that a phone shows: enough to give it back to that phone."""
    end = size_of(packed)
    (message_id, client_id, _, due_at, _, _, _, _, _, _, texts_octets) = _ACCEPTED.unpack_from(
        packed, _ID_AT
    )
    texts = packed[_TEXTS_AT : _TEXTS_AT + texts_octets].decode().split("\0")
    record = packed[:end]
    if packed[-1] & _RECEIPT_DONE:
        record += journal.receipt_done_entry(message_id, ESME_ROK)
    if packed[-1] & _HAS_TAIL:
        message = unpack(packed)
        if message.acknowledged:
            record += journal.acknowledged_entry(message)
    return Row(
        message_id,
        client_id,
        SHOWN,
        texts[2],
        0,
        due_at,
        NEVER,
        texts[0],
        texts[1],
        ended_at(packed),
        packed[end - _ENDING_OCTETS + _STATE_IN_ENDING],
        "",
        record,
    )


def _after_nul(octets: bytes, at: int) -> int:
    while octets[at] != 0:
        at += 1
    return at + 1
