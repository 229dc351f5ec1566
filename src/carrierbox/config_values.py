"""The single values of a configuration: how each is written, and what it becomes.

A reader takes what YAML, the environment or the command line gave and returns the value, or raises
ValueError with what is wrong in words that fit after the field's path.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from carrierbox.clock import SCALE_MAX
from carrierbox.codecs.default_coding import DEFAULT_CODING_NAMES
from carrierbox.identifiers import MSISDN_DIGITS_MAX, msisdn_or_none

Reader = Callable[[object], object]
NULL_READERS: Final[list[Reader]] = []

MEMORY: Final = ":memory:"
SQLITE: Final = "sqlite:///"
DEFAULT: Final = "default"

# SMPP 3.4 §5.2.1, §5.2.2 and §5.2.7, the NUL at the end not counted.
CREDENTIAL_MAX_OCTETS: Final = 64
"""What real clients send (T12); a strict account allows less."""
ADDRESS_RANGE_MAX_OCTETS: Final = 40

DURATION_MAX_S: Final = 366 * 86400.0
PORT_MAX: Final = 65535
DURATION_PATTERN: Final = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$"

_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_OCTETS: Final = {
    "": 1,
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
_DURATION_PART: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(ms|s|m|h|d)", re.ASCII)
_SIZE: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([KMG]i?B|B|)", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9._%:-]*", re.ASCII)
_ENDPOINT_WANTED: Final = "must be HOST:PORT, such as 127.0.0.1:2775, or :2775 for every interface"


class Problems(ValueError):
    """What is wrong with the entries of a mapping: pairs of key and problem."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in found))
        self.found = found


class Endpoint:
    """A host and a port to listen on. No host: every interface; port 0: a free one."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Endpoint):
            return NotImplemented
        return self.host == other.host and self.port == other.port

    def __hash__(self) -> int:
        return hash((self.host, self.port))

    def __repr__(self) -> str:
        return f"Endpoint({str(self)!r})"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def accepts_null(read: Reader) -> Reader:
    """Mark a reader for which null means something."""
    NULL_READERS.append(read)
    return read


def kind_of(value: object) -> str:
    """What a value is, for a sentence: `a list`, `text`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a mapping" if isinstance(value, Mapping) else "a list"


def read_text(value: object) -> str:
    """Text, as it is. A number is refused: YAML has dropped its leading zeros already."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        raise ValueError(f"must be text, not {kind_of(value)}: put it in quotes")
    raise ValueError(f"must be text, not {kind_of(value)}")


def read_system_id(value: object) -> str:
    """A system_id (SMPP 3.4 §5.2.1), or `*` for every one."""
    text = read_text(value)
    if not text:
        raise ValueError("must not be empty")
    _at_most(text, CREDENTIAL_MAX_OCTETS)
    return text


def read_password(value: object) -> str:
    """A password (SMPP 3.4 §5.2.2), or `*` for every one; it may be empty."""
    text = read_text(value)
    _at_most(text, CREDENTIAL_MAX_OCTETS)
    return text


def read_address_range(value: object) -> str:
    """A regular expression over numbers (SMPP 3.4 §5.2.7)."""
    text = read_text(value)
    _at_most(text, ADDRESS_RANGE_MAX_OCTETS)
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


def read_msisdn(value: object) -> str:
    """The digits of a phone's number."""
    text = read_text(value)
    msisdn = msisdn_or_none(text)
    if msisdn is None:
        raise ValueError(
            f"must be an international number of 2 to {MSISDN_DIGITS_MAX} digits, "
            'such as "+33612345678"'
        )
    return msisdn


def read_power(value: object) -> bool:
    """`on` or `off`; `true` and `false` too, because other YAML readers make that of them."""
    if value in ("on", "off"):
        return value == "on"
    if isinstance(value, bool):
        return value
    raise ValueError("must be on or off")


def read_endpoint(value: object) -> Endpoint:
    """HOST:PORT; an IPv6 host in brackets."""
    if not isinstance(value, str):
        raise ValueError(_ENDPOINT_WANTED)
    host, colon, port_text = value.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"{_ENDPOINT_WANTED}; an IPv6 host in brackets: [::1]:2775")
    if not colon or not _HOST.fullmatch(host):
        raise ValueError(_ENDPOINT_WANTED)
    if not (port_text.isascii() and port_text.isdigit()) or len(port_text) > 6:
        raise ValueError(_ENDPOINT_WANTED)
    port = int(port_text)
    if port > PORT_MAX:
        raise ValueError(f"port must be 0 to {PORT_MAX}, not {port}")
    return Endpoint(host, port)


