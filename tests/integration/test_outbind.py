"""ESMEs that listen and are called: outbind over real sockets, in one process and by `serve`."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from carrierbox.clock import NetworkClock
from carrierbox.smpp import values
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindResponse,
    BindTransmitter,
    DeliverSm,
    DeliverSmResp,
    Outbind,
    Pdu,
    UnbindResp,
)
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings, OutbindSettings
from carrierbox.testing.carrier import Carrier

if TYPE_CHECKING:
    from tests.integration.conftest import Server

    Serve = Callable[..., Server]

LIMIT_S: Final = 20.0
PHONE: Final = "+33612345678"


class Esme:
    """An application that waits to be called. It answers deliver_sm and nothing else by itself."""

    def __init__(self, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        self._listening = socket.create_server(("127.0.0.1", port))
        self._listening.settimeout(LIMIT_S)
        self._context = context
        self._connection: socket.socket | None = None
        self.port: int = self._listening.getsockname()[1]
        self.delivered: list[DeliverSm] = []

    def answer_the_call(self) -> Pdu:
        """Take the connection; the first PDU on it."""
        connection, _ = self._listening.accept()
        connection.settimeout(LIMIT_S)
        if self._context is not None:
            connection = self._context.wrap_socket(connection, server_side=True)
        self.hang_up()
        self._connection = connection
        return self.read()

    def ask(self, pdu: Pdu) -> Pdu:
        """Send a request; its response."""
        pdu.sequence_number = 1
        self.send(pdu)
        while True:
            answer = self.read()
            if answer.command_id & values.RESPONSE_BIT:
                return answer

    def receive(self, count: int) -> list[DeliverSm]:
        """Take so many deliver_sm in all."""
        while len(self.delivered) < count:
            self.take(self.read())
        return self.delivered

    def take(self, pdu: Pdu) -> None:
        if isinstance(pdu, DeliverSm):
            self.delivered.append(pdu)
            self.send(DeliverSmResp(sequence_number=pdu.sequence_number))

    def send(self, pdu: Pdu) -> None:
        assert self._connection is not None
        self._connection.sendall(encode_pdu(pdu))

    def read(self) -> Pdu:
        """The next PDU. EOFError at the end."""
        head = self._exactly(4)
        return decode_pdu(head + self._exactly(int.from_bytes(head, "big") - 4))

    def is_at_end(self) -> bool:
        """Wait for what comes next; whether it is the end of the connection."""
        assert self._connection is not None
        return self._connection.recv(1) == b""

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def close(self) -> None:
        self.hang_up()
        self._listening.close()

    def _exactly(self, count: int) -> bytes:
        assert self._connection is not None
        octets = b""
        while len(octets) < count:
            more = self._connection.recv(count - len(octets))
            if not more:
                raise EOFError
            octets += more
        return octets


@pytest.fixture
def esme() -> Iterator[Esme]:
    """An application that listens."""
    with contextlib.closing(Esme()) as found:
        yield found


def an_account(port: int, **fields: Any) -> AccountSettings:
    outbind = OutbindSettings("127.0.0.1", port, "centre", "knock", after_s=0.0)
    return AccountSettings("demo", "demo", outbind=outbind, **fields)


@pytest.fixture
def carrier(esme: Esme) -> Iterator[Carrier]:
    """A carrier whose one account is called."""
    with Carrier(accounts=[an_account(esme.port)], phones=[PHONE]) as found:
        yield found


def details(carrier: Carrier) -> list[str]:
    return [event.detail for event in carrier.events("outbind")]


def test_an_application_is_called_when_something_waits_for_it(carrier: Carrier, esme: Esme) -> None:
    """SMPP 3.4 §4.1.7: outbind names the centre, the bind comes over that link, then deliver_sm."""
    carrier.phone(PHONE).send("36000", "STOP")
    call = esme.answer_the_call()
    assert isinstance(call, Outbind)
    assert (call.system_id, call.password) == ("centre", "knock")
    answer = esme.ask(BindReceiver("demo", "demo"))
    assert isinstance(answer, BindResponse)
    assert (answer.command_status, answer.system_id) == (values.ESME_ROK, "carrierbox")
    assert [pdu.short_message for pdu in esme.receive(1)] == [b"STOP"]
    carrier.wait_for("receipt_acknowledged")
    assert details(carrier) == [f"calls 127.0.0.1:{esme.port}", f"outbind to 127.0.0.1:{esme.port}"]


@pytest.mark.slow
def test_who_binds_as_a_transmitter_is_not_called_again_meanwhile(
    carrier: Carrier, esme: Esme
) -> None:
    """SMPP 3.4 §4.1.7: it may, but nothing is delivered; once it is gone it is called anew."""
    carrier.phone(PHONE).send("36000", "STOP")
    esme.answer_the_call()
    assert esme.ask(BindTransmitter("demo", "demo")).command_status == values.ESME_ROK
    carrier.settle()
    assert details(carrier)[-1].endswith("it bound as a transmitter only")
    esme.hang_up()
    esme.answer_the_call()
    assert esme.ask(BindReceiver("demo", "demo")).command_status == values.ESME_ROK
    assert len(esme.receive(1)) == 1


@pytest.mark.slow
def test_a_refused_bind_ends_the_link_and_the_next_call_comes_later(
    carrier: Carrier, esme: Esme
) -> None:
    """T11: credentials are checked as on any link."""
    carrier.phone(PHONE).send("36000", "STOP")
    esme.answer_the_call()
    answer = esme.ask(BindReceiver("demo", "wrong"))
    assert answer.command_status == values.ESME_RINVPASWD
    assert esme.is_at_end()
    assert isinstance(esme.answer_the_call(), Outbind)
    assert any("ESME_RINVPASWD" in detail for detail in details(carrier))


@pytest.mark.slow
def test_what_listens_and_is_no_application_is_said_to_be_silent(esme: Esme) -> None:
    """Whoever hangs up is called again, each time later."""
    with Carrier(accounts=[an_account(esme.port)], phones=[PHONE]) as carrier:
        carrier.phone(PHONE).send("36000", "STOP")
        esme.answer_the_call()
        esme.hang_up()
        assert isinstance(esme.answer_the_call(), Outbind)
        assert details(carrier)[2] == f"127.0.0.1:{esme.port}: the connection ended"


@pytest.mark.slow
def test_a_call_that_is_refused_is_told_and_made_again() -> None:
    """Nobody listens yet: an event that says so, a pause, and the same message is not lost."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    with Carrier(accounts=[an_account(port)], phones=[PHONE]) as carrier:
        carrier.phone(PHONE).send("36000", "STOP")
        carrier.wait_for("outbind", count=2)
        assert details(carrier)[1] == f"127.0.0.1:{port}: connection refused"
        with contextlib.closing(Esme(port=port)) as esme:
            assert isinstance(esme.answer_the_call(), Outbind)
            esme.ask(BindReceiver("demo", "demo"))
            assert len(esme.receive(1)) == 1


