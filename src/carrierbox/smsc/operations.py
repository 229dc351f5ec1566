"""What ESMEs ask beside submit_sm: submit_multi, data_sm, query_sm, cancel_sm, replace_sm.

Each request is answered in its own response; whatever it changes is in the current turn. A message
is found by the id its ESME knows and belongs to the account that submitted it: others may neither
look at it nor touch it (T46).
"""

from typing import Final

from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.identifiers import LinkId, msisdn_or_none
from carrierbox.smpp.pdus import (
    CancelSm,
    CancelSmResp,
    DataSm,
    DataSmResp,
    DestAddress,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    ReplaceSmResp,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
    UnsuccessSme,
)
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, tlv_octets
from carrierbox.smpp.values import (
    ENROUTE,
    ESM_CLASS_FORWARD,
    ESM_CLASS_MODE_MASK,
    ESME_RCANCELFAIL,
    ESME_RINVDFTMSGID,
    ESME_RINVDLNAME,
    ESME_RINVMSGID,
    ESME_RINVMSGLEN,
    ESME_RINVNUMDESTS,
    ESME_RMISSINGOPTPARAM,
    ESME_ROK,
    ESME_RQUERYFAIL,
    ESME_RREPLACEFAIL,
    ESME_RSUBMITFAIL,
    ESME_RTHROTTLED,
    status_name,
)
from carrierbox.smsc.accounts import Account
from carrierbox.smsc.admission import examine
from carrierbox.smsc.attempts import Attempts
from carrierbox.smsc.conversions import (
    replaced_submit,
    submit_of_data_sm,
    submit_of_submit_multi,
)
from carrierbox.smsc.effects import Answer
from carrierbox.smsc.intake import Intake
from carrierbox.smsc.limits import over_a_limit, queue_refusal
from carrierbox.smsc.messages import Awaited, Message
from carrierbox.smsc.parts import can_be_cut
from carrierbox.smsc.receipts import parse_message_id, render_message_id
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import REFUSED

DESTINATIONS_MAX: Final = 254
"""SMPP 3.4 §5.2.24; 5.0 allows 255."""


