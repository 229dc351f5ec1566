"""The items of docs/conformance.md: complete, provable, and on the page as in the tables.

That their tests fail without their guards is shown by `make mutations`, which takes minutes.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from tools.conformance import PAGE, page
from tools.conformance_items import NO, PARTLY, REPOSITORY, YES, Fault, Item, load_groups
from tools.mutations import SOURCE, Report

GROUPS: Final = load_groups()
ITEMS: Final = [item for group in GROUPS for item in group.items]
CLAIMED: Final = [item for item in ITEMS if item.supported != NO]
TRAPS: Final = [f"T{number:02}" for number in (*range(1, 19), 43, 44, 45, 47, 48)]
CLAUSE: Final = re.compile(r"(SMPP 5\.0 |TS 23\.038 )?§\d+(\.\d+)*|Appendix [ABC]")


@cache
def docstrings(path: Path) -> dict[str, str]:
    """The tests of a file with what they say of themselves."""
    return {
        node.name: ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.name.startswith("test_")
    }


def docstring_of(test: str) -> str:
    """What a test says of itself; KeyError if there is none of that name."""
    path, _, name = test.partition("::")
    return docstrings(REPOSITORY / "tests" / path)[name.partition("[")[0]]


def test_every_item_has_a_name_of_its_own_and_a_clause() -> None:
    """Of SMPP 3.4, unless it says otherwise."""
    names = [item.name for item in ITEMS]
    assert len(names) == len(set(names))
    for item in ITEMS:
        assert item.text
        assert "|" not in item.text + item.note
        assert all(CLAUSE.fullmatch(each) for each in item.clause.split(", ")), item.name
        assert item.supported in (YES, PARTLY, NO)
        assert (item.supported == YES) == (item.note == ""), item.name


def test_what_is_claimed_names_tests_that_exist_and_faults() -> None:
    """And nothing else does."""
    for item in ITEMS:
        assert bool(item.tests) == bool(item.faults) == (item in CLAIMED), item.name
        for test in item.tests:
            assert docstring_of(test)


@pytest.mark.parametrize("item", CLAIMED, ids=lambda item: item.name)
def test_every_fault_can_be_planted(item: Item) -> None:
    """What it replaces is in the source once."""
    for fault in item.faults:
        source = (SOURCE / fault.file).read_text(encoding="utf-8")
        assert fault.plant(source) != source


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_cited_by_a_test_of_its_item(trap: str) -> None:
    """T01 to T18, T43 to T45, T47 and T48; each has a test that fails without its guard."""
    (item,) = [item for item in ITEMS if item.name == trap]
    assert any(trap in docstring_of(test) for test in item.tests)


def test_the_page_is_what_the_tables_say() -> None:
    """`make conformance` writes it, and nobody else."""
    assert PAGE.read_text(encoding="utf-8") == page(GROUPS, {})


def test_a_fault_that_fits_nowhere_or_twice_is_an_error() -> None:
    """A table must not outlive the code it is about."""
    assert Fault("x.py", "b", "c").plant("abba".replace("bb", "b")) == "aca"
    for source in ("aa", "abba"):
        with pytest.raises(ValueError, match="not once"):
            Fault("x.py", "b", "c").plant(source)


def a_report(**told: Any) -> Report:
    return Report({"exit_code": 1, "outcomes": {}, "failures": [], "not_collected": []} | told)


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (a_report(failures=[["AssertionError", "/tests/test_x.py"]]), "caught"),
        (a_report(failures=[["PduError", "/tree/carrierbox/x.py"]]), "caught"),
        (a_report(failures=[["TypeError", "/tests/test_x.py"]]), "caught"),
        (a_report(failures=[["TypeError", "/tree/carrierbox/x.py"]]), "broken"),
        (a_report(failures=[["NameError", "/tests/test_x.py"]]), "broken"),
        (a_report(not_collected=["test_x.py: ImportError"]), "broken"),
        (a_report(exit_code=0), "survived"),
        (a_report(exit_code=4), "exit 4"),
        (Report(None), "broken"),
    ],
)
def test_only_a_test_that_fails_for_the_right_reason_catches_a_fault(
    report: Report, verdict: str
) -> None:
    """Code that cannot be run any more proves nothing, neither does a run without an end."""
    assert report.verdict(Path("/tree")).startswith(verdict)
