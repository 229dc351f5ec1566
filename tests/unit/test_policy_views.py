"""What rules say of a message, as the public JSON tells it."""

from typing import Any

import msgspec
import pytest

from carrierbox.app import make_box
from carrierbox.box import Box
from carrierbox.clock import NetworkClock
from carrierbox.codecs.default_coding import DEFAULT_CODING_NAMES
from carrierbox.config_rules import definition_of, rule_book
from carrierbox.policy_views import PolicyQuestion, QuestionError, explained, submission_of
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore


def a_box(*rules: dict[str, object], **account: Any) -> Box:
    return make_box(
        "main",
        FakeStore(),
        number_plan(),
        [AccountSettings("shop", "x", **account), AccountSettings("*", "*")],
        [],
        NetworkClock(start=START, running=False),
        rules=rule_book([definition_of(each) for each in rules]),
    )


def asked(**more: str) -> PolicyQuestion:
    given = {"from": "ACME", "to": "+14155550123", "text": "Hi"}
    return msgspec.convert(given | more, PolicyQuestion)


def test_an_explanation_tells_what_rules_see() -> None:
    """Everything that a condition may ask for."""
    box = a_box(content_class="marketing")
    found = explained(box, asked(at="2026-11-23T22:00Z", text="Go to www.shop.example"))
    message = msgspec.to_builtins(found.message)
    assert message == {
        "account": "shop",
        "from": "ACME",
        "sender": "alphanumeric",
        "sender_country": None,
        "to": "14155550123",
        "country": "US",
        "carrier": "US carrier",
        "at": "2026-11-23T22:00:00Z",
        "local_time": "Mon 2026-11-23 14:00 America/Los_Angeles",
        "content_class": "marketing",
        "class_said_by": "account",
        "alphabet": "gsm7",
        "parts": 1,
        "link_domains": ["www.shop.example"],
    }
    assert msgspec.to_builtins(found.verdict) == {
        "accepted": True,
        "command_status": "ESME_ROK",
        "rule": "open",
        "reason": "",
        "more": [],
    }


def test_conditions_are_told_with_what_they_wanted_and_found() -> None:
    """A rule that comes close."""
    rule: dict[str, object] = {
        "name": "short codes only",
        "when": {"country": "US", "sender": "short_code"},
        "then": {"command_status": "ESME_RINVSRCADR"},
    }
    found = explained(a_box(rule), asked())
    assert msgspec.to_builtins(found.close) == [
        {
            "rule": "short codes only",
            "reason": "",
            "asked": True,
            "conditions": [
                {
                    "place": "when",
                    "condition": "country",
                    "wanted": "US",
                    "found": "US",
                    "holds": True,
                    "level": None,
                    "drawn": False,
                },
                {
                    "place": "when",
                    "condition": "sender",
                    "wanted": "short_code",
                    "found": "alphanumeric (ACME)",
                    "holds": False,
                    "level": None,
                    "drawn": False,
                },
            ],
        }
    ]
    assert (found.matched, found.rules) == ([], 1)


@pytest.mark.parametrize(
    ("then", "more"),
    [
        ({"cause": "SYSTEM_FAILURE", "attempts": 2}, "first 2 attempts fail with SYSTEM_FAILURE"),
        ({"cause": "SYSTEM_FAILURE"}, "all attempts fail with SYSTEM_FAILURE"),
        ({"deliver": False}, "no phone ever gets it"),
        ({"report": "none"}, "no receipt comes"),
        ({"report": {"state": "DELIVERED"}}, "the receipt says DELIVERED"),
        ({"report": {"err": "013"}}, "the receipt has err:013"),
        ({"report": {"after": "5s"}}, "the receipt comes 5 s late"),
        ({"report": {"copies": 2}}, "the receipt comes 2 times"),
        ({"hold": "15m"}, "the first attempt waits until 2027-01-15T08:15:00Z"),
        ({"source_addr": "567890"}, "the phone shows 567890 as its sender"),
        ({"text": {"append": "!"}}, "the phone shows another text: Hi!"),
        ({"answers": 2}, "the submit_sm_resp comes 2 times"),
    ],
)
def test_what_becomes_of_it_is_told_in_words(then: dict[str, object], more: str) -> None:
    """All that an outcome may say."""
    found = explained(a_box({"name": "it", "then": then}), asked())
    assert found.verdict.accepted
    assert more in found.verdict.more


def test_a_number_of_no_country_is_refused_after_all_rules() -> None:
    """As the centre does: ESME_RINVDSTADR, unless a rule keeps the message from the network."""
    verdict = explained(a_box(), asked(to="+0612")).verdict
    assert (verdict.accepted, verdict.command_status) == (False, "ESME_RINVDSTADR")
    assert "no country" in verdict.reason
    dropped = a_box({"name": "it", "then": {"deliver": False}})
    assert explained(dropped, asked(to="+0612")).verdict.accepted


@pytest.mark.parametrize("length", [1, 160, 200, 1000])
@pytest.mark.parametrize("letter", ["a", "é", "ж"])
@pytest.mark.parametrize("coding", ["gsm", "gsm_packed", "latin1", "ascii"])
def test_a_text_is_submitted_as_its_account_would(length: int, letter: str, coding: str) -> None:
    """T32: whatever its data_coding 0 means."""
    box = a_box(data_coding_0=DEFAULT_CODING_NAMES.index(coding))
    submission = submission_of(box, asked(text=letter * length))
    assert submission.text() == letter * length
    assert submission.alphabet() == ("ucs2" if letter == "ж" else "gsm7")


def test_what_was_said_goes_before_the_account() -> None:
    """The class, the account, the time."""
    box = a_box(content_class="marketing")
    plain = submission_of(box, asked())
    assert (plain.system_id, plain.at, plain.class_said_by) == ("shop", START, "account")
    other = submission_of(box, asked(account="bank", content_class="otp"))
    assert (other.system_id, other.class_said_by) == ("bank", "submission")
    odd = submission_of(box, asked(**{"from": "Größe!"}))
    assert (odd.source.ton, odd.source.value) == (5, "Größe!")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"to": "x"}, "to: 'x' is no phone number"),
        ({"content_class": "fun"}, "content_class: must be one of"),
        ({"at": "now"}, "at: 'now' is no time"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(more: dict[str, str], problem: str) -> None:
    """With its field."""
    with pytest.raises(QuestionError, match=problem):
        explained(a_box(), asked(**more))


def test_a_name_that_may_not_bind_has_no_messages() -> None:
    """Without `*` only those configured."""
    box = make_box("main", FakeStore(), number_plan(), [], [], NetworkClock())
    with pytest.raises(QuestionError, match="account: there is no account 'demo'"):
        explained(box, asked())
    box.policies = None
    with pytest.raises(QuestionError, match="box: has no rules"):
        explained(box, asked())
