"""The gateway: procedures in their order, what errors lead to, towers and faults on the way."""

from random import Random

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.config_faults import fault_book, fault_of
from carrierbox.faults import (
    ALERT_SERVICE_CENTRE,
    MO_FORWARD_SM,
    MT_FORWARD_SM,
    SEND_ROUTING_INFO_FOR_SM,
)
from carrierbox.identifiers import Address
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    IMSI_DETACHED,
    MEMORY_CAPACITY_EXCEEDED,
    MS_PURGED,
    NO_PAGING_RESPONSE_VIA_MSC,
    SM_DELIVERY_FAILURE,
    SYSTEM_FAILURE,
    RelayElement,
    RpAck,
    RpAlertSc,
    RpError,
    RpMtData,
)
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.cells import Cell, Position
from carrierbox.simulator.faults import TIMEOUT_S, NetworkFaults
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.network import CannotSendError, CarrierNetwork, PhoneOffError
from carrierbox.simulator.phone_state import PhoneState, Subscription, write_state
from carrierbox.simulator.towers import ANSWER_TIMEOUT_S, PAGING_TIMEOUT_S, Towers
from carrierbox.simulator.whereabouts import Whereabouts
from carrierbox.testing.direct import number_plan
from carrierbox.trace import Trace

NOON = NetworkTime(1_750_000_000.0)
PHONE = "33612345678"
ACME = Address(5, 0, "ACME")
PARIS = Position(48.8566, 2.3522)
LYON = Position(45.76, 4.84)


def after(seconds: float) -> NetworkTime:
    return NetworkTime(NOON + seconds)


def part(reference: int, msisdn: str = PHONE, priority: bool = False) -> RpMtData:
    found = RpMtData(reference << 8, msisdn, ACME, 0, 0, b"", b"Hi %d" % reference, NOON, False)
    found.priority = priority
    return found


class Net:
    """A network with a trace, and what it told."""

    def __init__(
        self,
        faults: NetworkFaults | None = None,
        cells: list[Cell] | None = None,
        latency_s: float = 0.0,
    ) -> None:
        self.trace = Trace()
        self.faults = NetworkFaults() if faults is None else faults
        towers = Towers(cells or [], Random(1))
        self.network = CarrierNetwork(
            latency_s, trace=self.trace, faults=self.faults, whereabouts=Whereabouts(towers)
        )

    def send(self, reference: int, now: NetworkTime = NOON, priority: bool = False) -> None:
        self.network.forward(part(reference, priority=priority), now)

    def told(self, now: NetworkTime) -> list[tuple[str | int, ...]]:
        return [said(element) for element in self.network.on_time(now)]

    def procedures(self) -> list[str]:
        _, events = self.trace.since(0)
        return [event.describe() for event in events]

    def shows(self) -> list[str]:
        phone = self.network.phone(PHONE)
        return [] if phone is None else [text.text for text in phone.inbox]


def said(element: RelayElement) -> tuple[str | int, ...]:
    if isinstance(element, RpAck):
        return ("ack", element.reference >> 8)
    if isinstance(element, RpError):
        return ("error", element.reference >> 8, element.cause, element.diagnostic)
    assert isinstance(element, RpAlertSc)
    return ("alert",)


def a_fault(operation: str, when: dict[str, object] | None = None, **then: object) -> NetworkFaults:
    """A fault as somebody writes it."""
    written = {"name": "trouble", "when": {"operation": operation, **(when or {})}, "then": then}
    return NetworkFaults(fault_book([fault_of(written)]), number_plan())


# Procedures.


def test_a_text_on_its_way_is_two_procedures() -> None:
    """TS 23.040 §10: routing information, then the forwarding."""
    net = Net()
    net.send(1)
    assert net.told(NOON) == [("ack", 1)]
    assert net.procedures() == ["sendRoutingInfoForSM to HLR: ok", "mt-ForwardSM: ok"]


