"""Phones that answer by themselves."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.config_responders import read_responder
from carrierbox.identifiers import Address, international
from carrierbox.relay import DELIVERY_ACKNOWLEDGEMENT, RpMoData, RpMtData
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.network import CarrierNetwork
from carrierbox.simulator.responders import ANSWERS_PER_HOUR_MAX, Responder, Responders

NOON = NetworkTime(1_750_000_000.0)
ANNA, BOB = "33612345678", "447700900123"
SHOP = Address(0, 1, "38100")


def answering(answer: str, **others: object) -> Responder:
    return read_responder({"answer": answer, **others})


def said(
    responders: Responders, text: str, originating: Address = SHOP, now: NetworkTime = NOON
) -> list[tuple[float, str, str]]:
    """What the phone answers to one text: after how long, to whom, what."""
    handset = Handset(ANNA)
    octets = text.encode("utf-16-be")
    handset.receive(RpMtData(1, ANNA, originating, 0, 8, b"", octets, now, False), now)
    return [
        (answer.due - now, answer.destination.value, answer.text)
        for answer in responders.answers_to(handset, handset.inbox[0], now)
    ]


def test_the_first_responder_that_means_a_text_answers_it() -> None:
    """The phone's own before those of all phones; what none means is not answered."""
    responders = Responders([answering("all")], read_responder)
    assert said(responders, "Hi") == [(0.0, "38100", "all")]
    responders.set_phone(
        ANNA,
        [
            {"answer": "yes", "when": {"text": {"contains": "CODE"}}, "after": "5s"},
            {"answer": "no", "when": {"source_addr": "38200"}},
        ],
    )
    assert said(responders, "your CODE is 7") == [(5.0, "38100", "yes")]
    assert said(responders, "Hi", Address(0, 1, "38200")) == [(0.0, "38200", "no")]
    assert said(responders, "Hi €") == [(0.0, "38100", "all")]
    responders.of_all.clear()
    assert said(responders, "Hi") == []
    responders.set_phone(ANNA, None)
    assert responders.are_none


def test_declared_responders_are_back_when_nobody_sets_others() -> None:
    """What a user sets goes before; none of its own are none."""
    responders = Responders([], read_responder)
    responders.declare(ANNA, [answering("declared")])
    responders.set_phone(ANNA, [{"answer": "mine"}])
    assert said(responders, "Hi")[0][2] == "mine"
    responders.set_phone(ANNA, [])
    assert said(responders, "Hi") == []
    responders.set_phone(ANNA, None)
    assert said(responders, "Hi")[0][2] == "declared"


def test_what_cannot_be_read_any_more_is_left_out() -> None:
    """A setting that an older version kept."""
    responders = Responders([], read_responder)
    responders.set_phone(ANNA, [{"reply": "what"}, {"answer": "still"}])
    assert [one.answer for one in responders.of_phone(ANNA)] == ["still"]


@pytest.mark.parametrize("sender", [Address(5, 0, "ACME"), Address(0, 0, "")])
def test_who_cannot_be_dialled_gets_no_answer(sender: Address) -> None:
    """A name is no number."""
    assert said(Responders([answering("ok")]), "Hi", sender) == []


def test_an_acknowledgement_is_not_answered() -> None:
    """It is no text."""
    handset = Handset(ANNA)
    rp = RpMtData(1, ANNA, SHOP, 0, 0, b"", b"", NOON, False)
    rp.kind = DELIVERY_ACKNOWLEDGEMENT
    handset.receive(rp, NOON)
    assert Responders([answering("ok")]).answers_to(handset, handset.inbox[0], NOON) == []


def test_a_responder_answers_so_many_times() -> None:
    """`times`, for each phone."""
    responders = Responders([answering("once", times=1), answering("then")])
    assert [said(responders, "Hi")[0][2] for _ in range(3)] == ["once", "then", "then"]


def test_answers_of_one_phone_to_one_number_are_bounded_by_the_hour() -> None:
    """Others are not meant, and the next hour begins anew."""
    responders = Responders([answering("ok")])
    count = sum(len(said(responders, "Hi")) for _ in range(ANSWERS_PER_HOUR_MAX + 5))
    assert (count, responders.suppressed) == (ANSWERS_PER_HOUR_MAX, 5)
    assert said(responders, "Hi", Address(0, 1, "38200")) != []
    assert said(responders, "Hi", now=NetworkTime(NOON + 3_600.0)) != []


def shown(network: CarrierNetwork, to: str, sender: str, reference: int, at: float) -> None:
    """A text reaches a phone."""
    now = NetworkTime(at)
    network.forward(
        RpMtData(reference, to, international(sender), 0, 0, b"", b"Hi", now, False), now
    )
    network.on_time(now)


def test_two_phones_that_answer_each_other_end_some_time() -> None:
    """Whatever they answer, each pair is bounded by the hour."""
    network = CarrierNetwork(responders=Responders([answering("ping", after="1s")]))
    shown(network, ANNA, BOB, 1, NOON)
    sent = 0
    reference = 1
    now = NOON
    while (deadline := network.next_deadline()) is not None:
        now = NetworkTime(deadline)
        for element in network.on_time(now):
            assert isinstance(element, RpMoData)
            sent += 1
            reference += 1
            shown(network, element.destination.value, element.msisdn, reference, now)
        assert sent <= 2 * ANSWERS_PER_HOUR_MAX
    assert sent >= ANSWERS_PER_HOUR_MAX


def test_a_phone_that_is_off_by_then_does_not_answer() -> None:
    """Nor later."""
    network = CarrierNetwork(responders=Responders([answering("ok", after="5s")]))
    shown(network, ANNA, BOB, 1, NOON)
    assert network.next_deadline() == NOON + 5.0
    assert network.on_time(NetworkTime(NOON + 4.9)) == []
    network.set_power(ANNA, False, NOON)
    assert network.on_time(NetworkTime(NOON + 5.0)) == []
    assert network.next_deadline() is None
