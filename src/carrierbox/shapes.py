"""The public JSON: one struct for each thing that the API, `--json`, events and the plugin show.

The names of the fields are the contract. Times are RFC 3339 in UTC with milliseconds; a number of
a phone starts with its plus sign; `null` stands for what is not yet. Inside, nothing uses these.
"""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

Power: TypeAlias = Literal["on", "off"]
Receipt: TypeAlias = Literal["none", "held", "sent", "acknowledged"]
MessageKind: TypeAlias = Literal[
    "text",
    "delivery_acknowledgement",
    "user_acknowledgement",
    "conversation_abort",
    "status_report",
]
Origin: TypeAlias = Literal["esme", "phone"]
SentReport: TypeAlias = Literal["none", "awaited", "trying", "delivered", "failed"]
WhenFull: TypeAlias = Literal["refuse", "forget"]


class SubmittedMessage(Struct, kw_only=True):
    """One submit_sm of what was submitted over HTTP: the whole text, or one part of several.

    `part` counts from 1. `message_id` is null for one that was refused: then `command_status`, by
    its name and its number, says how, and `rule` and `reason` by which rule and why, null where
    none had a say.
    """

    part: int
    message_id: str | None
    command_status: str
    command_status_number: int
    rule: str | None
    reason: str | None


class Refusal(Struct, kw_only=True):
    """Why the centre refused what was submitted: its first refusal, and what became of each part.

    `content_class` is what the message is about, `class_said_by` who says so, both null where
    nobody does.
    """

    command_status: str
    command_status_number: int
    rule: str | None
    reason: str | None
    content_class: str | None
    class_said_by: str | None
    messages: list[SubmittedMessage]


class Error(Struct, kw_only=True):
    """Why a request was not done: one sentence, with the field that was wrong or the remedy.

    `refusal` is there where the centre refused a message that was submitted.
    """

    detail: str
    refusal: Refusal | UnsetType = UNSET


class Version(Struct, kw_only=True):
    """What runs: the version of carrierbox, `compiled` or `interpreted`, and that of the API."""

    version: str
    build: str
    api: str


class Status(Struct, kw_only=True):
    """That all is well."""

    status: Literal["ok"] = "ok"


class Tlv(Struct, kw_only=True):
    """One optional parameter that a message came with, as it came; `value` is hexadecimal digits.

    `name` is that of the specification, or `0x1403` for one of a vendor or unknown. `meaning` is a
    number, a text, or null for what is neither.
    """

    tag: int
    name: str
    value: str
    meaning: int | str | None


class Told(Struct, kw_only=True):
    """What rules made of a message beside taking it in, and why.

    `message_state` and `err` are what its sender is told, from `at` on (null: once it ended), in
    `receipts` receipts (0: none, ever); `message_state` of the message is the truth. No phone gets
    one that does not `deliver`. `held_until`, `source_addr` and `text` (what the phone shows) are
    null where nothing was changed.
    """

    reason: str
    deliver: bool
    message_state: str
    err: str
    at: str | None
    receipts: int
    held_until: str | None
    source_addr: str | None
    text: str | None


class Message(Struct, kw_only=True):
    """One accepted short message.

    `message_id` is what the client was told; `source_addr` and `destination_addr` are what it sent;
    `text` is decoded by `data_coding`, without a user data header; `parts` is how many the phone
    gets. `rule` accepted it. `err` is the err field of its receipt; `receipt` is how far that came.
    A message that a phone sent has the origin `phone`, and no receipt. `tlvs` are all it came with.
    `kind` tells texts from acknowledgements between phone and client, and from what the centre
    reports to a phone; `receiver` is the account
    that one client's message to another goes to, else empty. `told` is what its rule made of it,
    null where that was nothing.
    """

    message_id: str
    system_id: str
    source_addr: str
    destination_addr: str
    msisdn: str
    country: str
    carrier: str
    rule: str
    text: str
    data_coding: int
    parts: int
    message_state: str
    err: str
    attempts: int
    registered_delivery: int
    accepted_at: str
    final_at: str | None
    receipt: Receipt
    origin: Origin
    tlvs: list[Tlv]
    kind: MessageKind = "text"
    receiver: str = ""
    told: Told | None = None


