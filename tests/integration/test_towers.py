"""A phone takes the metro: towers, coverage and outages, as a client and a user meet them."""

from __future__ import annotations

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
BASTILLE = {"latitude": 48.8532, "longitude": 2.3692}
TUNNEL = {"latitude": 48.8465, "longitude": 2.4200}
CONFIGURATION = """
listeners: [{smpp: "127.0.0.1:0"}]
http: {listen: "127.0.0.1:0"}
store: {url: "sqlite:///carrier.db"}
clock: {scale: 20}
towers:
  - {id: bastille, position: "48.8532,2.3692", radius_km: 1.0, latency: {typical: 50ms}}
  - {id: nation, position: "48.8484,2.3959", radius_km: 0.8}
phones:
  - {msisdn: "+33612345678", position: "48.8532,2.3692", battery: {percent: 60}}
"""


@pytest.fixture
def start(serve: Serve, tmp_path: Path) -> Callable[[], Server]:
    """Start the carrier with its towers, again and again on the same store."""
    (tmp_path / "carrier.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return lambda: serve("--config", str(tmp_path / "carrier.yaml"))


def carrierbox(server: Server, *words: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "carrierbox", *words, "--url", server.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def kinds(server: Server, message_id: str) -> list[str]:
    """What happened to a message."""
    events = server.http("GET", f"messages/{message_id}")["events"]
    return [event["detail"] for event in events]


def test_a_text_waits_for_coverage_and_arrives_when_the_phone_is_back(
    start: Callable[[], Server], connect: Connect
) -> None:
    """Through a cell; into a tunnel; over a restart; back. Its return wakes what waits for it."""
    server = start()
    client = connect(server, "trx")
    first = client.submit(PHONE, b"at bastille")
    assert client.receipts()[first]["stat"] == "DELIVRD"
    assert server.http("GET", "towers/bastille")["parts"] == 1
    where = server.http("PUT", f"phones/{PHONE}/position", TUNNEL)
    assert where["cell"] is None
    waiting = client.submit(PHONE, b"in the tunnel")
    server.kill()
    client.close()

    server = start()
    assert "no coverage" in carrierbox(server, "phone", PHONE, "where")
    client = connect(server, "trx")
    assert server.http("PUT", f"phones/{PHONE}/position", BASTILLE)["cell"] == "bastille"
    assert client.receipts()[waiting]["stat"] == "DELIVRD"
    texts = [text["text"] for text in server.http("GET", f"phones/{PHONE}")["texts"]]
    assert texts == ["at bastille", "in the tunnel"]
    client.close()
    assert server.terminate() == 0


def test_an_outage_is_a_time_without_texts(start: Callable[[], Server], connect: Connect) -> None:
    """From the command line; the end of it brings the receipt."""
    server = start()
    client = connect(server, "trx")
    assert "outage" in carrierbox(server, "tower", "outage", "bastille", "on")
    waiting = client.submit(PHONE, b"later")
    listed = carrierbox(server, "tower", "list").splitlines()
    assert [line.split()[:2] for line in listed] == [["bastille", "outage"], ["nation", "works"]]
    assert server.http("GET", f"phones/{PHONE}")["texts"] == []
    carrierbox(server, "tower", "outage", "bastille", "off")
    assert client.receipts()[waiting]["stat"] == "DELIVRD"
    assert [text["text"] for text in server.http("GET", f"phones/{PHONE}")["texts"]] == ["later"]
    client.close()
    assert server.terminate() == 0


def test_an_empty_battery_takes_the_phone_away_until_it_is_charged(
    start: Callable[[], Server], connect: Connect
) -> None:
    """It did not say that it would go."""
    server = start()
    client = connect(server, "trx")
    told = carrierbox(server, "phone", PHONE, "battery", "0")
    assert "empty: the phone is gone" in told
    waiting = client.submit(PHONE, b"charge me")
    carrierbox(server, "phone", PHONE, "battery", "15")
    assert client.receipts()[waiting]["stat"] == "DELIVRD"
    assert any("NO_PAGING_RESPONSE" in detail for detail in kinds(server, waiting))
    client.close()
    assert server.terminate() == 0
