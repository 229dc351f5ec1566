"""What crosses between the message centre and the network, in the words of TS 23.040 §9.3.

The centre hands down `RpMtData`; the network answers each with `RpAck` or `RpError` and speaks up
on its own with `RpAlertSc` and `RpMoData`. Text crosses unpacked: `user_data` holds one septet per
octet (GSM 7-bit), UCS-2 octets or plain octets, as `tp_dcs` says; a TPDU's packed octets are made
only when something looks at them.
"""

from typing import Final, Protocol, TypeAlias

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import ALPHABET_GSM7, ALPHABET_UCS2, alphabet_of
from carrierbox.codecs.default_coding import said_plainly
from carrierbox.codecs.national_language import decode_short_message
from carrierbox.codecs.phone_form import form_for_phones
from carrierbox.codecs.segmentation import CodedText, part_count
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


NO_TIME: Final = NetworkTime(0.0)

GSM7: Final = "gsm7"
UCS2: Final = "ucs2"
BINARY: Final = "binary"

CONTENT_CLASSES: Final = (
    "otp",
    "transactional",
    "marketing",
    "political",
    "religious",
    "gambling",
    "adult",
    "alcohol",
    "tobacco",
    "cannabis",
    "firearms",
    "hate",
    "loans",
    "crypto",
    "phishing",
)
"""What a message may be about, as accounts and submissions say and carriers guess."""

SAID_BY_SUBMISSION: Final = "submission"
SAID_BY_ACCOUNT: Final = "account"


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
        at: NetworkTime = NO_TIME,
        content_class: str = "",
        class_said_by: str = "",
        languages: tuple[int, ...] = (),
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
        self.at = at
        """When it came, on the network's clock."""
        self.content_class = content_class
        """What it is about, one of CONTENT_CLASSES as a rule; empty if nobody said."""
        self.class_said_by = class_said_by
        """SAID_BY_SUBMISSION or SAID_BY_ACCOUNT."""
        self.languages = languages
        """Those whose tables its text may use where it has to be coded anew (TS 23.038)."""
        self._text: str | None = None
        self._form: CodedText | None = None

    def text(self) -> str:
        """The text as its sender meant it, without a user data header."""
        if self._text is None:
            data_coding, octets = said_plainly(
                self.user_data, self.data_coding, self.default_coding, self.header_octets
            )
            self._text = decode_short_message(octets, data_coding, self.user_data_header)
        return self._text

    def parts(self) -> int:
        """How many parts phones get of it; 0 if its header leaves no room, maybe more than 255."""
        form = self._phone_form()
        alphabet = alphabet_of(form.data_coding)
        return part_count(form.user_data, alphabet, header_octets=len(form.header))

    def alphabet(self) -> str:
        """What phones get it in: GSM7, UCS2 or BINARY."""
        alphabet = alphabet_of(self._phone_form().data_coding)
        if alphabet == ALPHABET_GSM7:
            return GSM7
        return UCS2 if alphabet == ALPHABET_UCS2 else BINARY

    def _phone_form(self) -> CodedText:
        if self._form is None:
            self._form = form_for_phones(
                self.data_coding,
                self.user_data_header,
                self.user_data,
                self.default_coding,
                self.languages,
                header_octets=self.header_octets,
            )
        return self._form


class Suspension:
    """What a rule does to a sender, or an account, that keeps running into it.

    After `after` such verdicts within `within_s` network seconds, what the rule refused, or would
    have taken in, is refused for `for_s`; 0: for ever. Rules only say so: who keeps count is
    `simulator.policy`.
    """

    def __init__(self, what: int, after: int, within_s: float, for_s: float) -> None:
        self.what = what
        self.after = after
        self.within_s = within_s
        self.for_s = for_s


SUSPENDS_SENDER: Final = 0
SUSPENDS_ACCOUNT: Final = 1


