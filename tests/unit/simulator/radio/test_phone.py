"""A phone of ours at the other end of the broker."""

import json
from typing import Any

import pytest

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import STATUS_REPORT, RpMtData
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.radio.messages import encode, mt_of, rp_mo_data
from carrierbox.simulator.radio.phone import (
    ARRIVED,
    CARRIER,
    DUPLICATE,
    HELD,
    NOT_SENT,
    PROBLEM,
    REFUSED,
    REPEAT_S,
    REPORTED,
    SENT,
    UNSENT_MAX,
    RemoteHandset,
)
from carrierbox.simulator.radio.topics import centre_topic, phone_topic

PHONE = "33612345678"
START = LinkTime(100.0)
AT = NetworkTime(1_781_185_882.0)


def connected(**options: Any) -> RemoteHandset:
    """A phone that has said that it is there."""
    phone = RemoteHandset("default", PHONE, "s", **options)
    phone.on_connected(START)
    return phone


def receive(phone: RemoteHandset, reference: int, text: bytes, header: bytes = b"") -> None:
    """The carrier publishes a part."""
    rp = RpMtData(reference, PHONE, Address(3, 0, "38100"), 0, 0, header, text, AT, False)
    topic = phone_topic("default", PHONE, "mt")
    phone.on_message(topic, encode(mt_of(rp, 1, 0.0, AT)), False, START)


def published(phone: RemoteHandset, kind: str) -> list[Any]:
    """What is to be published of that kind, presence as text."""
    return [
        each.payload.decode() if kind == "presence" else json.loads(each.payload)
        for each in phone.take_publishes()
        if each.topic.endswith(f"/{kind}")
    ]


def kinds(phone: RemoteHandset) -> list[str]:
    """What happened."""
    return [each.kind for each in phone.take_happenings()]


def test_it_is_there_after_every_connection() -> None:
    """And says so again when the carrier comes, or an earlier will comes late."""
    phone = connected()
    assert published(phone, "presence") == ["online"]
    phone.on_message(centre_topic("default"), b"online", True, START)
    assert published(phone, "presence") == []
    phone.on_message(centre_topic("default"), b"online", False, START)
    phone.on_message(phone.will.topic, b"offline", False, START)
    phone.on_message(phone.will.topic, b"offline", True, START)
    phone.on_message(phone.will.topic, b"online", False, START)
    assert published(phone, "presence") == ["online"] * 2
    assert kinds(phone) == [CARRIER, CARRIER]


def test_parts_are_acknowledged_and_shown_together() -> None:
    """A part that comes again is acknowledged again and shown once."""
    phone = connected()
    receive(phone, 256, b"Hello ", bytes([5, 0, 3, 7, 2, 1]))
    receive(phone, 256, b"Hello ", bytes([5, 0, 3, 7, 2, 1]))
    receive(phone, 257, b"there", bytes([5, 0, 3, 7, 2, 2]))
    assert [ack["id"] for ack in published(phone, "mt/ack")] == ["256", "256", "257"]
    assert kinds(phone) == [HELD, DUPLICATE, ARRIVED]
    (text,) = phone.handset.inbox
    assert (text.text, phone.newest_sender()) == ("Hello there", "38100")


def test_a_bad_phone_answers_nothing_or_refuses() -> None:
    """For tests of the carrier and of its clients."""
    phone = connected(acknowledges=False)
    receive(phone, 256, b"Hello")
    assert published(phone, "mt/ack") == []
    assert kinds(phone) == [ARRIVED]
    phone = connected(refusal="MEMORY_CAPACITY_EXCEEDED")
    receive(phone, 256, b"Hello")
    assert published(phone, "mt/ack") == [{"id": "256", "error": "MEMORY_CAPACITY_EXCEEDED"}]
    assert kinds(phone) == [REFUSED]
    assert phone.handset.inbox == []
    with pytest.raises(ValueError, match="WHATEVER"):
        RemoteHandset("default", PHONE, "s", refusal="WHATEVER")


def test_a_phone_whose_memory_is_full_refuses_and_says_when_there_is_room() -> None:
    """MEMORY_CAPACITY_EXCEEDED, and its presence anew once something is deleted."""
    phone = connected(memory=HandsetMemory(1, 0))
    receive(phone, 1, b"a")
    receive(phone, 2, b"b")
    full = {"id": "2", "error": "MEMORY_CAPACITY_EXCEEDED"}
    assert published(phone, "mt/ack") == [{"id": "1"}, full]
    assert kinds(phone) == [ARRIVED, REFUSED]
    assert phone.delete() == 1
    assert published(phone, "presence") == ["online"]
    assert phone.delete() == 0
    assert phone.take_publishes() == []
    receive(phone, 2, b"b")
    assert published(phone, "mt/ack") == [{"id": "2"}]


