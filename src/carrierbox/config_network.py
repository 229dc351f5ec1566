"""The settings of the radio: towers, and where phones are and how full their batteries.

A place is written `48.8566,2.3522` or as a list of two numbers, in degrees north and east.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from carrierbox import config_values as values
from carrierbox.config_phones import PhoneMemory, Responders
from carrierbox.config_reading import Reading, Section, told
from carrierbox.simulator.battery import (
    STANDBY_HOURS_DEFAULT,
    STANDBY_HOURS_MAX,
    STANDBY_HOURS_MIN,
    Battery,
)
from carrierbox.simulator.cells import (
    CELLS_MAX,
    CHANNELS_MAX,
    EVERYWHERE,
    LATITUDE_MAX,
    RADIUS_MAX_KM,
    RADIUS_MIN_KM,
    Cell,
    Position,
    position_of,
)

NAME_MAX: Final = 100
RATE_MAX: Final = 1_000_000.0

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)
_PLMN: Final = re.compile(r"[0-9]{5,6}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_PLACE_WANTED: Final = "must be LATITUDE,LONGITUDE such as 48.8566,2.3522"

_POSITION: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "string", "examples": ["48.8566,2.3522"]},
        {
            "type": "array",
            "prefixItems": [
                {"type": "number", "minimum": -LATITUDE_MAX, "maximum": LATITUDE_MAX},
                {"type": "number", "minimum": -180, "maximum": 180},
            ],
            "minItems": 2,
            "maxItems": 2,
        },
    ]
}
_PERCENT: Final[dict[str, Any]] = {"type": "number", "minimum": 0, "maximum": 100}
_DURATION: Final[dict[str, Any]] = {
    "anyOf": [{"type": "string", "pattern": values.DURATION_PATTERN}, {"const": 0}],
    "examples": ["300ms", "2s", 0],
}


def read_position(value: object) -> Position:
    """A place: text with a comma, or a list of two numbers."""
    if isinstance(value, str):
        return position_of(value)
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(_PLACE_WANTED)
    return Position(values.read_number(value[0]), values.read_number(value[1]))


def reader_of_number(minimum: float, maximum: float) -> Callable[[object], float]:
    """A reader of numbers between two limits, both allowed."""

    def read(value: object) -> float:
        number = values.read_number(value)
        if not minimum <= number <= maximum:
            raise ValueError(f"must be {minimum:g} to {maximum:g}, not {number:g}")
        return number

    return read


def read_id(value: object) -> str:
    """What a tower is called."""
    text = values.read_text(value)
    if not _ID.fullmatch(text):
        raise ValueError("must be 1 to 64 small letters, digits, hyphens, dots and underscores")
    if text == EVERYWHERE:
        raise ValueError(f"must not be {EVERYWHERE}: phones without a position are there")
    return text


def _reader_of_form(form: re.Pattern[str], wanted: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = values.read_text(value)
        if not form.fullmatch(text):
            raise ValueError(f"must be {wanted}")
        return text

    return read


def _read_name(value: object) -> str:
    text = values.read_text(value)
    if len(text) > NAME_MAX or not text.isprintable():
        raise ValueError(f"must be at most {NAME_MAX} printable characters")
    return text


def _read_outage(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _number(description: str, minimum: float, maximum: float) -> Any:
    schema = {"type": "number", "minimum": minimum, "maximum": maximum}
    return told(description, reader_of_number(minimum, maximum), schema)


def _duration(description: str, default: str = "0s") -> Any:
    schema = {**_DURATION, "default": default}
    return told(description, values.reader_of_duration(0.0), schema)


class LatencySection(Section, frozen=True):
    """How long one part takes over the radio, waiting not counted."""

    typical: Annotated[float, _duration("how long one part takes")] = 0.0
    jitter: Annotated[float, _duration("how much more or less, at most; no more than typical")] = (
        0.0
    )
    octets_per_s: Annotated[
        float, _number("what its octets take beside that; 0: nothing", 0.0, RATE_MAX)
    ] = 0.0


class LossSection(Section, frozen=True):
    """How much of a hundred is not heard."""

    down: Annotated[float, told("pages", reader_of_number(0.0, 100.0), _PERCENT)] = 0.0
    up: Annotated[float, told("answers of phones", reader_of_number(0.0, 100.0), _PERCENT)] = 0.0


class TowerSection(Section, frozen=True):
    """One cell of the radio network."""

    id: Annotated[
        str,
        told("its name in commands", read_id, {"type": "string", "pattern": f"^{_ID.pattern}$"}),
    ]
    position: Annotated[Position, told("where it stands", read_position, _POSITION)]
    name: Annotated[
        str, told("what people call it", _read_name, {"type": "string", "maxLength": NAME_MAX})
    ] = ""
    radius_km: Annotated[
        float, _number("how far it reaches in kilometres", RADIUS_MIN_KM, RADIUS_MAX_KM)
    ] = 5.0
    country: Annotated[
        str,
        told(
            "the country it stands in, for displays",
            _reader_of_form(_COUNTRY, "two capital letters such as FR"),
            {"type": "string", "pattern": f"^{_COUNTRY.pattern}$"},
        ),
    ] = ""
    plmn: Annotated[
        str,
        told(
            "the network it is of (MCC and MNC), for displays",
            _reader_of_form(_PLMN, 'five or six digits in quotes such as "20801"'),
            {"type": "string", "pattern": f"^{_PLMN.pattern}$"},
        ),
    ] = ""
    msc: Annotated[
        str,
        told(
            "the number of its switching centre, for displays",
            _reader_of_form(_DIGITS, 'at most fifteen digits in quotes such as "33609000001"'),
            {"type": "string", "pattern": f"^{_DIGITS.pattern}$"},
        ),
    ] = ""
    paging_per_s: Annotated[
        float, _number("pages it sends in a second; 0: no bound", 0.0, RATE_MAX)
    ] = 0.0
    channels: Annotated[
        int,
        told(
            "parts that cross at a time; 0: no bound",
            values.reader_of_integer(0, CHANNELS_MAX),
            {"type": "integer", "minimum": 0, "maximum": CHANNELS_MAX},
        ),
    ] = 0
    queue_max: Annotated[
        float, _duration("how long a part may wait for a page and a channel", "10s")
    ] = 10.0
    latency: LatencySection = LatencySection()
    loss_percent: LossSection = LossSection()
    outage: Annotated[
        bool, told("true: it does not work, at the start", _read_outage, {"type": "boolean"})
    ] = False

    def cell(self) -> Cell:
        """What the network takes."""
        return Cell(
            self.id,
            self.position,
            self.radius_km,
            self.name,
            country=self.country,
            plmn=self.plmn,
            msc=self.msc,
            paging_per_s=self.paging_per_s,
            channels=self.channels,
            queue_max_s=self.queue_max,
            typical_s=self.latency.typical,
            jitter_s=self.latency.jitter,
            octets_per_s=self.latency.octets_per_s,
            loss_down_percent=self.loss_percent.down,
            loss_up_percent=self.loss_percent.up,
            outage=self.outage,
        )


_BATTERY_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "percent": reader_of_number(0.0, 100.0),
    "standby_hours": reader_of_number(STANDBY_HOURS_MIN, STANDBY_HOURS_MAX),
    "per_text_percent": reader_of_number(0.0, 100.0),
    "charging": _read_outage,
}
_BATTERY: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "null"},
        {
            "type": "object",
            "properties": {
                "percent": {**_PERCENT, "default": 100},
                "standby_hours": {
                    "type": "number",
                    "minimum": STANDBY_HOURS_MIN,
                    "maximum": STANDBY_HOURS_MAX,
                    "default": STANDBY_HOURS_DEFAULT,
                },
                "per_text_percent": {**_PERCENT, "default": 0},
                "charging": {"type": "boolean", "default": False},
            },
            "additionalProperties": False,
        },
    ]
}


@values.accepts_null
def read_battery(value: object) -> Battery | None:
    """`{percent: 80, standby_hours: 48}`; null: power for ever. Raises Problems with their keys."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a mapping such as {{percent: 80}}, not {values.kind_of(value)}")
    read: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for key, said in value.items():
        try:
            if key not in _BATTERY_READERS:
                raise ValueError(f"unknown key; known here: {', '.join(_BATTERY_READERS)}")
            read[key] = _BATTERY_READERS[key](said)
        except ValueError as error:
            problems.append((str(key), str(error)))
    if problems:
        raise values.Problems(problems)
    # Since when it is as full as this the network knows that it is given to.
    return Battery(since=0.0, **{"percent": 100.0, **read})


