"""Every information element identifier of a user data header (TS 23.040 §9.2.3.24), as a table."""

from typing import Final

CLASS_SMS_CONTROL: Final = "SMS control"
CLASS_EMS_CONTROL: Final = "EMS control"
CLASS_EMS_CONTENT: Final = "EMS content"
CLASS_RESERVED: Final = "reserved"

_DATA_MAX: Final = 253
"""What is left of a header of 255 octets after an identifier and a length."""


class InformationElementKind:
    """What an identifier stands for, how long its data may be and whether it may stand twice."""

    def __init__(
        self,
        name: str,
        kind_class: str,
        repeatable: bool,
        data_octets_min: int,
        data_octets_max: int,
    ) -> None:
        self.name = name
        self.kind_class = kind_class
        self.repeatable = repeatable
        self.data_octets_min = data_octets_min
        self.data_octets_max = data_octets_max


def information_element_kind(iei: int) -> InformationElementKind:
    """What the identifier `iei` (0 to 255) stands for."""
    return _KINDS[iei]


_S: Final = CLASS_SMS_CONTROL
_E: Final = CLASS_EMS_CONTROL
_C: Final = CLASS_EMS_CONTENT
_R: Final = CLASS_RESERVED

# First and last identifier, name, class, repeatable, least and most octets of data. Ranges whose
# repeatability their own users define are taken as repeatable, so that nothing is dropped.
_ROWS: Final[list[tuple[int, int, str, str, bool, int, int]]] = [
    (0x00, 0x00, "concatenated short messages, 8-bit reference", _S, False, 3, 3),
    (0x01, 0x01, "special SMS message indication", _S, True, 2, 2),
    (0x02, 0x02, "reserved", _R, True, 0, _DATA_MAX),
    (0x03, 0x03, "value not used", _R, True, 0, _DATA_MAX),
    (0x04, 0x04, "application port addressing, 8-bit", _S, False, 2, 2),
    (0x05, 0x05, "application port addressing, 16-bit", _S, False, 4, 4),
    (0x06, 0x06, "SMSC control parameters", _S, False, 1, 1),
    (0x07, 0x07, "UDH source indicator", _S, True, 1, 1),
    (0x08, 0x08, "concatenated short messages, 16-bit reference", _S, False, 4, 4),
    (0x09, 0x09, "Wireless Control Message Protocol", _S, True, 0, _DATA_MAX),
    (0x0A, 0x0A, "text formatting", _E, True, 3, 4),
    (0x0B, 0x0B, "predefined sound", _C, True, 2, 2),
    (0x0C, 0x0C, "user defined sound", _C, True, 1, 129),
    (0x0D, 0x0D, "predefined animation", _C, True, 2, 2),
    (0x0E, 0x0E, "large animation", _C, True, 129, 129),
    (0x0F, 0x0F, "small animation", _C, True, 33, 33),
    (0x10, 0x10, "large picture", _C, True, 129, 129),
    (0x11, 0x11, "small picture", _C, True, 33, 33),
    (0x12, 0x12, "variable picture", _C, True, 3, _DATA_MAX),
    (0x13, 0x13, "user prompt indicator", _E, True, 1, 1),
    (0x14, 0x14, "extended object", _C, True, 7, _DATA_MAX),
    (0x15, 0x15, "reused extended object", _E, True, 3, 3),
    (0x16, 0x16, "compression control", _E, False, 3, _DATA_MAX),
    (0x17, 0x17, "object distribution indicator", _E, True, 2, 2),
    (0x18, 0x18, "standard WVG object", _C, True, 1, _DATA_MAX),
    (0x19, 0x19, "character size WVG object", _C, True, 1, _DATA_MAX),
    (0x1A, 0x1A, "extended object data request command", _E, False, 0, 0),
    (0x1B, 0x1F, "reserved for EMS", _R, True, 0, _DATA_MAX),
    (0x20, 0x20, "RFC 5322 e-mail header", _S, False, 1, 1),
    (0x21, 0x21, "hyperlink format element", _S, True, 4, 4),
    (0x22, 0x22, "reply address element", _S, False, 2, 12),
    (0x23, 0x23, "enhanced voice mail information", _S, False, 1, _DATA_MAX),
    (0x24, 0x24, "national language single shift", _S, False, 1, 1),
    (0x25, 0x25, "national language locking shift", _S, False, 1, 1),
    (0x26, 0x6F, "reserved for future use", _R, True, 0, _DATA_MAX),
    (0x70, 0x7F, "(U)SIM toolkit security header", _S, True, 0, _DATA_MAX),
    (0x80, 0x9F, "SME to SME specific use", _S, True, 0, _DATA_MAX),
    (0xA0, 0xBF, "reserved for future use", _R, True, 0, _DATA_MAX),
    (0xC0, 0xDF, "SC specific use", _S, True, 0, _DATA_MAX),
    (0xE0, 0xFF, "reserved for future use", _R, True, 0, _DATA_MAX),
]

_KINDS: Final[list[InformationElementKind]] = [
    InformationElementKind(name, kind_class, repeatable, least, most)
    for first, last, name, kind_class, repeatable, least, most in _ROWS
    for _ in range(first, last + 1)
]
