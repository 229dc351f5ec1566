"""The network as the centre meets it: answers, alerts, phones, recovery."""

import math

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.user_data_header import concatenation_header
from carrierbox.errors import CarrierboxError, CodecError
from carrierbox.identifiers import Address, international
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    IMSI_DETACHED,
    UNKNOWN_SUBSCRIBER,
    RelayElement,
    RpAck,
    RpAlertSc,
    RpError,
    RpMtData,
    SmeAcknowledgement,
)
from carrierbox.simulator.network import CarrierNetwork, PhoneOffError

NOON = NetworkTime(1_750_000_000.0)
PHONE = "33612345678"
OTHER = "33687654321"
ACME = Address(5, 0, "ACME")


def after(seconds: float) -> NetworkTime:
    return NetworkTime(NOON + seconds)


def rp(
    reference: int, msisdn: str = PHONE, user_data: bytes = b"Hi", header: bytes = b""
) -> RpMtData:
    return RpMtData(reference, msisdn, ACME, 0, 0, header, user_data, NOON, False)


def told(element: RelayElement) -> tuple[str | int, ...]:
    """An element in a form that can be compared."""
    if isinstance(element, RpAck):
        return ("ack", element.reference)
    if isinstance(element, RpError):
        return ("error", element.reference, element.cause, element.diagnostic)
    if isinstance(element, RpAlertSc):
        return ("alert", element.msisdn)
    if isinstance(element, SmeAcknowledgement):
        return ("acknowledgement", element.reference, element.kind, element.user_response_code)
    return ("mo", element.msisdn)


def due(network: CarrierNetwork, now: NetworkTime) -> list[tuple[str | int, ...]]:
    return [told(element) for element in network.on_time(now)]


def texts(network: CarrierNetwork, msisdn: str = PHONE) -> list[str]:
    phone = network.phone(msisdn)
    return [] if phone is None else [text.text for text in phone.inbox]


def test_a_text_reaches_a_phone_never_heard_of_and_is_acknowledged() -> None:
    """Open by default: every number has a phone that is on."""
    network = CarrierNetwork()
    assert (network.next_deadline(), network.on_time(NOON)) == (None, [])
    assert network.phone(PHONE) is None
    network.forward(rp(7), NOON)
    assert network.next_deadline() == NOON
    assert due(network, NOON) == [("ack", 7)]
    assert texts(network) == ["Hi"]
    assert (network.next_deadline(), network.on_time(NOON)) == (None, [])


def test_nothing_is_told_before_its_time() -> None:
    """A value has its own due time, without latency too."""
    network = CarrierNetwork()
    network.forward(rp(7), after(10))
    assert due(network, after(9)) == []
    assert network.next_deadline() == after(10)
    assert due(network, after(10)) == [("ack", 7)]


def test_answers_come_in_the_order_of_the_parts() -> None:
    """T49: the same calls give the same answers in the same order."""
    network = CarrierNetwork()
    network.declare_phone(OTHER, power=False)
    for reference in range(6):
        network.forward(rp(reference, OTHER if reference % 3 == 0 else PHONE), after(reference))
    assert network.next_deadline() == NOON
    assert due(network, after(5)) == [
        ("error", 0, ABSENT_SUBSCRIBER, IMSI_DETACHED),
        ("ack", 1),
        ("ack", 2),
        ("error", 3, ABSENT_SUBSCRIBER, IMSI_DETACHED),
        ("ack", 4),
        ("ack", 5),
    ]


def test_with_latency_each_answer_waits_for_its_own_time() -> None:
    """Order of (due time, insertion); an alert is due at once and overtakes."""
    network = CarrierNetwork(latency_s=5.0)
    network.expect_alert(PHONE)
    network.forward(rp(1, OTHER), NOON)
    network.forward(rp(2, OTHER), NOON)
    network.forward(rp(3, OTHER), after(1))
    network.set_power(PHONE, True, after(2))
    assert network.next_deadline() == after(2)
    assert due(network, after(2)) == [("alert", PHONE)]
    assert network.next_deadline() == after(5)
    assert due(network, after(4.9)) == []
    assert due(network, after(5)) == [("ack", 1), ("ack", 2)]
    assert due(network, after(60)) == [("ack", 3)]
    assert network.next_deadline() is None


def test_a_phone_that_is_off_is_absent_and_alerts_when_it_returns() -> None:
    """TS 23.040 §3.2.6, table 1a: IMSI detached, MNRF set; one alert for the return."""
    network = CarrierNetwork()
    network.set_power(PHONE, False, NOON)
    assert network.next_deadline() is None
    network.forward(rp(1), NOON)
    network.forward(rp(2), NOON)
    absent = (ABSENT_SUBSCRIBER, IMSI_DETACHED)
    assert due(network, NOON) == [("error", 1, *absent), ("error", 2, *absent)]
    subscriber = network.hlr.find(PHONE)
    assert subscriber is not None
    assert subscriber.message_waiting
    network.set_power(PHONE, True, after(60))
    assert network.next_deadline() == after(60)
    assert due(network, after(60)) == [("alert", PHONE)]
    assert not subscriber.message_waiting
    network.set_power(PHONE, True, after(61))
    assert network.next_deadline() is None
    network.forward(rp(1), after(61))
    assert due(network, after(61)) == [("ack", 1)]
    assert texts(network) == ["Hi"]


