"""Towers as a whole: whatever cells, paths and loads there are."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.relay import ABSENT_SUBSCRIBER, RESOURCE_LIMITATION
from carrierbox.simulator.cells import Cell, CellMap, Position
from carrierbox.simulator.towers import ARRIVED, Access, Towers

PHONE = "33612345678"
START = NetworkTime(1_800_000_000.0)
PARIS = Position(48.85, 2.35)
FAR_S = 1_000_000.0


def positions_within(
    south: float, north: float, west: float, east: float
) -> st.SearchStrategy[Position]:
    return st.builds(Position, st.floats(south, north), st.floats(west, east))


ON_EARTH = positions_within(-85.0, 85.0, -180.0, 180.0)
IN_TOWN = positions_within(48.8, 48.9, 2.25, 2.45)
AT_THE_DATE_LINE = st.builds(
    Position, st.floats(-1.0, 1.0), st.floats(179.0, 180.0) | st.floats(-180.0, -179.0)
)
ANYWHERE = ON_EARTH | IN_TOWN | AT_THE_DATE_LINE


@st.composite
def cells_at(draw: st.DrawFn, positions: st.SearchStrategy[Position]) -> list[Cell]:
    """Small and large cells, some of them out."""
    found = draw(
        st.lists(
            st.tuples(positions, st.floats(0.01, 200.0) | st.floats(0.01, 2.0), st.booleans()),
            max_size=30,
        )
    )
    return [
        Cell(f"c{number}", position, radius_km, outage=outage and number % 3 == 0)
        for number, (position, radius_km, outage) in enumerate(found)
    ]


def nearest_of_all(cells: list[Cell], latitude: float, longitude: float) -> Cell | None:
    """The definition: look at every cell."""
    reaching = [
        (cell.square_km_to(latitude, longitude), cell.id, cell)
        for cell in cells
        if not cell.outage and cell.square_km_to(latitude, longitude) <= cell.radius_km**2
    ]
    return min(reaching)[2] if reaching else None


@given(cells_at(ANYWHERE), st.lists(ANYWHERE, min_size=1, max_size=10))
def test_the_nearest_cell_is_the_one_that_a_look_at_all_finds(
    cells: list[Cell], places: list[Position]
) -> None:
    """The grid leaves nothing out, at the date line and far north neither."""
    found = CellMap(cells)
    for place in [*places, *(cell.position for cell in cells)]:
        expected = nearest_of_all(cells, place.latitude, place.longitude)
        assert found.nearest(place.latitude, place.longitude) is expected


@given(
    cells_at(IN_TOWN),
    st.lists(IN_TOWN, min_size=2, max_size=5),
    st.floats(1.0, 200.0),
    st.lists(st.floats(0.0, 1.0), max_size=10),
)
def test_a_moving_phone_is_served_as_if_it_were_looked_at_all_the_time(
    cells: list[Cell], path: list[Position], speed_km_h: float, looks: list[float]
) -> None:
    """In reach of its cell, none clearly nearer; without one, none in reach. It arrives."""
    towers = Towers(cells, Random(1))
    towers.move(PHONE, path, speed_km_h, START)
    end = towers.arrives_at(PHONE) or START
    kinds = []
    for share in sorted(looks):
        now = NetworkTime(START + share * (end - START))
        kinds += [change.kind for change in towers.on_time(now)]
        place = towers.position_of(PHONE, now)
        assert place is not None
        cell = towers.cell_of(PHONE)
        if cells:
            assert_served(cell, cells, place)
    kinds += [change.kind for change in towers.on_time(NetworkTime(end))]
    assert kinds.count(ARRIVED) == 1
    assert kinds[-1] == ARRIVED
    assert towers.position_of(PHONE, NetworkTime(end)) == path[-1]
    assert sum(cell.phones for cell in cells) == (bool(cells) and towers.cell_of(PHONE) is not None)


def assert_served(cell: Cell | None, cells: list[Cell], place: Position) -> None:
    """With room for rounding: a tenth of a metre."""
    nearest = nearest_of_all(cells, place.latitude, place.longitude)
    if cell is None:
        if nearest is not None:
            distance = nearest.square_km_to(place.latitude, place.longitude) ** 0.5
            assert distance > nearest.radius_km - 1e-4
        return
    distance = cell.square_km_to(place.latitude, place.longitude) ** 0.5
    assert distance <= cell.radius_km + 1e-4
    if nearest is not None:
        assert nearest.square_km_to(place.latitude, place.longitude) ** 0.5 > 0.9 * distance - 1e-4


LOADS = st.fixed_dictionaries(
    {
        "paging_per_s": st.just(0.0) | st.floats(0.1, 1000.0),
        "channels": st.integers(0, 20),
        "queue_max_s": st.floats(0.0, 30.0),
        "typical_s": st.floats(0.0, 5.0),
        "jitter_s": st.floats(0.0, 5.0),
        "octets_per_s": st.just(0.0) | st.floats(1.0, 1000.0),
        "loss_down_percent": st.floats(0.0, 100.0),
        "loss_up_percent": st.floats(0.0, 100.0),
    }
)


def accesses(limits: dict[str, float], gaps: list[float], seed: int) -> list[Access]:
    """Parts to one phone, so many seconds apart; the last one long after."""
    towers = Towers([Cell("a", PARIS, 1.0, **limits)], Random(seed))  # type: ignore[arg-type]
    towers.place(PHONE, PARIS, START)
    now: float = START
    found = []
    for gap in [*gaps, FAR_S]:
        now += gap
        found.append(towers.access(PHONE, NetworkTime(now), 140))
    assert len(towers.cell("a")._channels_free_at) <= max(0, int(limits["channels"]))
    return found


@given(LOADS, st.lists(st.floats(0.0, 2.0), max_size=60), st.integers(0, 1000))
def test_a_part_has_one_outcome_and_never_a_negative_delay(
    limits: dict[str, float], gaps: list[float], seed: int
) -> None:
    """Congestion drains: after a long silence nothing is refused."""
    found = accesses(limits, gaps, seed)
    for access in found:
        assert access.delay_s >= 0.0
        assert access.cause in {0, ABSENT_SUBSCRIBER, RESOURCE_LIMITATION}
        assert not (access.cause and access.answer_is_lost)
        assert access.cell_id == "a"
    assert found[-1].cause != RESOURCE_LIMITATION


@given(LOADS, st.lists(st.floats(0.0, 2.0), max_size=30), st.integers(0, 1000))
def test_the_same_seed_does_the_same(
    limits: dict[str, float], gaps: list[float], seed: int
) -> None:
    """Octet for octet, as the whole simulator."""
    first, second = (
        [(one.delay_s, one.cause, one.answer_is_lost) for one in accesses(limits, gaps, seed)]
        for _ in range(2)
    )
    assert first == second
