"""What carrier and phones say to each other over MQTT: JSON, and the schemas that describe it.

Fields that are not known are ignored, so that a later version can say more.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Struct

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import (
    ALPHABET_GSM7,
    ALPHABET_UCS2,
    alphabet_of_tp_dcs,
)
from carrierbox.codecs.national_language import decode_part
from carrierbox.codecs.relayed_tpdu import relayed_message, sms_deliver
from carrierbox.codecs.tp_address import tp_address
from carrierbox.codecs.tp_tables import status_name
from carrierbox.codecs.tp_time import time_stamp
from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.codecs.tpdu_types import (
    DIRECTION_MO,
    DIRECTION_MT,
    SmsDeliver,
    SmsStatusReport,
    SmsSubmit,
)
from carrierbox.codecs.user_data_header import find_concatenation
from carrierbox.errors import CarrierboxError, CodecError
from carrierbox.identifiers import NPI_ISDN, TON_INTERNATIONAL, Address
from carrierbox.relay import (
    CAUSE_NAMES,
    EQUIPMENT_PROTOCOL_ERROR,
    FAILURE_NAMES,
    SM_DELIVERY_FAILURE,
    STATUS_REPORT,
    RpMoData,
    RpMtData,
)
from carrierbox.simulator.radio.station import PAYLOAD_OCTETS_MAX
from carrierbox.simulator.radio.topics import MO, MO_ACK, MT, MT_ACK, PRESENCE

ID_CHARACTERS_MAX: Final = 64
REFERENCE_DIGITS_MAX: Final = 24
TEXT_CHARACTERS_MAX: Final = 40_000
TPDU_OCTETS_MAX: Final = 176
ACCEPTED: Final = "accepted"
GSM7: Final = "gsm7"
UCS2: Final = "ucs2"
OCTETS: Final = "octets"

ERRORS: Final = {
    **{name: (SM_DELIVERY_FAILURE, cause) for cause, name in FAILURE_NAMES.items()},
    **{name: (cause, 0) for cause, name in CAUSE_NAMES.items() if cause != SM_DELIVERY_FAILURE},
}
"""The cause and the diagnostic of each error that a phone may answer with."""

Identifier = Annotated[
    str,
    Meta(min_length=1, max_length=ID_CHARACTERS_MAX, description="opaque: compare it, no more"),
]
_Hex = Annotated[
    str,
    Meta(
        pattern=r"^([0-9A-Fa-f]{2})+$",
        max_length=2 * TPDU_OCTETS_MAX,
        description="the transfer PDU of TS 23.040 without a service centre address",
    ),
]
_Word = Annotated[str, Meta(max_length=ID_CHARACTERS_MAX)]
_Text = Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)]
_Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class MessageRefusedError(CarrierboxError):
    """What came over MQTT is not what the contract says."""


class Decoded(Struct, frozen=True):
    """What the SMS-DELIVER of an `mt` says, for phones that read no transfer PDU."""

    sender: Annotated[str, Meta(description="+33612345678, ACME, 38100; empty if there is none")]
    text: Annotated[str, Meta(description="of this part alone; octets as ISO 8859-1")]
    alphabet: Annotated[str, Meta(extra_json_schema={"enum": [GSM7, UCS2, OCTETS]})]
    part: Annotated[int, Meta(ge=1, le=255, description="which part of the text this is, from 1")]
    parts: Annotated[int, Meta(ge=1, le=255, description="how many parts the text has")]
    concatenation_reference: Annotated[
        int | None,
        Meta(description="the same in all parts of a text of this sender; null for one part"),
    ]
    service_centre_time: Annotated[_Time, Meta(description="when the centre took the text in")]


class Report(Struct, frozen=True):
    """What the SMS-STATUS-REPORT of an `mt` says of a text that the phone sent."""

    recipient: Annotated[str, Meta(description="where the text went (TP-RA)")]
    message_reference: Annotated[int, Meta(ge=0, le=255, description="TP-MR of its SMS-SUBMIT")]
    status: Annotated[int, Meta(ge=0, le=255, description="TP-ST, TS 23.040 §9.2.3.15")]
    status_name: str


class Mt(Struct, frozen=True, omit_defaults=True):
    """One part of a text for a phone (SMS-DELIVER), or with `report` an SMS-STATUS-REPORT."""

    id: Identifier
    attempt: Annotated[int, Meta(ge=1, description="how often the carrier has tried, with this")]
    tpdu_hex: _Hex
    decoded: Decoded
    sent_at: Annotated[_Time, Meta(description="the network's time, which need not be yours")]
    expires: Annotated[
        _Time | None, Meta(description="when the carrier gives the text up; null: nobody knows")
    ]
    report: Annotated[Report | None, Meta(description="only where this is a status report")] = None


class MtAck(Struct, frozen=True, omit_defaults=True):
    """A phone has the part, or says by `error` why it does not take it."""

    id: Identifier
    error: Annotated[
        _Word | None,
        Meta(
            extra_json_schema={"enum": [None, *ERRORS]},
            description="a MAP user error; nothing: the phone has the part",
        ),
    ] = None


class Mo(Struct, frozen=True, omit_defaults=True):
    """A text from a phone: `to` and `text`, or the SMS-SUBMIT of one part."""

    id: Identifier
    to: Annotated[_Word | None, Meta(description="+33612345678, or a short code")] = None
    text: _Text | None = None
    tpdu_hex: _Hex | None = None


class MoAck(Struct, frozen=True, omit_defaults=True):
    """The carrier has the text for good, or tells by `problem` why it does not take it."""

    id: Identifier
    result: Annotated[str | None, Meta(extra_json_schema={"enum": [None, ACCEPTED]})] = None
    problem: str | None = None


STRUCTS: Final[dict[str, type[Struct]]] = {MT: Mt, MT_ACK: MtAck, MO: Mo, MO_ACK: MoAck}

_M = TypeVar("_M", Mt, MtAck, Mo, MoAck)

_ENCODER: Final = msgspec.json.Encoder()
_MT: Final = msgspec.json.Decoder(Mt)
_MT_ACK: Final = msgspec.json.Decoder(MtAck)
_MO: Final = msgspec.json.Decoder(Mo)
_MO_ACK: Final = msgspec.json.Decoder(MoAck)


def encode(message: Struct) -> bytes:
    """The JSON of a message."""
    return _ENCODER.encode(message)


def read_mt(payload: bytes) -> Mt:
    """Raises MessageRefusedError for what the contract does not allow, as the other readers do."""
    return _read(_MT, payload)


def read_mt_ack(payload: bytes) -> MtAck:
    """See `read_mt`."""
    return _read(_MT_ACK, payload)


def read_mo(payload: bytes) -> Mo:
    """See `read_mt`."""
    return _read(_MO, payload)


def read_mo_ack(payload: bytes) -> MoAck:
    """See `read_mt`."""
    return _read(_MO_ACK, payload)


def error_of(ack: MtAck) -> tuple[int, int]:
    """Cause and diagnostic of an answer; (0, 0) if the phone has the part.

    An error that nobody knows is an equipment protocol error.
    """
    if ack.error is None:
        return 0, 0
    return ERRORS.get(ack.error, (SM_DELIVERY_FAILURE, EQUIPMENT_PROTOCOL_ERROR))


def mt_of(rp: RpMtData, attempt: int, expires_at: float, now: float) -> Mt:
    """What a phone is sent at `now`; `expires_at` 0: nobody knows.

    Raises CodecError if an SMS-DELIVER has no room for the part.
    """
    expires = time_words(expires_at) if expires_at else None
    if rp.kind == STATUS_REPORT:
        tpdu, report = _status_report(rp, now)
        return Mt(
            str(rp.reference), attempt, tpdu, _decoded(rp, ""), time_words(now), expires, report
        )
    deliver = sms_deliver(
        rp.originating,
        rp.tp_pid,
        rp.tp_dcs,
        rp.user_data_header,
        rp.user_data,
        rp.service_centre_time,
        rp.more_messages,
    )
    tpdu_hex = encode_tpdu(deliver).hex().upper()
    text = decode_part(rp.user_data, rp.tp_dcs, rp.user_data_header)
    return Mt(str(rp.reference), attempt, tpdu_hex, _decoded(rp, text), time_words(now), expires)


def _status_report(rp: RpMtData, now: float) -> tuple[str, Report]:
    """The PDU in hexadecimal and what it says; the text ended by `now`."""
    tp_mr, tp_st = rp.user_data
    scts = time_stamp(rp.service_centre_time)
    pdu = SmsStatusReport(tp_mr, tp_address(rp.originating), scts, time_stamp(now), tp_st)
    report = Report(sender_words(rp.originating), tp_mr, tp_st, status_name(tp_st))
    return encode_tpdu(pdu).hex().upper(), report


def rp_mt_data(mt: Mt, msisdn: str) -> RpMtData:
    """What a phone received. Raises MessageRefusedError if the PDU or the id is none of ours."""
    if not mt.id.isascii() or not mt.id.isdigit() or len(mt.id) > REFERENCE_DIGITS_MAX:
        raise MessageRefusedError("id is none of this carrier")
    reference = int(mt.id)
    try:
        value = decode_tpdu(bytes.fromhex(mt.tpdu_hex), DIRECTION_MT)
        if isinstance(value, SmsStatusReport):
            return _rp_status_report(value, reference, msisdn)
        if not isinstance(value, SmsDeliver):
            raise MessageRefusedError("tpdu_hex is no SMS-DELIVER and no SMS-STATUS-REPORT")
        part = relayed_message(value)
    except CodecError as error:
        raise MessageRefusedError(f"tpdu_hex: {error}") from None
    return RpMtData(
        reference,
        msisdn,
        part.address,
        part.tp_pid,
        part.tp_dcs,
        part.user_data_header,
        part.user_data,
        # A deliver always has one: relayed_message raises where it is no time.
        part.service_centre_time or 0.0,  # type: ignore[arg-type]
        part.more_messages,
    )


def _rp_status_report(value: SmsStatusReport, reference: int, msisdn: str) -> RpMtData:
    said = bytes([value.tp_mr, value.tp_st])
    at = NetworkTime(value.tp_scts.at or 0.0)
    rp = RpMtData(reference, msisdn, value.tp_ra.address, 0, 0, b"", said, at, value.more_messages)
    rp.kind = STATUS_REPORT
    return rp


def rp_mo_data(tpdu_hex: str, msisdn: str) -> RpMoData:
    """A part that a phone coded itself. Raises MessageRefusedError if it is no SMS-SUBMIT."""
    try:
        value = decode_tpdu(bytes.fromhex(tpdu_hex), DIRECTION_MO)
        if not isinstance(value, SmsSubmit):
            raise MessageRefusedError("tpdu_hex is no SMS-SUBMIT")
        part = relayed_message(value)
    except CodecError as error:
        raise MessageRefusedError(f"tpdu_hex: {error}") from None
    if not part.address.value:
        raise MessageRefusedError("tpdu_hex has no destination")
    found = RpMoData(
        msisdn, part.address, part.tp_pid, part.tp_dcs, part.user_data_header, part.user_data
    )
    found.report = value.status_report_request
    found.tp_mr = value.tp_mr
    return found


def schemas() -> dict[str, Any]:
    """The JSON Schema of every kind of topic, by its name."""
    found: dict[str, Any] = {
        PRESENCE: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": PRESENCE,
            "description": "The bare word without quotation marks, retained.",
            "enum": ["online", "offline"],
        }
    }
    for kind, struct in STRUCTS.items():
        _, definitions = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
        root = definitions.pop(struct.__name__)
        found[kind] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **root,
            "title": kind,
            **({"$defs": definitions} if definitions else {}),
        }
    return found


def time_words(at: float) -> str:
    """UTC seconds since 1970 as RFC 3339 has it; what lies beyond the calendar is its end."""
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return "9999-12-31T23:59:59Z"
    return moment.isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def sender_words(address: Address) -> str:
    """An address as a phone shows it."""
    if address.ton == TON_INTERNATIONAL and address.npi in (0, NPI_ISDN):
        return "+" + address.value if address.value.isdigit() else address.value
    return address.value


def _decoded(rp: RpMtData, text: str) -> Decoded:
    alphabet = alphabet_of_tp_dcs(rp.tp_dcs)
    words = {ALPHABET_GSM7: GSM7, ALPHABET_UCS2: UCS2}.get(alphabet, OCTETS)
    concatenation = find_concatenation(rp.user_data_header) if rp.user_data_header else None
    is_part = concatenation is not None and 1 <= concatenation.number <= concatenation.total > 1
    return Decoded(
        sender_words(rp.originating),
        text,
        words,
        concatenation.number if concatenation is not None and is_part else 1,
        concatenation.total if concatenation is not None and is_part else 1,
        concatenation.reference if concatenation is not None and is_part else None,
        time_words(rp.service_centre_time),
    )


def _read(decoder: msgspec.json.Decoder[_M], payload: bytes) -> _M:
    if len(payload) > PAYLOAD_OCTETS_MAX:
        raise MessageRefusedError(f"{len(payload)} octets, at most {PAYLOAD_OCTETS_MAX} are read")
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageRefusedError(str(error)) from None
