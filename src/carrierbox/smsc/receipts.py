"""The deliver_sm an account is owed: receipts (SMPP 3.4 Appendix B) and messages from phones.

Made from the message alone, so that a repeated one is the same octet for octet but for its
sequence_number.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import ALPHABET_GSM7, alphabet_of, decode_text
from carrierbox.codecs.gsm7_tables import ESCAPE
from carrierbox.codecs.receipt_text import RECEIPT_WORDS, format_receipt_text
from carrierbox.smpp.pdus import DataSm, DeliverSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_MESSAGE_STATE,
    TAG_NETWORK_ERROR_CODE,
    TAG_RECEIPTED_MESSAGE_ID,
    TAG_USER_MESSAGE_REFERENCE,
    Tlv,
    tlv_octets,
)
from carrierbox.smpp.values import (
    DELIVERED,
    ENROUTE,
    ESM_CLASS_DELIVERY_RECEIPT,
    ESM_CLASS_INTERMEDIATE_NOTIFICATION,
    ESM_CLASS_UDHI,
    MESSAGE_STATE_NAMES,
)
from carrierbox.smsc.admission import Candidate, read_user_data
from carrierbox.smsc.messages import FROM_ESME, Message

RECEIPT_ALWAYS: Final = 1
RECEIPT_ON_FAILURE: Final = 2
TEXT_CHARACTERS: Final = 20
_TEXT_OCTETS: Final = 4 * TEXT_CHARACTERS
"""More than twenty characters take in any alphabet, but for shifts of ISO-2022-JP."""

_NETWORK_TYPE_GSM: Final = 3
_STATE_OCTET: Final = [bytes([state]) for state in range(256)]
# What may stand in a receipt as it is: printable and the same in ASCII and GSM 7-bit.
_SAFE: Final = bytes(
    code if (32 <= code < 127 and code not in b"@$_`[\\]^{|}~") else ord("?") for code in range(256)
)


def render_message_id(message_id: int) -> str:
    """The id as clients see it: decimal, ten digits at least (SMPP 3.4 Appendix B)."""
    return f"{message_id:010d}"


def parse_message_id(text: str) -> int:
    """The id a client means; 0 if it cannot be one of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else 0


def receipt_is_owed(message: Message) -> bool:
    """Whether registered_delivery asks for a receipt of this state (SMPP 3.4 §5.2.17, T22)."""
    if message.origin != FROM_ESME:
        return False
    asked = message.submit.registered_delivery & 3
    if asked == RECEIPT_ON_FAILURE:
        return message.state != DELIVERED
    return asked == RECEIPT_ALWAYS


def err_of(message: Message) -> str:
    """The err field: 000, or the MAP error that ended the message, in three digits."""
    if message.state == DELIVERED:
        return "000"
    return f"{message.cause:03d}"


def network_error_code(cause: int) -> bytes:
    """The value of the TLV of that name for a MAP error (SMPP 3.4 §5.3.2.31)."""
    return bytes((_NETWORK_TYPE_GSM, cause >> 8, cause & 0xFF))


def receipt_pdu(message: Message) -> DeliverSm:
    """The delivery receipt of a final message; addresses change places (T20)."""
    return _report_pdu(message, message.state, message.final_at, ESM_CLASS_DELIVERY_RECEIPT)


def notification_pdu(message: Message, at: NetworkTime) -> DeliverSm:
    """The intermediate notification of a message that waits since `at` (SMPP 3.4 §5.2.12)."""
    return _report_pdu(message, ENROUTE, at, ESM_CLASS_INTERMEDIATE_NOTIFICATION)


