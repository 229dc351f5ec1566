"""Other submissions as the submit_sm that says the same: every message is kept in one form."""

from carrierbox.smpp.pdus import DataSm, ReplaceSm, SmeDestination, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_QOS_TIME_TO_LIVE, tlv_int


def submit_of_data_sm(pdu: DataSm) -> SubmitSm:
    """The submit_sm that says the same."""
    lifetime_s = tlv_int(pdu.tlvs, TAG_QOS_TIME_TO_LIVE)
    return SubmitSm(
        service_type=pdu.service_type,
        source_addr_ton=pdu.source_addr_ton,
        source_addr_npi=pdu.source_addr_npi,
        source_addr=pdu.source_addr,
        dest_addr_ton=pdu.dest_addr_ton,
        dest_addr_npi=pdu.dest_addr_npi,
        destination_addr=pdu.destination_addr,
        esm_class=pdu.esm_class,
        validity_period="" if lifetime_s is None else _relative_time(lifetime_s),
        registered_delivery=pdu.registered_delivery,
        data_coding=pdu.data_coding,
        sequence_number=pdu.sequence_number,
        tlvs=pdu.tlvs,
    )


def _relative_time(seconds: int) -> str:
    """A span as SMPP 3.4 §7.1.1.2 writes it; what is over 28 days counts as 28 days."""
    days, rest = divmod(min(max(seconds, 1), 28 * 86_400), 86_400)
    return f"0000{days:02d}{rest // 3600:02d}{rest // 60 % 60:02d}{rest % 60:02d}000R"


def submit_of_submit_multi(pdu: SubmitMulti, destination: SmeDestination) -> SubmitSm:
    """The submit_sm to one of the destinations."""
    return SubmitSm(
        pdu.service_type,
        pdu.source_addr_ton,
        pdu.source_addr_npi,
        pdu.source_addr,
        destination.dest_addr_ton,
        destination.dest_addr_npi,
        destination.destination_addr,
        pdu.esm_class,
        pdu.protocol_id,
        pdu.priority_flag,
        pdu.schedule_delivery_time,
        pdu.validity_period,
        pdu.registered_delivery,
        0,
        pdu.data_coding,
        pdu.sm_default_msg_id,
        pdu.short_message,
        pdu.sequence_number,
        0,
        pdu.tlvs,
    )


def replaced_submit(submit: SubmitSm, pdu: ReplaceSm) -> SubmitSm:
    """The submit_sm with what a replace_sm changes."""
    return SubmitSm(
        submit.service_type,
        submit.source_addr_ton,
        submit.source_addr_npi,
        submit.source_addr,
        submit.dest_addr_ton,
        submit.dest_addr_npi,
        submit.destination_addr,
        submit.esm_class,
        submit.protocol_id,
        submit.priority_flag,
        pdu.schedule_delivery_time,
        pdu.validity_period,
        pdu.registered_delivery,
        0,
        submit.data_coding,
        pdu.sm_default_msg_id,
        pdu.short_message,
        submit.sequence_number,
        0,
        [tlv for tlv in submit.tlvs if tlv.tag != TAG_MESSAGE_PAYLOAD],
    )
