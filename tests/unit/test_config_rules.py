"""Rules as they are written: what is understood, what is said of the rest, what they compile to."""

import sys
from typing import Any

import msgspec
import pytest

from carrierbox.config_conditions import RuleError, search_of
from carrierbox.config_outcomes import Outcome
from carrierbox.config_rules import (
    RuleDefinition,
    compile_rule,
    definition_of,
    magic_number_definitions,
    magic_numbers,
    read_rules,
    rule_book,
    rules_schema,
)
from carrierbox.config_values import Problems
from carrierbox.identifiers import Address
from carrierbox.matching import Rule
from carrierbox.numbering import load_number_plan
from carrierbox.relay import CAUSE_NAMES, Submission
from carrierbox.smpp.values import STATUS_NAMES

THROTTLED = {"command_status": "ESME_RTHROTTLED"}


def a_rule(when: object = None, then: object = None) -> Rule:
    written = {"name": "mine", "when": when or {}, "then": then or THROTTLED}
    return compile_rule(definition_of(written))


def submission(**fields: Any) -> Submission:
    given: dict[str, Any] = {
        "system_id": "shop",
        "source": Address(5, 0, "ACME"),
        "msisdn": "33612345678",
        "country": "FR",
        "carrier": "Orange",
        "data_coding": 0,
        "user_data_header": b"",
        "user_data": b"Your code is 4821",
    }
    return Submission(**given | fields)


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"account": "shop"},
        {"account": ["other", "shop"]},
        {"operation": "submit_sm"},
        {"operation": ["data_sm", "submit_sm"]},
        {"source_addr": "ACME"},
        {"source_addr": {"glob": "AC*"}},
        {"source_addr": {"pattern": "^[A-Z]{4}$"}},
        {"source_addr_ton": 5},
        {"source_addr_ton": [1, 5]},
        {"destination": "+33 6 12 34 56 78"},
        {"destination": ["0033612345678", "+44"]},
        {"destination": {"prefix": "+336"}},
        {"destination": {"prefix": ["+44", "00336"]}},
        {"destination": {"glob": "+33?1*"}},
        {"country": "FR"},
        {"country": ["DE", "FR"]},
        {"carrier": {"prefix": "Ora"}},
        {"service_type": ""},
        {"data_coding": 0},
        {"registered_delivery": [0, 1]},
        {"text": "Your code is 4821"},
        {"text": {"contains": "code"}},
        {"text": {"pattern": r"\b\d{4}$"}},
        {"share": 100},
        {"share": 100.0, "seed": 3},
        {"account": "shop", "country": "FR", "text": {"contains": "4821"}},
    ],
)
def test_conditions_that_hold(when: object) -> None:
    """docs/rules.md: every key, each as it may be written."""
    assert a_rule(when).match.holds(submission())


@pytest.mark.parametrize(
    "when",
    [
        {"account": "SHOP"},
        {"operation": "data_sm"},
        {"source_addr": "ACM"},
        {"source_addr": {"pattern": "^[0-9]"}},
        {"source_addr_ton": 1},
        {"destination": "+33612345679"},
        {"destination": {"prefix": "+337"}},
        {"country": "001"},
        {"carrier": "orange"},
        {"service_type": "CMT"},
        {"data_coding": [8, 4]},
        {"registered_delivery": 1},
        {"text": {"contains": "Code"}},
        {"text": {"pattern": "^code"}},
        {"account": "shop", "country": "DE"},
    ],
)
def test_conditions_that_do_not_hold(when: object) -> None:
    """docs/rules.md: what is written plainly is meant exactly."""
    assert not a_rule(when).match.holds(submission())


@pytest.mark.parametrize(
    ("then", "decided"),
    [
        ({"accept": True}, (0, 0, 0)),
        ({"command_status": "ESME_RTHROTTLED"}, (0x58, 0, 0)),
        ({"command_status": "ESME_RINVTLVLEN"}, (0xC2, 0, 0)),
        ({"command_status": "ESME_RPROHIBITED"}, (0x101, 0, 0)),
        ({"command_status": 1024}, (0x400, 0, 0)),
        ({"command_status": "0x04fF"}, (0x4FF, 0, 0)),
        ({"command_status": 0xFFFFFFFF}, (0xFFFFFFFF, 0, 0)),
        ({"cause": "ABSENT_SUBSCRIBER"}, (0, 6, 0)),
        ({"cause": "SYSTEM_FAILURE", "attempts": 3}, (0, 34, 3)),
    ],
)
def test_outcomes(then: object, decided: tuple[int, int, int]) -> None:
    """docs/rules.md: accept, refuse, fail later; under the rule's name."""
    verdict = a_rule(then=then).verdict
    assert (verdict.command_status, verdict.cause, verdict.failing_attempts) == decided
    assert verdict.rule == "mine"


