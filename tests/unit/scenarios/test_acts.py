"""Doing the steps of a scenario."""

import pytest

from carrierbox.scenarios.report import Report
from carrierbox.scenarios.runner import run_text

PHONE = "+33612345678"


def run(*steps: str, setup: str = "{}") -> Report:
    """What comes of these steps."""
    lines = "".join(f"  - {step}\n" for step in steps)
    return run_text(f"scenario: one\nsetup: {setup}\nsteps:\n{lines}")


def holds(*steps: str, setup: str = "{}") -> None:
    """These steps hold."""
    report = run(*steps, setup=setup)
    assert report.passed, report.problem


def fails(told: str, *steps: str, setup: str = "{}") -> None:
    """The last of these steps does not hold, and says so."""
    report = run(*steps, setup=setup)
    assert [step.result for step in report.steps] == ["passed"] * (len(steps) - 1) + ["failed"]
    assert told in report.problem


def test_a_batch_leaves_at_its_rate() -> None:
    """Nine at four a second take two seconds; the account's own rate refuses what is more."""
    batch = 'submit: {as: b, to: "+3361234567{n}", text: "{n}", count: 9, per_s: 4}'
    holds(
        batch,
        "expect: {batch: b, submitted: 9, accepted: 6, refused: {ESME_RTHROTTLED: 3}}",
        setup="{accounts: [{system_id: a, password: b, rate_per_s: 2}]}",
    )
    assert run(batch).network_s == pytest.approx(2.0)


def test_a_message_is_queried_replaced_and_cancelled() -> None:
    """SMPP 3.4 §4.8, §4.9, §4.10: while it waits, and no more once it is cancelled."""
    holds(
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: old, schedule: 1h}}",
        "replace: {as: r, message: m, text: new}",
        "expect: {answer: r, command_status: ESME_ROK}",
        "query: {as: q, message: m}",
        "expect: {answer: q, message_state: [SCHEDULED, ENROUTE]}",
        "cancel: {as: c, message: m}",
        "expect: {answer: c, command_status: ESME_ROK}",
        "cancel: {as: d, message: m}",
        "expect: {answer: d, command_status: ESME_RCANCELFAIL}",
        f"expect: {{phone: '{PHONE}', none: true, within: 2h}}",
    )


def test_links_are_bound_unbound_and_cut() -> None:
    """What is owed waits for the next bind."""
    holds(
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: Hi, registered_delivery: 1, "
        "schedule: 1m}",
        "disconnect: demo",
        "expect: {application: demo, bound: false}",
        "advance: 1h",
        "expect: {receipt: m, none: true}",
        "reconnect: demo",
        "expect: {receipt: m, stat: DELIVRD, within: 1m}",
        "unbind: demo",
        "bind: {as: b, account: demo, type: receiver}",
        "expect: {answer: b, command_status: ESME_ROK}",
        "expect: {application: demo, bound: true}",
    )
    fails("demo is not bound", "unbind: demo", f"submit: {{to: '{PHONE}'}}")


def test_answers_of_the_application_are_chosen() -> None:
    """A receipt that is refused for now comes again."""
    holds(
        "respond: {command_status: ESME_RX_T_APPN, times: 2}",
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: Hi, registered_delivery: 1}}",
        "expect: {receipt: m, count: 3, within: 10m}",
    )


def test_rules_come_and_go() -> None:
    """They go before all others."""
    submit = f"submit: {{as: NAME, from: ACME, to: '{PHONE}', text: Hi}}"
    holds(
        "rule: {name: full, then: {command_status: ESME_RMSGQFUL}}",
        submit.replace("NAME", "m"),
        "expect: {submit: m, command_status: ESME_RMSGQFUL}",
        "expect: {rule: full, of: m}",
        "expect: {rule: full, matched: 1}",
        "rule: {remove: full}",
        submit.replace("NAME", "n"),
        "expect: {submit: n, command_status: ESME_ROK}",
        "expect: {rule: full, of: n, none: true}",
    )
    holds(
        "rule: {name: odd, why: It is odd., when: {text: Hi}, then: {command_status: 8}}",
        submit.replace("NAME", "o"),
        "expect: {rule: odd, of: o, reason: It is odd.}",
    )
    fails("no rule 'x' was added", "rule: {remove: x}")


def test_faults_come_and_go() -> None:
    """Those of the links work, for the links are real: here an answer that is lost, one doubled."""
    submit = f"submit: {{as: NAME, from: ACME, to: '{PHONE}', text: Hi}}"
    holds(
        "fault: {name: lost, when: {operation: submit_sm}, then: {no_response: true}}",
        submit.replace("NAME", "m"),
        "expect: {submit: m, none: true, within: 10s}",
        f"expect: {{phone: '{PHONE}', count: 1}}",
        "fault: {remove: lost}",
        "fault: {name: twice, when: {operation: submit_sm}, then: {response_copies: 2}}",
        submit.replace("NAME", "n"),
        "expect: {submit: n, count: 2}",
    )
    holds(
        "fault: {name: late, when: {operation: submit_sm}, then: {response_delay: 5s}}",
        submit.replace("NAME", "o"),
        "expect: {submit: o, none: true, within: 4s}",
        "expect: {submit: o, command_status: 0, within: 2s}",
    )
    holds(
        "fault: {name: early, when: {operation: submit_sm}, then: {receipt_first: true}}",
        f"submit: {{as: r, from: ACME, to: '{PHONE}', text: Hi, registered_delivery: 1}}",
        "expect: {order: [{submit: r}, {receipt: r}, {answer: r}], within: 1m}",
    )


def test_towers_fail() -> None:
    """Who is in the cell is not reached."""
    holds(
        "tower: {id: t, outage: on}",
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: Hi}}",
        f"expect: {{phone: '{PHONE}', none: true, within: 10s}}",
        "tower: {id: t, outage: off}",
        f"expect: {{phone: '{PHONE}', shows: Hi, within: 2h}}",
        setup="{towers: [{id: t, position: '48.8,2.3'}], "
        f"phones: [{{msisdn: '{PHONE}', position: '48.8,2.3'}}]}}",
    )


def test_the_clock_goes_on_until_a_time() -> None:
    """Of somebody's day."""
    report = run("advance: {until: 08:00 America/New_York}", setup="{clock: 2026-11-23T21:30:00Z}")
    assert report.network_s == 15.5 * 3600


def test_a_time_that_is_over_is_no_aim() -> None:
    """The network's clock does not go back."""
    fails("that is over: it is 2027-01-15", "advance: {until: 2020-01-01T00:00:00Z}")


def test_a_restart_keeps_what_was_accepted() -> None:
    """And lets the application come back, unless it shall not."""
    holds(
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: Hi, registered_delivery: 1}}",
        "restart: {}",
        "expect: {application: demo, bound: true}",
        f"phone: {{msisdn: '{PHONE}', power: on}}",
        "expect: {receipt: m, stat: DELIVRD, count: 1, within: 1m}",
        setup=f"{{phones: [{{msisdn: '{PHONE}', power: off}}]}}",
    )
