"""Rules as they are written, in the configuration, over HTTP and in tests: read, checked, compiled.

A rule has a name, a `Match` (`when`) and an `Outcome` (`then`). The structs here are its JSON
Schema; `compile_rule` makes of one what `matching` runs for every message.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from carrierbox import matching
from carrierbox.config_values import Problems, kind_of
from carrierbox.identifiers import MSISDN_DIGITS_MAX, msisdn_or_none
from carrierbox.matching import RULES_MAX, Condition, RuleBook
from carrierbox.relay import CAUSE_NAMES, Verdict
from carrierbox.smpp.values import STATUS_BY_NAME

MAGIC_NUMBERS: Final = Path(__file__).parent / "data" / "magic_numbers.json"

NAME_CHARACTERS_MAX: Final = 64
TEXT_CHARACTERS_MAX: Final = 500
PATTERN_CHARACTERS_MAX: Final = 200
PATTERN_MEMORY_OCTETS: Final = 1 << 20
"""What one compiled pattern may take."""
VALUES_MAX: Final = 100
ATTEMPTS_MAX: Final = 1000
STATUS_MAX: Final = 0xFFFFFFFF

_Octet: TypeAlias = Annotated[int, Meta(ge=0, le=255)]
_Octets: TypeAlias = _Octet | Annotated[list[_Octet], Meta(min_length=1, max_length=VALUES_MAX)]
_Text: TypeAlias = Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)]
_Part: TypeAlias = Annotated[str, Meta(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
_Texts: TypeAlias = _Text | Annotated[list[_Text], Meta(min_length=1, max_length=VALUES_MAX)]
Operation: TypeAlias = Literal["submit_sm", "submit_multi", "data_sm", "replace_sm"]
_Operations: TypeAlias = Annotated[list[Operation], Meta(min_length=1, max_length=4)]


class TextCondition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What a text must be like, if it is not one of some texts: exactly one of these.

    In a `glob`, `*` is any characters and `?` is one. A `pattern` is a regular expression as RE2
    has it, found anywhere unless it has anchors.
    """

    prefix: (
        _Part | Annotated[list[_Part], Meta(min_length=1, max_length=VALUES_MAX)] | UnsetType
    ) = UNSET
    contains: _Part | UnsetType = UNSET
    glob: _Part | UnsetType = UNSET
    pattern: Annotated[str, Meta(min_length=1, max_length=PATTERN_CHARACTERS_MAX)] | UnsetType = (
        UNSET
    )


_Condition: TypeAlias = _Texts | TextCondition | UnsetType


