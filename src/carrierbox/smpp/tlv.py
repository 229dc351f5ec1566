"""Optional parameters: tag, length, value (SMPP 3.4 §3.2.4.1, §5.3), those of SMPP 5.0 named too.

A TLV is kept as it came: unknown tags, repeated tags and any order survive a decode and an encode.
What a value means is looked up only when somebody asks, in `TLV_DEFINITIONS`.
"""

from typing import Final

from carrierbox.errors import CodecError, LocalProtocolError

# Kinds of value.
INTEGER: Final = 0
C_STRING: Final = 1
OCTETS: Final = 2
BITS: Final = 3

TLV_LENGTH_MAX: Final = 0xFFFF
TLV_HEADER_OCTETS: Final = 4

# Tags (SMPP 3.4 §5.3.2, table 5-7; SMPP 5.0 §4.8.1, table 4-60).
TAG_DEST_ADDR_SUBUNIT: Final = 0x0005
TAG_DEST_NETWORK_TYPE: Final = 0x0006
TAG_DEST_BEARER_TYPE: Final = 0x0007
TAG_DEST_TELEMATICS_ID: Final = 0x0008
TAG_SOURCE_ADDR_SUBUNIT: Final = 0x000D
TAG_SOURCE_NETWORK_TYPE: Final = 0x000E
TAG_SOURCE_BEARER_TYPE: Final = 0x000F
TAG_SOURCE_TELEMATICS_ID: Final = 0x0010
TAG_QOS_TIME_TO_LIVE: Final = 0x0017
TAG_PAYLOAD_TYPE: Final = 0x0019
TAG_ADDITIONAL_STATUS_INFO_TEXT: Final = 0x001D
TAG_RECEIPTED_MESSAGE_ID: Final = 0x001E
TAG_MS_MSG_WAIT_FACILITIES: Final = 0x0030
TAG_PRIVACY_INDICATOR: Final = 0x0201
TAG_SOURCE_SUBADDRESS: Final = 0x0202
TAG_DEST_SUBADDRESS: Final = 0x0203
TAG_USER_MESSAGE_REFERENCE: Final = 0x0204
TAG_USER_RESPONSE_CODE: Final = 0x0205
TAG_SOURCE_PORT: Final = 0x020A
TAG_DESTINATION_PORT: Final = 0x020B
TAG_SAR_MSG_REF_NUM: Final = 0x020C
TAG_LANGUAGE_INDICATOR: Final = 0x020D
TAG_SAR_TOTAL_SEGMENTS: Final = 0x020E
TAG_SAR_SEGMENT_SEQNUM: Final = 0x020F
TAG_SC_INTERFACE_VERSION: Final = 0x0210
TAG_CALLBACK_NUM_PRES_IND: Final = 0x0302
TAG_CALLBACK_NUM_ATAG: Final = 0x0303
TAG_NUMBER_OF_MESSAGES: Final = 0x0304
TAG_CALLBACK_NUM: Final = 0x0381
TAG_DPF_RESULT: Final = 0x0420
TAG_SET_DPF: Final = 0x0421
TAG_MS_AVAILABILITY_STATUS: Final = 0x0422
TAG_NETWORK_ERROR_CODE: Final = 0x0423
TAG_MESSAGE_PAYLOAD: Final = 0x0424
TAG_DELIVERY_FAILURE_REASON: Final = 0x0425
TAG_MORE_MESSAGES_TO_SEND: Final = 0x0426
TAG_MESSAGE_STATE: Final = 0x0427
TAG_CONGESTION_STATE: Final = 0x0428
TAG_USSD_SERVICE_OP: Final = 0x0501
TAG_BROADCAST_CHANNEL_INDICATOR: Final = 0x0600
TAG_BROADCAST_CONTENT_TYPE: Final = 0x0601
TAG_BROADCAST_CONTENT_TYPE_INFO: Final = 0x0602
TAG_BROADCAST_MESSAGE_CLASS: Final = 0x0603
TAG_BROADCAST_REP_NUM: Final = 0x0604
TAG_BROADCAST_FREQUENCY_INTERVAL: Final = 0x0605
TAG_BROADCAST_AREA_IDENTIFIER: Final = 0x0606
TAG_BROADCAST_ERROR_STATUS: Final = 0x0607
TAG_BROADCAST_AREA_SUCCESS: Final = 0x0608
TAG_BROADCAST_END_TIME: Final = 0x0609
TAG_BROADCAST_SERVICE_GROUP: Final = 0x060A
TAG_BILLING_IDENTIFICATION: Final = 0x060B
TAG_SOURCE_NETWORK_ID: Final = 0x060D
TAG_DEST_NETWORK_ID: Final = 0x060E
TAG_SOURCE_NODE_ID: Final = 0x060F
TAG_DEST_NODE_ID: Final = 0x0610
TAG_DEST_ADDR_NP_RESOLUTION: Final = 0x0611
TAG_DEST_ADDR_NP_INFORMATION: Final = 0x0612
TAG_DEST_ADDR_NP_COUNTRY: Final = 0x0613
TAG_DISPLAY_TIME: Final = 0x1201
TAG_SMS_SIGNAL: Final = 0x1203
TAG_MS_VALIDITY: Final = 0x1204
TAG_ALERT_ON_MESSAGE_DELIVERY: Final = 0x130C
TAG_ITS_REPLY_TYPE: Final = 0x1380
TAG_ITS_SESSION_INFO: Final = 0x1383


