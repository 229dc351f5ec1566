"""Carriers' rules: open everywhere until a country gets its own."""

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import ACCEPTED, Screening, Submission
from carrierbox.simulator.policy import OpenPolicy, Policies, Policy

NOON = NetworkTime(1_750_000_000.0)


def submission(country: str) -> Submission:
    return Submission(
        "demo", Address(5, 0, "ACME"), "33612345678", country, "Orange", 0, b"", b"Hi"
    )


def test_open_rules_accept_with_the_shared_verdict() -> None:
    """No object per message: the verdict of the open rules is always the same one."""
    verdict = OpenPolicy().screen(submission("FR"), NOON)
    assert verdict is ACCEPTED
    assert (verdict.command_status, verdict.rule, verdict.source) == (0, "open", None)


def test_policies_are_open_by_default_for_every_country() -> None:
    """Realistic rules are chosen, never met by surprise; an unknown country is one as well."""
    screening: Screening = Policies()
    for country in ("FR", "US", ""):
        assert screening.screen(submission(country), NOON) is ACCEPTED


def test_each_country_has_its_own_policy_or_the_default() -> None:
    """The choice is by country alone."""
    default = OpenPolicy()
    french = OpenPolicy()
    policies = Policies(default, {"FR": french})
    assert policies.policy_of("FR") is french
    assert policies.policy_of("DE") is default
    assert policies.policy_of("") is default


def test_later_changes_of_the_callers_mapping_change_nothing() -> None:
    """A verdict must not depend on what somebody does to a dictionary meanwhile."""
    default = OpenPolicy()
    mapping: dict[str, Policy] = {}
    policies = Policies(default, mapping)
    mapping["FR"] = OpenPolicy()
    assert policies.policy_of("FR") is default
