"""What a rule's `then` may say: read, checked, and made a verdict.

The structs here are its JSON Schema. What is the same for every message stands in the
`relay.Verdict` of the rule; what only the message can tell is made by its changes
(`simulator.policy.changes`).
"""

import re
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field

from carrierbox.config_conditions import RuleError
from carrierbox.config_values import DURATION_PATTERN, reader_of_duration
from carrierbox.identifiers import NPI_UNKNOWN, TON_ALPHANUMERIC, Address
from carrierbox.matching import Change
from carrierbox.numbering import shared_number_plan
from carrierbox.relay import (
    CAUSE_NAMES,
    SUSPENDS_ACCOUNT,
    SUSPENDS_SENDER,
    Suspension,
    Verdict,
)
from carrierbox.sender_kinds import check_sender
from carrierbox.simulator.policy.changes import (
    OWN_SENDER,
    AnotherSender,
    AnotherText,
    Held,
    HeldUntil,
)
from carrierbox.simulator.policy.local_time import NumberZones
from carrierbox.smpp.values import MESSAGE_STATE_NAMES, STATUS_BY_NAME
from carrierbox.smsc.messages import FINAL_STATES

ATTEMPTS_MAX: Final = 1000
STATUS_MAX: Final = 0xFFFFFFFF
COPIES_MAX: Final = 100
ANSWERS_MAX: Final = 100
SENDERS_MAX: Final = 1000
SENDER_CHARACTERS_MAX: Final = 21
CHANGED_TEXT_CHARACTERS_MAX: Final = 500
TRUNCATE_MAX: Final = 39_015
ERR_CHARACTERS_MAX: Final = 20
ERR_PATTERN: Final = "^[0-9A-Za-z._-]+$"
SUSPEND_AFTER_MAX: Final = 1_000_000
EVER: Final = "ever"

_FINAL_STATE_NAMES: Final[dict[str, int]] = {
    MESSAGE_STATE_NAMES[state]: state for state in sorted(FINAL_STATES)
}
_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)

_Duration: TypeAlias = Annotated[
    str, Meta(max_length=40, pattern=DURATION_PATTERN, examples=["5s", "15m", "1h30m"])
]
_SuspendedFor: TypeAlias = Annotated[
    str, Meta(max_length=40, pattern=f"{DURATION_PATTERN}|^ever$", examples=["24h", "ever"])
]
_Sender: TypeAlias = Annotated[str, Meta(min_length=1, max_length=SENDER_CHARACTERS_MAX)]
_ChangedText: TypeAlias = Annotated[str, Meta(max_length=CHANGED_TEXT_CHARACTERS_MAX)]


