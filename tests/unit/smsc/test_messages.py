"""The record of one message and its state machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.smpp import values
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smsc.messages import (
    FINAL_STATES,
    FROM_ESME,
    RECEIPT_HELD,
    RECEIPT_NONE,
    TO_PHONE,
    IllegalTransitionError,
    Message,
    message_id_of,
    reference_of,
    segment_of,
)

NO_FINAL_STATES = sorted(set(range(-1, 20)) - FINAL_STATES)
AT = NetworkTime(50.0)


def message() -> Message:
    return Message(
        7,
        "acme",
        FROM_ESME,
        TO_PHONE,
        SubmitSm(),
        Address(5, 0, "Acme"),
        "33612345678",
        "FR",
        "Orange",
        "open",
        7,
        NetworkTime(10.0),
        NetworkTime(10.0),
        NetworkTime(99.0),
    )


def test_a_message_begins_on_its_way() -> None:
    """SMPP 3.4 §5.2.28: ENROUTE."""
    new = message()
    assert new.state == values.ENROUTE
    assert not new.is_final
    assert (new.attempts, new.segments_acked, new.receipt) == (0, 0, RECEIPT_NONE)


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_a_message_reaches_each_final_state_once(state: int) -> None:
    """SMPP 3.4 §5.2.28, T31: exactly one final state."""
    one = message()
    one.conclude(state, AT)
    assert (one.state, one.is_final, one.final_at) == (state, True, AT)
    for again in sorted(FINAL_STATES):
        with pytest.raises(IllegalTransitionError):
            one.conclude(again, NetworkTime(60.0))
    assert (one.state, one.final_at) == (state, AT)


@pytest.mark.parametrize("state", NO_FINAL_STATES)
def test_a_message_cannot_end_in_a_state_that_is_not_final(state: int) -> None:
    """SMPP 3.4 §5.2.28, T31: ENROUTE, ACCEPTED and UNKNOWN end nothing."""
    one = message()
    with pytest.raises(IllegalTransitionError):
        one.conclude(state, AT)
    assert not one.is_final
    assert one.final_at == 0.0


def test_a_final_message_is_reopened_as_it_was() -> None:
    """A failed commit undoes the end and the receipt it owed, and it can end again."""
    one = message()
    one.conclude(values.DELIVERED, AT)
    one.receipt = RECEIPT_HELD
    one.reopen()
    assert (one.state, one.final_at, one.receipt) == (values.ENROUTE, 0.0, RECEIPT_NONE)
    one.conclude(values.EXPIRED, AT)
    assert one.state == values.EXPIRED


@pytest.mark.parametrize("state", sorted(FINAL_STATES - {values.DELIVERED}))
def test_what_the_phone_shows_as_a_whole_ends_delivered(state: int) -> None:
    """SMPP 3.4 §5.2.28: whatever the commits that would have said so came to."""
    one = message()
    one.is_on_phone = True
    with pytest.raises(IllegalTransitionError):
        one.conclude(state, AT)
    one.conclude(values.DELIVERED, AT)
    one.reopen()
    assert one.is_on_phone


def test_what_is_not_final_cannot_be_reopened() -> None:
    """Nor twice."""
    one = message()
    with pytest.raises(IllegalTransitionError):
        one.reopen()
    one.conclude(values.DELIVERED, AT)
    one.reopen()
    with pytest.raises(IllegalTransitionError):
        one.reopen()


@given(st.integers(0, (1 << 63) - 1), st.integers(0, 254))
def test_a_reference_names_its_message_and_its_part(message_id: int, segment: int) -> None:
    """Design: a part keeps its reference over retries and restarts; 255 parts at most."""
    reference = reference_of(message_id, segment)
    assert message_id_of(reference) == message_id
    assert segment_of(reference) == segment
    assert reference_of(message_id, segment) == reference


def test_references_of_neighbours_do_not_meet() -> None:
    """The last possible part of a message comes before the first of the next."""
    assert reference_of(7, 255) < reference_of(8, 0)
