"""What came of scenarios, for people and for machines."""

import json
from xml.etree import ElementTree

from carrierbox.scenarios.report import Report, junit_xml, summary_line
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
    assert summary_line([passed]) == "1 scenario passed"
    assert summary_line([passed, failed]) == "1 scenario passed, 1 failed: story"
