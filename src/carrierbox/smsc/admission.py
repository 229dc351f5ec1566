"""What is checked of a submit_sm before it is taken in (SMPP 3.4 §4.4.1, §5.2).

Each check answers with the command_status of its own field. The result holds what the rest of the
centre needs, so that nothing is parsed twice.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.time_format import parse_smpp_time
from carrierbox.codecs.user_data_header import (
    PARTS_MAX,
    concatenation_header,
    split_user_data_header,
)
from carrierbox.errors import CodecError
from carrierbox.identifiers import TON_ABBREVIATED, TON_ALPHANUMERIC, msisdn_or_none
from carrierbox.smpp.pdus import Pdu, SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    Tlv,
    tlv_int,
    tlv_octets,
)
from carrierbox.smpp.tlv_rules import asks_for_too_many_messages, tlv_refusal
from carrierbox.smpp.values import (
    ESM_CLASS_DATAGRAM,
    ESM_CLASS_FORWARD,
    ESM_CLASS_MODE_MASK,
    ESM_CLASS_TYPE_MASK,
    ESM_CLASS_UDHI,
    ESME_RINVDSTADR,
    ESME_RINVDSTNPI,
    ESME_RINVDSTTON,
    ESME_RINVESMCLASS,
    ESME_RINVEXPIRY,
    ESME_RINVMSGLEN,
    ESME_RINVNUMMSGS,
    ESME_RINVPRTFLG,
    ESME_RINVREGDLVFLG,
    ESME_RINVREPFLAG,
    ESME_RINVSCHED,
    ESME_RINVSRCADR,
    ESME_RINVSRCNPI,
    ESME_RINVSRCTON,
    ESME_RINVSUBREP,
    ESME_ROK,
)
from carrierbox.smsc.accounts import Account
from carrierbox.smsc.acknowledgements import is_submitted_type
from carrierbox.smsc.schedule import SCHEDULE_MAX_S, VALIDITY_DEFAULT_S, VALIDITY_MAX_S

SHORT_MESSAGE_OCTETS_MAX: Final = 254
"""SMPP 3.4 §5.2.21; 5.0 allows 255."""
ALPHANUMERIC_CHARACTERS_MAX: Final = 11
PAYLOAD_OCTETS_MAX: Final = PARTS_MAX * 153
REGISTERED_DELIVERY_RESERVED: Final = 0xE0

_NOT_STORED: Final = frozenset({ESM_CLASS_DATAGRAM, ESM_CLASS_FORWARD})
_NUMBERING_PLANS: Final = frozenset({0, 1, 3, 4, 6, 8, 9, 10, 14, 18})


class Candidate:
    """A submit_sm that was looked at. `command_status` is ESME_ROK if it may be taken in."""

    def __init__(self, command_status: int) -> None:
        self.command_status = command_status
        self.msisdn: str = ""
        self.due_at: NetworkTime = NetworkTime(0.0)
        self.expires_at: NetworkTime = NetworkTime(0.0)
        self.user_data_header: bytes = b""
        self.user_data: bytes = b""


def refusal_of_tlvs(pdu: Pdu, strict: bool) -> int:
    """The command_status that the TLVs of a request deserve.

    Whoever is not `strict` ignores what is misplaced, wrong or unknown (SMPP 3.4 §3.3, T43), but
    for a number_of_messages that no display can show (§5.3.2.39).
    """
    if strict:
        return tlv_refusal(pdu.command_id, pdu.tlvs)
    if asks_for_too_many_messages(pdu.command_id, pdu.tlvs):
        return ESME_RINVNUMMSGS
    return ESME_ROK


def examine(
    submit: SubmitSm,
    now: NetworkTime,
    strict: bool = True,
    to_account: bool = False,
    validity_default_s: float = VALIDITY_DEFAULT_S,
    validity_max_s: float = VALIDITY_MAX_S,
) -> Candidate:
    """Check a submit_sm and take it apart.

    Who is not `strict` may use a few values that SMPP 5.0 added. What goes to another account
    (`to_account`) need not go to a number. The two validities are the account's, in seconds.
    """
    candidate = Candidate(_check_fields(submit, strict))
    if candidate.command_status != ESME_ROK:
        return candidate
    if not to_account:
        msisdn = msisdn_or_none(submit.destination_addr)
        if msisdn is None:
            candidate.command_status = ESME_RINVDSTADR
            return candidate
        candidate.msisdn = msisdn
    candidate.due_at = now
    candidate.command_status = _read_schedule(submit, now, candidate)
    if candidate.command_status == ESME_ROK:
        candidate.expires_at = NetworkTime(candidate.due_at + validity_default_s)
        candidate.command_status = _read_validity(submit, now, validity_max_s, candidate)
    if candidate.command_status == ESME_ROK:
        candidate.command_status = read_user_data(submit, candidate)
    return candidate


def examine_for(
    account: Account, submit: SubmitSm, now: NetworkTime, to_account: bool = False
) -> Candidate:
    """Check a submit_sm as the settings of its account have it."""
    settings = account.settings
    return examine(
        submit,
        now,
        settings.strict,
        to_account,
        settings.validity_default_s,
        settings.validity_max_s,
    )


def _check_fields(submit: SubmitSm, strict: bool) -> int:
    status = ESME_ROK
    if submit.dest_addr_ton > TON_ABBREVIATED:
        status = ESME_RINVDSTTON
    elif submit.dest_addr_npi not in _NUMBERING_PLANS:
        status = ESME_RINVDSTNPI
    elif submit.source_addr_ton > TON_ABBREVIATED:
        status = ESME_RINVSRCTON
    elif submit.source_addr_npi not in _NUMBERING_PLANS:
        status = ESME_RINVSRCNPI
    elif (
        submit.source_addr_ton == TON_ALPHANUMERIC
        and len(submit.source_addr) > ALPHANUMERIC_CHARACTERS_MAX
    ):
        status = ESME_RINVSRCADR
    elif submit.priority_flag > 3:
        status = ESME_RINVPRTFLG
    elif (
        strict and submit.registered_delivery & 3 == 3
    ) or submit.registered_delivery & REGISTERED_DELIVERY_RESERVED:
        status = ESME_RINVREGDLVFLG
    elif submit.replace_if_present_flag > 1:
        status = ESME_RINVREPFLAG
    elif submit.replace_if_present_flag and submit.esm_class & ESM_CLASS_MODE_MASK in _NOT_STORED:
        # What is tried once is never stored, so that nothing can be replaced (§2.10, §5.2.18).
        status = ESME_RINVSUBREP
    elif strict and len(submit.short_message) > SHORT_MESSAGE_OCTETS_MAX:
        status = ESME_RINVMSGLEN
    elif submit.esm_class & ESM_CLASS_TYPE_MASK and not is_submitted_type(submit.esm_class, strict):
        status = ESME_RINVESMCLASS
    return status


def _read_schedule(submit: SubmitSm, now: NetworkTime, candidate: Candidate) -> int:
    """schedule_delivery_time (SMPP 3.4 §5.2.15, §7.1.1, T42)."""
    if not submit.schedule_delivery_time:
        return ESME_ROK
    try:
        due_at = parse_smpp_time(submit.schedule_delivery_time, now)
    except CodecError:
        return ESME_RINVSCHED
    if due_at is not None and due_at > now:
        if due_at > now + SCHEDULE_MAX_S:
            return ESME_RINVSCHED
        candidate.due_at = NetworkTime(due_at)
    return ESME_ROK


def _read_validity(
    submit: SubmitSm, now: NetworkTime, validity_max_s: float, candidate: Candidate
) -> int:
    """validity_period (SMPP 3.4 §5.2.16, §7.1.1, T42); what is beyond the maximum is cut to it."""
    if not submit.validity_period:
        return ESME_ROK
    try:
        expires_at = parse_smpp_time(submit.validity_period, now)
    except CodecError:
        return ESME_RINVEXPIRY
    if expires_at is not None:
        if expires_at <= candidate.due_at:
            return ESME_RINVEXPIRY
        latest = candidate.due_at + validity_max_s
        candidate.expires_at = NetworkTime(min(expires_at, latest))
    return ESME_ROK


def read_user_data(submit: SubmitSm, candidate: Candidate) -> int:
    """Find the text and its header: in short_message, message_payload or beside sar_* (T40)."""
    text = submit.short_message
    tlvs = submit.tlvs
    if tlvs:
        payload = tlv_octets(tlvs, TAG_MESSAGE_PAYLOAD)
        if payload is not None:
            if text or len(payload) > PAYLOAD_OCTETS_MAX:
                return ESME_RINVMSGLEN
            text = payload
    if submit.esm_class & ESM_CLASS_UDHI:
        try:
            candidate.user_data_header, text = split_user_data_header(text)
        except CodecError:
            return ESME_RINVESMCLASS
    elif tlvs:
        candidate.user_data_header = _header_from_sar(tlvs)
    candidate.user_data = text
    return ESME_ROK


def _header_from_sar(tlvs: list[Tlv]) -> bytes:
    """The concatenation element that says what the three sar_* TLVs say; empty without all."""
    reference = tlv_int(tlvs, TAG_SAR_MSG_REF_NUM)
    total = tlv_int(tlvs, TAG_SAR_TOTAL_SEGMENTS)
    number = tlv_int(tlvs, TAG_SAR_SEGMENT_SEQNUM)
    if reference is None or total is None or number is None:
        return b""
    # A TLV of a wrong length may say more than its octet could (T43): then it says nothing.
    if not 1 <= number <= total <= PARTS_MAX:
        return b""
    return concatenation_header(reference & 0xFFFF, total, number, wide=True)
