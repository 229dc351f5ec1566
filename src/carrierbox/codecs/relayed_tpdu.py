"""Between transfer PDUs and what crosses the relay between centre and network, unpacked.

The relay carries plain fields; these turn them into an SMS-DELIVER or SMS-SUBMIT and back.
"""

from carrierbox.codecs.tp_address import tp_address
from carrierbox.codecs.tp_time import (
    VALIDITY_NONE,
    VALIDITY_RELATIVE,
    relative_validity,
    time_stamp,
)
from carrierbox.codecs.tp_user_data import tp_user_data
from carrierbox.codecs.tpdu_types import SmsDeliver, SmsSubmit
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address


class RelayedMessage:
    """What an SMS-DELIVER or SMS-SUBMIT says, unpacked.

    `address` is the other end: the originator of a deliver, the destination of a submit.
    `service_centre_time` is in seconds since 1970, None in a submit.
    """

    def __init__(
        self,
        address: Address,
        tp_pid: int,
        tp_dcs: int,
        user_data_header: bytes,
        user_data: bytes,
        service_centre_time: float | None,
        more_messages: bool,
    ) -> None:
        self.address = address
        self.tp_pid = tp_pid
        self.tp_dcs = tp_dcs
        self.user_data_header = user_data_header
        self.user_data = user_data
        self.service_centre_time = service_centre_time
        self.more_messages = more_messages


def sms_deliver(
    originating: Address,
    tp_pid: int,
    tp_dcs: int,
    user_data_header: bytes,
    user_data: bytes,
    service_centre_time: float,
    more_messages: bool = False,
    quarter_hours: int = 0,
) -> SmsDeliver:
    """The SMS-DELIVER of one part, its time stamp in a zone of so many `quarter_hours`.

    Raises CodecError if the originator, the text or the time has no place in it.
    """
    return SmsDeliver(
        tp_address(originating),
        tp_pid,
        tp_dcs,
        time_stamp(service_centre_time, quarter_hours),
        tp_user_data(user_data_header, user_data, tp_dcs),
        more_messages,
    )


def sms_submit(
    tp_mr: int,
    destination: Address,
    tp_pid: int,
    tp_dcs: int,
    user_data_header: bytes,
    user_data: bytes,
    validity_s: float | None = None,
    status_report_request: bool = False,
) -> SmsSubmit:
    """The SMS-SUBMIT of one part; a validity is rounded up to a relative period.

    Raises CodecError if the destination or the text has no place in it.
    """
    tp_vp = b"" if validity_s is None else bytes([relative_validity(validity_s)])
    return SmsSubmit(
        tp_mr,
        tp_address(destination),
        tp_pid,
        tp_dcs,
        tp_user_data(user_data_header, user_data, tp_dcs),
        VALIDITY_RELATIVE if tp_vp else VALIDITY_NONE,
        tp_vp,
        False,
        status_report_request,
    )


def relayed_message(value: SmsDeliver | SmsSubmit) -> RelayedMessage:
    """What crosses the relay of a PDU.

    Raises CodecError if the time stamp of a deliver is no time or its header is too long.
    """
    header, user_data = value.user_data.unpack()
    if isinstance(value, SmsSubmit):
        return RelayedMessage(
            value.tp_da.address, value.tp_pid, value.tp_dcs, header, user_data, None, False
        )
    at = value.tp_scts.at
    if at is None:
        raise CodecError(f"TP-SCTS is {value.tp_scts.text}")
    return RelayedMessage(
        value.tp_oa.address,
        value.tp_pid,
        value.tp_dcs,
        header,
        user_data,
        at,
        value.more_messages,
    )
