"""Batteries: when each is empty, and what a charger does."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.simulator.battery import (
    BATTERIES_MAX,
    Batteries,
    Battery,
    TooManyBatteriesError,
)

PHONE = "33612345678"
HOUR = 3600.0
START = NetworkTime(1_800_000_000.0)


def hours(count: float) -> NetworkTime:
    return NetworkTime(START + count * HOUR)


def told(batteries: Batteries, now: NetworkTime) -> list[tuple[bool, float]]:
    changes = batteries.on_time(now)
    return [(each.is_empty, round((each.at - START) / HOUR, 6)) for each in changes]


def test_a_battery_is_empty_when_its_hours_are_over() -> None:
    """Computed, and told at its own time; until it is charged nothing more happens."""
    batteries = Batteries()
    assert batteries.is_empty
    batteries.set(PHONE, Battery(50.0, START, standby_hours=10.0), START)
    assert not batteries.is_empty
    assert batteries.next_deadline() == pytest.approx(hours(5))
    assert told(batteries, hours(4.9)) == []
    assert not batteries.is_dead(PHONE)
    assert told(batteries, hours(9)) == [(True, 5.0)]
    assert batteries.is_dead(PHONE)
    assert batteries.next_deadline() is None
    battery = batteries.battery_of(PHONE)
    assert battery is not None
    assert battery.percent_at(hours(20)) == 0.0


def test_texts_take_their_share() -> None:
    """Two percent each: the battery is empty earlier, at once if nothing is left."""
    batteries = Batteries()
    batteries.set(PHONE, Battery(50.0, START, standby_hours=10.0, per_text_percent=20.0), START)
    batteries.spend_text(PHONE, START)
    batteries.spend_text("447700900123", START)
    assert batteries.next_deadline() == pytest.approx(hours(3))
    batteries.spend_text(PHONE, START)
    batteries.spend_text(PHONE, START)
    assert told(batteries, START) == [(True, 0.0)]
    batteries.spend_text(PHONE, START)
    assert told(batteries, hours(1)) == []


def test_an_empty_phone_is_back_when_it_is_charged_a_little() -> None:
    """At 2 percent: a full charge takes two hours."""
    batteries = Batteries()
    batteries.set(PHONE, Battery(0.0, START), START)
    assert told(batteries, START) == [(True, 0.0)]
    batteries.set(PHONE, Battery(0.0, hours(1), charging=True), hours(1))
    assert batteries.is_dead(PHONE)
    assert told(batteries, hours(2)) == [(False, 1.04)]
    battery = batteries.battery_of(PHONE)
    assert battery is not None
    assert battery.percent_at(hours(2)) == pytest.approx(50.0)
    assert battery.percent_at(hours(9)) == 100.0
    assert batteries.next_deadline() is None


def test_a_battery_that_is_set_anew_brings_its_phone_back() -> None:
    """So does taking it away."""
    batteries = Batteries()
    batteries.set(PHONE, Battery(0.0, START), START)
    batteries.set(PHONE, Battery(15.0, START), START)
    assert [is_empty for is_empty, _ in told(batteries, START)] == [True, False]
    batteries.set(PHONE, Battery(0.0, START), START)
    batteries.take_away(PHONE, START)
    batteries.take_away(PHONE, START)
    assert batteries.next_deadline() == START
    assert [is_empty for is_empty, _ in told(batteries, START)] == [True, False]
    assert batteries.is_empty
    assert len(batteries) == 0


def test_a_phone_that_is_off_takes_nothing() -> None:
    """Its battery lasts until it is switched on."""
    batteries = Batteries()
    batteries.set(PHONE, Battery(50.0, START, standby_hours=10.0), START)
    batteries.set_power(PHONE, False, hours(1))
    batteries.set_power("447700900123", False, hours(1))
    assert batteries.next_deadline() is None
    batteries.set(PHONE, Battery(40.0, hours(2), standby_hours=10.0), hours(2))
    assert batteries.next_deadline() is None
    batteries.set_power(PHONE, True, hours(3))
    assert batteries.next_deadline() == pytest.approx(hours(7))


def test_what_was_set_before_a_restart_went_on_since() -> None:
    """A battery that would be empty by now is; a charger that was plugged in has charged."""
    batteries = Batteries()
    batteries.set(PHONE, Battery(50.0, START, standby_hours=10.0), hours(100))
    assert batteries.is_dead(PHONE)
    batteries.set("1", Battery(0.0, START, charging=True), hours(1))
    battery = batteries.battery_of("1")
    assert battery is not None
    assert battery.percent_at(hours(1)) == pytest.approx(50.0)
    assert not batteries.is_dead("1")


@pytest.mark.parametrize(
    "wrong", [{"percent": 101.0}, {"standby_hours": 0.0}, {"per_text_percent": -1.0}]
)
def test_a_battery_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    """With the field and its range."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Battery(**{"percent": 50.0, "since": 0.0, **wrong})  # type: ignore[arg-type]


def test_batteries_are_bounded_and_so_are_their_deadlines() -> None:
    """As positions are."""
    batteries = Batteries()
    for _ in range(1000):
        batteries.set("1", Battery(50.0, START), START)
        batteries.spend_text("1", START)
    assert batteries.next_deadline() is not None
    for number in range(BATTERIES_MAX):
        batteries.set(str(number), Battery(50.0, START), START)
    assert batteries.has_room_for("1")
    assert not batteries.has_room_for("x")
    with pytest.raises(TooManyBatteriesError, match="take one away"):
        batteries.set("x", Battery(50.0, START), START)


def test_changes_have_their_words() -> None:
    """For the trace."""
    batteries = Batteries()
    batteries.set(PHONE, Battery(0.0, START), START)
    batteries.set(PHONE, Battery(9.0, START), START)
    assert [each.describe() for each in batteries.on_time(START)] == [
        "battery empty",
        "battery charged, back",
    ]
