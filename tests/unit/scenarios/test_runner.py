"""Running scenarios in which we send."""

import json
from pathlib import Path

from carrierbox.scenarios.report import junit_xml
from carrierbox.scenarios.runner import run_file, run_text

EXAMPLE = """\
scenario: offline-phone   # name; also: why, role (we_send | your_application), seed, parameters
setup: {carriers: {FR: open}, phones: [{msisdn: "+33612345678", power: off}]}
steps:
  - submit: {as: m1, from: ACME, to: "+33612345678", text: "Hi", registered_delivery: 1}
  - expect: {submit: m1, command_status: ESME_ROK}
  - advance: 3h                # advance, then settle
  - phone: {msisdn: "+33612345678", power: on}
  - expect: {receipt: m1, stat: DELIVRD, within: 1m}
  - expect: {phone: "+33612345678", shows: "Hi", count: 1}
"""

BUSY = """\
scenario: busy
seed: 3
setup:
  accounts: [{system_id: a, password: b, rate_per_s: 20}, {system_id: c, password: d}]
  rules: [{name: some, when: {share: 30}, then: {cause: ABSENT_SUBSCRIBER, attempts: 2}}]
  faults: [{name: lost, when: {operation: submit_sm, share: 10}, then: {no_response: true}}]
steps:
  - submit:
      as: x
      account: a
      to: "+336123456{n}"
      text: "{n}"
      count: 60
      per_s: 40
      registered_delivery: 1
  - submit: {as: y, account: c, to: "+336223456{n}", text: "{n}", count: 40, registered_delivery: 1}
  - advance: 2d
  - expect: {batch: x, accepted: 0}
"""


def test_the_example_runs_as_it_was_drawn_up() -> None:
    """Three hours of network time."""
    report = run_text(EXAMPLE)
    assert report.passed, report.problem
    assert report.network_s == 3 * 3600


def test_the_same_seed_gives_the_same_report() -> None:
    """Text, JSON and JUnit, to the octet (T49)."""
    one, other = run_text(BUSY), run_text(BUSY)
    assert one.lines() == other.lines()
    assert json.dumps(one.json_object()) == json.dumps(other.json_object())
    assert junit_xml([one]) == junit_xml([other])
    assert len(one.entries) > 500


def test_the_first_step_that_fails_ends_it() -> None:
    """The others are not done."""
    report = run_text(EXAMPLE.replace("DELIVRD", "UNDELIV"))
    assert [step.result for step in report.steps] == ["passed"] * 4 + ["failed", "skipped"]
    assert "stat DELIVRD, not 'UNDELIV'" in report.problem
    assert any("deliver_sm 0000000001 DELIVRD" in line for line in report.diagram())


def test_what_is_waited_for_ends_the_wait() -> None:
    """What must not happen is waited for to the end."""
    asked = EXAMPLE.replace("within: 1m", "within: 10h")
    assert run_text(asked).network_s == 3 * 3600
    denied = EXAMPLE.replace("stat: DELIVRD, within: 1m", "stat: EXPIRED, none: true, within: 10h")
    assert run_text(denied).network_s == 13 * 3600


def test_an_account_that_cannot_bind_fails_the_first_step() -> None:
    """With the carrier's own reason in the diagram."""
    report = run_text(
        "scenario: x\nsetup: {faults: [{name: f, when: {operation: bind_transceiver}, "
        "then: {command_status: ESME_RBINDFAIL}}]}\nsteps:\n  - submit: {to: '+1', text: Hi}\n"
    )
    assert "demo is not bound" in report.problem
    assert any("ESME_RBINDFAIL" in line for line in report.diagram())


def test_a_file_is_run_with_parameters(tmp_path: Path) -> None:
    """And a seed."""
    file = tmp_path / "a.yaml"
    file.write_text(
        "scenario: a\nparameters: {n: '1'}\nsteps:\n"
        "  - submit: {to: '+33612345678', text: '${n}'}\n"
        "  - expect: {phone: '+33612345678', shows: '7'}\n",
        encoding="utf-8",
    )
    report = run_file(file, {"n": 7}, 5)
    assert report.passed, report.problem
    assert (report.source, report.seed) == (str(file), 5)
