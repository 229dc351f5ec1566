"""Faults as they are written: what is understood, what is said of the rest, what comes of them."""

from typing import Any

import pytest

from carrierbox import config_faults, faults
from carrierbox.config_conditions import RuleError
from carrierbox.config_faults import (
    REQUESTS,
    SUBMISSIONS,
    FaultDefinition,
    FaultOutcome,
    compile_fault,
    fault_book,
    fault_of,
    faults_schema,
    read_faults,
)
from carrierbox.config_values import Problems
from carrierbox.faults import FAULTS_MAX, Fault

LOST: dict[str, Any] = {"no_response": True}


def a_fault(then: object = None, when: object = None) -> Fault:
    written = {"name": "mine", "when": when or {}, "then": LOST if then is None else then}
    return compile_fault(fault_of(written))


OUTCOMES: list[tuple[dict[str, Any], int, float]] = [
    (LOST, faults.NO_RESPONSE, 0.0),
    ({"response_delay": "1m30s"}, faults.RESPONSE_DELAY, 90.0),
    ({"response_copies": 3}, faults.RESPONSE_COPIES, 3.0),
    ({"receipt_first": True}, faults.RECEIPT_FIRST, 0.0),
    ({"early_response": True}, faults.EARLY_RESPONSE, 0.0),
    ({"command_status": "ESME_RTHROTTLED"}, faults.COMMAND_STATUS, 88.0),
    ({"command_status": "0x0400"}, faults.COMMAND_STATUS, 1024.0),
    ({"command_status": 13}, faults.COMMAND_STATUS, 13.0),
    ({"reset": "at_once"}, faults.RESET_AT_ONCE, 0.0),
    ({"reset": "mid_pdu"}, faults.RESET_MID_PDU, 0.0),
    ({"half_open": True}, faults.HALF_OPEN, 0.0),
    ({"read_octets_per_s": 100}, faults.SLOW_READ, 100.0),
    ({"fragments": 1}, faults.FRAGMENTS, 1.0),
    ({"garbage": 16}, faults.GARBAGE, 16.0),
    ({"wrong_length": "too_short"}, faults.TOO_SHORT, 0.0),
    ({"wrong_length": "too_long"}, faults.TOO_LONG, 0.0),
    ({"wrong_length": "zero"}, faults.ZERO_LENGTH, 0.0),
    ({"wrong_length": "huge"}, faults.HUGE_LENGTH, 0.0),
    ({"wrong_sequence_number": True}, faults.WRONG_SEQUENCE_NUMBER, 0.0),
    ({"unknown_command_id": True}, faults.UNKNOWN_COMMAND_ID, 0.0),
    ({"unbind": True}, faults.UNBIND, 0.0),
    ({"close": True}, faults.CLOSE, 0.0),
    ({"cause": "SYSTEM_FAILURE"}, faults.CAUSE, 34.0),
    ({"cause": "ABSENT_SUBSCRIBER, IMSI_DETACHED"}, faults.CAUSE, 6.0 + 256.0),
    ({"no_request": True}, faults.NO_REQUEST, 0.0),
    ({"request_copies": 2}, faults.REQUEST_COPIES, 2.0),
]


@pytest.mark.parametrize(("then", "kind", "number"), OUTCOMES)
def test_an_outcome_is_compiled(then: dict[str, Any], kind: int, number: float) -> None:
    """Its kind, what it counts, and its name in events."""
    outcome = a_fault(then).outcome
    assert (outcome.kind, outcome.number) == (kind, number)
    assert outcome.name.startswith(next(iter(then)))


def test_every_outcome_is_tested() -> None:
    """The list above leaves none out."""
    assert {key for then, _, _ in OUTCOMES for key in then} == {*FaultOutcome.__struct_fields__}


@pytest.mark.parametrize(
    ("when", "operations"),
    [
        ({}, REQUESTS),
        ({"account": "shop"}, REQUESTS),
        ({"text": "Hi"}, SUBMISSIONS),
        ({"operation": "deliver_sm"}, {"deliver_sm"}),
        ({"operation": ["enquire_link", "unbind"]}, {"enquire_link", "unbind"}),
        ({"operation": ["submit_multi"], "country": "FR"}, {"submit_multi"}),
    ],
)
def test_the_operations_follow_from_the_conditions(when: object, operations: set[str]) -> None:
    """Without any, what clients ask; with one about a message, what carries messages."""
    assert a_fault(when=when).operations == operations


