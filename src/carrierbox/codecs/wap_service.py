"""What a WAP push asks a telephone to open: Service Indication and Service Loading in WBXML.

WAP-167-ServiceInd §5, §8 and WAP-168-ServiceLoad §5, §8, written by WAP-192-WBXML.
"""

from typing import Final

from carrierbox.codecs.wsp_values import WspReader, uintvar_octets
from carrierbox.errors import CodecError

_DOCUMENT_TYPES: Final[dict[int, str]] = {0x05: "service indication", 0x06: "service loading"}

_PUBLIC_IDENTIFIERS: Final[dict[str, int]] = {
    name: identifier for identifier, name in _DOCUMENT_TYPES.items()
}

_WBXML_VERSION: Final = 0x02
"""1.2."""
_UTF_8: Final = 106
_INDICATION_TAG: Final = 0x06
_DATES: Final = ("created", "si-expires")
# It belongs to an item of an info element, whose place a `WapService` does not keep.
_NOT_WRITTEN: Final = ("class",)
_END: Final = 0x01
_ENTITY: Final = 0x02
_INLINE_STRING: Final = 0x03
_TABLE_STRING: Final = 0x83
_OPAQUE: Final = 0xC3
_HAS_ATTRIBUTES: Final = 0x80
_HAS_CONTENT: Final = 0x40
_FIRST_TAG: Final = 0x05

# Attribute, and what its value starts with, by the code an attribute starts with.
_INDICATION_ATTRIBUTES: Final[dict[int, tuple[str, str]]] = {
    0x05: ("action", "signal-none"),
    0x06: ("action", "signal-low"),
    0x07: ("action", "signal-medium"),
    0x08: ("action", "signal-high"),
    0x09: ("action", "delete"),
    0x0A: ("created", ""),
    0x0B: ("href", ""),
    0x0C: ("href", "http://"),
    0x0D: ("href", "http://www."),
    0x0E: ("href", "https://"),
    0x0F: ("href", "https://www."),
    0x10: ("si-expires", ""),
    0x11: ("si-id", ""),
    0x12: ("class", ""),
}
_LOADING_ATTRIBUTES: Final[dict[int, tuple[str, str]]] = {
    0x05: ("action", "execute-low"),
    0x06: ("action", "execute-high"),
    0x07: ("action", "cache"),
    0x08: ("href", ""),
    0x09: ("href", "http://"),
    0x0A: ("href", "http://www."),
    0x0B: ("href", "https://"),
    0x0C: ("href", "https://www."),
}
_VALUE_WORDS: Final[dict[int, str]] = {
    0x85: ".com/",
    0x86: ".edu/",
    0x87: ".net/",
    0x88: ".org/",
}


class WapService:
    """A service indication with its text, or a service loading, which has none.

    `attributes` are those of the document by name, among them `href`; dates as they are sent, in
    decimal digits from the year on.
    """

    def __init__(self, document_type: str, text: str, attributes: dict[str, str]) -> None:
        self.document_type = document_type
        self.text = text
        self.attributes = attributes

    @property
    def url(self) -> str:
        """Where the service is; "" if the document does not say."""
        return self.attributes.get("href", "")

    @property
    def action(self) -> str:
        """What the telephone should do; "" for what the document type has as its default."""
        return self.attributes.get("action", "")


def decode_wap_service(octets: bytes) -> WapService:
    """The service in a document of WBXML.

    Raises CodecError if it ends early, is no such document or uses what none of them does.
    """
    reader = WspReader(octets, 0, len(octets))
    reader.octet()
    public_identifier = reader.uintvar()
    document_type = _DOCUMENT_TYPES.get(public_identifier)
    if document_type is None:
        raise CodecError(f"document of type 0x{public_identifier:02X}", 1)
    reader.uintvar()
    strings = reader.take(reader.uintvar())
    return _Document(reader, strings, document_type).read()


def encode_wap_service(value: WapService) -> bytes:
    """The document of a service, in UTF-8: what `decode_wap_service` reads from it is `value`.

    Raises CodecError for an attribute or an action that its document type has not, or a text that
    no document holds.
    """
    if value.document_type not in _PUBLIC_IDENTIFIERS:
        raise CodecError(f"no document is a {value.document_type!r}")
    is_loading = value.document_type == "service loading"
    if is_loading and value.text:
        raise CodecError("a service loading has no text")
    known = _LOADING_ATTRIBUTES if is_loading else _INDICATION_ATTRIBUTES
    attributes = b"".join(
        [_attribute_octets(name, said, known) for name, said in value.attributes.items()]
    )
    if attributes:
        attributes += bytes([_END])
    head = bytes([_WBXML_VERSION, _PUBLIC_IDENTIFIERS[value.document_type], _UTF_8, 0])
    attributes_bit = _HAS_ATTRIBUTES if attributes else 0
    if is_loading:
        return head + bytes([_FIRST_TAG | attributes_bit]) + attributes
    indication = bytes([_INDICATION_TAG | attributes_bit]) + attributes
    if value.text:
        content = _string_octets(value.text) + bytes([_END])
        indication = bytes([indication[0] | _HAS_CONTENT]) + attributes + content
    return head + bytes([_FIRST_TAG | _HAS_CONTENT]) + indication + bytes([_END])


