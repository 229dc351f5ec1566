"""What is on its way, in the order in which it arrives."""

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.relay import RpAck
from carrierbox.simulator.pending import NEVER, Pending


def references(taken: list[object]) -> list[int]:
    return [element.reference for element in taken if isinstance(element, RpAck)]


def test_nothing_is_never_due() -> None:
    """As for every timed object, but without None."""
    pending = Pending()
    assert pending.next_deadline() == NEVER
    assert pending.take(1e12) == []


@given(st.lists(st.one_of(st.integers(0, 5), st.none()), max_size=40))
def test_each_comes_at_its_time_and_in_the_order_of_times(steps: list[int | None]) -> None:
    """A number puts something due so much later; None lets a second pass and takes."""
    pending = Pending()
    model: list[tuple[float, int]] = []
    now = 100.0
    for number, step in enumerate(steps):
        if step is not None:
            pending.put(RpAck(number), now + step, now)
            model.append((now + step, number))
            continue
        expected = sorted(one for one in model if one[0] <= now)
        model = [one for one in model if one[0] > now]
        assert references([*pending.take(now)]) == [number for _, number in expected]
        assert pending.next_deadline() == min((due for due, _ in model), default=NEVER)
        now += 1.0
    assert references([*pending.take(1e9)]) == [number for _, number in sorted(model)]
