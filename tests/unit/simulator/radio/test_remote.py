"""The carrier's end of the radio: what phones are sent, what they answer, what is repeated."""

import json
from typing import Any

import pytest

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.identifiers import Address, international
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    IMSI_DETACHED,
    MEMORY_CAPACITY_EXCEEDED,
    NO_PAGING_RESPONSE_VIA_MSC,
    RESOURCE_LIMITATION,
    SM_DELIVERY_FAILURE,
    UNEXPECTED_DATA_VALUE,
    RpMtData,
)
from carrierbox.simulator.radio.remote import (
    ANSWER_LIMIT_S,
    PROBLEMS_MAX,
    TAKEN_MAX,
    RemotePhones,
)
from carrierbox.simulator.radio.topics import phone_topic

PHONE = "33612345678"
OTHER = "33698765432"
AT = NetworkTime(1_781_185_882.0)
START = LinkTime(100.0)


class Radio:
    """Remote phones, and a broker that is played by hand."""

    def __init__(self, **options: Any) -> None:
        self.phones = RemotePhones("default", **options)
        self.phones.on_time(START)

    def connect(self, *online: str) -> None:
        """The broker is there and has kept that these phones are online."""
        self.phones.on_connected(START)
        for msisdn in online:
            self.says(msisdn, "presence", b"online", retained=True)
        self.phones.on_message(self.phones.will.topic, b"online", False, START)

    def says(
        self, msisdn: str, kind: str, payload: bytes | dict[str, Any], retained: bool = False
    ) -> None:
        """A phone publishes."""
        octets = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.phones.on_message(phone_topic("default", msisdn, kind), octets, retained, START)

    def transmit(self, reference: int, msisdn: str = PHONE, sender: str = "ACME") -> None:
        """The network hands over a part."""
        originating = Address(5, 0, sender)
        rp = RpMtData(reference, msisdn, originating, 0, 0, b"", b"Hello", AT, False)
        self.phones.transmit(rp, AT + 3600, AT)

    def published(self, kind: str = "mt") -> list[dict[str, Any]]:
        """What was to be published of that kind."""
        return [
            json.loads(each.payload)
            for each in self.phones.take_publishes()
            if each.topic.endswith(f"/{kind}")
        ]

    def answers(self) -> list[tuple[int, int, int]]:
        """Reference, cause and diagnostic of each."""
        return [(one.reference, one.cause, one.diagnostic) for one in self.phones.take_answers()]


@pytest.fixture
def radio() -> Radio:
    """One phone is online."""
    found = Radio()
    found.connect(PHONE)
    found.phones.take_publishes()
    found.phones.take_presence()
    return found


def test_a_part_is_published_and_its_answer_is_taken(radio: Radio) -> None:
    """Once: a second answer is of nothing."""
    radio.transmit(256)
    (mt,) = radio.published()
    assert (mt["id"], mt["attempt"], mt["decoded"]["text"]) == ("256", 1, "Hello")
    assert radio.phones.parts_waiting() == 1
    radio.says(PHONE, "mt/ack", {"id": "256"})
    radio.says(PHONE, "mt/ack", {"id": "256"})
    assert radio.answers() == [(256, 0, 0)]
    assert radio.phones.parts_waiting() == 0


def test_an_error_of_the_phone_is_the_answer(radio: Radio) -> None:
    """An unknown one is an equipment protocol error, and told to the log."""
    radio.transmit(256)
    radio.transmit(512)
    radio.says(PHONE, "mt/ack", {"id": "256", "error": "MEMORY_CAPACITY_EXCEEDED"})
    radio.says(PHONE, "mt/ack", {"id": "512", "error": "NO_IDEA"})
    assert radio.answers() == [
        (256, SM_DELIVERY_FAILURE, MEMORY_CAPACITY_EXCEEDED),
        (512, SM_DELIVERY_FAILURE, 1),
    ]
    (problem,) = radio.phones.take_problems()
    assert "NO_IDEA" in str(problem["problem"])


@pytest.mark.parametrize("told", ["999", "0", "-1", "x", "256 ", "\u0662\u0665\u0666"])
def test_unknown_ids_are_ignored(radio: Radio, told: str) -> None:
    """Of whatever form."""
    radio.transmit(256)
    radio.says(PHONE, "mt/ack", {"id": told})
    radio.says(OTHER, "mt/ack", {"id": "256"})
    assert radio.answers() == []


def test_a_phone_that_says_nothing_is_absent_after_twenty_seconds(radio: Radio) -> None:
    """On the clock of the links; the next attempt is the second."""
    assert radio.phones.next_deadline() is None
    radio.transmit(256)
    assert radio.phones.next_deadline() == START + ANSWER_LIMIT_S
    radio.phones.on_time(LinkTime(START + ANSWER_LIMIT_S - 0.1))
    assert not radio.phones.has_news
    radio.phones.on_time(LinkTime(START + ANSWER_LIMIT_S))
    assert radio.phones.has_news
    assert radio.answers() == [(256, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)]
    radio.transmit(256)
    assert [mt["attempt"] for mt in radio.published()] == [1, 2]


