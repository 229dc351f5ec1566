"""What is on its way through the network, each thing with the time at which it arrives."""

from heapq import heappop, heappush
from typing import Final

from carrierbox.relay import RelayElement, RpMtData

NEVER: Final = float("inf")


class OnTheAir:
    """A part on its way from a cell to a phone; `answer_is_lost` if none will come back."""

    def __init__(self, part: RpMtData, answer_is_lost: bool, cell_id: str) -> None:
        self.part = part
        self.answer_is_lost = answer_is_lost
        self.cell_id = cell_id


class Pending:
    """Elements in the order in which they are due and, within that, in which they were put.

    Most are due at once: what is put for one moment in a row is kept as a list. Times never go
    back further than what was taken.
    """

    def __init__(self) -> None:
        self._ready: list[RelayElement | OnTheAir] = []
        self._ready_at: float = NEVER
        self._later: list[tuple[float, int, RelayElement | OnTheAir]] = []
        self._insertions: int = 0

    def put(self, element: RelayElement | OnTheAir, due: float, now: float) -> None:
        """Keep one until `due`."""
        if due <= now and (not self._ready or due == self._ready_at):
            self._ready_at = due
            self._ready.append(element)
            return
        self._insertions += 1
        heappush(self._later, (due, self._insertions, element))

    def next_deadline(self) -> float:
        """When the next one is due; NEVER if there is none."""
        if not self._later:
            return self._ready_at
        return min(self._ready_at, self._later[0][0])

    def take(self, now: float) -> list[RelayElement | OnTheAir]:
        """What is due by `now`, in order."""
        if not self._later:
            if self._ready_at > now:
                return []
            due = self._ready
            self._ready = []
            self._ready_at = NEVER
            return due
        due = []
        if self._ready_at <= now:
            self._take_later(self._ready_at, due)
            due.extend(self._ready)
            self._ready = []
            self._ready_at = NEVER
        self._take_later(now, due)
        return due

    def _take_later(self, until: float, due: list[RelayElement | OnTheAir]) -> None:
        later = self._later
        while later and later[0][0] <= until:
            due.append(heappop(later)[2])
