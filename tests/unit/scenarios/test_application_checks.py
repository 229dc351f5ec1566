"""What an application said on its links; tests/unit/scenarios/test_expectations.py has the rest."""

import pytest

from carrierbox.scenarios.application_checks import is_submission_like
from carrierbox.scenarios.steps_written import Traffic
from carrierbox.scenarios.traffic import Entry
from carrierbox.smpp.pdus import EnquireLink, SubmitSm


def entry() -> Entry:
    """A submission."""
    found = Entry(1, 0.0)
    found.system_id = "demo"
    found.pdu = SubmitSm(
        source_addr="ACME", destination_addr="33612345678", short_message=b"Hi", data_coding=0
    )
    return found


@pytest.mark.parametrize(
    ("said", "is_like"),
    [
        (Traffic(), True),
        (Traffic(sender="ACME", to="+33612345678", text="Hi", account="demo"), True),
        (Traffic(to="33612345678", data_coding=0), True),
        (Traffic(text="+Hi"), False),
        (Traffic(registered_delivery=1), False),
        (Traffic(account="other"), False),
    ],
)
def test_a_submission_is_compared(said: Traffic, is_like: bool) -> None:
    """Numbers with their plus or without."""
    assert is_submission_like(entry(), said) == is_like


def test_other_pdus_are_no_submissions() -> None:
    """An enquire_link says nothing."""
    other = Entry(1, 0.0)
    other.pdu = EnquireLink()
    assert not is_submission_like(other, Traffic())
