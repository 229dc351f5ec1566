"""Towers: who serves a phone, what happens to a part, and what changes with time."""

from random import Random

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    NO_PAGING_RESPONSE_VIA_MSC,
    RESOURCE_LIMITATION,
)
from carrierbox.simulator import towers as module
from carrierbox.simulator.cells import EVERYWHERE, Cell, NoSuchCellError, Position
from carrierbox.simulator.towers import (
    ARRIVED,
    ATTACHED,
    COVERAGE_BACK,
    COVERAGE_LOST,
    HANDED_OVER,
    PAGING_TIMEOUT_S,
    PLACES_MAX,
    Change,
    TooManyPlacesError,
    Towers,
)

PHONE = "33612345678"
BASTILLE, NATION = Position(48.8532, 2.3692), Position(48.8484, 2.3959)
NOWHERE = Position(48.0, 2.0)
NOW = NetworkTime(1_800_000_000.0)


def later(seconds: float) -> NetworkTime:
    return NetworkTime(NOW + seconds)


def paris(**limits: float) -> Towers:
    cells = [
        Cell("bastille", BASTILLE, 1.2, **limits),  # type: ignore[arg-type]
        Cell("nation", NATION, 1.2),
    ]
    return Towers(cells, Random(7))


def told(changes: list[Change]) -> list[tuple[int, str, str]]:
    return [(each.kind, each.from_cell, each.to_cell) for each in changes]


def test_without_towers_nothing_is_limited() -> None:
    """One attribute says so; a phone that was put somewhere is covered all the same."""
    towers = Towers([], Random(1))
    assert towers.is_empty
    towers.place(PHONE, NOWHERE, NOW)
    assert towers.cell_of(PHONE) is towers.everywhere
    assert towers.access(PHONE, NOW, 140).cause == 0
    assert towers.position_of(PHONE, NOW) == NOWHERE
    assert towers.next_deadline() is None
    towers.take_away(PHONE, NOW)
    assert towers.on_time(NOW) == []


def test_a_phone_without_a_position_is_everywhere() -> None:
    """The built-in cell has no limits and takes no time."""
    access = paris().access(PHONE, NOW, 140)
    assert (access.delay_s, access.cause, access.cell_id) == (0.0, 0, EVERYWHERE)
    assert paris().position_of(PHONE, NOW) is None


def test_a_phone_that_is_put_somewhere_attaches_moves_and_loses_coverage() -> None:
    """Each is told once, at once, with the cells."""
    towers = paris()
    towers.place(PHONE, BASTILLE, NOW)
    assert towers.next_deadline() == NOW
    assert told(towers.on_time(NOW)) == [(ATTACHED, "", "bastille")]
    towers.place(PHONE, NATION, NOW)
    towers.place(PHONE, NOWHERE, NOW)
    towers.place(PHONE, NOWHERE, NOW)
    towers.place(PHONE, BASTILLE, NOW)
    assert told(towers.on_time(NOW)) == [
        (HANDED_OVER, "bastille", "nation"),
        (COVERAGE_LOST, "nation", ""),
        (COVERAGE_BACK, "", "bastille"),
    ]
    assert [cell.phones for cell in towers.cells()] == [1, 0]
    towers.place(PHONE, NOWHERE, NOW)
    towers.take_away(PHONE, NOW)
    assert told(towers.on_time(NOW))[-1] == (COVERAGE_BACK, "", EVERYWHERE)
    assert [cell.phones for cell in towers.cells()] == [0, 0]


def test_without_coverage_a_page_is_not_answered() -> None:
    """Absent, by a phone that never said it would be (TS 23.040 table 1a)."""
    towers = paris()
    towers.place(PHONE, NOWHERE, NOW)
    assert towers.cell_of(PHONE) is None
    access = towers.access(PHONE, NOW, 140)
    assert (access.cause, access.diagnostic) == (ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)
    assert (access.delay_s, access.cell_id) == (PAGING_TIMEOUT_S, "")
    assert told(towers.on_time(NOW)) == [(COVERAGE_LOST, EVERYWHERE, "")]


