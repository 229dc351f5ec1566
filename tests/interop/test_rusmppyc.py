"""rusmppyc, a client that is not ours: SMPP 5.0, in Rust, with a Python face.

It is an alpha: if its next version breaks this test, look at its changes before ours.
"""

import asyncio
from typing import Any

import pytest

from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

rusmppyc: Any = pytest.importorskip(
    "rusmppyc", reason="rusmppyc is not installed: pip install --pre rusmppyc"
)

SHORT_CODE = "38100"
LONG = "This text is longer than one short message can be. " * 7
UNICODE = "नमस्ते 🙂"
LIMIT_S = 20

pytestmark = [
    pytest.mark.interop,
    pytest.mark.carrierbox(accounts=[AccountSettings("demo", "demo", address_range=SHORT_CODE)]),
]


async def next_deliver_sm(client: Any, events: Any) -> Any:
    """Wait for a deliver_sm, and acknowledge it."""
    async for event in events:
        assert isinstance(event, rusmppyc.Event.Incoming), event
        command = event._0
        if isinstance(command.id, rusmppyc.CommandId.DeliverSm):
            await client.deliver_sm_resp(command.sequence_number)
            return command.pdu._0
    raise AssertionError("the connection ended")


def fields(phone: Phone) -> dict[str, Any]:
    """What every submit_sm to a phone says, its text apart."""
    receipt = rusmppyc.MCDeliveryReceipt
    wanted = receipt.McDeliveryReceiptRequestedWhereFinalDeliveryOutcomeIsSuccessOrFailure()
    return {
        "source_addr_ton": rusmppyc.Ton.Alphanumeric(),
        "source_addr": "ACME",
        "dest_addr_ton": rusmppyc.Ton.International(),
        "dest_addr_npi": rusmppyc.Npi.Isdn(),
        "destination_addr": phone.number.removeprefix("+"),
        "registered_delivery": rusmppyc.RegisteredDelivery(mc_delivery_receipt=wanted),
    }


async def submit(client: Any, phone: Phone) -> list[str]:
    """Send LONG in the parts that the library makes, and UNICODE; the message_ids."""
    parts = client.submit_sm_multipart(short_message=LONG, reference=7, **fields(phone))
    answers = [await client.submit_sm(part) for part in parts]
    # The library's own encoder for UCS-2 knows no emoji; it sends whatever octets it is given.
    octets = UNICODE.encode("utf-16-be")
    coding = rusmppyc.DataCoding.Ucs2()
    answers.append(
        await client.submit_sm(short_message=octets, data_coding=coding, **fields(phone))
    )
    return [bytes(answer.message_id).rstrip(b"\0").decode() for answer in answers]


async def converse(carrier: Carrier, phone: Phone) -> None:
    client, events = await rusmppyc.Client.connect(
        f"smpp://{carrier.host}:{carrier.port}", interface_version_check=False
    )
    bound = await client.bind_transceiver(
        system_id="demo", password="demo", interface_version=rusmppyc.InterfaceVersion.Smpp3_4()
    )
    assert bytes(bound.system_id).rstrip(b"\0") == b"carrierbox"

    ids = await submit(client, phone)
    assert len(ids) == 4
    assert phone.texts == [LONG, UNICODE]

    receipts = [await next_deliver_sm(client, events) for _ in ids]
    of_receipt = rusmppyc.MessageType.ShortMessageContainsMCDeliveryReceipt
    assert all(isinstance(each.esm_class.message_type, of_receipt) for each in receipts)
    texts = [bytes(each.short_message).decode("ascii") for each in receipts]
    assert {text.split()[0].removeprefix("id:") for text in texts} == set(ids)
    assert all("stat:DELIVRD" in text for text in texts)

    await asyncio.to_thread(phone.send, SHORT_CODE, UNICODE)
    received = await next_deliver_sm(client, events)
    assert bytes(received.destination_addr).rstrip(b"\0").decode() == SHORT_CODE
    assert bytes(received.short_message).decode("utf-16-be") == UNICODE

    await client.unbind()
    await client.closed()


def test_rusmppyc_sends_and_receives(carrier: Carrier, phone: Phone) -> None:
    """Bind, three concatenated parts, an emoji, the receipts, a text from a phone, unbind.

    rusmppyc is an alpha (0.4.0a2): this test may have to follow its interface.
    """
    asyncio.run(asyncio.wait_for(converse(carrier, phone), LIMIT_S))
    carrier.wait_for("unbound")
    assert {message.receipt for message in carrier.messages(source="ACME")} == {"acknowledged"}
