"""The deliver_sm an account is owed: receipts (SMPP 3.4 Appendix B) and messages from phones.

Made from the message alone, so that a repeated one is the same octet for octet but for its
sequence_number.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import ALPHABET_GSM7, alphabet_of
from carrierbox.codecs.default_coding import (
    DEFAULT_GSM_UNPACKED,
    decode_text_by_default,
    receipt_octets,
)
from carrierbox.codecs.gsm7_tables import ESCAPE
from carrierbox.codecs.receipt_dialect import (
    STANDARD,
    TLV_MESSAGE_STATE,
    TLV_NETWORK_ERROR_CODE,
    TLV_RECEIPTED_MESSAGE_ID,
    TLV_USER_MESSAGE_REFERENCE,
    Dialect,
    format_receipt,
)
from carrierbox.identifiers import Address
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
    ESM_CLASS_MODE_MASK,
    ESM_CLASS_UDHI,
    MESSAGE_STATE_NAMES,
    REGISTERED_DELIVERY_SME_MASK,
)
from carrierbox.smsc.acknowledgements import acknowledged_id, is_of_a_phone
from carrierbox.smsc.admission import Candidate, read_user_data
from carrierbox.smsc.messages import FROM_ESME, Message
from carrierbox.smsc.receipt_words import NO_WORDS, receipt_words
from carrierbox.smsc.settings import ErrWords

RECEIPT_ALWAYS: Final = 1
RECEIPT_ON_FAILURE: Final = 2
RECEIPT_ON_SUCCESS: Final = 3
"""Of SMPP 5.0; 3.4 reserves it, and only accounts that are not strict may ask for it."""
NO_TAGS: Final[list[int]] = []
TEXT_CHARACTERS: Final = 20
_TEXT_OCTETS: Final = 4 * TEXT_CHARACTERS
"""More than twenty characters take in any alphabet, but for shifts of ISO-2022-JP."""

_NETWORK_TYPE_GSM: Final = 3
_STATE_OCTET: Final = [bytes([state]) for state in range(256)]
# What may stand in a receipt as it is: printable and the same in ASCII and GSM 7-bit.
_SAFE: Final = bytes(
    code if (32 <= code < 127 and code not in b"@$_`[\\]^{|}~") else ord("?") for code in range(256)
)


def receipt_is_owed(message: Message) -> bool:
    """Whether registered_delivery asks for a receipt of this state (SMPP 3.4 §5.2.17, T22)."""
    if message.origin != FROM_ESME:
        return False
    if message.told is not None and not message.told.is_told:
        return False
    asked = message.submit.registered_delivery & 3
    if asked == RECEIPT_ON_FAILURE:
        return message.state_told != DELIVERED
    if asked == RECEIPT_ON_SUCCESS:
        return message.state_told == DELIVERED
    return asked == RECEIPT_ALWAYS


def words_for(message: Message, err_words: ErrWords | None) -> dict[int, str]:
    """The words for network errors of the carrier that has the phone of a message."""
    if err_words is None or not message.cause:
        return NO_WORDS
    return err_words(message.country, message.carrier)


def err_of(
    message: Message, dialect: Dialect = STANDARD, err_words: dict[int, str] = NO_WORDS
) -> str:
    """The err field of a receipt: the word for the MAP error that ended the message.

    `err_words` are the carrier's own, see `receipt_pdu`.
    """
    error = error_of(message, message.state)
    return receipt_words(dialect, message.state, error, err_words)[1]


def err_told_of(
    message: Message, dialect: Dialect = STANDARD, err_words: dict[int, str] = NO_WORDS
) -> str:
    """The same as its sender is told it, where a rule says something else."""
    told = message.told
    if told is not None and told.err:
        return told.err
    state = message.state_told
    return receipt_words(dialect, state, error_of(message, state), err_words)[1]


def error_of(message: Message, state: int) -> int:
    """The MAP error that goes with a state that is told of a message; 0: none."""
    return 0 if DELIVERED in (state, message.state) else message.cause


def error_told_of(message: Message) -> int:
    """The error of the end of a message as its sender is told it, as a number; 0: none."""
    told = message.told
    if told is not None and told.err:
        return told.error
    return error_of(message, message.state_told)


def network_error_code(cause: int) -> bytes:
    """The value of the TLV of that name for a MAP error (SMPP 3.4 §5.3.2.31)."""
    return bytes((_NETWORK_TYPE_GSM, cause >> 8, cause & 0xFF))


def receipt_pdu(
    message: Message,
    dialect: Dialect = STANDARD,
    repeated_tags: list[int] = NO_TAGS,
    err_words: dict[int, str] = NO_WORDS,
) -> DeliverSm:
    """The delivery receipt of a final message; addresses change places (T20).

    `repeated_tags` are those of TLVs that a receipt takes over from what was submitted, `err_words`
    the carrier's own for network errors.
    """
    return _report_pdu(
        message,
        message.state_told,
        NetworkTime(message.told_at),
        ESM_CLASS_DELIVERY_RECEIPT,
        dialect,
        repeated_tags,
        err_words,
    )


def notification_pdu(
    message: Message,
    at: NetworkTime,
    dialect: Dialect = STANDARD,
    repeated_tags: list[int] = NO_TAGS,
) -> DeliverSm:
    """The intermediate notification of a message that waits since `at` (SMPP 3.4 §5.2.12)."""
    return _report_pdu(
        message, ENROUTE, at, ESM_CLASS_INTERMEDIATE_NOTIFICATION, dialect, repeated_tags
    )


def _report_pdu(
    message: Message,
    state: int,
    at: NetworkTime,
    esm_class: int,
    dialect: Dialect,
    repeated_tags: list[int],
    err_words: dict[int, str] = NO_WORDS,
) -> DeliverSm:
    submit = message.submit
    octets = b""
    message_id = dialect.text_id.render(message.client_id)
    if dialect.layout:
        delivered = state == DELIVERED
        error = message.cause if state == ENROUTE else error_of(message, state)
        stat, err = receipt_words(dialect, state, error, err_words)
        if message.told is not None and message.told.err and state != ENROUTE:
            err = message.told.err
        text = format_receipt(
            dialect,
            message_id,
            1,
            1 if delivered else 0,
            message.accepted_at,
            at,
            stat,
            err,
            _first_characters(message) if dialect.text_characters else "",
        )
        octets = receipt_octets(text, message.coding.default_coding)
    return DeliverSm(
        service_type=submit.service_type,
        source_addr_ton=submit.dest_addr_ton,
        source_addr_npi=submit.dest_addr_npi,
        source_addr=submit.destination_addr,
        dest_addr_ton=submit.source_addr_ton,
        dest_addr_npi=submit.source_addr_npi,
        destination_addr=submit.source_addr,
        esm_class=esm_class,
        short_message=octets,
        tlvs=_report_tlvs(message, state, dialect, repeated_tags, message_id),
    )


def _report_tlvs(
    message: Message, state: int, dialect: Dialect, repeated_tags: list[int], message_id: str
) -> list[Tlv]:
    """The TLVs of a receipt; `message_id` is the id as its text has it."""
    wanted = dialect.tlvs
    tlvs: list[Tlv] = []
    if wanted & TLV_RECEIPTED_MESSAGE_ID:
        if not dialect.has_one_report_id:
            message_id = dialect.tlv_id.render(message.client_id)
        octets = message_id.encode("ascii")
        tlvs.append(Tlv(TAG_RECEIPTED_MESSAGE_ID, octets + b"\0" if dialect.tlv_nul else octets))
    if wanted & TLV_MESSAGE_STATE:
        tlvs.append(Tlv(TAG_MESSAGE_STATE, _STATE_OCTET[state]))
    if wanted & TLV_NETWORK_ERROR_CODE and (message.cause or message.told is not None):
        error = message.cause if state == ENROUTE else error_told_of(message)
        if error:
            tlvs.append(Tlv(TAG_NETWORK_ERROR_CODE, network_error_code(error)))
    if message.submit.tlvs:
        if wanted & TLV_USER_MESSAGE_REFERENCE:
            reference = tlv_octets(message.submit.tlvs, TAG_USER_MESSAGE_REFERENCE)
            if reference is not None:
                tlvs.append(Tlv(TAG_USER_MESSAGE_REFERENCE, reference))
        if repeated_tags:
            # What was given twice comes back twice, in the client's own order.
            tlvs.extend([tlv for tlv in message.submit.tlvs if tlv.tag in repeated_tags])
    return tlvs


def _first_characters(message: Message) -> str:
    """The first twenty characters of the text, in what every receiver can read (T24)."""
    submit = message.submit
    octets = submit.short_message
    header = b""
    if submit.esm_class & ESM_CLASS_UDHI or submit.tlvs:
        candidate = Candidate(0)
        read_user_data(submit, candidate)
        octets = candidate.user_data
        if submit.esm_class & ESM_CLASS_UDHI:
            header = candidate.user_data_header
    octets = octets[:_TEXT_OCTETS]
    default_coding = message.coding.default_coding
    if (
        alphabet_of(submit.data_coding) != ALPHABET_GSM7
        or ESCAPE in octets
        or header
        or default_coding != DEFAULT_GSM_UNPACKED
    ):
        text = decode_text_by_default(octets, submit.data_coding, default_coding, header)
        octets = text[:TEXT_CHARACTERS].encode("ascii", "replace")
    # A septet is one octet, and those that mean the same in ASCII need no decoding.
    return octets[:TEXT_CHARACTERS].translate(_SAFE).decode("ascii")


def message_pdu(message: Message, dialect: Dialect = STANDARD) -> DeliverSm:
    """The deliver_sm of a message that a phone or another ESME sent to an ESME.

    Its type, what it asks its receiver to acknowledge and its TLVs are passed on as they came.
    """
    submit = message.submit
    source = message.source
    if message.origin != FROM_ESME:
        source = Address(submit.source_addr_ton, submit.source_addr_npi, submit.source_addr)
    return DeliverSm(
        service_type=submit.service_type,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.value,
        dest_addr_ton=submit.dest_addr_ton,
        dest_addr_npi=submit.dest_addr_npi,
        destination_addr=submit.destination_addr,
        esm_class=submit.esm_class & ~ESM_CLASS_MODE_MASK,
        protocol_id=submit.protocol_id,
        registered_delivery=submit.registered_delivery & REGISTERED_DELIVERY_SME_MASK,
        data_coding=submit.data_coding,
        short_message=submit.short_message,
        tlvs=_acknowledgement_tlvs(message, dialect) if is_of_a_phone(message) else submit.tlvs,
    )


def _acknowledgement_tlvs(message: Message, dialect: Dialect) -> list[Tlv]:
    """Those of a phone's acknowledgement, with the id as its client knows it."""
    message_id = dialect.tlv_id.render(acknowledged_id(message)).encode("ascii")
    receipted = Tlv(TAG_RECEIPTED_MESSAGE_ID, message_id + b"\0" if dialect.tlv_nul else message_id)
    return [
        receipted if tlv.tag == TAG_RECEIPTED_MESSAGE_ID else tlv for tlv in message.submit.tlvs
    ]


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
        registered_delivery=pdu.registered_delivery,
        data_coding=pdu.data_coding,
        tlvs=tlvs,
    )


def describe_state(state: int) -> str:
    """The name of a message_state, as the API and the trace show it."""
    return MESSAGE_STATE_NAMES.get(state, str(state))
