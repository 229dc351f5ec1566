"""Generates src/carrierbox/codecs/grapheme_table.py from the Unicode data of the regex library.

Run by `make tables`. The table says of every code point how it joins the ones beside it: its
Grapheme_Cluster_Break, Extended_Pictographic and Indic_Conjunct_Break (UAX #29). The syllables of
Hangul are left out, since `graphemes` works them out.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import regex

TABLE_PATH: Final = (
    Path(__file__).parents[1] / "src" / "carrierbox" / "codecs" / "grapheme_table.py"
)
CODE_POINTS: Final = 0x110000
COLUMNS: Final = 92
HANGUL_SYLLABLES: Final = range(0xAC00, 0xD7A4)

# The letter of each class and what regex calls it; the first that fits counts.
CLASSES: Final = (
    ("r", r"\p{GCB=CR}"),
    ("n", r"\p{GCB=LF}"),
    ("x", r"\p{GCB=Control}"),
    ("z", r"\p{GCB=ZWJ}"),
    ("k", r"[\p{InCB=Linker}&&\p{GCB=Extend}]"),
    ("i", r"[\p{GCB=Extend}--\p{InCB=Extend}]"),
    ("e", r"\p{GCB=Extend}"),
    ("g", r"\p{GCB=RI}"),
    ("p", r"\p{GCB=Prepend}"),
    ("s", r"\p{GCB=SpacingMark}"),
    ("L", r"\p{GCB=L}"),
    ("V", r"\p{GCB=V}"),
    ("T", r"\p{GCB=T}"),
    ("K", r"\p{InCB=Linker}"),
    ("C", r"\p{InCB=Consonant}"),
    ("P", r"\p{Extended_Pictographic}"),
)

HEAD: Final = '''"""How each code point joins its neighbours in a grapheme cluster (UAX #29).

Made by tools/make_grapheme_table.py: do not edit. Derived from the Unicode Character Database
{version} (Unicode License V3), read through the library regex {library}.
"""

from typing import Final

UNICODE_VERSION: Final = "{version}"

GRAPHEME_RANGES: Final = (
'''
TAIL: Final = ''')
"""Ranges in their order: the letter of a class, how many code points after the range before, and
behind a hyphen how many more it has than one; in hexadecimal digits. Hangul syllables are left out.
"""
'''


def class_letters() -> Iterator[str]:
    """The letter of every code point, "" for those that join nothing."""
    patterns = [(letter, regex.compile(text, regex.V1)) for letter, text in CLASSES]
    for code_point in range(CODE_POINTS):
        character = chr(code_point)
        if code_point in HANGUL_SYLLABLES:
            yield ""
            continue
        yield next((letter for letter, pattern in patterns if pattern.match(character)), "")


def ranges() -> Iterator[tuple[str, int, int]]:
    """Letter, first and last code point of every range."""
    before, first = "", 0
    for code_point, letter in enumerate(class_letters()):
        if letter != before:
            if before:
                yield before, first, code_point - 1
            before, first = letter, code_point
    if before:
        yield before, first, CODE_POINTS - 1


def unicode_version() -> str:
    """The version of Unicode that the installed regex supports."""
    description = distribution("regex").read_text("METADATA") or ""
    found = re.search(r"supports Unicode ([0-9.]+[0-9])", description)
    if found is None:
        raise ValueError("the description of regex does not say which Unicode it supports")
    return found[1]


def table_text() -> str:
    """The whole module."""
    words = []
    end = 0
    for letter, first, last in ranges():
        more = f"-{last - first:x}" if last > first else ""
        words.append(f"{letter}{first - end:x}{more}")
        end = last + 1
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > COLUMNS:
            lines.append("")
        lines[-1] += word + " "
    text = HEAD.format(version=unicode_version(), library=regex.__version__)
    for number, line in enumerate(lines, 1):
        text += f'    "{line if number < len(lines) else line.rstrip()}"\n'
    return text + TAIL


def main() -> int:
    """Write the table; with --print, write it to standard output and leave the file alone."""
    parser = argparse.ArgumentParser(description="Generate the table of grapheme clusters.")
    parser.add_argument("--print", action="store_true", help="to standard output, not to the file")
    arguments = parser.parse_args()
    octets = table_text().encode()
    if arguments.print:
        sys.stdout.buffer.write(octets)
        return 0
    TABLE_PATH.write_bytes(octets)
    print(f"{TABLE_PATH.name}: {len(octets):,} octets, Unicode {unicode_version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