def test_an_absent_phone_is_reported_and_alerts_when_it_is_back() -> None:
    """TS 23.040 §10: the unsuccessful case, the register's own answer, and the alert."""
    net = Net()
    net.network.set_power(PHONE, False, NOON)
    net.send(1)
    net.send(2)
    absent = (ABSENT_SUBSCRIBER, IMSI_DETACHED)
    assert net.told(NOON) == [("error", 1, *absent), ("error", 2, *absent)]
    net.network.set_power(PHONE, True, after(60))
    assert net.told(after(60)) == [("alert",)]
    net.send(1, after(60))
    assert net.told(after(60)) == [("ack", 1)]
    assert net.procedures() == [
        "sendRoutingInfoForSM to HLR: ok",
        "mt-ForwardSM to MSC 33610900001: ABSENT_SUBSCRIBER, IMSI_DETACHED",
        "reportSM-DeliveryStatus to HLR: ok, absentSubscriber",
        "sendRoutingInfoForSM to HLR: ABSENT_SUBSCRIBER, IMSI_DETACHED",
        "readyForSM to HLR: ok, ms-Present",
        "alertServiceCentre: ok",
        "sendRoutingInfoForSM to HLR: ok",
        "mt-ForwardSM: ok",
    ]


def test_priority_is_tried_although_the_register_knows_better() -> None:
    """SM-RP-PRI: the phone is paged once more."""
    net = Net()
    net.network.set_power(PHONE, False, NOON)
    net.send(1)
    net.send(2, priority=True)
    assert net.procedures()[3:5] == [
        "sendRoutingInfoForSM to HLR: ok",
        "mt-ForwardSM to MSC 33610900001: ABSENT_SUBSCRIBER, IMSI_DETACHED",
    ]


def test_a_full_memory_is_reported_and_room_alerts() -> None:
    """TS 23.040 §3.2.7: MCEF; the centre is informed and may try, memoryAvailable alerts."""
    net = Net()
    net.network.declare_phone(PHONE, memory=HandsetMemory(1, 0))
    net.send(1)
    net.send(2)
    full = (SM_DELIVERY_FAILURE, MEMORY_CAPACITY_EXCEEDED)
    assert net.told(NOON) == [("ack", 1), ("error", 2, *full)]
    net.send(2, after(1))
    assert net.told(after(1)) == [("error", 2, *full)]
    assert "informServiceCentre: ok, mcef-Set" in net.procedures()
    subscriber = net.network.hlr.find(PHONE)
    assert subscriber is not None
    assert subscriber.flag_names == ["MCEF"]
    subscriber.handset.delete()
    net.network.apply_setting(f"phone/{PHONE}", b"{}", after(2))
    assert net.told(after(2)) == [("alert",)]
    assert "readyForSM to HLR: ok, memoryAvailable" in net.procedures()


def test_what_a_user_set_of_a_subscriber_decides_and_ends() -> None:
    """Barred both ways, then as everybody again."""
    net = Net()
    barred = PhoneState(subscription=Subscription(barred_mt="service", barred_mo="service"))
    net.network.apply_setting(f"phone/{PHONE}", write_state(barred), NOON)
    net.send(1)
    assert net.told(NOON) == [("error", 1, CALL_BARRED, 0)]
    with pytest.raises(CannotSendError, match="BARRING_SERVICE_ACTIVE"):
        net.network.mobile_originated(PHONE, ACME, "Hi")
    net.network.apply_setting(f"phone/{PHONE}", b"", NOON)
    net.send(1)
    assert net.told(NOON) == [("ack", 1)]
    assert len(net.network.mobile_originated(PHONE, ACME, "Hi")) == 1
    assert net.procedures()[-1] == "mo-ForwardSM: ok, 1 part"


# Towers and batteries.


