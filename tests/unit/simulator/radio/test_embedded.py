"""The broker that the carrier brings along."""

from __future__ import annotations

import socket

import pytest

embedded = pytest.importorskip(
    "carrierbox.simulator.radio.embedded",
    reason="amqtt is not installed: pip install 'carrierbox[mqtt]'",
)

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def test_it_takes_a_free_port_and_gives_it_back() -> None:
    """On this machine."""
    broker = await embedded.start_embedded("127.0.0.1", 0)
    with pytest.raises(OSError):
        socket.create_server(("127.0.0.1", broker.port)).close()
    await broker.close()
    socket.create_server(("127.0.0.1", broker.port)).close()


async def test_a_port_that_is_taken_is_told() -> None:
    """With its number."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(embedded.EmbeddedBrokerError, match=str(port)):
            await embedded.start_embedded("127.0.0.1", port)
