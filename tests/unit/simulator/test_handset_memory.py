"""How many short messages a phone and its SIM hold."""

import pytest

from carrierbox.simulator.handset_memory import HandsetMemory, Usage


@pytest.mark.parametrize(
    ("phone", "sim", "dummies"), [(-1, 0, 0), (10_001, 0, 0), (0, -1, 0), (0, 256, 0), (1, 1, -1)]
)
def test_impossible_memories_are_refused(phone: int, sim: int, dummies: int) -> None:
    """A SIM has at most 255 records."""
    with pytest.raises(ValueError):
        HandsetMemory(phone, sim, True, dummies)


def test_what_has_no_place_on_the_phone_is_on_the_sim() -> None:
    """Only what is for the SIM alone is always there."""
    usage = Usage(HandsetMemory(3, 2), 4, 1)
    assert (usage.phone, usage.sim, usage.phone_free, usage.sim_free) == (3, 2, 0, 0)
    usage = Usage(HandsetMemory(3, 2), 1, 1)
    assert (usage.phone, usage.sim, usage.free) == (1, 1, 3)


def test_a_memory_that_was_made_smaller_has_no_room() -> None:
    """What is there stays there."""
    usage = Usage(HandsetMemory(1, 1), 9, 0)
    assert (usage.phone, usage.sim, usage.free) == (1, 8, 0)
