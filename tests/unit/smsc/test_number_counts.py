"""Counts by phone number."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.smsc.number_counts import NumberCounts

_NUMBERS = st.text("0123456789", min_size=1, max_size=15)


def test_a_number_nobody_counted_has_none() -> None:
    """Also one that differs by a leading zero alone."""
    counts = NumberCounts()
    counts.add("33612345678", 1)
    assert counts.of("033612345678") == 0
    assert counts.of("33612345678") == 1


def test_a_count_never_goes_below_zero() -> None:
    """More may be taken off than is there: the number is then simply gone."""
    counts = NumberCounts()
    counts.add("1", 2)
    counts.add("1", -5)
    assert (counts.of("1"), len(counts), counts.total) == (0, 0, 0)


@given(st.lists(st.tuples(_NUMBERS, st.integers(-3, 3)), max_size=300))
def test_the_counts_are_those_of_a_dict(steps: list[tuple[str, int]]) -> None:
    """However numbers collide, and however often they come and go."""
    counts = NumberCounts()
    model: Counter[str] = Counter()
    for number, change in steps:
        counts.add(number, change)
        model[number] = max(0, model[number] + change)
    assert {number: counts.of(number) for number in model} == dict(model)
    assert counts.total == sum(model.values())
    assert len(counts) == sum(count > 0 for count in model.values())


def test_a_block_of_numbers_is_kept_and_let_go_again() -> None:
    """Numbers of one carrier stand side by side: the table grows and still finds each."""
    counts = NumberCounts()
    block = [str(33600000000 + index) for index in range(5000)]
    for number in block:
        counts.add(number, 1)
    assert all(counts.of(number) == 1 for number in block)
    for number in block[::2]:
        counts.clear(number)
    assert [counts.of(number) for number in block] == [0, 1] * 2500


def test_counts_are_kept_while_the_table_grows() -> None:
    """What has not moved to the larger table yet is found, changed and let go like the rest."""
    counts = NumberCounts()
    numbers = [str(index * 7919) for index in range(1, 3000)]
    for index, number in enumerate(numbers):
        counts.add(number, 2)
        counts.add(numbers[index // 2], 1)
        counts.add(numbers[index // 3], -1)
        assert counts.of(number) >= 1
    model: Counter[str] = Counter()
    for index, number in enumerate(numbers):
        for changed, change in ((number, 2), (numbers[index // 2], 1), (numbers[index // 3], -1)):
            model[changed] = max(0, model[changed] + change)
    assert [counts.of(number) for number in numbers] == [model[number] for number in numbers]
    assert counts.total == sum(model.values())
