"""`${name}` in the texts of a scenario."""

from carrierbox.scenarios.problems import Finding
from carrierbox.scenarios.variables import filled_in


def fill(value: object, **parameters: object) -> tuple[object, list[tuple[str, str]]]:
    """The value, and the paths and problems that were found."""
    findings: list[Finding] = []
    filled = filled_in(value, parameters, "at", findings)
    return filled, [(each.path, each.problem) for each in findings]


def test_a_text_that_is_one_parameter_becomes_its_value() -> None:
    """A number stays a number."""
    assert fill({"count": "${n}", "text": "Hi ${n}"}, n=3) == ({"count": 3, "text": "Hi 3"}, [])


def test_keys_are_filled_in_too() -> None:
    """Counts by a status that is a parameter."""
    assert fill({"${status}": 4}, status="ESME_RTHROTTLED") == ({"ESME_RTHROTTLED": 4}, [])


def test_two_dollar_signs_are_one() -> None:
    """A text that has to hold `${` can."""
    assert fill("$${n} costs $5", n=3) == ("${n} costs $5", [])


def test_what_is_no_parameter_is_told_with_those_there_are() -> None:
    """With the path of the text."""
    _, problems = fill([{"text": "${name}"}], phone="+1", text="Hi")
    assert problems == [("at[0].text", "${name} is no parameter; known: phone, text")]
