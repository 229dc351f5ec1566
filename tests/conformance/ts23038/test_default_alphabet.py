"""The GSM 7-bit tables against their written form, character by character (TS 23.038 §6.2.1)."""

import json
import unicodedata
from pathlib import Path

from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.gsm7_tables import DEFAULT_ALPHABET, EXTENSION_TABLE

TABLES = json.loads(Path(__file__).with_name("default_alphabet.json").read_text("utf-8"))
CONTROLS = {"LINE FEED": "\n", "CARRIAGE RETURN": "\r", "FORM FEED": "\f"}


def written(table: str) -> dict[int, str]:
    """Code to character, from the names in the data file."""
    return {
        int(code, 16): CONTROLS.get(name) or unicodedata.lookup(name)
        for code, name in TABLES[table].items()
    }


def test_the_default_alphabet_is_the_one_of_the_specification() -> None:
    """TS 23.038 §6.2.1: 127 characters and the escape."""
    own = dict(enumerate(DEFAULT_ALPHABET))
    assert own.pop(0x1B) == "\x1b"
    assert own == written("default_alphabet")


def test_the_extension_table_is_the_one_of_the_specification() -> None:
    """TS 23.038 §6.2.1.1."""
    own = dict(EXTENSION_TABLE)
    assert own == written("extension_table")


def test_every_character_of_both_tables_is_encoded_and_decoded_by_its_code() -> None:
    """T33: `@` is 0x00, `_` is 0x11, `$` is 0x02."""
    for code, character in written("default_alphabet").items():
        assert encode_gsm7(character) == bytes([code])
        assert decode_gsm7(bytes([code])) == character
    for code, character in written("extension_table").items():
        assert encode_gsm7(character) == bytes([0x1B, code])
        assert decode_gsm7(bytes([0x1B, code])) == character


def test_no_other_character_of_the_basic_plane_has_a_place() -> None:
    """TS 23.038 §6.2.1: all characters outside the tables are refused."""
    known = {*written("default_alphabet").values(), *written("extension_table").values()}
    assert {chr(point) for point in range(0x10000) if encode_gsm7(chr(point))} == known
