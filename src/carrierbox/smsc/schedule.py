"""When to try again, by the cause of the failure, and how long a message is worth it.

The delays are typical of message centres, not taken from a specification: TS 23.040 leaves them to
the operator. Causes that a retry cannot heal end the message at once.
"""

from typing import Final

from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    CALL_BARRED,
    FACILITY_NOT_SUPPORTED,
    ILLEGAL_EQUIPMENT,
    ILLEGAL_SUBSCRIBER,
    SM_DELIVERY_FAILURE,
    SUBSCRIBER_BUSY_FOR_MT_SMS,
    TELESERVICE_NOT_PROVISIONED,
    UNKNOWN_SUBSCRIBER,
)

MINUTE: Final = 60.0
HOUR: Final = 3600.0

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

_ABSENT_DELAYS_S: Final[tuple[float, ...]] = (
    1 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    1 * HOUR,
    2 * HOUR,
    4 * HOUR,
    6 * HOUR,
    12 * HOUR,
)
_MEMORY_DELAYS_S: Final[tuple[float, ...]] = (10 * MINUTE, 1 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR)
_BUSY_DELAYS_S: Final[tuple[float, ...]] = (30.0, 1 * MINUTE, 2 * MINUTE, 5 * MINUTE)
_OTHER_DELAYS_S: Final[tuple[float, ...]] = (
    30.0,
    1 * MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    1 * HOUR,
)


def retry_delay_s(cause: int, attempts: int) -> float | None:
    """Seconds until the next attempt after `attempts` failed ones; None if none will help.

    After the last delay of a cause's table it repeats until the message expires.
    """
    if cause in PERMANENT:
        return None
    delays: tuple[float, ...] = _OTHER_DELAYS_S
    if cause == ABSENT_SUBSCRIBER:
        delays = _ABSENT_DELAYS_S
    elif cause == SM_DELIVERY_FAILURE:
        delays = _MEMORY_DELAYS_S
    elif cause == SUBSCRIBER_BUSY_FOR_MT_SMS:
        delays = _BUSY_DELAYS_S
    return delays[min(max(attempts, 1), len(delays)) - 1]
