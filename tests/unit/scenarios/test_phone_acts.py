"""What scenarios do to phones."""

import pytest

from carrierbox.scenarios.problems import ScenarioError
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
        ("subscription: {barred_mo: operator}, send: {to: '1', text: Hi}", "CALL_BARRED"),
        ("acknowledge: {}", "waits for an acknowledgement"),
        ("path: {points: ['1,1'], speed_km_h: 9}", "one alone goes on from where a phone was put"),
    ],
)
def test_what_cannot_be_done_fails_its_step_or_is_expected(said: str, told: str) -> None:
    """With the reason; `refused` expects any, or the one it names."""
    report = run(phone(said))
    assert not report.passed
    assert told in report.problem
    assert run(phone(f"{said}, refused: true")).passed
    assert run(phone(f"{said}, refused: {{contains: '{told}'}}")).passed
    other = run(phone(f"{said}, refused: {{contains: moon}}"))
    assert "it was refused, but so: " in other.problem
    assert told in other.problem


def test_what_is_done_was_not_refused() -> None:
    """Somebody expects a refusal that does not come."""
    assert "nothing of it was refused" in run(phone("power: off, refused: true")).problem
    assert run(phone("power: off, refused: false")).passed


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("position: 'x'", "phone.position: must be LATITUDE"),
        ("position: '1,1', path: {points: ['1,1'], speed_km_h: 9}", "phone.path: goes without"),
        ("path: {points: ['x'], speed_km_h: 9}", "phone.path.points[0]: must be LATITUDE"),
        ("path: {points: ['1,1'], speed_km_h: 0}", "phone.path.speed_km_h: must be"),
        ("battery: {percent: 101}", "phone.battery.percent: must be"),
        ("subscription: {moon: yes}", "phone.subscription.moon: unknown key"),
        ("subscription: {visited_country: india}", "phone.subscription.visited_country: must be"),
        ("subscription: {sms_mt: 7}", "phone.subscription"),
        ("responders: [{}]", "phone.responders"),
        ("acknowledge: {number: 0}", "phone.acknowledge.number: must be"),
        ("refused: {pattern: '['}", "phone.refused.pattern"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(said: str, told: str) -> None:
    """With its path."""
    with pytest.raises(ScenarioError) as refused:
        run(phone(said))
    assert f"steps[0].{told}" in str(refused.value)


TOWERS = (
    "{towers: [{id: a, position: '48.85,2.30', radius_km: 1.0}, "
    "{id: b, position: '48.85,2.40', radius_km: 1.0}]}"
)


def test_a_phone_moves_along_a_path() -> None:
    """From where it is, if one point is given; a place of its own ends it."""
    report = run(
        f"expect: {{phone: '{PHONE}', cell: everywhere}}",
        phone("position: '48.85,2.30'"),
        phone("path: {points: ['48.85,2.40'], speed_km_h: 30}"),
        f"expect: {{phone: '{PHONE}', cell: a}}",
        "advance: 5m",
        f"expect: {{phone: '{PHONE}', cell: none}}",
        f"expect: {{phone: '{PHONE}', cell: b, within: 10m}}",
        phone("path: {points: ['48.85,2.40', '48.85,2.30'], speed_km_h: 2000}"),
        f"expect: {{phone: '{PHONE}', cell: a, within: 1m}}",
        setup=TOWERS,
    )
    assert report.passed, report.problem


def test_a_battery_runs_empty_and_is_charged() -> None:
    """What is not said of it stays; `none` takes it away."""
    report = run(
        f"expect: {{phone: '{PHONE}', battery: none}}",
        phone("battery: {percent: 50, standby_hours: 2}"),
        f"expect: {{phone: '{PHONE}', battery: {{percent: 50, charging: false}}}}",
        "advance: 1h",
        f"expect: {{phone: '{PHONE}', battery: {{percent: 0, empty: true}}, power: off}}",
        phone("battery: {charging: true}"),
        f"expect: {{phone: '{PHONE}', battery: {{empty: false}}, power: on, within: 5m}}",
        phone("battery: none"),
        f"expect: {{phone: '{PHONE}', battery: {{percent: 2}}}}",
    )
    assert report.problem.startswith("step 9 ")
    assert "it has no battery" in report.problem
