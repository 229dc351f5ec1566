"""Names of the values in transfer PDUs: TP-ST, TP-FCS, TP-CT, TP-PID (TS 23.040 §9.2.3)."""

from typing import Final

STATUS_NAMES: Final[dict[int, str]] = {
    0x00: "received by the SME",
    0x01: "forwarded, delivery cannot be confirmed",
    0x02: "replaced by the service centre",
    0x20: "congestion",
    0x21: "SME busy",
    0x22: "no response from the SME",
    0x23: "service rejected",
    0x24: "quality of service not available",
    0x25: "error in the SME",
    0x40: "remote procedure error",
    0x41: "incompatible destination",
    0x42: "connection rejected by the SME",
    0x43: "not obtainable",
    0x44: "quality of service not available",
    0x45: "no interworking available",
    0x46: "validity period expired",
    0x47: "deleted by the originating SME",
    0x48: "deleted by the service centre's administration",
    0x49: "short message does not exist",
    0x60: "congestion",
    0x61: "SME busy",
    0x62: "no response from the SME",
    0x63: "service rejected",
    0x64: "quality of service not available",
    0x65: "error in the SME",
}

_STATUS_CLASSES: Final = (
    "completed",
    "temporary error, still trying",
    "permanent error, no more attempts",
    "temporary error, no more attempts",
)

FAILURE_CAUSE_NAMES: Final[dict[int, str]] = {
    0x80: "telematic interworking not supported",
    0x81: "short message type 0 not supported",
    0x82: "cannot replace short message",
    0x8F: "unspecified TP-PID error",
    0x90: "data coding scheme (alphabet) not supported",
    0x91: "message class not supported",
    0x9F: "unspecified TP-DCS error",
    0xA0: "command cannot be actioned",
    0xA1: "command unsupported",
    0xAF: "unspecified TP-Command error",
    0xB0: "TPDU not supported",
    0xC0: "service centre busy",
    0xC1: "no service centre subscription",
    0xC2: "service centre system failure",
    0xC3: "invalid SME address",
    0xC4: "destination SME barred",
    0xC5: "short message rejected as duplicate",
    0xC6: "TP-VPF not supported",
    0xC7: "TP-VP not supported",
    0xD0: "(U)SIM storage full",
    0xD1: "no storage capability in the (U)SIM",
    0xD2: "error in the mobile station",
    0xD3: "memory capacity exceeded",
    0xD4: "(U)SIM application toolkit busy",
    0xD5: "(U)SIM data download error",
    0xFF: "unspecified error cause",
}

COMMAND_NAMES: Final[dict[int, str]] = {
    0x00: "enquiry about a submitted short message",
    0x01: "cancel the status report request",
    0x02: "delete the submitted short message",
    0x03: "enable the status report request",
}

_TELEMATIC_DEVICES: Final[dict[int, str]] = {
    0: "device known to the service centre",
    1: "telex",
    2: "group 3 telefax",
    3: "group 4 telefax",
    4: "voice telephone",
    5: "ERMES",
    6: "national paging system",
    7: "videotex",
    8: "teletex, carrier unspecified",
    9: "teletex in PSPDN",
    10: "teletex in CSPDN",
    11: "teletex in analogue PSTN",
    12: "teletex in digital ISDN",
    13: "UCI",
    16: "message handling facility",
    17: "X.400 message handling system",
    18: "Internet e-mail",
    31: "GSM or UMTS mobile station",
}

_SHORT_MESSAGE_TYPES: Final[dict[int, str]] = {
    0: "short message type 0 (silent)",
    8: "device triggering",
    30: "enhanced message service (obsolete)",
    31: "return call message",
    60: "ANSI-136 R-DATA",
    61: "ME data download",
    62: "ME de-personalization",
    63: "(U)SIM data download",
}


def status_name(tp_st: int) -> str:
    """A TP-ST in words with its class (§9.2.3.15), as in `completed: received by the SME`."""
    if tp_st >= 0x80:
        return "reserved, taken as service rejected"
    meaning = STATUS_NAMES.get(tp_st)
    if meaning is None:
        meaning = "specific to the service centre" if tp_st & 0x10 else "reserved"
    return f"{_STATUS_CLASSES[tp_st >> 5]}: {meaning}"


def failure_cause_name(tp_fcs: int) -> str:
    """A TP-FCS in words (§9.2.3.22)."""
    if 0xE0 <= tp_fcs <= 0xFE:
        return "specific to an application"
    return FAILURE_CAUSE_NAMES.get(tp_fcs, "reserved")


def command_name(tp_ct: int) -> str:
    """A TP-CT in words (§9.2.3.19)."""
    if tp_ct >= 0xE0:
        return "specific to the service centre"
    return COMMAND_NAMES.get(tp_ct, "reserved" if tp_ct < 0x20 else "undefined")


def protocol_identifier_name(tp_pid: int) -> str:
    """A TP-PID in words (§9.2.3.9)."""
    low = tp_pid & 0x3F
    group = tp_pid >> 6
    if group == 0:
        return _interworking_name(low)
    if group == 1:
        if 1 <= low <= 7:
            return f"replace short message type {low}"
        return _SHORT_MESSAGE_TYPES.get(low, "reserved")
    return "specific to the service centre" if group == 3 else "reserved"


def _interworking_name(low: int) -> str:
    device = low & 0x1F
    if not low & 0x20:
        return f"short message protocol {device}" if device else "plain short message"
    if 24 <= device <= 30:
        return "telematic interworking: specific to the service centre"
    return f"telematic interworking: {_TELEMATIC_DEVICES.get(device, 'reserved')}"
