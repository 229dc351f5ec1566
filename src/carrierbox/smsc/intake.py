"""Taking messages in: from ESMEs by submit_sm, from phones by SMS-SUBMIT.

Checks, routes and screens; what passes becomes a `Message` in memory, in the journal and in the
trace.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.errors import CodecError
from carrierbox.identifiers import NPI_ISDN, TON_ALPHANUMERIC, TON_INTERNATIONAL, Address
from carrierbox.relay import RpMoData, Screening, Submission
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import (
    ESM_CLASS_UDHI,
    ESME_RINVDFTMSGID,
    ESME_RINVDSTADR,
    ESME_RINVMSGLEN,
    ESME_ROK,
)
from carrierbox.smsc import journal
from carrierbox.smsc.accounts import Account
from carrierbox.smsc.admission import (
    ALPHANUMERIC_CHARACTERS_MAX,
    Candidate,
    examine,
)
from carrierbox.smsc.effects import Accepted
from carrierbox.smsc.messages import FROM_ESME, FROM_PHONE, TO_ESME, TO_PHONE, Message
from carrierbox.smsc.parts import cut
from carrierbox.smsc.ports import NumberRoute
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.router import Router
from carrierbox.smsc.schedule import VALIDITY_DEFAULT_S
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import ACCEPTED, MOBILE_ORIGINATED, ROUTED, SUBMITTED

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

    def from_esme(self, account: Account, submit: SubmitSm, client_id: int = 0) -> Message | None:
        """The message a submit_sm becomes; None if it is refused, with the status in `refusal`.

        `client_id` is the id it shares with other destinations of a submit_multi.
        """
        turn = self._turn
        if submit.sm_default_msg_id:
            canned = self._settings.with_canned_text(submit)
            if canned is None:
                self.refusal = ESME_RINVDFTMSGID
                return None
            submit = canned
        candidate = examine(submit, turn.now)
        if candidate.command_status != ESME_ROK:
            self.refusal = candidate.command_status
            return None
        route = self._router.route_to_phone(candidate.msisdn)
        if route is None:
            self.refusal = ESME_RINVDSTADR
            return None
        source = _source_of(submit, account)
        submission = Submission(
            account.system_id,
            source,
            candidate.msisdn,
            route.country,
            route.carrier,
            submit.data_coding,
            candidate.user_data_header,
            candidate.user_data,
        )
        verdict = self._screening.screen(submission, turn.now)
        if verdict.command_status != ESME_ROK:
            self.refusal = verdict.command_status
            return None
        shown = verdict.source if verdict.source is not None else source
        message = self._message(account.system_id, FROM_ESME, submit, shown, candidate, route)
        message.rule = verdict.rule
        if client_id:
            message.client_id = client_id
        try:
            cut(message, candidate.user_data_header, candidate.user_data)
        except CodecError:
            self.refusal = ESME_RINVMSGLEN
            return None
        self._take_in(message)
        return message

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

    def _take_in(self, message: Message) -> None:
        """Keep a message: in the journal, in memory, in the trace."""
        turn = self._turn
        self._registry.add(message)
        turn.entries.append(journal.accepted_entry(message))
        turn.effects.append(Accepted(message))
        message_id = message.message_id
        turn.trace(SUBMITTED, message_id, message.system_id, message.msisdn, "")
        turn.trace(ACCEPTED, message_id, message.system_id, message.msisdn, "")
        turn.trace(ROUTED, message_id, message.system_id, message.msisdn, message.carrier)


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
        data_coding=element.tp_dcs,
        short_message=element.user_data_header + element.user_data,
    )
