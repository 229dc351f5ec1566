"""SMPP over TCP, over real sockets of this machine on a free port."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from carrierbox.identifiers import LinkId
from carrierbox.links.server import (
    LITTLE_OCTETS,
    WRITE_HIGH_WATER_OCTETS,
    SmppConnection,
    address_of,
    listen,
)

HOST = "127.0.0.1"
TIMEOUT_S = 20


class Owner:
    """Notes what connections tell, in its order, and lets a test wait for it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.octets: dict[int, bytes] = {}
        self.wires: list[SmppConnection] = []
        self.peers: list[str] = []
        self._changed = asyncio.Event()

    def _tell(self, what: str, link_id: int) -> None:
        self.told.append((what, link_id))
        self._changed.set()

    def opened(self, wire: SmppConnection, peer: str) -> LinkId:
        self.wires.append(wire)
        self.peers.append(peer)
        link_id = LinkId(len(self.wires))
        self.octets[link_id] = b""
        self._tell("opened", link_id)
        return link_id

    def received(self, link_id: LinkId, octets: bytes) -> None:
        assert type(octets) is bytes
        self.octets[link_id] += octets
        self._changed.set()

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        self._tell("paused" if paused else "resumed", link_id)

    def closed(self, link_id: LinkId) -> None:
        self._tell("closed", link_id)

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def told_of(self, what: str, link_id: int = 1) -> None:
        await self.until(lambda: (what, link_id) in self.told)


class Client:
    """One end of a connection that is not ours."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


Scene = Callable[[Owner, Callable[[], Awaitable[Client]]], Awaitable[None]]


def play(scene: Scene) -> None:
    """Play a scene with a server on a free port."""

    async def main() -> None:
        owner = Owner()
        server = await listen(owner, HOST, 0)
        host, port = address_of(server)
        assert host == HOST
        assert port > 0
        clients: list[Client] = []

        async def connect() -> Client:
            client = Client(*await asyncio.open_connection(host, port))
            clients.append(client)
            await owner.told_of("opened", len(clients))
            return client

        try:
            await scene(owner, connect)
        finally:
            server.close()
            for client in clients:
                await client.close()
            for wire in owner.wires:
                wire.close()
            await owner.until(lambda: len(closings(owner)) == len(owner.wires))

    asyncio.run(asyncio.wait_for(main(), TIMEOUT_S))


def holds(owner: Owner, link_id: int, count: int) -> bool:
    return len(owner.octets[link_id]) == count


def closings(owner: Owner) -> list[tuple[str, int]]:
    return [told for told in owner.told if told[0] == "closed"]


def test_a_connection_tells_its_life_once() -> None:
    """Opened with the peer's name, octets in their order, closed."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        host, port = client.writer.get_extra_info("sockname")
        assert owner.peers == [f"{host}:{port}"]
        client.writer.write(b"one")
        await owner.until(lambda: owner.octets[1] == b"one")
        client.writer.write(b"two")
        await owner.until(lambda: owner.octets[1] == b"onetwo")
        await client.close()
        await owner.told_of("closed")
        owner.wires[0].close()
        await asyncio.sleep(0)
        assert owner.told == [("opened", 1), ("closed", 1)]

    play(scene)


def test_what_is_written_arrives_in_its_order() -> None:
    """Answers leave in the order in which they were written."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        for octet in b"abcdef":
            owner.wires[0].write(bytes([octet]))
        assert await client.reader.readexactly(6) == b"abcdef"

    play(scene)


def test_what_was_written_before_a_close_still_arrives() -> None:
    """SMPP 3.4 §4.2.2: the unbind_resp leaves before the connection ends."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        owner.wires[0].write(b"x" * 100_000)
        owner.wires[0].close()
        assert await client.reader.read(-1) == b"x" * 100_000
        await owner.told_of("closed")
        assert len(closings(owner)) == 1

    play(scene)


