"""Something for each of many ids, in blocks of ids that are neighbours.

A dict of all of them is made anew as a whole whenever it is full: for a hundred thousand messages
that takes some milliseconds, and tens of them where memory was not used before. Here it is done
for one block at a time, and whoever goes through all of them can do that block by block.
"""

from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar

BLOCK_BITS: Final = 13
_NO_KEY: Final = -1
_EMPTY: Final[dict[int, Any]] = {}

T = TypeVar("T")


class IdBlocks(Generic[T]):
    """A value for each of some ids, which are never negative; None is no value."""

    def __init__(self) -> None:
        self._blocks: dict[int, dict[int, T]] = {}
        self._count: int = 0
        # The block that was asked for last: mostly it is the next one, too.
        self._near_key: int = _NO_KEY
        self._near: dict[int, T] = _EMPTY

    def __len__(self) -> int:
        return self._count

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._block_of(message_id)

    def get(self, message_id: int) -> T | None:
        """What there is for an id."""
        return self._block_of(message_id).get(message_id)

    def put(self, message_id: int, value: T) -> None:
        """Keep this for an id, in the place of what there was."""
        block = self._block_of(message_id)
        if not block:
            self._near = self._blocks[self._near_key] = block = {}
        before = len(block)
        block[message_id] = value
        self._count += len(block) - before

    def pop(self, message_id: int) -> T | None:
        """What there was for an id; it is there no more."""
        block = self._block_of(message_id)
        found = block.pop(message_id, None)
        if found is not None:
            self._count -= 1
            if not block:
                del self._blocks[message_id >> BLOCK_BITS]
        return found

    def keys_of_blocks(self) -> list[int]:
        """Those of all blocks that hold something, in order."""
        return sorted(self._blocks)

    def ids_of(self, block_key: int) -> list[int]:
        """The ids in a block, in order; none if it is there no more."""
        return sorted(self._blocks.get(block_key, ()))

    def ids(self) -> list[int]:
        """Every id, in order."""
        return [each for key in self.keys_of_blocks() for each in self.ids_of(key)]

    def values(self) -> list[T]:
        """Everything, in the order of ids."""
        blocks = self._blocks
        return [blocks[key][each] for key in sorted(blocks) for each in sorted(blocks[key])]

    def newest_first(self, below: int) -> Iterator[T]:
        """What there is for ids below this one, the highest first. Nothing may change meanwhile."""
        for key in sorted(self._blocks, reverse=True):
            if key << BLOCK_BITS < below:
                block = self._blocks[key]
                for each in sorted(block, reverse=True):
                    if each < below:
                        yield block[each]

    def copy(self) -> "IdBlocks[T]":
        """The same, for itself."""
        copied: IdBlocks[T] = IdBlocks()
        copied._blocks = {key: dict(block) for key, block in self._blocks.items()}
        copied._count = self._count
        return copied

    def _block_of(self, message_id: int) -> dict[int, T]:
        """The block of an id; if it holds nothing it may be one that is kept nowhere."""
        key = message_id >> BLOCK_BITS
        if key != self._near_key:
            self._near_key = key
            self._near = self._blocks.get(key, _EMPTY)
        return self._near
