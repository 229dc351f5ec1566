"""Rules as they are written, in the configuration, over HTTP and in tests: read, checked, compiled.

A rule has a name, a `Match` (`when`) and an `Outcome` (`then`). The structs here are its JSON
Schema; `compile_rule` makes of one what `matching` runs for every message.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from carrierbox import matching
from carrierbox.config_conditions import RuleError
from carrierbox.config_match import NO_SUPPLIES, Match, Supplies, match_of
from carrierbox.config_outcomes import Outcome, changes_of, verdict_of
from carrierbox.config_problems import field_problem
from carrierbox.config_values import Problems, kind_of
from carrierbox.matching import RULES_MAX, RuleBook

MAGIC_NUMBERS: Final = Path(__file__).parent / "data" / "magic_numbers.json"

NAME_CHARACTERS_MAX: Final = 64
WHY_CHARACTERS_MAX: Final = 500


class RuleDefinition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """One rule. Its name stands with what it decided: in messages, events and refusals.

    `why` is the reason it gives there.
    """

    name: Annotated[
        str, Meta(min_length=1, max_length=NAME_CHARACTERS_MAX, pattern="^[^\\x00-\\x1f\\x7f]+$")
    ]
    then: Outcome
    when: Match = Match()
    unless: Match | UnsetType = UNSET
    why: (
        Annotated[
            str, Meta(min_length=1, max_length=WHY_CHARACTERS_MAX, pattern="^[^\\x00-\\x1f\\x7f]+$")
        ]
        | UnsetType
    ) = UNSET


Definition = TypeVar("Definition", bound=Struct)


# Reading.


def definition_of(value: object) -> RuleDefinition:
    """A rule as YAML or a test gives it. Raises RuleError."""
    return definition_as(RuleDefinition, value)


def definition_as(kind: type[Definition], value: object) -> Definition:
    """The same for whatever is written alike."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        path, problem = field_problem(error, kind)
        raise RuleError(path, problem) from None


def read_rules(value: object) -> tuple[RuleDefinition, ...]:
    """The rules of a box, all problems told at once."""
    found: dict[str, RuleDefinition] = {}

    def read(each: object) -> RuleDefinition:
        definition = definition_of(each)
        compile_rule(definition)
        return named_once(definition.name, definition, found)

    return read_each(value, "rules", RULES_MAX, read)


def named_once(name: str, definition: Definition, found: dict[str, Definition]) -> Definition:
    """The same definition, noted under its name. Raises RuleError if one was noted before."""
    if name in found:
        raise RuleError("name", f"{name} is given twice")
    found[name] = definition
    return definition


def read_each(
    value: object, kind: str, entries_max: int, read: Callable[[object], Definition]
) -> tuple[Definition, ...]:
    """A list of so many definitions at most, all problems told at once, each with its place.

    `read` raises RuleError; ValueError for what is no such list, `kind` being what it is of.
    """
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of {kind}, not {kind_of(value)}")
    if len(value) > entries_max:
        raise ValueError(f"must be at most {entries_max} {kind}")
    problems: list[tuple[str, str]] = []
    found: list[Definition] = []
    for index, each in enumerate(value):
        try:
            found.append(read(each))
        except RuleError as error:
            path = f"[{index}].{error.path}" if error.path else f"[{index}]"
            problems.append((path, error.problem))
    if problems:
        raise Problems(problems)
    return tuple(found)


def rules_schema() -> dict[str, Any]:
    """The JSON Schema of a list of rules, in one piece."""
    return list_schema(RuleDefinition, RULES_MAX)


def list_schema(kind: type[Struct], entries_max: int) -> dict[str, Any]:
    """The JSON Schema of a list of definitions, in one piece."""
    (_,), definitions = msgspec.json.schema_components([kind], ref_template="{name}")
    items: dict[str, Any] = _resolved(definitions[kind.__name__], definitions)
    return {"type": "array", "maxItems": entries_max, "items": items}


def _resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema with what its references stand for."""
    if isinstance(schema, list):
        return [_resolved(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolved(definitions[schema["$ref"]], definitions)
    return {key: _resolved(each, definitions) for key, each in schema.items() if key != "title"}


# Compiling.


def rule_book(
    definitions: Iterable[RuleDefinition] = (), supplies: Supplies = NO_SUPPLIES
) -> RuleBook:
    """The rules of a box with those of the magic numbers. Raises RuleError."""
    return RuleBook([compile_rule(each, supplies) for each in definitions], magic_numbers())


def magic_numbers() -> list[matching.Rule]:
    """The built-in rules, about numbers that no phone can have; they are compiled only once.

    Each box has rules of its own, which count, with the same matches and verdicts, which do not.
    """
    if not _magic_rules:
        _magic_rules.extend(compile_rule(each) for each in magic_number_definitions())
    rules = []
    for each in _magic_rules:
        rule = matching.Rule(each.name, each.match, each.verdict, each.definition)
        rule.changes = each.changes
        rules.append(rule)
    return rules


def magic_number_definitions() -> list[RuleDefinition]:
    """The built-in rules as they are written."""
    if not _magic_definitions:
        octets = MAGIC_NUMBERS.read_bytes()
        _magic_definitions.extend(msgspec.json.decode(octets, type=list[RuleDefinition]))
    return _magic_definitions


_magic_definitions: Final[list[RuleDefinition]] = []
_magic_rules: Final[list[matching.Rule]] = []


def compile_rule(definition: RuleDefinition, supplies: Supplies = NO_SUPPLIES) -> matching.Rule:
    """The rule that `matching` runs. Raises RuleError for what no schema can tell.

    What counts, such as a rate, counts for this rule only: each compiling makes it anew.
    """
    why = "" if definition.why is UNSET else definition.why
    verdict = verdict_of(definition.name, why, definition.then)
    match = match_of(definition.name, definition.when, definition.unless, supplies)
    rule = matching.Rule(definition.name, match, verdict, definition)
    rule.changes = changes_of(definition.then)
    return rule
