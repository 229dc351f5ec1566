"""What scenarios hang on, and taking it out."""

import pytest

from carrierbox.config_carriers import read_carriers
from carrierbox.scenarios.hinges import Hinge, Parted, is_of_a_pack, take_out
from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.problems import Finding, ScenarioError
from carrierbox.scenarios.runner import run_scenario

RULE = {"name": "no casino", "when": {"text": {"contains": "casino"}}, "then": {"deliver": False}}


def parted(hinge: Hinge, setup: object = None, steps: object = None) -> Parted:
    """What is left, where there is something."""
    found = take_out(hinge, setup or {}, steps or [])  # type: ignore[arg-type]
    assert isinstance(found, Parted)
    return found


def problem(hinge: Hinge, setup: object = None, steps: object = None) -> str:
    """Why there is no such thing."""
    found = take_out(hinge, setup or {}, steps or [])  # type: ignore[arg-type]
    assert isinstance(found, list)
    (finding,) = found
    assert isinstance(finding, Finding)
    return f"{finding.path}: {finding.problem}"


def test_a_rule_of_the_set_up_is_taken_out() -> None:
    """What was written stays as it is; the others stay in the copy."""
    setup = {"rules": [RULE, {"name": "other"}]}
    assert parted(Hinge(rule="no casino"), setup).setup == {"rules": [{"name": "other"}]}
    assert len(setup["rules"]) == 2


def test_a_fault_that_a_step_adds_and_removes_is_taken_out() -> None:
    """Notes stand in their place, so that the steps behind keep their numbers."""
    steps = [{"fault": {"name": "slow"}}, {"settle": {}}, {"fault": {"remove": "slow"}}]
    left = parted(Hinge(fault="slow"), {}, steps).steps
    note = {"note": "left out: fault slow"}
    assert left == [note, {"settle": {}}, note]


def test_a_key_of_the_set_up_is_taken_out() -> None:
    """At any depth; a list loses one of its entries."""
    setup = {"phones": [{"msisdn": "+1", "power": "off"}, {"msisdn": "+2"}]}
    assert parted(Hinge(setup="phones[0].power"), setup).setup["phones"][0] == {"msisdn": "+1"}
    assert parted(Hinge(setup="phones[1]"), setup).setup["phones"] == setup["phones"][:1]
    assert parted(Hinge(setup="phones"), setup).setup == {}


def test_a_step_is_taken_out_or_a_key_of_one() -> None:
    """By its number, what it is called, or its kind where there is one of it."""
    steps = [{"submit": {"as": "m.1", "to": "+1", "parts": "udh"}}, {"restart": None}]
    assert parted(Hinge(step="m.1"), {}, steps).steps[0] == {"note": "left out: step m.1"}
    assert parted(Hinge(step=2), {}, steps).steps[1] == {"note": "left out: step 2"}
    assert parted(Hinge(step="restart"), {}, steps).steps[1] == {"note": "left out: step restart"}
    left = parted(Hinge(step="m.1.parts"), {}, steps).steps[0]
    assert left == {"submit": {"as": "m.1", "to": "+1"}}


def test_a_rule_of_a_pack_is_left_to_the_carriers() -> None:
    """Only where one of them has a pack."""
    left = parted(Hinge(rule="us-shaft"), {"carriers": {"US": {"rules": "realistic"}}})
    assert left.pack_rule == "us-shaft"
    assert is_of_a_pack("us-shaft", read_carriers("realistic"))
    assert not is_of_a_pack("us-shaft", read_carriers({"default": "open", "FR": "realistic"}))
    assert "no carrier with a pack" in problem(Hinge(rule="us-shaft"), {"carriers": "open"})


@pytest.mark.parametrize(
    ("hinge", "told"),
    [
        (Hinge(), "hinges_on: must have exactly one of rule, fault, setup and step"),
        (Hinge(rule="a", fault="b"), "hinges_on: must have exactly one of"),
        (Hinge(rule="a"), "hinges_on.rule: there is no rule a in setup or a step"),
        (Hinge(fault="a"), "hinges_on.fault: there is no fault a in setup or a step"),
        (Hinge(setup="phones[0].power"), "hinges_on.setup: setup has no phones[0].power"),
        (Hinge(setup="clock[0]"), "hinges_on.setup: setup has no clock[0]"),
        (Hinge(step="advance"), "hinges_on.step: several steps are called advance"),
        (Hinge(step=9), "hinges_on.step: no step is called 9"),
        (Hinge(step="submit.text"), "hinges_on.step: the step has no text"),
    ],
)
def test_what_is_not_there_cannot_be_taken_out(hinge: Hinge, told: str) -> None:
    """The error names the key and the remedy."""
    steps = [{"advance": "1h"}, {"advance": "2h"}, {"submit": {"to": "+1"}}]
    assert problem(hinge, {"clock": "2026-11-23"}, steps).startswith(told)


