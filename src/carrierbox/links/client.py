"""The connecting side: links to ESMEs that are called by outbind.

One task for each call until the ESME has taken the connection and its TLS handshake has ended; from
then on the link is like any other.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Final

from carrierbox.identifiers import LinkId
from carrierbox.links.server import CLOSE_LIMIT_S, LinkOwner, SmppConnection
from carrierbox.links.tls import callee_problem

CALL_LIMIT_S: Final = 10.0
"""What a call may take, from the look-up of the name to the end of the TLS handshake."""


class CallTls:
    """TLS of one callee: `name` is what its certificate must be for."""

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        self.context = context
        self.name = name


class _CalledOwner:
    """The owner of one link, who also hears that it came to be."""

    def __init__(self, owner: LinkOwner, connected: Callable[[LinkId], None]) -> None:
        self._owner = owner
        self._connected = connected
        self.received = owner.received
        self.write_paused = owner.write_paused
        self.closed = owner.closed

    def opened(self, wire: SmppConnection, peer: str) -> LinkId:
        """See `LinkOwner.opened`."""
        link_id = self._owner.opened(wire, peer)
        self._connected(link_id)
        return link_id


class OutboundCaller:
    """Connects to ESMEs, until `close`. `tls` has those that speak it, by the name of the call."""

    def __init__(
        self,
        owner: LinkOwner,
        log: Callable[[str, dict[str, object]], None],
        tls: Mapping[str, CallTls] | None = None,
        limit_s: float = CALL_LIMIT_S,
    ) -> None:
        self._owner = owner
        self._log = log
        self._tls = tls or {}
        self._limit_s = limit_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def call(
        self,
        name: str,
        host: str,
        port: int,
        connected: Callable[[LinkId], None],
        failed: Callable[[str], None],
    ) -> None:
        """See `runtime.Caller`. After `close` nothing happens."""
        if self._is_closed:
            return
        work = self._call(self._tls.get(name), host, port, connected, failed)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Call nobody any more, and hang up on those who have not answered yet."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()

    async def _call(
        self,
        tls: CallTls | None,
        host: str,
        port: int,
        connected: Callable[[LinkId], None],
        failed: Callable[[str], None],
    ) -> None:
        try:
            async with asyncio.timeout(self._limit_s):
                connection = await _connected(host, port)
                await self._hand_over(connection, tls, connected)
        except TimeoutError:
            failed(f"no connection within {self._limit_s:g} s")
        except OSError as error:
            failed(callee_problem(error))
        except UnicodeError as error:
            failed(f"its name is none: {error}")

    async def _hand_over(
        self, connection: socket.socket, tls: CallTls | None, connected: Callable[[LinkId], None]
    ) -> None:
        """Make a link of a socket, after its TLS handshake."""
        loop = asyncio.get_running_loop()
        wire = SmppConnection(_CalledOwner(self._owner, connected), log=self._log)
        if tls is None:
            await loop.create_connection(lambda: wire, sock=connection)
            return
        await loop.create_connection(
            lambda: wire,
            sock=connection,
            ssl=tls.context,
            server_hostname=tls.name,
            ssl_handshake_timeout=self._limit_s,
            ssl_shutdown_timeout=CLOSE_LIMIT_S,
        )
        if not wire.was_opened:
            raise ConnectionResetError


async def _connected(host: str, port: int) -> socket.socket:
    """A socket that is connected to the first address of a host that answers.

    Raises the OSError of the last one.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    problem: OSError | None = None
    for family, kind, protocol, _, address in found:
        one = socket.socket(family, kind, protocol)
        is_connected = False
        try:
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(one, address)
            is_connected = True
            return one
        except OSError as error:
            problem = error
        finally:
            # Also where the task was cancelled.
            if not is_connected:
                one.close()
    raise problem or OSError(f"{host} has no address")
