"""Finished messages as octets."""

from collections.abc import Callable

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.errors import StoreError
from carrierbox.identifiers import Address, LinkId
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, Tlv
from carrierbox.smpp.values import DELIVERED, EXPIRED
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.messages import (
    FROM_ESME,
    RECEIPT_DONE,
    RECEIPT_HELD,
    TO_ESME,
    TO_PHONE,
    Awaited,
    Message,
)
from carrierbox.smsc.packed import (
    arrived_on_phone,
    client_id_of,
    ended_at,
    has_row,
    id_of,
    is_packable,
    is_saved,
    msisdn_of,
    opened,
    pack,
    pack_shown,
    shown_row,
    size_of,
    unpack,
)
from carrierbox.smsc.ports import SHOWN
from carrierbox.smsc.rows import message_of
from carrierbox.smsc.text_coding import TextCoding

SUBMIT = SubmitSm(
    source_addr_ton=5,
    source_addr="Acmé",
    dest_addr_ton=1,
    dest_addr_npi=1,
    destination_addr="33612345678",
    registered_delivery=1,
    short_message=b"Hi",
)
LONG = SubmitSm(source_addr="33", tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, b"x" * 3000)])

KEPT = (
    "message_id",
    "client_id",
    "system_id",
    "origin",
    "target",
    "source",
    "msisdn",
    "country",
    "carrier",
    "rule",
    "forced_cause",
    "failing_attempts",
    "concatenation_reference",
    "accepted_at",
    "due_at",
    "expires_at",
    "state",
    "attempts",
    "segments_acked",
    "next_at",
    "has_row",
    "is_saved",
    "cause",
    "diagnostic",
    "final_at",
    "receipt",
    "receiver",
    "acknowledged",
    "is_history",
)


def finished(submit: SubmitSm = SUBMIT, message_id: int = (3 << 53) + 7) -> Message:
    """A message that one attempt delivered, as most are."""
    message = Message(
        message_id,
        "acme",
        FROM_ESME,
        TO_PHONE,
        submit,
        Address(5, 0, "Acmé"),
        "33612345678",
        "FR",
        "Orange",
        "",
        7,
        NetworkTime(10.0),
        NetworkTime(11.0),
        NetworkTime(99.0),
    )
    message.attempts = 1
    message.segments_acked = 1
    message.conclude(DELIVERED, NetworkTime(12.5))
    message.is_history = True
    return message


def fields(message: Message) -> dict[str, object]:
    """Everything that is kept of a finished message."""
    kept = {
        name: getattr(message, name)
        for name in [
            "message_id",
            "client_id",
            "system_id",
            "origin",
            "target",
            "source",
            "msisdn",
            "country",
            "carrier",
            "rule",
            "forced_cause",
            "failing_attempts",
            "concatenation_reference",
            "accepted_at",
            "due_at",
            "expires_at",
            "state",
            "attempts",
            "segments_acked",
            "next_at",
            "has_row",
            "is_saved",
            "cause",
            "diagnostic",
            "final_at",
            "receipt",
            "receiver",
            "acknowledged",
            "is_history",
        ]
    }
    coding = message.coding
    kept["coding"] = (coding.default_coding, coding.locking_shift, coding.single_shift)
    kept["submit"] = encode_pdu(message.submit)
    return kept


def usual() -> Message:
    return finished()


def settled() -> Message:
    message = finished()
    message.receipt = RECEIPT_DONE
    return message


def tried_often() -> Message:
    message = finished(LONG)
    message.attempts = 70_000
    message.segments_acked = (1 << 64) - 1
    message.next_at = NetworkTime(11.5)
    message.cause = 27
    message.diagnostic = 3
    return message


def acknowledged_of_many_parts() -> Message:
    message = finished(LONG)
    message.acknowledged = 2
    message.segments_acked = (1 << 65) - 1
    return message


def with_row() -> Message:
    message = finished()
    message.has_row = True
    return message


def saved() -> Message:
    message = with_row()
    message.is_saved = True
    return message


def acknowledged() -> Message:
    message = finished()
    message.acknowledged = 6
    return message


