"""Whether expectations hold, and what is told of those that do not."""

import re

import pytest

from carrierbox.scenarios.runner import run_text

BEGIN = """\
scenario: one
setup:
  phones: [{msisdn: "+33612345679", power: off}]
  rules: [{name: no bets, when: {text: {contains: bet}}, then: {command_status: ESME_RSUBMITFAIL}}]
steps:
  - submit: {as: m, from: ACME, to: "+33612345678", text: "Hi there", registered_delivery: 1}
  - submit:
      {as: b, from: ACME, to: ["+33612345678", "+33612345679"], text: Sale, registered_delivery: 1}
  - submit: {as: bet, from: ACME, to: "+33612345678", text: "bet on it"}
  - phone: {msisdn: "+33612345678", send: {to: "123", text: STOP}}
"""


def test_a_receipt_that_nobody_asked_for_is_told_so() -> None:
    """With what asks for one."""
    report = run_text(
        f"{BEGIN}  - submit: {{as: n, to: '+33612345678', text: Hi}}\n  - expect: {{receipt: n}}\n"
    )
    assert report.problem.endswith("it asked for none, which registered_delivery: 1 does")


def outcome(expectation: str) -> str:
    """What is told of an expectation; "" if it holds."""
    report = run_text(f"{BEGIN}  - expect: {expectation}\n")
    assert all(step.result == "passed" for step in report.steps[:-1]), report.problem
    return report.steps[-1].problem


@pytest.mark.parametrize(
    "expectation",
    [
        "{submit: m, command_status: ESME_ROK, message_id: {glob: '0000000???'}}",
        "{submit: m, command_status: 0, count: 1}",
        "{submit: bet, command_status: ESME_RSUBMITFAIL}",
        "{query: m, message_state: DELIVERED, error_code: 0}",
        "{query: b.2, message_state: ENROUTE}",
        "{receipt: m, stat: DELIVRD, err: '000', message_state: DELIVERED, count: 1}",
        "{receipt: m, fields: {text: 'Hi there', dlvrd: '001', data_coding: 0}}",
        "{receipt: b.1, stat: DELIVRD}",
        "{receipt: b.2, none: true, within: 10m}",
        "{phone: '+33612345678', texts: ['Hi there', Sale]}",
        "{phone: '+33612345678', shows: {prefix: Hi}, from: ACME, parts: 1, count: 1}",
        "{phone: '+33612345679', none: true}",
        "{phone: '+33612345679', power: off}",
        "{batch: b, submitted: 2, accepted: 2, refused: 0, delivered: 1, waiting: 1}",
        "{batch: b, undelivered: 0, unanswered: 0, states: {DELIVERED: 1, ENROUTE: 1}}",
        "{batch: b, receipts: {DELIVRD: 1}}",
        "{batch: bet, refused: {ESME_RSUBMITFAIL: 1}, receipts: 0}",
        "{received: {from: '33612345678', text: STOP}, count: 1}",
        "{rule: no bets, of: bet}",
        "{rule: no bets, matched: 1}",
        "{rule: no bets, of: m, none: true}",
        "{trace: concluded, of: m, detail: DELIVERED, count: 1}",
        "{trace: arrived, phone: '+33612345679', none: true}",
        "{order: [{submit: m}, {answer: m}, {shown: m}, {receipt: m}, {received: STOP}]}",
        "{order: [{trace: concluded}, {submit: bet}]}",
        "{application: m, answers: receipt, command_status: ESME_ROK}",
        "{application: demo, answers: received, text: STOP}",
        "{application: demo, bound: true, submits: {to: '+33612345678'}, count: 3}",
    ],
)
def test_it_holds(expectation: str) -> None:
    """Each kind of expectation, in each of its ways."""
    assert outcome(expectation) == ""


