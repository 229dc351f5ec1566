"""How one carrier writes message ids and receipts: layout, dates, base and length of its ids.

SMPP 3.4 leaves all of it to the carrier (Appendix B is an example, §5.2.23 says only what a
message_id may hold). A `Dialect` is one such habit, compiled once and used for every message.
"""

import re
from typing import Final

from carrierbox.codecs.receipt_text import TEXT_CHARACTERS_MAX, format_receipt_text
from carrierbox.codecs.time_format import format_smpp_time, long_receipt_date, receipt_date

APPENDIX_B: Final = (
    "id:{id} sub:{sub} dlvrd:{dlvrd} submit date:{submit_date} done date:{done_date}"
    " stat:{stat} err:{err} text:{text}"
)
TEN_DIGITS: Final = "%010d"
ID_CHARACTERS_MAX: Final = 64
"""message_id is 65 octets with its NUL (SMPP 3.4 §5.2.23)."""
OLD_ID_CHARACTERS_MAX: Final = 8
"""What an ESME that speaks SMPP 3.3 has room for, in hexadecimal digits (T13)."""
MESSAGE_ID_MAX: Final = (1 << 63) - 1
NO_ID: Final = -1

# What may stand in a layout, in braces.
_ID: Final = 0
_SUB: Final = 1
_DLVRD: Final = 2
_SUBMIT_DATE: Final = 3
_DONE_DATE: Final = 4
_STAT: Final = 5
_ERR: Final = 6
_TEXT: Final = 7
PLACEHOLDERS: Final = ("id", "sub", "dlvrd", "submit_date", "done_date", "stat", "err", "text")

# How dates are written; NO_DATE leaves the labels without values.
NO_DATE: Final = 0
MINUTES: Final = 1
SECONDS: Final = 2
LONG_MINUTES: Final = 3
LONG_SECONDS: Final = 4
SMPP_TIME: Final = 5
DATE_FORMATS: Final[dict[str, int]] = {
    "": NO_DATE,
    "YYMMDDhhmm": MINUTES,
    "YYMMDDhhmmss": SECONDS,
    "YYYYMMDDhhmm": LONG_MINUTES,
    "YYYYMMDDhhmmss": LONG_SECONDS,
    "YYMMDDhhmmsstnnp": SMPP_TIME,
}

# The TLVs of a receipt that a dialect may send or leave out, as bits.
TLV_RECEIPTED_MESSAGE_ID: Final = 1
TLV_MESSAGE_STATE: Final = 2
TLV_NETWORK_ERROR_CODE: Final = 4
TLV_USER_MESSAGE_REFERENCE: Final = 8
ALL_TLVS: Final = 15
RECEIPT_TLVS: Final[dict[str, int]] = {
    "receipted_message_id": TLV_RECEIPTED_MESSAGE_ID,
    "message_state": TLV_MESSAGE_STATE,
    "network_error_code": TLV_NETWORK_ERROR_CODE,
    "user_message_reference": TLV_USER_MESSAGE_REFERENCE,
}

ERR_OTHER: Final = -1
"""The key of the word for every error that has none of its own."""

_ZEROS: Final = ["0" * (10 - length) for length in range(10)]
_NOTATION: Final = re.compile(r"%(?:0([0-9]{1,2}))?([dxX])", re.ASCII)
_HEX: Final = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


