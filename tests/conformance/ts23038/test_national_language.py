"""National language tables and published examples of their use (TS 23.038 §6.2.1.2, Annex A)."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrierbox.codecs.locking_shift_tables import LOCKING_SHIFT_TABLES
from carrierbox.codecs.national_language import decode_national, encode_national
from carrierbox.codecs.septets import pack_septets, unpack_septets
from carrierbox.codecs.single_shift_tables import SINGLE_SHIFT_TABLES

HERE = Path(__file__).parent
WRITTEN = json.loads((HERE / "national_language_tables.json").read_text("utf-8"))
LANGUAGES = WRITTEN["languages"]
VECTORS = json.loads((HERE / "national_language_vectors.json").read_text("utf-8"))["vectors"]


def table(rows: list[str]) -> str:
    """A table of the data file as the project writes it: NUL for a code without a character."""
    cells = " ".join(rows).split()
    return "".join("\0" if cell == "----" else chr(int(cell, 16)) for cell in cells)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language["name"])
def test_the_tables_are_those_of_the_specification(language: dict[str, Any]) -> None:
    """TS 23.038 §A.2, §A.3: character by character."""
    assert SINGLE_SHIFT_TABLES[language["id"]] == table(language["single_shift"])
    if language["locking_shift"] is None:
        assert language["id"] not in LOCKING_SHIFT_TABLES
    else:
        own = LOCKING_SHIFT_TABLES[language["id"]]
        assert own[0x1B] == "\x1b"
        assert own.replace("\x1b", "\0") == table(language["locking_shift"])


def test_each_disagreement_of_the_sources_is_settled_as_written() -> None:
    """TS 23.038 Annex A: misprints, and what V18 reads otherwise than telephones do."""
    assert {LOCKING_SHIFT_TABLES[language][0x2C] for language in range(4, 14)} == {","}
    assert LOCKING_SHIFT_TABLES[7][0x24] == "\u0ca1"
    assert SINGLE_SHIFT_TABLES[12][0x65] == "€"
    assert SINGLE_SHIFT_TABLES[11][0x24:0x26] == "\u0bee\u0bef"
    assert SINGLE_SHIFT_TABLES[12][0x22:0x24] == "\u0c6c\u0c6d"
    assert len(WRITTEN["disagreements"]) == 5


@pytest.mark.parametrize("language", sorted(LOCKING_SHIFT_TABLES))
def test_every_character_of_a_locking_table_is_written_and_read_by_its_code(language: int) -> None:
    """TS 23.038 §A.3."""
    for code, character in enumerate(LOCKING_SHIFT_TABLES[language]):
        if character not in "\0\x1b":
            assert encode_national(character, language, 0) == bytes([code])
            assert decode_national(bytes([code]), language, 0) == character


@pytest.mark.parametrize("language", sorted(SINGLE_SHIFT_TABLES))
def test_every_character_of_a_single_table_is_written_and_read_by_its_code(language: int) -> None:
    """TS 23.038 §A.2: the default alphabet has some of them in one septet."""
    for code, character in enumerate(SINGLE_SHIFT_TABLES[language]):
        if character != "\0":
            assert decode_national(bytes([0x1B, code]), 0, language) == character
            septets = encode_national(character, 0, language)
            assert septets is not None
            assert decode_national(septets, 0, language) == character


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_text_becomes_the_published_septets_and_octets_and_returns(vector: dict[str, Any]) -> None:
    """TS 23.038 §6.2.1.2."""
    shifts = (vector["locking_shift"], vector["single_shift"])
    septets = bytes.fromhex(vector["septets"])
    packed = bytes.fromhex(vector["packed"])
    assert encode_national(vector["text"], *shifts) == septets
    assert decode_national(septets, *shifts) == vector["text"]
    assert pack_septets(septets) == packed
    assert unpack_septets(packed, len(septets)) == septets
