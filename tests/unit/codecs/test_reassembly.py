"""Long messages put together again."""

import pytest

from carrierbox.codecs.reassembly import Reassembler
from carrierbox.codecs.user_data_header import Concatenation


def part(number: int, total: int = 3, reference: int = 0, wide: bool = False) -> Concatenation:
    """The concatenation of one part."""
    return Concatenation(reference, total, number, wide)


def test_parts_in_any_order_give_the_message_in_its_order() -> None:
    """T41: reference 0 is valid."""
    reassembler = Reassembler(10, 60.0)
    assert reassembler.add("a", part(3), b"three", 0.0) is None
    assert reassembler.add("a", part(1), b"one", 1.0) is None
    assert reassembler.add("a", part(2), b"two", 2.0) == [b"one", b"two", b"three"]
    assert reassembler.parts_held == 0
    assert reassembler.next_deadline() is None


def test_the_same_part_again_is_ignored_and_counted() -> None:
    """T41."""
    reassembler = Reassembler(10, 60.0)
    reassembler.add("a", part(1, 2), b"one", 0.0)
    assert reassembler.add("a", part(1, 2), b"one", 1.0) is None
    assert reassembler.duplicates == 1
    assert reassembler.parts_held == 1
    assert reassembler.add("a", part(2, 2), b"two", 2.0) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("key", "concatenation"),
    [
        ("b", part(2, 2, 5)),
        ("a", part(2, 2, 6)),
        ("a", part(2, 3, 5)),
        ("a", part(2, 2, 5, wide=True)),
    ],
)
def test_parts_of_different_messages_are_not_mixed(key: str, concatenation: Concatenation) -> None:
    """T41: caller's key, reference, total and width."""
    reassembler = Reassembler(10, 60.0)
    reassembler.add("a", part(1, 2, 5), b"one", 0.0)
    assert reassembler.add(key, concatenation, b"other", 0.0) is None
    assert reassembler.add("a", part(2, 2, 5), b"two", 0.0) == [b"one", b"two"]


def test_another_payload_under_the_same_number_starts_anew() -> None:
    """T41: references wrap; two halves of two messages never become one."""
    reassembler = Reassembler(10, 60.0)
    reassembler.add("a", part(1, 3), b"old one", 0.0)
    reassembler.add("a", part(2, 3), b"old two", 0.0)
    assert reassembler.add("a", part(1, 3), b"new one", 5.0) is None
    assert (reassembler.collisions, reassembler.parts_held) == (1, 1)
    assert reassembler.next_deadline() == 65.0
    reassembler.add("a", part(2, 3), b"new two", 6.0)
    whole = reassembler.add("a", part(3, 3), b"new three", 7.0)
    assert whole == [b"new one", b"new two", b"new three"]


@pytest.mark.parametrize("concatenation", [part(1, 1), part(0, 2), part(3, 2), part(1, 0)])
def test_a_part_of_one_or_an_impossible_one_stands_alone(concatenation: Concatenation) -> None:
    """TS 23.040 §9.2.3.24.1: the element is ignored."""
    reassembler = Reassembler(10, 60.0)
    assert reassembler.add("a", concatenation, b"text", 0.0) == [b"text"]
    assert reassembler.parts_held == 0


def test_a_set_is_given_up_after_its_time_with_what_is_there() -> None:
    """T41: parts that never come."""
    reassembler = Reassembler(10, 60.0)
    reassembler.add("a", part(2, 3, 7), b"two", 100.0)
    reassembler.add("b", part(1, 2, 8, wide=True), b"one", 120.0)
    reassembler.add("a", part(3, 3, 7), b"three", 130.0)
    assert reassembler.next_deadline() == 160.0
    assert reassembler.on_time(159.9) == []
    (first,) = reassembler.on_time(160.0)
    assert (first.key, first.reference, first.wide) == ("a", 7, False)
    assert (first.payloads, first.first_at) == ([None, b"two", b"three"], 100.0)
    assert reassembler.next_deadline() == 180.0
    assert [one.key for one in reassembler.on_time(1000.0)] == ["b"]
    assert reassembler.parts_held == 0


def test_beyond_the_limit_the_oldest_set_goes() -> None:
    """A peer that only ever sends first parts takes no more than its share of memory."""
    reassembler = Reassembler(3, 60.0)
    reassembler.add("a", part(1, 3), b"1", 0.0)
    reassembler.add("a", part(2, 3), b"2", 1.0)
    reassembler.add("b", part(1, 2), b"1", 2.0)
    reassembler.add("c", part(1, 2), b"1", 3.0)
    assert (reassembler.dropped_sets, reassembler.parts_held) == (1, 2)
    assert reassembler.next_deadline() == 62.0
    assert reassembler.add("b", part(2, 2), b"2", 4.0) == [b"1", b"2"]


def test_a_message_longer_than_the_limit_is_never_held() -> None:
    """The limit holds for a single message too."""
    reassembler = Reassembler(2, 60.0)
    for number in (1, 2, 3):
        assert reassembler.add("a", part(number, 4), b"x", 0.0) is None
    assert (reassembler.dropped_sets, reassembler.parts_held) == (1, 0)


def test_a_limit_below_one_is_refused() -> None:
    """It could hold nothing."""
    with pytest.raises(ValueError, match="parts_max"):
        Reassembler(0, 60.0)
