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


def test_another_account_cannot_ask() -> None:
    """T46: a message is that of whoever sent it."""
    holds(
        f"submit: {{as: m, account: a, from: ACME, to: '{PHONE}', text: old, schedule: 1h}}",
        "query: {as: q, account: b, message: m}",
        "expect: {answer: q, command_status: ESME_RQUERYFAIL}",
        "replace: {as: r, account: b, message: m, text: new}",
        "expect: {answer: r, command_status: ESME_RREPLACEFAIL}",
        "cancel: {as: c, account: b, message: m}",
        "expect: {answer: c, command_status: ESME_RCANCELFAIL}",
        "cancel: {as: d, message: m}",
        "expect: {answer: d, command_status: ESME_ROK}",
        setup="{accounts: [{system_id: a, password: x}, {system_id: b, password: x}]}",
    )


def test_all_between_two_ends_are_cancelled() -> None:
    """SMPP 3.4 §4.9.1: an empty message_id, and a service_type if there is one."""
    to = f"to: '{PHONE}', text: Hi, schedule: 1h, registered_delivery: 1"
    holds(
        f"submit: {{as: one, from: ACME, {to}}}",
        f"submit: {{as: two, from: ACME, service_type: CMT, {to}}}",
        f"submit: {{as: three, from: OTHER, {to}}}",
        f"cancel: {{as: c, from: ACME, to: '{PHONE}', service_type: CMT}}",
        "expect: {answer: c, command_status: ESME_ROK}",
        "expect: {receipt: two, stat: DELETED, within: 1m}",
        "expect: {receipt: one, none: true}",
        f"cancel: {{from: ACME, to: '{PHONE}'}}",
        "expect: {receipt: one, stat: DELETED, within: 1m}",
        f"expect: {{phone: '{PHONE}', count: 1, within: 2h}}",
        "expect: {receipt: three, stat: DELIVRD, within: 1m}",
    )


def test_a_replacement_keeps_the_alphabet_and_may_have_new_times() -> None:
    """SMPP 3.4 §4.10.1: replace_sm has no data_coding."""
    holds(
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: 😀, schedule: 1h}}",
        "replace: {as: r, message: m, text: new, schedule: 3h}",
        "expect: {answer: r, command_status: ESME_ROK}",
        f"expect: {{phone: '{PHONE}', none: true, within: 2h}}",
        f"expect: {{phone: '{PHONE}', texts: [new], within: 2h}}",
    )
    fails(
        "data_coding 0 cannot write",
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: Hi, schedule: 1h}}",
        "replace: {message: m, text: 😀}",
    )


def test_a_submit_multi_is_queried_and_cancelled_as_one() -> None:
    """SMPP 3.4 §4.5: one id; the trace and rules know each of its destinations."""
    holds(
        "rule: {name: odd, when: {text: Hi}, then: {hold: 1h}}",
        f"submit: {{as: m, operation: submit_multi, from: ACME, to: ['{PHONE}', {{list: staff}}], "
        "text: Hi, registered_delivery: 1}",
        "expect: {submit: m, command_status: ESME_ROK, unsuccess_sme: {}}",
        "expect: {rule: odd, of: m}",
        "expect: {trace: accepted, of: m, count: 3}",
        "query: {as: q, message: m}",
        "expect: {answer: q, command_status: ESME_ROK}",
        "cancel: {as: c, message: m}",
        "expect: {answer: c, command_status: ESME_ROK}",
        "expect: {receipt: m, stat: DELETED, count: 3, within: 1m}",
        setup="{distribution_lists: {staff: ['+33611111111', '+33611111112']}}",
    )


CALLED = (
    "{accounts: [{system_id: a, password: b, outbind: {to: '127.0.0.1:2780', after: 5s}}], "
    f"bound: [], phones: [{{msisdn: '{PHONE}'}}]}}"
)


def test_an_application_that_listens_is_called() -> None:
    """SMPP 3.4 §4.1.7: when something waits, or at once; who does not listen is not reached."""
    holds(
        "outbind: a",
        "expect: {trace: outbind, detail: {contains: connection refused}, count: 1}",
        "listen: {type: none}",
        f"phone: {{msisdn: '{PHONE}', send: {{to: '999', text: Hi}}}}",
        "expect: {application: a, bound: false, within: 10s}",
        "expect: {trace: outbind, detail: {contains: outbind to}, count: 1, within: 10s}",
        setup=CALLED.replace("outbind:", "address_range: '^999', outbind:"),
    )
    holds(
        "listen: {account: a, type: transceiver}",
        f"phone: {{msisdn: '{PHONE}', send: {{to: '999', text: Hi}}}}",
        "expect: {received: {text: Hi}, count: 1, within: 10s}",
        f"submit: {{as: m, account: a, from: ACME, to: '{PHONE}', text: Hi}}",
        "expect: {submit: m, command_status: ESME_ROK}",
        "unbind: a",
        "listen: {account: a, stop: true}",
        "outbind: a",
        "expect: {application: a, bound: false, within: 10s}",
        "listen: {account: a, password: wrong}",
        "outbind: a",
        "expect: {trace: outbind, detail: {contains: its bind was refused}, within: 10s}",
        setup=CALLED,
    )


def test_a_link_that_is_bound_stays_beside_the_one_of_a_call() -> None:
    """A transmitter sends on, and is named as before."""
    holds(
        "bind: {account: a, type: transmitter}",
        "listen: {account: a}",
        f"submit: {{as: m, from: ACME, to: '{PHONE}', text: Hi, registered_delivery: 1}}",
        "expect: {receipt: m, stat: DELIVRD, within: 10s}",
        f"submit: {{as: n, from: ACME, to: '{PHONE}', text: Hi, registered_delivery: 1}}",
        "expect: {receipt: n, stat: DELIVRD, within: 10s}",
        "expect: {trace: outbind, count: 2}",
        "restart: {}",
        "expect: {application: a, bound: true}",
        setup=CALLED,
    )
