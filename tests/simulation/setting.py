"""What the accounts and phones of every simulated carrier are, and what it lets fail."""

from typing import Final

from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    RESOURCE_LIMITATION,
    SUBSCRIBER_BUSY_FOR_MT_SMS,
    UNKNOWN_SUBSCRIBER,
)
from carrierbox.smsc.accounts import AccountSettings

PHONES: Final = ("33612345678", "12125550123", "919812345678", "447700900123")
PASSWORD: Final = "demo"
ACCOUNTS: Final = ("alpha", "beta", "gamma")
SHORT_CODE: Final = "38100"

ONCE: Final = "ONCE"
AWAY: Final = "AWAY"
TWICE: Final = "TWICE"
LATE: Final = "LATE"
NEVER: Final = "NEVER"
FORCED: Final = {
    ONCE: (SUBSCRIBER_BUSY_FOR_MT_SMS, 1),
    AWAY: (ABSENT_SUBSCRIBER, 1),
    TWICE: (RESOURCE_LIMITATION, 2),
    LATE: (RESOURCE_LIMITATION, 0),
    NEVER: (UNKNOWN_SUBSCRIBER, 0),
}
"""By service_type the network error that a rule lets a message fail with; how often, 0: ever."""
HOPELESS: Final = (LATE, NEVER)


def account_settings() -> list[AccountSettings]:
    """One account with several links, one with a short number and data_sm, one with limits."""
    return [
        AccountSettings("alpha", PASSWORD, binds_max=4),
        AccountSettings("beta", PASSWORD, window=3, address_range=SHORT_CODE, data_sm=True),
        AccountSettings("gamma", PASSWORD, window=1, binds_max=3, rate_per_s=5.0, queue_max=6),
    ]
