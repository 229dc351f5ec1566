"""The turn that is being decided."""

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import BOUND, TraceEvent


def test_nothing_decided_is_no_turn() -> None:
    """An idle process commits nothing."""
    turn = CurrentTurn()
    turn.begin(NetworkTime(5.0), LinkTime(1.0))
    assert turn.take() is None


def test_a_turn_is_handed_over_once_and_the_next_begins_empty() -> None:
    """What was handed over does not change any more."""
    turn = CurrentTurn()
    turn.entries.append(b"one")
    turn.trace(BOUND, 0, "acme", "", "")
    taken = turn.take()
    assert taken is not None
    assert turn.take() is None
    turn.entries.append(b"two")
    assert taken.entries == [b"one"]
    assert len(taken.effects) == 1
    second = turn.take()
    assert second is not None
    assert (second.entries, second.effects) == ([b"two"], [])


def test_entries_alone_and_effects_alone_make_a_turn() -> None:
    """Both must be written or leave."""
    turn = CurrentTurn()
    turn.entries.append(b"x")
    assert turn.take() is not None
    turn.trace(BOUND, 0, "acme", "", "")
    assert turn.take() is not None


def test_the_trace_is_told_at_the_network_time_of_the_turn() -> None:
    """Two clocks: what users see is network time."""
    turn = CurrentTurn()
    turn.begin(NetworkTime(5.0), LinkTime(1.0))
    assert (turn.now, turn.link_now) == (5.0, 1.0)
    turn.trace(BOUND, 7, "acme", "336", "detail")
    taken = turn.take()
    assert taken is not None
    (event,) = taken.effects
    assert isinstance(event, TraceEvent)
    assert (event.kind, event.at, event.message_id) == (BOUND, 5.0, 7)
    assert (event.system_id, event.msisdn, event.detail) == ("acme", "336", "detail")