def test_what_is_asked_decides_how_deep_is_looked() -> None:
    """Nobody reads a message where only the account is asked about."""
    assert not a_fault(when={"account": "shop", "share": 5, "seed": 3}).asks_message
    assert a_fault(when={"source_addr_ton": 5}).asks_message
    assert a_fault({"receipt_first": True}).asks_message
    assert a_fault({"receipt_first": True}).operations == {"submit_sm", "data_sm"}


def test_bounds_and_shares_are_kept() -> None:
    """`after`, `times`, `share`, `peer`."""
    fault = a_fault(when={"after": 3, "times": 2, "share": 50, "peer": "10.0.0.0/8"})
    assert (fault.after, fault.times, fault.share_percent) == (3, 2, 50.0)
    assert fault.peers is not None
    assert fault.peers.holds("10.1.1.1")
    plain = a_fault()
    assert (plain.after, plain.times, plain.share_percent, plain.peers) == (0, 0, 100.0, None)


def test_a_seed_and_a_name_make_the_draws() -> None:
    """T49: garbage and shares are the same every time."""
    first, second = a_fault(), a_fault()
    other = a_fault(when={"share": 50, "seed": 1})
    assert first.draws.random() == second.draws.random() != other.draws.random()


@pytest.mark.parametrize(
    ("then", "when", "path", "problem"),
    [
        ({}, {}, "then", "must have exactly one of no_response, response_delay, "),
        ({"close": True, "unbind": True}, {}, "then", "must have exactly one of"),
        ({"clos": True}, {}, "then.clos", "unknown key"),
        ({"close": False}, {}, "then.close", "cannot be"),
        ({"response_delay": "soon"}, {}, "then.response_delay", "must be"),
        ({"response_delay": "0s"}, {}, "then.response_delay", "must be 0.001s to 366d"),
        ({"response_delay": "2h"}, {}, "then.response_delay", "must be at most 3600s"),
        ({"response_copies": 1}, {}, "then.response_copies", "must be int >= 2"),
        ({"fragments": 0}, {}, "then.fragments", "must be int >= 1"),
        ({"garbage": 1001}, {}, "then.garbage", "must be int <= 1000"),
        ({"read_octets_per_s": 0}, {}, "then.read_octets_per_s", "must be int >= 1"),
        ({"reset": "later"}, {}, "then.reset", "cannot be"),
        ({"wrong_length": 7}, {}, "then.wrong_length", "must be"),
        ({"command_status": "NOPE"}, {}, "then.command_status", "NOPE is no command_status"),
        ({"command_status": "0"}, {}, "then.command_status", "that is no fault"),
        (LOST, {"operation": "outbind"}, "when.operation", "cannot be"),
        (LOST, {"colour": "red"}, "when.colour", "unknown key"),
        (LOST, {"times": 0}, "when.times", "must be int >= 1"),
        (LOST, {"seed": 1}, "when.seed", "goes with a share only"),
        (LOST, {"peer": "home"}, "when.peer", "'home' is no IP address or network"),
        (LOST, {"destination": "home"}, "when.destination", "is no phone number"),
        (
            LOST,
            {"operation": ["submit_sm", "enquire_link"], "text": "Hi"},
            "when.operation",
            "enquire_link cannot be: text is asked of messages that a client submits; use data_sm",
        ),
        (
            {"command_status": 8},
            {"operation": "deliver_sm"},
            "when.operation",
            "deliver_sm cannot be: command_status 8 goes with what clients ask; use bind_receiver",
        ),
        (
            {"receipt_first": True},
            {"operation": "submit_multi"},
            "when.operation",
            "submit_multi cannot be: receipt_first goes with data_sm, submit_sm",
        ),
    ],
)
def test_what_cannot_be_is_said(then: object, when: object, path: str, problem: str) -> None:
    """The field, what is wrong, and what would be right."""
    with pytest.raises(RuleError) as raised:
        a_fault(then, when)
    assert raised.value.path == path
    assert problem in raised.value.problem


