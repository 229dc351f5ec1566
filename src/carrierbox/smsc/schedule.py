"""When to try again, by the cause of the failure, and how long a message is worth it.

The delays are typical of message centres, not taken from a specification: TS 23.040 leaves them to
the operator. So they are data: presets here, and what a configuration makes of them, for all
countries or for one. Causes that a retry cannot heal end the message at once.
"""

from typing import Final

from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    CAUSE_NAMES,
    EQUIPMENT_NOT_SM_EQUIPPED,
    EQUIPMENT_PROTOCOL_ERROR,
    FACILITY_NOT_SUPPORTED,
    ILLEGAL_EQUIPMENT,
    ILLEGAL_SUBSCRIBER,
    RESOURCE_LIMITATION,
    SM_DELIVERY_FAILURE,
    SUBSCRIBER_BUSY_FOR_MT_SMS,
    TELESERVICE_NOT_PROVISIONED,
    UNKNOWN_SUBSCRIBER,
)

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

VALIDITY_DEFAULT_S: Final = 72 * HOUR
"""How long a message without validity_period is kept trying (SMPP 3.4 §5.2.16 leaves it open)."""
VALIDITY_MAX_S: Final = 14 * 24 * HOUR
SCHEDULE_MAX_S: Final = 365 * 24 * HOUR
FAILED_COMMIT_RETRY_S: Final = 1.0

PERMANENT: Final = frozenset(
    {
        UNKNOWN_SUBSCRIBER,
        ILLEGAL_SUBSCRIBER,
        TELESERVICE_NOT_PROVISIONED,
        ILLEGAL_EQUIPMENT,
        CALL_BARRED,
        FACILITY_NOT_SUPPORTED,
    }
)
"""What carriers take for permanent (TS 23.040 §3.3.2), whatever a schedule makes of it."""

# SM_DELIVERY_FAILURE tells its own causes apart; above all a full memory heals in its own time.
_FAILURE_BITS: Final = 8
PROTOCOL_ERROR: Final = SM_DELIVERY_FAILURE | EQUIPMENT_PROTOCOL_ERROR << _FAILURE_BITS
NOT_SM_EQUIPPED: Final = SM_DELIVERY_FAILURE | EQUIPMENT_NOT_SM_EQUIPPED << _FAILURE_BITS

OTHER: Final = 0
"""The cause of a schedule that is for all causes without one of their own."""
DELAYS_MAX: Final = 100
MULTIPLIER_MIN: Final = 1.05
MULTIPLIER_MAX: Final = 100.0

CAUSE_WORDS: Final[dict[str, int]] = {
    "absent": ABSENT_SUBSCRIBER,
    "busy": SUBSCRIBER_BUSY_FOR_MT_SMS,
    "memory_full": SM_DELIVERY_FAILURE,
    "congestion": RESOURCE_LIMITATION,
    "equipment_protocol_error": PROTOCOL_ERROR,
    "equipment_not_sm_equipped": NOT_SM_EQUIPPED,
    **{
        name.lower(): cause
        for cause, name in CAUSE_NAMES.items()
        if cause
        not in (
            ABSENT_SUBSCRIBER,
            SUBSCRIBER_BUSY_FOR_MT_SMS,
            SM_DELIVERY_FAILURE,
            RESOURCE_LIMITATION,
        )
    },
    "other": OTHER,
}
"""How a configuration names the causes."""


class Delays:
    """The seconds between the attempts for one cause; the last delay repeats. None: no retry.

    ValueError if they are not 1 to `DELAYS_MAX` positive numbers that never become smaller.
    """

    def __init__(self, seconds: list[float]) -> None:
        if len(seconds) > DELAYS_MAX:
            raise ValueError(f"must be at most {DELAYS_MAX} delays")
        smallest = 0.0
        for one in seconds:
            if one <= 0.0 or one < smallest:
                raise ValueError("must be above 0, and none shorter than the one before it")
            smallest = one
        self.seconds = seconds

    def after(self, attempts: int) -> float | None:
        """Seconds until the next attempt after so many failed ones; None if none is worth it."""
        seconds = self.seconds
        if not seconds:
            return None
        return seconds[min(max(attempts, 1), len(seconds)) - 1]


NO_RETRY: Final = Delays([])


