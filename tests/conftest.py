"""What all tests share."""

from hypothesis import settings

from carrierbox.build_mode import build_mode

# Shared machines are slow by fits, so no example has a deadline; the same examples every time, so
# that a red run can be run again.
settings.register_profile("carrierbox", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("carrierbox")


def pytest_report_header() -> str:
    """Says which of the two builds is under test."""
    return f"carrierbox: {build_mode()}"
