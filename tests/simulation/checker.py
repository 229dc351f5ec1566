"""What must be true of every run, whatever went wrong in it.

The checker reads a log: the wire, the screens, the commits and the kills. It knows nothing of the
centre. Each check has a name; a problem begins with it.
"""

from collections.abc import Callable
from typing import Final

from tests.simulation.bounds import Bounds, is_transaction
from tests.simulation.log import (
    SETTLED,
    Answered,
    Asked,
    Began,
    Calm,
    Delivered,
    Ended,
    Event,
    LinkLost,
    Log,
    Refused,
    Sent,
    Submitted,
    Told,
    Written,
)
from tests.simulation.phone_answers import ACKNOWLEDGEMENTS, PhoneAnswers
from tests.simulation.promises import Handed, Promise, Report, reported_id, text_of
from tests.simulation.rules import CarrierRule
from tests.simulation.rulings import Rulings, destinations_of
from tests.simulation.screens import Screens
from tests.simulation.setting import FORCED, HOPELESS, LATE, NEVER

from carrierbox.smpp.pdus import (
    CancelSm,
    DataSm,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
)
from carrierbox.smpp.values import (
    BIND_RECEIVER_RESP,
    BIND_TRANSCEIVER_RESP,
    BIND_TRANSMITTER_RESP,
    ESM_CLASS_DELIVERY_RECEIPT,
    ESM_CLASS_INTERMEDIATE_NOTIFICATION,
    ESM_CLASS_UDHI,
    ESME_RDELIVERYFAILURE,
    ESME_RINVMSGID,
    ESME_ROK,
    ESME_RX_P_APPN,
)
from carrierbox.smsc.accounts import AccountSettings

STATES: Final = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
_BOUND: Final = (BIND_RECEIVER_RESP, BIND_TRANSMITTER_RESP, BIND_TRANSCEIVER_RESP)
CANCELLED: Final = "cancel_sm_resp"
LATE_S: Final = 120.0
"""Dates of receipts are to the minute, and a commit that failed is made again."""


class Acknowledgement:
    """An answer to a deliver_sm on its way into a commit."""

    def __init__(self, handed: Handed, behind: int, command_status: int) -> None:
        self.handed = handed
        self.command_status = command_status
        self.behind = behind
        """The batch that was under way when it came; 0 when none was."""
        self.batch = 0


