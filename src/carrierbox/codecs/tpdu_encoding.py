"""Transfer PDUs to octets (TS 23.040 §9.2.2)."""

from carrierbox.codecs.tp_time import VALIDITY_OCTETS
from carrierbox.codecs.tp_user_data import USER_DATA_OCTETS_MAX
from carrierbox.codecs.tpdu_types import (
    BIT_LOOP_PREVENTION,
    BIT_NO_MORE_MESSAGES,
    BIT_REJECT_DUPLICATES,
    BIT_REPLY_PATH,
    BIT_STATUS_REPORT,
    BIT_USER_DATA_HEADER,
    COMMAND_OCTETS_MAX,
    DELIVER_REPORT_ACK_OCTETS_MAX,
    DELIVER_REPORT_ERROR_OCTETS_MAX,
    MTI_COMMAND,
    MTI_DELIVER,
    MTI_RESERVED,
    MTI_STATUS_REPORT,
    MTI_SUBMIT,
    PI_DATA_CODING_SCHEME,
    PI_EXTENSION,
    PI_PROTOCOL_IDENTIFIER,
    PI_RESERVED,
    PI_USER_DATA,
    RESERVED_COMMAND,
    RESERVED_DELIVER,
    RESERVED_REPORT,
    RESERVED_STATUS_REPORT,
    STATUS_REPORT_OCTETS_MAX,
    SUBMIT_REPORT_ACK_OCTETS_MAX,
    SUBMIT_REPORT_ERROR_OCTETS_MAX,
    OptionalParameters,
    SmsCommand,
    SmsDeliver,
    SmsDeliverReport,
    SmsStatusReport,
    SmsSubmit,
    SmsSubmitReport,
    Tpdu,
)
from carrierbox.errors import CodecError


def encode_tpdu(value: Tpdu) -> bytes:
    """The octets of a transfer PDU, from TP-MTI on. Raises CodecError if a value has no place.

    What `decode_tpdu` gave becomes the octets it was decoded from.
    """
    if isinstance(value, SmsDeliver):
        return _encode_deliver(value)
    if isinstance(value, SmsSubmit):
        return _encode_submit(value)
    if isinstance(value, SmsStatusReport):
        return _encode_status(value)
    if isinstance(value, SmsCommand):
        return _encode_command(value)
    if isinstance(value, SmsDeliverReport):
        return _encode_deliver_report(value)
    return _encode_submit_report(value)


def _encode_deliver(value: SmsDeliver) -> bytes:
    _expect_coding(value.user_data.tp_dcs, value.tp_dcs)
    first = MTI_DELIVER | value.reserved_bits & (RESERVED_DELIVER | MTI_RESERVED)
    first |= 0 if value.more_messages else BIT_NO_MORE_MESSAGES
    first |= BIT_LOOP_PREVENTION if value.loop_prevention else 0
    first |= BIT_STATUS_REPORT if value.status_report_indication else 0
    first |= BIT_USER_DATA_HEADER if value.user_data.has_header else 0
    first |= BIT_REPLY_PATH if value.reply_path else 0
    return b"".join(
        [
            bytes([first]),
            value.tp_oa.encode(),
            _octet("TP-PID", value.tp_pid),
            _octet("TP-DCS", value.tp_dcs),
            value.tp_scts.encode(),
            value.user_data.encode(USER_DATA_OCTETS_MAX),
        ]
    )


def _encode_submit(value: SmsSubmit) -> bytes:
    _expect_coding(value.user_data.tp_dcs, value.tp_dcs)
    if not 0 <= value.tp_vpf <= 3 or len(value.tp_vp) != VALIDITY_OCTETS[value.tp_vpf]:
        raise CodecError(f"TP-VP of {len(value.tp_vp)} octets with TP-VPF {value.tp_vpf}")
    first = MTI_SUBMIT | value.tp_vpf << 3
    first |= BIT_REJECT_DUPLICATES if value.reject_duplicates else 0
    first |= BIT_STATUS_REPORT if value.status_report_request else 0
    first |= BIT_USER_DATA_HEADER if value.user_data.has_header else 0
    first |= BIT_REPLY_PATH if value.reply_path else 0
    return b"".join(
        [
            bytes([first]),
            _octet("TP-MR", value.tp_mr),
            value.tp_da.encode(),
            _octet("TP-PID", value.tp_pid),
            _octet("TP-DCS", value.tp_dcs),
            value.tp_vp,
            value.user_data.encode(USER_DATA_OCTETS_MAX),
        ]
    )


