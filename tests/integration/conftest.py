"""Clients for the integration tests: smpplib, plain sockets, and a carrier as a process."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

import pytest
from smpplib import consts, smpp
from smpplib.client import Client
from smpplib.exceptions import ConnectionError as ConnectionLostError

from carrierbox.testing.plugin import CAPTURE, capture_namer

LIMIT_S: Final = 20.0
BINDS: Final = {"tx": "bind_transmitter", "rx": "bind_receiver", "trx": "bind_transceiver"}


class SmppClient:
    """smpplib with a memory: what it was answered, and what was delivered to it."""

    def __init__(self, host: str, port: int, timeout_s: float = LIMIT_S) -> None:
        self._client = Client(host, port, timeout=timeout_s, allow_unknown_opt_params=True)
        self._client.set_message_sent_handler(self._sent)
        self._client.set_message_received_handler(self._delivered)
        self._client.set_error_pdu_handler(self._sent)
        self._client.connect()
        self.answers: list[Any] = []
        self.delivered: list[Any] = []

    def bind(self, kind: str, system_id: str = "demo", password: str = "demo") -> Any:
        """Bind as `tx`, `rx` or `trx`; the response. smpplib raises PDUError if it is refused."""
        return getattr(self._client, BINDS[kind])(system_id=system_id, password=password)

    def submit(self, to: str, message: bytes, **fields: Any) -> str:
        """Submit and wait for the response; the message_id."""
        answer = self.answer_to(to, message, **fields)
        assert answer.status == 0, f"refused with status {answer.status:#x}"
        return str(answer.message_id.decode())

    def answer_to(self, to: str, message: bytes, **fields: Any) -> Any:
        """Submit and wait for the response, whatever it says."""
        asked = self._submit(to, message, **fields)
        known = len(self.answers)
        while len(self.answers) == known:
            self.read()
        answer = self.answers[-1]
        assert answer.sequence == asked.sequence
        return answer

    def submit_without_waiting(self, to: str, message: bytes, times: int) -> None:
        """Submit the same message again and again."""
        for _ in range(times):
            self._submit(to, message)

    def _submit(self, to: str, message: bytes, **fields: Any) -> Any:
        given: dict[str, Any] = {
            "source_addr_ton": consts.SMPP_TON_ALNUM,
            "source_addr": "ACME",
            "dest_addr_ton": consts.SMPP_TON_INTL,
            "dest_addr_npi": consts.SMPP_NPI_ISDN,
            "destination_addr": to.removeprefix("+"),
            "registered_delivery": 1,
            "short_message": message,
        }
        return self._client.send_message(**{**given, **fields})

    def read(self) -> None:
        """Wait for one PDU and act on it."""
        self._client.read_once(auto_send_enquire_link=False)

    def receive(self, count: int = 1) -> list[Any]:
        """Wait until `count` deliver_sm have come, all in all."""
        while len(self.delivered) < count:
            self.read()
        return self.delivered

    def receipts(self, count: int = 1) -> dict[str, dict[str, str]]:
        """Wait for `count` receipts; the fields of each, by the message_id it is about."""
        fields = [receipt_fields(pdu) for pdu in self.receive(count)]
        return {each["id"]: each for each in fields}

    def read_what_is_left(self) -> None:
        """Read up to the end of a connection whose other end is gone."""
        with contextlib.suppress(ConnectionLostError, OSError):
            while True:
                self.read()

    def receive_unanswered(self) -> Any:
        """Wait for one deliver_sm and leave it without an answer."""
        return self._client.read_pdu()

    def answer_unbind(self) -> None:
        """Wait for the carrier's unbind, answer it, and wait for the end of the connection."""
        pdu = self._client.read_pdu()
        assert pdu.command == "unbind"
        answer = smpp.make_pdu("unbind_resp", client=self._client)
        answer.sequence = pdu.sequence
        self._client.send_pdu(answer)
        assert self.is_at_end()

    def unbind(self) -> Any:
        """Unbind; the response."""
        return self._client.unbind()

    def is_quiet(self) -> bool:
        """Whether nothing has come that is not read."""
        return not select.select([self._client._socket], [], [], 0)[0]

    def is_at_end(self) -> bool:
        """Wait for what comes next; whether it is the end of the connection."""
        return bool(self._client._socket.recv(1) == b"")

    def reset(self) -> None:
        """Vanish with a reset instead of an end."""
        linger = struct.pack("ii", 1, 0)
        self._client._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        """Hang up without unbinding. A second call does nothing."""
        self._client.state = consts.SMPP_CLIENT_STATE_OPEN
        self._client.disconnect()

    def _sent(self, pdu: Any) -> None:
        self.answers.append(pdu)

    def _delivered(self, pdu: Any) -> None:
        self.delivered.append(pdu)


