"""What crosses between the message centre and the network, in the words of TS 23.040 §9.3.

The centre hands down `RpMtData`; the network answers each with `RpAck` or `RpError` and speaks up
on its own with `RpAlertSc` and `RpMoData`. Text crosses unpacked: `user_data` holds one septet per
octet (GSM 7-bit), UCS-2 octets or plain octets, as `tp_dcs` says; a TPDU's packed octets are made
only when something looks at them.
"""

from typing import Final, Protocol, TypeAlias

from carrierbox.clock import NetworkTime
from carrierbox.codecs.default_coding import said_plainly
from carrierbox.codecs.national_language import decode_short_message
from carrierbox.identifiers import Address

# Causes: MAP user errors by their local code (TS 29.002 §17.6.6).
UNKNOWN_SUBSCRIBER: Final = 1
UNIDENTIFIED_SUBSCRIBER: Final = 5
ABSENT_SUBSCRIBER: Final = 6
ILLEGAL_SUBSCRIBER: Final = 9
TELESERVICE_NOT_PROVISIONED: Final = 11
ILLEGAL_EQUIPMENT: Final = 12
CALL_BARRED: Final = 13
FACILITY_NOT_SUPPORTED: Final = 21
SUBSCRIBER_BUSY_FOR_MT_SMS: Final = 31
SM_DELIVERY_FAILURE: Final = 32
SYSTEM_FAILURE: Final = 34
DATA_MISSING: Final = 35
UNEXPECTED_DATA_VALUE: Final = 36
RESOURCE_LIMITATION: Final = 51

CAUSE_NAMES: Final = {
    UNKNOWN_SUBSCRIBER: "UNKNOWN_SUBSCRIBER",
    UNIDENTIFIED_SUBSCRIBER: "UNIDENTIFIED_SUBSCRIBER",
    ABSENT_SUBSCRIBER: "ABSENT_SUBSCRIBER",
    ILLEGAL_SUBSCRIBER: "ILLEGAL_SUBSCRIBER",
    TELESERVICE_NOT_PROVISIONED: "TELESERVICE_NOT_PROVISIONED",
    ILLEGAL_EQUIPMENT: "ILLEGAL_EQUIPMENT",
    CALL_BARRED: "CALL_BARRED",
    FACILITY_NOT_SUPPORTED: "FACILITY_NOT_SUPPORTED",
    SUBSCRIBER_BUSY_FOR_MT_SMS: "SUBSCRIBER_BUSY_FOR_MT_SMS",
    SM_DELIVERY_FAILURE: "SM_DELIVERY_FAILURE",
    SYSTEM_FAILURE: "SYSTEM_FAILURE",
    DATA_MISSING: "DATA_MISSING",
    UNEXPECTED_DATA_VALUE: "UNEXPECTED_DATA_VALUE",
    RESOURCE_LIMITATION: "RESOURCE_LIMITATION",
}

# What a short message is to whom it is for. All but the first are of CDMA and TDMA networks; GSM
# has no acknowledgement between the two ends (SMPP 3.4 §5.2.12).
TEXT: Final = 0
DELIVERY_ACKNOWLEDGEMENT: Final = 1
USER_ACKNOWLEDGEMENT: Final = 2
CONVERSATION_ABORT: Final = 3
STATUS_REPORT: Final = 4
"""SMS-STATUS-REPORT (TS 23.040 §9.2.2.3): its user data is two octets, TP-MR and TP-ST."""

NO_RESPONSE_CODE: Final = -1

# Absent subscriber diagnostics (TS 23.040 §3.3.2, table 1a).
NO_PAGING_RESPONSE_VIA_MSC: Final = 0
IMSI_DETACHED: Final = 1
ROAMING_RESTRICTION: Final = 2
DEREGISTERED: Final = 3
MS_PURGED: Final = 4
NO_PAGING_RESPONSE_VIA_SGSN: Final = 5
GPRS_DETACHED: Final = 6
UNIDENTIFIED_VIA_MSC: Final = 9
TEMPORARILY_UNAVAILABLE: Final = 13

