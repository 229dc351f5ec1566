"""The entries of the journal."""

import struct

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.errors import StoreError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import EnquireLink, SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, Tlv
from carrierbox.smpp.values import EXPIRED
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc import journal
from carrierbox.smsc.messages import FROM_PHONE, TO_ESME, Message
from carrierbox.smsc.text_coding import TextCoding

ID_MAX = (1 << 63) - 1


def message(message_id: int = ID_MAX, submit: SubmitSm | None = None) -> Message:
    return Message(
        message_id,
        "acme",
        FROM_PHONE,
        TO_ESME,
        submit or SubmitSm(source_addr="Acme", destination_addr="336", short_message=b"hi"),
        Address(5, 9, "Zoë"),
        "33612345678",
        "FR",
        "Télé €",
        "quiet hours",
        0xFFFF,
        NetworkTime(1.25),
        NetworkTime(2.5),
        NetworkTime(1e10),
    )


def only(batch: bytes) -> journal.Entry:
    (entry,) = journal.read_entries(batch)
    return entry


def every_entry() -> list[bytes]:
    one = message()
    one.attempts = 3
    one.conclude(EXPIRED, NetworkTime(9.0))
    return [
        journal.accepted_entry(one),
        journal.attempted_entry(one, NetworkTime(7.0)),
        journal.concluded_entry(one, True),
        journal.receipt_done_entry(one.message_id, 0x45),
        journal.phone_power_entry("33612345678", True),
        journal.counter_entry(ID_MAX),
        journal.verdict_entry(one),
        journal.coding_entry(one),
    ]


def test_an_acceptance_keeps_all_that_was_decided_and_the_octets_that_came() -> None:
    """Design, journal: the PDU's own octets, so that nothing is lost by being understood today."""
    came = SubmitSm(
        destination_addr="336",
        short_message=b"hi",
        tlvs=[Tlv(0x1400, b"theirs"), Tlv(0x1400, b"")],
        sequence_number=77,
    )
    frame = encode_pdu(came)
    submit = decode_pdu(frame)
    assert isinstance(submit, SubmitSm)
    entry = only(journal.accepted_entry(message(submit=submit)))
    again = entry.message
    assert again is not None
    assert (entry.kind, entry.message_id) == (journal.ACCEPTED, ID_MAX)
    assert (again.message_id, again.system_id, again.origin, again.target) == (
        ID_MAX,
        "acme",
        FROM_PHONE,
        TO_ESME,
    )
    assert again.source == Address(5, 9, "Zoë")
    assert (again.msisdn, again.country, again.carrier, again.rule) == (
        "33612345678",
        "FR",
        "Télé €",
        "quiet hours",
    )
    assert again.concatenation_reference == 0xFFFF
    assert (again.accepted_at, again.due_at, again.expires_at) == (1.25, 2.5, 1e10)
    assert again.submit.frame == frame
    assert again.submit.tlvs == came.tlvs
    assert not again.is_final


def test_a_message_that_never_was_a_pdu_is_kept_as_one() -> None:
    """A phone's message comes without octets."""
    entry = only(journal.accepted_entry(message()))
    assert entry.message is not None
    assert entry.message.submit.short_message == b"hi"


def test_a_long_payload_is_kept_whole() -> None:
    """T40: the longest text that 255 parts hold."""
    text = bytes(range(256)) * 153
    submit = SubmitSm(destination_addr="336", tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, text[: 255 * 153])])
    entry = only(journal.accepted_entry(message(submit=submit)))
    assert entry.message is not None
    assert entry.message.submit.tlvs == submit.tlvs


@pytest.mark.parametrize("acked", [0, 1, 0b101, (1 << 255) - 1, 1 << 254])
def test_an_attempt_keeps_which_parts_arrived(acked: int) -> None:
    """Design: only unacknowledged parts go again; 255 of them at most."""
    one = message()
    one.segments_acked = acked
    one.attempts, one.cause, one.diagnostic = 0xFFFFFFFF, 0xFFFF, 0xFFFF
    entry = only(journal.attempted_entry(one, NetworkTime(7.5)))
    assert (entry.kind, entry.message_id) == (journal.ATTEMPTED, ID_MAX)
    assert entry.segments_acked == acked
    assert (entry.attempts, entry.cause, entry.diagnostic) == (0xFFFFFFFF, 0xFFFF, 0xFFFF)
    assert entry.at == 7.5


