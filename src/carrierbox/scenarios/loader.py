"""Scenarios from YAML: parameters filled in, everything checked, all problems told with lines."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from carrierbox.clock import NetworkTime
from carrierbox.config import BoxSection, Configuration, configuration_of
from carrierbox.config_conditions import RuleError
from carrierbox.config_problems import field_problem
from carrierbox.config_values import MEMORY, kind_of
from carrierbox.errors import ConfigurationError
from carrierbox.scenarios.dependents import name_given, names_in
from carrierbox.scenarios.expectations_written import SUBJECTS
from carrierbox.scenarios.hinges import KEY as HINGE
from carrierbox.scenarios.hinges import Hinge, Parted, is_of_a_pack, take_out
from carrierbox.scenarios.problems import Finding, line_of, scenario_error
from carrierbox.scenarios.references import check_names
from carrierbox.scenarios.scenario import (
    BOUND,
    CLOCK,
    NOT_OF_SETUP,
    ON_OR_OFF,
    SETUP_KEYS,
    STEP_KINDS,
    Action,
    Head,
    Scenario,
    Setup,
    Step,
)
from carrierbox.scenarios.steps_checked import check_step, with_numbers
from carrierbox.scenarios.steps_written import LINK_STEPS, SHAPES, AdvanceStep
from carrierbox.scenarios.times import moment_of, next_time, seconds_of
from carrierbox.scenarios.variables import NAME, filled_in
from carrierbox.strict_yaml import parse_scalar, parse_yaml_with_lines, read_text

TOLD_CHARACTERS_MAX: Final = 160
_IN_QUOTES: Final = re.compile(r"[:,{}\[\]#]|^\s|\s$|^\+|^[0-9.]+$")

Given = Mapping[str, object]


def load_scenario(
    path: Path, given: Given | None = None, seed: int | None = None, without: bool = False
) -> Scenario:
    """The scenario of a file; `given` are its parameters where they are not as it says.

    `without` is the one without what it hangs on. Raises ScenarioError with a line for every
    problem.
    """
    return read_scenario(read_text(path), str(path), given, seed, without)


def read_scenario(
    text: str,
    source: str = "scenario",
    given: Given | None = None,
    seed: int | None = None,
    without: bool = False,
) -> Scenario:
    """The same for a text; `source` stands before the lines of what is wrong."""
    content, lines = parse_yaml_with_lines(text, source)
    reading = _Reading(source, lines)
    return reading.scenario(content, given or {}, seed, without)


class _Reading:
    """One pass over a scenario that notes every problem."""

    def __init__(self, source: str, lines: dict[str, int]) -> None:
        self._source = source
        self._lines = lines
        self._findings: list[Finding] = []

    def scenario(self, content: object, given: Given, seed: int | None, without: bool) -> Scenario:
        if not isinstance(content, dict):
            problem = f"must be a mapping with `scenario` and `steps`, not {kind_of(content)}"
            raise scenario_error(self._source, [Finding("", problem)], self._lines)
        parameters = self._parameters(content, given)
        filled = {
            key: value if key == "parameters" else filled_in(value, parameters, key, self._findings)
            for key, value in content.items()
        }
        self._refuse()
        self._note_unknown_keys(filled)
        head = self._converted(filled, Head, "")
        if not isinstance(head, Head):
            self._note_inner_problems(filled)
            self._refuse()
        assert isinstance(head, Head)
        parted = self._parted(head, without)
        setup, steps = self._read(head.setup, head.steps)
        self._refuse()
        assert setup is not None
        self._findings += check_names(steps, setup.section, head.role)
        self._refuse()
        if head.hinges_on is not None and parted is not None:
            left = self._without_hinge(head.hinges_on, parted, without)
            setup, steps = left if without else (setup, steps)
        return Scenario(
            head.scenario,
            " ".join(head.why.split()),
            head.role,
            head.seed if seed is None else seed,
            parameters,
            setup,
            steps,
            self._source,
            head.hinges_on,
            "" if parted is None else parted.meaning,
            without,
        )

    def _read(
        self, setup: dict[str, Any], steps: list[dict[str, Any]]
    ) -> tuple[Setup | None, list[Step]]:
        read = [self._step(index, each) for index, each in enumerate(steps)]
        return self._setup(setup), [each for each in read if each is not None]

    def _note_unknown_keys(self, filled: dict[str, Any]) -> None:
        known = [field.encode_name for field in msgspec.structs.fields(Head)]
        for key in [key for key in filled if key not in known]:
            self._note(key, f"unknown key; known here: {', '.join(known)}")
            filled.pop(key)

    def _note_inner_problems(self, filled: dict[str, Any]) -> None:
        """What is wrong with set-up and steps, where the scenario as a whole is wrong already."""
        setup, steps = filled.get("setup"), filled.get("steps")
        if isinstance(setup, dict):
            self._setup(setup)
        if isinstance(steps, list):
            for index, each in enumerate(steps):
                if isinstance(each, dict):
                    self._step(index, each)

    def _parameters(self, content: dict[str, Any], given: Given) -> dict[str, object]:
        said = content.get("parameters")
        parameters: dict[str, object] = {}
        if isinstance(said, dict):
            for name, value in said.items():
                if NAME.fullmatch(name) is None:
                    self._note(f"parameters.{name}", "a name has letters, digits and underscores")
                parameters[name] = value
        elif said is not None:
            self._note("parameters", f"must be a mapping of names to values, not {kind_of(said)}")
        for name, value in given.items():
            if name not in parameters:
                known = ", ".join(parameters) or "it has none"
                self._note("", f"--set {name}: no parameter of this scenario; known: {known}")
            parameters[name] = _value_given(value, parameters.get(name))
        return parameters

    # What it hangs on.

    def _parted(self, head: Head, without: bool) -> Parted | None:
        """The scenario without its hinge, None if it has none."""
        if head.hinges_on is None:
            if without:
                self._note(
                    "", f"it does not say what it hangs on: add {HINGE}, as in {{rule: NAME}}"
                )
            return None
        found = take_out(head.hinges_on, head.setup, head.steps)
        if isinstance(found, Parted):
            return found
        self._findings += found
        return None

    def _without_hinge(
        self, hinge: Hinge, parted: Parted, without: bool
    ) -> tuple[Setup, list[Step]]:
        """The scenario without its hinge, which has to be one as well."""
        setup, steps = self._read(parted.setup, parted.steps)
        wrong, self._findings = self._findings, []
        if setup is None or wrong:
            self._note(
                f"{HINGE}.{hinge.kind}",
                f"without it the scenario cannot be: {wrong[0].path}: {wrong[0].problem}; name "
                "what it can go without, such as the whole step or entry",
            )
        elif without and parted.pack_rule:
            carriers = setup.section.carriers
            if is_of_a_pack(parted.pack_rule, carriers):
                carriers.left_out = frozenset([parted.pack_rule])
            else:
                problem = f"there is no rule {parted.pack_rule} in setup, a step or a pack"
                self._note(f"{HINGE}.rule", problem)
        self._refuse()
        assert setup is not None
        return setup, steps

    # The set-up.

    def _setup(self, said: dict[str, Any]) -> Setup | None:
        configuration = dict(said)
        start: float | None = None
        bound: list[str] | None = None
        if CLOCK in configuration:
            try:
                start = moment_of(configuration.pop(CLOCK))
            except ValueError as error:
                self._note(f"setup.{CLOCK}", str(error))
        if BOUND in configuration:
            bound = self._bound(configuration.pop(BOUND))
        for key in list(configuration):
            if key in NOT_OF_SETUP:
                self._note(f"setup.{key}", "a scenario has no such key; remove it")
                configuration.pop(key)
            elif key not in SETUP_KEYS:
                self._note(f"setup.{key}", f"unknown key; known here: {', '.join(SETUP_KEYS)}")
                configuration.pop(key)
        session = configuration.get("session")
        has_enquire_link = isinstance(session, dict) and "enquire_link" in session
        try:
            read = configuration_of({**configuration, "store": {"url": MEMORY}})
        except ConfigurationError as error:
            for line in str(error).splitlines():
                path, colon, problem = line.partition(": ")
                self._note(f"setup.{path}" if colon else "setup", problem if colon else line)
            return None
        return Setup(_box_of(read), read.session, has_enquire_link, start, bound)

    def _bound(self, said: object) -> list[str] | None:
        if isinstance(said, list) and all(isinstance(each, str) for each in said):
            return said
        self._note(f"setup.{BOUND}", "must be a list of system_ids; [] for none")
        return None

    # Steps.

    def _step(self, index: int, said: dict[str, Any]) -> Step | None:
        path = f"steps[{index}]"
        if len(said) != 1:
            keys = ", ".join(said) or "nothing"
            self._note(path, f"a step is one of {', '.join(STEP_KINDS)}; here are {keys}")
            return None
        ((kind, value),) = said.items()
        inner = f"{path}.{kind}"
        before = len(self._findings)
        action = self._action(kind, value, inner)
        if len(self._findings) > before:
            return None
        told, about = _on_one_line(kind, value), names_in(kind, value)
        if name_given(value):
            about.append(name_given(value))
        return Step(index + 1, line_of(inner, self._lines), inner, kind, action, told, about)

    def _action(self, kind: str, value: object, path: str) -> Action:
        if kind == "expect":
            return self._expectation(value, path)
        if kind == "advance":
            return self._advance(value, path)
        if kind == "note" or kind in LINK_STEPS:
            if kind in LINK_STEPS and value is None:
                return ""
            if isinstance(value, str):
                return value
            self._note(path, "must be text")
            return None
        if kind == "settle":
            if value not in (None, {}, True):
                self._note(path, "takes nothing: write `settle: {}`")
            return None
        if kind not in SHAPES:
            self._note(path, f"unknown step; known: {', '.join(STEP_KINDS)}")
            return None
        return self._shaped(kind, value, path)

    def _shaped(self, kind: str, value: object, path: str) -> Action:
        if kind == "bind" and (value is None or isinstance(value, str)):
            value = {"account": value or ""}
        if kind == "restart" and value is None:
            value = {}
        if kind in ("phone", "tower") and isinstance(value, dict):
            value = _without_booleans(value)
        shape = self._converted(with_numbers(value), SHAPES[kind], path)
        if shape is None:
            return None
        try:
            check_step(shape)
        except (RuleError, ValueError) as error:
            inner = error.path if isinstance(error, RuleError) else ""
            problem = error.problem if isinstance(error, RuleError) else str(error)
            self._note(f"{path}.{inner}" if inner else path, problem)
        return shape

    def _advance(self, value: object, path: str) -> Action:
        if isinstance(value, dict):
            said = self._converted(value, AdvanceStep, path)
            if isinstance(said, AdvanceStep):
                try:
                    next_time(said.until, NetworkTime(0.0))
                except ValueError as error:
                    self._note(f"{path}.until", str(error))
            return said
        try:
            return seconds_of(value)
        except ValueError as error:
            self._note(path, f"{error}, or {{until: 08:00 America/New_York}}")
            return None

    def _expectation(self, value: object, path: str) -> Action:
        if not isinstance(value, dict):
            self._note(path, f"must be a mapping with one of {', '.join(SUBJECTS)}")
            return None
        for subject, shape in SUBJECTS.items():
            if subject in value:
                return self._converted(with_numbers(_without_booleans(value)), shape, path)
        self._note(path, f"must have one of {', '.join(SUBJECTS)}")
        return None

    # Everywhere.

    def _converted(self, value: object, shape: type[Struct], path: str) -> Struct | None:
        try:
            return msgspec.convert(value, shape)
        except msgspec.ValidationError as error:
            inner, problem = field_problem(error, shape)
            if inner:
                path = f"{path}{inner}" if inner.startswith("[") else f"{path}.{inner}".lstrip(".")
            self._note(path, problem)
            return None

    def _note(self, path: str, problem: str) -> None:
        self._findings.append(Finding(path, problem))

    def _refuse(self) -> None:
        if self._findings:
            raise scenario_error(self._source, self._findings, self._lines)


def _value_given(value: object, default: object) -> object:
    """What was given for a parameter: a text where its default is one, else as YAML reads it."""
    if isinstance(default, str):
        return value if isinstance(value, str) else str(value)
    return parse_scalar(value) if isinstance(value, str) else value


def _box_of(configuration: Configuration) -> BoxSection:
    return next(iter(configuration.all_boxes().values()))


def _without_booleans(value: dict[str, Any]) -> dict[str, Any]:
    """`power: true` is `on`, as in the configuration; so is `outage: true`."""
    said = {
        key: "on" if value[key] else "off" for key in ON_OR_OFF if isinstance(value.get(key), bool)
    }
    return {**value, **said} if said else value


def _on_one_line(kind: str, value: object) -> str:
    text = kind if value in (None, {}) else f"{kind}: {_plain(value)}"
    return text if len(text) <= TOLD_CHARACTERS_MAX else text[: TOLD_CHARACTERS_MAX - 1] + "…"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_plain(each) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and (not value or _IN_QUOTES.search(value)):
        return '"' + value.replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value)
