"""Tells a compiled installation from an interpreted one."""

import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from carrierbox import relay
from carrierbox.build_mode import COMPILED, INTERPRETED, build_mode, is_extension


@pytest.mark.parametrize("suffix", EXTENSION_SUFFIXES)
def test_a_module_loaded_from_machine_code_is_an_extension(suffix: str) -> None:
    """Every suffix by which this Python loads extension modules."""
    assert is_extension(f"/site-packages/carrierbox/relay{suffix}")


@pytest.mark.parametrize("origin", ["/src/carrierbox/relay.py", "relay.pyc", "built-in", ""])
def test_a_module_loaded_from_source_is_no_extension(origin: str) -> None:
    """Source, byte code and modules without a file."""
    assert not is_extension(origin)


def test_the_mode_is_that_of_the_hot_modules_as_they_were_loaded() -> None:
    """The file a hot module really came from is the truth, not where it would be looked for."""
    origin = relay.__file__ or ""
    assert build_mode() == (COMPILED if is_extension(origin) else INTERPRETED)


def test_asking_for_the_mode_imports_no_hot_module() -> None:
    """`carrierbox --version` must not pay for the rooms."""
    program = (
        "import sys; from carrierbox.build_mode import build_mode; build_mode(); "
        "print([m for m in sys.modules if m.endswith(('.relay', '.session'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