class Tlv:
    """One optional parameter. `value` is at most 65,535 octets."""

    def __init__(self, tag: int, value: bytes) -> None:
        self.tag = tag
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tlv):
            return NotImplemented
        return self.tag == other.tag and self.value == other.value

    def __hash__(self) -> int:
        return hash((self.tag, self.value))

    def __repr__(self) -> str:
        return f"Tlv(0x{self.tag:04X}, {self.value!r})"


class TlvDefinition:
    """What the specification says of one tag; lengths are of the value, a NUL counted."""

    def __init__(
        self, tag: int, name: str, kind: int, length_min_octets: int, length_max_octets: int
    ) -> None:
        self.tag = tag
        self.name = name
        self.kind = kind
        self.length_min_octets = length_min_octets
        self.length_max_octets = length_max_octets


# Two lengths where the specifications contradict themselves or each other: source_telematics_id
# (1 octet printed, 2 in use), ms_validity (4 in SMPP 5.0), alert_on_message_delivery (1 in 5.0),
# broadcast_end_time (16 printed, 17 with its NUL).
_DEFINITIONS: Final[list[TlvDefinition]] = [
    TlvDefinition(TAG_DEST_ADDR_SUBUNIT, "dest_addr_subunit", INTEGER, 1, 1),
    TlvDefinition(TAG_DEST_NETWORK_TYPE, "dest_network_type", INTEGER, 1, 1),
    TlvDefinition(TAG_DEST_BEARER_TYPE, "dest_bearer_type", INTEGER, 1, 1),
    TlvDefinition(TAG_DEST_TELEMATICS_ID, "dest_telematics_id", INTEGER, 2, 2),
    TlvDefinition(TAG_SOURCE_ADDR_SUBUNIT, "source_addr_subunit", INTEGER, 1, 1),
    TlvDefinition(TAG_SOURCE_NETWORK_TYPE, "source_network_type", INTEGER, 1, 1),
    TlvDefinition(TAG_SOURCE_BEARER_TYPE, "source_bearer_type", INTEGER, 1, 1),
    TlvDefinition(TAG_SOURCE_TELEMATICS_ID, "source_telematics_id", INTEGER, 1, 2),
    TlvDefinition(TAG_QOS_TIME_TO_LIVE, "qos_time_to_live", INTEGER, 4, 4),
    TlvDefinition(TAG_PAYLOAD_TYPE, "payload_type", INTEGER, 1, 1),
    TlvDefinition(TAG_ADDITIONAL_STATUS_INFO_TEXT, "additional_status_info_text", C_STRING, 1, 256),
    TlvDefinition(TAG_RECEIPTED_MESSAGE_ID, "receipted_message_id", C_STRING, 1, 65),
    TlvDefinition(TAG_MS_MSG_WAIT_FACILITIES, "ms_msg_wait_facilities", BITS, 1, 1),
    TlvDefinition(TAG_PRIVACY_INDICATOR, "privacy_indicator", INTEGER, 1, 1),
    TlvDefinition(TAG_SOURCE_SUBADDRESS, "source_subaddress", OCTETS, 2, 23),
    TlvDefinition(TAG_DEST_SUBADDRESS, "dest_subaddress", OCTETS, 2, 23),
    TlvDefinition(TAG_USER_MESSAGE_REFERENCE, "user_message_reference", INTEGER, 2, 2),
    TlvDefinition(TAG_USER_RESPONSE_CODE, "user_response_code", INTEGER, 1, 1),
    TlvDefinition(TAG_SOURCE_PORT, "source_port", INTEGER, 2, 2),
    TlvDefinition(TAG_DESTINATION_PORT, "destination_port", INTEGER, 2, 2),
    TlvDefinition(TAG_SAR_MSG_REF_NUM, "sar_msg_ref_num", INTEGER, 2, 2),
    TlvDefinition(TAG_LANGUAGE_INDICATOR, "language_indicator", INTEGER, 1, 1),
    TlvDefinition(TAG_SAR_TOTAL_SEGMENTS, "sar_total_segments", INTEGER, 1, 1),
    TlvDefinition(TAG_SAR_SEGMENT_SEQNUM, "sar_segment_seqnum", INTEGER, 1, 1),
    TlvDefinition(TAG_SC_INTERFACE_VERSION, "sc_interface_version", INTEGER, 1, 1),
    TlvDefinition(TAG_CALLBACK_NUM_PRES_IND, "callback_num_pres_ind", BITS, 1, 1),
    TlvDefinition(TAG_CALLBACK_NUM_ATAG, "callback_num_atag", OCTETS, 1, 65),
    TlvDefinition(TAG_NUMBER_OF_MESSAGES, "number_of_messages", INTEGER, 1, 1),
    TlvDefinition(TAG_CALLBACK_NUM, "callback_num", OCTETS, 4, 19),
    TlvDefinition(TAG_DPF_RESULT, "dpf_result", INTEGER, 1, 1),
    TlvDefinition(TAG_SET_DPF, "set_dpf", INTEGER, 1, 1),
    TlvDefinition(TAG_MS_AVAILABILITY_STATUS, "ms_availability_status", INTEGER, 1, 1),
    TlvDefinition(TAG_NETWORK_ERROR_CODE, "network_error_code", OCTETS, 3, 3),
    TlvDefinition(TAG_MESSAGE_PAYLOAD, "message_payload", OCTETS, 0, 65535),
    TlvDefinition(TAG_DELIVERY_FAILURE_REASON, "delivery_failure_reason", INTEGER, 1, 1),
    TlvDefinition(TAG_MORE_MESSAGES_TO_SEND, "more_messages_to_send", INTEGER, 1, 1),
    TlvDefinition(TAG_MESSAGE_STATE, "message_state", INTEGER, 1, 1),
    TlvDefinition(TAG_CONGESTION_STATE, "congestion_state", INTEGER, 1, 1),
    TlvDefinition(TAG_USSD_SERVICE_OP, "ussd_service_op", INTEGER, 1, 1),
    TlvDefinition(TAG_BROADCAST_CHANNEL_INDICATOR, "broadcast_channel_indicator", INTEGER, 1, 1),
    TlvDefinition(TAG_BROADCAST_CONTENT_TYPE, "broadcast_content_type", OCTETS, 3, 3),
    TlvDefinition(TAG_BROADCAST_CONTENT_TYPE_INFO, "broadcast_content_type_info", OCTETS, 1, 255),
    TlvDefinition(TAG_BROADCAST_MESSAGE_CLASS, "broadcast_message_class", INTEGER, 1, 1),
    TlvDefinition(TAG_BROADCAST_REP_NUM, "broadcast_rep_num", INTEGER, 2, 2),
    TlvDefinition(TAG_BROADCAST_FREQUENCY_INTERVAL, "broadcast_frequency_interval", OCTETS, 3, 3),
    TlvDefinition(TAG_BROADCAST_AREA_IDENTIFIER, "broadcast_area_identifier", OCTETS, 1, 101),
    TlvDefinition(TAG_BROADCAST_ERROR_STATUS, "broadcast_error_status", INTEGER, 4, 4),
    TlvDefinition(TAG_BROADCAST_AREA_SUCCESS, "broadcast_area_success", INTEGER, 1, 1),
    TlvDefinition(TAG_BROADCAST_END_TIME, "broadcast_end_time", C_STRING, 16, 17),
    TlvDefinition(TAG_BROADCAST_SERVICE_GROUP, "broadcast_service_group", OCTETS, 1, 255),
    TlvDefinition(TAG_BILLING_IDENTIFICATION, "billing_identification", OCTETS, 1, 1024),
    TlvDefinition(TAG_SOURCE_NETWORK_ID, "source_network_id", C_STRING, 7, 65),
    TlvDefinition(TAG_DEST_NETWORK_ID, "dest_network_id", C_STRING, 7, 65),
    TlvDefinition(TAG_SOURCE_NODE_ID, "source_node_id", OCTETS, 6, 6),
    TlvDefinition(TAG_DEST_NODE_ID, "dest_node_id", OCTETS, 6, 6),
    TlvDefinition(TAG_DEST_ADDR_NP_RESOLUTION, "dest_addr_np_resolution", INTEGER, 1, 1),
    TlvDefinition(TAG_DEST_ADDR_NP_INFORMATION, "dest_addr_np_information", OCTETS, 10, 10),
    TlvDefinition(TAG_DEST_ADDR_NP_COUNTRY, "dest_addr_np_country", INTEGER, 1, 5),
    TlvDefinition(TAG_DISPLAY_TIME, "display_time", INTEGER, 1, 1),
    TlvDefinition(TAG_SMS_SIGNAL, "sms_signal", INTEGER, 2, 2),
    TlvDefinition(TAG_MS_VALIDITY, "ms_validity", OCTETS, 1, 4),
    TlvDefinition(TAG_ALERT_ON_MESSAGE_DELIVERY, "alert_on_message_delivery", INTEGER, 0, 1),
    TlvDefinition(TAG_ITS_REPLY_TYPE, "its_reply_type", INTEGER, 1, 1),
    TlvDefinition(TAG_ITS_SESSION_INFO, "its_session_info", OCTETS, 2, 2),
]
TLV_DEFINITIONS: Final[dict[int, TlvDefinition]] = {
    definition.tag: definition for definition in _DEFINITIONS
}


