"""The four kinds of sender a text can come from, and what each may do.

An alphanumeric name, a short code, a long code (an ordinary number) or a toll-free number. What a
country's carriers allow beyond this is theirs to decide.
"""

import unicodedata
from typing import Final

from carrierbox.identifiers import (
    MSISDN_DIGITS_MAX,
    NPI_ISDN,
    NPI_UNKNOWN,
    TON_ALPHANUMERIC,
    TON_INTERNATIONAL,
    TON_NATIONAL,
    TON_UNKNOWN,
    Address,
    msisdn_or_none,
)

KIND_ALPHANUMERIC: Final = "alphanumeric"
KIND_SHORT_CODE: Final = "short code"
KIND_LONG_CODE: Final = "long code"
KIND_TOLL_FREE: Final = "toll-free"
KIND_NONE: Final = "none"

ALPHANUMERIC_CHARACTERS_MAX: Final = 11
NAME_SIGNS: Final = "-+&._"
"""What a name may have beside letters, digits and spaces, though not every carrier takes it: the
promotional AD-ACME of the Emirates, the header VM-ACMEIN of India. All of them are one septet."""
SHORT_CODE_DIGITS_MIN: Final = 3
SHORT_CODE_DIGITS_MAX: Final = 6
NUMBER_DIGITS_MIN: Final = 7

# The North American area codes without charge, and the country code of the world's such numbers.
_TOLL_FREE_AREAS: Final = ("800", "833", "844", "855", "866", "877", "888")
_TOLL_FREE_WORLD: Final = "800"
_TOLL_FREE_NATIONAL: Final = "0800"
_NORTH_AMERICAN_DIGITS: Final = 10
_WORLD_DIGITS: Final = 11

_RULES: Final = {
    KIND_ALPHANUMERIC: "It sends only, nobody can answer it; many countries want it registered, "
    "and the United States and Canada do not take it.",
    KIND_SHORT_CODE: "It sends much and fast and is answered with keywords such as STOP, but only "
    "within its own country and after an approval that takes weeks.",
    KIND_LONG_CODE: "It sends and is answered like a person's number, at about one text a second; "
    "what looks like a broadcast is filtered.",
    KIND_TOLL_FREE: "It sends and is answered within its own country once it is verified; in some "
    "countries promotional texts from it are filtered.",
}


class SenderCheck:
    """What a sender is.

    `kind` is one of the `KIND_` words, `address` how SMPP carries it (3.4 §5.2.5 to 5.2.8), None
    for KIND_NONE; `rule` says in one sentence what it may do, or what is wrong with it.
    """

    def __init__(self, sender: str, kind: str, address: Address | None, rule: str) -> None:
        self.sender = sender
        self.kind = kind
        self.address = address
        self.rule = rule

    @property
    def is_valid(self) -> bool:
        """Whether a text can come from it at all."""
        return self.kind != KIND_NONE

    def __repr__(self) -> str:
        return f"SenderCheck({self.sender!r}, {self.kind!r})"


def check_sender(sender: str) -> SenderCheck:
    """What kind of sender this is; a wrong one is told by `kind` and `rule`, never an exception.

    Numbers may be written as people do. Without + or 00 a number of 10 digits or with a 0 in front
    is taken as a national one, a longer one as international.
    """
    text = sender.strip()
    if not text:
        return _wrong(sender, "A sender has at least one character.")
    if not any(each.isalpha() for each in text):
        return _number(sender, text)
    length = len(text)
    if length > ALPHANUMERIC_CHARACTERS_MAX:
        return _wrong(
            sender,
            f"A name has at most {ALPHANUMERIC_CHARACTERS_MAX} characters, this one {length}.",
        )
    for position, each in enumerate(text):
        is_sign = each == " " or (each in NAME_SIGNS and (position or each != "+"))
        if not (each.isascii() and (each.isalnum() or is_sign)):
            name = unicodedata.name(each, "a character without a name")
            return _wrong(
                sender,
                "A name has the letters A to Z, digits, spaces and the signs - & . _ and +, which "
                f"begins numbers only; at position {position} stands {each!r} ({name}).",
            )
    address = Address(TON_ALPHANUMERIC, NPI_UNKNOWN, text)
    return SenderCheck(sender, KIND_ALPHANUMERIC, address, _RULES[KIND_ALPHANUMERIC])


def kind_of_address(source: Address) -> str:
    """What kind of sender an address of SMPP is: one of the `KIND_` words, never KIND_NONE.

    What is no number is a name, whatever its type of number says (T45).
    """
    digits = source.value.removeprefix("+")
    if source.ton == TON_ALPHANUMERIC or not (digits.isascii() and digits.isdigit()):
        return KIND_ALPHANUMERIC
    if len(digits) <= SHORT_CODE_DIGITS_MAX:
        return KIND_SHORT_CODE
    is_national = is_national_number(source)
    return KIND_TOLL_FREE if _is_toll_free(digits, is_national) else KIND_LONG_CODE


def is_national_number(source: Address) -> bool:
    """Whether a numeric sender is written without its country code, as far as one can tell."""
    if source.ton == TON_INTERNATIONAL or source.value.startswith("+"):
        return False
    digits = source.value
    if source.ton == TON_NATIONAL:
        return True
    return not digits.startswith("00") and (
        digits.startswith("0") or len(digits) <= _NORTH_AMERICAN_DIGITS
    )


def _number(sender: str, text: str) -> SenderCheck:
    digits = msisdn_or_none(text)
    if digits is None or len(digits) < SHORT_CODE_DIGITS_MIN:
        return _wrong(
            sender,
            "A sender is a name with at least one letter, or a number of "
            f"{SHORT_CODE_DIGITS_MIN} to {MSISDN_DIGITS_MAX} digits.",
        )
    is_international = text.startswith(("+", "00"))
    if not is_international and len(digits) <= SHORT_CODE_DIGITS_MAX:
        address = Address(TON_UNKNOWN, NPI_ISDN, digits)
        return SenderCheck(sender, KIND_SHORT_CODE, address, _RULES[KIND_SHORT_CODE])
    if len(digits) < NUMBER_DIGITS_MIN:
        return _wrong(
            sender, f"A number with its country code has at least {NUMBER_DIGITS_MIN} digits."
        )
    is_national = not is_international and (
        digits.startswith("0") or len(digits) <= _NORTH_AMERICAN_DIGITS
    )
    kind = KIND_TOLL_FREE if _is_toll_free(digits, is_national) else KIND_LONG_CODE
    ton = TON_NATIONAL if is_national else TON_INTERNATIONAL
    return SenderCheck(sender, kind, Address(ton, NPI_ISDN, digits), _RULES[kind])


def _is_toll_free(digits: str, is_national: bool) -> bool:
    length = len(digits)
    if is_national:
        if digits.startswith(_TOLL_FREE_NATIONAL):
            return True
        return length == _NORTH_AMERICAN_DIGITS and digits.startswith(_TOLL_FREE_AREAS)
    if length == _NORTH_AMERICAN_DIGITS + 1 and digits[0] == "1":
        return digits[1:].startswith(_TOLL_FREE_AREAS)
    return length == _WORLD_DIGITS and digits.startswith(_TOLL_FREE_WORLD)


def _wrong(sender: str, rule: str) -> SenderCheck:
    return SenderCheck(sender, KIND_NONE, None, rule)
