"""The common information elements of a user data header as values, and back without loss.

What is unknown, reserved or of a wrong length stays an `InformationElement`
(TS 23.040 §9.2.3.24).
"""

from typing import Final, TypeAlias

from carrierbox.codecs.information_element_tables import information_element_kind
from carrierbox.codecs.tp_address import TpAddress, decode_tp_address
from carrierbox.codecs.user_data_header import (
    IEI_CONCATENATION,
    IEI_CONCATENATION_WIDE,
    IEI_NATIONAL_LOCKING_SHIFT,
    IEI_NATIONAL_SINGLE_SHIFT,
    IEI_PORTS_8_BIT,
    IEI_PORTS_16_BIT,
    Concatenation,
    InformationElement,
    parse_user_data_header,
)
from carrierbox.errors import CodecError

IEI_SPECIAL_MESSAGE_INDICATION: Final = 0x01
IEI_SMSC_CONTROL: Final = 0x06
IEI_UDH_SOURCE: Final = 0x07
IEI_TEXT_FORMATTING: Final = 0x0A
IEI_EMAIL_HEADER: Final = 0x20
IEI_HYPERLINK: Final = 0x21
IEI_REPLY_ADDRESS: Final = 0x22

_UDHL_MAX: Final = 255
# Of each pair only the one that comes last counts.
_EXCLUDES: Final[dict[int, int]] = {
    IEI_CONCATENATION: IEI_CONCATENATION_WIDE,
    IEI_CONCATENATION_WIDE: IEI_CONCATENATION,
    IEI_PORTS_8_BIT: IEI_PORTS_16_BIT,
    IEI_PORTS_16_BIT: IEI_PORTS_8_BIT,
}


class ApplicationPorts:
    """The ports of two applications (§9.2.3.24.3, §9.2.3.24.4); `wide`: of 16 bits, not 8."""

    def __init__(self, destination: int, originator: int, wide: bool) -> None:
        self.destination = destination
        self.originator = originator
        self.wide = wide


class NationalShift:
    """The language whose table this part uses (§9.2.3.24.15, §9.2.3.24.16)."""

    def __init__(self, language: int, locking: bool) -> None:
        self.language = language
        self.locking = locking


class SpecialMessageIndication:
    """So many messages of a kind wait (§9.2.3.24.2).

    `indication` is 0 voice, 1 fax, 2 e-mail, 3 other, then told apart by `extended` (1 video).
    `profile` is 0 to 3 for the subscriber's profiles 1 to 4.
    """

    def __init__(
        self, store: bool, profile: int, extended: int, indication: int, count: int
    ) -> None:
        self.store = store
        self.profile = profile
        self.extended = extended
        self.indication = indication
        self.count = count


class SmscControl:
    """Which status reports the service centre should send (§9.2.3.24.5), as bits 0 to 7."""

    def __init__(self, bits: int) -> None:
        self.bits = bits


class UdhSource:
    """Who made the elements that follow (§9.2.3.24.6): 1 sender, 2 receiver, 3 SMSC."""

    def __init__(self, source: int) -> None:
        self.source = source


class TextFormatting:
    """How some characters are shown (§9.2.3.24.10.1.1); `colour` is None where it is not given."""

    def __init__(self, start: int, length: int, mode: int, colour: int | None) -> None:
        self.start = start
        self.length = length
        self.mode = mode
        self.colour = colour


class EmailHeader:
    """How many characters at the start of the text are an e-mail header (§9.2.3.24.11)."""

    def __init__(self, length: int) -> None:
        self.length = length


class Hyperlink:
    """A title and, right after it, its URL, in characters of the text (§9.2.3.24.12)."""

    def __init__(self, position: int, title_length: int, url_length: int) -> None:
        self.position = position
        self.title_length = title_length
        self.url_length = url_length


class ReplyAddress:
    """Where an answer should go (§9.2.3.24.13)."""

    def __init__(self, address: TpAddress) -> None:
        self.address = address


Element: TypeAlias = (
    Concatenation
    | ApplicationPorts
    | NationalShift
    | SpecialMessageIndication
    | SmscControl
    | UdhSource
    | TextFormatting
    | EmailHeader
    | Hyperlink
    | ReplyAddress
    | InformationElement
)


def read_element(element: InformationElement) -> Element:
    """The value of an element; the element itself where there is no class or the length is wrong.

    `write_element` of the answer gives the element again, octet by octet.
    """
    kind = information_element_kind(element.iei)
    if not kind.data_octets_min <= len(element.data) <= kind.data_octets_max:
        return element
    return _read_control(element.iei, element.data) or _read_content(element) or element


def write_element(value: Element) -> InformationElement:
    """The element of a value. Raises CodecError if a number has no place in it."""
    if isinstance(value, InformationElement):
        return value
    try:
        return _write_control(value)
    except (ValueError, OverflowError):
        raise CodecError(f"a value of {type(value).__name__} has no place in its element") from None


def effective_elements(elements: list[InformationElement]) -> list[InformationElement]:
    """What counts of a header's elements, in their order.

    Of those that may not repeat the last one counts, also of two that exclude each other: both
    widths of a concatenation or of ports (§9.2.3.24).
    """
    last: dict[int, int] = {}
    for index, element in enumerate(elements):
        last[element.iei] = index
    kept: list[InformationElement] = []
    for index, element in enumerate(elements):
        if not information_element_kind(element.iei).repeatable:
            if last[element.iei] != index:
                continue
            other = _EXCLUDES.get(element.iei)
            if other is not None and last.get(other, -1) > index:
                continue
        kept.append(element)
    return kept


