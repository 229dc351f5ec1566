"""The home location register."""

import pytest

from carrierbox.simulator.hlr import Hlr, is_msisdn


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
    """TS 23.040 §3.2.6 and §3.2.7: the flag comes with the centre to alert."""
    hlr = Hlr(service_centre="999700000042")
    subscriber = hlr.subscriber("33612345678")
    assert not subscriber.message_waiting
    assert not hlr.end_waiting(subscriber)
    hlr.await_return(subscriber)
    hlr.await_return(subscriber)
    assert subscriber.message_waiting
    assert subscriber.service_centre == "999700000042"
    assert hlr.end_waiting(subscriber)
    assert not subscriber.message_waiting
    assert not hlr.end_waiting(subscriber)


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
