"""What stands in examples/ works as it stands there."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from carrierbox.config import load_configuration
from carrierbox.testing.carrier import Carrier, Phone

EXAMPLES = Path(__file__).parents[2] / "examples"
INSTALLED = bool(entry_points(group="pytest11", name="carrierbox"))

pytestmark = pytest.mark.slow


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python as a user would."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("test_*.py")), ids=lambda path: path.name)
def test_the_tests_among_the_examples_pass(path: Path) -> None:
    """They are tests with the plugin."""
    plugin = [] if INSTALLED else ["-p", "carrierbox.testing.plugin"]
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_script_with_smpplib_sends_a_text(carrier: Carrier, phone: Phone) -> None:
    """A long one with an emoji: every part is accepted and has its receipt."""
    text = "Hello 🙂 " * 20
    script = str(EXAMPLES / "send_with_smpplib.py")
    done = run(script, phone.number, text, "--port", str(carrier.port))
    assert done.returncode == 0, done.stderr
    (shown,) = phone.screen
    assert shown.text == text
    assert done.stdout.count("accepted as ") == shown.parts
    assert done.stdout.count("stat:DELIVRD") == shown.parts


def test_every_example_is_run_here() -> None:
    """A new one must not be forgotten."""
    others = {path.name for path in EXAMPLES.glob("*") if not path.name.startswith(("test_", "_"))}
    # The phone in JavaScript is run beside a broker: tests/integration/radio.
    assert others == {
        "send_with_smpplib.py",
        "javascript-phone",
        "metro.yaml",
        "order_shipped.yaml",
    }


def test_the_metro_is_a_configuration() -> None:
    """Its towers stand, and its phone has a place."""
    configuration = load_configuration(EXAMPLES / "metro.yaml", {})
    (box,) = configuration.all_boxes().values()
    assert len(box.towers) >= 3
    assert any(phone.position is not None for phone in box.phones)
