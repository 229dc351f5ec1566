"""Listeners: where connections come in, what must come before SMPP, and who is turned away.

A plain listener accepts by itself. One with TLS or behind a proxy accepts here, one task for each
connection until its first SMPP octet may come: the header of the proxy is read octet by octet, so
that nothing behind it is taken from the handshake or the session.
"""

import asyncio
import errno
import socket
import ssl
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Final, TypeAlias

from carrierbox.ip_networks import IpNetworks, host_of
from carrierbox.links.proxy_protocol import ProxyHeader, ProxyHeaderError
from carrierbox.links.server import BACKLOG, CLOSE_LIMIT_S, LinkOwner, SmppConnection, name_of
from carrierbox.links.tls import handshake_problem

ADMISSION_LIMIT_S: Final = 10.0
"""What a client and its proxy may take from the connection to the end of the TLS handshake."""
BIND_ATTEMPTS: Final = 10
EXHAUSTED_PAUSE_S: Final = 1.0

_EXHAUSTED: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_NO_SUCH_FAMILY: Final = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}

Log: TypeAlias = Callable[[str, dict[str, object]], None]


class Gate:
    """What must come before SMPP: a header from one of `proxies`, a TLS handshake, both in this
    order, or nothing. Both together must come within `limit_s`.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        proxies: IpNetworks | None = None,
        limit_s: float = ADMISSION_LIMIT_S,
    ) -> None:
        self.tls = tls
        self.proxies = proxies
        self.limit_s = limit_s

    @property
    def is_open(self) -> bool:
        """Whether SMPP comes at once."""
        return self.tls is None and self.proxies is None


class Listener:
    """A host and a port that listen until `close`; connections that are admitted stay open."""

    def __init__(
        self, owner: LinkOwner, gate: Gate, log: Log, sockets: list[socket.socket]
    ) -> None:
        host, port = sockets[0].getsockname()[:2]
        self.address: tuple[str, int] = (str(host), int(port))
        """Where it listens; of a name with several addresses the first."""
        self._owner = owner
        self._gate = gate
        self._log = log
        self._sockets = sockets
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        for each in self._sockets:
            if self._gate.is_open:
                self._servers.append(
                    await loop.create_server(
                        lambda: SmppConnection(self._owner, log=self._log),
                        sock=each,
                        backlog=BACKLOG,
                    )
                )
            else:
                each.listen(BACKLOG)
                self._run(self._accept(each))

    def close(self) -> None:
        """Accept nobody any more, and leave those that are not admitted yet."""
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()

    def _run(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listening:
            while True:
                try:
                    connection, peer = await loop.sock_accept(listening)
                except OSError as error:
                    # Else the peer was gone before it was accepted.
                    if error.errno in _EXHAUSTED:
                        self._log("accept_failed", {"error": error.strerror or str(error)})
                        await asyncio.sleep(EXHAUSTED_PAUSE_S)
                    continue
                self._run(self._admit(connection, name_of(peer)))

    async def _admit(self, connection: socket.socket, peer: str) -> None:
        """Everything before SMPP. A connection that is not admitted ends with one line of log."""
        deadline = asyncio.get_running_loop().time() + self._gate.limit_s
        is_handed_over = False
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._gate.proxies is not None:
                peer = await self._client_of(self._gate.proxies, connection, peer, deadline)
            is_handed_over = True
            await self._hand_over(connection, peer, deadline)
        except ProxyHeaderError as error:
            self._log("proxy_refused", {"peer": peer, "reason": str(error)})
        except OSError as error:
            event = "tls_refused" if is_handed_over else "proxy_refused"
            self._log(event, {"peer": peer, "reason": handshake_problem(error)})
        finally:
            if not is_handed_over:
                connection.close()

    async def _client_of(
        self, proxies: IpNetworks, connection: socket.socket, peer: str, deadline: float
    ) -> str:
        """The client that a proxy speaks for, or the proxy itself where it says no other."""
        if not proxies.holds(host_of(peer)):
            raise ProxyHeaderError("not one of the proxies that may connect here")
        header = ProxyHeader()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(deadline):
                while header.missing_octets:
                    octets = await loop.sock_recv(connection, header.missing_octets)
                    if not octets:
                        raise ProxyHeaderError("hung up before the PROXY protocol header")
                    header.receive(octets)
        except TimeoutError:
            raise ProxyHeaderError(
                f"no PROXY protocol header within {self._gate.limit_s:g} s"
            ) from None
        return header.source or peer

    async def _hand_over(self, connection: socket.socket, peer: str, deadline: float) -> None:
        """Make a connection of SMPP of a socket, after its TLS handshake."""
        loop = asyncio.get_running_loop()
        wire = SmppConnection(self._owner, peer, self._log)
        context = self._gate.tls
        if context is None:
            await loop.connect_accepted_socket(lambda: wire, connection)
            return
        await loop.connect_accepted_socket(
            lambda: wire,
            connection,
            ssl=context,
            # The loop refuses 0.
            ssl_handshake_timeout=max(deadline - loop.time(), 0.001),
            ssl_shutdown_timeout=CLOSE_LIMIT_S,
        )
        if not wire.was_opened:
            raise ConnectionResetError


async def open_listener(owner: LinkOwner, host: str, port: int, gate: Gate, log: Log) -> Listener:
    """Listen on every address of `host` (empty: every interface) and `port` (0: a free one).

    Raises OSError if an address is taken or not ours.
    """
    listener = Listener(owner, gate, log, await _bound(host, port))
    await listener.start()
    return listener


async def _bound(host: str, port: int) -> list[socket.socket]:
    """Sockets on all addresses of a host, all on one port."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    for attempt in range(1, BIND_ATTEMPTS + 1):
        try:
            return _bind_all(addresses)
        except OSError as error:
            # The port that was free for the first address is taken on another one.
            if port or error.errno != errno.EADDRINUSE or attempt == BIND_ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def _bind_all(addresses: Sequence[tuple[int, tuple[object, ...]]]) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    try:
        for family, address in addresses:
            port = sockets[0].getsockname()[1] if sockets else address[1]
            try:
                sockets.append(_bind(family, (address[0], port, *address[2:])))
            except OSError as error:
                # A machine without IPv6 still has the name ::; the other addresses do.
                if error.errno not in _NO_SUCH_FAMILY:
                    raise
                missing = error
        if not sockets:
            raise missing or OSError(errno.EADDRNOTAVAIL, "no such address")
    except OSError:
        for each in sockets:
            each.close()
        raise
    return sockets


def _bind(family: int, address: tuple[object, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform not in ("win32", "cygwin"):
            # Else the port of a process that has just ended could not be taken again.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.setblocking(False)
        one.bind(address)
    except OSError:
        one.close()
        raise
    return one
