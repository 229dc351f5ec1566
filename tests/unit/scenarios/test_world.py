"""The carrier of a scenario, and its time."""

import pytest

from carrierbox.scenarios.application import Applications
from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.world import DEFAULT_START, World

ONE = "scenario: one\nsetup: {clock: 2026-11-23T21:30:00Z}\nsteps: [{settle: {}}]\n"


def world(text: str = ONE) -> World:
    """The carrier of a scenario."""
    return World(read_scenario(text).setup, 0)


def test_the_clock_starts_where_it_was_set_and_stands_still() -> None:
    """Or at a time that is always the same (T49)."""
    assert world().now == world().now == 1_795_469_400.0
    assert world(ONE.replace("{clock: 2026-11-23T21:30:00Z}", "{}")).now == DEFAULT_START


def test_both_clocks_go_on_together() -> None:
    """Timers of links as well as deadlines of the network."""
    one = world()
    before = one.link_time
    assert not one.advance_to(one.now + 7200.0)
    assert one.link_time - before == pytest.approx(7200.0)


def test_it_ends_where_something_comes_to_hold() -> None:
    """At the moment, not at the end."""
    one = world("scenario: a\nsetup: {session: {enquire_link: 1m}}\nsteps: [{settle: {}}]\n")
    Applications(one).bind_all(None)
    start = one.now
    seen = len(one.traffic.entries)
    assert one.advance_to(start + 3600.0, lambda: len(one.traffic.entries) > seen)
    assert one.now - start == pytest.approx(60.0)


def test_without_being_asked_for_there_are_no_enquire_links() -> None:
    """Days would be full of them."""
    one = world()
    Applications(one).bind_all(None)
    seen = len(one.traffic.entries)
    one.advance_to(one.now + 86_400.0)
    assert len(one.traffic.entries) == seen


def test_rules_and_faults_that_were_added_outlive_a_restart() -> None:
    """They are the scenario's, not the carrier's."""
    one = world()
    one.add_rule({"name": "no", "then": {"command_status": "ESME_RSYSERR"}})
    one.add_fault({"name": "lost", "then": {"no_response": True}})
    one.restart()
    assert [rule.name for rule in one.box.rules.test_rules] == ["no"]
    assert [fault.name for fault in one.box.faults.in_order] == ["lost"]
    assert one.remove_rule("no")
    assert not one.remove_rule("no")
    assert one.remove_fault("lost")
    one.restart()
    assert one.box.rules.test_rules == []


def test_what_the_centre_refuses_is_told() -> None:
    """As it says it."""
    with pytest.raises(NotHeldError, match="cannot"):
        world().ask(lambda tell: tell("it cannot be"))