def test_nobody_is_called_while_a_receiver_is_bound(
    carrier: Carrier, connect: Callable[..., Any]
) -> None:
    """The call is for those who cannot be reached otherwise (T29)."""
    client = connect(carrier, "rx")
    carrier.phone(PHONE).send("36000", "STOP")
    assert client.receive()[0].short_message == b"STOP"
    assert details(carrier) == []


# The process.


def configured(folder: Path, port: int, **more: Any) -> Path:
    """A configuration with one account that is called at that port."""
    outbind = {"to": f"127.0.0.1:{port}", "system_id": "centre", "after": "10ms", **more}
    file = folder / "carrier.yaml"
    file.write_text(
        json.dumps(
            {
                "listeners": [{"smpp": "127.0.0.1:0"}],
                "http": {"listen": "127.0.0.1:0"},
                "store": {"url": f"sqlite:///{folder}/carrier.db"},
                "accounts": [{"system_id": "demo", "password": "demo", "outbind": outbind}],
                "phones": [{"msisdn": PHONE}],
            }
        ),
        encoding="utf-8",
    )
    return file


def text_to(server: Server, text: str) -> None:
    server.http("POST", f"phones/{PHONE}/messages", {"to": "36000", "text": text})


def bind_when_called(esme: Esme) -> None:
    assert isinstance(esme.answer_the_call(), Outbind)
    assert esme.ask(BindReceiver("demo", "demo")).command_status == values.ESME_ROK


