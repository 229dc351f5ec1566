"""What configuration and users set of places and batteries, and how it comes back."""

from random import Random

from carrierbox.clock import NetworkTime
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.cells import Cell, Position
from carrierbox.simulator.phone_state import (
    BatteryState,
    PathState,
    PhoneState,
    Subscription,
    read_state,
    write_state,
)
from carrierbox.simulator.towers import Towers
from carrierbox.simulator.whereabouts import OUTAGE, WORKS, Whereabouts

PHONE = "33612345678"
BASTILLE, NATION = Position(48.8532, 2.3692), Position(48.8484, 2.3959)
NOW = NetworkTime(1_800_000_000.0)
HOUR = 3600.0


def paris() -> Whereabouts:
    cells = [Cell("bastille", BASTILLE, 1.2), Cell("nation", NATION, 1.2, outage=True)]
    return Whereabouts(Towers(cells, Random(1)))


def place(position: Position) -> tuple[float, float]:
    return position.latitude, position.longitude


def test_what_is_set_goes_before_the_configuration_and_gives_way_to_it_again() -> None:
    """Position and battery each."""
    where = paris()
    where.declare(PHONE, BASTILLE, Battery(80.0, 0.0), NOW)
    battery = where.batteries.battery_of(PHONE)
    assert battery is not None
    assert battery.percent_at(NOW) == 80.0
    state = PhoneState(position=place(NATION), battery=BatteryState(percent=5.0, at=NOW))
    assert where.apply(PHONE, state, NOW)
    assert where.towers.position_of(PHONE, NOW) == NATION
    assert where.towers.cell_of(PHONE) is None
    battery = where.batteries.battery_of(PHONE)
    assert battery is not None
    assert battery.percent_at(NOW) == 5.0
    assert where.apply(PHONE, PhoneState(), NOW)
    assert where.towers.position_of(PHONE, NOW) == BASTILLE
    battery = where.batteries.battery_of(PHONE)
    assert battery is not None
    assert battery.percent_at(NOW) == 80.0


def test_a_phone_that_was_not_configured_is_everywhere_again() -> None:
    """And has power for ever."""
    where = paris()
    state = PhoneState(position=place(NATION), battery=BatteryState(percent=5.0, at=NOW))
    assert where.apply(PHONE, state, NOW)
    assert where.apply(PHONE, PhoneState(), NOW)
    assert where.towers.position_of(PHONE, NOW) is None
    assert where.batteries.is_empty


def test_what_did_not_change_goes_on() -> None:
    """A battery that texts took from is not full again because something else was set."""
    where = paris()
    battery = BatteryState(percent=50.0, at=NOW, per_text_percent=10.0)
    path = PathState(points=(place(BASTILLE), place(NATION)), speed_km_h=5.0, started_at=NOW)
    where.apply(PHONE, PhoneState(battery=battery, path=path), NOW)
    where.batteries.spend_text(PHONE, NOW)
    arrival = where.towers.arrives_at(PHONE)
    later = NetworkTime(NOW + 60.0)
    subscription = Subscription(visited_country="IN")
    where.apply(PHONE, PhoneState(battery=battery, path=path, subscription=subscription), later)
    left = where.batteries.battery_of(PHONE)
    assert left is not None
    assert left.percent_at(later) < 41.0
    assert where.towers.arrives_at(PHONE) == arrival


def test_states_survive_being_written() -> None:
    """Canonical JSON under the name of the phone."""
    path = PathState(points=(place(BASTILLE), place(NATION)), speed_km_h=5.0, started_at=NOW)
    state = PhoneState(path=path, battery=BatteryState(percent=5.0, at=NOW, charging=True))
    assert read_state(write_state(state)) == state
    assert write_state(PhoneState()) == b""


def test_what_cannot_be_is_left_out() -> None:
    """As what a later version wrote: a start must not fail by it."""
    where = paris()
    assert not where.apply(PHONE, PhoneState(position=(99.0, 0.0)), NOW)
    assert where.apply(PHONE, PhoneState(), NOW)
    where.apply_outage("gone", OUTAGE, NOW)
    assert where.towers.position_of(PHONE, NOW) is None


def test_outages_are_set_and_fall_back_to_the_configuration() -> None:
    """No octets are as configured."""
    where = paris()
    assert where.value_of_outage("bastille", True) == OUTAGE
    assert where.value_of_outage("bastille", False) == b""
    assert where.value_of_outage("nation", False) == WORKS
    where.apply_outage("nation", WORKS, NOW)
    where.apply_outage("bastille", OUTAGE, NOW)
    assert [cell.outage for cell in where.towers.cells()] == [True, False]
    where.apply_outage("nation", b"", NOW)
    where.apply_outage("bastille", b"", NOW)
    assert [cell.outage for cell in where.towers.cells()] == [False, True]


def test_changes_come_in_the_order_of_their_times() -> None:
    """Towers and batteries together; without either there is no deadline."""
    assert Whereabouts().next_deadline() is None
    where = paris()
    where.declare(PHONE, BASTILLE, Battery(50.0, 0.0, standby_hours=0.02), NOW)
    assert [each.describe() for each in where.on_time(NOW)] == ["attached in bastille"]
    path = PathState(points=(place(BASTILLE), place(NATION)), speed_km_h=100.0, started_at=NOW)
    where.apply(PHONE, PhoneState(path=path), NOW)
    assert where.next_deadline() == NOW + 36.0
    words = [each.describe() for each in where.on_time(NetworkTime(NOW + HOUR))]
    assert words == ["battery empty", "coverage lost, was in bastille", "arrived"]
