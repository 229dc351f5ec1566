"""The way of a phone: legs, and the roots at which cells come and go."""

import pytest

from carrierbox.simulator.cells import Cell, CellMap, Position
from carrierbox.simulator.paths import NEVER, Leg, Pass, Path, is_clearly_nearer, takes_over_at

DEGREE_KM = 111.195


def equator(longitude: float) -> Position:
    return Position(0.0, longitude)


def test_a_path_takes_its_length_at_its_speed() -> None:
    """Two degrees along the equator; a point that repeats the one before is left out."""
    path = Path([equator(0.0), equator(1.0), equator(1.0), equator(2.0)], DEGREE_KM)
    assert len(path.points) == 3
    assert path.reached_s == pytest.approx([0.0, 3600.0, 7200.0])
    assert path.lasts_s == pytest.approx(7200.0)
    assert [path.leg_at(done_s) for done_s in (0.0, 3599.0, 3601.0, 99999.0)] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("points", "speed", "problem"),
    [(1, 50.0, "2 to 1000 points, not 1"), (1001, 50.0, "not 1001"), (2, 0.0, "speed must be")],
)
def test_what_is_no_path_is_refused(points: int, speed: float, problem: str) -> None:
    """Bounded in points and speed."""
    with pytest.raises(ValueError, match=problem):
        Path([equator(0.0)] * points, speed)


def test_a_leg_takes_the_shorter_way_around_the_earth() -> None:
    """Across the date line."""
    leg = Path([equator(179.0), equator(-179.0)], DEGREE_KM).leg(0, 1000.0)
    assert leg.ends_at == pytest.approx(8200.0)
    assert leg.longitude_at(0.5) == pytest.approx(180.0)
    assert leg.longitude_at(0.75) == pytest.approx(-179.5)
    assert leg.share_at(1000.0 + 1800.0) == pytest.approx(0.25)
    assert leg.share_at(0.0) == 0.0
    assert leg.time_at(1.0) == pytest.approx(8200.0)
    assert [one.cell.id for one in leg.passes(CellMap([Cell("west", equator(-179.9), 50.0)]))]


def test_a_cell_is_passed_from_where_it_reaches_until_where_it_ends() -> None:
    """Roots of a quadratic; a cell beside the way is not passed."""
    leg = Leg(equator(0.0), equator(2.0), 0.0, 100.0)
    one = Pass(Cell("a", equator(1.0), DEGREE_KM / 2), leg)
    assert (one.enters, one.leaves) == pytest.approx((0.25, 0.75))
    assert one.square_km_at(0.5) == pytest.approx(0.0)
    assert one.square_km_at(0.0) == pytest.approx(DEGREE_KM**2)
    beside = Pass(Cell("b", Position(1.0, 1.0), DEGREE_KM / 2), leg)
    assert beside.enters > beside.leaves


def test_another_cell_takes_over_only_when_it_is_clearly_nearer() -> None:
    """Nine tenths of the distance: not in the middle, but behind it."""
    leg = Leg(equator(0.0), equator(1.0), 0.0, 100.0)
    first, second = (
        Pass(Cell("a", equator(0.0), 150.0), leg),
        Pass(Cell("b", equator(1.0), 150.0), leg),
    )
    at = takes_over_at(second, first, 0.0)
    assert at == pytest.approx(1 / 1.9)
    assert is_clearly_nearer(second.square_km_at(at + 1e-6), first.square_km_at(at + 1e-6))
    assert not is_clearly_nearer(second.square_km_at(at - 1e-6), first.square_km_at(at - 1e-6))
    assert takes_over_at(second, first, 0.8) == 0.8
    assert takes_over_at(first, second, at) == NEVER


def test_a_cell_that_reaches_less_far_takes_over_where_its_reach_begins() -> None:
    """It is nearer before, but not in reach."""
    leg = Leg(equator(0.0), equator(1.0), 0.0, 100.0)
    wide = Pass(Cell("a", equator(-1.0), 1000.0 / 5), leg)
    small = Pass(Cell("b", equator(0.7), DEGREE_KM / 10), leg)
    assert takes_over_at(small, wide, 0.0) == pytest.approx(0.6)
