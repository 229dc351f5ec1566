"""Running a scenario in which we send: in process, on virtual time, the same each time."""

from collections.abc import Callable, Mapping
from pathlib import Path

from carrierbox.clock import link_now
from carrierbox.errors import CarrierboxError
from carrierbox.scenarios.acts import perform, query
from carrierbox.scenarios.application import Applications
from carrierbox.scenarios.checking import found_instead, is_negative
from carrierbox.scenarios.expectations import HOLDS, name_of_query
from carrierbox.scenarios.expectations_written import Expectation, QueryExpectation
from carrierbox.scenarios.loader import load_scenario, read_scenario
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.report import FAILED, PASSED, Report, StepReport
from carrierbox.scenarios.run_state import Run
from carrierbox.scenarios.scenario import Scenario, Step
from carrierbox.scenarios.steps_written import QueryStep
from carrierbox.scenarios.times import seconds_of
from carrierbox.scenarios.world import World


def run_scenario(scenario: Scenario) -> Report:
    """Run it; what came of it. The same scenario and seed give the same report."""
    report = new_report(scenario)
    began = link_now()
    world = World(scenario.setup, scenario.seed)
    run = Run(scenario, world, Applications(world))
    report.entries = world.traffic.entries
    for step, told in zip(scenario.steps, report.steps, strict=True):
        if step.number == 1:
            # What is wrong with the binds is the first step's.
            is_fine = attempt(told, world, lambda: run.applications.bind_all(scenario.setup.bound))
            if not is_fine:
                break
        if not attempt(told, world, lambda step=step: do_step(run, step)):  # type: ignore[misc]
            told.about = run.entries_about(step.about)
            break
    report.network_s = world.now - world.began
    report.took_s = link_now() - began
    return report


def run_file(
    path: Path, given: Mapping[str, object] | None = None, seed: int | None = None
) -> Report:
    """Read the scenario of a file and run it. ScenarioError if it cannot be."""
    return run_scenario(load_scenario(path, given, seed))


def run_text(
    text: str, given: Mapping[str, object] | None = None, seed: int | None = None
) -> Report:
    """The same for a text."""
    return run_scenario(read_scenario(text, given=given, seed=seed))


def new_report(scenario: Scenario) -> Report:
    """A report of nothing but skipped steps."""
    report = Report(scenario.name, scenario.why, scenario.source, scenario.role, scenario.seed)
    report.steps = [StepReport(each.number, each.line, each.told) for each in scenario.steps]
    if scenario.is_parted:
        report.without = str(scenario.hinge)
    return report


def do_step(run: Run, step: Step) -> None:
    """Do a step or check what it expects. NotHeldError tells what is wrong."""
    if step.kind == "note":
        run.traffic.say(str(step.action))
    elif isinstance(step.action, Expectation):
        expect(run, step.action)
    else:
        perform(run, step)


def expect(run: Run, expectation: Expectation) -> None:
    """Check an expectation, and let the clock go on as long as it may take."""
    world = run.world
    until = world.now + within_s(expectation)
    told = HOLDS

    def holds() -> bool:
        nonlocal told
        told = found_instead(run, expectation)
        return told == HOLDS

    if isinstance(expectation, QueryExpectation):
        _ask_until(run, expectation, until)
        holds()
    elif is_negative(expectation):
        world.advance_to(until, lambda: not holds())
    else:
        world.advance_to(until, holds)
    if told != HOLDS:
        raise NotHeldError(told)


def within_s(expectation: Expectation) -> float:
    """How long an expectation may take, in seconds."""
    return 0.0 if expectation.within is None else seconds_of(expectation.within)


def _ask_until(run: Run, said: QueryExpectation, until: float) -> None:
    """Ask now, and again whenever something happened, until the answer is as expected."""
    asked = -1

    def is_so() -> bool:
        nonlocal asked
        if run.world.box.trace.newest != asked:
            query(run, QueryStep(message=said.query, name=name_of_query(said.query)))
            asked = run.world.box.trace.newest
        return found_instead(run, said) == HOLDS

    run.world.advance_to(until, is_so)


def attempt(told: StepReport, world: World, do: Callable[[], None]) -> bool:
    """Do something for a step; whether it went well."""
    began = link_now()
    try:
        do()
        told.result = PASSED
    except NotHeldError as error:
        told.result, told.problem = FAILED, error.problem
    except CarrierboxError as error:
        told.result, told.problem = FAILED, str(error)
    told.at = world.now
    told.took_s += link_now() - began
    return told.result == PASSED
