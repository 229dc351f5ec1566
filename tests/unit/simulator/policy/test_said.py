"""A condition whose answer is known beforehand."""

from carrierbox.identifiers import Address
from carrierbox.relay import Submission
from carrierbox.simulator.policy.said import IsSaid

SUBMISSION = Submission("demo", Address(5, 0, "ACME"), "33612345678", "FR", "", 0, b"", b"Hi")


def test_it_holds_if_what_is_said_is_wanted() -> None:
    """Whatever the message."""
    wanted = frozenset(["approved", "pending"])
    assert IsSaid("registration", "approved", wanted).holds(SUBMISSION)
    assert not IsSaid("registration", "none", wanted).holds(SUBMISSION)
    assert IsSaid("registration", "none", wanted).subject() == "registration"
