"""Runs seeds of the simulation, as many as asked (`make simulate`), or plants faults in it.

A seed that fails is printed with the command that runs it again. With `--digests` each seed is
printed with what stands for its journal, rows and trace: two builds that print the same do the
same. With `--faults` each fault of tests/simulation/faults.toml is planted in a copy of the package
and must be caught within 500 seeds.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.simulation.run import SEEDS, reproduce, run_seed
from tools.conformance_items import REPOSITORY, Fault
from tools.mutations import SOURCE, Tree

FAULTS: Final = REPOSITORY / "tests" / "simulation" / "faults.toml"
LIMIT_S: Final = 180
CAUGHT: Final = 3
BROKEN: Final = ("ImportError", "NameError", "AttributeError", "SyntaxError", "UnboundLocalError")


class NamedFault:
    """One fault and what it is called."""

    def __init__(self, name: str, fault: Fault) -> None:
        self.name = name
        self.fault = fault


def load_faults() -> list[NamedFault]:
    """All of faults.toml."""
    rows = tomllib.loads(FAULTS.read_text(encoding="utf-8"))["fault"]
    return [NamedFault(row["name"], Fault(row["file"], row["old"], row["new"])) for row in rows]


def verdict_of(seed: int) -> tuple[int, list[str], str]:
    """What a seed showed; an exception is a problem, too."""
    try:
        verdict = run_seed(seed)
    except Exception as error:  # noqa: BLE001  whatever it is, the seed is told
        return seed, [f"{type(error).__name__}: {error}"], ""
    return seed, verdict.problems, verdict.digest


def run_seeds(first: int, count: int, workers: int, stop_at_once: bool) -> int:
    """Run them; how many failed. With `stop_at_once` the first one that fails is the last."""
    failed = 0
    started = time.monotonic()
    seeds = range(first, first + count)
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for seed, problems, _ in pool.imap(verdict_of, seeds, chunksize=4):
            if not problems:
                continue
            failed += 1
            print(f"seed {seed} FAILED: {len(problems)} problems; again: {reproduce(seed)}")
            for problem in problems[:5]:
                print(f"    {problem}")
            if stop_at_once:
                break
    print(f"{count} seeds, {failed} failed, {time.monotonic() - started:.0f} s")
    return failed


def print_digests(first: int, count: int) -> None:
    """One line for each seed."""
    for seed in range(first, first + count):
        print(seed, run_seed(seed).digest)


def catch(first: int, count: int) -> int:
    """Run seeds until one fails: says which, and what failed first; CAUGHT if one did."""
    for seed in range(first, first + count):
        _, problems, _ = verdict_of(seed)
        if problems:
            print(f"seed {seed}: {problems[0]}")
            return CAUGHT
    return 0


def plant(named: NamedFault, folder: Path) -> tuple[bool, str]:
    """Plant one fault and look for the seed that catches it."""
    folder.mkdir()
    tree = Tree(folder)
    tree.plant(named.fault)
    environment = os.environ | {
        "PYTHONPATH": f"{folder}{os.pathsep}{REPOSITORY}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "tools.simulate", "--catch", "--seeds", str(SEEDS)]
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"no seed was done with it in {LIMIT_S} s"
    told = (done.stdout.strip() or done.stderr.strip()[-200:]).partition("\n")[0]
    if any(f": {name}:" in told for name in BROKEN):
        return False, f"the fault breaks the code: {told}"
    return done.returncode == CAUGHT, told or f"survives {SEEDS} seeds"


def plant_all(workers: int, only: str) -> int:
    """Plant every fault; how many were not caught."""
    faults = [one for one in load_faults() if only in one.name]
    started = time.monotonic()
    survived = 0
    with tempfile.TemporaryDirectory(prefix="carrierbox-faults-") as folder:
        folders = [Path(folder) / str(number) for number in range(len(faults))]
        with ThreadPoolExecutor(workers) as pool:
            for one, (is_caught, told) in zip(
                faults, pool.map(plant, faults, folders), strict=True
            ):
                survived += not is_caught
                verdict = "caught    " if is_caught else "NOT CAUGHT"
                print(f"{verdict} {one.name}: {told}", flush=True)
    seconds = time.monotonic() - started
    print(f"{len(faults)} faults, {len(faults) - survived} caught, {seconds:.0f} s")
    return survived


def main() -> int:
    """Do what was asked; 1 if something failed."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many (default {SEEDS})")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--stop", action="store_true", help="stop at the first that fails")
    parser.add_argument("--digests", action="store_true", help="print what each seed did")
    parser.add_argument("--catch", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--faults", action="store_true", help="plant faults")
    parser.add_argument("--only", default="", metavar="TEXT", help="faults with this in their name")
    arguments = parser.parse_args()
    if arguments.digests:
        print_digests(arguments.first, arguments.seeds)
        return 0
    if arguments.catch:
        return catch(arguments.first, arguments.seeds)
    if arguments.faults:
        print(f"faults are planted in a copy of {SOURCE.relative_to(REPOSITORY)}")
        return min(plant_all(arguments.workers, arguments.only), 1)
    failed = run_seeds(arguments.first, arguments.seeds, arguments.workers, arguments.stop)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
