"""How many of something each phone has, for millions of phones: eleven octets and a bit each.

A dict of as many numbers takes ten times as much. Numbers are MSISDNs as digits; leading zeros
count.
"""

from array import array
from typing import Final

_FREE: Final = 0
_SLOTS_MIN: Final = 64


class NumberCounts:
    """A count above zero for each of any set of numbers; 0 for all others."""

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _SLOTS_MIN))
        self._counts = array("I", bytes(4 * _SLOTS_MIN))
        self._mask = _SLOTS_MIN - 1
        self._used = 0
        self.total = 0
        """The sum of all counts."""

    def __len__(self) -> int:
        """How many numbers have a count."""
        return self._used

    def of(self, msisdn: str) -> int:
        """The count of a number."""
        if self._used == 0:
            return 0
        slot = self._slot_of(_key(msisdn))
        return self._counts[slot] if self._keys[slot] != _FREE else 0

    def add(self, msisdn: str, count: int) -> None:
        """Count up, or down: never below zero."""
        key = _key(msisdn)
        slot = self._slot_of(key)
        if self._keys[slot] == _FREE:
            if count <= 0:
                return
            self._keys[slot] = key
            self._counts[slot] = count
            self._used += 1
            self.total += count
            if 3 * self._used > 2 * self._mask:
                self._grow()
            return
        before = self._counts[slot]
        after = max(0, before + count)
        self.total += after - before
        if after:
            self._counts[slot] = after
        else:
            self._remove(slot)

    def clear(self, msisdn: str) -> None:
        """Set the count of a number to zero."""
        self.add(msisdn, -self.of(msisdn))

    def _slot_of(self, key: int) -> int:
        """Where a key is, or the free slot where it would be."""
        keys = self._keys
        mask = self._mask
        slot = _hash(key) & mask
        while True:
            found = keys[slot]
            if found in (key, _FREE):
                return slot
            slot = (slot + 1) & mask

    def _remove(self, slot: int) -> None:
        """Free a slot, and move up what stands behind it, so that every search still finds it."""
        keys = self._keys
        counts = self._counts
        mask = self._mask
        self._used -= 1
        hole = slot
        probe = slot
        while True:
            probe = (probe + 1) & mask
            key = keys[probe]
            if key == _FREE:
                break
            wanted = _hash(key) & mask
            if (probe - wanted) & mask >= (probe - hole) & mask:
                keys[hole] = key
                counts[hole] = counts[probe]
                hole = probe
        keys[hole] = _FREE

    def _grow(self) -> None:
        keys = self._keys
        counts = self._counts
        size = 2 * (self._mask + 1)
        self._keys = array("Q", bytes(8 * size))
        self._counts = array("I", bytes(4 * size))
        self._mask = size - 1
        for slot, key in enumerate(keys):
            if key != _FREE:
                place = self._slot_of(key)
                self._keys[place] = key
                self._counts[place] = counts[slot]


def _key(msisdn: str) -> int:
    """Never 0, and different for every string of digits."""
    return int("1" + msisdn)


def _hash(key: int) -> int:
    """Neighbours stay neighbours, which is good: numbers are dealt out in blocks."""
    return key ^ (key >> 20) ^ (key >> 41)