def decode_tlvs(octets: bytes, start: int, end: int) -> list[Tlv]:
    """The TLVs in `octets[start:end]`, in order.

    A lone NUL at the end is forgiven, because many clients send one. One to three other octets left
    over, or a length that runs past `end`, raise CodecError (to be answered with
    ESME_RINVOPTPARSTREAM).
    """
    tlvs: list[Tlv] = []
    at = start
    while at < end:
        value_at = at + TLV_HEADER_OCTETS
        if value_at > end:
            if end - at == 1 and octets[at] == 0:
                break
            raise CodecError(f"{end - at} octets after the last field are no TLV", at)
        value_end = value_at + ((octets[at + 2] << 8) | octets[at + 3])
        tag = (octets[at] << 8) | octets[at + 1]
        if value_end > end:
            raise CodecError(
                f"TLV 0x{tag:04X} says {value_end - value_at} octets, {end - value_at} remain", at
            )
        tlvs.append(Tlv(tag, octets[value_at:value_end]))
        at = value_end
    return tlvs


def encode_tlvs(tlvs: list[Tlv]) -> bytes:
    """The octets of TLVs. Raises LocalProtocolError for a tag or a length beyond 16 bits."""
    parts: list[bytes] = []
    for tlv in tlvs:
        value = tlv.value
        if len(value) > TLV_LENGTH_MAX or not 0 <= tlv.tag <= TLV_LENGTH_MAX:
            raise LocalProtocolError(
                f"TLV 0x{tlv.tag:04X} of {len(value)} octets does not fit its 16-bit header"
            )
        parts.append(((tlv.tag << 16) | len(value)).to_bytes(TLV_HEADER_OCTETS, "big"))
        parts.append(value)
    return b"".join(parts)


