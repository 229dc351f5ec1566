"""`carrierbox serve` as a process: how it starts, what it refuses, how it ends."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import RawClient, Server, SmppClient

    Connect = Callable[..., SmppClient]
    ConnectRaw = Callable[..., RawClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

PHONE = "+33612345678"

# Stands before the real litestar: waits until somebody opens the gate, then makes way for it.
SLOW_LIBRARY = """
import os, sys
with open(os.environ["GATE"]) as gate:
    gate.read()
sys.path.remove(os.path.dirname(__file__))
del sys.modules["litestar"]
import litestar
"""

BOXES = """
listeners: [{smpp: "127.0.0.1:0"}]
http: {listen: "127.0.0.1:0"}
store: {url: ":memory:"}
accounts: [{system_id: one, password: one}]
boxes:
  second:
    accounts: [{system_id: two, password: two}]
    phones: [{msisdn: "+33612345678", power: off}]
    store: {url: ":memory:"}
"""


def refused(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A start that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "carrierbox", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_one_line_on_stdout_says_where_to_connect(serve: Serve, tmp_path: Path) -> None:
    """key=value, flushed as soon as binds are accepted, and nothing else before the end."""
    server = serve("--store", str(tmp_path / "carrier.db"))
    assert set(server.ready) >= {"smpp", "http", "system_id", "store"}
    assert server.ready["system_id"] == "demo"
    assert re.fullmatch(r"127\.0\.0\.1:\d+", server.ready["smpp"])
    assert server.http("GET", "readyz") == {"status": "ok"}
    assert server.terminate() == 0
    assert server.stdout() == []
    assert any("0 waiting, 0 receipts held" in line for line in server.errors)


def test_clients_are_served_before_the_web_framework_is_loaded(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    """Design, start-up: a bind and a submit are answered while HTTP waits for its libraries."""
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "litestar.py").write_text(SLOW_LIBRARY)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    server = serve(
        "--store",
        ":memory:",
        environment={"PYTHONPATH": os.pathsep.join(paths), "GATE": str(gate)},
    )
    try:
        client = connect(server, "trx")
        message_id = client.submit(PHONE, b"Hi")
        assert client.receipts()[message_id]["stat"] == "DELIVRD"
    finally:
        # Opening to write waits for the reader, so the library is being loaded by now.
        gate.open("w").close()
    assert server.http("GET", f"messages/{message_id}")["message_state"] == "DELIVERED"


def test_sigterm_unbinds_everybody_and_ends_with_0(serve: Serve, connect: Connect) -> None:
    """T15: unbind, the client's answer, the end; politely and at once."""
    server = serve("--store", ":memory:")
    clients = [connect(server, kind) for kind in ("tx", "rx", "trx")]
    readers = [threading.Thread(target=client.answer_unbind) for client in clients]
    for reader in readers:
        reader.start()
    assert server.terminate() == 0
    for reader in readers:
        reader.join()


def test_sigterm_does_not_wait_for_a_client_that_says_nothing(
    serve: Serve, connect: Connect, connect_raw: ConnectRaw
) -> None:
    """It ends within seconds, with 0 all the same."""
    server = serve("--store", ":memory:")
    connect(server, "trx")
    connect_raw(server)
    assert server.terminate() == 0


@pytest.mark.parametrize("fresh", [[], ["--fresh"]], ids=["", "fresh"])
def test_a_store_in_use_is_refused_with_the_pid_that_holds_it(
    serve: Serve, tmp_path: Path, fresh: list[str]
) -> None:
    """Exit code 2 and one sentence; `--fresh` does not take it away either."""
    store = str(tmp_path / "carrier.db")
    server = serve("--store", store)
    second = refused("--store", store, "--smpp", "127.0.0.1:0", "--http", "off", *fresh)
    assert second.returncode == 2
    assert second.stdout == ""
    (line,) = second.stderr.splitlines()
    assert line.startswith("carrierbox: ")
    assert f"process {server.process.pid}" in line
    assert server.http("GET", "readyz") == {"status": "ok"}


@pytest.mark.parametrize("option", ["--smpp", "--http"])
def test_a_port_in_use_is_told_in_one_sentence(option: str) -> None:
    """Exit code 2, the address and the remedy, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        others = {"--smpp": "127.0.0.1:0", "--http": "off", option: address}
        arguments = [word for pair in others.items() for word in pair]
        ended = refused("--store", ":memory:", *arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    (line,) = [line for line in ended.stderr.splitlines() if not line.startswith("store ")]
    assert address in line
    assert f"{option} HOST:PORT" in line


def test_a_fresh_start_forgets_what_the_store_held(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    """`--fresh`: no messages, no phones; without it everything is there."""
    store = ["--store", str(tmp_path / "carrier.db")]
    server = serve(*store)
    client = connect(server, "trx")
    client.submit(PHONE, b"Hi")
    client.close()
    server.terminate()
    server = serve(*store)
    assert server.http("GET", "messages")["total"] == 1
    server.terminate()
    server = serve(*store, "--fresh")
    assert server.http("GET", "messages")["total"] == 0
    assert server.http("GET", "phones")["total"] == 0
    assert any("0 waiting, 0 receipts held, 0 finished" in line for line in server.errors)


def test_the_system_id_chooses_the_box(serve: Serve, connect: Connect, tmp_path: Path) -> None:
    """Two boxes behind one port: the same number is two phones."""
    (tmp_path / "carrier.yaml").write_text(BOXES)
    server = serve("--config", "carrier.yaml")
    one = connect(server, "trx", system_id="one", password="one")
    two = connect(server, "trx", system_id="two", password="two")
    first, second = one.submit(PHONE, b"first"), two.submit(PHONE, b"second")
    assert one.receipts()[first]["stat"] == "DELIVRD"
    assert shown(server) == ["first"]
    assert shown(server, "?box=second") == []
    server.http("PUT", f"phones/{PHONE}/power?box=second", {"power": "on"})
    assert two.receipts()[second]["stat"] == "DELIVRD"
    assert shown(server, "?box=second") == ["second"]
    assert shown(server) == ["first"]


def shown(server: Server, query: str = "") -> list[str]:
    """What a phone's screen shows."""
    return [text["text"] for text in server.http("GET", f"phones/{PHONE}{query}")["texts"]]


def test_hints_name_the_carrier_that_was_started(serve: Serve) -> None:
    """Its own port, and for commands its own HTTP address: it is not the usual one."""
    server = serve("--store", ":memory:", "--hints")
    address = server.ready["http"]
    assert server.terminate() == 0
    told = "".join(server.errors)
    assert f"carrierbox phone +33612345678 --url http://{address}" in told
    assert server.ready["smpp"].rpartition(":")[2] in told


def test_http_can_be_off(serve: Serve, connect: Connect) -> None:
    """`--http off`: SMPP alone."""
    server = serve("--store", ":memory:", "--http", "off")
    assert server.ready["http"] == "off"
    assert connect(server, "trx").submit(PHONE, b"Hi")
    with pytest.raises((urllib.error.URLError, ValueError)):
        server.http("GET", "readyz")
