"""What a run knows."""

import pytest

from carrierbox.scenarios.acts import perform
from carrierbox.scenarios.application import Applications
from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.run_state import Run
from carrierbox.scenarios.world import World

TEXT = """\
scenario: one
seed: 7
setup: {accounts: [{system_id: a, password: b, dialect: DIALECT}]}
steps:
  - submit:
      {as: b, from: ACME, to: ["+33612345678", "+33612345679"], text: Hi, registered_delivery: 1}
"""


def run_of(dialect: str = "standard") -> Run:
    """A run whose only step was done."""
    scenario = read_scenario(TEXT.replace("DIALECT", dialect))
    world = World(scenario.setup, scenario.seed)
    run = Run(scenario, world, Applications(world))
    run.applications.bind_all(None)
    perform(run, scenario.steps[0])
    return run


@pytest.mark.parametrize(
    "dialect", ["standard", "hex_receipts", "hex_answers", "short_ids", "tlv_only", "without_tlvs"]
)
def test_receipts_are_found_in_every_dialect(dialect: str) -> None:
    """Also where the receipt writes the id in another way than the answer (T26)."""
    run = run_of(dialect)
    assert [len(run.receipts_of(each)) for each in run.named("b")] == [1, 1]
    first, second = (run.receipts_of(each)[0] for each in run.named("b"))
    assert first is not second


def test_one_of_a_batch_is_named_by_its_number() -> None:
    """From 1."""
    run = run_of()
    assert run.named("b.2") == [run.named("b")[1]]
    for name in ("b.3", "c", "b.x"):
        with pytest.raises(NotHeldError, match="nothing is called"):
            run.named(name)
    with pytest.raises(NotHeldError, match="b stands for 2 requests"):
        run.one("b")


def test_references_come_from_the_seed() -> None:
    """The same each time (T49)."""
    assert [run_of().next_reference() for _ in range(2)] == [8, 8]


def test_messages_are_those_of_the_carrier() -> None:
    """With their state."""
    run = run_of()
    message = run.message_of(run.one("b.1"))
    assert message is not None
    assert message.msisdn == "33612345678"
