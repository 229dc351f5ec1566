"""The public JSON: one struct for each thing that the API, `--json`, events and the plugin show.

The names of the fields are the contract. Times are RFC 3339 in UTC with milliseconds; a number of
a phone starts with its plus sign; `null` stands for what is not yet. Inside, nothing uses these.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

Power: TypeAlias = Literal["on", "off"]
Receipt: TypeAlias = Literal["none", "held", "sent", "acknowledged"]
MessageKind: TypeAlias = Literal[
    "text", "delivery_acknowledgement", "user_acknowledgement", "conversation_abort"
]
Origin: TypeAlias = Literal["esme", "phone"]


class Error(Struct, kw_only=True):
    """Why a request was not done: one sentence, with the field that was wrong or the remedy."""

    detail: str


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


class Message(Struct, kw_only=True):
    """One accepted short message.

    `message_id` is what the client was told; `source_addr` and `destination_addr` are what it sent;
    `text` is decoded by `data_coding`, without a user data header; `parts` is how many the phone
    gets. `rule` accepted it. `err` is the err field of its receipt; `receipt` is how far that came.
    A message that a phone sent has the origin `phone`, and no receipt. `tlvs` are all it came with.
    `kind` tells texts from acknowledgements between phone and client; `receiver` is the account
    that one client's message to another goes to, else empty.
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
    `acknowledgement` is whether its own user is asked for one.
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


class PhoneSummary(Struct, kw_only=True):
    """One phone, without its texts.

    `duplicates` counts the parts it dropped because it had them; `waiting` the messages that wait
    for it or are on their way to it. `indicators` are the signs on its screen: how many messages of
    each kind wait elsewhere, such as voicemail.
    """

    msisdn: str
    imsi: str
    country: str
    carrier: str
    power: Power
    duplicates: int
    waiting: int
    indicators: dict[str, int] = {}


class Phone(PhoneSummary, kw_only=True):
    """One phone and the texts on its screen, the newest last."""

    texts: list[PhoneText]


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
    `ask` is the acknowledgement that the phone wants of whoever gets the text.
    """

    to: Annotated[str, Meta(min_length=1, max_length=40)]
    text: Annotated[str, Meta(min_length=1)]
    languages: Annotated[list[str], Meta(max_length=20)] = []
    ask: Literal["none", "delivery", "user", "both"] = "none"


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