def growing_delays(first_s: float, multiplier: float, ceiling_s: float) -> Delays:
    """Delays of which each is `multiplier` times the one before, up to `ceiling_s`.

    ValueError if the ceiling is below the first, or the multiplier neither 1 nor `MULTIPLIER_MIN`
    to `MULTIPLIER_MAX`; and if it takes more than `DELAYS_MAX` delays to reach the ceiling.
    """
    if not first_s > 0.0:
        raise ValueError("first must be above 0")
    if ceiling_s < first_s:
        raise ValueError("ceiling must not be below first")
    if multiplier != 1.0 and not MULTIPLIER_MIN <= multiplier <= MULTIPLIER_MAX:
        raise ValueError(
            f"multiplier must be 1, or {MULTIPLIER_MIN:g} to {MULTIPLIER_MAX:g}, not {multiplier:g}"
        )
    seconds = [first_s]
    while multiplier > 1.0 and seconds[-1] < ceiling_s:
        if len(seconds) == DELAYS_MAX:
            raise ValueError(
                f"takes more than {DELAYS_MAX} attempts to its ceiling: a greater multiplier, or a "
                "lower ceiling"
            )
        seconds.append(min(seconds[-1] * multiplier, ceiling_s))
    return Delays(seconds)


class RetrySchedule:
    """The delays of one carrier by cause; `OTHER` is for those that have none of their own."""

    def __init__(self, by_cause: dict[int, Delays]) -> None:
        self.by_cause = by_cause
        self._other: Delays = by_cause.get(OTHER, NO_RETRY)

    def delay_s(self, cause: int, attempts: int, diagnostic: int = 0) -> float | None:
        """Seconds until the next attempt after `attempts` failed ones; None if none will help.

        After the last delay of a cause it repeats until the message expires. `diagnostic` tells the
        failures of SM_DELIVERY_FAILURE apart.
        """
        if cause == SM_DELIVERY_FAILURE:
            cause |= diagnostic << _FAILURE_BITS
        return self.by_cause.get(cause, self._other).after(attempts)

    def changed(self, by_cause: dict[int, Delays]) -> "RetrySchedule":
        """The same, but for these causes."""
        return RetrySchedule({**self.by_cause, **by_cause})


class RetrySchedules:
    """The schedule of each country's carriers (ISO 3166-1) and one for all others."""

    def __init__(
        self, default: RetrySchedule, by_country: dict[str, RetrySchedule] | None = None
    ) -> None:
        self.default = default
        self._by_country: dict[str, RetrySchedule] = {} if by_country is None else by_country

    def of_country(self, country: str) -> RetrySchedule:
        """The schedule for phones of a country; the default one also for ""."""
        return self._by_country.get(country, self.default)


def _preset(absent: Delays, memory_full: Delays, busy: Delays, other: Delays) -> RetrySchedule:
    """A schedule in which everything that carriers take for permanent is."""
    by_cause = dict.fromkeys(PERMANENT, NO_RETRY)
    by_cause[ABSENT_SUBSCRIBER] = absent
    by_cause[SM_DELIVERY_FAILURE] = memory_full
    by_cause[NOT_SM_EQUIPPED] = NO_RETRY
    by_cause[SUBSCRIBER_BUSY_FOR_MT_SMS] = busy
    by_cause[OTHER] = other
    return RetrySchedule(by_cause)


DEFAULT_SCHEDULE: Final[RetrySchedule] = _preset(
    Delays(
        [
            MINUTE,
            5 * MINUTE,
            15 * MINUTE,
            30 * MINUTE,
            HOUR,
            2 * HOUR,
            4 * HOUR,
            6 * HOUR,
            12 * HOUR,
        ]
    ),
    Delays([10 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR]),
    Delays([30.0, MINUTE, 2 * MINUTE, 5 * MINUTE]),
    Delays([30.0, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR]),
).changed({PROTOCOL_ERROR: Delays([5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR])})

PRESETS: Final[dict[str, RetrySchedule]] = {
    "default": DEFAULT_SCHEDULE,
    # Few attempts, for networks that are paid by the attempt.
    "patient": _preset(
        growing_delays(5 * MINUTE, 2.0, DAY),
        growing_delays(HOUR, 4.0, DAY),
        growing_delays(2 * MINUTE, 2.0, HOUR),
        growing_delays(5 * MINUTE, 2.0, DAY),
    ),
    # Many, for texts that are worth nothing later: codes, alarms.
    "impatient": _preset(
        growing_delays(15.0, 2.0, 10 * MINUTE),
        growing_delays(MINUTE, 2.0, 30 * MINUTE),
        growing_delays(5.0, 2.0, MINUTE),
        growing_delays(5.0, 2.0, 5 * MINUTE),
    ),
}
"""The schedules that come with the package."""
DEFAULT_SCHEDULES: Final[RetrySchedules] = RetrySchedules(DEFAULT_SCHEDULE)
