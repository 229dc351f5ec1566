"""When to try again, by the cause of the failure."""

import pytest

from carrierbox import relay
from carrierbox.smsc.schedule import (
    PERMANENT,
    SCHEDULE_MAX_S,
    VALIDITY_DEFAULT_S,
    VALIDITY_MAX_S,
    retry_delay_s,
)

TEMPORARY = sorted(set(relay.CAUSE_NAMES) - PERMANENT)


@pytest.mark.parametrize("cause", sorted(PERMANENT))
def test_what_a_retry_cannot_heal_is_not_tried_again(cause: int) -> None:
    """TS 23.040 §3.3.2: permanent errors end the message, however often it was tried."""
    assert [retry_delay_s(cause, attempts) for attempts in (0, 1, 2, 100)] == [None] * 4


@pytest.mark.parametrize(
    "cause", [relay.UNKNOWN_SUBSCRIBER, relay.ILLEGAL_SUBSCRIBER, relay.ILLEGAL_EQUIPMENT]
)
def test_unknown_and_illegal_subscribers_are_permanent(cause: int) -> None:
    """TS 23.040 §3.3.2, table 1."""
    assert cause in PERMANENT


@pytest.mark.parametrize("cause", [*TEMPORARY, 0, 999])
def test_delays_grow_and_end_in_repetition(cause: int) -> None:
    """A cause that passes is tried until the message expires, ever more rarely."""
    delays = [retry_delay_s(cause, attempts) for attempts in range(1, 60)]
    known = [delay for delay in delays if delay is not None]
    assert len(known) == len(delays)
    assert known == sorted(known)
    assert known[0] > 0
    assert known[-1] == known[-20]
    assert known[-1] <= 24 * 3600


def test_the_first_attempt_sets_the_first_delay() -> None:
    """One failed attempt waits the first delay of its cause; none counts as one."""
    first = {
        relay.ABSENT_SUBSCRIBER: 60.0,
        relay.SM_DELIVERY_FAILURE: 600.0,
        relay.SUBSCRIBER_BUSY_FOR_MT_SMS: 30.0,
        relay.SYSTEM_FAILURE: 30.0,
    }
    assert {cause: retry_delay_s(cause, 1) for cause in first} == first
    assert {cause: retry_delay_s(cause, 0) for cause in first} == first
    assert retry_delay_s(relay.ABSENT_SUBSCRIBER, 2) == 300.0


def test_an_absent_phone_gets_several_attempts_within_the_default_validity() -> None:
    """SMPP 3.4 §5.2.16: a message is worth more than one try before it expires."""
    waited, attempts = 0.0, 1
    while waited < VALIDITY_DEFAULT_S:
        waited += retry_delay_s(relay.ABSENT_SUBSCRIBER, attempts) or VALIDITY_DEFAULT_S
        attempts += 1
    assert attempts > 10
    assert VALIDITY_DEFAULT_S < VALIDITY_MAX_S < SCHEDULE_MAX_S


def test_the_centre_keeps_a_message_as_long_as_it_says() -> None:
    """SMPP 3.4 §5.2.15, §5.2.16 leave it to the centre: 3 days unasked, 14 at most; a year."""
    kept = [VALIDITY_DEFAULT_S, VALIDITY_MAX_S, SCHEDULE_MAX_S]
    assert [seconds / 86_400 for seconds in kept] == [3, 14, 365]
