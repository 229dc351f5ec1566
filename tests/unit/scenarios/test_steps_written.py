"""The shapes of steps."""

import msgspec
import pytest

from carrierbox.scenarios.steps_written import SHAPES, SubmitStep, WaitStep


def test_words_that_python_keeps_for_itself_are_keys() -> None:
    """`as`, `from` and `class`."""
    step = msgspec.convert({"as": "m1", "from": "ACME", "to": "+1", "class": "otp"}, SubmitStep)
    assert (step.name, step.sender, step.content_class) == ("m1", "ACME", "otp")


@pytest.mark.parametrize(
    "said", [{"to": ""}, {"to": "+1", "count": 0}, {"to": "+1", "per_s": 0}, {"to": []}]
)
def test_what_is_out_of_bounds_is_refused(said: dict[str, object]) -> None:
    """Everything has bounds."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(said, SubmitStep)


def test_every_shape_says_what_it_is_for() -> None:
    """Its docstring is the description in the schema."""
    assert all(shape.__doc__ for shape in SHAPES.values())
    assert WaitStep().within == "30s"
