"""Transfer PDUs from octets (TS 23.040 §9.2.2); `tpdu_encoding` turns them into octets again."""

from carrierbox.codecs.tp_address import decode_tp_address
from carrierbox.codecs.tp_time import TIME_STAMP_OCTETS, VALIDITY_OCTETS, decode_time_stamp
from carrierbox.codecs.tp_user_data import (
    USER_DATA_OCTETS_MAX,
    TpUserData,
    decode_tp_user_data,
)
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
    DIRECTION_MO,
    DIRECTION_MT,
    MTI_COMMAND,
    MTI_DELIVER,
    MTI_RESERVED,
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
from carrierbox.codecs.user_data_header import split_user_data_header
from carrierbox.errors import CodecError


def decode_tpdu(octets: bytes, direction: int, error: bool = False) -> Tpdu:
    """The transfer PDU in `octets`, which start with TP-MTI, without a service centre address.

    `direction` is DIRECTION_MT or DIRECTION_MO: TP-MTI means another PDU each way. `error` says
    that it came in an RP-ERROR, where a report starts with TP-FCS. A reserved TP-MTI is read as
    SMS-DELIVER towards the mobile station (§9.2.3.1). Raises CodecError with a position for
    octets that end early or go on too long; values that are only odd are kept as they are.
    """
    if direction not in (DIRECTION_MT, DIRECTION_MO):
        raise ValueError(f"direction is DIRECTION_MT or DIRECTION_MO, not {direction}")
    if not octets:
        raise CodecError("a transfer PDU has at least one octet", 0)
    mti = octets[0] & 0x03
    if direction == DIRECTION_MT:
        if mti in (MTI_DELIVER, MTI_RESERVED):
            return _decode_deliver(octets)
        return _decode_submit_report(octets, error) if mti == MTI_SUBMIT else _decode_status(octets)
    if mti == MTI_DELIVER:
        return _decode_deliver_report(octets, error)
    if mti == MTI_SUBMIT:
        return _decode_submit(octets)
    if mti == MTI_COMMAND:
        return _decode_command(octets)
    raise CodecError("TP-MTI 3 is reserved", 0)


def _decode_deliver(octets: bytes) -> SmsDeliver:
    first = octets[0]
    address, place = decode_tp_address(octets, 1)
    tp_pid = _octet(octets, place, "TP-PID")
    tp_dcs = _octet(octets, place + 1, "TP-DCS")
    tp_scts = decode_time_stamp(octets, place + 2)
    user_data, end = decode_tp_user_data(
        octets,
        place + 2 + TIME_STAMP_OCTETS,
        tp_dcs,
        bool(first & BIT_USER_DATA_HEADER),
        USER_DATA_OCTETS_MAX,
    )
    _expect_end(octets, end)
    return SmsDeliver(
        address,
        tp_pid,
        tp_dcs,
        tp_scts,
        user_data,
        not first & BIT_NO_MORE_MESSAGES,
        bool(first & BIT_LOOP_PREVENTION),
        bool(first & BIT_STATUS_REPORT),
        bool(first & BIT_REPLY_PATH),
        first & (RESERVED_DELIVER | MTI_RESERVED),
    )


def _decode_submit(octets: bytes) -> SmsSubmit:
    first = octets[0]
    tp_mr = _octet(octets, 1, "TP-MR")
    address, place = decode_tp_address(octets, 2)
    tp_pid = _octet(octets, place, "TP-PID")
    tp_dcs = _octet(octets, place + 1, "TP-DCS")
    tp_vpf = first >> 3 & 0x03
    place += 2
    end = place + VALIDITY_OCTETS[tp_vpf]
    if end > len(octets):
        raise CodecError(f"TP-VP has {VALIDITY_OCTETS[tp_vpf]} octets", place)
    tp_vp = octets[place:end]
    user_data, end = decode_tp_user_data(
        octets, end, tp_dcs, bool(first & BIT_USER_DATA_HEADER), USER_DATA_OCTETS_MAX
    )
    _expect_end(octets, end)
    return SmsSubmit(
        tp_mr,
        address,
        tp_pid,
        tp_dcs,
        user_data,
        tp_vpf,
        tp_vp,
        bool(first & BIT_REJECT_DUPLICATES),
        bool(first & BIT_STATUS_REPORT),
        bool(first & BIT_REPLY_PATH),
    )


def _decode_status(octets: bytes) -> SmsStatusReport:
    first = octets[0]
    tp_mr = _octet(octets, 1, "TP-MR")
    address, place = decode_tp_address(octets, 2)
    tp_scts = decode_time_stamp(octets, place)
    tp_dt = decode_time_stamp(octets, place + TIME_STAMP_OCTETS)
    place += 2 * TIME_STAMP_OCTETS
    tp_st = _octet(octets, place, "TP-ST")
    has_header = bool(first & BIT_USER_DATA_HEADER)
    optional: OptionalParameters | None = None
    if place + 1 < len(octets):
        optional = _decode_optional(octets, place + 1, has_header, STATUS_REPORT_OCTETS_MAX)
    return SmsStatusReport(
        tp_mr,
        address,
        tp_scts,
        tp_dt,
        tp_st,
        optional,
        not first & BIT_NO_MORE_MESSAGES,
        bool(first & BIT_LOOP_PREVENTION),
        bool(first & BIT_STATUS_REPORT),
        has_header,
        first & RESERVED_STATUS_REPORT,
    )