class ReportOutcome(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What the carrier tells of a message, which need not be what happened to it.

    `state` is what its receipt and query_sm say, `err` the field of that name. They say it `after`
    so long from its end on; until then it is ENROUTE. The receipt comes `copies` times.
    """

    state: (
        Annotated[str, Meta(max_length=20, extra_json_schema={"enum": [*_FINAL_STATE_NAMES]})]
        | UnsetType
    ) = UNSET
    err: (
        Annotated[
            str,
            Meta(
                min_length=1, max_length=ERR_CHARACTERS_MAX, pattern=ERR_PATTERN, examples=["013"]
            ),
        ]
        | UnsetType
    ) = UNSET
    after: _Duration | UnsetType = UNSET
    copies: Annotated[int, Meta(ge=1, le=COPIES_MAX)] | UnsetType = UNSET


class TextOutcome(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What phones show in the place of a text: links go or are replaced, then it is cut to so many
    characters, then something is put behind it.
    """

    strip_links: Literal[True] | UnsetType = UNSET
    replace_links: _ChangedText | UnsetType = UNSET
    truncate: Annotated[int, Meta(ge=0, le=TRUNCATE_MAX)] | UnsetType = UNSET
    append: Annotated[str, Meta(min_length=1, max_length=CHANGED_TEXT_CHARACTERS_MAX)] | (
        UnsetType
    ) = UNSET


class SuspendOutcome(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Who is refused after so many messages that the rule decided about, and for how long."""

    what: Literal["sender", "account"]
    after: Annotated[int, Meta(ge=1, le=SUSPEND_AFTER_MAX)]
    within: _Duration
    for_: _SuspendedFor = field(name="for")


class Outcome(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What happens to such a message: at most one of `accept`, `command_status` and `cause`.

    `accept` takes it in and asks no further rule. `command_status` refuses it, by a name such as
    ESME_RTHROTTLED or a number. `cause` takes it in and lets its first `attempts` attempts fail
    with that network error, all of them if `attempts` is not given. All else changes what becomes
    of a message that is taken in; with `go_on` the next rules are asked, too.
    """

    accept: Literal[True] | UnsetType = UNSET
    command_status: (
        Annotated[str, Meta(max_length=40, examples=["ESME_RTHROTTLED", "0x0400"])]
        | Annotated[int, Meta(ge=1, le=STATUS_MAX)]
        | UnsetType
    ) = UNSET
    cause: (
        Annotated[str, Meta(max_length=40, extra_json_schema={"enum": [*CAUSE_NAMES.values()]})]
        | UnsetType
    ) = UNSET
    attempts: Annotated[int, Meta(ge=1, le=ATTEMPTS_MAX)] | UnsetType = UNSET
    deliver: Literal[False] | UnsetType = UNSET
    report: Literal["none"] | ReportOutcome | UnsetType = UNSET
    hold: _Duration | UnsetType = UNSET
    hold_until: (
        Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:00"])]
        | UnsetType
    ) = UNSET
    source_addr: (
        _Sender | Annotated[list[_Sender], Meta(min_length=1, max_length=SENDERS_MAX)] | UnsetType
    ) = UNSET
    text: TextOutcome | UnsetType = UNSET
    answers: Annotated[int, Meta(ge=1, le=ANSWERS_MAX)] | UnsetType = UNSET
    suspend: SuspendOutcome | UnsetType = UNSET
    go_on: Literal[True] | UnsetType = UNSET


_DECISIONS: Final = ("accept", "command_status", "cause")
_OF_THE_ACCEPTED: Final = ("deliver", "report", "hold", "hold_until", "source_addr", "text")
_SAYING: Final = (*_DECISIONS, *_OF_THE_ACCEPTED, "answers")


def verdict_of(name: str, reason: str, then: Outcome) -> Verdict:
    """What is the same in the verdicts of a rule of that name. Raises RuleError."""
    _check(then)
    verdict = _decision(name, then)
    verdict.reason = reason
    verdict.goes_on = then.go_on is not UNSET
    verdict.delivers = then.deliver is UNSET
    if then.answers is not UNSET:
        verdict.answers = then.answers
    if then.report == "none":
        verdict.is_told = False
    elif isinstance(then.report, ReportOutcome):
        _note_report(then.report, verdict)
    if then.suspend is not UNSET:
        verdict.suspension = _suspension_of(then.suspend)
    return verdict


def _check(then: Outcome) -> None:
    """Refuse what contradicts itself."""
    decided = [key for key in _DECISIONS if getattr(then, key) is not UNSET]
    if len(decided) > 1:
        raise RuleError("then", "must have at most one of accept, command_status and cause")
    said = [key for key in _SAYING if getattr(then, key) is not UNSET]
    if not said:
        raise RuleError(
            "then",
            "must say something: accept, command_status or cause, or what becomes of the message",
        )
    if then.attempts is not UNSET and then.cause is UNSET:
        raise RuleError("then.attempts", "goes with a cause only")
    if then.command_status is not UNSET:
        for key in _OF_THE_ACCEPTED:
            if getattr(then, key) is not UNSET:
                raise RuleError(
                    f"then.{key}",
                    "cannot go with command_status: what is refused has no phone and no receipt",
                )
    if then.cause is not UNSET and then.attempts is UNSET and then.deliver is not UNSET:
        raise RuleError(
            "then.deliver",
            "says what cause says: every attempt fails. Leave one out, or give attempts",
        )
    if then.hold is not UNSET and then.hold_until is not UNSET:
        raise RuleError("then.hold_until", "cannot go with hold: leave one out")
    _check_going_on(then)


def _check_going_on(then: Outcome) -> None:
    if then.go_on is UNSET:
        return
    if then.accept is not UNSET:
        raise RuleError("then.go_on", "cannot go with accept, which asks no further rule")
    if then.command_status is not UNSET:
        raise RuleError("then.go_on", "cannot go with command_status: what is refused is over")
    if then.suspend is not UNSET:
        raise RuleError(
            "then.suspend", "cannot go with go_on: it goes with the rule that decides in the end"
        )


def _decision(name: str, then: Outcome) -> Verdict:
    if then.command_status is not UNSET:
        return Verdict(status_of(then.command_status), name)
    if then.cause is UNSET:
        return Verdict(0, name)
    causes = {told: cause for cause, told in CAUSE_NAMES.items()}
    if then.cause not in causes:
        raise RuleError("then.cause", f"must be one of {', '.join(causes)}")
    attempts = 0 if then.attempts is UNSET else then.attempts
    return Verdict(0, name, None, causes[then.cause], attempts)


def status_of(written: str | int, instead_of_rok: str = "that is accept: true") -> int:
    """A command_status by its name, a number, or a number as text. Raises RuleError.

    `instead_of_rok` tells who wanted ESME_ROK what to do.
    """
    status = STATUS_BY_NAME.get(written) if isinstance(written, str) else written
    if status is None:
        try:
            status = int(str(written), 0)
        except ValueError:
            raise RuleError(
                "then.command_status",
                f"{written} is no command_status: use a name such as ESME_RTHROTTLED, or a number",
            ) from None
    if not 0 < status <= STATUS_MAX:
        raise RuleError("then.command_status", f"must not be ESME_ROK: {instead_of_rok}")
    return status


def _note_report(report: ReportOutcome, verdict: Verdict) -> None:
    if report == ReportOutcome():
        raise RuleError("then.report", "must have some of state, err, after and copies, or be none")
    if report.state is not UNSET:
        if report.state not in _FINAL_STATE_NAMES:
            raise RuleError("then.report.state", f"must be one of {', '.join(_FINAL_STATE_NAMES)}")
        verdict.told_state = _FINAL_STATE_NAMES[report.state]
    if report.err is not UNSET:
        verdict.told_err = report.err
    if report.after is not UNSET:
        verdict.told_after_s = seconds_of("then.report.after", report.after)
    if report.copies is not UNSET:
        verdict.copies = report.copies


def seconds_of(path: str, written: str, minimum_s: float = 0.0) -> float:
    """A duration in seconds. Raises RuleError."""
    try:
        return reader_of_duration(minimum_s)(written)
    except ValueError as error:
        raise RuleError(path, str(error)) from None


def _suspension_of(written: SuspendOutcome) -> Suspension:
    return Suspension(
        SUSPENDS_SENDER if written.what == "sender" else SUSPENDS_ACCOUNT,
        written.after,
        seconds_of("then.suspend.within", written.within, 0.001),
        0.0 if written.for_ == EVER else seconds_of("then.suspend.for", written.for_, 0.001),
    )


def changes_of(then: Outcome) -> list[Change]:
    """What a rule changes in its verdict on each message. Raises RuleError."""
    found: list[Change] = []
    if then.hold is not UNSET:
        found.append(Held(seconds_of("then.hold", then.hold)))
    if then.hold_until is not UNSET:
        minute = minutes_of("then.hold_until", then.hold_until)
        found.append(HeldUntil(minute, NumberZones(shared_number_plan())))
    if then.source_addr is not UNSET:
        given = then.source_addr
        senders = [given] if isinstance(given, str) else given
        several = not isinstance(given, str)
        found.append(
            AnotherSender(
                [
                    _sender_of(f"then.source_addr[{n}]" if several else "then.source_addr", each)
                    for n, each in enumerate(senders)
                ]
            )
        )
    if then.text is not UNSET:
        found.append(_text_change(then.text))
    return found


def minutes_of(path: str, written: str) -> int:
    """A time of day, `21:00`, in minutes from midnight. Raises RuleError."""
    match = _TIME_OF_DAY.fullmatch(written)
    if match is None:
        raise RuleError(path, f"{written[:40]!r} is no time of day: write it as 08:00 or 21:30")
    return int(match[1]) * 60 + int(match[2])


def _sender_of(path: str, written: str) -> Address:
    """A sender; one with OWN_SENDER in it is checked as if that were one letter."""
    sender = check_sender(written.replace(OWN_SENDER, "A", 1))
    if sender.address is None:
        raise RuleError(path, f"{written[:40]!r} is no sender: {sender.rule}")
    if OWN_SENDER in written:
        return Address(TON_ALPHANUMERIC, NPI_UNKNOWN, written.strip())
    return sender.address


def _text_change(written: TextOutcome) -> Change:
    if written == TextOutcome():
        raise RuleError(
            "then.text", "must have some of strip_links, replace_links, truncate and append"
        )
    if written.strip_links is not UNSET and written.replace_links is not UNSET:
        raise RuleError("then.text.replace_links", "cannot go with strip_links: leave one out")
    links: str | None = None
    if written.strip_links is not UNSET:
        links = ""
    elif written.replace_links is not UNSET:
        links = written.replace_links
    return AnotherText(
        links,
        -1 if written.truncate is UNSET else written.truncate,
        "" if written.append is UNSET else written.append,
    )