def test_a_phone_that_asks_for_reports_codes_its_parts_and_is_told_of_each() -> None:
    """TP-SRR in each SMS-SUBMIT, and the report finds its text by TP-MR (TS 23.040 §3.2.9)."""
    phone = connected(reports=True)
    assert phone.send("+33698765432", "x" * 200, START) == "s-1"
    mos = published(phone, "mo")
    assert [each["id"] for each in mos] == ["s-1-1", "s-1-2"]
    parts = [rp_mo_data(each["tpdu_hex"], PHONE) for each in mos]
    assert [(part.report, part.tp_mr) for part in parts] == [(True, 0), (True, 1)]
    for reference, status in ((1, 0), (2, 0x46)):
        said = bytes([parts[reference - 1].tp_mr, status])
        rp = RpMtData(reference, PHONE, Address(1, 1, "33698765432"), 0, 0, b"", said, AT, False)
        rp.kind = STATUS_REPORT
        topic = phone_topic("default", PHONE, "mt")
        phone.on_message(topic, encode(mt_of(rp, 1, 0.0, AT)), False, START)
    assert [each.kind for each in phone.take_happenings()] == [REPORTED, REPORTED]
    assert published(phone, "mt/ack") == [{"id": "1"}, {"id": "2"}]
    (sent,) = phone.handset.sent
    assert (sent.tp_st, sent.reports_missing) == (0x46, 0)
    with pytest.raises(ValueError, match="no number"):
        phone.send("nobody", "x", START)


def test_a_text_is_repeated_until_the_carrier_has_it() -> None:
    """After each connection, when the carrier comes, and every ten seconds."""
    phone = connected()
    assert phone.next_deadline() is None
    assert phone.send("+33698765432", "Hi", START) == "s-1"
    assert phone.next_deadline() == START + REPEAT_S
    phone.on_time(LinkTime(START + REPEAT_S))
    phone.on_disconnected()
    assert phone.take_publishes() == []
    phone.on_connected(START)
    phone.on_message(centre_topic("default"), b"online", False, START)
    phone.on_time(LinkTime(START + REPEAT_S))
    phone.on_time(LinkTime(START + REPEAT_S + 1))
    mo = {"id": "s-1", "to": "+33698765432", "text": "Hi"}
    assert published(phone, "mo") == [mo] * 3
    topic = phone_topic("default", PHONE, "mo/ack")
    phone.take_happenings()
    phone.on_message(topic, b'{"id": "s-1", "result": "accepted"}', False, START)
    phone.on_message(topic, b'{"id": "s-1", "result": "accepted"}', False, START)
    assert kinds(phone) == [SENT]
    assert phone.next_deadline() is None


def test_a_text_that_the_carrier_refuses_is_told() -> None:
    """And not repeated."""
    phone = connected()
    phone.send("1", "Hi", START)
    topic = phone_topic("default", PHONE, "mo/ack")
    phone.on_message(topic, b'{"id": "s-1", "problem": "nobody takes it"}', False, START)
    (happening,) = phone.take_happenings()
    assert (happening.kind, happening.words) == (NOT_SENT, "nobody takes it")
    assert phone.next_deadline() is None


def test_what_cannot_be_read_is_told_and_changes_nothing() -> None:
    """Everything from outside can be wrong."""
    phone = connected()
    phone.take_publishes()
    for kind in ("mt", "mo/ack"):
        phone.on_message(phone_topic("default", PHONE, kind), b"{", False, START)
    phone.on_message("some/where", b"{", False, START)
    assert kinds(phone) == [PROBLEM, PROBLEM]
    assert phone.take_publishes() == []


def test_a_phone_without_connection_keeps_its_texts_within_bounds() -> None:
    """They wait for the carrier."""
    phone = RemoteHandset("default", PHONE, "s")
    for _ in range(UNSENT_MAX):
        phone.send("38100", "Hi", START)
    with pytest.raises(ValueError):
        phone.send("38100", "Hi", START)
    phone.on_connected(START)
    assert len(published(phone, "mo")) == UNSENT_MAX
