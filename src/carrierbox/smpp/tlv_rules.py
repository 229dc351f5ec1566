"""Where each TLV belongs and which values it may have (SMPP 3.4 §4.1 to §4.12, §5.3.2), as data.

The TLVs of SMPP 5.0 that 3.4 does not have stand here by their own specification (SMPP 5.0 §4.2,
§4.8.4). Whoever does not ask for these rules lives by SMPP 3.4 §3.3: what is unknown or misplaced
is ignored (T43).
"""

from typing import Final

from carrierbox.smpp import tlv
from carrierbox.smpp.tlv import BITS, INTEGER, TLV_DEFINITIONS, Tlv
from carrierbox.smpp.values import (
    ALERT_NOTIFICATION,
    BIND_RECEIVER_RESP,
    BIND_TRANSCEIVER_RESP,
    BIND_TRANSMITTER_RESP,
    DATA_SM,
    DATA_SM_RESP,
    DELIVER_SM,
    DELIVER_SM_RESP,
    ESME_RINVNUMMSGS,
    ESME_RINVOPTPARAMVAL,
    ESME_RINVPARLEN,
    ESME_ROK,
    ESME_ROPTPARNOTALLWD,
    MESSAGE_STATE_NAMES,
    SUBMIT_MULTI,
    SUBMIT_MULTI_RESP,
    SUBMIT_SM,
    SUBMIT_SM_RESP,
)

NUMBER_OF_MESSAGES_MAX: Final = 99
"""SMPP 3.4 §5.3.2.39."""

# The PDUs of tables 4-10 to 4-30.
_BIND_RESPS: Final = (BIND_RECEIVER_RESP, BIND_TRANSMITTER_RESP, BIND_TRANSCEIVER_RESP)
_ALL: Final = (SUBMIT_SM, SUBMIT_MULTI, DELIVER_SM, DATA_SM)
_SUBMISSIONS: Final = (SUBMIT_SM, SUBMIT_MULTI, DATA_SM)
_SINGLE: Final = (SUBMIT_SM, DATA_SM)
_SINGLE_AND_DELIVERY: Final = (SUBMIT_SM, DELIVER_SM, DATA_SM)
_DELIVERIES: Final = (DELIVER_SM, DATA_SM)
_DATA: Final = (DATA_SM,)
_DATA_RESP: Final = (DATA_SM_RESP,)
# SMPP 5.0 §4.2.4 to §4.3.4; the PDUs of a cell broadcast are not spoken here.
_MESSAGE_RESPS: Final = (SUBMIT_SM_RESP, SUBMIT_MULTI_RESP, DELIVER_SM_RESP, DATA_SM_RESP)
_BROADCASTS: Final[tuple[int, ...]] = ()

