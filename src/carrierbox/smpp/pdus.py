"""The PDUs of SMPP 3.4 as plain values, and their bodies declared once, as data.

Strings are `str` (Latin-1 on the wire), short_message is `bytes`; sm_length, number_of_dests and
no_unsuccess are not attributes: they are the length of what they count. Every argument has a
default, so a PDU is written with the fields that matter: `SubmitSm(source_addr="Acme")`.

`NO_TLVS` is the one empty list that all PDUs without optional parameters share: never append to the
`tlvs` of a PDU, give it a new list.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.smpp import values
from carrierbox.smpp.fields import (
    DEST_FLAG_DISTRIBUTION_LIST,
    DEST_FLAG_SME,
    Count,
    CString,
    DestAddress,
    DistributionListDestination,
    Field,
    Integer,
    OctetString,
    SmeDestination,
    Structure,
    Structures,
    UnsuccessSme,
)
from carrierbox.smpp.message_pdus import (
    NO_DESTINATIONS,
    NO_UNSUCCESS,
    AlertNotification,
    CancelSm,
    CancelSmResp,
    DataSm,
    DataSmResp,
    DeliverSm,
    DeliverSmResp,
    MessageIdResponse,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    ReplaceSmResp,
    ShortMessageRequest,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.session_pdus import (
    NO_TLVS,
    BindReceiver,
    BindReceiverResp,
    BindRequest,
    BindResponse,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    BindTransmitterResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Outbind,
    Pdu,
    Unbind,
    UnbindResp,
)

__all__ = [
    "BODY_FIELDS",
    "LENIENT_BIND_FIELDS",
    "NO_DESTINATIONS",
    "NO_TLVS",
    "NO_UNSUCCESS",
    "PDU_CLASSES",
    "AlertNotification",
    "BindReceiver",
    "BindReceiverResp",
    "BindRequest",
    "BindResponse",
    "BindTransceiver",
    "BindTransceiverResp",
    "BindTransmitter",
    "BindTransmitterResp",
    "CancelSm",
    "CancelSmResp",
    "DataSm",
    "DataSmResp",
    "DeliverSm",
    "DeliverSmResp",
    "DestAddress",
    "DistributionListDestination",
    "EnquireLink",
    "EnquireLinkResp",
    "GenericNack",
    "MessageIdResponse",
    "Outbind",
    "Pdu",
    "QuerySm",
    "QuerySmResp",
    "ReplaceSm",
    "ReplaceSmResp",
    "ShortMessageRequest",
    "SmeDestination",
    "SubmitMulti",
    "SubmitMultiResp",
    "SubmitSm",
    "SubmitSmResp",
    "Unbind",
    "UnbindResp",
    "UnsuccessSme",
]

PDU_CLASSES: Final[dict[int, Callable[[], Pdu]]] = {
    values.BIND_RECEIVER: BindReceiver,
    values.BIND_TRANSMITTER: BindTransmitter,
    values.BIND_TRANSCEIVER: BindTransceiver,
    values.BIND_RECEIVER_RESP: BindReceiverResp,
    values.BIND_TRANSMITTER_RESP: BindTransmitterResp,
    values.BIND_TRANSCEIVER_RESP: BindTransceiverResp,
    values.OUTBIND: Outbind,
    values.UNBIND: Unbind,
    values.UNBIND_RESP: UnbindResp,
    values.GENERIC_NACK: GenericNack,
    values.ENQUIRE_LINK: EnquireLink,
    values.ENQUIRE_LINK_RESP: EnquireLinkResp,
    values.SUBMIT_SM: SubmitSm,
    values.DELIVER_SM: DeliverSm,
    values.SUBMIT_SM_RESP: SubmitSmResp,
    values.DELIVER_SM_RESP: DeliverSmResp,
    values.DATA_SM: DataSm,
    values.DATA_SM_RESP: DataSmResp,
    values.QUERY_SM: QuerySm,
    values.QUERY_SM_RESP: QuerySmResp,
    values.CANCEL_SM: CancelSm,
    values.CANCEL_SM_RESP: CancelSmResp,
    values.REPLACE_SM: ReplaceSm,
    values.REPLACE_SM_RESP: ReplaceSmResp,
    values.SUBMIT_MULTI: SubmitMulti,
    values.SUBMIT_MULTI_RESP: SubmitMultiResp,
    values.ALERT_NOTIFICATION: AlertNotification,
}
"""The class of every command spoken here; called without arguments it gives an empty PDU."""

CREDENTIAL_OCTETS_MAX: Final = 65
"""A system_id or password of real clients, its NUL included (T12)."""

_SOURCE: Final = (
    Integer("source_addr_ton"),
    Integer("source_addr_npi"),
    CString("source_addr", 21, values.ESME_RINVSRCADR),
)
_DESTINATION: Final = (
    Integer("dest_addr_ton"),
    Integer("dest_addr_npi"),
    CString("destination_addr", 21, values.ESME_RINVDSTADR),
)
_SERVICE_TYPE: Final = CString("service_type", 6, values.ESME_RINVSERTYP)
_MESSAGE_ID: Final = CString("message_id", 65, values.ESME_RINVMSGID)
_SYSTEM_ID: Final = CString("system_id", 16, values.ESME_RINVSYSID)
_PASSWORD: Final = CString("password", 9, values.ESME_RINVPASWD)
_SCHEDULE_DELIVERY_TIME: Final = CString("schedule_delivery_time", 17, values.ESME_RINVSCHED)
_VALIDITY_PERIOD: Final = CString("validity_period", 17, values.ESME_RINVEXPIRY)
_SHORT_MESSAGE: Final = (
    Count("sm_length", "short_message", values.ESME_RINVMSGLEN),
    OctetString("short_message", "sm_length"),
)
_HANDLING: Final = (
    Integer("esm_class"),
    Integer("protocol_id"),
    Integer("priority_flag"),
    _SCHEDULE_DELIVERY_TIME,
    _VALIDITY_PERIOD,
    Integer("registered_delivery"),
    Integer("replace_if_present_flag"),
    Integer("data_coding"),
    Integer("sm_default_msg_id"),
    *_SHORT_MESSAGE,
)
_BIND: Final = (
    _SYSTEM_ID,
    _PASSWORD,
    CString("system_type", 13, values.ESME_RINVSYSTYP),
    Integer("interface_version"),
    Integer("addr_ton"),
    Integer("addr_npi"),
    # No status is made for a bad address_range: the general failure of a bind answers it.
    CString("address_range", 41, values.ESME_RBINDFAIL),
)
_DEST_ADDRESS: Final = Structures(
    "dest_address",
    "number_of_dests",
    "dest_flag",
    {
        DEST_FLAG_SME: Structure(SmeDestination, _DESTINATION),
        DEST_FLAG_DISTRIBUTION_LIST: Structure(
            DistributionListDestination, (CString("dl_name", 21, values.ESME_RINVDLNAME),)
        ),
    },
    values.ESME_RINVDESTFLAG,
)
_UNSUCCESS_SME: Final = Structures(
    "unsuccess_sme",
    "no_unsuccess",
    "",
    {0: Structure(UnsuccessSme, (*_DESTINATION, Integer("error_status_code", 4)))},
    values.ESME_RINVCMDLEN,
)

BODY_FIELDS: Final[dict[int, tuple[Field, ...]]] = {
    values.GENERIC_NACK: (),
    values.BIND_RECEIVER: _BIND,
    values.BIND_RECEIVER_RESP: (_SYSTEM_ID,),
    values.BIND_TRANSMITTER: _BIND,
    values.BIND_TRANSMITTER_RESP: (_SYSTEM_ID,),
    values.BIND_TRANSCEIVER: _BIND,
    values.BIND_TRANSCEIVER_RESP: (_SYSTEM_ID,),
    values.OUTBIND: (_SYSTEM_ID, _PASSWORD),
    values.UNBIND: (),
    values.UNBIND_RESP: (),
    values.ENQUIRE_LINK: (),
    values.ENQUIRE_LINK_RESP: (),
    values.SUBMIT_SM: (_SERVICE_TYPE, *_SOURCE, *_DESTINATION, *_HANDLING),
    values.SUBMIT_SM_RESP: (_MESSAGE_ID,),
    # SMPP 3.4 allows the times of a deliver_sm one NUL; SMPP 5.0 lets them be filled.
    values.DELIVER_SM: (_SERVICE_TYPE, *_SOURCE, *_DESTINATION, *_HANDLING),
    # Unused and one NUL by the specification; many clients fill it, so any length is read.
    values.DELIVER_SM_RESP: (CString("message_id", 0xFFFFFFFF, values.ESME_RINVMSGID),),
    values.DATA_SM: (
        _SERVICE_TYPE,
        Integer("source_addr_ton"),
        Integer("source_addr_npi"),
        CString("source_addr", 65, values.ESME_RINVSRCADR),
        Integer("dest_addr_ton"),
        Integer("dest_addr_npi"),
        CString("destination_addr", 65, values.ESME_RINVDSTADR),
        Integer("esm_class"),
        Integer("registered_delivery"),
        Integer("data_coding"),
    ),
    values.DATA_SM_RESP: (_MESSAGE_ID,),
    values.QUERY_SM: (_MESSAGE_ID, *_SOURCE),
    values.QUERY_SM_RESP: (
        _MESSAGE_ID,
        CString("final_date", 17, values.ESME_RINVCMDLEN),
        Integer("message_state"),
        Integer("error_code"),
    ),
    values.CANCEL_SM: (_SERVICE_TYPE, _MESSAGE_ID, *_SOURCE, *_DESTINATION),
    values.CANCEL_SM_RESP: (),
    values.REPLACE_SM: (
        _MESSAGE_ID,
        *_SOURCE,
        _SCHEDULE_DELIVERY_TIME,
        _VALIDITY_PERIOD,
        Integer("registered_delivery"),
        Integer("sm_default_msg_id"),
        *_SHORT_MESSAGE,
    ),
    values.REPLACE_SM_RESP: (),
    values.SUBMIT_MULTI: (
        _SERVICE_TYPE,
        *_SOURCE,
        Count("number_of_dests", "dest_address", values.ESME_RINVCMDLEN),
        _DEST_ADDRESS,
        *_HANDLING,
    ),
    values.SUBMIT_MULTI_RESP: (
        _MESSAGE_ID,
        Count("no_unsuccess", "unsuccess_sme", values.ESME_RINVCMDLEN),
        _UNSUCCESS_SME,
    ),
    values.ALERT_NOTIFICATION: (
        Integer("source_addr_ton"),
        Integer("source_addr_npi"),
        CString("source_addr", 65, values.ESME_RINVSRCADR),
        Integer("esme_addr_ton"),
        Integer("esme_addr_npi"),
        CString("esme_addr", 65, values.ESME_RINVDSTADR),
    ),
}
"""The mandatory fields of every body, in their order on the wire (SMPP 3.4 §4)."""

_LENIENT_BIND: Final = (
    CString("system_id", CREDENTIAL_OCTETS_MAX, values.ESME_RINVSYSID),
    CString("password", CREDENTIAL_OCTETS_MAX, values.ESME_RINVPASWD),
    *_BIND[2:],
)

LENIENT_BIND_FIELDS: Final[dict[int, tuple[Field, ...]]] = {
    values.BIND_RECEIVER: _LENIENT_BIND,
    values.BIND_TRANSMITTER: _LENIENT_BIND,
    values.BIND_TRANSCEIVER: _LENIENT_BIND,
}
"""Binds whose credentials may be longer than SMPP 3.4 §5.2.1 and §5.2.2 allow."""
