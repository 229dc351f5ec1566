"""The six transfer PDUs as values, each field under its own name (TS 23.040 §9.2.2).

`reserved_bits` are those bits of the first octet that mean nothing in that PDU; they are kept, so
that what was decoded is encoded octet by octet. TP-MTI and TP-UDHI are not among the fields: the
class says the one, the user data the other.
"""

from typing import Final, TypeAlias

from carrierbox.codecs.tp_address import TpAddress
from carrierbox.codecs.tp_time import TimeStamp
from carrierbox.codecs.tp_user_data import TpUserData

DIRECTION_MT: Final = 0
"""From the service centre to the mobile station."""
DIRECTION_MO: Final = 1
"""From the mobile station to the service centre."""


class OptionalParameters:
    """TP-PI and what it announces: TP-PID, TP-DCS, TP-UD, each None where it is absent.

    `reserved` are the octets of TP-PI without the bits of these three; `unknown` is what follows
    the parameters where reserved bits announce more.
    """

    def __init__(
        self,
        tp_pid: int | None = None,
        tp_dcs: int | None = None,
        user_data: TpUserData | None = None,
        reserved: bytes = b"\x00",
        unknown: bytes = b"",
    ) -> None:
        self.tp_pid = tp_pid
        self.tp_dcs = tp_dcs
        self.user_data = user_data
        self.reserved = reserved
        self.unknown = unknown


class SmsDeliver:
    """SMS-DELIVER (§9.2.2.1). `more_messages` is the opposite of TP-MMS as it is sent."""

    def __init__(
        self,
        tp_oa: TpAddress,
        tp_pid: int,
        tp_dcs: int,
        tp_scts: TimeStamp,
        user_data: TpUserData,
        more_messages: bool = False,
        loop_prevention: bool = False,
        status_report_indication: bool = False,
        reply_path: bool = False,
        reserved_bits: int = 0,
    ) -> None:
        self.tp_oa = tp_oa
        self.tp_pid = tp_pid
        self.tp_dcs = tp_dcs
        self.tp_scts = tp_scts
        self.user_data = user_data
        self.more_messages = more_messages
        self.loop_prevention = loop_prevention
        self.status_report_indication = status_report_indication
        self.reply_path = reply_path
        self.reserved_bits = reserved_bits


class SmsSubmit:
    """SMS-SUBMIT (§9.2.2.2). `tp_vp` has 0, 7, 1 or 7 octets for a `tp_vpf` of 0, 1, 2 or 3."""

    def __init__(
        self,
        tp_mr: int,
        tp_da: TpAddress,
        tp_pid: int,
        tp_dcs: int,
        user_data: TpUserData,
        tp_vpf: int = 0,
        tp_vp: bytes = b"",
        reject_duplicates: bool = False,
        status_report_request: bool = False,
        reply_path: bool = False,
    ) -> None:
        self.tp_mr = tp_mr
        self.tp_da = tp_da
        self.tp_pid = tp_pid
        self.tp_dcs = tp_dcs
        self.user_data = user_data
        self.tp_vpf = tp_vpf
        self.tp_vp = tp_vp
        self.reject_duplicates = reject_duplicates
        self.status_report_request = status_report_request
        self.reply_path = reply_path


class SmsStatusReport:
    """SMS-STATUS-REPORT (§9.2.2.3). `of_command` is TP-SRQ; `optional` is None without TP-PI."""

    def __init__(
        self,
        tp_mr: int,
        tp_ra: TpAddress,
        tp_scts: TimeStamp,
        tp_dt: TimeStamp,
        tp_st: int,
        optional: OptionalParameters | None = None,
        more_messages: bool = False,
        loop_prevention: bool = False,
        of_command: bool = False,
        has_header: bool = False,
        reserved_bits: int = 0,
    ) -> None:
        self.tp_mr = tp_mr
        self.tp_ra = tp_ra
        self.tp_scts = tp_scts
        self.tp_dt = tp_dt
        self.tp_st = tp_st
        self.optional = optional
        self.more_messages = more_messages
        self.loop_prevention = loop_prevention
        self.of_command = of_command
        self.has_header = has_header
        self.reserved_bits = reserved_bits


