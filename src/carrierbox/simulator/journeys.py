"""A phone on its way: the leg it is on, and which cell serves it next, from when on."""

from carrierbox.simulator.cells import Cell, CellMap
from carrierbox.simulator.paths import NEVER, Leg, Pass, Path, takes_over_at


class Journey:
    """A path that somebody follows, on one of its legs; `share` of that was done when last looked.

    At `next_share` of the leg `next_cell` takes over (None: nobody), or the leg ends if that is 1.
    """

    def __init__(self, path: Path, started_at: float, number: int, cells: CellMap) -> None:
        self.path = path
        self.started_at = started_at
        self.number = number
        self.leg: Leg = path.leg(number, started_at)
        self.passes: list[Pass] = self.leg.passes(cells)
        self.share: float = 0.0
        self.next_share: float = 1.0
        self.next_cell: Cell | None = None
        self.ticket: int = 0
        """That of the deadline which holds, for whoever keeps deadlines."""

    @property
    def ends_at(self) -> float:
        """When the end of the path is reached."""
        return self.started_at + self.path.lasts_s

    def begin_next_leg(self, cells: CellMap) -> bool:
        """Go on with the leg after this one; False if there is none."""
        if self.number + 2 >= len(self.path.points):
            return False
        self.number += 1
        self.leg = self.path.leg(self.number, self.started_at)
        self.passes = self.leg.passes(cells)
        self.share = 0.0
        return True

    def reaches(self, cell: Cell) -> bool:
        """Whether the cell matters on this leg."""
        return any(one.cell is cell for one in self.passes)

    def plan(self, cell: Cell | None) -> float:
        """Find out what happens next to a phone that `cell` serves; when that will be."""
        self._plan(cell)
        return self.leg.time_at(self.next_share)

    def _plan(self, cell: Cell | None) -> None:
        share = self.share
        self.next_share = 1.0
        self.next_cell = None
        serving: Pass | None = None
        for one in self.passes:
            if one.cell is cell:
                serving = one
        if cell is not None and (serving is None or share >= serving.leaves):
            # The reach of the serving cell ends here.
            self.next_share = share
            self.next_cell = self._nearest_at(share, cell)
            return
        if serving is not None and serving.leaves < 1.0:
            self.next_share = serving.leaves
            self.next_cell = self._nearest_at(serving.leaves, serving.cell)
        nearest_square = -1.0
        for one in self.passes:
            if one is serving or one.cell.outage:
                continue
            at = _serves_from(one, serving, share)
            if at > self.next_share or at >= 1.0:
                continue
            square = one.square_km_at(at)
            if at < self.next_share or square < nearest_square:
                self.next_share = at
                self.next_cell = one.cell
                nearest_square = square

    def _nearest_at(self, share: float, but: Cell) -> Cell | None:
        """The nearest cell that reaches a place of the leg, another one than the cell left."""
        best: Cell | None = None
        best_square = 0.0
        for one in self.passes:
            if one.cell is but or one.cell.outage or not one.enters <= share < one.leaves:
                continue
            square = one.square_km_at(share)
            if best is None or square < best_square:
                best = one.cell
                best_square = square
        return best


def _serves_from(one: Pass, serving: Pass | None, share: float) -> float:
    """From which share on a cell would serve, when another one, or none, serves at `share`."""
    if serving is not None:
        return takes_over_at(one, serving, share)
    at = max(share, one.enters)
    return at if at < one.leaves else NEVER