def test_a_phone_that_leaves_is_absent_at_once(radio: Radio) -> None:
    """By its will or by itself; what is sent to it later is not published."""
    radio.transmit(256)
    radio.says(PHONE, "presence", b"offline")
    assert radio.phones.take_presence() == [(PHONE, False)]
    radio.transmit(512)
    assert radio.answers() == [
        (256, ABSENT_SUBSCRIBER, IMSI_DETACHED),
        (512, ABSENT_SUBSCRIBER, IMSI_DETACHED),
    ]
    assert [mt["id"] for mt in radio.published()] == ["256"]


def test_everything_without_an_answer_is_published_again_after_a_reconnection(
    radio: Radio,
) -> None:
    """In its order, and what was handed over meanwhile."""
    for reference in (256, 512):
        radio.transmit(reference)
    radio.says(PHONE, "mt/ack", {"id": "256"})
    radio.phones.on_disconnected()
    radio.transmit(768)
    assert radio.phones.take_publishes() == []
    radio.phones.on_connected(START)
    assert [mt["id"] for mt in radio.published()] == ["512", "768"]


def test_a_phone_that_comes_back_is_sent_again_what_it_has_not_answered(radio: Radio) -> None:
    """It may have been away for less than its will took."""
    radio.transmit(256)
    radio.published()
    radio.says(PHONE, "presence", b"online")
    assert [mt["id"] for mt in radio.published()] == ["256"]
    assert radio.phones.take_presence() == [(PHONE, True)]


def test_the_carrier_says_that_it_is_there_after_every_connection(radio: Radio) -> None:
    """And again when the will of an earlier connection comes late."""
    radio.phones.on_connected(START)
    (presence,) = radio.phones.take_publishes()
    assert (presence.topic, presence.payload, presence.retain) == (
        "carrierbox/v1/default/centre/presence",
        b"online",
        True,
    )
    radio.phones.on_message(presence.topic, b"offline", False, START)
    assert [each.payload for each in radio.phones.take_publishes()] == [b"online"]
    radio.phones.on_disconnected()
    radio.phones.on_message(presence.topic, b"offline", False, START)
    assert radio.phones.take_publishes() == []


def test_the_edge_is_told_when_there_is_something_to_publish(radio: Radio) -> None:
    """Once for all that is taken together."""
    told: list[int] = []
    radio.phones.on_publish = lambda: told.append(1)
    radio.transmit(256)
    radio.transmit(512)
    assert len(told) == 1
    radio.phones.take_publishes()
    radio.transmit(768)
    assert len(told) == 2


def test_until_the_broker_has_told_who_is_there_every_part_waits() -> None:
    """Then the carrier's own phones are alerted, and the remote ones are sent theirs."""
    radio = Radio()
    told: list[int] = []
    radio.phones.on_synchronised = lambda: told.append(1)
    assert radio.phones.carries(PHONE)
    assert radio.phones.carries(OTHER)
    radio.transmit(256)
    radio.transmit(512, OTHER)
    assert radio.published() == []
    radio.connect(PHONE)
    assert told == [1]
    assert [mt["id"] for mt in radio.published()] == ["256"]
    assert radio.answers() == [(512, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)]
    assert radio.phones.take_presence() == [(PHONE, True), (OTHER, True)]
    assert radio.phones.carries(PHONE)
    assert not radio.phones.carries(OTHER)


def test_who_was_absent_while_the_broker_was_away_at_the_start_is_alerted() -> None:
    """The answer came before it was known whose phone that is."""
    radio = Radio()
    radio.transmit(256, OTHER)
    radio.phones.on_time(LinkTime(START + ANSWER_LIMIT_S))
    assert radio.answers() == [(256, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)]
    radio.connect()
    assert radio.phones.take_presence() == [(OTHER, True)]


def test_the_carriers_own_presence_that_was_kept_means_nothing() -> None:
    """Only what is published now comes behind all that was kept."""
    radio = Radio()
    radio.phones.on_connected(START)
    radio.phones.on_message(radio.phones.will.topic, b"online", True, START)
    assert not radio.phones.is_synchronised


def test_phones_of_the_configuration_are_remote_and_absent_before_they_come() -> None:
    """What is sent to them waits."""
    radio = Radio(phones=[PHONE])
    assert radio.phones.take_presence() == [(PHONE, False)]
    radio.transmit(256)
    radio.connect()
    assert radio.phones.carries(PHONE)
    assert radio.answers() == [(256, ABSENT_SUBSCRIBER, IMSI_DETACHED)]
    radio.says(PHONE, "presence", b"")
    assert radio.phones.carries(PHONE)
    radio.says(PHONE, "presence", b"online")
    assert radio.phones.phones_online() == 1


def test_an_empty_presence_gives_the_number_back(radio: Radio) -> None:
    """What was on its way is tried again, on the carrier's own phone."""
    radio.transmit(256)
    radio.says(PHONE, "presence", b"")
    assert radio.answers() == [(256, ABSENT_SUBSCRIBER, IMSI_DETACHED)]
    assert radio.phones.take_presence() == [(PHONE, True)]
    assert not radio.phones.carries(PHONE)
    radio.says(PHONE, "presence", b"")
    assert not radio.phones.has_news


