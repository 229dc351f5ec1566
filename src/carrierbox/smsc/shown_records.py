"""Messages beyond history that phones may still show, while the journal alone tells of them.

There may be hundreds of thousands, and most will never be looked at again: as packed messages of
their own they would take ten times what they take here, compressed in blocks of neighbours.
"""

import zlib
from collections import deque
from collections.abc import Callable
from typing import Final

from carrierbox.smsc.packed import ended_at, id_of, msisdn_of

BLOCK_RECORDS: Final = 128
LOOK_ABOVE: Final = 10_000
"""So many are kept without a look at whether phones still show them."""
_LENGTH_OCTETS: Final = 4
_FAST: Final = 1


class ShownBlock:
    """Some packed messages, compressed, and the lowest of their ids."""

    def __init__(self, records: list[bytes]) -> None:
        self.count: int = len(records)
        self.lowest_id: int = min([id_of(record) for record in records])
        pieces: list[bytes] = []
        for record in records:
            pieces.append(len(record).to_bytes(_LENGTH_OCTETS, "little"))
            pieces.append(record)
        self._octets: bytes = zlib.compress(b"".join(pieces), _FAST)

    def records(self) -> list[bytes]:
        """The packed messages."""
        octets = zlib.decompress(self._octets)
        found: list[bytes] = []
        at = 0
        while at < len(octets):
            begin = at + _LENGTH_OCTETS
            at = begin + int.from_bytes(octets[at:begin], "little")
            found.append(octets[begin:at])
        return found


class ShownRecords:
    """Packed messages, about in the order in which they left history."""

    def __init__(self) -> None:
        self._blocks: deque[ShownBlock] = deque()
        self._open: list[bytes] = []
        """Those behind the last block, which is not full yet."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, record: bytes, still_shows: Callable[[str, float], bool]) -> None:
        """Keep one. For each block that is filled, one of the older ones is looked through."""
        self._put(record)
        if not self._open and self._count > LOOK_ABOVE:
            self._look_through_oldest(still_shows)

    def look_through(self, still_shows: Callable[[str, float], bool]) -> None:
        """Drop whatever no phone shows any more."""
        self._close_open()
        for _ in range(len(self._blocks)):
            self._look_through_oldest(still_shows)

    def take(self, covers_id: int) -> list[ShownBlock]:
        """Let go of the blocks that hold any message up to this id."""
        self._close_open()
        taken = [block for block in self._blocks if block.lowest_id <= covers_id]
        if taken:
            self._blocks = deque(block for block in self._blocks if block.lowest_id > covers_id)
            self._count -= sum([block.count for block in taken])
        return taken

    def _put(self, record: bytes) -> None:
        self._open.append(record)
        self._count += 1
        if len(self._open) >= BLOCK_RECORDS:
            self._close_open()

    def _close_open(self) -> None:
        if self._open:
            self._blocks.append(ShownBlock(self._open))
            self._open = []

    def _look_through_oldest(self, still_shows: Callable[[str, float], bool]) -> None:
        block = self._blocks.popleft()
        records = block.records()
        kept = [one for one in records if still_shows(msisdn_of(one), ended_at(one))]
        if len(kept) == block.count:
            self._blocks.append(block)
            return
        self._count -= block.count
        for record in kept:
            self._put(record)
