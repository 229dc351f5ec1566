"""Text for terminals and logs."""

import pytest

from carrierbox.terminal import aligned, counted, padded, printable, width_columns, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 🙂", "plain é 🙂"),
        ("a\x1b[31m\x9b2J", "a\\x1b[31m\\x9b2J"),
        ("a\r\n\tb\0", "a\\r\\n\\tb\\x00"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0001", "\\U000e0001"),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_nothing_printed_can_steer_a_terminal(text: str, shown: str) -> None:
    """Controls of both sets, overrides and halves of pairs are escaped; joined emoji stay."""
    assert printable(text) == shown


def test_width_counts_columns() -> None:
    """Wide characters take two columns, combining ones none."""
    assert width_columns("abc") == 3
    assert width_columns("🙂") == 2
    assert width_columns("e\u0301") == 1
    assert padded("🙂", 4) == "🙂  "
    assert padded("abcde", 4) == "abcde"


def test_columns_stand_under_each_other() -> None:
    """A row may be shorter than the others; its last cell widens nothing, and nothing trails."""
    rows = [["a", "1", "x"], ["bbb", "22"], ["🙂", "3", "yy"]]
    assert aligned(rows, indent="> ") == ["> a    1  x", "> bbb  22", "> 🙂   3  yy"]
    assert aligned([]) == []


def test_a_very_long_cell_pushes_only_its_own_line() -> None:
    """The octets of a PDU would push every other line out of sight."""
    assert aligned([["a", "x" * 100, "1"], ["b", "y", "2"]])[1] == "b  y  2"


def test_counting_has_a_plural() -> None:
    """One octet, two octets, no octets."""
    assert [counted(n, "octet") for n in (0, 1, 2)] == ["0 octets", "1 octet", "2 octets"]


def test_long_lines_break_between_words_and_own_lines_stay() -> None:
    """The text of a phone keeps its line ends, whichever they are."""
    assert wrapped("one two three", 8) == ["one two ", "three"]
    assert wrapped("a\r\nb\rc\n\nd") == ["a", "b", "c", "", "d"]
    assert wrapped("") == [""]
    assert wrapped("\x1b[2J") == ["\\x1b[2J"]
