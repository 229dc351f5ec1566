"""The PDUs that open, keep and end a session (SMPP 3.4 §4.1 to §4.3, §4.11), and their base.

Import them from `carrierbox.smpp.pdus`.
"""

from typing import Final

from carrierbox.smpp import values
from carrierbox.smpp.tlv import Tlv

NO_TLVS: Final[list[Tlv]] = []


class Pdu:
    """What every PDU has (SMPP 3.4 §3.2). `frame` is the octets it was decoded from, or b""."""

    def __init__(
        self,
        command_id: int,
        sequence_number: int,
        command_status: int,
        tlvs: list[Tlv],
        frame: bytes,
    ) -> None:
        self.command_id = command_id
        self.sequence_number = sequence_number
        self.command_status = command_status
        self.tlvs = tlvs
        self.frame = frame

    def __repr__(self) -> str:
        name = values.command_name(self.command_id)
        return f"<{name} {values.status_name(self.command_status)} #{self.sequence_number}>"


class BindRequest(Pdu):
    """What the three binds have in common (SMPP 3.4 §4.1)."""

    def __init__(
        self,
        command_id: int,
        system_id: str,
        password: str,
        system_type: str,
        interface_version: int,
        addr_ton: int,
        addr_npi: int,
        address_range: str,
        sequence_number: int,
        command_status: int,
        tlvs: list[Tlv],
        frame: bytes,
    ) -> None:
        super().__init__(command_id, sequence_number, command_status, tlvs, frame)
        self.system_id = system_id
        self.password = password
        self.system_type = system_type
        self.interface_version = interface_version
        self.addr_ton = addr_ton
        self.addr_npi = addr_npi
        self.address_range = address_range


class BindReceiver(BindRequest):
    """bind_receiver (SMPP 3.4 §4.1.3)."""

    def __init__(
        self,
        system_id: str = "",
        password: str = "",
        system_type: str = "",
        interface_version: int = values.INTERFACE_VERSION_3_4,
        addr_ton: int = 0,
        addr_npi: int = 0,
        address_range: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.BIND_RECEIVER,
            system_id,
            password,
            system_type,
            interface_version,
            addr_ton,
            addr_npi,
            address_range,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class BindTransmitter(BindRequest):
    """bind_transmitter (SMPP 3.4 §4.1.1)."""

    def __init__(
        self,
        system_id: str = "",
        password: str = "",
        system_type: str = "",
        interface_version: int = values.INTERFACE_VERSION_3_4,
        addr_ton: int = 0,
        addr_npi: int = 0,
        address_range: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.BIND_TRANSMITTER,
            system_id,
            password,
            system_type,
            interface_version,
            addr_ton,
            addr_npi,
            address_range,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class BindTransceiver(BindRequest):
    """bind_transceiver (SMPP 3.4 §4.1.5)."""

    def __init__(
        self,
        system_id: str = "",
        password: str = "",
        system_type: str = "",
        interface_version: int = values.INTERFACE_VERSION_3_4,
        addr_ton: int = 0,
        addr_npi: int = 0,
        address_range: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.BIND_TRANSCEIVER,
            system_id,
            password,
            system_type,
            interface_version,
            addr_ton,
            addr_npi,
            address_range,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class BindResponse(Pdu):
    """What the answers to the three binds have in common (SMPP 3.4 §4.1)."""

    def __init__(
        self,
        command_id: int,
        system_id: str,
        sequence_number: int,
        command_status: int,
        tlvs: list[Tlv],
        frame: bytes,
    ) -> None:
        super().__init__(command_id, sequence_number, command_status, tlvs, frame)
        self.system_id = system_id


class BindReceiverResp(BindResponse):
    """bind_receiver_resp (SMPP 3.4 §4.1.4)."""

    def __init__(
        self,
        system_id: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.BIND_RECEIVER_RESP,
            system_id,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class BindTransmitterResp(BindResponse):
    """bind_transmitter_resp (SMPP 3.4 §4.1.2)."""

    def __init__(
        self,
        system_id: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.BIND_TRANSMITTER_RESP,
            system_id,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class BindTransceiverResp(BindResponse):
    """bind_transceiver_resp (SMPP 3.4 §4.1.6)."""

    def __init__(
        self,
        system_id: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(
            values.BIND_TRANSCEIVER_RESP,
            system_id,
            sequence_number,
            command_status,
            tlvs,
            frame,
        )


class Outbind(Pdu):
    """outbind: the message centre asks to be bound to (SMPP 3.4 §4.1.7). Not answered."""

    def __init__(
        self,
        system_id: str = "",
        password: str = "",
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.OUTBIND, sequence_number, command_status, tlvs, frame)
        self.system_id = system_id
        self.password = password


class Unbind(Pdu):
    """unbind (SMPP 3.4 §4.2.1): a header only."""

    def __init__(
        self,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.UNBIND, sequence_number, command_status, tlvs, frame)


class UnbindResp(Pdu):
    """unbind_resp (SMPP 3.4 §4.2.2): a header only."""

    def __init__(
        self,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.UNBIND_RESP, sequence_number, command_status, tlvs, frame)


class GenericNack(Pdu):
    """generic_nack (SMPP 3.4 §4.3.1): a header only."""

    def __init__(
        self,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.GENERIC_NACK, sequence_number, command_status, tlvs, frame)


class EnquireLink(Pdu):
    """enquire_link (SMPP 3.4 §4.11.1): a header only."""

    def __init__(
        self,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.ENQUIRE_LINK, sequence_number, command_status, tlvs, frame)


class EnquireLinkResp(Pdu):
    """enquire_link_resp (SMPP 3.4 §4.11.2): a header only."""

    def __init__(
        self,
        sequence_number: int = 0,
        command_status: int = 0,
        tlvs: list[Tlv] = NO_TLVS,
        frame: bytes = b"",
    ) -> None:
        super().__init__(values.ENQUIRE_LINK_RESP, sequence_number, command_status, tlvs, frame)
