"""The values that WAP protocols are made of (WAP-230-WSP §8.1.2, §8.4.2), read in their order."""

from typing import Final

from carrierbox.errors import CodecError

_UINTVAR_OCTETS_MAX: Final = 5
_SHORT_LENGTH_MAX: Final = 30
_LENGTH_QUOTE: Final = 31
_QUOTE: Final = 0x7F
_SHORT_INTEGER: Final = 0x80
_FIRST_CHARACTER: Final = 0x20

# Character sets by their IANA MIBenum; what is not here is read as UTF-8.
_CHARACTER_SETS: Final[dict[int, str]] = {
    3: "ascii",
    4: "latin-1",
    5: "iso8859_2",
    8: "iso8859_5",
    17: "shift_jis",
    106: "utf-8",
    1000: "utf-16-be",
    1015: "utf-16",
    2026: "big5",
}
_UTF_8: Final = 106
_WIDE_SETS: Final = (1000, 1015)


class WspReader:
    """Reads values from `octets`, from `position` to `end`.

    Every method moves `position` behind what it gives and raises CodecError where the value
    reaches beyond `end`.
    """

    def __init__(self, octets: bytes, position: int, end: int) -> None:
        if not 0 <= position <= end <= len(octets):
            raise CodecError(f"octets {position} to {end} of {len(octets)}", len(octets))
        self.octets = octets
        self.position = position
        self.end = end

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position >= self.end

    def peek(self) -> int:
        """The next octet, which stays."""
        if self.position >= self.end:
            raise CodecError("a value is missing", self.position)
        return self.octets[self.position]

    def octet(self) -> int:
        """The next octet."""
        value = self.peek()
        self.position += 1
        return value

    def take(self, count: int) -> bytes:
        """The next `count` octets."""
        if count > self.end - self.position:
            raise CodecError(f"{count} octets announced, fewer are there", self.position)
        taken = self.octets[self.position : self.position + count]
        self.position += count
        return taken

    def uintvar(self) -> int:
        """An integer of up to five octets of seven bits, the highest first."""
        value = 0
        for _ in range(_UINTVAR_OCTETS_MAX):
            octet = self.octet()
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                return value
        raise CodecError("an integer goes on for more than five octets", self.position)

    def value_length(self) -> int:
        """A Value-length: how many octets the value takes."""
        start = self.position
        length = self.octet()
        if length == _LENGTH_QUOTE:
            return self.uintvar()
        if length > _SHORT_LENGTH_MAX:
            raise CodecError("a length is expected here", start)
        return length

    def part(self) -> "WspReader":
        """A reader of a value that starts with its Value-length; this one goes on behind it."""
        length = self.value_length()
        start = self.position
        self.take(length)
        return WspReader(self.octets, start, start + length)

    def long_integer(self) -> int:
        """A Long-integer: one octet with the number of octets, then those."""
        start = self.position
        length = self.octet()
        if length > _SHORT_LENGTH_MAX:
            raise CodecError("an integer's length is expected here", start)
        return int.from_bytes(self.take(length), "big")

    def integer(self) -> int:
        """An Integer-value: seven bits in one octet, or a Long-integer."""
        if self.peek() & _SHORT_INTEGER:
            return self.octet() & 0x7F
        return self.long_integer()

    def text_octets(self) -> bytes:
        """The octets of a Text-string up to its terminating 0, without a quote before them."""
        start = self.position
        stop = self.octets.find(b"\x00", start, self.end)
        if stop < 0:
            raise CodecError("a text without an end", start)
        self.position = stop + 1
        if self.octets[start] == _QUOTE:
            start += 1
        return self.octets[start:stop]

    def text(self) -> str:
        """A Text-string, read as UTF-8; U+FFFD for what is not."""
        return self.text_octets().decode("utf-8", "replace")

    def encoded_string(self) -> str:
        """An Encoded-string-value: a Text-string, with its character set in front or without."""
        first = self.peek()
        if first >= _FIRST_CHARACTER or first == 0:
            return self.text()
        part = self.part()
        character_set = part.integer()
        rest = part.take(part.end - part.position)
        if character_set in _WIDE_SETS:
            rest = rest[:-2] if rest.endswith(b"\x00\x00") else rest
        else:
            rest = rest.removesuffix(b"\x00").removeprefix(b"\x7f")
        return rest.decode(_CHARACTER_SETS.get(character_set, "utf-8"), "replace")

    def integer_or_text(self) -> str:
        """An Integer-value or a Text-string, as text."""
        first = self.peek()
        if first & _SHORT_INTEGER or first <= _SHORT_LENGTH_MAX:
            return str(self.integer())
        return self.text()

    def skip_value(self) -> None:
        """Pass over the value of a header nobody here knows (WAP-230-WSP §8.4.1.2)."""
        first = self.peek()
        if first & _SHORT_INTEGER:
            self.octet()
        elif first <= _LENGTH_QUOTE:
            self.part()
        else:
            self.text_octets()


def uintvar_octets(value: int) -> bytes:
    """An integer as octets of seven bits, the highest first. Raises CodecError beyond 32 bits."""
    if not 0 <= value <= 0xFFFFFFFF:
        raise CodecError(f"{value} is no integer of 32 bits")
    octets = [value & 0x7F]
    value >>= 7
    while value:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(octets[::-1])


def long_integer_octets(value: int) -> bytes:
    """A Long-integer. Raises CodecError if it is negative or needs more than thirty octets."""
    length = max((value.bit_length() + 7) // 8, 1)
    if value < 0 or length > _SHORT_LENGTH_MAX:
        raise CodecError(f"{value} is no Long-integer")
    return bytes([length]) + value.to_bytes(length, "big")


def with_length(octets: bytes) -> bytes:
    """`octets` behind their Value-length."""
    if len(octets) <= _SHORT_LENGTH_MAX:
        return bytes([len(octets)]) + octets
    return bytes([_LENGTH_QUOTE]) + uintvar_octets(len(octets)) + octets


def text_octets(text: str) -> bytes:
    """A Text-string in UTF-8. Raises CodecError for a text with U+0000 or half a surrogate pair."""
    if "\x00" in text:
        raise CodecError("a text ends at U+0000", text.index("\x00"))
    try:
        octets = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CodecError("half a surrogate pair has no octets", error.start) from None
    quote = bytes([_QUOTE]) if octets and octets[0] >= _QUOTE else b""
    return quote + octets + b"\x00"


def encoded_string_octets(text: str) -> bytes:
    """An Encoded-string-value: a Text-string, with its character set if it is not ASCII."""
    octets = text_octets(text)
    if text.isascii() and text[:1] >= " ":
        return octets
    return with_length(bytes([_SHORT_INTEGER | _UTF_8]) + octets)
