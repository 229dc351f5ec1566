"""node-smpp, a client that is not ours and not in Python, sends texts, takes receipts and texts."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

MODULES = Path(__file__).parents[2] / ".node_modules-cache" / "node_modules"
NODE = shutil.which("node")

SHORT_CODE = "38100"
UNICODE = "नमस्ते 🙂"
LIMIT_S = 30

pytestmark = [
    pytest.mark.interop,
    pytest.mark.carrierbox(accounts=[AccountSettings("demo", "demo", address_range=SHORT_CODE)]),
    pytest.mark.skipif(
        NODE is None or not (MODULES / "smpp").is_dir(),
        reason="node-smpp is not installed: make interop-deps (needs node and npm)",
    ),
]

LONG = "This text is longer than one short message can be. " * 7


def converse(
    carrier: Carrier, deliveries: int, *texts: dict[str, Any], meanwhile: Callable[[], None]
) -> dict[str, Any]:
    """Let node-smpp bind, submit texts, take so many deliver_sm and unbind; what it was told.

    `meanwhile` is called when it is bound.
    """
    with subprocess.Popen(
        [NODE or "node", str(Path(__file__).with_name("node_smpp.js"))],
        env={
            **os.environ,
            "NODE_PATH": str(MODULES),
            "PORT": str(carrier.port),
            "TEXTS": json.dumps(texts),
            "DELIVERIES": str(deliveries),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as node:
        try:
            carrier.wait_for("bound", limit_s=LIMIT_S)
            meanwhile()
            output, errors = node.communicate(timeout=LIMIT_S)
        finally:
            node.kill()
    assert node.returncode == 0, errors
    told: dict[str, Any] = json.loads(output)
    return told


def test_node_smpp_sends_and_receives(carrier: Carrier, phone: Phone) -> None:
    """Bind, three submit_sm, three receipts, a text from a phone, enquire_link and unbind."""
    to = {"destination_addr": phone.number, "source_addr": "ACME", "source_addr_ton": 5}
    told = converse(
        carrier,
        4,
        {**to, "short_message": "Hello from node"},
        {**to, "short_message": UNICODE},
        {**to, "message_payload": LONG},
        meanwhile=lambda: phone.send(SHORT_CODE, UNICODE),
    )
    assert phone.texts == ["Hello from node", UNICODE, LONG]
    assert told["bound"] == {"status": 0, "system_id": "carrierbox"}
    assert [each["status"] for each in told["submitted"]] == [0, 0, 0]
    ids = [each["id"] for each in told["submitted"]]
    assert ids == [message.message_id for message in carrier.messages(source="ACME")]
    receipts = [each for each in told["delivered"] if each["esm_class"] == 4]
    assert [(each["id"], each["state"]) for each in receipts] == [(i, 2) for i in ids]
    assert all("stat:DELIVRD" in each["text"] for each in receipts)
    (received,) = [each for each in told["delivered"] if each["esm_class"] == 0]
    assert (received["from"], received["to"]) == (phone.number.removeprefix("+"), SHORT_CODE)
    assert received["text"] == UNICODE
    assert (told["enquired"], told["unbound"]) == (0, 0)
    carrier.wait_for("unbound")
    assert {message.receipt for message in carrier.messages(source="ACME")} == {"acknowledged"}
