"""The process is killed between submit and delivery, and started again on the same file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

PHONE = "+33612345678"
ON, OFF = {"power": "on"}, {"power": "off"}


def shown(server: Server) -> list[str]:
    """What the phone's screen shows."""
    return [text["text"] for text in server.http("GET", f"phones/{PHONE}")["texts"]]


@pytest.mark.parametrize("durability", ["process", "power"])
def test_what_was_accepted_before_a_kill_arrives_once_with_its_receipt(
    serve: Serve, connect: Connect, tmp_path: Path, durability: str
) -> None:
    """Design, promises: accepted is kept; the phone is still off, shows the text once, in order."""
    store = ["--store", str(tmp_path / "carrier.db"), "--durability", durability]
    server = serve(*store)
    client = connect(server, "trx")
    before = client.submit(PHONE, b"before")
    assert client.receipts()[before]["stat"] == "DELIVRD"
    server.http("PUT", f"phones/{PHONE}/power", OFF)
    waiting = client.submit(PHONE, "später 🙂".encode("utf-16-be"), data_coding=8)
    held = connect(server, "tx").submit("+447700900123", b"x" * 200)
    unanswered = client.receive_unanswered()
    server.kill()
    client.close()

    server = serve(*store)
    assert any("1 waiting, 1 receipts held, 2 finished" in line for line in server.errors)
    assert server.http("GET", f"phones/{PHONE}")["power"] == "off"
    assert shown(server) == ["before"]
    client = connect(server, "trx")
    again = client.receive()[0]
    assert again.short_message == unanswered.short_message
    assert server.http("PUT", f"phones/{PHONE}/power", ON)["power"] == "on"
    receipts = client.receipts(2)
    assert list(receipts) == [held, waiting]
    assert {each["stat"] for each in receipts.values()} == {"DELIVRD"}
    assert shown(server) == ["before", "später 🙂"]
    assert server.http("GET", f"phones/{PHONE}")["duplicates"] == 0
    assert client.submit(PHONE, b"after") not in {before, held, waiting}
    client.close()
    assert server.terminate() == 0


@pytest.mark.parametrize("durability", ["process", "power"])
def test_what_was_answered_before_a_kill_is_there_whenever_it_comes(
    serve: Serve, connect: Connect, tmp_path: Path, durability: str
) -> None:
    """No ESME_ROK before its commit: a kill in the middle of a stream loses no promise."""
    store = ["--store", str(tmp_path / "carrier.db"), "--durability", durability]
    server = serve(*store)
    client = connect(server, "trx")
    client.submit_without_waiting(PHONE, b"Hi", times=300)
    while len(client.answers) < 100:
        client.read()
    server.kill()
    client.read_what_is_left()
    promised = {answer.message_id.decode() for answer in client.answers}
    assert len(promised) == len(client.answers) >= 100

    server = serve(*store)
    listed = server.http("GET", "messages?limit=1000")["messages"]
    assert promised <= {message["message_id"] for message in listed}
    owed = {each["message_id"] for each in listed if each["receipt"] != "acknowledged"}
    assert set(connect(server, "rx").receipts(len(owed))) == owed
    assert len(shown(server)) == min(len(listed), 200)