def _encode_status(value: SmsStatusReport) -> bytes:
    first = MTI_STATUS_REPORT | value.reserved_bits & RESERVED_STATUS_REPORT
    first |= 0 if value.more_messages else BIT_NO_MORE_MESSAGES
    first |= BIT_LOOP_PREVENTION if value.loop_prevention else 0
    first |= BIT_STATUS_REPORT if value.of_command else 0
    first |= BIT_USER_DATA_HEADER if value.has_header else 0
    octets = [
        bytes([first]),
        _octet("TP-MR", value.tp_mr),
        value.tp_ra.encode(),
        value.tp_scts.encode(),
        value.tp_dt.encode(),
        _octet("TP-ST", value.tp_st),
    ]
    if value.optional is not None:
        octets.append(_indicator(value.optional))
        octets.append(_announced(value.optional, value.has_header, STATUS_REPORT_OCTETS_MAX))
    return b"".join(octets)


def _encode_command(value: SmsCommand) -> bytes:
    if len(value.tp_cd) > COMMAND_OCTETS_MAX:
        raise CodecError(f"TP-CD has at most {COMMAND_OCTETS_MAX} octets, not {len(value.tp_cd)}")
    first = MTI_COMMAND | value.reserved_bits & RESERVED_COMMAND
    first |= BIT_STATUS_REPORT if value.status_report_request else 0
    first |= BIT_USER_DATA_HEADER if value.has_header else 0
    return b"".join(
        [
            bytes([first]),
            _octet("TP-MR", value.tp_mr),
            _octet("TP-PID", value.tp_pid),
            _octet("TP-CT", value.tp_ct),
            _octet("TP-MN", value.tp_mn),
            value.tp_da.encode(),
            bytes([len(value.tp_cd)]),
            value.tp_cd,
        ]
    )


def _encode_deliver_report(value: SmsDeliverReport) -> bytes:
    octets_max = DELIVER_REPORT_ACK_OCTETS_MAX
    if value.tp_fcs is not None:
        octets_max = DELIVER_REPORT_ERROR_OCTETS_MAX
    first = _report_first(MTI_DELIVER, value.has_header, value.reserved_bits)
    cause = b"" if value.tp_fcs is None else _octet("TP-FCS", value.tp_fcs)
    announced = _announced(value.optional, value.has_header, octets_max)
    return first + cause + _indicator(value.optional) + announced


def _encode_submit_report(value: SmsSubmitReport) -> bytes:
    octets_max = SUBMIT_REPORT_ACK_OCTETS_MAX
    if value.tp_fcs is not None:
        octets_max = SUBMIT_REPORT_ERROR_OCTETS_MAX
    first = _report_first(MTI_SUBMIT, value.has_header, value.reserved_bits)
    cause = b"" if value.tp_fcs is None else _octet("TP-FCS", value.tp_fcs)
    announced = _announced(value.optional, value.has_header, octets_max)
    indicator = _indicator(value.optional)
    return first + cause + indicator + value.tp_scts.encode() + announced


def _report_first(mti: int, has_header: bool, reserved_bits: int) -> bytes:
    header_bit = BIT_USER_DATA_HEADER if has_header else 0
    return bytes([mti | header_bit | reserved_bits & RESERVED_REPORT])


def _indicator(optional: OptionalParameters) -> bytes:
    """TP-PI with all the octets it is extended by."""
    if not optional.reserved:
        raise CodecError("TP-PI has at least one octet")
    announced = optional.reserved[0] & (PI_RESERVED | PI_EXTENSION)
    announced |= 0 if optional.tp_pid is None else PI_PROTOCOL_IDENTIFIER
    announced |= 0 if optional.tp_dcs is None else PI_DATA_CODING_SCHEME
    announced |= 0 if optional.user_data is None else PI_USER_DATA
    indicator = bytes([announced]) + optional.reserved[1:]
    extended = [bool(octet & PI_EXTENSION) for octet in indicator]
    if extended != [True] * (len(indicator) - 1) + [False]:
        raise CodecError("each octet of TP-PI but the last announces another one")
    if optional.unknown and not any(optional.reserved):
        raise CodecError("TP-PI announces no unknown parameters")
    return indicator


def _announced(optional: OptionalParameters, has_header: bool, octets_max: int) -> bytes:
    """The parameters that TP-PI announces, one after the other."""
    octets = b""
    if optional.tp_pid is not None:
        octets += _octet("TP-PID", optional.tp_pid)
    if optional.tp_dcs is not None:
        octets += _octet("TP-DCS", optional.tp_dcs)
    if optional.user_data is not None:
        _expect_coding(optional.user_data.tp_dcs, optional.tp_dcs or 0)
        if optional.user_data.has_header != has_header:
            raise CodecError("TP-UDHI and the user data disagree about a header")
        octets += optional.user_data.encode(octets_max)
    return octets + optional.unknown


def _octet(name: str, value: int) -> bytes:
    if not 0 <= value <= 0xFF:
        raise CodecError(f"{name} of {value} is no octet")
    return bytes([value])


def _expect_coding(packed_by: int, tp_dcs: int) -> None:
    if packed_by != tp_dcs:
        raise CodecError(f"user data packed for TP-DCS {packed_by} in a PDU of TP-DCS {tp_dcs}")