class MessageEvent(Struct, kw_only=True):
    """One thing that happened to a message on its way; `number` is its place in the trace."""

    number: int
    kind: str
    at: str
    detail: str


class MessageWithEvents(Message, kw_only=True):
    """One accepted short message, and what the trace still knows of its way, oldest first."""

    events: list[MessageEvent]


class MessageList(Struct, kw_only=True):
    """Some messages, the newest first, and how many there are in all that were asked for.

    `total` is null where counting them would mean to read the whole store. `next` is what `before`
    has to be for those that follow, null if nothing does.
    """

    messages: list[Message]
    total: int | None
    next: str | None


class PhoneText(Struct, kw_only=True):
    """One text on a phone's screen; `number` counts the phone's texts from 1.

    `message_class` is 0 for flash, null where none is given. `signs` says in words what else came
    with it: the class, what waits elsewhere (voicemail), the port. `content` is what it carries for
    an application, by name, such as the notification of an MMS; null for a text. `kind` tells texts
    from acknowledgements of what the phone sent, which may have a `user_response_code`;
    `acknowledgement` is whether its own user is asked for one. `protocol` is what its TP-PID says,
    as in `replace short message type 3`, empty for a plain text; `storage` is where its class has
    it kept.
    """

    number: int
    sender: str
    text: str
    parts: int
    sent_at: str
    received_at: str
    message_class: int | None = None
    port: int | None = None
    signs: list[str] = []
    content: dict[str, int | str] | None = None
    kind: MessageKind = "text"
    user_response_code: int | None = None
    acknowledgement: Literal["none", "wanted", "sent"] = "none"
    protocol: str = ""
    storage: Literal["phone", "sim"] = "phone"


class PhoneSentText(Struct, kw_only=True):
    """One text that was written on a phone; `number` counts those from 1.

    `report` is what the status reports say that it asked for, `none` if it asked for none;
    `status` is their TP-ST in words.
    """

    number: int
    to: str
    text: str
    parts: int
    sent_at: str
    report: SentReport = "none"
    status: str = ""


class PhoneMemory(Struct, kw_only=True):
    """How many short messages a phone and its SIM hold, and how many places are taken.

    `dummies` of these are filled for a test. `when_full` says whether it refuses what finds no
    place, or forgets its oldest texts.
    """

    phone: int
    sim: int
    phone_used: int
    sim_used: int
    dummies: int
    when_full: WhenFull


class Subscription(Struct, kw_only=True):
    """What the register knows of a subscriber that need not be so with everybody.

    `visited_country` and `visited_carrier` are where the phone roams, `carrier` is whom the number
    was ported to; all three are empty for none. `sms_mt` and `sms_mo` are teleservices 21 and 22,
    `barred_mt` and `barred_mo` say who barred them. `domain` is the node that short messages take.
    `answers_with` is a MAP user error that the serving node gives, empty for none.
    """

    visited_country: str
    visited_carrier: str
    carrier: str
    sms_mt: bool
    sms_mo: bool
    barred_mt: Literal["", "service", "operator"]
    barred_mo: Literal["", "service", "operator"]
    domain: Literal["msc", "sgsn", "both"]
    unknown: bool
    purged: bool
    deregistered: bool
    roaming_allowed: bool
    answers_with: str


class SubscriptionChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """What shall be known of a subscriber from now on; what is not named stays."""

    visited_country: str | UnsetType = UNSET
    visited_carrier: str | UnsetType = UNSET
    carrier: str | UnsetType = UNSET
    sms_mt: bool | UnsetType = UNSET
    sms_mo: bool | UnsetType = UNSET
    barred_mt: Literal["", "service", "operator"] | UnsetType = UNSET
    barred_mo: Literal["", "service", "operator"] | UnsetType = UNSET
    domain: Literal["msc", "sgsn", "both"] | UnsetType = UNSET
    unknown: bool | UnsetType = UNSET
    purged: bool | UnsetType = UNSET
    deregistered: bool | UnsetType = UNSET
    roaming_allowed: bool | UnsetType = UNSET
    answers_with: str | UnsetType = UNSET


class PhoneSummary(Struct, kw_only=True):
    """One phone, without its texts.

    `duplicates` counts the parts it dropped because it had them; `waiting` the messages that wait
    for it or are on their way to it. `indicators` are the signs on its screen: how many messages of
    each kind wait elsewhere, such as voicemail. `flags` are those of the message waiting data
    (MNRF, MCEF, MNRG), `serving_node` is who serves the phone.
    """

    msisdn: str
    imsi: str
    country: str
    carrier: str
    power: Power
    duplicates: int
    waiting: int
    indicators: dict[str, int] = {}
    flags: list[str] = []
    serving_node: str = ""


class Phone(PhoneSummary, kw_only=True):
    """One phone, the texts on its screen and those it sent, the newest last.

    `flash` is what is shown over everything else and stored nowhere. `silent` counts messages of
    type 0, which are acknowledged and not shown. `memory` is null for a phone that keeps its newest
    texts. `parts_held` wait for the other parts of their text.
    """

    texts: list[PhoneText]
    flash: PhoneText | None = None
    sent: list[PhoneSentText] = []
    silent: int = 0
    parts_held: int = 0
    memory: PhoneMemory | None = None


class ThreadText(Struct, kw_only=True):
    """One text of a conversation, received or sent; `number` is its own among those."""

    direction: Literal["received", "sent"]
    number: int
    text: str
    at: str
    report: SentReport = "none"


class Thread(Struct, kw_only=True):
    """The texts of a phone with one other end, the newest last."""

    other: str
    texts: list[ThreadText]


class PhoneThreads(Struct, kw_only=True):
    """What a phone received and sent, by the other end; the conversation of last is the last."""

    msisdn: str
    threads: list[Thread]


class MemoryRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """How many short messages a phone and its SIM shall hold, and what happens when they do."""

    phone: Annotated[int, Meta(ge=0, le=10_000)] = 200
    sim: Annotated[int, Meta(ge=0, le=255)] = 20
    when_full: WhenFull = "refuse"


class FillRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """With how many dummy texts the memory shall be filled, all that is free without a number."""

    texts: Annotated[int, Meta(ge=0, le=10_255)] | None = None


class TextsDeleted(Struct, kw_only=True):
    """How many texts went."""

    deleted: int


class ReplyRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """A text to the sender of the newest text that can be answered, or of a number's.

    `report` asks for a status report.
    """

    text: Annotated[str, Meta(min_length=1)]
    number: Annotated[int, Meta(ge=1)] | None = None
    report: bool = False


class ReplySent(Struct, kw_only=True):
    """Where a reply went, the number of the text it answers, and its parts."""

    to: str
    number: int
    parts: int


class ResponderList(Struct, kw_only=True):
    """What a phone answers by itself: its own responders first, then those of all phones."""

    responders: list[dict[str, Any]]
    of_all_phones: list[dict[str, Any]] = []


class RespondersRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """The responders a phone shall have, in place of those it has."""

    responders: list[dict[str, Any]]


class PhoneList(Struct, kw_only=True):
    """Some phones in the order of their first contact, and how many there are in all."""

    phones: list[PhoneSummary]
    total: int


class Event(Struct, kw_only=True):
    """One thing that happened; `message_id` is null, others are empty, where none is concerned."""

    number: int
    kind: str
    at: str
    message_id: str | None
    system_id: str
    msisdn: str
    detail: str


class PowerRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a phone's power shall be."""

    power: Power


class TextRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """A text to send from a phone.

    `to` is a number with its +, or a short code as one would dial it. `languages` are those whose
    national alphabets the phone may use where they save parts, or `all`; without them none.
    `ask` is the acknowledgement that the phone wants of whoever gets the text; `report` asks the
    centre for a status report.
    """

    to: Annotated[str, Meta(min_length=1, max_length=40)]
    text: Annotated[str, Meta(min_length=1)]
    languages: Annotated[list[str], Meta(max_length=20)] = []
    ask: Literal["none", "delivery", "user", "both"] = "none"
    report: bool = False


class AcknowledgementRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """That the user of a phone acknowledges a text: the newest that asks for it, or a number's."""

    number: Annotated[int, Meta(ge=1)] | None = None
    user_response_code: Annotated[int, Meta(ge=0, le=255)] | None = None


class AcknowledgementSent(Struct, kw_only=True):
    """The text that was acknowledged, by its number."""

    number: int


class OutbindCall(Struct, kw_only=True):
    """That an ESME is being called, and where."""

    system_id: str
    to: str


class PartsSent(Struct, kw_only=True):
    """In how many parts a text left a phone."""

    parts: int


Severity: TypeAlias = Literal["error", "warning", "note"]


class TrafficPdu(Struct, kw_only=True):
    """A PDU of a session between an ESME and the carrier, as it was sent; a password is asterisks.

    `link` tells sessions apart, `system_id` is empty before a bind.
    """

    at: str
    link: int
    system_id: str
    sender: Literal["esme", "smsc"]
    pdu_hex: str


class LintExample(Struct, kw_only=True):
    """A PDU that broke a rule, as hexadecimal digits; of a long one its first 2,048 octets.

    `sender` is `client` or `carrier`; `command` is empty for octets that are no PDU. Passwords are
    masked.
    """

    at: str
    session: str
    sender: Literal["client", "carrier"]
    command: str
    sequence_number: int | None
    command_length: int
    octets: str


class LintFinding(Struct, kw_only=True):
    """One rule that an account's clients broke: how often, in how many sessions, in what ways."""

    rule: str
    severity: Severity
    title: str
    clause: str
    trap: str
    remedy: str
    count: int
    sessions: int
    details: dict[str, int]
    first: LintExample


class LintSession(Struct, kw_only=True):
    """One session: its two ends, its bind, and how often it broke which rule.

    `whole` is false if it began before the capture; `missing_octets` were not captured.
    """

    session: str
    bind: str
    began_at: str
    ended_at: str | None
    whole: bool
    pdus_from_client: int
    pdus_from_carrier: int
    missing_octets: int
    findings: dict[str, int]


class LintAccount(Struct, kw_only=True):
    """What the clients of one account did, the worst first.

    `system_id` is null for sessions whose bind was not seen. At most 1,000 sessions are listed.
    """

    system_id: str | None
    pdus_from_client: int
    pdus_from_carrier: int
    sessions: int
    errors: int
    warnings: int
    notes: int
    findings: list[LintFinding]
    session_list: list[LintSession]


class LintCapture(Struct, kw_only=True):
    """One capture that was read, and what of it could not be."""

    file: str
    format: str
    packets: int
    octets: int
    sessions: int
    problems: list[str]


class LintReport(Struct, kw_only=True):
    """What clients did wrong, by account; `captures` is empty for a running carrier."""

    accounts: list[LintAccount]
    captures: list[LintCapture]


class RadioState(Struct, kw_only=True):
    """The broker over which the phones of a box are reached.

    `embedded`: it is part of the carrier. `parts_waiting` have no answer of their phone yet.
    """

    box: str
    broker: str
    embedded: bool
    connected: bool
    phones_online: int
    parts_waiting: int


class Radios(Struct, kw_only=True):
    """The brokers over which phones are reached; none where all are in the process."""

    radios: list[RadioState]
