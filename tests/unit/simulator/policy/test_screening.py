"""Carriers' rules: open everywhere until a country gets its own."""

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.matching import COUNTRY, IsOneOf, Match, Rule, RuleBook
from carrierbox.relay import ACCEPTED, Screening, Submission, Verdict
from carrierbox.simulator.policy.screening import OpenPolicy, Policies, Policy, RuledPolicies

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


def a_rule(name: str, country: str) -> Rule:
    """A rule about one country."""
    match = Match([IsOneOf(COUNTRY, frozenset({country}))])
    return Rule(name, match, Verdict(0x58, name), name)


def busy_carriers() -> tuple[Policy, Rule]:
    """Carriers that refuse everything, and the rule that counts what they are asked."""
    busy = Rule("busy", Match([]), Verdict(0x14, "busy"), "busy")
    return RuledPolicies(RuleBook([busy]), Policies()), busy


def test_rules_are_asked_before_carriers() -> None:
    """Design §2: test rules, the configured ones, then the carrier's; the first answer wins."""
    carriers, busy = busy_carriers()
    rules = RuleBook([a_rule("configured", "FR")])
    screening: Screening = RuledPolicies(rules, carriers)
    assert screening.screen(submission("FR"), NOON).rule == "configured"
    rules.add_test_rule(a_rule("test", "FR"))
    assert screening.screen(submission("FR"), NOON).rule == "test"
    assert busy.matched == 0
    assert screening.screen(submission("DE"), NOON).rule == "busy"
    rules.put_test_rules([])
    assert screening.screen(submission("FR"), NOON).rule == "configured"


def test_without_rules_carriers_are_asked_at_once() -> None:
    """The verdict of open rules is still the one shared object."""
    assert RuledPolicies(RuleBook(), Policies()).screen(submission("FR"), NOON) is ACCEPTED
    assert RuledPolicies(RuleBook(), Policies()).rules_in_use() == []


def test_a_number_of_no_country_is_no_carriers_business() -> None:
    """Only rules are asked, the built-in ones last."""
    carriers, busy = busy_carriers()
    rules = RuleBook(built_in=[a_rule("magic", "")])
    assert RuledPolicies(rules, carriers).screen(submission(""), NOON).rule == "magic"
    assert RuledPolicies(RuleBook(), carriers).screen(submission(""), NOON) is ACCEPTED
    assert busy.matched == 0


def refusing(name: str) -> Policy:
    """A carrier that refuses everything, by a rule of that name."""
    return RuledPolicies(RuleBook([Rule(name, Match([]), Verdict(0x58, name), name)]), Policies())


def test_a_phone_abroad_must_also_pass_the_rules_of_where_it_is() -> None:
    """A French phone in India is reached through an Indian carrier, once the French one agrees."""
    visited: dict[str, str] = {}
    policies = Policies(by_country={"IN": refusing("india")})
    screening = RuledPolicies(RuleBook(), policies, visited)
    assert screening.screen(submission("FR"), NOON) is ACCEPTED
    visited["33612345678"] = "IN"
    assert screening.screen(submission("FR"), NOON).rule == "india"
    at_home = RuledPolicies(
        RuleBook(), Policies(by_country={"FR": refusing("france"), "IN": OpenPolicy()}), visited
    )
    assert at_home.screen(submission("FR"), NOON).rule == "france"
    visited["33612345678"] = "FR"
    assert screening.screen(submission("FR"), NOON) is ACCEPTED


def noting(name: str) -> Rule:
    """A rule about all that is only noted."""
    verdict = Verdict(0, name)
    verdict.goes_on = True
    verdict.copies = 2
    return Rule(name, Match([]), verdict, name)


def test_what_rules_noted_goes_into_the_verdict_of_the_carrier() -> None:
    """`go_on`: test rules, the configured ones, then the carrier, with a name for each."""
    carriers, busy = busy_carriers()
    rules = RuleBook([noting("first"), noting("second")], [a_rule("magic", "")])
    verdict = RuledPolicies(rules, carriers).screen(submission("FR"), NOON)
    assert (verdict.command_status, verdict.rule) == (0x14, "first, second, busy")
    assert busy.matched == 1
    verdict = RuledPolicies(rules, Policies()).screen(submission("FR"), NOON)
    assert (verdict.command_status, verdict.rule, verdict.copies) == (0, "first, second", 2)
    assert not verdict.goes_on
    verdict = RuledPolicies(rules, carriers).screen(submission(""), NOON)
    assert verdict.rule == "first, second, magic"
    rules = RuleBook([noting("first")])
    assert RuledPolicies(rules, carriers).screen(submission(""), NOON).rule == "first"
    assert ACCEPTED.copies == 1
