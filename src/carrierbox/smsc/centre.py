"""The message centre of one box: what links, the network, users and time tell it, and what follows.

Synchronous and without I/O. Each call adds to the current turn; `end_turn` hands the turn over, and
nothing of it may leave before its journal entries are committed. If the commit fails, `undo` takes
the turn back.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.errors import CodecError
from carrierbox.identifiers import (
    NPI_ISDN,
    TON_ALPHANUMERIC,
    TON_INTERNATIONAL,
    Address,
    LinkId,
)
from carrierbox.relay import (
    RelayElement,
    RpAck,
    RpAlertSc,
    RpError,
    RpMoData,
    Screening,
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
from carrierbox.smpp.pdus import PDU_CLASSES, BindResponse, Pdu, SubmitSm, SubmitSmResp
from carrierbox.smpp.values import (
    DELIVERED,
    ESME_RALYBND,
    ESME_RINVCMDID,
    ESME_RINVDSTADR,
    ESME_RINVMSGLEN,
    ESME_ROK,
    ESME_RSYSERR,
    REJECTED,
    RESPONSE_BIT,
    status_name,
)
from carrierbox.smsc import journal
from carrierbox.smsc.accounts import Account, Accounts
from carrierbox.smsc.admission import ESM_CLASS_UDHI, Candidate, examine
from carrierbox.smsc.attempts import Attempts, cut
from carrierbox.smsc.bindings import Binding, Bindings
from carrierbox.smsc.deliveries import Deliveries, is_settled
from carrierbox.smsc.effects import (
    DELIVERY_MESSAGE,
    Accepted,
    Acknowledged,
    Answer,
    Attempted,
    Concluded,
    Deliver,
    Delivery,
    Disconnect,
    Effect,
    Forward,
    PhonePower,
    Reply,
    Turn,
)
from carrierbox.smsc.messages import (
    FROM_ESME,
    FROM_PHONE,
    RECEIPT_DONE,
    RECEIPT_HELD,
    RECEIPT_SENT,
    TO_ESME,
    TO_PHONE,
    Message,
)
from carrierbox.smsc.ports import NumberPlan, NumberRoute
from carrierbox.smsc.receipts import render_message_id
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.router import Router
from carrierbox.smsc.schedule import FAILED_COMMIT_RETRY_S, VALIDITY_DEFAULT_S
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import (
    ACCEPTED,
    BOUND,
    MOBILE_ORIGINATED,
    PHONE,
    RECEIPT_ACKNOWLEDGED,
    RECEIPT_REFUSED,
    REFUSED,
    ROUTED,
    SUBMITTED,
    UNBOUND,
    TraceEvent,
)
from carrierbox.trace import RECEIPT_SENT as TRACE_RECEIPT_SENT

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
    ) -> None:
        self.accounts = accounts
        self.registry = registry
        self.bindings = Bindings()
        self.deliveries = Deliveries(self.bindings)
        self.turn = CurrentTurn()
        self.attempts = Attempts(self.turn, registry, self.deliveries)
        self.phone_power: dict[str, bool] = {}
        """What users set, by MSISDN."""
        self._router = Router(number_plan, accounts)
        self._screening = screening

    # Turns.

    def begin_turn(self, now: NetworkTime, link_now: LinkTime) -> None:
        """Set both clocks for what follows."""
        self.turn.begin(now, link_now)

    def end_turn(self) -> Turn | None:
        """What was decided since the last call; None if nothing was."""
        return self.turn.take()

    def on_time(self) -> None:
        """Do what is due on either clock."""
        self.attempts.on_time()
        self._send(self.deliveries.on_time(self.turn.link_now))

    # Links.

    def on_event(self, link_id: LinkId, event: Event) -> None:
        """Take one event of a link's session."""
        if isinstance(event, RequestReceived):
            pdu = event.pdu
            if isinstance(pdu, SubmitSm):
                self._on_submit(link_id, pdu)
            else:
                self._answer(link_id, _response_to(pdu, ESME_RINVCMDID))
        elif isinstance(event, ResponseReceived):
            self._on_response(link_id, event.pdu.command_status, event.context)
        elif isinstance(event, BindReceived):
            self._on_bind(link_id, event)
        elif isinstance(event, ResponseExpired):
            self._on_unanswered(link_id, event.context)
        elif isinstance(event, PduRejected):
            self._on_unanswered(link_id, event.context)
        elif isinstance(event, SessionClosed):
            self._on_closed(link_id, event)

    def on_undelivered(self, effect: Deliver) -> None:
        """A deliver_sm could not be sent, because its link is gone."""
        self._owe_again(effect.link_id, effect.delivery)
        self._send(self.deliveries.pump(effect.delivery.message.system_id, self.turn.link_now))

    def _on_bind(self, link_id: LinkId, event: BindReceived) -> None:
        pdu = event.pdu
        status = self.accounts.check(pdu.system_id, pdu.password)
        account = self.accounts.account(pdu.system_id) if status == ESME_ROK else None
        if account is not None and self.bindings.count(pdu.system_id) >= account.settings.binds_max:
            status = ESME_RALYBND
        response = _response_to(pdu, status)
        if isinstance(response, BindResponse):
            response.system_id = SYSTEM_ID
        self._answer(link_id, response)
        if status != ESME_ROK or account is None:
            self.turn.trace(REFUSED, 0, pdu.system_id, "", f"bind: {status_name(status)}")
            self.turn.effects.append(Disconnect(link_id))
            return
        self.bindings.bind(Binding(link_id, account, pdu.command_id, pdu.interface_version))
        self.turn.trace(BOUND, 0, pdu.system_id, "", "")
        self._send(self.deliveries.pump(pdu.system_id, self.turn.link_now))

    def _on_closed(self, link_id: LinkId, event: SessionClosed) -> None:
        for context in reversed(event.contexts):
            if isinstance(context, Delivery):
                self._owe_again(link_id, context)
        binding = self.bindings.unbind(link_id)
        if binding is not None:
            self.turn.trace(UNBOUND, 0, binding.system_id, "", event.reason)
            self._send(self.deliveries.pump(binding.system_id, self.turn.link_now))

    # Messages from ESMEs.

    def _on_submit(self, link_id: LinkId, submit: SubmitSm) -> None:
        binding = self.bindings.of_link(link_id)
        if binding is None:
            self._answer(link_id, SubmitSmResp("", submit.sequence_number, ESME_RSYSERR))
            return
        status, message = self._admit(binding.account, submit)
        if message is None:
            self.turn.trace(
                REFUSED, 0, binding.system_id, submit.destination_addr, status_name(status)
            )
            self._answer(link_id, SubmitSmResp("", submit.sequence_number, status))
            return
        self._take_in(message)
        self.turn.effects.append(
            Answer(
                link_id,
                SubmitSmResp(render_message_id(message.message_id), submit.sequence_number),
                True,
            )
        )
        self.attempts.enqueue(message)

    def _admit(self, account: Account, submit: SubmitSm) -> tuple[int, Message | None]:
        """Check, route and screen a submit_sm; the message it becomes, or why it does not."""
        turn = self.turn
        candidate = examine(submit, turn.now)
        if candidate.command_status != ESME_ROK:
            return candidate.command_status, None
        route = self._router.route_to_phone(candidate.msisdn)
        if route is None:
            return ESME_RINVDSTADR, None
        source = _source_of(submit, account)
        verdict = self._screening.screen(
            Submission(
                account.system_id,
                source,
                candidate.msisdn,
                route.country,
                route.carrier,
                submit.data_coding,
                candidate.user_data_header,
                candidate.user_data,
            ),
            turn.now,
        )
        if verdict.command_status != ESME_ROK:
            return verdict.command_status, None
        shown = verdict.source if verdict.source is not None else source
        message = self._message(account.system_id, FROM_ESME, submit, shown, candidate, route)
        message.rule = verdict.rule
        try:
            cut(message, candidate.user_data_header, candidate.user_data)
        except CodecError:
            return ESME_RINVMSGLEN, None
        return ESME_ROK, message

    def _message(
        self,
        system_id: str,
        origin: int,
        submit: SubmitSm,
        source: Address,
        candidate: Candidate,
        route: NumberRoute,
    ) -> Message:
        message_id = self.registry.next_id()
        return Message(
            message_id,
            system_id,
            origin,
            TO_PHONE,
            submit,
            source,
            candidate.msisdn,
            route.country,
            route.carrier,
            "",
            message_id & 0xFF,
            self.turn.now,
            candidate.due_at,
            candidate.expires_at,
        )

    def _take_in(self, message: Message) -> None:
        """Keep a message: in the journal, in memory, in the trace."""
        turn = self.turn
        self.registry.add(message)
        turn.entries.append(journal.accepted_entry(message))
        turn.effects.append(Accepted(message))
        message_id = message.message_id
        turn.trace(SUBMITTED, message_id, message.system_id, message.msisdn, "")
        turn.trace(ACCEPTED, message_id, message.system_id, message.msisdn, "")
        turn.trace(ROUTED, message_id, message.system_id, message.msisdn, message.carrier)

    # Responses from ESMEs.

    def _on_response(self, link_id: LinkId, command_status: int, context: object) -> None:
        if not isinstance(context, Delivery):
            return
        self._count_answer(link_id)
        message = context.message
        system_id = message.system_id
        if is_settled(command_status):
            self._settle(context, command_status)
            self.deliveries.relax(system_id)
        else:
            message.receipt = RECEIPT_HELD
            self._trace_refusal(message, command_status)
            self.deliveries.refuse(context, self.turn.link_now)
        self._send(self.deliveries.pump(system_id, self.turn.link_now))

    def _settle(self, delivery: Delivery, command_status: int) -> None:
        """The ESME took it, or refused it for good: it is never sent again."""
        turn = self.turn
        message = delivery.message
        if delivery.kind == DELIVERY_MESSAGE:
            taken = command_status == ESME_ROK
            message.conclude(DELIVERED if taken else REJECTED, turn.now)
            turn.entries.append(journal.concluded_entry(message, False))
            turn.effects.append(Concluded(message, delivery))
            self.registry.finished(message)
        else:
            message.receipt = RECEIPT_DONE
            turn.entries.append(journal.receipt_done_entry(message.message_id, command_status))
            turn.effects.append(Acknowledged(delivery))
        if command_status == ESME_ROK:
            turn.trace(
                RECEIPT_ACKNOWLEDGED, message.message_id, message.system_id, message.msisdn, ""
            )
        else:
            self._trace_refusal(message, command_status)

    def _trace_refusal(self, message: Message, command_status: int) -> None:
        self.turn.trace(
            RECEIPT_REFUSED,
            message.message_id,
            message.system_id,
            message.msisdn,
            status_name(command_status),
        )

    def _on_unanswered(self, link_id: LinkId, context: object) -> None:
        """No deliver_sm_resp in time: owed again, to any receiver."""
        if isinstance(context, Delivery):
            self._owe_again(link_id, context)
            self._send(self.deliveries.pump(context.message.system_id, self.turn.link_now))

    def _owe_again(self, link_id: LinkId, delivery: Delivery) -> None:
        self._count_answer(link_id)
        delivery.message.receipt = RECEIPT_HELD
        self.deliveries.put_back(delivery)

    def _count_answer(self, link_id: LinkId) -> None:
        binding = self.bindings.of_link(link_id)
        if binding is not None:
            binding.outstanding -= 1

    def _send(self, delivers: list[Deliver]) -> None:
        for deliver in delivers:
            message = deliver.delivery.message
            message.receipt = RECEIPT_SENT
            self.turn.effects.append(deliver)
            self.turn.trace(
                TRACE_RECEIPT_SENT, message.message_id, message.system_id, message.msisdn, ""
            )

    def _answer(self, link_id: LinkId, pdu: Pdu) -> None:
        self.turn.effects.append(Answer(link_id, pdu, False))

    # The network.

    def on_relay(self, element: RelayElement) -> None:
        """Take one element from the network."""
        if isinstance(element, RpAck):
            self.attempts.on_ack(element)
        elif isinstance(element, RpError):
            self.attempts.on_error(element)
        elif isinstance(element, RpAlertSc):
            self.attempts.on_alert(element)
        else:
            self.submit_from_phone(element, _nobody_asked)

    def submit_from_phone(self, element: RpMoData, tell: Callable[[str], None]) -> None:
        """A phone sends to an ESME or to another phone; `tell` hears "" or why not."""
        submit = _submit_of(element)
        account = self._router.account_for(element.destination)
        msisdn = self._router.phone_of(element.destination)
        if account is None and msisdn is None:
            tell(
                f"no account receives messages to {element.destination.value}, and it is no "
                "phone's number: set an account's address_range, or give the number with its +"
            )
            return
        turn = self.turn
        candidate = Candidate(ESME_ROK)
        candidate.msisdn = msisdn or ""
        candidate.due_at = turn.now
        candidate.expires_at = NetworkTime(turn.now + VALIDITY_DEFAULT_S)
        source = Address(TON_INTERNATIONAL, NPI_ISDN, element.msisdn)
        route = self._router.route_to_phone(candidate.msisdn or element.msisdn) or _NO_ROUTE
        message = self._message(
            account.system_id if account is not None else "",
            FROM_PHONE,
            submit,
            source,
            candidate,
            route,
        )
        message.target = TO_ESME if account is not None else TO_PHONE
        if account is not None:
            message.msisdn = element.msisdn
        self._take_in(message)
        turn.trace(MOBILE_ORIGINATED, message.message_id, message.system_id, element.msisdn, "")
        turn.effects.append(Reply(tell))
        if account is None:
            self.attempts.enqueue(message)
        else:
            self.owe(Delivery(DELIVERY_MESSAGE, message))

    def owe(self, delivery: Delivery) -> None:
        """Owe an account a deliver_sm, and send it if a receiver has room."""
        delivery.message.receipt = RECEIPT_HELD
        deliver = self.deliveries.owe(delivery, self.turn.link_now)
        if deliver is not None:
            self._send([deliver])

    # Users.

    def set_phone_power(self, msisdn: str, power: bool, tell: Callable[[str], None]) -> None:
        """A user switches a phone on or off; `tell` hears "" once it is so, or why not."""
        turn = self.turn
        turn.entries.append(journal.phone_power_entry(msisdn, power))
        turn.effects.append(PhonePower(msisdn, power, self.phone_power.get(msisdn)))
        self.phone_power[msisdn] = power
        turn.trace(PHONE, 0, "", msisdn, "on" if power else "off")
        turn.effects.append(Reply(tell))

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
        replacement: Effect | None = None
        if isinstance(effect, Answer):
            replacement = effect
            if effect.durable:
                resp = SubmitSmResp("", effect.pdu.sequence_number, ESME_RSYSERR)
                replacement = Answer(effect.link_id, resp, False)
        elif isinstance(effect, Disconnect):
            replacement = effect
        elif isinstance(effect, Accepted):
            self._undo_accepted(effect.message)
        elif isinstance(effect, Forward):
            self.attempts.undo_forward(effect)
        elif isinstance(effect, Attempted):
            self.attempts.undo_attempted(effect)
        elif isinstance(effect, Concluded):
            self._undo_concluded(effect)
        elif isinstance(effect, Deliver):
            self._owe_again(effect.link_id, effect.delivery)
            self._hold_account(effect.delivery)
        elif isinstance(effect, Acknowledged):
            self.deliveries.put_back(effect.delivery)
            effect.delivery.message.receipt = RECEIPT_HELD
            self._hold_account(effect.delivery)
        elif isinstance(effect, PhonePower):
            self._undo_power(effect)
        elif isinstance(effect, Reply):
            effect.tell(STORE_FAILED)
        return replacement

    def _undo_accepted(self, message: Message) -> None:
        if message.target == TO_ESME:
            self.deliveries.withdraw_message(message)
        self.attempts.undo_accepted(message)

    def _undo_concluded(self, effect: Concluded) -> None:
        message = effect.message
        if message.target == TO_ESME and effect.delivery is not None:
            message.reopen()
            message.receipt = RECEIPT_HELD
            self.deliveries.put_back(effect.delivery)
            self._hold_account(effect.delivery)
        else:
            self.attempts.undo_concluded(effect)

    def _undo_power(self, effect: PhonePower) -> None:
        if effect.previous is None:
            self.phone_power.pop(effect.msisdn, None)
        else:
            self.phone_power[effect.msisdn] = effect.previous

    def _hold_account(self, delivery: Delivery) -> None:
        self.deliveries.hold(
            delivery.message.system_id, LinkTime(self.turn.link_now + FAILED_COMMIT_RETRY_S)
        )


