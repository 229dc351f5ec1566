"""Phones that fill, answer and hear of their texts: HTTP, command line and a restart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

ANNA, BOB = "+33612345678", "+447700900123"


def phone(server: Server, *arguments: str) -> Any:
    """What `carrierbox phone … --json` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "carrierbox", "phone", "--json", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "CARRIERBOX_URL": server.url},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def texts(server: Server, number: str) -> list[str]:
    """What a phone shows, once nothing more comes."""
    shown: Any = None
    for _ in range(100):
        before, shown = shown, server.http("GET", f"phones/{number}")
        if shown == before:
            break
    return [text["text"] for text in shown["texts"]]


def test_a_full_phone_takes_what_waited_when_it_has_room(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    """MCEF and its alert; what was set and deleted is there after a restart."""
    store = str(tmp_path / "phones.db")
    server = serve("--store", store)
    phone(server, ANNA, "memory", "--phone", "2", "--sim", "0")
    client = connect(server, "trx")
    for text in (b"one", b"two", b"three"):
        client.submit(ANNA, text)
    assert texts(server, ANNA) == ["one", "two"]
    assert phone(server, ANNA, "delete", "1") == {"deleted": 1}
    client.receipts(3)
    assert texts(server, ANNA) == ["two", "three"]
    client.unbind()
    assert server.terminate() == 0
    again = serve("--store", store)
    assert texts(again, ANNA) == ["two", "three"]
    memory = again.http("GET", f"phones/{ANNA}")["memory"]
    assert (memory["phone"], memory["phone_used"]) == (2, 2)


def test_phones_talk_and_answer_by_themselves(serve: Serve, connect: Connect) -> None:
    """A code is answered to the short code it came from; a reply is reported as delivered."""
    server = serve("--store", ":memory:")
    client = connect(server, "trx")
    phone(server, ANNA, "answer", "--when", "text: {contains: CODE}", "--text", "123456")
    client.submit(ANNA, b"your CODE?", source_addr="36000", source_addr_ton=0)
    (answer,) = [pdu for pdu in client.receive(2) if pdu.esm_class & 0x3C == 0]
    assert (answer.destination_addr, answer.short_message) == (b"36000", b"123456")
    phone(server, BOB, "send", ANNA, "Hello")
    assert texts(server, ANNA) == ["your CODE?", "Hello"]
    assert phone(server, ANNA, "reply", "Hi Bob", "--report")["to"] == BOB
    assert texts(server, BOB) == ["Hi Bob"]
    threads = phone(server, ANNA, "show", "--threads")["threads"]
    assert [thread["other"] for thread in threads] == ["36000", BOB]
    assert [text["report"] for text in threads[1]["texts"]] == ["none", "delivered"]
    assert phone(server, "list")["total"] == 2
