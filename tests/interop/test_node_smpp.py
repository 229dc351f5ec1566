"""node-smpp, a client that is not ours and not in Python, sends texts and takes receipts."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from carrierbox.testing.carrier import Carrier, Phone

MODULES = Path(__file__).parents[2] / ".node_modules-cache" / "node_modules"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(
        NODE is None or not (MODULES / "smpp").is_dir(),
        reason="node-smpp is not installed: make interop-deps (needs node and npm)",
    ),
]

LONG = "This text is longer than one short message can be. " * 6


def converse(carrier: Carrier, *texts: dict[str, Any]) -> dict[str, Any]:
    """Let node-smpp submit these texts, one receipt each; what it was told."""
    done = subprocess.run(
        [NODE or "node", str(Path(__file__).with_name("node_smpp.js"))],
        env={
            **os.environ,
            "NODE_PATH": str(MODULES),
            "PORT": str(carrier.port),
            "TEXTS": json.dumps(texts),
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_node_smpp_sends_texts_and_gets_their_receipts(carrier: Carrier, phone: Phone) -> None:
    """Bind, three submit_sm, three receipts, enquire_link and unbind, each with ESME_ROK."""
    to = {"destination_addr": phone.number, "source_addr": "ACME", "source_addr_ton": 5}
    told = converse(
        carrier,
        {**to, "short_message": "Hello from node"},
        {**to, "short_message": "नमस्ते 🙂"},
        {**to, "message_payload": LONG},
    )
    assert phone.texts == ["Hello from node", "नमस्ते 🙂", LONG]
    assert told["bound"] == {"status": 0, "system_id": "carrierbox"}
    assert [each["status"] for each in told["submitted"]] == [0, 0, 0]
    ids = [each["id"] for each in told["submitted"]]
    assert ids == [message.message_id for message in carrier.messages()]
    assert [(each["id"], each["state"]) for each in told["delivered"]] == [(i, 2) for i in ids]
    assert all(each["esm_class"] == 4 for each in told["delivered"])
    assert all("stat:DELIVRD" in each["text"] for each in told["delivered"])
    assert (told["enquired"], told["unbound"]) == (0, 0)
    carrier.wait_for("unbound")
    assert {message.receipt for message in carrier.messages()} == {"acknowledged"}
