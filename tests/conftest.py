"""What all tests share."""

import gc
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from carrierbox.build_mode import build_mode

# Shared machines are slow by fits, so no example has a deadline; the same examples every time, so
# that a red run can be run again. With `--hypothesis-profile fast` there are fewer of them, also of
# tests that say how many they want: they say it in proportion to `settings().max_examples`.
settings.register_profile("carrierbox", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("fast", settings.get_profile("carrierbox"), max_examples=20)
settings.load_profile("carrierbox")

YOUNG_OBJECTS = 10_000
"""So many new objects, not a few hundred, before the garbage collector looks at them."""


def pytest_report_header() -> str:
    """Says which of the two builds is under test."""
    return f"carrierbox: {build_mode()}"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Sets what was collected aside: it stays until the end of the run.

    Otherwise every full garbage collection looks through all modules and ten thousand tests, which
    together takes a third of a run.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.set_threshold(YOUNG_OBJECTS)
        gc.freeze()


@pytest.fixture
def nothing_frozen() -> Iterator[None]:
    """Nothing is set aside while the test runs, so that it sees what its subject sets aside."""
    gc.unfreeze()
    yield
    gc.freeze()
