"""Cells: places, capacity that drains by time alone, and the nearest of many."""

import pytest

from carrierbox.simulator.cells import CELLS_MAX, Cell, CellMap, Position, position_of

PARIS = Position(48.8566, 2.3522)


def test_a_place_is_written_in_degrees() -> None:
    """Signs or letters of the compass, with or without spaces."""
    assert position_of("48.8566,2.3522") == PARIS
    assert position_of(" 33.87S, 151.21e ") == Position(-33.87, 151.21)
    assert position_of("-33.87,-70") == Position(-33.87, -70.0)
    assert hash(PARIS) == hash(position_of("48.8566,2.3522"))
    assert repr(PARIS) == "Position(48.8566, 2.3522)"
    assert PARIS != "48.8566,2.3522"


@pytest.mark.parametrize("text", ["", "48.8", "paris,1", "1,2,3", "1e3,2", "nan,1", "1E,2N", ","])
def test_what_is_no_place_is_told_with_an_example(text: str) -> None:
    """The remedy stands in the error."""
    with pytest.raises(ValueError, match=r"LATITUDE,LONGITUDE such as 48\.8566,2\.3522"):
        position_of(text)


@pytest.mark.parametrize("text", ["86,0", "0,181"])
def test_a_place_must_be_on_earth_and_away_from_the_poles(text: str) -> None:
    """The flat earth ends at 85 degrees."""
    with pytest.raises(ValueError, match="itude must be"):
        position_of(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"radius_km": 0.0},
        {"radius_km": 201.0},
        {"channels": -1},
        {"paging_per_s": -1.0},
        {"loss_up_percent": 101.0},
    ],
)
def test_a_cell_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    """ValueError, whatever made it."""
    with pytest.raises(ValueError, match=r"must|percent"):
        Cell("a", PARIS, **{"radius_km": 1.0, **wrong})  # type: ignore[arg-type]


def test_distances_are_those_of_a_flat_earth_around_the_cell() -> None:
    """A degree of longitude is shorter in Paris; the date line is no wall."""
    cell = Cell("a", PARIS, 1.0)
    north = cell.square_km_to(49.8566, 2.3522) ** 0.5
    east = cell.square_km_to(48.8566, 3.3522) ** 0.5
    assert north == pytest.approx(111.195)
    assert east == pytest.approx(73.16, abs=0.01)
    fiji = Cell("f", Position(-17.0, 179.9), 1.0)
    assert fiji.square_km_to(-17.0, -179.9) ** 0.5 == pytest.approx(21.27, abs=0.01)


def test_pages_leave_one_after_another_and_the_queue_drains() -> None:
    """Two in a second; a fluid queue with one number."""
    cell = Cell("a", PARIS, 1.0, paging_per_s=2.0, queue_max_s=1.0)
    assert [cell.page_at(10.0) for _ in range(4)] == [10.0, 10.5, 11.0, -1.0]
    assert cell.paging_wait_s(10.0) == 1.5
    assert cell.paging_wait_s(12.0) == 0.0
    assert cell.page_at(12.0) == 12.0


def test_a_part_waits_for_the_channel_that_is_free_first() -> None:
    """Two channels, three seconds each; longer than the queue lasts is refused."""
    cell = Cell("a", PARIS, 1.0, channels=2, queue_max_s=4.0)
    assert [cell.channel_at(0.0, 0.0, 3.0) for _ in range(5)] == [0.0, 0.0, 3.0, 3.0, -1.0]
    assert cell.channels_busy(1.0) == 2
    assert cell.channels_busy(9.0) == 0
    assert cell.channel_at(9.0, 9.0, 3.0) == 9.0


def test_a_cell_without_bounds_never_lets_anybody_wait() -> None:
    """0 is no bound."""
    cell = Cell("a", PARIS, 1.0)
    assert {cell.page_at(5.0) for _ in range(100)} == {5.0}
    assert {cell.channel_at(5.0, 5.0, 60.0) for _ in range(100)} == {5.0}


def test_the_nearest_cell_that_works_and_reaches_a_place_serves_it() -> None:
    """A small cell near by, a large one far away, and one that is out."""
    small = Cell("small", PARIS, 0.5)
    large = Cell("large", Position(48.9, 2.5), 35.0)
    out = Cell("out", PARIS, 0.5, outage=True)
    cells = CellMap([out, large, small])
    assert cells.nearest(48.8566, 2.3523) is small
    assert cells.nearest(48.8566, 2.37) is large
    assert cells.nearest(47.0, 2.37) is None
    twin = Cell("a-twin", PARIS, 0.5)
    assert CellMap([small, twin]).nearest(48.8566, 2.3523) is twin


def test_ids_are_unique_and_cells_are_bounded() -> None:
    """`everywhere` is taken by the built-in one."""
    with pytest.raises(ValueError, match="there is a cell 'a' already"):
        CellMap([Cell("a", PARIS, 1.0), Cell("a", PARIS, 1.0)])
    with pytest.raises(ValueError, match="everywhere"):
        CellMap([Cell("everywhere", PARIS, 1.0)])
    with pytest.raises(ValueError, match="at most 10000 cells"):
        CellMap([Cell("a", PARIS, 1.0)] * (CELLS_MAX + 1))
