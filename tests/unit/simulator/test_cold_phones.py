"""Packed phones: found, taken, put in the place of older ones, in order."""

from random import Random

import pytest

from carrierbox.simulator.cold_phones import CHANGED, KEPT, LEFT, ColdPhones


def test_records_are_found_and_taken_by_their_number() -> None:
    """What is taken is gone."""
    phones = ColdPhones()
    phones.put("33612345678", 0, b"one")
    phones.put("447700900123", 1, b"")
    assert (phones.find("33612345678"), phones.find("447700900123")) == (b"one", b"")
    assert (len(phones), phones.sequence_of("447700900123")) == (2, 1)
    assert phones.take("33612345678") == b"one"
    assert (phones.take("33612345678"), phones.find("33612345678")) == (None, None)
    assert ("33612345678" in phones, "447700900123" in phones) == (False, True)
    assert phones.sequence_of("33612345678") == -1
    assert len(phones) == 1


def test_zeros_before_a_number_count() -> None:
    """They are other numbers."""
    phones = ColdPhones()
    for sequence, msisdn in enumerate(("0", "00", "1", "01", "999999999999999")):
        phones.put(msisdn, sequence, msisdn.encode())
    assert list(phones) == ["0", "00", "1", "01", "999999999999999"]
    assert phones.find("01") == b"01"


@pytest.mark.parametrize("length", [0, 1, 0x7FFF, 0x8000, 0x1_0000, 300_000])
def test_a_record_may_have_any_length(length: int) -> None:
    """A phone may hold ten thousand long texts."""
    phones = ColdPhones()
    phones.put("33612345678", 7, b"x" * length)
    phones.put("33612345678", 7, b"y" * length)
    assert len(phones) == 1
    assert phones.take("33612345678") == b"y" * length


@pytest.mark.parametrize("step", [1, 1000, 4096])
def test_a_great_many_behave_like_a_dictionary(step: int) -> None:
    """Put, replaced, taken at random; the pieces split under way and stay even."""
    random = Random(step)
    phones = ColdPhones()
    expected: dict[str, tuple[int, bytes]] = {}
    for sequence in range(20_000):
        msisdn = str(33_600_000_000 + random.randrange(5_000) * step)
        if random.random() < 0.3:
            _, octets = expected.pop(msisdn, (0, None))
            assert phones.take(msisdn) == octets
        else:
            octets = bytes([random.randrange(256)]) * random.randrange(90)
            expected[msisdn] = (sequence, octets)
            phones.put(msisdn, sequence, octets)
    assert len(phones) == len(expected) > 3_000
    for msisdn, (sequence, octets) in expected.items():
        assert (phones.find(msisdn), phones.sequence_of(msisdn)) == (octets, sequence)
    in_order = sorted((sequence, msisdn) for msisdn, (sequence, _) in expected.items())
    assert list(phones) == [msisdn for _, msisdn in in_order]
    middle = in_order[1_000][0]
    assert phones.in_order(middle, 100) == in_order[1_001:1_101]


def test_a_record_is_changed_in_its_place() -> None:
    """The number keeps its place in the order."""
    phones = ColdPhones()
    for number in range(100):
        phones.put(str(number), number, b"x" * number)
    instead = {b"x" * 7: b"longer than it was"}
    assert phones.keep("7", 1000, b"new", instead) == CHANGED
    assert phones.keep("8", 1001, b"new", instead) == LEFT
    assert (phones.find("7"), phones.sequence_of("7")) == (b"longer than it was", 7)
    assert [phones.find(str(number)) for number in (6, 8, 99)] == [b"x" * 6, b"x" * 8, b"x" * 99]
    assert len(phones) == 100


def test_a_number_that_is_not_here_is_kept_behind_the_others() -> None:
    """However many they become."""
    phones = ColdPhones()
    for number in range(5_000):
        assert phones.keep(str(number), number, b"x" * (number % 7), {}) == KEPT
    assert len(phones) == 5_000
    assert list(phones) == [str(number) for number in range(5_000)]
    assert [phones.find(str(number)) for number in (0, 6, 4_999)] == [b"", b"x" * 6, b"x"]
