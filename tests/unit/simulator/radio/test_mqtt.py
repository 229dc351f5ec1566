"""The edge of the radio over a broker in the same process: connect, lose it, come again, leave."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest

from carrierbox.clock import LinkTime
from carrierbox.simulator.radio.phone import RemoteHandset
from carrierbox.simulator.radio.remote import RemotePhones
from carrierbox.simulator.radio.settings import RadioSettings

mqtt = pytest.importorskip(
    "carrierbox.simulator.radio.mqtt",
    reason="aiomqtt is not installed: pip install 'carrierbox[mqtt]'",
)
embedded = pytest.importorskip(
    "carrierbox.simulator.radio.embedded",
    reason="amqtt is not installed: pip install 'carrierbox[mqtt]'",
)

LIMIT_S: Final = 20.0
PHONE: Final = "33612345678"

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


class Link:
    """One station with its connection, and what the log was told."""

    def __init__(self, station: Any, port: int) -> None:
        self.station = station
        self.logged: list[tuple[str, dict[str, object]]] = []
        self._changed = asyncio.Event()
        settings = RadioSettings("127.0.0.1", port)
        self.link = mqtt.MqttLink(station, settings, None, self._changed.set, self._log)
        self.task = asyncio.create_task(self.link.run())

    def _log(self, event: str, fields: dict[str, object]) -> None:
        self.logged.append((event, fields))
        self._changed.set()

    async def until(self, holds: Any) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(LIMIT_S):
            while not holds():
                await self._changed.wait()
                self._changed.clear()

    async def end(self) -> None:
        """Leave."""
        self.link.stop()
        async with asyncio.timeout(LIMIT_S):
            await self.task


async def test_both_ends_meet_and_part_politely() -> None:
    """The carrier knows who is there, and who left."""
    broker = await embedded.start_embedded("127.0.0.1", 0)
    phones = RemotePhones("default")
    carrier = Link(phones, broker.port)
    phone = Link(RemoteHandset("default", PHONE, "s"), broker.port)
    try:
        await carrier.until(lambda: phones.phones_online() == 1 and phones.is_synchronised)
        phone.station.send("38100", "Hi", LinkTime(0.0))
        await carrier.until(lambda: phones.has_news and phones._submissions)
        phones.answer_submission(PHONE, phones.take_submissions()[0].mo_id, "")
        await phone.until(lambda: phone.station.next_deadline() is None)
        await phone.end()
        await carrier.until(lambda: phones.phones_online() == 0)
        await carrier.end()
        assert not phones.is_connected
        assert [event for event, _ in carrier.logged] == ["radio_connected"]
    finally:
        await broker.close()


async def test_a_broker_that_is_not_there_is_tried_until_it_comes() -> None:
    """The log is told once why, and once when it works; nothing of it ends the task."""
    broker = await embedded.start_embedded("127.0.0.1", 0)
    port = broker.port
    await broker.close()
    phones = RemotePhones("default")
    carrier = Link(phones, port)
    await carrier.until(lambda: carrier.logged)
    broker = await embedded.start_embedded("127.0.0.1", port)
    try:
        await carrier.until(lambda: phones.is_synchronised)
        await carrier.end()
    finally:
        await broker.close()
    events = [event for event, _ in carrier.logged]
    assert events == ["radio_lost", "radio_connected"]
    assert carrier.logged[0][1]["broker"] == f"127.0.0.1:{port}"


async def test_an_end_that_never_connected_leaves_at_once() -> None:
    """No broker has to be waited for."""
    broker = await embedded.start_embedded("127.0.0.1", 0)
    await broker.close()
    carrier = Link(RemotePhones("default"), broker.port)
    await carrier.until(lambda: carrier.logged)
    await carrier.end()
    assert [event for event, _ in carrier.logged] == ["radio_lost"]


async def test_a_socket_that_was_closed_too_early_is_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Anything else that nobody caught is."""
    loop = asyncio.get_running_loop()
    gone = {"message": "Exception in callback add_writer", "exception": OSError(9, "closed")}
    mqtt._forgive_closed_sockets(loop, gone)
    assert caplog.records == []
    mqtt._forgive_closed_sockets(loop, {"message": "odd", "exception": KeyError("x")})
    assert [record.getMessage() for record in caplog.records] == ["odd"]
