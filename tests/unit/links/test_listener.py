"""Listeners over real sockets of this machine: plain, with TLS, behind a proxy, and all of it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from carrierbox.identifiers import LinkId
from carrierbox.ip_networks import IpNetworks
from carrierbox.links.listener import Gate, Listener, open_listener
from carrierbox.links.proxy_protocol import SIGNATURE
from carrierbox.links.server import SmppConnection
from carrierbox.links.tls import TlsFiles, server_context

HOST = "127.0.0.1"
TIMEOUT_S = 20
SHORT_S = 0.05
PDU = b"\x00\x00\x00\x10\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x01"
HERE = IpNetworks(["127.0.0.0/8"])
ELSEWHERE = IpNetworks(["192.0.2.0/24"])
ADDRESSES = bytes([192, 0, 2, 7, 127, 0, 0, 1]) + struct.pack(">HH", 4711, 2775)
HEADER = SIGNATURE + b"\x21\x11" + struct.pack(">H", len(ADDRESSES)) + ADDRESSES
LOCAL = SIGNATURE + b"\x20\x00\x00\x00"

Make = Callable[..., tuple[Path, Path]]


class Echo:
    """An owner that sends back what it is sent, and notes everything."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.lines: list[tuple[str, dict[str, object]]] = []
        self.wires: dict[int, SmppConnection] = {}
        self._changed = asyncio.Event()

    def opened(self, wire: SmppConnection, peer: str) -> LinkId:
        link_id = LinkId(len(self.wires) + 1)
        self.wires[link_id] = wire
        self._tell(f"opened {peer}")
        return link_id

    def received(self, link_id: LinkId, octets: bytes) -> None:
        self.wires[link_id].write(octets)

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        self._tell("paused" if paused else "resumed")

    def closed(self, link_id: LinkId) -> None:
        self._tell("closed")

    def log(self, event: str, fields: dict[str, object]) -> None:
        self.lines.append((event, fields))
        self._changed.set()

    def _tell(self, what: str) -> None:
        self.told.append(what)
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def refusal(self) -> tuple[str, str]:
        """Wait for the one line of log; its event and its reason."""
        await self.until(lambda: bool(self.lines))
        ((event, fields),) = self.lines
        assert str(fields["peer"]).startswith(f"{HOST}:")
        return event, str(fields["reason"])


Scene = Callable[[Echo, Listener], Awaitable[None]]


@pytest.fixture(params=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Callable[[Gate, Scene], None]:
    """Play a scene with a listener, on each of the loops; nothing may be told to the loop."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if request.param == "uvloop":
        uvloop = pytest.importorskip("uvloop")
        factory = uvloop.new_event_loop

    async def main(gate: Gate, scene: Scene) -> None:
        told: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        echo = Echo()
        listener = await open_listener(echo, HOST, 0, gate, echo.log)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await scene(echo, listener)
        finally:
            listener.close()
            for wire in echo.wires.values():
                wire.abort()
            async with asyncio.timeout(TIMEOUT_S):
                await echo.until(lambda: echo.told.count("closed") == len(echo.wires))
                others = asyncio.all_tasks() - {asyncio.current_task()}
                await asyncio.gather(*others, return_exceptions=True)
        gc.collect()
        assert told == []

    def run(gate: Gate, scene: Scene) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(main(gate, scene))

    return run


Play = Callable[[Gate, Scene], None]


def in_thread(work: Callable[[], bytes]) -> Awaitable[bytes]:
    """A client of the standard library, which waits, beside the loop."""
    return asyncio.get_running_loop().run_in_executor(None, work)


def talk(address: tuple[str, int], *octets: bytes, tls: ssl.SSLContext | None = None) -> bytes:
    """Send the first octets plain, the rest with TLS if there is one; what comes back."""
    with socket.create_connection(address, TIMEOUT_S) as plain:
        before, rest = (octets[:-1], octets[-1]) if tls is not None else (octets, b"")
        for each in before:
            plain.sendall(each)
        if tls is None:
            return read_pdu(plain)
        with tls.wrap_socket(plain, server_hostname="localhost") as wrapped:
            wrapped.sendall(rest)
            return read_pdu(wrapped)


def read_pdu(connection: socket.socket) -> bytes:
    """As much as one PDU; less at the end of the connection, however it ends."""
    octets = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while len(octets) < len(PDU) and (more := connection.recv(len(PDU) - len(octets))):
            octets += more
    return octets


def client_context(trusted: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(trusted))


def test_a_plain_listener_takes_smpp_at_once(play: Play) -> None:
    """No header, no handshake, no line in the log."""

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: talk(listener.address, PDU)) == PDU
        assert echo.lines == []

    play(Gate(), scene)


def test_tls_on_a_plain_listener_is_told_once(play: Play) -> None:
    """The octets go to the session, which ends it; the line says what is missing."""

    async def scene(echo: Echo, listener: Listener) -> None:
        hello = b"\x16\x03\x01\x00\x0b" + bytes(11)
        assert await in_thread(lambda: talk(listener.address, hello)) == hello
        assert await echo.refusal() == (
            "not_smpp",
            "the client began TLS; this listener has no `tls`",
        )

    play(Gate(), scene)


def test_smpp_goes_through_tls(play: Play, make_certificate_files: Make) -> None:
    """The standard library's client, which compares the name."""
    certificate, key = make_certificate_files("server")
    gate = Gate(server_context(TlsFiles(certificate, key), "tls"))

    async def scene(echo: Echo, listener: Listener) -> None:
        client = client_context(certificate)
        assert await in_thread(lambda: talk(listener.address, PDU, tls=client)) == PDU
        await echo.until(lambda: "closed" in echo.told)
        assert echo.lines == []

    play(gate, scene)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls_are_spoken(
    play: Play, make_certificate_files: Make, version: ssl.TLSVersion
) -> None:
    """Old stacks speak 1.2 only."""
    certificate, key = make_certificate_files("server")
    client = client_context(certificate)
    client.minimum_version = client.maximum_version = version

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: talk(listener.address, PDU, tls=client)) == PDU

    play(Gate(server_context(TlsFiles(certificate, key), "tls")), scene)


