"""When to try again, by the cause of the failure."""

import pytest

from carrierbox import relay
from carrierbox.smsc.schedule import (
    CAUSE_WORDS,
    DAY,
    DEFAULT_SCHEDULE,
    DEFAULT_SCHEDULES,
    DELAYS_MAX,
    HOUR,
    MINUTE,
    NO_RETRY,
    NOT_SM_EQUIPPED,
    OTHER,
    PERMANENT,
    PRESETS,
    PROTOCOL_ERROR,
    SCHEDULE_MAX_S,
    VALIDITY_DEFAULT_S,
    VALIDITY_MAX_S,
    Delays,
    RetrySchedule,
    RetrySchedules,
    growing_delays,
)

TEMPORARY = sorted(set(relay.CAUSE_NAMES) - PERMANENT)
NAMES = sorted(PRESETS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cause", sorted(PERMANENT))
def test_what_a_retry_cannot_heal_is_not_tried_again(cause: int, name: str) -> None:
    """TS 23.040 §3.3.2: permanent errors end the message, however often it was tried."""
    assert [PRESETS[name].delay_s(cause, attempts) for attempts in (0, 1, 2, 100)] == [None] * 4


@pytest.mark.parametrize(
    "cause", [relay.UNKNOWN_SUBSCRIBER, relay.ILLEGAL_SUBSCRIBER, relay.ILLEGAL_EQUIPMENT]
)
def test_unknown_and_illegal_subscribers_are_permanent(cause: int) -> None:
    """TS 23.040 §3.3.2, table 1."""
    assert cause in PERMANENT


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cause", [*TEMPORARY, 0, 999])
def test_delays_grow_and_end_in_repetition(cause: int, name: str) -> None:
    """A cause that passes is tried until the message expires, ever more rarely."""
    delays = [PRESETS[name].delay_s(cause, attempts) for attempts in range(1, 60)]
    known = [delay for delay in delays if delay is not None]
    assert len(known) == len(delays)
    assert known == sorted(known)
    assert known[0] > 0
    assert known[-1] == known[-20]
    assert known[-1] <= 24 * 3600


def test_the_default_delays_are_those_of_operators() -> None:
    """TS 23.040 leaves them open; these are typical, and nobody's tests need to change for them."""
    minutes: dict[str, list[float]] = {
        "absent": [1, 5, 15, 30, 60, 120, 240, 360, 720, 720],
        "memory_full": [10, 60, 360, 720, 1440, 1440],
        "equipment_protocol_error": [5, 15, 60, 360, 360],
        "busy": [0.5, 1, 2, 5, 5],
        "congestion": [0.5, 1, 2, 5, 10, 30, 60, 60],
        "system_failure": [0.5, 1, 2, 5, 10, 30, 60, 60],
        "other": [0.5, 1, 2, 5, 10, 30, 60, 60],
    }
    for word, expected in minutes.items():
        delays = [
            DEFAULT_SCHEDULE.delay_s(CAUSE_WORDS[word], attempts)
            for attempts in range(1, len(expected) + 1)
        ]
        assert delays == [one * MINUTE for one in expected], word


def test_no_failed_attempt_counts_as_one() -> None:
    """A queue may be put back before its first attempt was counted."""
    assert DEFAULT_SCHEDULE.delay_s(relay.ABSENT_SUBSCRIBER, 0) == 60.0


def test_patient_carriers_try_less_often_than_impatient_ones() -> None:
    """The presets are what their names say, for every cause that passes."""
    for cause in TEMPORARY:
        tries = {name: tries_within(PRESETS[name], cause, VALIDITY_DEFAULT_S) for name in NAMES}
        assert tries["patient"] < tries["default"] < tries["impatient"]
        assert tries["patient"] > 3


def tries_within(schedule: RetrySchedule, cause: int, seconds: float) -> int:
    waited, attempts = 0.0, 1
    while waited < seconds:
        waited += schedule.delay_s(cause, attempts) or seconds
        attempts += 1
    return attempts


def test_an_absent_phone_gets_several_attempts_within_the_default_validity() -> None:
    """SMPP 3.4 §5.2.16: a message is worth more than one try before it expires."""
    assert tries_within(DEFAULT_SCHEDULE, relay.ABSENT_SUBSCRIBER, VALIDITY_DEFAULT_S) > 10
    assert VALIDITY_DEFAULT_S < VALIDITY_MAX_S < SCHEDULE_MAX_S


def test_the_centre_keeps_a_message_as_long_as_it_says() -> None:
    """SMPP 3.4 §5.2.15, §5.2.16 leave it to the centre: 3 days unasked, 14 at most; a year."""
    kept = [VALIDITY_DEFAULT_S, VALIDITY_MAX_S, SCHEDULE_MAX_S]
    assert [seconds / 86_400 for seconds in kept] == [3, 14, 365]


def test_growing_delays_stop_at_their_ceiling() -> None:
    """First, first times multiplier, and so on; the ceiling itself is the last."""
    assert growing_delays(MINUTE, 3.0, 12 * MINUTE).seconds == [60.0, 180.0, 540.0, 720.0]
    assert growing_delays(MINUTE, 1.0, HOUR).seconds == [60.0]
    assert growing_delays(MINUTE, 2.0, MINUTE).seconds == [60.0]


@pytest.mark.parametrize(
    ("first", "multiplier", "ceiling", "said"),
    [
        (0.0, 2.0, 60.0, "first must be above 0"),
        (60.0, 2.0, 59.0, "ceiling must not be below first"),
        (60.0, 0.5, 600.0, "multiplier must be 1, or 1.05 to 100, not 0.5"),
        (60.0, 1.01, 600.0, "multiplier must be 1, or 1.05 to 100"),
        (60.0, 101.0, 600.0, "multiplier must be 1, or 1.05 to 100"),
        (60.0, float("nan"), 600.0, "multiplier must be 1"),
        (1.0, 1.05, 366 * DAY, "takes more than 100 attempts to its ceiling"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(
    first: float, multiplier: float, ceiling: float, said: str
) -> None:
    """Bounded tables, and never a delay of nothing."""
    with pytest.raises(ValueError, match=said):
        growing_delays(first, multiplier, ceiling)


def test_a_list_of_delays_never_decreases() -> None:
    """Whoever waits longer does not begin to hurry."""
    for seconds in ([60.0, 30.0], [0.0], [-1.0]):
        with pytest.raises(ValueError, match="none shorter than the one before"):
            Delays(seconds)
    with pytest.raises(ValueError, match="at most 100 delays"):
        Delays([1.0] * (DELAYS_MAX + 1))
    assert NO_RETRY.after(1) is None


def test_a_schedule_is_changed_cause_by_cause() -> None:
    """What is not changed stays, permanent causes too."""
    changed = DEFAULT_SCHEDULE.changed(
        {relay.ABSENT_SUBSCRIBER: Delays([7.0]), relay.CALL_BARRED: Delays([9.0]), OTHER: NO_RETRY}
    )
    assert changed.delay_s(relay.ABSENT_SUBSCRIBER, 5) == 7.0
    assert changed.delay_s(relay.CALL_BARRED, 1) == 9.0
    assert changed.delay_s(relay.SYSTEM_FAILURE, 1) is None
    assert changed.delay_s(relay.UNKNOWN_SUBSCRIBER, 1) is None
    assert changed.delay_s(relay.SUBSCRIBER_BUSY_FOR_MT_SMS, 1) == 30.0
    assert DEFAULT_SCHEDULE.delay_s(relay.ABSENT_SUBSCRIBER, 1) == 60.0


def test_a_country_may_have_a_schedule_of_its_own() -> None:
    """All others have the default one, and so have numbers that no country has."""
    french = PRESETS["impatient"]
    schedules = RetrySchedules(DEFAULT_SCHEDULE, {"FR": french})
    assert schedules.of_country("FR") is french
    assert schedules.of_country("GB") is schedules.of_country("") is DEFAULT_SCHEDULE
    assert DEFAULT_SCHEDULES.of_country("FR") is DEFAULT_SCHEDULE


def test_every_cause_of_the_relay_has_a_word() -> None:
    """So a configuration can name it."""
    assert set(CAUSE_WORDS.values()) == {
        *relay.CAUSE_NAMES,
        PROTOCOL_ERROR,
        NOT_SM_EQUIPPED,
        OTHER,
    }


def test_failures_of_the_phone_are_told_apart_by_their_cause() -> None:
    """TS 29.002 §17.7.6: a full memory heals, a phone without short messages does not."""
    failure = relay.SM_DELIVERY_FAILURE
    for diagnostic, expected in (
        (relay.MEMORY_CAPACITY_EXCEEDED, 600.0),
        (relay.EQUIPMENT_PROTOCOL_ERROR, 300.0),
        (relay.EQUIPMENT_NOT_SM_EQUIPPED, None),
    ):
        assert DEFAULT_SCHEDULE.delay_s(failure, 1, diagnostic) == expected
    assert DEFAULT_SCHEDULE.delay_s(relay.ABSENT_SUBSCRIBER, 1, 200) == 60.0
