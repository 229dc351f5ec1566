"""How many of something each phone has, for millions of phones: eleven octets and a bit each.

A dict of as many numbers takes ten times as much. Numbers are MSISDNs as digits; leading zeros
count.
"""

from mmap import ACCESS_COPY, mmap
from typing import Final, Literal

_FREE: Final = 0
_SLOTS_MIN: Final = 64
_MOVED_AT_ONCE: Final = 16
_NONE: Final = memoryview(b"").cast("Q")


class NumberCounts:
    """A count above zero for each of any set of numbers; 0 for all others."""

    def __init__(self) -> None:
        self._keys = _zeros("Q", _SLOTS_MIN)
        self._counts = _zeros("I", _SLOTS_MIN)
        self._mask = _SLOTS_MIN - 1
        self._used = 0
        # The smaller table there was before, of which what stands from `_moved` on is still there.
        # Its entries do not move; one whose count is 0 is gone.
        self._old_keys = _NONE
        self._old_counts = _NONE
        self._moved: int = 0
        self.total = 0
        """The sum of all counts."""

    def __len__(self) -> int:
        """How many numbers have a count."""
        return self._used

    def of(self, msisdn: str) -> int:
        """The count of a number."""
        if self._used == 0:
            return 0
        key = _key(msisdn)
        slot = _slot_of(self._keys, self._mask, key)
        if self._keys[slot] != _FREE:
            return self._counts[slot]
        return self._old_counts[self._old_slot_of(key)] if self._old_keys else 0

    def add(self, msisdn: str, count: int) -> None:
        """Count up, or down: never below zero."""
        key = _key(msisdn)
        if self._old_keys:
            self._move_some()
            if self._old_keys:
                self._move(self._old_slot_of(key))
        slot = _slot_of(self._keys, self._mask, key)
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
        count = self.of(msisdn)
        if count:
            self.add(msisdn, -count)

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
        counts[hole] = 0

    def _grow(self) -> None:
        """Begin a table twice as large; what is here moves there some with each change."""
        while self._old_keys:
            self._move_some()
        self._old_keys = self._keys
        self._old_counts = self._counts
        self._moved = 0
        size = 2 * (self._mask + 1)
        self._keys = _zeros("Q", size)
        self._counts = _zeros("I", size)
        self._mask = size - 1

    def _old_slot_of(self, key: int) -> int:
        """Where a key is in the table before, or a slot there that holds no count."""
        return _slot_of(self._old_keys, len(self._old_keys) - 1, key)

    def _move_some(self) -> None:
        begin = self._moved
        end = min(begin + _MOVED_AT_ONCE, len(self._old_keys))
        for slot in range(begin, end):
            self._move(slot)
        self._moved = end
        if end == len(self._old_keys):
            self._old_keys = _NONE
            self._old_counts = _NONE

    def _move(self, old_slot: int) -> None:
        """Move what stands in a slot of the table before, if there is anything."""
        count: int = self._old_counts[old_slot]
        if count:
            key: int = self._old_keys[old_slot]
            slot = _slot_of(self._keys, self._mask, key)
            self._keys[slot] = key
            self._counts[slot] = count
            self._old_counts[old_slot] = 0


def _zeros(kind: Literal["I", "Q"], count: int) -> memoryview:
    """So many numbers, all 0, "I" of 4 octets or "Q" of 8.

    Their memory is not touched yet: the system gives it as they change, a page at a time. To fill
    the table for a million phones with zeros would take 25 ms.
    """
    octets = 4 if kind == "I" else 8
    return memoryview(mmap(-1, octets * count, access=ACCESS_COPY)).cast(kind)


def _slot_of(keys: memoryview, mask: int, key: int) -> int:
    """Where a key is, or the free slot where it would be."""
    slot = _hash(key) & mask
    while True:
        found: int = keys[slot]
        if found in (key, _FREE):
            return slot
        slot = (slot + 1) & mask


def _key(msisdn: str) -> int:
    """Never 0, and different for every string of digits."""
    return int("1" + msisdn)


def _hash(key: int) -> int:
    """Neighbours stay neighbours, which is good: numbers are dealt out in blocks."""
    return key ^ (key >> 20) ^ (key >> 41)