LONG = "x" * 501
BAD: list[tuple[object, str]] = [
    (5, "must be object, got int"),
    ({"then": THROTTLED}, "name: missing"),
    ({"name": "a"}, "then: missing"),
    ({"name": "", "then": THROTTLED}, "name: must be str of length >= 1"),
    ({"name": "x" * 65, "then": THROTTLED}, "name: must be str of length <= 64"),
    ({"name": "a\0b", "then": THROTTLED}, "name: must be str matching regex"),
    ({"name": "a", "then": THROTTLED, "if": {}}, "if: unknown key"),
    ({"name": "a", "then": {}}, "then: must say something"),
    ({"name": "a", "then": THROTTLED | {"accept": True}}, "then: must have at most one of"),
    ({"name": "a", "then": {"accept": False}}, "then.accept: cannot be False"),
    ({"name": "a", "then": {"status": 1}}, "then.status: unknown key"),
    ({"name": "a", "then": {"command_status": 0}}, "then.command_status: must be int >= 1"),
    ({"name": "a", "then": {"command_status": 2**32}}, "then.command_status: must be int <= "),
    ({"name": "a", "then": {"command_status": "ESME_ROK"}}, "then.command_status: must not be"),
    ({"name": "a", "then": {"command_status": "THROTTLED"}}, "THROTTLED is no command_status"),
    ({"name": "a", "then": {"command_status": "0x1FFFFFFFF"}}, "then.command_status: must not"),
    ({"name": "a", "then": {"cause": "ABSENT"}}, "then.cause: must be one of UNKNOWN_SUBSCRIBER"),
    ({"name": "a", "then": THROTTLED | {"attempts": 1}}, "then.attempts: goes with a cause only"),
    ({"name": "a", "then": {"cause": "DATA_MISSING", "attempts": 0}}, "then.attempts: must be"),
]
BAD_CONDITIONS: list[tuple[object, str]] = [
    ({"sendr": "ACME"}, "when.sendr: unknown key"),
    ({"account": 5}, "when.account: must be "),
    ({"account": LONG}, "when.account: must be str of length <= 500"),
    ({"account": []}, "when.account: must be array of length >= 1"),
    ({"account": ["x"] * 101}, "when.account: must be array of length <= 100"),
    ({"operation": "bind"}, "when.operation: cannot be 'bind'"),
    ({"source_addr_ton": 256}, "when.source_addr_ton: must be int <= 255"),
    ({"destination": "abc"}, "when.destination: 'abc' is no phone number"),
    ({"destination": {"prefix": "+33x"}}, "when.destination.prefix: '+33x' begins no"),
    ({"destination": {}}, "when.destination: must have exactly one of prefix"),
    ({"text": {"contains": "a", "glob": "b"}}, "when.text: must have exactly one of prefix"),
    ({"text": {"contains": ""}}, "when.text.contains: must be str of length >= 1"),
    ({"text": {"pattern": "("}}, "when.text.pattern: not a regular expression of RE2: missing )"),
    ({"text": {"pattern": "(?=a)"}}, "when.text.pattern: not a regular expression of RE2"),
    ({"text": {"pattern": "(a)\\1"}}, "when.text.pattern: not a regular expression of RE2"),
    ({"text": {"pattern": "x" * 201}}, "when.text.pattern: must be str of length <= 200"),
    ({"share": 0}, "when.share: must be float > 0"),
    ({"share": 101}, "when.share: must be float <= 100"),
    ({"seed": 1}, "when.seed: goes with a share only"),
    ({"share": 1, "seed": -1}, "when.seed: must be int >= 0"),
]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        *BAD,
        *(({"name": "a", "when": w, "then": THROTTLED}, problem) for w, problem in BAD_CONDITIONS),
    ],
)
def test_what_is_wrong_is_said_with_its_field(written: object, problem: str) -> None:
    """docs/rules.md: an error that names the field."""
    with pytest.raises(RuleError) as caught:
        compile_rule(definition_of(written))
    assert problem in str(caught.value)


def test_all_problems_of_a_list_are_told_at_once() -> None:
    """As in the rest of the configuration, each with its place."""
    fine = {"name": "fine", "then": THROTTLED}
    with pytest.raises(Problems) as caught:
        read_rules(
            [{"name": "a"}, fine, {"name": "b", "when": {"text": 1}, "then": THROTTLED}, fine]
        )
    assert [path for path, _ in caught.value.found] == ["[0].then", "[2].when.text", "[3].name"]
    assert [rule.name for rule in read_rules([fine])] == ["fine"]
    assert read_rules([]) == ()
    with pytest.raises(ValueError, match="must be a list of rules, not a mapping"):
        read_rules(fine)
    with pytest.raises(ValueError, match="at most 1000 rules"):
        read_rules([fine] * 1001)


