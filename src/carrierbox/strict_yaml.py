"""YAML as people mean it: read strictly, bounded, with the line and column of what is wrong.

Scalars follow the core schema of YAML 1.2, so that `on`, `off`, `NO` and `1:30` stay text; so does
`+33612345678`, because a plus sign starts phone numbers here. A key given twice, an alias, a tag
that is not of that schema, deep nesting and big files are refused.
"""

import re
from pathlib import Path
from typing import Final

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from carrierbox.errors import ConfigurationError

FILE_MAX_OCTETS: Final = 1024 * 1024
DEPTH_MAX: Final = 20

# What must follow a colon inside brackets for it to separate a key from its value, unless one of
# the closings stands before it, as in `{"a":1}`.
_ENDS: Final = "\0 \t\r\n\x85\u2028\u2029,[]{}"
_CLOSINGS: Final = "\"']}"


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader without what YAML 1.1 and its tags would add."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML keeps them on the class
    yaml_constructors = {  # noqa: RUF012
        tag: constructor
        for tag, constructor in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in {"null", "str", "seq", "map"}
    }

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def check_value(self) -> bool:
        """Let `:2776` be a value inside brackets too, as YAML 1.2 does."""
        if not super().check_value():
            return False
        before = self.buffer[self.pointer - 1] if self.pointer else ""
        return not self.flow_level or self.peek(1) in _ENDS or before in _CLOSINGS

    def check_plain(self) -> bool:
        """The other half of `check_value`."""
        starts = self.flow_level > 0 and self.peek() == ":" and self.peek(1) not in _ENDS
        return starts or bool(super().check_plain())

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Refuse what makes a small file big or deep."""
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise ComposerError(None, None, "aliases are not accepted: write the value out", mark)
        if self._depth >= DEPTH_MAX:
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise ComposerError(None, None, f"nested deeper than {DEPTH_MAX} levels", mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[object, object]:
        """Refuse a key that is given twice or is no single value."""
        if not isinstance(node, MappingNode):
            raise ConstructorError(None, None, "not a mapping", node.start_mark)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise ConstructorError(None, None, "a key must be a word", key.start_mark)
            if key.value in seen:
                raise ConstructorError(None, None, f"{key.value} is given twice", key.start_mark)
            seen.add(key.value)
        # Keys are names here: `1: x` and `null: x` are keys like any other, and reported as such.
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def construct_number(self, node: ScalarNode) -> int | float:
        """A decimal number."""
        text = str(self.construct_scalar(node))
        try:
            return int(text) if re.fullmatch(r"[-+]?[0-9]+", text) else float(text)
        except ValueError:
            raise ConstructorError(None, None, "not a number", node.start_mark) from None

    def construct_boolean(self, node: ScalarNode) -> bool:
        """`true` or `false`."""
        return str(self.construct_scalar(node)).lower() == "true"


def _prepare() -> None:
    resolvers = {
        "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
        "int": (r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
        "float": (r"-?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-.0123456789"),
        "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    }
    for name, (pattern, first) in resolvers.items():
        tag = f"tag:yaml.org,2002:{name}"
        _Loader.add_implicit_resolver(tag, re.compile(rf"(?:{pattern})\Z"), list(first))
    for name in ("int", "float"):
        _Loader.add_constructor(f"tag:yaml.org,2002:{name}", _Loader.construct_number)
    _Loader.add_constructor("tag:yaml.org,2002:bool", _Loader.construct_boolean)


_prepare()


def parse_yaml(text: str, source: str = "") -> object:
    """The value of a YAML text; None if it is empty.

    Raises ConfigurationError with `source` as its path and line and column in the problem.
    """
    return parse_yaml_with_lines(text, source)[0]


def parse_yaml_with_lines(text: str, source: str = "") -> tuple[object, dict[str, int]]:
    """The value of a YAML text, and the line of everything in it, from 1, by its path.

    A path is written as errors write it: `steps[2].submit.to`; "" is the whole. Errors are those of
    `parse_yaml`.
    """
    if len(text) > FILE_MAX_OCTETS:
        raise ConfigurationError(source, f"longer than {FILE_MAX_OCTETS} characters")
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None, {}
            lines: dict[str, int] = {}
            _note_lines(node, "", lines)
            return loader.construct_document(node), lines
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise ConfigurationError(source, _sentence(error)) from None
    except yaml.YAMLError as error:
        # What the reader below the parser refuses: characters that no YAML may hold.
        raise ConfigurationError(source, " ".join(str(error).split())) from None


def _note_lines(node: Node, path: str, lines: dict[str, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        for key, value in node.value:
            inner = f"{path}.{key.value}" if path else str(key.value)
            # What is wrong with a value is looked for where its key stands.
            lines[inner] = key.start_mark.line + 1
            _note_lines(value, inner, lines)
    elif isinstance(node, SequenceNode):
        for index, each in enumerate(node.value):
            _note_lines(each, f"{path}[{index}]", lines)


def parse_scalar(text: str) -> object:
    """The value of one word as YAML reads it, however many colons it has."""
    loader = _Loader("")
    tag = loader.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    try:
        return loader.construct_object(ScalarNode(tag, text))
    except ConstructorError:
        return text


def read_yaml(path: Path) -> object:
    """The value of a YAML file. Raises ConfigurationError as `parse_yaml`, or if it is no text."""
    return parse_yaml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """What a file says. Raises ConfigurationError if it cannot be read, is too big or no text."""
    try:
        with path.open("rb") as file:
            octets = file.read(FILE_MAX_OCTETS + 1)
    except OSError as error:
        raise ConfigurationError(str(path), f"cannot be read: {error.strerror}") from None
    if len(octets) > FILE_MAX_OCTETS:
        raise ConfigurationError(str(path), f"bigger than {FILE_MAX_OCTETS} octets")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(path), f"not UTF-8 at octet {error.start}") from None


def _sentence(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    problem = error.problem or "not YAML"
    if problem.startswith("but ") and error.context:
        problem = f"{error.context}, {problem}"
    if "':'" in problem or problem.startswith("mapping values"):
        problem += "; a value that holds a colon is best put in quotes"
    return where + problem
