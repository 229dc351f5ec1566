"""Sources merged, sections read."""

from typing import Annotated, Any, ClassVar

import pytest

from carrierbox.config_reading import (
    AT_LEAST_ONE,
    Reading,
    Section,
    Sources,
    section_schema,
    told,
)
from carrierbox.config_values import read_text, reader_of_integer

Name = Annotated[str, told("a name", read_text, {"type": "string"})]
Number = Annotated[int, told("a number", reader_of_integer(1, 9), {"type": "integer"})]


class Leaf(Section, frozen=True):
    """A section of one name and one number."""

    not_yet: ClassVar[tuple[str, ...]] = ("later",)

    name: Name
    number: Number = 1


class Root(Section, frozen=True):
    """A section of sections."""

    leaf: Leaf = Leaf("default")
    leaves: Annotated[tuple[Leaf, ...], AT_LEAST_ONE] = (Leaf("default"),)
    boxes: dict[str, Leaf] = {}  # noqa: RUF012


def read(content: Any, environment: dict[str, str] | None = None) -> tuple[object, list[str]]:
    sources = Sources()
    sources.merge(content, "")
    sources.merge_environment(environment or {})
    reading = Reading(sources)
    return reading.section(Root, sources.merged, ""), reading.problems


def test_sections_are_read_into_their_structs() -> None:
    """Nested, listed and named."""
    found, problems = read(
        {
            "leaf": {"name": "a"},
            "leaves": [{"name": "b", "number": 2}],
            "boxes": {"x": {"name": "c"}},
        }
    )
    assert problems == []
    assert found == Root(Leaf("a"), (Leaf("b", 2),), {"x": Leaf("c")})


def test_every_problem_is_told_with_its_path() -> None:
    """Unknown, not yet acting, missing, wrong: all in one pass."""
    _, problems = read(
        {
            "leef": 1,
            "leaf": {"later": 1, "number": 0},
            "leaves": [{"name": "a", "number": "x"}, 3, None],
            "boxes": {"default": {"name": "a"}, "A b": {"name": "a"}},
        }
    )
    assert problems == [
        "leef: unknown key; known here: leaf, leaves, boxes",
        "leaf.later: not acting yet in this version; remove it",
        "leaf.name: missing",
        "leaf.number: must be 1 to 9, not 0",
        "leaves[0].number: must be a whole number, not text",
        "leaves[1]: must be a mapping, not a number",
        "leaves[2].name: missing",
        "boxes.default: is the box whose settings stand outside `boxes`",
        "boxes.A b: a name has at most 32 small letters, digits and hyphens, a letter first",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"leaf": [1]}, "leaf: must be a mapping, not a list"),
        ({"leaves": {"a": 1}}, "leaves: must be a list, not a mapping"),
        ({"leaves": []}, "leaves: must have one entry at least"),
        ({"boxes": [1]}, "boxes: must be a mapping, not a list"),
        ({"boxes": {f"b{n}": {"name": "a"} for n in range(1001)}}, "boxes: at most 1000"),
        ({"leaf": {"name": None}}, "leaf.name: is empty: give it a value or remove it"),
    ],
)
def test_the_shape_of_sections_is_checked(content: dict[str, object], problem: str) -> None:
    """One sentence for each wrong shape."""
    assert read(content)[1] == [problem]


def test_an_empty_section_is_its_defaults() -> None:
    """All its keys may be commented out."""
    assert read({"leaf": None, "leaves": None, "boxes": None}) == (Root(), [])


def test_the_environment_goes_before_the_file_key_by_key() -> None:
    """And a problem says which variable it came from."""
    content = {"leaf": {"name": "a", "number": 5}, "leaves": [{"name": "file"}]}
    found, problems = read(
        content,
        {
            "CARRIERBOX_LEAF__NAME": "b:c",
            "CARRIERBOX_LEAVES": "[{name: x}, {name: y}]",
            "HOME": "/",
        },
    )
    assert problems == []
    assert found == Root(Leaf("b:c", 5), (Leaf("x"), Leaf("y")))
    _, problems = read(content, {"CARRIERBOX_LEAF__NUMBER": "10", "CARRIERBOX_LEAVES": "[{}]"})
    assert problems == [
        "leaf.number: must be 1 to 9, not 10 (from CARRIERBOX_LEAF__NUMBER)",
        "leaves[0].name: missing (from CARRIERBOX_LEAVES)",
    ]


def test_a_variable_with_a_slip_is_told_not_ignored() -> None:
    """One underscore instead of two."""
    (problem,) = read({}, {"CARRIERBOX_LEAF_NAME": "x"})[1]
    assert problem.startswith("leaf_name: unknown key")
    assert problem.endswith("(from CARRIERBOX_LEAF_NAME)")


@pytest.mark.parametrize(
    "name",
    [
        "CARRIERBOX_URL",
        "CARRIERBOX_PURE",
        "CARRIERBOX_SERVICE_HOST",
        "CARRIERBOX_SERVICE_PORT_SMPP",
        "CARRIERBOX_PORT",
        "CARRIERBOX_PORT_2775_TCP_ADDR",
    ],
)
def test_variables_that_are_no_settings_are_left_alone(name: str) -> None:
    """What Kubernetes sets beside a service called carrierbox is not the user's mistake."""
    assert read({}, {name: "tcp://10.0.0.1:2775"}) == (Root(), [])


def test_a_country_in_a_variable_is_written_large() -> None:
    """Variables are read in small letters, countries are capital."""
    sources = Sources()
    sources.merge({"carriers": "open"}, "")
    sources.merge_environment({"CARRIERBOX_CARRIERS__US": "open"})
    assert sources.merged == {"carriers": {"default": "open", "US": "open"}}


def test_the_schema_says_what_the_sections_declare() -> None:
    """Descriptions, required keys, defaults, and nothing else allowed."""
    definitions: dict[str, Any] = {}
    assert section_schema(Root, definitions) == {"$ref": "#/$defs/Root"}
    assert definitions["Leaf"] == {
        "description": "A section of one name and one number.",
        "type": "object",
        "properties": {
            "name": {"description": "a name", "type": "string"},
            "number": {"description": "a number", "type": "integer", "default": 1},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
    leaves = definitions["Root"]["properties"]["leaves"]
    assert leaves == {"type": "array", "items": {"$ref": "#/$defs/Leaf"}, "minItems": 1}