_SUBUNITS: Final = {
    0: "unknown",
    1: "MS display",
    2: "mobile equipment",
    3: "smart card 1",
    4: "external unit 1",
}
_NETWORKS: Final = {
    0: "unknown",
    1: "GSM",
    2: "ANSI-136/TDMA",
    3: "IS-95/CDMA",
    4: "PDC",
    5: "PHS",
    6: "iDEN",
    7: "AMPS",
    8: "paging network",
}
_BEARERS: Final = {
    0: "unknown",
    1: "SMS",
    2: "circuit switched data",
    3: "packet data",
    4: "USSD",
    5: "CDPD",
    6: "DataTAC",
    7: "FLEX/ReFLEX",
    8: "cell broadcast",
}
_WAITING: Final = {
    active << 7 | kind: f"{('inactive', 'active')[active]}, {name} waiting"
    for active in (0, 1)
    for kind, name in enumerate(("voicemail", "fax", "e-mail", "other"))
}
_PRIVACY: Final = {0: "not restricted", 1: "restricted", 2: "confidential", 3: "secret"}
_SUBADDRESSES: Final = {0x80: "NSAP even", 0x88: "NSAP odd", 0xA0: "user specified"}
_LANGUAGES: Final = {
    0: "unspecified",
    1: "English",
    2: "French",
    3: "Spanish",
    4: "German",
    5: "Portuguese",
}
_PRESENTATION: Final = {
    presented << 2 | screened: f"{presentation}, {screening}"
    for presented, presentation in enumerate(
        ("presentation allowed", "presentation restricted", "number not available")
    )
    for screened, screening in enumerate(
        ("not screened", "verified and passed", "verified and failed", "network provided")
    )
}
_DIGIT_MODES: Final = {0: "TBCD digits", 1: "ASCII digits"}
_AVAILABILITY: Final = {0: "available", 1: "denied", 2: "unavailable"}
_NETWORK_TYPES: Final = {
    1: "ANSI-136",
    2: "IS-95",
    3: "GSM",
    4: "ANSI-136 cause code",
    5: "IS-95 cause code",
    6: "ANSI-41 error",
    7: "SMPP error",
    8: "of the message centre",
}
_FAILURES: Final = {
    0: "destination unavailable",
    1: "destination address invalid",
    2: "permanent network error",
    3: "temporary network error",
}
_USSD: Final = {
    0: "PSSD indication",
    1: "PSSR indication",
    2: "USSR request",
    3: "USSN request",
    16: "PSSD response",
    17: "PSSR response",
    18: "USSR confirm",
    19: "USSN confirm",
}
_DISPLAY_TIMES: Final = {0: "temporary", 1: "default", 2: "invoke"}
_MS_VALIDITIES: Final = {
    0: "store indefinitely",
    1: "until power down",
    2: "until the registration area changes",
    3: "display only",
    4: "relative period",
}
_ALERTS: Final = {0: "mobile's default", 1: "low", 2: "medium", 3: "high"}
_REPLIES: Final = {
    0: "digit",
    1: "number",
    2: "telephone number",
    3: "password",
    4: "character line",
    5: "menu",
    6: "date",
    7: "time",
    8: "continue",
}
_RESOLUTIONS: Final = {0: "no query done", 1: "not ported", 2: "ported"}
_CLASSES: Final = {0: "no class", 1: "class 1", 2: "class 2", 3: "class 3"}

_ANY: Final[dict[int, str]] = {}


