"""The library of scenarios: each holds, and fails when what it tells of is taken out."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from carrierbox.scenarios.library import builtin_names, library_table, scenario_named
from carrierbox.scenarios.report import Report
from carrierbox.scenarios.runner import run_scenario
from carrierbox.scenarios.scenario import WE_SEND, Scenario

DOCUMENTS: Final = Path(__file__).parents[2] / "docs"
SPAN: Final = re.compile(r"`([^`]+)`")
NAMES: Final = builtin_names()


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    """All of them, read once."""
    return {name: scenario_named(name) for name in NAMES}


def run(name: str, without: bool = False) -> Report:
    """Run one of those that need no application."""
    scenario = scenario_named(name, without=without)
    if scenario.role != WE_SEND:
        pytest.skip("an application of another hand goes through this in the tests of live runs")
    return run_scenario(scenario)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(name: str) -> None:
    """The report of one that does not is the message."""
    report = run(name)
    assert report.passed, "\n".join(report.lines())


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_fails_without_what_it_hangs_on(name: str) -> None:
    """Its rule, fault or condition is what it proves; one that holds without proves nothing."""
    report = run(name, without=True)
    assert not report.passed
    assert report.without


def test_it_is_a_story_of_its_own(scenarios: dict[str, Scenario]) -> None:
    """Named as its file, with a reason, and with something that it hangs on."""
    assert [each.name for each in scenarios.values()] == NAMES
    assert [each.name for each in scenarios.values() if each.hinge is None] == []
    short = [each.name for each in scenarios.values() if len(each.why.split()) < 12]
    assert short == []
    reasons = Counter(each.why for each in scenarios.values())
    assert [why for why, times in reasons.items() if times > 1] == []
    assert len(scenarios) >= 40


def test_no_two_hang_on_the_same(scenarios: dict[str, Scenario]) -> None:
    """The same rule, or the same key with the same value, whatever they are called."""
    by_meaning: dict[str, list[str]] = {}
    for each in scenarios.values():
        by_meaning.setdefault(each.hinge_meaning, []).append(each.name)
    assert [names for names in by_meaning.values() if len(names) > 1] == []


def test_the_documents_list_them() -> None:
    """docs/scenario-library.md, as `carrierbox scenario list --markdown` prints them."""
    page = (DOCUMENTS / "scenario-library.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("|")] == library_table()


def test_what_guides_say_names_scenarios_that_there_are() -> None:
    """docs/guides-to-business-sms.md: each row shows a scenario, or a command, or says not yet."""
    page = (DOCUMENTS / "guides-to-business-sms.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| G")]
    assert [row[0] for row in rows] == [f"G{number}" for number in range(1, len(rows) + 1)]
    assert len(rows) == 24
    for number, _, shown in rows:
        named = SPAN.findall(shown)
        others = [each for each in named if not each.startswith("carrierbox ")]
        assert sorted(set(others) - set(NAMES)) == [], number
        assert named or "not built yet" in shown, number
