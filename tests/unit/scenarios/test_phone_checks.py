"""Whether phones are as expected; test_phone_acts.py has where they are and their batteries."""

import pytest

from carrierbox.scenarios.report import Report
from carrierbox.scenarios.runner import run_text

PHONE = "+33612345678"


def run(*steps: str, asked: str = "0x0C") -> Report:
    """What comes of these steps after a text that asks for acknowledgements."""
    lines = "".join(f"  - {step}\n" for step in steps)
    return run_text(
        "scenario: one\nsteps:\n"
        f"  - submit: {{as: m, from: '12345', to: '{PHONE}', text: Hi, "
        f"registered_delivery: {asked}}}\n{lines}"
    )


def acknowledge(said: str = "") -> str:
    """A step in which the user of the phone acknowledges."""
    return f"phone: {{msisdn: '{PHONE}', acknowledge: {{{said}}}}}"


def test_a_phone_and_its_user_acknowledge() -> None:
    """SMPP 3.4 §5.2.12, §5.2.17: each by itself, the user's with the answer."""
    report = run(
        "expect: {acknowledgement: m, by: phone, count: 1}",
        "expect: {acknowledgement: m, by: user, none: true, within: 1h}",
        acknowledge("number: 1, user_response_code: 0x0A"),
        "expect: {acknowledgement: m, by: user, user_response_code: 10, count: 1}",
        "expect: {acknowledgement: m, count: 2}",
        "expect: {application: m, answers: receipt, count: 0}",
    )
    assert report.passed, report.problem
    assert any("acknowledged by user, user_response_code 10" in line for line in report.diagram())


def test_a_submit_multi_has_one_of_each_phone() -> None:
    """All with the same id."""
    report = run(
        f"submit: {{as: n, operation: submit_multi, from: '12345', to: ['{PHONE}', '+33612345679'],"
        " text: Ho, registered_delivery: 0x04}",
        "expect: {acknowledgement: n, by: phone, count: 2}",
        "expect: {acknowledgement: m, by: phone, count: 1}",
    )
    assert report.passed, report.problem


@pytest.mark.parametrize(
    ("expectation", "asked", "told"),
    [
        ("by: user", "0x0C", "'phone'"),
        ("by: phone, none: true", "0x0C", "1 acknowledgement like this, not 0"),
        ("count: 2", "0x0C", "1 acknowledgement like this, not 2"),
        ("user_response_code: 3", "0x0C", "'phone'"),
        ("by: phone", "1", "it asked for none, which registered_delivery: 0x0C does"),
        ("by: phone", "8", "no acknowledgement of it has come"),
    ],
)
def test_another_acknowledgement_is_told(expectation: str, asked: str, told: str) -> None:
    """With what there is, and the remedy where none was asked for."""
    assert told in run(f"expect: {{acknowledgement: m, {expectation}}}", asked=asked).problem


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("cell: none", "its cell is everywhere"),
        ("battery: {percent: 3}", "it has no battery"),
        ("power: off", "it is switched on"),
    ],
)
def test_another_phone_is_told(said: str, told: str) -> None:
    """What it has instead."""
    assert told in run(f"expect: {{phone: '{PHONE}', {said}}}").problem


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("none", "it has a battery"),
        ("{percent: 49}", "its battery has percent 50"),
        ("{charging: false}", "its battery has charging true"),
        ("{empty: true}", "its battery has empty false"),
    ],
)
def test_another_battery_is_told(said: str, told: str) -> None:
    """Key by key."""
    report = run(
        f"phone: {{msisdn: '{PHONE}', battery: {{percent: 50, charging: true}}}}",
        f"expect: {{phone: '{PHONE}', battery: {said}}}",
    )
    assert told in report.problem
