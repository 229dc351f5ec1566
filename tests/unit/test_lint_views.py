"""Findings in the public shape."""

import msgspec

from carrierbox.lint.findings import AccountReport, Example, Findings, SessionSummary
from carrierbox.lint.rule_tables import BURST, TON, WINDOW, Rule
from carrierbox.lint_views import lint_report
from carrierbox.smpp.pdus import EnquireLink
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.wire import encode_pdu


def account(system_id: str, *rules: Rule, octets: bytes = b"", sender: int = ESME) -> AccountReport:
    findings = Findings()
    for rule in rules:
        findings.note(rule, "in a way", Example(1.5, sender, "a > b", octets))
    report = AccountReport(system_id)
    report.add(SessionSummary("a > b", "a", "b", True), findings)
    return report


def test_accounts_with_the_most_errors_come_first() -> None:
    """Sessions without a bind have no system_id."""
    told = lint_report([account("good"), account("", WINDOW), account("bad", TON, BURST)])
    assert [(each.system_id, each.errors, each.warnings, each.notes) for each in told.accounts] == [
        ("bad", 1, 0, 1),
        (None, 0, 1, 0),
        ("good", 0, 0, 0),
    ]


def test_an_example_is_a_pdu_or_octets() -> None:
    """Of what is no PDU there is no command."""
    frame = encode_pdu(EnquireLink(sequence_number=9))
    told = lint_report(
        [
            account("a", TON, octets=frame, sender=SMSC),
            account("b", TON, octets=b"GET / HTTP/1.1..."),
        ]
    )
    pdu, octets = (each.findings[0].first for each in told.accounts)
    assert (pdu.command, pdu.sequence_number, pdu.sender) == ("enquire_link", 9, "carrier")
    assert (pdu.octets, pdu.at) == (frame.hex(), "1970-01-01T00:00:01.500Z")
    assert (octets.command, octets.sequence_number, octets.sender) == ("", None, "client")


def test_the_report_is_json() -> None:
    """With the names that are the contract."""
    told = msgspec.to_builtins(lint_report([account("a", TON)]))
    assert set(told) == {"accounts", "captures"}
    finding = told["accounts"][0]["findings"][0]
    assert finding["rule"] == "ton"
    assert finding["details"] == {"in a way": 1}
    assert told["accounts"][0]["session_list"][0]["findings"] == {"ton": 1}
    assert told["accounts"][0]["session_list"][0]["ended_at"] is None
