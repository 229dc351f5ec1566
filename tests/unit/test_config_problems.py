"""What msgspec finds wrong, in words that say what would be right."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct, field

from carrierbox.config_problems import field_problem
from carrierbox.config_values import DURATION_PATTERN


class Inner(Struct, forbid_unknown_fields=True):
    """Something with keys."""

    colour: Literal["red", "blue"] = "red"
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "US"
    wait: Annotated[str, Meta(pattern=DURATION_PATTERN)] | None = None
    odd: Annotated[str, Meta(pattern="^x+$")] = "x"


class Outer(Struct, forbid_unknown_fields=True):
    """Something with keys inside of keys."""

    name: str
    one: Inner | str | None = None
    many: list[Inner] = []
    by_name: dict[str, Inner] = {}
    source: Annotated[str, Meta(min_length=1)] = field(name="from", default="a")


def problem_of(written: Any) -> tuple[str, str]:
    """The path and the problem of what is no `Outer`."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(written, Outer)
    return field_problem(caught.value, Outer)


@pytest.mark.parametrize(
    ("written", "path", "problem"),
    [
        ({}, "name", "missing"),
        (
            {"name": "a", "size": 1},
            "size",
            "unknown key; known here: name, one, many, by_name, from",
        ),
        ({"name": 5}, "name", "must be text, not a number: put it in quotes"),
        ({"name": []}, "name", "must be str, got array"),
        ({"name": "a", "from": ""}, "from", "must be str of length >= 1"),
        ({"name": "a", "one": {"size": 1}}, "one.size", "unknown key; known here: colour,"),
        (
            {"name": "a", "many": [{}, {"colour": "green"}]},
            "many[1].colour",
            "cannot be 'green': use red, blue",
        ),
        (
            {"name": "a", "by_name": {"x": {"country": "us"}}},
            "by_name[...].country",
            "must be two capital letters such as US",
        ),
        ({"name": "a", "one": {"wait": "soon"}}, "one.wait", "must be a duration such as 90s"),
        ({"name": "a", "one": {"wait": 5}}, "one.wait", "must be "),
        ({"name": "a", "one": {"odd": "y"}}, "one.odd", "must be str matching regex '^x+$'"),
    ],
)
def test_a_problem_has_its_path_and_its_remedy(written: Any, path: str, problem: str) -> None:
    """Known keys, known words, a pattern in words."""
    found = problem_of(written)
    assert found[0] == path
    assert found[1].startswith(problem)


def test_a_number_where_a_duration_belongs_needs_its_unit() -> None:
    """Quotes alone would not help."""
    kind = Annotated[str, Meta(pattern=DURATION_PATTERN)]
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(5, kind)
    assert field_problem(caught.value, kind) == ("", "needs its unit: 90s, 5m, 72h or 7d")
    or_0 = kind | Literal[0]
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(5, or_0)
    assert field_problem(caught.value, or_0) == ("", "needs its unit: 90s, 5m, 72h or 7d")
