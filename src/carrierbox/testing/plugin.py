"""The pytest plugin: a carrier and a phone as fixtures, for any test suite.

pytest loads it in every environment that carrierbox is installed in, so it imports nothing of
carrierbox before a test asks for a fixture.
"""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from carrierbox.testing.carrier import Carrier, Phone

PHONE_NUMBER: Final = "+33612345678"
MARKER: Final = "carrierbox"
CAPTURE: Final = "--carrierbox-capture"
NAME_CHARACTERS_MAX: Final = 100


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option, for a whole run."""
    parser.getgroup("carrierbox").addoption(
        CAPTURE,
        metavar="DIR",
        help="write what each carrier's links carry to a pcapng file in this folder, under the "
        "name of its test",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and let carriers capture if that was asked for."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(accounts=…, phones=…, store=…, start=…, session=…, …): "
        "how the carrier of the fixture `carrier` is made, see carrierbox.testing.carrier.Carrier",
    )
    folder = config.getoption(CAPTURE)
    if folder:
        from carrierbox.testing.carrier import Carrier

        Carrier.next_capture = capture_namer(Path(folder))


def pytest_unconfigure(config: pytest.Config) -> None:
    """A run inside a process that goes on leaves nothing behind."""
    if config.getoption(CAPTURE, None):
        from carrierbox.testing.carrier import Carrier

        Carrier.next_capture = None


def capture_namer(folder: Path) -> Callable[[], Path]:
    """Gives each capture a file of its own in `folder`, made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = count(1)

    def name() -> Path:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0].rpartition("/")[2]
        words = re.sub(r"[^A-Za-z0-9_.]+", "-", test)[:NAME_CHARACTERS_MAX]
        # Tests may run in several processes at a time.
        return folder / f"{words}-{os.getpid()}-{next(numbers)}.pcapng"

    return name


@pytest.fixture
def carrier(request: pytest.FixtureRequest) -> Iterator[Carrier]:
    """A mobile carrier on a free port of 127.0.0.1, of this test alone.

    Bind to `carrier.host`, `carrier.port` as `carrier.system_id` with `carrier.password` (account
    demo:demo). `carrier.phone("+33612345678").texts` is what arrived, `carrier.advance("3h")` moves
    the network's clock. `@pytest.mark.carrierbox(accounts={"acme": "secret"}, phones=["+1…"])`
    makes it another one.
    """
    from carrierbox.testing.carrier import Carrier

    marker = request.node.get_closest_marker(MARKER)
    settings = {} if marker is None else marker.kwargs
    if marker is not None and marker.args:
        raise pytest.UsageError(f"the marker {MARKER} takes named arguments only")
    with Carrier(**settings) as running:
        yield running


@pytest.fixture
def phone(carrier: Carrier) -> Phone:
    """A phone in France, +33612345678, in the network of `carrier`; switched on.

    `phone.texts` is what its screen shows; `phone.off()`, `phone.on()` and
    `phone.send("+33698765432", "Hi")` do what they say.
    """
    return carrier.phone(PHONE_NUMBER)
