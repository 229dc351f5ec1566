"""What phones send: to applications, and to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from carrierbox.errors import CarrierboxError
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

if TYPE_CHECKING:
    from tests.integration.conftest import SmppClient

    Connect = Callable[..., SmppClient]


def test_a_phone_writes_to_an_application(carrier: Carrier, phone: Phone, connect: Connect) -> None:
    """SMPP 3.4 §4.6: a deliver_sm that is no receipt, from the phone to the short code."""
    client = connect(carrier, "trx")
    phone.send("36000", "STOP")
    (pdu,) = client.receive()
    assert pdu.esm_class & 0x3C == 0
    assert (pdu.source_addr, pdu.destination_addr) == (b"33612345678", b"36000")
    assert pdu.short_message == b"STOP"
    carrier.wait_for("receipt_acknowledged")
    (message,) = carrier.messages()
    assert (message.origin, message.message_state) == ("phone", "DELIVERED")


def test_what_a_phone_writes_waits_for_a_receiver(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """Kept until it is acknowledged, like a receipt."""
    phone.send("36000", "STOP")
    assert [event.kind for event in carrier.events("mobile_originated")] == ["mobile_originated"]
    (pdu,) = connect(carrier, "rx").receive()
    assert pdu.short_message == b"STOP"


@pytest.mark.carrierbox(
    accounts=[
        AccountSettings("all", "demo"),
        AccountSettings("votes", "demo", address_range="36[0-9]{3}"),
    ]
)
def test_the_address_range_says_whose_message_it_is(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """SMPP 3.4 §5.2.7: a range that was chosen goes before one that takes all."""
    everybody = connect(carrier, "rx", system_id="all")
    votes = connect(carrier, "rx", system_id="votes")
    phone.send("36000", "yes")
    phone.send("77", "balance")
    assert votes.receive()[0].short_message == b"yes"
    assert everybody.receive()[0].short_message == b"balance"
    carrier.wait_for("receipt_acknowledged", count=2)
    assert len(carrier.messages(system_id="votes")) == 1


def test_a_phone_writes_to_a_phone(carrier: Carrier, phone: Phone) -> None:
    """Person to person: with its number as the sender, in parts if it is long, and into its own."""
    friend = carrier.phone("+447700900123")
    friend.off()
    text = "Ça va ? 🙂 " * 20
    phone.send(friend.number, text)
    assert friend.texts == []
    friend.on()
    (shown,) = friend.screen
    assert (shown.sender, shown.text) == ("+33612345678", text)
    assert shown.parts > 1
    friend.send(phone.number, "ok")
    assert phone.texts == ["ok"]


def test_a_phone_that_is_off_cannot_send(phone: Phone) -> None:
    """One sentence with the remedy."""
    phone.off()
    with pytest.raises(CarrierboxError, match="switch it on first"):
        phone.send("36000", "STOP")
