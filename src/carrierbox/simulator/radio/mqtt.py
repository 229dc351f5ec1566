"""The asyncio edge of the radio: one connection of a station, kept up as long as it runs.

QoS 1 throughout. A connection that ends is made anew, after pauses that grow to a bound; the
station then says again what nobody has acknowledged.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

import aiomqtt

from carrierbox.clock import link_now
from carrierbox.simulator.radio.settings import RadioSettings
from carrierbox.simulator.radio.station import OFFLINE, Publish, Station

QOS: Final = 1
IN_FLIGHT_MAX: Final = 100
"""Messages that wait for the broker's acknowledgement at a time."""
INCOMING_MAX: Final = 10_000
KEEP_ALIVE_S: Final = 15
CALL_LIMIT_S: Final = 10.0
FAREWELL_LIMIT_S: Final = 2.0
PAUSE_MIN_S: Final = 0.1
PAUSE_MAX_S: Final = 5.0
_REFUSED: Final = 0x80

_QUIET: Final = logging.getLogger("carrierbox.mqtt")


class MqttLink:
    """The connection of one station. `told` is called after each message that came.

    `log` hears when the connection comes and goes; of failures in a row, of the first of each kind.
    """

    def __init__(
        self,
        station: Station,
        settings: RadioSettings,
        tls: ssl.SSLContext | None,
        told: Callable[[], None],
        log: Callable[[str, dict[str, object]], None],
    ) -> None:
        self._station = station
        self._settings = settings
        self._tls = tls
        self._told = told
        self._log = log
        self._wanted = asyncio.Event()
        self._stop = asyncio.Event()
        self._last_problem = ""
        self._is_connected = False
        """Whether the connection that is over got as far as to be used."""
        # The library's own lines would be a second log.
        _QUIET.setLevel(logging.CRITICAL)
        station.on_publish = self._wanted.set

    def stop(self) -> None:
        """Say goodbye and end `run`."""
        self._stop.set()

    async def run(self) -> None:
        """Stay connected until `stop`."""
        asyncio.get_running_loop().set_exception_handler(_forgive_closed_sockets)
        pause_s = PAUSE_MIN_S
        while not self._stop.is_set():
            try:
                async with self._client() as client:
                    client.pending_calls_threshold = 2 * IN_FLIGHT_MAX
                    await self._converse(client)
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                problem = _words(error)
            else:
                problem = ""
            if self._station_was_connected():
                pause_s = PAUSE_MIN_S
            if problem:
                self._tell_problem(problem, pause_s)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), pause_s)
                pause_s = min(2 * pause_s, PAUSE_MAX_S)

    def _client(self) -> aiomqtt.Client:
        settings, station = self._settings, self._station
        will = station.will
        return aiomqtt.Client(
            settings.host,
            settings.port,
            username=settings.user_name,
            password=settings.password,
            logger=_QUIET,
            identifier=station.client_id,
            will=aiomqtt.Will(will.topic, will.payload, QOS, will.retain),
            clean_session=not station.is_persistent,
            timeout=CALL_LIMIT_S,
            keepalive=KEEP_ALIVE_S,
            max_queued_incoming_messages=INCOMING_MAX,
            max_inflight_messages=IN_FLIGHT_MAX,
            tls_context=self._tls,
            # A part and its answer are small: Nagle would hold each back for 40 ms.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )

    async def _converse(self, client: aiomqtt.Client) -> None:
        """Everything between one connection and its end."""
        topics = self._station.subscriptions()
        granted = await client.subscribe([(topic, QOS) for topic in topics])
        for topic, code in zip(topics, granted, strict=False):
            number = code if isinstance(code, int) else int(getattr(code, "value", 0))
            if number >= _REFUSED:
                raise aiomqtt.MqttError(f"the broker does not let us subscribe to {topic}")
        self._is_connected = True
        self._last_problem = ""
        tasks = [
            asyncio.ensure_future(each)
            for each in (self._read(client), self._write(client), self._stop.wait())
        ]
        try:
            self._station.on_connected(link_now())
            self._log("radio_connected", {"broker": self._settings.address})
            self._told()
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._stop.is_set():
                # From here on the station has nothing more to say, not even that it is there.
                self._station.on_disconnected()
                will = self._station.will
                await client.publish(
                    will.topic, OFFLINE, QOS, will.retain, timeout=FAREWELL_LIMIT_S
                )
        finally:
            self._station.on_disconnected()
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for problem in ended:
            if isinstance(problem, Exception) and not self._stop.is_set():
                raise problem

    async def _read(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            payload = message.payload if isinstance(message.payload, bytes) else b""
            self._station.on_message(str(message.topic), payload, bool(message.retain), link_now())
            self._told()

    async def _write(self, client: aiomqtt.Client) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            batch = self._station.take_publishes()
            for start in range(0, len(batch), IN_FLIGHT_MAX):
                window = batch[start : start + IN_FLIGHT_MAX]
                # Begun in order, and paho keeps the order of beginning.
                await asyncio.gather(*(_publish(client, one) for one in window))

    def _station_was_connected(self) -> bool:
        was, self._is_connected = self._is_connected, False
        return was

    def _tell_problem(self, problem: str, pause_s: float) -> None:
        if problem != self._last_problem and not self._stop.is_set():
            self._last_problem = problem
            fields: dict[str, object] = {
                "broker": self._settings.address,
                "problem": problem,
                "again_in_s": round(pause_s, 1),
            }
            self._log("radio_lost", fields)


async def _publish(client: aiomqtt.Client, one: Publish) -> None:
    await client.publish(one.topic, one.payload, QOS, one.retain)


def _forgive_closed_sockets(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell what nobody caught, but not that a socket closed before the library waited for it.

    aiomqtt asks the loop in a later turn to watch a socket, which may be gone by then (`add_writer`
    in its client); it notices the end of the connection by itself.
    """
    is_of_library = "add_writer" in str(context.get("handle") or context.get("message"))
    if is_of_library and isinstance(context.get("exception"), OSError | ValueError | RuntimeError):
        return
    loop.default_exception_handler(context)


def _words(error: Exception) -> str:
    """Why there is no connection, in one line."""
    if isinstance(error.__cause__, aiomqtt.MqttError):
        # The library's words for it are an unspecified error while it read.
        return "the broker ended the connection"
    return str(error) or type(error).__name__
