"""What scenarios do to phones."""

import pytest

from carrierbox.scenarios.report import Report
from carrierbox.scenarios.runner import run_text

PHONE = "+33612345678"


def run(*steps: str, setup: str = "{}") -> Report:
    """What comes of these steps."""
    lines = "".join(f"  - {step}\n" for step in steps)
    return run_text(f"scenario: one\nsetup: {setup}\nsteps:\n{lines}")


def phone(said: str) -> str:
    """A step about the phone."""
    return f"phone: {{msisdn: '{PHONE}', {said}}}"


SUBMIT = f"submit: {{as: m, from: '12345', to: '{PHONE}', text: Hi, registered_delivery: 1}}"


def test_a_phone_is_filled_and_emptied() -> None:
    """What was refused for want of room comes when there is some."""
    report = run(
        phone("memory: {phone: 1, sim: 1}"),
        phone("fill: all"),
        SUBMIT,
        f"expect: {{phone: '{PHONE}', none: true, within: 1m}}",
        phone("delete: all"),
        f"expect: {{phone: '{PHONE}', texts: [Hi], within: 1m}}",
        phone("delete: 1"),
        f"expect: {{phone: '{PHONE}', texts: []}}",
    )
    assert report.passed, report.problem


def test_a_phone_sends_and_replies() -> None:
    """To whoever it was from."""
    report = run(
        SUBMIT,
        phone("reply: 'STOP'"),
        "expect: {received: {from: '33612345678', to: '12345', text: STOP}, count: 1}",
        phone("send: {to: '999', text: Hello}"),
        f"expect: {{received: {{from: '{PHONE}', to: '999', text: {{prefix: He}}}}}}",
        "expect: {received: {text: Nobody}, none: true}",
    )
    assert report.passed, report.problem


def test_a_phone_answers_by_itself_and_roams() -> None:
    """Responders and subscriptions are those of the configuration and the API."""
    report = run(
        phone("responders: [{answer: 'Yes', after: 5s}]"),
        phone("subscription: {visited_country: IN}"),
        SUBMIT,
        "expect: {received: {text: 'Yes'}, within: 10s}",
        phone("power: off, position: '48.8,2.3'"),
        f"expect: {{phone: '{PHONE}', power: off}}",
        phone("position: none"),
    )
    assert report.passed, report.problem


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("fill: all", "give the phone a memory first"),
        ("memory: {phone: 1, sim: 0}, fill: 9", "there is room for 1"),
        ("delete: 7", "there is no text 7"),
        ("reply: Hi", "no text on the phone +33612345678 that can be answered"),
        ("power: off, send: {to: '1', text: Hi}", "switched off"),
        ("send: {to: ACME, text: Hi}", "cannot be dialled"),
        ("position: 'x'", "must be LATITUDE"),
        ("subscription: {moon: yes}", "subscription.moon: unknown key"),
        ("subscription: {visited_country: india}", "subscription.visited_country: must be"),
        ("responders: [{}]", "responders"),
    ],
)
def test_what_cannot_be_done_fails_its_step(said: str, told: str) -> None:
    """With the reason."""
    report = run(phone(said))
    assert not report.passed
    assert told in report.problem