def _decode_command(octets: bytes) -> SmsCommand:
    first = octets[0]
    tp_mr = _octet(octets, 1, "TP-MR")
    tp_pid = _octet(octets, 2, "TP-PID")
    tp_ct = _octet(octets, 3, "TP-CT")
    tp_mn = _octet(octets, 4, "TP-MN")
    address, place = decode_tp_address(octets, 5)
    length = _octet(octets, place, "TP-CDL")
    end = place + 1 + length
    if length > COMMAND_OCTETS_MAX or end > len(octets):
        raise CodecError(f"TP-CDL of {length} reaches beyond what is there or allowed", place)
    _expect_end(octets, end)
    has_header = bool(first & BIT_USER_DATA_HEADER)
    tp_cd = octets[place + 1 : end]
    if has_header:
        try:
            split_user_data_header(tp_cd)
        except CodecError as error:
            raise CodecError("user data header reaches beyond TP-CD", place + 1) from error
    return SmsCommand(
        tp_mr,
        tp_pid,
        tp_ct,
        tp_mn,
        address,
        tp_cd,
        bool(first & BIT_STATUS_REPORT),
        has_header,
        first & RESERVED_COMMAND,
    )


def _decode_deliver_report(octets: bytes, error: bool) -> SmsDeliverReport:
    first = octets[0]
    has_header = bool(first & BIT_USER_DATA_HEADER)
    place = 1
    tp_fcs: int | None = None
    octets_max = DELIVER_REPORT_ACK_OCTETS_MAX
    if error:
        tp_fcs = _octet(octets, place, "TP-FCS")
        place += 1
        octets_max = DELIVER_REPORT_ERROR_OCTETS_MAX
    optional = _decode_optional(octets, place, has_header, octets_max)
    return SmsDeliverReport(optional, tp_fcs, has_header, first & RESERVED_REPORT)


def _decode_submit_report(octets: bytes, error: bool) -> SmsSubmitReport:
    first = octets[0]
    has_header = bool(first & BIT_USER_DATA_HEADER)
    place = 1
    tp_fcs: int | None = None
    octets_max = SUBMIT_REPORT_ACK_OCTETS_MAX
    if error:
        tp_fcs = _octet(octets, place, "TP-FCS")
        place += 1
        octets_max = SUBMIT_REPORT_ERROR_OCTETS_MAX
    # The time stamp stands between TP-PI and what that announces.
    indicator_end = _indicator_end(octets, place)
    tp_scts = decode_time_stamp(octets, indicator_end)
    rest = octets[:indicator_end] + octets[indicator_end + TIME_STAMP_OCTETS :]
    try:
        optional = _decode_optional(rest, place, has_header, octets_max)
    except CodecError as problem:
        if problem.position < indicator_end:
            raise
        raise _moved(problem, TIME_STAMP_OCTETS) from None
    return SmsSubmitReport(tp_scts, optional, tp_fcs, has_header, first & RESERVED_REPORT)


def _decode_optional(
    octets: bytes, start: int, has_header: bool, octets_max: int
) -> OptionalParameters:
    """TP-PI at `start` and all that follows, to the end of the octets."""
    place = _indicator_end(octets, start)
    indicator = octets[start:place]
    announced = indicator[0]
    tp_pid: int | None = None
    tp_dcs: int | None = None
    user_data: TpUserData | None = None
    if announced & PI_PROTOCOL_IDENTIFIER:
        tp_pid = _octet(octets, place, "TP-PID")
        place += 1
    if announced & PI_DATA_CODING_SCHEME:
        tp_dcs = _octet(octets, place, "TP-DCS")
        place += 1
    if announced & PI_USER_DATA:
        # Without a TP-DCS the text is in the default alphabet.
        user_data, place = decode_tp_user_data(octets, place, tp_dcs or 0, has_header, octets_max)
    reserved = bytes([announced & (PI_RESERVED | PI_EXTENSION)]) + indicator[1:]
    if not any(reserved):
        _expect_end(octets, place)
    return OptionalParameters(tp_pid, tp_dcs, user_data, reserved, octets[place:])


def _indicator_end(octets: bytes, start: int) -> int:
    place = start
    while _octet(octets, place, "TP-PI") & PI_EXTENSION:
        place += 1
    return place + 1


def _octet(octets: bytes, place: int, name: str) -> int:
    if place >= len(octets):
        raise CodecError(f"{name} is missing", len(octets))
    return octets[place]


def _expect_end(octets: bytes, end: int) -> None:
    if end != len(octets):
        raise CodecError(f"{len(octets) - end} octets after the end of the transfer PDU", end)


def _moved(problem: CodecError, octets: int) -> CodecError:
    words = str(problem).removesuffix(f" (at position {problem.position})")
    return CodecError(words, problem.position + octets)
