"""The shape of the GSM 7-bit tables; their content is proved in tests/conformance/ts23038."""

from carrierbox.codecs.gsm7_tables import DEFAULT_ALPHABET, ESCAPE, EXTENSION_TABLE


def test_the_default_alphabet_has_128_different_characters() -> None:
    """TS 23.038 §6.2.1."""
    assert len(set(DEFAULT_ALPHABET)) == len(DEFAULT_ALPHABET) == 128
    assert DEFAULT_ALPHABET[ESCAPE] == "\x1b"


def test_no_character_stands_in_both_tables() -> None:
    """TS 23.038 §6.2.1.1: a character has one coding."""
    assert not set(DEFAULT_ALPHABET) & set(EXTENSION_TABLE.values())
