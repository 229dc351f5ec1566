"""What is installed: version, data, type information, console script."""

import re
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution, entry_points
from importlib.resources import files
from importlib.util import find_spec

import pytest

import carrierbox
from carrierbox.build_mode import build_mode

try:
    INSTALLED: Distribution | None = distribution("carrierbox")
except PackageNotFoundError:
    INSTALLED = None

needs_installation = pytest.mark.skipif(
    INSTALLED is None, reason="run from the sources, without an installation: no metadata"
)
needs_command_line = pytest.mark.skipif(
    find_spec("carrierbox.cli") is None, reason="this build has no command line"
)


def test_the_version_is_a_release_number() -> None:
    """PEP 440, three numbers."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", carrierbox.__version__)


@pytest.mark.parametrize("name", ["py.typed", "data/numbering.tsv", "data/receipt_dialects.toml"])
def test_the_files_beside_the_modules_are_installed(name: str) -> None:
    """Type information for users of the package, and the tables the router reads."""
    assert files("carrierbox").joinpath(name).is_file()


@needs_installation
def test_the_metadata_says_the_same_version_as_the_package() -> None:
    """One source of the version."""
    assert INSTALLED is not None
    assert INSTALLED.version == carrierbox.__version__


@needs_installation
def test_the_metadata_names_licence_python_and_extras() -> None:
    """What a package index shows."""
    assert INSTALLED is not None
    metadata = INSTALLED.metadata
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {"mqtt", "postgres", "test", "dev"} <= set(metadata.get_all("Provides-Extra") or [])


@needs_installation
def test_the_console_script_calls_the_command_line() -> None:
    """`carrierbox` and `python -m carrierbox` are the same."""
    scripts = entry_points(group="console_scripts", name="carrierbox")
    assert [script.value for script in scripts] == ["carrierbox.cli:main"]


@needs_command_line
def test_the_version_is_printed_with_the_build_mode() -> None:
    """A user can say in a report which of the two builds runs."""
    done = subprocess.run(
        [sys.executable, "-m", "carrierbox", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert carrierbox.__version__ in done.stdout
    assert build_mode() in done.stdout


@needs_command_line
def test_the_version_is_printed_without_loading_what_is_slow() -> None:
    """`--version` imports no event loop, no web framework and no logging library."""
    program = (
        "import sys\n"
        "sys.argv = ['carrierbox', '--version']\n"
        "from carrierbox.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    pass\n"
        "print('loaded:', *({'asyncio', 'litestar', 'rich', 'structlog'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1].strip() == "loaded:"
