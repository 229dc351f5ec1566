"""The plugin as pytest sees it, in a process of its own."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

INSTALLED = bool(entry_points(group="pytest11", name="carrierbox"))

TESTS = """
import pytest

def test_defaults(carrier, phone):
    assert (carrier.system_id, carrier.password) == ("demo", "demo")
    assert phone.number == "+33612345678"
    assert phone.is_on
    assert phone.texts == []

@pytest.mark.carrierbox(accounts={"acme": "secret"}, phones=["+447700900123"])
def test_marked(carrier, phone):
    assert (carrier.system_id, carrier.password) == ("acme", "secret")
    phone.send("+447700900123", "Hi")

@pytest.mark.parametrize("number", range(6))
def test_each_has_its_own(carrier, phone, number):
    friend = carrier.phone("+447700900123")
    phone.send(friend.number, str(number))
    assert friend.texts == [str(number)]
"""


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in an empty project."""
    plugin = [] if INSTALLED else ["-p", "carrierbox.testing.plugin"]
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:asyncio", *plugin, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_each_test_has_a_carrier_of_its_own(tmp_path: Path, workers: list[str]) -> None:
    """Fixtures, marker, and workers beside each other."""
    (tmp_path / "test_them.py").write_text(TESTS)
    done = run_pytest(tmp_path, "-W", "error", "--strict-markers", *workers)
    assert "8 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_a_run_may_capture_what_all_carriers_carry(tmp_path: Path, workers: list[str]) -> None:
    """A file for each carrier, named after its test, in a folder that need not exist."""
    (tmp_path / "test_them.py").write_text(
        "from carrierbox.testing.carrier import Carrier\n"
        "def test_one(carrier): pass\n"
        "def test_two(carrier):\n"
        "    with Carrier(): pass\n"
        "def test_own(tmp_path):\n"
        "    with Carrier(capture=tmp_path / 'own.pcapng'): pass\n"
    )
    done = run_pytest(tmp_path, f"--carrierbox-capture={tmp_path / 'a' / 'b'}", *workers)
    assert "3 passed" in done.stdout, done.stdout
    names = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert [name.rpartition("-")[0].rpartition("-")[0] for name in names] == [
        "test_them.py-test_one",
        "test_them.py-test_two",
        "test_them.py-test_two",
    ]


def test_the_marker_takes_named_arguments_only(tmp_path: Path) -> None:
    """Anything else is told as what it is."""
    (tmp_path / "test_it.py").write_text(
        "import pytest\n@pytest.mark.carrierbox('demo')\ndef test_it(carrier): pass\n"
    )
    done = run_pytest(tmp_path)
    assert "named arguments only" in done.stdout


def test_the_fixtures_and_the_marker_explain_themselves(tmp_path: Path) -> None:
    """`pytest --fixtures` and `pytest --markers`."""
    fixtures = run_pytest(tmp_path, "--fixtures", "-v").stdout
    assert "carrier.host" in fixtures
    assert "+33612345678" in fixtures
    assert "carrierbox(accounts" in run_pytest(tmp_path, "--markers").stdout


def test_nothing_is_imported_before_a_test_asks(tmp_path: Path) -> None:
    """pytest loads the plugin wherever carrierbox is installed: it must cost nothing there."""
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    loaded = {name for name in sys.modules if name.startswith('carrierbox')}\n"
        "    assert loaded == {'carrierbox', 'carrierbox.testing', 'carrierbox.testing.plugin'}\n"
        "    assert not {'msgspec', 'litestar', 'structlog', 'smpplib'} & set(sys.modules)\n"
    )
    done = run_pytest(tmp_path, "-p", "no:xdist", "-p", "no:hypothesispytest")
    assert "1 passed" in done.stdout, done.stdout
