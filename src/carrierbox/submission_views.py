"""What is submitted over HTTP as an account, and what comes of it, as the public JSON tells it.

What is asked for becomes the submit_sm that a client of the account would send, octets and all, so
that it is what the centre would get from a link.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct, field

from carrierbox.box import Box
from carrierbox.codecs.segmentation import CodedText
from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.codecs.user_data_header import PARTS_MAX
from carrierbox.config_values import DURATION_PATTERN, reader_of_duration
from carrierbox.errors import CodecError, LocalProtocolError
from carrierbox.policy_views import QuestionError, class_of
from carrierbox.relay import CONTENT_CLASSES, Submission
from carrierbox.shapes import Refusal, SubmittedMessage
from carrierbox.simulator.policy.content import Classification
from carrierbox.smpp.pdus import Pdu, SubmitSm, SubmitSmResp
from carrierbox.smpp.values import (
    ESME_RINVDSTADR,
    ESME_RINVEXPIRY,
    ESME_RINVMSGLEN,
    ESME_RINVPRTFLG,
    ESME_RINVREGDLVFLG,
    ESME_RINVSCHED,
    ESME_RINVSRCADR,
    ESME_RINVSRCNPI,
    ESME_RINVSRCTON,
    ESME_RMSGQFUL,
    ESME_ROK,
    ESME_RSYSERR,
    ESME_RTHROTTLED,
    status_name,
)
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import SYSTEM_ID_OCTETS_MAX, Account
from carrierbox.smsc.centre import STORE_FAILED
from carrierbox.smsc.schedule import SCHEDULE_MAX_S
from carrierbox.submissions import (
    SAR,
    address_of,
    coded_text,
    sender_address,
    submits_in_parts,
    tlvs_said,
    whole_submit,
)

SEPTETS_OF_PART: Final = 153
TEXT_CHARACTERS_MAX: Final = PARTS_MAX * SEPTETS_OF_PART
"""More fit no message."""

Octet: TypeAlias = Annotated[int, Meta(ge=0, le=255)]
Duration: TypeAlias = Annotated[str, Meta(pattern=DURATION_PATTERN, examples=["90s", "24h"])]

_SECONDS: Final = reader_of_duration(0.0)
_FIELDS: Final = {"source_addr": "from", "destination_addr": "to"}
"""Fields of the PDU that are called otherwise where they are asked for."""
_REMEDIES: Final = {
    ESME_RTHROTTLED: ("", "the account has used up its rate: try again in a second"),
    ESME_RMSGQFUL: ("", "as many messages wait for this phone as the account may have there"),
    ESME_RSYSERR: ("", STORE_FAILED),
    ESME_RINVDSTADR: ("to", "no phone can have this number: write it as +33612345678"),
    ESME_RINVSRCADR: ("from", "a name has at most 11 characters"),
    ESME_RINVSRCTON: ("source_addr_ton", "use 0 to 6"),
    ESME_RINVSRCNPI: ("source_addr_npi", "use 0 or 1"),
    ESME_RINVMSGLEN: ("text", f"it needs more than {PARTS_MAX} parts"),
    ESME_RINVSCHED: ("schedule", f"at most {SCHEDULE_MAX_S / 86400.0:g}d"),
    ESME_RINVEXPIRY: ("validity", "it would end before the message is due"),
    ESME_RINVPRTFLG: ("priority_flag", "use 0 to 3"),
    ESME_RINVREGDLVFLG: ("registered_delivery", "use 0 for no receipt, 1 for one"),
}
"""The field that is meant, "" for none, and what to do about a refusal that no rule wanted."""


class SubmissionRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """A text that an account submits, in the words of the step `submit` of scenarios.

    `from` is a number, a short code or a name, `to` a number with its +, or what another account
    receives. `validity` and `schedule` count from now. `data_coding` is chosen by the text if it is
    not given. A long text goes whole and the centre cuts it, unless `parts` says how its client
    does; then each part is a message of its own. `tlvs` are hexadecimal digits by tag.
    """

    account: Annotated[str, Meta(min_length=1, max_length=64, examples=["demo"])]
    to: Annotated[str, Meta(min_length=1, max_length=40, examples=["+33612345678"])]
    text: Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX, examples=["Your code is 4821"])]
    source: Annotated[str, Meta(max_length=40, examples=["ACME"])] = field(default="", name="from")
    content_class: Annotated[str, Meta(extra_json_schema={"enum": ["", *CONTENT_CLASSES]})] = ""
    registered_delivery: Octet = 0
    validity: Duration = ""
    schedule: Duration = ""
    service_type: Annotated[str, Meta(max_length=5)] = ""
    priority_flag: Octet = 0
    protocol_id: Octet = 0
    data_coding: Octet | None = None
    parts: Literal["udh", "sar"] | None = None
    source_addr_ton: Octet | None = None
    source_addr_npi: Octet | None = None
    tlvs: dict[str, str] = {}


class Submitted(Struct, kw_only=True):
    """What was taken in. `parts` is how many short messages the text takes as it was submitted.

    `class_said_by` is `submission`, `account`, `word …` or null.
    """

    account: str
    source: str = field(name="from")
    to: str
    alphabet: str
    data_coding: int
    parts: int
    content_class: str | None
    class_said_by: str | None
    messages: list[SubmittedMessage]


class WrittenSubmission:
    """A request as the PDUs of its account, and what rules see of the first one."""

    def __init__(
        self,
        account: Account,
        submits: list[SubmitSm],
        submission: Submission,
        classification: Classification,
    ) -> None:
        self.account = account
        self.submits = submits
        self.submission = submission
        self.classification = classification

    def accepted(self, messages: list[SubmittedMessage]) -> Submitted:
        """What is told once all of it was taken in."""
        first = self.submits[0]
        count = len(self.submits)
        return Submitted(
            account=self.account.system_id,
            source=self.submission.source.value,
            to=first.destination_addr,
            alphabet=self.submission.alphabet(),
            data_coding=first.data_coding,
            parts=count if count > 1 else self.submission.parts(),
            content_class=self.classification.content_class or None,
            class_said_by=self.classification.said_by or None,
            messages=messages,
        )

    def refused(self, messages: list[SubmittedMessage]) -> Refusal | None:
        """What is told if any of it was refused."""
        for one in messages:
            if one.message_id is None:
                return Refusal(
                    command_status=one.command_status,
                    command_status_number=one.command_status_number,
                    rule=one.rule,
                    reason=one.reason,
                    content_class=self.classification.content_class or None,
                    class_said_by=self.classification.said_by or None,
                    messages=messages,
                )
        return None


def written_submission(box: Box, request: SubmissionRequest) -> WrittenSubmission:
    """The PDUs that say what is asked for. Raises QuestionError for what none can say."""
    account = _account_of(box, request.account)
    if request.content_class not in ("", *CONTENT_CLASSES):
        raise QuestionError("content_class", f"must be one of {', '.join(CONTENT_CLASSES)}")
    submits = [_received(each) for each in _submits(box, account, request)]
    submission = box.centre.submission_of(account, submits[0])
    return WrittenSubmission(account, submits, submission, class_of(box, submission))


def messages_of(answers: Sequence[Pdu], rules: Sequence[tuple[str, str]]) -> list[SubmittedMessage]:
    """What became of each PDU: by its response, and the rule that refused it and why."""
    found = []
    for part, (answer, (rule, reason)) in enumerate(zip(answers, rules, strict=True), 1):
        is_fine = isinstance(answer, SubmitSmResp) and answer.command_status == ESME_ROK
        found.append(
            SubmittedMessage(
                part=part,
                message_id=answer.message_id
                if isinstance(answer, SubmitSmResp) and is_fine
                else None,
                command_status=status_name(answer.command_status),
                command_status_number=answer.command_status,
                rule=rule or None,
                reason=reason or None,
            )
        )
    return found


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence: its status, by which rule and why, or what to do about it."""
    told = f"the centre refused it with {refusal.command_status}"
    messages = refusal.messages
    if len(messages) > 1:
        parts = [str(one.part) for one in messages if one.message_id is None]
        told = (
            f"the centre refused {'part' if len(parts) == 1 else 'parts'} {', '.join(parts)} of "
            f"{len(messages)} with {refusal.command_status}"
        )
    if refusal.rule is not None:
        why = f": {refusal.reason}" if refusal.reason is not None else ""
        return f"{told} by rule {refusal.rule}{why}"
    name, remedy = _REMEDIES.get(refusal.command_status_number, ("", ""))
    told = f"{told}: {remedy}" if remedy else told
    return f"{name}: {told}" if name else told


