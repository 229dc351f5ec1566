"""The fields of one PDU of a client, each by itself (SMPP 3.4 §5.2, §5.3)."""

from typing import Final

from carrierbox.codecs.time_format import parse_smpp_time
from carrierbox.codecs.user_data_header import Concatenation, find_concatenation
from carrierbox.errors import CodecError
from carrierbox.identifiers import (
    MSISDN_DIGITS_MAX,
    TON_ABBREVIATED,
    TON_ALPHANUMERIC,
    TON_INTERNATIONAL,
)
from carrierbox.lint import rule_tables as rules
from carrierbox.lint.dissection import Found
from carrierbox.lint.text_checks import (
    check_header,
    check_length,
    check_no_header,
    check_text,
)
from carrierbox.smpp import tlv, values
from carrierbox.smpp.fields import DEST_FLAG_SME
from carrierbox.smpp.pdus import (
    BindRequest,
    DataSm,
    Pdu,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitSm,
)

_NPIS: Final = frozenset([0, 1, 3, 4, 6, 8, 9, 10, 14, 18])
_VERSIONS: Final = (
    values.INTERFACE_VERSION_3_3,
    values.INTERFACE_VERSION_3_4,
    values.INTERFACE_VERSION_5_0,
)
_ALPHANUMERIC_MAX: Final = 11
_DESTINATIONS_MAX: Final = 254
_SM_LENGTH_MAX: Final = 254
_TYPES_OF_ESMES: Final = (
    0,
    values.ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT,
    values.ESM_CLASS_USER_ACKNOWLEDGEMENT,
)
_REGISTERED_DELIVERY_RESERVED: Final = 0xE0
_PAST_S: Final = 60.0
"""Clocks differ: a time is past when it is so much before that of the capture."""

_SAR_TAGS: Final = (
    tlv.TAG_SAR_MSG_REF_NUM,
    tlv.TAG_SAR_TOTAL_SEGMENTS,
    tlv.TAG_SAR_SEGMENT_SEQNUM,
)
_NOT_WITH_HEADER: Final = (*_SAR_TAGS, tlv.TAG_SOURCE_PORT, tlv.TAG_DESTINATION_PORT)
# What only a message centre has to say.
_OF_SMSC: Final = frozenset(
    [
        tlv.TAG_SC_INTERFACE_VERSION,
        tlv.TAG_RECEIPTED_MESSAGE_ID,
        tlv.TAG_MESSAGE_STATE,
        tlv.TAG_NETWORK_ERROR_CODE,
        tlv.TAG_DELIVERY_FAILURE_REASON,
        tlv.TAG_ADDITIONAL_STATUS_INFO_TEXT,
        tlv.TAG_DPF_RESULT,
        tlv.TAG_MS_AVAILABILITY_STATUS,
        tlv.TAG_CONGESTION_STATE,
    ]
)
_MAY_REPEAT: Final = (tlv.TAG_CALLBACK_NUM, tlv.TAG_CALLBACK_NUM_ATAG)


class Message:
    """What a request that carries a text says of it: for the checks across PDUs."""

    def __init__(self, data_coding: int, text: bytes, concatenation: Concatenation | None) -> None:
        self.data_coding = data_coding
        self.text = text
        self.concatenation = concatenation


def check_bind(pdu: BindRequest, found: list[Found]) -> None:
    """A bind of any kind."""
    version = pdu.interface_version
    if version not in _VERSIONS:
        found.append((rules.INTERFACE_VERSION, f"interface_version 0x{version:02X}"))
    _check_ton(pdu.addr_ton, "addr_ton", found)
    _check_npi(pdu.addr_npi, "addr_npi", found)


