"""Transfer PDUs as names and values, for people and scripts (TS 23.040 §9.2.2)."""

from typing import TypeAlias

from carrierbox.codecs.data_coding_scheme import describe_data_coding
from carrierbox.codecs.information_element_words import describe_user_data_header
from carrierbox.codecs.message_signs import describe_content
from carrierbox.codecs.tp_address import TpAddress
from carrierbox.codecs.tp_tables import (
    command_name,
    failure_cause_name,
    protocol_identifier_name,
    status_name,
)
from carrierbox.codecs.tp_time import (
    VALIDITY_ABSOLUTE,
    VALIDITY_ENHANCED,
    VALIDITY_NONE,
    VALIDITY_RELATIVE,
    TimeStamp,
    is_single_shot,
    validity_until,
)
from carrierbox.codecs.tp_user_data import TpUserData
from carrierbox.codecs.tpdu_types import (
    OptionalParameters,
    SmsCommand,
    SmsDeliver,
    SmsDeliverReport,
    SmsStatusReport,
    SmsSubmit,
    SmsSubmitReport,
    Tpdu,
)
from carrierbox.codecs.user_data_header import find_concatenation, split_user_data_header
from carrierbox.errors import CodecError

Described: TypeAlias = list[tuple[str, int | str]]


def describe_tpdu(value: Tpdu) -> Described:
    """Every field by its name in the order it is sent, numbers as numbers, octets as hexadecimal.

    A name that ends in `_name` or `_text` explains the field before it. One information element of
    a header is one `information_element`; `text` is the text, in its place what a WAP push
    says has names that start with `push_`. Never fails: what cannot be read is told by a `problem`.
    """
    if isinstance(value, SmsDeliver):
        return _deliver(value)
    if isinstance(value, SmsSubmit):
        return _submit(value)
    if isinstance(value, SmsStatusReport):
        return _status(value)
    if isinstance(value, SmsCommand):
        return _command(value)
    return _report(value)


def _deliver(value: SmsDeliver) -> Described:
    return [
        ("type", "SMS-DELIVER"),
        ("tp_mms", int(not value.more_messages)),
        ("tp_lp", int(value.loop_prevention)),
        ("tp_sri", int(value.status_report_indication)),
        ("tp_udhi", int(value.user_data.has_header)),
        ("tp_rp", int(value.reply_path)),
        *_address("tp_oa", value.tp_oa),
        *_protocol(value.tp_pid),
        *_coding(value.tp_dcs),
        ("tp_scts", value.tp_scts.text),
        *_user_data(value.user_data),
    ]


def _submit(value: SmsSubmit) -> Described:
    return [
        ("type", "SMS-SUBMIT"),
        ("tp_rd", int(value.reject_duplicates)),
        ("tp_vpf", value.tp_vpf),
        ("tp_srr", int(value.status_report_request)),
        ("tp_udhi", int(value.user_data.has_header)),
        ("tp_rp", int(value.reply_path)),
        ("tp_mr", value.tp_mr),
        *_address("tp_da", value.tp_da),
        *_protocol(value.tp_pid),
        *_coding(value.tp_dcs),
        *_validity(value.tp_vpf, value.tp_vp),
        *_user_data(value.user_data),
    ]


def _status(value: SmsStatusReport) -> Described:
    told: Described = [
        ("type", "SMS-STATUS-REPORT"),
        ("tp_mms", int(not value.more_messages)),
        ("tp_lp", int(value.loop_prevention)),
        ("tp_srq", int(value.of_command)),
        ("tp_udhi", int(value.has_header)),
        ("tp_mr", value.tp_mr),
        *_address("tp_ra", value.tp_ra),
        ("tp_scts", value.tp_scts.text),
        ("tp_dt", value.tp_dt.text),
        ("tp_st", value.tp_st),
        ("tp_st_name", status_name(value.tp_st)),
    ]
    return told if value.optional is None else [*told, *_optional(value.optional)]


