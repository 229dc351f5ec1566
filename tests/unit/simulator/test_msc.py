"""The serving node: paging and handing over."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    GPRS_DETACHED,
    ILLEGAL_EQUIPMENT,
    IMSI_DETACHED,
    NO_PAGING_RESPONSE_VIA_MSC,
    NO_PAGING_RESPONSE_VIA_SGSN,
    RpAck,
    RpMtData,
)
from carrierbox.simulator.battery import Batteries
from carrierbox.simulator.hlr import Hlr
from carrierbox.simulator.msc import Msc
from carrierbox.simulator.profile import CIRCUIT_SWITCHED, PACKET_SWITCHED, Profile
from carrierbox.simulator.responders import Responders

NOON = NetworkTime(1_750_000_000.0)


def part(reference: int) -> RpMtData:
    return RpMtData(reference, "33612345678", Address(5, 0, "ACME"), 0, 0, b"", b"Hi", NOON, False)


def an_msc(hlr: Hlr, texts_max: int = 100) -> Msc:
    return Msc(hlr, Responders(), Batteries(), texts_max)


def test_a_phone_that_is_on_answers_and_gets_the_part() -> None:
    """TS 29.002 §12.9; a duplicate is acknowledged like any other."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    msc = an_msc(hlr)
    assert msc.page(subscriber, 7) is None
    for _ in range(2):
        answer = msc.hand_over(part(7), subscriber, NOON)
        assert isinstance(answer, RpAck)
        assert answer.reference == 7
    assert [text.text for text in subscriber.handset.inbox] == ["Hi"]


@pytest.mark.parametrize(
    ("domain", "vanished", "diagnostic"),
    [
        (None, False, IMSI_DETACHED),
        (None, True, NO_PAGING_RESPONSE_VIA_MSC),
        (CIRCUIT_SWITCHED, False, IMSI_DETACHED),
        (CIRCUIT_SWITCHED, True, NO_PAGING_RESPONSE_VIA_MSC),
        (PACKET_SWITCHED, False, GPRS_DETACHED),
        (PACKET_SWITCHED, True, NO_PAGING_RESPONSE_VIA_SGSN),
    ],
)
def test_the_diagnostic_says_how_a_phone_is_absent(
    domain: int | None, vanished: bool, diagnostic: int
) -> None:
    """TS 23.040 table 1a."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    subscriber.handset.power = False
    subscriber.vanished = vanished
    if domain is not None:
        subscriber.profile = Profile()
        subscriber.profile.domain = domain
    error = an_msc(hlr).page(subscriber, 7)
    assert error is not None
    assert (error.reference, error.cause, error.diagnostic) == (7, ABSENT_SUBSCRIBER, diagnostic)


def test_a_phone_that_may_not_is_not_paged() -> None:
    """TS 29.002 §12.9: illegal equipment, although it is on."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    subscriber.profile = Profile()
    subscriber.profile.illegal = ILLEGAL_EQUIPMENT
    error = an_msc(hlr).page(subscriber, 7)
    assert error is not None
    assert error.cause == ILLEGAL_EQUIPMENT
