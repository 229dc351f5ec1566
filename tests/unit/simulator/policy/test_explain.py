"""Explaining a verdict: which rules match, which come close, and that nothing is counted for it."""

from carrierbox.config_match import Supplies
from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.identifiers import Address
from carrierbox.matching import Rule, RuleBook
from carrierbox.relay import Submission, Verdict
from carrierbox.simulator.policy.content import WordLists
from carrierbox.simulator.policy.explain import (
    UNLESS,
    Explanation,
    Stage,
    explain,
    words_of_rules,
)
from carrierbox.simulator.policy.packed import Habits, PackedPolicy
from carrierbox.simulator.policy.screening import Policies, RuledPolicies

REFUSED = {"command_status": "ESME_RPROHIBITED"}


def rule(name: str, when: object, then: object = None, unless: object = None) -> Rule:
    written = {"name": name, "when": when, "then": then or REFUSED}
    if unless is not None:
        written["unless"] = unless
    return compile_rule(definition_of(written))


def submission(text: bytes = b"Hi") -> Submission:
    return Submission("shop", Address(5, 0, "ACME"), "14155550123", "US", "T", 0, b"", text)


def names(found: Explanation) -> tuple[list[str], list[str]]:
    matched = [each.rule.name for each in found.matched]
    return matched, [each.rule.name for each in found.close]


def test_a_rule_matches_or_comes_close_or_neither() -> None:
    """Close: one of several conditions fails."""
    rules = [
        rule("two fail", {"country": "FR", "account": "bank", "source_addr": "ACME"}),
        rule("one fails", {"country": "US", "account": "bank"}),
        rule("one of one fails", {"country": "FR"}),
        rule("excepted", {"country": "US"}, unless={"source_addr": "ACME"}),
        rule("matches", {"country": "US"}, unless={"source_addr": "ACME", "country": "FR"}),
    ]
    found = explain([Stage(rules)], submission())
    assert names(found) == (["matches"], ["one fails", "excepted"])
    assert found.verdict.rule == "matches"
    failed = found.close[0].failed[0]
    assert (failed.subject, failed.wanted, failed.found) == ("account", "bank", "shop")
    excepted = found.close[1].findings[1]
    assert (excepted.place, excepted.holds) == (UNLESS, True)


def test_rules_behind_the_one_that_decides_are_looked_at_but_not_asked() -> None:
    """Who mends one rule wants to know the next."""
    rules = [rule("first", {"country": "US"}), rule("second", {"country": "US"})]
    found = explain([Stage(rules)], submission())
    assert [(each.rule.name, each.was_asked) for each in found.matched] == [
        ("first", True),
        ("second", False),
    ]
    assert found.verdict.rule == "first"


def test_rules_that_go_on_have_a_say_with_the_next() -> None:
    """Their names are told together, those of carriers too."""
    noted = rule("noted", {}, {"hold": "15m", "go_on": True})
    carriers = rule("carrier", {"country": "US"})
    found = explain([Stage([noted], True), Stage([carriers])], submission())
    assert found.verdict.rule == "noted, carrier"
    assert found.verdict.command_status == 0x101


def test_a_box_that_accepts_asks_no_carrier() -> None:
    """The first that decides is the last that is asked."""
    found = explain(
        [Stage([rule("ours", {}, {"accept": True})], True), Stage([rule("theirs", {})])],
        submission(),
    )
    assert found.verdict.rule == "ours"
    assert [each.was_asked for each in found.rules] == [True, False]


def test_who_is_suspended_is_refused_before_any_rule_is_asked() -> None:
    """A rule that matches says nothing any more."""
    refusal = Verdict(0x0A, "suspended")
    found = explain([Stage([rule("any", {})])], submission(), refusal)
    assert found.verdict is refusal
    assert not found.rules[0].was_asked


def test_a_window_is_close_from_four_fifths_on() -> None:
    """Alone, too: it needs no other condition that holds."""
    throttle = rule("throttle", {"rate": {"over": 5, "per": "1m"}})
    for sent in range(6):
        found = explain([Stage([throttle])], submission())
        assert names(found)[1] == (["throttle"] if sent in (3, 4) else [])
        assert bool(found.matched) == (sent == 5)
        throttle.match.holds(submission())


def test_nothing_is_counted_drawn_or_matched() -> None:
    """Asked a hundred times, a window is as empty as before."""
    rules = [
        rule("fast", {"rate": {"over": 1, "per": "1s"}}),
        rule("twice", {"duplicate": {"within": "1h"}}),
        rule("share", {"share": 50}),
    ]
    policies = RuledPolicies(RuleBook(rules), Policies())
    for _ in range(100):
        found = policies.explain(submission(), submission().at)
        assert [each.rule.name for each in found.matched] == ["share"]
        assert found.matched[0].findings[0].is_drawn
    assert [each.matched for each in rules] == [0, 0, 0]


def carriers(name: str) -> PackedPolicy:
    """The carriers of a country, with a rule."""
    return PackedPolicy(RuleBook([rule(name, {})]), {})


def test_carriers_rules_come_behind_those_of_the_box_and_visited_ones_last() -> None:
    """A phone abroad is under the rules of two countries."""
    policies = Policies(None, {"US": carriers("at home"), "FR": carriers("abroad")})
    ruled = RuledPolicies(
        RuleBook([rule("box", {"country": "DE"})]), policies, {"14155550123": "FR"}
    )
    told = [[each.name for each in stage.rules] for stage in ruled.stages_for(submission())]
    assert told == [["box"], ["at home"], ["abroad"]]
    assert [each.name for each in ruled.rules_for(submission())] == ["box", "at home", "abroad"]


def test_numbers_of_no_country_are_explained_by_magic_numbers() -> None:
    """They are no carrier's business."""
    lost = Submission("shop", Address(5, 0, "ACME"), "999000", "", "", 0, b"", b"")
    magic = rule("magic", {"destination": {"prefix": "999"}})
    found = RuledPolicies(RuleBook([], [magic]), Policies()).explain(lost, lost.at)
    assert names(found)[0] == ["magic"]


def test_the_words_of_the_rules_classify() -> None:
    """Those of the first rule that has any."""
    words = WordLists({"gambling": ["casino"]})
    without = rule("class", {"content_class": "gambling"})
    assert not words_of_rules([Stage([without])]).size
    written = {"name": "words", "when": {"content_class": "gambling"}, "then": REFUSED}
    with_words = compile_rule(definition_of(written), Supplies(words=words))
    assert words_of_rules([Stage([without]), Stage([with_words])]) is words


def test_carriers_tell_it_in_their_way() -> None:
    """One that gives no receipts gives none."""
    silent = PackedPolicy(RuleBook(), {"T": Habits(tells=False)})
    ruled = RuledPolicies(RuleBook(), Policies(None, {"US": silent}))
    assert not ruled.explain(submission(), submission().at).verdict.is_told
