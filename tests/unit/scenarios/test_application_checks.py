"""What an application said on its links; tests/unit/scenarios/test_expectations.py has the rest."""

import pytest

from carrierbox.scenarios.application_checks import is_submission_like
from carrierbox.scenarios.steps_written import Traffic
from carrierbox.scenarios.traffic import Entry
from carrierbox.smpp.fields import DistributionListDestination, SmeDestination
from carrierbox.smpp.pdus import EnquireLink, SubmitMulti, SubmitSm


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
        (Traffic(operation="submit_sm"), True),
        (Traffic(operation="submit_multi"), False),
    ],
)
def test_a_submission_is_compared(said: Traffic, is_like: bool) -> None:
    """Numbers with their plus or without."""
    assert is_submission_like(entry(), said) == is_like


def test_a_submit_multi_goes_to_any_of_its_destinations() -> None:
    """Numbers and distribution lists."""
    found = entry()
    found.pdu = SubmitMulti(
        source_addr="ACME",
        dest_address=[SmeDestination(1, 1, "33612345678"), DistributionListDestination("staff")],
        short_message=b"Hi",
    )
    for to in ("+33612345678", "33612345678", "staff"):
        assert is_submission_like(found, Traffic(to=to, text="Hi", operation="submit_multi"))
    assert not is_submission_like(found, Traffic(to="+33612345679"))


def test_other_pdus_are_no_submissions() -> None:
    """An enquire_link says nothing."""
    other = Entry(1, 0.0)
    other.pdu = EnquireLink()
    assert not is_submission_like(other, Traffic())
