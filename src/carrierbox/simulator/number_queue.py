"""A queue of phone numbers, first in first out, that takes eight octets for each."""

from array import array
from typing import Final

_CUT_AT: Final = 65_536


class NumberQueue:
    """Numbers in the order in which they came, each as `key_of` has it."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._first: int = 0

    def __len__(self) -> int:
        return len(self._keys) - self._first

    def push(self, key: int) -> None:
        """Add one behind all others."""
        self._keys.append(key)

    def pop(self) -> int:
        """Take the one that came first. IndexError if there is none."""
        key: int = self._keys[self._first]
        self._first += 1
        if self._first >= _CUT_AT and 2 * self._first >= len(self._keys):
            del self._keys[: self._first]
            self._first = 0
        return key


def key_of(msisdn: str) -> int:
    """The digits as a number, with a 1 before them so that zeros in front count."""
    return int("1" + msisdn)


def msisdn_of(key: int) -> str:
    """The digits that a key stands for."""
    return str(key)[1:]
