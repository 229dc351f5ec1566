"""Text for a terminal or a log: nothing in it steers a terminal, columns stand under each other."""

import textwrap
import unicodedata
from typing import Final

TEXT_COLUMNS: Final = 72
CELL_COLUMNS: Final = 40

# Joiners that emoji and Indic scripts are written with; all else that is not printable is escaped.
_JOINERS: Final = "\u200c\u200d"


def printable(text: str) -> str:
    """Text with everything escaped that is no visible character: controls, overrides, line ends."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in _JOINERS else _escaped(each) for each in text
    )


def width_columns(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_character_columns(each) for each in text)


def padded(text: str, columns: int) -> str:
    """A text filled up with spaces; a longer one stays whole."""
    return text + " " * max(0, columns - width_columns(text))


def aligned(rows: list[list[str]], indent: str = "", gap: str = "  ") -> list[str]:
    """Rows of cells as lines, each column as wide as its widest cell.

    The last cell of a row widens nothing; one of more than `CELL_COLUMNS` pushes only its own line
    apart.
    """
    columns = max((len(row) for row in rows), default=0)
    widths = [_column_width(rows, at) for at in range(columns)]
    lines = []
    for row in rows:
        cells = [padded(cell, width) for cell, width in zip(row, widths, strict=False)]
        cells[-1:] = row[-1:]
        lines.append(f"{indent}{gap.join(cells)}".rstrip())
    return lines


def counted(number: int, noun: str) -> str:
    """`1 octet`, `2 octets`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def wrapped(text: str, columns: int = TEXT_COLUMNS) -> list[str]:
    """The lines of a text as people wrote it, long ones broken between words; at least one."""
    lines: list[str] = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        broken = textwrap.wrap(printable(paragraph), columns, drop_whitespace=False)
        lines.extend(broken or [""])
    return lines


def _column_width(rows: list[list[str]], at: int) -> int:
    widths = [width_columns(row[at]) for row in rows if len(row) > at + 1]
    return max((width for width in widths if width <= CELL_COLUMNS), default=0)


def _escaped(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character, f"\\x{number:02x}")
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _character_columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
