"""The PDUs that carry messages and what becomes of them (SMPP 3.4 §4.4 to §4.10, §4.12).

Import them from `carrierbox.smpp.pdus`.
"""

from typing import Final

from carrierbox.smpp import values
from carrierbox.smpp.fields import DestAddress, UnsuccessSme
from carrierbox.smpp.session_pdus import NO_TLVS, Pdu
from carrierbox.smpp.tlv import Tlv

NO_DESTINATIONS: Final[list[DestAddress]] = []
NO_UNSUCCESS: Final[list[UnsuccessSme]] = []


class ShortMessageRequest(Pdu):
    """The body that submit_sm and deliver_sm share (SMPP 3.4 §4.4.1, §4.6.1)."""

    def __init__(
        self,
        command_id: int,
        service_type: str,
        source_addr_ton: int,
        source_addr_npi: int,
        source_addr: str,
        dest_addr_ton: int,
        dest_addr_npi: int,
        destination_addr: str,
        esm_class: int,
        protocol_id: int,
        priority_flag: int,
        schedule_delivery_time: str,
        validity_period: str,
        registered_delivery: int,
        replace_if_present_flag: int,
        data_coding: int,
        sm_default_msg_id: int,
        short_message: bytes,
        sequence_number: int,
        command_status: int,
        tlvs: list[Tlv],
        frame: bytes,
    ) -> None:
        super().__init__(command_id, sequence_number, command_status, tlvs, frame)
        self.service_type = service_type
        self.source_addr_ton = source_addr_ton
        self.source_addr_npi = source_addr_npi
        self.source_addr = source_addr
        self.dest_addr_ton = dest_addr_ton
        self.dest_addr_npi = dest_addr_npi
        self.destination_addr = destination_addr
        self.esm_class = esm_class
        self.protocol_id = protocol_id
        self.priority_flag = priority_flag
        self.schedule_delivery_time = schedule_delivery_time
        self.validity_period = validity_period
        self.registered_delivery = registered_delivery
        self.replace_if_present_flag = replace_if_present_flag
        self.data_coding = data_coding
        self.sm_default_msg_id = sm_default_msg_id
        self.short_message = short_message


