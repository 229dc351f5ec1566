"""The home location register."""

from math import inf

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    BARRING_SERVICE_ACTIVE,
    CALL_BARRED,
    DEREGISTERED,
    IMSI_DETACHED,
    MS_PURGED,
    NO_PAGING_RESPONSE_VIA_MSC,
    OPERATOR_BARRING,
    ROAMING_RESTRICTION,
    TELESERVICE_NOT_PROVISIONED,
    UNKNOWN_SUBSCRIBER,
    RpMtData,
)
from carrierbox.simulator.hlr import Hlr, is_msisdn
from carrierbox.simulator.profile import BOTH, CIRCUIT_SWITCHED, PACKET_SWITCHED, Profile

NOON = NetworkTime(1_750_000_000.0)


def test_a_number_becomes_a_subscriber_on_first_contact() -> None:
    """The network is open: every number has a phone, and it is on."""
    hlr = Hlr()
    assert hlr.find("33612345678") is None
    subscriber = hlr.subscriber("33612345678")
    assert subscriber.msisdn == "33612345678"
    assert subscriber.handset.power
    assert hlr.find("33612345678") is subscriber
    assert hlr.subscriber("33612345678") is subscriber
    assert hlr.routing_info("33612345678") is subscriber
    assert len(hlr) == 1


@pytest.mark.parametrize(
    ("msisdn", "imsi"),
    [
        ("33612345678", "999703612345678"),
        ("1", "999700000000001"),
        ("123456789012345", "999706789012345"),
    ],
)
def test_imsi_is_fifteen_digits_of_a_network_for_internal_use(msisdn: str, imsi: str) -> None:
    """Mobile country code 999 (ITU-T E.212 Annex A); an IMSI has at most 15 digits."""
    assert Hlr().subscriber(msisdn).imsi == imsi


@pytest.mark.parametrize("text", ["", "+33612345678", "33 6", "abc", "1" * 16, "٣٣", "3\x00"])
def test_what_is_no_number_is_nobodys(text: str) -> None:
    """E.164 §6.1: up to fifteen digits; digits of other scripts are none."""
    hlr = Hlr()
    assert not is_msisdn(text)
    assert hlr.routing_info(text) is None
    with pytest.raises(ValueError, match="1 to 15 digits"):
        hlr.subscriber(text)
    with pytest.raises(ValueError, match="1 to 15 digits"):
        hlr.declare(text)
    assert hlr.all() == []


def test_message_waiting_is_set_and_cleared_once() -> None:
    """TS 23.040 §3.2.6 and §3.2.7: whoever waits is told once."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    assert not subscriber.message_waiting
    assert not hlr.ready(subscriber)
    hlr.await_return(subscriber)
    assert subscriber.message_waiting
    assert subscriber.flag_names == []
    hlr.report_absent(subscriber, IMSI_DETACHED)
    hlr.report_memory_full(subscriber)
    assert subscriber.flag_names == ["MNRF", "MCEF"]
    assert hlr.ready(subscriber)
    assert not subscriber.message_waiting
    assert subscriber.flag_names == []
    assert not hlr.ready(subscriber)


@pytest.mark.parametrize(
    ("domain", "flags"),
    [(CIRCUIT_SWITCHED, ["MNRF"]), (PACKET_SWITCHED, ["MNRG"]), (BOTH, ["MNRF", "MNRG"])],
)
def test_the_flag_is_that_of_the_node_that_did_not_reach_the_phone(
    domain: int, flags: list[str]
) -> None:
    """TS 23.040 §3.2.7: MNRF is of the MSC, MNRG of the SGSN."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    subscriber.profile = Profile()
    subscriber.profile.domain = domain
    hlr.report_absent(subscriber, 0)
    assert subscriber.flag_names == flags


