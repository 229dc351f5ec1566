"""Senders and consents as they are written: what is wrong is said with its path and remedy."""

from typing import Any

import pytest

from carrierbox.config import configuration_of
from carrierbox.config_conditions import RuleError
from carrierbox.config_senders import (
    SenderRequest,
    consent_definition,
    consent_of,
    problem_of_sender,
    registers_of,
    sender_definition,
    state_of_request,
    time_of,
)
from carrierbox.errors import ConfigurationError

BASE: dict[str, Any] = {"store": {"url": ":memory:"}}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({}, "sender: missing"),
        ({"sender": "28282", "colour": "red"}, "colour: unknown key"),
        ({"sender": "28282", "country": "us"}, "country: "),
        ({"sender": "28282", "registration": "maybe"}, "registration: cannot be 'maybe'"),
        ({"sender": "28282", "approved_after": "21d"}, "approved_after: goes with registration"),
        (
            {"sender": "28282", "registration": "pending", "approved_after": "soon"},
            "approved_after: must be",
        ),
        (
            {
                "sender": "28282",
                "registration": "pending",
                "approved_after": "1d",
                "refused_after": "1d",
            },
            "refused_after: goes not with approved_after",
        ),
        ({"sender": "ACMEACMEACME"}, "sender: A name has at most 11 characters"),
        ({"sender": "28282", "kind": "alphanumeric"}, "sender: '28282' is no name"),
        ({"sender": "ACME", "kind": "short_code"}, "sender: 'ACME' is no short code"),
        ({"sender": "ACME", "kind": "toll_free"}, "sender: 'ACME' is no number"),
        ({"sender": "28282", "replies": {"hello": "x"}}, "replies.hello: unknown key"),
    ],
)
def test_a_sender_that_cannot_be_is_refused(written: dict[str, Any], problem: str) -> None:
    """By the very field."""
    with pytest.raises(RuleError) as raised:
        sender_definition(written)
    assert str(raised.value).startswith(problem)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"sender": "28282", "recipient": "+15550100123"}, "state: missing"),
        ({"sender": "28282", "recipient": "me", "state": "opted_in"}, "recipient: 'me' is no"),
        (
            {"sender": "28282", "recipient": "+15550100123", "state": "opted_in", "at": "noon"},
            "at: 'noon' is no time",
        ),
    ],
)
def test_a_consent_that_cannot_be_is_refused(written: dict[str, Any], problem: str) -> None:
    """The same of consents."""
    with pytest.raises(RuleError) as raised:
        consent_definition(written)
    assert str(raised.value).startswith(problem)


def test_a_configuration_has_them_all() -> None:
    """The keys `senders`, `consent` and `keyword_matching` of a box."""
    configuration = configuration_of(
        BASE
        | {
            "senders": [
                {"sender": "28282", "country": "US", "kind": "short_code", "keywords": "carrier"},
                {"sender": "28282", "country": "CA"},
            ],
            "consent": [{"sender": "28282", "recipient": "+15550100123", "state": "opted_in"}],
            "keyword_matching": {"default": "loose", "US": "strict"},
        }
    )
    box = configuration.all_boxes()["default"]
    made = registers_of(box.senders, box.consent, box.keyword_matching)
    assert [each.country for each in made.declared] == ["US", "CA"]
    assert made.declared_consents[0].msisdn == "15550100123"
    assert made.matching == {"": "loose", "US": "strict"}


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        (
            "senders",
            [{"sender": "ACME"}, {"sender": "Acme"}],
            "senders[1].sender: Acme is given twice",
        ),
        ("senders", {}, "senders: must be a list of senders, not a mapping"),
        ("consent", [{}], "consent[0].sender: missing"),
        ("keyword_matching", "often", "keyword_matching.default: must be strict or loose"),
        ("keyword_matching", {"usa": "loose"}, "keyword_matching.usa: must be two capital letters"),
        ("keyword_matching", 5, "keyword_matching: must be strict, loose or a mapping"),
    ],
)
def test_a_configuration_that_cannot_be_is_told_with_its_path(
    key: str, value: object, problem: str
) -> None:
    """As everywhere in the file."""
    with pytest.raises(ConfigurationError) as raised:
        configuration_of(BASE | {key: value})
    assert problem in str(raised.value)


def test_the_united_states_are_loose_unless_all_is_said() -> None:
    """A country beside it changes nothing about them; a default does."""
    one = configuration_of(BASE | {"keyword_matching": {"FR": "loose"}})
    assert one.keyword_matching == {"US": "loose", "FR": "loose"}
    all_strict = configuration_of(BASE | {"keyword_matching": "strict"})
    assert all_strict.keyword_matching == {"": "strict"}
    assert registers_of().matching == {"US": "loose"}


def test_a_request_becomes_a_state_and_a_time() -> None:
    """A suspended sender returns to what it was."""
    request = SenderRequest(registration="suspended", suspended_for="1d", brand="B")
    state, after_s = state_of_request(request, "28282", "approved")
    assert (state.registration, state.afterwards, state.brand, after_s) == (
        "suspended",
        "approved",
        "B",
        86_400.0,
    )


@pytest.mark.parametrize("sender", ["38600000", "+33612345678", "ACME", "18005550199"])
def test_senders_there_are(sender: str) -> None:
    """Short codes of other countries have up to eight digits."""
    assert problem_of_sender(sender) == ""


def test_times_without_a_zone_are_utc() -> None:
    """RFC 3339."""
    assert time_of("2026-01-01") == time_of("2026-01-01T01:00:00+01:00")
    assert float(time_of("2026-01-01")) == 1767225600.0
    declared = consent_of(
        consent_definition({"sender": "a1", "recipient": "+15550100123", "state": "pending"})
    )
    assert float(declared.change.at) == 0.0
