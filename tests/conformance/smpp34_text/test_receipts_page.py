"""docs/receipts.md says what the dialects do, and names tests that cite the traps of receipts."""

import re
from pathlib import Path
from typing import Final

import pytest

from carrierbox.dialects import BASED_ON, READERS, builtin_dialects
from carrierbox.dialects_command import dialect_objects

REPOSITORY: Final = Path(__file__).parents[3]
PAGE: Final = (REPOSITORY / "docs" / "receipts.md").read_text(encoding="utf-8")
TRAPS: Final = re.findall(r"^\| (T\d\d) \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)


def section(heading: str) -> str:
    """What stands below a heading."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_page_tells_what_each_dialect_does() -> None:
    """In the words and in the order of the file."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", section("The dialects"), re.MULTILINE)
    assert rows == [(one.name, one.about) for one in builtin_dialects().values()]


def test_the_page_shows_a_receipt_of_each_dialect() -> None:
    """As the dialect writes it today."""
    lines = []
    for told in dialect_objects(builtin_dialects().values()):
        failed = told["failed"]
        assert isinstance(failed, dict)
        lines.append(f"{told['name']}  {told['message_id']}")
        lines.append(f"    {failed['text'] or '(short_message is empty)'}")
    assert section("The dialects").split("```\n")[1].splitlines() == lines


def test_the_page_explains_every_key() -> None:
    """Of a dialect of one's own."""
    rows = re.findall(r"^\| `(\w+)` \|", section("A dialect of one's own"), re.MULTILINE)
    assert rows == [BASED_ON, *READERS]


def test_the_traps_of_receipts_are_listed() -> None:
    """T19 to T31."""
    assert [trap for trap, _ in TRAPS] == [f"T{number}" for number in range(19, 32)]


@pytest.mark.parametrize(("trap", "cell"), TRAPS)
def test_a_trap_is_cited_by_the_tests_that_the_page_names(trap: str, cell: str) -> None:
    """Each file exists and has the number."""
    named = re.findall(r"`([\w/.]+)`", cell)
    assert named != []
    for name in named:
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert re.search(rf"\b{trap}\b", text), f"{name} does not cite {trap}"
