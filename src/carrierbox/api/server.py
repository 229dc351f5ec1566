"""Serves the API on the loop that is already running, on a socket that is already bound."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Final

import uvicorn
from litestar import Litestar

from carrierbox.api.app import event_feed_of

CONNECTIONS_MAX: Final = 2000
GRACE_S: Final = 1
"""What a request that is being answered gets when the server stops."""


class ApiServer:
    """One HTTP server. It touches neither signals nor the logging of the process."""

    def __init__(self, api: Litestar) -> None:
        self._feed = event_feed_of(api)
        self._server = _Server(
            uvicorn.Config(
                api,
                http="h11",
                ws="none",
                loop="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=CONNECTIONS_MAX,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self, sock: socket.socket) -> None:
        """Accept connections on a bound socket, which is the server's from now on.

        Returns when they are accepted. Raises OSError if the socket cannot listen.
        """
        task = asyncio.create_task(self._server.serve([sock]))
        accepting = asyncio.create_task(self._server.accepting.wait())
        await asyncio.wait([task, accepting], return_when=asyncio.FIRST_COMPLETED)
        accepting.cancel()
        if task.done():
            await task
        self._task = task

    async def stop(self) -> None:
        """End the event streams, let requests finish for a second, then close every connection."""
        task, self._task = self._task, None
        if task is None:
            return
        self._feed.stop()
        self._server.should_exit = True
        await task
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()


class _Server(uvicorn.Server):
    """uvicorn's server, that says when it accepts, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
