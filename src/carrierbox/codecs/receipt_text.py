"""The text of a delivery receipt (SMPP 3.4 Appendix B), written one way and read in many."""

import re
from typing import Final

from carrierbox.codecs.time_format import receipt_date

TEXT_CHARACTERS_MAX: Final = 20

# message_state (SMPP 3.4 §5.2.28) to the word after `stat:`; ENROUTE is not in Appendix B, and
# intermediate notifications carry it in practice.
RECEIPT_WORDS: Final[dict[int, str]] = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}

_THREE_DIGITS: Final = tuple(f"{number:03d}" for number in range(256))

_FIELDS: Final = ("id", "sub", "dlvrd", "submit_date", "done_date", "stat", "err", "text")

# The form of Appendix B, read at once; a value with a colon is left to the search for labels.
_USUAL: Final = re.compile(
    r"id:([^\s:]+) sub:(\d+) dlvrd:(\d+) submit date:(\d+) done date:(\d+)"
    r" stat:([^\s:]+) err:([^\s:]+) [Tt]ext:(.*)",
    re.ASCII | re.DOTALL,
)
_LABEL: Final = re.compile(
    r"(?<![A-Za-z])(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text)[ ]?:",
    re.ASCII | re.IGNORECASE,
)


def format_receipt_text(
    message_id: str,
    submitted: int,
    delivered: int,
    submit_at: float,
    done_at: float,
    stat: str,
    err: str,
    text: str,
) -> str:
    """The receipt's text; of `text` the first twenty characters, a NUL as a space.

    `submitted` and `delivered` count messages (0 to 999); times are seconds since 1970, dates are
    written in UTC.
    """
    if len(text) > TEXT_CHARACTERS_MAX:
        text = text[:TEXT_CHARACTERS_MAX]
    if "\0" in text:
        text = text.replace("\0", " ")
    return (
        f"id:{message_id} sub:{_three_digits(submitted)} dlvrd:{_three_digits(delivered)}"
        f" submit date:{receipt_date(submit_at)} done date:{receipt_date(done_at)}"
        f" stat:{stat} err:{err} text:{text}"
    )


def parse_receipt_text(text: str) -> dict[str, str]:
    """The fields found: `id sub dlvrd submit_date done_date stat err text`, values as written.

    Labels in any case and order, fields missing or without a value, spaces after a colon. A value
    is one word, but what follows the label `text` is the message's to the end and taken whole. Of
    a field given twice the first counts.
    """
    usual = _USUAL.fullmatch(text)
    if usual is not None:
        return dict(zip(_FIELDS, usual.groups(), strict=True))
    fields: dict[str, str] = {}
    name = ""
    value_start = 0
    for label in _LABEL.finditer(text):
        if name:
            fields.setdefault(name, _first_word(text[value_start : label.start()]))
        name = _field_name(label.group(1))
        value_start = label.end()
        if name == "text":
            fields["text"] = text[value_start:]
            return fields
    if name:
        fields.setdefault(name, _first_word(text[value_start:]))
    return fields


def _field_name(label: str) -> str:
    name = label.lower()
    if name.endswith("date"):
        return "submit_date" if name.startswith("submit") else "done_date"
    return name


def _first_word(value: str) -> str:
    words = value.split(None, 1)
    return words[0] if words else ""


def _three_digits(number: int) -> str:
    return _THREE_DIGITS[number] if 0 <= number < len(_THREE_DIGITS) else str(number)
