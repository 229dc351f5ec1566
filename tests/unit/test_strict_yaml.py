"""YAML read strictly."""

from pathlib import Path

import pytest

from carrierbox.errors import ConfigurationError
from carrierbox.strict_yaml import (
    DEPTH_MAX,
    FILE_MAX_OCTETS,
    parse_scalar,
    parse_yaml,
    parse_yaml_with_lines,
    read_text,
    read_yaml,
)


def problem_of(text: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        parse_yaml(text, "here")
    return str(raised.value)


def test_scalars_follow_the_core_schema_of_yaml_1_2() -> None:
    """Norway, switches and times of day stay text; so do numbers with a plus or leading zeros."""
    text = "a: [NO, on, off, yes, 1:30, 2020-01-01, 012, +33612345678]\nb: [1, -2, 1.5, true, ~]"
    assert parse_yaml(text) == {
        "a": ["NO", "on", "off", "yes", "1:30", "2020-01-01", "012", "+33612345678"],
        "b": [1, -2, 1.5, True, None],
    }


def test_a_value_may_start_with_a_colon_inside_brackets() -> None:
    """`{smpp: :2776}` as YAML 1.2 reads it, and what looks alike is still a key."""
    assert parse_yaml('{smpp: :2776, "a":1, b: [:1, :2], c: {d: e}}') == {
        "smpp": ":2776",
        "a": 1,
        "b": [":1", ":2"],
        "c": {"d": "e"},
    }


def test_nothing_is_none() -> None:
    """An empty file is no mistake."""
    assert parse_yaml("") is None
    assert parse_yaml("# only a comment\n") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "line 3, column 1: a is given twice"),
        ("x: {a: 1, a: 2}", "line 1, column 11: a is given twice"),
        ("a: &x [1]\nb: *x", "line 2, column 4: aliases are not accepted"),
        ("a: [1\nb: 2", "line 2, column 2: expected ',' or ']'"),
        ("a: :memory:", "line 1, column 11: mapping values are not allowed here"),
        ("? [a]\n: 1", "a key must be a word"),
        ("--- 1\n--- 2", "expected a single document"),
        ("a: !!python/object:os.system x", "line 1, column 4: could not determine a constructor"),
        ("!!timestamp 2020-99-99", "could not determine a constructor"),
        ("!!int x", "not a number"),
        ("1" * 5000, "not a number"),
        ("!!map x", "not a mapping"),
        ("a: \x07", "unacceptable character"),
        ("[" * 100_000, f"nested deeper than {DEPTH_MAX} levels"),
        (" " * (FILE_MAX_OCTETS + 1), "longer than"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_wrong_is_told_with_its_place(text: str, said: str) -> None:
    """One sentence, never another exception."""
    problem = problem_of(text)
    assert problem.startswith("here: ")
    assert said in problem
    assert "\n" not in problem


def test_a_colon_in_the_wrong_place_comes_with_the_remedy() -> None:
    """`url: :memory:` is what people write first."""
    assert "put in quotes" in problem_of("url: :memory:")


@pytest.mark.parametrize(
    ("text", "value"),
    [("a:b", "a:b"), (":memory:", ":memory:"), ("7", 7), ("true", True), ("9" * 5000, "9" * 5000)],
    ids=lambda value: repr(value)[:24],
)
def test_one_word_needs_no_quotes(text: str, value: object) -> None:
    """As the environment gives it."""
    assert parse_scalar(text) == value


def test_files_are_bounded_and_must_be_text(tmp_path: Path) -> None:
    """Each way a file can be unreadable is a sentence with its name."""
    good, bad, big = tmp_path / "good.yaml", tmp_path / "bad.yaml", tmp_path / "big.yaml"
    good.write_bytes(b"\xef\xbb\xbfa: 1\n")
    bad.write_bytes(b"a: \xff")
    big.write_bytes(b"#" * (FILE_MAX_OCTETS + 1))
    assert read_yaml(good) == {"a": 1}
    for path, said in (
        (bad, "not UTF-8 at octet 3"),
        (big, "bigger than"),
        (tmp_path / "none.yaml", "cannot be read: No such file or directory"),
        (tmp_path, "cannot be read"),
    ):
        with pytest.raises(ConfigurationError) as raised:
            read_yaml(path)
        assert str(raised.value).startswith(f"{path}: ")
        assert said in str(raised.value)


def test_everything_has_its_line() -> None:
    """By the path that errors name; what is wrong with a value stands where its key does."""
    value, lines = parse_yaml_with_lines("a: 1\nb:\n  - {c: x}\n  -\n    d: y\n")
    assert value == {"a": 1, "b": [{"c": "x"}, {"d": "y"}]}
    assert lines == {"": 1, "a": 1, "b": 2, "b[0]": 3, "b[0].c": 3, "b[1]": 5, "b[1].d": 5}
    assert parse_yaml_with_lines("") == (None, {})


def test_a_file_is_text_or_told_why_not(tmp_path: Path) -> None:
    """With the octet where it is none."""
    file = tmp_path / "a.yaml"
    file.write_bytes("\ufeffa: é".encode())
    assert read_text(file) == "a: é"
    file.write_bytes(b"a: \xff")
    with pytest.raises(ConfigurationError, match="not UTF-8 at octet 3"):
        read_text(file)
