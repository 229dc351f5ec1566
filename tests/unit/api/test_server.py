"""The server on the loop that is there: it starts, and it stops whatever its clients do."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from carrierbox.api import ApiServer
from carrierbox.api.app import event_feed_of
from carrierbox.box import Box
from carrierbox.clock import NetworkTime
from carrierbox.trace import PHONE, TraceEvent

pytestmark = pytest.mark.asyncio

STOP_MAX_S = 2.0


@pytest.fixture
def bound() -> socket.socket:
    """A socket on a free port of this machine."""
    return socket.create_server(("127.0.0.1", 0))


@pytest.fixture
def url(bound: socket.socket) -> str:
    """Where it will be served."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}/api/v1"


@pytest_asyncio.fixture
async def server(api: Litestar, bound: socket.socket) -> AsyncIterator[ApiServer]:
    """A server that accepts connections."""
    server = ApiServer(api)
    await server.start(bound)
    yield server
    await server.stop()


async def test_it_serves_when_start_returns_and_no_longer_when_stop_does(
    server: ApiServer, url: str
) -> None:
    """A second stop finds nothing to do."""
    async with httpx.AsyncClient() as http:
        assert (await http.get(url + "/livez")).json() == {"status": "ok"}
        await server.stop()
        await server.stop()
        with pytest.raises(httpx.TransportError):
            await http.get(url + "/livez")


async def test_signals_belong_to_the_process(api: Litestar, bound: socket.socket) -> None:
    """SIGTERM is answered by whoever runs the loop, who stops the server."""
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    server = ApiServer(api)
    await server.start(bound)
    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)] == before
    await server.stop()


async def test_an_open_stream_does_not_hold_it_up(server: ApiServer, url: str) -> None:
    """The stream ends as a stream should: the client sees its end, not an error."""
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient() as http, http.stream("GET", url + "/events") as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        began = loop.time()
        await server.stop()
        assert loop.time() - began < STOP_MAX_S
        assert [line async for line in lines if line] == []


@pytest.mark.slow
async def test_a_client_that_does_not_read_does_not_hold_it_up(
    server: ApiServer, api: Litestar, url: str, box: Box
) -> None:
    """Its stream waits for room in the socket for ever; the server does not."""
    for _ in range(20_000):
        box.trace.add(TraceEvent(PHONE, NetworkTime(0.0), 0, "", "33612345678", "x" * 1000))
    host, _, port = url.removeprefix("http://").partition("/")[0].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1)
    writer.write(b"GET /api/v1/events?since=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    feed = event_feed_of(api)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(30):
        while not feed.readers:
            await asyncio.sleep(0)
        for _ in range(20):
            feed.tick()
            await asyncio.sleep(0)
        began = loop.time()
        await server.stop()
        assert loop.time() - began < STOP_MAX_S
        with contextlib.suppress(ConnectionError):
            while await reader.read(65_536):
                pass
    writer.close()


async def test_a_socket_that_cannot_listen_is_an_error(api: Litestar) -> None:
    """Not a process that exits."""
    closed = socket.socket()
    closed.close()
    with pytest.raises(OSError):
        await ApiServer(api).start(closed)
