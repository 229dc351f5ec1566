"""node-smpp, not ours and not in Python, listens and is called by outbind."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from carrierbox.smsc.accounts import AccountSettings, OutbindSettings
from carrierbox.testing.carrier import Carrier

MODULES = Path(__file__).parents[2] / ".node_modules-cache" / "node_modules"
NODE = shutil.which("node")
LIMIT_S = 30

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(
        NODE is None or not (MODULES / "smpp").is_dir(),
        reason="node-smpp is not installed: make interop-deps (needs node and npm)",
    ),
]


def test_node_smpp_binds_when_it_is_called() -> None:
    """SMPP 3.4 §4.1.7: it reads our outbind, binds over that link and takes what waited."""
    with subprocess.Popen(
        [NODE or "node", str(Path(__file__).with_name("node_smpp_called.js"))],
        env={**os.environ, "NODE_PATH": str(MODULES)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as node:
        try:
            assert node.stdout is not None
            outbind = OutbindSettings("127.0.0.1", int(node.stdout.readline()), "centre", "knock")
            account = AccountSettings("demo", "demo", outbind=outbind)
            with Carrier(accounts=[account], phones=["+33612345678"]) as carrier:
                carrier.phone("+33612345678").send("38100", "Bonjour")
                output, errors = node.communicate(timeout=LIMIT_S)
                carrier.wait_for("receipt_acknowledged")
        finally:
            node.kill()
    assert node.returncode == 0, errors
    assert json.loads(output) == {
        "outbind": {"system_id": "centre", "password": "knock"},
        "bound": {"status": 0, "system_id": "carrierbox"},
        "text": "Bonjour",
        "unbound": 0,
    }
