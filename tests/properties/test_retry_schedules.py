"""Whatever schedule somebody writes: it is refused in words, or its delays keep its bounds."""

from math import log

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from carrierbox.config_carriers import (
    CEILING_DEFAULT_S,
    CarrierRules,
    RetryDefinition,
    read_delays,
    read_retry,
    retry_schedules,
)
from carrierbox.smsc.schedule import CAUSE_WORDS, DELAYS_MAX, PRESETS, growing_delays

SECONDS = st.integers(1, 366 * 86_400)
MULTIPLIERS = st.one_of(st.just(1.0), st.floats(1.05, 100.0))
DURATIONS = SECONDS.map(lambda seconds: f"{seconds}s")


@given(SECONDS, MULTIPLIERS, SECONDS, st.integers(0, 10**6))
def test_delays_stay_between_first_and_ceiling(
    first: int, multiplier: float, ceiling: int, attempts: int
) -> None:
    """Design: first, multiplier, ceiling; never below the one, never above the other."""
    first, ceiling = sorted((first, ceiling))
    if multiplier > 1.0 and log(ceiling / first) / log(multiplier) > DELAYS_MAX:
        with pytest.raises(ValueError, match="takes more than"):
            growing_delays(float(first), multiplier, float(ceiling))
        return
    # Within one delay of the bound, either may be.
    assume(multiplier == 1.0 or log(ceiling / first) / log(multiplier) < DELAYS_MAX - 2)
    delays = growing_delays(float(first), multiplier, float(ceiling))
    assert len(delays.seconds) <= DELAYS_MAX
    assert delays.seconds == sorted(delays.seconds)
    one, next_one = delays.after(attempts), delays.after(attempts + 1)
    assert one is not None
    assert next_one is not None
    assert first <= one <= next_one <= ceiling
    assert delays.after(1) == first
    if multiplier > 1.0:
        assert delays.after(10**6) == ceiling


@given(st.lists(SECONDS, min_size=1, max_size=DELAYS_MAX), st.integers(0, 200))
def test_a_list_is_kept_as_it_is_written(seconds: list[int], attempts: int) -> None:
    """An explicit list of delays: its last one repeats."""
    ordered = sorted(seconds)
    delays = read_delays([f"{one}s" for one in ordered])
    assert delays.seconds == ordered
    one = delays.after(attempts)
    assert one == ordered[min(max(attempts, 1), len(ordered)) - 1]
    if ordered != seconds:
        with pytest.raises(ValueError):
            read_delays([f"{one}s" for one in seconds])


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), DURATIONS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["first", "multiplier", "ceiling", "absent", "based_on", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)
MEANT = st.dictionaries(
    st.sampled_from([*CAUSE_WORDS, "based_on"]),
    st.one_of(
        st.just("never"),
        st.sampled_from(sorted(PRESETS)),
        st.lists(DURATIONS, max_size=3),
        st.fixed_dictionaries(
            {"first": DURATIONS}, optional={"multiplier": MULTIPLIERS, "ceiling": DURATIONS}
        ),
    ),
    max_size=4,
)


@given(st.one_of(JUNK, MEANT))
def test_whatever_is_written_is_a_schedule_or_a_value_error(value: object) -> None:
    """Nothing crashes, and whatever is taken can be gone by."""
    try:
        definition = read_retry(value)
    except ValueError:
        return
    schedule = retry_schedules(definition, CarrierRules()).of_country("FR")
    for cause in CAUSE_WORDS.values():
        known = [schedule.delay_s(cause, attempts) for attempts in range(1, 5)]
        if None in known:
            assert known == [None] * 4
        else:
            assert known == sorted(one for one in known if one is not None)


@given(SECONDS)
def test_a_first_delay_is_enough(first: int) -> None:
    """Multiplier and ceiling have defaults that fit every first one."""
    delays = read_delays({"first": f"{first}s"}).seconds
    assert delays[0] == first
    assert delays[-1] == max(first, CEILING_DEFAULT_S)


def test_nothing_said_is_the_default() -> None:
    """A configuration without the key changes nothing."""
    assert retry_schedules(RetryDefinition(), CarrierRules()).default.by_cause == (
        PRESETS["default"].by_cause
    )
