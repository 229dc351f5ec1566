"""Reading scenarios: what they may say, and what is told of those that cannot be."""

from pathlib import Path

import pytest

from carrierbox.scenarios.loader import load_scenario, read_scenario
from carrierbox.scenarios.problems import ScenarioError

GOOD = """\
scenario: hello
why: >-
  Because
  it must.
parameters: {phone: "+33612345678", n: 2}
setup: {clock: 2026-11-23T21:30:00Z, phones: [{msisdn: "${phone}", power: off}]}
steps:
  - submit: {as: m1, from: ACME, to: "${phone}", text: "Hi ${n}", count: "${n}"}
  - expect: {submit: m1, command_status: ESME_ROK}
"""


def problems_of(text: str) -> list[str]:
    """What is told of a scenario that cannot be."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "a.yaml")
    return str(caught.value).splitlines()


def with_step(step: str) -> str:
    """A scenario with this step, on line 4."""
    return f"scenario: one\nsetup: {{}}\nsteps:\n  - {step}\n"


def test_a_scenario_is_read() -> None:
    """Its parameters filled in, its texts unfolded."""
    scenario = read_scenario(GOOD)
    assert (scenario.name, scenario.why, scenario.role) == (
        "hello",
        "Because it must.",
        "we_send",
    )
    assert [step.kind for step in scenario.steps] == ["submit", "expect"]
    assert scenario.steps[0].told == (
        'submit: {as: m1, from: ACME, to: "+33612345678", text: Hi 2, count: 2}'
    )
    assert scenario.setup.start == 1_795_469_400.0
    assert scenario.setup.section.phones[0].msisdn == "33612345678"
    assert not scenario.setup.section.phones[0].power


def test_parameters_may_be_given() -> None:
    """A seed as well."""
    scenario = read_scenario(GOOD, given={"n": 5}, seed=9)
    assert scenario.parameters == {"phone": "+33612345678", "n": 5}
    assert scenario.seed == 9
    as_texts = read_scenario(GOOD, given={"n": "5", "phone": 33612345679})
    assert as_texts.parameters == {"phone": "33612345679", "n": 5}
    with pytest.raises(ScenarioError, match="--set m: no parameter of this scenario; known: phone"):
        read_scenario(GOOD, given={"m": 5})


def test_all_problems_are_told_with_file_line_path_and_remedy() -> None:
    """File, line, path and remedy."""
    told = problems_of(
        """\
scenario: bad
setup:
  phones: [{msisdn: "xx"}]
  listeners: []
  clock: yesterday
steps:
  - submit: {as: m1, to: "+33612345678", txt: Hi}
  - expect: {receipt: m1, within: soon}
  - advance: 3
  - jump: now
  - {advance: 3h, settle: {}}
"""
    )
    assert [line.partition(": ")[0] for line in told] == [
        f"a.yaml:{number}" for number in (3, 4, 5, 7, 8, 9, 10, 11)
    ]
    assert "setup.phones[0].msisdn: must be an international number" in told[0]
    assert "steps[0].submit.txt: unknown key; known here: to, text, from, as" in told[3]
    assert "steps[1].expect.within: must be a duration such as 90s" in told[4]
    assert "steps[2].advance: needs its unit: 90s" in told[5]
    assert "steps[3].jump: unknown step; known: advance, bind" in told[6]


def test_a_wrong_head_hides_nothing_below() -> None:
    """What is wrong with the scenario as a whole is told together with its steps."""
    told = problems_of(
        """\
scenario: My Story
rolle: we_send
setup: {colour: red}
steps:
  - jump: now
