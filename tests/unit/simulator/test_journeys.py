"""A phone on its way: what is planned next on each leg."""

import pytest

from carrierbox.simulator.cells import Cell, CellMap, Position
from carrierbox.simulator.journeys import Journey
from carrierbox.simulator.paths import Path

DEGREE_KM = 111.195


def equator(longitude: float) -> Position:
    return Position(0.0, longitude)


def test_the_next_cell_is_planned_with_its_time() -> None:
    """Out of nowhere into a cell, out of it again, then the end of the leg."""
    cell = Cell("a", equator(0.5), DEGREE_KM / 4)
    cells = CellMap([cell])
    journey = Journey(Path([equator(0.0), equator(1.0)], DEGREE_KM), 1000.0, 0, cells)
    assert journey.reaches(cell)
    assert journey.plan(None) == pytest.approx(1000.0 + 900.0)
    assert journey.next_cell is cell
    journey.share = journey.next_share
    assert journey.plan(cell) == pytest.approx(1000.0 + 2700.0)
    assert journey.next_cell is None
    journey.share = journey.next_share
    assert journey.plan(None) == journey.ends_at == pytest.approx(4600.0)
    assert journey.next_share == 1.0
    assert not journey.begin_next_leg(cells)


def test_where_a_reach_ends_the_nearest_other_cell_takes_over() -> None:
    """Without a gap, and never one that is out."""
    first, second = Cell("a", equator(0.0), 50.0), Cell("b", equator(1.2), 100.0)
    out = Cell("c", equator(0.5), 50.0, outage=True)
    cells = CellMap([first, second, out])
    journey = Journey(Path([equator(0.0), equator(1.0)], DEGREE_KM), 0.0, 0, cells)
    journey.plan(first)
    assert journey.next_cell is second
    assert journey.next_share == pytest.approx(50.0 / DEGREE_KM)


def test_legs_follow_each_other() -> None:
    """Each with its own cells."""
    here, there = Cell("a", equator(0.0), 10.0), Cell("b", equator(2.0), 10.0)
    cells = CellMap([here, there])
    points = [equator(0.0), equator(1.0), equator(2.0)]
    journey = Journey(Path(points, DEGREE_KM), 0.0, 0, cells)
    assert journey.reaches(here)
    assert not journey.reaches(there)
    assert journey.begin_next_leg(cells)
    assert journey.reaches(there)
    assert not journey.reaches(here)
    assert journey.number == 1
