"""The same seed gives the same journal, the same rows and the same trace, octet for octet."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import carrierbox

REPOSITORY = Path(__file__).parents[2]
SEEDS = 3


def digests(hash_seed: str) -> str:
    source = Path(carrierbox.__file__).parents[1]
    environment = os.environ | {
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": f"{source}{os.pathsep}{REPOSITORY}",
    }
    command = [sys.executable, "-m", "tools.simulate", "--digests", "--seeds", str(SEEDS)]
    done = subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.slow
def test_a_seed_says_everything_for_any_hash_seed() -> None:
    """Nothing depends on the order of a set or on an address in memory."""
    first = digests("0")
    assert len(first.splitlines()) == SEEDS
    assert len(set(first.splitlines())) == SEEDS, "seeds are not told apart"
    assert digests("1") == digests("4711") == first
