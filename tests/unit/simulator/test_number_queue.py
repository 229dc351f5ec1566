"""Phone numbers in a queue of octets."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.simulator import number_queue
from carrierbox.simulator.number_queue import NumberQueue, key_of, msisdn_of


@pytest.mark.parametrize("msisdn", ["0", "33612345678", "00123", "9" * 15])
def test_a_key_stands_for_its_digits(msisdn: str) -> None:
    """Zeros in front count."""
    assert msisdn_of(key_of(msisdn)) == msisdn


@given(st.lists(st.one_of(st.integers(1, 2**62), st.none()), max_size=50))
def test_it_is_first_in_first_out(steps: list[int | None]) -> None:
    """None takes one out."""
    queue, model = NumberQueue(), deque[int]()
    for step in steps:
        if step is not None:
            queue.push(step)
            model.append(step)
        elif model:
            assert queue.pop() == model.popleft()
        assert len(queue) == len(model)


def test_what_was_taken_out_is_freed() -> None:
    """However many pass through."""
    queue = NumberQueue()
    count = 3 * number_queue._CUT_AT
    for key in range(count):
        queue.push(key)
        if key >= 10:
            assert queue.pop() == key - 10
    assert len(queue) == 10
    with pytest.raises(IndexError):
        NumberQueue().pop()
