"""What `carrierbox lint` does: judge what clients did, in captures or at a running carrier."""

import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.lint.captures import CaptureSummary, read_capture
from carrierbox.lint.linter import Linter
from carrierbox.lint.pcap import CaptureError
from carrierbox.lint.sessions import Limits
from carrierbox.lint_views import lint_report
from carrierbox.terminal import counted, printable

READ_BUFFER_OCTETS: Final = 1024 * 1024
STANDARD_INPUT: Final = "-"
HEX_COLUMNS: Final = 64
HEX_LINES: Final = 8
DETAILS_SHOWN: Final = 5


def lint_files(files: list[str], window: int) -> dict[str, Any]:
    """The report on captures, as JSON has it; `-` is standard input.

    Sessions are those of one file each; accounts are summed over all. Raises ConfigurationError for
    a file that cannot be read or is no capture.
    """
    linter = Linter(Limits(window=window))
    captures = []
    for name in files:
        try:
            captures.append(_lint_file(name, linter))
        except OSError as error:
            raise ConfigurationError(printable(name), error.strerror or str(error)) from error
        except CaptureError as error:
            raise ConfigurationError(printable(name), str(error)) from error
    report = lint_report(linter.reports(), captures)
    built: dict[str, Any] = msgspec.to_builtins(report)
    return built


def lint_carrier(api: CarrierApi) -> dict[str, Any]:
    """The report of a running carrier. Raises what `CarrierApi` does."""
    return api.get("lint")


def only_account(report: dict[str, Any], system_id: str) -> dict[str, Any]:
    """What a report says of one account. Raises ConfigurationError if that is nothing."""
    accounts = [each for each in report["accounts"] if each["system_id"] == system_id]
    if not accounts:
        known = ", ".join(
            printable(each["system_id"] or "(no bind seen)") for each in report["accounts"]
        )
        raise ConfigurationError(
            "--account", f"{printable(system_id)!r} is not in there: {known or 'there is none'}"
        )
    return {**report, "accounts": accounts}


def has_faults(report: dict[str, Any]) -> bool:
    """Whether a client did something wrong; notes are none."""
    return any(each["errors"] or each["warnings"] for each in report["accounts"])


def report_lines(report: dict[str, Any]) -> list[str]:
    """A report for people, the worst first."""
    lines: list[str] = []
    for capture in report["captures"]:
        lines.append(_capture_line(capture))
        lines.extend(f"  {printable(problem)}" for problem in capture["problems"])
    if not report["accounts"]:
        lines.append("no SMPP session was seen")
    for account in report["accounts"]:
        lines.extend(["", _account_line(account)] if lines else [_account_line(account)])
        lines.extend(f"  {line}" for line in _partial_lines(account))
        for finding in account["findings"]:
            lines.extend(["", *_finding_lines(finding)])
    return lines


def _lint_file(name: str, linter: Linter) -> CaptureSummary:
    stream: BinaryIO
    if name == STANDARD_INPUT:
        summary = read_capture(sys.stdin.buffer, "standard input", linter)
    else:
        with Path(name).open("rb", buffering=READ_BUFFER_OCTETS) as stream:
            summary = read_capture(stream, name, linter)
    linter.finish()
    return summary


def _capture_line(capture: dict[str, Any]) -> str:
    said = [
        counted(capture["packets"], "packet"),
        counted(capture["sessions"], "SMPP session"),
    ]
    return f"{printable(capture['file'])} ({capture['format']}): {', '.join(said)}"


def _account_line(account: dict[str, Any]) -> str:
    name = account["system_id"]
    who = f"Account {printable(name)}" if name is not None else "No bind seen"
    verdict = [
        counted(account[f"{severity}s"], severity)
        for severity in ("error", "warning", "note")
        if account[f"{severity}s"]
    ]
    sessions = counted(account["sessions"], "session")
    pdus = f"{counted(account['pdus_from_client'], 'PDU')} from the client"
    return f"{who}: {sessions}, {pdus}: {', '.join(verdict) or 'nothing found'}"


def _partial_lines(account: dict[str, Any]) -> list[str]:
    """What the captures do not show of an account."""
    sessions = account["session_list"]
    begun = sum(not each["whole"] for each in sessions)
    gaps = sum(each["missing_octets"] > 0 for each in sessions)
    lines = []
    if begun:
        lines.append(f"{counted(begun, 'session')} began before the capture")
    if gaps:
        lines.append(f"{counted(gaps, 'session')} with octets that were not captured")
    return lines


def _finding_lines(finding: dict[str, Any]) -> list[str]:
    times = counted(finding["count"], "time")
    where = f" in {counted(finding['sessions'], 'session')}" if finding["sessions"] > 1 else ""
    head = f"{finding['severity'].upper()}  {finding['title']}: {times}{where}"
    lines = [head, f"  {finding['rule']}, {finding['clause']}, {finding['trap']}"]
    details = list(finding["details"].items())
    for detail, count in details[:DETAILS_SHOWN]:
        lines.append(f"  {printable(detail)}: {count}")
    if len(details) > DETAILS_SHOWN:
        lines.append(f"  and {len(details) - DETAILS_SHOWN} other ways")
    lines.append(f"  Remedy: {finding['remedy']}")
    lines.append(f"  First: {_where(finding['first'])}")
    octets = finding["first"]["octets"]
    shown = [octets[at : at + HEX_COLUMNS] for at in range(0, len(octets), HEX_COLUMNS)]
    lines.extend(f"    {line}" for line in shown[:HEX_LINES])
    left = finding["first"]["command_length"] - HEX_LINES * HEX_COLUMNS // 2
    if left > 0:
        lines.append(f"    and {counted(left, 'octet')} more")
    return lines


def _where(example: dict[str, Any]) -> str:
    said = [example["at"], printable(example["session"])]
    if example["command"]:
        said.append(f"{example['command']} from the {example['sender']}")
        said.append(f"sequence_number {example['sequence_number']}")
    elif example["octets"]:
        said.append(f"octets from the {example['sender']}")
    return ", ".join(said)