def test_a_phone_known_to_be_absent_is_tried_again_only_with_priority() -> None:
    """TS 23.040 §3.2.7: without SM-RP-PRI the register answers by itself, with the reason kept."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    assert hlr.refusal(subscriber, 7, False) is None
    hlr.report_absent(subscriber, NO_PAGING_RESPONSE_VIA_MSC)
    error = hlr.refusal(subscriber, 7, False)
    assert error is not None
    assert (error.reference, error.cause, error.diagnostic) == (7, ABSENT_SUBSCRIBER, 0)
    assert hlr.refusal(subscriber, 7, True) is None
    hlr.ready(subscriber)
    hlr.report_memory_full(subscriber)
    assert hlr.refusal(subscriber, 7, False) is None, "MCEF lets the centre try"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("unknown", True, (UNKNOWN_SUBSCRIBER, 0)),
        ("provisioned_mt", False, (TELESERVICE_NOT_PROVISIONED, 0)),
        ("barred_mt", BARRING_SERVICE_ACTIVE, (CALL_BARRED, BARRING_SERVICE_ACTIVE)),
        ("barred_mt", OPERATOR_BARRING, (CALL_BARRED, OPERATOR_BARRING)),
        ("is_purged", True, (ABSENT_SUBSCRIBER, MS_PURGED)),
        ("is_deregistered", True, (ABSENT_SUBSCRIBER, DEREGISTERED)),
    ],
)
def test_what_the_register_knows_of_a_subscriber_decides(
    field: str, value: object, expected: tuple[int, int]
) -> None:
    """TS 29.002 §12.1: the errors of sendRoutingInfoForSM."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    subscriber.profile = Profile()
    assert hlr.refusal(subscriber, 7, True) is None
    setattr(subscriber.profile, field, value)
    error = hlr.refusal(subscriber, 7, True)
    assert error is not None
    assert (error.cause, error.diagnostic) == expected


def test_a_phone_abroad_may_have_to_stay_unreached() -> None:
    """TS 23.040 table 1a: roaming restriction."""
    hlr = Hlr()
    subscriber = hlr.subscriber("33612345678")
    subscriber.profile = Profile()
    subscriber.profile.roaming_allowed = False
    assert hlr.refusal(subscriber, 7, True) is None
    subscriber.profile.visited_country = "IN"
    error = hlr.refusal(subscriber, 7, True)
    assert error is not None
    assert (error.cause, error.diagnostic) == (ABSENT_SUBSCRIBER, ROAMING_RESTRICTION)


def test_the_oldest_stranger_is_forgotten_beyond_the_limit() -> None:
    """A load test over any number of recipients takes a bounded amount of memory."""
    hlr = Hlr(strangers_max=3)
    for number in range(100):
        hlr.subscriber(f"3361234{number:04}")
    assert [subscriber.msisdn for subscriber in hlr.all()] == [
        "33612340097",
        "33612340098",
        "33612340099",
    ]


def test_declared_and_awaited_phones_and_those_switched_off_are_never_forgotten() -> None:
    """What a user set survives whatever strangers come by."""
    hlr = Hlr(strangers_max=2)
    declared_first = hlr.declare("1001")
    declared_later = hlr.subscriber("1002")
    awaited = hlr.subscriber("1003")
    assert hlr.declare("1002") is declared_later
    hlr.await_return(awaited)
    off = hlr.subscriber("1004")
    off.handset.power = False
    for number in range(50):
        hlr.subscriber(f"2{number:03}")
    for subscriber in (declared_first, declared_later, awaited, off):
        assert hlr.find(subscriber.msisdn) is subscriber
    assert len(hlr) == 6


def test_a_forgotten_stranger_comes_back_as_a_new_phone() -> None:
    """Nothing of its former life is left, and the count of strangers stays right."""
    hlr = Hlr(strangers_max=1)
    before = hlr.subscriber("1001")
    hlr.subscriber("1002")
    assert hlr.find("1001") is None
    assert hlr.subscriber("1001") is not before
    assert [subscriber.msisdn for subscriber in hlr.all()] == ["1001"]


def test_a_register_without_room_for_strangers_is_refused() -> None:
    """First contact must find a place."""
    with pytest.raises(ValueError, match="strangers_max"):
        Hlr(strangers_max=0)


def test_new_phones_get_the_registers_inbox_size() -> None:
    """`messages_max` is set once for the network."""
    assert Hlr(messages_max=7).subscriber("1001").handset.messages_max == 7


