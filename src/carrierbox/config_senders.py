"""Senders, consents and how keywords are matched, as they are written: checked and turned into
what the registers of a box take.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from carrierbox.clock import NetworkTime
from carrierbox.config_conditions import RuleError
from carrierbox.config_reading import told
from carrierbox.config_rules import definition_as, list_schema, read_each
from carrierbox.config_values import DEFAULT, Problems, kind_of, reader_of_duration
from carrierbox.identifiers import msisdn_or_none
from carrierbox.sender_kinds import check_sender
from carrierbox.simulator.policy.consent import (
    SOURCES,
    STATES,
    ConsentChange,
    sender_key,
)
from carrierbox.simulator.policy.registers import (
    LOOSE,
    MATCHING_DEFAULT,
    STRICT,
    DeclaredConsent,
    DeclaredSender,
    Registers,
)
from carrierbox.simulator.policy.registrations import (
    ALPHANUMERIC,
    SHORT_CODE,
    SHORT_CODE_DIGITS_MAX,
    kind_of_sender,
)
from carrierbox.simulator.sender_state import Country, SenderBase, SenderName, SenderState

SENDERS_MAX: Final = 10_000
CONSENTS_MAX: Final = 100_000
SHORT_CODE_DIGITS_MIN: Final = 3

ConsentState = Literal["none", "pending", "opted_in", "opted_out"]
ConsentSource = Literal["keyword", "form", "point_of_sale", "import", "api"]
Duration = Annotated[str, Meta(max_length=40, examples=["21d", "24h"])]

_seconds_of = reader_of_duration(0.001)


class SenderRequest(SenderBase, frozen=True, kw_only=True):
    """A sender as it shall be, whose name and country are said elsewhere.

    One that is pending is approved, or refused, so long after it was registered; one that is
    suspended is so for `suspended_for`, or for good.
    """

    approved_after: Duration = ""
    refused_after: Duration = ""
    suspended_for: Duration = ""


class SenderDefinition(SenderRequest, frozen=True, kw_only=True):
    """A sender in a country; without a country, in all of them that have no entry of their own."""

    sender: SenderName
    country: Country = ""


class ConsentDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a phone stands to a sender, and from where and when that is known."""

    sender: SenderName
    recipient: Annotated[str, Meta(max_length=40, examples=["+15550100123"])]
    state: ConsentState
    source: ConsentSource = "import"
    at: Annotated[str, Meta(max_length=40, examples=["2027-01-15T12:00:00Z"])] = ""


# Reading.


def state_of_request(
    request: SenderRequest, sender: str, before: str = "none"
) -> tuple[SenderState, float]:
    """A sender as it is kept, and the seconds until its registration changes, 0: never.

    `before` is the registration that a suspended one returns to. Raises RuleError.
    """
    problem = problem_of_sender(sender, request.kind)
    if problem:
        raise RuleError("sender", problem)
    after_s = 0.0
    afterwards = "none"
    for field, registration, then in (
        ("approved_after", "pending", "approved"),
        ("refused_after", "pending", "refused"),
        ("suspended_for", "suspended", before),
    ):
        duration: str = getattr(request, field)
        if not duration:
            continue
        if request.registration != registration:
            raise RuleError(field, f"goes with registration: {registration} only")
        if after_s:
            raise RuleError(field, "goes not with approved_after: it is one or the other")
        after_s, afterwards = seconds_of(field, duration), then
    fields = {name: getattr(request, name) for name in SenderBase.__struct_fields__}
    return msgspec.convert({**fields, "afterwards": afterwards}, SenderState), after_s


def problem_of_sender(sender: str, kind: str = "") -> str:
    """Why a sender cannot be one, or not of that kind; "" if it can."""
    key = sender_key(sender)
    if kind == SHORT_CODE or (not kind and kind_of_sender(key) == SHORT_CODE):
        if key.isdigit() and SHORT_CODE_DIGITS_MIN <= len(key) <= SHORT_CODE_DIGITS_MAX:
            return ""
        return f"{sender[:20]!r} is no short code: it has {SHORT_CODE_DIGITS_MIN} to 8 digits"
    if kind == ALPHANUMERIC and key.isdigit():
        return f"{sender[:20]!r} is no name: it has a letter at least"
    if kind and kind != ALPHANUMERIC and not key.isdigit():
        return f"{sender[:20]!r} is no number"
    checked = check_sender(sender)
    return "" if checked.is_valid else checked.rule


def seconds_of(field: str, duration: str) -> float:
    """A duration in seconds. Raises RuleError."""
    try:
        return _seconds_of(duration)
    except ValueError as error:
        raise RuleError(field, str(error)) from None