def tlv_octets(tlvs: list[Tlv], tag: int) -> bytes | None:
    """The value of the first TLV with that tag, None without one."""
    for tlv in tlvs:
        if tlv.tag == tag:
            return tlv.value
    return None


def tlv_int(tlvs: list[Tlv], tag: int) -> int | None:
    """The value of the first TLV with that tag as a big-endian integer, None without one."""
    value = tlv_octets(tlvs, tag)
    return None if value is None else int.from_bytes(value, "big")


def tlv_text(tlvs: list[Tlv], tag: int) -> str | None:
    """The C-Octet String of the first TLV with that tag, None without one.

    Several message centres leave the NUL out: with and without are read alike.
    """
    value = tlv_octets(tlvs, tag)
    return None if value is None else _text(value)


def integer_tlv(tag: int, value: int) -> Tlv:
    """A TLV of an integer, as wide as the specification says.

    Raises LocalProtocolError for a tag that is no integer or a value that does not fit.
    """
    definition = TLV_DEFINITIONS.get(tag)
    if definition is None or definition.kind not in (INTEGER, BITS):
        raise LocalProtocolError(f"TLV 0x{tag:04X} is not an integer of a known width")
    octets = max(1, definition.length_min_octets)
    if not 0 <= value < 1 << (8 * octets):
        raise LocalProtocolError(f"{definition.name} cannot hold {value}")
    return Tlv(tag, value.to_bytes(octets, "big"))