def _command(value: SmsCommand) -> Described:
    told: Described = [
        ("type", "SMS-COMMAND"),
        ("tp_srr", int(value.status_report_request)),
        ("tp_udhi", int(value.has_header)),
        ("tp_mr", value.tp_mr),
        *_protocol(value.tp_pid),
        ("tp_ct", value.tp_ct),
        ("tp_ct_name", command_name(value.tp_ct)),
        ("tp_mn", value.tp_mn),
        *_address("tp_da", value.tp_da),
        ("tp_cdl", len(value.tp_cd)),
        ("tp_cd", value.tp_cd.hex()),
    ]
    if value.has_header:
        try:
            told += _header(split_user_data_header(value.tp_cd)[0])
        except CodecError as error:
            told.append(("problem", str(error)))
    return told


def _report(value: SmsDeliverReport | SmsSubmitReport) -> Described:
    is_submit = isinstance(value, SmsSubmitReport)
    told: Described = [
        ("type", "SMS-SUBMIT-REPORT" if is_submit else "SMS-DELIVER-REPORT"),
        ("carried_in", "RP-ACK" if value.tp_fcs is None else "RP-ERROR"),
        ("tp_udhi", int(value.has_header)),
    ]
    if value.tp_fcs is not None:
        told.append(("tp_fcs", value.tp_fcs))
        told.append(("tp_fcs_name", failure_cause_name(value.tp_fcs)))
    parameters = _optional(value.optional)
    if isinstance(value, SmsSubmitReport):
        parameters.insert(1, ("tp_scts", value.tp_scts.text))
    return told + parameters


def _optional(optional: OptionalParameters) -> Described:
    present = (optional.tp_pid is not None) | (optional.tp_dcs is not None) << 1
    present |= (optional.user_data is not None) << 2
    told: Described = [("tp_pi", (optional.reserved[0] if optional.reserved else 0) | present)]
    if optional.tp_pid is not None:
        told += _protocol(optional.tp_pid)
    if optional.tp_dcs is not None:
        told += _coding(optional.tp_dcs)
    if optional.user_data is not None:
        told += _user_data(optional.user_data)
    if optional.unknown:
        told.append(("unknown_parameters", optional.unknown.hex()))
    return told


def _address(name: str, value: TpAddress) -> Described:
    return [(name, value.value), (f"{name}_ton", value.ton), (f"{name}_npi", value.npi)]


def _protocol(tp_pid: int) -> Described:
    return [("tp_pid", tp_pid), ("tp_pid_name", protocol_identifier_name(tp_pid))]


def _coding(tp_dcs: int) -> Described:
    return [("tp_dcs", tp_dcs), ("tp_dcs_name", describe_data_coding(tp_dcs).words())]


def _validity(tp_vpf: int, tp_vp: bytes) -> Described:
    if tp_vpf == VALIDITY_NONE:
        return []
    told: Described = [("tp_vp", tp_vp[0] if tp_vpf == VALIDITY_RELATIVE else tp_vp.hex())]
    if tp_vpf == VALIDITY_ABSOLUTE:
        return [*told, ("tp_vp_text", TimeStamp(tp_vp).text)]
    seconds = validity_until(tp_vpf, tp_vp, 0.0)
    words = "none given" if seconds is None else _span(int(seconds))
    if tp_vpf == VALIDITY_ENHANCED and is_single_shot(tp_vpf, tp_vp):
        words += ", one attempt only"
    return [*told, ("tp_vp_text", words)]


def _span(seconds: int) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _user_data(value: TpUserData) -> Described:
    told: Described = [("tp_udl", value.length), ("tp_ud", value.octets.hex())]
    try:
        header, rest = value.unpack()
        if header:
            told += _header(header)
        part = find_concatenation(header)
        content = describe_content(header, rest) if part is None or part.number == 1 else []
        told += [(f"push_{name}", said) for name, said in content]
        if not content:
            told.append(("text", value.text()))
    except CodecError as error:
        told.append(("problem", str(error)))
    return told


def _header(header: bytes) -> Described:
    told: Described = [("user_data_header", header.hex())]
    try:
        for name, words in describe_user_data_header(header):
            told.append(("information_element", f"{name}: {words}"))
    except CodecError as error:
        told.append(("problem", str(error)))
    return told
