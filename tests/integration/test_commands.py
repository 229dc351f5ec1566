"""The commands of a user, each a process of its own, against a carrier that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

PHONE = "+33612345678"
SUBMIT_SM = (
    "00000038" "00000004" "00000000" "00000007"
    "00" "05" "00" "41434d4500" "01" "01" "333336313233343536373800"
    "00" "00" "00" "00" "00" "01" "00" "00" "00" "02" "4869"
    "0204" "0002" "0009"
)  # fmt: skip


def carrierbox(
    *arguments: str, url: str = "http://127.0.0.1:1", **options: Any
) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "carrierbox", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "CARRIERBOX_URL": url},
        **options,
    )


def test_a_phone_is_looked_at_and_steered_from_the_command_line(
    serve: Serve, connect: Connect
) -> None:
    """show, off, on and send, over the API of a carrier that runs."""
    server = serve("--store", ":memory:")
    client = connect(server, "trx")
    off = carrierbox("phone", PHONE, "off", url=server.url)
    assert (off.returncode, off.stderr) == (0, "")
    message_id = client.submit(PHONE, b"Are you there?")
    waiting = carrierbox("phone", PHONE, "show", "--json", url=server.url)
    shown = json.loads(waiting.stdout)
    assert (shown["power"], shown["texts"], shown["waiting"]) == ("off", [], 1)
    refused = carrierbox("phone", PHONE, "send", "36000", "STOP", url=server.url)
    assert refused.returncode == 4
    assert "switch it on first" in refused.stderr
    assert carrierbox("phone", PHONE, "on", url=server.url).returncode == 0
    assert client.receipts()[message_id]["stat"] == "DELIVRD"
    screen = carrierbox("phone", PHONE, url=server.url)
    assert "Are you there?" in screen.stdout
    assert "ACME" in screen.stdout
    sent = carrierbox("phone", PHONE, "send", "36000", "Yes", url=server.url)
    assert sent.returncode == 0
    assert client.receive(2)[1].short_message == b"Yes"


def test_a_phone_command_without_a_carrier_says_how_to_start_one() -> None:
    """Exit code 3: cannot connect; one sentence with the remedy."""
    alone = carrierbox("phone", PHONE)
    assert alone.returncode == 3
    assert alone.stdout == ""
    assert "carrierbox serve" in alone.stderr
    assert "Traceback" not in alone.stderr


def test_a_pdu_is_decoded_field_by_field() -> None:
    """As an object on request, each field under its name, numbers as numbers."""
    done = carrierbox("decode", SUBMIT_SM, "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["command"] == "submit_sm"
    assert (found["command_status"], found["sequence_number"]) == (0, 7)
    assert (found["source_addr_ton"], found["source_addr"]) == (5, "ACME")
    assert (found["destination_addr"], found["registered_delivery"]) == ("33612345678", 1)
    assert "4869" in json.dumps(found)
    plain = carrierbox("decode", SUBMIT_SM)
    assert "destination_addr" in plain.stdout
    assert "Hi" in plain.stdout


def test_the_demo_works_twice_in_a_row() -> None:
    """Exit code 0 only if everything arrived; nothing is left behind that disturbs the next."""
    for _ in range(2):
        done = carrierbox("demo")
        assert done.returncode == 0, done.stdout + done.stderr
        for sign in ("🙂", "DELIVRD"):
            assert sign in done.stdout