@pytest.mark.slow
def test_what_waited_over_a_restart_is_a_reason_to_call(
    serve: Serve, esme: Esme, tmp_path: Path
) -> None:
    """Nothing but the journal is needed to know whom to call; SIGTERM unbinds who was called."""
    server = serve("--config", str(configured(tmp_path, esme.port)))
    text_to(server, "before")
    esme.answer_the_call()
    server.kill()

    server = serve("--config", str(configured(tmp_path, esme.port)))
    bind_when_called(esme)
    assert [pdu.short_message for pdu in esme.receive(1)] == [b"before"]
    ending = threading.Thread(target=server.terminate)
    ending.start()
    unbind = esme.read()
    assert unbind.command_id == values.UNBIND
    esme.send(UnbindResp(unbind.sequence_number))
    assert esme.is_at_end()
    ending.join()
    assert server.process.returncode == 0
    assert any("outbind_answered" in line for line in server.errors)


@pytest.mark.slow
def test_sigterm_ends_a_call_that_nobody_takes(serve: Serve, tmp_path: Path) -> None:
    """Neither a connection that is not accepted nor one that is not bound keeps the process."""
    with socket.socket() as full:
        # A queue of one that is taken: the next connection is neither accepted nor refused.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with socket.create_connection(full.getsockname()), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(full.getsockname())
            server = serve("--config", str(configured(tmp_path, full.getsockname()[1])))
            text_to(server, "STOP")
            assert server.terminate() == 0


@pytest.mark.slow
def test_an_application_is_called_on_request(serve: Serve, esme: Esme, tmp_path: Path) -> None:
    """The HTTP API and the command line call at once, though nothing waits."""
    server = serve("--config", str(configured(tmp_path, esme.port)))
    told = server.http("POST", "accounts/demo/outbind", {})
    assert told == {"system_id": "demo", "to": f"127.0.0.1:{esme.port}"}
    bind_when_called(esme)
    text_to(server, "STOP")
    assert [pdu.short_message for pdu in esme.receive(1)] == [b"STOP"]
    assert server.terminate() == 0


@pytest.mark.slow
def test_a_call_over_tls(serve: Serve, tmp_path: Path) -> None:
    """The certificate of the ESME is checked; one that is for another name is refused."""
    make = pytest.importorskip("carrierbox.links.certificates", reason="carrierbox[tls]")
    pem = tmp_path / "esme.pem"
    pem.write_bytes(make.make_certificate(["localhost"], NetworkClock().now()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with contextlib.closing(Esme(context)) as esme:
        tls = {"ca": str(pem), "name": "localhost"}
        server = serve("--config", str(configured(tmp_path, esme.port, tls=tls)))
        text_to(server, "STOP")
        bind_when_called(esme)
        assert len(esme.receive(1)) == 1
        esme.hang_up()
        assert server.terminate() == 0
        server = serve("--config", str(configured(tmp_path, esme.port, tls={"ca": str(pem)})))
        text_to(server, "STOP")
        with pytest.raises(ssl.SSLError):
            esme.answer_the_call()
        assert server.terminate() == 0
        assert any("its certificate is refused" in line for line in server.errors)
