"""What phones are told of the texts they sent."""

import pytest

from carrierbox.identifiers import Address, international
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    SM_DELIVERY_FAILURE,
    STATUS_REPORT,
    SUBSCRIBER_BUSY_FOR_MT_SMS,
    TEXT,
    UNKNOWN_SUBSCRIBER,
    RpMtData,
)
from carrierbox.simulator.handset_memory import TAKEN
from carrierbox.simulator.phone_texts import NO_REPORT, REPORT_AWAITED
from carrierbox.smpp.pdus import DeliverSm
from carrierbox.smpp.values import (
    ACCEPTED,
    DELETED,
    DELIVERED,
    EXPIRED,
    REJECTED,
    UNDELIVERABLE,
)
from carrierbox.smsc.acknowledgements import kind_of
from carrierbox.smsc.status_reports import status_of
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

ANNA, BOB = "33612345678", "447700900123"


def send(carrier: DirectCarrier, to: Address, text: str = "Hi", report: bool = True) -> None:
    """Anna's phone sends a text."""
    for part in carrier.box.network.mobile_originated(ANNA, to, text, report=report):
        carrier._begin()
        carrier.box.centre.submit_from_phone(part, lambda problem: None)
        carrier.run()


def reports(carrier: DirectCarrier) -> list[tuple[int, int]]:
    """What Anna's phone knows of each text it sent: TP-ST, and reports that are missing."""
    return [(text.tp_st, text.reports_missing) for text in carrier.phone(ANNA).sent]


@pytest.mark.parametrize(
    ("state", "cause", "tp_st"),
    [
        (DELIVERED, 0, 0x00),
        (DELIVERED, ABSENT_SUBSCRIBER, 0x00),
        (ACCEPTED, 0, 0x01),
        (EXPIRED, ABSENT_SUBSCRIBER, 0x46),
        (DELETED, 0, 0x48),
        (REJECTED, 0, 0x42),
        (UNDELIVERABLE, UNKNOWN_SUBSCRIBER, 0x43),
        (UNDELIVERABLE, SM_DELIVERY_FAILURE, 0x41),
        (UNDELIVERABLE, SUBSCRIBER_BUSY_FOR_MT_SMS, 0x61),
        (UNDELIVERABLE, 9, 0x40),
    ],
)
def test_an_end_has_its_status(state: int, cause: int, tp_st: int) -> None:
    """TS 23.040 §9.2.3.15."""
    assert status_of(state, cause) == tp_st


def test_a_phone_hears_that_its_text_is_on_the_other_phone() -> None:
    """TS 23.040 §3.2.9; one that asked for nothing hears nothing, and its screen shows no text."""
    carrier = DirectCarrier()
    send(carrier, international(BOB), report=False)
    send(carrier, international(BOB))
    assert carrier.shown(BOB) == ["Hi", "Hi"]
    assert reports(carrier) == [(NO_REPORT, 0), (0x00, 0)]
    assert carrier.phone(ANNA).inbox == []


def test_a_long_text_is_delivered_when_each_of_its_parts_is() -> None:
    """Each part is an SMS-SUBMIT with a TP-MR of its own."""
    carrier = DirectCarrier()
    carrier.set_power(BOB, False)
    send(carrier, international(BOB), "x" * 400)
    assert reports(carrier) == [(REPORT_AWAITED, 3)]
    carrier.set_power(BOB, True)
    assert reports(carrier) == [(0x00, 0)]


def test_a_phone_hears_that_its_text_expired() -> None:
    """Once its time is over."""
    carrier = DirectCarrier()
    carrier.set_power(BOB, False)
    send(carrier, international(BOB))
    carrier.advance(8 * 86_400.0)
    assert reports(carrier) == [(0x46, 0)]


def test_a_report_waits_for_the_phone_that_asked() -> None:
    """It is a message like any other, with a place in the queue."""
    carrier = DirectCarrier()
    carrier.set_power(BOB, False)
    send(carrier, international(BOB))
    carrier.set_power(ANNA, False)
    carrier.set_power(BOB, True)
    assert reports(carrier) == [(REPORT_AWAITED, 1)]
    carrier.set_power(ANNA, True)
    assert reports(carrier) == [(0x00, 0)]


def test_a_report_that_comes_twice_counts_once() -> None:
    """A text of several parts would be told as delivered too early."""
    carrier = DirectCarrier()
    carrier.set_power(BOB, False)
    send(carrier, international(BOB), "x" * 200)
    handset = carrier.phone(ANNA)
    rp = RpMtData(1, ANNA, international(BOB), 0, 0, b"", b"\0\0", handset.sent[0].sent_at, False)
    rp.kind = STATUS_REPORT
    for _ in range(2):
        assert handset.receive(rp, rp.service_centre_time) == TAKEN
    assert reports(carrier) == [(0x00, 1)]


def test_an_application_that_took_the_text_has_received_it() -> None:
    """The deliver_sm carries no bit of the report: that is between phone and centre."""
    carrier = DirectCarrier()
    carrier.bind()
    send(carrier, Address(0, 1, "36000"))
    (delivered,) = carrier.deliveries()
    assert isinstance(delivered.pdu, DeliverSm)
    assert delivered.pdu.registered_delivery == 0
    assert reports(carrier) == [(REPORT_AWAITED, 1)]
    carrier.respond(delivered)
    assert reports(carrier) == [(0x00, 0)]


def test_a_report_is_kept_and_is_no_text_after_a_restart() -> None:
    """The end of the text and its report are one batch of the journal."""
    store = FakeStore()
    carrier = DirectCarrier(store)
    carrier.set_power(BOB, False)
    send(carrier, international(BOB))
    before = len(carrier.box.centre.registry)
    carrier.set_power(BOB, True)
    assert len(carrier.box.centre.registry) == before + 1
    kinds = [kind_of(one.submit.esm_class) for one in carrier.box.centre.registry.oldest_first()]
    assert kinds == [TEXT, STATUS_REPORT]
    again = DirectCarrier(store)
    assert again.phone(ANNA).inbox == []
    assert again.recovered.waiting == 0
