"""The settings of carriers: the rules of each country, and when failed attempts are repeated.

Rules are `open`, `realistic` (the pack of the country that comes with carrierbox), or the path of a
pack.

A schedule of retries is a preset, changed cause by cause. That of a country lies over the one of
its box, and that over the preset `default`.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from carrierbox.config_content import CODINGS_SCHEMA
from carrierbox.config_pack_policies import OPEN, REALISTIC, CarrierPacks
from carrierbox.config_packs import countries_with_packs, load_pack
from carrierbox.config_values import (
    DEFAULT,
    DURATION_PATTERN,
    Problems,
    kind_of,
    read_data_coding_0,
    read_number,
    reader_of_duration,
)
from carrierbox.errors import ConfigurationError
from carrierbox.smsc.schedule import (
    CAUSE_WORDS,
    DAY,
    DEFAULT_SCHEDULE,
    DELAYS_MAX,
    MULTIPLIER_MAX,
    NO_RETRY,
    PRESETS,
    Delays,
    RetrySchedule,
    RetrySchedules,
    growing_delays,
)

NEVER: Final = "never"
BASED_ON: Final = "based_on"
FIRST: Final = "first"
MULTIPLIER: Final = "multiplier"
CEILING: Final = "ceiling"
MULTIPLIER_DEFAULT: Final = 2.0
CEILING_DEFAULT_S: Final = DAY

_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_read_delay = reader_of_duration(1.0)
_DURATION: Final = {"type": "string", "pattern": DURATION_PATTERN}
_PRESETS: Final = {"enum": list(PRESETS)}
_DELAYS: Final = {
    "anyOf": [
        {"const": NEVER},
        {"type": "array", "items": _DURATION, "minItems": 1, "maxItems": DELAYS_MAX},
        {
            "type": "object",
            "properties": {
                FIRST: _DURATION,
                MULTIPLIER: {"type": "number", "minimum": 1, "maximum": MULTIPLIER_MAX},
                CEILING: _DURATION,
            },
            "required": [FIRST],
            "additionalProperties": False,
        },
    ]
}
RETRY_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        _PRESETS,
        {
            "type": "object",
            "properties": {BASED_ON: _PRESETS, **dict.fromkeys(CAUSE_WORDS, _DELAYS)},
            "additionalProperties": False,
        },
    ],
    "default": DEFAULT,
}
_RULES: Final = {
    "anyOf": [{"enum": [OPEN, REALISTIC]}, {"type": "string", "pattern": r"\.ya?ml$"}],
    "description": "open, realistic, or the path of a pack of one's own",
}
CARRIERS_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        _RULES,
        {
            "type": "object",
            "propertyNames": {"pattern": "^(default|[A-Z]{2})$"},
            "additionalProperties": {
                "anyOf": [
                    _RULES,
                    {
                        "type": "object",
                        "properties": {
                            "rules": _RULES,
                            "data_coding_0": CODINGS_SCHEMA,
                            "retry": RETRY_SCHEMA,
                        },
                        "additionalProperties": False,
                    },
                ]
            },
        },
    ],
    "default": OPEN,
}


class RetryDefinition:
    """What was said of retries: a preset (`""`: what it lies over) and the causes that differ."""

    def __init__(self, based_on: str = "", by_cause: Mapping[int, Delays] | None = None) -> None:
        self.based_on = based_on
        self.by_cause = dict(by_cause or {})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RetryDefinition):
            return NotImplemented
        return self.based_on == other.based_on and self._seconds() == other._seconds()

    def __hash__(self) -> int:
        return hash((self.based_on, frozenset(self.by_cause)))

    def __repr__(self) -> str:
        return f"RetryDefinition({self.based_on!r}, {self._seconds()!r})"

    def _seconds(self) -> dict[int, list[float]]:
        return {cause: delays.seconds for cause, delays in self.by_cause.items()}

    def over(self, schedule: RetrySchedule) -> RetrySchedule:
        """The schedule, where it lies over another one."""
        return PRESETS.get(self.based_on, schedule).changed(self.by_cause)


class CarrierRules:
    """Which rules the carriers of each country follow; `default` is for all the others.

    `open`, `realistic`, or of a country the path of a pack.

    `data_coding_0` is what they take that data_coding for (`codecs.default_coding`), `retry` when
    they try again, by country and `default`, where that is said.
    """

    def __init__(
        self,
        default: str = OPEN,
        by_country: Mapping[str, str] | None = None,
        data_coding_0: Mapping[str, int] | None = None,
        retry: Mapping[str, RetryDefinition] | None = None,
    ) -> None:
        self.default = default
        self.by_country = dict(by_country or {})
        self.data_coding_0 = dict(data_coding_0 or {})
        self.retry = dict(retry or {})
        self.left_out: frozenset[str] = frozenset()
        """Rules of packs that nobody asks, by name: so a scenario proves what a rule does."""

    def packs(self) -> CarrierPacks:
        """The packs that these rules are."""
        return CarrierPacks(self.default, self.by_country, self.left_out)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CarrierRules):
            return NotImplemented
        return (
            self.default == other.default
            and self.by_country == other.by_country
            and self.data_coding_0 == other.data_coding_0
            and self.retry == other.retry
            and self.left_out == other.left_out
        )

    def __hash__(self) -> int:
        return hash((self.default, frozenset(self.by_country.items())))

    def __repr__(self) -> str:
        return f"CarrierRules({self.default!r}, {self.by_country!r})"


def read_carriers(value: object) -> CarrierRules:
    """One word for every country, or a mapping of countries (ISO 3166-1) and `default`."""
    if isinstance(value, str):
        return CarrierRules(_rules(value))
    if not isinstance(value, Mapping):
        raise ValueError(
            "must be open, realistic, or a mapping such as {default: open, US: realistic}, "
            f"not {kind_of(value)}"
        )
    rules = CarrierRules()
    problems: list[tuple[str, str]] = []
    for country, said in value.items():
        try:
            if country != DEFAULT and not _COUNTRY.fullmatch(country):
                raise ValueError("must be default or two capital letters such as FR")
            rules.by_country[country] = _carrier(said, country, rules)
        except Problems as error:
            problems.extend((f"{country}.{key}", problem) for key, problem in error.found)
        except ValueError as error:
            problems.append((country, str(error)))
    if problems:
        raise Problems(problems)
    rules.default = rules.by_country.pop(DEFAULT, "") or OPEN
    for country, name in rules.by_country.items():
        # A country of which only something else is said.
        rules.by_country[country] = name or rules.default
    return rules


def carriers_of_words(words: Sequence[str]) -> object:
    """What `--carriers` says, as a configuration would: `realistic`, `US=realistic`, or several.

    Raises ConfigurationError for a country that is given twice.
    """
    if len(words) == 1 and "=" not in words[0]:
        return words[0]
    said: dict[str, str] = {}
    for word in words:
        country, equals, rules = word.partition("=")
        if not equals:
            country, rules = DEFAULT, word
        if country in said:
            raise ConfigurationError("--carriers", f"{country} is given twice")
        said[country] = rules
    return said


def read_retry(value: object) -> RetryDefinition:
    """The name of a preset, or a mapping of causes to delays. Raises Problems with their paths."""
    if isinstance(value, str):
        return RetryDefinition(_preset(value))
    if not isinstance(value, Mapping):
        raise ValueError(
            f"must be {', '.join(PRESETS)}, or a mapping such as {{absent: [1m, 10m, 1h]}}, "
            f"not {kind_of(value)}"
        )
    definition = RetryDefinition()
    problems: list[tuple[str, str]] = []
    for key, said in value.items():
        word = str(key)
        try:
            if word == BASED_ON:
                definition.based_on = _preset(said)
            elif word in CAUSE_WORDS:
                definition.by_cause[CAUSE_WORDS[word]] = read_delays(said)
            else:
                known = ", ".join([BASED_ON, *CAUSE_WORDS])
                raise ValueError(f"unknown key; known here: {known}")
        except Problems as several:
            problems.extend((f"{word}.{inner}", problem) for inner, problem in several.found)
        except ValueError as error:
            problems.append((word, str(error)))
    if problems:
        raise Problems(problems)
    return definition


def read_delays(value: object) -> Delays:
    """`never`, a list of durations of which the last repeats, or first, multiplier and ceiling."""
    if value == NEVER:
        return NO_RETRY
    if isinstance(value, list) and value:
        if len(value) > DELAYS_MAX:
            raise ValueError(f"must be at most {DELAYS_MAX} delays")
        return Delays([_read_delay(one) for one in value])
    if not isinstance(value, Mapping):
        raise ValueError(
            "must be never, a list such as [1m, 10m, 1h], or a mapping such as "
            "{first: 1m, multiplier: 3, ceiling: 12h}"
        )
    read: dict[str, float] = {}
    problems: list[tuple[str, str]] = []
    for key, said in value.items():
        try:
            if key in (FIRST, CEILING):
                read[str(key)] = _read_delay(said)
            elif key == MULTIPLIER:
                read[MULTIPLIER] = read_number(said)
            else:
                raise ValueError(f"unknown key; known here: {FIRST}, {MULTIPLIER}, {CEILING}")
        except ValueError as error:
            problems.append((str(key), str(error)))
    if FIRST not in value:
        problems.append((FIRST, "missing"))
    if problems:
        raise Problems(problems)
    first_s = read[FIRST]
    ceiling_s = read.get(CEILING, max(first_s, CEILING_DEFAULT_S))
    return growing_delays(first_s, read.get(MULTIPLIER, MULTIPLIER_DEFAULT), ceiling_s)


def retry_schedules(retry: RetryDefinition, carriers: CarrierRules) -> RetrySchedules:
    """What the message centre goes by: the box's schedule, and those of countries."""
    said = dict(carriers.retry)
    default = retry.over(DEFAULT_SCHEDULE)
    if DEFAULT in said:
        default = said.pop(DEFAULT).over(default)
    return RetrySchedules(default, {one: what.over(default) for one, what in said.items()})


