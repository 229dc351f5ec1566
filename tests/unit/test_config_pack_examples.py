"""Each rule of each pack decides about its example, and nothing does in its place."""

from functools import cache

import pytest

from carrierbox.config_pack_examples import example_problems, rules_of, verdict_on_example
from carrierbox.config_packs import Pack, PackRule, built_in_pack, countries_with_packs, read_pack
from carrierbox.relay import Verdict

pack_of = cache(built_in_pack)
"""Each is read once: a pack takes tens of milliseconds."""

RULES = [
    pytest.param(country, rule, id=rule.name)
    for country in countries_with_packs()
    for rule in pack_of(country).rules
]


def going_on(pack: Pack) -> set[str]:
    """The rules that only note something and let others decide."""
    return {rule.name for rule in pack.rules if rule.then.go_on is True}


@pytest.mark.parametrize(("country", "rule"), RULES)
def test_the_example_of_a_rule_is_decided_by_it(country: str, rule: PackRule) -> None:
    """By this rule and those that go on; without it something else becomes of the message."""
    pack = pack_of(country)
    verdict = verdict_on_example(pack, rule, pack.rules)
    decided = rules_of(verdict)
    assert rule.name in decided
    assert set(decided) - {rule.name} <= going_on(pack)
    others = [each for each in pack.rules if each is not rule]
    without = verdict_on_example(pack, rule, others)
    assert rule.name not in rules_of(without)
    assert outcome(verdict) != outcome(without)


def outcome(verdict: Verdict) -> tuple[object, ...]:
    """What a verdict does, without whose it is."""
    names = (
        "command_status",
        "cause",
        "source",
        "delivers",
        "is_told",
        "told_state",
        "told_err",
        "hold_until",
        "text",
    )
    return tuple(getattr(verdict, name) for name in names)


def test_examples_that_show_nothing_are_told() -> None:
    """A number of elsewhere, a rule that another one goes before, a sender that is none."""
    text = """\
country: NL
date: "2026-11-23"
currency: EUR
sources: [{id: trade, publisher: general knowledge, title: what is told}]
carriers:
  - name: KPN
    receipts: none
    why: It tells nothing.
    basis: typical
    source: trade
    filtered: {state: REJECTED, err: "100"}
numbers: {}
prices: {basis: typical, source: trade}
rules:
"""
    rule = """\
  - name: %s
    why: So it is.
    basis: typical
    source: trade
    then: {accept: true}
    example: {from: %s, to: "%s", text: Hi, at: "%s"}
"""
    noon = "12:00"
    rules = (
        rule % ("first", "ACME", "+31612345678", noon)
        + rule % ("second", "ACME", "+31612345678", noon)
        + rule % ("third", "ACME", "+33612345678", noon)
        + rule % ("fourth", "A*B", "+31612345678", noon)
        + rule % ("fifth", "ACME", "+31612345678", "29:00")
    )
    problems = example_problems(read_pack(text + rules, "nl.yaml"))
    assert [index for index, _ in problems] == [1, 2, 3, 4]
    assert problems[0][1] == "first decides about it, not second"
    assert problems[1][1] == "+33612345678 is no number of NL"
    assert problems[2][1].startswith("A*B is no sender: ")
    assert problems[3][1].startswith("29:00 is no time: ")
