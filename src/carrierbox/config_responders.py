"""Responders as they are written, in the configuration and over HTTP: read, checked, compiled.

A responder has conditions (`when`, in the language of rules), an `answer`, and how long after the
text it is sent. The structs here are its JSON Schema.
"""

from typing import Annotated, Any, Final, TypeAlias

from msgspec import UNSET, Meta, Struct

from carrierbox import matching
from carrierbox.config_conditions import Conditions, RuleError, conditions_of, random_of
from carrierbox.config_rules import definition_as, list_schema, read_each
from carrierbox.config_values import DURATION_PATTERN, reader_of_duration
from carrierbox.simulator.responders import Responder

RESPONDERS_MAX: Final = 100
"""Of one phone, or of a box."""
ANSWER_CHARACTERS_MAX: Final = 2_000
AFTER_MAX_S: Final = 86_400.0 * 7
TIMES_MAX: Final = 1_000_000

_Answer: TypeAlias = Annotated[str, Meta(min_length=1, max_length=ANSWER_CHARACTERS_MAX)]
_After: TypeAlias = Annotated[str, Meta(pattern=DURATION_PATTERN, examples=["5s", "2m"])]
_Times: TypeAlias = Annotated[int, Meta(ge=1, le=TIMES_MAX)]

_OF_CENTRE: Final = ("account", "country", "carrier", "service_type", "registered_delivery")
"""What the centre knows of a message and a phone does not."""


class ResponderDefinition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """One responder: texts that `when` means are answered `after` that long.

    Of the conditions of rules a phone knows `source_addr`, `source_addr_ton`, `destination`,
    `data_coding`, `text` and `share`. Each phone answers so `times` times at most while the carrier
    runs; without it, always.
    """

    answer: _Answer
    when: Conditions = Conditions()
    after: _After = "0s"
    times: _Times | None = None


def responder_of(value: object) -> ResponderDefinition:
    """A responder as YAML, a request or a test gives it. Raises RuleError."""
    definition = definition_as(ResponderDefinition, value)
    compile_responder(definition)
    return definition


def read_responder(value: object) -> Responder:
    """The same, ready to run."""
    return compile_responder(definition_as(ResponderDefinition, value))


def read_responders(value: object) -> tuple[ResponderDefinition, ...]:
    """The responders of a box, all problems told at once."""
    return read_each(value, "responders", RESPONDERS_MAX, responder_of)


def responders_schema() -> dict[str, Any]:
    """The JSON Schema of a list of responders, in one piece."""
    return list_schema(ResponderDefinition, RESPONDERS_MAX)


def compile_responder(definition: ResponderDefinition) -> Responder:
    """The responder that a phone runs. Raises RuleError for what no schema can tell."""
    when = definition.when
    for name in _OF_CENTRE:
        if getattr(when, name) is not UNSET:
            raise RuleError(f"when.{name}", "no phone knows it: ask for source_addr or text")
    try:
        after_s = reader_of_duration(0.0)(definition.after)
    except ValueError as error:
        raise RuleError("after", str(error)) from None
    if after_s > AFTER_MAX_S:
        raise RuleError("after", "must be at most 7d")
    conditions = conditions_of(when)
    random = random_of(definition.answer, when)
    if random is not None and when.share is not UNSET:
        conditions.append(matching.IsDrawn(when.share, random))
    times = definition.times or 0
    return Responder(matching.Match(conditions), definition.answer, after_s, times, definition)