def test_a_share_draws_by_its_seed_and_name() -> None:
    """T49: reproducible, and one rule more does not change what another draws."""

    def draws(name: str, seed: int) -> list[bool]:
        definition = definition_of(
            {"name": name, "when": {"share": 50, "seed": seed}, "then": THROTTLED}
        )
        match = compile_rule(definition).match
        return [match.holds(submission()) for _ in range(64)]

    assert draws("a", 1) == draws("a", 1)
    assert len({tuple(draws(name, seed)) for name in "ab" for seed in (1, 2)}) == 4


def test_the_share_is_drawn_of_what_all_else_means() -> None:
    """docs/rules.md: what the other conditions leave out takes no draw."""
    rule = a_rule({"share": 50, "account": "shop"})
    twin = a_rule({"share": 50, "account": "shop"})
    seen = []
    for _ in range(32):
        assert not twin.match.holds(submission(system_id="other"))
        seen.append(rule.match.holds(submission()) == twin.match.holds(submission()))
    assert all(seen)


def test_patterns_take_any_text() -> None:
    """T37: half a surrogate pair is a text of SMS, and none of UTF-8."""
    search = search_of("^.b$")
    assert search("\ud800b")
    assert search("жb")
    assert not search("\ud800\ud800b")


def test_a_pattern_needs_its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is not there is named, with how to get it."""
    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(RuleError, match=r"pip install 'carrierbox\[patterns\]'"):
        search_of("a")
    a_rule({"text": {"glob": "*"}})


def test_a_pattern_takes_linear_time() -> None:
    """Everything from outside can be wrong: with the `re` module this would not end."""
    assert not search_of("(a*)*(a*)*b$")("a" * 30_000)


def test_the_schema_is_whole_and_knows_every_field() -> None:
    """One published JSON Schema: no reference leads out of it."""
    schema = rules_schema()
    text = msgspec.json.encode(schema).decode()
    assert "$ref" not in text
    items = schema["items"]
    assert items["required"] == ["name", "then"]
    assert items["additionalProperties"] is False
    assert set(items["properties"]["then"]["properties"]) == {*Outcome.__struct_fields__}
    assert set(items["properties"]) == {*RuleDefinition.__struct_fields__}
    assert items["properties"]["when"]["additionalProperties"] is False


def test_a_rule_is_written_as_it_was_read() -> None:
    """What the API shows can be sent back."""
    written = {"name": "a", "then": {"accept": True}, "when": {"text": {"glob": "*"}, "share": 2.5}}
    definition = definition_of(written)
    assert msgspec.to_builtins(definition) == written
    assert msgspec.json.decode(msgspec.json.encode(definition), type=RuleDefinition) == definition


def test_magic_numbers_are_those_of_the_tables() -> None:
    """docs/magic-numbers.md: each status but ESME_ROK, each cause; one number for each."""
    names = {definition.name for definition in magic_number_definitions()}
    assert len(names) == len(magic_number_definitions())
    told = [name for status, name in STATUS_NAMES.items() if status] + [*CAUSE_NAMES.values()]
    assert names == {f"magic {name}" for name in told}
    book = rule_book()
    for status, name in STATUS_NAMES.items():
        if not status:
            continue
        for tail in ("", "00", "12345678"):
            number = f"9990{status:03d}{tail}"
            verdict = book.verdict_on(submission(msisdn=number, country=""))
            assert verdict is not None
            assert (verdict.command_status, verdict.rule) == (status, f"magic {name}")
    for cause, name in CAUSE_NAMES.items():
        verdict = book.verdict_on(submission(msisdn=f"9991{cause:03d}7", country=""))
        assert verdict is not None
        assert (verdict.command_status, verdict.cause) == (0, cause)
        assert (verdict.failing_attempts, verdict.rule) == (0, f"magic {name}")


@pytest.mark.parametrize(
    "number", ["999", "9990", "9990000", "999008", "9990999", "9991000", "9992006"]
)
def test_other_numbers_of_no_country_are_no_magic(number: str) -> None:
    """docs/magic-numbers.md: they stay what they are, nobody's."""
    assert rule_book().verdict_on(submission(msisdn=number, country="")) is None


def test_no_country_has_a_magic_number() -> None:
    """No phone can have one."""
    plan = load_number_plan()
    assert plan.route("9990088") is None
    assert plan.route("9991006") is None


def test_every_box_has_built_in_rules_of_its_own() -> None:
    """Nothing in a box is global to the process: what they count is theirs."""
    one, other = magic_numbers(), magic_numbers()
    assert one[0] is not other[0]
    assert rule_book().configured == []
