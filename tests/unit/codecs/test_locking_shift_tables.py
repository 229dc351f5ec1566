"""The shape of the locking shift tables; tests/conformance compares each character."""

import unicodedata

import pytest

from carrierbox.codecs.locking_shift_tables import LOCKING_SHIFT_TABLES

SCRIPTS = {
    4: "BENGALI",
    5: "GUJARATI",
    6: "DEVANAGARI",
    7: "KANNADA",
    8: "MALAYALAM",
    9: "ORIYA",
    10: "GURMUKHI",
    11: "TAMIL",
    12: "TELUGU",
    13: "ARABIC",
}


def test_twelve_languages_have_a_table() -> None:
    """TS 23.038 §A.3: all but Spanish."""
    assert sorted(LOCKING_SHIFT_TABLES) == [1, *range(3, 14)]


@pytest.mark.parametrize("language", sorted(LOCKING_SHIFT_TABLES))
def test_a_table_has_what_every_text_needs_at_its_usual_place(language: int) -> None:
    """TS 23.038 §A.3: escape, line ends, space, digits and small letters stay where they are."""
    table = LOCKING_SHIFT_TABLES[language]
    assert len(table) == 128
    assert (table[0x0A], table[0x0D], table[0x1B], table[0x20]) == ("\n", "\r", "\x1b", " ")
    assert table[0x30:0x3A] == "0123456789"
    assert table[0x61:0x7B] == "abcdefghijklmnopqrstuvwxyz"
    used = table.replace("\0", "")
    assert len(set(used)) == len(used)


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_a_table_of_another_script_holds_letters_of_that_script(language: int) -> None:
    """TS 23.038 §A.3: beyond ASCII there is nothing else, but for the signs all scripts share."""
    letters = [each for each in LOCKING_SHIFT_TABLES[language] if ord(each) > 0x7F]
    named = [unicodedata.name(each) for each in letters]
    foreign = [name for name in named if not name.startswith(SCRIPTS[language])]
    assert len(letters) > 50
    assert set(foreign) <= {"DEVANAGARI DANDA", "DEVANAGARI DOUBLE DANDA"}