DIAGNOSTIC_NAMES: Final = {
    NO_PAGING_RESPONSE_VIA_MSC: "NO_PAGING_RESPONSE_VIA_MSC",
    IMSI_DETACHED: "IMSI_DETACHED",
    ROAMING_RESTRICTION: "ROAMING_RESTRICTION",
    DEREGISTERED: "DEREGISTERED",
    MS_PURGED: "MS_PURGED",
    NO_PAGING_RESPONSE_VIA_SGSN: "NO_PAGING_RESPONSE_VIA_SGSN",
    GPRS_DETACHED: "GPRS_DETACHED",
    UNIDENTIFIED_VIA_MSC: "UNIDENTIFIED_VIA_MSC",
    TEMPORARILY_UNAVAILABLE: "TEMPORARILY_UNAVAILABLE",
}

TAKEN: Final = -1
"""No failure: the phone has the part."""

# Why SM_DELIVERY_FAILURE (TS 29.002 §17.7.6, SM-EnumeratedDeliveryFailureCause).
MEMORY_CAPACITY_EXCEEDED: Final = 0
EQUIPMENT_PROTOCOL_ERROR: Final = 1
EQUIPMENT_NOT_SM_EQUIPPED: Final = 2

FAILURE_NAMES: Final = {
    MEMORY_CAPACITY_EXCEEDED: "MEMORY_CAPACITY_EXCEEDED",
    EQUIPMENT_PROTOCOL_ERROR: "EQUIPMENT_PROTOCOL_ERROR",
    EQUIPMENT_NOT_SM_EQUIPPED: "EQUIPMENT_NOT_SM_EQUIPPED",
}

# Why CALL_BARRED (TS 29.002 §17.7.1, CallBarringCause).
BARRING_SERVICE_ACTIVE: Final = 0
OPERATOR_BARRING: Final = 1

BARRING_NAMES: Final = {
    BARRING_SERVICE_ACTIVE: "BARRING_SERVICE_ACTIVE",
    OPERATOR_BARRING: "OPERATOR_BARRING",
}

DIAGNOSTICS_OF: Final = {
    ABSENT_SUBSCRIBER: DIAGNOSTIC_NAMES,
    SM_DELIVERY_FAILURE: FAILURE_NAMES,
    CALL_BARRED: BARRING_NAMES,
}
"""What the diagnostic of an error may be, by the error."""

REFERENCE_SEGMENT_BITS: Final = 8
"""The lowest bits of a reference say which part of its message it is of."""


def describe_error(cause: int, diagnostic: int) -> str:
    """A MAP user error in its own words, with what its diagnostic adds: `CALL_BARRED`, …"""
    name = CAUSE_NAMES.get(cause, f"MAP error {cause}")
    more = ""
    if cause == ABSENT_SUBSCRIBER:
        more = DIAGNOSTIC_NAMES.get(diagnostic, f"diagnostic {diagnostic}")
    elif cause == SM_DELIVERY_FAILURE:
        more = FAILURE_NAMES.get(diagnostic, f"cause {diagnostic}")
    elif cause == CALL_BARRED:
        more = BARRING_NAMES.get(diagnostic, "")
    return f"{name}, {more}" if more else name


class RpMtData:
    """One short message part on its way to a phone (TS 23.040 §9.3.1, RP-MT-DATA).

    `reference` is stable over retries and restarts: a phone that sees it twice drops the second.
    `user_data_header` includes its length octet, or is empty. `forced_cause` is the error that the
    network shall answer whatever the phone does, because a rule decided so; 0: none.
    """

    def __init__(
        self,
        reference: int,
        msisdn: str,
        originating: Address,
        tp_pid: int,
        tp_dcs: int,
        user_data_header: bytes,
        user_data: bytes,
        service_centre_time: NetworkTime,
        more_messages: bool,
        forced_cause: int = 0,
    ) -> None:
        self.reference = reference
        self.msisdn = msisdn
        self.originating = originating
        self.tp_pid = tp_pid
        self.tp_dcs = tp_dcs
        self.user_data_header = user_data_header
        self.user_data = user_data
        self.service_centre_time = service_centre_time
        self.more_messages = more_messages
        self.kind: int = TEXT
        """TEXT, or what else the message is."""
        self.asked: int = 0
        """A bit, 1 << kind, for each acknowledgement that the sender asks the phone for."""
        self.user_response_code: int = NO_RESPONSE_CODE
        """What the user said of it who acknowledges with this message, 0 to 255."""
        self.forced_cause = forced_cause
        self.priority: bool = False
        """Whether a phone that is known to be absent is tried all the same (SM-RP-PRI)."""
        self.expires_at: float = 0.0
        """When the centre gives the message up, in network seconds; 0 if that is not known."""


