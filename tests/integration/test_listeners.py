"""Listeners of `carrierbox serve`: TLS, proxies, IPv6, and where accounts may bind from."""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from smpplib import consts, gsm
from smpplib.client import Client
from smpplib.exceptions import PDUError

from carrierbox.ip_networks import IpNetworks
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier

if TYPE_CHECKING:
    from tests.integration.conftest import RawClient, Server, SmppClient

    Connect = Callable[..., SmppClient]
    ConnectRaw = Callable[..., RawClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

LIMIT_S = 20.0
INSTALL = "cryptography is not installed: python -m pip install 'carrierbox[tls]'"
PHONE = "33612345678"
SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
BIND = bytes.fromhex("0000001f 00000009 00000000 00000001 64656d6f00 64656d6f00 00 34 00 00 00")


def proxied(source: str) -> bytes:
    """What a proxy sends first for a client of this address."""
    addresses = socket.inet_aton(source) + socket.inet_aton("127.0.0.1")
    block = addresses + struct.pack(">HH", 4711, 2775)
    return SIGNATURE + b"\x21\x11" + struct.pack(">H", len(block)) + block


@pytest.fixture
def serve_listeners(serve: Serve, tmp_path: Path) -> Callable[..., Server]:
    """Start a server with these listeners and accounts."""

    def start(listeners: list[dict[str, object]], **account: object) -> Server:
        settings = {
            "listeners": listeners,
            "http": {"listen": "127.0.0.1:0"},
            "store": {"url": f"sqlite:///{tmp_path}/carrier.db"},
            "accounts": [{"system_id": "demo", "password": "demo", **account}],
        }
        (tmp_path / "carrier.yaml").write_text(json.dumps(settings))
        return serve("--config", str(tmp_path / "carrier.yaml"))

    return start


ServeListeners = Callable[..., "Server"]


@pytest.fixture
def connect_tls() -> Iterator[Callable[..., Client]]:
    """Connect smpplib over TLS. It cannot compare the host: its context must not ask for it."""
    clients: list[Client] = []

    def make(address: str, context: ssl.SSLContext) -> Client:
        host, _, port = address.rpartition(":")
        client = Client(
            host, int(port), LIMIT_S, ssl_context=context, allow_unknown_opt_params=True
        )
        clients.append(client)
        client.connect()
        return client

    yield make
    for client in clients:
        client.state = consts.SMPP_CLIENT_STATE_OPEN
        client.disconnect()


ConnectTls = Callable[..., Client]


def trusting(server: Server, folder: Path) -> ssl.SSLContext:
    """A client's context that trusts the certificate of this server, whose file it has told."""
    public = folder / "tls-certificate.pem"
    context = ssl.create_default_context(cafile=str(public))
    context.check_hostname = False
    return context


def said(server: Server, words: str) -> list[str]:
    """What the server has told on stderr, once it has ended."""
    if server.process.poll() is None:
        assert server.terminate() == 0
    return [line for line in server.errors if words in line]


def test_smpplib_speaks_over_tls_with_the_own_certificate(
    serve_listeners: ServeListeners, connect_tls: ConnectTls, tmp_path: Path
) -> None:
    """Bind, submit, receipt, unbind; the ready line says `smpps`, stderr the fingerprint."""
    pytest.importorskip("cryptography", reason=INSTALL)
    server = serve_listeners([{"smpp": "127.0.0.1:0", "tls": {"certificate": "auto"}}])
    assert "smpp" not in server.ready
    client = connect_tls(server.ready["smpps"], trusting(server, tmp_path))
    answered: list[Any] = []
    delivered: list[Any] = []

    def sent(pdu: Any) -> None:
        answered.append(pdu)

    def received(pdu: Any) -> None:
        delivered.append(pdu)

    client.set_message_sent_handler(sent)
    client.set_message_received_handler(received)
    assert client.bind_transceiver(system_id="demo", password="demo").status == 0
    client.send_message(
        source_addr_ton=consts.SMPP_TON_ALNUM,
        source_addr="ACME",
        dest_addr_ton=consts.SMPP_TON_INTL,
        dest_addr_npi=consts.SMPP_NPI_ISDN,
        destination_addr=PHONE,
        short_message=gsm.gsm_encode("over TLS"),
        registered_delivery=1,
    )
    while not delivered:
        client.read_once(auto_send_enquire_link=False)
    message_id = answered[0].message_id
    assert b"id:" + message_id in delivered[0].short_message
    assert b"stat:DELIVRD" in delivered[0].short_message
    (text,) = server.http("GET", f"phones/{PHONE}")["texts"]
    assert text["text"] == "over TLS"
    client.unbind()
    (line,) = said(server, "SHA-256")
    der = ssl.PEM_cert_to_DER_cert((tmp_path / "tls-certificate.pem").read_text())
    assert hashlib.sha256(der).digest().hex(":").upper() in line
    assert str(tmp_path / "tls-certificate.pem") in line


def test_one_carrier_has_plain_tls_and_ipv6_listeners(
    serve_listeners: ServeListeners, connect: Connect, tmp_path: Path
) -> None:
    """The ready line lists each; the certificate is good for the address."""
    pytest.importorskip("cryptography", reason=INSTALL)
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    tls = {"certificate": "auto"}
    server = serve_listeners([{"smpp": "127.0.0.1:0"}, {"smpp": "[::1]:0", "tls": tls}])
    assert connect(server).bind("trx").status == 0
    host, _, port = server.ready["smpps"].rpartition(":")
    assert host == "[::1]"
    context = ssl.create_default_context(cafile=str(tmp_path / "tls-certificate.pem"))
    with (
        socket.create_connection(("::1", int(port)), LIMIT_S) as plain,
        context.wrap_socket(plain, server_hostname="::1") as wrapped,
    ):
        wrapped.sendall(BIND)
        assert wrapped.recv(12)[4:] == bytes.fromhex("80000009 00000000")


def test_plain_smpp_on_the_port_of_tls_and_the_reverse_end_with_one_line_each(
    serve_listeners: ServeListeners, connect_raw: ConnectRaw
) -> None:
    """A wrong port is found in the log, without a traceback."""
    pytest.importorskip("cryptography", reason=INSTALL)
    tls = {"certificate": "auto"}
    server = serve_listeners([{"smpp": "127.0.0.1:0"}, {"smpp": "127.0.0.1:0", "tls": tls}])
    with (
        socket.create_connection(("127.0.0.1", server.port), LIMIT_S) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
    port = int(server.ready["smpps"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), LIMIT_S) as plain:
        plain.sendall(BIND)
        with contextlib.suppress(ConnectionError):
            assert plain.recv(100)[:4] != b"\x00\x00\x00\x1b"
            assert plain.recv(100) == b""
    assert server.terminate() == 0
    assert len(said(server, "event=not_smpp")) == 1
    assert len(said(server, "event=tls_refused")) == 1
    assert said(server, "Traceback") == []


def test_the_allow_list_sees_the_client_behind_the_proxy(
    serve_listeners: ServeListeners, connect_raw: ConnectRaw
) -> None:
    """SMPP 3.4 §5.1.3: ESME_RBINDFAIL from elsewhere, though the proxy itself is near."""
    server = serve_listeners(
        [{"smpp": "127.0.0.1:0", "proxy": {"from": ["127.0.0.0/8"]}}],
        allow_from=["192.0.2.0/24"],
    )
    allowed, refused = connect_raw(server), connect_raw(server)
    allowed.send(proxied("192.0.2.7") + BIND)
    assert allowed.read_pdu()[8:12] == bytes(4)
    refused.send(proxied("203.0.113.9") + BIND)
    assert refused.read_pdu()[4:12] == bytes.fromhex("80000009 0000000d")
    assert refused.read_pdu() == b""


@pytest.mark.parametrize(
    ("proxies", "octets", "reason"),
    [
        ("127.0.0.0/8", BIND, "no PROXY protocol header"),
        ("127.0.0.0/8", b"PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n", "version 1"),
        ("192.0.2.0/24", proxied("192.0.2.7") + BIND, "not one of the proxies"),
    ],
    ids=["without a header", "version 1", "from elsewhere"],
)
def test_a_listener_behind_a_proxy_takes_nobody_else(
    serve_listeners: ServeListeners,
    connect_raw: ConnectRaw,
    proxies: str,
    octets: bytes,
    reason: str,
) -> None:
    """Closed without a word of SMPP, with one line in the log."""
    server = serve_listeners([{"smpp": "127.0.0.1:0", "proxy": {"from": [proxies]}}])
    client = connect_raw(server)
    client.send(octets)
    with contextlib.suppress(ConnectionError):
        assert client.read_pdu() == b""
    assert server.terminate() == 0
    (line,) = said(server, "event=proxy_refused")
    assert reason in line
    assert "peer=127.0.0.1:" in line


HERE = AccountSettings("here", "x", allow_from=IpNetworks(["127.0.0.0/8"]))
ELSEWHERE = AccountSettings("elsewhere", "x", allow_from=IpNetworks(["192.0.2.0/24", "::1"]))


@pytest.mark.carrierbox(accounts=[HERE, ELSEWHERE])
def test_an_account_binds_from_where_it_is_allowed_only(carrier: Carrier, connect: Connect) -> None:
    """SMPP 3.4 §5.1.3: ESME_RBINDFAIL, the connection ends, the trace says from where."""
    assert connect(carrier).bind("trx", "here", "x").status == 0
    client = connect(carrier)
    for_password = connect(carrier)
    with pytest.raises(PDUError) as refused:
        client.bind("trx", "elsewhere", "x")
    assert refused.value.args[1] == consts.SMPP_ESME_RBINDFAIL
    assert client.is_at_end()
    with pytest.raises(PDUError) as refused:
        for_password.bind("trx", "elsewhere", "y")
    assert refused.value.args[1] == consts.SMPP_ESME_RBINDFAIL
    carrier.settle()
    details = [event.detail for event in carrier.events("refused")]
    assert len(details) == 2
    assert all(each.startswith("bind: ESME_RBINDFAIL from 127.0.0.1:") for each in details)
    assert [event.system_id for event in carrier.events("bound")] == ["here"]


@pytest.mark.parametrize(
    ("listener", "problem"),
    [
        ({"tls": {"certificate": "absent.pem"}}, "listeners[0].tls.certificate: cannot read"),
        ({"tls": {"certificate": "carrier.yaml"}}, "holds no certificate in PEM"),
        ({"tls": {}}, "listeners[0].tls.certificate: missing"),
        ({"proxy": {"from": ["::1/64"]}}, "listeners[0].proxy.from: ::1/64 has bits behind"),
    ],
)
def test_listeners_that_cannot_be_made_end_the_start_with_2(
    tmp_path: Path, listener: dict[str, object], problem: str
) -> None:
    """With the field, and before the journal is touched."""
    settings = {
        "listeners": [{"smpp": "127.0.0.1:0", **listener}],
        "store": {"url": f"sqlite:///{tmp_path}/carrier.db"},
    }
    (tmp_path / "carrier.yaml").write_text(json.dumps(settings))
    ended = subprocess.run(
        [sys.executable, "-m", "carrierbox", "serve", "--config", "carrier.yaml"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert problem in ended.stderr
    assert not (tmp_path / "carrier.db").exists()