class SubmitSm(ShortMessageRequest):
    """submit_sm (SMPP 3.4 §4.4.1)."""

    def __init__(
        self,
        service_type: str = "",
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        dest_addr_ton: int = 0,
        dest_addr_npi: int = 0,
        destination_addr: str = "",
        esm_class: int = 0,
        protocol_id: int = 0,
        priority_flag: int = 0,
        schedule_delivery_time: str = "",
        validity_period: str = "",
        registered_delivery: int = 0,
        replace_if_present_flag: int = 0,
        data_coding: int = 0,
        sm_default_msg_id: int = 0,
        short_message: bytes = b"",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.SUBMIT_SM,
            service_type,
            source_addr_ton,
            source_addr_npi,
            source_addr,
            dest_addr_ton,
            dest_addr_npi,
            destination_addr,
            esm_class,
            protocol_id,
            priority_flag,
            schedule_delivery_time,
            validity_period,
            registered_delivery,
            replace_if_present_flag,
            data_coding,
            sm_default_msg_id,
            short_message,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class DeliverSm(ShortMessageRequest):
    """deliver_sm: a message or a receipt for an application (SMPP 3.4 §4.6.1)."""

    def __init__(
        self,
        service_type: str = "",
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        dest_addr_ton: int = 0,
        dest_addr_npi: int = 0,
        destination_addr: str = "",
        esm_class: int = 0,
        protocol_id: int = 0,
        priority_flag: int = 0,
        schedule_delivery_time: str = "",
        validity_period: str = "",
        registered_delivery: int = 0,
        replace_if_present_flag: int = 0,
        data_coding: int = 0,
        sm_default_msg_id: int = 0,
        short_message: bytes = b"",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.DELIVER_SM,
            service_type,
            source_addr_ton,
            source_addr_npi,
            source_addr,
            dest_addr_ton,
            dest_addr_npi,
            destination_addr,
            esm_class,
            protocol_id,
            priority_flag,
            schedule_delivery_time,
            validity_period,
            registered_delivery,
            replace_if_present_flag,
            data_coding,
            sm_default_msg_id,
            short_message,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class MessageIdResponse(Pdu):
    """What the answers that carry a message_id have in common."""

    def __init__(
        self,
        command_id: int,
        message_id: str,
        sequence_number: int,
        command_status: int,
        tlvs: list[Tlv],
        frame: bytes,
    ) -> None:
        super().__init__(command_id, sequence_number, command_status, tlvs, frame)
        self.message_id = message_id


class SubmitSmResp(MessageIdResponse):
    """submit_sm_resp (SMPP 3.4 §4.4.2)."""

    def __init__(
        self,
        message_id: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.SUBMIT_SM_RESP,
            message_id,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class DeliverSmResp(MessageIdResponse):
    """deliver_sm_resp; its message_id is unused (SMPP 3.4 §4.6.2)."""

    def __init__(
        self,
        message_id: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.DELIVER_SM_RESP,
            message_id,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class DataSm(Pdu):
    """data_sm: its text is in the TLV message_payload (SMPP 3.4 §4.7.1)."""

    def __init__(
        self,
        service_type: str = "",
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        dest_addr_ton: int = 0,
        dest_addr_npi: int = 0,
        destination_addr: str = "",
        esm_class: int = 0,
        registered_delivery: int = 0,
        data_coding: int = 0,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.DATA_SM, sequence_number, command_status, tlvs, frame)
        self.service_type = service_type
        self.source_addr_ton = source_addr_ton
        self.source_addr_npi = source_addr_npi
        self.source_addr = source_addr
        self.dest_addr_ton = dest_addr_ton
        self.dest_addr_npi = dest_addr_npi
        self.destination_addr = destination_addr
        self.esm_class = esm_class
        self.registered_delivery = registered_delivery
        self.data_coding = data_coding


class DataSmResp(MessageIdResponse):
    """data_sm_resp (SMPP 3.4 §4.7.2)."""

    def __init__(
        self,
        message_id: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.DATA_SM_RESP,
            message_id,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class QuerySm(Pdu):
    """query_sm (SMPP 3.4 §4.8.1)."""

    def __init__(
        self,
        message_id: str = "",
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.QUERY_SM, sequence_number, command_status, tlvs, frame)
        self.message_id = message_id
        self.source_addr_ton = source_addr_ton
        self.source_addr_npi = source_addr_npi
        self.source_addr = source_addr


class QuerySmResp(Pdu):
    """query_sm_resp; final_date is empty before a final state (SMPP 3.4 §4.8.2)."""

    def __init__(
        self,
        message_id: str = "",
        final_date: str = "",
        message_state: int = 0,
        error_code: int = 0,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.QUERY_SM_RESP, sequence_number, command_status, tlvs, frame)
        self.message_id = message_id
        self.final_date = final_date
        self.message_state = message_state
        self.error_code = error_code


class CancelSm(Pdu):
    """cancel_sm; an empty message_id cancels by addresses (SMPP 3.4 §4.9.1)."""

    def __init__(
        self,
        service_type: str = "",
        message_id: str = "",
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        dest_addr_ton: int = 0,
        dest_addr_npi: int = 0,
        destination_addr: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.CANCEL_SM, sequence_number, command_status, tlvs, frame)
        self.service_type = service_type
        self.message_id = message_id
        self.source_addr_ton = source_addr_ton
        self.source_addr_npi = source_addr_npi
        self.source_addr = source_addr
        self.dest_addr_ton = dest_addr_ton
        self.dest_addr_npi = dest_addr_npi
        self.destination_addr = destination_addr


class CancelSmResp(Pdu):
    """cancel_sm_resp (SMPP 3.4 §4.9.2): a header only."""

    def __init__(
        self,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.CANCEL_SM_RESP, sequence_number, command_status, tlvs, frame)


class ReplaceSm(Pdu):
    """replace_sm; empty times keep the old ones (SMPP 3.4 §4.10.1)."""

    def __init__(
        self,
        message_id: str = "",
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        schedule_delivery_time: str = "",
        validity_period: str = "",
        registered_delivery: int = 0,
        sm_default_msg_id: int = 0,
        short_message: bytes = b"",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.REPLACE_SM, sequence_number, command_status, tlvs, frame)
        self.message_id = message_id
        self.source_addr_ton = source_addr_ton
        self.source_addr_npi = source_addr_npi
        self.source_addr = source_addr
        self.schedule_delivery_time = schedule_delivery_time
        self.validity_period = validity_period
        self.registered_delivery = registered_delivery
        self.sm_default_msg_id = sm_default_msg_id
        self.short_message = short_message


class ReplaceSmResp(Pdu):
    """replace_sm_resp (SMPP 3.4 §4.10.2): a header only."""

    def __init__(
        self,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.REPLACE_SM_RESP, sequence_number, command_status, tlvs, frame)


class SubmitMulti(Pdu):
    """submit_multi: one message to up to 255 destinations (SMPP 3.4 §4.5.1)."""

    def __init__(
        self,
        service_type: str = "",
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        dest_address: list[DestAddress] = NO_DESTINATIONS,
        esm_class: int = 0,
        protocol_id: int = 0,
        priority_flag: int = 0,
        schedule_delivery_time: str = "",
        validity_period: str = "",
        registered_delivery: int = 0,
        replace_if_present_flag: int = 0,
        data_coding: int = 0,
        sm_default_msg_id: int = 0,
        short_message: bytes = b"",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.SUBMIT_MULTI, sequence_number, command_status, tlvs, frame)
        self.service_type = service_type
        self.source_addr_ton = source_addr_ton
        self.source_addr_npi = source_addr_npi
        self.source_addr = source_addr
        self.dest_address = dest_address
        self.esm_class = esm_class
        self.protocol_id = protocol_id
        self.priority_flag = priority_flag
        self.schedule_delivery_time = schedule_delivery_time
        self.validity_period = validity_period
        self.registered_delivery = registered_delivery
        self.replace_if_present_flag = replace_if_present_flag
        self.data_coding = data_coding
        self.sm_default_msg_id = sm_default_msg_id
        self.short_message = short_message


class SubmitMultiResp(Pdu):
    """submit_multi_resp (SMPP 3.4 §4.5.2)."""

    def __init__(
        self,
        message_id: str = "",
        unsuccess_sme: list[UnsuccessSme] = NO_UNSUCCESS,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.SUBMIT_MULTI_RESP, sequence_number, command_status, tlvs, frame)
        self.message_id = message_id
        self.unsuccess_sme = unsuccess_sme


class AlertNotification(Pdu):
    """alert_notification: a phone can be reached again (SMPP 3.4 §4.12.1). Not answered."""

    def __init__(
        self,
        source_addr_ton: int = 0,
        source_addr_npi: int = 0,
        source_addr: str = "",
        esme_addr_ton: int = 0,
        esme_addr_npi: int = 0,
        esme_addr: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.ALERT_NOTIFICATION, sequence_number, command_status, tlvs, frame)
        self.source_addr_ton = source_addr_ton
        self.source_addr_npi = source_addr_npi
        self.source_addr = source_addr
        self.esme_addr_ton = esme_addr_ton
        self.esme_addr_npi = esme_addr_npi
        self.esme_addr = esme_addr