class Conditions(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What may be asked of a message, whoever asks."""

    account: _Condition = UNSET
    source_addr: _Condition = UNSET
    source_addr_ton: _Octets | UnsetType = UNSET
    destination: _Condition = UNSET
    country: _Texts | UnsetType = UNSET
    carrier: _Condition = UNSET
    service_type: _Condition = UNSET
    data_coding: _Octets | UnsetType = UNSET
    registered_delivery: _Octets | UnsetType = UNSET
    text: _Condition = UNSET
    share: Annotated[float, Meta(gt=0, le=100)] | UnsetType = UNSET
    seed: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType = UNSET


class Match(Conditions, frozen=True):
    """Which messages a rule is about: all conditions must hold; without any, every message.

    A text is meant exactly, a list is one of its texts. `share` is that many percent of the
    messages that all other conditions mean, drawn with `seed`.
    """

    operation: Operation | _Operations | UnsetType = UNSET


class Outcome(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What happens to such a message: exactly one of `accept`, `command_status` and `cause`.

    `accept` takes it in and asks no further rule. `command_status` refuses it, by a name such as
    ESME_RTHROTTLED or a number. `cause` takes it in and lets its first `attempts` attempts fail
    with that network error, all of them if `attempts` is not given.
    """

    accept: Literal[True] | UnsetType = UNSET
    command_status: (
        Annotated[str, Meta(max_length=40, examples=["ESME_RTHROTTLED", "0x0400"])]
        | Annotated[int, Meta(ge=1, le=STATUS_MAX)]
        | UnsetType
    ) = UNSET
    cause: (
        Annotated[str, Meta(max_length=40, extra_json_schema={"enum": [*CAUSE_NAMES.values()]})]
        | UnsetType
    ) = UNSET
    attempts: Annotated[int, Meta(ge=1, le=ATTEMPTS_MAX)] | UnsetType = UNSET


class RuleDefinition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """One rule. Its name stands with what it decided: in messages, events and refusals."""

    name: Annotated[
        str, Meta(min_length=1, max_length=NAME_CHARACTERS_MAX, pattern="^[^\\x00-\\x1f\\x7f]+$")
    ]
    then: Outcome
    when: Match = Match()


Definition = TypeVar("Definition", bound=Struct)


class RuleError(ValueError):
    """A rule that cannot be. `path` is the field of it, as in `when.text.pattern`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


# Reading.


def definition_of(value: object) -> RuleDefinition:
    """A rule as YAML or a test gives it. Raises RuleError."""
    return definition_as(RuleDefinition, value)


def definition_as(kind: type[Definition], value: object) -> Definition:
    """The same for whatever is written alike."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        raise _explained(problem.replace("`", ""), path.strip("`").removeprefix("$")) from None


def _explained(problem: str, path: str) -> RuleError:
    """What msgspec found, with the path of the very field."""
    path = path.removeprefix(".")
    for told, explanation in (
        ("Object missing required field ", "missing"),
        ("Object contains unknown field ", "unknown key"),
    ):
        key = problem.removeprefix(told)
        if key != problem:
            return RuleError(f"{path}.{key}" if path else key, explanation)
    problem = problem.replace("Expected ", "must be ").replace("Invalid enum value", "cannot be")
    return RuleError(path, problem)


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


def rule_book(definitions: Iterable[RuleDefinition] = ()) -> RuleBook:
    """The rules of a box with those of the magic numbers. Raises RuleError."""
    return RuleBook([compile_rule(each) for each in definitions], magic_numbers())


def magic_numbers() -> list[matching.Rule]:
    """The built-in rules, about numbers that no phone can have."""
    return [compile_rule(each) for each in magic_number_definitions()]


def magic_number_definitions() -> list[RuleDefinition]:
    """The built-in rules as they are written."""
    if not _magic_definitions:
        octets = MAGIC_NUMBERS.read_bytes()
        _magic_definitions.extend(msgspec.json.decode(octets, type=list[RuleDefinition]))
    return _magic_definitions


_magic_definitions: Final[list[RuleDefinition]] = []


def compile_rule(definition: RuleDefinition) -> matching.Rule:
    """The rule that `matching` runs. Raises RuleError for what no schema can tell."""
    verdict = _verdict(definition)
    when = definition.when
    conditions = conditions_of(when)
    if when.operation is not UNSET:
        conditions.insert(0, text_condition("when.operation", matching.OPERATION, when.operation))
    random = random_of(definition.name, when)
    if random is not None and when.share is not UNSET:
        conditions.append(matching.IsDrawn(when.share, random))
    return matching.Rule(definition.name, matching.Match(conditions), verdict, definition)


def _verdict(definition: RuleDefinition) -> Verdict:
    then = definition.then
    given = [then.accept, then.command_status, then.cause]
    if sum(each is not UNSET for each in given) != 1:
        raise RuleError("then", "must have exactly one of accept, command_status and cause")
    if then.attempts is not UNSET and then.cause is UNSET:
        raise RuleError("then.attempts", "goes with a cause only")
    if then.command_status is not UNSET:
        return Verdict(status_of(then.command_status), definition.name)
    if then.cause is UNSET:
        return Verdict(0, definition.name)
    causes = {name: cause for cause, name in CAUSE_NAMES.items()}
    if then.cause not in causes:
        raise RuleError("then.cause", f"must be one of {', '.join(causes)}")
    attempts = 0 if then.attempts is UNSET else then.attempts
    return Verdict(0, definition.name, None, causes[then.cause], attempts)


def status_of(written: str | int, instead_of_rok: str = "that is accept: true") -> int:
    """A command_status by its name, a number, or a number as text. Raises RuleError.

    `instead_of_rok` tells who wanted ESME_ROK what to do.
    """
    status = STATUS_BY_NAME.get(written) if isinstance(written, str) else written
    if status is None:
        try:
            status = int(str(written), 0)
        except ValueError:
            raise RuleError(
                "then.command_status",
                f"{written} is no command_status: use a name such as ESME_RTHROTTLED, or a number",
            ) from None
    if not 0 < status <= STATUS_MAX:
        raise RuleError("then.command_status", f"must not be ESME_ROK: {instead_of_rok}")
    return status


def conditions_of(when: Conditions) -> list[Condition]:
    """What is asked of a message, the cheapest first; all but the share, which is drawn last."""
    found: list[Condition] = []
    for field, octets in (
        (matching.SOURCE_ADDR_TON, when.source_addr_ton),
        (matching.DATA_CODING, when.data_coding),
        (matching.REGISTERED_DELIVERY, when.registered_delivery),
    ):
        if octets is not UNSET:
            wanted = octets if isinstance(octets, list) else [octets]
            found.append(matching.IsOneOfNumbers(field, frozenset(wanted)))
    for name, field, written in (
        ("account", matching.ACCOUNT, when.account),
        ("country", matching.COUNTRY, when.country),
        ("carrier", matching.CARRIER, when.carrier),
        ("service_type", matching.SERVICE_TYPE, when.service_type),
        ("source_addr", matching.SOURCE_ADDR, when.source_addr),
        ("destination", matching.DESTINATION, when.destination),
        ("text", matching.TEXT, when.text),
    ):
        if written is not UNSET:
            found.append(text_condition(f"when.{name}", field, written))
    return found


def random_of(name: str, when: Conditions) -> Random | None:
    """What a share is drawn from; None without a share."""
    if when.share is not UNSET:
        return Random(f"{0 if when.seed is UNSET else when.seed} {name}")
    if when.seed is not UNSET:
        raise RuleError("when.seed", "goes with a share only")
    return None


def text_condition(
    path: str, field: int, written: str | Iterable[str] | TextCondition
) -> Condition:
    """One condition about a text. Raises RuleError."""
    is_number = field == matching.DESTINATION
    if not isinstance(written, TextCondition):
        texts = [written] if isinstance(written, str) else [*written]
        if is_number:
            texts = [_number(path, each) for each in texts]
        return matching.IsOneOf(field, frozenset(texts))
    given = {
        name: text for name, text in msgspec.structs.asdict(written).items() if text is not UNSET
    }
    if len(given) != 1:
        raise RuleError(path, "must have exactly one of prefix, contains, glob and pattern")
    ((how, text),) = given.items()
    if how == "prefix":
        prefixes = [text] if isinstance(text, str) else text
        if is_number:
            prefixes = [_number_prefix(path, each) for each in prefixes]
        return matching.StartsWith(field, tuple(prefixes))
    if how == "pattern":
        return matching.FitsPattern(field, search_of(text, f"{path}.pattern"))
    # Numbers are compared as digits.
    text = text.removeprefix("+") if is_number else text
    return matching.Contains(field, text) if how == "contains" else matching.FitsGlob(field, text)


def _number(path: str, written: str) -> str:
    msisdn = msisdn_or_none(written)
    if msisdn is None:
        raise RuleError(
            path, f"{written[:40]!r} is no phone number: write it as +33612345678, or use a prefix"
        )
    return msisdn


def _number_prefix(path: str, written: str) -> str:
    digits = written.removeprefix("+").removeprefix("00")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MSISDN_DIGITS_MAX:
        raise RuleError(f"{path}.prefix", f"{written[:40]!r} begins no phone number: write +336")
    return digits


def search_of(pattern: str, path: str = "pattern") -> Callable[[str], bool]:
    """Whether a pattern is found in a text, in time that is linear in its length.

    Raises RuleError for a pattern that is none, and where google-re2 is not installed.
    """
    try:
        import re2
    except ImportError:
        raise RuleError(
            path, "patterns need google-re2: python -m pip install 'carrierbox[patterns]'"
        ) from None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY_OCTETS
    try:
        expression = re2.compile(pattern.encode(), options)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0]
        told = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(error)
        raise RuleError(path, f"not a regular expression of RE2: {told}") from None

    def search(text: str) -> bool:
        # A text may hold half of a surrogate pair, which no UTF-8 can.
        return expression.search(text.encode("utf-8", "replace")) is not None

    return search
