"""The user data header of a short message (TS 23.040 §9.2.3.24).

A header starts with UDHL, the number of octets that follow in it, and holds information elements:
an identifier, a length and as many octets. Everywhere here a header includes its UDHL octet.
"""

from typing import Final

from carrierbox.errors import CodecError

IEI_CONCATENATION: Final = 0x00
IEI_PORTS_8_BIT: Final = 0x04
IEI_PORTS_16_BIT: Final = 0x05
IEI_CONCATENATION_WIDE: Final = 0x08
IEI_NATIONAL_SINGLE_SHIFT: Final = 0x24
IEI_NATIONAL_LOCKING_SHIFT: Final = 0x25

PARTS_MAX: Final = 255

_NARROW_DATA_OCTETS: Final = 3
_WIDE_DATA_OCTETS: Final = 4
_NARROW_HEADER_OCTETS: Final = 6
_WIDE_HEADER_OCTETS: Final = 7
_UDHL_MAX: Final = 255


class InformationElement:
    """One element of a header: its identifier and its data, uninterpreted."""

    def __init__(self, iei: int, data: bytes) -> None:
        self.iei = iei
        self.data = data

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InformationElement):
            return NotImplemented
        return self.iei == other.iei and self.data == other.data

    def __hash__(self) -> int:
        return hash((self.iei, self.data))

    def __repr__(self) -> str:
        return f"InformationElement(0x{self.iei:02X}, {self.data.hex()!r})"


class Concatenation:
    """Which part of which long message this is (TS 23.040 §9.2.3.24.1, §9.2.3.24.8).

    `number` counts from 1 to `total`; `wide` says that `reference` has 16 bits, not 8.
    """

    def __init__(self, reference: int, total: int, number: int, wide: bool) -> None:
        self.reference = reference
        self.total = total
        self.number = number
        self.wide = wide

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Concatenation):
            return NotImplemented
        return (
            self.reference == other.reference
            and self.total == other.total
            and self.number == other.number
            and self.wide == other.wide
        )

    def __hash__(self) -> int:
        return hash((self.reference, self.total, self.number, self.wide))

    def __repr__(self) -> str:
        return f"Concatenation({self.reference}, {self.total}, {self.number}, {self.wide})"


def split_user_data_header(octets: bytes) -> tuple[bytes, bytes]:
    """Cut user data that starts with a header into the header and the rest.

    Raises CodecError if UDHL reaches beyond the octets. The elements are not looked at.
    """
    if not octets:
        raise CodecError("user data header announced and no octets there", 0)
    end = octets[0] + 1
    if end > len(octets):
        raise CodecError(f"user data header of {end} octets in {len(octets)} of user data", 0)
    return octets[:end], octets[end:]


def parse_user_data_header(header: bytes) -> list[InformationElement]:
    """The elements of a header in their order; none for an empty header.

    Raises CodecError if UDHL does not match the header or an element reaches beyond it.
    """
    elements: list[InformationElement] = []
    length = len(header)
    if length == 0:
        return elements
    if header[0] != length - 1:
        raise CodecError(f"UDHL of {header[0]} in a header of {length} octets", 0)
    position = 1
    while position < length:
        if position + 1 == length:
            raise CodecError("information element without a length", position)
        end = position + 2 + header[position + 1]
        if end > length:
            raise CodecError("information element reaches beyond its header", position)
        elements.append(InformationElement(header[position], header[position + 2 : end]))
        position = end
    return elements


def find_concatenation(header: bytes) -> Concatenation | None:
    """The concatenation a header carries, if any.

    Elements with a wrong length, a total of 0 or a number outside 1 to the total are ignored, and
    of several the last counts (TS 23.040 §9.2.3.24, §9.2.3.24.1). A malformed header has none.
    """
    length = len(header)
    if length == _NARROW_HEADER_OCTETS and header[0] == 5 and header[1] == IEI_CONCATENATION:
        if header[2] != _NARROW_DATA_OCTETS:
            return None
        return _concatenation_or_none(header[3], header[4], header[5], False)
    if length == _WIDE_HEADER_OCTETS and header[0] == 6 and header[1] == IEI_CONCATENATION_WIDE:
        if header[2] != _WIDE_DATA_OCTETS:
            return None
        return _concatenation_or_none(header[3] << 8 | header[4], header[5], header[6], True)
    return _find_among_elements(header)


def concatenation_header(reference: int, total: int, number: int, wide: bool = False) -> bytes:
    """A header with nothing but a concatenation element: 6 octets, 7 if `wide`.

    Raises CodecError if a value has no place in it.
    """
    element = _concatenation_element(reference, total, number, wide)
    return bytes([len(element)]) + element


def merge_concatenation(
    header: bytes, reference: int, total: int, number: int, wide: bool = False
) -> bytes:
    """`header` with a concatenation element put before its own elements; `header` may be empty.

    Raises CodecError if it is malformed or concatenated already, or if a value has no place.
    """
    element = _concatenation_element(reference, total, number, wide)
    for present in parse_user_data_header(header):
        if present.iei in (IEI_CONCATENATION, IEI_CONCATENATION_WIDE):
            raise CodecError("a part of a concatenated message cannot be split again")
    length = len(element) + max(len(header) - 1, 0)
    if length > _UDHL_MAX:
        raise CodecError(f"a user data header cannot hold {length} octets")
    return bytes([length]) + element + header[1:]


def _concatenation_element(reference: int, total: int, number: int, wide: bool) -> bytes:
    if not 0 <= reference <= (0xFFFF if wide else 0xFF):
        raise CodecError(f"concatenation reference {reference} out of range")
    if not 1 <= number <= total <= PARTS_MAX:
        raise CodecError(f"part {number} of {total} is not 1 to {PARTS_MAX}")
    if wide:
        fields = [IEI_CONCATENATION_WIDE, _WIDE_DATA_OCTETS, reference >> 8, reference & 0xFF]
    else:
        fields = [IEI_CONCATENATION, _NARROW_DATA_OCTETS, reference]
    return bytes([*fields, total, number])


def _concatenation_or_none(
    reference: int, total: int, number: int, wide: bool
) -> Concatenation | None:
    if 1 <= number <= total:
        return Concatenation(reference, total, number, wide)
    return None


def _find_among_elements(header: bytes) -> Concatenation | None:
    found: Concatenation | None = None
    try:
        elements = parse_user_data_header(header)
    except CodecError:
        return None
    for element in elements:
        data = element.data
        candidate: Concatenation | None = None
        if element.iei == IEI_CONCATENATION and len(data) == _NARROW_DATA_OCTETS:
            candidate = _concatenation_or_none(data[0], data[1], data[2], False)
        elif element.iei == IEI_CONCATENATION_WIDE and len(data) == _WIDE_DATA_OCTETS:
            candidate = _concatenation_or_none(data[0] << 8 | data[1], data[2], data[3], True)
        if candidate is not None:
            found = candidate
    return found
