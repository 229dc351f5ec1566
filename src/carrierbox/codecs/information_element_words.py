"""Information elements of a user data header in words, for displays (TS 23.040 §9.2.3.24)."""

from typing import Final

from carrierbox.codecs.information_element_tables import (
    CLASS_EMS_CONTENT,
    information_element_kind,
)
from carrierbox.codecs.information_elements import (
    ApplicationPorts,
    Element,
    EmailHeader,
    Hyperlink,
    NationalShift,
    ReplyAddress,
    SmscControl,
    SpecialMessageIndication,
    TextFormatting,
    UdhSource,
    read_element,
)
from carrierbox.codecs.national_language import LANGUAGE_NAMES
from carrierbox.codecs.user_data_header import (
    Concatenation,
    InformationElement,
    parse_user_data_header,
)
from carrierbox.identifiers import TON_INTERNATIONAL

PORT_NAMES: Final[dict[int, str]] = {
    226: "vCard",
    228: "vCalendar",
    2948: "WAP push",
    2949: "secure WAP push",
    5505: "Nokia ring tone",
    5506: "Nokia operator logo",
    5507: "Nokia group logo",
    5514: "Nokia picture message",
    9200: "WAP connectionless",
    9201: "WAP session",
    9204: "vCard over WAP",
    9205: "vCalendar over WAP",
}
"""Destination ports of both widths, as registered with IANA or, Nokia's, used by telephones."""

_SOURCES: Final = {1: "original sender", 2: "original receiver", 3: "SMSC"}
_INDICATIONS: Final = ("voice", "fax", "e-mail", "other")
_CONTROL_BITS: Final = (
    "report when completed",
    "report when given up for a permanent error",
    "report when given up for a temporary error",
    "report on a temporary error while trying",
    "reserved bit 4",
    "reserved bit 5",
    "cancel the other reports of this concatenation",
    "return this header in the report",
)
_ALIGNMENTS: Final = ("left", "centred", "right", "")
_SIZES: Final = ("", "large", "small", "")
_STYLES: Final = ("bold", "italic", "underlined", "struck through")
_COLOURS: Final = (
    "black",
    "dark grey",
    "dark red",
    "dark yellow",
    "dark green",
    "dark cyan",
    "dark blue",
    "dark magenta",
    "grey",
    "white",
    "bright red",
    "bright yellow",
    "bright green",
    "bright cyan",
    "bright blue",
    "bright magenta",
)
_VARIABLE_PICTURE: Final = 0x12
_EXTENDED_OBJECT: Final = 0x14
# Those whose first octet is the place in the text where they are shown.
_PLACED: Final = frozenset([0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x18, 0x19])


def describe_user_data_header(header: bytes) -> list[tuple[str, str]]:
    """Name and words of each element in its order. Raises CodecError if the header is malformed."""
    return [
        (information_element_kind(element.iei).name, element_words(element))
        for element in parse_user_data_header(header)
    ]


def element_words(element: InformationElement) -> str:
    """What an element says, as in `part 2 of 3, reference 170`."""
    kind = information_element_kind(element.iei)
    value = read_element(element)
    if not isinstance(value, InformationElement):
        return _control_words(value)
    length = len(element.data)
    if not kind.data_octets_min <= length <= kind.data_octets_max:
        return f"wrong length of {length} octets: {element.data.hex()}"
    if kind.kind_class == CLASS_EMS_CONTENT:
        return _object_words(element)
    return element.data.hex() or "no data"


def _control_words(value: Element) -> str:
    if isinstance(value, Concatenation):
        return f"part {value.number} of {value.total}, reference {value.reference}"
    if isinstance(value, ApplicationPorts):
        name = PORT_NAMES.get(value.destination)
        to = f"{value.destination} ({name})" if name else str(value.destination)
        return f"to port {to} from port {value.originator}"
    if isinstance(value, NationalShift):
        return LANGUAGE_NAMES.get(value.language, f"reserved language {value.language}")
    if isinstance(value, SpecialMessageIndication):
        kind = _INDICATIONS[value.indication]
        if value.indication == 3 and value.extended:
            kind = "video" if value.extended == 1 else f"other, type {value.extended}"
        kept = "stored" if value.store else "discarded"
        return f"{value.count} waiting ({kind}), profile {value.profile + 1}, text {kept}"
    if isinstance(value, SmscControl):
        told = [words for bit, words in enumerate(_CONTROL_BITS) if value.bits >> bit & 1]
        return ", ".join(told) or "nothing asked for"
    if isinstance(value, UdhSource):
        return f"made by {_SOURCES.get(value.source, f'reserved {value.source}')}"
    return _content_words(value)


def _content_words(value: Element) -> str:
    if isinstance(value, TextFormatting):
        return _formatting_words(value)
    if isinstance(value, EmailHeader):
        return f"e-mail header in the first {value.length} characters"
    if isinstance(value, Hyperlink):
        return (
            f"title of {value.title_length} characters at {value.position}, "
            f"then a URL of {value.url_length}"
        )
    assert isinstance(value, ReplyAddress)
    plus = "+" if value.address.ton == TON_INTERNATIONAL else ""
    return f"reply to {plus}{value.address.value}"


def _formatting_words(value: TextFormatting) -> str:
    words = [_ALIGNMENTS[value.mode & 0x03], _SIZES[value.mode >> 2 & 0x03]]
    words += [style for bit, style in enumerate(_STYLES) if value.mode >> 4 >> bit & 1]
    if value.colour is not None:
        words.append(f"{_COLOURS[value.colour & 0x0F]} on {_COLOURS[value.colour >> 4]}")
    shown = ", ".join(word for word in words if word) or "normal"
    where = f"{value.length} characters at {value.start}" if value.length else "from here on"
    return f"{where}: {shown}"


def _object_words(element: InformationElement) -> str:
    data = element.data
    if element.iei == _EXTENDED_OBJECT:
        return (
            f"reference {data[0]}, {data[1] << 8 | data[2]} octets in all, type {data[4]}, "
            f"at {data[5] << 8 | data[6]}"
        )
    if element.iei == _VARIABLE_PICTURE:
        return f"{data[1] * 8} by {data[2]} dots at {data[0]}"
    if element.iei in _PLACED and len(data) == 2:
        return f"number {data[1]} at {data[0]}"
    return f"{len(data) - 1} octets at {data[0]}"
