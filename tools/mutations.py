"""Plants one fault after another and shows that a test catches each (`make mutations`).

The items of the conformance statement (`tools/conformance_items.py`) say which tests prove them and
which faults take their guard out. Each fault is planted in a copy of the package, and the item's
tests are run against it: one must fail, and not because the copy cannot be imported any more.
Before that the same tests are run against the package as it is, and must pass.

Every run is a fork of this process, which has imported pytest and the other libraries already: a
fault costs a fraction of a second.
"""

import argparse
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import cache_from_source
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio.plugin
from tools.conformance_items import REPOSITORY, Fault, Group, Item, load_groups

SOURCE: Final = REPOSITORY / "src" / "carrierbox"
RESULT: Final = REPOSITORY / "build" / "mutations.json"
LIMIT_S: Final = 180.0
BASELINE_LIMIT_S: Final = 300.0
# Imported once, before the forks. Nothing of carrierbox: each fork has its own.
PRELOADED: Final = ("hypothesis", "msgspec", "smpplib.client", "yaml")
# A fault that breaks the code shows nothing about the guard.
BROKEN: Final = (
    "ImportError",
    "ModuleNotFoundError",
    "SyntaxError",
    "IndentationError",
    "NameError",
)
# The same, unless it is raised by the test itself, which got something else than it expected.
BROKEN_INSIDE: Final = ("AttributeError", "TypeError", "UnboundLocalError")

_fork: Final = get_context("fork")


class Recorder:
    """A pytest plugin that keeps the outcome of every test and the kind of every failure."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.failures: list[tuple[str, str]] = []
        """The name of an exception, and the file it was raised in."""
        self.not_collected: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test is as good as its worst phase."""
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that cannot be imported proves nothing."""
        if report.failed:
            self.not_collected.append(f"{report.nodeid}: {report.longreprtext[-500:]}")

    def pytest_exception_interact(self, call: pytest.CallInfo[Any]) -> None:
        """What failed, and where."""
        if call.excinfo is not None:
            where = str(call.excinfo.traceback[-1].path)
            self.failures.append((call.excinfo.typename, where))


class Report:
    """What one run of tests said."""

    def __init__(self, told: dict[str, Any] | None, gone: str = "") -> None:
        self.exit_code: int = told["exit_code"] if told else -1
        self.outcomes: dict[str, str] = told["outcomes"] if told else {}
        self.failures: list[list[str]] = told["failures"] if told else []
        self.not_collected: list[str] = told["not_collected"] if told else [gone]

    def verdict(self, tree: Path) -> str:
        """`caught`, or why a planted fault was not."""
        if self.not_collected:
            return f"broken: {self.not_collected[0]}"
        if self.exit_code == 0:
            return "survived"
        for name, where in self.failures:
            inside = Path(where).is_relative_to(tree)
            if name in BROKEN or (name in BROKEN_INSIDE and inside):
                return f"broken: {name} in {Path(where).name}"
        return "caught" if self.exit_code == 1 and self.failures else f"exit {self.exit_code}"


def run_tests(tree: Path, tests: list[str], stop_at_once: bool, pipe: Connection) -> None:
    """Run tests against the package in `tree`. In a process of its own, which ends with it."""
    os.setpgid(0, 0)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    os.chdir(REPOSITORY)
    sys.dont_write_bytecode = True
    sys.path[:] = [str(tree), *(path for path in sys.path if Path(path) != REPOSITORY / "src")]
    os.environ |= {
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    # With either, pytest shows the whole difference of two long lists: minutes for nobody to read.
    os.environ.pop("CI", None)
    os.environ.pop("BUILD_NUMBER", None)
    recorder = Recorder()
    arguments = ["-q", "-p", "no:cacheprovider"]
    arguments += ["-p", "carrierbox.testing.plugin", "-p", "_hypothesis_pytestplugin"]
    arguments += ["-x"] if stop_at_once else []
    code = pytest.main([*arguments, *tests], plugins=[recorder, pytest_asyncio.plugin])
    pipe.send(
        {
            "exit_code": int(code),
            "outcomes": recorder.outcomes,
            "failures": recorder.failures,
            "not_collected": recorder.not_collected,
        }
    )
    pipe.close()
    os._exit(0)


class Run:
    """Tests under way in a fork."""

    def __init__(self, tree: Path, tests: list[str], stop_at_once: bool, limit_s: float) -> None:
        self.tree = tree
        self.pipe, theirs = _fork.Pipe(duplex=False)
        self._process = _fork.Process(target=run_tests, args=[tree, tests, stop_at_once, theirs])
        self._process.start()
        theirs.close()
        self.started = time.monotonic()
        self.deadline = self.started + limit_s

    def report(self) -> Report:
        """What it said; ends it if it is still at work."""
        told = None
        gone = "it took too long"
        try:
            if self.pipe.poll():
                told = self.pipe.recv()
        except EOFError:
            gone = "its process ended without a word"
        if self._process.is_alive() and told is None:
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._process.join()
        self.pipe.close()
        return Report(told, gone)


class Tree:
    """A copy of the package in which one fault at a time is planted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(SOURCE, folder / "carrierbox", ignore=shutil.ignore_patterns("*.so"))

    def plant(self, fault: Fault) -> None:
        """Put it in."""
        path = self.folder / "carrierbox" / fault.file
        faulty = fault.plant(path.read_text(encoding="utf-8"))
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
        path.write_text(faulty, encoding="utf-8")

    def heal(self, fault: Fault) -> None:
        """Take it out."""
        shutil.copy2(SOURCE / fault.file, self.folder / "carrierbox" / fault.file)