def read_endpoint_or_off(value: object) -> Endpoint | None:
    """HOST:PORT, or `off`."""
    if value is False or value == "off":
        return None
    try:
        return read_endpoint(value)
    except ValueError as error:
        raise ValueError(f"{error}, or off" if str(error) == _ENDPOINT_WANTED else error) from None


@accepts_null
def read_data_coding_0(value: object) -> object:
    """What data_coding 0 means; None for what the carrier takes it for."""
    if value is None:
        return None
    if value not in DEFAULT_CODING_NAMES:
        raise ValueError(f"must be {', '.join(DEFAULT_CODING_NAMES)} or null")
    return DEFAULT_CODING_NAMES.index(str(value))


def read_scale(value: object) -> float:
    """How many seconds of the network pass in one real second."""
    number = read_number(value)
    if not 0.0 < number <= SCALE_MAX:
        raise ValueError(f"must be above 0 and at most {SCALE_MAX:.0f}")
    return number


def read_durability(value: object) -> str:
    """`process` or `power`: what a commit survives."""
    if value not in ("process", "power"):
        raise ValueError("must be process (survives the process) or power (survives a power cut)")
    return str(value)


def read_store_url(value: object) -> str:
    """`sqlite:///PATH` or `:memory:`."""
    text = read_text(value)
    if text == MEMORY or (text.startswith(SQLITE) and len(text) > len(SQLITE)):
        if "\0" in text:
            raise ValueError("must not hold a NUL")
        return text
    if text.startswith(("postgresql:", "postgres:")):
        raise ValueError(f"PostgreSQL is not acting yet in this version: use {SQLITE}PATH")
    raise ValueError(f'must be {SQLITE}PATH or ":memory:"')


def store_url(location: str) -> str:
    """What somebody means by a path, `:memory:` or a URL on the command line."""
    return location if location == MEMORY or "://" in location else SQLITE + location


def reader_of_integer(minimum: int, maximum: int) -> Callable[[object], int]:
    """A reader of whole numbers between two limits, both allowed."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"must be a whole number, {_not(value)}")
        if not minimum <= value <= maximum:
            raise ValueError(f"must be {minimum} to {maximum}, not {_short(value)}")
        return value

    return read


def reader_of_duration(minimum_s: float) -> Callable[[object], float]:
    """A reader of durations such as `90s`, `5m`, `1h30m`, `250ms`; seconds once read.

    0 needs no unit and is always below a minimum that is not 0.
    """

    def read(value: object) -> float:
        seconds = 0.0 if value in (0, "0") and not isinstance(value, bool) else _seconds(value)
        if not minimum_s <= seconds <= DURATION_MAX_S:
            raise ValueError(f"must be {minimum_s:g}s to {DURATION_MAX_S / 86400:g}d")
        return seconds

    return read


def reader_of_size(minimum: int, maximum: int) -> Callable[[object], int]:
    """A reader of sizes such as `70KB`, `1GiB` or a number of octets."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError(f"must be a size such as 70KB or 1MiB, {_not(value)}")
        match = _SIZE.fullmatch(_short(value))
        if match is None or match[2] not in _OCTETS:
            raise ValueError("must be a size such as 70KB or 1MiB")
        octets = int(float(match[1]) * _OCTETS[match[2]])
        if not minimum <= octets <= maximum:
            raise ValueError(f"must be {minimum} to {maximum} octets, not {octets}")
        return octets

    return read


def _seconds(value: object) -> float:
    if isinstance(value, bool | int | float):
        raise ValueError("needs its unit: 90s, 5m, 72h or 7d")
    seconds = 0.0
    position = 0
    text = value if isinstance(value, str) else ""
    for part in _DURATION_PART.finditer(text[:40]):
        if part.start() != position:
            break
        position = part.end()
        seconds += float(part[1]) * _SECONDS[part[2]]
    if not text or position != len(text):
        raise ValueError("must be a duration such as 90s, 5m, 72h or 7d")
    return seconds


def _at_most(text: str, octets: int) -> None:
    """Refuse what a C-Octet String of that length cannot carry."""
    try:
        length = len(text.encode("latin-1"))
    except UnicodeEncodeError:
        raise ValueError("has characters outside Latin-1, which SMPP cannot carry") from None
    if length > octets:
        raise ValueError(f"at most {octets} octets")
    if not text.isprintable():
        raise ValueError("has characters that cannot be printed")


def read_number(value: object) -> float:
    """Any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number, {_not(value)}")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("is too big") from None


def _not(value: object) -> str:
    return f"not {kind_of(value)}"


def _short(value: object) -> str:
    """A value for a sentence: numbers of thousands of digits have no place in one."""
    if isinstance(value, int) and abs(value) > 10**20:
        return "so big"
    return str(value)[:40]
