"""Texts to phones and from them over a real Mosquitto, which may end at any time."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient
    from tests.integration.radio.conftest import Mosquitto, Program

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]
    Handset = Callable[..., Program]
    Until = Callable[[Server, str, Callable[[Any], bool]], Any]
    UntilOnline = Callable[[Server, int], None]

PHONE: Final = "+33612345678"
OTHER: Final = "+33698765432"
SHORT_CODE: Final = "38100"
LOAD: Final = 300


def submit_parts(client: SmppClient, to: str, letters: str) -> str:
    """Submit a long text from a number that takes replies, a part for each letter; the text."""
    for number, letter in enumerate(letters, 1):
        client.submit(
            to,
            bytes([5, 0, 3, 77, len(letters), number]) + letter.encode() * 153,
            esm_class=0x40,
            source_addr_ton=3,
            source_addr=SHORT_CODE,
        )
    return "".join(letter * 153 for letter in letters)


def test_a_phone_of_another_process_is_sent_three_parts_and_replies(
    mosquitto: Mosquitto,
    serve: Serve,
    handset: Handset,
    connect: Connect,
    until_online: UntilOnline,
) -> None:
    """Each part is acknowledged by the phone before its receipt says DELIVRD."""
    server = serve("--radio", mosquitto.url)
    phone = handset(mosquitto.url, PHONE)
    until_online(server, 1)
    client = connect(server, "trx")
    text = submit_parts(client, PHONE, "abc")
    shown = phone.event("text")
    assert (shown["sender"], shown["text"], shown["parts"]) == (SHORT_CODE, text, 3)
    assert {each["stat"] for each in client.receipts(3).values()} == {"DELIVRD"}
    phone.type("Yes, I got it")
    phone.event("sent")
    reply = client.receive(4)[3]
    assert (reply.source_addr.decode(), reply.destination_addr.decode()) == (
        PHONE.removeprefix("+"),
        SHORT_CODE,
    )
    assert reply.short_message == b"Yes, I got it"
    assert phone.end(signal.SIGINT) == 0
    until_online(server, 0)
    assert server.terminate() == 0


def test_a_phone_that_is_killed_is_absent_and_gets_all_in_order_when_it_returns(
    mosquitto: Mosquitto,
    serve: Serve,
    handset: Handset,
    connect: Connect,
    until: Until,
    until_online: UntilOnline,
) -> None:
    """The broker tells its will; what waits comes after its next `online`, at once."""
    server = serve("--radio", mosquitto.url)
    phone = handset(mosquitto.url, PHONE)
    until_online(server, 1)
    phone.kill()
    until_online(server, 0)
    client = connect(server, "trx")
    texts = [f"text {number}" for number in range(20)]
    for text in texts:
        client.submit(PHONE, text.encode())
    until(server, f"phones/{PHONE}", lambda found: found["waiting"] == len(texts))
    phone = handset(mosquitto.url, PHONE)
    assert [phone.event("text")["text"] for _ in texts] == texts
    assert {each["stat"] for each in client.receipts(len(texts)).values()} == {"DELIVRD"}


def test_a_broker_that_ends_under_load_loses_nothing(
    mosquitto: Mosquitto,
    serve: Serve,
    handset: Handset,
    connect: Connect,
    until: Until,
    until_online: UntilOnline,
) -> None:
    """Twice, and it forgets everything: presence, subscriptions, what was on its way."""
    server = serve("--radio", mosquitto.url)
    numbers = [f"+3361234567{last}" for last in range(3)]
    phones = {number: handset(mosquitto.url, number) for number in numbers}
    until_online(server, len(phones))
    client = connect(server, "trx")
    for number in range(LOAD):
        client.submit(numbers[number % 3], f"text {number}".encode())
        phones[numbers[number % 3]].type(f"{OTHER}: reply {number}")
        if number == LOAD // 3:
            mosquitto.stop()
        elif number == LOAD // 2:
            mosquitto.start()
        elif number == LOAD * 2 // 3:
            mosquitto.stop()
            mosquitto.start()
    receipts = client.receipts(LOAD)
    assert "Traceback" not in "".join(server.errors)
    assert sum("radio_connected" in line for line in server.errors) > 1
    assert {each["stat"] for each in receipts.values()} == {"DELIVRD"}
    for position, phone in enumerate(phones.values()):
        expected = {f"text {each}" for each in range(LOAD) if each % 3 == position}
        shown = [
            found["text"]
            for found in events_until_all_sent(phone, LOAD // 3, len(expected))
            if found["event"] == "text"
        ]
        assert len(shown) == len(set(shown))
        assert set(shown) == expected
    arrived = until(server, f"phones/{OTHER}", lambda found: replies(found) >= 200)
    texts = [text["text"] for text in arrived["texts"]]
    assert len(set(texts)) == len(texts) == 200
    found = until(server, f"messages?to=%2B{OTHER[1:]}&limit=1000", lambda _: True)
    assert len(found["messages"]) == LOAD


def replies(phone: dict[str, Any]) -> int:
    """How many texts are on its screen."""
    return len(phone["texts"])


def events_until_all_sent(phone: Program, sent: int, texts: int) -> list[dict[str, Any]]:
    """What happened on a phone until so many of its texts were taken and so many have come."""
    found: list[dict[str, Any]] = []
    while True:
        kinds = [each["event"] for each in found]
        if kinds.count("sent") >= sent and kinds.count("text") >= texts:
            return found
        found.append(json.loads(phone.lines.next()))


def test_the_embedded_broker_needs_nothing_beside_the_carrier(
    serve: Serve, handset: Handset, connect: Connect, until_online: UntilOnline
) -> None:
    """Its port is in the ready line and in the API."""
    pytest.importorskip("amqtt", reason="amqtt is not installed: pip install 'carrierbox[mqtt]'")
    server = serve("--radio", "mqtt+embedded")
    phone = handset(f"mqtt://{server.ready['mqtt']}", PHONE, OTHER)
    until_online(server, 2)
    (radio,) = server.http("GET", "radio")["radios"]
    assert (radio["broker"], radio["embedded"]) == (server.ready["mqtt"], True)
    client = connect(server, "trx")
    client.submit(PHONE, b"Hello", source_addr_ton=1, source_addr=OTHER[1:])
    assert phone.event("text", msisdn=PHONE)["sender"] == OTHER
    phone.type("Hello back")
    assert phone.event("text", msisdn=OTHER)["text"] == "Hello back"
    assert {each["stat"] for each in client.receipts(1).values()} == {"DELIVRD"}
    phone.kill()
    until_online(server, 0)
    assert server.terminate() == 0


def test_a_phone_that_refuses_has_its_messages_tried_again(
    mosquitto: Mosquitto,
    serve: Serve,
    handset: Handset,
    connect: Connect,
    until_online: UntilOnline,
) -> None:
    """Memory capacity exceeded is temporary."""
    server = serve("--radio", mosquitto.url)
    phone = handset(mosquitto.url, PHONE, options=("--refuse", "MEMORY_CAPACITY_EXCEEDED"))
    until_online(server, 1)
    client = connect(server, "trx")
    client.submit(PHONE, b"too much")
    phone.event("refused", detail="MEMORY_CAPACITY_EXCEEDED")
    assert phone.end() == 0
    phone = handset(mosquitto.url, PHONE)
    assert phone.event("text")["text"] == "too much"


def test_a_full_phone_of_another_process_refuses_until_there_is_room(
    mosquitto: Mosquitto,
    serve: Serve,
    handset: Handset,
    connect: Connect,
    until_online: UntilOnline,
) -> None:
    """The carrier hears of the room and sends what waits, without waiting for its schedule."""
    server = serve("--radio", mosquitto.url)
    phone = handset(mosquitto.url, PHONE, options=("--memory", "1"))
    until_online(server, 1)
    client = connect(server, "trx")
    client.submit(PHONE, b"first")
    assert phone.event("text")["text"] == "first"
    client.submit(PHONE, b"second")
    phone.event("refused", detail="MEMORY_CAPACITY_EXCEEDED")
    phone.type("/delete")
    assert phone.event("text")["text"] == "second"


def test_phones_of_another_process_hear_how_their_texts_end(
    mosquitto: Mosquitto,
    serve: Serve,
    handset: Handset,
    until_online: UntilOnline,
) -> None:
    """An SMS-STATUS-REPORT for each part that asked for it (TS 23.040 §9.2.2.3)."""
    server = serve("--radio", mosquitto.url)
    sender = handset(mosquitto.url, PHONE, options=("--reports",))
    receiver = handset(mosquitto.url, OTHER)
    until_online(server, 2)
    sender.type(f"{OTHER}: " + "a" * 200)
    assert receiver.event("text")["parts"] == 2
    for _ in range(2):
        assert sender.event("report")["detail"].startswith(f"{OTHER}: ")


@pytest.mark.interop
def test_a_phone_in_javascript_that_is_not_ours(
    mosquitto: Mosquitto,
    serve: Serve,
    connect: Connect,
    javascript_phone: Callable[[str, str], Program],
    until: Until,
    until_online: UntilOnline,
) -> None:
    """mqtt.js: three parts, a reply, killed and absent, all in order when it is back."""
    server = serve("--radio", mosquitto.url)
    phone = javascript_phone(mosquitto.url, PHONE)
    until_online(server, 1)
    client = connect(server, "trx")
    text = submit_parts(client, PHONE, "abc")
    assert phone.event("text")["text"] == text
    assert {each["stat"] for each in client.receipts(3).values()} == {"DELIVRD"}
    phone.type("from JavaScript")
    assert "problem" not in phone.event("sent")
    assert client.receive(4)[3].short_message == b"from JavaScript"
    phone.kill()
    until_online(server, 0)
    texts = [f"text {number}" for number in range(10)]
    for text in texts:
        client.submit(PHONE, text.encode())
    until(server, f"phones/{PHONE}", lambda found: found["waiting"] == len(texts))
    phone = javascript_phone(mosquitto.url, PHONE)
    assert [phone.event("text")["text"] for _ in texts] == texts
