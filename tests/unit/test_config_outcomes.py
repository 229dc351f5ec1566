"""What `then` may say: what it compiles to, and what is said of the rest."""

from typing import Any

import pytest

from carrierbox.config_conditions import RuleError
from carrierbox.config_outcomes import Outcome
from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.matching import Rule
from carrierbox.relay import SUSPENDS_ACCOUNT, SUSPENDS_SENDER, Verdict
from carrierbox.smpp import values


def a_rule(then: dict[str, Any]) -> Rule:
    return compile_rule(definition_of({"name": "mine", "then": then}))


def a_verdict(then: dict[str, Any]) -> Verdict:
    return a_rule(then).verdict


def test_a_report_is_what_is_told() -> None:
    """State, error, when and how often."""
    verdict = a_verdict({"report": {"state": "REJECTED", "err": "013", "after": "5s", "copies": 2}})
    assert (verdict.told_state, verdict.told_err) == (values.REJECTED, "013")
    assert (verdict.told_after_s, verdict.copies, verdict.is_told) == (5.0, 2, True)
    assert a_verdict({"report": "none"}).is_told is False


def test_what_is_not_said_is_as_without_a_rule() -> None:
    """`accept` changes nothing but the name."""
    verdict = a_verdict({"accept": True})
    plain = Verdict(0, "mine")
    assert {name: getattr(verdict, name) for name in FIELDS} == {
        name: getattr(plain, name) for name in FIELDS
    }
    assert a_rule({"accept": True}).changes == []


FIELDS = [
    "command_status",
    "rule",
    "source",
    "cause",
    "failing_attempts",
    "reason",
    "delivers",
    "told_state",
    "told_err",
    "told_after_s",
    "copies",
    "is_told",
    "hold_until",
    "text",
    "answers",
    "suspension",
    "goes_on",
]


def test_answers_and_no_delivery() -> None:
    """They go with each other, and answers with a refusal."""
    verdict = a_verdict({"deliver": False, "answers": 3})
    assert (verdict.delivers, verdict.answers) == (False, 3)
    assert a_verdict({"command_status": 88, "answers": 2}).answers == 2


@pytest.mark.parametrize(
    ("written", "what", "for_s"),
    [
        ({"what": "sender", "after": 3, "within": "1d", "for": "24h"}, SUSPENDS_SENDER, 86_400.0),
        ({"what": "account", "after": 1, "within": "1m", "for": "ever"}, SUSPENDS_ACCOUNT, 0.0),
    ],
)
def test_who_is_suspended(written: dict[str, Any], what: int, for_s: float) -> None:
    """Beside a refusal, or anything else that decides."""
    for then in ({"command_status": 88}, {"accept": True}, {"deliver": False}):
        suspension = a_verdict(then | {"suspend": written}).suspension
        assert suspension is not None
        assert (suspension.what, suspension.for_s) == (what, for_s)
        assert (suspension.after, suspension.within_s) in ((3, 86_400.0), (1, 60.0))


