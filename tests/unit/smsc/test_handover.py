"""What becomes of each deliver_sm."""

import pytest

from carrierbox.identifiers import LinkId
from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.smpp.values import ESME_RMSGQFUL, ESME_RX_P_APPN, ESME_RX_R_APPN, ESME_RX_T_APPN
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import DirectCarrier

FRENCH = "33612345678"


def submit_to(carrier: DirectCarrier, link: LinkId, count: int = 1) -> None:
    for number in range(count):
        submit = SubmitSm(
            source_addr="ACME",
            source_addr_ton=5,
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=FRENCH,
            short_message=b"%d" % number,
            registered_delivery=1,
        )
        carrier.submit(link, submit)


def ids(carrier: DirectCarrier) -> list[bytes]:
    found = []
    for one in carrier.deliveries():
        assert isinstance(one.pdu, DeliverSm)
        found.append(one.pdu.short_message[3:13])
    return found


def test_an_acknowledged_receipt_is_never_sent_again() -> None:
    """Design §2: after the commit of its acknowledgement."""
    carrier = DirectCarrier()
    link = carrier.bind()
    submit_to(carrier, link)
    carrier.respond(carrier.deliveries()[0])
    carrier.hang_up(link)
    carrier.bind()
    carrier.pass_link_time(3600)
    assert len(carrier.deliveries()) == 1


def test_an_unanswered_receipt_goes_again_octet_for_octet() -> None:
    """Design §2: a repeated receipt is identical but for its sequence_number."""
    carrier = DirectCarrier()
    link = carrier.bind()
    submit_to(carrier, link)
    carrier.leave_unanswered(carrier.deliveries()[0])
    first, second = carrier.deliveries()
    assert isinstance(first.pdu, DeliverSm)
    assert isinstance(second.pdu, DeliverSm)
    assert first.pdu.short_message == second.pdu.short_message
    assert first.pdu.tlvs == second.pdu.tlvs


def test_receipts_of_a_lost_link_go_to_another_in_their_order() -> None:
    """T29, T18: unanswered on a dead link means owed again, to any receiver."""
    carrier = DirectCarrier()
    first = carrier.bind()
    submit_to(carrier, first, 3)
    lost = carrier.deliveries()
    carrier.hang_up(first, *lost)
    assert len(carrier.deliveries()) == 3
    carrier.bind()
    assert ids(carrier)[3:] == ids(carrier)[:3]


@pytest.mark.parametrize("status", [ESME_RX_T_APPN, ESME_RMSGQFUL])
def test_a_client_that_cannot_take_it_now_is_left_alone_for_a_while(status: int) -> None:
    """T29: temporary refusals back off and double; nothing is lost or doubled."""
    carrier = DirectCarrier()
    link = carrier.bind()
    submit_to(carrier, link)
    for pause in (1.0, 2.0, 4.0):
        count = len(carrier.deliveries())
        carrier.respond(carrier.deliveries()[-1], status)
        carrier.pass_link_time(pause - 0.1)
        assert len(carrier.deliveries()) == count
        carrier.pass_link_time(0.1)
        assert len(carrier.deliveries()) == count + 1
    carrier.respond(carrier.deliveries()[-1])
    carrier.pass_link_time(3600)
    assert len(carrier.deliveries()) == 4


@pytest.mark.parametrize("status", [ESME_RX_P_APPN, ESME_RX_R_APPN])
def test_a_permanent_refusal_ends_the_receipt(status: int) -> None:
    """SMPP 3.4 §5.1.3: ESME_RX_P_APPN and ESME_RX_R_APPN are not retried."""
    carrier = DirectCarrier()
    link = carrier.bind()
    submit_to(carrier, link)
    carrier.respond(carrier.deliveries()[0], status)
    carrier.pass_link_time(3600)
    assert len(carrier.deliveries()) == 1


def test_no_more_than_a_window_is_unanswered_on_a_link() -> None:
    """T16: the rest waits and goes as answers come, in order."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", window=2)])
    link = carrier.bind()
    submit_to(carrier, link, 5)
    assert len(carrier.deliveries()) == 2
    carrier.respond(carrier.deliveries()[1])
    assert len(carrier.deliveries()) == 3
    for number in (0, 2, 3, 4):
        carrier.respond(carrier.deliveries()[number])
    assert ids(carrier) == [b"%010d" % number for number in range(1, 6)]


def test_receipts_are_shared_among_receivers() -> None:
    """T29: the receiver with the fewest unanswered gets the next."""
    carrier = DirectCarrier()
    first, second = carrier.bind(), carrier.bind()
    submit_to(carrier, first, 4)
    assert [one.link_id for one in carrier.deliveries()] == [first, second, first, second]


def test_a_window_that_expires_without_a_receiver_keeps_its_order() -> None:
    """T29: answers that never come are told one by one; the receipts stay in their order."""
    carrier = DirectCarrier()
    link = carrier.bind()
    submit_to(carrier, link, 4)
    lost = carrier.deliveries()
    carrier.box.centre.bindings.stop_receiving(link)
    for one in lost:
        carrier.leave_unanswered(one)
    carrier.bind()
    assert ids(carrier)[4:] == ids(carrier)[:4]


def test_a_window_that_comes_back_in_any_order_goes_again_in_its_own() -> None:
    """T29: refused, unanswered and lost receipts, before those that were never sent."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", window=6)])
    link = carrier.bind()
    submit_to(carrier, link, 8)
    sent = carrier.deliveries()
    assert len(sent) == 6
    carrier.respond(sent[4], ESME_RMSGQFUL)
    carrier.respond(sent[1], ESME_RX_T_APPN)
    carrier.leave_unanswered(sent[2])
    carrier.hang_up(link, sent[0], sent[3], sent[5])
    carrier.bind()
    carrier.pass_link_time(60.0)
    for number in range(6, 14):
        carrier.respond(carrier.deliveries()[number])
    assert ids(carrier)[6:] == [b"%010d" % number for number in range(1, 9)]
