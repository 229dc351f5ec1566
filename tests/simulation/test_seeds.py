"""Whatever goes wrong, what was promised is kept: many seeds, and every position of a failure."""

import pytest
from tests.simulation.run import SEEDS, check, reproduce, run_seed
from tests.simulation.store import Killed
from tests.simulation.world import World

CHUNK = 10
FAST_SEEDS = 20
SHORT_STEPS = 12


def run_chunk(first: int) -> None:
    failed = {}
    for seed in range(first, first + CHUNK):
        problems = run_seed(seed).problems
        if problems:
            failed[seed] = problems
    told = [
        f"seed {seed}: {problems[0]} ({len(problems)} in all); again: {reproduce(seed)}"
        for seed, problems in failed.items()
    ]
    assert not failed, "\n".join(told)


@pytest.mark.parametrize("first", range(0, FAST_SEEDS, CHUNK))
def test_the_first_seeds_keep_every_promise(first: int) -> None:
    """Design, promises: one final state, each text once, no receipt twice or never."""
    run_chunk(first)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FAST_SEEDS, SEEDS, CHUNK))
def test_further_seeds_keep_every_promise(first: int) -> None:
    """Design, promises."""
    run_chunk(first)


def points_of(world: World) -> tuple[int, int]:
    """How many batches a world submits when nothing goes wrong, and how many points it passes."""
    world.run()
    world.close()
    return world.carrier.simulated_store.number, world.fuse.points


def calm_world(seed: int) -> World:
    """A world in which only what a test plants goes wrong."""
    world = World(seed, SHORT_STEPS)
    for kind in (World.fail, World.arm, World.stop):
        setattr(world, kind.__name__, world.tick)
    return world


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_commit_may_fail_at_every_position(seed: int) -> None:
    """With one turn in the pipe and with several, as the seed has it."""
    batches, _ = points_of(calm_world(seed))
    for number in range(1, batches + 1):
        world = calm_world(seed)
        store = world.carrier.simulated_store
        store.failing[number] = "disk full"
        world.run()
        world.close()
        assert not check(world), f"seed {seed} with batch {number} failing"


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_process_may_die_at_every_point(seed: int) -> None:
    """Only what was written before is there afterwards."""
    _, points = points_of(calm_world(seed))
    for point in range(1, points + 1, 3):
        world = calm_world(seed)
        world.fuse.left = point
        try:
            world.run()
        except Killed:
            world.restart("killed")
            world.settle()
        world.close()
        assert not check(world), f"seed {seed} killed at point {point}"
