"""A box and its remote phones: answers, presence and texts within its turns."""

from __future__ import annotations

import json
from typing import Any

from carrierbox.app import PhoneSettings, make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.identifiers import LinkId
from carrierbox.numbering import load_number_plan
from carrierbox.radio_turns import RadioTurns
from carrierbox.simulator.radio.remote import ANSWER_LIMIT_S, RemotePhones
from carrierbox.simulator.radio.topics import phone_topic
from carrierbox.smpp.pdus import Pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.stores.memory import MemoryStore

PHONE = "33612345678"
OTHER = "33698765432"


class NoLinks:
    """Nobody is bound."""

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        return False

    def repeat(self, link_id: LinkId, pdu: Pdu) -> None:
        """Send a response again."""
        self.send(link_id, pdu, None)

    def disconnect(self, link_id: LinkId) -> None:
        pass

    def call(self, box: Box, system_id: str) -> None:
        pass

    def log(self, event: str, fields: dict[str, object]) -> None:
        pass


class World:
    """One box whose phone PHONE is reached over a broker that is played by hand."""

    def __init__(self) -> None:
        self.now = LinkTime(100.0)
        self.box = make_box(
            "default",
            MemoryStore(),
            load_number_plan(),
            [AccountSettings("demo", "demo")],
            [PhoneSettings(OTHER)],
            NetworkClock(start=1_781_185_882.0, running=False),
        )
        self.box.recover(self.now)
        self.phones = RemotePhones("default")
        self.box.network.radio = self.phones
        self.radio = RadioTurns(self.box, self.phones)
        self.phones.on_connected(self.now)
        self.phones.on_message(self.phones.will.topic, b"online", False, self.now)
        self.says(PHONE, "presence", "online")
        self.turn()
        self.phones.take_publishes()

    def says(self, msisdn: str, kind: str, payload: Any) -> None:
        """A phone publishes."""
        octets = payload if isinstance(payload, str) else json.dumps(payload)
        topic = phone_topic("default", msisdn, kind)
        self.phones.on_message(topic, octets.encode(), False, self.now)

    def turn(self) -> None:
        """Turns until nothing is left to do."""
        while True:
            self.box.begin(self.now)
            self.radio.hear(self.now)
            self.box.finish(NoLinks())
            if not self.box.is_busy and not self.radio.has_news:
                return

    def published(self, kind: str) -> list[dict[str, Any]]:
        """What the carrier published of that kind."""
        return [
            json.loads(each.payload)
            for each in self.phones.take_publishes()
            if each.topic.endswith(f"/{kind}")
        ]

    def send_to_phone(self, mo_id: str = "a") -> None:
        """A second remote phone sends a text to the first."""
        self.says(OTHER, "presence", "online")
        self.says(OTHER, "mo", {"id": mo_id, "to": f"+{PHONE}", "text": "Hello"})
        self.turn()


def test_a_text_goes_from_phone_to_phone_and_is_concluded_by_the_answer() -> None:
    """The answer to the sender comes when the text is durable, before it is delivered."""
    world = World()
    world.send_to_phone()
    told = world.phones.take_publishes()
    kinds = [each.topic.rpartition("phone/")[2] for each in told]
    assert f"{OTHER}/mo/ack" in kinds
    (mt,) = [json.loads(each.payload) for each in told if each.topic.endswith("/mt")]
    assert mt["decoded"]["text"] == "Hello"
    assert mt["decoded"]["sender"] == f"+{OTHER}"
    assert [each.is_final for each in world.box.centre.registry.oldest_first()] == [False]
    world.says(PHONE, "mt/ack", {"id": mt["id"]})
    world.turn()
    assert [each.is_final for each in world.box.centre.registry.oldest_first()] == [True]
    assert [text.text for text in world.box.network.contact(PHONE).inbox] == ["Hello"]


def test_a_phone_that_is_silent_is_tried_again_when_it_comes_back() -> None:
    """Its next `online` alerts the centre: no schedule is waited for."""
    world = World()
    world.send_to_phone()
    (first,) = world.published("mt")
    deadline = world.radio.next_deadline()
    assert deadline == world.now + ANSWER_LIMIT_S
    world.now = LinkTime(deadline)
    world.turn()
    assert world.radio.next_deadline() is None
    assert world.published("mt") == []
    world.says(PHONE, "presence", "online")
    world.turn()
    (second,) = world.published("mt")
    assert (second["id"], second["attempt"]) == (first["id"], 2)


def test_a_phone_that_left_is_off_until_it_comes_back() -> None:
    """Its presence is the power of its phone in the register."""
    world = World()
    world.says(PHONE, "presence", "offline")
    world.turn()
    phone = world.box.network.phone(PHONE)
    assert phone is not None
    assert not phone.power
    world.send_to_phone()
    assert world.published("mt") == []
    world.says(PHONE, "presence", "online")
    world.turn()
    assert [mt["decoded"]["text"] for mt in world.published("mt")] == ["Hello"]


def test_a_text_that_nobody_takes_is_answered_with_the_reason() -> None:
    """As over HTTP."""
    world = World()
    world.says(PHONE, "mo", {"id": "a", "to": "38100", "text": "x" * 50_000})
    world.says(PHONE, "mo", {"id": "b", "to": "38100", "text": "x" * 39_999})
    world.turn()
    (answer,) = world.published("mo/ack")
    assert answer["id"] == "b"
    assert "255" in answer["problem"]


def test_a_long_text_of_a_phone_is_cut_and_acknowledged_once() -> None:
    """All of its parts are taken, or none."""
    world = World()
    world.says(PHONE, "mo", {"id": "a", "to": f"+{OTHER}", "text": "Hello " * 100})
    world.turn()
    assert world.published("mo/ack") == [{"id": "a", "result": "accepted"}]
    phone = world.box.network.phone(OTHER)
    assert phone is not None
    assert [(text.text, text.parts) for text in phone.inbox] == [("Hello " * 100, 4)]
