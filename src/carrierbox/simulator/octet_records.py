"""Records of numbers and octets, as short as they come: all numbers first, then all octets."""

from struct import Struct
from typing import Final

_TIME: Final = Struct("<d")
_CONTINUES: Final = 0x80


class RecordWriter:
    """Writes one record. Numbers are not negative."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._octets: list[bytes] = []

    def number(self, value: int) -> None:
        """Add a number: one octet for each seven bits, the lowest first."""
        numbers = self._numbers
        while value >= _CONTINUES:
            numbers.append(value & 0x7F | _CONTINUES)
            value >>= 7
        numbers.append(value)

    def large(self, value: int) -> None:
        """Add a number that may have more than 62 bits."""
        length_octets = (value.bit_length() + 7) >> 3
        self._numbers.append(length_octets)
        self._octets.append(value.to_bytes(length_octets, "little"))

    def octets(self, value: bytes) -> None:
        """Add octets."""
        self.number(len(value))
        self._octets.append(value)

    def text(self, value: str) -> None:
        """Add a text, whatever it is made of."""
        self.octets(value.encode("utf-8", "surrogatepass"))

    def time(self, value: float) -> None:
        """Add a time as it is."""
        self._octets.append(_TIME.pack(value))

    def record(self) -> bytes:
        """All of it: the length of the numbers in two octets or four, they, and the octets."""
        numbers = bytes(self._numbers)
        length = len(numbers)
        if length < 0x8000:
            head = bytes([length & 0xFF, length >> 8])
        else:
            head = bytes(
                [length & 0xFF, length >> 8 & 0x7F | 0x80, length >> 15 & 0xFF, length >> 23]
            )
        return b"".join([head, numbers, *self._octets])


class RecordReader:
    """Reads a record in the order in which it was written."""

    def __init__(self, record: bytes) -> None:
        self._record = record
        length = record[0] | (record[1] & 0x7F) << 8
        self._number_at: int = 2
        if record[1] & 0x80:
            length |= record[2] << 15 | record[3] << 23
            self._number_at = 4
        self._octets_at: int = self._number_at + length

    def number(self) -> int:
        """The next number."""
        record = self._record
        at = self._number_at
        octet = record[at]
        value = octet & 0x7F
        shift = 7
        while octet & _CONTINUES:
            at += 1
            octet = record[at]
            value |= (octet & 0x7F) << shift
            shift += 7
        self._number_at = at + 1
        return value

    def large(self) -> int:
        """The next number that may have more than 62 bits."""
        return int.from_bytes(self._next(self.number()), "little")

    def octets(self) -> bytes:
        """The next octets."""
        return self._next(self.number())

    def text(self) -> str:
        """The next text."""
        return self._next(self.number()).decode("utf-8", "surrogatepass")

    def time(self) -> float:
        """The next time."""
        found: float = _TIME.unpack_from(self._record, self._octets_at)[0]
        self._octets_at += 8
        return found

    def _next(self, length_octets: int) -> bytes:
        start = self._octets_at
        self._octets_at = start + length_octets
        return self._record[start : start + length_octets]