def test_latency_jitter_and_octets_make_the_delay() -> None:
    """Two seconds, half a second more or less, and 140 octets at 70 a second."""
    towers = paris(typical_s=2.0, jitter_s=0.5, octets_per_s=70.0)
    towers.place(PHONE, BASTILLE, NOW)
    delays = [towers.access(PHONE, NOW, 140).delay_s for _ in range(200)]
    assert 3.5 <= min(delays) < 3.7
    assert 4.3 < max(delays) <= 4.5


def test_congestion_builds_and_drains() -> None:
    """One channel of two seconds, a queue of five: then RESOURCE_LIMITATION; later all is well."""
    towers = paris(channels=1, typical_s=2.0, queue_max_s=5.0)
    towers.place(PHONE, BASTILLE, NOW)
    accesses = [towers.access(PHONE, NOW, 140) for _ in range(5)]
    assert [each.delay_s for each in accesses] == [2.0, 4.0, 6.0, 0.0, 0.0]
    assert [each.cause for each in accesses] == [0, 0, 0, RESOURCE_LIMITATION, RESOURCE_LIMITATION]
    assert towers.access(PHONE, later(6.0), 140).delay_s == 2.0
    cell = towers.cell("bastille")
    assert (cell.parts, cell.refused) == (6, 2)


def test_pages_that_would_wait_too_long_are_refused() -> None:
    """The other bound of a cell."""
    towers = paris(paging_per_s=1.0, queue_max_s=1.0)
    towers.place(PHONE, BASTILLE, NOW)
    causes = [towers.access(PHONE, NOW, 140).cause for _ in range(3)]
    assert causes == [0, 0, RESOURCE_LIMITATION]


def test_a_page_that_is_not_heard_is_an_absent_phone() -> None:
    """A hundred of a hundred."""
    towers = paris(loss_down_percent=100.0)
    towers.place(PHONE, BASTILLE, NOW)
    access = towers.access(PHONE, NOW, 140)
    assert (access.cause, access.diagnostic) == (ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)
    assert access.delay_s == PAGING_TIMEOUT_S
    assert not access.answer_is_lost
    assert towers.cell("bastille").lost == 1


def test_an_answer_that_is_lost_leaves_the_text_on_the_phone() -> None:
    """The phone has it as soon as any other; the centre waits for TR1N and hears an error."""
    towers = paris(loss_up_percent=100.0, typical_s=1.0)
    towers.place(PHONE, BASTILLE, NOW)
    access = towers.access(PHONE, NOW, 140)
    assert access.answer_is_lost
    assert (access.cause, access.delay_s) == (0, 1.0)


def test_a_walk_is_handed_over_once_and_arrives() -> None:
    """Deadlines are computed: nothing happens between them."""
    towers = paris()
    towers.place(PHONE, BASTILLE, NOW)
    towers.on_time(NOW)
    towers.move(PHONE, [BASTILLE, NATION], 5.0, NOW)
    at = towers.next_deadline()
    assert at is not None
    assert towers.on_time(NetworkTime(at - 0.001)) == []
    [change] = towers.on_time(NetworkTime(at))
    assert change.describe() == "handover from bastille to nation"
    assert (change.at, change.msisdn) == (at, PHONE)
    arrival = towers.arrives_at(PHONE)
    assert arrival == towers.next_deadline()
    assert arrival is not None
    half = towers.position_of(PHONE, NetworkTime((NOW + arrival) / 2))
    assert half is not None
    assert half.latitude == pytest.approx((BASTILLE.latitude + NATION.latitude) / 2)
    [change] = towers.on_time(NetworkTime(arrival))
    assert (change.kind, change.describe()) == (ARRIVED, "arrived in nation")
    assert towers.next_deadline() is None
    assert towers.position_of(PHONE, NetworkTime(arrival)) == NATION


def test_a_tunnel_is_a_time_without_coverage() -> None:
    """Two cells that do not touch."""
    towers = Towers([Cell("a", BASTILLE, 0.5), Cell("b", NATION, 0.5)], Random(1))
    towers.move(PHONE, [BASTILLE, NATION], 30.0, NOW)
    assert told(towers.on_time(later(3600.0))) == [
        (ATTACHED, "", "a"),
        (COVERAGE_LOST, "a", ""),
        (COVERAGE_BACK, "", "b"),
        (ARRIVED, "", "b"),
    ]