@pytest.mark.parametrize(
    ("then", "when", "operations"),
    [
        ({"cause": "SYSTEM_FAILURE"}, {}, {"mt_forward_sm"}),
        ({"no_request": True}, {"operation": "alert_service_centre"}, {"alert_service_centre"}),
        (
            {"response_delay": "5s"},
            {"operation": ["mt_forward_sm", "send_routing_info_for_sm"]},
            {"mt_forward_sm", "send_routing_info_for_sm"},
        ),
        ({"no_response": True}, {}, {*config_faults.REQUESTS}),
    ],
)
def test_a_fault_is_of_links_or_of_the_network(
    then: object, when: object, operations: set[str]
) -> None:
    """By its operation, or where it names none by its outcome."""
    assert a_fault(then, when).operations == operations


@pytest.mark.parametrize(
    ("then", "when", "path", "problem"),
    [
        ({"close": True}, {"operation": "mt_forward_sm"}, "then", "happens on links to clients"),
        ({"cause": "SYSTEM_FAILURE"}, {"operation": "submit_sm"}, "when.operation", "goes with"),
        ({"no_request": True}, {"account": "demo"}, "when.account", "does not know it"),
        ({"no_request": True}, {"registered_delivery": 1}, "when.registered_delivery", "use"),
        ({"no_request": True}, {"peer": "127.0.0.1"}, "when.peer", "does not know it"),
        ({"cause": "TIRED"}, {}, "then.cause", "use one of UNKNOWN_SUBSCRIBER"),
        ({"cause": "CALL_BARRED, MS_PURGED"}, {}, "then.cause", "OPERATOR_BARRING"),
        ({"cause": "SYSTEM_FAILURE, MS_PURGED"}, {}, "then.cause", "use none"),
        (
            {"request_copies": 2},
            {"operation": "mo_forward_sm"},
            "when.operation",
            "request_copies 2 goes with mt_forward_sm",
        ),
        (
            {"no_response": True},
            {"operation": ["mt_forward_sm", "submit_sm"]},
            "when.operation",
            "submit_sm cannot be",
        ),
    ],
)
def test_what_cannot_be_in_the_network_is_said(
    then: object, when: object, path: str, problem: str
) -> None:
    """The field, what is wrong, and what would be right."""
    with pytest.raises(RuleError) as raised:
        a_fault(then, when)
    assert raised.value.path == path
    assert problem in raised.value.problem


def test_all_problems_of_a_list_are_told_at_once() -> None:
    """Each with its place."""
    good = {"name": "a", "then": LOST}
    with pytest.raises(Problems) as raised:
        read_faults([good, {"name": "b"}, {"then": LOST}, {"name": "c", "then": {}}, good])
    assert [path for path, _ in raised.value.found] == [
        "[1].then",
        "[2].name",
        "[3].then",
        "[4].name",
    ]
    for wrong in ("close", {"a": 1}, [good] * (FAULTS_MAX + 1)):
        with pytest.raises(ValueError, match="must be"):
            read_faults(wrong)


def test_a_book_is_made_of_a_list() -> None:
    """They stand in the configuration."""
    definitions = read_faults([{"name": "a", "then": LOST}, {"name": "b", "then": LOST}])
    book = fault_book(definitions)
    assert [(fault.name, fault.is_configured) for fault in book.in_order] == [
        ("a", True),
        ("b", True),
    ]
    assert isinstance(book.in_order[0].definition, FaultDefinition)


def test_the_schema_is_of_one_piece() -> None:
    """Every outcome and condition is in it, and nothing else may be."""
    schema = faults_schema()
    assert schema["maxItems"] == FAULTS_MAX
    properties = schema["items"]["properties"]
    assert set(properties["then"]["properties"]) == {*FaultOutcome.__struct_fields__}
    assert {"operation", "peer", "after", "times", "share", "text"} <= {
        *properties["when"]["properties"]
    }
    assert schema["items"]["additionalProperties"] is False
    assert properties["when"]["additionalProperties"] is False
    assert "$ref" not in str(schema)
