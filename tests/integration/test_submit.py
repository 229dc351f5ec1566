"""Submitting without an SMPP client, to a carrier that runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from carrierbox.api_client import CarrierApi, RequestRefusedError

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

PHONE = "+33612345678"
LIMIT_S = 20.0
SETTINGS = """
listeners: [{smpp: "127.0.0.1:0"}]
http: {listen: "127.0.0.1:0"}
store: {url: ":memory:"}
accounts:
  - {system_id: shop, password: secret}
  - {system_id: ads, password: secret, content_class: marketing}
rules:
  - name: no marketing
    why: Not here.
    when: {content_class: marketing}
    then: {command_status: ESME_RPROHIBITED}
"""


def submit(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`carrierbox submit`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "carrierbox", "submit", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "CARRIERBOX_URL": url},
    )


def texts_on(api: CarrierApi) -> list[str]:
    """What the phone shows."""
    return [text["text"] for text in api.get("phones", PHONE)["texts"]]


def wait_for_texts(api: CarrierApi, texts: list[str]) -> None:
    """Until the phone shows them."""
    end = time.monotonic() + LIMIT_S
    found: list[str] = []
    while found != texts and time.monotonic() < end:
        try:
            found = texts_on(api)
        except RequestRefusedError:
            # It comes into being with its first text.
            found = []
    assert found == texts


def test_a_text_is_on_the_phone_and_its_receipt_reaches_a_bound_client(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    """Rules go by the class that is said, else by that of the account; a capture has no octets."""
    config = tmp_path / "carrier.yaml"
    config.write_text(SETTINGS, encoding="utf-8")
    capture = tmp_path / "links.pcapng"
    server = serve("--config", str(config), "--capture", str(capture))
    receiver = connect(server, "rx", system_id="shop", password="secret")
    to = ["--account", "shop", "--from", "ACME", "--to", PHONE]
    taken = submit(server.url, *to, "Your code is 4821", "--receipt")
    assert (taken.returncode, taken.stderr) == (0, "")
    message_id, parts = taken.stdout.split("  ", 1)
    assert parts == "1 part  gsm7\n"
    assert receiver.receipts()[message_id]["stat"] == "DELIVRD"
    api = CarrierApi(server.url)
    wait_for_texts(api, ["Your code is 4821"])
    refused = submit(server.url, *to, "Sale", "--content-class", "marketing")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert refused.stderr == (
        "carrierbox: the centre refused it with ESME_RPROHIBITED by rule no marketing: Not here.\n"
    )
    ads = ["--account", "ads", "--to", PHONE]
    assert submit(server.url, *ads, "Sale").returncode == 4
    said = submit(server.url, *ads, "Your order left", "--class", "transactional", "--json")
    found = json.loads(said.stdout)
    assert (found["content_class"], found["class_said_by"]) == ("transactional", "submission")
    wait_for_texts(api, ["Your code is 4821", "Your order left"])
    rules: dict[str, Any] = api.get("rules")
    assert [each["matched"] for each in rules["configured"]] == [2]
    receiver.unbind()
    assert server.terminate() == 0
    assert b"4821" not in capture.read_bytes().replace(b"text:Your code is 4821", b"")


def test_a_client_that_goes_away_at_once_has_submitted(serve: Serve) -> None:
    """On a store on disk; and the carrier goes on."""
    server = serve()
    address = urlsplit(server.url)
    body = json.dumps({"account": "demo", "to": PHONE, "text": "Gone"}).encode()
    head = (
        f"POST /api/v1/messages HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    assert address.hostname is not None
    with socket.create_connection((address.hostname, address.port or 0), LIMIT_S) as gone:
        gone.sendall(head.encode() + body)
    api = CarrierApi(server.url)
    wait_for_texts(api, ["Gone"])
    assert api.get("readyz")["status"] == "ok"
    assert submit(server.url, "--account", "demo", "--to", PHONE, "Still here").returncode == 0
    wait_for_texts(api, ["Gone", "Still here"])
    assert server.terminate() == 0
