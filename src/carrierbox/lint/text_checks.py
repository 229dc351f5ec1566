"""The content of a short message against its data_coding and its user data header."""

import re
from typing import Final

from carrierbox.codecs import data_coding as alphabets
from carrierbox.codecs.gsm7_tables import ESCAPE
from carrierbox.codecs.segmentation import fits_one_segment
from carrierbox.codecs.user_data_header import parse_user_data_header
from carrierbox.errors import CodecError
from carrierbox.lint import rule_tables as rules
from carrierbox.lint.dissection import Found

_HEADER_START: Final = (b"\x05\x00\x03", b"\x06\x08\x04")
_LOOK_OCTETS: Final = 256
"""Only the beginning of a text is looked at to guess what it is."""
_GUESS_OCTETS_MIN: Final = 8

_ASCII_TEXT: Final = re.compile(rb"[\x20-\x7E\r\n]+\Z")
_ASCII_ADDRESS: Final = re.compile(
    rb"[A-Za-z0-9.]@[A-Za-z0-9]+\.[A-Za-z]|https?://[A-Za-z0-9./?=&%-]*_"
)
_LETTERS: Final = re.compile(rb"[A-Za-z0-9 ]")


def check_text(octets: bytes, data_coding: int, found: list[Found]) -> None:
    """The octets of a text, without a user data header."""
    if not octets:
        return
    alphabet = alphabets.alphabet_of(data_coding)
    if alphabet == alphabets.ALPHABET_UCS2:
        _check_ucs2(octets, found)
    elif alphabet == alphabets.ALPHABET_GSM7:
        _check_gsm7(octets, found)
    elif alphabet == alphabets.ALPHABET_ASCII and not octets.isascii():
        found.append((rules.ASCII_HIGH_OCTETS, ""))


def check_header(octets: bytes, found: list[Found]) -> tuple[bytes, bytes]:
    """The user data header that esm_class announces, and the rest; a bad one is told."""
    if not octets:
        found.append((rules.UDHI_WITHOUT_HEADER, "the message is empty"))
        return b"", b""
    header, rest = octets[: octets[0] + 1], octets[octets[0] + 1 :]
    try:
        if octets[0] >= len(octets):
            raise CodecError("UDHL reaches beyond the message")
        if not parse_user_data_header(header):
            raise CodecError("the header is empty")
    except CodecError as error:
        problem = str(error).partition(" (at ")[0].partition(" of ")[0]
        found.append((rules.UDHI_WITHOUT_HEADER, problem))
        return b"", octets
    return header, rest


def check_no_header(octets: bytes, found: list[Found]) -> None:
    """A message without UDHI that begins as a concatenated one would."""
    if octets[:3] in _HEADER_START:
        length = octets[0] + 1
        if len(octets) > length and 1 <= octets[length - 1] <= octets[length - 2]:
            found.append((rules.HEADER_WITHOUT_UDHI, ""))


def check_length(octets: bytes, header: bytes, data_coding: int, found: list[Found]) -> None:
    """What fits one text, as short_message carries it."""
    alphabet = alphabets.alphabet_of(data_coding)
    if alphabet > alphabets.ALPHABET_UCS2:
        # Transcoded on its way: at best a septet a character.
        alphabet = alphabets.ALPHABET_GSM7
    if not fits_one_segment(len(octets), alphabet, len(header)):
        found.append((rules.TOO_LONG_FOR_ONE, f"data_coding {data_coding}"))


def _check_ucs2(octets: bytes, found: list[Found]) -> None:
    if octets.startswith(b"\xff\xfe"):
        found.append((rules.UCS2_LITTLE_ENDIAN, "with a byte order mark"))
        return
    if octets.startswith(b"\xfe\xff"):
        found.append((rules.UCS2_BYTE_ORDER_MARK, ""))
    if len(octets) >= _GUESS_OCTETS_MIN and (kind := _other_text(octets[:_LOOK_OCTETS])):
        found.append((rules.UCS2_OTHER_TEXT, kind))
        return
    if len(octets) % 2:
        found.append((rules.UCS2_ODD, ""))
        return
    if _is_little_endian(octets[:_LOOK_OCTETS]):
        found.append((rules.UCS2_LITTLE_ENDIAN, ""))
    elif 0xD8 <= octets[-2] <= 0xDB:
        found.append((rules.SURROGATE_SPLIT, ""))


def _other_text(octets: bytes) -> str:
    if _ASCII_TEXT.match(octets) is not None:
        # Chinese characters may consist of such octets, hardly of letters and spaces alone.
        return "ASCII" if 10 * len(_LETTERS.findall(octets)) >= 7 * len(octets) else ""
    return "UTF-8" if b"\0" not in octets and _is_utf8(octets) else ""


def _is_little_endian(octets: bytes) -> bool:
    """Whether the text is of Latin letters with their zero octets on the wrong side."""
    firsts, seconds = octets[0::2], octets[1::2]
    units = len(seconds)
    return (
        seconds.count(0) * 10 >= units * 8
        and firsts.count(0) * 10 <= units
        and _ASCII_TEXT.match(bytes(each for each in firsts if each) or b"\0") is not None
    )


def _check_gsm7(octets: bytes, found: list[Found]) -> None:
    if not octets.isascii():
        if _is_utf8(octets[:_LOOK_OCTETS]):
            found.append((rules.DEFAULT_UTF8, ""))
        elif all(0x20 <= each < 0x7F or each >= 0xA0 or each in b"\r\n" for each in octets):
            found.append((rules.DEFAULT_LATIN1, ""))
        else:
            found.append((rules.DEFAULT_HIGH_OCTETS, ""))
        return
    if octets[-1] == ESCAPE and (len(octets) - len(octets.rstrip(b"\x1b"))) % 2:
        found.append((rules.ESCAPE_SPLIT, ""))
    if (b"@" in octets or b"_" in octets) and _ASCII_ADDRESS.search(octets) is not None:
        found.append((rules.DEFAULT_ASCII, ""))


def _is_utf8(octets: bytes) -> bool:
    """Whether octets above 0x7F are all of UTF-8; after the first the last one may be cut."""
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
        return is_cut and not octets[: error.start].isascii()
    return not octets.isascii()