class RpAck:
    """The phone has the part (RP-ACK)."""

    def __init__(self, reference: int) -> None:
        self.reference = reference


class RpError:
    """The part did not arrive (RP-ERROR): a MAP user error and its diagnostic.

    The diagnostic of SM_DELIVERY_FAILURE is its cause, that of CALL_BARRED who barred.
    """

    def __init__(self, reference: int, cause: int, diagnostic: int = 0) -> None:
        self.reference = reference
        self.cause = cause
        self.diagnostic = diagnostic


class RpAlertSc:
    """The phone can be reached again (RP-ALERT-SC, TS 23.040 §9.3.4)."""

    def __init__(self, msisdn: str) -> None:
        self.msisdn = msisdn


class SmeAcknowledgement:
    """A phone acknowledges the message that came under `reference`: `kind` says how, and
    `user_response_code` (0 to 255) what its user said of it. CDMA and TDMA have this, GSM has not.
    """

    def __init__(
        self, reference: int, kind: int, user_response_code: int = NO_RESPONSE_CODE
    ) -> None:
        self.reference = reference
        self.kind = kind
        self.user_response_code = user_response_code


class RpMoData:
    """A short message part from a phone (RP-MO-DATA): the content of an SMS-SUBMIT."""

    def __init__(
        self,
        msisdn: str,
        destination: Address,
        tp_pid: int,
        tp_dcs: int,
        user_data_header: bytes,
        user_data: bytes,
    ) -> None:
        self.msisdn = msisdn
        self.destination = destination
        self.tp_pid = tp_pid
        self.tp_dcs = tp_dcs
        self.user_data_header = user_data_header
        self.user_data = user_data
        self.asked: int = 0
        """A bit, 1 << kind, for each acknowledgement that the phone asks for."""
        self.report: bool = False
        """Whether it asks for a status report (TP-SRR)."""
        self.tp_mr: int = 0


RelayElement: TypeAlias = RpAck | RpError | RpAlertSc | RpMoData | SmeAcknowledgement


class Submission:
    """What rules and carriers are shown of a message before it is accepted.

    `country` and `carrier` are empty for a number that no country has. `operation` is the name of
    the command that it came in, `default_coding` what data_coding 0 means to its account.
    """

    def __init__(
        self,
        system_id: str,
        source: Address,
        msisdn: str,
        country: str,
        carrier: str,
        data_coding: int,
        user_data_header: bytes,
        user_data: bytes,
        operation: str = "submit_sm",
        service_type: str = "",
        registered_delivery: int = 0,
        default_coding: int = 0,
        header_octets: int = 0,
    ) -> None:
        self.system_id = system_id
        self.source = source
        self.msisdn = msisdn
        self.country = country
        self.carrier = carrier
        self.data_coding = data_coding
        self.user_data_header = user_data_header
        self.user_data = user_data
        self.operation = operation
        self.service_type = service_type
        self.registered_delivery = registered_delivery
        self.default_coding = default_coding
        self.header_octets = header_octets
        """How many octets of its header stood before the text."""
        self._text: str | None = None

    def text(self) -> str:
        """The text as its sender meant it, without a user data header."""
        if self._text is None:
            data_coding, octets = said_plainly(
                self.user_data, self.data_coding, self.default_coding, self.header_octets
            )
            self._text = decode_short_message(octets, data_coding, self.user_data_header)
        return self._text


class Verdict:
    """What rules say of a submission; kept with the message, never drawn again.

    `command_status` 0 accepts. `source` is what the phone will show instead of the sender, None to
    leave it; `rule` names the rule that decided. An accepted message with a `cause` fails with that
    network error in its first `failing_attempts` attempts, 0: in every one.
    """

    def __init__(
        self,
        command_status: int = 0,
        rule: str = "open",
        source: Address | None = None,
        cause: int = 0,
        failing_attempts: int = 0,
    ) -> None:
        self.command_status = command_status
        self.rule = rule
        self.source = source
        self.cause = cause
        self.failing_attempts = failing_attempts


ACCEPTED: Final = Verdict()


class Screening(Protocol):
    """The carriers' rules, as the centre sees them; implemented by `simulator.policy`."""

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission. Pure: no clock, no I/O, the same answer for the same state."""
        ...
