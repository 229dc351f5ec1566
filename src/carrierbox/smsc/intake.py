"""Taking messages in: from ESMEs by submit_sm, from phones by SMS-SUBMIT.

Checks, routes and screens; what passes becomes a `Message` in memory, in the journal and in the
trace.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import data_coding_of
from carrierbox.codecs.segmentation import code_text
from carrierbox.errors import CodecError
from carrierbox.identifiers import (
    NPI_ISDN,
    TON_ALPHANUMERIC,
    TON_INTERNATIONAL,
    Address,
    msisdn_or_none,
)
from carrierbox.relay import ACCEPTED as OPEN
from carrierbox.relay import (
    SAID_BY_ACCOUNT,
    SAID_BY_SUBMISSION,
    RpMoData,
    Screening,
    SmeAcknowledgement,
    Submission,
    Verdict,
)
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, Tlv
from carrierbox.smpp.values import (
    ESM_CLASS_UDHI,
    ESME_RINVDFTMSGID,
    ESME_RINVDSTADR,
    ESME_RINVMSGLEN,
    ESME_ROK,
)
from carrierbox.smsc import journal
from carrierbox.smsc.accounts import Account
from carrierbox.smsc.acknowledgements import (
    acknowledging,
    phone_to_acknowledge_to,
    registered_delivery_of,
    source_of,
)
from carrierbox.smsc.admission import (
    ALPHANUMERIC_CHARACTERS_MAX,
    Candidate,
    examine_for,
    read_user_data,
)
from carrierbox.smsc.content_class import content_class_of
from carrierbox.smsc.effects import Accepted, SmeAcknowledged
from carrierbox.smsc.messages import FROM_ESME, FROM_PHONE, TO_ESME, TO_PHONE, Message
from carrierbox.smsc.parts import cut
from carrierbox.smsc.ports import NumberRoute
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.router import Router
from carrierbox.smsc.schedule import VALIDITY_DEFAULT_S
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.status_reports import (
    REPORT_ASKED,
    report_source,
    report_tlvs,
    reporting,
)
from carrierbox.smsc.text_coding import (
    SHORT_MESSAGE_OCTETS_MAX,
    TextCoding,
    header_octets_of,
)
from carrierbox.smsc.told import told_of
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import ACCEPTED, MOBILE_ORIGINATED, ROUTED, SUBMITTED, VERDICT

SUBMIT: Final = "submit_sm"
ADDRESS_CHARACTERS_MAX: Final = 20
USER_DATA_MAX: Final = 160


class Intake:
    """The door of a centre."""

    def __init__(
        self,
        turn: CurrentTurn,
        registry: Registry,
        router: Router,
        screening: Screening,
        settings: CentreSettings,
    ) -> None:
        self._turn = turn
        self._registry = registry
        self._router = router
        self._screening = screening
        self._settings = settings
        self.refusal: int = ESME_ROK
        """Why the last `from_esme` returned None."""
        self.refusing_rule: str = ""
        """The rule that wanted it so; "" where none did."""
        self.refusing_reason: str = ""
        self.text: str | None = None
        """What the rules make of the text that `may_replace` was asked about; None: nothing."""
        self._answers: int = 1
        self.via: str = ""
        """How what comes now came, as the trace tells it; "" over SMPP."""

    def from_esme(
        self, account: Account, submit: SubmitSm, client_id: int = 0, operation: str = SUBMIT
    ) -> Message | None:
        """The message a submit_sm becomes; None if it is refused, with the status in `refusal`.

        `client_id` is the id it shares with other destinations of a submit_multi, `operation` the
        name of the command it came in.
        """
        turn = self._turn
        if submit.sm_default_msg_id:
            coding = self.coding_for(account, submit.destination_addr)
            canned = self._settings.with_canned_text(submit, coding, account.settings.languages)
            if canned is None:
                return self._refuse(ESME_RINVDFTMSGID)
            submit = canned
        receiver = self._router.other_account(account, submit.destination_addr)
        candidate = examine_for(account, submit, turn.now, receiver is not None)
        if candidate.command_status != ESME_ROK:
            return self._refuse(candidate.command_status)
        if receiver is not None:
            return self._to_account(account, receiver, submit, candidate, client_id, operation)
        route = self._router.route_to_phone(candidate.msisdn) or _NO_ROUTE
        source = _source_of(submit, account)
        coding = account.coding_of(route.country)
        verdict = self._screen(account, submit, candidate, route, source, coding, operation)
        if verdict.command_status != ESME_ROK:
            return self._refuse(verdict.command_status, verdict)
        if not route.country and not verdict.cause and verdict.delivers:
            return self._refuse(ESME_RINVDSTADR)
        shown = verdict.source if verdict.source is not None else source
        message = self._message(account.system_id, FROM_ESME, submit, shown, candidate, route)
        message.coding = coding
        message.rule = verdict.rule
        if verdict is not OPEN:
            self._apply(verdict, message)
        if client_id:
            message.client_id = client_id
        try:
            cut(
                message,
                candidate.user_data_header,
                candidate.user_data,
                account.settings.languages,
            )
        except CodecError:
            return self._refuse(ESME_RINVMSGLEN)
        self._take_in(message, verdict)
        return message

    def _apply(self, verdict: Verdict, message: Message) -> None:
        """Make of a message that is taken in what its rule says."""
        self._answers = verdict.answers
        to_phone = message.target == TO_PHONE
        told = message.told = told_of(verdict, to_phone)
        if not to_phone:
            return
        message.forced_cause = verdict.cause
        message.failing_attempts = verdict.failing_attempts
        if told is not None and told.held_until > message.due_at:
            message.due_at = told.held_until

    def answers(self) -> int:
        """How often what was judged last is answered. Asked once: then it is 1 again."""
        answers = self._answers
        self._answers = 1
        return answers

    def _to_account(
        self,
        account: Account,
        receiver: Account,
        submit: SubmitSm,
        candidate: Candidate,
        client_id: int,
        operation: str,
    ) -> Message | None:
        """The message of one ESME to another: no network is on its way, and no time ends it."""
        source = _source_of(submit, account)
        coding = account.coding_of("")
        verdict = self._screen(account, submit, candidate, _NO_ROUTE, source, coding, operation)
        if verdict.command_status != ESME_ROK:
            return self._refuse(verdict.command_status, verdict)
        shown = verdict.source if verdict.source is not None else source
        message = self._message(account.system_id, FROM_ESME, submit, shown, candidate, _NO_ROUTE)
        message.coding = coding
        message.rule = verdict.rule
        message.target = TO_ESME
        if verdict is not OPEN:
            self._apply(verdict, message)
        message.receiver = receiver.system_id
        if client_id:
            message.client_id = client_id
        self._take_in(message, verdict)
        return message

    def acknowledgement(self, original: Message, element: SmeAcknowledgement) -> Message:
        """The message by which a phone acknowledges another one (SMPP 3.4 §5.2.12)."""
        msisdn = phone_to_acknowledge_to(original)
        candidate = Candidate(ESME_ROK)
        candidate.msisdn = original.msisdn if msisdn is None else msisdn
        candidate.due_at = self._turn.now
        candidate.expires_at = NetworkTime(self._turn.now + VALIDITY_DEFAULT_S)
        message = self._message(
            original.system_id,
            FROM_PHONE,
            acknowledging(original, element),
            source_of(original),
            candidate,
            self._router.route_to_phone(candidate.msisdn) or _NO_ROUTE,
        )
        message.target = TO_ESME if msisdn is None else TO_PHONE
        self._turn.trace(
            MOBILE_ORIGINATED,
            message.message_id,
            message.system_id,
            original.msisdn,
            f"acknowledges {original.client_id}",
        )
        self._take_in(message)
        original.acknowledged |= 1 << element.kind
        original.is_saved = False
        self._turn.effects.append(SmeAcknowledged(original, element.kind))
        return message

    def status_report(self, original: Message) -> Message:
        """The message by which the centre tells a phone how its text ended (TS 23.040 §3.2.9)."""
        candidate = Candidate(ESME_ROK)
        candidate.msisdn = original.submit.source_addr
        candidate.due_at = self._turn.now
        candidate.expires_at = NetworkTime(self._turn.now + VALIDITY_DEFAULT_S)
        message = self._message(
            "",
            FROM_PHONE,
            reporting(original),
            report_source(original),
            candidate,
            self._router.route_to_phone(candidate.msisdn) or _NO_ROUTE,
        )
        self._take_in(message)
        return message

    def from_carrier(self, source: Address, msisdn: str, text: str, rule: str) -> Message | None:
        """The message that the carrier itself writes to a phone; None if it fits no message.

        As nobody submitted it, no rule is asked and no receipt is owed.
        """
        coded = code_text(text)
        octets = coded.header + coded.user_data
        candidate = Candidate(ESME_ROK)
        candidate.msisdn = msisdn
        candidate.due_at = self._turn.now
        candidate.expires_at = NetworkTime(self._turn.now + VALIDITY_DEFAULT_S)
        is_long = len(octets) > SHORT_MESSAGE_OCTETS_MAX
        submit = SubmitSm(
            source_addr_ton=source.ton,
            source_addr_npi=source.npi,
            source_addr=source.value,
            dest_addr_ton=TON_INTERNATIONAL,
            dest_addr_npi=NPI_ISDN,
            destination_addr=msisdn,
            esm_class=ESM_CLASS_UDHI if coded.header else 0,
            data_coding=coded.data_coding,
            short_message=b"" if is_long else octets,
            tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, octets)] if is_long else [],
        )
        route = self._router.route_to_phone(msisdn) or _NO_ROUTE
        message = self._message("", FROM_PHONE, submit, source, candidate, route)
        message.rule = rule
        try:
            cut(message, coded.header, coded.user_data)
        except CodecError:
            return None
        self._take_in(message)
        return message

    def coding_for(self, account: Account, destination_addr: str) -> TextCoding:
        """What data_coding 0 means in what an account submits to that address."""
        msisdn = None if account.has_one_coding else msisdn_or_none(destination_addr)
        route = None if msisdn is None else self._router.route_to_phone(msisdn)
        return account.coding_of("" if route is None else route.country)

    def may_replace(
        self, account: Account, submit: SubmitSm, candidate: Candidate, operation: str
    ) -> bool:
        """Whether the rules let a text take the place of another; if not, `refusal` says why.

        What they make of the text is in `text`; what else they decided about the message stays as
        it was.
        """
        route = self._router.route_to_phone(candidate.msisdn) or _NO_ROUTE
        source = _source_of(submit, account)
        coding = account.coding_of(route.country)
        verdict = self._screen(account, submit, candidate, route, source, coding, operation)
        self.text = verdict.text
        if verdict.command_status != ESME_ROK:
            self._refuse(verdict.command_status, verdict)
            # What takes the place of another text is answered once.
            self._answers = 1
        return verdict.command_status == ESME_ROK

    def receiver_of(self, element: RpMoData) -> Account | None:
        """The account that a message of a phone is for; None if it is for no account."""
        return self._router.account_for(element.destination)

    def from_phone(self, element: RpMoData) -> Message | None:
        """The message a phone sends to an ESME or to another phone; None if nobody is there."""
        destination = element.destination
        if not _is_dialable(destination.value) or len(element.user_data) > USER_DATA_MAX:
            return None
        account = self._router.account_for(destination)
        msisdn = self._router.phone_of(destination)
        if account is None and msisdn is None:
            return None
        now = self._turn.now
        candidate = Candidate(ESME_ROK)
        # A message to an ESME is known by the phone it comes from.
        candidate.msisdn = element.msisdn if account is not None else msisdn or ""
        candidate.due_at = now
        candidate.expires_at = NetworkTime(now + VALIDITY_DEFAULT_S)
        message = self._message(
            account.system_id if account is not None else "",
            FROM_PHONE,
            _submit_of(element),
            Address(TON_INTERNATIONAL, NPI_ISDN, element.msisdn),
            candidate,
            self._router.route_to_phone(candidate.msisdn) or _NO_ROUTE,
        )
        message.target = TO_ESME if account is not None else TO_PHONE
        self._turn.trace(
            MOBILE_ORIGINATED, message.message_id, message.system_id, element.msisdn, ""
        )
        self._take_in(message)
        return message

    def _refuse(self, command_status: int, verdict: Verdict | None = None) -> Message | None:
        """Say why there is no message, by which verdict if one wanted it so."""
        self.refusal = command_status
        self.refusing_rule = ""
        self.refusing_reason = ""
        self._answers = 1
        if verdict is not None:
            self.refusing_rule = verdict.rule
            self.refusing_reason = verdict.reason
            self._answers = verdict.answers
        return None

    def _screen(
        self,
        account: Account,
        submit: SubmitSm,
        candidate: Candidate,
        route: NumberRoute,
        source: Address,
        coding: TextCoding,
        operation: str,
    ) -> Verdict:
        """What the rules say. A number that no country has is asked about, too: rules name some."""
        submission = self._submission(account, submit, candidate, route, source, coding, operation)
        return self._screening.screen(submission, self._turn.now)

    def shown(self, account: Account, submit: SubmitSm, operation: str) -> Submission:
        """What there is to be asked about a submit_sm, whether it will be accepted or not."""
        candidate = examine_for(account, submit, self._turn.now)
        if candidate.command_status != ESME_ROK:
            candidate.msisdn = msisdn_or_none(submit.destination_addr) or ""
            read_user_data(submit, candidate)
        route = self._router.route_to_phone(candidate.msisdn) or _NO_ROUTE
        source = _source_of(submit, account)
        coding = account.coding_of(route.country)
        return self._submission(account, submit, candidate, route, source, coding, operation)

    def _submission(
        self,
        account: Account,
        submit: SubmitSm,
        candidate: Candidate,
        route: NumberRoute,
        source: Address,
        coding: TextCoding,
        operation: str,
    ) -> Submission:
        content_class = account.settings.content_class
        said_by = SAID_BY_ACCOUNT if content_class else ""
        if submit.tlvs:
            of_submit = content_class_of(submit)
            if of_submit:
                content_class = of_submit
                said_by = SAID_BY_SUBMISSION
        return Submission(
            account.system_id,
            source,
            # What goes to another account may go to a name.
            candidate.msisdn or submit.destination_addr,
            route.country,
            route.carrier,
            submit.data_coding,
            candidate.user_data_header,
            candidate.user_data,
            operation,
            submit.service_type,
            submit.registered_delivery,
            coding.default_coding,
            header_octets_of(submit, candidate.user_data_header),
            self._turn.now,
            content_class,
            said_by,
            account.settings.languages,
        )

    def _message(
        self,
        system_id: str,
        origin: int,
        submit: SubmitSm,
        source: Address,
        candidate: Candidate,
        route: NumberRoute,
    ) -> Message:
        message_id = self._registry.next_id()
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
            self._turn.now,
            candidate.due_at,
            candidate.expires_at,
        )

    def _take_in(self, message: Message, verdict: Verdict = OPEN) -> None:
        """Keep a message: in the journal, in memory, in the trace."""
        turn = self._turn
        self._registry.add(message)
        entry = message.accepted_entry = journal.accepted_entry(message)
        turn.entries.append(entry)
        turn.effects.append(Accepted(message))
        message_id = message.message_id
        turn.trace(SUBMITTED, message_id, message.system_id, message.msisdn, self.via)
        if verdict is not OPEN and verdict.rule != OPEN.rule:
            detail = told_verdict(verdict.rule, verdict.reason)
            turn.trace(VERDICT, message_id, message.system_id, message.msisdn, detail)
        turn.trace(ACCEPTED, message_id, message.system_id, message.msisdn, message.rule)
        turn.trace(ROUTED, message_id, message.system_id, message.msisdn, message.carrier)


def told_verdict(rule: str, reason: str) -> str:
    """What the trace says of a verdict: which rules, and why if they say so."""
    return f"{rule}: {reason}" if reason else rule


class _NoRoute:
    """Where a number that nobody owns belongs."""

    def __init__(self) -> None:
        self.country = ""
        self.carrier = ""


_NO_ROUTE: Final = _NoRoute()


def _source_of(submit: SubmitSm, account: Account) -> Address:
    """The sender; an account that names none is shown by its own name (T45)."""
    if submit.source_addr:
        return Address(submit.source_addr_ton, submit.source_addr_npi, submit.source_addr)
    return Address(TON_ALPHANUMERIC, 0, account.system_id[:ALPHANUMERIC_CHARACTERS_MAX])


def _is_dialable(address: str) -> bool:
    """Whether a destination can stand in a PDU (SMPP 3.4 §5.2.9)."""
    return 0 < len(address) <= ADDRESS_CHARACTERS_MAX and address.isascii() and "\0" not in address


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
        registered_delivery=registered_delivery_of(element.asked)
        | (REPORT_ASKED if element.report else 0),
        data_coding=data_coding_of(element.tp_dcs),
        short_message=element.user_data_header + element.user_data,
        tlvs=report_tlvs(element) if element.report else [],
    )