def test_an_alert_does_not_overtake_the_error_it_is_about() -> None:
    """The centre would not know yet that it has anything to send again, and wait in vain."""
    network = CarrierNetwork(latency_s=5.0)
    network.set_power(PHONE, False, NOON)
    network.forward(rp(1), NOON)
    network.set_power(PHONE, True, after(1))
    assert due(network, after(4)) == []
    assert due(network, after(5)) == [
        ("error", 1, ABSENT_SUBSCRIBER, IMSI_DETACHED),
        ("alert", PHONE),
    ]


def test_a_phone_nobody_wants_anything_of_returns_without_an_alert() -> None:
    """The flag is set by a failed delivery alone."""
    network = CarrierNetwork()
    network.set_power(PHONE, False, NOON)
    network.set_power(PHONE, True, NOON)
    assert network.next_deadline() is None


def test_a_success_clears_the_flag() -> None:
    """TS 23.040 §3.2.6: what was told by a delivery is not told again by an alert."""
    network = CarrierNetwork()
    network.expect_alert(PHONE)
    network.forward(rp(1), NOON)
    network.set_power(PHONE, False, NOON)
    network.set_power(PHONE, True, NOON)
    assert due(network, NOON) == [("ack", 1)]


def test_a_duplicate_is_acknowledged_again_and_shown_once() -> None:
    """At least once over the relay, once on the screen."""
    network = CarrierNetwork()
    network.forward(rp(1), NOON)
    network.forward(rp(1), NOON)
    assert due(network, NOON) == [("ack", 1), ("ack", 1)]
    assert texts(network) == ["Hi"]
    assert network.contact(PHONE).duplicates == 1


def test_each_part_is_answered_and_the_text_shown_when_all_are_there() -> None:
    """A part put by is delivered: the centre gets its acknowledgement."""
    network = CarrierNetwork()
    network.forward(rp(2, user_data=b"right", header=concatenation_header(9, 2, 2)), NOON)
    assert due(network, NOON) == [("ack", 2)]
    assert texts(network) == []
    network.forward(rp(1, user_data=b"left ", header=concatenation_header(9, 2, 1)), NOON)
    assert due(network, NOON) == [("ack", 1)]
    assert texts(network) == ["left right"]


@pytest.mark.parametrize("msisdn", ["", "ACME", "+33612345678", "1" * 16])
def test_what_is_no_number_is_an_unknown_subscriber(msisdn: str) -> None:
    """The relay gets an answer whatever is asked, and nothing is remembered of it."""
    network = CarrierNetwork()
    network.forward(rp(3, msisdn), NOON)
    assert due(network, NOON) == [("error", 3, UNKNOWN_SUBSCRIBER, 0)]
    network.restore(rp(4, msisdn), NOON)
    assert network.phones() == []


def test_a_declared_phone_has_its_own_settings() -> None:
    """Power and size of the inbox; declaring it again changes what is named."""
    network = CarrierNetwork(messages_max=5)
    phone = network.declare_phone(PHONE, power=False, messages_max=2)
    assert (phone.power, phone.messages_max) == (False, 2)
    assert network.declare_phone(PHONE) is phone
    assert (phone.power, phone.messages_max) == (True, 2)
    assert network.contact(OTHER).messages_max == 5
    assert [phone.msisdn for phone in network.phones()] == [PHONE, OTHER]


def test_what_was_shown_before_a_restart_is_put_back_without_an_answer() -> None:
    """Whatever the power; the same part again is a duplicate, so the phone shows it once."""
    network = CarrierNetwork()
    network.declare_phone(PHONE, power=False)
    network.restore(rp(1), NOON)
    network.restore(rp(2, user_data=b"left ", header=concatenation_header(9, 2, 1)), NOON)
    network.restore(rp(3, user_data=b"right", header=concatenation_header(9, 2, 2)), NOON)
    assert network.next_deadline() is None
    assert texts(network) == ["Hi", "left right"]
    phone = network.contact(PHONE)
    assert not phone.power
    assert phone.inbox[0].received_at == NOON
    network.set_power(PHONE, True, after(1))
    network.forward(rp(1), after(1))
    assert due(network, after(1)) == [("ack", 1)]
    assert (len(phone.inbox), phone.duplicates) == (2, 1)


@pytest.mark.parametrize("off_first", [False, True])
def test_an_alert_expected_since_before_a_restart_comes(off_first: bool) -> None:
    """Recovery may set power and expectation in either order."""
    network = CarrierNetwork()
    if off_first:
        network.declare_phone(PHONE, power=False)
    network.expect_alert(PHONE)
    network.set_power(PHONE, False, NOON)
    assert network.next_deadline() is None
    network.set_power(PHONE, True, after(1))
    assert due(network, after(1)) == [("alert", PHONE)]


