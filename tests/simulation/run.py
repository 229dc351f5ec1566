"""One seed from its begin to its verdict."""

from tests.simulation.checker import Checker
from tests.simulation.setting import SHORT_CODE, account_settings
from tests.simulation.world import STEPS, World

SEEDS = 500
"""So many are run for every change."""


class Verdict:
    """What one seed showed; `digest` stands for its journal, its rows and its trace."""

    def __init__(self, problems: list[str], digest: str) -> None:
        self.problems = problems
        self.digest = digest


def run_seed(seed: int, steps: int = STEPS) -> Verdict:
    """Run a seed and check it."""
    world = World(seed, steps)
    try:
        world.run()
    finally:
        world.close()
    return Verdict(check(world), world.digest.hexdigest())


def check(world: World) -> list[str]:
    """What the checker says of a world that has come to its end."""
    accounts = {one.system_id: one for one in account_settings()}
    return Checker(world.log, accounts, {SHORT_CODE: "beta"}, world.rules).problems


def reproduce(seed: int) -> str:
    """The command that runs a seed again."""
    return f"make simulate FIRST={seed} SEEDS=1"
