"""What steps say about what other steps did."""

from typing import Any

import pytest

from carrierbox.scenarios.dependents import name_given, names_in, without_dependents


@pytest.mark.parametrize(
    ("kind", "said", "names"),
    [
        ("submit", {"as": "m", "to": "+1"}, []),
        ("query", {"message": "m", "as": "q"}, ["m"]),
        ("cancel", {"from": "a", "to": "+1"}, []),
        ("expect", {"submit": "m"}, ["m"]),
        ("expect", {"rule": "r", "of": "m"}, ["m"]),
        ("expect", {"cost": {"account": "m"}}, []),
        ("expect", {"acknowledgement": "m"}, ["m"]),
        ("expect", {"application": "m", "answers": "receipt"}, ["m"]),
        ("expect", {"application": "m", "answers": "received"}, []),
        ("expect", {"order": [{"submit": "m"}, {"trace": "t"}, {"receipt": "n"}]}, ["m", "n"]),
        ("wait", {"submit": {"to": "+1"}, "as": "m"}, []),
        ("note", "m", []),
    ],
)
def test_a_step_is_about_what_it_names(kind: str, said: object, names: list[str]) -> None:
    """Names of messages and requests; those of rules, accounts and events are others."""
    assert names_in(kind, said) == names


def test_a_name_is_given_with_as() -> None:
    """And by nothing else."""
    assert name_given({"as": "m"}) == "m"
    assert name_given({"as": 3}) == name_given({}) == name_given("m") == ""


def test_what_is_about_something_that_is_gone_goes_too() -> None:
    """In turn, one of a batch among them; notes keep the numbers of all others."""
    steps: list[dict[str, Any]] = [
        {"query": {"message": "b.2", "as": "q"}},
        {"expect": {"answer": "q"}},
        {"expect": {"answer": "p"}},
        {"settle": {}},
    ]
    left = without_dependents(steps, ["b"])
    assert left[:2] == [
        {"note": "left out: it is about b.2"},
        {"note": "left out: it is about q"},
    ]
    assert left[2:] == steps[2:]
