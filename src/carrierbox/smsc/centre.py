"""The message centre of one box: what links, the network, users and time tell it, and what follows.

Synchronous and without I/O. Each call adds to the current turn; `end_turn` hands the turn over, and
nothing of it may leave before its journal entries are committed. If the commit fails, `undo` takes
the turn back.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.identifiers import LinkId
from carrierbox.relay import (
    Desk,
    DeskAnswer,
    RelayElement,
    RpAck,
    RpAlertSc,
    RpError,
    RpMoData,
    Screening,
    SmeAcknowledgement,
    Submission,
)
from carrierbox.smpp.events import (
    BindReceived,
    Event,
    PduRejected,
    RequestReceived,
    ResponseExpired,
    ResponseReceived,
    SessionClosed,
)
from carrierbox.smpp.pdus import (
    PDU_CLASSES,
    BindRequest,
    BindResponse,
    Pdu,
    SubmitSm,
)
from carrierbox.smpp.timers import earlier
from carrierbox.smpp.values import (
    BIND_TRANSMITTER,
    ESME_RALYBND,
    ESME_RBINDFAIL,
    ESME_RINVBNDSTS,
    ESME_ROK,
    ESME_RSYSERR,
    RESPONSE_BIT,
    command_name,
    status_name,
)
from carrierbox.smsc import journal
from carrierbox.smsc.accounts import Account, Accounts
from carrierbox.smsc.admission import refusal_of_tlvs
from carrierbox.smsc.alerts import Alerts
from carrierbox.smsc.attempts import Attempts
from carrierbox.smsc.bindings import Binding, Bindings
from carrierbox.smsc.deliveries import Deliveries
from carrierbox.smsc.effects import (
    LOAD_DUE,
    LOAD_LATE,
    LOAD_OWED,
    LOAD_QUEUE,
    LOAD_REQUEST,
    Accepted,
    Acknowledged,
    Answer,
    Ask,
    Attempted,
    Call,
    Concluded,
    Deliver,
    Disconnect,
    Effect,
    Forward,
    Load,
    LogLine,
    Notify,
    OutcomeAnswer,
    PagedOut,
    PhonePower,
    Registered,
    Replaced,
    Reply,
    Setting,
    SmeAcknowledged,
    Turn,
)
from carrierbox.smsc.handover import Handover
from carrierbox.smsc.intake import SUBMIT, Intake
from carrierbox.smsc.late_receipts import LateReceipts
from carrierbox.smsc.lookup import Lookup
from carrierbox.smsc.messages import TO_ESME, Message, message_id_of
from carrierbox.smsc.number_counts import NumberCounts
from carrierbox.smsc.operations import AskedAgain, Operations
from carrierbox.smsc.outbinds import Outbinds
from carrierbox.smsc.outcomes import never_accepted
from carrierbox.smsc.paging import Paging
from carrierbox.smsc.phone_rows import PhoneRows
from carrierbox.smsc.ports import Failed, NumberPlan
from carrierbox.smsc.queues import PhoneQueue
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.router import Router
from carrierbox.smsc.rows import Found
from carrierbox.smsc.settings import CentreSettings, ErrWords
from carrierbox.smsc.text_coding import TextCoding
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import BOUND, CONSENT, PHONE, REFUSED, UNBOUND, TraceEvent

SYSTEM_ID: Final = "carrierbox"
STORE_FAILED: Final = "the store could not write it; nothing was changed"


class MessageCentre:
    """One centre. Set its clocks with `begin_turn` before telling it anything."""

    def __init__(
        self,
        accounts: Accounts,
        number_plan: NumberPlan,
        screening: Screening,
        registry: Registry,
        settings: CentreSettings,
    ) -> None:
        self.accounts = accounts
        self.registry = registry
        self.bindings = Bindings()
        self.err_words: ErrWords | None = settings.err_words
        """What carriers write into the err field of receipts."""
        self.deliveries = Deliveries(self.bindings, settings.err_words)
        self.turn = CurrentTurn()
        self.outbinds = Outbinds(self.turn, accounts, self.bindings, self.deliveries)
        self.handover = Handover(
            self.turn,
            registry,
            self.bindings,
            self.deliveries,
            self.outbinds,
            LateReceipts(accounts),
        )
        self._alerts = Alerts(self.turn, self.bindings)
        self.attempts = Attempts(self.turn, registry, self.handover, self._alerts, settings.retry)
        self.settings: dict[str, bytes] = {}
        """What users set that lasts, by name, but for the power of phones and what the desk has."""
        self.desk: Desk | None = None
        """Who answers phones in the carrier's own name, if anybody does."""
        self.switched_on = NumberCounts()
        self.switched_off = NumberCounts()
        """What users set."""
        self._phone_rows = PhoneRows(self.turn, registry, self.attempts)
        self.paging = Paging(self.turn, registry, self._phone_rows, self.deliveries)
        router = Router(number_plan, accounts)
        self._intake = Intake(self.turn, registry, router, screening, settings)
        self.lookup = Lookup(registry, accounts)
        self._operations = Operations(
            self.turn, self.lookup, self._intake, self.attempts, self._phone_rows, settings
        )

    # Turns.

    def begin_turn(self, now: NetworkTime, link_now: LinkTime) -> None:
        """Set both clocks for what follows."""
        self.turn.begin(now, link_now)

    def end_turn(self) -> Turn | None:
        """What was decided since the last call; None if nothing was."""
        if self.turn.reports_owed:
            owed, self.turn.reports_owed = self.turn.reports_owed, []
            for original in owed:
                self.attempts.enqueue(self._intake.status_report(original))
        return self.turn.take()

    def on_time(self) -> None:
        """Do what is due on either clock."""
        self.attempts.on_time()
        self.handover.on_network_time()
        self.handover.on_time()
        self.paging.on_turn()

    def next_network_deadline(self) -> float | None:
        """When something is due on the network's clock."""
        return earlier(self.attempts.next_deadline(), self.handover.next_network_deadline())

    @property
    def is_busy(self) -> bool:
        """Whether the present time has more to do than one turn could."""
        late = self.handover.next_network_deadline()
        return self.attempts.is_busy or (late is not None and late <= self.turn.now)

    def rest(self, is_resting: bool) -> None:
        """Whether the store asks for little to be written."""
        self.paging.rest(is_resting)
        self.attempts.paged.is_resting = is_resting

    # Links.

    def on_event(self, link_id: LinkId, event: Event) -> None:
        """Take one event of a link's session."""
        if isinstance(event, RequestReceived):
            self._on_request(link_id, event.pdu)
        elif isinstance(event, ResponseReceived):
            self.handover.on_response(link_id, event.pdu.command_status, event.context)
        elif isinstance(event, BindReceived):
            self._on_bind(link_id, event.pdu, event.peer)
        elif isinstance(event, ResponseExpired):
            self.handover.on_unanswered(link_id, event.context)
        elif isinstance(event, PduRejected):
            self.handover.on_unreadable(link_id, event.context, event.problem)
        elif isinstance(event, SessionClosed):
            system_id = self.handover.on_closed(link_id, event.contexts)
            if system_id:
                self.turn.trace(UNBOUND, 0, system_id, "", event.reason)
            self.outbinds.on_closed(link_id, event.reason)

    def on_undelivered(self, effect: Deliver) -> None:
        """A deliver_sm could not be sent, because its link is gone or about to be."""
        self.bindings.stop_receiving(effect.link_id)
        self.handover.on_unanswered(effect.link_id, effect.delivery)

    def shown(self, link_id: LinkId, pdu: Pdu) -> list[Submission]:
        """What there is to be asked about a request on a bound link, for each destination."""
        binding = self.bindings.of_link(link_id)
        return [] if binding is None else self._operations.shown(binding.account, pdu)

    def submission_of(self, account: Account, submit: SubmitSm) -> Submission:
        """What there would be to be asked about a submit_sm of an account."""
        return self._intake.shown(account, submit, SUBMIT)

    def coding_for(self, account: Account, destination_addr: str) -> TextCoding:
        """What data_coding 0 means in what an account submits to that address."""
        return self._intake.coding_for(account, destination_addr)

    def submit(
        self, link_id: LinkId, account: Account, submit: SubmitSm, via: str
    ) -> tuple[str, str]:
        """Take a submit_sm of an account that came on no bound link, but as `via` says.

        It is judged, kept and answered, to `link_id`, as if a link of the account had carried it.
        The rule that refused it, and why; both "" where none did.
        """
        intake = self._intake
        intake.refusing_rule = intake.refusing_reason = ""
        intake.via = via
        try:
            binding = Binding(link_id, account, BIND_TRANSMITTER)
            if not submit.tlvs or not self._refuses_tlvs(binding, submit):
                self._operations.on_submit(binding, submit)
        finally:
            intake.via = ""
        return intake.refusing_rule, intake.refusing_reason

    def _on_bind(self, link_id: LinkId, pdu: BindRequest, peer: str) -> None:
        status = self.accounts.check(pdu.system_id, pdu.password, peer)
        account = self.accounts.account(pdu.system_id) if status == ESME_ROK else None
        if status == ESME_ROK and account is None:
            status = ESME_RBINDFAIL
        elif (
            account is not None and self.bindings.count(pdu.system_id) >= account.settings.binds_max
        ):
            status = ESME_RALYBND
        response = _response_to(pdu, status)
        if isinstance(response, BindResponse) and status == ESME_ROK:
            response.system_id = SYSTEM_ID
        self.turn.effects.append(Answer(link_id, response, False))
        if status != ESME_ROK or account is None:
            where = f" from {peer}" if peer else ""
            self.turn.trace(REFUSED, 0, pdu.system_id, "", f"bind: {status_name(status)}{where}")
            self.outbinds.on_refused(link_id, status_name(status))
            self.turn.effects.append(Disconnect(link_id))
            return
        binding = Binding(link_id, account, pdu.command_id, pdu.interface_version)
        self.bindings.bind(binding)
        self.turn.trace(BOUND, 0, pdu.system_id, "", "")
        self.outbinds.on_bound(binding)
        self.handover.pump(pdu.system_id)

    def _on_request(self, link_id: LinkId, pdu: Pdu) -> None:
        binding = self.bindings.of_link(link_id)
        if binding is None:
            refusal = _response_to(pdu, ESME_RINVBNDSTS)
            self.turn.effects.append(Answer(link_id, refusal, False))
        elif pdu.tlvs and self._refuses_tlvs(binding, pdu):
            return
        elif isinstance(pdu, SubmitSm):
            self._operations.on_submit(binding, pdu)
        else:
            self._operations.on_request(binding, pdu)

    def _refuses_tlvs(self, binding: Binding, pdu: Pdu) -> bool:
        """Whether a request was refused for its TLVs."""
        account = binding.account
        status = refusal_of_tlvs(pdu, account.settings.strict_tlvs)
        if status == ESME_ROK:
            return False
        self.turn.effects.append(Answer(binding.link_id, _response_to(pdu, status), False))
        detail = f"{command_name(pdu.command_id)}: {status_name(status)}"
        self.turn.trace(REFUSED, 0, account.system_id, "", detail)
        return True

    # The network.

    def on_relay(self, element: RelayElement) -> None:
        """Take one element from the network."""
        if isinstance(element, RpAck):
            self.attempts.on_ack(element)
        elif isinstance(element, RpError):
            self.attempts.on_error(element)
        elif isinstance(element, RpAlertSc):
            self.attempts.on_alert(element)
            self._alerts.on_alert(element.msisdn)
        elif isinstance(element, SmeAcknowledgement):
            self.acknowledge(element, _nobody_asked)
        else:
            self.submit_from_phone(element, _nobody_asked)

    def submit_from_phone(self, element: RpMoData, tell: Callable[[str], None]) -> None:
        """A phone sends to an ESME or to another phone; `tell` hears "" or why not."""
        answer = None
        if self.desk is not None:
            account = self._intake.receiver_of(element)
            if account is not None:
                is_chosen = account.receives_by_choice
                problem = self.desk.problem_of_reply(element, is_chosen)
                if problem:
                    # The phone does not hear of it: its text is as sent as any other.
                    self.turn.trace(REFUSED, 0, account.system_id, element.msisdn, problem)
                    self.turn.effects.append(Reply(tell))
                    return
            answer = self.desk.on_mobile_originated(element, self.turn.now)
        if answer is not None:
            self._answer_phone(answer, element, tell)
            return
        message = self._intake.from_phone(element)
        if message is None:
            tell(
                f"no account receives messages to {element.destination.value}, and it is no "
                "phone's number: set an account's address_range, or give the number with its +"
            )
            return
        self.turn.effects.append(Reply(tell))
        self.attempts.enqueue(message)

    def _answer_phone(
        self, answer: DeskAnswer, element: RpMoData, tell: Callable[[str], None]
    ) -> None:
        """The carrier acts upon a text of a phone by itself; the application may get it, too."""
        if answer.problem:
            self.turn.trace(REFUSED, 0, "", element.msisdn, answer.problem)
        self.act(answer, element.msisdn, tell)
        if answer.to_application and not answer.problem:
            message = self._intake.from_phone(element)
            if message is not None:
                self.attempts.enqueue(message)

    def act(self, answer: DeskAnswer, msisdn: str, tell: Callable[[str], None]) -> None:
        """Keep what the carrier decided by itself, and write to the phone what it says."""
        if answer.problem:
            tell(answer.problem)
            return
        for name, value in answer.settings:
            self._set_by_desk(name, value)
        if answer.said:
            self.turn.trace(CONSENT, 0, "", msisdn, answer.said)
        if answer.text:
            message = self._intake.from_carrier(answer.source, msisdn, answer.text, answer.rule)
            if message is not None:
                self.attempts.enqueue(message)
        self.turn.effects.append(Reply(tell))

    def acknowledge(self, element: SmeAcknowledgement, tell: Callable[[str], None]) -> None:
        """A phone, or its user, acknowledges a message; `tell` hears "" or why not."""
        original = self.registry.find(message_id_of(element.reference))
        if original is None:
            tell("the message is forgotten here: nobody can be told that it was acknowledged")
            return
        if original.acknowledged >> element.kind & 1:
            tell("the message was acknowledged before")
            return
        message = self._intake.acknowledgement(original, element)
        self.turn.effects.append(Reply(tell))
        self.attempts.enqueue(message)

    # Users.

    def set_phone_power(self, msisdn: str, power: bool, tell: Callable[[str], None]) -> None:
        """A user switches a phone on or off; `tell` hears "" once it is so, or why not."""
        turn = self.turn
        previous: bool | None = None
        if self.switched_on.of(msisdn):
            previous = True
        elif self.switched_off.of(msisdn):
            previous = False
        turn.entries.append(journal.phone_power_entry(msisdn, power))
        turn.effects.append(PhonePower(msisdn, power, previous))
        self.note_power(msisdn, power)
        self.paging.power_changes[msisdn] = power
        turn.trace(PHONE, 0, "", msisdn, "on" if power else "off")
        turn.effects.append(Reply(tell))

    def set_setting(self, name: str, value: bytes, tell: Callable[[str], None]) -> None:
        """A user sets something that shall last, or by no octets takes it back.

        The network is told once it is durable, and again at each restart; `tell` hears "", or why
        not. The name says whose it is, as `phone/33612345678`, and has no NUL.
        """
        turn = self.turn
        if self.desk is not None and self.desk.owns(name):
            self._set_by_desk(name, value)
        else:
            turn.entries.append(journal.setting_entry(name, value))
            turn.effects.append(Setting(name, value, self.settings.get(name, b"")))
            self.note_setting(name, value)
        turn.effects.append(Reply(tell))

    def _set_by_desk(self, name: str, value: bytes) -> None:
        """The same of what the desk owns: it has it from now on, and gives it back if need be."""
        desk = self.desk
        assert desk is not None
        turn = self.turn
        turn.entries.append(journal.setting_entry(name, value))
        turn.effects.append(Registered(name, desk.value_of(name)))
        desk.apply(name, value, turn.now)
        self.paging.setting_changes[name] = value

    def note_setting(self, name: str, value: bytes) -> None:
        """Keep what a user set, for whoever asks and for the table of the store."""
        self.keep_setting(name, value)
        self.paging.setting_changes[name] = value

    def keep_setting(self, name: str, value: bytes) -> None:
        """Keep what the table has."""
        if self.desk is not None and self.desk.owns(name):
            return
        if value:
            self.settings[name] = value
        else:
            self.settings.pop(name, None)

    def note_power(self, msisdn: str, power: bool | None) -> None:
        """Keep what a user set; None: nobody set anything."""
        self.switched_on.clear(msisdn)
        self.switched_off.clear(msisdn)
        if power is not None:
            (self.switched_on if power else self.switched_off).add(msisdn, 1)

    # What was not in memory.

    def on_rows(self, load: Load, rows: list[Found], complete: bool) -> None:
        """The rows a load asked for."""
        if load.purpose == LOAD_QUEUE and isinstance(load.subject, PhoneQueue):
            self._phone_rows.on_queue_rows(load.subject, rows, complete)
        elif load.purpose == LOAD_DUE:
            self._phone_rows.on_due_rows(rows, complete)
        elif load.purpose == LOAD_OWED and isinstance(load.subject, str):
            self.handover.on_rows(load.subject, rows, complete)
        elif load.purpose == LOAD_LATE and isinstance(load.subject, str):
            self.handover.on_late_rows(load.subject, rows, complete)
        elif load.purpose == LOAD_REQUEST and isinstance(load.subject, AskedAgain):
            self._operations.on_rows(load, load.subject, rows, complete)

    def on_load_failed(self, load: Load) -> None:
        """The rows did not come."""
        if load.purpose == LOAD_OWED and isinstance(load.subject, str):
            self.handover.load_failed(load.subject)
        elif load.purpose == LOAD_LATE and isinstance(load.subject, str):
            self.handover.late_load_failed(load.subject)
        elif load.purpose == LOAD_REQUEST and isinstance(load.subject, AskedAgain):
            self._operations.load_failed(load.subject)
        else:
            self._phone_rows.load_failed(load)

    # Failed commits.

    def undo(self, turns: list[Turn]) -> list[Effect]:
        """Take back turns whose commit failed; what must leave instead, in order.

        Requests that were promised something are answered ESME_RSYSERR; answers that promised
        nothing leave as they are.
        """
        instead: list[Effect] = []
        for turn in reversed(turns):
            for effect in reversed(turn.effects):
                replacement = self._undo_one(effect)
                if replacement is not None:
                    instead.append(replacement)
        instead.reverse()
        return instead

    def _undo_one(self, effect: Effect | TraceEvent) -> Effect | None:
        if isinstance(effect, OutcomeAnswer):
            self._undo_outcome(effect)
            return None
        if isinstance(effect, Answer):
            if not effect.durable:
                return effect
            refusal = PDU_CLASSES[effect.pdu.command_id]()
            refusal.sequence_number = effect.pdu.sequence_number
            refusal.command_status = ESME_RSYSERR
            return Answer(effect.link_id, refusal, False)
        if isinstance(effect, (Disconnect, Call, LogLine, Notify)):
            # An outbind is waited for, and a phone is back, whatever became of messages.
            return effect
        if isinstance(effect, Accepted):
            return self._undo_accepted(effect.message)
        elif isinstance(effect, Forward):
            self.attempts.undo_forward(effect)
        elif isinstance(effect, Attempted):
            self.attempts.undo_attempted(effect)
        elif isinstance(effect, Concluded):
            self._undo_concluded(effect)
        elif isinstance(effect, Replaced):
            self.attempts.undo_replaced(effect)
        elif isinstance(effect, Deliver):
            self.handover.undo_deliver(effect)
        elif isinstance(effect, Acknowledged):
            self.handover.undo_acknowledged(effect.delivery, effect.again)
        elif isinstance(effect, SmeAcknowledged):
            # History may have packed the message since: then that is another object.
            original = self.registry.find(effect.message.message_id) or effect.message
            original.acknowledged &= ~(1 << effect.kind)
        elif isinstance(effect, PhonePower):
            self._undo_power(effect)
        elif isinstance(effect, Setting):
            self.note_setting(effect.name, effect.previous)
        elif isinstance(effect, Registered):
            if self.desk is not None:
                self.desk.apply(effect.name, effect.previous, self.turn.now)
                self.paging.setting_changes[effect.name] = effect.previous
        elif isinstance(effect, PagedOut):
            self.paging.undo(effect)
        elif isinstance(effect, Load):
            self.on_load_failed(effect)
        elif isinstance(effect, Ask):
            effect.tell(Failed(0, STORE_FAILED))
        elif isinstance(effect, Reply):
            effect.tell(STORE_FAILED)
        return None

    def _undo_outcome(self, effect: OutcomeAnswer) -> None:
        message = effect.message
        message.awaited = effect.awaited
        if message.told is not None and message.is_final:
            # Its end may have been written long before; if not, that is undone next.
            self.handover.tellings.add(self.attempts.shortly(), message, None)

    def _undo_accepted(self, message: Message) -> Answer | None:
        """It was never taken in; in transaction mode that is its answer."""
        if message.told is not None:
            self.handover.tellings.withdraw(message)
        if message.target == TO_ESME or message.receipt_is_open:
            # Its network may have taken it before its commit failed.
            self.deliveries.withdraw_message(message)
        self.attempts.undo_accepted(message)
        return never_accepted(message.awaited) if message.awaited is not None else None

    def _undo_concluded(self, effect: Concluded) -> None:
        if effect.message.told is not None:
            self.handover.tellings.withdraw(effect.message)
        if effect.message.target == TO_ESME and effect.delivery is not None:
            self.handover.undo_concluded(effect.delivery, effect.receipt)
        else:
            self.attempts.undo_concluded(effect)
            if effect.delivery is not None:
                self.deliveries.withdraw(effect.delivery)

    def _undo_power(self, effect: PhonePower) -> None:
        self.note_power(effect.msisdn, effect.previous)
        if effect.previous is None:
            self.paging.power_changes.pop(effect.msisdn, None)
        else:
            self.paging.power_changes[effect.msisdn] = effect.previous


def _response_to(request: Pdu, command_status: int) -> Pdu:
    """The response of the request's own kind."""
    response = PDU_CLASSES[request.command_id | RESPONSE_BIT]()
    response.sequence_number = request.sequence_number
    response.command_status = command_status
    return response


def _nobody_asked(problem: str) -> None:
    """The answer to a message that a phone sent without anybody waiting for it."""