class Verdict:
    """What rules say of a submission; kept with the message, never drawn again.

    `command_status` 0 accepts. `source` is what the phone will show instead of the sender, None to
    leave it; `rule` names the rule that decided, or the rules. An accepted message with a `cause`
    fails with that network error in its first `failing_attempts` attempts, 0: in every one.
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
        self.reason: str = ""
        """Why, in the words of the rule; "" where it says nothing."""
        self.delivers: bool = True
        """Whether a phone gets it; if not, the centre goes on as if the network had answered."""
        self.told_state: int = 0
        """The message_state that the carrier tells, whatever happened; 0: the truth."""
        self.told_err: str = ""
        """The err field of the receipt; "": what goes with the state."""
        self.told_after_s: float = 0.0
        """So many network seconds after its end it is told; until then it is ENROUTE."""
        self.told_when_taken: bool = False
        """Whether `told_state` is told once the network has taken it, not after its end."""
        self.copies: int = 1
        """How often the receipt is sent, the next once the one before it is acknowledged."""
        self.is_told: bool = True
        """Whether anybody is told; if not, there is no receipt, ever, nor a notification."""
        self.hold_until: NetworkTime = NetworkTime(0.0)
        """Its first attempt waits until then; 0: for nothing but its own schedule."""
        self.text: str | None = None
        """What the phone shows in the place of its text; None to leave it."""
        self.answers: int = 1
        """How often the submission is answered."""
        self.suspension: Suspension | None = None
        self.goes_on: bool = False
        """Whether this is only noted, and the next rules are asked."""

    def copy(self) -> "Verdict":
        """The same as another object, which may be changed."""
        same = Verdict(
            self.command_status, self.rule, self.source, self.cause, self.failing_attempts
        )
        same.reason = self.reason
        same.delivers = self.delivers
        same.told_state = self.told_state
        same.told_err = self.told_err
        same.told_after_s = self.told_after_s
        same.told_when_taken = self.told_when_taken
        same.copies = self.copies
        same.is_told = self.is_told
        same.hold_until = self.hold_until
        same.text = self.text
        same.answers = self.answers
        same.suspension = self.suspension
        same.goes_on = self.goes_on
        return same


ACCEPTED: Final = Verdict()


class Screening(Protocol):
    """The carriers' rules, as the centre sees them; implemented by `simulator.policy.screening`."""

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission. Pure: no clock, no I/O, the same answer for the same state."""
        ...


class DeskAnswer:
    """What a carrier does by itself, about a text of a phone or because somebody asked it to.

    `source` is in whose name it writes. Nothing is done where there is a `problem`, a sentence.
    """

    def __init__(self, source: Address) -> None:
        self.source = source
        self.settings: list[tuple[str, bytes]] = []
        """What it keeps, by the name of the setting."""
        self.text: str = ""
        """What it writes to the phone; "": nothing."""
        self.rule: str = ""
        """Because of what."""
        self.said: str = ""
        """What changed, in words."""
        self.to_application: bool = False
        """Whether the text of the phone goes on to whom it is for."""
        self.problem: str = ""


class Desk(Protocol):
    """Who keeps registers for the carrier and answers phones by them; `simulator.policy` has it.

    What it owns it takes in at once, and is told the value before if the commit fails.
    """

    def owns(self, name: str) -> bool:
        """Whether a setting of that name is kept there and not by the centre."""
        ...

    def value_of(self, name: str) -> bytes:
        """What such a setting is; no octets if it is not set."""
        ...

    def apply(self, name: str, value: bytes, now: NetworkTime) -> None:
        """Take in such a setting; by no octets it is forgotten."""
        ...

    def problem_of_reply(self, element: RpMoData, is_chosen: bool) -> str:
        """Why nobody gets what a phone sends to a sender of an application; "" if it gets there.

        `is_chosen`: that application said that this address is its own.
        """
        ...

    def on_mobile_originated(self, element: RpMoData, now: NetworkTime) -> DeskAnswer | None:
        """What the carrier does about a text of a phone; None: nothing, as with most."""
        ...
