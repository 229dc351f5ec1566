"""GSM 7-bit text with national language tables (TS 23.038 §6.2.1.2), one septet per octet.

A locking shift table stands in for the default alphabet, a single shift table for the extension
table; each part of a message names the ones it uses in its user data header (TS 23.040
§9.2.3.24.15, §9.2.3.24.16). Language 0 is the table everybody has. A language without a table, such
as the locking shift of Spanish and all reserved identifiers, counts as 0.
"""

from collections.abc import Iterable
from typing import Final

from carrierbox.codecs.data_coding import (
    ALPHABET_GSM7,
    alphabet_of,
    alphabet_of_tp_dcs,
    decode_text,
    decode_user_data,
)
from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.gsm7_tables import DEFAULT_ALPHABET, ESCAPE, EXTENSION_TABLE
from carrierbox.codecs.locking_shift_tables import LOCKING_SHIFT_TABLES
from carrierbox.codecs.single_shift_tables import SINGLE_SHIFT_TABLES
from carrierbox.codecs.user_data_header import (
    IEI_NATIONAL_LOCKING_SHIFT,
    IEI_NATIONAL_SINGLE_SHIFT,
    parse_user_data_header,
)
from carrierbox.errors import CodecError

LANGUAGE_NAMES: Final[dict[int, str]] = {
    0: "default",
    1: "Turkish",
    2: "Spanish",
    3: "Portuguese",
    4: "Bengali and Assamese",
    5: "Gujarati",
    6: "Hindi",
    7: "Kannada",
    8: "Malayalam",
    9: "Oriya",
    10: "Punjabi",
    11: "Tamil",
    12: "Telugu",
    13: "Urdu",
}

LANGUAGE_WORDS: Final[dict[str, int]] = {
    "turkish": 1,
    "spanish": 2,
    "portuguese": 3,
    "bengali": 4,
    "assamese": 4,
    "gujarati": 5,
    "hindi": 6,
    "kannada": 7,
    "malayalam": 8,
    "oriya": 9,
    "punjabi": 10,
    "tamil": 11,
    "telugu": 12,
    "urdu": 13,
}
"""The same as a person writes them."""

LANGUAGE_CODES: Final[dict[str, int]] = {
    "tr": 1,
    "es": 2,
    "pt": 3,
    "bn": 4,
    "as": 4,
    "gu": 5,
    "hi": 6,
    "kn": 7,
    "ml": 8,
    "or": 9,
    "pa": 10,
    "ta": 11,
    "te": 12,
    "ur": 13,
}
"""ISO 639-1 codes of these languages."""

ALL_LANGUAGES: Final = tuple(range(1, 14))

_NONE: Final = "\0"
_UNDEFINED: Final = " "
_REPLACEMENT: Final = "\ufffd"
_SEPTETS: Final = 128


def encode_national(text: str, locking_shift: int = 0, single_shift: int = 0) -> bytes | None:
    """The septets of `text` by the tables of two languages, or None if a character is in neither.

    A character that both tables have is written by the locking one, which takes one septet.
    """
    if locking_shift not in LOCKING_SHIFT_TABLES and single_shift not in SINGLE_SHIFT_TABLES:
        return encode_gsm7(text)
    locking = _locking_codes(locking_shift)
    single = _single_codes(single_shift)
    pieces: list[bytes] = []
    for character in text:
        piece = locking.get(character)
        if piece is None:
            piece = single.get(character)
            if piece is None:
                return None
        pieces.append(piece)
    return b"".join(pieces)


def has_all_characters(characters: set[str], locking_shift: int, single_shift: int) -> bool:
    """Whether `encode_national` could write a text of these characters."""
    missing = characters - _locking_codes(locking_shift).keys()
    return not missing or missing <= _single_codes(single_shift).keys()


def first_unencodable_national(text: str, locking_shift: int = 0, single_shift: int = 0) -> int:
    """The position of the first character that neither table has, -1 if there is none."""
    locking = _locking_codes(locking_shift)
    single = _single_codes(single_shift)
    for position, character in enumerate(text):
        if character not in locking and character not in single:
            return position
    return -1


def decode_national(septets: bytes, locking_shift: int = 0, single_shift: int = 0) -> str:
    """The text of `septets` by the tables of two languages; every sequence of octets has one.

    A code the single shift table leaves empty gives the character at its place in the locking
    table (TS 23.038 §6.2.1.1, note 1), a code the locking table leaves empty a space; the rest is
    as for `decode_gsm7`.
    """
    if locking_shift not in LOCKING_SHIFT_TABLES and single_shift not in SINGLE_SHIFT_TABLES:
        return decode_gsm7(septets)
    locking = LOCKING_SHIFT_TABLES.get(locking_shift, DEFAULT_ALPHABET)
    single = SINGLE_SHIFT_TABLES.get(single_shift, _DEFAULT_EXTENSION)
    characters: list[str] = []
    escaped = False
    for code in septets:
        if code >= _SEPTETS:
            characters.append(_REPLACEMENT)
            escaped = False
        elif escaped:
            escaped = False
            character = single[code]
            if code == ESCAPE:
                character = _UNDEFINED
            elif character == _NONE:
                character = locking[code]
            characters.append(_UNDEFINED if character == _NONE else character)
        elif code == ESCAPE:
            escaped = True
        else:
            character = locking[code]
            characters.append(_UNDEFINED if character == _NONE else character)
    return "".join(characters)


