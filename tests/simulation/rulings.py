"""How often requests are answered, and who is refused by a register: held against the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.log import (
    KILLED,
    Asked,
    Began,
    Calm,
    Ended,
    Event,
    LinkLost,
    Refused,
    Told,
    Worded,
)
from tests.simulation.rules import (
    OPTED_OUT_STATUS,
    REGISTERED,
    STOP,
    SUSPEND_AFTER,
    SUSPEND_FOR_S,
    SUSPEND_WITHIN_S,
    CarrierRule,
)
from tests.simulation.setting import SHORT_CODE

from carrierbox.smpp.pdus import (
    DataSm,
    Pdu,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
)
from carrierbox.smpp.values import ESME_RDELIVERYFAILURE, ESME_RINVSRCADR, ESME_ROK

if TYPE_CHECKING:
    from tests.simulation.checker import Checker

_SUBMITS = (SubmitSm, SubmitMulti, DataSm)


class Rulings:
    """Answers that come more than once, phones that said STOP, and senders that are suspended."""

    def __init__(self, checker: Checker, rules: dict[str, CarrierRule]) -> None:
        self._checker = checker
        self._rules = rules
        self._again: dict[tuple[int, int, int], tuple[int, bytes]] = {}
        """Of requests how often their answer still comes."""
        self._opted_out: dict[str, set[bool]] = {}
        """By phone whether it said STOP last; both where nobody knows."""
        self._when_asked: dict[tuple[int, int, int], dict[str, set[bool]]] = {}
        self._counted: dict[tuple[str, str], list[float]] = {}
        """When what counts for a suspension was asked for and taken, in this life."""
        self._judged: dict[tuple[str, str], list[float]] = {}
        """When anything was asked for that may count, in all lives."""
        self._suspended: dict[tuple[str, str], tuple[float, float]] = {}
        """Since when an answer told that somebody is suspended, and until when that is so."""

    def take(self, event: Event, now: float) -> None:
        """Take in one event of the log."""
        if isinstance(event, (Began, Refused)):
            self._counted.clear()
        elif isinstance(event, Worded):
            self._on_worded(event)
        elif isinstance(event, Asked):
            self._on_asked(event, now)
        elif isinstance(event, LinkLost):
            for key in [key for key in self._again if key[:2] == event.link]:
                del self._again[key]
        elif isinstance(event, (Calm, Ended)):
            if isinstance(event, Calm) or event.how != KILLED:
                for left, octets in self._again.values():
                    self._checker.say("an answer comes as often as told", f"{left} {octets!r}")
            self._again.clear()

    # Answers.

    def is_repeated(self, event: Told) -> bool:
        """Whether an answer is the same again, and a rule says so."""
        left, octets = self._again.get(event.key, (0, b""))
        if not left or octets != event.octets:
            return False
        self._again[event.key] = (left - 1, octets)
        if left == 1:
            del self._again[event.key]
        return True

    def answered(self, asked: Asked, told: Told, at: float) -> None:
        """A request was answered for the first time."""
        request, response = asked.pdu, told.pdu
        known = self._when_asked.pop(asked.key, {})
        if not isinstance(request, _SUBMITS):
            return
        rule = self._rules.get(request.service_type)
        status = response.command_status
        is_replacing = isinstance(request, SubmitSm) and bool(request.replace_if_present_flag)
        is_final = status in (ESME_ROK, ESME_RDELIVERYFAILURE)
        if rule is not None and rule.answers > 1 and is_final and not self._replaced(asked, told):
            self._again[asked.key] = (rule.answers - 1, told.octets)
        refused = {}
        if isinstance(response, SubmitMultiResp):
            refused = {
                one.destination_addr: one.error_status_code for one in response.unsuccess_sme
            }
        for to in destinations_of(request):
            outcome = refused.get(to, status)
            if not is_replacing:
                self._check_word(request, to, outcome, known)
            self._check_suspension(asked, to, outcome, at, is_replacing)

    def _replaced(self, asked: Asked, told: Told) -> bool:
        """Whether a text took the place of another: then it is answered once."""
        request = asked.pdu
        key = (getattr(told.pdu, "message_id", ""), getattr(request, "destination_addr", ""))
        return (
            isinstance(request, SubmitSm)
            and bool(request.replace_if_present_flag)
            and key in self._checker.promises
        )

    # STOP and START.

    def _on_worded(self, event: Worded) -> None:
        is_out = event.word == STOP
        if event.problem == "":
            self._opted_out[event.msisdn] = {is_out}
        else:
            before = self._opted_out.get(event.msisdn, {False})
            self._opted_out[event.msisdn] = before | {is_out}

    def _check_word(
        self,
        request: SubmitSm | SubmitMulti | DataSm,
        to: str,
        outcome: int,
        known: dict[str, set[bool]],
    ) -> None:
        opted_out = known.get(to, {False}) if request.source_addr in REGISTERED else {False}
        if outcome == ESME_ROK and opted_out == {True}:
            self._checker.say("who said STOP gets nothing", f"{request!r} to {to}")
        if outcome == OPTED_OUT_STATUS and True not in opted_out:
            self._checker.say("what is refused has a reason", f"nobody said STOP: {to}")

    # Suspensions.

    def _on_asked(self, event: Asked, now: float) -> None:
        request = event.pdu
        if isinstance(request, ReplaceSm):
            for promise in self._checker.of_id(request.message_id):
                if promise.rule is not None and promise.rule.suspends:
                    who = self._who(event, promise.rule, promise.to)
                    self._judged.setdefault(who, []).append(now)
        if not isinstance(request, _SUBMITS):
            return
        self._when_asked[event.key] = dict(self._opted_out)
        rule = self._rules.get(request.service_type)
        if rule is not None and rule.suspends:
            for to in destinations_of(request):
                self._judged.setdefault(self._who(event, rule, to), []).append(now)

    def _who(self, asked: Asked, rule: CarrierRule, to: str) -> tuple[str, str]:
        """Who is counted: an account in a country, or its sender there; phones stand for these."""
        if rule.suspends == "account":
            return asked.system_id, to
        return f"from {getattr(asked.pdu, 'source_addr', '')}", to

    def _check_suspension(
        self, asked: Asked, to: str, outcome: int, at: float, is_replacing: bool
    ) -> None:
        rules = [one for one in self._rules.values() if one.suspends]
        who = [self._who(asked, rule, to) for rule in rules]
        may_be = [key for key in self._judged if key in who or self._is_for_all(asked, key)]
        if outcome == ESME_ROK:
            for key in who:
                since, until = self._suspended.get(key, (0.0, 0.0))
                if since <= at < until and not is_replacing:
                    self._checker.say("who is suspended is refused", f"{key[0]} to {to}")
        elif outcome == ESME_RINVSRCADR and not any(self._may_be(key, at) for key in may_be):
            self._checker.say("what is refused has a reason", f"{asked.pdu!r} is not suspended")
        rule = self._rules.get(getattr(asked.pdu, "service_type", ""))
        if rule is None or not rule.suspends or outcome != ESME_ROK or is_replacing:
            return
        key = self._who(asked, rule, to)
        counted = self._counted.setdefault(key, [])
        counted.append(at)
        recent = [one for one in counted if at - one <= SUSPEND_WITHIN_S]
        if len(recent) >= SUSPEND_AFTER:
            # From when this was told on it is durable.
            self._suspended[key] = (self._checker.now, at + SUSPEND_FOR_S)

    def _is_for_all(self, asked: Asked, key: tuple[str, str]) -> bool:
        """Whether a suspension is one for all countries, if it is one."""
        source = getattr(asked.pdu, "source_addr", "")
        return key[0] == asked.system_id or key == (f"from {source}", SHORT_CODE)

    def _may_be(self, key: tuple[str, str], at: float) -> bool:
        """Whether enough was asked for lately that somebody may be suspended."""
        since = at - SUSPEND_FOR_S - SUSPEND_WITHIN_S
        return sum(since <= one for one in self._judged.get(key, [])) >= SUSPEND_AFTER


def destinations_of(request: Pdu) -> list[str]:
    """The numbers that a request is for."""
    if isinstance(request, SubmitMulti):
        return [
            one.destination_addr for one in request.dest_address if isinstance(one, SmeDestination)
        ]
    assert isinstance(request, (SubmitSm, DataSm))
    return [request.destination_addr]
