"""Windows against a model that remembers everything; local times against the calendar of Python."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import Submission
from carrierbox.simulator.policy.local_time import Hours, local_time, next_time_of_day
from carrierbox.simulator.policy.windows import (
    DESTINATIONS,
    EXACT_MAX,
    PARTS,
    DayWindow,
    DistinctWindow,
    ExceedsRate,
    FirstSeen,
    SlidingWindow,
)

STEPS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.5, 1.0, 2.0, 9.5, 10.0, 10.5, 3600.0, 86_400.0]),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["1", "2", "3"]),
        st.integers(0, 3),
    ),
    max_size=60,
)
PER_S = 10.0
# Half an hour, three quarters, changes by half an hour, at midnight, and none at all.
ZONES = [
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Havana",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Africa/Casablanca",
    "UTC",
]


def submissions(steps: list[tuple[float, str, str, int]]) -> list[Submission]:
    at = 1_800_000_000.0
    found = []
    for after, source, msisdn, parts in steps:
        at += after
        text = b"a" * (1 + 153 * parts if parts else 1)
        address = Address(5, 0, source)
        found.append(
            Submission("shop", address, msisdn, "FR", "", 0, b"", text, at=NetworkTime(at))
        )
    return found


@given(STEPS, st.integers(0, 6), st.booleans(), st.sampled_from(["messages", PARTS]))
def test_a_sliding_window_is_what_was_counted_lately(
    steps: list[tuple[float, str, str, int]], over: int, excess: bool, count: str
) -> None:
    """The last ten seconds, by sender."""
    window = SlidingWindow(PER_S, max(over, 1))
    condition = ExceedsRate("rate", window, over, ("source_addr",), count, excess)
    log: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for each in submissions(steps):
        entries = log[each.source.value]
        amount = max(each.parts(), 1) if count == PARTS else 1
        used = sum(of for at, of in entries if each.at - at < PER_S)
        expected = used + amount > over
        assert condition.would_hold(each) == expected
        assert condition.holds(each) == expected
        if not expected or excess:
            entries.append((each.at, amount))


@given(STEPS, st.integers(0, 3), st.booleans())
def test_a_distinct_window_is_who_was_sent_to_lately(
    steps: list[tuple[float, str, str, int]], over: int, excess: bool
) -> None:
    """Each destination once, by its last time."""
    window = DistinctWindow(PER_S, over + 1)
    condition = ExceedsRate("rate", window, over, ("source_addr",), DESTINATIONS, excess)
    log: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for each in submissions(steps):
        entries = log[each.source.value]
        others = {to for at, to in entries if each.at - at < PER_S} | {each.msisdn}
        expected = len(others) > over
        assert condition.would_hold(each) == expected
        assert condition.holds(each) == expected
        if not expected or excess:
            entries.append((each.at, each.msisdn))


@given(STEPS, st.integers(0, 3), st.sampled_from(ZONES), st.booleans())
def test_a_day_window_is_what_was_counted_since_midnight(
    steps: list[tuple[float, str, str, int]], over: int, name: str, excess: bool
) -> None:
    """Of any zone."""
    zone = ZoneInfo(name)
    condition = ExceedsRate("rate", DayWindow(zone, False, over), over, (), "messages", excess)
    log: list[object] = []
    for each in submissions(steps):
        day = datetime.fromtimestamp(each.at, zone).date()
        expected = log.count(day) + 1 > over
        assert condition.would_hold(each) == expected
        assert condition.holds(each) == expected
        if not expected or excess:
            log.append(day)


@given(STEPS)
def test_what_was_seen_within_the_time_is_not_first(
    steps: list[tuple[float, str, str, int]],
) -> None:
    """By sender and destination."""
    condition = FirstSeen(PER_S, ("source_addr", "destination"))
    seen: dict[tuple[str, str], float] = {}
    for each in submissions(steps):
        key = (each.source.value, each.msisdn)
        expected = key not in seen or each.at - seen[key] >= PER_S
        assert condition.would_hold(each) == expected
        assert condition.holds(each) == expected
        seen[key] = each.at


@given(
    st.lists(st.floats(0, 200), min_size=1, max_size=200),
    st.integers(EXACT_MAX + 1, 10 * EXACT_MAX),
)
def test_a_large_window_errs_by_a_thousandth_at_most(gaps: list[float], over: int) -> None:
    """Never forgotten too early."""
    per_s = 1000.0
    window = SlidingWindow(per_s, over)
    at = 1_800_000_000.0
    log: list[float] = []
    for gap in gaps:
        at += gap
        exact = sum(at - each < per_s for each in log)
        late = sum(at - each < per_s * 1.0011 for each in log)
        assert exact <= window.used("a", at, "") <= late
        window.add("a", at, 1, "")
        log.append(at)


@given(st.integers(0, 4_000_000_000), st.sampled_from(ZONES), st.integers(0, 1439))
def test_hours_are_read_from_the_clocks_of_the_zone(at: int, name: str, length: int) -> None:
    """zoneinfo is the oracle: days of 23 and 25 hours, half hours, midnights that are left out."""
    zone = ZoneInfo(name)
    local = local_time(float(at), zone)
    wall = datetime.fromtimestamp(at, UTC).astimezone(zone)
    assert (local, local.utcoffset()) == (wall, wall.utcoffset())
    minute = wall.hour * 60 + wall.minute
    end = (minute + length + 1) % 1440
    if end != minute:
        assert Hours(minute, end).has(local)
        assert not Hours(end, minute).has(local)


@given(st.integers(0, 4_000_000_000), st.sampled_from(ZONES), st.integers(0, 1439))
def test_the_next_time_of_day_is_soon_and_shows_that_minute(
    at: int, name: str, minute: int
) -> None:
    """Within a day and an hour; what a change of the clocks leaves out comes right behind it."""
    zone = ZoneInfo(name)
    moment = next_time_of_day(float(at), minute, zone)
    assert at <= moment <= at + 25 * 3600 + 3600
    local = datetime.fromtimestamp(moment, zone)
    shown = local.hour * 60 + local.minute
    before = datetime.fromtimestamp(moment, UTC) - timedelta(hours=2)
    is_change = before.astimezone(zone).utcoffset() != local.utcoffset()
    assert shown == minute or is_change
