"""The table of rules. What breaks each is in test_linter.py."""

import re
from pathlib import Path

import pytest

from carrierbox.lint.rule_tables import RULES, SEVERITIES


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_is_complete(rule_id: str) -> None:
    """A clause of a specification, a trap of the field study, a title and a remedy."""
    rule = RULES[rule_id]
    assert rule.rule_id == rule_id
    assert re.fullmatch(r"[a-z0-9.]+(-[a-z0-9.]+)+|[a-z]+", rule_id)
    assert rule.severity in SEVERITIES
    assert re.match(r"(SMPP 3\.4|TS 23\.0\d\d) §\d", rule.clause)
    assert re.fullmatch(r"T(0[1-9]|[1-4]\d|50)", rule.trap)
    for sentence in (rule.title, rule.remedy):
        assert sentence
        assert not sentence.endswith(".")


def test_the_documents_list_every_rule() -> None:
    """docs/lint.md, in the order of the table."""
    page = Path(__file__).parents[3] / "docs" / "lint.md"
    rows = re.findall(
        r"^\| ([a-z0-9.-]+) \| (\w+) \| (.*) \| (.*) \|$", page.read_text("utf-8"), re.M
    )
    assert rows == [
        (each.rule_id, each.severity, each.clause, each.title) for each in RULES.values()
    ]


def test_titles_are_told_apart() -> None:
    """A reader sees titles, not ids."""
    assert len({rule.title for rule in RULES.values()}) == len(RULES)
