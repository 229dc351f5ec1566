"""The addresses of transfer PDUs: TP-OA, TP-DA, TP-RA and the reply address (TS 23.040 §9.1.2.5).

A length in useful semi-octets, a type of address, and digits two an octet or packed septets.
"""

from typing import Final

from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7
from carrierbox.codecs.septets import pack_septets, unpack_septets
from carrierbox.errors import CodecError
from carrierbox.identifiers import TON_ALPHANUMERIC, Address

SEMI_OCTETS_MAX: Final = 20
ALPHANUMERIC_CHARACTERS_MAX: Final = 11

_HEAD_OCTETS: Final = 2
_EXTENSION_BIT: Final = 0x80
_FILLER: Final = 0xF
_DIGITS: Final = "0123456789*#abc"
_SPARE_SEMI_OCTET: Final = "f"


class TpAddress:
    """An address as it is sent. `address` reads it; `octets` are the semi-octets themselves."""

    def __init__(self, length_semi_octets: int, type_of_address: int, octets: bytes) -> None:
        self.length_semi_octets = length_semi_octets
        self.type_of_address = type_of_address
        self.octets = octets

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TpAddress):
            return NotImplemented
        return (
            self.length_semi_octets == other.length_semi_octets
            and self.type_of_address == other.type_of_address
            and self.octets == other.octets
        )

    def __hash__(self) -> int:
        return hash((self.length_semi_octets, self.type_of_address, self.octets))

    def __repr__(self) -> str:
        return f"TpAddress({self.address!r})"

    @property
    def ton(self) -> int:
        """Type of number, 0 to 7."""
        return self.type_of_address >> 4 & 0x07

    @property
    def npi(self) -> int:
        """Numbering plan, 0 to 15; it means something for TON 0, 1 and 2 only."""
        return self.type_of_address & 0x0F

    @property
    def value(self) -> str:
        """The digits, with `*`, `#`, `a`, `b`, `c`, or the text of an alphanumeric address."""
        if self.ton == TON_ALPHANUMERIC:
            count = self.length_semi_octets * 4 // 7
            return decode_gsm7(unpack_septets(self.octets, count))
        return _digits(self.octets)[: self.length_semi_octets]

    @property
    def address(self) -> Address:
        """The same in the words of SMPP."""
        return Address(self.ton, self.npi, self.value)

    def encode(self) -> bytes:
        """Length, type and semi-octets. Raises CodecError if they do not belong together."""
        if not 0 <= self.length_semi_octets <= SEMI_OCTETS_MAX:
            raise CodecError(f"an address has 0 to {SEMI_OCTETS_MAX} semi-octets")
        if len(self.octets) != (self.length_semi_octets + 1) // 2:
            raise CodecError(
                f"{self.length_semi_octets} semi-octets do not make {len(self.octets)} octets"
            )
        if not 0 <= self.type_of_address <= 0xFF:
            raise CodecError(f"type of address {self.type_of_address} is no octet")
        return bytes([self.length_semi_octets, self.type_of_address]) + self.octets


def decode_tp_address(octets: bytes, start: int) -> tuple[TpAddress, int]:
    """The address at `start` and the position after it.

    Raises CodecError if it reaches beyond the octets or is longer than twelve.
    """
    if start + _HEAD_OCTETS > len(octets):
        raise CodecError("an address has a length and a type", len(octets))
    length = octets[start]
    if length > SEMI_OCTETS_MAX:
        raise CodecError(
            f"an address has at most {SEMI_OCTETS_MAX} semi-octets, not {length}", start
        )
    end = start + _HEAD_OCTETS + (length + 1) // 2
    if end > len(octets):
        raise CodecError(f"an address of {length} semi-octets reaches beyond the octets", start)
    return TpAddress(length, octets[start + 1], octets[start + _HEAD_OCTETS : end]), end


def tp_address(address: Address) -> TpAddress:
    """An address for the air: text in septets if `ton` says alphanumeric, else semi-octets.

    Raises CodecError for more than 11 characters or 20 digits, or what has no place.
    """
    if not (0 <= address.ton <= 0x07 and 0 <= address.npi <= 0x0F):
        raise CodecError(f"an address on the air has no TON {address.ton} with NPI {address.npi}")
    type_of_address = _EXTENSION_BIT | address.ton << 4 | address.npi
    if address.ton == TON_ALPHANUMERIC:
        septets = encode_gsm7(address.value)
        if septets is None:
            raise CodecError(f"{address.value!r} does not fit the GSM 7-bit default alphabet")
        if len(septets) > ALPHANUMERIC_CHARACTERS_MAX:
            raise CodecError(
                f"an alphanumeric address has at most {ALPHANUMERIC_CHARACTERS_MAX} septets, "
                f"not {len(septets)}"
            )
        return TpAddress((len(septets) * 7 + 3) // 4, type_of_address, pack_septets(septets))
    digits = address.value.lower()
    if len(digits) > SEMI_OCTETS_MAX:
        raise CodecError(f"an address has at most {SEMI_OCTETS_MAX} digits, not {len(digits)}")
    nibbles = bytearray()
    for position, digit in enumerate(digits):
        if digit not in _DIGITS:
            raise CodecError(f"{digit!r} is no digit of an address", position)
        nibbles.append(_DIGITS.index(digit))
    if len(nibbles) % 2:
        nibbles.append(_FILLER)
    octets = bytes(
        [nibbles[place] | nibbles[place + 1] << 4 for place in range(0, len(nibbles), 2)]
    )
    return TpAddress(len(digits), type_of_address, octets)


def _digits(octets: bytes) -> str:
    digits = _DIGITS + _SPARE_SEMI_OCTET
    return "".join([digits[octet & 0x0F] + digits[octet >> 4] for octet in octets])
