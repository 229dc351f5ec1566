"""A scenario that was read and checked, and its JSON Schema."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct, field

from carrierbox.config import BoxSection, Configuration, SessionSection, configuration_schema
from carrierbox.scenarios.expectations_written import SUBJECTS
from carrierbox.scenarios.hinges import Hinge
from carrierbox.scenarios.steps_written import (
    HEXADECIMAL,
    LINK_STEPS,
    SHAPES,
    SMPP_NUMBERS,
    AdvanceStep,
    Duration,
    Name,
    Written,
)

Role: TypeAlias = Literal["we_send", "your_application"]
Action: TypeAlias = Struct | str | float | None

WE_SEND: Final = "we_send"
YOUR_APPLICATION: Final = "your_application"
STEPS_MAX: Final = 1000
SEED_MAX: Final = 2**53
NOT_OF_SETUP: Final = ("listeners", "http", "store", "boxes", "radio")
"""Keys of a configuration that no scenario has."""
CLOCK: Final = "clock"
BOUND: Final = "bound"
ON_OR_OFF: Final = ("power", "outage")
"""What other writers of YAML make true or false of."""
_PARAMETER: Final = {"type": "string", "pattern": "[$][{][A-Za-z_][A-Za-z0-9_]*[}]"}
_HEXADECIMAL: Final = {"type": "string", "pattern": HEXADECIMAL, "examples": ["0x0B"]}
PLAIN_STEPS: Final = ("advance", "settle", "note", "expect", *LINK_STEPS)
STEP_KINDS: Final = tuple(sorted({*SHAPES, *PLAIN_STEPS}))


class Head(Written, kw_only=True):
    """What a scenario is, beside its steps."""

    scenario: Annotated[str, Meta(min_length=1, max_length=64, pattern="^[a-z0-9][a-z0-9-]*$")]
    why: Annotated[str, Meta(max_length=2000)] = ""
    role: Role = "we_send"
    seed: Annotated[int, Meta(ge=0, le=SEED_MAX)] = 0
    hinges_on: Hinge | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    setup: dict[str, Any] = field(default_factory=dict)
    steps: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=STEPS_MAX)]


class Setup:
    """The carrier that a scenario begins with.

    `start` is the network's time, in seconds since 1970, None if it names none; `bound` are the
    accounts that are bound from the beginning, None: all that have a name.
    """

    def __init__(
        self,
        section: BoxSection,
        session: SessionSection,
        has_enquire_link: bool,
        start: float | None,
        bound: Sequence[str] | None,
    ) -> None:
        self.section = section
        self.session = session
        self.has_enquire_link = has_enquire_link
        self.start = start
        self.bound = bound


class Step:
    """One step: its number from 1, its line, its kind, and what it says.

    `about` are the names of what it is about, its own among them.
    """

    def __init__(
        self,
        number: int,
        line: int,
        path: str,
        kind: str,
        action: Action,
        told: str,
        about: Sequence[str] = (),
    ) -> None:
        self.number = number
        self.line = line
        self.path = path
        self.kind = kind
        self.action = action
        self.told = told
        """How it is written, on one line."""
        self.about = about


class Scenario:
    """A scenario, ready to be run."""

    def __init__(
        self,
        name: str,
        why: str,
        role: str,
        seed: int,
        parameters: dict[str, object],
        setup: Setup,
        steps: list[Step],
        source: str,
        hinge: Hinge | None = None,
        hinge_meaning: str = "",
        is_parted: bool = False,
    ) -> None:
        self.name = name
        self.why = why
        self.role = role
        self.seed = seed
        self.parameters = parameters
        self.setup = setup
        self.steps = steps
        self.source = source
        self.hinge = hinge
        """What it hangs on, if it says so."""
        self.hinge_meaning = hinge_meaning
        """The same for two scenarios that hang on the same."""
        self.is_parted = is_parted
        """Whether that was taken out of it: then it must not hold."""


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario, for editors."""
    definitions = dict(configuration_schema()["$defs"])
    shapes = [*SHAPES.values(), AdvanceStep, *dict.fromkeys(SUBJECTS.values())]
    _, components = msgspec.json.schema_components([Head, *shapes], ref_template="#/$defs/{name}")
    head = components.pop("Head")
    for component in components.values():
        fields = component["properties"]
        fields |= {
            key: {"anyOf": [fields[key], {"type": "boolean"}]} for key in ON_OR_OFF if key in fields
        }
        fields |= {
            key: {"anyOf": [fields[key], _HEXADECIMAL]} for key in SMPP_NUMBERS if key in fields
        }
    definitions |= components
    properties = head["properties"]
    properties["setup"] = _setup_schema()
    properties["steps"] = {
        "type": "array",
        "minItems": 1,
        "maxItems": STEPS_MAX,
        "items": {
            "type": "object",
            "properties": _step_schemas(),
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
    }
    parameters = properties.pop("parameters")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario of carrierbox",
        "type": "object",
        "properties": {**_or_parameters(properties), "parameters": parameters},
        "required": ["scenario", "steps"],
        "additionalProperties": False,
        "$defs": _or_parameters(definitions),
    }


def _or_parameters(schemas: dict[str, Any]) -> dict[str, Any]:
    return {name: _or_parameter(schema) for name, schema in schemas.items()}


def _or_parameter(schema: Any) -> Any:
    """The same schema, but for `${name}` in the place of a value that is no free text."""
    if isinstance(schema, list):
        return [_or_parameter(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {
        key: _or_parameters(value)
        if key == "properties"
        else _or_parameter(value)
        if key in ("items", "anyOf", "additionalProperties", "prefixItems")
        else value
        for key, value in schema.items()
    }
    is_bound = schema.get("type") in ("integer", "number", "boolean") or bool(
        {"pattern", "enum", "const", "maxLength"} & set(schema)
    )
    return {"anyOf": [inside, _PARAMETER]} if is_bound else inside


def _setup_schema() -> dict[str, Any]:
    whole = configuration_schema()["$defs"]["Configuration"]
    properties = {
        key: schema
        for key, schema in whole["properties"].items()
        if key not in (*NOT_OF_SETUP, CLOCK)
    }
    properties[CLOCK] = {"type": "string", "examples": ["2026-11-23T21:30:00Z"]}
    properties[BOUND] = {"type": "array", "items": {"type": "string"}}
    return {
        "description": "The carrier, as in its configuration, and the start of its clock.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _step_schemas() -> dict[str, Any]:
    def of(shape: type[Struct]) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{shape.__name__}"}

    (duration, name), _ = msgspec.json.schema_components([Duration, Name])
    schemas: dict[str, Any] = {kind: of(shape) for kind, shape in SHAPES.items()}
    schemas["advance"] = {"anyOf": [duration, of(AdvanceStep)]}
    schemas["settle"] = {"type": ["object", "null"], "maxProperties": 0}
    schemas["note"] = {"type": "string"}
    schemas["expect"] = {
        "anyOf": [{**of(shape), "required": [subject]} for subject, shape in SUBJECTS.items()]
    }
    schemas |= dict.fromkeys(LINK_STEPS, name)
    for kind in ("bind", "restart"):
        schemas[kind] = {"anyOf": [schemas[kind], {"type": ["string", "null"]}]}
    return schemas


SETUP_KEYS: Final = tuple(
    key
    for key in (*(field for field in Configuration.__struct_fields__), BOUND)
    if key not in NOT_OF_SETUP
)
