"""What phones hold, as it is written."""

import pytest

from carrierbox.config_phones import read_memory
from carrierbox.config_values import Problems
from carrierbox.simulator.handset_memory import HandsetMemory


def test_a_memory_has_a_default_for_all_it_does_not_say() -> None:
    """Two hundred on the phone, twenty on the SIM; what has no place is refused."""
    memory = read_memory({})
    assert isinstance(memory, HandsetMemory)
    assert (memory.phone, memory.sim, memory.refuses) == (200, 20, True)
    memory = read_memory({"phone": 3, "sim": 0, "when_full": "forget"})
    assert isinstance(memory, HandsetMemory)
    assert (memory.phone, memory.sim, memory.refuses) == (3, 0, False)
    assert read_memory(None) is None


def test_what_is_wrong_is_named() -> None:
    """Each key, all at once."""
    with pytest.raises(Problems) as raised:
        read_memory({"phone": -1, "sim": 256, "when_full": "ask", "colour": 1})
    assert [key for key, _ in raised.value.found] == ["phone", "sim", "when_full", "colour"]
    with pytest.raises(ValueError, match="must be a mapping such as"):
        read_memory([3])
