"""What rules say of one message and why, as the public JSON tells it; nothing is sent for it."""

from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from carrierbox.box import Box
from carrierbox.clock import NetworkTime
from carrierbox.identifiers import NPI_ISDN, TON_INTERNATIONAL
from carrierbox.identifiers import msisdn_or_none as number_or_none
from carrierbox.numbering import shared_number_plan
from carrierbox.relay import CAUSE_NAMES, CONTENT_CLASSES, SAID_BY_SUBMISSION, Submission, Verdict
from carrierbox.simulator.policy.conditions import sender_country, sender_kind
from carrierbox.simulator.policy.content import Classification, classified
from carrierbox.simulator.policy.explain import Finding, RuleFindings, words_of_rules
from carrierbox.simulator.policy.links_in_text import domains_in
from carrierbox.simulator.policy.local_time import shared_number_zones, told_local_time
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import (
    ESME_RINVDSTADR,
    ESME_ROK,
    MESSAGE_STATE_NAMES,
    status_name,
)
from carrierbox.smsc.accounts import Account
from carrierbox.submissions import coded_text, sender_address, whole_submit

TEXT_CHARACTERS_MAX: Final = 10_000
ADDRESS_CHARACTERS_MAX: Final = 20
ACCOUNT_DEFAULT: Final = "demo"
AT_MAX: Final = datetime(9000, 1, 1, tzinfo=UTC)


class QuestionError(ValueError):
    """A question that cannot be asked. `field` is what is wrong with it."""

    def __init__(self, field_name: str, problem: str) -> None:
        super().__init__(f"{field_name}: {problem}")
        self.field = field_name
        self.problem = problem


class PolicyQuestion(Struct, kw_only=True, forbid_unknown_fields=True):
    """A message as somebody might submit it. Without `account` it is the first one's, without
    `content_class` what the account says or its words suggest, without `at` it comes now.
    """

    source: Annotated[
        str, Meta(min_length=1, max_length=ADDRESS_CHARACTERS_MAX + 1, examples=["ACME"])
    ] = field(name="from")
    to: Annotated[str, Meta(min_length=1, max_length=40, examples=["+14155550123"])]
    text: Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)] = ""
    account: Annotated[str, Meta(max_length=64)] = ""
    content_class: Annotated[str, Meta(extra_json_schema={"enum": ["", *CONTENT_CLASSES]})] = ""
    at: Annotated[str, Meta(max_length=40, examples=["2026-11-23T22:00:00Z"])] = ""


class ExplainedMessage(Struct, kw_only=True):
    """What rules see of it. `class_said_by` is `submission`, `account`, `word …` or empty."""

    account: str
    source: str = field(name="from")
    sender: str
    sender_country: str | None
    to: str
    country: str
    carrier: str
    at: str
    local_time: str
    content_class: str | None
    class_said_by: str | None
    alphabet: str
    parts: int
    link_domains: list[str]


class ExplainedVerdict(Struct, kw_only=True):
    """What would become of it. `rule` names all that had a say, `open` if none had.

    `more` says in words what else would happen: what fails, waits, changes, or is told otherwise.
    """

    accepted: bool
    command_status: str
    rule: str
    reason: str
    more: list[str]


class ExplainedCondition(Struct, kw_only=True):
    """One condition of a rule. `place` is `when` or `unless`; `level` how full its window would be
    with this message, 1 being full, and null for what is no window. `drawn`: by chance.
    """

    place: str
    condition: str
    wanted: str
    found: str
    holds: bool
    level: float | None
    drawn: bool


class ExplainedRule(Struct, kw_only=True):
    """One rule. `asked` is false where a rule before it has decided."""

    rule: str
    reason: str
    asked: bool
    conditions: list[ExplainedCondition]


class PolicyExplanation(Struct, kw_only=True):
    """The message, the verdict, the rules that mean it, and those that nearly do.

    A rule comes close if one of its conditions fails and all others hold, if only its `unless`
    keeps it away, or if a window of it is used to 80 % or more.
    """

    message: ExplainedMessage
    verdict: ExplainedVerdict
    matched: list[ExplainedRule]
    close: list[ExplainedRule]
    rules: int


def explained(box: Box, question: PolicyQuestion) -> PolicyExplanation:
    """What the rules of a box would say now. Raises QuestionError."""
    policies = box.policies
    if policies is None:
        raise QuestionError("box", "has no rules that could be asked")
    submission = submission_of(box, question)
    found = policies.explain(submission, submission.at)
    classification = class_of(box, submission)
    message = ExplainedMessage(
        account=submission.system_id,
        source=submission.source.value,
        sender=sender_kind(submission),
        sender_country=sender_country(submission, shared_number_plan()) or None,
        to=submission.msisdn,
        country=submission.country,
        carrier=submission.carrier,
        at=_utc(submission.at),
        local_time=told_local_time(
            submission.at, shared_number_zones().zones_of(submission.msisdn)
        ),
        content_class=classification.content_class or None,
        class_said_by=classification.said_by or None,
        alphabet=submission.alphabet(),
        parts=submission.parts(),
        link_domains=domains_in(submission.text()),
    )
    return PolicyExplanation(
        message=message,
        verdict=_verdict(found.verdict, submission.country),
        matched=[_rule(each) for each in found.matched],
        close=[_rule(each) for each in found.close],
        rules=len(found.rules),
    )


