"""Cyclic garbage, kept out of the way. The real collector is used, and put back after each test."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from carrierbox.garbage import SUSPECTS_FOR_FULL_SEARCH, YOUNG_OBJECTS, Garbage


class Knot:
    """Something that only a search finds once nobody refers to it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The collector as it was. What the tests set aside stays so, as all that was there before."""
    enabled, thresholds = gc.isenabled(), gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    if enabled:
        gc.enable()
    else:
        gc.disable()


def knot() -> "weakref.ref[Knot]":
    """A cycle that nobody refers to any more."""
    return weakref.ref(Knot())


def many() -> list[list[int]]:
    """As many young objects as it takes to look at them."""
    return [[number] for number in range(YOUNG_OBJECTS + 1000)]


def test_the_collector_is_switched_off_and_what_there_is_set_aside() -> None:
    """Design: `gc.freeze` after start; no full collection stops the messages."""
    before, alive = knot(), many()
    frozen = gc.get_freeze_count()
    Garbage()
    assert not gc.isenabled()
    assert gc.get_freeze_count() > frozen + YOUNG_OBJECTS
    assert before() is None
    assert len(alive) > YOUNG_OBJECTS


def test_few_young_objects_are_left_alone() -> None:
    """A turn of a quiet process costs nothing."""
    garbage = Garbage()
    frozen = gc.get_freeze_count()
    garbage.note()
    lost = knot()
    garbage.tidy()
    # What was set aside may go, and does not grow.
    assert gc.get_freeze_count() <= frozen
    assert lost() is not None


def test_many_young_objects_are_set_aside_unlooked_at() -> None:
    """The rooms make no cycles, so nothing is searched while only they were at work."""
    garbage = Garbage()
    frozen = gc.get_freeze_count()
    lost, alive = knot(), many()
    garbage.tidy()
    assert gc.get_freeze_count() > frozen + YOUNG_OBJECTS
    assert gc.get_count()[0] < YOUNG_OBJECTS
    assert lost() is not None
    assert len(alive) > YOUNG_OBJECTS


def test_young_objects_are_searched_after_an_edge_was_at_work() -> None:
    """Only the edges leave cycles."""
    garbage = Garbage()
    lost = knot()
    garbage.note()
    alive = many()
    garbage.tidy()
    assert lost() is None
    assert len(alive) > YOUNG_OBJECTS


def test_one_search_answers_all_that_was_noted() -> None:
    """Afterwards young objects are set aside unlooked at again."""
    garbage = Garbage()
    garbage.note()
    first = many()
    garbage.tidy()
    lost, second = knot(), many()
    garbage.tidy()
    assert lost() is not None
    assert len(first) == len(second)


def test_a_full_search_finds_what_was_set_aside() -> None:
    """What an edge was still using when it was set aside is found once the process is idle."""
    garbage = Garbage()
    using = Knot()
    lost = weakref.ref(using)
    for _ in range(SUSPECTS_FOR_FULL_SEARCH):
        garbage.note()
    alive = many()
    garbage.tidy()
    del using
    assert lost() is not None
    garbage.search()
    assert lost() is None
    assert not gc.isenabled()
    assert gc.get_freeze_count() > YOUNG_OBJECTS
    assert len(alive) > YOUNG_OBJECTS


def test_a_full_search_needs_a_reason() -> None:
    """It stops everything: not for one request, and not twice for the same ones."""
    garbage = Garbage()
    lost = knot()
    gc.freeze()
    for _ in range(SUSPECTS_FOR_FULL_SEARCH - 1):
        garbage.note()
    garbage.search()
    assert lost() is not None
    garbage.note()
    garbage.search()
    assert lost() is None
    later = knot()
    garbage.note()
    garbage.search()
    assert later() is not None