def consent_of(definition: ConsentDefinition) -> DeclaredConsent:
    """A consent as the register takes it; 0 stands for the time it is read at. Raises RuleError."""
    msisdn = msisdn_or_none(definition.recipient)
    if msisdn is None:
        raise RuleError(
            "recipient",
            f"{definition.recipient[:40]!r} is no phone number: write it as +15550100123",
        )
    change = ConsentChange(
        STATES.index(definition.state),
        SOURCES.index(definition.source),
        time_of(definition.at) if definition.at else NetworkTime(0.0),
    )
    return DeclaredConsent(definition.sender, msisdn, change)


def time_of(text: str) -> NetworkTime:
    """A date or time as in RFC 3339, UTC if it says nothing. Raises RuleError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RuleError(
            "at", f"{text[:40]!r} is no time: write it as 2027-01-15T12:00:00Z"
        ) from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return NetworkTime(moment.timestamp())


def _read_senders(value: object) -> tuple[SenderDefinition, ...]:
    found: set[str] = set()

    def read(each: object) -> SenderDefinition:
        definition = definition_as(SenderDefinition, each)
        state_of_request(definition, definition.sender)
        key = f"{definition.country}/{sender_key(definition.sender)}"
        if key in found:
            where = f" in {definition.country}" if definition.country else ""
            raise RuleError("sender", f"{definition.sender} is given twice{where}")
        found.add(key)
        return definition

    return read_each(value, "senders", SENDERS_MAX, read)


def _read_consents(value: object) -> tuple[ConsentDefinition, ...]:
    def read(each: object) -> ConsentDefinition:
        definition = definition_as(ConsentDefinition, each)
        consent_of(definition)
        return definition

    return read_each(value, "consents", CONSENTS_MAX, read)


def _read_matching(value: object) -> dict[str, str]:
    """strict or loose, for all or by country, `default` being all others."""
    if isinstance(value, str):
        value = {DEFAULT: value}
    if not isinstance(value, Mapping):
        raise ValueError(f"must be {STRICT}, {LOOSE} or a mapping by country, not {kind_of(value)}")
    problems: list[tuple[str, str]] = []
    read: dict[str, str] = {} if DEFAULT in value else dict(MATCHING_DEFAULT)
    for country, matching in value.items():
        is_country = isinstance(country, str) and len(country) == 2 and country.isupper()
        if country != DEFAULT and not is_country:
            problems.append((str(country), "must be two capital letters such as US, or default"))
        elif matching not in (STRICT, LOOSE):
            problems.append((str(country), f"must be {STRICT} or {LOOSE}"))
        else:
            read["" if country == DEFAULT else country] = matching
    if problems:
        raise Problems(problems)
    return read


_MATCHING_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"enum": [STRICT, LOOSE]},
        {
            "type": "object",
            "propertyNames": {"pattern": "^([A-Z]{2}|default)$"},
            "additionalProperties": {"enum": [STRICT, LOOSE]},
        },
    ]
}

Senders = Annotated[
    tuple[SenderDefinition, ...],
    told(
        "senders, their registration and who acts upon their keywords",
        _read_senders,
        list_schema(SenderDefinition, SENDERS_MAX),
    ),
]
Consents = Annotated[
    tuple[ConsentDefinition, ...],
    told(
        "how phones stand to senders at the start",
        _read_consents,
        list_schema(ConsentDefinition, CONSENTS_MAX),
    ),
]
KeywordMatching = Annotated[
    dict[str, str],
    told(
        "whether a keyword must be the whole message, or loose: any reasonable opt-out counts",
        _read_matching,
        _MATCHING_SCHEMA,
    ),
]


def usual_matching() -> dict[str, str]:
    """How keywords are matched where nobody says it."""
    return dict(MATCHING_DEFAULT)


def registers_of(
    senders: Iterable[SenderDefinition] = (),
    consents: Iterable[ConsentDefinition] = (),
    matching: dict[str, str] | None = None,
) -> Registers:
    """The registers of a box as they are written. Raises RuleError."""
    declared = []
    for each in senders:
        state, after_s = state_of_request(each, each.sender, "approved")
        declared.append(DeclaredSender(each.sender, each.country, state, after_s))
    return Registers(declared, [consent_of(each) for each in consents], matching)


def sender_definition(value: object) -> SenderDefinition:
    """A sender as YAML or a test gives it. Raises RuleError."""
    try:
        (definition,) = _read_senders([value])
    except Problems as problems:
        raise _of_one(problems) from None
    return definition


def consent_definition(value: object) -> ConsentDefinition:
    """A consent as YAML or a test gives it. Raises RuleError."""
    try:
        (definition,) = _read_consents([value])
    except Problems as problems:
        raise _of_one(problems) from None
    return definition


def _of_one(problems: Problems) -> RuleError:
    path, problem = problems.found[0]
    return RuleError(path.removeprefix("[0]").removeprefix("."), problem)