def shifts_of(header: bytes) -> tuple[int, int]:
    """The locking and the single shift language a header names, 0 for none.

    Of several elements the last counts; one with a wrong length, a language without a table or a
    malformed header names none (TS 23.040 §9.2.3.24).
    """
    locking_shift = 0
    single_shift = 0
    try:
        elements = parse_user_data_header(header)
    except CodecError:
        return 0, 0
    for element in elements:
        if len(element.data) != 1:
            continue
        if element.iei == IEI_NATIONAL_LOCKING_SHIFT:
            locking_shift = element.data[0]
        elif element.iei == IEI_NATIONAL_SINGLE_SHIFT:
            single_shift = element.data[0]
    return (
        locking_shift if locking_shift in LOCKING_SHIFT_TABLES else 0,
        single_shift if single_shift in SINGLE_SHIFT_TABLES else 0,
    )


def shift_header(locking_shift: int, single_shift: int) -> bytes:
    """A header that names both languages, the single shift first; b"" if both are 0.

    Raises CodecError for a language without such a table.
    """
    elements = b""
    if single_shift:
        if single_shift not in SINGLE_SHIFT_TABLES:
            raise CodecError(f"language {single_shift} has no single shift table")
        elements += bytes([IEI_NATIONAL_SINGLE_SHIFT, 1, single_shift])
    if locking_shift:
        if locking_shift not in LOCKING_SHIFT_TABLES:
            raise CodecError(f"language {locking_shift} has no locking shift table")
        elements += bytes([IEI_NATIONAL_LOCKING_SHIFT, 1, locking_shift])
    return bytes([len(elements)]) + elements if elements else b""


def with_shifts(header: bytes, locking_shift: int, single_shift: int) -> bytes:
    """`header` with elements that name both languages behind its own; unchanged if both are 0.

    Raises CodecError for a language without such a table and a header without room.
    """
    elements = shift_header(locking_shift, single_shift)
    if not elements or not header:
        return elements or header
    length = len(header) + len(elements) - 2
    if length > 0xFF:
        raise CodecError(f"a user data header cannot hold {length} octets")
    return bytes([length]) + header[1:] + elements[1:]


def decode_part(user_data: bytes, tp_dcs: int, header: bytes) -> str:
    """The text of one part's unpacked user data, by the languages its `header` names."""
    if header and alphabet_of_tp_dcs(tp_dcs) == ALPHABET_GSM7:
        locking_shift, single_shift = shifts_of(header)
        return decode_national(user_data, locking_shift, single_shift)
    return decode_user_data(user_data, tp_dcs)


def decode_short_message(octets: bytes, data_coding: int, header: bytes) -> str:
    """The text of a short message behind its `header`, by the languages that names."""
    if header and alphabet_of(data_coding) == ALPHABET_GSM7:
        locking_shift, single_shift = shifts_of(header)
        return decode_national(octets, locking_shift, single_shift)
    return decode_text(octets, data_coding)


def languages_named(words: Iterable[str]) -> tuple[int, ...]:
    """The languages that `words` mean, each once, in their order.

    A word is a language or its ISO 639-1 code in any case, `all` or `none`. Raises CodecError for
    another.
    """
    found: dict[int, None] = {}
    for word in words:
        name = word.strip().lower()
        language = LANGUAGE_WORDS.get(name, LANGUAGE_CODES.get(name, 0))
        if name == "all":
            found.update(dict.fromkeys(ALL_LANGUAGES))
        elif language:
            found[language] = None
        elif name != "none":
            known = ", ".join(LANGUAGE_WORDS)
            raise CodecError(f"{word!r} has no tables: one of {known}, all or none")
    return tuple(found)


def shift_pairs(languages: Iterable[int]) -> list[tuple[int, int]]:
    """The locking and single shifts that `languages` allow, the simplest first.

    None, each single shift, each locking shift, both of one language, both of two.
    """
    asked = list(dict.fromkeys(languages))
    single = [each for each in asked if each in SINGLE_SHIFT_TABLES]
    locking = [each for each in asked if each in LOCKING_SHIFT_TABLES]
    pairs = [(0, 0)]
    pairs += [(0, each) for each in single]
    pairs += [(each, 0) for each in locking]
    pairs += [(each, each) for each in locking]
    pairs += [(one, other) for one in locking for other in single if one != other]
    return pairs


def _locking_codes(language: int) -> dict[str, bytes]:
    if language not in LOCKING_SHIFT_TABLES:
        language = 0
    codes = _codes_of_locking.get(language)
    if codes is None:
        codes = _read_table(LOCKING_SHIFT_TABLES.get(language, DEFAULT_ALPHABET), b"")
        _codes_of_locking[language] = codes
    return codes


def _single_codes(language: int) -> dict[str, bytes]:
    if language not in SINGLE_SHIFT_TABLES:
        language = 0
    codes = _codes_of_single.get(language)
    if codes is None:
        table = SINGLE_SHIFT_TABLES.get(language, _DEFAULT_EXTENSION)
        codes = _read_table(table, bytes([ESCAPE]))
        _codes_of_single[language] = codes
    return codes


def _read_table(table: str, prefix: bytes) -> dict[str, bytes]:
    # Where a table repeats a character its lowest code counts.
    codes: dict[str, bytes] = {}
    for code, character in enumerate(table):
        if character != _NONE and code != ESCAPE:
            codes.setdefault(character, prefix + bytes([code]))
    return codes


_DEFAULT_EXTENSION: Final = "".join(EXTENSION_TABLE.get(code, _NONE) for code in range(_SEPTETS))
# Made when a language is first asked for: most processes never ask.
_codes_of_locking: Final[dict[int, dict[str, bytes]]] = {}
_codes_of_single: Final[dict[int, dict[str, bytes]]] = {}
