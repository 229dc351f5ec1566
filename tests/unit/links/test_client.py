"""Calls over real sockets, on both loops: taken, refused, hanging, with and without TLS."""

import asyncio
import contextlib
import gc
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from carrierbox.identifiers import LinkId
from carrierbox.links.client import CallTls, OutboundCaller
from carrierbox.links.server import SmppConnection
from carrierbox.links.tls import client_context

HOST: Final = "127.0.0.1"
TIMEOUT_S: Final = 20.0

Make = Callable[..., tuple[Path, Path]]


class Owner:
    """Keeps what links and calls tell."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.wires: list[SmppConnection] = []
        self._changed = asyncio.Event()

    def opened(self, wire: SmppConnection, peer: str) -> LinkId:
        self.wires.append(wire)
        self.tell(f"opened {peer}")
        return LinkId(7)

    def received(self, link_id: LinkId, octets: bytes) -> None:
        self.tell(f"received {octets!r}")

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        pass

    def closed(self, link_id: LinkId) -> None:
        self.tell("closed")

    def tell(self, what: str) -> None:
        self.told.append(what)
        self._changed.set()

    async def until(self, *wanted: str) -> None:
        """Wait until so much was told; all of it must be this."""
        while len(self.told) < len(wanted):
            self._changed.clear()
            await self._changed.wait()
        assert self.told == list(wanted)

    def call(self, caller: OutboundCaller, port: int, name: str = "box/demo") -> None:
        caller.call(
            name,
            HOST,
            port,
            lambda link_id: self.tell(f"connected {link_id}"),
            lambda reason: self.tell(f"failed: {reason}"),
        )


Scene = Callable[[Owner], Awaitable[None]]
Play = Callable[[Scene], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Play:
    """Play a scene on each of the loops; nothing may be told to the loop, no task may be left."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if request.param == "uvloop":
        factory = pytest.importorskip("uvloop").new_event_loop

    async def main(scene: Scene) -> None:
        told: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        owner = Owner()
        async with asyncio.timeout(TIMEOUT_S):
            await scene(owner)
        for wire in owner.wires:
            wire.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.gather(*others, return_exceptions=True)
        gc.collect()
        assert told == []

    def run(scene: Scene) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(main(scene))

    return run


def lines() -> tuple[list[tuple[str, dict[str, object]]], Callable[[str, dict[str, object]], None]]:
    found: list[tuple[str, dict[str, object]]] = []
    return found, lambda event, fields: found.append((event, fields))


def in_thread(work: Callable[[], bytes]) -> Awaitable[bytes]:
    return asyncio.get_running_loop().run_in_executor(None, work)


def test_a_call_that_is_taken_is_a_link(play: Play) -> None:
    """The link is its owner's before anybody hears of it; the peer is where we connected."""

    async def scene(owner: Owner) -> None:
        with socket.create_server((HOST, 0)) as listening:
            port = listening.getsockname()[1]
            caller = OutboundCaller(owner, lines()[1])
            owner.call(caller, port)
            connection, _ = await asyncio.to_thread(listening.accept)
            with connection:
                connection.sendall(b"\0\0\0\x10")
                opened = f"opened {HOST}:{port}"
                await owner.until(opened, "connected 7", "received b'\\x00\\x00\\x00\\x10'")
            await owner.until(*owner.told[:3], "closed")

    play(scene)


def test_a_call_that_is_refused_is_told_in_words(play: Play) -> None:
    """Nobody listens there."""

    async def scene(owner: Owner) -> None:
        with socket.create_server((HOST, 0)) as listening:
            port = listening.getsockname()[1]
        owner.call(OutboundCaller(owner, lines()[1]), port)
        await owner.until("failed: connection refused")

    play(scene)


@pytest.mark.parametrize("name", ["a..b", "x" * 64])
def test_a_name_that_cannot_be_one_is_told(play: Play, name: str) -> None:
    """No resolver needs to be asked: labels have 1 to 63 letters."""

    async def scene(owner: Owner) -> None:
        caller = OutboundCaller(owner, lines()[1])
        caller.call("x", name, 1, lambda link_id: None, owner.tell)
        while not owner.told:
            await owner._changed.wait()
        assert owner.told[0].startswith("its name is")

    play(scene)


