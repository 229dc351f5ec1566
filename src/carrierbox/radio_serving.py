"""The radios of a serving process: brokers of its own, a connection for each box that has one."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from carrierbox.box import Box
from carrierbox.errors import ConfigurationError
from carrierbox.links.tls import TlsFiles, client_context
from carrierbox.radio_turns import RadioTurns
from carrierbox.runtime import Runtime
from carrierbox.shapes import RadioState
from carrierbox.simulator.radio.mqtt import MqttLink
from carrierbox.simulator.radio.remote import RemotePhones
from carrierbox.simulator.radio.settings import INSTALL, RadioSettings

if TYPE_CHECKING:
    from carrierbox.simulator.radio.embedded import EmbeddedBroker

SYNCHRONISED_LIMIT_S: Final = 5.0
"""How long the first message waits for a broker that does not answer."""
STOP_LIMIT_S: Final = 5.0

Log = Callable[[str, dict[str, object]], None]


class _Radio:
    """The radio of one box."""

    def __init__(self, box: Box, settings: RadioSettings) -> None:
        self.box = box
        self.settings = settings
        self.phones = RemotePhones(box.name, settings.phones)
        self.link: MqttLink | None = None
        self.task: asyncio.Task[None] | None = None


class Radios:
    """Every radio of a process. `wake` asks for a turn."""

    def __init__(self, runtime: Runtime, wake: Callable[[], None], log: Log) -> None:
        self._runtime = runtime
        self._wake = wake
        self._log = log
        self._radios: list[_Radio] = []
        self._brokers: dict[int, EmbeddedBroker] = {}

    async def start(self, settings: Mapping[str, RadioSettings | None]) -> None:
        """Connect the boxes that have a radio, and wait a moment for the brokers to answer.

        A broker that does not is tried for ever. Raises ConfigurationError for certificates that
        cannot be read, and EmbeddedBrokerError where none of ours can listen.
        """
        synchronised = []
        for box in self._runtime.boxes:
            chosen = settings.get(box.name)
            if chosen is None:
                continue
            if chosen.is_embedded:
                chosen = await self._embedded(chosen)
            radio = _Radio(box, chosen)
            event = asyncio.Event()
            radio.phones.on_synchronised = event.set
            synchronised.append(event)
            radio.link = MqttLink(
                radio.phones, chosen, _tls(chosen, box.name), self._teller(radio), self._log
            )
            box.network.radio = radio.phones
            self._runtime.radios.append(RadioTurns(box, radio.phones))
            radio.task = asyncio.create_task(radio.link.run())
            self._radios.append(radio)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SYNCHRONISED_LIMIT_S):
                for event in synchronised:
                    await event.wait()

    def ready_fields(self) -> list[str]:
        """For the ready line: `mqtt=HOST:PORT`, of a further box `mqtt:NAME=HOST:PORT`."""
        return [
            f"mqtt{'' if each.box.name == 'default' else ':' + each.box.name}"
            f"={each.settings.address}"
            for each in self._radios
        ]

    def report(self) -> list[RadioState]:
        """What is to be said of each, for the API."""
        return [
            RadioState(
                box=each.box.name,
                broker=each.settings.address,
                embedded=each.settings.is_embedded,
                connected=each.phones.is_connected,
                phones_online=each.phones.phones_online(),
                parts_waiting=each.phones.parts_waiting(),
            )
            for each in self._radios
        ]

    async def stop(self) -> None:
        """Say goodbye and end the brokers of our own."""
        for each in self._radios:
            if each.link is not None:
                each.link.stop()
        tasks = [each.task for each in self._radios if each.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_LIMIT_S)
            for task in late:
                task.cancel()
        for broker in self._brokers.values():
            await broker.close()

    async def _embedded(self, settings: RadioSettings) -> RadioSettings:
        """The broker of our own at that port; boxes that name no port share one."""
        try:
            from carrierbox.simulator.radio.embedded import start_embedded
        except ModuleNotFoundError as error:
            if error.name is None or not error.name.startswith("amqtt"):
                raise
            raise ConfigurationError("radio", f"amqtt is not installed: {INSTALL}") from None
        broker = self._brokers.get(settings.port)
        if broker is None:
            broker = await start_embedded(settings.host, settings.port)
            self._brokers[settings.port] = broker
        found = RadioSettings(broker.host, broker.port, is_embedded=True)
        found.phones = settings.phones
        return found

    def _teller(self, radio: _Radio) -> Callable[[], None]:
        def told() -> None:
            for problem in radio.phones.take_problems():
                self._log("radio_message_refused", {"box": radio.box.name, **problem})
            self._wake()

        return told


def _tls(settings: RadioSettings, box: str) -> ssl.SSLContext | None:
    if not settings.is_tls:
        return None
    own = None
    if settings.certificate is not None:
        own = TlsFiles(settings.certificate, settings.key or settings.certificate)
    field = "radio" if box == "default" else f"boxes.{box}.radio"
    return client_context(settings.ca, own, field)