@pytest.mark.parametrize("owed", [False, True])
def test_an_end_keeps_its_state_and_whether_a_receipt_is_owed(owed: bool) -> None:
    """Design, journal: recovery owes exactly what was owed."""
    one = message()
    one.cause, one.diagnostic = 27, 1
    one.conclude(EXPIRED, NetworkTime(9.5))
    entry = only(journal.concluded_entry(one, owed))
    assert (entry.kind, entry.message_id, entry.state) == (journal.CONCLUDED, ID_MAX, EXPIRED)
    assert (entry.at, entry.cause, entry.diagnostic) == (9.5, 27, 1)
    assert entry.receipt_owed is owed


def test_the_small_entries_come_back() -> None:
    """Every documented width holds: 63-bit ids, 32-bit statuses."""
    done = only(journal.receipt_done_entry(ID_MAX, 0xFFFFFFFF))
    assert (done.kind, done.message_id, done.command_status) == (
        journal.RECEIPT_DONE,
        ID_MAX,
        0xFFFFFFFF,
    )
    for power in (False, True):
        phone = only(journal.phone_power_entry("33612345678", power))
        assert (phone.kind, phone.msisdn, phone.power) == (
            journal.PHONE_POWER,
            "33612345678",
            power,
        )
    counter = only(journal.counter_entry(ID_MAX))
    assert (counter.kind, counter.message_id) == (journal.COUNTER, ID_MAX)


def test_a_batch_is_its_entries_one_after_the_other() -> None:
    """Format 1: kinds and order are kept; an empty batch has none."""
    entries = every_entry()
    kinds = [entry.kind for entry in journal.read_entries(b"".join(entries))]
    assert kinds == [1, 2, 3, 4, 5, 6, 8, 10]
    assert list(journal.read_entries(b"")) == []


def test_entries_are_laid_out_as_documented() -> None:
    """Format 1: journals outlive versions, so an octet that moves is a new format."""
    assert journal.FORMAT == 1
    one = message(0x0102030405060708)
    one.segments_acked, one.attempts, one.cause, one.diagnostic = 5, 2, 27, 1
    attempted = journal.attempted_entry(one, NetworkTime(7.0))
    fields = struct.pack("<Q32sIHHd", one.message_id, b"\5".ljust(32, b"\0"), 2, 27, 1, 7.0)
    assert attempted == struct.pack("<BI", 2, 56) + fields
    one.conclude(EXPIRED, NetworkTime(9.0))
    fields = struct.pack("<QBdHHB", one.message_id, 3, 9.0, 27, 1, 1)
    assert journal.concluded_entry(one, True) == struct.pack("<BI", 3, 22) + fields
    fields = struct.pack("<QI", one.message_id, 0x45)
    assert journal.receipt_done_entry(one.message_id, 0x45) == struct.pack("<BI", 4, 12) + fields
    assert journal.phone_power_entry("336", True) == b"\5\4\0\0\0\x01336"
    assert journal.counter_entry(258) == b"\6\x08\0\0\0\2\1\0\0\0\0\0\0"
    texts = "acme\0Zoë\0" + "33612345678\0FR\0Télé €\0quiet hours"
    frame = encode_pdu(one.submit)
    fields = struct.pack("<QQdddH", one.message_id, 77, 1.25, 2.5, 1e10, 0xFFFF)
    fields += bytes([FROM_PHONE, TO_ESME, 5, 9]) + struct.pack("<H", len(texts.encode()))
    one.client_id = 77
    body = fields + texts.encode() + frame
    assert journal.accepted_entry(one) == struct.pack("<BI", 1, len(body)) + body
    body = struct.pack("<Qddd", one.message_id, 1.25, 2.5, 1e10) + frame
    assert journal.replaced_entry(one) == struct.pack("<BI", 7, len(body)) + body


@pytest.mark.parametrize("kind", [0, 99, 254, 255])
@pytest.mark.parametrize("length", [0, 8])
def test_an_entry_of_an_unknown_kind_is_an_error(kind: int, length: int) -> None:
    """An older carrierbox must not skip what a newer one promised."""
    with pytest.raises(StoreError, match="newer"):
        list(journal.read_entries(struct.pack("<BI", kind, length) + b"\0" * length))