@pytest.mark.parametrize(
    ("expectation", "told"),
    [
        ("{submit: m, command_status: ESME_RTHROTTLED}", "command_status ESME_ROK"),
        ("{submit: m, message_id: x}", "message_id '0000000001', not 'x'"),
        ("{submit: m, none: true}", "it was answered: ESME_ROK"),
        ("{submit: b, command_status: 8}", "number 1: command_status ESME_ROK"),
        ("{submit: m, message_state: X}", "it is no query_sm_resp"),
        ("{query: m, message_state: EXPIRED}", "message_state DELIVERED"),
        ("{query: m, error_code: 9}", "error_code 0"),
        ("{receipt: m, stat: UNDELIV}", "stat DELIVRD, not 'UNDELIV'"),
        ("{receipt: m, none: true}", "1 receipt like this, not 0"),
        ("{receipt: b.2, stat: DELIVRD, within: 1m}", "no receipt of it has come"),
        ("{receipt: bet}", "it was not accepted: ESME_RSUBMITFAIL"),
        ("{receipt: m, fields: {x: y}}", "the receipt has no x"),
        ("{phone: '+33612345678', shows: Ho}", "'Hi there (from ACME)', 'Sale (from ACME)'"),
        ("{phone: '+33612345678', count: 1}", "2 texts"),
        ("{phone: '+33612345678', texts: [Sale]}", "it shows 'Hi there', 'Sale'"),
        ("{phone: '+33612345678', power: off}", "it is switched on"),
        ("{batch: b, accepted: 1}", "accepted 2"),
        ("{batch: b, delivered: 2}", "delivered 1: DELIVERED 1, ENROUTE 1"),
        ("{batch: bet, refused: {ESME_RTHROTTLED: 1}}", "refused: ESME_RSUBMITFAIL 1"),
        ("{batch: b, receipts: 2}", "receipts 1: DELIVRD 1"),
        ("{received: {text: Yes}}", "received 'STOP (from 33612345678 to 123)'"),
        ("{rule: open, of: bet}", "decided by no bets"),
        ("{rule: no bets, matched: 2}", "it decided 1 time"),
        ("{rule: nothing, matched: 2}", "there is no rule"),
        ("{trace: bound, detail: x}", "bound: "),
        ("{trace: concluded, of: m, none: true}", "1 event like this"),
        ("{order: [{receipt: m}, {submit: m}]}", "submit m came before receipt m"),
        ("{order: [{submit: m}, {receipt: b.2}]}", "receipt b.2 has not happened"),
        ("{application: m, answers: receipt, command_status: 8}", "answered ESME_ROK"),
        ("{application: demo, bound: false}", "it is bound"),
        ("{application: demo, submits: {text: x}}", "no submission like this"),
        ("{application: b.2, answers: receipt}", "nothing like this was delivered"),
    ],
)
def test_it_does_not_hold(expectation: str, told: str) -> None:
    """What was found instead is told."""
    assert told in outcome(expectation)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{'+999': ESME_RINVDSTADR, nobody: 0x34}", ""),
        ("{'999': 11, nobody: ESME_RINVDLNAME}", ""),
        ("{'+999': ESME_RINVDSTADR}", "unsuccess_sme 999 ESME_RINVDSTADR, nobody ESME_RINVDLNAME"),
        ("{'+999': ESME_RINVDSTADR, nobody: ESME_RSYSERR}", "nobody ESME_RINVDLNAME"),
        ("{}", "999 ESME_RINVDSTADR"),
    ],
)
def test_whom_a_submit_multi_did_not_take(said: str, told: str) -> None:
    """SMPP 3.4 §4.5.2.1: all of them, each with its status."""
    report = run_text(
        "scenario: multi\nsteps:\n"
        "  - submit: {as: m, operation: submit_multi, from: ACME, text: Hi, "
        "to: ['+33612345678', '+999', {list: nobody}]}\n"
        f"  - expect: {{submit: m, command_status: ESME_ROK, unsuccess_sme: {said}}}\n"
    )
    assert report.passed == (told == "")
    # In which order the centre finds them does not matter here.
    assert sorted(re.findall(r"\w+ ESME_\w+", told)) == [
        each for each in sorted(re.findall(r"\w+ ESME_\w+", report.problem)) if each in told
    ]


def test_another_answer_refuses_nobody() -> None:
    """A submit_sm_resp has no such list."""
    report = run_text(
        "scenario: one\nsteps:\n  - submit: {as: m, to: '+33612345678', text: Hi}\n"
        "  - expect: {submit: m, unsuccess_sme: {}}\n"
    )
    assert "it is no submit_multi_resp" in report.problem
