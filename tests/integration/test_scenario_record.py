"""Sessions of a real client, recorded from a capture and from a running carrier, and run again."""

from __future__ import annotations

import os
import subprocess
import sys
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
RULES = """
rules:
  - {name: no casino, when: {text: {contains: casino}}, then: {command_status: ESME_RPROHIBITED}}
  - {name: nobody, when: {destination: "+447700900123"}, then: {cause: UNKNOWN_SUBSCRIBER}}
"""


def scenario(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`carrierbox scenario`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "carrierbox", "scenario", *arguments],
        capture_output=True,
        timeout=100,
        check=False,
        text=True,
        env={**os.environ, "CARRIERBOX_URL": "http://127.0.0.1:1"},
    )


def send_some(client: SmppClient) -> None:
    """A text that arrives, one that is refused, one to nobody."""
    client.submit(PHONE, b"Hello")
    with pytest.raises(AssertionError, match="0x101"):
        client.submit(PHONE, b"casino")
    client.submit("+447700900123", b"Hello")
    client.receipts(2)


def test_a_capture_of_a_carrier_with_rules_runs_on_one_without(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    """What the rules did is in the recording."""
    capture, config, written = (tmp_path / name for name in ("c.pcapng", "c.yaml", "s.yaml"))
    config.write_text(RULES)
    server = serve("--capture", str(capture), "--config", str(config))
    send_some(connect(server, "trx"))
    assert server.terminate() == 0
    recorded = scenario("record", str(capture), "-o", str(written))
    assert recorded.returncode == 0, recorded.stderr
    assert "ESME_RPROHIBITED" in written.read_text()
    assert "UNDELIV" in written.read_text()
    run = scenario("run", str(written))
    assert run.returncode == 0, run.stdout


def test_a_running_carrier_is_recorded_until_it_ends(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    """Or for --for so long; the scenario goes to stdout without -o."""
    server = serve()
    client = connect(server, "trx")
    command = [sys.executable, "-m", "carrierbox", "scenario", "record", "--url", server.url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "recording" in process.stderr.readline()
    client.submit(PHONE, b"Hello")
    client.receipts(1)
    assert server.terminate() == 0
    text, _ = process.communicate(timeout=100)
    written = tmp_path / "s.yaml"
    written.write_text(text)
    assert "text: Hello" in text
    run = scenario("run", str(written))
    assert run.returncode == 0, run.stdout


def test_what_cannot_be_recorded_is_told(tmp_path: Path) -> None:
    """Nothing to record, a file that is there, nobody who answers."""
    there = tmp_path / "there.yaml"
    there.write_text("mine")
    assert scenario("record").returncode == 2
    found = scenario("record", str(there), "-o", str(there))
    assert (found.returncode, there.read_text()) == (2, "mine")
    assert scenario("record", "--url", "http://127.0.0.1:1", "--for", "1s").returncode == 3