def test_a_part_takes_the_time_of_its_cell() -> None:
    """It is shown when it arrives, not when it leaves."""
    net = Net(cells=[Cell("bastille", PARIS, 2.0, typical_s=1.5)])
    net.network.whereabouts.towers.place(PHONE, PARIS, NOON)
    net.network.on_time(NOON)
    net.send(1)
    assert net.told(after(1)) == []
    assert net.shows() == []
    assert net.network.next_deadline() == NOON + 1.5
    assert net.told(after(1.5)) == [("ack", 1)]
    assert net.shows() == ["Hi 1"]


def test_a_phone_that_goes_off_while_the_part_is_on_the_air_does_not_get_it() -> None:
    """What happens is decided on arrival."""
    net = Net(cells=[Cell("bastille", PARIS, 2.0, typical_s=1.5)])
    net.network.whereabouts.towers.place(PHONE, PARIS, NOON)
    net.network.on_time(NOON)
    net.send(1)
    net.network.set_power(PHONE, False, after(1))
    assert net.told(after(1.5)) == [("error", 1, ABSENT_SUBSCRIBER, IMSI_DETACHED)]
    assert net.shows() == []


def test_without_coverage_a_phone_is_absent_until_it_is_back_in_a_cell() -> None:
    """No paging response, after the time that paging takes; coverage alerts like power."""
    net = Net(cells=[Cell("bastille", PARIS, 2.0)])
    net.network.whereabouts.towers.place(PHONE, LYON, NOON)
    net.network.on_time(NOON)
    net.send(1)
    assert net.told(NOON) == []
    absent = ("error", 1, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)
    assert net.told(after(PAGING_TIMEOUT_S)) == [absent]
    with pytest.raises(CannotSendError, match="no coverage"):
        net.network.mobile_originated(PHONE, ACME, "Hi")
    net.network.whereabouts.towers.place(PHONE, PARIS, after(60))
    assert net.told(after(60)) == [("alert",)]
    net.send(1, after(60))
    assert net.told(after(60)) == [("ack", 1)]


def test_an_answer_that_is_lost_leaves_the_text_on_the_phone_once() -> None:
    """The centre hears of a failure and tries again; the phone knows the duplicate."""
    net = Net(cells=[Cell("bastille", PARIS, 2.0, loss_up_percent=100.0)])
    net.network.whereabouts.towers.place(PHONE, PARIS, NOON)
    net.network.on_time(NOON)
    net.send(1)
    assert net.told(NOON) == []
    assert net.told(after(ANSWER_TIMEOUT_S)) == [("error", 1, SYSTEM_FAILURE, 0)]
    net.send(1, after(60))
    net.told(after(60))
    net.told(after(60 + ANSWER_TIMEOUT_S))
    assert net.shows() == ["Hi 1"]
    phone = net.network.phone(PHONE)
    assert phone is not None
    assert phone.duplicates == 1


def test_an_empty_battery_takes_a_phone_away_without_a_word() -> None:
    """Not detached: it does not answer when it is paged; charged, it is back."""
    net = Net()
    net.network.whereabouts.batteries.set(PHONE, Battery(1.0, NOON, 100.0), NOON)
    assert net.told(after(3600)) == []
    net.send(1, after(3600))
    absent = ("error", 1, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)
    assert net.told(after(3600)) == [absent]
    with pytest.raises(PhoneOffError):
        net.network.mobile_originated(PHONE, ACME, "Hi")
    net.network.set_power(PHONE, True, after(3700))
    net.send(2, after(3700), priority=True)
    assert net.told(after(3700)) == [("error", 2, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)]


# Faults.


def test_a_fault_answers_in_place_of_the_register_or_of_the_phone() -> None:
    """And says so in the trace."""
    for operation in (SEND_ROUTING_INFO_FOR_SM, MT_FORWARD_SM):
        net = Net(a_fault(operation, cause="ABSENT_SUBSCRIBER, MS_PURGED"))
        net.send(1)
        assert net.told(NOON) == [("error", 1, ABSENT_SUBSCRIBER, MS_PURGED)]
        assert net.shows() == []
        assert any(
            said.endswith("ABSENT_SUBSCRIBER, MS_PURGED, fault trouble")
            for said in net.procedures()
        )
        net.network.set_power(PHONE, True, after(60))
        assert net.told(after(60)) == [("alert",)]


