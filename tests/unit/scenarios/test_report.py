"""What came of scenarios, for people and for machines."""

import json
import re
from xml.etree import ElementTree

from carrierbox.scenarios.report import LeftOut, Report, junit_xml, summary_lines
from carrierbox.scenarios.runner import run_text
from carrierbox.smpp.wire import decode_pdu

STORY = """\
scenario: story
why: Because it must.
setup: {clock: 2026-11-23T21:30:00Z}
steps:
  - submit: {as: m, from: ACME, to: "+33612345678", text: "Hi"}
  - expect: {phone: "+33612345678", shows: "WANTED"}
  - advance: 1h
"""


def reports() -> tuple[Report, Report]:
    """One that passed, and one whose second step failed."""
    return run_text(STORY.replace("WANTED", "Hi")), run_text(STORY.replace("WANTED", "Ho"))


def test_a_report_that_passed_is_short() -> None:
    """Its name, its reason, its steps."""
    passed, _ = reports()
    assert passed.lines() == [
        "story: passed in 1h of network time",
        "  Because it must.",
        '    1  ok      submit: {as: m, from: ACME, to: "+33612345678", text: Hi}',
        '    2  ok      expect: {phone: "+33612345678", shows: Hi}',
        "    3  ok      advance: 1h",
    ]
    assert passed.problem == ""


def test_a_failed_step_tells_why_and_the_diagram_follows() -> None:
    """What comes after it was not done."""
    _, failed = reports()
    lines = failed.lines()
    assert [step.result for step in failed.steps] == ["passed", "failed", "skipped"]
    assert '    2  FAILED  expect: {phone: "+33612345678", shows: Ho}' in lines
    assert "               it shows 'Hi (from ACME)'" in lines
    assert any('submit_sm ACME>33612345678 "Hi" >|' in line for line in lines)
    assert failed.problem.startswith("step 2 (line 6): expect: ")


def test_json_has_the_record_with_real_octets() -> None:
    """Times in UTC, octets in lower-case hexadecimal digits."""
    passed, failed = reports()
    told = json.loads(json.dumps(failed.json_object()))
    assert (told["passed"], passed.json_object()["passed"]) == (False, True)
    assert told["steps"][1]["problem"].startswith("it shows")
    assert told["steps"][2]["at"] is None
    (submit,) = [each for each in told["record"] if each.get("pdu") == "submit_sm"]
    assert submit["at"] == "2026-11-23T21:30:00.000Z"
    assert submit["from"] == "application"
    assert getattr(decode_pdu(bytes.fromhex(submit["octets"])), "short_message", b"") == b"Hi"


def test_junit_counts_and_tells_failures() -> None:
    """Whatever stands in a text, it is XML."""
    passed, failed = reports()
    failed.steps[1].problem = "odd \x00 <&> \udcff text"
    suite = ElementTree.fromstring(junit_xml([passed, failed]))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    (failure,) = suite.iter("failure")
    assert "odd \N{REPLACEMENT CHARACTER} <&>" in (failure.get("message") or "")
    assert "submit_sm ACME>33612345678" in (failure.text or "")


def test_real_time_is_told_only_where_it_is_asked_for() -> None:
    """The same run gives the same report (T49)."""
    passed, _ = reports()
    assert "took_s" not in json.dumps(passed.json_object())
    assert "took_s" in json.dumps(passed.json_object(timings=True))
    assert " ms" not in "\n".join(passed.lines())
    assert " ms" in "\n".join(passed.lines(timings=True))
    assert "time=" not in junit_xml([passed])


def test_a_summary_names_what_failed() -> None:
    """The last line of a run."""
    passed, failed = reports()
    assert summary_lines([passed]) == ["1 scenario passed"]
    assert summary_lines([passed, failed]) == ["1 scenario passed, 1 failed: story"]
    left_out = LeftOut("live", "live.yaml", "your_application", "needs you", "do it")
    assert summary_lines([passed], [left_out]) == [
        "1 scenario passed, 1 left out",
        "left out: live: needs you: do it",
    ]


def test_a_failed_step_shows_the_octets_of_what_it_is_about() -> None:
    """Of the messages that it names; of what crossed the links last if it names none."""
    steps = """\
steps:
  - submit: {as: m, from: ACME, to: "+33612345678", text: "Hi"}
  - submit: {as: n, from: ACME, to: "+33612345678", text: "Ho"}
"""
    head = "scenario: story\n" + steps
    about = run_text(head + "  - expect: {submit: m, command_status: ESME_RSYSERR}\n").lines()
    hexadecimal = [line.strip() for line in about if re.fullmatch(r" {4}[0-9a-f ]+", line)]
    assert hexadecimal[0].startswith("00000032 00000004 00000000 00000002 00050041 434d4500")
    assert hexadecimal[1].endswith("4869")
    assert len(hexadecimal) == 3
    last = run_text(head + '  - expect: {phone: "+33612345678", none: true}\n').lines()
    assert any(line.endswith('submit_sm ACME>33612345678 "Ho"') for line in last)


def test_long_octets_are_cut() -> None:
    """And it is told how many more there are."""
    text = "a" * 2000
    report = run_text(
        f"scenario: long\nsteps:\n  - submit: {{as: m, to: '+33612345678', text: {text}}}\n"
        "  - expect: {submit: m, command_status: ESME_RSYSERR}\n"
    )
    assert any(re.fullmatch(r" {4}… 17\d\d octets more", line) for line in report.lines())