class TlvRule:
    """Where one TLV belongs: `commands`, and which values it may have.

    `values` names the legal ones, `ranges` gives more of them; both empty: every value is legal. Of
    a TLV that is no integer, they are those of its first octet.
    """

    def __init__(
        self,
        commands: tuple[int, ...],
        values: dict[int, str],
        ranges: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.commands = commands
        self.values = values
        self.ranges = ranges

    def allows(self, value: int) -> bool:
        """Whether a value is legal."""
        if not self.values and not self.ranges:
            return True
        if value in self.values:
            return True
        return any(first <= value <= last for first, last in self.ranges)


_NO_YES: Final = {0: "no", 1: "yes"}

TLV_RULES: Final[dict[int, TlvRule]] = {
    tlv.TAG_DEST_ADDR_SUBUNIT: TlvRule(_SUBMISSIONS, _SUBUNITS),
    tlv.TAG_DEST_NETWORK_TYPE: TlvRule(_DATA, _NETWORKS),
    tlv.TAG_DEST_BEARER_TYPE: TlvRule(_DATA, _BEARERS),
    tlv.TAG_DEST_TELEMATICS_ID: TlvRule(_DATA, _ANY),
    tlv.TAG_SOURCE_ADDR_SUBUNIT: TlvRule(_SUBMISSIONS, _SUBUNITS),
    tlv.TAG_SOURCE_NETWORK_TYPE: TlvRule(_DATA, _NETWORKS),
    tlv.TAG_SOURCE_BEARER_TYPE: TlvRule(_DATA, _BEARERS),
    tlv.TAG_SOURCE_TELEMATICS_ID: TlvRule(_DATA, _ANY),
    tlv.TAG_QOS_TIME_TO_LIVE: TlvRule(_DATA, _ANY),
    tlv.TAG_PAYLOAD_TYPE: TlvRule(_ALL, {0: "WDP", 1: "WCMP"}),
    tlv.TAG_ADDITIONAL_STATUS_INFO_TEXT: TlvRule(_DATA_RESP, _ANY),
    tlv.TAG_RECEIPTED_MESSAGE_ID: TlvRule(_DELIVERIES, _ANY),
    tlv.TAG_MS_MSG_WAIT_FACILITIES: TlvRule(_SUBMISSIONS, _WAITING),
    tlv.TAG_PRIVACY_INDICATOR: TlvRule(_ALL, _PRIVACY),
    tlv.TAG_SOURCE_SUBADDRESS: TlvRule(_ALL, _SUBADDRESSES),
    tlv.TAG_DEST_SUBADDRESS: TlvRule(_ALL, _SUBADDRESSES),
    tlv.TAG_USER_MESSAGE_REFERENCE: TlvRule(_ALL, _ANY),
    tlv.TAG_USER_RESPONSE_CODE: TlvRule(_SINGLE_AND_DELIVERY, _ANY),
    tlv.TAG_SOURCE_PORT: TlvRule(_ALL, _ANY),
    tlv.TAG_DESTINATION_PORT: TlvRule(_ALL, _ANY),
    tlv.TAG_SAR_MSG_REF_NUM: TlvRule(_ALL, _ANY),
    tlv.TAG_LANGUAGE_INDICATOR: TlvRule(_ALL, _LANGUAGES),
    tlv.TAG_SAR_TOTAL_SEGMENTS: TlvRule(_ALL, _ANY, ((1, 255),)),
    tlv.TAG_SAR_SEGMENT_SEQNUM: TlvRule(_ALL, _ANY, ((1, 255),)),
    tlv.TAG_SC_INTERFACE_VERSION: TlvRule(_BIND_RESPS, _ANY),
    tlv.TAG_CALLBACK_NUM_PRES_IND: TlvRule(_SUBMISSIONS, _PRESENTATION),
    tlv.TAG_CALLBACK_NUM_ATAG: TlvRule(_SUBMISSIONS, _ANY),
    tlv.TAG_NUMBER_OF_MESSAGES: TlvRule(_SINGLE, _ANY, ((0, NUMBER_OF_MESSAGES_MAX),)),
    tlv.TAG_CALLBACK_NUM: TlvRule(_ALL, _DIGIT_MODES),
    tlv.TAG_DPF_RESULT: TlvRule(_DATA_RESP, {0: "not set", 1: "set"}),
    tlv.TAG_SET_DPF: TlvRule(_DATA, {0: "not requested", 1: "requested"}),
    tlv.TAG_MS_AVAILABILITY_STATUS: TlvRule((ALERT_NOTIFICATION,), _AVAILABILITY),
    tlv.TAG_NETWORK_ERROR_CODE: TlvRule((*_DELIVERIES, DATA_SM_RESP), _NETWORK_TYPES),
    tlv.TAG_MESSAGE_PAYLOAD: TlvRule(_ALL, _ANY),
    tlv.TAG_DELIVERY_FAILURE_REASON: TlvRule(_DATA_RESP, _FAILURES),
    tlv.TAG_MORE_MESSAGES_TO_SEND: TlvRule(_SINGLE, _NO_YES),
    tlv.TAG_MESSAGE_STATE: TlvRule(_DELIVERIES, MESSAGE_STATE_NAMES),
    tlv.TAG_CONGESTION_STATE: TlvRule((*_MESSAGE_RESPS, *_BIND_RESPS), _ANY, ((0, 100),)),
    tlv.TAG_USSD_SERVICE_OP: TlvRule((SUBMIT_SM,), _USSD, ((32, 255),)),
    tlv.TAG_BROADCAST_CHANNEL_INDICATOR: TlvRule(_BROADCASTS, {0: "basic", 1: "extended"}),
    tlv.TAG_BROADCAST_CONTENT_TYPE: TlvRule(_BROADCASTS, _ANY, ((0, 3),)),
    tlv.TAG_BROADCAST_CONTENT_TYPE_INFO: TlvRule(_BROADCASTS, _ANY),
    tlv.TAG_BROADCAST_MESSAGE_CLASS: TlvRule(_BROADCASTS, _CLASSES),
    tlv.TAG_BROADCAST_REP_NUM: TlvRule(_BROADCASTS, _ANY),
    tlv.TAG_BROADCAST_FREQUENCY_INTERVAL: TlvRule(_BROADCASTS, _ANY, ((0, 0), (8, 14))),
    tlv.TAG_BROADCAST_AREA_IDENTIFIER: TlvRule(_BROADCASTS, _ANY, ((0, 2),)),
    tlv.TAG_BROADCAST_ERROR_STATUS: TlvRule(_BROADCASTS, _ANY),
    tlv.TAG_BROADCAST_AREA_SUCCESS: TlvRule(_BROADCASTS, _ANY, ((0, 100), (255, 255))),
    tlv.TAG_BROADCAST_END_TIME: TlvRule(_BROADCASTS, _ANY),
    tlv.TAG_BROADCAST_SERVICE_GROUP: TlvRule(_BROADCASTS, _ANY),
    tlv.TAG_BILLING_IDENTIFICATION: TlvRule(_SUBMISSIONS, _ANY),
    tlv.TAG_SOURCE_NETWORK_ID: TlvRule(_ALL, _ANY),
    tlv.TAG_DEST_NETWORK_ID: TlvRule(_ALL, _ANY),
    tlv.TAG_SOURCE_NODE_ID: TlvRule(_ALL, _ANY),
    tlv.TAG_DEST_NODE_ID: TlvRule(_ALL, _ANY),
    tlv.TAG_DEST_ADDR_NP_RESOLUTION: TlvRule(_ALL, _RESOLUTIONS),
    tlv.TAG_DEST_ADDR_NP_INFORMATION: TlvRule(_ALL, _ANY),
    tlv.TAG_DEST_ADDR_NP_COUNTRY: TlvRule(_ALL, _ANY),
    tlv.TAG_DISPLAY_TIME: TlvRule(_SUBMISSIONS, _DISPLAY_TIMES),
    tlv.TAG_SMS_SIGNAL: TlvRule(_SUBMISSIONS, _ANY),
    tlv.TAG_MS_VALIDITY: TlvRule(_SUBMISSIONS, _MS_VALIDITIES),
    tlv.TAG_ALERT_ON_MESSAGE_DELIVERY: TlvRule(_SUBMISSIONS, _ALERTS),
    tlv.TAG_ITS_REPLY_TYPE: TlvRule(_SINGLE, _REPLIES),
    tlv.TAG_ITS_SESSION_INFO: TlvRule(_SINGLE_AND_DELIVERY, _ANY),
}


def tlv_refusal(command_id: int, tlvs: list[Tlv]) -> int:
    """The command_status of the first TLV that breaks its rule, ESME_ROK if none does.

    ESME_ROPTPARNOTALLWD for a known TLV in a PDU that it does not belong to, ESME_RINVPARLEN for a
    length and ESME_RINVOPTPARAMVAL for a value that is not its own; ESME_RINVNUMMSGS for
    number_of_messages above 99. Unknown TLVs break no rule (SMPP 3.4 §3.3).
    """
    for each in tlvs:
        rule = TLV_RULES.get(each.tag)
        if rule is None:
            continue
        if command_id not in rule.commands:
            return ESME_ROPTPARNOTALLWD
        if not _has_its_length(each):
            return ESME_RINVPARLEN
        if each.value and not rule.allows(_deciding_value(each)):
            if each.tag == tlv.TAG_NUMBER_OF_MESSAGES:
                return ESME_RINVNUMMSGS
            return ESME_RINVOPTPARAMVAL
    return ESME_ROK


def asks_for_too_many_messages(command_id: int, tlvs: list[Tlv]) -> bool:
    """Whether number_of_messages says more than 99, in a PDU and with a length of its own."""
    value = tlv.tlv_octets(tlvs, tlv.TAG_NUMBER_OF_MESSAGES)
    if value is None or len(value) != 1 or command_id not in _SINGLE:
        return False
    return value[0] > NUMBER_OF_MESSAGES_MAX


def tlv_meaning(each: Tlv) -> str:
    """What the value of a TLV says, in words; "" where the value says it already."""
    rule = TLV_RULES.get(each.tag)
    if rule is None or not each.value or not _has_its_length(each):
        return ""
    value = _deciding_value(each)
    if not rule.allows(value):
        return "reserved"
    return rule.values.get(value, "")


def _has_its_length(each: Tlv) -> bool:
    definition = TLV_DEFINITIONS[each.tag]
    length = len(each.value)
    if each.tag == tlv.TAG_MS_VALIDITY:
        # One octet, in SMPP 5.0 also four.
        return length in (1, 4)
    return definition.length_min_octets <= length <= definition.length_max_octets


def _deciding_value(each: Tlv) -> int:
    """The value of an integer; the first octet of anything else, which says of what kind it is."""
    if TLV_DEFINITIONS[each.tag].kind in (INTEGER, BITS):
        return int.from_bytes(each.value, "big")
    return each.value[0]
