"""What an expectation asks of a text."""

import pytest

from carrierbox.config_conditions import RuleError, TextCondition
from carrierbox.scenarios.conditions import Text, judge_of, status_number, told_text


@pytest.mark.parametrize(
    ("wanted", "fitting", "other"),
    [
        ("Hi", "Hi", "Hi!"),
        (["Hi", "Ho"], "Ho", "H"),
        (TextCondition(prefix="code"), "code 1", "a code"),
        (TextCondition(prefix=["a", "b"]), "b1", "c1"),
        (TextCondition(contains="48"), "1482", "1842"),
        (TextCondition(glob="*code ????"), "my code 4821", "code 48211"),
        (TextCondition(pattern="^[0-9]{4}$"), "4821", "482a"),
    ],
)
def test_a_text_is_judged(wanted: Text, fitting: str, other: str) -> None:
    """As rules judge texts."""
    judge = judge_of(wanted)
    assert judge(fitting)
    assert not judge(other)


def test_two_conditions_at_a_time_are_refused() -> None:
    """The path names the field."""
    with pytest.raises(RuleError, match=r"^at\.text: must have exactly one of"):
        judge_of(TextCondition(prefix="a", contains="b"), "at.text")


def test_what_was_wanted_is_told() -> None:
    """For reports."""
    assert told_text("Hi") == "'Hi'"
    assert told_text(["a", "b"]) == "'a' or 'b'"
    assert told_text(TextCondition(glob="a*")) == "glob 'a*'"


def test_a_status_is_a_name_or_a_number() -> None:
    """ESME_ROK too."""
    assert [status_number(each) for each in ("ESME_ROK", "ESME_RTHROTTLED", "0x400", 8)] == [
        0,
        0x58,
        0x400,
        8,
    ]