def test_the_reason_of_a_rule_is_in_its_verdict() -> None:
    """`why`."""
    rule = {"name": "mine", "why": "Not at night.", "then": {"accept": True}}
    assert compile_rule(definition_of(rule)).verdict.reason == "Not at night."


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "then: must say something"),
    ({"go_on": True}, "then: must say something"),
    ({"suspend": {"what": "sender", "after": 1, "within": "1d", "for": "1d"}}, "then: must say"),
    ({"accept": True, "cause": "DATA_MISSING"}, "then: must have at most one of accept"),
    ({"deliver": True}, "then.deliver: "),
    ({"command_status": 8, "deliver": False}, "then.deliver: cannot go with command_status"),
    ({"command_status": 8, "report": "none"}, "then.report: cannot go with command_status"),
    ({"command_status": 8, "hold": "1m"}, "then.hold: cannot go with command_status"),
    ({"command_status": 8, "text": {"truncate": 1}}, "then.text: cannot go with command_status"),
    ({"command_status": 8, "source_addr": "A1"}, "then.source_addr: cannot go with"),
    ({"cause": "DATA_MISSING", "deliver": False}, "then.deliver: says what cause says"),
    ({"hold": "1m", "hold_until": "08:00"}, "then.hold_until: cannot go with hold"),
    ({"accept": True, "go_on": True}, "then.go_on: cannot go with accept"),
    ({"command_status": 8, "go_on": True}, "then.go_on: cannot go with command_status"),
    (
        {
            "hold": "1m",
            "go_on": True,
            "suspend": {"what": "sender", "after": 1, "within": "1d", "for": "1d"},
        },
        "then.suspend: cannot go with go_on",
    ),
    ({"report": {}}, "then.report: must have some of state"),
    ({"report": {"state": "ENROUTE"}}, "then.report.state: must be one of DELIVERED"),
    ({"report": {"state": "DELIVRD"}}, "then.report.state: must be one of DELIVERED"),
    ({"report": {"err": "0 1"}}, "then.report.err: must be str matching"),
    ({"report": {"err": "x" * 21}}, "then.report.err: must be str of length <= 20"),
    ({"report": {"after": "5"}}, "then.report.after: must be a duration such as 90s"),
    ({"report": {"after": "400d"}}, "then.report.after: must be 0s to 366d"),
    ({"report": {"copies": 0}}, "then.report.copies: must be int >= 1"),
    ({"report": {"copies": 101}}, "then.report.copies: must be int <= 100"),
    ({"report": {"when": "x"}}, "then.report.when: unknown key"),
    ({"report": "never"}, "then.report: "),
    ({"hold": "soon"}, "then.hold: must be a duration such as 90s"),
    ({"hold_until": "8:00"}, "then.hold_until: must be a time of day such as 08:00"),
    ({"hold_until": "24:00"}, "then.hold_until: must be a time of day such as 08:00"),
    ({"source_addr": ""}, "then.source_addr: must be str of length >= 1"),
    ({"source_addr": "TwelveLetter"}, "then.source_addr: 'TwelveLetter' is no sender"),
    ({"source_addr": ["ACME", "TwelveLetter"]}, "then.source_addr[1]: 'TwelveLetter' is no"),
    ({"source_addr": []}, "then.source_addr: must be array of length >= 1"),
    ({"source_addr": "VM-{name}"}, "then.source_addr: 'VM-{name}' is no sender"),
    ({"source_addr": "TwelveLett-{sender}"}, "then.source_addr: 'TwelveLett-{sender}' is no"),
    ({"source_addr": "{sender}{sender}"}, "then.source_addr: '{sender}{sender}' is no sender"),
    ({"text": {}}, "then.text: must have some of strip_links"),
    ({"text": {"strip_links": True, "replace_links": "x"}}, "then.text.replace_links: cannot go"),
    ({"text": {"truncate": -1}}, "then.text.truncate: must be int >= 0"),
    ({"text": {"append": ""}}, "then.text.append: must be str of length >= 1"),
    ({"answers": 0}, "then.answers: must be int >= 1"),
    ({"accept": True, "suspend": {"what": "phone"}}, "then.suspend.what: cannot be 'phone'"),
    ({"accept": True, "suspend": {"what": "sender"}}, "then.suspend.after: missing"),
    (
        {"accept": True, "suspend": {"what": "sender", "after": 1, "within": "0s", "for": "1d"}},
        "then.suspend.within: must be 0.001s to 366d",
    ),
]


@pytest.mark.parametrize(("then", "problem"), BAD)
def test_what_is_wrong_is_said_with_its_field(then: dict[str, Any], problem: str) -> None:
    """docs/rules.md: an error that names the field and what to do."""
    with pytest.raises(RuleError) as caught:
        a_rule(then)
    assert problem in str(caught.value)


def test_every_key_is_tried_above() -> None:
    """One that nobody tried would be one that nobody reads."""
    tried = {key for then, _ in BAD for key in then}
    assert {*Outcome.__struct_encode_fields__} - {"attempts"} <= tried