@pytest.mark.parametrize(
    "octets", [PDU, b"\x00\x00\x00\x2f" + bytes(43), b"GET / HTTP/1.1\r\n\r\n"]
)
def test_a_client_without_tls_is_refused_with_one_line(
    play: Play, make_certificate_files: Make, octets: bytes
) -> None:
    """Plain SMPP on the port of TLS ends at once."""
    gate = Gate(server_context(TlsFiles(*make_certificate_files("server")), "tls"))

    async def scene(echo: Echo, listener: Listener) -> None:
        assert len(await in_thread(lambda: talk(listener.address, octets))) < len(PDU)
        event, reason = await echo.refusal()
        assert event == "tls_refused"
        assert reason.startswith("the client does not speak TLS (")
        assert echo.told == []

    play(gate, scene)


def test_a_handshake_that_never_comes_is_bounded(play: Play, make_certificate_files: Make) -> None:
    """A client that connects and says nothing is left."""
    gate = Gate(server_context(TlsFiles(*make_certificate_files("server")), "tls"), None, SHORT_S)

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: talk(listener.address)) == b""
        event, reason = await echo.refusal()
        assert event == "tls_refused"
        assert "longer" in reason
        assert echo.told == []

    play(gate, scene)


def test_a_client_that_hangs_up_in_the_handshake_is_told_once(
    play: Play, make_certificate_files: Make
) -> None:
    """A check of the port by a load balancer, say."""
    gate = Gate(server_context(TlsFiles(*make_certificate_files("server")), "tls"))

    async def scene(echo: Echo, listener: Listener) -> None:
        socket.create_connection(listener.address).close()
        assert await echo.refusal() == ("tls_refused", "the client hung up")
        assert echo.told == []

    play(gate, scene)


def test_mutual_tls_takes_the_clients_that_are_signed(
    play: Play, make_certificate_files: Make
) -> None:
    """With its certificate a client is served, without or with another one refused."""
    certificate, key = make_certificate_files("server")
    known, stranger = make_certificate_files("known"), make_certificate_files("stranger")
    gate = Gate(server_context(TlsFiles(certificate, key, known[0]), "tls"))

    def try_with(files: tuple[Path, Path] | None, address: tuple[str, int]) -> bytes:
        client = client_context(certificate)
        if files is not None:
            client.load_cert_chain(*files)
        try:
            return talk(address, PDU, tls=client)
        except (ssl.SSLError, ConnectionError):
            return b"refused"

    async def scene(echo: Echo, listener: Listener) -> None:
        address = listener.address
        assert await in_thread(lambda: try_with(known, address)) == PDU
        await echo.until(lambda: "closed" in echo.told)
        served = len(echo.told)
        assert await in_thread(lambda: try_with(None, address)) in (b"", b"refused")
        assert await echo.refusal() == ("tls_refused", "the client shows no certificate")
        echo.lines.clear()
        assert await in_thread(lambda: try_with(stranger, address)) in (b"", b"refused")
        event, reason = await echo.refusal()
        assert event == "tls_refused"
        assert reason.startswith("the client's certificate is refused: ")
        assert len(echo.told) == served

    play(gate, scene)


def test_a_proxy_says_whom_it_speaks_for(play: Play) -> None:
    """The owner hears of the client, not of the proxy; the session gets what follows the header."""

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: talk(listener.address, HEADER + PDU)) == PDU
        assert echo.told[0] == "opened 192.0.2.7:4711"
        assert echo.lines == []

    play(Gate(proxies=HERE), scene)


def test_a_header_may_come_octet_by_octet(play: Play) -> None:
    """TCP promises no packets."""

    async def scene(echo: Echo, listener: Listener) -> None:
        pieces = [HEADER[at : at + 1] for at in range(len(HEADER))]
        assert await in_thread(lambda: talk(listener.address, *pieces, PDU)) == PDU
        assert echo.told[0] == "opened 192.0.2.7:4711"

    play(Gate(proxies=HERE), scene)