def _preset(value: object) -> str:
    if not isinstance(value, str) or value not in PRESETS:
        raise ValueError(f"must be {', '.join(PRESETS)}")
    return value


def _carrier(said: object, country: str, into: CarrierRules) -> str:
    """The rules of one country, "" for those of all; what else is said is put among `into`."""
    if not isinstance(said, Mapping):
        return _rules(said, country)
    problems: list[tuple[str, str]] = []
    rules = ""
    for key, value in said.items():
        try:
            if key == "rules":
                rules = _rules(value, country)
            elif key == "data_coding_0":
                coding = read_data_coding_0(value)
                if isinstance(coding, int):
                    into.data_coding_0[country] = coding
            elif key == "retry":
                into.retry[country] = read_retry(value)
            else:
                raise ValueError("unknown key; known here: rules, data_coding_0, retry")
        except Problems as error:
            problems.extend((f"{key}.{inner}", problem) for inner, problem in error.found)
        except ValueError as error:
            problems.append((str(key), str(error)))
    if problems:
        raise Problems(problems)
    return rules


def _rules(value: object, country: str = DEFAULT) -> str:
    if value == OPEN:
        return OPEN
    if value == REALISTIC:
        if country != DEFAULT and country not in countries_with_packs():
            raise ValueError(
                f"no pack of {country} comes with carrierbox: use open, or the path of one"
            )
        return REALISTIC
    if not isinstance(value, str) or not value.endswith((".yaml", ".yml")):
        raise ValueError("must be open, realistic, or the path of a pack such as ./pack.yaml")
    if country == DEFAULT:
        raise ValueError("a pack is of one country: write {US: ./pack.yaml}")
    try:
        pack = load_pack(Path(value))
    except ConfigurationError as error:
        raise ValueError(str(error)) from None
    if pack.head.country != country:
        raise ValueError(f"{value} is the pack of {pack.head.country}")
    return value
