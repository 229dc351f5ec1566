"""The settings of what an account is owed and for how long, and what no single key can tell."""

from typing import Annotated, Any, Final

from carrierbox import config_carriers as carriers
from carrierbox import config_values as values
from carrierbox.config_reading import Reading, told
from carrierbox.relay import CONTENT_CLASSES
from carrierbox.smsc.accounts import ANY, PASSWORD_OCTETS_MAX, SYSTEM_ID_OCTETS_MAX
from carrierbox.smsc.schedule import DAY

TRIES_MAX: Final = 10_000
VALIDITY_DEFAULT: Final = "validity_default"
VALIDITY_MAX: Final = "validity_max"

_KEEP: Final[dict[str, Any]] = {
    "anyOf": [{"type": "string", "pattern": values.DURATION_PATTERN}, {"const": 0}],
    "default": 0,
    "examples": ["7d", 0],
}

ValidityDefault = Annotated[
    float,
    told(
        "how long a message without validity_period is tried, on the network's clock",
        values.reader_of_duration(1.0),
        {"type": "string", "pattern": values.DURATION_PATTERN, "default": "72h"},
    ),
]
ValidityMax = Annotated[
    float,
    told(
        "how long a message is tried at most; a longer validity_period is cut to it",
        values.reader_of_duration(1.0),
        {"type": "string", "pattern": values.DURATION_PATTERN, "default": "14d"},
    ),
]
ReceiptsKeep = Annotated[
    float,
    told(
        "how long a receipt is owed, from the end of its message on the network's clock; "
        "0: for ever",
        values.reader_of_duration(0.0),
        _KEEP,
    ),
]
ReceiptsTries = Annotated[
    int,
    told(
        "how often one receipt may be refused for now before it is given up; 0: no bound",
        values.reader_of_integer(0, TRIES_MAX),
        {"type": "integer", "minimum": 0, "maximum": TRIES_MAX},
    ),
]
Retry = Annotated[
    carriers.RetryDefinition,
    told(
        "when failed attempts are repeated: a preset, or delays by cause",
        carriers.read_retry,
        carriers.RETRY_SCHEMA,
    ),
]


@values.accepts_null
def read_content_class(value: object) -> str:
    """One of the classes of content; null: its messages say it, or carriers guess."""
    if value is None:
        return ""
    if not isinstance(value, str) or value not in CONTENT_CLASSES:
        raise ValueError(f"must be null, or one of {', '.join(CONTENT_CLASSES)}")
    return value


ContentClass = Annotated[
    str,
    told(
        "what its messages are about that do not say so themselves; null: carriers guess",
        read_content_class,
        {"enum": [None, *CONTENT_CLASSES], "default": None},
    ),
]
DEFAULT_RETRY: Final = carriers.RetryDefinition(values.DEFAULT)


def check_accounts(reading: Reading) -> None:
    """What the keys of an account say together."""
    _check_credentials(reading)
    _check_outbinds(reading)
    _check_validities(reading)


def _check_credentials(reading: Reading) -> None:
    """What a strict account may be called, and its password (SMPP 3.4 §5.2.1, §5.2.2)."""
    limits = {"system_id": SYSTEM_ID_OCTETS_MAX, "password": PASSWORD_OCTETS_MAX}
    for path, value in reading.read.items():
        account, _, field_name = path.rpartition(".")
        limit = limits.get(field_name)
        if limit is None or not isinstance(value, str) or len(value) <= limit:
            continue
        if reading.read.get(f"{account}.strict", True):
            reading.problem(path, f"at most {limit} octets, unless the account has strict: false")


def _check_outbinds(reading: Reading) -> None:
    """Whom we call must have a name: which of all would `*` be?"""
    for path, entry in reading.read.items():
        account, _, field_name = path.rpartition(".")
        is_call = field_name == "outbind" and entry is not None
        if is_call and reading.read.get(f"{account}.system_id") == ANY:
            reading.problem(path, "needs an account with a name of its own")


def _check_validities(reading: Reading) -> None:
    """A default beyond the maximum is a mistake, if somebody gave both."""
    for path, default_s in reading.read.items():
        account, _, field_name = path.rpartition(".")
        longest_s = reading.read.get(f"{account}.{VALIDITY_MAX}")
        if field_name != VALIDITY_DEFAULT or not isinstance(longest_s, float):
            continue
        if isinstance(default_s, float) and default_s > longest_s:
            text = f"must not be longer than {VALIDITY_MAX}, which is {longest_s / DAY:g}d"
            reading.problem(path, text)