def test_a_call_that_nobody_takes_is_bounded_and_can_be_given_up(play: Play) -> None:
    """Packets that are dropped look like this; `close` forgets it at once, and calls no more."""

    async def scene(owner: Owner) -> None:
        with socket.socket() as full, contextlib.ExitStack() as queue:
            full.bind((HOST, 0))
            full.listen(0)
            for _ in range(2):
                waiting = queue.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(full.getsockname())
            port = full.getsockname()[1]
            owner.call(OutboundCaller(owner, lines()[1], limit_s=0.05), port)
            await owner.until("failed: no connection within 0.05 s")
            caller = OutboundCaller(owner, lines()[1])
            owner.call(caller, port)
            await asyncio.sleep(0)
            caller.close()
            owner.call(caller, port)
            await asyncio.sleep(0)
            assert len(owner.told) == 1

    play(scene)


def test_what_answers_in_another_protocol_is_told(play: Play) -> None:
    """A port that was mistaken for that of the ESME."""

    async def scene(owner: Owner) -> None:
        found, log = lines()
        with socket.create_server((HOST, 0)) as listening:
            owner.call(OutboundCaller(owner, log), listening.getsockname()[1])
            connection, _ = await asyncio.to_thread(listening.accept)
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                while len(owner.told) < 3:
                    owner._changed.clear()
                    await owner._changed.wait()
        assert [event for event, _ in found] == ["not_smpp"]

    play(scene)


def serve_tls(listening: socket.socket, context: ssl.SSLContext) -> bytes:
    """Take one connection and say hello on it; why not."""
    connection, _ = listening.accept()
    with connection:
        try:
            with context.wrap_socket(connection, server_side=True) as wrapped:
                wrapped.sendall(b"\0\0\0\x10")
                return wrapped.recv(1)
        except (ssl.SSLError, OSError) as error:
            return str(error).encode()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("localhost", "received b'\\x00\\x00\\x00\\x10'"),
        ("elsewhere", "failed: its certificate is refused: "),
    ],
)
def test_a_call_with_tls_checks_whom_it_reaches(
    play: Play, make_certificate_files: Make, name: str, told: str
) -> None:
    """The certificate must be signed by whom we trust, and for the name."""
    certificate, key = make_certificate_files("esme")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def scene(owner: Owner) -> None:
        tls = {"box/demo": CallTls(client_context(certificate, None, "tls"), name)}
        with socket.create_server((HOST, 0)) as listening:
            ending = in_thread(lambda: serve_tls(listening, context))
            owner.call(OutboundCaller(owner, lines()[1], tls), listening.getsockname()[1])
            while not owner.told or owner.told[-1].startswith(("opened", "connected")):
                owner._changed.clear()
                await owner._changed.wait()
            assert owner.told[-1].startswith(told)
            for wire in owner.wires:
                wire.abort()
            await ending

    play(scene)


def test_tls_towards_what_speaks_none_is_told(play: Play, make_certificate_files: Make) -> None:
    """The other end sends SMPP, or hangs up."""
    certificate, _ = make_certificate_files("esme")

    async def scene(owner: Owner) -> None:
        tls = {"box/demo": CallTls(client_context(certificate, None, "tls"), "localhost")}
        with socket.create_server((HOST, 0)) as listening:
            caller = OutboundCaller(owner, lines()[1], tls)
            for answer, told in ((b"\0" * 64, "does not speak TLS"), (b"", "hung up")):
                owner.call(caller, listening.getsockname()[1])
                connection, _ = await asyncio.to_thread(listening.accept)
                with connection:
                    await asyncio.to_thread(connection.recv, 65536)
                    connection.sendall(answer)
                count = len(owner.told)
                while len(owner.told) == count:
                    owner._changed.clear()
                    await owner._changed.wait()
                assert told in owner.told[-1]

    play(scene)
