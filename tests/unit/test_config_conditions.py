"""Conditions as they are written, in `when` and elsewhere: their paths, and what they tell."""

import msgspec
import pytest

from carrierbox import matching
from carrierbox.config_conditions import (
    Conditions,
    RuleError,
    conditions_of,
    random_of,
    text_condition,
)


def test_what_is_wrong_is_said_with_the_place_where_it_is_written() -> None:
    """Rules have two of them: `when` and `unless`."""
    written = msgspec.convert({"text": {}}, Conditions)
    with pytest.raises(RuleError, match=r"^when\.text: must have exactly one of"):
        conditions_of(written)
    with pytest.raises(RuleError, match=r"^unless\.text: must have exactly one of"):
        conditions_of(written, "unless")
    with pytest.raises(RuleError, match=r"^unless\.seed: goes with a share only"):
        random_of("mine", Conditions(seed=1), "unless")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ({"account": ["b", "a"]}, ("account", "a or b")),
        ({"source_addr": {"prefix": ["AC", "B"]}}, ("source_addr", "starts with AC or B")),
        ({"text": {"contains": " "}}, ("text", "contains ' '")),
        ({"carrier": {"glob": "O*"}}, ("carrier", "is like O*")),
        ({"service_type": {"pattern": "^C"}}, ("service_type", "fits ^C")),
        ({"destination": "+33 6 12345678"}, ("destination", "33612345678")),
        ({"data_coding": [8, 0]}, ("data_coding", "0 or 8")),
        ({"country": list("ABCDEFG")}, ("country", "A, B, C, D, E or 2 more")),
    ],
)
def test_conditions_tell_what_they_want(
    written: dict[str, object], wanted: tuple[str, str]
) -> None:
    """For `carrierbox policy explain`."""
    (condition,) = conditions_of(msgspec.convert(written, Conditions))
    assert (condition.subject(), condition.wanted()) == wanted


def test_a_long_text_is_told_by_its_beginning() -> None:
    """A line of a terminal is enough."""
    condition = text_condition("when.text", matching.TEXT, "x" * 500)
    assert condition.wanted() == "x" * 79 + "…"
