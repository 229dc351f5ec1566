"""Status reports: what a phone that asked for it is told of a text it sent (TS 23.040 §3.2.9).

A report is a message of the centre to the phone, kept like any other; its esm_class is that of a
receipt, its TLVs say which part it is about and how that ended.
"""

from typing import Final

from carrierbox.identifiers import Address
from carrierbox.relay import (
    SM_DELIVERY_FAILURE,
    SUBSCRIBER_BUSY_FOR_MT_SMS,
    TELESERVICE_NOT_PROVISIONED,
    UNKNOWN_SUBSCRIBER,
    RpMoData,
)
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_STATE,
    TAG_NETWORK_ERROR_CODE,
    TAG_USER_MESSAGE_REFERENCE,
    Tlv,
    tlv_int,
    tlv_octets,
)
from carrierbox.smpp.values import (
    ACCEPTED,
    DELETED,
    DELIVERED,
    ESM_CLASS_DELIVERY_RECEIPT,
    EXPIRED,
    REJECTED,
)
from carrierbox.smsc.messages import FROM_PHONE, Message

REPORT_ASKED: Final = 0x01
"""TP-SRR as it is kept: the bit of registered_delivery that asks for a receipt of each end."""
_NETWORK_TYPE_GSM: Final = 3

# TP-ST (TS 23.040 §9.2.3.15).
RECEIVED: Final = 0x00
FORWARDED: Final = 0x01
REMOTE_PROCEDURE_ERROR: Final = 0x40
INCOMPATIBLE_DESTINATION: Final = 0x41
CONNECTION_REJECTED: Final = 0x42
NOT_OBTAINABLE: Final = 0x43
NO_INTERWORKING: Final = 0x45
VALIDITY_EXPIRED: Final = 0x46
DELETED_BY_CENTRE: Final = 0x48
SME_BUSY: Final = 0x61

_OF_STATES: Final = {
    DELIVERED: RECEIVED,
    ACCEPTED: FORWARDED,
    EXPIRED: VALIDITY_EXPIRED,
    DELETED: DELETED_BY_CENTRE,
    REJECTED: CONNECTION_REJECTED,
}
_OF_CAUSES: Final = {
    UNKNOWN_SUBSCRIBER: NOT_OBTAINABLE,
    TELESERVICE_NOT_PROVISIONED: NO_INTERWORKING,
    SUBSCRIBER_BUSY_FOR_MT_SMS: SME_BUSY,
    SM_DELIVERY_FAILURE: INCOMPATIBLE_DESTINATION,
}


def report_tlvs(element: RpMoData) -> list[Tlv]:
    """What is kept with a part that asks for a report: its TP-MR."""
    return [Tlv(TAG_USER_MESSAGE_REFERENCE, element.tp_mr.to_bytes(2, "big"))]


def report_is_owed(message: Message) -> bool:
    """Whether a phone sent this message, which is final, and asked how it ended."""
    return message.origin == FROM_PHONE and message.submit.registered_delivery & REPORT_ASKED != 0


def reporting(original: Message) -> SubmitSm:
    """The report of a message as a submit_sm: every message is kept in one form."""
    submit = original.submit
    reference = tlv_octets(submit.tlvs, TAG_USER_MESSAGE_REFERENCE) or b"\0\0"
    tlvs = [
        Tlv(TAG_USER_MESSAGE_REFERENCE, reference),
        Tlv(TAG_MESSAGE_STATE, bytes([original.state])),
    ]
    if original.state != DELIVERED and original.cause:
        error = bytes([_NETWORK_TYPE_GSM, original.cause >> 8 & 0xFF, original.cause & 0xFF])
        tlvs.append(Tlv(TAG_NETWORK_ERROR_CODE, error))
    return SubmitSm(
        source_addr_ton=submit.dest_addr_ton,
        source_addr_npi=submit.dest_addr_npi,
        source_addr=submit.destination_addr,
        dest_addr_ton=submit.source_addr_ton,
        dest_addr_npi=submit.source_addr_npi,
        destination_addr=submit.source_addr,
        esm_class=ESM_CLASS_DELIVERY_RECEIPT,
        tlvs=tlvs,
    )


def report_source(original: Message) -> Address:
    """TP-RA: where the text went."""
    submit = original.submit
    return Address(submit.dest_addr_ton, submit.dest_addr_npi, submit.destination_addr)


def report_octets(submit: SubmitSm) -> bytes:
    """TP-MR and TP-ST of a report."""
    reference = tlv_int(submit.tlvs, TAG_USER_MESSAGE_REFERENCE) or 0
    state = tlv_int(submit.tlvs, TAG_MESSAGE_STATE) or 0
    error = tlv_octets(submit.tlvs, TAG_NETWORK_ERROR_CODE) or b""
    cause = int.from_bytes(error[1:], "big")
    return bytes([reference & 0xFF, status_of(state, cause)])


def status_of(state: int, cause: int) -> int:
    """The TP-ST of a final message_state and the MAP error that led to it."""
    status = _OF_STATES.get(state)
    return _OF_CAUSES.get(cause, REMOTE_PROCEDURE_ERROR) if status is None else status
