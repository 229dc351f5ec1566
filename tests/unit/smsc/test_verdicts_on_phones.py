"""What rules make of a message, through the centre: when it goes and what phones show."""

from typing import Any

import pytest
from tests.unit.smsc.verdicts_client import FRENCH, Client

from carrierbox.smpp import values
from carrierbox.smpp.pdus import (
    CancelSm,
    DeliverSm,
    ReplaceSm,
)
from carrierbox.testing.direct import START

# When it goes, from whom, and what it says.


def test_what_is_held_goes_when_its_time_has_come() -> None:
    """`hold`: accepted at once, the first attempt later."""
    client = Client({"hold": "15m"})
    assert client.submit().command_status == values.ESME_ROK
    client.carrier.advance(899.0)
    assert (client.carrier.shown(FRENCH), client.events("attempt")) == ([], [])
    client.carrier.advance(1.0)
    assert client.carrier.shown(FRENCH) == ["Hi"]


def test_what_is_held_for_too_long_expires_where_it_waits() -> None:
    """The validity counts from its submission (SMPP 3.4 §5.2.16), at its own time."""
    client = Client({"hold": "2h"})
    client.submit(validity_period="000000010000000R")
    client.carrier.advance(3600.0)
    assert client.message.state == values.EXPIRED
    assert client.message.final_at == START + 3600.0
    assert "stat:EXPIRED" in client.receipts()[0]


def test_a_later_schedule_of_its_own_counts() -> None:
    """A hold only makes it later."""
    client = Client({"hold": "1m"})
    client.submit(schedule_delivery_time="000000010000000R")
    client.carrier.advance(3599.0)
    assert client.carrier.shown(FRENCH) == []
    client.carrier.advance(1.0)
    assert client.carrier.shown(FRENCH) == ["Hi"]


def test_what_is_held_can_be_cancelled() -> None:
    """It is scheduled, as far as its sender is concerned (SMPP 3.4 §4.9)."""
    client = Client({"hold": "15m"})
    client.submit()
    cancel = CancelSm(
        message_id=str(client.message.client_id), source_addr_ton=5, source_addr="ACME"
    )
    assert client.carrier.ask(client.link, cancel).command_status == values.ESME_ROK


def test_the_phone_shows_another_sender() -> None:
    """The receipt still goes to, and is about, who submitted it."""
    client = Client({"source_addr": "567890"})
    client.submit()
    (text,) = client.carrier.phone(FRENCH).inbox
    assert text.sender == "567890"
    pdu = client.carrier.deliveries()[0].pdu
    assert isinstance(pdu, DeliverSm)
    assert pdu.destination_addr == "ACME"


def test_a_number_is_shown_the_same_sender_each_time() -> None:
    """One of a pool, by the number."""
    pool = [f"56789{digit}" for digit in range(10)]
    client = Client({"source_addr": pool})
    for number in range(40):
        client.submit(to=f"336123456{number:02}")
    client.submit(to="33612345600")
    senders = [client.carrier.phone(f"336123456{n:02}").inbox[-1].sender for n in range(40)]
    assert set(senders) <= set(pool)
    assert len(set(senders)) > 5
    assert len({each.sender for each in client.carrier.phone("33612345600").inbox}) == 1


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"strip_links": True}, "Pay now or else."),
        ({"replace_links": "[link]"}, "Pay [link] now or else."),
        ({"truncate": 3}, "Pay"),
        ({"append": " STOP"}, "Pay https://pay.example/x?a=1 now or else. STOP"),
        ({"strip_links": True, "truncate": 7, "append": "…"}, "Pay now…"),
    ],
)
def test_the_phone_shows_another_text(change: dict[str, Any], shown: str) -> None:
    """Coded anew by the centre; what was submitted is kept as it was."""
    client = Client({"text": change})
    client.submit(b"Pay https://pay.example/x?a=1 now or else.")
    assert client.carrier.shown(FRENCH) == [shown]
    assert client.message.submit.short_message.startswith(b"Pay https://")
    assert "Text:Pay https" in client.receipts()[0] or "text:Pay https" in client.receipts()[0]


def test_a_longer_text_is_cut_into_parts() -> None:
    """160 septets and a word are two parts, and 71 letters of which one is not GSM 7-bit too."""
    client = Client({"text": {"append": " STOP"}})
    client.submit(b"x" * 160)
    assert client.carrier.shown(FRENCH) == ["x" * 160 + " STOP"]
    assert client.message.segments is None
    client = Client({"text": {"append": "\u0416"}})
    client.submit(b"x" * 70)
    assert client.carrier.shown(FRENCH) == ["x" * 70 + "\u0416"]


def test_a_part_of_a_text_that_its_client_cut_stays_one() -> None:
    """What does not fit beside its header is left out at its end."""
    client = Client({"text": {"append": "!!!"}})
    for number in (1, 2):
        header = bytes([5, 0, 3, 7, 2, number])
        client.submit(header + b"x" * 152, esm_class=values.ESM_CLASS_UDHI)
    assert client.carrier.shown(FRENCH) == [("x" * 152 + "!") * 2]


def test_what_is_no_text_stays_as_it_is() -> None:
    """data_coding 4: octets."""
    client = Client({"text": {"truncate": 1}})
    client.submit(b"\1\2\3", data_coding=4)
    assert client.message.told is None


def test_a_replaced_text_is_rewritten_too() -> None:
    """The rules are asked about it; whatever else they said before stays."""
    client = Client({"hold": "1h", "text": {"strip_links": True}, "report": "none"})
    client.submit(b"Old https://a.example")
    replace = ReplaceSm(
        message_id=str(client.message.client_id),
        source_addr_ton=5,
        source_addr="ACME",
        registered_delivery=1,
        short_message=b"New https://b.example text",
    )
    assert client.carrier.ask(client.link, replace).command_status == values.ESME_ROK
    client.restart()
    client.carrier.advance(3601.0)
    assert client.carrier.shown(FRENCH) == ["New text"]
    assert client.receipts() == []
