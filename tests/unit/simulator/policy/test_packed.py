"""The policy of a pack: rules, and how each carrier tells of messages."""

from carrierbox.clock import NetworkTime
from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.identifiers import Address
from carrierbox.matching import RuleBook
from carrierbox.relay import ACCEPTED, Submission, Verdict
from carrierbox.simulator.policy.packed import Habits, PackedPolicies, PackedPolicy
from carrierbox.simulator.policy.screening import OpenPolicy, Policy
from carrierbox.smpp.values import DELIVERED, ESME_RINVSRCADR, REJECTED, UNDELIVERABLE

NOON = NetworkTime(1_800_000_000.0)
HABITS = {
    "Phone": Habits(filtered_state=REJECTED, filtered_err="100"),
    "Network": Habits(of_phone=False, filtered_state=UNDELIVERABLE, filtered_err="7"),
    "Silent": Habits(tells=False),
}


def judged(carrier: str, then: dict[str, object], text: bytes = b"Hi") -> Verdict:
    """The verdict on a text to a phone of a carrier, by one rule."""
    rule = compile_rule(definition_of({"name": "r", "when": {"text": "Hi"}, "then": then}))
    policy = PackedPolicy(RuleBook([rule]), HABITS)
    address = Address(5, 0, "ACME")
    submission = Submission("demo", address, "33612345678", "FR", carrier, 0, b"", text)
    assert policy.rules_for(submission) == policy.rules_in_use() == [rule]
    return policy.screen(submission, NOON)


def test_what_no_rule_means_is_as_the_carrier_tells_it() -> None:
    """Of the phone the truth, of the network that it was taken, else nothing."""
    accept: dict[str, object] = {"accept": True}
    assert judged("Phone", accept, b"Ho") is ACCEPTED
    assert judged("Nobody", accept, b"Ho") is ACCEPTED
    network = judged("Network", accept, b"Ho")
    assert (network.is_told, network.told_state, network.rule) == (True, DELIVERED, "open")
    assert network.told_when_taken
    assert not judged("Network", {"report": {"state": "EXPIRED"}}).told_when_taken
    assert not judged("Silent", accept, b"Ho").is_told
    assert ACCEPTED.is_told
    assert ACCEPTED.told_state == 0


def test_a_filtered_message_is_told_in_the_words_of_the_carrier() -> None:
    """Unless the rule has an err of its own, tells a lie, or tells nothing."""
    filtered: dict[str, object] = {"deliver": False, "report": {"state": "REJECTED"}}
    for carrier, state, err in (("Phone", REJECTED, "100"), ("Network", UNDELIVERABLE, "7")):
        verdict = judged(carrier, filtered)
        assert (verdict.told_state, verdict.told_err, verdict.delivers) == (state, err, False)
    own = judged("Network", {"deliver": False, "report": {"state": "REJECTED", "err": "30034"}})
    assert (own.told_state, own.told_err) == (REJECTED, "30034")
    lie = judged("Network", {"deliver": False, "report": {"state": "DELIVERED"}})
    assert (lie.told_state, lie.told_err) == (DELIVERED, "")
    assert not judged("Network", {"deliver": False, "report": "none"}).is_told


def test_failures_and_refusals_are_told_as_they_are() -> None:
    """A network error is the network's to tell; what is refused is answered."""
    assert judged("Network", {"cause": "ABSENT_SUBSCRIBER"}).told_state == 0
    refused = judged("Silent", {"command_status": "ESME_RINVSRCADR"})
    assert (refused.command_status, refused.is_told) == (ESME_RINVSRCADR, True)


def test_the_policy_of_a_country_is_made_when_it_is_asked_for() -> None:
    """And once; a country without one is open."""
    made: list[str] = []
    french = PackedPolicy(RuleBook(), {})

    def make(country: str) -> Policy | None:
        made.append(country)
        return french if country == "FR" else None

    policies = PackedPolicies(make)
    assert made == []
    assert policies.policy_of("FR") is policies.policy_of("FR") is french
    assert isinstance(policies.policy_of("DE"), OpenPolicy)
    address = Address(5, 0, "ACME")
    for _ in range(2):
        submission = Submission("demo", address, "4915112345678", "DE", "O2", 0, b"", b"Hi")
        assert policies.screen(submission, NOON) is ACCEPTED
        assert policies.rules_for(submission) == []
    assert made == ["FR", "DE"]
