"""Cyclic garbage, kept out of the way of the messages. For processes that only serve.

The rooms make no reference cycles, so a message needs no garbage collector, yet with a hundred
thousand messages in memory each full collection stops everything for most of a second. Only the
edges (HTTP requests, connections that end) leave cycles. So the collector is switched off; young
objects are set aside unlooked at (`gc.freeze`) unless an edge was at work since the last time, and
then the young ones alone are searched. What an edge was still using at that moment escapes; it is
found by the full search that is made when nothing has happened for a while.
"""

import gc
from typing import Final

YOUNG_OBJECTS: Final = 50_000
SUSPECTS_FOR_FULL_SEARCH: Final = 2_000


class Garbage:
    """Call `note` at the edges, `tidy` after each turn, `search` when the process is idle."""

    def __init__(self) -> None:
        self._suspects = 0
        self._suspects_in_all = 0
        gc.collect()
        gc.freeze()
        gc.disable()

    def note(self) -> None:
        """Something at an edge may have left a cycle."""
        self._suspects += 1

    def tidy(self) -> None:
        """Set young objects aside when there are many."""
        if gc.get_count()[0] < YOUNG_OBJECTS:
            return
        if self._suspects:
            self._suspects_in_all += self._suspects
            self._suspects = 0
            gc.collect(0)
        gc.freeze()

    def search(self) -> None:
        """Look through everything, if the edges were busy enough for it to be worth the pause."""
        if self._suspects + self._suspects_in_all < SUSPECTS_FOR_FULL_SEARCH:
            return
        self._suspects = self._suspects_in_all = 0
        gc.unfreeze()
        gc.collect()
        gc.freeze()
