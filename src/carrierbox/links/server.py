"""SMPP over TCP: one asyncio protocol per connection, no decisions."""

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Callable
from typing import Final, Protocol, cast

from carrierbox.identifiers import LinkId
from carrierbox.ip_networks import peer_name
from carrierbox.links.first_octets import other_protocol

WRITE_HIGH_WATER_OCTETS: Final = 1024 * 1024
BACKLOG: Final = 1024
CLOSE_LIMIT_S: Final = 5.0
RESET_STEP_S: Final = 0.01
"""How often is looked whether what goes before a reset has left."""
LITTLE_OCTETS: Final = 4096
ACCEPTING_ROUNDS: Final = 3
"""Of the loop, from the acceptance of a connection to its `connection_made`."""


class LinkOwner(Protocol):
    """What a connection tells; the runtime."""

    def opened(self, wire: "SmppConnection", peer: str) -> LinkId:
        """A peer connected."""
        ...

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """Octets came."""
        ...

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        """The peer does not read, or reads again."""
        ...

    def closed(self, link_id: LinkId) -> None:
        """The connection is gone."""
        ...


class SmppConnection(asyncio.Protocol):
    """One TCP connection; also the wire that the runtime writes to.

    `peer` is who it is for if that is not who connected: a proxy said so. With a `log`, a peer that
    speaks another protocol is told there.
    """

    def __init__(
        self,
        owner: LinkOwner,
        peer: str = "",
        log: Callable[[str, dict[str, object]], None] | None = None,
    ) -> None:
        self._owner = owner
        self._peer = peer
        self._log = log
        """None again once the first octets have come."""
        self._transport: asyncio.Transport | None = None
        self._link_id = LinkId(0)
        self._is_resetting = False
        self.local_name = ""
        """Where the peer connected to, `host:port`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register with the owner."""
        # uvloop's transports are Transports without inheriting from that class.
        self._transport = transport = cast(asyncio.Transport, transport)
        transport.set_write_buffer_limits(high=WRITE_HIGH_WATER_OCTETS)
        self.local_name = name_of(transport.get_extra_info("sockname"))
        self._peer = self._peer or name_of(transport.get_extra_info("peername"))
        self._link_id = self._owner.opened(self, self._peer)

    def data_received(self, data: bytes) -> None:
        """Hand octets on; asyncio may give a bytearray, the core takes bytes."""
        if self._log is not None:
            other = other_protocol(data)
            if other:
                self._log("not_smpp", {"peer": self._peer, "reason": other})
            self._log = None
        self._owner.received(self._link_id, bytes(data))

    def pause_writing(self) -> None:
        """The peer reads too slowly."""
        self._owner.write_paused(self._link_id, True)

    def resume_writing(self) -> None:
        """The peer has caught up."""
        self._owner.write_paused(self._link_id, False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner, whatever the reason."""
        self._owner.closed(self._link_id)

    @property
    def was_opened(self) -> bool:
        """Whether the connection has come to be."""
        return self._transport is not None

    def write(self, octets: bytes) -> None:
        """See `Wire.write`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)

    def close(self) -> None:
        """See `Wire.close`. A peer that reads nothing more is left after a while."""
        transport = self._transport
        if transport is None or transport.is_closing() or self._is_resetting:
            return
        transport.close()
        if transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(CLOSE_LIMIT_S, transport.abort)

    def abort(self) -> None:
        """Cut the connection; what was written and has not left is lost."""
        if self._transport is not None:
            self._transport.abort()

    def reset(self) -> None:
        """See `Wire.reset`. A peer that reads nothing is not waited for for long."""
        if not self._is_resetting:
            self._is_resetting = True
            loop = asyncio.get_running_loop()
            # Not now: some loops write what they were given when they come round.
            loop.call_soon(self._reset, loop.time() + CLOSE_LIMIT_S)

    def _reset(self, deadline: float) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        loop = asyncio.get_running_loop()
        if transport.get_write_buffer_size() and loop.time() < deadline:
            loop.call_later(RESET_STEP_S, self._reset, deadline)
            return
        # To close a socket that shall linger for no time is to reset.
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self._set_option(socket.SO_LINGER, linger)
        transport.abort()

    def read_little(self) -> None:
        """See `Wire.read_little`: what the machine takes in ahead is cut to a few kilobytes."""
        self._set_option(socket.SO_RCVBUF, LITTLE_OCTETS)

    def _set_option(self, option: int, value: int | bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        # A copy of the socket: that of the loop's own must not be touched, and uvloop's cannot be.
        found = self._transport.get_extra_info("socket")
        with socket.fromfd(found.fileno(), found.family, found.type) as copy:
            copy.setsockopt(socket.SOL_SOCKET, option, value)

    def pause_reading(self) -> None:
        """See `Wire.pause_reading`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """See `Wire.resume_reading`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()


def name_of(address: object) -> str:
    """A socket's address as it is written: `192.0.2.1:4711` or `[2001:db8::1]:4711`."""
    return peer_name(address[0], address[1]) if isinstance(address, tuple) else str(address)


async def listen(owner: LinkOwner, host: str | None, port: int) -> asyncio.Server:
    """Accept SMPP connections on `host` (None: every interface) and `port` (0: a free one).

    Raises OSError if the address is taken or not ours.
    """
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SmppConnection(owner), host, port, backlog=BACKLOG, start_serving=True
    )


async def stop_listening(server: asyncio.Server) -> None:
    """Close a server; every connection that it accepted has been `opened` on return.

    One that is between the two when a server closes is left open by asyncio, and nobody knows it.
    """
    loop = asyncio.get_running_loop()
    for each in server.sockets:
        # Some loops have no readers, or none that could be touched: there the rounds must do.
        with contextlib.suppress(NotImplementedError, RuntimeError):
            loop.remove_reader(each.fileno())
    for _ in range(ACCEPTING_ROUNDS):
        await asyncio.sleep(0)
    server.close()


def address_of(server: asyncio.Server) -> tuple[str, int]:
    """The host and port a server listens on."""
    found: socket.socket = server.sockets[0]
    name = found.getsockname()
    return str(name[0]), int(name[1])