def test_phones_beyond_the_newest_are_put_away_and_come_back_as_they_were() -> None:
    """A million subscribers must not take a gigabyte."""
    hlr = Hlr(hot_max=2)
    first = hlr.declare("1001")
    hlr.report_absent(first, NO_PAGING_RESPONSE_VIA_MSC)
    first.vanished = True
    first.handset.power = False
    first.alert_not_before = 1_750_000_000.5
    for number in range(2, 7):
        hlr.subscriber(f"100{number}")
    assert len(hlr) == 6
    assert hlr.page(0, 10) == ["1001", "1002", "1003", "1004", "1005", "1006"]
    assert hlr.page(1, 2) == ["1002", "1003"]
    for find in (hlr.peek, hlr.find):
        back = find("1001")
        assert back is not None
        assert back is not first
        assert back.declared
        assert back.vanished
        assert not back.handset.power
        assert back.flag_names == ["MNRF"]
        assert back.message_waiting
        assert (back.reason, back.alert_not_before) == (0, 1_750_000_000.5)
    assert hlr.page(0, 10)[0] == "1001"
    assert hlr.peek("1009") is None
    assert hlr.find("abc") is None
    assert hlr.peek("abc") is None


def test_since_when_a_phone_shows_something_is_known_wherever_it_is() -> None:
    """In use, put away, without a text, and where there is no such phone."""
    hlr = Hlr(hot_max=2)
    for second in range(2):
        hlr.declare("1001").handset.receive(
            RpMtData(second, "1001", Address(5, 0, "A"), 0, 0, b"", b"x", NOON, False),
            NetworkTime(NOON + second),
        )
    assert hlr.shows_since("1001") == NOON
    for number in range(2, 20):
        hlr.declare(f"10{number:02}")
    assert hlr.shows_since("1001") == NOON
    assert [hlr.shows_since(one) for one in ("1002", "1019", "1020", "abc")] == [inf] * 4


def test_a_stranger_that_was_put_away_is_forgotten_like_any_other() -> None:
    """What is bounded is how many are known, however they are kept."""
    hlr = Hlr(strangers_max=3, hot_max=1)
    for number in range(100):
        hlr.subscriber(f"3361234{number:04}")
    assert hlr.page(0, 10) == ["33612340097", "33612340098", "33612340099"]


def test_of_whom_something_is_set_stays_an_object() -> None:
    """A profile is not packed."""
    hlr = Hlr(hot_max=1)
    subscriber = hlr.declare("1001")
    subscriber.profile = Profile()
    for number in range(2, 20):
        hlr.subscriber(f"10{number:02}")
    assert hlr.find("1001") is subscriber


def test_a_phone_for_which_messages_come_stays_an_object() -> None:
    """It would be packed and unpacked for ever; but if all are busy, some are put away."""
    hlr = Hlr(hot_max=10)
    busy = hlr.routing_info("1001")
    for number in range(2000, 2100):
        assert hlr.routing_info("1001") is busy
        hlr.routing_info(str(number))
    for _ in range(3):
        for number in range(2100, 2200):
            hlr.routing_info(str(number))
            hlr.routing_info(str(number))
    assert hlr.routing_info("1001") is not busy
    assert len(hlr) == 201


def test_what_a_restart_tells_of_many_is_known_as_of_few() -> None:
    """Objects or put away at once: on or off, waited for or not, in the order of first contact."""
    few, many = Hlr(), Hlr(hot_max=2)
    for hlr in (few, many):
        hlr.subscriber("2001")
        for number in range(1001, 1010):
            hlr.restore(str(number), number % 2 == 0, False)
        for number in range(1006, 1013):
            hlr.restore(str(number), None, True)
        hlr.restore("2001", None, True)
        hlr.restore("1001", True, False)
        hlr.find("1009")
        hlr.restore("1009", True, True)
    assert many.page(0, 20) == few.page(0, 20)
    for msisdn in few.page(0, 20):
        one, other = few.peek(msisdn), many.peek(msisdn)
        assert one is not None
        assert other is not None
        assert (one.handset.power, one.message_waiting, one.declared) == (
            other.handset.power,
            other.message_waiting,
            other.declared,
        )


def test_objects_are_put_away_in_the_order_in_which_they_became_some() -> None:
    """Also when many were forgotten meanwhile: what is kept of the order is bounded."""
    hlr = Hlr(strangers_max=3, hot_max=50)
    for number in range(1000, 1500):
        hlr.subscriber(str(number))
    for number in range(2000, 2060):
        hlr.declare(str(number))
    assert len(hlr) == 63
    kept = hlr.page(0, 100)
    assert kept == ["1497", "1498", "1499", *map(str, range(2000, 2060))]
    assert all(hlr.peek(msisdn) is not None for msisdn in kept)
