"""`carrier.faults`: what a test adds, counts and removes."""

from collections.abc import Callable
from typing import Any

import pytest

from carrierbox.faults import FaultBook
from carrierbox.testing.faults import CarrierFaults


def some_faults() -> tuple[FaultBook, CarrierFaults]:
    book = FaultBook()

    def look(act: Callable[[FaultBook], Any]) -> Any:
        return act(book)

    return book, CarrierFaults(look)


def test_a_fault_lasts_until_it_is_removed() -> None:
    """A second removal does nothing."""
    book, faults = some_faults()
    added = faults.add({"no_response": True}, {"operation": "submit_sm"}, "lost")
    assert (added.name, faults.names) == ("lost", ["lost"])
    assert book.in_order[0].strikes()
    assert added.matched == 1
    added.remove()
    added.remove()
    assert faults.names == []


def test_a_fault_lasts_for_a_block() -> None:
    """Those without a name get one."""
    _, faults = some_faults()
    with faults.add({"close": True}), faults.add({"unbind": True}):
        assert faults.names == ["test fault 1", "test fault 2"]
    assert faults.names == []


def test_all_are_cleared() -> None:
    """Whoever added them."""
    _, faults = some_faults()
    faults.add({"close": True})
    faults.clear()
    assert faults.names == []


def test_what_is_wrong_is_said() -> None:
    """As a ValueError that names the field."""
    _, faults = some_faults()
    with pytest.raises(ValueError, match="then: must have exactly one of"):
        faults.add({})
    faults.add({"close": True}, name="a")
    with pytest.raises(ValueError, match="there is a fault named 'a'"):
        faults.add({"close": True}, name="a")