def _account_of(box: Box, name: str) -> Account:
    """The account of a name that may bind, whether or not it is bound."""
    accounts = box.centre.accounts
    settings = accounts.settings_of(name)
    may_bind = settings is not None and (
        accounts.names(name)
        or (_is_latin(name) and not (settings.strict and len(name) > SYSTEM_ID_OCTETS_MAX))
    )
    account = accounts.account(name) if may_bind else None
    if account is None:
        raise QuestionError(
            "account", f"there is no account {name[:40]!r}: name one of the configuration"
        )
    return account


def _is_latin(name: str) -> bool:
    """Whether a bind can carry it."""
    return name.isprintable() and all(ord(each) < 256 for each in name)


def _submits(box: Box, account: Account, request: SubmissionRequest) -> list[SubmitSm]:
    blank = _Blank(box, request)
    default_coding = box.centre.coding_for(account, request.to).default_coding
    try:
        coded = _coded(account, request, default_coding)
    except CodecError as error:
        raise QuestionError("data_coding", str(error)) from None
    if request.parts is None:
        return [whole_submit(blank.submit(), coded, default_coding)]
    # As the centre chooses the reference of what it cuts: it grows, also over a restart.
    reference = (box.centre.registry.newest_id + 1) & 0xFF
    try:
        return submits_in_parts(blank.submit, coded, request.parts, reference, default_coding)
    except CodecError as error:
        raise QuestionError("text", str(error)) from None