class Planted:
    """A fault of an item, and what became of it."""

    def __init__(self, item: Item, number: int) -> None:
        self.item = item
        self.number = number
        self.fault = item.faults[number]
        self.verdict = ""
        self.seconds = 0.0

    @property
    def is_caught(self) -> bool:
        """Whether a test failed, and for that reason."""
        return self.verdict == "caught"


class Outcome:
    """What one run of all tests and all faults showed."""

    def __init__(self, baseline: dict[str, str], planted: list[Planted]) -> None:
        self._baseline = baseline
        self.planted = planted

    def problems_of_tests(self, item: Item) -> list[str]:
        """Which of an item's tests did not run and pass."""
        problems = []
        for test in item.tests:
            found = self._outcomes_of(f"tests/{test}")
            bad = sorted({outcome for outcome in found if outcome != "passed"})
            if bad or not found:
                problems.append(f"{test}: {', '.join(bad) or 'did not run'}")
        return problems

    def problems_of(self, item: Item) -> list[str]:
        """Why an item cannot be claimed."""
        survived = [
            f"fault {one.number + 1}: {one.verdict}"
            for one in self.planted
            if one.item is item and not one.is_caught
        ]
        nothing = [] if item.tests and item.faults else ["it has no test, or no fault"]
        return [*self.problems_of_tests(item), *survived, *nothing]

    def _outcomes_of(self, test: str) -> list[str]:
        return [
            outcome
            for name, outcome in self._baseline.items()
            if name == test or name.startswith(f"{test}[")
        ]


def run_all(items: list[Item], workers: int) -> Outcome:
    """Run the items' tests as they are, then plant their faults one by one."""
    for name in PRELOADED:
        importlib.import_module(name)
    items = [item for item in items if item.tests and item.faults]
    tests = sorted({f"tests/{test}" for item in items for test in item.tests})
    planted = [Planted(item, number) for item in items for number in range(len(item.faults))]
    with tempfile.TemporaryDirectory(prefix="carrierbox-mutations-") as folder:
        trees = [Tree(Path(folder) / str(number)) for number in range(workers)]
        baseline = _wait_for(Run(trees[0].folder, tests, False, BASELINE_LIMIT_S))
        for problem in baseline.not_collected:
            print(problem)
        _plant_all(planted, trees)
    return Outcome(baseline.outcomes, planted)


def _wait_for(run: Run) -> Report:
    wait([run.pipe], run.deadline - time.monotonic())
    return run.report()


def _plant_all(planted: list[Planted], trees: list[Tree]) -> None:
    """As many at a time as there are trees."""
    left: Iterator[Planted] = iter(planted)
    free = list(trees)
    running: dict[int, tuple[Tree, Planted, Run]] = {}
    while True:
        while free and (one := next(left, None)) is not None:
            tree = free.pop()
            tree.plant(one.fault)
            tests = [f"tests/{test}" for test in one.item.tests]
            run = Run(tree.folder, tests, True, LIMIT_S)
            running[id(run)] = (tree, one, run)
        if not running:
            return
        ready = wait([run.pipe for _, _, run in running.values()], 1.0)
        for key, (tree, one, run) in list(running.items()):
            if run.pipe in ready or time.monotonic() > run.deadline:
                one.verdict = run.report().verdict(tree.folder)
                one.seconds = time.monotonic() - run.started
                tree.heal(one.fault)
                free.append(tree)
                del running[key]


def print_table(outcome: Outcome, everything: bool) -> None:
    """Items with their faults; those that are fine in one line."""
    by_item: dict[str, list[Planted]] = {}
    for one in outcome.planted:
        by_item.setdefault(one.item.name, []).append(one)
    for name, faults in by_item.items():
        for problem in outcome.problems_of_tests(faults[0].item):
            print(f"{name:40} TEST       {problem}")
        bad = [one for one in faults if not one.is_caught]
        if everything and not bad:
            print(f"{name:40} caught     {len(faults)}")
        for one in bad:
            print(f"{name:40} NOT CAUGHT {one.fault.file} ({one.number + 1}): {one.verdict}")


def write_result(outcome: Outcome, seconds: float) -> None:
    """build/mutations.json, for whoever wants to look closer."""
    RESULT.parent.mkdir(exist_ok=True)
    rows = [
        {
            "item": one.item.name,
            "file": one.fault.file,
            "old": one.fault.old,
            "new": one.fault.new,
            "verdict": one.verdict,
            "seconds": round(one.seconds, 2),
        }
        for one in outcome.planted
    ]
    found = {"seconds": round(seconds, 1), "faults": rows}
    RESULT.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


def claimed(groups: list[Group], pattern: str) -> list[Item]:
    """The items whose name holds `pattern`."""
    return [item for group in groups for item in group.items if pattern in item.name]


def main() -> int:
    """Plant everything, print what became of it; 1 if a fault was not caught."""
    parser = argparse.ArgumentParser(prog="mutations", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="items with this in their name")
    parser.add_argument("--workers", type=int, default=2, help="faults at a time (default 2)")
    arguments = parser.parse_args()
    started = time.monotonic()
    items = claimed(load_groups(), arguments.only)
    outcome = run_all(items, arguments.workers)
    seconds = time.monotonic() - started
    print_table(outcome, everything=True)
    write_result(outcome, seconds)
    caught = sum(one.is_caught for one in outcome.planted)
    tests_fail = sum(bool(outcome.problems_of_tests(item)) for item in items if item.tests)
    print(
        f"{len(items)} items, {len(outcome.planted)} faults: {caught} caught, "
        f"{len(outcome.planted) - caught} not; tests of {tests_fail} items fail; {seconds:.0f} s"
    )
    return 0 if caught == len(outcome.planted) and not tests_fail else 1


if __name__ == "__main__":
    sys.exit(main())
