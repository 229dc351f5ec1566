"""The shape of the single shift tables; tests/conformance compares each character."""

import pytest

from carrierbox.codecs.gsm7_tables import EXTENSION_TABLE
from carrierbox.codecs.single_shift_tables import SINGLE_SHIFT_TABLES


def test_thirteen_languages_have_a_table() -> None:
    """TS 23.038 §A.2."""
    assert sorted(SINGLE_SHIFT_TABLES) == list(range(1, 14))


@pytest.mark.parametrize("language", sorted(SINGLE_SHIFT_TABLES))
def test_a_table_keeps_the_brackets_and_the_euro_of_the_extension_table(language: int) -> None:
    """TS 23.038 §A.2: what texts of all languages use; the page break too."""
    table = SINGLE_SHIFT_TABLES[language]
    assert len(table) == 128
    for code in (0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40):
        assert table[code] == EXTENSION_TABLE[code]
    assert "€" in table
    assert table[0x0D] == table[0x1B] == "\0"