def check_message(pdu: Pdu, time: float, found: list[Found]) -> Message | None:
    """A request of a client that carries a message; what it carries, None for other PDUs."""
    if isinstance(pdu, SubmitSm):
        _check_source(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr, found)
        _check_destination(pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr, found)
        _check_handling(pdu, found)
        _check_times(pdu.schedule_delivery_time, pdu.validity_period, time, found)
        return _check_content(pdu, pdu.esm_class, pdu.data_coding, pdu.short_message, found)
    if isinstance(pdu, SubmitMulti):
        _check_source(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr, found)
        _check_destinations(pdu, found)
        _check_handling(pdu, found)
        _check_times(pdu.schedule_delivery_time, pdu.validity_period, time, found)
        return _check_content(pdu, pdu.esm_class, pdu.data_coding, pdu.short_message, found)
    if isinstance(pdu, DataSm):
        _check_source(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr, found)
        _check_destination(pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr, found)
        _check_esm_class(pdu.esm_class, found)
        _check_registered_delivery(pdu.registered_delivery, found)
        _check_data_coding(pdu.data_coding, found)
        if tlv.tlv_octets(pdu.tlvs, tlv.TAG_MESSAGE_PAYLOAD) is None:
            found.append((rules.NO_PAYLOAD, ""))
        return _check_content(pdu, pdu.esm_class, pdu.data_coding, b"", found)
    if isinstance(pdu, ReplaceSm):
        _check_source(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr, found)
        _check_registered_delivery(pdu.registered_delivery, found)
        _check_times(pdu.schedule_delivery_time, pdu.validity_period, time, found)
    return None


def check_tlvs(pdu: Pdu, version: int, found: list[Found]) -> None:
    """The optional parameters of a client's PDU in a session bound with `version`."""
    tlvs = pdu.tlvs
    if not tlvs:
        return
    if version < values.INTERFACE_VERSION_3_4:
        found.append((rules.TLV_BELOW_34, ""))
    seen: set[int] = set()
    for each in tlvs:
        tag = each.tag
        named = tlv.tlv_name(tag)
        definition = tlv.TLV_DEFINITIONS.get(tag)
        if definition is None:
            if not 0x1400 <= tag <= 0x3FFF:
                found.append((rules.TLV_RESERVED, named))
        elif not definition.length_min_octets <= len(each.value) <= definition.length_max_octets:
            found.append((rules.TLV_LENGTH, f"{named} of {len(each.value)} octets"))
        if tag in seen and tag not in _MAY_REPEAT:
            found.append((rules.TLV_REPEATED, named))
        seen.add(tag)
        if tag in _OF_SMSC and pdu.command_id & values.RESPONSE_BIT == 0:
            found.append((rules.TLV_MISPLACED, f"{named} in {values.command_name(pdu.command_id)}"))


def _check_ton(ton: int, name: str, found: list[Found]) -> None:
    if ton > TON_ABBREVIATED:
        found.append((rules.TON, f"{name} {ton}"))


def _check_npi(npi: int, name: str, found: list[Found]) -> None:
    if npi not in _NPIS:
        found.append((rules.NPI, f"{name} {npi}"))


def _check_source(ton: int, npi: int, address: str, found: list[Found]) -> None:
    _check_ton(ton, "source_addr_ton", found)
    _check_npi(npi, "source_addr_npi", found)
    if not address:
        # The carrier puts the account's own address.
        return
    if ton == TON_ALPHANUMERIC:
        if len(address) > _ALPHANUMERIC_MAX:
            found.append((rules.ALPHANUMERIC_TOO_LONG, f"{len(address)} characters"))
    elif any(each.isalpha() for each in address):
        found.append((rules.ALPHANUMERIC_TON, f"source_addr_ton {ton}"))
        if len(address) > _ALPHANUMERIC_MAX:
            found.append((rules.ALPHANUMERIC_TOO_LONG, f"{len(address)} characters"))
    else:
        _check_number(ton, address, "source_addr", found)


def _check_destination(ton: int, npi: int, address: str, found: list[Found]) -> None:
    _check_ton(ton, "dest_addr_ton", found)
    _check_npi(npi, "dest_addr_npi", found)
    if not address:
        found.append((rules.DESTINATION_EMPTY, ""))
    elif any(each.isalpha() for each in address):
        found.append((rules.ALPHANUMERIC_DESTINATION, ""))
    else:
        _check_number(ton, address, "destination_addr", found)


def _check_number(ton: int, address: str, name: str, found: list[Found]) -> None:
    if not (address.isascii() and address.isdigit()):
        kind = "a plus sign" if address.startswith("+") else "punctuation"
        found.append((rules.ADDRESS_PUNCTUATION, f"{kind} in {name}"))
        return
    if len(address) > MSISDN_DIGITS_MAX:
        found.append((rules.NUMBER_TOO_LONG, f"{len(address)} digits in {name}"))
    elif ton == TON_INTERNATIONAL and address[0] == "0":
        found.append((rules.INTERNATIONAL_PREFIX, name))