def test_using_a_connection_after_its_end_is_harmless() -> None:
    """The runtime may write in the turn in which the peer left."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        wire = owner.wires[0]
        wire.close()
        for _ in range(2):
            wire.write(b"late")
            wire.pause_reading()
            wire.resume_reading()
            wire.close()
            assert await client.reader.read(-1) == b""
            await owner.told_of("closed")
        assert owner.told == [("opened", 1), ("closed", 1)]

    play(scene)


def test_a_connection_that_never_was_can_be_used() -> None:
    """No transport, no error."""

    async def main() -> None:
        wire = SmppConnection(Owner())
        wire.write(b"x")
        wire.pause_reading()
        wire.resume_reading()
        wire.read_little()
        wire.reset()
        wire.close()

    asyncio.run(main())


def test_a_reset_comes_after_what_was_written() -> None:
    """The peer has the octets, then an error instead of an end. T18"""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        wire = owner.wires[0]
        wire.write(b"x" * 1000)
        wire.reset()
        wire.reset()
        wire.close()
        with pytest.raises(ConnectionResetError):
            while octets := await client.reader.read(1000):
                assert set(octets) == {ord("x")}
        await owner.told_of("closed")
        wire.read_little()

    play(scene)


def test_a_reset_waits_for_a_peer_that_reads_slowly() -> None:
    """What is in the transport's buffer leaves first."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        wire = owner.wires[0]
        wire.write(b"x" * (WRITE_HIGH_WATER_OCTETS * 8))
        await owner.told_of("paused")
        wire.reset()
        await client.reader.readexactly(WRITE_HIGH_WATER_OCTETS)
        with pytest.raises(ConnectionResetError):
            while await client.reader.read(2**20):
                pass
        await owner.told_of("closed")

    play(scene)


def test_what_a_link_reads_ahead_can_be_made_little() -> None:
    """The machine's own buffer, so that the peer has to wait."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        await connect()
        wire = owner.wires[0]
        wire.read_little()
        assert wire._transport is not None
        its_socket = wire._transport.get_extra_info("socket")
        buffer_octets = its_socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        assert buffer_octets <= 4 * LITTLE_OCTETS

    play(scene)


def test_a_link_that_does_not_read_leaves_octets_where_they_are() -> None:
    """Back-pressure: what is not read is not buffered here."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client, other = await connect(), await connect()
        owner.wires[0].pause_reading()
        owner.wires[0].pause_reading()
        client.writer.write(b"held")
        await client.writer.drain()
        # A whole exchange on another link: these octets would have been seen by now.
        for number in range(5):
            other.writer.write(b"x")
            await owner.until(partial(holds, owner, 2, number + 1))
        assert owner.octets[1] == b""
        owner.wires[0].resume_reading()
        await owner.until(lambda: owner.octets[1] == b"held")

    play(scene)


def test_a_peer_that_does_not_read_is_told_and_told_again_when_it_does() -> None:
    """Bounded buffers: the runtime stops writing; nothing is lost."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        piece, written = b"x" * 65_536, 0
        while ("paused", 1) not in owner.told:
            owner.wires[0].write(piece)
            written += len(piece)
            await asyncio.sleep(0)
            assert written < 64 * WRITE_HIGH_WATER_OCTETS
        assert written > WRITE_HIGH_WATER_OCTETS
        read = 0
        while read < written:
            read += len(await client.reader.read(1 << 20))
        await owner.told_of("resumed")
        assert [what for what, _ in owner.told] == ["opened", "paused", "resumed"]

    play(scene)


def test_a_peer_that_vanishes_is_closed_once() -> None:
    """A reset is an end like any other."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        client = await connect()
        client.writer.transport.abort()
        await owner.told_of("closed")
        owner.wires[0].write(b"late")
        assert owner.told == [("opened", 1), ("closed", 1)]

    play(scene)


def test_links_do_not_mix() -> None:
    """Each connection has the id its owner gave it."""

    async def scene(owner: Owner, connect: Callable[[], Awaitable[Client]]) -> None:
        clients = [await connect() for _ in range(5)]
        for number, client in enumerate(clients, 1):
            client.writer.write(b"%d" % number)
        await owner.until(lambda: all(owner.octets.values()))
        assert owner.octets == {number: b"%d" % number for number in range(1, 6)}
        for number, wire in enumerate(owner.wires, 1):
            wire.write(b"to %d" % number)
        for number, client in enumerate(clients, 1):
            assert await client.reader.readexactly(4) == b"to %d" % number
        await clients[2].close()
        await owner.told_of("closed", 3)
        assert closings(owner) == [("closed", 3)]

    play(scene)


def test_an_address_that_is_taken_is_an_error() -> None:
    """Two processes do not listen on one port."""

    async def main() -> None:
        server = await listen(Owner(), HOST, 0)
        try:
            with pytest.raises(OSError):
                await listen(Owner(), *address_of(server))
        finally:
            server.close()
            await server.wait_closed()

    asyncio.run(asyncio.wait_for(main(), TIMEOUT_S))