def _report_pdu(message: Message, state: int, at: NetworkTime, esm_class: int) -> DeliverSm:
    submit = message.submit
    message_id = render_message_id(message.client_id)
    delivered = state == DELIVERED
    text = format_receipt_text(
        message_id,
        1,
        1 if delivered else 0,
        message.accepted_at,
        at,
        RECEIPT_WORDS[state],
        "000" if delivered else f"{message.cause:03d}",
        _first_characters(message),
    )
    tlvs = [
        Tlv(TAG_RECEIPTED_MESSAGE_ID, message_id.encode("ascii") + b"\0"),
        Tlv(TAG_MESSAGE_STATE, _STATE_OCTET[state]),
    ]
    if not delivered and message.cause:
        tlvs.append(Tlv(TAG_NETWORK_ERROR_CODE, network_error_code(message.cause)))
    if submit.tlvs:
        reference = tlv_octets(submit.tlvs, TAG_USER_MESSAGE_REFERENCE)
        if reference is not None:
            tlvs.append(Tlv(TAG_USER_MESSAGE_REFERENCE, reference))
    return DeliverSm(
        service_type=submit.service_type,
        source_addr_ton=submit.dest_addr_ton,
        source_addr_npi=submit.dest_addr_npi,
        source_addr=submit.destination_addr,
        dest_addr_ton=submit.source_addr_ton,
        dest_addr_npi=submit.source_addr_npi,
        destination_addr=submit.source_addr,
        esm_class=esm_class,
        short_message=text.encode("ascii", "replace"),
        tlvs=tlvs,
    )


def _first_characters(message: Message) -> str:
    """The first twenty characters of the text, in what every receiver can read (T24)."""
    submit = message.submit
    octets = submit.short_message
    if submit.esm_class & ESM_CLASS_UDHI or submit.tlvs:
        candidate = Candidate(0)
        read_user_data(submit, candidate)
        octets = candidate.user_data
    octets = octets[:_TEXT_OCTETS]
    if alphabet_of(submit.data_coding) != ALPHABET_GSM7 or ESCAPE in octets:
        text = decode_text(octets, submit.data_coding)[:TEXT_CHARACTERS]
        octets = text.encode("ascii", "replace")
    # A septet is one octet, and those that mean the same in ASCII need no decoding.
    return octets[:TEXT_CHARACTERS].translate(_SAFE).decode("ascii")


def mobile_originated_pdu(message: Message) -> DeliverSm:
    """The deliver_sm of a message that a phone sent to an ESME."""
    submit = message.submit
    return DeliverSm(
        service_type=submit.service_type,
        source_addr_ton=submit.source_addr_ton,
        source_addr_npi=submit.source_addr_npi,
        source_addr=submit.source_addr,
        dest_addr_ton=submit.dest_addr_ton,
        dest_addr_npi=submit.dest_addr_npi,
        destination_addr=submit.destination_addr,
        esm_class=submit.esm_class,
        protocol_id=submit.protocol_id,
        data_coding=submit.data_coding,
        short_message=submit.short_message,
        tlvs=submit.tlvs,
    )


def data_sm_of(pdu: DeliverSm) -> DataSm:
    """The same as a data_sm, for an account that asked for these (SMPP 3.4 §4.7)."""
    tlvs = pdu.tlvs
    if pdu.short_message or tlv_octets(tlvs, TAG_MESSAGE_PAYLOAD) is None:
        tlvs = [*tlvs, Tlv(TAG_MESSAGE_PAYLOAD, pdu.short_message)]
    return DataSm(
        service_type=pdu.service_type,
        source_addr_ton=pdu.source_addr_ton,
        source_addr_npi=pdu.source_addr_npi,
        source_addr=pdu.source_addr,
        dest_addr_ton=pdu.dest_addr_ton,
        dest_addr_npi=pdu.dest_addr_npi,
        destination_addr=pdu.destination_addr,
        esm_class=pdu.esm_class,
        data_coding=pdu.data_coding,
        tlvs=tlvs,
    )


def describe_state(state: int) -> str:
    """The name of a message_state, as the API and the trace show it."""
    return MESSAGE_STATE_NAMES.get(state, str(state))