def test_an_answer_may_come_later() -> None:
    """In seconds of the network."""
    net = Net(a_fault(MT_FORWARD_SM, response_delay="3s"))
    net.send(1)
    assert net.told(after(2)) == []
    assert net.shows() == ["Hi 1"]
    assert net.told(after(3)) == [("ack", 1)]


def test_what_is_lost_is_given_up_after_a_time() -> None:
    """The part, or the answer to it."""
    for net, shown in (
        (Net(a_fault(MT_FORWARD_SM, no_request=True)), []),
        (Net(a_fault(MT_FORWARD_SM, no_response=True)), ["Hi 1"]),
    ):
        net.send(1)
        assert net.told(after(TIMEOUT_S - 1)) == []
        assert net.told(after(TIMEOUT_S)) == [("error", 1, SYSTEM_FAILURE, 0)]
        assert net.shows() == shown


def test_parts_and_answers_may_come_twice() -> None:
    """The phone shows the text once."""
    net = Net(a_fault(MT_FORWARD_SM, request_copies=3))
    net.send(1)
    assert net.told(NOON) == [("ack", 1)]
    assert net.shows() == ["Hi 1"]
    phone = net.network.phone(PHONE)
    assert phone is not None
    assert phone.duplicates == 2
    net = Net(a_fault(MT_FORWARD_SM, response_copies=2))
    net.send(1)
    assert net.told(NOON) == [("ack", 1), ("ack", 1)]


def test_an_alert_may_be_lost_late_or_repeated() -> None:
    """Then the centre has its timers only."""
    for faults, at_once, later in (
        (a_fault(ALERT_SERVICE_CENTRE, no_request=True), 0, 0),
        (a_fault(ALERT_SERVICE_CENTRE, response_copies=2), 2, 0),
        (a_fault(ALERT_SERVICE_CENTRE, response_delay="1s"), 0, 1),
    ):
        net = Net(faults)
        net.network.set_power(PHONE, False, NOON)
        net.send(1)
        net.told(NOON)
        net.network.set_power(PHONE, True, after(60))
        assert net.told(after(60)) == [("alert",)] * at_once
        assert net.told(after(61)) == [("alert",)] * later
        assert net.network.next_deadline() is None


def test_what_a_phone_sends_may_be_refused() -> None:
    """RP-ERROR to the phone."""
    net = Net(a_fault(MO_FORWARD_SM, cause="SYSTEM_FAILURE"))
    with pytest.raises(CannotSendError, match="SYSTEM_FAILURE"):
        net.network.mobile_originated(PHONE, ACME, "Hi")


def test_a_fault_begins_and_ends_by_its_counts() -> None:
    """The first is let through, two are struck, the rest goes through."""
    net = Net(a_fault(MT_FORWARD_SM, {"after": 1, "times": 2}, cause="SYSTEM_FAILURE"))
    for reference in range(1, 6):
        net.send(reference)
    assert [told[0] for told in net.told(NOON)] == ["ack", "error", "error", "ack", "ack"]


@pytest.mark.parametrize(
    ("when", "is_meant"),
    [
        ({"destination": "+33612345678"}, True),
        ({"destination": "+33612345679"}, False),
        ({"country": "FR"}, True),
        ({"country": "GB"}, False),
        ({"source_addr": "ACME"}, True),
        ({"text": {"contains": "Hi"}}, True),
        ({"text": "Hi"}, False),
    ],
)
def test_a_fault_means_what_its_match_says(when: dict[str, object], is_meant: bool) -> None:
    """What the network can tell of a part."""
    net = Net(a_fault(MT_FORWARD_SM, when, cause="SYSTEM_FAILURE"))
    net.send(1)
    assert [told[0] for told in net.told(NOON)] == ["error" if is_meant else "ack"]