class SmsCommand:
    """SMS-COMMAND (§9.2.2.4). With `has_header` TP-CD, `tp_cd`, starts with a header."""

    def __init__(
        self,
        tp_mr: int,
        tp_pid: int,
        tp_ct: int,
        tp_mn: int,
        tp_da: TpAddress,
        tp_cd: bytes = b"",
        status_report_request: bool = False,
        has_header: bool = False,
        reserved_bits: int = 0,
    ) -> None:
        self.tp_mr = tp_mr
        self.tp_pid = tp_pid
        self.tp_ct = tp_ct
        self.tp_mn = tp_mn
        self.tp_da = tp_da
        self.tp_cd = tp_cd
        self.status_report_request = status_report_request
        self.has_header = has_header
        self.reserved_bits = reserved_bits


class SmsDeliverReport:
    """SMS-DELIVER-REPORT (§9.2.2.1a). `tp_fcs` is None in an RP-ACK, a number in an RP-ERROR."""

    def __init__(
        self,
        optional: OptionalParameters,
        tp_fcs: int | None = None,
        has_header: bool = False,
        reserved_bits: int = 0,
    ) -> None:
        self.optional = optional
        self.tp_fcs = tp_fcs
        self.has_header = has_header
        self.reserved_bits = reserved_bits


class SmsSubmitReport:
    """SMS-SUBMIT-REPORT (§9.2.2.2a). `tp_fcs` is None in an RP-ACK, a number in an RP-ERROR."""

    def __init__(
        self,
        tp_scts: TimeStamp,
        optional: OptionalParameters,
        tp_fcs: int | None = None,
        has_header: bool = False,
        reserved_bits: int = 0,
    ) -> None:
        self.tp_scts = tp_scts
        self.optional = optional
        self.tp_fcs = tp_fcs
        self.has_header = has_header
        self.reserved_bits = reserved_bits


Tpdu: TypeAlias = (
    SmsDeliver | SmsSubmit | SmsStatusReport | SmsCommand | SmsDeliverReport | SmsSubmitReport
)

# TP-MTI and the bits of the first octet.
MTI_DELIVER: Final = 0
MTI_SUBMIT: Final = 1
MTI_STATUS_REPORT: Final = 2
MTI_COMMAND: Final = 2
MTI_RESERVED: Final = 3

BIT_NO_MORE_MESSAGES: Final = 0x04
BIT_REJECT_DUPLICATES: Final = 0x04
BIT_LOOP_PREVENTION: Final = 0x08
BIT_STATUS_REPORT: Final = 0x20
BIT_USER_DATA_HEADER: Final = 0x40
BIT_REPLY_PATH: Final = 0x80

# What means nothing in the first octet of each PDU.
RESERVED_DELIVER: Final = 0x10
RESERVED_STATUS_REPORT: Final = 0x90
RESERVED_COMMAND: Final = 0x9C
RESERVED_REPORT: Final = 0xBC

PI_PROTOCOL_IDENTIFIER: Final = 0x01
PI_DATA_CODING_SCHEME: Final = 0x02
PI_USER_DATA: Final = 0x04
PI_RESERVED: Final = 0x78
PI_EXTENSION: Final = 0x80

# How many octets of TP-UD or TP-CD each has room for.
STATUS_REPORT_OCTETS_MAX: Final = 131
COMMAND_OCTETS_MAX: Final = 157
DELIVER_REPORT_ACK_OCTETS_MAX: Final = 159
DELIVER_REPORT_ERROR_OCTETS_MAX: Final = 158
SUBMIT_REPORT_ACK_OCTETS_MAX: Final = 152
SUBMIT_REPORT_ERROR_OCTETS_MAX: Final = 151
