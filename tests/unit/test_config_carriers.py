"""The settings of carriers: rules by country, and schedules of retries."""

import pytest

from carrierbox.config_carriers import (
    CarrierRules,
    RetryDefinition,
    read_carriers,
    read_delays,
    read_retry,
    retry_schedules,
)
from carrierbox.config_values import Problems
from carrierbox.relay import ABSENT_SUBSCRIBER, CALL_BARRED, SUBSCRIBER_BUSY_FOR_MT_SMS
from carrierbox.smsc.schedule import PRESETS, Delays


def test_a_preset_is_a_word() -> None:
    """`retry: patient`."""
    assert read_retry("patient") == RetryDefinition("patient")
    with pytest.raises(ValueError, match="must be default, patient, impatient"):
        read_retry("eager")
    with pytest.raises(ValueError, match=r"or a mapping such as .* not a list"):
        read_retry([])


def test_delays_are_written_in_three_ways() -> None:
    """First, multiplier and ceiling; a list; or never."""
    assert read_delays({"first": "1m", "multiplier": 3, "ceiling": "12m"}).seconds == [
        60.0,
        180.0,
        540.0,
        720.0,
    ]
    assert read_delays(["30s", "1m", "1m"]).seconds == [30.0, 60.0, 60.0]
    assert read_delays("never").after(1) is None


def test_every_wrong_key_of_a_schedule_is_told_with_its_path() -> None:
    """All problems at once."""
    with pytest.raises(Problems) as raised:
        read_retry(
            {
                "based_on": "nobody",
                "absent": {"first": 60, "multiplier": "x", "top": 1},
                "busy": {"multiplier": 2},
                "memory_full": [],
                "system_failure": ["5m", "1m"],
                "congestion": {"first": "1h", "ceiling": "1m"},
                "gone": "never",
                "other": ["1s"] * 101,
            }
        )
    assert raised.value.found == [
        ("based_on", "must be default, patient, impatient"),
        ("absent.first", "needs its unit: 90s, 5m, 72h or 7d"),
        ("absent.multiplier", "must be a number, not text"),
        ("absent.top", "unknown key; known here: first, multiplier, ceiling"),
        ("busy.first", "missing"),
        (
            "memory_full",
            "must be never, a list such as [1m, 10m, 1h], or a mapping such as "
            "{first: 1m, multiplier: 3, ceiling: 12h}",
        ),
        ("system_failure", "must be above 0, and none shorter than the one before it"),
        ("congestion", "ceiling must not be below first"),
        ("gone", raised.value.found[8][1]),
        ("other", "must be at most 100 delays"),
    ]
    assert raised.value.found[8][1].startswith("unknown key; known here: based_on, absent, busy")


def test_a_country_says_its_rules_its_coding_and_its_retries() -> None:
    """`{FR: {rules: open, retry: {…}}}`."""
    rules = read_carriers(
        {"FR": {"rules": "open", "retry": {"absent": ["7s"]}}, "default": {"retry": "patient"}}
    )
    assert rules == CarrierRules(
        "open",
        {"FR": "open"},
        {},
        {
            "FR": RetryDefinition("", {ABSENT_SUBSCRIBER: Delays([7.0])}),
            "default": RetryDefinition("patient"),
        },
    )
    with pytest.raises(Problems) as raised:
        read_carriers({"FR": {"retry": {"absent": "often"}, "speed": 1}})
    assert [key for key, _ in raised.value.found] == ["FR.retry.absent", "FR.speed"]


def test_a_country_lies_over_the_default_and_that_over_the_box() -> None:
    """What a country does not say comes from below; a preset of its own replaces all of that."""
    box = read_retry({"busy": ["9s"], "call_barred": ["1h"]})
    carriers = read_carriers(
        {
            "default": {"retry": {"absent": ["8s"]}},
            "FR": {"retry": {"busy": ["7s"]}},
            "DE": {"retry": {"based_on": "impatient", "absent": "never"}},
        }
    )
    schedules = retry_schedules(box, carriers)
    french, german, other = (schedules.of_country(country) for country in ("FR", "DE", "GB"))
    busy, absent, barred = SUBSCRIBER_BUSY_FOR_MT_SMS, ABSENT_SUBSCRIBER, CALL_BARRED
    assert [other.delay_s(cause, 1) for cause in (busy, absent, barred)] == [9.0, 8.0, 3600.0]
    assert [french.delay_s(cause, 1) for cause in (busy, absent, barred)] == [7.0, 8.0, 3600.0]
    impatient = PRESETS["impatient"].delay_s(busy, 1)
    assert [german.delay_s(cause, 1) for cause in (busy, absent, barred)] == [impatient, None, None]


def test_definitions_are_values() -> None:
    """Equal when they say the same."""
    one = read_retry({"busy": ["9s"]})
    assert {one, read_retry({"busy": ["9s"]})} == {one}
    assert one != read_retry({"busy": ["8s"]})
    assert one != "default"
    assert repr(one) == "RetryDefinition('', {31: [9.0]})"
