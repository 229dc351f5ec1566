"""Kannel, a gateway that is not ours: bearerbox speaks SMPP with us, smsbox HTTP with the test."""

import contextlib
import os
import queue
import shutil
import socket
import subprocess
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

# Debian keeps them in /usr/sbin, which is not on every user's PATH.
SEARCHED = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
BEARERBOX = shutil.which("bearerbox", path=SEARCHED)
SMSBOX = shutil.which("smsbox", path=SEARCHED)

SHORT_CODE = "38100"
LONG = "This text is longer than one short message can be. " * 6 + "End"
UNICODE = "नमस्ते 🙂"
LIMIT_S = 20

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(
        BEARERBOX is None or SMSBOX is None,
        reason="Kannel is not installed: apt-get install kannel",
    ),
    pytest.mark.carrierbox(accounts=[AccountSettings("demo", "demo", address_range=SHORT_CODE)]),
]

CONFIGURATION = """
group = core
admin-port = {admin_port}
admin-password = demo
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {smsbox_port}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = carrier
host = 127.0.0.1
port = {carrier_port}
transceiver-mode = true
smsc-username = demo
smsc-password = demo
system-type = ""
address-range = ""

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox_port}
sendsms-port = {sendsms_port}

group = sendsms-user
username = demo
password = demo
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{callback_url}/text?from=%p&to=%P&text=%b&coding=%c"
"""


class Callbacks:
    """A web server that keeps the path and the query of every request."""

    def __init__(self) -> None:
        kept: queue.SimpleQueue[tuple[str, dict[str, str]]] = queue.SimpleQueue()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                kept.put((path, dict(urllib.parse.parse_qsl(query, encoding="latin-1"))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self._kept = kept
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def next(self) -> tuple[str, dict[str, str]]:
        """Wait for a request: its path, and its query with a character for each octet."""
        return self._kept.get(timeout=LIMIT_S)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Box:
    """A process of Kannel, up when it has said so."""

    def __init__(self, program: str | None, configuration: Path, is_up: str) -> None:
        self._process = subprocess.Popen(
            [program or "", "-v", "0", str(configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self._said: list[str] = []
        self._is_up = is_up
        self._up: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_until_up(self) -> None:
        with contextlib.suppress(queue.Empty):
            if self._up.get(timeout=LIMIT_S):
                return
        raise AssertionError("it did not come up:\n" + "".join(self._said))

    def stop(self) -> None:
        """Ask it to end, as an administrator would, and see that it does."""
        self._process.terminate()
        try:
            self._process.wait(LIMIT_S)
        finally:
            self._process.kill()
            self._reader.join()

    def _read(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self._said.append(line)
                if self._is_up in line:
                    self._up.put(True)
        self._up.put(False)


class Gateway:
    """Kannel's two processes, connected to a carrier and to the test's web server."""

    def __init__(self, carrier: Carrier, folder: Path, callbacks: Callbacks) -> None:
        admin_port, smsbox_port, sendsms_port = free_ports(3)
        self._sendsms = f"http://127.0.0.1:{sendsms_port}/cgi-bin/sendsms"
        self._callback = callbacks.url
        configuration = folder / "kannel.conf"
        configuration.write_text(
            CONFIGURATION.format(
                admin_port=admin_port,
                smsbox_port=smsbox_port,
                sendsms_port=sendsms_port,
                carrier_port=carrier.port,
                callback_url=callbacks.url,
            ),
            encoding="ascii",
        )
        with contextlib.ExitStack() as boxes:
            self._bearerbox = Box(BEARERBOX, configuration, "entering mainloop")
            boxes.callback(self._bearerbox.stop)
            self._bearerbox.wait_until_up()
            self._smsbox = Box(SMSBOX, configuration, "Connected to bearerbox")
            boxes.callback(self._smsbox.stop)
            self._smsbox.wait_until_up()
            self._boxes = boxes.pop_all()

    def send(self, to: str, text: str, coding: int) -> None:
        """Send a text with the request that Kannel's users make, and ask for its end."""
        fields = {
            "username": "demo",
            "password": "demo",
            "from": "ACME",
            "to": to,
            "text": text,
            "charset": "UTF-8",
            "coding": str(coding),
            "dlr-mask": "3",
            "dlr-url": f"{self._callback}/receipt?status=%d&text=%A",
        }
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        url = f"{self._sendsms}?{urllib.parse.urlencode(fields)}"
        with opener.open(url, timeout=LIMIT_S) as answer:
            # Queued is what it says while it has not yet read the answer to its bind.
            assert answer.read() in {b"0: Accepted for delivery", b"3: Queued for later delivery"}

    def stop(self) -> None:
        self._boxes.close()


def free_ports(count: int) -> list[int]:
    """Ports that are free now: Kannel takes no port 0, and does not tell what it found."""
    with contextlib.ExitStack() as sockets:
        held = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]


@pytest.fixture
def callbacks() -> Iterator[Callbacks]:
    """Where Kannel calls back."""
    server = Callbacks()
    yield server
    server.close()


@pytest.fixture
def gateway(carrier: Carrier, callbacks: Callbacks, tmp_path: Path) -> Iterator[Gateway]:
    """Kannel, bound to the carrier."""
    running = Gateway(carrier, tmp_path, callbacks)
    try:
        carrier.wait_for("bound", limit_s=LIMIT_S)
        yield running
    finally:
        running.stop()
        carrier.wait_for("unbound")


def test_kannel_sends_by_http_and_is_called_back(
    carrier: Carrier, phone: Phone, gateway: Gateway, callbacks: Callbacks
) -> None:
    """Three parts that Kannel cuts and an emoji arrive; Kannel asks for the first part's end."""
    for text, coding in ((LONG, 0), (UNICODE, 2)):
        gateway.send(phone.number, text, coding)
        path, query = callbacks.next()
        assert (path, query["status"]) == ("/receipt", "1")
        assert "stat:DELIVRD" in query["text"]
    carrier.settle()
    assert [(text.text, text.parts) for text in phone.screen] == [(LONG, 3), (UNICODE, 1)]
    asked = [message for message in carrier.messages() if message.receipt == "acknowledged"]
    assert [message.message_id for message in asked] == ["0000000001", "0000000004"]


def test_kannel_receives_a_text_from_a_phone(
    phone: Phone, gateway: Gateway, callbacks: Callbacks
) -> None:
    """A text to the account's short code reaches Kannel's service by HTTP, octet by octet."""
    phone.send(SHORT_CODE, UNICODE)
    path, query = callbacks.next()
    assert (path, query["to"], query["coding"]) == ("/text", SHORT_CODE, "2")
    assert query["from"].strip(" +") == phone.number.removeprefix("+")
    assert query["text"].encode("latin-1").decode("utf-16-be") == UNICODE