def test_a_proxy_may_speak_for_itself(play: Play) -> None:
    """LOCAL is its own check: the peer is the proxy."""

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: talk(listener.address, LOCAL + PDU)) == PDU
        assert echo.told[0].startswith(f"opened {HOST}:")

    play(Gate(proxies=HERE), scene)


@pytest.mark.parametrize(
    ("proxies", "octets", "problem"),
    [
        (ELSEWHERE, HEADER + PDU, "not one of the proxies that may connect here"),
        (HERE, PDU, "no PROXY protocol header"),
        (HERE, b"PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n" + PDU, "version 1; only version 2"),
        (HERE, SIGNATURE + b"\x21\x11\xff\xff", "a header of 65535 octets"),
    ],
)
def test_a_connection_without_a_good_header_of_a_proxy_is_closed(
    play: Play, proxies: IpNetworks, octets: bytes, problem: str
) -> None:
    """Who may choose an address must be known; one line in the log."""

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: talk(listener.address, octets)) == b""
        event, reason = await echo.refusal()
        assert event == "proxy_refused"
        assert problem in reason
        assert echo.told == []

    play(Gate(proxies=proxies), scene)


def test_a_header_that_never_comes_is_bounded(play: Play) -> None:
    """Nor does one that never ends."""

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: talk(listener.address, HEADER[:-1])) == b""
        assert await echo.refusal() == (
            "proxy_refused",
            "no PROXY protocol header within 0.05 s",
        )

    play(Gate(proxies=HERE, limit_s=SHORT_S), scene)


def test_tls_follows_the_header_of_a_proxy(play: Play, make_certificate_files: Make) -> None:
    """First the header, plain, then the client's own handshake."""
    certificate, key = make_certificate_files("server")
    gate = Gate(server_context(TlsFiles(certificate, key), "tls"), HERE)

    async def scene(echo: Echo, listener: Listener) -> None:
        client = client_context(certificate)
        assert await in_thread(lambda: talk(listener.address, HEADER, PDU, tls=client)) == PDU
        assert echo.told[0] == "opened 192.0.2.7:4711"
        assert echo.lines == []

    play(gate, scene)


def test_octets_that_are_sent_in_one_go_reach_the_handshake(
    play: Play, make_certificate_files: Make
) -> None:
    """Header and client hello in one segment: nothing of the hello is taken for the header."""
    certificate, key = make_certificate_files("server")
    gate = Gate(server_context(TlsFiles(certificate, key), "tls"), HERE)

    def hello_with_header(address: tuple[str, int]) -> bytes:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = client_context(certificate).wrap_bio(incoming, outgoing, server_hostname="localhost")
        with socket.create_connection(address, TIMEOUT_S) as connection:
            first = HEADER
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    connection.sendall(first + outgoing.read())
                    first = b""
                    incoming.write(connection.recv(65_536))
            tls.write(PDU)
            connection.sendall(outgoing.read())
            while True:
                try:
                    return tls.read(len(PDU))
                except ssl.SSLWantReadError:
                    incoming.write(connection.recv(65_536))

    async def scene(echo: Echo, listener: Listener) -> None:
        assert await in_thread(lambda: hello_with_header(listener.address)) == PDU

    play(gate, scene)


def test_a_listener_that_is_closed_leaves_who_is_not_admitted(play: Play) -> None:
    """At the end of the process nobody is waited for."""

    async def scene(echo: Echo, listener: Listener) -> None:
        reader, writer = await asyncio.open_connection(*listener.address)
        writer.write(HEADER[:3])
        served = in_thread(lambda: talk(listener.address, HEADER + PDU))
        assert await served == PDU
        listener.close()
        assert await reader.read() == b""
        writer.close()
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(*listener.address)

    play(Gate(proxies=HERE), scene)


def test_every_interface_has_the_same_free_port() -> None:
    """One line says where it listens, for IPv4 and IPv6."""
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")

    async def main() -> None:
        echo = Echo()
        listener = await open_listener(echo, "", 0, Gate(), echo.log)
        port = listener.address[1]
        for host in (HOST, "::1"):
            assert await in_thread(lambda host=host: talk((host, port), PDU)) == PDU  # type: ignore[misc]
        assert [told.rpartition(":")[0] for told in echo.told if told[:6] == "opened"] == [
            f"opened {HOST}",
            "opened [::1]",
        ]
        listener.close()
        await echo.until(lambda: echo.told.count("closed") == 2)

    asyncio.run(asyncio.wait_for(main(), TIMEOUT_S))


@pytest.mark.parametrize("gate", [Gate(), Gate(proxies=HERE)])
def test_an_address_that_is_taken_is_an_error(gate: Gate) -> None:
    """Two listeners do not share a port, whatever comes before SMPP."""

    async def main() -> None:
        echo = Echo()
        listener = await open_listener(echo, HOST, 0, gate, echo.log)
        try:
            with pytest.raises(OSError):
                await open_listener(echo, *listener.address, gate, echo.log)
        finally:
            listener.close()
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), TIMEOUT_S))