class IdFormat:
    """One way to write message ids: `%010d`, `%d`, `%x`, `%X`, `%08X`.

    `characters_max` keeps the last so many characters alone, the low part of the id; 0 keeps all.
    Raises ValueError for any other notation.
    """

    def __init__(self, notation: str, characters_max: int = 0) -> None:
        match = _NOTATION.fullmatch(notation)
        if match is None or int(match[1] or 0) > ID_CHARACTERS_MAX:
            raise ValueError(
                "must be %d, %x or %X, with zeros as in %010d or %08X, "
                f"up to {ID_CHARACTERS_MAX} characters"
            )
        self.notation = notation
        self.characters_max = characters_max
        self.is_hexadecimal = match[2] != "d"
        self.width = int(match[1] or 0)
        self.base = 16 if self.is_hexadecimal else 10
        if characters_max:
            self.width = min(self.width, characters_max)
        self.modulus = self.base**characters_max if characters_max else 0
        """Ids that differ by a multiple of this are written alike; 0 for none."""
        self._is_ten_digits = notation == TEN_DIGITS and not characters_max
        self._spec = f"0{self.width}{match[2]}" if self.width else match[2]

    def render(self, message_id: int) -> str:
        """The id as it is written."""
        if self._is_ten_digits:
            # Two fifths of the time that a format with a width takes.
            digits = str(message_id)
            return _ZEROS[len(digits)] + digits if len(digits) < 10 else digits
        if self.modulus:
            message_id %= self.modulus
        return format(message_id, self._spec)

    def parse(self, text: str) -> int:
        """The id, or its low part, that somebody means; NO_ID if it cannot be one of ours.

        Leading zeros may have been lost or added, and the letters' case may have changed (T26).
        """
        if not text or len(text) > ID_CHARACTERS_MAX:
            return NO_ID
        if self.is_hexadecimal:
            if _HEX.fullmatch(text) is None:
                return NO_ID
        elif not (text.isascii() and text.isdigit()):
            return NO_ID
        message_id = int(text, self.base)
        if message_id > MESSAGE_ID_MAX or (self.modulus and message_id >= self.modulus):
            return NO_ID
        return message_id

    def longest(self) -> int:
        """How many characters an id may take."""
        if self.characters_max:
            return self.characters_max
        return max(self.width, len(format(MESSAGE_ID_MAX, self._spec)))


class Dialect:
    """A named habit of writing ids and receipts. What is not given is as in the standard one.

    `layout` is the receipt's text with fields in braces, empty for a receipt that has TLVs alone.
    `stat_words` (by message_state) and `err_words` (by MAP error, 0 for none, `ERR_OTHER` for the
    rest) fix words, `err_width` a number of digits; what none of them fixes is the carrier's own.
    `answer_id` is for responses, `text_id` for the receipt's text, `tlv_id` for its TLV. `tlvs` are
    bits of `RECEIPT_TLVS`; `tlv_nul` ends receipted_message_id as the specification has it.
    """

    def __init__(
        self,
        name: str,
        about: str = "",
        layout: str = APPENDIX_B,
        text_characters: int = TEXT_CHARACTERS_MAX,
        date: str = "YYMMDDhhmm",
        stat_words: dict[int, str] | None = None,
        err_width: int = 0,
        err_words: dict[int, str] | None = None,
        answer_id: str = TEN_DIGITS,
        text_id: str = TEN_DIGITS,
        tlv_id: str = TEN_DIGITS,
        id_characters_max: int = 0,
        tlvs: int = ALL_TLVS,
        tlv_nul: bool = True,
    ) -> None:
        self.name = name
        self.about = about
        self.layout = layout
        self.date = date
        self.date_format = DATE_FORMATS[date]
        self.stat_words: dict[int, str] = {} if stat_words is None else stat_words
        self.err_width = err_width
        self.err_words: dict[int, str] = {} if err_words is None else err_words
        self.answer_id = IdFormat(answer_id, id_characters_max)
        self.text_id = IdFormat(text_id, id_characters_max)
        self.tlv_id = IdFormat(tlv_id, id_characters_max)
        self.id_characters_max = id_characters_max
        self.tlvs = tlvs
        self.tlv_nul = tlv_nul
        self.id_formats = _distinct([self.answer_id, self.text_id, self.tlv_id])
        """Every way an id of this dialect is written, that of responses first."""
        self.has_one_report_id = self.text_id.notation == self.tlv_id.notation
        """Whether text and TLV of a receipt write the id alike."""
        self.literals: list[str] = []
        self.fields: list[int] = []
        _read_layout(layout, self.literals, self.fields)
        self.text_characters = text_characters if _TEXT in self.fields else 0
        """How much of the message's text a receipt shows."""
        self.is_appendix_b = layout == APPENDIX_B and date == "YYMMDDhhmm"
        self.fixes_words = bool(self.stat_words or self.err_words or err_width)

    def below_3_4(self) -> "Dialect":
        """The same towards an ESME that bound with SMPP 3.3 or older (T13).

        No TLVs, and ids of at most eight hexadecimal digits, written as the dialect writes
        hexadecimal if it does. A text without the id would now tell nothing: it becomes that of
        Appendix B.
        """
        notation = "%X"
        for one in self.id_formats:
            if one.is_hexadecimal:
                notation = one.notation
                break
        return Dialect(
            self.name,
            self.about,
            self.layout if _ID in self.fields else APPENDIX_B,
            self.text_characters if self.layout else TEXT_CHARACTERS_MAX,
            self.date,
            self.stat_words,
            self.err_width,
            self.err_words,
            notation,
            notation,
            notation,
            min(self.id_characters_max or OLD_ID_CHARACTERS_MAX, OLD_ID_CHARACTERS_MAX),
            0,
            True,
        )