class _NoRoute:
    """Where a number without an owner belongs."""

    def __init__(self) -> None:
        self.country = ""
        self.carrier = ""


_NO_ROUTE: Final = _NoRoute()


def _response_to(request: Pdu, command_status: int) -> Pdu:
    """The response of the request's own kind."""
    response = PDU_CLASSES[request.command_id | RESPONSE_BIT]()
    response.sequence_number = request.sequence_number
    response.command_status = command_status
    return response


def _nobody_asked(problem: str) -> None:
    """The answer to a message that a phone sent without anybody waiting for it."""


def _source_of(submit: SubmitSm, account: Account) -> Address:
    """The sender; an account that names none is shown by its own name (T45)."""
    if submit.source_addr:
        return Address(submit.source_addr_ton, submit.source_addr_npi, submit.source_addr)
    return Address(TON_ALPHANUMERIC, 0, account.system_id[:11])


def _submit_of(element: RpMoData) -> SubmitSm:
    """The same message as a submit_sm, so that every message is kept in one form."""
    return SubmitSm(
        source_addr_ton=TON_INTERNATIONAL,
        source_addr_npi=NPI_ISDN,
        source_addr=element.msisdn,
        dest_addr_ton=element.destination.ton,
        dest_addr_npi=element.destination.npi,
        destination_addr=element.destination.value,
        esm_class=ESM_CLASS_UDHI if element.user_data_header else 0,
        protocol_id=element.tp_pid,
        data_coding=element.tp_dcs,
        short_message=element.user_data_header + element.user_data,
    )
