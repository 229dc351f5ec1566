"""What the carrier of a world makes of messages beside delivering them.

A rule is drawn with the world, is meant by its name as the service_type, and is known to the
checker, who learns nothing of what the centre made of it.
"""

from random import Random
from typing import Any, Final

from tests.simulation.setting import FORCED, SHORT_CODE

from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.matching import SERVICE_TYPE, Condition, IsOneOf, Match, Rule, RuleBook
from carrierbox.relay import Verdict
from carrierbox.simulator.policy.registers import DeclaredSender, Registers
from carrierbox.simulator.sender_state import SenderState
from carrierbox.smpp.values import ESME_RPROHIBITED

WITH_RULES: Final = 0.5
WITH_REGISTER: Final = 0.2
WORDS: Final = {
    "DELIVERED": "DELIVRD",
    "EXPIRED": "EXPIRED",
    "DELETED": "DELETED",
    "UNDELIVERABLE": "UNDELIV",
    "REJECTED": "REJECTD",
}
"""The stat of a receipt by the state that a rule tells."""
DURATIONS_S: Final = {"5s": 5.0, "40s": 40.0, "90s": 90.0, "15m": 900.0, "1h": 3600.0, "2h": 7200.0}
SUSPEND_AFTER: Final = 3
SUSPEND_WITHIN_S: Final = 300.0
SUSPEND_FOR_S: Final = 3600.0
OF_ANY_MESSAGE: Final = ("source_addr", "report", "answers")
"""What holds for a message from an account to another, too."""
OPTED_OUT_STATUS: Final = ESME_RPROHIBITED
STOP: Final = "STOP"
START: Final = "START"
REGISTERED: Final = (SHORT_CODE, "beta1", "beta2")
"""Senders of one group: who does not want texts of one wants none of the others."""


class CarrierRule:
    """One rule, as the checker reads it: `then` is how it is written in a configuration."""

    def __init__(
        self, name: str, then: dict[str, Any], share: int = 100, when_taken: bool = False
    ) -> None:
        self.name = name
        self.then = then
        self.share = share
        """Of 100 messages so many are meant; which, only what becomes of them tells."""
        self.when_taken = when_taken
        """Whether it is told as DELIVERED once the network has taken it."""
        report = then.get("report", {})
        self.is_told: bool = report != "none"
        said: dict[str, Any] = report if self.is_told else {}
        self.delivers: bool = then.get("deliver", True)
        self.is_hopeless: bool = not self.delivers or "cause" in then
        state = said.get("state", "" if self.delivers else "DELIVERED")
        is_always = self.is_certain and not when_taken
        self.told: str = WORDS[state] if state and is_always else ""
        """What receipts and query_sm say whatever happened; "": the truth."""
        self.after_s: float = DURATIONS_S[said["after"]] if "after" in said else 0.0
        self.copies: int = said.get("copies", 1)
        self.answers: int = then.get("answers", 1)
        self.hold_s: float = DURATIONS_S[then["hold"]] if "hold" in then else 0.0
        self.source: str = then.get("source_addr", "")
        self.suspends: str = then.get("suspend", {}).get("what", "")

    @property
    def is_certain(self) -> bool:
        """Whether every message of its service_type is meant."""
        return self.share == 100

    @property
    def tells_the_truth(self) -> bool:
        """Whether what is told of an end is what happened."""
        return not self.told and not self.when_taken

    def shown(self, text: str) -> str:
        """What a phone shows in the place of a text."""
        change = self.then.get("text", {})
        length: int = change.get("truncate", len(text))
        return text[:length] + str(change.get("append", ""))

    def for_account(self) -> "CarrierRule":
        """What it says of a message that goes to another account."""
        then = {key: value for key, value in self.then.items() if key in OF_ANY_MESSAGE}
        return CarrierRule(self.name, then, self.share)

    def compiled(self) -> list[Rule]:
        """As the carrier has it. A text in the place of another is refused by one that suspends."""
        when: dict[str, Any] = {"service_type": self.name}
        if not self.is_certain:
            when |= {"share": self.share, "seed": 7}
        rule = compile_rule(definition_of({"name": self.name, "when": when, "then": self.then}))
        rule.verdict.told_when_taken = self.when_taken
        if self.answers == 1:
            return [rule]
        refused = {
            "name": f"{self.name} once",
            "when": {"service_type": self.name, "operation": "replace_sm"},
            "then": {"command_status": "ESME_RPROHIBITED", "answers": self.answers},
        }
        return [compile_rule(definition_of(refused)), rule]


