"""What `when` and `unless` may ask: compiled, and refused with the field that is wrong."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.config_conditions import RuleError
from carrierbox.config_match import Supplies
from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.identifiers import Address
from carrierbox.matching import Condition, IsOneOf, Rule
from carrierbox.relay import Submission
from carrierbox.simulator.policy.content import WordLists
from carrierbox.simulator.policy.local_time import DayOfYear, HolidayCalendar
from carrierbox.simulator.policy.number_kinds import NumberKind, OwnPace, Pace

NOON = datetime.fromisoformat("2026-11-23T20:00Z").timestamp()


def a_rule(when: object, unless: object = None, supplies: Supplies | None = None) -> Rule:
    written = {"name": "mine", "when": when, "then": {"accept": True}}
    if unless is not None:
        written["unless"] = unless
    return compile_rule(definition_of(written), supplies or Supplies())


def submission(text: str = "Sale: bit.ly/x", **fields: Any) -> Submission:
    given: dict[str, Any] = {
        "system_id": "shop",
        "source": Address(5, 0, "ACME"),
        "msisdn": "14155550123",
        "country": "US",
        "carrier": "T",
        "data_coding": 0,
        "user_data_header": b"",
        "user_data": text.encode(),
        "at": NetworkTime(NOON),
        "content_class": "marketing",
    }
    return Submission(**given | fields)


@pytest.mark.parametrize(
    "when",
    [
        {"sender": "alphanumeric"},
        {"sender": ["short_code", "alphanumeric"]},
        {"content_class": "marketing"},
        {"content_class": ["loans", "marketing"]},
        {"link": "any"},
        {"link": "shortener"},
        {"link_domain": "Bit.ly"},
        {"link_domain": {"glob": "bit.*"}},
        {"link_domain": {"prefix": "bit"}},
        {"parts": {"more_than": 0, "less_than": 2}},
        {"alphabet": "gsm7"},
        {"alphabet": ["ucs2", "gsm7"]},
        {"registration": "none"},
        {"consent": ["none", "pending"]},
        {"local_time": {"from": "12:00", "to": "13:00"}},
        {"local_time": {"from": "9:00", "to": "24:00", "on": ["mon"]}},
        {"local_time": {"days": ["mon"]}},
        {"local_time": {"holidays": ["11-23"]}},
        {"local_time": [{"days": ["sun"]}, {"from": "11:00", "to": "12:01"}]},
        {"first_seen": {"within": "30d"}},
        {"rate": {"over": 0, "per": "1s"}},
        {"rate": {"over": 0, "per": "day", "zone": "America/Los_Angeles", "by": "country"}},
        {"rate": {"over": 0, "per": "1h", "count": "destinations", "by": ["account"]}},
        {"rate": {"over": 0, "per": "1h", "count": "parts", "counts_excess": True}},
        {"share": 100, "text": {"contains": "Sale"}},
    ],
)
def test_a_condition_that_holds(when: dict[str, object]) -> None:
    """docs/rules.md, one of each; and the same in `unless` keeps the rule away."""
    assert a_rule(when).match.holds(submission())
    rule = a_rule({"country": "US"}, unless=when)
    assert rule.match.would_hold(submission()) == rule.match.holds(submission()) is False


@pytest.mark.parametrize(
    "when",
    [
        {"sender": "short_code"},
        {"sender_country": "same"},
        {"sender_country": ["foreign", "US"]},
        {"content_class": "otp"},
        {"link": "none"},
        {"link_domain": "bit"},
        {"parts": {"more_than": 1}},
        {"parts": {"less_than": 1}},
        {"alphabet": "ucs2"},
        {"registration": "approved"},
        {"consent": "opted_in"},
        {"local_time": {"from": "12:01", "to": "12:00"}},
        {"local_time": {"from": "9:00", "to": "24:00", "on": ["sun"]}},
        {"local_time": {"days": ["sun"]}},
        {"local_time": {"holidays": ["11-24"]}},
        {"duplicate": {"within": "10m"}},
        {"rate": {"over": 1, "per": "1s"}},
    ],
)
def test_a_condition_that_does_not_hold(when: dict[str, object]) -> None:
    """The same the other way round."""
    assert not a_rule(when).match.holds(submission())
    assert a_rule({"country": "US"}, unless=when).match.holds(submission())


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ({"sender": "phone"}, "when.sender: must be one of alphanumeric, short_code"),
        ({"sender_country": "France"}, "when.sender_country: must be same, foreign, or two"),
        ({"content_class": "fun"}, "when.content_class: must be one of otp"),
        ({"link": "maybe"}, "when.link: cannot be"),
        ({"link_domain": {}}, "when.link_domain: must have exactly one of prefix"),
        ({"parts": {}}, "when.parts: must have more_than or less_than"),
        ({"parts": {"more_than": 300}}, "when.parts.more_than: must be"),
        ({"alphabet": "utf8"}, "when.alphabet: must be one of gsm7, ucs2, binary"),
        ({"local_time": {}}, "when.local_time: must have from and to, days, or holidays"),
        ({"local_time": {"from": "21:00"}}, "when.local_time: must have both from and to"),
        ({"local_time": {"from": "25:00", "to": "08:00"}}, "when.local_time.from: must be a time"),
        ({"local_time": {"from": "8:00", "to": "8:00"}}, "when.local_time: from and to must not"),
        ({"local_time": {"days": ["mon"], "on": ["sun"]}}, "when.local_time.on: goes with from"),
        ({"local_time": {"holidays": True}}, "when.local_time.holidays: no pack of rules gives"),
        ({"local_time": {"holidays": ["x"]}}, "when.local_time.holidays[0]: must be a date"),
        (
            {"local_time": [{"days": ["mon"], "zones": "any"}, {"days": ["sun"], "zones": "all"}]},
            "when.local_time: zones must be the same",
        ),
        ({"rate": {"over": 1}}, "when.rate.per: missing"),
        ({"rate": {"over": -1, "per": "1s"}}, "when.rate.over: must be"),
        ({"rate": {"over": 1, "per": "week"}}, "when.rate.per: must be"),
        ({"rate": {"over": "many", "per": "1s"}}, "when.rate.over: "),
        ({"rate": {"over": 1, "per": "1s", "otherwise": 2}}, "when.rate.otherwise: goes with over"),
        (
            {"rate": {"over": "tier", "per": "1s", "count": "destinations"}},
            "when.rate.count: goes not with over: tier",
        ),
        ({"rate": {"over": "tier", "per": "1s", "zone": "UTC"}}, "when.rate.zone: goes with per"),
        ({"rate": {"over": 1, "per": "1s", "zone": "UTC"}}, "when.rate.zone: goes with per: day"),
        ({"rate": {"over": 1, "per": "day", "zone": "Mars"}}, "when.rate.zone: 'Mars' is no time"),
        (
            {"rate": {"over": 10**6, "per": "1s", "count": "destinations"}},
            "when.rate.over: must be at most 100000 destinations",
        ),
        ({"duplicate": {"within": "0s"}}, "when.duplicate.within: must be"),
        ({"first_seen": {"within": "1d", "of": []}}, "when.first_seen.of: must be"),
        ({"seed": 3}, "when.seed: goes with a share only"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(when: object, problem: str) -> None:
    """An error that names the field, in `unless` as in `when`."""
    with pytest.raises(RuleError) as caught:
        a_rule(when)
    assert str(caught.value).startswith(problem)
    with pytest.raises(RuleError) as caught:
        a_rule({}, unless=when)
    assert str(caught.value).startswith(problem.replace("when.", "unless."))


def test_an_empty_exception_is_refused() -> None:
    """It would except everything."""
    with pytest.raises(RuleError, match="unless: must have a condition"):
        a_rule({}, unless={})


def test_windows_count_what_the_rest_of_the_rule_means() -> None:
    """Neither what another condition leaves out nor what is excepted."""
    rule = a_rule({"country": "US", "rate": {"over": 1, "per": "1m"}}, unless={"account": "bank"})
    assert not rule.match.holds(submission(country="FR"))
    assert not rule.match.holds(submission(system_id="bank"))
    assert not rule.match.holds(submission())
    assert not rule.match.holds(submission(system_id="bank"))
    assert rule.match.holds(submission())


def test_the_same_comes_twice() -> None:
    """By sender, number and text, unless another key is given."""
    rule = a_rule({"duplicate": {"within": "10m"}})
    assert not rule.match.holds(submission())
    assert not rule.match.holds(submission("Other"))
    assert rule.match.holds(submission(at=NetworkTime(NOON + 599)))
    assert not rule.match.holds(submission(at=NetworkTime(NOON + 1200)))


def test_a_rule_compiled_twice_counts_twice() -> None:
    """Boxes do not share windows."""
    written = {"rate": {"over": 1, "per": "1m"}}
    one, other = a_rule(written), a_rule(written)
    assert not one.match.holds(submission())
    assert not other.match.holds(submission())
    assert one.match.holds(submission())


def test_in_doubt_about_the_zone_a_rule_holds_and_an_exception_does_not() -> None:
    """A toll-free number lies in every zone of North America."""
    morning = datetime.fromisoformat("2026-11-23T15:00Z").timestamp()  # 10:00 in New York, 7:00 LA
    anywhere = submission(msisdn="18005550123", at=NetworkTime(morning))
    night = {"local_time": {"from": "21:00", "to": "08:00"}}
    day = {"local_time": {"from": "08:00", "to": "21:00"}}
    assert a_rule(night).match.holds(anywhere)
    assert a_rule({}, unless=day).match.holds(anywhere)
    assert not a_rule({"local_time": {**night["local_time"], "zones": "all"}}).match.holds(anywhere)


class Register:
    """Says what it was asked."""

    def condition(self, name: str, wanted: Iterable[str]) -> Condition:
        wanted = list(wanted)
        if wanted == ["wrong"]:
            raise ValueError("is no such thing")
        return IsOneOf(0, frozenset({f"{name} {' '.join(wanted)}"}))

    def own_pace(self, submission: Submission) -> OwnPace:
        return OwnPace("", "", Pace(3.0, 5))


def test_registers_words_and_holidays_come_from_whoever_compiles() -> None:
    """A pack of rules brings its own."""
    supplies = Supplies(
        Register(), WordLists({"gambling": ["sale"]}), HolidayCalendar([DayOfYear(11, 23)])
    )
    rule = a_rule({"consent": ["opted_in", "pending"]}, supplies=supplies)
    assert rule.match.holds(submission(system_id="consent opted_in pending"))
    assert a_rule({"local_time": {"holidays": True}}, supplies=supplies).match.holds(submission())
    gambling = a_rule({"content_class": "gambling"}, supplies=supplies)
    assert gambling.match.holds(submission(content_class=""))
    with pytest.raises(RuleError, match=r"when\.consent: is no such thing"):
        a_rule({"consent": "wrong"}, supplies=supplies)


@pytest.mark.parametrize(
    ("written", "passing"),
    [
        ({"over": "tier", "per": "1s"}, 3),
        ({"over": "tier", "per": "2s", "count": "parts", "by": ["account"]}, 6),
        ({"over": "tier", "per": "1d"}, 5),
        ({"over": "tier", "per": "day", "zone": "Asia/Tokyo", "otherwise": 1}, 5),
    ],
)
def test_a_rate_may_be_that_of_the_very_sender(written: dict[str, object], passing: int) -> None:
    """As it is registered; without anybody who says how fast it may send it never holds."""
    match = a_rule({"rate": written}, supplies=Supplies(Register())).match
    assert [match.holds(submission()) for _ in range(passing + 1)] == [*[False] * passing, True]
    written = {key: value for key, value in written.items() if key != "otherwise"}
    alone = a_rule({"rate": written}).match
    assert not any(alone.holds(submission()) for _ in range(20))
    others = a_rule({"rate": {**written, "otherwise": 2}}).match
    assert [others.holds(submission()) for _ in range(3)] == [False, False, True]
    kinds = {"alphanumeric": NumberKind(False, Pace(1.0, 1), {})}
    kind = a_rule({"rate": written}, supplies=Supplies(kinds=kinds)).match
    assert any(kind.holds(submission()) for _ in range(20))


def test_what_counts_and_draws_is_asked_last() -> None:
    """The cheapest first: a rule that does not hold costs next to nothing."""
    rule = a_rule(
        {
            "share": 50,
            "rate": {"over": 1, "per": "1s"},
            "duplicate": {"within": "1s"},
            "first_seen": {"within": "1s"},
            "content_class": "otp",
            "text": {"contains": "x"},
            "country": "US",
            "operation": "submit_sm",
        }
    )
    match = rule.match
    asked = [each.subject() for each in match.conditions]
    assert asked == ["operation", "country", "text", "content_class"]
    assert [each.subject() for each in match.last] == ["first_seen", "duplicate", "rate", "share"]
