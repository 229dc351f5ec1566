"""Cells: where each stands, what it carries at a time, and which of many is nearest.

The earth is flat around each cell: a degree of latitude is as long everywhere, one of longitude as
long as it is at the latitude of the cell. Over the few kilometres that a cell reaches this is
wrong by less than anything else here.
"""

import re
from collections.abc import Sequence
from heapq import heappush, heapreplace
from math import cos, floor, radians
from typing import Final

from carrierbox.errors import CarrierboxError

CELLS_MAX: Final = 10_000
KM_PER_DEGREE: Final = 111.195
"""A degree of a great circle of the mean earth."""
LATITUDE_MAX: Final = 85.0
"""Nearer to the poles the flat earth is not worth anything."""
RADIUS_MIN_KM: Final = 0.01
RADIUS_MAX_KM: Final = 200.0
CHANNELS_MAX: Final = 10_000

EVERYWHERE: Final = "everywhere"
"""The cell of phones without a position."""

_DEGREES: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,12})?", re.ASCII)

# Rows and columns of a grid share one number: there are fewer columns than this.
_ROW_STEP: Final = 1 << 32
# How much larger a square is than the reach of the cells in it, so that rounding cannot matter.
_SQUARE_MARGIN: Final = 1.001


class NoSuchCellError(CarrierboxError):
    """A cell was named that the network does not have."""


class Position:
    """A place on earth in degrees, north and east positive. ValueError for one that is none."""

    def __init__(self, latitude: float, longitude: float) -> None:
        if not -LATITUDE_MAX <= latitude <= LATITUDE_MAX:
            raise ValueError(f"latitude must be -{LATITUDE_MAX:g} to {LATITUDE_MAX:g} degrees")
        if not -180.0 <= longitude <= 180.0:
            raise ValueError("longitude must be -180 to 180 degrees")
        self.latitude = latitude
        self.longitude = longitude

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Position):
            return NotImplemented
        return self.latitude == other.latitude and self.longitude == other.longitude

    def __hash__(self) -> int:
        return hash((self.latitude, self.longitude))

    def __repr__(self) -> str:
        return f"Position({self.latitude!r}, {self.longitude!r})"


def position_of(text: str) -> Position:
    """The place that somebody wrote: `48.8566,2.3522`, or `33.87S,151.21E`. ValueError if none."""
    numbers: list[float] = []
    words = text.split(",")
    for word, ahead, behind in zip(words, "NE", "SW", strict=False):
        digits = word.strip()
        sign = 1.0
        if digits[-1:].upper() in (ahead, behind):
            sign = 1.0 if digits[-1].upper() == ahead else -1.0
            digits = digits[:-1].strip()
        if _DEGREES.fullmatch(digits) is None:
            break
        numbers.append(sign * float(digits))
    if len(words) != 2 or len(numbers) != 2:
        raise ValueError("must be LATITUDE,LONGITUDE such as 48.8566,2.3522 or 33.87S,151.21E")
    return Position(numbers[0], numbers[1])


class Cell:
    """One cell: an antenna with a round area, and what its radio can carry.

    `paging_per_s` pages leave it in a second and `channels` parts cross at a time, each 0 for no
    bound; a part that would wait longer than `queue_max_s` is refused. One takes `typical_s`, up to
    `jitter_s` more or less, and its octets at `octets_per_s` (0: no time). Of a hundred pages
    `loss_down_percent` are not heard, of a hundred answers `loss_up_percent`. `country`, `plmn` and
    `msc` say whose it is and act on nothing here. ValueError for a value out of range.
    """

    def __init__(
        self,
        id: str,
        position: Position,
        radius_km: float,
        name: str = "",
        *,
        country: str = "",
        plmn: str = "",
        msc: str = "",
        paging_per_s: float = 0.0,
        channels: int = 0,
        queue_max_s: float = 10.0,
        typical_s: float = 0.0,
        jitter_s: float = 0.0,
        octets_per_s: float = 0.0,
        loss_down_percent: float = 0.0,
        loss_up_percent: float = 0.0,
        outage: bool = False,
    ) -> None:
        if not RADIUS_MIN_KM <= radius_km <= RADIUS_MAX_KM:
            raise ValueError(f"radius_km must be {RADIUS_MIN_KM:g} to {RADIUS_MAX_KM:g}")
        if not 0 <= channels <= CHANNELS_MAX:
            raise ValueError(f"channels must be 0 to {CHANNELS_MAX}")
        if min(paging_per_s, queue_max_s, typical_s, jitter_s, octets_per_s) < 0.0:
            raise ValueError("rates and times of a cell must not be below 0")
        if not (0.0 <= loss_down_percent <= 100.0 and 0.0 <= loss_up_percent <= 100.0):
            raise ValueError("a loss is 0 to 100 percent")
        self.id = id
        self.position = position
        self.radius_km = radius_km
        self.name = name
        self.country = country
        self.plmn = plmn
        self.msc = msc
        self.paging_per_s = paging_per_s
        self.channels = channels
        self.queue_max_s = queue_max_s
        self.typical_s = typical_s
        self.jitter_s = jitter_s
        self.octets_per_s = octets_per_s
        self.loss_down_percent = loss_down_percent
        self.loss_up_percent = loss_up_percent
        self.outage = outage
        self.phones: int = 0
        """How many phones with a position it serves."""
        self.parts: int = 0
        """How many parts it was to carry since the start, those that failed among them."""
        self.refused: int = 0
        self.lost: int = 0
        """How many pages and answers were not heard."""
        self.km_per_longitude: float = KM_PER_DEGREE * cos(radians(position.latitude))
        self._paging_free_at: float = 0.0
        # When each channel is free again; never more entries than channels.
        self._channels_free_at: list[float] = []

    def square_km_to(self, latitude: float, longitude: float) -> float:
        """The square of the distance of a place, in square kilometres."""
        east = longitude - self.position.longitude
        if east > 180.0:
            east -= 360.0
        elif east < -180.0:
            east += 360.0
        east *= self.km_per_longitude
        north = (latitude - self.position.latitude) * KM_PER_DEGREE
        return east * east + north * north

    def page_at(self, now: float) -> float:
        """When a page that is wanted now leaves; -1.0 if it would have to wait too long."""
        if self.paging_per_s == 0.0:
            return now
        at = max(now, self._paging_free_at)
        if at - now > self.queue_max_s:
            return -1.0
        self._paging_free_at = at + 1.0 / self.paging_per_s
        return at

    def channel_at(self, now: float, ready_at: float, hold_s: float) -> float:
        """When there is a channel for a phone that answers at `ready_at`; it is held for `hold_s`.

        -1.0 if that is longer than `queue_max_s` after `now`, which is when the part came.
        """
        if self.channels == 0:
            return ready_at
        free_at = self._channels_free_at
        if len(free_at) < self.channels:
            heappush(free_at, ready_at + hold_s)
            return ready_at
        at = max(ready_at, free_at[0])
        if at - now > self.queue_max_s:
            return -1.0
        heapreplace(free_at, at + hold_s)
        return at

    def paging_wait_s(self, now: float) -> float:
        """How long a page would wait."""
        return max(0.0, self._paging_free_at - now)

    def channels_busy(self, now: float) -> int:
        """How many channels are held or promised."""
        return sum(1 for at in self._channels_free_at if at > now)


