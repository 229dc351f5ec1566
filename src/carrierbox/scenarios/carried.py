"""The same submission in another PDU: submit_sm becomes data_sm or submit_multi."""

from carrierbox.scenarios.steps_written import DATA_SM, SUBMIT_MULTI, DistributionList, SubmitStep
from carrierbox.scenarios.submissions import address_of
from carrierbox.scenarios.times import seconds_of
from carrierbox.smpp.fields import DestAddress, DistributionListDestination, SmeDestination
from carrierbox.smpp.pdus import DataSm, Pdu, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_QOS_TIME_TO_LIVE,
    Tlv,
    integer_tlv,
    tlv_octets,
)


def carried(step: SubmitStep, submit: SubmitSm) -> Pdu:
    """What a step says in the PDU that it names."""
    if step.operation == DATA_SM:
        return _data_sm(step, submit)
    if step.operation == SUBMIT_MULTI:
        return _submit_multi(step, submit)
    return submit


def _data_sm(step: SubmitStep, submit: SubmitSm) -> DataSm:
    tlvs: list[Tlv] = list(submit.tlvs)
    if tlv_octets(tlvs, TAG_MESSAGE_PAYLOAD) is None:
        tlvs.append(Tlv(TAG_MESSAGE_PAYLOAD, submit.short_message))
    if step.validity is not None:
        tlvs.append(integer_tlv(TAG_QOS_TIME_TO_LIVE, round(seconds_of(step.validity))))
    return DataSm(
        service_type=submit.service_type,
        source_addr_ton=submit.source_addr_ton,
        source_addr_npi=submit.source_addr_npi,
        source_addr=submit.source_addr,
        dest_addr_ton=submit.dest_addr_ton,
        dest_addr_npi=submit.dest_addr_npi,
        destination_addr=submit.destination_addr,
        esm_class=submit.esm_class,
        registered_delivery=submit.registered_delivery,
        data_coding=submit.data_coding,
        tlvs=tlvs,
    )


def _submit_multi(step: SubmitStep, submit: SubmitSm) -> SubmitMulti:
    destinations = step.to if isinstance(step.to, list) else [step.to]
    return SubmitMulti(
        service_type=submit.service_type,
        source_addr_ton=submit.source_addr_ton,
        source_addr_npi=submit.source_addr_npi,
        source_addr=submit.source_addr,
        dest_address=[_destination(each) for each in destinations],
        esm_class=submit.esm_class,
        protocol_id=submit.protocol_id,
        priority_flag=submit.priority_flag,
        schedule_delivery_time=submit.schedule_delivery_time,
        validity_period=submit.validity_period,
        registered_delivery=submit.registered_delivery,
        data_coding=submit.data_coding,
        short_message=submit.short_message,
        tlvs=submit.tlvs,
    )


def _destination(written: str | DistributionList) -> DestAddress:
    if isinstance(written, DistributionList):
        return DistributionListDestination(written.dl_name)
    return SmeDestination(*address_of(written))
