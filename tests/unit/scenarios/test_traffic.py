"""The record of a run."""

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import LinkId
from carrierbox.runtime import Wire
from carrierbox.scenarios.traffic import Receipt, Traffic, is_receipt, text_of
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    Pdu,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.wire import encode_pdu
from carrierbox.trace import ACCEPTED, Trace, TraceEvent

LINK = LinkId(1)


class NoWire:
    """A transport that nothing is done with."""

    def write(self, octets: bytes) -> None: ...
    def close(self) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def reset(self) -> None: ...
    def read_little(self) -> None: ...


def traffic() -> Traffic:
    """A record with one link that is open."""
    found = Traffic(lambda: 5.0)
    wire: Wire = NoWire()
    found.opened(LINK, "1.2.3.4:5", wire)
    return found


def octets(pdu: Pdu, number: int) -> bytes:
    """A PDU with its sequence_number."""
    pdu.sequence_number = number
    return encode_pdu(pdu)


def test_pdus_are_kept_however_they_are_cut() -> None:
    """With their own octets, and what they answer."""
    record = traffic()
    bind = octets(BindTransceiver(system_id="a", password="b"), 1)
    for octet in bind:
        record.received(LINK, bytes([octet]))
    submit = octets(SubmitSm(destination_addr="1", short_message=b"Hi"), 2)
    record.received(LINK, submit)
    record.sent(LINK, octets(BindTransceiverResp(), 1) + octets(SubmitSmResp(message_id="7"), 2))
    kinds = [(entry.from_application, entry.system_id) for entry in record.entries]
    assert kinds == [(True, "a"), (True, "a"), (False, "a"), (False, "a")]
    assert record.entries[1].octets == submit
    answer = record.entries[1].answer
    assert answer is record.entries[3]
    assert answer.request is record.entries[1]


def test_the_trace_is_put_between_them_where_it_belongs() -> None:
    """What it tells before a PDU leaves stands before it."""
    record = traffic()
    trace = Trace()
    record.watch(trace)
    record.received(LINK, octets(SubmitSm(destination_addr="1"), 1))
    trace.add(TraceEvent(ACCEPTED, NetworkTime(6.0), 1, "a", "1", "open"))
    record.sent(LINK, octets(SubmitSmResp(message_id="1"), 1))
    assert [entry.event is not None for entry in record.entries] == [False, True, False]
    assert record.entries[1].at == 6.0


def test_octets_that_are_no_pdu_are_told_as_such() -> None:
    """And nothing more of that stream (T03)."""
    record = traffic()
    record.sent(LINK, b"\0\0\0\x01" + bytes(20))
    record.sent(LINK, octets(SubmitSmResp(), 1))
    (entry,) = record.entries
    assert entry.pdu is None
    assert entry.words.startswith("no PDU: ")


def test_what_a_receipt_says_is_read() -> None:
    """From its text and its fields."""
    record = traffic()
    text = b"id:1 sub:001 dlvrd:001 submit date:2611 done date:2611 stat:DELIVRD err:000 text:Hi"
    record.sent(LINK, octets(DeliverSm(esm_class=4, short_message=text, source_addr="9"), 1))
    pdu = record.entries[0].pdu
    assert isinstance(pdu, DeliverSm)
    assert is_receipt(pdu)
    receipt = Receipt(record.entries[0], pdu)
    assert (receipt.text_id, receipt.tlv_id, receipt.message_state) == ("1", "", "")
    assert [receipt.field(name) for name in ("stat", "source_addr", "none")] == [
        "DELIVRD",
        "9",
        None,
    ]


def test_the_text_of_a_part_is_without_its_header() -> None:
    """TS 23.040 §9.2.3.24."""
    pdu = SubmitSm(esm_class=0x40, short_message=bytes([5, 0, 3, 1, 2, 1]) + b"Hi")
    assert text_of(pdu) == "Hi"