def text_tlv(tag: int, text: str) -> Tlv:
    """A TLV of a C-Octet String, its NUL added. Raises LocalProtocolError outside Latin-1."""
    try:
        return Tlv(tag, text.encode("latin-1") + b"\0")
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"TLV 0x{tag:04X}: {text!r} is not Latin-1") from error


def tlv_name(tag: int) -> str:
    """The name of a tag, `0x1403` for one unknown here."""
    definition = TLV_DEFINITIONS.get(tag)
    return f"0x{tag:04X}" if definition is None else definition.name


def describe_tlv(tlv: Tlv) -> tuple[str, object]:
    """The name of a TLV and its value for printing: an int, a str or, for the rest, bytes.

    A value whose length the specification does not allow is shown as its octets.
    """
    definition = TLV_DEFINITIONS.get(tlv.tag)
    if definition is None:
        return tlv_name(tlv.tag), tlv.value
    fits = definition.length_min_octets <= len(tlv.value) <= definition.length_max_octets
    if fits and len(tlv.value) > 0 and definition.kind in (INTEGER, BITS):
        return definition.name, int.from_bytes(tlv.value, "big")
    if fits and definition.kind == C_STRING:
        return definition.name, _text(tlv.value)
    return definition.name, tlv.value


def _text(value: bytes) -> str:
    end = value.find(b"\0")
    return (value if end < 0 else value[:end]).decode("latin-1")