class Checker:
    """Reads a log once; `problems` is what it found."""

    def __init__(
        self,
        log: Log,
        accounts: dict[str, AccountSettings],
        short_codes: dict[str, str],
        rules: dict[str, CarrierRule],
    ) -> None:
        self.problems: list[str] = []
        self.promises: dict[tuple[str, str], Promise] = {}
        """By id and destination."""
        self.from_phones: list[tuple[float, int, Sent]] = []
        self.refused: dict[tuple[str, str], str] = {}
        """Texts to destinations that were refused, and how."""
        self.maybe: dict[tuple[str, str], int] = {}
        """Texts to destinations of which nobody knows whether they were taken in."""
        self._forced_maybe: set[str] = set()
        self._windows = {name: one.window for name, one in accounts.items()}
        self._short_codes = short_codes
        self._rules = rules
        self.rulings = Rulings(self, rules)
        self._screens = Screens(self)
        self.bounds = Bounds(self, accounts)
        self._phone_answers = PhoneAnswers(self)
        self._open: dict[tuple[int, int, int], tuple[Asked, int, float, int]] = {}
        self._asked_behind: dict[int, int] = {}
        self._handed: dict[tuple[str, ...], Handed] = {}
        self._by_number: dict[int, Handed | None] = {}
        self._on_link: dict[tuple[int, int], set[int]] = {}
        self._link_of: dict[int, tuple[int, int]] = {}
        self._acknowledgements: list[Acknowledgement] = []
        self._lost_cancels: list[tuple[CancelSm, str, float]] = []
        """Those that were never answered, and until when they may have been heard: what was asked
        on another link meanwhile may have gone before.
        """
        self._early: dict[tuple[str, str], float] = {}
        self._submitted = 0
        self._under_way = 0
        self._written = 0
        self.order = 0
        """How much was asked so far."""
        self._life = 0
        self.begins: list[float] = []
        self.calm_at = float("inf")
        """From then on nothing goes wrong any more."""
        self.settled_at = 0.0
        self.now = 0.0
        for self.now, event in log.events:
            self._take(event)
        self._conclude()

    def say(self, check: str, problem: str) -> None:
        """Something is not as it must be."""
        self.problems.append(f"{check}: {problem} (at {self.now - self.begins[0]:.2f} s)")

    def _take(self, event: Event) -> None:
        if isinstance(event, Began):
            self._life = event.life
            self.begins.append(self.now)
        self.bounds.take(event, self.now)
        self.rulings.take(event, self.now)
        self._phone_answers.take(event, self.now)
        self._screens.take(event, self.now)
        handlers: dict[type, Callable[..., None]] = {
            Asked: self._on_asked,
            Told: self._on_told,
            Delivered: self._on_delivered,
            Answered: self._on_answered,
            LinkLost: self._on_link_lost,
            Submitted: self._on_submitted,
            Written: self._on_written,
            Refused: self._on_refused,
            Sent: self._on_sent,
            Calm: self._on_calm,
            Ended: self._on_ended,
        }
        handler = handlers.get(type(event))
        if handler is not None:
            handler(event)

    # Requests and their answers.

    def _on_asked(self, event: Asked) -> None:
        self.order += 1
        self._open[event.key] = (event, self._submitted, self.now, self.order)
        self._asked_behind[self.order] = self._under_way

    def _on_told(self, event: Told) -> None:
        found = self._open.pop(event.key, None)
        if found is None:
            is_bind = event.pdu.command_id in _BOUND
            if not is_bind and not self.rulings.is_repeated(event):
                self.say("one answer", f"{event.pdu!r} answers nothing that waits")
            return
        asked, submitted, asked_at, order = found
        request, pdu = asked.pdu, event.pdu
        self.bounds.answered(asked, pdu)
        self.rulings.answered(asked, event, asked_at)
        self._phone_answers.answered(asked, pdu)
        is_ok = pdu.command_status == ESME_ROK
        if is_ok and not isinstance(request, QuerySm) and self._written <= submitted:
            self.say("no OK before its commit", f"{type(request).__name__} {text_of(request)[:8]}")
        if isinstance(request, QuerySm) and isinstance(pdu, QuerySmResp):
            self._on_state(request, pdu)
        elif isinstance(request, CancelSm):
            if is_ok:
                self._on_cancelled(request, asked.system_id)
        elif isinstance(request, ReplaceSm):
            self._on_replaced(request, is_ok, asked_at)
        else:
            self._on_accepted(asked, pdu, asked_at, order, submitted)

    def _on_accepted(
        self, asked: Asked, response: Pdu, at: float, order: int, submitted: int
    ) -> None:
        request = asked.pdu
        text = text_of(request)
        message_id: str = getattr(response, "message_id", "")
        not_taken = set()
        if isinstance(response, SubmitMultiResp):
            not_taken = {one.destination_addr for one in response.unsuccess_sme}
        for to in destinations_of(request):
            rule = self._rule_of(request, to)
            shown = text if rule is None else rule.shown(text)
            if response.command_status != ESME_ROK or to in not_taken:
                if response.command_status == ESME_RDELIVERYFAILURE and rule is not None:
                    self.maybe[to, shown] = order
                else:
                    self.refused[to, shown] = f"status 0x{response.command_status:X}"
                continue
            key = (message_id, to)
            if isinstance(request, SubmitSm) and request.replace_if_present_flag:
                if key in self.promises:
                    self._replace(self.promises[key], request, shown, at)
                    self.promises[key].times_are_known = False
                    continue
            elif key in self.promises:
                self.say("an id is given out once", f"{message_id} to {to}")
            is_late = is_transaction(request) and rule is not None and rule.after_s > 0.0
            # Phones acknowledge what they got, whenever its end is told.
            if key in self._early and not is_late:
                self.say("a receipt comes after its response", f"{message_id} to {to}")
            promise = self._promise(asked, message_id, to, text, at, order)
            promise.after_batch = submitted
            promise.came_behind = self._asked_behind[order] != 0
            promise.is_tried_once = is_transaction(request)
            self.promises[key] = promise
            promise.may_be_cancelled = any(
                at <= lost_at and promise in self._meant(cancel, system_id)
                for cancel, system_id, lost_at in self._lost_cancels
            )
            if is_transaction(request):
                self._state(promise, "DELIVRD", "its response")
            else:
                self.bounds.check_queue(asked.system_id, to, at)

    def _promise(
        self, asked: Asked, message_id: str, to: str, text: str, at: float, order: int
    ) -> Promise:
        request = asked.pdu
        assert isinstance(request, (SubmitSm, SubmitMulti, DataSm))
        promise = Promise(asked.system_id, request.source_addr, message_id, to, text, order)
        promise.asked_at, promise.told_at = at, self.now
        promise.registered_delivery = request.registered_delivery
        promise.service_type = request.service_type
        promise.is_hopeless = request.service_type in HOPELESS
        promise.is_forced = request.service_type in FORCED
        promise.is_alone = not isinstance(request, SubmitMulti)
        promise.is_plain = not request.esm_class & ESM_CLASS_UDHI
        if isinstance(request, DataSm):
            request = SubmitSm()
        promise.priority = request.priority_flag
        promise.take_times(request, at)
        if isinstance(request, SubmitSm) and request.replace_if_present_flag:
            # What was looked for in the store is taken in later than it came.
            promise.times_are_known = False
            promise.is_plain = False
        promise.take_rule(self._rule_of(asked.pdu, to))
        if to in self._short_codes:
            promise.expires_at = float("inf")
        return promise

    def _rule_of(self, request: Pdu, to: str) -> CarrierRule | None:
        rule = self._rules.get(getattr(request, "service_type", ""))
        return rule if rule is None or to not in self._short_codes else rule.for_account()

    def _replace(
        self, promise: Promise, request: SubmitSm | ReplaceSm, text: str, at: float
    ) -> None:
        old_due_at, old_expires_at = promise.due_at, promise.expires_at
        promise.take_times(request, at)
        if not request.schedule_delivery_time:
            promise.due_at = old_due_at
        if isinstance(request, ReplaceSm) and not request.validity_period:
            promise.expires_at = old_expires_at
        promise.due_at = max(promise.due_at, promise.held_until)
        promise.texts = [text]
        promise.is_plain = False
        promise.may_be_replaced = False
        promise.registered_delivery = request.registered_delivery

    def _on_replaced(self, request: ReplaceSm, is_ok: bool, at: float) -> None:
        for promise in self.of_id(request.message_id):
            text = promise.shown(text_of(request))
            if is_ok and not promise.is_alone:
                # Of several destinations the one that is left; which one the wire does not say.
                self._may_be_replaced(promise, text)
            elif is_ok:
                self._replace(promise, request, text, at)
                promise.times_are_known = False
            else:
                self.refused[promise.to, text] = "replace_sm failed"

    def of_id(self, message_id: str) -> list[Promise]:
        """What a client knows by an id."""
        return [one for (known, _), one in self.promises.items() if known == message_id]

    def _meant(self, request: CancelSm, system_id: str) -> list[Promise]:
        """What a cancel_sm may be about."""
        if request.message_id:
            found = self.of_id(request.message_id)
        else:
            found = [one for one in self.promises.values() if one.to == request.destination_addr]
        return [
            one for one in found if (one.system_id, one.source) == (system_id, request.source_addr)
        ]

    def _on_cancelled(self, request: CancelSm, system_id: str) -> None:
        for promise in self._meant(request, system_id):
            if request.message_id and promise.is_alone:
                promise.is_cancelled = True
                if promise.truth_is_told and (promise.rule is None or promise.rule.is_certain):
                    self._state(promise, "DELETED", CANCELLED)
            promise.may_be_cancelled = True

    def _on_state(self, request: QuerySm, response: QuerySmResp) -> None:
        found = self.of_id(request.message_id)
        if response.command_status == ESME_RINVMSGID and not self.settled_at:
            return
        if response.command_status == ESME_ROK and len(found) == 1 and found[0].is_alone:
            state = STATES.get(response.message_state)
            if state is not None:
                self._state(found[0], state, "query_sm_resp")

    def _state(self, promise: Promise, state: str, who: str) -> None:
        promise.states.setdefault(state, who)
        if len(promise.states) > 1:
            self.say("one final state", f"{promise} {promise.states}")
        rule = promise.rule
        if rule is not None and rule.told and state != rule.told:
            self.say("what is told is what a rule says", f"{promise} {promise.states}")
        if rule is not None and who != CANCELLED and self.now < promise.asked_at + rule.after_s:
            self.say("no end is told before its time", f"{promise} by {who}")
        if rule is not None and rule.told:
            return
        if state == "EXPIRED" and promise.times_are_known and self.now < promise.expires_at:
            self.say("nothing ends before its time", f"{promise}")
        if state == "DELETED" and not (promise.is_cancelled or promise.may_be_cancelled):
            self._may_be_cancelled(promise)

    def _may_be_cancelled(self, promise: Promise) -> None:
        for asked, _, _, _ in self._open.values():
            request = asked.pdu
            if isinstance(request, CancelSm) and promise in self._meant(request, asked.system_id):
                promise.may_be_cancelled = True
                return
        self.say("only what was cancelled is deleted", f"{promise}")

    def _on_link_lost(self, event: LinkLost) -> None:
        for key in [key for key in self._open if key[:2] == event.link]:
            self._never_told(*self._open.pop(key)[::3])
        for number in self._on_link.pop(event.link, set()):
            self._link_of.pop(number)

    def _never_told(self, asked: Asked, order: int) -> None:
        """What was asked may have happened, or may not."""
        request = asked.pdu
        text = text_of(request)
        if isinstance(request, CancelSm):
            self._lost_cancels.append((request, asked.system_id, self.now))
            for promise in self._meant(request, asked.system_id):
                promise.may_be_cancelled = True
        elif isinstance(request, ReplaceSm):
            for promise in self.of_id(request.message_id):
                self._may_be_replaced(promise, promise.shown(text))
        elif not isinstance(request, QuerySm):
            for to in destinations_of(request):
                rule = self._rule_of(request, to)
                self.maybe[to, text if rule is None else rule.shown(text)] = order
                if getattr(request, "service_type", "") in FORCED:
                    self._forced_maybe.add(to)
            if isinstance(request, SubmitSm) and request.replace_if_present_flag:
                for promise in self.promises.values():
                    who = (promise.system_id, promise.source, promise.service_type, promise.to)
                    if not promise.states and who == (
                        asked.system_id,
                        request.source_addr,
                        request.service_type,
                        request.destination_addr,
                    ):
                        self._may_be_replaced(promise, promise.shown(text))

    def _may_be_replaced(self, promise: Promise, text: str) -> None:
        promise.texts.append(text)
        promise.may_be_replaced = True
        promise.times_are_known = False
        promise.is_plain = False

    def _on_sent(self, event: Sent) -> None:
        self.order += 1
        self.from_phones.append((self.now, self.order, event))
        if event.problem is None:
            self.maybe[event.to, event.text] = self.order
        elif event.problem:
            self.refused[event.to, event.text] = event.problem

    # What is handed to clients.

    def _on_delivered(self, event: Delivered) -> None:
        on_link = self._on_link.setdefault(event.link, set())
        on_link.add(event.number)
        self._link_of[event.number] = event.link
        if len(on_link) > self._windows[event.system_id]:
            self.say("every bound holds", f"{len(on_link)} deliver_sm unanswered on one bind")
        pdu = event.pdu
        esm_class: int = getattr(pdu, "esm_class", 0) & 0x3C
        self._by_number[event.number] = None
        source: str = getattr(pdu, "source_addr", "")
        if esm_class == ESM_CLASS_INTERMEDIATE_NOTIFICATION:
            self._check_silence((reported_id(pdu), source))
            return
        key: tuple[str, ...]
        if esm_class in ACKNOWLEDGEMENTS:
            what, *names = self._phone_answers.on_delivered(pdu, esm_class, event.system_id)
            key = (what, *names)
        elif esm_class == ESM_CLASS_DELIVERY_RECEIPT:
            report = Report(pdu)
            what, promised = "receipt", (report.message_id, source)
            key = promised
            self._on_receipt(report, promised, event.system_id)
        else:
            what, key = "message", (text_of(pdu), source)
            if (getattr(pdu, "destination_addr", ""), text_of(pdu)) in self.refused:
                self.say("what was refused never arrives", f"{text_of(pdu)} to {event.system_id}")
        handed = self._handed.setdefault(
            (event.system_id, *key), Handed(event.content, f"{what} {key} of {event.system_id}")
        )
        if handed.content != event.content:
            self.say("a repeated deliver_sm is unchanged", handed.what)
        if handed.is_recorded:
            self.say("nothing is sent after its acknowledgement was committed", handed.what)
        if what == "receipt":
            handed.copies = self._copies_of(key)
            handed.is_known = (key[0], key[1]) in self.promises
        self._by_number[event.number] = handed

    def _copies_of(self, key: tuple[str, ...]) -> int:
        """How often a receipt comes; as often as any if its message is unknown."""
        promise = self.promises.get((key[0], key[1]))
        if promise is None:
            return max((rule.copies for rule in self._rules.values()), default=1)
        return 1 if promise.rule is None else promise.rule.copies

    def _check_silence(self, key: tuple[str, str]) -> None:
        promise = self.promises.get(key)
        if promise is not None and not promise.is_told:
            self.say("nobody is told of what a rule keeps silent", f"{promise}")

    def _on_receipt(self, report: Report, key: tuple[str, str], system_id: str) -> None:
        promise = self.promises.get(key)
        if promise is None:
            self.note_early(key)
            return
        if promise.system_id != system_id:
            self.say("a receipt goes to its sender", f"{promise}, not {system_id}")
        self._check_silence(key)
        self._state(promise, report.stat, "receipt")
        asked = promise.registered_delivery & 3
        if not promise.may_be_replaced and (not asked or (asked == 2 and report.stat == "DELIVRD")):
            self.say("a receipt is sent to who asked for it", f"{promise} {report.stat}")
        if report.stat == "EXPIRED" and promise.times_are_known and promise.truth_is_told:
            after_s = 0.0 if promise.rule is None else promise.rule.after_s
            latest = min(
                (one for one in self.begins if one > promise.expires_at), default=promise.expires_at
            )
            if report.final_at > latest + after_s + LATE_S:
                self.say(
                    "what expires ends in time", f"{promise}, {report.final_at - latest:.0f} s late"
                )

    def note_early(self, key: tuple[str, str]) -> None:
        """Something came of a message whose id its client was not told before."""
        self._early[key] = self.now

    def is_told_late(self, request: DataSm) -> bool:
        """Whether a rule lets the outcome be told some time after it is known."""
        rule = self._rules.get(request.service_type)
        return rule is not None and rule.after_s > 0.0

    def is_open_for(self, msisdn: str) -> bool:
        """Whether a transaction, or what a rule lets fail, may wait unknown for this phone."""
        return msisdn in self._forced_maybe or any(
            is_transaction(asked.pdu) and msisdn in destinations_of(asked.pdu)
            for asked, _, _, _ in self._open.values()
        )

    def failed_between(self, since: float, until: float) -> bool:
        """Whether a commit failed then."""
        return self._screens.failed_between(since, until)

    def _on_answered(self, event: Answered) -> None:
        link = self._link_of.pop(event.number, None)
        if link is not None:
            self._on_link[link].discard(event.number)
        handed = self._by_number[event.number]
        if handed is not None and event.command_status in (ESME_ROK, ESME_RX_P_APPN):
            handed.is_acknowledged = True
            one = Acknowledgement(handed, self._under_way, event.command_status)
            self._acknowledgements.append(one)

    # Commits.

    def _on_submitted(self, event: Submitted) -> None:
        self._submitted = self._under_way = event.number
        for one in self._acknowledgements:
            if not one.behind and not one.batch:
                one.batch = event.number

    def _on_written(self, event: Written) -> None:
        self._written = event.number
        self._under_way = 0
        left = []
        for one in self._acknowledgements:
            if one.batch == event.number:
                one.handed.recorded += 1
                one.handed.is_refused = one.handed.is_refused or one.command_status != ESME_ROK
                continue
            one.behind = 0
            left.append(one)
        self._acknowledgements = left

    def _on_refused(self, event: Refused) -> None:
        """What was gathered behind it is lost, too."""
        if event.number:
            self._under_way = 0
            self._acknowledgements.clear()

    def _on_calm(self, _event: Calm) -> None:
        self.calm_at = self.now
        for asked, _, _, _ in self._open.values():
            self.say("no request is met with silence", f"{asked.pdu!r}")

    def _on_ended(self, event: Ended) -> None:
        self._under_way = 0
        self._acknowledgements.clear()
        if event.how == SETTLED:
            self.settled_at = self.now
            for asked, _, _, _ in self._open.values():
                self.say("no request is met with silence", f"{asked.pdu!r}")
        for found in self._open.values():
            self._never_told(found[0], found[3])
        self._open.clear()
        self._on_link.clear()
        self._link_of.clear()

    # At the end.

    def _conclude(self) -> None:
        self._screens.conclude()
        self._phone_answers.conclude()
        for promise in self.promises.values():
            given_up = {"UNDELIV"} if promise.to in self._short_codes else {"UNDELIV", "REJECTD"}
            if promise.service_type == NEVER:
                given_up = {"REJECTD", "DELIVRD"}
            if promise.service_type == LATE:
                given_up = {"UNDELIV", "REJECTD", "DELIVRD"}
            if promise.rule is not None:
                # What is told is checked where it is told.
                given_up = {"UNDELIV", "REJECTD"} if promise.rule.is_certain else {"UNDELIV"}
                given_up = given_up if promise.truth_is_told else set()
                if promise.to in self._short_codes:
                    given_up -= {"REJECTD"}
            if given_up.intersection(promise.states):
                self.say("nothing is given up", f"{promise} {promise.states}")
            self._receipt_came(promise)
        for handed in self._handed.values():
            if not handed.is_acknowledged:
                self.say("nothing stays unsettled", handed.what)
            elif not handed.recorded:
                self.say("what was not recorded comes again", handed.what)
            elif not handed.is_recorded and handed.is_known:
                self.say("every copy of a receipt comes", handed.what)
        for _, _, event in self.from_phones:
            system_id = self._short_codes.get(event.to)
            if not system_id or event.problem != "":
                continue
            if (system_id, event.text, event.msisdn) not in self._handed:
                self.say("what a phone sent arrives", f"{event.text} to {event.to}")

    def _receipt_came(self, promise: Promise) -> None:
        asked = promise.registered_delivery & 3
        if promise.may_be_replaced or not asked or not promise.is_told:
            return
        if asked == 2 and "DELIVRD" in promise.states:
            return
        if asked == 2 and not promise.states:
            return
        key = (promise.system_id, promise.message_id, promise.to)
        if key not in self._handed:
            self.say("no receipt is forgotten", f"{promise}")
