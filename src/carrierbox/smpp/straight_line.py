"""submit_sm, deliver_sm, their responses and enquire_link by hand, because they are the traffic.

Nothing is decided here that `wire` does not decide: whatever is out of the ordinary (an error, a
value that does not fit, another command) gives None, and the declared codec judges it. So the two
cannot disagree but on well-formed PDUs, where a property test compares them octet for octet.

Written for the compiler: octets are compared one by one, since indexing `bytes` costs under a
nanosecond compiled and `find` seventy; a frame is put together as one Latin-1 `str`, because the
addresses are `str` already and one `encode` is cheaper than five.
"""

from typing import Final

from carrierbox.errors import CodecError
from carrierbox.smpp.pdus import (
    NO_TLVS,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    MessageIdResponse,
    Pdu,
    ShortMessageRequest,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import decode_tlvs, encode_tlvs
from carrierbox.smpp.values import (
    DELIVER_SM,
    DELIVER_SM_RESP,
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    ESME_ROK,
    HEADER_OCTETS,
    SUBMIT_SM,
    SUBMIT_SM_RESP,
)

# Longest strings in characters, without the NUL (SMPP 3.4 §4.4.1).
_SERVICE_TYPE_MAX: Final = 5
_ADDRESS_MAX: Final = 20
_TIME_MAX: Final = 16
_MESSAGE_ID_MAX: Final = 64
_SM_LENGTH_MAX: Final = 255

_OCTETS: Final[list[str]] = [chr(octet) for octet in range(256)]
_LENGTHS: Final[list[str]] = [length.to_bytes(4, "big").decode("latin-1") for length in range(1024)]
_LENGTHS_KNOWN: Final = 1024


def decode(frame: bytes) -> Pdu | None:
    """The PDU in `frame` where it is one of these six and flawless, else None."""
    length_octets = len(frame)
    if (
        length_octets < HEADER_OCTETS
        or (frame[0] << 24) | (frame[1] << 16) | (frame[2] << 8) | frame[3] != length_octets
    ):
        return None
    command_id = (frame[4] << 24) | (frame[5] << 16) | (frame[6] << 8) | frame[7]
    if command_id in (SUBMIT_SM, DELIVER_SM):
        pdu: ShortMessageRequest = SubmitSm() if command_id == SUBMIT_SM else DeliverSm()
        pdu.sequence_number = _sequence_number(frame)
        pdu.command_status = _command_status(frame)
        pdu.frame = frame
        try:
            return _decode_short_message(pdu, frame, length_octets)
        except (CodecError, IndexError):
            return None
    if command_id == SUBMIT_SM_RESP:
        return _decode_message_id(frame, length_octets, True)
    if command_id == DELIVER_SM_RESP:
        return _decode_message_id(frame, length_octets, False)
    if length_octets == HEADER_OCTETS:
        if command_id == ENQUIRE_LINK:
            return EnquireLink(_sequence_number(frame), _command_status(frame), NO_TLVS, frame)
        if command_id == ENQUIRE_LINK_RESP:
            return EnquireLinkResp(_sequence_number(frame), _command_status(frame), NO_TLVS, frame)
    return None


def encode(pdu: Pdu) -> bytes | None:
    """The frame of a PDU where it is one of these six and flawless, else None."""
    command_id = pdu.command_id
    try:
        if command_id == SUBMIT_SM_RESP:
            if isinstance(pdu, SubmitSmResp):
                return _encode_message_id(pdu, "\x80\0\0\x04")
        elif command_id == DELIVER_SM:
            if isinstance(pdu, DeliverSm):
                return _encode_short_message(pdu, "\0\0\0\x05")
        elif command_id == SUBMIT_SM:
            if isinstance(pdu, SubmitSm):
                return _encode_short_message(pdu, "\0\0\0\x04")
        elif command_id == DELIVER_SM_RESP:
            if isinstance(pdu, DeliverSmResp):
                return _encode_message_id(pdu, "\x80\0\0\x05")
        elif command_id in (ENQUIRE_LINK, ENQUIRE_LINK_RESP):
            return _encode_enquire_link(pdu)
    except (UnicodeEncodeError, IndexError):
        return None
    return None


def _sequence_number(frame: bytes) -> int:
    return (frame[12] << 24) | (frame[13] << 16) | (frame[14] << 8) | frame[15]


def _command_status(frame: bytes) -> int:
    return (frame[8] << 24) | (frame[9] << 16) | (frame[10] << 8) | frame[11]


def _string_end(frame: bytes, at: int, characters_max: int) -> int:
    """Where the NUL of the string at `at` is. IndexError if there is none or it is too far."""
    end = at
    while frame[end] != 0:
        end += 1
    if end - at > characters_max:
        raise IndexError
    return end


def _decode_short_message(
    pdu: ShortMessageRequest, frame: bytes, length_octets: int
) -> ShortMessageRequest | None:
    """Fill `pdu`. A cut field ends in IndexError, because every octet that is read is indexed."""
    at = HEADER_OCTETS
    if frame[at] != 0:
        at = _string_end(frame, at, _SERVICE_TYPE_MAX)
        pdu.service_type = frame[HEADER_OCTETS:at].decode("latin-1")
    pdu.source_addr_ton = frame[at + 1]
    pdu.source_addr_npi = frame[at + 2]
    start = at + 3
    at = _string_end(frame, start, _ADDRESS_MAX)
    if at > start:
        pdu.source_addr = frame[start:at].decode("latin-1")
    pdu.dest_addr_ton = frame[at + 1]
    pdu.dest_addr_npi = frame[at + 2]
    start = at + 3
    at = _string_end(frame, start, _ADDRESS_MAX)
    if at > start:
        pdu.destination_addr = frame[start:at].decode("latin-1")
    pdu.esm_class = frame[at + 1]
    pdu.protocol_id = frame[at + 2]
    pdu.priority_flag = frame[at + 3]
    start = at = at + 4
    if frame[at] != 0:
        at = _string_end(frame, start, _TIME_MAX)
        pdu.schedule_delivery_time = frame[start:at].decode("latin-1")
    start = at = at + 1
    if frame[at] != 0:
        at = _string_end(frame, start, _TIME_MAX)
        pdu.validity_period = frame[start:at].decode("latin-1")
    pdu.registered_delivery = frame[at + 1]
    pdu.replace_if_present_flag = frame[at + 2]
    pdu.data_coding = frame[at + 3]
    pdu.sm_default_msg_id = frame[at + 4]
    start = at + 6
    end = start + frame[at + 5]
    if end > length_octets:
        return None
    pdu.short_message = frame[start:end]
    if end != length_octets:
        tlvs = decode_tlvs(frame, end, length_octets)
        if tlvs:
            pdu.tlvs = tlvs
    return pdu


def _decode_message_id(
    frame: bytes, length_octets: int, is_submit_sm_resp: bool
) -> MessageIdResponse | None:
    """A response whose message_id ends with the frame, or that has no body."""
    message_id = ""
    if length_octets > HEADER_OCTETS:
        end = length_octets - 1
        at = HEADER_OCTETS
        while frame[at] != 0:
            at += 1
            if at > end:
                return None
        if at != end or (is_submit_sm_resp and at - HEADER_OCTETS > _MESSAGE_ID_MAX):
            return None
        message_id = frame[HEADER_OCTETS:at].decode("latin-1")
    sequence_number = _sequence_number(frame)
    command_status = _command_status(frame)
    if is_submit_sm_resp:
        return SubmitSmResp(message_id, sequence_number, command_status, NO_TLVS, frame)
    return DeliverSmResp(message_id, sequence_number, command_status, NO_TLVS, frame)


def _uint32(value: int) -> str:
    """Four octets; a value that does not fit raises IndexError."""
    if value < 0:
        raise IndexError
    return (
        f"{_OCTETS[value >> 24]}{_OCTETS[value >> 16 & 255]}"
        f"{_OCTETS[value >> 8 & 255]}{_OCTETS[value & 255]}"
    )


def _encode_message_id(pdu: MessageIdResponse, command: str) -> bytes | None:
    sequence = pdu.sequence_number
    message_id = pdu.message_id
    if pdu.tlvs or sequence < 0 or pdu.command_status != ESME_ROK:
        return None
    if len(message_id) > _MESSAGE_ID_MAX or "\0" in message_id:
        return None
    return (
        f"{_LENGTHS[17 + len(message_id)]}{command}\0\0\0\0"
        f"{_OCTETS[sequence >> 24]}{_OCTETS[sequence >> 16 & 255]}"
        f"{_OCTETS[sequence >> 8 & 255]}{_OCTETS[sequence & 255]}{message_id}\0"
    ).encode("latin-1")


def _encode_enquire_link(pdu: Pdu) -> bytes | None:
    if pdu.tlvs or pdu.command_status != ESME_ROK:
        return None
    command = "\0\0\0\x15" if pdu.command_id == ENQUIRE_LINK else "\x80\0\0\x15"
    return f"\0\0\0\x10{command}\0\0\0\0{_uint32(pdu.sequence_number)}".encode("latin-1")


def _strings_fit(pdu: ShortMessageRequest) -> bool:
    """Whether no string is too long or holds a NUL; Latin-1 is checked by encoding."""
    source_addr = pdu.source_addr
    destination_addr = pdu.destination_addr
    if len(source_addr) > _ADDRESS_MAX or len(destination_addr) > _ADDRESS_MAX:
        return False
    if "\0" in source_addr or "\0" in destination_addr:
        return False
    for text in (pdu.schedule_delivery_time, pdu.validity_period):
        if text and (len(text) > _TIME_MAX or "\0" in text):
            return False
    service_type = pdu.service_type
    return len(service_type) <= _SERVICE_TYPE_MAX and "\0" not in service_type


def _encode_short_message(pdu: ShortMessageRequest, command: str) -> bytes | None:
    short_message = pdu.short_message
    sm_length = len(short_message)
    if sm_length > _SM_LENGTH_MAX or not _strings_fit(pdu):
        return None
    source_ton = pdu.source_addr_ton
    source_npi = pdu.source_addr_npi
    dest_ton = pdu.dest_addr_ton
    dest_npi = pdu.dest_addr_npi
    esm_class = pdu.esm_class
    protocol_id = pdu.protocol_id
    priority_flag = pdu.priority_flag
    registered_delivery = pdu.registered_delivery
    replace_if_present = pdu.replace_if_present_flag
    data_coding = pdu.data_coding
    sm_default_msg_id = pdu.sm_default_msg_id
    # A negative number would index the table from its end: or-ed together they show it at once.
    if (
        source_ton
        | source_npi
        | dest_ton
        | dest_npi
        | esm_class
        | protocol_id
        | priority_flag
        | registered_delivery
        | replace_if_present
        | data_coding
        | sm_default_msg_id
    ) < 0:
        return None
    tail = short_message
    if pdu.tlvs:
        tail = short_message + encode_tlvs(pdu.tlvs)
    head = (
        f"{_uint32(pdu.command_status)}{_uint32(pdu.sequence_number)}"
        f"{pdu.service_type}\0{_OCTETS[source_ton]}{_OCTETS[source_npi]}{pdu.source_addr}\0"
        f"{_OCTETS[dest_ton]}{_OCTETS[dest_npi]}{pdu.destination_addr}\0"
        f"{_OCTETS[esm_class]}{_OCTETS[protocol_id]}{_OCTETS[priority_flag]}"
        f"{pdu.schedule_delivery_time}\0{pdu.validity_period}\0"
        f"{_OCTETS[registered_delivery]}{_OCTETS[replace_if_present]}"
        f"{_OCTETS[data_coding]}{_OCTETS[sm_default_msg_id]}{_OCTETS[sm_length]}"
    )
    length_octets = 8 + len(head) + len(tail)
    length = _LENGTHS[length_octets] if length_octets < _LENGTHS_KNOWN else _uint32(length_octets)
    return f"{length}{command}{head}".encode("latin-1") + tail
