"""Writes docs/conformance.md, a protocol implementation conformance statement (`make conformance`).

An item of the statement (`tools/conformance_items.py`) counts as supported only if its tests ran
and passed just now, and fail when its guard is taken out (`tools/mutations.py`).
"""

import argparse
import difflib
import sys
import textwrap
import time
from pathlib import Path
from typing import Final

from tools.conformance_items import NO, PARTLY, REPOSITORY, YES, Group, Item, load_groups
from tools.mutations import Outcome, print_table, run_all, write_result

PAGE: Final = REPOSITORY / "docs" / "conformance.md"
LINE_CHARACTERS: Final = 120

ABOUT: Final = (
    "What carrierbox supports of SMPP 3.4 Issue 1.2, in the form of a protocol implementation "
    "conformance statement. The carrier is the SMSC; what is said of the ESME goes for the "
    "sessions of `smpp/session.py`, which are the same for both ends.",
    "`make conformance` makes this page from the tables in `tests/conformance/smpp34` and from a "
    "run of the tests: nobody writes it. An item is supported if its tests ran and passed in that "
    "run, and if one of them fails when the item's guard is taken out of the code: every item "
    "names the faults that do so, and `make mutations` plants them one by one.",
)
NOTES: Final = (
    "Clauses are those of SMPP 3.4. Tests are named from `tests` on; an item names those that fail "
    "without its guard, not all that touch it. Statuses and how to provoke them: "
    "[statuses.md](statuses.md)."
)


def page(groups: list[Group], failed: dict[str, str]) -> str:
    """The statement. `failed` has a reason for each item that its run did not support."""
    items = [item for group in groups for item in group.items]
    supports = [support_of(item, failed) for item in items]
    counts = [
        len(items),
        supports.count(YES),
        sum(support.startswith(PARTLY) for support in supports),
        sum(support.startswith(NO) for support in supports),
        sum(len(item.faults) for item in items if item.name not in failed),
    ]
    parts = ["# Conformance\n\n", *(f"{filled(each)}\n\n" for each in ABOUT)]
    parts.append("| Items | Supported | In part | Not supported | Faults planted and caught |\n")
    parts.append(f"|---|---|---|---|---|\n| {' | '.join(map(str, counts))} |\n\n{filled(NOTES)}\n")
    for group in groups:
        parts.append(f"\n## {group.heading}\n\n{filled(group.about)}\n\n")
        parts.append("| Item | | Clause | Supported | Tests |\n|---|---|---|---|---|\n")
        parts += [f"{row(item, support_of(item, failed))}\n" for item in group.items]
    return "".join(parts)


def filled(text: str) -> str:
    """A paragraph in lines."""
    return textwrap.fill(text, LINE_CHARACTERS, break_on_hyphens=False, break_long_words=False)


def support_of(item: Item, failed: dict[str, str]) -> str:
    """`yes`, or `partly` or `no` with the reason."""
    if item.name in failed:
        return f"{NO}: {failed[item.name]}"
    return f"{item.supported}: {item.note}" if item.note else item.supported


def row(item: Item, support: str) -> str:
    """The line of an item."""
    tests = "<br>".join(f"`{test}`" for test in item.tests)
    return f"| {item.name} | {item.text} | {item.clause} | {support} | {tests} |"


def failures(groups: list[Group], outcome: Outcome) -> dict[str, str]:
    """Why items that claim support have none."""
    found = {}
    for group in groups:
        for item in group.items:
            problems = outcome.problems_of(item) if item.supported != NO else []
            if problems:
                found[item.name] = "; ".join(problems)
    return found


def main() -> int:
    """Run everything and write the page, or compare it; 1 if an item fails or the page differs."""
    parser = argparse.ArgumentParser(prog="conformance", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare the page, do not write it")
    parser.add_argument("--workers", type=int, default=2, help="faults at a time (default 2)")
    arguments = parser.parse_args()
    started = time.monotonic()
    groups = load_groups()
    items = [item for group in groups for item in group.items]
    outcome = run_all(items, arguments.workers)
    print_table(outcome, everything=False)
    write_result(outcome, time.monotonic() - started)
    failed = failures(groups, outcome)
    for name, why in failed.items():
        print(f"{name}: {why}")
    text = page(groups, failed)
    caught = sum(one.is_caught for one in outcome.planted)
    print(
        f"{len(items)} items, {len(failed)} of them failed; {caught} of {len(outcome.planted)} "
        f"faults caught; {time.monotonic() - started:.0f} s"
    )
    if arguments.check:
        return 1 if differs(PAGE, text) or failed else 0
    PAGE.write_text(text, encoding="utf-8")
    return 1 if failed else 0


def differs(path: Path, text: str) -> bool:
    """Whether a page is not what it would be now; prints where."""
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    if found == text:
        return False
    lines = difflib.unified_diff(
        found.splitlines(), text.splitlines(), "as it is", "as it would be"
    )
    print("\n".join([*lines][:40]))
    print(f"{path.relative_to(REPOSITORY)} is not up to date: make conformance")
    return True


if __name__ == "__main__":
    sys.exit(main())