def _coded(account: Account, request: SubmissionRequest, default_coding: int) -> CodedText:
    # What is said by TLVs leaves no place for a header that names the tables of a language.
    languages = () if request.parts == SAR else account.settings.languages
    return coded_text(request.text, request.data_coding, default_coding, languages)


class _Blank:
    """What all PDUs of a request have in common."""

    def __init__(self, box: Box, request: SubmissionRequest) -> None:
        now = box.clock.now()
        self._request = request
        self._source = sender_address(request.source)
        self._destination = address_of(request.to)
        self._schedule = _time("schedule", request.schedule, now)
        self._validity = _time("validity", request.validity, now)
        try:
            self._tlvs = tlvs_said(request.tlvs, request.content_class)
        except ValueError as error:
            raise QuestionError("tlvs", str(error)) from None

    def submit(self) -> SubmitSm:
        """One of them, without a text."""
        request, source, destination = self._request, self._source, self._destination
        ton, npi = request.source_addr_ton, request.source_addr_npi
        return SubmitSm(
            service_type=request.service_type,
            source_addr_ton=source.ton if ton is None else ton,
            source_addr_npi=source.npi if npi is None else npi,
            source_addr=source.value,
            dest_addr_ton=destination.ton,
            dest_addr_npi=destination.npi,
            destination_addr=destination.value,
            protocol_id=request.protocol_id,
            priority_flag=request.priority_flag,
            schedule_delivery_time=self._schedule,
            validity_period=self._validity,
            registered_delivery=request.registered_delivery,
            sequence_number=1,
            tlvs=self._tlvs,
        )


def _time(name: str, duration: str, now: float) -> str:
    if not duration:
        return ""
    try:
        return format_smpp_time(now + _SECONDS(duration))
    except ValueError as error:
        raise QuestionError(name, str(error)) from None


def _received(submit: SubmitSm) -> SubmitSm:
    """The PDU as a link would bring it, its frame with it."""
    try:
        received = decode_pdu(encode_pdu(submit))
    except LocalProtocolError as error:
        name, _, problem = str(error).partition(" ")
        raise QuestionError(_FIELDS.get(name, name), problem) from None
    assert isinstance(received, SubmitSm)
    return received
