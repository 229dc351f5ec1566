"""aiosmpplib, a client that is not ours and lives on an event loop."""

import asyncio
from typing import Any

import pytest

from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

aiosmpplib: Any = pytest.importorskip(
    "aiosmpplib", reason="aiosmpplib is not installed: pip install aiosmpplib"
)

SHORT_CODE = "38100"
LONG = "This text is longer than one short message can be. " * 7
UNICODE = "नमस्ते 🙂"
LIMIT_S = 20
ROK = aiosmpplib.SmppCommandStatus.ESME_ROK

pytestmark = [
    pytest.mark.interop,
    pytest.mark.carrierbox(accounts=[AccountSettings("demo", "demo", address_range=SHORT_CODE)]),
]


class Inbox(aiosmpplib.AbstractHook):  # type: ignore[misc]  # the library has no types
    """Keeps what the client was told, by kind of PDU."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self._queues: dict[str, asyncio.Queue[Any]] = {}

    async def sending(self, smpp_message: Any, pdu: bytes, client_id: str) -> None:
        """Nothing is to be done before a PDU goes."""

    async def received(self, smpp_message: Any, pdu: bytes, client_id: str) -> None:
        self._queue(type(smpp_message).__name__).put_nowait(smpp_message)

    async def send_error(self, smpp_message: Any, error: Exception, client_id: str) -> None:
        self.errors.append(error)

    async def next(self, kind: str) -> Any:
        """Wait for the next PDU of a kind."""
        return await self._queue(kind).get()

    def _queue(self, kind: str) -> asyncio.Queue[Any]:
        return self._queues.setdefault(kind, asyncio.Queue())


async def converse(carrier: Carrier, phone: Phone, inbox: Inbox) -> None:
    esme = aiosmpplib.ESME(
        smsc_host=carrier.host,
        smsc_port=carrier.port,
        system_id="demo",
        password="demo",
        log_level="ERROR",
        hook=inbox,
    )
    await esme.connect()
    # The library ends its half of the connection, and lets go of a socket that is still open.
    writer = esme._writer
    running = asyncio.create_task(esme.start())
    assert (await inbox.next("BindTransceiverResp")).system_id == "carrierbox"

    await submit_and_take_the_receipt(esme, inbox, phone, LONG)
    await submit_and_take_the_receipt(esme, inbox, phone, UNICODE)
    assert phone.texts == [LONG, UNICODE]

    await asyncio.to_thread(phone.send, SHORT_CODE, UNICODE)
    received = await inbox.next("DeliverSm")
    assert not received.is_receipt()
    assert received.source.number == phone.number.removeprefix("+")
    assert received.destination.number == SHORT_CODE
    assert received.short_message == UNICODE

    await esme.stop()
    await running
    assert (await inbox.next("UnbindResp")).command_status == ROK
    writer.close()
    await writer.wait_closed()


async def submit_and_take_the_receipt(esme: Any, inbox: Inbox, phone: Phone, text: str) -> None:
    await esme.broker.enqueue(
        aiosmpplib.SubmitSm(
            short_message=text,
            source=aiosmpplib.PhoneNumber("ACME", aiosmpplib.TON.ALPHANUMERIC),
            destination=aiosmpplib.PhoneNumber(
                phone.number.removeprefix("+"), aiosmpplib.TON.INTERNATIONAL, aiosmpplib.NPI.ISDN
            ),
            log_id=text,
        )
    )
    answer = await inbox.next("SubmitSmResp")
    assert answer.command_status == ROK
    # The library looks up by the id in the receipt what it had sent.
    receipt = await inbox.next("DeliverSm")
    assert receipt.is_receipt()
    assert receipt.log_id == text
    fields = receipt.parse_receipt()
    assert (fields["id"], fields["stat"]) == (answer.message_id, "DELIVRD")


def test_aiosmpplib_sends_and_receives(carrier: Carrier, phone: Phone) -> None:
    """Bind, a long text in message_payload, an emoji, receipts, a text from a phone, unbind."""
    inbox = Inbox()
    asyncio.run(asyncio.wait_for(converse(carrier, phone, inbox), LIMIT_S))
    assert inbox.errors == []
    carrier.wait_for("unbound")
    assert {message.receipt for message in carrier.messages(source="ACME")} == {"acknowledged"}
