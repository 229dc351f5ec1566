"""The serving switching centre: paging and handing over."""

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import ABSENT_SUBSCRIBER, IMSI_DETACHED, RpAck, RpError, RpMtData
from carrierbox.simulator.hlr import Hlr
from carrierbox.simulator.msc import Msc

NOON = NetworkTime(1_750_000_000.0)


def part(reference: int) -> RpMtData:
    return RpMtData(reference, "33612345678", Address(5, 0, "ACME"), 0, 0, b"", b"Hi", NOON, False)


def test_a_phone_that_is_on_gets_the_part_and_clears_the_flag() -> None:
    """TS 23.040 §3.2.6: a successful delivery clears MNRF."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    hlr.await_return(subscriber)
    answer = Msc(hlr).mt_forward(part(7), subscriber, NOON)
    assert isinstance(answer, RpAck)
    assert answer.reference == 7
    assert [text.text for text in subscriber.handset.inbox] == ["Hi"]
    assert not subscriber.message_waiting


def test_a_phone_that_is_off_is_absent_and_its_return_is_waited_for() -> None:
    """TS 23.040 table 1a: diagnostic IMSI detached; the register sets MNRF."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    subscriber.handset.power = False
    msc = Msc(hlr)
    assert not msc.page(subscriber)
    answer = msc.mt_forward(part(7), subscriber, NOON)
    assert isinstance(answer, RpError)
    assert (answer.reference, answer.cause, answer.diagnostic) == (
        7,
        ABSENT_SUBSCRIBER,
        IMSI_DETACHED,
    )
    assert subscriber.message_waiting
    assert subscriber.handset.inbox == []


def test_a_duplicate_is_acknowledged_and_shown_once() -> None:
    """After a crash the centre sends again what the phone already has; it must stop then."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    msc = Msc(hlr)
    for _ in range(2):
        assert isinstance(msc.mt_forward(part(7), subscriber, NOON), RpAck)
    assert len(subscriber.handset.inbox) == 1
    assert subscriber.handset.duplicates == 1