def format_receipt(
    dialect: Dialect,
    message_id: str,
    submitted: int,
    delivered: int,
    submit_at: float,
    done_at: float,
    stat: str,
    err: str,
    text: str,
) -> str:
    """The text of a receipt in a dialect; see `format_receipt_text` for what the rest means.

    `message_id` is as `dialect.text_id` renders it; `text` is cut to what the dialect shows.
    """
    if len(text) > dialect.text_characters:
        text = text[: dialect.text_characters]
    if dialect.is_appendix_b:
        return format_receipt_text(
            message_id, submitted, delivered, submit_at, done_at, stat, err, text
        )
    literals = dialect.literals
    parts: list[str] = [literals[0]]
    for position, field in enumerate(dialect.fields):
        if field == _ID:
            parts.append(message_id)
        elif field == _SUB:
            parts.append(f"{submitted:03d}")
        elif field == _DLVRD:
            parts.append(f"{delivered:03d}")
        elif field == _SUBMIT_DATE:
            parts.append(_date(dialect.date_format, submit_at))
        elif field == _DONE_DATE:
            parts.append(_date(dialect.date_format, done_at))
        elif field == _STAT:
            parts.append(stat)
        elif field == _ERR:
            parts.append(err)
        else:
            parts.append(text.replace("\0", " "))
        parts.append(literals[position + 1])
    return "".join(parts)


def _date(date_format: int, at: float) -> str:
    if date_format == MINUTES:
        return receipt_date(at)
    if date_format == SECONDS:
        return f"{receipt_date(at)}{int(at) % 60:02d}"
    if date_format == LONG_MINUTES:
        return long_receipt_date(at)
    if date_format == LONG_SECONDS:
        return f"{long_receipt_date(at)}{int(at) % 60:02d}"
    return format_smpp_time(at) if date_format == SMPP_TIME else ""


def _read_layout(layout: str, literals: list[str], fields: list[int]) -> None:
    """The literal texts and the fields between them; ValueError for a field nobody knows."""
    position = 0
    for match in _PLACEHOLDER.finditer(layout):
        if match[1] not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ValueError(f"there is no field {{{match[1]}}}: use {known}")
        literals.append(layout[position : match.start()])
        fields.append(PLACEHOLDERS.index(match[1]))
        position = match.end()
    literals.append(layout[position:])


def _distinct(formats: list[IdFormat]) -> list[IdFormat]:
    found: list[IdFormat] = []
    notations: list[str] = []
    for one in formats:
        if one.notation not in notations:
            notations.append(one.notation)
            found.append(one)
    return found


STANDARD: Final = Dialect(
    "standard", "The example of SMPP 3.4 Appendix B; ids of ten decimal digits everywhere."
)