def _check_destinations(pdu: SubmitMulti, found: list[Found]) -> None:
    count = len(pdu.dest_address)
    if not 1 <= count <= _DESTINATIONS_MAX:
        found.append((rules.NUMBER_OF_DESTS, f"{count} destinations"))
    for each in pdu.dest_address:
        if each.dest_flag == DEST_FLAG_SME and isinstance(each, SmeDestination):
            _check_destination(each.dest_addr_ton, each.dest_addr_npi, each.destination_addr, found)


def _check_handling(pdu: SubmitSm | SubmitMulti, found: list[Found]) -> None:
    _check_esm_class(pdu.esm_class, found)
    _check_registered_delivery(pdu.registered_delivery, found)
    _check_data_coding(pdu.data_coding, found)
    if pdu.priority_flag > 3:
        found.append((rules.PRIORITY_FLAG, f"priority_flag {pdu.priority_flag}"))
    if pdu.replace_if_present_flag > 1:
        flag = pdu.replace_if_present_flag
        found.append((rules.REPLACE_FLAG, f"replace_if_present_flag {flag}"))
    if len(pdu.short_message) > _SM_LENGTH_MAX:
        found.append((rules.SHORT_MESSAGE_255, ""))


def _check_esm_class(esm_class: int, found: list[Found]) -> None:
    if esm_class & values.ESM_CLASS_TYPE_MASK not in _TYPES_OF_ESMES:
        found.append((rules.ESM_CLASS, f"esm_class 0x{esm_class:02X}"))


def _check_registered_delivery(value: int, found: list[Found]) -> None:
    if value & _REGISTERED_DELIVERY_RESERVED or value & 0x03 == 0x03:
        found.append((rules.REGISTERED_DELIVERY, f"registered_delivery 0x{value:02X}"))


def _check_data_coding(value: int, found: list[Found]) -> None:
    is_reserved = 0x0A < value < 0xC0 and value not in (0x0D, 0x0E)
    if is_reserved or 0xE0 <= value < 0xF0:
        found.append((rules.DATA_CODING_RESERVED, f"data_coding 0x{value:02X}"))


def _check_times(schedule: str, validity: str, time: float, found: list[Found]) -> None:
    for name, text in (("schedule_delivery_time", schedule), ("validity_period", validity)):
        if not text:
            continue
        try:
            at = parse_smpp_time(text, time)
        except CodecError:
            found.append((rules.TIME_MALFORMED, name))
            continue
        if at is not None and time > 0.0 and at < time - _PAST_S:
            found.append((rules.TIME_PAST, name))


def _check_content(
    pdu: Pdu, esm_class: int, data_coding: int, short_message: bytes, found: list[Found]
) -> Message:
    """Header, text and concatenation of a message, wherever it stands."""
    payload = tlv.tlv_octets(pdu.tlvs, tlv.TAG_MESSAGE_PAYLOAD) if pdu.tlvs else None
    if payload and short_message:
        found.append((rules.BOTH_MESSAGES, ""))
    octets = short_message or payload or b""
    header = b""
    if esm_class & values.ESM_CLASS_UDHI:
        header, octets = check_header(octets, found)
    elif octets:
        check_no_header(octets, found)
    concatenation = find_concatenation(header) if header else None
    if pdu.tlvs:
        segment = _check_sar(pdu, header, found)
        concatenation = concatenation or segment
    if octets:
        check_text(octets, data_coding, found)
        if short_message:
            check_length(octets, header, data_coding, found)
    return Message(data_coding, octets, concatenation)


def _check_sar(pdu: Pdu, header: bytes, found: list[Found]) -> Concatenation | None:
    """The concatenation in sar_* parameters, None if there is none or it cannot be."""
    if header:
        for each in pdu.tlvs:
            if each.tag in _NOT_WITH_HEADER:
                found.append((rules.SAR_AND_HEADER, tlv.tlv_name(each.tag)))
    reference, total, number = (tlv.tlv_int(pdu.tlvs, tag) for tag in _SAR_TAGS)
    if reference is None and total is None and number is None:
        return None
    if reference is None or total is None or number is None:
        missing = [
            tlv.tlv_name(tag)
            for tag, value in zip(_SAR_TAGS, (reference, total, number), strict=True)
            if value is None
        ]
        found.append((rules.SAR_INCOMPLETE, f"without {' and '.join(missing)}"))
        return None
    if not 1 <= number <= total <= 255:
        found.append((rules.SAR_INCOMPLETE, f"segment {number} of {total}"))
        return None
    return Concatenation(reference, total, number, True)
