"""Text to GSM 7-bit septets and back, one septet per octet (TS 23.038 §6.2.1).

Nothing here walks over characters: each direction is a handful of table translations, which cost
the same whether the module is compiled or not. On the way a character of the extension table is
one octet, its code with the top bit set; it becomes an escape pair only at the end.
"""

import unicodedata
from typing import Final

from carrierbox.codecs.gsm7_tables import DEFAULT_ALPHABET, ESCAPE, EXTENSION_TABLE

_TOP_BIT: Final = 0x80
_NO_PLACE: Final = 0xFF
_REPLACEMENT: Final = "\ufffd"
_PAIR_OF_ESCAPES: Final = b"\x1b\x1b"
_FOLDED_PAIR_OF_ESCAPES: Final = b"\x9b"


def encode_gsm7(text: str) -> bytes | None:
    """The septets of `text`, or None if a character has no place in the alphabet."""
    try:
        octets = text.encode("latin-1").translate(_LATIN1_TO_FOLDED)
    except UnicodeEncodeError as error:
        if text[error.start] not in _FOLDED_OF:
            return None
        folded = text.translate(_CODE_POINT_TO_FOLDED)
        try:
            octets = folded.encode("latin-1")
        except UnicodeEncodeError:
            return None
    if octets.isascii():
        return octets
    if _NO_PLACE in octets:
        return None
    for one, pair in _FOLDED_AND_PAIR:
        if one in octets:
            octets = octets.replace(one, pair)
    return octets


def first_unencodable(text: str) -> int:
    """The position of the first character without a place in the alphabet, -1 if there is none."""
    for position, character in enumerate(text):
        if character not in _FOLDED_OF:
            return position
    return -1


def nearest_gsm7(text: str) -> bytes:
    """The septets of `text` where one character stands for each that has no place: the letter it is
    made of, or `?`.
    """
    nearest: list[str] = []
    for character in text:
        if character not in _FOLDED_OF:
            letter = unicodedata.normalize("NFKD", character)[:1]
            nearest.append(letter if letter in _FOLDED_OF else "?")
        else:
            nearest.append(character)
    return encode_gsm7("".join(nearest)) or b""


def decode_gsm7(septets: bytes) -> str:
    """The text of `septets`; every sequence of octets has one.

    An escape and a code the extension table leaves empty give the default alphabet's character
    (§6.2.1.1, note 1), two escapes a space, an escape at the end nothing, an octet above 0x7F
    U+FFFD.
    """
    octets = septets if septets.isascii() else septets.translate(_TOP_BIT_TO_NO_PLACE)
    if ESCAPE in octets:
        octets = _fold_escapes(octets)
    text = octets.translate(_FOLDED_TO_LATIN1).decode("latin-1")
    if text.isascii():
        return text
    for mark, character in _MARK_AND_CHARACTER:
        if mark in text:
            text = text.replace(mark, character)
    return text


def _fold_escapes(octets: bytes) -> bytes:
    # Replacing runs from the left, so the first replacement pairs up a row of escapes just as a
    # reader from the left would, and afterwards every escape left stands before its own code.
    octets = octets.replace(_PAIR_OF_ESCAPES, _FOLDED_PAIR_OF_ESCAPES)
    for one, pair in _FOLDED_AND_PAIR:
        if pair in octets:
            octets = octets.replace(pair, one)
    return octets.replace(b"\x1b", b"")


def _folded_codes() -> dict[str, int]:
    codes = {character: code for code, character in enumerate(DEFAULT_ALPHABET)}
    del codes[chr(ESCAPE)]
    for code, character in EXTENSION_TABLE.items():
        codes[character] = _TOP_BIT | code
    return codes


def _latin1_to_folded() -> bytes:
    return bytes(_FOLDED_OF.get(chr(code_point), _NO_PLACE) for code_point in range(256))


def _code_point_to_folded() -> dict[int, int]:
    # The characters of ISO 8859-1 without a place must be named, or they would be left as they are
    # and taken for codes; all others without a place stay above it and fail to encode.
    codes = dict(enumerate(_LATIN1_TO_FOLDED))
    codes.update({ord(character): code for character, code in _FOLDED_OF.items()})
    return codes


def _folded_to_latin1() -> tuple[bytes, list[tuple[str, str]]]:
    """A table to ISO 8859-1, and its control characters that stand for what lies beyond it."""
    table = bytearray(b" " * 256)
    marks: list[tuple[str, str]] = []
    for character, code in [*_FOLDED_OF.items(), (_REPLACEMENT, _NO_PLACE)]:
        if ord(character) < 256:
            table[code] = ord(character)
        else:
            table[code] = _TOP_BIT + len(marks)
            marks.append((chr(table[code]), character))
    return bytes(table), marks


_FOLDED_OF: Final[dict[str, int]] = _folded_codes()
_LATIN1_TO_FOLDED: Final[bytes] = _latin1_to_folded()
_CODE_POINT_TO_FOLDED: Final[dict[int, int]] = _code_point_to_folded()
_FOLDED_AND_PAIR: Final[list[tuple[bytes, bytes]]] = [
    (bytes([_TOP_BIT | code]), bytes([ESCAPE, code])) for code in EXTENSION_TABLE
]
_TOP_BIT_TO_NO_PLACE: Final[bytes] = bytes(range(128)) + bytes([_NO_PLACE]) * 128
_BOTH: Final = _folded_to_latin1()
_FOLDED_TO_LATIN1: Final[bytes] = _BOTH[0]
_MARK_AND_CHARACTER: Final[list[tuple[str, str]]] = _BOTH[1]
