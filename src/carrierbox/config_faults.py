"""Faults as they are written in the configuration, over HTTP and in tests: read, checked, compiled.

A fault has a name, conditions (`when`, in the language of rules) and exactly one outcome (`then`).
The structs here are its JSON Schema; `compile_fault` makes of one what `link_faults` runs.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from carrierbox import faults, matching
from carrierbox.config_conditions import Conditions, RuleError, conditions_of, random_of
from carrierbox.config_outcomes import STATUS_MAX, status_of
from carrierbox.config_rules import (
    NAME_CHARACTERS_MAX,
    definition_as,
    list_schema,
    named_once,
    read_each,
)
from carrierbox.config_values import DURATION_PATTERN, reader_of_duration
from carrierbox.faults import CAUSE_BITS, FAULTS_MAX, PROCEDURES, Consequence, Fault, FaultBook
from carrierbox.ip_networks import IpNetworks
from carrierbox.relay import CAUSE_NAMES, DIAGNOSTICS_OF

COUNT_MAX: Final = 1_000_000_000
DELAY_MAX_S: Final = 3600.0
COPIES_MAX: Final = 10
PIECE_OCTETS_MAX: Final = 1000
GARBAGE_OCTETS_MAX: Final = 1000
RATE_MAX_OCTETS_PER_S: Final = 1_000_000

FaultOperation: TypeAlias = Literal[
    "submit_sm",
    "submit_multi",
    "data_sm",
    "query_sm",
    "cancel_sm",
    "replace_sm",
    "bind_transmitter",
    "bind_receiver",
    "bind_transceiver",
    "enquire_link",
    "unbind",
    "deliver_sm",
    "send_routing_info_for_sm",
    "mt_forward_sm",
    "mo_forward_sm",
    "alert_service_centre",
]
DELIVER_SM: Final = "deliver_sm"
SUBMISSIONS: Final = frozenset({"submit_sm", "submit_multi", "data_sm"})
REQUESTS: Final = SUBMISSIONS | {
    "query_sm",
    "cancel_sm",
    "replace_sm",
    "bind_transmitter",
    "bind_receiver",
    "bind_transceiver",
    "enquire_link",
    "unbind",
}
"""What clients ask: what a fault is about that names no operation."""
MESSAGES_OF_NETWORK: Final = frozenset(
    {
        "source_addr",
        "source_addr_ton",
        "destination",
        "country",
        "carrier",
        "data_coding",
        "text",
    }
)
"""What procedures of the network tell of a message."""
NETWORK_ONLY: Final = frozenset({faults.CAUSE, faults.NO_REQUEST, faults.REQUEST_COPIES})
NETWORK_TOO: Final = frozenset({faults.NO_RESPONSE, faults.RESPONSE_DELAY, faults.RESPONSE_COPIES})
WITH_RECEIPTS: Final = frozenset({"submit_sm", "data_sm"})

_Operations: TypeAlias = Annotated[list[FaultOperation], Meta(min_length=1, max_length=16)]
_Peer: TypeAlias = Annotated[str, Meta(max_length=50, examples=["10.0.0.0/8"])]
_True: TypeAlias = Literal[True] | UnsetType


class FaultMatch(Conditions, frozen=True):
    """What a fault is about: all conditions must hold; without any, every request of a client.

    An operation is a command of SMPP, or a procedure of the network: `send_routing_info_for_sm`,
    `mt_forward_sm` (a part on its way to a phone), `mo_forward_sm` (one from a phone),
    `alert_service_centre`.
    `deliver_sm` is what the carrier delivers, also in a data_sm. `peer` is where the client
    connected from: addresses and networks. `after` that many PDUs that are
    meant are let through, then `share` percent are struck, drawn with `seed`, `times` at most.
    """

    operation: FaultOperation | _Operations | UnsetType = UNSET
    peer: _Peer | Annotated[list[_Peer], Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, le=COUNT_MAX)] | UnsetType = UNSET
    times: Annotated[int, Meta(ge=1, le=COUNT_MAX)] | UnsetType = UNSET


class FaultOutcome(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What happens: exactly one of these.

    "The response" is what the client is sent: the answer to its request, or the deliver_sm. In the
    network it is what the message centre hears. `cause` is a MAP user error that is answered
    instead, as `SYSTEM_FAILURE` or `ABSENT_SUBSCRIBER, IMSI_DETACHED`; with `no_request` a part or
    an alert never arrives, with `request_copies` a phone gets a part so many times.
    """

    no_response: _True = UNSET
    response_delay: (
        Annotated[str, Meta(pattern=DURATION_PATTERN, examples=["5s", "250ms"])] | UnsetType
    ) = UNSET
    response_copies: Annotated[int, Meta(ge=2, le=COPIES_MAX)] | UnsetType = UNSET
    receipt_first: _True = UNSET
    early_response: _True = UNSET
    command_status: (
        Annotated[str, Meta(max_length=40, examples=["ESME_RBINDFAIL", "0x0400"])]
        | Annotated[int, Meta(ge=1, le=STATUS_MAX)]
        | UnsetType
    ) = UNSET
    reset: Literal["at_once", "mid_pdu"] | UnsetType = UNSET
    half_open: _True = UNSET
    read_octets_per_s: Annotated[int, Meta(ge=1, le=RATE_MAX_OCTETS_PER_S)] | UnsetType = UNSET
    fragments: Annotated[int, Meta(ge=1, le=PIECE_OCTETS_MAX)] | UnsetType = UNSET
    garbage: Annotated[int, Meta(ge=1, le=GARBAGE_OCTETS_MAX)] | UnsetType = UNSET
    wrong_length: Literal["too_short", "too_long", "zero", "huge"] | UnsetType = UNSET
    wrong_sequence_number: _True = UNSET
    unknown_command_id: _True = UNSET
    unbind: _True = UNSET
    close: _True = UNSET
    cause: (
        Annotated[str, Meta(max_length=80, examples=["ABSENT_SUBSCRIBER, IMSI_DETACHED"])]
        | UnsetType
    ) = UNSET
    no_request: _True = UNSET
    request_copies: Annotated[int, Meta(ge=2, le=COPIES_MAX)] | UnsetType = UNSET


