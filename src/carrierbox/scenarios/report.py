"""What came of scenarios: as text for people, as JSON, and as JUnit XML for build servers."""

import re
import textwrap
from collections.abc import Sequence
from typing import Any, Final
from xml.etree import ElementTree

from carrierbox.scenarios.ladder import ladder_lines, pdu_words
from carrierbox.scenarios.times import span, written
from carrierbox.scenarios.traffic import Entry
from carrierbox.smpp.pdus import EnquireLink, EnquireLinkResp
from carrierbox.smpp.values import command_name, status_name
from carrierbox.terminal import counted, printable
from carrierbox.trace import KIND_NAMES

COLUMNS: Final = 96
PDUS_SHOWN_MAX: Final = 6
"""Of those that a failing step is about, the octets of the last are shown."""
OCTETS_SHOWN_MAX: Final = 320
PASSED: Final = "passed"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"
_MARKS: Final = {PASSED: "ok", FAILED: "FAILED", SKIPPED: "-"}
# Characters that no XML 1.0 may hold.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class StepReport:
    """What came of one step; `at` is the network's time at its end, `took_s` the real time."""

    def __init__(self, number: int, line: int, told: str) -> None:
        self.number = number
        self.line = line
        self.told = told
        self.result = SKIPPED
        self.problem = ""
        self.at = 0.0
        self.took_s = 0.0
        self.about: list[Entry] = []
        """The PDUs of what the step is about, if it failed."""


class Report:
    """What came of one run."""

    def __init__(self, name: str, why: str, source: str, role: str, seed: int) -> None:
        self.name = name
        self.why = why
        self.source = source
        self.role = role
        self.seed = seed
        self.without = ""
        """What was taken out of the scenario before the run."""
        self.steps: list[StepReport] = []
        self.entries: list[Entry] = []
        """The record of the run."""
        self.network_s = 0.0
        """How much network time went by."""
        self.took_s = 0.0

    @property
    def passed(self) -> bool:
        """Whether every step held."""
        return all(step.result == PASSED for step in self.steps)

    @property
    def failure(self) -> StepReport | None:
        """The step that did not hold."""
        return next((step for step in self.steps if step.result == FAILED), None)

    @property
    def problem(self) -> str:
        """Which step failed, and why; "" if none did."""
        failed = self.failure
        if failed is None:
            return ""
        where = f"step {failed.number} (line {failed.line})"
        return f"{where}: {failed.told}: {failed.problem}"

    @property
    def title(self) -> str:
        """Its name, and what it was run without."""
        return f"{self.name} without {self.without}" if self.without else self.name

    def diagram(self) -> list[str]:
        """The ladder diagram of the run up to where it ended."""
        return ladder_lines(self.entries)

    def lines(self, timings: bool = False) -> list[str]:
        """The report as text; `timings` adds the real time that steps took."""
        result = "passed" if self.passed else "FAILED"
        took = f", {self.took_s * 1000:.0f} ms" if timings else ""
        lines = [f"{self.title}: {result} in {span(self.network_s)} of network time{took}"]
        lines += (
            [f"  {line}" for line in textwrap.wrap(printable(self.why), COLUMNS)]
            if self.why
            else []
        )
        for step in self.steps:
            real = f"  ({step.took_s * 1000:.1f} ms)" if timings else ""
            mark = _MARKS[step.result]
            lines.append(f"  {step.number:>3}  {mark:<6}  {printable(step.told)}{real}")
            if step.problem:
                lines += [
                    f"{'':15}{line}" for line in textwrap.wrap(printable(step.problem), COLUMNS)
                ]
        if not self.passed:
            lines += ["", *(f"  {line}" for line in self.diagram())]
            lines += self._octet_lines()
        return lines

    def _octet_lines(self) -> list[str]:
        """The octets of what failed, else of what crossed the links last."""
        about = [] if self.failure is None else self.failure.about
        shown = about or [
            each
            for each in self.entries
            if each.octets and not isinstance(each.pdu, EnquireLink | EnquireLinkResp)
        ]
        lines = []
        for entry in shown[-PDUS_SHOWN_MAX:]:
            words = entry.words if entry.pdu is None else pdu_words(entry.pdu)
            lines += ["", f"  {written(entry.at)} {printable(words)}"]
            octets = entry.octets[:OCTETS_SHOWN_MAX].hex(" ", -4)
            lines += [f"    {line}" for line in textwrap.wrap(octets, COLUMNS)]
            more = len(entry.octets) - OCTETS_SHOWN_MAX
            lines += [f"    … {counted(more, 'octet')} more"] if more > 0 else []
        return lines

    def json_object(self, timings: bool = False) -> dict[str, Any]:
        """The report as JSON has it, with the record of the run."""
        told: dict[str, Any] = {
            "scenario": self.name,
            "why": self.why,
            "source": self.source,
            "role": self.role,
            "seed": self.seed,
            **({"without": self.without} if self.without else {}),
            "passed": self.passed,
            "network_s": round(self.network_s, 6),
            "steps": [_step_object(step, timings) for step in self.steps],
            "record": [_entry_object(entry) for entry in self.entries],
        }
        if timings:
            told["took_s"] = round(self.took_s, 6)
        return told


