"""The faults that the simulation must catch: each can be planted in the package as it is."""

import pytest
from tools.mutations import SOURCE
from tools.simulate import NamedFault, load_faults


@pytest.mark.parametrize("named", load_faults(), ids=lambda named: named.name)
def test_a_fault_can_be_planted(named: NamedFault) -> None:
    """Whoever changes the source it stands in must change tests/simulation/faults.toml, too."""
    text = (SOURCE / named.fault.file).read_text(encoding="utf-8")
    faulty = named.fault.plant(text)
    assert faulty != text
    compile(faulty, named.fault.file, "exec")