def receipt_fields(pdu: Any) -> dict[str, str]:
    """The fields of a receipt's text (SMPP 3.4 Appendix B)."""
    assert pdu.esm_class & 0x3C == 0x04, "not a delivery receipt"
    text = pdu.short_message.decode("ascii")
    head, _, tail = text.partition(" text:")
    head = head.replace("submit date", "submit_date").replace("done date", "done_date")
    return {**dict(word.split(":", 1) for word in head.split()), "text": tail}


class RawClient:
    """A socket that speaks whatever octets it is given."""

    def __init__(self, host: str, port: int, receive_buffer_octets: int = 0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer_octets:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_octets)
        self.socket.settimeout(LIMIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect((host, port))
        self.rest = b""
        """What is left to send of a PDU that was begun."""

    def send(self, octets: bytes) -> None:
        """Write octets."""
        self.socket.sendall(octets)

    def read_pdu(self) -> bytes:
        """Wait for one PDU; empty at the end of the connection."""
        head = self._exactly(4)
        return head + self._exactly(int.from_bytes(head, "big") - 4) if head else b""

    def read_to_end(self) -> list[bytes]:
        """Every PDU up to the end of the connection."""
        return list(iter(self.read_pdu, b""))

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _exactly(self, count: int) -> bytes:
        octets = b""
        while len(octets) < count:
            more = self.socket.recv(count - len(octets))
            if not more:
                assert not octets, "the connection ended inside a PDU"
                return b""
            octets += more
        return octets


class Server:
    """`carrierbox serve` as a user starts it. Its lines are read as they come."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CARRIERBOX_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "carrierbox", "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**inherited, "XDG_STATE_HOME": str(folder / "state"), **(environment or {})},
        )
        self.errors: list[str] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=_read, args=[self.process.stdout, self._lines.put, True]),
            threading.Thread(target=_read, args=[self.process.stderr, self.errors.append, False]),
        ]
        for reader in self._readers:
            reader.start()
        self.ready = self._ready_fields()

    @property
    def port(self) -> int:
        """Where SMPP clients connect."""
        return int(self.ready["smpp"].rpartition(":")[2])

    @property
    def url(self) -> str:
        """Where the HTTP API is."""
        return f"http://{self.ready['http']}"

    def http(self, method: str, path: str, body: object = None) -> Any:
        """One request below /api/v1; the JSON of its answer."""
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=LIMIT_S) as answer:
            return json.load(answer)

    def kill(self) -> None:
        """End it as the kernel would."""
        self.process.kill()
        self._end()

    def terminate(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def stdout(self) -> list[str]:
        """What else it has printed, once it has ended."""
        self._end()
        lines = []
        with contextlib.suppress(queue.Empty):
            while True:
                lines.append(self._lines.get_nowait())
        return [line for line in lines if line]

    def _ready_fields(self) -> dict[str, str]:
        try:
            line = self._lines.get(timeout=LIMIT_S)
        except queue.Empty:
            line = ""
        if not line.startswith("ready "):
            self.kill()
        assert line.startswith("ready "), f"{line!r}, {self.errors}"
        return dict(field.split("=", 1) for field in line.split()[1:])

    def _end(self) -> int:
        code = self.process.wait(LIMIT_S)
        for reader in self._readers:
            reader.join()
        return code


def _read(stream: IO[str], keep: Callable[[str], None], tell_end: bool) -> None:
    with stream:
        for line in stream:
            keep(line)
    if tell_end:
        keep("")


@pytest.fixture
def connect() -> Iterator[Callable[..., SmppClient]]:
    """Connect smpplib to a carrier or a server, and bind if a kind of bind is given."""
    clients: list[SmppClient] = []

    def make(where: Any, kind: str = "", host: str = "127.0.0.1", **credentials: str) -> SmppClient:
        clients.append(SmppClient(host, where.port))
        if kind:
            clients[-1].bind(kind, **credentials)
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def connect_raw() -> Iterator[Callable[..., RawClient]]:
    """Connect a plain socket to a carrier or a server."""
    clients: list[RawClient] = []

    def make(where: Any, **options: int) -> RawClient:
        clients.append(RawClient("127.0.0.1", where.port, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def serve(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Server]]:
    """Start `carrierbox serve` on free ports with a store in the test's folder.

    In a run with `--carrierbox-capture` its captures go where those of the other carriers go.
    """
    servers: list[Server] = []
    captures: list[Path] = []

    def start(*arguments: str, environment: dict[str, str] | None = None) -> Server:
        given = list(arguments)
        if request.config.getoption(CAPTURE) and "--capture" not in given:
            given += ["--capture", str(tmp_path / f"server-{len(servers)}.pcapng")]
        if "--capture" in given:
            captures.append(Path(given[given.index("--capture") + 1]))
        for option, value in (("--smpp", "127.0.0.1:0"), ("--http", "127.0.0.1:0")):
            if option not in given and "--config" not in given:
                given += [option, value]
        servers.append(Server(tmp_path, *given, environment=environment))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.kill()
    if request.config.getoption(CAPTURE):
        name = capture_namer(Path(request.config.getoption(CAPTURE)))
        for path in captures:
            if path.exists():
                shutil.copyfile(path, name())
