"""Outcomes of rules over real SMPP: what a client that is not ours hears, and phones show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from carrierbox.testing.carrier import Carrier, Phone

if TYPE_CHECKING:
    from tests.integration.conftest import SmppClient

    Connect = Callable[..., SmppClient]


def bound(carrier: Carrier, connect: Connect) -> SmppClient:
    """A client that is bound."""
    client = connect(carrier)
    client.bind("trx")
    return client


def test_a_text_is_dropped_and_called_delivered(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """A false receipt: what happened and what was told both stand in the API."""
    client = bound(carrier, connect)
    then = {"deliver": False, "report": {"state": "DELIVERED"}}
    with carrier.add_rule(then, name="false", why="For show.", unless={"text": "Ho"}):
        message_id = client.submit(phone.number, b"Hi")
        assert client.receipts()[message_id]["stat"] == "DELIVRD"
    assert phone.texts == []
    message = carrier.message(message_id)
    assert (message.message_state, message.rule) == ("UNDELIVERABLE", "false")
    assert message.told is not None
    assert (message.told.message_state, message.told.deliver) == ("DELIVERED", False)
    assert message.told.reason == "For show."
    assert [event.detail for event in carrier.events("verdict")] == ["false: For show."]


def test_no_receipt_ever_comes(carrier: Carrier, phone: Phone, connect: Connect) -> None:
    """Nor within ten days; the text came."""
    client = bound(carrier, connect)
    with carrier.add_rule({"report": "none"}):
        message_id = client.submit(phone.number, b"Hi")
        assert phone.texts == ["Hi"]
        carrier.advance("10d")
    client.submit(phone.number, b"Hi again")
    assert message_id not in client.receipts()
    told = carrier.message(message_id).told
    assert told is not None
    assert told.receipts == 0


def test_a_rejection_is_told_after_five_seconds(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """REJECTD, err 013."""
    client = bound(carrier, connect)
    with carrier.add_rule({"report": {"state": "REJECTED", "err": "013", "after": "5s"}}):
        message_id = client.submit(phone.number, b"Hi")
        carrier.advance("4s")
        assert client.is_quiet()
        carrier.advance("1s")
        receipt = client.receipts()[message_id]
    assert (receipt["stat"], receipt["err"], receipt["dlvrd"]) == ("REJECTD", "013", "000")


def test_a_text_is_held(carrier: Carrier, phone: Phone, connect: Connect) -> None:
    """Fifteen minutes of the network's time."""
    client = bound(carrier, connect)
    with carrier.add_rule({"hold": "15m"}):
        message_id = client.submit(phone.number, b"Hi")
    carrier.advance("14m")
    assert (phone.texts, carrier.message(message_id).message_state) == ([], "ENROUTE")
    carrier.advance("1m")
    assert phone.texts == ["Hi"]
    assert client.receipts()[message_id]["stat"] == "DELIVRD"


def test_the_phone_shows_another_sender_and_no_link(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """What the client submitted stays with the message."""
    client = bound(carrier, connect)
    with carrier.add_rule({"source_addr": "567890", "text": {"strip_links": True}}):
        message_id = client.submit(phone.number, b"Track it: https://bit.ly/abc today")
    (text,) = phone.screen
    assert (text.sender, text.text) == ("567890", "Track it: today")
    message = carrier.message(message_id)
    assert message.text == "Track it: https://bit.ly/abc today"
    assert message.told is not None
    assert (message.told.source_addr, message.told.text) == ("567890", "Track it: today")
    (receipt,) = client.receive()
    assert receipt.destination_addr == b"ACME"


def test_two_receipts_come(carrier: Carrier, phone: Phone, connect: Connect) -> None:
    """The same, octet for octet but for the sequence_number."""
    client = bound(carrier, connect)
    with carrier.add_rule({"report": {"copies": 2}}):
        message_id = client.submit(phone.number, b"Hi")
        first, second = client.receive(2)
    assert first.short_message == second.short_message
    assert first.sequence != second.sequence
    client.submit(phone.number, b"Hi")
    client.receive(3)
    assert carrier.message(message_id).receipt == "acknowledged"


def test_two_answers_come(carrier: Carrier, phone: Phone, connect: Connect) -> None:
    """The second has the same number, and is to no request."""
    client = bound(carrier, connect)
    with carrier.add_rule({"answers": 2}):
        first = client.answer_to(phone.number, b"Hi")
        client.read()
    _, second = client.answers
    assert (first.sequence, first.message_id) == (second.sequence, second.message_id)
    assert phone.texts == ["Hi"]
    assert client.submit(phone.number, b"Hi") != first.message_id.decode()