class Operations:
    """The requests of one centre."""

    def __init__(
        self,
        turn: CurrentTurn,
        registry: Registry,
        intake: Intake,
        attempts: Attempts,
        settings: CentreSettings,
    ) -> None:
        self._turn = turn
        self._registry = registry
        self._intake = intake
        self._attempts = attempts
        self._settings = settings

    def on_submit(self, link_id: LinkId, account: Account, submit: SubmitSm) -> None:
        """submit_sm (SMPP 3.4 §4.4)."""
        refusal = over_a_limit(account, submit, self._attempts, self._turn.link_now)
        if refusal != ESME_ROK:
            self._trace_refusal(account, submit.destination_addr, refusal)
            self._answer(link_id, SubmitSmResp("", submit.sequence_number, refusal), False)
            return
        if submit.replace_if_present_flag and self._replace_if_present(link_id, account, submit):
            return
        message = self._intake.from_esme(account, submit)
        if message is None:
            status = self._refused(account, submit.destination_addr)
            self._answer(link_id, SubmitSmResp("", submit.sequence_number, status), False)
        elif submit.esm_class & ESM_CLASS_MODE_MASK == ESM_CLASS_FORWARD:
            self._await(message, link_id, submit)
        else:
            message_id = render_message_id(message.message_id)
            self._answer(link_id, SubmitSmResp(message_id, submit.sequence_number), True)
            self._attempts.enqueue(message)

    def on_request(self, link_id: LinkId, account: Account, pdu: Pdu) -> None:
        """Any other request that the operation matrix lets an ESME send."""
        if isinstance(pdu, DataSm):
            self._on_data(link_id, account, pdu)
        elif isinstance(pdu, SubmitMulti):
            self._on_multi(link_id, account, pdu)
        elif isinstance(pdu, QuerySm):
            self._answer(link_id, self._query(account, pdu), False)
        elif isinstance(pdu, CancelSm):
            status = self._cancel(account, pdu)
            self._answer(link_id, CancelSmResp(pdu.sequence_number, status), status == ESME_ROK)
        elif isinstance(pdu, ReplaceSm):
            status = self._replace(account, pdu)
            self._answer(link_id, ReplaceSmResp(pdu.sequence_number, status), status == ESME_ROK)

    # data_sm.

    def _on_data(self, link_id: LinkId, account: Account, pdu: DataSm) -> None:
        """data_sm (SMPP 3.4 §4.7): like submit_sm, its text in message_payload."""
        submit = submit_of_data_sm(pdu)
        status = over_a_limit(account, submit, self._attempts, self._turn.link_now)
        message: Message | None = None
        if tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) is None:
            status = ESME_RMISSINGOPTPARAM
        elif status == ESME_ROK:
            message = self._intake.from_esme(account, submit)
            status = self._intake.refusal
        if message is None:
            self._trace_refusal(account, pdu.destination_addr, status)
            self._answer(link_id, DataSmResp("", pdu.sequence_number, status), False)
        elif pdu.esm_class & ESM_CLASS_MODE_MASK == ESM_CLASS_FORWARD:
            self._await(message, link_id, pdu)
        else:
            message_id = render_message_id(message.message_id)
            self._answer(link_id, DataSmResp(message_id, pdu.sequence_number), True)
            self._attempts.enqueue(message)

    def _await(self, message: Message, link_id: LinkId, request: Pdu) -> None:
        """Answer when the outcome is known (SMPP 3.4 §2.10.3)."""
        message.awaited = Awaited(link_id, request.command_id, request.sequence_number)
        self._attempts.enqueue(message)

    # submit_multi.

    def _on_multi(self, link_id: LinkId, account: Account, pdu: SubmitMulti) -> None:
        """submit_multi (SMPP 3.4 §4.5): one id; a state and a receipt for each destination."""
        refused: list[UnsuccessSme] = []
        destinations = self._destinations(pdu.dest_address, refused)
        messages: list[Message] = []
        status = ESME_RSUBMITFAIL
        if not 1 <= len(pdu.dest_address) <= DESTINATIONS_MAX:
            status = ESME_RINVNUMDESTS
            destinations = []
        elif not account.may_submit(len(destinations), self._turn.link_now):
            status = ESME_RTHROTTLED
            destinations = []
        for one in destinations:
            client_id = messages[0].message_id if messages else 0
            submit = submit_of_submit_multi(pdu, one)
            why = queue_refusal(account, submit, self._attempts)
            if why == ESME_ROK:
                message = self._intake.from_esme(account, submit, client_id)
                if message is not None:
                    messages.append(message)
                    continue
                why = self._refused(account, one.destination_addr)
            refused.append(
                UnsuccessSme(one.dest_addr_ton, one.dest_addr_npi, one.destination_addr, why)
            )
        if not messages:
            self._answer(link_id, SubmitMultiResp("", [], pdu.sequence_number, status), False)
            return
        message_id = render_message_id(messages[0].message_id)
        self._answer(link_id, SubmitMultiResp(message_id, refused, pdu.sequence_number), True)
        for message in messages:
            self._attempts.enqueue(message)

    def _destinations(
        self, given: list[DestAddress], refused: list[UnsuccessSme]
    ) -> list[SmeDestination]:
        """Every number once, distribution lists resolved; lists nobody knows are refused."""
        found: dict[str, SmeDestination] = {}
        for one in given:
            if isinstance(one, SmeDestination):
                found.setdefault(one.destination_addr, one)
                continue
            numbers = self._settings.lists.get(one.dl_name)
            if numbers is None:
                refused.append(UnsuccessSme(0, 0, one.dl_name, ESME_RINVDLNAME))
                continue
            for number in numbers:
                found.setdefault(number, SmeDestination(1, 1, number))
        return list(found.values())

    # query_sm, cancel_sm, replace_sm.

    def _query(self, account: Account, pdu: QuerySm) -> QuerySmResp:
        """query_sm (SMPP 3.4 §4.8). Of a submit_multi: the first destination not yet final."""
        messages = self._registry.of_client(parse_message_id(pdu.message_id))
        if not messages:
            return QuerySmResp(sequence_number=pdu.sequence_number, command_status=ESME_RINVMSGID)
        if not _is_owner(messages[0], account, pdu.source_addr):
            return QuerySmResp(sequence_number=pdu.sequence_number, command_status=ESME_RQUERYFAIL)
        message = messages[0]
        for one in messages:
            if not one.is_final:
                message = one
                break
        return QuerySmResp(
            pdu.message_id,
            format_smpp_time(message.final_at) if message.is_final else "",
            message.state,
            message.cause if message.state != ENROUTE or message.attempts else 0,
            pdu.sequence_number,
        )

    def _cancel(self, account: Account, pdu: CancelSm) -> int:
        """cancel_sm (SMPP 3.4 §4.9): one message, or all between two addresses."""
        if pdu.message_id:
            found = self._registry.of_client(parse_message_id(pdu.message_id))
            if not found:
                return ESME_RINVMSGID
        else:
            found = self._between(account, pdu.service_type, pdu.source_addr, pdu.destination_addr)
        cancelled = 0
        for message in found:
            if _is_owner(message, account, pdu.source_addr) and self._attempts.cancel(message):
                cancelled += 1
        return ESME_ROK if cancelled else ESME_RCANCELFAIL

    def _replace(self, account: Account, pdu: ReplaceSm) -> int:
        """replace_sm (SMPP 3.4 §4.10): another text, the addresses and the coding stay."""
        found = self._registry.of_client(parse_message_id(pdu.message_id))
        if not found:
            return ESME_RINVMSGID
        message = found[0]
        if len(found) > 1 or not _is_owner(message, account, pdu.source_addr):
            return ESME_RREPLACEFAIL
        submit = replaced_submit(message.submit, pdu)
        return self._put_in_place(message, submit, bool(pdu.validity_period))

    def _replace_if_present(self, link_id: LinkId, account: Account, submit: SubmitSm) -> bool:
        """replace_if_present_flag (SMPP 3.4 §5.2.18): the id of the replaced message stays.

        False if nothing waits that could be replaced: then it is a new message.
        """
        found = self._between(
            account, submit.service_type, submit.source_addr, submit.destination_addr
        )
        for message in found:
            status = self._put_in_place(message, submit, True)
            if status == ESME_RREPLACEFAIL:
                continue
            if status == ESME_ROK:
                message_id = render_message_id(message.client_id)
                self._answer(link_id, SubmitSmResp(message_id, submit.sequence_number), True)
            else:
                self._trace_refusal(account, submit.destination_addr, status)
                self._answer(link_id, SubmitSmResp("", submit.sequence_number, status), False)
            return True
        return False

    def _put_in_place(self, message: Message, submit: SubmitSm, new_validity: bool) -> int:
        """Let a message say what `submit` says, after the checks of any new one."""
        if submit.sm_default_msg_id:
            canned = self._settings.with_canned_text(submit)
            if canned is None:
                return ESME_RINVDFTMSGID
            submit = canned
        candidate = examine(submit, self._turn.now)
        if candidate.command_status != ESME_ROK:
            return candidate.command_status
        if not can_be_cut(submit, candidate):
            return ESME_RINVMSGLEN
        due_at = candidate.due_at if submit.schedule_delivery_time else message.due_at
        expires_at = candidate.expires_at if new_validity else message.expires_at
        if not self._attempts.replace(message, submit, due_at, expires_at):
            return ESME_RREPLACEFAIL
        return ESME_ROK

    def _between(
        self, account: Account, service_type: str, source_addr: str, destination_addr: str
    ) -> list[Message]:
        """The account's waiting messages between two addresses, oldest first."""
        msisdn = msisdn_or_none(destination_addr)
        if msisdn is None:
            return []
        return [
            message
            for message in self._attempts.pending(msisdn)
            if _is_owner(message, account, source_addr)
            and (not service_type or message.submit.service_type == service_type)
        ]

    # Inside.

    def _answer(self, link_id: LinkId, pdu: Pdu, durable: bool) -> None:
        self._turn.effects.append(Answer(link_id, pdu, durable))

    def _refused(self, account: Account, destination_addr: str) -> int:
        """Why the intake took nothing in; the trace is told."""
        self._trace_refusal(account, destination_addr, self._intake.refusal)
        return self._intake.refusal

    def _trace_refusal(self, account: Account, destination_addr: str, status: int) -> None:
        self._turn.trace(REFUSED, 0, account.system_id, destination_addr, status_name(status))


def _is_owner(message: Message, account: Account, source_addr: str) -> bool:
    """Whether the account submitted the message, under this source (SMPP 3.4 §4.8.1)."""
    return message.system_id == account.system_id and message.submit.source_addr == source_addr
