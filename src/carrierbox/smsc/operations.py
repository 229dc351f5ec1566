"""What ESMEs ask beside submit_sm: submit_multi, data_sm, query_sm, cancel_sm, replace_sm.

Each request is answered in its own response; whatever it changes is in the current turn. A message
is found by the id its ESME knows and belongs to the account that submitted it: others may neither
look at it nor touch it (T46).
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.identifiers import LinkId, msisdn_or_none
from carrierbox.relay import Submission
from carrierbox.smpp.pdus import (
    PDU_CLASSES,
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
    ESME_RCNTSUBDL,
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
    ESME_RSYSERR,
    ESME_RTHROTTLED,
    RESPONSE_BIT,
    status_name,
)
from carrierbox.smsc.accounts import Account
from carrierbox.smsc.admission import examine_for
from carrierbox.smsc.attempts import Attempts
from carrierbox.smsc.bindings import Binding
from carrierbox.smsc.conversions import (
    replaced_submit,
    submit_of_data_sm,
    submit_of_submit_multi,
)
from carrierbox.smsc.effects import LOAD_REQUEST, Answer, AnswerAgain, Load
from carrierbox.smsc.intake import Intake, told_verdict
from carrierbox.smsc.limits import over_a_limit, queue_refusal
from carrierbox.smsc.lookup import Lookup
from carrierbox.smsc.messages import FINAL_STATES, Awaited, Message
from carrierbox.smsc.parts import coding_to_cut
from carrierbox.smsc.phone_rows import PhoneRows
from carrierbox.smsc.ports import LoadBetween, LoadById
from carrierbox.smsc.receipts import error_told_of
from carrierbox.smsc.rows import Found
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.text_coding import TextCoding
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import REFUSED, VERDICT

BETWEEN_ROWS: Final = 256
DESTINATIONS_MAX: Final = 254
"""SMPP 3.4 §5.2.24; 5.0 allows 255."""
UNSUCCESSFUL_MAX: Final = 255
"""no_unsuccess is one octet (SMPP 3.4 §5.2.26); a list may hold more numbers."""


class AskedAgain:
    """A request that waits for rows of the store.

    `ended` are the messages that only the table has, `cancelled` how many a cancel_sm has by now.
    """

    def __init__(self, binding: Binding, pdu: Pdu) -> None:
        self.binding = binding
        self.pdu = pdu
        self.ended: list[Message] = []
        self.cancelled: int = 0


class Operations:
    """The requests of one centre."""

    def __init__(
        self,
        turn: CurrentTurn,
        lookup: Lookup,
        intake: Intake,
        attempts: Attempts,
        phone_rows: PhoneRows,
        settings: CentreSettings,
    ) -> None:
        self._turn = turn
        self._lookup = lookup
        self._intake = intake
        self._attempts = attempts
        self._phone_rows = phone_rows
        self._settings = settings

    def shown(self, account: Account, pdu: Pdu) -> list[Submission]:
        """What there is to be asked about a request, for each destination; nothing if it is none of

        submit_sm, data_sm and submit_multi. Distribution lists are left out.
        """
        shown = self._intake.shown
        if isinstance(pdu, SubmitSm):
            return [shown(account, pdu, "submit_sm")]
        if isinstance(pdu, DataSm):
            return [shown(account, submit_of_data_sm(pdu), "data_sm")]
        if not isinstance(pdu, SubmitMulti):
            return []
        return [
            shown(account, submit_of_submit_multi(pdu, each), "submit_multi")
            for each in pdu.dest_address[:DESTINATIONS_MAX]
            if isinstance(each, SmeDestination)
        ]

    def on_submit(self, binding: Binding, submit: SubmitSm) -> None:
        """submit_sm (SMPP 3.4 §4.4)."""
        link_id = binding.link_id
        account = binding.account
        coding = self._intake.coding_for(account, submit.destination_addr)
        refusal = over_a_limit(account, submit, self._attempts, self._turn.link_now, coding)
        if refusal != ESME_ROK:
            self._trace_refusal(account, submit.destination_addr, refusal)
            self._answer(link_id, SubmitSmResp("", submit.sequence_number, refusal), False)
            return
        if submit.replace_if_present_flag and self._ask_between(
            AskedAgain(binding, submit), submit.destination_addr, submit.source_addr
        ):
            return
        self._submit(binding, submit)

    def _submit(self, binding: Binding, submit: SubmitSm) -> None:
        link_id = binding.link_id
        account = binding.account
        if submit.replace_if_present_flag and self._replace_if_present(binding, submit):
            return
        message = self._intake.from_esme(account, submit)
        answers = self._intake.answers()
        if message is None:
            status = self._refused(account, submit.destination_addr)
            response = SubmitSmResp("", submit.sequence_number, status)
            self._answer(link_id, response, False, answers)
        elif submit.esm_class & ESM_CLASS_MODE_MASK == ESM_CLASS_FORWARD:
            self._await(message, binding, submit, answers)
        else:
            message_id = binding.dialect.answer_id.render(message.message_id)
            response = SubmitSmResp(message_id, submit.sequence_number)
            self._answer(link_id, response, True, answers)
            self._attempts.enqueue(message)

    def on_request(self, binding: Binding, pdu: Pdu) -> None:
        """Any other request that the operation matrix lets an ESME send."""
        if isinstance(pdu, DataSm):
            self._on_data(binding, pdu)
        elif isinstance(pdu, SubmitMulti):
            self._on_multi(binding, pdu)
        elif isinstance(pdu, (QuerySm, CancelSm, ReplaceSm)):
            asked = AskedAgain(binding, pdu)
            if pdu.message_id:
                is_asked = self._ask_by_id(asked, pdu.message_id)
            else:
                is_asked = isinstance(pdu, CancelSm) and self._ask_between(
                    asked, pdu.destination_addr, pdu.source_addr
                )
            if not is_asked:
                self._about_messages(asked)

    def _about_messages(self, asked: AskedAgain) -> None:
        """query_sm, cancel_sm, replace_sm, once what they name is in memory."""
        binding, pdu = asked.binding, asked.pdu
        link_id = binding.link_id
        if isinstance(pdu, QuerySm):
            # A final state that is told must be durable: its commit may be under way.
            response = self._query(binding, pdu, asked.ended)
            self._answer(link_id, response, response.message_state in FINAL_STATES)
        elif isinstance(pdu, CancelSm):
            status = self._cancel(binding, pdu, asked)
            self._answer(link_id, CancelSmResp(pdu.sequence_number, status), status == ESME_ROK)
        elif isinstance(pdu, ReplaceSm):
            status = self._replace(binding, pdu, asked)
            self._answer(link_id, ReplaceSmResp(pdu.sequence_number, status), status == ESME_ROK)

    # What is not in memory.

    def _ask_by_id(self, asked: AskedAgain, text: str) -> bool:
        """Ask the store for messages of this id that memory does not have; whether it was asked."""
        ids = self._lookup.ids_in_table(text, asked.binding)
        if not ids:
            return False
        self._turn.effects.append(Load(LoadById(ids), LOAD_REQUEST, asked))
        return True

    def _ask_between(
        self, asked: AskedAgain, destination_addr: str, source_addr: str, after: int = 0
    ) -> bool:
        """Ask the store for what waits between two addresses; whether it was asked."""
        msisdn = msisdn_or_none(destination_addr)
        if msisdn is None or not self._attempts.paged.holds_any(msisdn):
            return False
        system_id = asked.binding.system_id
        request = LoadBetween(msisdn, system_id, source_addr, BETWEEN_ROWS, after)
        self._turn.effects.append(Load(request, LOAD_REQUEST, asked))
        return True

    def on_rows(self, load: Load, asked: AskedAgain, rows: list[Found], complete: bool) -> None:
        """The store answered: what waits is in memory now, and the request goes on."""
        if self._phone_rows.may_be_outdated(load.request):
            self._turn.effects.append(Load(load.request, LOAD_REQUEST, asked))
            return
        for found in rows:
            ended = self._phone_rows.take_in(found)
            if ended is not None:
                asked.ended.append(ended)
        pdu = asked.pdu
        if isinstance(pdu, SubmitSm):
            self._submit(asked.binding, pdu)
        elif isinstance(pdu, CancelSm) and not complete and rows:
            asked.cancelled += self._cancel_between(asked.binding.account, pdu)
            after = rows[-1].row.message_id
            if not self._ask_between(asked, pdu.destination_addr, pdu.source_addr, after):
                self._about_messages(asked)
        else:
            self._about_messages(asked)

    def load_failed(self, asked: AskedAgain) -> None:
        """The store could not answer: neither can we."""
        response = PDU_CLASSES[asked.pdu.command_id | RESPONSE_BIT]()
        response.sequence_number = asked.pdu.sequence_number
        response.command_status = ESME_RSYSERR
        self._answer(asked.binding.link_id, response, False)

    # data_sm.

    def _on_data(self, binding: Binding, pdu: DataSm) -> None:
        """data_sm (SMPP 3.4 §4.7): like submit_sm, its text in message_payload."""
        link_id = binding.link_id
        account = binding.account
        submit = submit_of_data_sm(pdu)
        coding = self._intake.coding_for(account, submit.destination_addr)
        status = over_a_limit(account, submit, self._attempts, self._turn.link_now, coding)
        message: Message | None = None
        answers = 1
        if tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) is None:
            status = ESME_RMISSINGOPTPARAM
        elif status == ESME_ROK:
            message = self._intake.from_esme(account, submit, 0, "data_sm")
            answers = self._intake.answers()
            if message is None:
                status = self._refused(account, pdu.destination_addr)
                response = DataSmResp("", pdu.sequence_number, status)
                self._answer(link_id, response, False, answers)
                return
        if message is None:
            self._trace_refusal(account, pdu.destination_addr, status)
            self._answer(link_id, DataSmResp("", pdu.sequence_number, status), False)
        elif pdu.esm_class & ESM_CLASS_MODE_MASK == ESM_CLASS_FORWARD:
            self._await(message, binding, pdu, answers)
        else:
            message_id = binding.dialect.answer_id.render(message.message_id)
            response = DataSmResp(message_id, pdu.sequence_number)
            self._answer(link_id, response, True, answers)
            self._attempts.enqueue(message)

    def _await(self, message: Message, binding: Binding, request: Pdu, answers: int) -> None:
        """Answer when the outcome is known (SMPP 3.4 §2.10.3)."""
        message.awaited = Awaited(
            binding.link_id,
            request.command_id,
            request.sequence_number,
            binding.dialect,
            answers,
        )
        self._attempts.enqueue(message)

    # submit_multi.

    def _on_multi(self, binding: Binding, pdu: SubmitMulti) -> None:
        """submit_multi (SMPP 3.4 §4.5): one id; a state and a receipt for each destination."""
        link_id = binding.link_id
        account = binding.account
        refused: list[UnsuccessSme] = []
        destinations = self._destinations(account, pdu.dest_address, refused)
        messages: list[Message] = []
        answers = 1
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
                message = self._intake.from_esme(account, submit, client_id, "submit_multi")
                answers = max(answers, self._intake.answers())
                if message is not None:
                    messages.append(message)
                    continue
                why = self._refused(account, one.destination_addr)
            refused.append(
                UnsuccessSme(one.dest_addr_ton, one.dest_addr_npi, one.destination_addr, why)
            )
        del refused[UNSUCCESSFUL_MAX:]
        if not messages:
            told = refused if status == ESME_RSUBMITFAIL else []
            nothing = SubmitMultiResp("", told, pdu.sequence_number, status)
            self._answer(link_id, nothing, False, answers)
            return
        message_id = binding.dialect.answer_id.render(messages[0].message_id)
        response = SubmitMultiResp(message_id, refused, pdu.sequence_number)
        self._answer(link_id, response, True, answers)
        for message in messages:
            self._attempts.enqueue(message)

    def _destinations(
        self, account: Account, given: list[DestAddress], refused: list[UnsuccessSme]
    ) -> list[SmeDestination]:
        """Every number once, distribution lists resolved; lists that nobody knows or that are not
        for the account are refused.
        """
        found: dict[str, SmeDestination] = {}
        for one in given:
            if isinstance(one, SmeDestination):
                found.setdefault(one.destination_addr, one)
                continue
            numbers = self._settings.lists.get(one.dl_name)
            if numbers is None:
                refused.append(UnsuccessSme(0, 0, one.dl_name, ESME_RINVDLNAME))
                continue
            if not account.may_use_list(one.dl_name):
                refused.append(UnsuccessSme(0, 0, one.dl_name, ESME_RCNTSUBDL))
                continue
            for number in numbers:
                found.setdefault(number, SmeDestination(1, 1, number))
        return list(found.values())

    # query_sm, cancel_sm, replace_sm.

    def _query(self, binding: Binding, pdu: QuerySm, ended: list[Message]) -> QuerySmResp:
        """query_sm (SMPP 3.4 §4.8). Of a submit_multi: the first destination not yet final.

        `ended` are those that only the table has.
        """
        messages = self._lookup.of_client(pdu.message_id, binding)
        if not messages:
            # The newest of the account's, as among those in memory.
            messages = [one for one in ended if one.system_id == binding.system_id] or ended
        messages = messages + [one for one in ended if one not in messages]
        messages = [one for one in messages if one.client_id == messages[0].client_id]
        if not messages:
            return QuerySmResp(sequence_number=pdu.sequence_number, command_status=ESME_RINVMSGID)
        if not _is_owner(messages[0], binding.account, pdu.source_addr):
            return QuerySmResp(sequence_number=pdu.sequence_number, command_status=ESME_RQUERYFAIL)
        message = messages[0]
        for one in messages:
            if not one.is_final:
                message = one
                break
        return self._told(message, pdu)

    def _told(self, message: Message, pdu: QuerySm) -> QuerySmResp:
        """What a query_sm is told of a message: what its carrier tells, as soon as it does."""
        response = QuerySmResp(
            pdu.message_id,
            "",
            ENROUTE,
            message.cause if message.attempts else 0,
            pdu.sequence_number,
        )
        is_told = message.is_final or message.is_told_when_taken
        if is_told and message.told_at <= self._turn.now:
            response.message_state = message.state_told
            response.final_date = format_smpp_time(NetworkTime(message.told_at))
            if message.told is not None:
                response.error_code = error_told_of(message) & 0xFF
        return response

    def _cancel(self, binding: Binding, pdu: CancelSm, asked: AskedAgain) -> int:
        """cancel_sm (SMPP 3.4 §4.9): one message, or all between two addresses."""
        account = binding.account
        if not pdu.message_id:
            cancelled = asked.cancelled + self._cancel_between(account, pdu)
            return ESME_ROK if cancelled else ESME_RCANCELFAIL
        found = self._lookup.of_client(pdu.message_id, binding)
        if not found and not asked.ended:
            return ESME_RINVMSGID
        return ESME_ROK if self._cancel_all(found, account, pdu) else ESME_RCANCELFAIL

    def _cancel_between(self, account: Account, pdu: CancelSm) -> int:
        found = self._between(account, pdu.service_type, pdu.source_addr, pdu.destination_addr)
        return self._cancel_all(found, account, pdu)

    def _cancel_all(self, found: list[Message], account: Account, pdu: CancelSm) -> int:
        """How many of these were cancelled."""
        cancelled = 0
        for message in found:
            if _is_owner(message, account, pdu.source_addr) and self._attempts.cancel(message):
                cancelled += 1
        return cancelled

    def _replace(self, binding: Binding, pdu: ReplaceSm, asked: AskedAgain) -> int:
        """replace_sm (SMPP 3.4 §4.10): another text, the addresses and the coding stay.

        Of a submit_multi every destination that still waits gets the new text, or none does: the
        response has one status for them all. Which of the others are remembered does not matter.
        """
        account = binding.account
        found = self._lookup.of_client(pdu.message_id, binding)
        if not found:
            return ESME_RREPLACEFAIL if asked.ended else ESME_RINVMSGID
        if not _is_owner(found[0], account, pdu.source_addr):
            return ESME_RREPLACEFAIL
        waiting = [one for one in found if not one.is_beyond_change]
        checked: list[_Replacement] = []
        for message in waiting or found[:1]:
            submit = replaced_submit(message.submit, pdu)
            new_validity = bool(pdu.validity_period)
            checked.append(self._check(account, message, submit, new_validity, "replace_sm"))
            if checked[-1].command_status != ESME_ROK:
                return checked[-1].command_status
        for one in checked:
            if not self._put_in_place(one):
                return ESME_RREPLACEFAIL
        return ESME_ROK

    def _replace_if_present(self, binding: Binding, submit: SubmitSm) -> bool:
        """replace_if_present_flag (SMPP 3.4 §5.2.18): the id of the replaced message stays.

        False if nothing waits that could be replaced: then it is a new message.
        """
        link_id = binding.link_id
        account = binding.account
        found = self._between(
            account, submit.service_type, submit.source_addr, submit.destination_addr
        )
        for message in found:
            if message.submit.service_type != submit.service_type:
                continue
            checked = self._check(account, message, submit, True, "submit_sm")
            status = checked.command_status
            if status == ESME_ROK:
                if not self._put_in_place(checked):
                    continue
                message_id = binding.dialect.answer_id.render(message.client_id)
                self._answer(link_id, SubmitSmResp(message_id, submit.sequence_number), True)
            else:
                self._answer(link_id, SubmitSmResp("", submit.sequence_number, status), False)
            return True
        return False

    def _check(
        self,
        account: Account,
        message: Message,
        submit: SubmitSm,
        new_validity: bool,
        operation: str,
    ) -> "_Replacement":
        """What a message would become if it said what `submit` says, checked as any new one is.

        The trace is told of a refusal.
        """
        replacement = _Replacement(message, submit)
        replacement.command_status = self._fill_in(replacement, account, new_validity, operation)
        return replacement

    def _fill_in(
        self, replacement: "_Replacement", account: Account, new_validity: bool, operation: str
    ) -> int:
        submit = replacement.submit
        to = submit.destination_addr
        coding = self._intake.coding_for(account, to)
        languages = account.settings.languages
        if submit.sm_default_msg_id:
            canned = self._settings.with_canned_text(submit, coding, languages)
            if canned is None:
                return self._trace_refusal(account, to, ESME_RINVDFTMSGID)
            submit = canned
        candidate = examine_for(account, submit, self._turn.now)
        if candidate.command_status != ESME_ROK:
            return self._trace_refusal(account, to, candidate.command_status)
        if coding_to_cut(submit, candidate, coding, languages) is None:
            return self._trace_refusal(account, to, ESME_RINVMSGLEN)
        if not self._intake.may_replace(account, submit, candidate, operation):
            return self._refused(account, to)
        text = self._intake.text
        settled = coding_to_cut(submit, candidate, coding, languages, text)
        if settled is None:
            return self._trace_refusal(account, to, ESME_RINVMSGLEN)
        replacement.submit = submit
        replacement.text = text
        replacement.coding = settled
        if submit.schedule_delivery_time:
            replacement.due_at = candidate.due_at
            told = replacement.message.told
            if told is not None:
                replacement.due_at = max(replacement.due_at, told.held_until)
        if new_validity:
            replacement.expires_at = candidate.expires_at
        return ESME_ROK

    def _put_in_place(self, one: "_Replacement") -> bool:
        """Let a message become what was checked; False if it is too late for that."""
        return self._attempts.replace(
            one.message, one.submit, one.due_at, one.expires_at, one.coding, one.text
        )

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

    def _answer(self, link_id: LinkId, pdu: Pdu, durable: bool, answers: int = 1) -> None:
        self._turn.effects.append(Answer(link_id, pdu, durable))
        for _ in range(answers - 1):
            self._turn.effects.append(AnswerAgain(link_id, pdu))

    def _refused(self, account: Account, destination_addr: str) -> int:
        """Why the intake took nothing in; the trace is told."""
        intake = self._intake
        if intake.refusing_rule:
            detail = told_verdict(intake.refusing_rule, intake.refusing_reason)
            self._turn.trace(VERDICT, 0, account.system_id, destination_addr, detail)
        return self._trace_refusal(account, destination_addr, intake.refusal, intake.refusing_rule)

    def _trace_refusal(
        self, account: Account, destination_addr: str, status: int, rule: str = ""
    ) -> int:
        """Tell the trace of a refusal, and by which rule; the status again."""
        detail = f"{status_name(status)} by rule {rule}" if rule else status_name(status)
        if self._intake.via:
            detail = f"{self._intake.via}: {detail}"
        self._turn.trace(REFUSED, 0, account.system_id, destination_addr, detail)
        return status


class _Replacement:
    """What a message is to become, and with which status that was checked."""

    def __init__(self, message: Message, submit: SubmitSm) -> None:
        self.message = message
        self.submit = submit
        self.command_status = ESME_ROK
        self.coding: TextCoding = message.coding
        self.text: str | None = None
        """What its phone shows in the place of its text."""
        self.due_at: NetworkTime = message.due_at
        self.expires_at: NetworkTime = message.expires_at


def _is_owner(message: Message, account: Account, source_addr: str) -> bool:
    """Whether the account submitted the message, under this source (SMPP 3.4 §4.8.1)."""
    return message.system_id == account.system_id and message.submit.source_addr == source_addr
