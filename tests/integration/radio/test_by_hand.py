"""A phone by hand: the very commands of docs/radio.md, with the port of the test's broker."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient
    from tests.integration.radio.conftest import Mosquitto, Program

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]
    Until = Callable[[Server, str, Callable[[Any], bool]], Any]

PHONE: Final = "+33612345678"
OTHER: Final = "+33698765432"
PAGE: Final = Path(__file__).parents[3] / "docs" / "radio.md"
LIMIT_S: Final = 20.0

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto_sub") is None,
    reason="the clients are not installed: apt-get install mosquitto mosquitto-clients",
)


def commands(port: int) -> list[list[str]]:
    """What stands in the chapter, word by word."""
    chapter = PAGE.read_text(encoding="utf-8").split("## By hand\n")[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", chapter, re.MULTILINE | re.DOTALL)
    assert all(" -p 1883 " in block for block in blocks)
    return [shlex.split(block.replace(" -p 1883 ", f" -p {port} ")) for block in blocks]


def test_the_commands_of_the_documentation_are_a_phone(
    mosquitto: Mosquitto,
    serve: Serve,
    connect: Connect,
    run_program: Callable[..., Program],
    until: Until,
    until_online: Callable[[Server, int], None],
) -> None:
    """Three parts come, are acknowledged by their ids, a reply goes, and the will switches off."""
    listen, come, acknowledge, reply = commands(mosquitto.port)
    server = serve("--radio", mosquitto.url)
    phone = run_program(*listen)
    until(server, "radio", lambda found: found["radios"][0]["connected"])
    mosquitto.wait_for("Received SUBSCRIBE from 33612345678")
    subprocess.run(come, check=True, timeout=LIMIT_S)
    until_online(server, 1)
    client = connect(server, "trx")
    for number, letter in enumerate("abc", 1):
        client.submit(
            PHONE, bytes([5, 0, 3, 77, 3, number]) + letter.encode() * 153, esm_class=0x40
        )
    came: dict[int, str] = {}
    while len(came) < 3:
        topic, _, payload = phone.lines.next().partition(" ")
        assert topic.endswith(f"/{PHONE[1:]}/mt")
        mt = json.loads(payload)
        came[mt["decoded"]["part"]] = mt["decoded"]["text"]
        assert '"256"' in acknowledge[-1]
        words = [*acknowledge[:-1], acknowledge[-1].replace('"256"', json.dumps(mt["id"]))]
        subprocess.run(words, check=True, timeout=LIMIT_S)
    assert came == {1: "a" * 153, 2: "b" * 153, 3: "c" * 153}
    assert {each["stat"] for each in client.receipts(3).values()} == {"DELIVRD"}
    subprocess.run(reply, check=True, timeout=LIMIT_S)
    line = phone.lines.wait_for("/mo/ack ")
    assert json.loads(line.partition(" ")[2]) == {"id": "by-hand-1", "result": "accepted"}
    found = until(server, f"phones/{OTHER}", lambda each: bool(each["texts"]))
    assert [(text["sender"], text["text"]) for text in found["texts"]] == [(PHONE, "Hello")]
    phone.kill()
    until_online(server, 0)
