"""Senders and consents in scenarios."""

from carrierbox.scenarios.runner import run_text

STORY = """\
scenario: registers
setup:
  senders: [{sender: ACME, registration: pending, approved_after: 14d}]
  rules:
    - name: only who is registered
      when: {registration: [none, pending]}
      then: {command_status: ESME_RINVSRCADR}
steps:
  - expect: {sender: ACME, registration: pending}
  - submit: {as: early, from: ACME, to: "+33612345678", text: Hi}
  - expect: {submit: early, command_status: ESME_RINVSRCADR}
  - expect: {sender: ACME, registration: approved, within: 15d}
  - submit: {as: late, from: ACME, to: "+33612345678", text: Hi}
  - expect: {submit: late, command_status: ESME_ROK}
  - sender: {sender: ACME, registration: suspended, suspended_for: 1d}
  - expect: {sender: ACME, registration: suspended}
  - expect: {sender: ACME, registration: approved, within: 2d}
  - expect: {sender: OTHER, none: true}
  - consent: {sender: ACME, recipient: "+33612345678", state: opted_in, source: form}
  - expect: {consent: ACME, recipient: "+33612345678", state: opted_in}
  - expect: {consent: ACME, recipient: "+33612345678", state: opted_out}
"""


def test_registers_are_changed_and_looked_at() -> None:
    """Only the last step is wrong."""
    report = run_text(STORY)
    assert [step.result for step in report.steps] == ["passed"] * 12 + ["failed"]
    assert report.problem.endswith("it is opted_in")
