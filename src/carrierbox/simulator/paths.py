"""The way of a moving phone, and when on it another cell takes over: computed, never polled.

A way is made of straight legs. On one of them the place of the phone is linear in the share of it
that is done (0 to 1), so its distance from a cell, squared, is a quadratic: where it enters and
leaves the reach of a cell, and where another one becomes clearly nearer, are roots.
"""

from collections.abc import Sequence
from math import cos, radians, sqrt
from typing import Final

from carrierbox.simulator.cells import KM_PER_DEGREE, Cell, CellMap, Position

POINTS_MAX: Final = 1_000
SPEED_MIN_KM_H: Final = 0.1
SPEED_MAX_KM_H: Final = 2_000.0

NEVER: Final = 2.0
"""A share that no leg has."""

HYSTERESIS: Final = 0.9
"""Another cell takes over when it is nearer than this share of the distance of the serving one."""

_HYSTERESIS_SQUARE: Final = 0.81


def is_clearly_nearer(square_km: float, serving_square_km: float) -> bool:
    """Whether a cell takes over from the one that serves, by the squares of their distances."""
    return square_km < _HYSTERESIS_SQUARE * serving_square_km


class Path:
    """A way at a constant speed from the first of its points to the last.

    Points that repeat the one before are left out. ValueError for fewer than two or more than 1,000
    points, or a speed out of range.
    """

    def __init__(self, points: Sequence[Position], speed_km_h: float) -> None:
        if not 2 <= len(points) <= POINTS_MAX:
            raise ValueError(f"a path has 2 to {POINTS_MAX} points, not {len(points)}")
        if not SPEED_MIN_KM_H <= speed_km_h <= SPEED_MAX_KM_H:
            raise ValueError(f"speed must be {SPEED_MIN_KM_H:g} to {SPEED_MAX_KM_H:g} km/h")
        self.speed_km_h = speed_km_h
        self.points: list[Position] = [points[0]]
        self.reached_s: list[float] = [0.0]
        """How many seconds after the start each point is reached."""
        for point in points[1:]:
            before = self.points[-1]
            if point == before:
                continue
            length_km = _length_km(before, point)
            self.reached_s.append(self.reached_s[-1] + length_km / speed_km_h * 3600.0)
            self.points.append(point)

    @property
    def lasts_s(self) -> float:
        """How long the whole way takes."""
        return self.reached_s[-1]

    def leg_at(self, done_s: float) -> int:
        """The number of the leg, from 0, that long after the start; at the end the last."""
        number = 0
        while number + 2 < len(self.points) and self.reached_s[number + 1] <= done_s:
            number += 1
        return number

    def leg(self, number: int, started_at: float) -> "Leg":
        """One leg of the way, for whoever started at that time. There is none of one point."""
        return Leg(
            self.points[number],
            self.points[number + 1],
            started_at + self.reached_s[number],
            started_at + self.reached_s[number + 1],
        )


class Leg:
    """One straight piece of a way, from `starts_at` to `ends_at` seconds."""

    def __init__(self, start: Position, end: Position, starts_at: float, ends_at: float) -> None:
        self.latitude = start.latitude
        self.longitude = start.longitude
        self.to_north = end.latitude - start.latitude
        self.to_east = _shorter_way(end.longitude - start.longitude)
        self.starts_at = starts_at
        self.ends_at = ends_at

    def latitude_at(self, share: float) -> float:
        """Degrees north."""
        return self.latitude + share * self.to_north

    def longitude_at(self, share: float) -> float:
        """Degrees east, -180 to 180."""
        return _shorter_way(self.longitude + share * self.to_east)

    def time_at(self, share: float) -> float:
        """When so much of it is done."""
        if share >= 1.0:
            # Exactly then, however the sum would round.
            return self.ends_at
        return self.starts_at + share * (self.ends_at - self.starts_at)

    def share_at(self, at: float) -> float:
        """How much of it is done at a time."""
        if at >= self.ends_at:
            return 1.0
        return max(0.0, (at - self.starts_at) / (self.ends_at - self.starts_at))

    def passes(self, cells: CellMap) -> list["Pass"]:
        """The cells that reach some of it, those that do not work among them."""
        found: list[Pass] = []
        for cell in cells.along(self.latitude, self.longitude, self.to_north, self.to_east):
            one = Pass(cell, self)
            if one.enters < one.leaves and one.leaves > 0.0 and one.enters < 1.0:
                found.append(one)
        return found


