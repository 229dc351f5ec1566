"""The names by which links, accounts, messages and phones are known across the rooms."""

from typing import Final, NewType

LinkId = NewType("LinkId", int)
"""One connection of one process; counts up and is never reused while the process runs."""

MessageId = NewType("MessageId", int)
"""63 bits: 10 of node, 53 of a counter that only grows. What a client sees is a rendering of it."""

Msisdn = NewType("Msisdn", str)
"""The digits of an E.164 number, without the plus sign: `33612345678`."""

COUNTER_BITS: Final = 53
NODE_MAX: Final = 1023
MSISDN_DIGITS_MAX: Final = 15
DIALLED_DIGITS_MAX: Final = 20
"""What an address of SMPP holds (SMPP 3.4 §5.2.9)."""

# Type of number (SMPP 3.4 §5.2.5, TS 23.040 §9.1.2.5 use the same values).
TON_UNKNOWN: Final = 0
TON_INTERNATIONAL: Final = 1
TON_NATIONAL: Final = 2
TON_NETWORK_SPECIFIC: Final = 3
TON_SUBSCRIBER: Final = 4
TON_ALPHANUMERIC: Final = 5
TON_ABBREVIATED: Final = 6
# Numbering plan indicator (SMPP 3.4 §5.2.6).
NPI_UNKNOWN: Final = 0
NPI_ISDN: Final = 1


class Address:
    """A type of number, a numbering plan and the address itself (SMPP 3.4 §5.2.5–5.2.9)."""

    def __init__(self, ton: int, npi: int, value: str) -> None:
        self.ton = ton
        self.npi = npi
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Address):
            return NotImplemented
        return self.ton == other.ton and self.npi == other.npi and self.value == other.value

    def __hash__(self) -> int:
        return hash((self.ton, self.npi, self.value))

    def __repr__(self) -> str:
        return f"Address({self.ton}, {self.npi}, {self.value!r})"


def international(msisdn: str) -> Address:
    """The international ISDN address of an MSISDN given without its plus sign."""
    return Address(TON_INTERNATIONAL, NPI_ISDN, msisdn)


def msisdn_or_none(text: str) -> Msisdn | None:
    """The digits of a number as people write it (`+33 6 12-34…`, `0033…`), or None.

    Spaces, hyphens, dots and brackets are dropped; a leading `+` or `00` is the international
    prefix. Two to fifteen digits must remain (E.164 §6.1 allows fifteen).
    """
    digits = text
    if not digits.isdigit():
        digits = digits.translate(_PUNCTUATION)
        digits = digits.removeprefix("+")
    digits = digits.removeprefix("00")
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= MSISDN_DIGITS_MAX):
        return None
    return Msisdn(digits)


def dialled_address(text: str) -> Address | None:
    """The address that a phone sends to for what its user dials; None if it is none.

    With + or 00 it is international; without either the numbering of the network decides, and it
    may be a short code.
    """
    number = text.strip()
    msisdn = msisdn_or_none(number)
    if msisdn is not None and number.startswith(("+", "00")):
        return international(msisdn)
    digits = number if msisdn is None else msisdn
    if not (digits.isascii() and digits.isdigit() and len(digits) <= DIALLED_DIGITS_MAX):
        return None
    return Address(TON_UNKNOWN, NPI_ISDN, digits)


_PUNCTUATION: Final = str.maketrans("", "", " -.()/\u00a0")