def test_beyond_the_bound_a_part_is_refused() -> None:
    """Resource limitation is temporary; phones beyond theirs are told to the log."""
    radio = Radio(parts_max=2, phones_max=1)
    radio.connect(PHONE, OTHER)
    for reference in (256, 512, 768):
        radio.transmit(reference)
    assert radio.answers() == [(768, RESOURCE_LIMITATION, 0)]
    assert not radio.phones.carries(OTHER)
    assert len(radio.phones.take_problems()) == 1


def test_a_part_that_no_transfer_pdu_holds_is_refused(radio: Radio) -> None:
    """A sender of more than eleven characters."""
    radio.transmit(256, PHONE, "A" * 20)
    assert radio.answers() == [(256, UNEXPECTED_DATA_VALUE, 0)]
    assert len(radio.phones.take_problems()) == 1


def test_a_text_is_taken_once_however_often_it_comes(radio: Radio) -> None:
    """It is acknowledged once it is durable, and again when it is repeated after that."""
    mo = {"id": "a", "to": "+33698765432", "text": "Hi"}
    for _ in range(2):
        radio.says(PHONE, "mo", mo)
    (submission,) = radio.phones.take_submissions()
    assert (submission.msisdn, submission.text) == (PHONE, "Hi")
    assert submission.destination == international("33698765432")
    assert radio.published("mo/ack") == []
    radio.phones.answer_submission(PHONE, "a", "")
    radio.says(PHONE, "mo", mo)
    accepted = {"id": "a", "result": "accepted"}
    assert radio.published("mo/ack") == [accepted, accepted]
    assert radio.phones.take_submissions() == []


def test_a_text_that_was_refused_may_be_tried_again(radio: Radio) -> None:
    """The store may work by then."""
    mo = {"id": "a", "to": "38100", "text": "Hi"}
    for _ in range(2):
        radio.says(PHONE, "mo", mo)
        assert len(radio.phones.take_submissions()) == 1
        radio.phones.answer_submission(PHONE, "a", "the store failed")
    assert radio.published("mo/ack") == [{"id": "a", "problem": "the store failed"}] * 2


@pytest.mark.parametrize(
    ("mo", "problem"),
    [
        ({"id": "a"}, "give to and text, or tpdu_hex"),
        ({"id": "a", "text": "Hi"}, "to is no number"),
        ({"id": "a", "to": "ACME", "text": "Hi"}, "to is no number"),
        ({"id": "a", "to": "+33698765432", "text": "Hi", "tpdu_hex": "00"}, "not both"),
        ({"id": "a", "tpdu_hex": "00"}, "tpdu_hex"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(radio: Radio, mo: Any, problem: str) -> None:
    """With a sentence."""
    radio.says(PHONE, "mo", mo)
    (ack,) = radio.published("mo/ack")
    assert ack["id"] == "a"
    assert problem in ack["problem"]
    assert radio.phones.take_submissions() == []


def test_a_text_of_a_phone_that_never_came_is_refused(radio: Radio) -> None:
    """It would get no answer to it."""
    radio.says(OTHER, "mo", {"id": "a", "to": "38100", "text": "Hi"})
    (ack,) = radio.published("mo/ack")
    assert "presence" in ack["problem"]


def test_the_ids_of_a_phone_are_remembered_within_bounds(radio: Radio) -> None:
    """The oldest are forgotten."""
    for number in range(TAKEN_MAX + 1):
        radio.says(PHONE, "mo", {"id": str(number), "to": "38100", "text": "Hi"})
        radio.phones.answer_submission(PHONE, str(number), "")
    assert len(radio.phones.take_submissions()) == TAKEN_MAX + 1
    radio.says(PHONE, "mo", {"id": "1", "to": "38100", "text": "Hi"})
    assert radio.phones.take_submissions() == []
    radio.says(PHONE, "mo", {"id": "0", "to": "38100", "text": "Hi"})
    assert len(radio.phones.take_submissions()) == 1


def test_what_cannot_be_read_changes_nothing_and_is_told_ten_times_a_minute(
    radio: Radio,
) -> None:
    """Everything from outside can be wrong."""
    radio.transmit(256)
    for payload in (b"", b"{", b"\xff" * 10, b"x" * 70_000, b"[]"):
        for kind in ("mt/ack", "mo"):
            radio.says(PHONE, kind, payload)
    for payload in (b"ONLINE", b'"online"', b"x" * 70_000):
        radio.says(PHONE, "presence", payload)
    radio.phones.on_message("carrierbox/v1/other/phone/33612345678/mo", b"{", False, START)
    radio.phones.on_message("some/where", b"{", False, START)
    assert radio.answers() == []
    assert not radio.phones.has_news
    assert len(radio.phones.take_problems()) == PROBLEMS_MAX
    radio.phones.on_message(
        phone_topic("default", PHONE, "mo"), b"{", False, LinkTime(START + 61.0)
    )
    (problem,) = radio.phones.take_problems()
    assert problem["untold_before"] == 3