"""
    )
    assert [line.split(": ")[0] for line in told] == [f"a.yaml:{number}" for number in (1, 2, 3, 5)]
    assert told[0].endswith("scenario: must be small letters, digits and hyphens")
    assert "rolle: unknown key; known here: scenario, why, role" in told[1]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("submit: {text: Hi}", "submit.to: missing"),
        ("submit: {to: '+1', octets: xyz}", "submit.octets: must be hexadecimal"),
        ("submit: {to: ['+1'], count: 2}", "submit.to: a list makes a batch by itself"),
        ("submit: {to: '+1', only_parts: [1]}", "submit.parts: must be udh or sar"),
        ("submit: {to: '+1', data_coding: 0x1FF}", "submit.data_coding: must be"),
        ("submit: {to: '+1', data_coding: 0xZZ}", "submit.data_coding: must be"),
        ("submit: {to: '+1', operation: deliver_sm}", "submit.operation: cannot be 'deliver_sm'"),
        ("submit: {to: [{list: a}]}", "submit.to: a distribution list goes with operation"),
        ("submit: {to: '+1', operation: data_sm, schedule: 1h}", "submit.schedule: a data_sm has"),
        ("submit: {to: '+1', operation: submit_multi, count: 2}", "submit.operation: submit_multi"),
        ("submit: {to: '+1', operation: submit_multi, per_s: 2}", "submit.per_s: goes with"),
        ("cancel: {from: ACME}", "cancel.message: missing; or give from and to"),
        ("query: {message: m}", "query.message: no step before is called m"),
        ("listen: demo", "listen: must be"),
        ("listen: {account: demo}", "listen.account: demo is not called by outbind; known: none"),
        ("outbind: demo", "outbind: demo is not called by outbind; known: none: give an account"),
        ("expect: {cost: m, parts: 1}", "expect.cost: no step before is called m"),
        ("expect: {cost: {account: x}, parts: 1}", "expect.cost.account: there is no account x"),
        ("expect: {cost: {account: demo}, amount: 1}", "expect: must have amount and currency"),
        (
            "expect: {cost: {account: demo}}",
            "expect: must have amount, with its currency, or parts",
        ),
        ("expect: {acknowledgement: m}", "expect.acknowledgement: no step before is called m"),
        ("submit: {to: '+1', tlvs: {x: '00'}}", "submit.tlvs: x: must be as"),
        ("rule: {name: r, then: {cause: NO}}", "rule.then.cause: must be one of"),
        ("fault: {name: f, then: {}}", "fault.then: must have exactly one of"),
        ("phone: {msisdn: ACME, power: on}", "phone.msisdn: 'ACME' is no phone number"),
        ("phone: {msisdn: '+33612345678', power: maybe}", "phone.power: cannot be 'maybe'"),
        ("advance: {until: soon}", "advance.until: must be 08:00"),
        ("expect: {shows: Hi}", "expect: must have one of trace, submit"),
        ("expect: {receipt: m1, stat: X}", "expect.receipt: no step before is called m1"),
        ("expect: {trace: nothing}", "expect.trace: there are no events nothing"),
        ("expect: {order: [{submit: a}]}", "expect.order: must be"),
        ("wait: {bound: demo}", "wait: goes with `role: your_application`"),
        ("sender: {sender: '1', registration: maybe}", "sender.registration: cannot be"),
    ],
)
def test_a_bad_step_is_told(step: str, told: str) -> None:
    """Its line, its path, and what would be right."""
    (problem,) = problems_of(with_step(step))
    assert problem.startswith("a.yaml:4: steps[0].")
    assert told in problem


def test_what_is_no_mapping_is_no_scenario() -> None:
    """An empty file neither."""
    assert "must be a mapping" in problems_of("[1]\n")[0]
    assert "must be a mapping" in problems_of("")[0]
    assert problems_of("scenario: x\nsetup: {}\n") == ["a.yaml:1: steps: missing"]


def test_yaml_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    """By the reader of YAML."""
    file = tmp_path / "a.yaml"
    file.write_text("scenario: x\nsteps: [\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"a\.yaml: line 3"):
        load_scenario(file)


def test_power_may_be_true() -> None:
    """Other writers of YAML make that of `on`."""
    for step, key, said in (
        ("phone: {msisdn: '+33612345678', power: true}", "power", "on"),
        ("tower: {id: a, outage: true}", "outage", "on"),
        ("expect: {phone: '+33612345678', power: false}", "power", "off"),
    ):
        scenario = read_scenario(with_step(step))
        assert getattr(scenario.steps[0].action, key, None) == said