class CellMap:
    """Cells by place. ValueError for too many, or two of one id.

    Cells of about the same reach stand in one grid, whose squares are as wide as they reach: what
    reaches a place stands in its square or beside it.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        if len(cells) > CELLS_MAX:
            raise ValueError(f"at most {CELLS_MAX} cells")
        self.by_id: dict[str, Cell] = {}
        self._grids: dict[float, _Grid] = {}
        for cell in cells:
            if cell.id in self.by_id or cell.id == EVERYWHERE:
                raise ValueError(f"there is a cell {cell.id!r} already")
            self.by_id[cell.id] = cell
            size_km = RADIUS_MIN_KM * _SQUARE_MARGIN
            while size_km < cell.radius_km * _SQUARE_MARGIN:
                size_km *= 2.0
            grid = self._grids.get(size_km)
            if grid is None:
                grid = _Grid(size_km)
                self._grids[size_km] = grid
            grid.add(cell)

    def nearest(self, latitude: float, longitude: float) -> Cell | None:
        """The nearest cell that works and reaches a place; of two as near the one of less id."""
        best: Cell | None = None
        best_square = 0.0
        for grid in self._grids.values():
            for cell in grid.between(latitude, latitude, longitude, 0.0):
                if cell.outage:
                    continue
                square = cell.square_km_to(latitude, longitude)
                if square > cell.radius_km * cell.radius_km:
                    continue
                if (
                    best is None
                    or square < best_square
                    or (square == best_square and cell.id < best.id)
                ):
                    best = cell
                    best_square = square
        return best

    def along(
        self, latitude: float, longitude: float, to_north: float, to_east: float
    ) -> list[Cell]:
        """Cells that may reach a place on a straight way, all that do among them.

        The way starts at a place and goes so many degrees in each direction.
        """
        south = min(latitude, latitude + to_north)
        west = longitude if to_east >= 0.0 else longitude + to_east
        found: list[Cell] = []
        for grid in self._grids.values():
            found.extend(grid.between(south, south + abs(to_north), west, abs(to_east)))
        return found


class _Grid:
    """The cells of about one reach, in squares of `size_km`."""

    def __init__(self, size_km: float) -> None:
        self._size_km = size_km
        self._height = size_km / KM_PER_DEGREE
        self._squares: dict[int, list[Cell]] = {}
        self._cells: list[Cell] = []

    def add(self, cell: Cell) -> None:
        row = self._row(cell.position.latitude)
        columns = self._columns(row)
        square = row * _ROW_STEP + _column(cell.position.longitude, columns)
        self._squares.setdefault(square, []).append(cell)
        self._cells.append(cell)

    def between(self, south: float, north: float, west: float, wide: float) -> list[Cell]:
        """What stands in an area of `wide` degrees to the east, or in a square beside it."""
        first_row = self._row(south) - 1
        last_row = self._row(north) + 1
        cells = self._cells
        looked_at = last_row - first_row
        if looked_at >= len(cells):
            return cells
        found: list[Cell] = []
        squares = self._squares
        for row in range(first_row, last_row + 1):
            columns = self._columns(row)
            first = _column(west, columns) - 1
            count = floor(wide * columns / 360.0) + 4 if wide else 3
            looked_at += count
            if looked_at > len(cells):
                # Fewer cells than squares: all of them are sooner looked at.
                return cells
            for column in range(first, first + min(count, columns)):
                square = squares.get(row * _ROW_STEP + column % columns)
                if square is not None:
                    found.extend(square)
        return found

    def _row(self, latitude: float) -> int:
        return floor((latitude + 90.0) / self._height)

    def _columns(self, row: int) -> int:
        """How many squares a row has around the earth, each as wide as the cells in it reach."""
        south = row * self._height - 90.0
        widest = max(abs(south), abs(south + self._height))
        if widest >= 90.0:
            return 1
        return max(1, floor(360.0 * KM_PER_DEGREE * cos(radians(widest)) / self._size_km))


def _column(longitude: float, columns: int) -> int:
    return floor((longitude + 180.0) * columns / 360.0) % columns
