"""The bounds of accounts, and that nothing is refused without a reason, held against a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.log import Asked, Began, Bound, Ended, Event, LinkLost, Refused, Switched

from carrierbox.codecs.user_data_header import find_concatenation, split_user_data_header
from carrierbox.errors import CodecError
from carrierbox.smpp.pdus import DataSm, Pdu, QuerySmResp, SubmitMulti, SubmitMultiResp, SubmitSm
from carrierbox.smpp.values import (
    ESM_CLASS_FORWARD,
    ESM_CLASS_MODE_MASK,
    ESM_CLASS_UDHI,
    ESME_RALYBND,
    ESME_RDELIVERYFAILURE,
    ESME_RMSGQFUL,
    ESME_ROK,
    ESME_RSYSERR,
    ESME_RTHROTTLED,
)
from carrierbox.smsc.accounts import AccountSettings

if TYPE_CHECKING:
    from tests.simulation.checker import Checker

_SOME_S = 1e-6


class Bounds:
    """The limits of accounts: links, messages in a second, messages that wait for one phone."""

    def __init__(self, checker: Checker, accounts: dict[str, AccountSettings]) -> None:
        self._checker = checker
        self._accounts = accounts
        self._bound: dict[tuple[int, int], str] = {}
        self._receivers: dict[str, set[tuple[int, int]]] = {}
        self._taken: dict[str, list[tuple[float, int]]] = {}
        self._failures = 0
        self._failures_before: dict[tuple[int, int, int], int] = {}
        self._off_since: dict[str, float] = {}

    def has_receiver(self, system_id: str) -> bool:
        """Whether an account has a link that takes what the centre sends by itself."""
        return bool(self._receivers.get(system_id))

    def take(self, event: Event, now: float) -> None:
        """Take in one event of the log."""
        if isinstance(event, Began):
            self._bound.clear()
            self._receivers.clear()
            self._off_since.clear()
        elif isinstance(event, Bound):
            self._on_bound(event)
        elif isinstance(event, LinkLost):
            system_id = self._bound.pop(event.link, "")
            self._receivers.get(system_id, set()).discard(event.link)
        elif isinstance(event, Ended):
            self.check_rates()
        elif isinstance(event, Refused):
            self._failures += 1
        elif isinstance(event, Asked):
            self._failures_before[event.key] = self._failures
        elif isinstance(event, Switched):
            self._off_since.pop(event.msisdn, None)
            if event.problem == "" and not event.power:
                self._off_since[event.msisdn] = now

    def _on_bound(self, event: Bound) -> None:
        self._bound[event.link] = event.system_id
        if event.receives:
            self._receivers.setdefault(event.system_id, set()).add(event.link)
        count = sum(one == event.system_id for one in self._bound.values())
        if count > self._accounts[event.system_id].binds_max:
            self._checker.say("every bound holds", f"{count} links of {event.system_id}")

    def answered(self, asked: Asked, response: Pdu) -> None:
        """A request was answered: what it was refused for must be so, and what it took counts."""
        settings = self._accounts[asked.system_id]
        status = response.command_status
        failed = self._failures > self._failures_before.pop(asked.key)
        reasons = {
            ESME_RTHROTTLED: settings.rate_per_s > 0,
            ESME_RMSGQFUL: settings.queue_max > 0,
            ESME_RSYSERR: failed,
            ESME_RDELIVERYFAILURE: is_transaction(asked.pdu),
            ESME_RALYBND: False,
        }
        if not reasons.get(status, True):
            self._checker.say("what is refused has a reason", f"0x{status:X} for {asked.pdu!r}")
        if status == ESME_ROK and not isinstance(response, QuerySmResp):
            self._on_taken(asked, response, settings)

    def _on_taken(self, asked: Asked, response: Pdu, settings: AccountSettings) -> None:
        cost = _cost_of(asked.pdu, response)
        if not settings.rate_per_s or not cost:
            return
        self._taken.setdefault(asked.system_id, []).append((asked.link_at, cost))

    def check_rates(self) -> None:
        """No account had more taken in than its rate allows in any time of this life."""
        for system_id, taken in self._taken.items():
            rate_per_s = self._accounts[system_id].rate_per_s
            taken.sort()
            for number, (since, _) in enumerate(taken):
                total = 0
                for at, count in taken[number:]:
                    total += count
                    if total > rate_per_s * (1 + at - since) + _SOME_S:
                        what = f"{system_id} sent {total} in {at - since:.2f} s"
                        self._checker.say("every bound holds", what)
                        return
        self._taken.clear()

    def check_queue(self, system_id: str, msisdn: str, at: float) -> None:
        """What was taken for a phone that is off waits for it, and may not be too much.

        `at` is when the last of it was asked for.
        """
        queue_max = self._accounts[system_id].queue_max
        off_since = self._off_since.get(msisdn)
        if not queue_max or off_since is None:
            return
        waiting = [
            one
            for one in self._checker.promises.values()
            if one.to == msisdn
            and one.must_arrive
            and off_since < one.asked_at <= at
            and one.due_at <= at
            and not one.states
            and one.times_are_known
            and at < one.expires_at
        ]
        if len(waiting) > queue_max:
            self._checker.say("every bound holds", f"{len(waiting)} messages wait for {msisdn}")


def is_transaction(pdu: Pdu) -> bool:
    """Whether the response of a request tells the outcome."""
    if not isinstance(pdu, (SubmitSm, DataSm)):
        return False
    return pdu.esm_class & ESM_CLASS_MODE_MASK == ESM_CLASS_FORWARD


def _cost_of(request: Pdu, response: Pdu) -> int:
    if isinstance(request, SubmitMulti) and isinstance(response, SubmitMultiResp):
        return len(request.dest_address) - len(response.unsuccess_sme)
    if isinstance(request, SubmitSm) and request.esm_class & ESM_CLASS_UDHI:
        try:
            header, _ = split_user_data_header(request.short_message)
            concatenation = find_concatenation(header)
        except CodecError:
            return 1
        return int(concatenation is None or concatenation.number == 1)
    return int(isinstance(request, (SubmitSm, DataSm)))
