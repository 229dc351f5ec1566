"""Writes the tables of the documents that are made of what comes with carrierbox.

Run by `make library`: the scenarios in docs/scenario-library.md, the packs in docs/carriers.md. All
around the tables is written by people and stays.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from carrierbox.packs_command import list_objects
from carrierbox.scenarios.library import library_table

DOCUMENTS: Final = Path(__file__).parents[1] / "docs"


def packs_table() -> list[str]:
    """Each pack: how many rules it has, what they rest on, its carriers."""
    lines = [
        "| Country | Rules | Documented | Law | Typical | Carriers |",
        "|---|---|---|---|---|---|",
    ]
    for each in list_objects():
        numbers = [str(each[key]) for key in ("rules", "documented", "law", "typical")]
        lines.append(f"| {' | '.join([each['country'], *numbers, ', '.join(each['carriers'])])} |")
    return lines


TABLES: Final[dict[str, Callable[[], list[str]]]] = {
    "scenario-library.md": library_table,
    "carriers.md": packs_table,
}


def with_table(page: str, table: list[str]) -> str:
    """A page with this table in the place of the one that begins with the same line.

    Raises ValueError if it has none.
    """
    lines = page.splitlines()
    if table[0] not in lines:
        raise ValueError(f"there is no table that begins with {table[0]}")
    start = end = lines.index(table[0])
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return "\n".join([*lines[:start], *table, *lines[end:]]) + "\n"


def main() -> int:
    """Write the pages, or with --check say which are not as they would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1: do so")
    is_check = parser.parse_args().check
    code = 0
    for name, table in TABLES.items():
        path = DOCUMENTS / name
        page = path.read_text(encoding="utf-8")
        wanted = with_table(page, table())
        if wanted == page:
            continue
        code = int(is_check)
        print(f"docs/{name}: {'is old: make library' if is_check else 'written'}")
        if not is_check:
            path.write_text(wanted, encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
