"""smpplib, a client that is not ours, sends every kind of text and gets its receipts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from smpplib import consts, gsm
from smpplib.exceptions import PDUError

from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

if TYPE_CHECKING:
    from tests.integration.conftest import SmppClient

    Connect = Callable[..., SmppClient]

EMOJI = "नमस्ते 🙂 4821"
LONG = "".join(f"{number:03d} sheep. " for number in range(35))


@pytest.mark.parametrize("kind", ["tx", "rx", "trx"])
def test_smpplib_binds_in_every_way(carrier: Carrier, connect: Connect, kind: str) -> None:
    """SMPP 3.4 §4.1: the response is of the bind's own kind and names the centre."""
    client = connect(carrier)
    answer = client.bind(kind)
    assert answer.status == 0
    assert answer.system_id == b"carrierbox"
    assert [event.system_id for event in carrier.events("bound")] == ["demo"]


def test_a_text_arrives_and_its_receipt_comes_back(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """SMPP 3.4 Appendix B, T19: first the submit_sm_resp, then the receipt with the same id."""
    client = connect(carrier, "trx")
    message_id = client.submit(phone.number, gsm.gsm_encode("Café @ 5 €"))
    assert client.delivered == []
    assert phone.texts == ["Café @ 5 €"]
    receipt = client.receipts()[message_id]
    assert (receipt["stat"], receipt["dlvrd"], receipt["err"]) == ("DELIVRD", "001", "000")
    assert carrier.message(message_id).message_state == "DELIVERED"
    assert carrier.message(message_id).receipt == "acknowledged"


def test_the_addresses_change_places_in_the_receipt(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """T20: it comes from the phone and goes to the sender, types of number included."""
    client = connect(carrier, "trx")
    client.submit(phone.number, b"Hi")
    (receipt,) = client.receive()
    assert receipt.source_addr == b"33612345678"
    assert (receipt.source_addr_ton, receipt.source_addr_npi) == (1, 1)
    assert receipt.destination_addr == b"ACME"
    assert receipt.dest_addr_ton == consts.SMPP_TON_ALNUM


def test_a_text_in_ucs2_arrives_with_its_emoji(carrier: Carrier, connect: Connect) -> None:
    """T37: UCS-2 is UTF-16BE; a surrogate pair is one character on the screen."""
    client = connect(carrier, "trx")
    message_id = client.submit("+919812345678", EMOJI.encode("utf-16-be"), data_coding=8)
    assert carrier.phone("+919812345678").texts == [EMOJI]
    assert carrier.message(message_id).country == "IN"
    assert client.receipts()[message_id]["stat"] == "DELIVRD"


def test_parts_that_the_client_cut_are_one_text_with_a_receipt_each(
    carrier: Carrier, connect: Connect
) -> None:
    """T30: three submit_sm with a user data header, three ids, three receipts, one text."""
    client = connect(carrier, "trx")
    parts, coding, esm_class = gsm.make_parts(LONG)
    assert len(parts) == 3
    ids = [
        client.submit("+12125550123", part, data_coding=coding, esm_class=esm_class)
        for part in parts
    ]
    (text,) = carrier.phone("+12125550123").screen
    assert (text.text, text.parts) == (LONG, 3)
    receipts = client.receipts(3)
    assert list(receipts) == ids
    assert {each["stat"] for each in receipts.values()} == {"DELIVRD"}


def test_a_message_payload_is_cut_by_the_centre_and_has_one_receipt(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """SMPP 3.4 §5.3.2.32, T40: one submit_sm, one id, one receipt; the phone shows one text."""
    client = connect(carrier, "trx")
    payload = gsm.gsm_encode(LONG)
    message_id = client.submit(phone.number, b"", message_payload=payload)
    (text,) = phone.screen
    assert (text.text, text.parts) == (LONG, 3)
    assert carrier.message(message_id).parts == 3
    assert list(client.receipts()) == [message_id]
    carrier_is_done_with(carrier, 1)
    assert client.is_quiet()


def carrier_is_done_with(carrier: Carrier, receipts: int) -> None:
    """Wait until so many receipts are acknowledged and nothing is open."""
    carrier.wait_for("receipt_acknowledged", count=receipts)
    carrier.settle()


def test_a_receipt_takes_any_receiver_of_the_account(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """T29: a transmitter submits, a receiver of the same system_id is told."""
    transmitter, receiver = connect(carrier, "tx"), connect(carrier, "rx")
    message_id = transmitter.submit(phone.number, b"Hi")
    assert receiver.receipts()[message_id]["stat"] == "DELIVRD"
    carrier.settle()
    assert transmitter.is_quiet()


def test_a_receipt_is_held_until_a_receiver_is_bound(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """T29: an account with transmitters alone is owed its receipts, days later too."""
    message_id = connect(carrier, "tx").submit(phone.number, b"Hi")
    assert carrier.message(message_id).receipt == "held"
    carrier.advance("3d")
    carrier.settle()
    assert carrier.message(message_id).receipt == "held"
    assert connect(carrier, "rx").receipts()[message_id]["stat"] == "DELIVRD"


def test_a_receipt_without_an_answer_is_sent_again_to_the_next_receiver(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """Design, promises: kept until acknowledged, repeated octet for octet but for its number."""
    client = connect(carrier, "trx")
    message_id = client.submit(phone.number, b"Hi")
    first = client.receive_unanswered()
    client.close()
    carrier.wait_for("unbound")
    assert carrier.message(message_id).receipt == "held"
    second_client = connect(carrier, "rx")
    (second,) = second_client.receive()
    assert second.short_message == first.short_message
    carrier.wait_for("receipt_acknowledged")
    carrier.settle()
    third_client = connect(carrier, "rx")
    carrier.settle()
    assert third_client.is_quiet()
    assert carrier.message(message_id).receipt == "acknowledged"


def test_nobody_gets_a_receipt_that_was_not_asked_for(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """T22: registered_delivery 0."""
    client = connect(carrier, "trx")
    message_id = client.submit(phone.number, b"Hi", registered_delivery=0)
    carrier.settle()
    assert phone.texts == ["Hi"]
    assert client.is_quiet()
    assert carrier.message(message_id).receipt == "none"


def test_a_phone_that_is_off_gets_its_text_when_it_is_on(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """TS 23.040 §3.2.6: the alert of its return comes before the next retry."""
    client = connect(carrier, "trx")
    phone.off()
    message_id = client.submit(phone.number, b"Hi")
    carrier.advance("3h")
    assert phone.texts == []
    assert carrier.message(message_id).message_state == "ENROUTE"
    phone.on()
    assert phone.texts == ["Hi"]
    receipt = client.receipts()[message_id]
    assert receipt["stat"] == "DELIVRD"
    assert receipt["submit_date"] != receipt["done_date"]


def test_a_text_expires_when_its_phone_stays_off(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """SMPP 3.4 §5.2.16, T28: after its validity_period, with dlvrd:000."""
    client = connect(carrier, "trx")
    phone.off()
    message_id = client.submit(phone.number, b"Hi", validity_period="000000010000000R")
    carrier.advance("61m")
    receipt = client.receipts()[message_id]
    assert (receipt["stat"], receipt["dlvrd"]) == ("EXPIRED", "000")
    phone.on()
    assert phone.texts == []


def test_a_number_of_no_country_is_refused_without_a_receipt(
    carrier: Carrier, connect: Connect
) -> None:
    """T31: ESME_RINVDSTADR at once, and nothing afterwards."""
    client = connect(carrier, "trx")
    assert client.answer_to("+99912345678", b"Hi").status == consts.SMPP_ESME_RINVDSTADR
    carrier.settle()
    assert client.is_quiet()
    assert carrier.messages() == []


@pytest.mark.parametrize(
    ("system_id", "password", "status"),
    [
        ("demo", "wrong", consts.SMPP_ESME_RINVPASWD),
        ("nobody", "demo", consts.SMPP_ESME_RINVSYSID),
    ],
)
def test_wrong_credentials_are_told_apart_and_the_connection_ends(
    carrier: Carrier, connect: Connect, system_id: str, password: str, status: int
) -> None:
    """T11: 0x0E for the password, 0x0F for the system_id, in a response of the bind's kind."""
    client = connect(carrier)
    with pytest.raises(PDUError) as refused:
        client.bind("trx", system_id, password)
    assert refused.value.args[1] == status
    assert client.is_at_end()
    assert carrier.events("bound") == []


@pytest.mark.carrierbox(accounts=[AccountSettings("demo", "demo", binds_max=2)])
def test_an_account_binds_no_more_links_than_it_may(carrier: Carrier, connect: Connect) -> None:
    """The third is refused; when one ends there is room again."""
    first, _ = connect(carrier, "tx"), connect(carrier, "rx")
    with pytest.raises(PDUError):
        connect(carrier, "tx")
    first.unbind()
    first.close()
    carrier.wait_for("unbound")
    connect(carrier, "tx")