def _attribute_octets(name: str, said: str, known: dict[int, tuple[str, str]]) -> bytes:
    """An attribute by the code that says most of it."""
    best = -1
    for code, (attribute, start) in known.items():
        if attribute != name or not said.startswith(start) or name in _NOT_WRITTEN:
            continue
        # An action is one of a few words, all of which have codes.
        if name == "action" and said != start:
            continue
        if best < 0 or len(start) > len(known[best][1]):
            best = code
    if best < 0:
        raise CodecError(f"no code for the attribute {name}={said!r}")
    rest = said[len(known[best][1]) :]
    octets = bytes([best])
    if name in _DATES and rest and len(rest) % 2 == 0 and rest.isascii() and rest.isdigit():
        digits = bytes.fromhex(rest)
        return octets + bytes([_OPAQUE]) + uintvar_octets(len(digits)) + digits
    return octets + _value_octets(rest)


def _value_octets(said: str) -> bytes:
    """A value as strings with the codes of `.com/` and the like between them."""
    octets = b""
    start = 0
    place = 0
    while place < len(said):
        for code, word in _VALUE_WORDS.items():
            if said.startswith(word, place):
                octets += _string_octets(said[start:place]) + bytes([code])
                place += len(word)
                start = place
                break
        else:
            place += 1
    return octets + _string_octets(said[start:])


def _string_octets(text: str) -> bytes:
    if not text:
        return b""
    if "\x00" in text:
        raise CodecError("a text ends at U+0000", text.index("\x00"))
    try:
        return bytes([_INLINE_STRING]) + text.encode("utf-8") + b"\x00"
    except UnicodeEncodeError as error:
        raise CodecError("half a surrogate pair has no octets", error.start) from None


class _Document:
    def __init__(self, reader: WspReader, strings: bytes, document_type: str) -> None:
        self.reader = reader
        self.strings = strings
        self.document_type = document_type
        self.is_loading = document_type == "service loading"

    def read(self) -> WapService:
        text: list[str] = []
        attributes: dict[str, str] = {}
        depth = 0
        reader = self.reader
        while True:
            token = reader.peek()
            if token == _END:
                reader.octet()
                depth -= 1
            elif token in (_ENTITY, _INLINE_STRING, _TABLE_STRING, _OPAQUE):
                text.append(self._string())
            elif token & 0x3F < _FIRST_TAG:
                raise CodecError(f"token 0x{token:02X} in a {self.document_type}", reader.position)
            else:
                reader.octet()
                if token & _HAS_ATTRIBUTES:
                    self._read_attributes(attributes)
                if token & _HAS_CONTENT:
                    depth += 1
            if depth <= 0:
                return WapService(self.document_type, "".join(text), attributes)

    def _read_attributes(self, attributes: dict[str, str]) -> None:
        known = _LOADING_ATTRIBUTES if self.is_loading else _INDICATION_ATTRIBUTES
        name = ""
        reader = self.reader
        while True:
            token = reader.peek()
            if token == _END:
                reader.octet()
                return
            if token in (_ENTITY, _INLINE_STRING, _TABLE_STRING, _OPAQUE):
                piece = self._string()
            elif token in _VALUE_WORDS:
                reader.octet()
                piece = _VALUE_WORDS[token]
            elif token in known:
                reader.octet()
                name, piece = known[token]
                attributes[name] = ""
            else:
                raise CodecError(f"attribute 0x{token:02X} is unknown", reader.position)
            if not name:
                raise CodecError("a value before any attribute", reader.position)
            attributes[name] += piece

    def _string(self) -> str:
        reader = self.reader
        token = reader.octet()
        if token == _INLINE_STRING:
            start = reader.position
            stop = reader.octets.find(b"\x00", start, reader.end)
            if stop < 0:
                raise CodecError("a string without an end", start)
            return reader.take(stop + 1 - start)[:-1].decode("utf-8", "replace")
        if token == _OPAQUE:
            return reader.take(reader.uintvar()).hex()
        number = reader.uintvar()
        if token == _ENTITY:
            return chr(number) if number <= 0x10FFFF else "\ufffd"
        stop = self.strings.find(b"\x00", number)
        if number >= len(self.strings) or stop < 0:
            raise CodecError(f"no string at {number} of the table", reader.position)
        return self.strings[number:stop].decode("utf-8", "replace")
