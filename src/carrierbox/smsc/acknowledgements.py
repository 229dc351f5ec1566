"""Acknowledgements between the two ends of a message (SMPP 3.4 §5.2.12, §5.2.17).

Whoever sends a message may ask the phone to acknowledge that it shows it, and its user to
acknowledge that it was read; the answer is a message of its own in the other direction, told by the
message type of its esm_class. CDMA and TDMA networks have this; GSM has only the receipts of the
centre. Here every phone does it, whatever its network.
"""

from typing import Final

from carrierbox.identifiers import Address, Msisdn, msisdn_or_none
from carrierbox.relay import (
    CONVERSATION_ABORT,
    NO_RESPONSE_CODE,
    STATUS_REPORT,
    RpMtData,
    SmeAcknowledgement,
)
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_RECEIPTED_MESSAGE_ID,
    TAG_USER_MESSAGE_REFERENCE,
    TAG_USER_RESPONSE_CODE,
    Tlv,
    tlv_int,
    tlv_octets,
    tlv_text,
)
from carrierbox.smpp.values import (
    ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT,
    ESM_CLASS_DELIVERY_RECEIPT,
    ESM_CLASS_TYPE_MASK,
    ESM_CLASS_USER_ACKNOWLEDGEMENT,
    REGISTERED_DELIVERY_SME_MASK,
)
from carrierbox.smsc.messages import FROM_ESME, FROM_PHONE, Message
from carrierbox.smsc.status_reports import report_octets

_KIND_SHIFT: Final = 3
_ASKED_SHIFT: Final = 1
_SUBMITTED_TYPES: Final = frozenset(
    {0, ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT, ESM_CLASS_USER_ACKNOWLEDGEMENT}
)


def is_submitted_type(esm_class: int, strict: bool) -> bool:
    """Whether an ESME may submit a message of this type (SMPP 3.4 §5.2.12).

    SMPP 3.4 reserves all types but a text and the two acknowledgements. Who is not `strict` may
    end a conversation, too, as in SMPP 5.0.
    """
    message_type = esm_class & ESM_CLASS_TYPE_MASK
    if message_type in _SUBMITTED_TYPES:
        return True
    return not strict and message_type == CONVERSATION_ABORT << _KIND_SHIFT


def kind_of(esm_class: int) -> int:
    """What a message is, in the words of the relay."""
    if esm_class & ESM_CLASS_TYPE_MASK == ESM_CLASS_DELIVERY_RECEIPT:
        return STATUS_REPORT
    return (esm_class & ESM_CLASS_TYPE_MASK) >> _KIND_SHIFT


def asked_of(registered_delivery: int) -> int:
    """The acknowledgements that a message asks for, as the relay's bits."""
    return (registered_delivery & REGISTERED_DELIVERY_SME_MASK) >> _ASKED_SHIFT


def registered_delivery_of(asked: int) -> int:
    """The other way round."""
    return asked << _ASKED_SHIFT


def describe(part: RpMtData, message: Message, index: int) -> None:
    """Tell a part on its way to a phone what its message is and what it asks for.

    One part of a message asks, so that it is acknowledged once; one that was acknowledged before
    asks no more.
    """
    submit = message.submit
    part.kind = kind_of(submit.esm_class)
    if part.kind == STATUS_REPORT:
        part.user_data = report_octets(submit)
    elif part.kind:
        code = tlv_int(submit.tlvs, TAG_USER_RESPONSE_CODE)
        part.user_response_code = NO_RESPONSE_CODE if code is None else code & 0xFF
    elif index == 0:
        part.asked = asked_of(submit.registered_delivery) & ~message.acknowledged


def acknowledging(original: Message, element: SmeAcknowledgement) -> SubmitSm:
    """The acknowledgement of a message as a submit_sm: every message is kept in one form.

    Addresses change places as in a receipt (T20). The id of the original stands in
    receipted_message_id as this centre counts; it is written for the client when it is sent.
    """
    submit = original.submit
    tlvs = [Tlv(TAG_RECEIPTED_MESSAGE_ID, str(original.client_id).encode("ascii") + b"\0")]
    reference = tlv_octets(submit.tlvs, TAG_USER_MESSAGE_REFERENCE)
    if reference is not None:
        tlvs.append(Tlv(TAG_USER_MESSAGE_REFERENCE, reference))
    if element.user_response_code != NO_RESPONSE_CODE:
        tlvs.append(Tlv(TAG_USER_RESPONSE_CODE, bytes([element.user_response_code])))
    return SubmitSm(
        service_type=submit.service_type,
        source_addr_ton=submit.dest_addr_ton,
        source_addr_npi=submit.dest_addr_npi,
        source_addr=submit.destination_addr,
        dest_addr_ton=submit.source_addr_ton,
        dest_addr_npi=submit.source_addr_npi,
        destination_addr=submit.source_addr,
        esm_class=element.kind << _KIND_SHIFT,
        tlvs=tlvs,
    )


def phone_to_acknowledge_to(original: Message) -> Msisdn | None:
    """The phone that the acknowledgement goes to; None if it is for the account of the original."""
    if original.origin == FROM_ESME:
        return None
    return msisdn_or_none(original.submit.source_addr)


def is_of_a_phone(message: Message) -> bool:
    """Whether a message is the acknowledgement of a phone, made by `acknowledging`."""
    message_type = message.submit.esm_class & ESM_CLASS_TYPE_MASK
    return message.origin == FROM_PHONE and message_type not in (0, ESM_CLASS_DELIVERY_RECEIPT)


def acknowledged_id(message: Message) -> int:
    """The id that clients know the message by that this one acknowledges; 0 if it is none."""
    if not is_of_a_phone(message):
        return 0
    text = tlv_text(message.submit.tlvs, TAG_RECEIPTED_MESSAGE_ID) or ""
    return int(text) if text.isdigit() else 0


def source_of(original: Message) -> Address:
    """Who acknowledges."""
    submit = original.submit
    return Address(submit.dest_addr_ton, submit.dest_addr_npi, submit.destination_addr)