class Pass:
    """A leg as one cell sees it: in reach from the share `enters` until `leaves`."""

    def __init__(self, cell: Cell, leg: Leg) -> None:
        self.cell = cell
        middle = leg.longitude + leg.to_east / 2.0 - cell.position.longitude
        scale = cell.km_per_longitude
        x = (_shorter_way(middle) - leg.to_east / 2.0) * scale
        y = (leg.latitude - cell.position.latitude) * KM_PER_DEGREE
        x_step = leg.to_east * scale
        y_step = leg.to_north * KM_PER_DEGREE
        # The square of the distance is a share² + b share + c.
        self.a = x_step * x_step + y_step * y_step
        self.b = 2.0 * (x * x_step + y * y_step)
        self.c = x * x + y * y
        self.enters = NEVER
        self.leaves = -NEVER
        under_root = self.b * self.b - 4.0 * self.a * (self.c - cell.radius_km * cell.radius_km)
        if under_root > 0.0 and self.a > 0.0:
            root = sqrt(under_root)
            self.enters = (-self.b - root) / (2.0 * self.a)
            self.leaves = (-self.b + root) / (2.0 * self.a)

    def square_km_at(self, share: float) -> float:
        """The square of the distance."""
        return (self.a * share + self.b) * share + self.c


def takes_over_at(other: Pass, serving: Pass, since: float) -> float:
    """From which share on, `since` or later, another cell is clearly nearer and in reach.

    NEVER if it is not while the serving one is in reach.
    """
    first = max(since, other.enters)
    until = min(other.leaves, serving.leaves, 1.0)
    if first >= until:
        return NEVER
    # Clearly nearer is where a share² + b share + c is above 0.
    a = _HYSTERESIS_SQUARE * serving.a - other.a
    b = _HYSTERESIS_SQUARE * serving.b - other.b
    c = _HYSTERESIS_SQUARE * serving.c - other.c
    if (a * first + b) * first + c > 0.0:
        return first
    at = _rises_above_zero(a, b, c, first)
    return at if at < until else NEVER


def _rises_above_zero(a: float, b: float, c: float, first: float) -> float:
    """The root, `first` or later, behind which a quadratic that is not above 0 there is so."""
    under_root = b * b - 4.0 * a * c
    if a == 0.0:
        return NEVER if b <= 0.0 else max(first, -c / b)
    if under_root <= 0.0:
        return NEVER
    # This way of writing them loses no digits where b is large.
    half = -0.5 * (b + (sqrt(under_root) if b >= 0.0 else -sqrt(under_root)))
    if half == 0.0:
        return NEVER
    one = half / a
    two = c / half
    if a > 0.0:
        return max(first, one, two)
    lower = min(one, two)
    return lower if lower >= first else NEVER


def _length_km(start: Position, end: Position) -> float:
    """The length of a leg, a degree of longitude as long as in its middle."""
    middle = radians((start.latitude + end.latitude) / 2.0)
    east = _shorter_way(end.longitude - start.longitude) * KM_PER_DEGREE * cos(middle)
    north = (end.latitude - start.latitude) * KM_PER_DEGREE
    return sqrt(east * east + north * north)


def _shorter_way(degrees: float) -> float:
    """A difference of longitudes, or a longitude, brought to -180 to 180."""
    while degrees > 180.0:
        degrees -= 360.0
    while degrees < -180.0:
        degrees += 360.0
    return degrees
