"""A test of what takes days in the world: a phone that is off, a receipt that comes late.

    pytest examples/test_phone_switched_off.py

The network's clock stands still until `carrier.advance` moves it, so three days take milliseconds;
every retry and every expiry on the way happens at its own time.
"""

import asyncio
import struct

import pytest

from carrierbox.testing.carrier import Carrier, Phone

BIND_TRANSCEIVER, SUBMIT_SM, DELIVER_SM, DELIVER_SM_RESP = 0x09, 0x04, 0x05, 0x80000005


class Application:
    """An application on an event loop, with just enough SMPP to send a text."""

    def __init__(self) -> None:
        self.receipts: asyncio.Queue[bytes] = asyncio.Queue()
        self._responses: asyncio.Queue[int] = asyncio.Queue()
        self._sequence_number = 0

    async def connect(self, carrier: Carrier) -> None:
        """Connect and bind."""
        self._reader, self._writer = await asyncio.open_connection(carrier.host, carrier.port)
        self._reading = asyncio.create_task(self._read())
        credentials = f"{carrier.system_id}\0{carrier.password}\0".encode()
        await self._request(BIND_TRANSCEIVER, credentials + b"\0\x34\0\0\0")

    async def send(self, number: str, text: str) -> None:
        """Submit a text, valid for one day, and wait until it is accepted."""
        body = b"\0\x05\0ACME\0\x01\x01" + number.removeprefix("+").encode()
        body += b"\0\0\0\0\0" + b"000001000000000R\0" + b"\x01\0\0\0"
        await self._request(SUBMIT_SM, body + bytes([len(text)]) + text.encode("ascii"))

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._reading

    async def _request(self, command_id: int, body: bytes) -> None:
        self._sequence_number += 1
        self._write(command_id, self._sequence_number, body)
        assert await self._responses.get() == 0, "the carrier refused it"

    def _write(self, command_id: int, sequence_number: int, body: bytes) -> None:
        length = 16 + len(body)
        self._writer.write(struct.pack(">IIII", length, command_id, 0, sequence_number) + body)

    async def _read(self) -> None:
        while head := await self._reader.read(4):
            body = await self._reader.readexactly(int.from_bytes(head, "big") - 4)
            command_id, command_status, sequence_number = struct.unpack(">III", body[:12])
            if command_id == DELIVER_SM:
                self._write(DELIVER_SM_RESP, sequence_number, b"\0")
                self.receipts.put_nowait(body[12:])
            elif command_id & 0x80000000:
                self._responses.put_nowait(command_status)


async def send_and_switch_on_after(carrier: Carrier, phone: Phone, duration: str) -> bytes:
    """Send a text to a phone that is off, let time pass, switch it on; the receipt."""
    application = Application()
    await application.connect(carrier)
    phone.off()
    await application.send(phone.number, "Your parcel is here")
    assert phone.texts == []
    carrier.advance(duration)
    phone.on()
    receipt = await application.receipts.get()
    # Nothing is left to be answered. The carrier waits for us, so we must not wait for it.
    await asyncio.to_thread(carrier.settle)
    await application.close()
    return receipt


@pytest.mark.parametrize(
    ("duration", "stat", "texts"),
    [
        ("3h", b"stat:DELIVRD", ["Your parcel is here"]),
        ("3d", b"stat:EXPIRED", []),
    ],
)
def test_the_receipt_tells_what_became_of_a_text(
    carrier: Carrier, phone: Phone, duration: str, stat: bytes, texts: list[str]
) -> None:
    receipt = asyncio.run(send_and_switch_on_after(carrier, phone, duration))
    assert stat in receipt
    assert phone.texts == texts