@values.accepts_null
def _read_place_or_none(value: object) -> Position | None:
    return None if value is None else read_position(value)


PhonePosition = Annotated[
    Position | None,
    told(
        "where it is; null: everywhere, with coverage without limits",
        _read_place_or_none,
        {"anyOf": [{"type": "null"}, *_POSITION["anyOf"]]},
    ),
]
PhoneBattery = Annotated[
    Battery | None,
    told("its battery; null: power for ever", read_battery, _BATTERY),
]


class PhoneSection(Section, frozen=True):
    """A phone that is known before anything is sent to it. `msisdn` holds digits once read."""

    msisdn: Annotated[
        str,
        told(
            "international",
            values.read_msisdn,
            {"type": "string", "examples": ["+33612345678"]},
        ),
    ]
    power: Annotated[
        bool, told("on or off", values.read_power, {"enum": ["on", "off", True, False]})
    ] = True
    messages_max: Annotated[
        int,
        told(
            "texts its inbox holds",
            values.reader_of_integer(1, 10_000),
            {"type": "integer", "minimum": 1, "maximum": 10_000},
        ),
    ] = 200
    position: PhonePosition = None
    battery: PhoneBattery = None
    memory: PhoneMemory = None
    responders: Responders = ()


def check_network(reading: Reading) -> None:
    """What no single field of the towers can tell."""
    first: dict[tuple[str, object], str] = {}
    counts: dict[str, int] = {}
    for path, value in reading.read.items():
        match = re.fullmatch(r"((?:boxes\.[^.]+\.)?towers)\[\d+\]\.(id|latency\.jitter)", path)
        if match is None:
            continue
        towers, field_name = match[1], match[2]
        if field_name == "id":
            counts[towers] = counts.get(towers, 0) + 1
            if (towers, value) in first:
                before = first[towers, value]
                reading.problem(path, f"{value} is given in {before} already")
            first.setdefault((towers, value), path)
            continue
        typical = reading.read.get(path.replace(".jitter", ".typical"), 0.0)
        if isinstance(value, float) and isinstance(typical, float) and value > typical:
            reading.problem(path, f"must not be longer than typical, which is {typical:g}s")
    for towers, count in counts.items():
        if count > CELLS_MAX:
            reading.problem(towers, f"at most {CELLS_MAX} towers")
