"""What faults do to procedures of the network; how they strike on the way is in test_gateway."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.config_faults import fault_book, fault_of
from carrierbox.faults import MT_FORWARD_SM, SEND_ROUTING_INFO_FOR_SM
from carrierbox.identifiers import Address
from carrierbox.relay import (
    MEMORY_CAPACITY_EXCEEDED,
    SM_DELIVERY_FAILURE,
    RpMoData,
    RpMtData,
)
from carrierbox.simulator.faults import TIMEOUT_S, NetworkFaults
from carrierbox.testing.direct import number_plan

PHONE = "33612345678"
ACME = Address(5, 0, "ACME")
PART = RpMtData(256, PHONE, ACME, 0, 0, b"", b"Hi", NetworkTime(0.0), False)


def faults_of(*written: dict[str, object]) -> NetworkFaults:
    return NetworkFaults(fault_book([fault_of(one) for one in written]), number_plan())


def test_without_faults_nothing_need_be_asked() -> None:
    """Those of links do not count."""
    assert not NetworkFaults().are_any
    assert not faults_of({"name": "lost", "then": {"no_response": True}}).are_any
    assert faults_of({"name": "lost", "then": {"no_request": True}}).are_any


def test_the_first_that_strikes_decides() -> None:
    """In the order of the list, each for its procedure."""
    faults = faults_of(
        {"name": "other", "when": {"country": "GB"}, "then": {"no_request": True}},
        {
            "name": "full",
            "then": {"cause": "SM_DELIVERY_FAILURE, MEMORY_CAPACITY_EXCEEDED"},
        },
        {"name": "never", "then": {"no_request": True}},
    )
    trouble = faults.of_part(MT_FORWARD_SM, PART)
    assert trouble is not None
    assert (trouble.name, trouble.cause, trouble.diagnostic, trouble.delay_s) == (
        "full",
        SM_DELIVERY_FAILURE,
        MEMORY_CAPACITY_EXCEEDED,
        0.0,
    )
    assert faults.of_part(SEND_ROUTING_INFO_FOR_SM, PART) is None
    assert faults.of_alert(PHONE) is None


@pytest.mark.parametrize(
    ("then", "field", "value"),
    [
        ({"no_request": True}, "loses_request", True),
        ({"no_request": True}, "delay_s", TIMEOUT_S),
        ({"no_response": True}, "loses_answer", True),
        ({"no_response": True}, "delay_s", TIMEOUT_S),
        ({"response_delay": "5s"}, "delay_s", 5.0),
        ({"response_copies": 3}, "answer_copies", 3),
        ({"request_copies": 2}, "request_copies", 2),
    ],
)
def test_an_outcome_is_one_trouble(then: dict[str, object], field: str, value: object) -> None:
    """Everything else is as without it."""
    faults = faults_of({"name": "it", "when": {"operation": MT_FORWARD_SM}, "then": then})
    trouble = faults.of_part(MT_FORWARD_SM, PART)
    assert trouble is not None
    assert getattr(trouble, field) == value
    assert trouble.cause == 0


def test_what_a_phone_sends_is_asked_by_where_it_goes() -> None:
    """`source_addr` is the other end, as the phone sees it."""
    sent = RpMoData(PHONE, Address(3, 0, "38100"), 0, 0, b"", b"STOP")
    faults = faults_of(
        {
            "name": "no stop",
            "when": {"operation": "mo_forward_sm", "source_addr": "38100", "text": "STOP"},
            "then": {"cause": "SYSTEM_FAILURE"},
        }
    )
    assert faults.of_sent(sent) is not None
    assert faults.of_sent(RpMoData(PHONE, ACME, 0, 0, b"", b"STOP")) is None
