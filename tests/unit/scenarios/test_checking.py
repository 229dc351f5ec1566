"""Which check goes with which expectation."""

from carrierbox.scenarios.checking import _CHECKS, is_negative
from carrierbox.scenarios.expectations_written import (
    SUBJECTS,
    BatchExpectation,
    PhoneExpectation,
    ReceiptExpectation,
)


def test_every_expectation_has_its_check() -> None:
    """None can be written and not be checked."""
    assert set(_CHECKS) == set(SUBJECTS.values())


def test_what_must_not_happen_is_known() -> None:
    """It has to hold all the time."""
    assert is_negative(ReceiptExpectation(receipt="m", none=True))
    assert is_negative(PhoneExpectation(phone="+1", count=0))
    assert not is_negative(PhoneExpectation(phone="+1", count=1))
    assert not is_negative(BatchExpectation(batch="b", accepted=0))