class LeftOut:
    """A scenario that was not run: `reason` says why, `remedy` how it is run."""

    def __init__(self, name: str, source: str, role: str, reason: str, remedy: str) -> None:
        self.name = name
        self.source = source
        self.role = role
        self.reason = reason
        self.remedy = remedy

    def told(self) -> str:
        """Both in one sentence."""
        return f"{self.reason}: {self.remedy}"

    def json_object(self) -> dict[str, Any]:
        """As it stands in the list of reports."""
        return {
            "scenario": self.name,
            "source": self.source,
            "role": self.role,
            "passed": None,
            "skipped": self.reason,
            "remedy": self.remedy,
        }


def junit_xml(
    reports: list[Report], timings: bool = False, left_out: Sequence[LeftOut] = ()
) -> str:
    """All reports as one test suite; the diagram is the text of a failure."""
    failures = sum(not report.passed for report in reports)
    suite = ElementTree.Element(
        "testsuite",
        name="carrierbox",
        tests=str(len(reports) + len(left_out)),
        failures=str(failures),
        skipped=str(len(left_out)),
    )
    for report in reports:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname="carrierbox.scenario",
            name=report.title,
            file=report.source,
        )
        if timings:
            case.set("time", f"{report.took_s:.3f}")
        if not report.passed:
            failure = ElementTree.SubElement(case, "failure", message=_xml(report.problem))
            failure.text = _xml("\n".join(report.lines()))
    for each in left_out:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname="carrierbox.scenario",
            name=each.name,
            file=each.source,
        )
        ElementTree.SubElement(case, "skipped", message=_xml(each.told()))
    ElementTree.indent(suite)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, "unicode") + "\n"
    )


def summary_lines(reports: list[Report], left_out: Sequence[LeftOut] = ()) -> list[str]:
    """How many passed, and which did not or were not run."""
    failed = [report.title for report in reports if not report.passed]
    told = f"{counted(len(reports) - len(failed), 'scenario')} passed"
    told += f", {len(failed)} failed: {', '.join(failed)}" if failed else ""
    told += f", {len(left_out)} left out" if left_out else ""
    return [told, *(f"left out: {each.name}: {each.told()}" for each in left_out)]


def _step_object(step: StepReport, timings: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": step.number,
        "line": step.line,
        "step": step.told,
        "result": step.result,
        "problem": step.problem,
        "at": _time(step.at) if step.result != SKIPPED else None,
    }
    if timings:
        told["took_s"] = round(step.took_s, 6)
    return told


def _entry_object(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {"number": entry.number, "at": _time(entry.at)}
    if entry.event is not None:
        told["event"] = KIND_NAMES.get(entry.event.kind, str(entry.event.kind))
        told["msisdn"] = entry.event.msisdn
        told["detail"] = entry.event.describe()
        return told
    if not entry.octets:
        return {**told, "note": entry.words}
    told["from"] = "application" if entry.from_application else "carrier"
    told["system_id"] = entry.system_id
    if entry.pdu is not None:
        told["pdu"] = command_name(entry.pdu.command_id)
        told["command_status"] = status_name(entry.pdu.command_status)
        told["sequence_number"] = entry.pdu.sequence_number
    told["octets"] = entry.octets.hex()
    return told


def _time(at: float) -> str:
    return written(at).replace(" ", "T") + "Z"


def _xml(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