def read_user_data_header(header: bytes) -> list[Element]:
    """All elements of a header as values. Raises CodecError if it is malformed."""
    return [read_element(element) for element in parse_user_data_header(header)]


def build_user_data_header(elements: list[Element]) -> bytes:
    """A header of `elements`, UDHL first; b"" without any. Raises CodecError if it is too long."""
    octets = b""
    for value in elements:
        element = write_element(value)
        if not (0 <= element.iei <= 0xFF and len(element.data) <= 0xFF):
            raise CodecError(f"no information element holds {element!r}")
        octets += bytes([element.iei, len(element.data)]) + element.data
    if len(octets) > _UDHL_MAX:
        raise CodecError(f"a user data header cannot hold {len(octets)} octets")
    return bytes([len(octets)]) + octets if octets else b""


def _read_control(iei: int, data: bytes) -> Element | None:
    if iei == IEI_CONCATENATION and 1 <= data[2] <= data[1]:
        return Concatenation(data[0], data[1], data[2], False)
    if iei == IEI_CONCATENATION_WIDE and 1 <= data[3] <= data[2]:
        return Concatenation(data[0] << 8 | data[1], data[2], data[3], True)
    if iei == IEI_PORTS_8_BIT:
        return ApplicationPorts(data[0], data[1], False)
    if iei == IEI_PORTS_16_BIT:
        return ApplicationPorts(data[0] << 8 | data[1], data[2] << 8 | data[3], True)
    if iei in (IEI_NATIONAL_LOCKING_SHIFT, IEI_NATIONAL_SINGLE_SHIFT):
        return NationalShift(data[0], iei == IEI_NATIONAL_LOCKING_SHIFT)
    if iei == IEI_SPECIAL_MESSAGE_INDICATION:
        sign = data[0]
        return SpecialMessageIndication(
            bool(sign & 0x80), sign >> 5 & 0x03, sign >> 2 & 0x07, sign & 0x03, data[1]
        )
    if iei == IEI_SMSC_CONTROL:
        return SmscControl(data[0])
    return UdhSource(data[0]) if iei == IEI_UDH_SOURCE else None


def _read_content(element: InformationElement) -> Element | None:
    data = element.data
    if element.iei == IEI_TEXT_FORMATTING:
        return TextFormatting(data[0], data[1], data[2], data[3] if len(data) > 3 else None)
    if element.iei == IEI_EMAIL_HEADER:
        return EmailHeader(data[0])
    if element.iei == IEI_HYPERLINK:
        return Hyperlink(data[0] << 8 | data[1], data[2], data[3])
    if element.iei == IEI_REPLY_ADDRESS:
        try:
            address, end = decode_tp_address(data, 0)
        except CodecError:
            return None
        return ReplyAddress(address) if end == len(data) else None
    return None


def _write_control(value: Element) -> InformationElement:
    if isinstance(value, Concatenation):
        iei = IEI_CONCATENATION_WIDE if value.wide else IEI_CONCATENATION
        reference = value.reference.to_bytes(2 if value.wide else 1, "big")
        return InformationElement(iei, reference + bytes([value.total, value.number]))
    if isinstance(value, ApplicationPorts):
        width = 2 if value.wide else 1
        ports = value.destination.to_bytes(width, "big") + value.originator.to_bytes(width, "big")
        return InformationElement(IEI_PORTS_16_BIT if value.wide else IEI_PORTS_8_BIT, ports)
    if isinstance(value, NationalShift):
        iei = IEI_NATIONAL_LOCKING_SHIFT if value.locking else IEI_NATIONAL_SINGLE_SHIFT
        return InformationElement(iei, bytes([value.language]))
    if isinstance(value, SpecialMessageIndication):
        if not (
            0 <= value.profile <= 3 and 0 <= value.extended <= 7 and 0 <= value.indication <= 3
        ):
            raise ValueError
        sign = 0x80 if value.store else 0
        sign |= value.profile << 5 | value.extended << 2 | value.indication
        return InformationElement(IEI_SPECIAL_MESSAGE_INDICATION, bytes([sign, value.count]))
    if isinstance(value, SmscControl):
        return InformationElement(IEI_SMSC_CONTROL, bytes([value.bits]))
    if isinstance(value, UdhSource):
        return InformationElement(IEI_UDH_SOURCE, bytes([value.source]))
    return _write_content(value)


def _write_content(value: Element) -> InformationElement:
    if isinstance(value, TextFormatting):
        octets = bytes([value.start, value.length, value.mode])
        if value.colour is not None:
            octets += bytes([value.colour])
        return InformationElement(IEI_TEXT_FORMATTING, octets)
    if isinstance(value, EmailHeader):
        return InformationElement(IEI_EMAIL_HEADER, bytes([value.length]))
    if isinstance(value, Hyperlink):
        octets = value.position.to_bytes(2, "big") + bytes([value.title_length, value.url_length])
        return InformationElement(IEI_HYPERLINK, octets)
    assert isinstance(value, ReplyAddress)
    return InformationElement(IEI_REPLY_ADDRESS, value.address.encode())