def test_a_way_that_began_before_a_restart_goes_on_where_it_would_be() -> None:
    """What would have happened meanwhile is not told again."""
    towers = paris()
    towers.move(PHONE, [BASTILLE, NATION], 5.0, NOW, NOW - 1200.0)
    assert told(towers.on_time(NOW)) == [(ATTACHED, "", "nation")]
    towers.move(PHONE, [NATION, BASTILLE], 5.0, NOW, NOW - 86_400.0)
    assert towers.position_of(PHONE, NOW) == BASTILLE
    assert towers.arrives_at(PHONE) is None
    assert told(towers.on_time(NOW)) == [(HANDED_OVER, "nation", "bastille")]


def test_an_outage_sends_phones_to_the_next_cell_or_nowhere() -> None:
    """Standing and moving ones; the end of it brings them back."""
    towers = paris()
    towers.place("1", BASTILLE, NOW)
    towers.place("2", Position(48.851, 2.382), NOW)
    towers.move("3", [BASTILLE, Position(48.86, 2.36)], 5.0, NOW)
    towers.on_time(NOW)
    towers.set_outage("bastille", True, later(1.0))
    towers.set_outage("bastille", True, later(1.0))
    changes = towers.on_time(later(1.0))
    assert {(each.msisdn, each.kind, each.to_cell) for each in changes} == {
        ("1", COVERAGE_LOST, ""),
        ("2", HANDED_OVER, "nation"),
        ("3", COVERAGE_LOST, ""),
    }
    towers.set_outage("bastille", False, later(2.0))
    assert {(each.msisdn, each.kind) for each in towers.on_time(later(2.0))} == {
        ("1", COVERAGE_BACK),
        ("3", COVERAGE_BACK),
    }
    with pytest.raises(NoSuchCellError, match="no tower 'gare'"):
        towers.set_outage("gare", True, NOW)


def test_a_phone_that_is_stopped_has_no_deadline_any_more() -> None:
    """However often it was sent elsewhere: stale deadlines are swept out."""
    towers = paris()
    for turn in range(1000):
        towers.move(PHONE, [BASTILLE, NATION], 5.0, later(turn))
    towers.on_time(later(1000))
    towers.place(PHONE, BASTILLE, later(1000))
    towers.on_time(later(1000))
    assert towers.next_deadline() is None


def test_a_path_that_stays_where_it_is_arrives_at_once() -> None:
    """Two times the same place."""
    towers = paris()
    towers.move(PHONE, [NATION, NATION], 5.0, NOW)
    assert told(towers.on_time(NOW)) == [(ATTACHED, "", "nation"), (ARRIVED, "", "nation")]


def test_a_refused_path_leaves_the_phone_where_it_was() -> None:
    """ValueError, and nothing changed."""
    towers = paris()
    towers.place(PHONE, BASTILLE, NOW)
    with pytest.raises(ValueError, match="speed"):
        towers.move(PHONE, [BASTILLE, NATION], 0.0, NOW)
    assert towers.position_of(PHONE, NOW) == BASTILLE


def test_places_are_bounded() -> None:
    """One phone more than there is room for is refused; those inside may move."""
    towers = Towers([], Random(1))
    for number in range(PLACES_MAX):
        towers.place(str(number), BASTILLE, NOW)
    assert towers.has_room_for("1")
    assert not towers.has_room_for(PHONE)
    with pytest.raises(TooManyPlacesError, match="take one away"):
        towers.place(PHONE, BASTILLE, NOW)
    towers.place("1", NATION, NOW)


def test_every_change_has_its_words() -> None:
    """For the trace."""
    words = [Change(kind, PHONE, "a", "b", NOW).describe() for kind in sorted(module.CHANGE_NAMES)]
    assert words == [
        "attached in b",
        "handover from a to b",
        "coverage lost, was in a",
        "coverage back in b",
        "arrived in b",
    ]
    assert Change(ARRIVED, PHONE, "", "", NOW).describe() == "arrived"
