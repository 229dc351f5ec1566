"""Findings of the linter as the public JSON tells them."""

from collections.abc import Iterable
from typing import Final, Literal

from carrierbox import shapes
from carrierbox.lint import rule_tables as rules
from carrierbox.lint.captures import CaptureSummary
from carrierbox.lint.findings import AccountReport, Example, Finding, SessionSummary
from carrierbox.smpp.states import ESME
from carrierbox.smpp.values import HEADER_OCTETS, command_name
from carrierbox.smpp.wire import command_id_of, sequence_number_of
from carrierbox.views import rfc3339

_SEVERITIES: Final[dict[str, shapes.Severity]] = {
    rules.ERROR: "error",
    rules.WARNING: "warning",
    rules.NOTE: "note",
}


def lint_report(
    reports: Iterable[AccountReport], captures: Iterable[CaptureSummary] = ()
) -> shapes.LintReport:
    """Everything, the accounts with the most errors first."""
    accounts = [_account(report) for report in reports]
    accounts.sort(key=lambda each: (-each.errors, -each.warnings, each.system_id or ""))
    return shapes.LintReport(accounts=accounts, captures=[_capture(each) for each in captures])


def _account(report: AccountReport) -> shapes.LintAccount:
    findings = [_finding(each) for each in report.findings.worst_first()]
    return shapes.LintAccount(
        system_id=report.system_id or None,
        pdus_from_client=report.pdus_from_client,
        pdus_from_carrier=report.pdus_from_carrier,
        sessions=report.sessions,
        errors=_count_of(findings, "error"),
        warnings=_count_of(findings, "warning"),
        notes=_count_of(findings, "note"),
        findings=findings,
        session_list=[_session(each) for each in report.session_summaries],
    )


def _count_of(findings: list[shapes.LintFinding], severity: shapes.Severity) -> int:
    """How many rules of a severity were broken, however often."""
    return sum(each.severity == severity for each in findings)


def _finding(finding: Finding) -> shapes.LintFinding:
    rule = finding.rule
    return shapes.LintFinding(
        rule=rule.rule_id,
        severity=_SEVERITIES[rule.severity],
        title=rule.title,
        clause=rule.clause,
        trap=rule.trap,
        remedy=rule.remedy,
        count=finding.count,
        sessions=finding.sessions,
        details=dict(sorted(finding.details.items(), key=lambda each: (-each[1], each[0]))),
        first=_example(finding.first),
    )


def _example(example: Example) -> shapes.LintExample:
    is_pdu = len(example.octets) >= HEADER_OCTETS
    is_pdu = is_pdu and int.from_bytes(example.octets[:4], "big") == example.length_octets
    sender: Literal["client", "carrier"] = "client" if example.sender == ESME else "carrier"
    return shapes.LintExample(
        at=rfc3339(example.time),
        session=example.session,
        sender=sender,
        command=command_name(command_id_of(example.octets)) if is_pdu else "",
        sequence_number=sequence_number_of(example.octets) if is_pdu else None,
        command_length=example.length_octets,
        octets=example.octets.hex(),
    )


def _session(summary: SessionSummary) -> shapes.LintSession:
    return shapes.LintSession(
        session=summary.name,
        bind=summary.bind,
        began_at=rfc3339(summary.began_at),
        ended_at=rfc3339(summary.ended_at) if summary.ended_at else None,
        whole=summary.is_whole,
        pdus_from_client=summary.pdus_from_client,
        pdus_from_carrier=summary.pdus_from_carrier,
        missing_octets=summary.missing_octets,
        findings=summary.counts,
    )


def _capture(summary: CaptureSummary) -> shapes.LintCapture:
    return shapes.LintCapture(
        file=summary.name,
        format=summary.format,
        packets=summary.packets,
        octets=summary.octets,
        sessions=summary.sessions,
        problems=summary.problems,
    )