def test_a_phone_that_is_on_sends() -> None:
    """The parts are handed to the caller; the network keeps none."""
    network = CarrierNetwork()
    elements = network.mobile_originated(PHONE, international("447700900123"), "x" * 161)
    assert [len(element.user_data) for element in elements] == [153, 8]
    assert {element.msisdn for element in elements} == {PHONE}
    assert network.next_deadline() is None
    assert [sent.parts for sent in network.contact(PHONE).sent] == [2]


def test_a_phone_that_is_off_cannot_send() -> None:
    """Said in a sentence with a remedy, as an error of ours."""
    network = CarrierNetwork()
    network.set_power(PHONE, False, NOON)
    with pytest.raises(PhoneOffError, match="is switched off and cannot send") as caught:
        network.mobile_originated(PHONE, international("447700900123"), "Hi")
    assert isinstance(caught.value, CarrierboxError)
    assert network.contact(PHONE).sent == []


def test_what_cannot_be_sent_says_why() -> None:
    """Too long, no destination, no number."""
    network = CarrierNetwork()
    with pytest.raises(CodecError):
        network.mobile_originated(PHONE, ACME, "x" * 40_000)
    with pytest.raises(ValueError, match="destination"):
        network.mobile_originated(PHONE, Address(1, 1, ""), "Hi")
    with pytest.raises(ValueError, match="digits"):
        network.mobile_originated("phone", ACME, "Hi")


def test_the_phones_together_keep_the_newest_texts() -> None:
    """Bounded memory over all phones; what a phone dropped by its own limit is not taken twice."""
    network = CarrierNetwork(messages_max=2, texts_max=4)
    for reference in range(3):
        network.forward(rp(reference, PHONE, b"%d" % reference), NOON)
    assert texts(network, PHONE) == ["1", "2"]
    network.forward(rp(3, OTHER, b"3"), NOON)
    network.forward(rp(4, "1001", b"4"), NOON)
    assert texts(network, PHONE) == ["1", "2"]
    network.forward(rp(5, "1002", b"5"), NOON)
    assert texts(network, PHONE) == ["2"]
    network.restore(rp(6, "1003", b"6"), NOON)
    assert texts(network, PHONE) == []
    network.forward(rp(7, "1003", b"7"), NOON)
    assert [texts(network, msisdn) for msisdn in (OTHER, "1001", "1002", "1003")] == [
        [],
        ["4"],
        ["5"],
        ["6", "7"],
    ]


def test_strangers_are_bounded_and_declared_phones_stay() -> None:
    """A load test may contact any number of phones."""
    network = CarrierNetwork(strangers_max=10)
    network.set_power(PHONE, False, NOON)
    network.expect_alert(OTHER)
    for reference in range(200):
        network.forward(rp(reference, f"4477009{reference:05}"), NOON)
    assert len(network.on_time(NOON)) == 200
    assert len(network.phones()) == 12
    assert network.phone(PHONE) is not None
    assert network.phone(OTHER) is not None


@pytest.mark.parametrize("latency_s", [-1.0, math.nan, math.inf])
def test_an_impossible_latency_is_refused(latency_s: float) -> None:
    """0 to a day."""
    with pytest.raises(ValueError, match="latency_s"):
        CarrierNetwork(latency_s=latency_s)


def test_impossible_limits_are_refused() -> None:
    """Each names itself."""
    with pytest.raises(ValueError, match="texts_max"):
        CarrierNetwork(texts_max=0)
    with pytest.raises(ValueError, match="messages_max"):
        CarrierNetwork(messages_max=0)
    with pytest.raises(ValueError, match="digits"):
        CarrierNetwork().declare_phone("+33612345678")
    with pytest.raises(ValueError, match="digits"):
        CarrierNetwork().set_power("", True, NOON)
    with pytest.raises(ValueError, match="digits"):
        CarrierNetwork().expect_alert("ACME")


def test_an_error_that_a_rule_wants_never_reaches_the_phone() -> None:
    """Design §2: the outcome is the rule's; a number that nobody has gets no phone by it."""
    network = CarrierNetwork()
    known = network.declare_phone(PHONE)
    for msisdn in (PHONE, "9991034"):
        failing = rp(1, msisdn)
        failing.forced_cause = 34
        network.forward(failing, NOON)
    errors = network.on_time(NOON)
    assert [error.cause for error in errors if isinstance(error, RpError)] == [34, 34]
    assert not known.inbox
    assert network.phones() == [known]
    network.set_power(PHONE, False, NOON)
    network.set_power(PHONE, True, NOON)
    assert network.on_time(NOON) == []


def test_a_phone_that_is_called_absent_alerts_when_it_is_back() -> None:
    """TS 23.040 §3.2.6: the message waiting flag is set as by any other absence."""
    network = CarrierNetwork()
    network.declare_phone(PHONE)
    absent = rp(1)
    absent.forced_cause = ABSENT_SUBSCRIBER
    network.forward(absent, NOON)
    network.on_time(NOON)
    network.set_power(PHONE, True, NOON)
    (alert,) = network.on_time(NOON)
    assert isinstance(alert, RpAlertSc)
