"""The broker that the carrier brings along, for one machine: loopback only, nobody is asked who.

For more, such as passwords, TLS or other machines, there are brokers of their own (docs/radio.md).
"""

import asyncio
import contextlib
import logging
import socket
from typing import Final

from amqtt.broker import Broker
from amqtt.errors import AMQTTError

from carrierbox.errors import CarrierboxError

CLOSE_LIMIT_S: Final = 2.0
"""The library may wait for ever for a client that has only just come."""
_TRIES: Final = 10
_PLUGINS: Final = {
    "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
}


class EmbeddedBrokerError(CarrierboxError):
    """The embedded broker could not start."""


class EmbeddedBroker:
    """A broker in this process."""

    def __init__(self, broker: Broker, host: str, port: int) -> None:
        self._broker = broker
        self.host = host
        self.port = port

    async def close(self) -> None:
        """End every connection and stop listening."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._broker.shutdown(), CLOSE_LIMIT_S)


async def start_embedded(host: str, port: int) -> EmbeddedBroker:
    """Listen at a port of this machine, a free one for 0. EmbeddedBrokerError if it is taken."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    problem: Exception | None = None
    for _ in range(_TRIES if port == 0 else 1):
        try:
            chosen = _free_port(host, port)
            where = f"[{host}]:{chosen}" if ":" in host else f"{host}:{chosen}"
            broker = Broker(
                {"listeners": {"default": {"type": "tcp", "bind": where}}, "plugins": _PLUGINS}
            )
            await broker.start()
        except (AMQTTError, OSError) as error:
            problem = error
            continue
        return EmbeddedBroker(broker, host, chosen)
    raise EmbeddedBrokerError(f"the embedded broker cannot listen at {host}:{port}: {problem}")


def _free_port(host: str, port: int) -> int:
    """That port, or for 0 a free one, which the library would not tell; OSError if it is taken.

    Looked for here, because the library leaves tasks behind where it cannot listen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as probe:
        found: int = probe.getsockname()[1]
    return found
