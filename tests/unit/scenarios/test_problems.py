"""Where in a file something is wrong."""

from carrierbox.scenarios.problems import Finding, line_of, scenario_error


def test_the_line_of_what_is_missing_is_that_of_what_it_is_missing_in() -> None:
    """`steps[0].submit.to` is not there: its submit is."""
    lines = {"": 1, "steps": 3, "steps[0]": 4, "steps[0].submit": 4}
    assert line_of("steps[0].submit.to", lines) == 4
    assert line_of("steps[7]", lines) == 3
    assert line_of("nothing.at.all", lines) == 1


def test_problems_are_told_in_the_order_of_the_file() -> None:
    """Whoever mends them reads from top to bottom."""
    findings = [Finding("steps[1]", "second"), Finding("setup", "first"), Finding("", "whole")]
    error = scenario_error("a.yaml", findings, {"": 1, "setup": 2, "steps[1]": 9})
    assert str(error).splitlines() == [
        "a.yaml:1: whole",
        "a.yaml:2: setup: first",
        "a.yaml:9: steps[1]: second",
    ]
