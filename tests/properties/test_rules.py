"""Rules from outside: nothing that is written breaks the reader, and globs mean what they say."""

import re
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.config_conditions import RuleError
from carrierbox.config_match import Match
from carrierbox.config_outcomes import Outcome
from carrierbox.config_rules import (
    RuleDefinition,
    compile_rule,
    definition_of,
    read_rules,
)
from carrierbox.identifiers import Address
from carrierbox.matching import fits_glob
from carrierbox.relay import Submission

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(Match.__struct_fields__, JSON),
        "text": st.fixed_dictionaries({}, optional={"pattern": st.text(), "glob": st.text()}),
    },
)
OUTCOMES = st.fixed_dictionaries({}, optional=dict.fromkeys(Outcome.__struct_fields__, JSON))
SUBMISSION = Submission(
    "shop", Address(1, 1, "447700900123"), "33612345678", "FR", "SFR", 0, b"", b"Hi *?[x]\0"
)


@given(JSON | st.lists(JSON))
def test_anything_is_a_list_of_rules_or_told_to_be_none(written: Any) -> None:
    """Everything from outside can be wrong: ValueError, and no other."""
    try:
        rules = read_rules(written)
    except ValueError:
        return
    assert isinstance(rules, tuple)


@given(st.text(), CONDITIONS, OUTCOMES)
def test_what_looks_like_a_rule_is_one_or_says_why_not(name: str, when: Any, then: Any) -> None:
    """A rule that was read can be asked, and be written again."""
    try:
        definition = definition_of({"name": name, "when": when, "then": then})
        rule = compile_rule(definition)
    except RuleError:
        return
    rule.match.holds(SUBMISSION)
    assert msgspec.json.decode(msgspec.json.encode(definition), type=RuleDefinition) == definition


@given(st.text("ab*?", max_size=12), st.text("ab*?", max_size=8))
def test_a_glob_is_the_regular_expression_it_stands_for(text: str, glob: str) -> None:
    """`*` is any characters, `?` is one."""
    parts = {"*": ".*", "?": "."}
    expression = "".join(parts.get(character, re.escape(character)) for character in glob)
    assert fits_glob(text, glob) == (re.fullmatch(expression, text, re.DOTALL) is not None)