def draw_rules(draw: Random) -> dict[str, CarrierRule]:
    """The rules of a world by their service_type; half of all worlds have none."""
    if draw.random() >= WITH_RULES:
        return {}
    kinds = draw.sample(_KINDS, draw.randint(1, 3))
    found = [kind(f"R{number}", draw) for number, kind in enumerate(kinds)]
    return {rule.name: rule for rule in found}


def _report(draw: Random, states: list[str]) -> dict[str, Any]:
    report: dict[str, Any] = {"state": draw.choice(states)}
    if draw.random() < 0.5:
        report["err"] = draw.choice(["013", "E-7"])
    if draw.random() < 0.5:
        report["after"] = draw.choice(["5s", "90s", "1h"])
    if draw.random() < 0.3:
        report["copies"] = 2
    return report


def _drop(name: str, draw: Random) -> CarrierRule:
    then: dict[str, Any] = {"deliver": False}
    if draw.random() < 0.7:
        then["report"] = _report(draw, list(WORDS))
    return CarrierRule(name, then)


def _silent(name: str, draw: Random) -> CarrierRule:
    then: dict[str, Any] = {"report": "none"}
    if draw.random() < 0.3:
        then["deliver"] = False
    return CarrierRule(name, then)


def _lie(name: str, draw: Random) -> CarrierRule:
    then: dict[str, Any] = {"report": _report(draw, list(WORDS))}
    if draw.random() < 0.3:
        then["cause"] = "UNKNOWN_SUBSCRIBER"
    return CarrierRule(name, then)


def _late(name: str, draw: Random) -> CarrierRule:
    report: dict[str, Any] = {"after": draw.choice(["5s", "90s", "1h"])}
    if draw.random() < 0.5:
        report["copies"] = 2
    return CarrierRule(name, {"report": report})


def _copies(name: str, draw: Random) -> CarrierRule:
    then: dict[str, Any] = {"report": {"copies": draw.choice([2, 2, 3])}}
    if draw.random() < 0.5:
        then["answers"] = 2
    return CarrierRule(name, then)


def _hold(name: str, draw: Random) -> CarrierRule:
    then: dict[str, Any] = {"hold": draw.choice(["40s", "15m", "2h"])}
    if draw.random() < 0.3:
        then["text"] = {"append": " by R"}
    if draw.random() < 0.2:
        then["deliver"] = False
    return CarrierRule(name, then)


def _text(name: str, draw: Random) -> CarrierRule:
    text: dict[str, Any] = {}
    if draw.random() < 0.5:
        text["truncate"] = draw.choice([12, 150])
    if not text or draw.random() < 0.5:
        text["append"] = draw.choice([" Reply STOP to end", " \u0416", " and so on" * 15])
    then: dict[str, Any] = {"text": text}
    if draw.random() < 0.5:
        then["source_addr"] = "567890"
    return CarrierRule(name, then)


def _share(name: str, draw: Random) -> CarrierRule:
    then = {"deliver": False, "report": {"state": "REJECTED"}}
    return CarrierRule(name, then, draw.choice([30, 60]))


def _taken(name: str, draw: Random) -> CarrierRule:
    report: dict[str, Any] = {"state": "DELIVERED"}
    if draw.random() < 0.3:
        report["copies"] = 2
    return CarrierRule(name, {"report": report}, when_taken=True)


def _suspend(name: str, draw: Random) -> CarrierRule:
    suspend = {
        "what": draw.choice(["sender", "sender", "account"]),
        "after": SUSPEND_AFTER,
        "within": "5m",
        "for": "1h",
    }
    return CarrierRule(name, {"accept": True, "suspend": suspend})


_KINDS: Final = (
    _drop,
    _silent,
    _lie,
    _late,
    _copies,
    _hold,
    _text,
    _share,
    _taken,
    _suspend,
)


def register(is_kept: bool) -> Registers:
    """A new register; if one is kept, phones say STOP and START to the short code."""
    if not is_kept:
        return Registers()
    senders = [
        DeclaredSender(one, "", SenderState(keywords="carrier", group="all")) for one in REGISTERED
    ]
    return Registers(senders, matching={"": "strict"})


def book_of(rules: dict[str, CarrierRule], registers: Registers | None) -> RuleBook:
    """Those that let messages fail, by their service_type, then those that were drawn."""
    book: list[Rule] = []
    if registers is not None:
        opted_out = Match([registers.condition("consent", ["opted_out"])])
        book.append(Rule("opted out", opted_out, Verdict(OPTED_OUT_STATUS, "opted out"), ""))
    for name, (cause, attempts) in FORCED.items():
        conditions: list[Condition] = [IsOneOf(SERVICE_TYPE, frozenset({name}))]
        book.append(Rule(name, Match(conditions), Verdict(0, name, None, cause, attempts), name))
    for rule in rules.values():
        book.extend(rule.compiled())
    return RuleBook(book)
