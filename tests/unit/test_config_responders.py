"""Responders as they are written."""

import pytest

from carrierbox.config_conditions import RuleError
from carrierbox.config_responders import (
    compile_responder,
    read_responders,
    responder_of,
    responders_schema,
)
from carrierbox.config_values import Problems


def test_a_responder_needs_an_answer_and_nothing_else() -> None:
    """Any text, at once, always."""
    definition = responder_of({"answer": "ok"})
    assert (definition.answer, definition.after, definition.times) == ("ok", "0s", None)
    responder = compile_responder(responder_of({"answer": "ok", "after": "2m", "times": 3}))
    assert (responder.after_s, responder.times) == (120.0, 3)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, "answer: missing"),
        ({"answer": ""}, "answer"),
        ({"answer": "a", "when": {"account": "demo"}}, "when.account: no phone knows it"),
        ({"answer": "a", "when": {"text": {}}}, "when.text: must have exactly one"),
        ({"answer": "a", "when": {"seed": 1}}, "when.seed: goes with a share only"),
        ({"answer": "a", "after": "5"}, "after"),
        ({"answer": "a", "times": 0}, "times"),
    ],
)
def test_what_is_wrong_is_named(value: object, problem: str) -> None:
    """The very field."""
    with pytest.raises(RuleError) as raised:
        responder_of(value)
    assert str(raised.value).startswith(problem)


def test_all_problems_of_a_list_are_told_at_once() -> None:
    """With the place of each."""
    with pytest.raises(Problems) as raised:
        read_responders([{}, {"answer": "a"}, {"answer": "b", "after": "x"}])
    assert [path for path, _ in raised.value.found] == ["[0].answer", "[2].after"]
    with pytest.raises(ValueError, match="must be a list of responders"):
        read_responders("ok")


def test_the_schema_is_in_one_piece() -> None:
    """Nothing refers to elsewhere."""
    schema = responders_schema()
    assert schema["items"]["required"] == ["answer"]
    assert "$ref" not in str(schema)