class FaultDefinition(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """One fault. Its name stands in the events of what it did."""

    name: Annotated[
        str, Meta(min_length=1, max_length=NAME_CHARACTERS_MAX, pattern="^[^\\x00-\\x1f\\x7f]+$")
    ]
    then: FaultOutcome
    when: FaultMatch = FaultMatch()


# Reading.


def fault_of(value: object) -> FaultDefinition:
    """A fault as YAML or a test gives it. Raises RuleError."""
    return definition_as(FaultDefinition, value)


def read_faults(value: object) -> tuple[FaultDefinition, ...]:
    """The faults of a box, all problems told at once."""
    found: dict[str, FaultDefinition] = {}

    def read(each: object) -> FaultDefinition:
        definition = fault_of(each)
        compile_fault(definition)
        return named_once(definition.name, definition, found)

    return read_each(value, "faults", FAULTS_MAX, read)


def faults_schema() -> dict[str, Any]:
    """The JSON Schema of a list of faults, in one piece."""
    return list_schema(FaultDefinition, FAULTS_MAX)


# Compiling.


def fault_book(definitions: Iterable[FaultDefinition] = ()) -> FaultBook:
    """The faults of a box. Raises RuleError."""
    return FaultBook([compile_fault(each) for each in definitions])


def compile_fault(definition: FaultDefinition) -> Fault:
    """The fault as it runs. Raises RuleError for what no schema can tell."""
    given = [name for name in FaultOutcome.__struct_fields__ if _is_given(definition.then, name)]
    if len(given) != 1:
        raise RuleError("then", f"must have exactly one of {', '.join(OUTCOMES)}")
    (name,) = given
    outcome = OUTCOMES[name](getattr(definition.then, name))
    when = definition.when
    about = sorted(field for field in _OF_MESSAGES if _is_given(when, field))
    operations = _operations(when, outcome, about)
    drawn = random_of(definition.name, when)
    fault = Fault(
        definition.name,
        operations,
        matching.Match(conditions_of(when)),
        bool(about) or outcome.kind == faults.RECEIPT_FIRST,
        outcome,
        definition,
        Random(f"0 {definition.name}") if drawn is None else drawn,
    )
    fault.peers = _peers(when)
    fault.share_percent = 100.0 if when.share is UNSET else float(when.share)
    fault.after = 0 if when.after is UNSET else when.after
    fault.times = 0 if when.times is UNSET else when.times
    return fault


def _peers(when: FaultMatch) -> IpNetworks | None:
    if when.peer is UNSET:
        return None
    try:
        return IpNetworks([when.peer] if isinstance(when.peer, str) else when.peer)
    except ValueError as error:
        raise RuleError("when.peer", str(error)) from None


def _is_given(struct: Struct, field: str) -> bool:
    return getattr(struct, field) is not UNSET


def _operations(when: FaultMatch, outcome: Consequence, about: list[str]) -> frozenset[str]:
    """The commands that are meant. Raises RuleError for those that never can be."""
    given = [when.operation] if isinstance(when.operation, str) else when.operation
    if outcome.kind in NETWORK_ONLY or (given is not UNSET and given[0] in PROCEDURES):
        return _procedures(when, outcome, about, [] if given is UNSET else given)
    allowed, reason = _allowed(outcome, about)
    if given is UNSET:
        return allowed - {DELIVER_SM}
    for each in given:
        if each not in allowed:
            known = ", ".join(sorted(allowed))
            raise RuleError("when.operation", f"{each} cannot be: {reason} {known}")
    return frozenset(given)


def _procedures(
    when: FaultMatch, outcome: Consequence, about: list[str], given: list[FaultOperation]
) -> frozenset[str]:
    """The procedures of the network that are meant. Raises RuleError for those that cannot be."""
    if outcome.kind not in NETWORK_ONLY | NETWORK_TOO:
        raise RuleError("then", f"{outcome.name} happens on links to clients, not in the network")
    if outcome.kind in (faults.RESPONSE_COPIES, faults.RESPONSE_DELAY, faults.NO_RESPONSE):
        allowed = PROCEDURES - {faults.MO_FORWARD_SM}
    elif outcome.kind == faults.REQUEST_COPIES:
        allowed = frozenset({faults.MT_FORWARD_SM})
    elif outcome.kind == faults.CAUSE:
        allowed = PROCEDURES - {faults.ALERT_SERVICE_CENTRE}
    else:
        allowed = PROCEDURES - {faults.SEND_ROUTING_INFO_FOR_SM}
    for each in given:
        if each not in allowed:
            known = ", ".join(sorted(allowed))
            raise RuleError("when.operation", f"{each} cannot be: {outcome.name} goes with {known}")
    for field in (*about, *(name for name in ("account", "peer") if _is_given(when, name))):
        if field not in MESSAGES_OF_NETWORK:
            known = ", ".join(sorted(MESSAGES_OF_NETWORK))
            raise RuleError(f"when.{field}", f"the network does not know it: use {known}")
    return frozenset(given or [faults.MT_FORWARD_SM])


def _allowed(outcome: Consequence, about: list[str]) -> tuple[frozenset[str], str]:
    if outcome.kind == faults.RECEIPT_FIRST:
        return WITH_RECEIPTS, "receipt_first goes with"
    if about:
        return SUBMISSIONS, f"{about[0]} is asked of messages that a client submits; use"
    if outcome.kind in (faults.COMMAND_STATUS, faults.EARLY_RESPONSE):
        return REQUESTS, f"{outcome.name} goes with what clients ask; use"
    return REQUESTS | {DELIVER_SM}, "use"


_OF_MESSAGES: Final = frozenset(
    name for name in Conditions.__struct_fields__ if name not in ("account", "share", "seed")
)


def _plain(kind: int, name: str) -> Callable[[Any], Consequence]:
    return lambda value: Consequence(kind, name)


def _counting(kind: int, name: str) -> Callable[[Any], Consequence]:
    return lambda value: Consequence(kind, f"{name} {value}", float(value))


def _choosing(name: str, kinds: dict[str, int]) -> Callable[[Any], Consequence]:
    return lambda value: Consequence(kinds[value], f"{name} {value}")


def _delay(value: str) -> Consequence:
    try:
        delay_s = reader_of_duration(0.001)(value)
    except ValueError as error:
        raise RuleError("then.response_delay", str(error)) from None
    if delay_s > DELAY_MAX_S:
        raise RuleError("then.response_delay", f"must be at most {DELAY_MAX_S:g}s")
    return Consequence(faults.RESPONSE_DELAY, f"response_delay {value}", delay_s)


def _status(value: str | int) -> Consequence:
    status = status_of(value, "that is no fault")
    return Consequence(faults.COMMAND_STATUS, f"command_status {value}", float(status))


def _cause(value: str) -> Consequence:
    """An error of the network, with its diagnostic behind a comma."""
    name, _, more = (part.strip() for part in value.partition(","))
    causes = {known: number for number, known in CAUSE_NAMES.items()}
    if name not in causes:
        raise RuleError("then.cause", f"{name} is no error: use one of {', '.join(causes)}")
    number = causes[name]
    if more:
        known = {word: code for code, word in DIAGNOSTICS_OF.get(number, {}).items()}
        if more not in known:
            words = ", ".join(known) or "none"
            raise RuleError("then.cause", f"{more} is no diagnostic of {name}: use {words}")
        number |= known[more] << CAUSE_BITS
    return Consequence(faults.CAUSE, f"cause {value}", float(number))


OUTCOMES: Final[dict[str, Callable[[Any], Consequence]]] = {
    "no_response": _plain(faults.NO_RESPONSE, "no_response"),
    "response_delay": _delay,
    "response_copies": _counting(faults.RESPONSE_COPIES, "response_copies"),
    "receipt_first": _plain(faults.RECEIPT_FIRST, "receipt_first"),
    "early_response": _plain(faults.EARLY_RESPONSE, "early_response"),
    "command_status": _status,
    "reset": _choosing("reset", {"at_once": faults.RESET_AT_ONCE, "mid_pdu": faults.RESET_MID_PDU}),
    "half_open": _plain(faults.HALF_OPEN, "half_open"),
    "read_octets_per_s": _counting(faults.SLOW_READ, "read_octets_per_s"),
    "fragments": _counting(faults.FRAGMENTS, "fragments"),
    "garbage": _counting(faults.GARBAGE, "garbage"),
    "wrong_length": _choosing(
        "wrong_length",
        {
            "too_short": faults.TOO_SHORT,
            "too_long": faults.TOO_LONG,
            "zero": faults.ZERO_LENGTH,
            "huge": faults.HUGE_LENGTH,
        },
    ),
    "wrong_sequence_number": _plain(faults.WRONG_SEQUENCE_NUMBER, "wrong_sequence_number"),
    "unknown_command_id": _plain(faults.UNKNOWN_COMMAND_ID, "unknown_command_id"),
    "unbind": _plain(faults.UNBIND, "unbind"),
    "close": _plain(faults.CLOSE, "close"),
    "cause": _cause,
    "no_request": _plain(faults.NO_REQUEST, "no_request"),
    "request_copies": _counting(faults.REQUEST_COPIES, "request_copies"),
}
"""How each key of `then` becomes an outcome."""