@pytest.mark.parametrize("entry", every_entry(), ids=lambda octets: f"kind {octets[0]}")
def test_an_entry_that_is_cut_is_a_store_error_wherever_it_is_cut(entry: bytes) -> None:
    """Everything from outside can be wrong: a damaged journal is said to be one."""
    for end in range(1, len(entry)):
        with pytest.raises(StoreError):
            list(journal.read_entries(entry[:end]))


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("length", [0, 1, 7, 100, 300])
def test_an_entry_of_a_wrong_length_is_a_store_error(kind: int, length: int) -> None:
    """A length that is not the kind's is damage too."""
    with pytest.raises(StoreError):
        list(journal.read_entries(struct.pack("<BI", kind, length) + b"\0" * length))


@pytest.mark.parametrize("body", [b"", b"\1\xff\xfe"], ids=["no power", "not UTF-8"])
def test_a_phone_that_cannot_be_read_is_a_store_error(body: bytes) -> None:
    """The same for the one kind whose length varies with its text."""
    with pytest.raises(StoreError):
        list(journal.read_entries(struct.pack("<BI", 5, len(body)) + body))


def test_an_acceptance_without_its_submit_is_a_store_error() -> None:
    """Another PDU, half a PDU, texts of another number or not UTF-8."""
    good = journal.accepted_entry(message())
    frame = encode_pdu(message().submit)
    head = good[5 : -len(frame)]

    def entry(body: bytes) -> bytes:
        return struct.pack("<BI", 1, len(body)) + body

    assert only(entry(head + frame)).message is not None
    for body in (
        head,
        head + frame[:-1],
        head + frame + b"\0",
        head + encode_pdu(EnquireLink()),
        head.replace(b"\0FR\0", b"\0FR_") + frame,
        head.replace(b"acme", b"ac\0e") + frame,
        head.replace(b"acme", b"ac\xffe") + frame,
    ):
        with pytest.raises(StoreError):
            list(journal.read_entries(entry(body)))


def test_entries_before_the_damage_are_still_read() -> None:
    """What can be known is known."""
    reader = journal.read_entries(journal.counter_entry(5) + b"\6\x08")
    assert next(reader).message_id == 5
    with pytest.raises(StoreError):
        next(reader)


def test_a_verdict_is_kept_with_the_acceptance() -> None:
    """Design §2: what a rule decided is never drawn again; without one there is no entry more."""
    one = message()
    one.forced_cause, one.failing_attempts = 34, 1000
    accepted, verdict = journal.read_entries(journal.accepted_entry(one))
    assert (accepted.kind, verdict.kind) == (journal.ACCEPTED, journal.VERDICT)
    assert (verdict.message_id, verdict.cause, verdict.attempts) == (ID_MAX, 34, 1000)
    fields = struct.pack("<QHI", one.message_id, 34, 1000)
    assert journal.verdict_entry(one) == struct.pack("<BI", 8, 14) + fields


def test_what_was_settled_about_a_text_is_kept_with_it() -> None:
    """T32: only where it is not what it is for most; so old journals need nothing."""
    plain = message()
    assert len(list(journal.read_entries(journal.accepted_entry(plain)))) == 1
    one = message()
    one.coding = TextCoding(2, 3, 13)
    for batch in (journal.accepted_entry(one), journal.replaced_entry(one)):
        _, entry = journal.read_entries(batch)
        assert (entry.kind, entry.message_id) == (journal.CODING, ID_MAX)
        coding = entry.coding
        assert (coding.default_coding, coding.locking_shift, coding.single_shift) == (2, 3, 13)
    one.coding = TextCoding(4)
    with pytest.raises(StoreError, match="data_coding 0 cannot mean 4"):
        only(journal.coding_entry(one))


def test_a_message_to_an_account_keeps_whom_it_is_for() -> None:
    """An entry of its own behind the acceptance, where there is one."""
    one = message(7)
    assert journal.read_entries(journal.accepted_entry(one))
    one.receiver = "vötes"
    entries = list(journal.read_entries(journal.accepted_entry(one)))
    assert [entry.kind for entry in entries] == [journal.ACCEPTED, journal.RECEIVER]
    assert (entries[1].message_id, entries[1].system_id) == (7, "vötes")
    system_id = "vötes".encode()
    expected = struct.pack("<BIQ", 9, 8 + len(system_id), 7) + system_id
    assert journal.receiver_entry(one) == expected
