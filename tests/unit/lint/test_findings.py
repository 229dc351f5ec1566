"""Counting."""

from carrierbox.lint.findings import (
    DETAILS_MAX,
    EXAMPLE_OCTETS_MAX,
    AccountReport,
    Example,
    Findings,
    SessionSummary,
)
from carrierbox.lint.rule_tables import BURST, ESM_CLASS, TON, WINDOW
from carrierbox.smpp.states import ESME


def example(time: float = 1.0, octets: bytes = b"") -> Example:
    return Example(time, ESME, "a > b", octets)


def test_ways_of_breaking_a_rule_are_counted_within_bounds() -> None:
    """All are in the count, the first in the details."""
    findings = Findings()
    for number in range(DETAILS_MAX + 5):
        findings.note(TON, f"ton {number}", example())
    findings.again(TON, "ton 0")
    (finding,) = findings.worst_first()
    assert finding.count == DETAILS_MAX + 6
    assert len(finding.details) == DETAILS_MAX
    assert finding.details["ton 0"] == 2


def test_the_worst_come_first() -> None:
    """Errors, warnings, notes; the frequent before the rare."""
    findings = Findings()
    for rule, count in ((BURST, 9), (WINDOW, 3), (TON, 1), (ESM_CLASS, 2)):
        for _ in range(count):
            findings.note(rule, "", example())
    assert [each.rule for each in findings.worst_first()] == [ESM_CLASS, TON, WINDOW, BURST]


def test_examples_are_cut_and_say_how_long_they_were() -> None:
    """A message_payload of 64 KiB is not kept for every rule."""
    found = example(octets=b"a" * 5000)
    assert (len(found.octets), found.length_octets) == (EXAMPLE_OCTETS_MAX, 5000)


def test_sessions_are_merged_with_the_first_example_of_all() -> None:
    """Whatever the order in which they end."""
    report, other = AccountReport("demo"), AccountReport("demo")
    for into, time in ((report, 5.0), (report, 3.0), (other, 1.0)):
        findings = Findings()
        findings.note(TON, "ton 7", example(time))
        into.add(SessionSummary("a > b", "a", "b", True), findings)
    report.merge(other)
    (finding,) = report.findings.worst_first()
    assert (finding.count, finding.sessions, finding.first.time) == (3, 3, 1.0)
    assert (report.sessions, len(report.session_summaries)) == (3, 3)
