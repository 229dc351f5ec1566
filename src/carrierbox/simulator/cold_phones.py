"""Packed phones by number, in few large pieces of memory.

A million small objects cost more in their heads than in what they hold. Here the records of a dozen
phones stand one behind the other in one piece; a piece that grows too large is split (linear
hashing: never more than one at a time, so that no call takes long).
"""

from collections.abc import Iterator
from heapq import nsmallest
from typing import Final

from carrierbox.simulator.number_queue import key_of, msisdn_of

KEPT: Final = 1
CHANGED: Final = 2
LEFT: Final = 3

_RECORDS_PER_PIECE: Final = 12
_PIECES_MIN: Final = 64
_KEY_OCTETS: Final = 7
_SEQUENCE_OCTETS: Final = 5
_SEQUENCE_AT: Final = _KEY_OCTETS
_LENGTH_AT: Final = _KEY_OCTETS + _SEQUENCE_OCTETS
_SHORT_HEAD_OCTETS: Final = _LENGTH_AT + 2
_LONG_HEAD_OCTETS: Final = _LENGTH_AT + 4
_LONG: Final = 0x80
_LOW_BITS: Final = 26


class ColdPhones:
    """Records of phones by MSISDN, each with its place in the order of first contact.

    An MSISDN is 1 to 15 digits; a sequence number has at most 40 bits.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = [b""] * _PIECES_MIN
        self._half: int = _PIECES_MIN
        """Pieces there were when the present round of splitting began."""
        self._split: int = 0
        """How many of those are split."""
        self._count: int = 0

    def __len__(self) -> int:
        return self._count

    def put(self, msisdn: str, sequence: int, octets: bytes) -> None:
        """Keep a record; one of that number that is here goes."""
        key = key_of(msisdn)
        index = self._index_of(key)
        piece = self._pieces[index]
        at = _find(piece, key)
        if at >= 0:
            self._pieces[index] = piece[:at] + piece[_end(piece, at) :]
            self._count -= 1
        self._add(index, key, sequence, octets)

    def keep(self, msisdn: str, sequence: int, octets: bytes, instead: dict[bytes, bytes]) -> int:
        """Keep a record of a number that is not here (KEPT).

        For one that is, in its place in the order, what is there `instead` of its record (CHANGED);
        if nothing is, the record stays (LEFT).
        """
        key = key_of(msisdn)
        index = self._index_of(key)
        piece = self._pieces[index]
        at = _find(piece, key)
        if at < 0:
            self._add(index, key, sequence, octets)
            return KEPT
        end = _end(piece, at)
        other = instead.get(piece[_start(piece, at) : end])
        if other is None:
            return LEFT
        length = _length_octets(len(other))
        self._pieces[index] = b"".join([piece[: at + _LENGTH_AT], length, other, piece[end:]])
        return CHANGED

    def take(self, msisdn: str) -> bytes | None:
        """The record, which is not here from now on; None if there is none."""
        key = key_of(msisdn)
        index = self._index_of(key)
        piece = self._pieces[index]
        at = _find(piece, key)
        if at < 0:
            return None
        end = _end(piece, at)
        self._pieces[index] = piece[:at] + piece[end:]
        self._count -= 1
        return piece[_start(piece, at) : end]

    def find(self, msisdn: str) -> bytes | None:
        """The record, which stays; None if there is none."""
        key = key_of(msisdn)
        piece = self._pieces[self._index_of(key)]
        at = _find(piece, key)
        return None if at < 0 else piece[_start(piece, at) : _end(piece, at)]

    def sequence_of(self, msisdn: str) -> int:
        """Its place in the order of first contact; -1 if it is not here."""
        key = key_of(msisdn)
        piece = self._pieces[self._index_of(key)]
        at = _find(piece, key)
        if at < 0:
            return -1
        return int.from_bytes(piece[at + _SEQUENCE_AT : at + _LENGTH_AT], "little")

    def __contains__(self, msisdn: object) -> bool:
        return isinstance(msisdn, str) and self.sequence_of(msisdn) >= 0

    def in_order(self, after: int = -1, limit: int = 1000) -> list[tuple[int, str]]:
        """The first `limit` behind the place `after`: the place and the number of each.

        Looks at every record, which takes a quarter of a second for a million.
        """
        return nsmallest(limit, [one for one in self._places() if one[0] > after])

    def __iter__(self) -> Iterator[str]:
        """Every number, in the order of first contact."""
        return iter([msisdn for _, msisdn in sorted(self._places())])

    # Inside.

    def _add(self, index: int, key: int, sequence: int, octets: bytes) -> None:
        head = key.to_bytes(_KEY_OCTETS, "little") + sequence.to_bytes(_SEQUENCE_OCTETS, "little")
        length = _length_octets(len(octets))
        self._pieces[index] = b"".join([self._pieces[index], head, length, octets])
        self._count += 1
        if self._count > _RECORDS_PER_PIECE * len(self._pieces):
            self._split_one()

    def _places(self) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for piece in self._pieces:
            at = 0
            while at < len(piece):
                key = int.from_bytes(piece[at : at + _KEY_OCTETS], "little")
                sequence = int.from_bytes(piece[at + _SEQUENCE_AT : at + _LENGTH_AT], "little")
                found.append((sequence, msisdn_of(key)))
                at = _end(piece, at)
        return found

    def _index_of(self, key: int) -> int:
        mixed = _mixed(key)
        index = mixed & self._half - 1
        return mixed & 2 * self._half - 1 if index < self._split else index

    def _split_one(self) -> None:
        """Split the next piece of the round in two by one more bit of the mixed keys."""
        piece = self._pieces[self._split]
        kept: list[bytes] = []
        moved: list[bytes] = []
        at = 0
        while at < len(piece):
            end = _end(piece, at)
            key = int.from_bytes(piece[at : at + _KEY_OCTETS], "little")
            (moved if _mixed(key) & self._half else kept).append(piece[at:end])
            at = end
        self._pieces[self._split] = b"".join(kept)
        self._pieces.append(b"".join(moved))
        self._split += 1
        if self._split == self._half:
            self._half *= 2
            self._split = 0


def _mixed(key: int) -> int:
    """Bits that differ for numbers which follow a pattern; the product fits a machine word."""
    low = key & (1 << _LOW_BITS) - 1
    high = key >> _LOW_BITS
    return (low * 0x9E3779B1 + high * 0x85EBCA77) >> 24


def _find(piece: bytes, key: int) -> int:
    """Where the record of a key begins; -1 if it is not there."""
    lowest = key & 0xFF
    second = key >> 8 & 0xFF
    at = 0
    end = len(piece)
    while at < end:
        if (
            piece[at] == lowest
            and piece[at + 1] == second
            and int.from_bytes(piece[at : at + _KEY_OCTETS], "little") == key
        ):
            return at
        at = _end(piece, at)
    return -1


def _start(piece: bytes, at: int) -> int:
    """Where the octets of the record at that place begin."""
    return at + (_LONG_HEAD_OCTETS if piece[at + _LENGTH_AT] & _LONG else _SHORT_HEAD_OCTETS)


def _end(piece: bytes, at: int) -> int:
    """Where the next record begins."""
    first = piece[at + _LENGTH_AT]
    length = (first & 0x7F) << 8 | piece[at + _LENGTH_AT + 1]
    if not first & _LONG:
        return at + _SHORT_HEAD_OCTETS + length
    length = length << 16 | piece[at + _LENGTH_AT + 2] << 8 | piece[at + _LENGTH_AT + 3]
    return at + _LONG_HEAD_OCTETS + length


def _length_octets(length: int) -> bytes:
    """A length in two octets, or in four where it needs them."""
    if length < 0x8000:
        return length.to_bytes(2, "big")
    return (length | _LONG << 24).to_bytes(4, "big")