def of_many() -> Message:
    message = finished()
    message.client_id = 5
    message.rule = "some fail"
    message.forced_cause = 27
    message.failing_attempts = 2
    message.coding = TextCoding(1, 2, 3)
    return message


def to_esme() -> Message:
    message = finished()
    message.target = TO_ESME
    message.receiver = "other"
    message.attempts = message.segments_acked = 0
    return message


ALL = (usual, settled, tried_often, with_row, saved, acknowledged, of_many, to_esme)


@pytest.mark.parametrize("make", ALL)
def test_a_message_comes_back_as_it_was(make: Callable[[], Message]) -> None:
    """Whatever anybody may ask of a finished message, and packing it again changes nothing."""
    message = make()
    before = fields(message)
    packed = pack(message)
    assert is_packable(message)
    assert fields(unpack(packed)) == before
    assert pack(unpack(packed)) == packed
    assert size_of(packed) == size_of(message) == size_of(unpack(packed))


@pytest.mark.parametrize("make", ALL)
def test_what_is_asked_of_packed_messages_is_read_without_unpacking(
    make: Callable[[], Message],
) -> None:
    """A message that leaves history is not made anew for it."""
    message = make()
    packed = pack(message)
    assert id_of(packed) == id_of(message) == message.message_id
    assert client_id_of(packed) == message.client_id
    assert ended_at(packed) == ended_at(message) == 12.5
    assert msisdn_of(packed) == message.msisdn
    assert has_row(packed) == message.has_row
    assert is_saved(packed) == message.is_saved
    assert arrived_on_phone(packed) == (message.target == TO_PHONE)


def test_what_did_not_arrive_is_on_no_phone() -> None:
    """Only DELIVERED is."""
    message = finished()
    message.reopen()
    message.conclude(EXPIRED, NetworkTime(13.0))
    assert not arrived_on_phone(pack(message))


@pytest.mark.parametrize(
    "make", [usual, settled, tried_often, of_many, acknowledged, acknowledged_of_many_parts]
)
def test_the_row_of_what_a_phone_shows_has_its_text(make: Callable[[], Message]) -> None:
    """After a restart the phone gets it back, and nobody is owed a receipt.

    What it acknowledged it does not acknowledge again.
    """
    message = make()
    for make_packed in (pack_shown, pack) if is_packable(message) else (pack_shown,):
        row = shown_row(make_packed(message))
        assert (row.place, row.msisdn, row.at) == (SHOWN, message.msisdn, 12.5)
        again = message_of(row)
        assert (again.state, again.receipt) == (DELIVERED, message.receipt)
        assert again.acknowledged == message.acknowledged
        assert encode_pdu(again.submit) == encode_pdu(message.submit)


def test_the_octets_that_came_are_kept() -> None:
    """A PDU is not coded anew: what a client sent is lost by no packing."""
    frame = encode_pdu(SUBMIT)
    submit = decode_pdu(frame)
    assert isinstance(submit, SubmitSm)
    assert unpack(pack(finished(submit))).submit.frame == frame


def test_only_that_is_packed_to_which_nothing_happens_any_more() -> None:
    """Design, promises: what is owed, on its way or being written stays an object."""
    reasons = {
        "is_history": False,
        "receipt": RECEIPT_HELD,
        "segments_out": 1,
        "is_saving": True,
        "is_paged_out": True,
        "segments_acked": 1 << 64,
        "awaited": Awaited(LinkId(1), 4, 1),
    }
    for name, value in reasons.items():
        message = finished()
        setattr(message, name, value)
        assert not is_packable(message), name
    message = finished()
    message.reopen()
    message.is_history = True
    assert not is_packable(message)


def test_octets_that_are_no_message_are_refused() -> None:
    """They are an error of ours, and not to be taken for a message."""
    with pytest.raises(StoreError):
        unpack(pack(finished())[83:])


def test_a_message_is_opened_if_it_is_packed() -> None:
    """One that is not is that very one."""
    message = finished()
    assert opened(message) is message
    assert opened(pack(message)).message_id == message.message_id