def class_of(box: Box, submission: Submission) -> Classification:
    """What a message is about as the rules of a box take it, and who says so."""
    policies = box.policies
    stages = [] if policies is None else policies.stages_for(submission)
    return classified(submission, words_of_rules(stages))


def submission_of(box: Box, question: PolicyQuestion) -> Submission:
    """What rules would be shown. Raises QuestionError."""
    accounts = box.centre.accounts
    name = question.account or accounts.first_name or ACCOUNT_DEFAULT
    account = accounts.supposed(name)
    if account is None:
        raise QuestionError(
            "account", f"there is no account {name[:40]!r}: leave it out to take the first one"
        )
    number = number_or_none(question.to)
    if number is None:
        raise QuestionError(
            "to", f"{question.to[:40]!r} is no phone number: write it as +33612345678"
        )
    if question.content_class not in ("", *CONTENT_CLASSES):
        raise QuestionError("content_class", f"must be one of {', '.join(CONTENT_CLASSES)}")
    at = box.clock.now() if not question.at else _moment(question.at)
    submission = box.centre.submission_of(account, _submit(box, account, question, number))
    submission.at = at
    if question.content_class:
        submission.content_class = question.content_class
        submission.class_said_by = SAID_BY_SUBMISSION
    return submission


def _submit(box: Box, account: Account, question: PolicyQuestion, number: str) -> SubmitSm:
    source = sender_address(question.source)
    default_coding = box.centre.coding_for(account, number).default_coding
    blank = SubmitSm(
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.value,
        dest_addr_ton=TON_INTERNATIONAL,
        dest_addr_npi=NPI_ISDN,
        destination_addr=number,
    )
    coded = coded_text(question.text, None, default_coding, account.settings.languages)
    return whole_submit(blank, coded, default_coding)


def _moment(text: str) -> NetworkTime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise QuestionError(
            "at", f"{text[:40]!r} is no time: write it as 2026-11-23T22:00:00Z"
        ) from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if not 0 <= moment.timestamp() < AT_MAX.timestamp():
        raise QuestionError("at", "must be between the years 1970 and 9000")
    return NetworkTime(moment.timestamp())


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _verdict(verdict: Verdict, country: str) -> ExplainedVerdict:
    goes_out = verdict.command_status == ESME_ROK and not verdict.cause and verdict.delivers
    if goes_out and not country:
        # No rule keeps it from the network, and the centre has nobody to hand it to.
        return ExplainedVerdict(
            accepted=False,
            command_status=status_name(ESME_RINVDSTADR),
            rule=verdict.rule,
            reason="The number begins with the code of no country.",
            more=[],
        )
    return ExplainedVerdict(
        accepted=verdict.command_status == 0,
        command_status=status_name(verdict.command_status),
        rule=verdict.rule,
        reason=verdict.reason,
        more=_more(verdict) if verdict.command_status == 0 else [],
    )


def _more(verdict: Verdict) -> list[str]:
    """What else a verdict says of a message that is taken in, in words."""
    more: list[str] = []
    if verdict.cause:
        which = f"first {verdict.failing_attempts}" if verdict.failing_attempts else "all"
        more.append(f"{which} attempts fail with {CAUSE_NAMES[verdict.cause]}")
    if not verdict.delivers:
        more.append("no phone ever gets it")
    if verdict.hold_until:
        more.append(f"the first attempt waits until {_utc(verdict.hold_until)}")
    if verdict.source is not None:
        more.append(f"the phone shows {verdict.source.value} as its sender")
    if verdict.text is not None:
        more.append(f"the phone shows another text: {verdict.text}")
    if not verdict.is_told:
        more.append("no receipt comes")
    elif verdict.told_state:
        when = " once the network has taken it" if verdict.told_when_taken else ""
        more.append(f"the receipt says {MESSAGE_STATE_NAMES[verdict.told_state]}{when}")
    if verdict.is_told and verdict.told_err:
        more.append(f"the receipt has err:{verdict.told_err}")
    if verdict.is_told and verdict.told_after_s:
        more.append(f"the receipt comes {verdict.told_after_s:g} s late")
    if verdict.is_told and verdict.copies > 1:
        more.append(f"the receipt comes {verdict.copies} times")
    if verdict.answers > 1:
        more.append(f"the submit_sm_resp comes {verdict.answers} times")
    return more


def _rule(found: RuleFindings) -> ExplainedRule:
    return ExplainedRule(
        rule=found.rule.name,
        reason=found.rule.verdict.reason,
        asked=found.was_asked,
        conditions=[_condition(each) for each in found.findings],
    )


def _condition(finding: Finding) -> ExplainedCondition:
    return ExplainedCondition(
        place=finding.place,
        condition=finding.subject,
        wanted=finding.wanted,
        found=finding.found,
        holds=finding.holds,
        level=round(finding.level, 3) if finding.level >= 0.0 else None,
        drawn=finding.is_drawn,
    )