def test_two_that_hang_on_the_same_mean_the_same() -> None:
    """Other names and other places in a list are no difference; another value is."""
    casino = parted(Hinge(rule="no casino"), {"rules": [RULE]}).meaning
    renamed = parted(Hinge(rule="x"), {}, [{"rule": {**RULE, "name": "x", "why": "So."}}]).meaning
    assert casino == renamed
    assert casino != parted(Hinge(rule="x"), {"rules": [{**RULE, "name": "x", "then": {}}]}).meaning

    def power(at: int, value: str) -> str:
        phones = [{"power": value}, {"power": value}]
        return parted(Hinge(setup=f"phones[{at}].power"), {"phones": phones}).meaning

    assert power(0, "off") == power(1, "off") != power(0, "on")


def test_what_is_about_a_step_goes_with_it() -> None:
    """What asks about it, and what is about that; a rule's removal goes with the rule."""
    steps = [
        {"submit": {"as": "m", "to": "+1"}},
        {"cancel": {"as": "c", "message": "m"}},
        {"expect": {"answer": "c", "command_status": "ESME_ROK"}},
        {"expect": {"order": [{"submit": "n"}, {"receipt": "m.1"}]}},
        {"expect": {"phone": "+1", "none": True}},
    ]
    left = parted(Hinge(step="m"), {}, steps).steps
    assert [next(iter(each)) for each in left] == ["note", "note", "note", "note", "expect"]
    assert left[2] == {"note": "left out: it is about c"}
    rules = [{"rule": {"name": "r"}}, {"settle": {}}, {"rule": {"remove": "r"}}]
    assert parted(Hinge(step=1), {}, rules).steps[2] == {"note": "left out: rule r"}


CANCELLED = """\
scenario: cancelled
hinges_on: {step: NAME}
setup: {accounts: [{system_id: a, password: b}], bound: []}
steps:
  - bind: {as: in, account: a, link: in}
  - submit: {as: m, account: in, from: ACME, to: "+33612345678", text: Hi, schedule: 1h}
  - cancel: {as: c, message: m}
  - expect: {answer: c, command_status: ESME_ROK}
  - expect: {phone: "+33612345678", none: true, within: 2h}
  - unbind: in
"""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("c", "step 5 (line 9): expect: {phone"),
        ("in", "step 2 (line 6): submit: {as: m"),
        ("m.schedule", "step 4 (line 8): expect: {answer: c"),
        ("bind", "in is not bound"),
    ],
)
def test_a_hinge_may_be_what_later_steps_name(name: str, told: str) -> None:
    """They go with it where they are about it; a link that is not bound fails where it is used."""
    text = CANCELLED.replace("NAME", name)
    assert run_scenario(read_scenario(text)).passed
    assert told in run_scenario(read_scenario(text, without=True)).problem


def test_one_that_holds_without_its_hinge_is_not_saved_by_what_is_about_it() -> None:
    """An expectation of something that was not done proves nothing."""
    text = CANCELLED.replace("NAME", "2").replace("account: in, from", "account: a, from")
    assert run_scenario(read_scenario(text)).passed
    report = run_scenario(read_scenario(text, without=True))
    assert report.passed, report.problem


@pytest.mark.parametrize("without", [False, True])
@pytest.mark.parametrize(
    ("hinge", "told"),
    [
        ("step: m.to", "2: hinges_on.step: without it the scenario cannot be: steps[1].submit.to"),
        (
            "setup: 'accounts[0].password'",
            "2: hinges_on.setup: without it the scenario cannot be: setup.accounts[0].password",
        ),
    ],
)
def test_what_nothing_can_go_without_is_no_hinge(hinge: str, told: str, without: bool) -> None:
    """It is refused when it is read, with the remedy, whether or not it is run without."""
    text = CANCELLED.replace("step: NAME", hinge)
    with pytest.raises(ScenarioError) as refused:
        read_scenario(text, "x.yaml", without=without)
    assert f"x.yaml:{told}" in str(refused.value)
    assert "name what it can go without, such as the whole step or entry" in str(refused.value)


STORY = """\
scenario: story
hinges_on: {rule: us-alphanumeric}
setup: {carriers: {US: realistic}}
steps:
  - submit: {as: m, from: ACME, to: "+12025550142", text: Hi}
  - expect: {submit: m, command_status: ESME_RINVSRCADR}
"""


def test_a_scenario_fails_without_what_it_hangs_on() -> None:
    """And its report says what was left out; with it, it holds."""
    assert run_scenario(read_scenario(STORY)).passed
    report = run_scenario(read_scenario(STORY, without=True))
    assert not report.passed
    assert report.lines()[0].startswith("story without rule us-alphanumeric: FAILED")
    assert report.json_object()["without"] == "rule us-alphanumeric"
    # The pack itself is whole for whoever comes next.
    assert run_scenario(read_scenario(STORY)).passed


def test_what_does_not_say_what_it_hangs_on_cannot_be_run_without() -> None:
    """The error has file, line and remedy."""
    text = STORY.replace("hinges_on: {rule: us-alphanumeric}\n", "")
    with pytest.raises(ScenarioError, match=r"x\.yaml:1: .* add hinges_on"):
        read_scenario(text, "x.yaml", without=True)
    with pytest.raises(ScenarioError, match=r"x\.yaml:2: hinges_on\.rule: there is no rule us-x"):
        read_scenario(STORY.replace("alphanumeric}", "x}"), "x.yaml", without=True)
