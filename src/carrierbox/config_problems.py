"""What msgspec finds wrong with something that was written, in words that say what would be right.

msgspec tells the kind of a problem and its path; the type at that path says the rest: the keys that
are known there, the words that can stand there.
"""

import re
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, structs

from carrierbox.config_values import DURATION_PATTERN

WORDS_MAX: Final = 40
"""Of a longer list of words that could stand there, none is told."""
NEEDS_A_UNIT: Final = "needs its unit: 90s, 5m, 72h or 7d"
_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")
_IN_WORDS: Final = (
    (f"{DURATION_PATTERN}|^day$", "a duration such as 90s, 5m or 24h, or day"),
    (f"{DURATION_PATTERN}|^ever$", "a duration such as 90s, 5m or 24h, or ever"),
    (DURATION_PATTERN, "a duration such as 90s, 5m, 72h or 7d"),
    ("^([A-Z]{2})?$", "two capital letters such as US"),
    ("^[A-Z]{2}$", "two capital letters such as US"),
    ("^[A-Z]{3}$", "three capital letters such as EUR"),
    ("^[a-z]{2}$", "two small letters such as en"),
    ("^[a-z0-9][a-z0-9-]*$", "small letters, digits and hyphens"),
    ("^[a-z0-9][a-z0-9-]{0,31}$", "at most 32 small letters, digits and hyphens"),
    (r"^https?://\S+$", "an address such as https://carrier.example/page"),
    (r"^\d{4}-\d{2}-\d{2}$", "a date such as 2026-11-23"),
    (r"^(\d{4}-\d{2}-\d{2} )?\d{2}:\d{2}$", "a time such as 21:30, or 2026-11-23 21:30"),
    ("^([01][0-9]|2[0-3]):[0-5][0-9]$", "a time of day such as 08:00"),
)


def field_problem(error: msgspec.ValidationError, kind: Any) -> tuple[str, str]:
    """The path of the very field, "" for the whole, and what to do about it.

    `kind` is the type that was asked for.
    """
    problem, _, path = str(error).partition(" - at ")
    return problem_at(path.strip("`").removeprefix("$").removeprefix("."), problem, kind)


def problem_at(path: str, problem: str, kind: Any) -> tuple[str, str]:
    """The same for a problem that was parted from its path."""
    problem = problem.replace("`", "")
    key = problem.removeprefix("Object missing required field ")
    if key != problem:
        return _join(path, key), "missing"
    key = problem.removeprefix("Object contains unknown field ")
    if key != problem:
        known = ", ".join(_keys(_at(kind, path)))
        return _join(path, key), f"unknown key; known here: {known}" if known else "unknown key"
    return path, _in_words(problem, _at(kind, path))


def _in_words(problem: str, kinds: list[Any]) -> str:
    if problem.startswith("Invalid enum value"):
        if any(pattern.startswith(DURATION_PATTERN) for pattern in _patterns(kinds)):
            return NEEDS_A_UNIT
        words = [str(word) for word in _words(kinds)]
        told = f": use {', '.join(words)}" if 0 < len(words) <= WORDS_MAX else ""
        return problem.replace("Invalid enum value", "cannot be") + told
    if problem in ("Expected str, got int", "Expected str, got float"):
        if any(pattern.startswith(DURATION_PATTERN) for pattern in _patterns(kinds)):
            return NEEDS_A_UNIT
        return "must be text, not a number: put it in quotes"
    for pattern, words_of_it in _IN_WORDS:
        if problem == f"Expected str matching regex {pattern!r}":
            return f"must be {words_of_it}"
    return re.sub(r"^Expected ", "must be ", problem)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _at(kind: Any, path: str) -> list[Any]:
    """What may stand at a path, [] if that is not known."""
    kinds = list(_members(kind))
    for step in _STEP.finditer(path):
        inner: list[Any] = []
        for each in kinds:
            if step[1] is not None:
                inner += _field(each, step[1])
            elif get_args(each):
                entries = [one for one in get_args(each) if one is not Ellipsis]
                inner += _members(entries[-1])
        kinds = inner
    return kinds


def _field(kind: Any, name: str) -> list[Any]:
    if not _is_struct(kind):
        return []
    return [
        member
        for each in structs.fields(kind)
        if each.encode_name == name
        for member in _members(each.type)
    ]


def _members(kind: Any) -> Iterator[Any]:
    """A type, one by one if there are several, and the `Meta` that stands beside it."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from (note for note in kind.__metadata__ if isinstance(note, Meta))
        yield from _members(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for each in get_args(kind):
            yield from _members(each)
    else:
        yield kind


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _keys(kinds: list[Any]) -> list[str]:
    return [each.encode_name for kind in kinds if _is_struct(kind) for each in structs.fields(kind)]


def _patterns(kinds: list[Any]) -> list[str]:
    return [each.pattern for each in kinds if isinstance(each, Meta) and each.pattern]


def _words(kinds: list[Any]) -> list[Any]:
    found: list[Any] = []
    for kind in kinds:
        if isinstance(kind, Meta):
            found += (kind.extra_json_schema or {}).get("enum", [])
        elif get_origin(kind) is Literal:
            found += get_args(kind)
    return [word for word in found if word != ""]
