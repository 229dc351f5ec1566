"""Which PDUs a fault strikes, and the faults of a box as they come and go."""

from random import Random

import pytest

from carrierbox.faults import (
    FAULTS_MAX,
    NO_RESPONSE,
    RECEIPT_FIRST,
    Consequence,
    Fault,
    FaultBook,
)
from carrierbox.identifiers import Address
from carrierbox.ip_networks import IpNetworks
from carrierbox.matching import ACCOUNT, IsOneOf, Match
from carrierbox.relay import Submission


def a_fault(name: str = "one", kind: int = NO_RESPONSE) -> Fault:
    match = Match([IsOneOf(ACCOUNT, frozenset({"shop"}))])
    operations = frozenset({"submit_sm"})
    return Fault(name, operations, match, False, Consequence(kind, "x"), None, Random("0"))


def a_submission(system_id: str = "shop", registered_delivery: int = 0) -> Submission:
    return Submission(
        system_id,
        Address(5, 0, "ACME"),
        "33612345678",
        "FR",
        "Orange",
        0,
        b"",
        b"Hi",
        registered_delivery=registered_delivery,
    )


def names(book: FaultBook) -> list[str]:
    return [fault.name for fault in book.in_order]


def test_a_fault_is_about_operations_and_peers() -> None:
    """What is looked at before the message is."""
    fault = a_fault()
    assert fault.may_mean("submit_sm", "192.0.2.1")
    assert not fault.may_mean("data_sm", "192.0.2.1")
    fault.peers = IpNetworks(["10.0.0.0/8"])
    assert not fault.may_mean("submit_sm", "192.0.2.1")
    assert fault.may_mean("submit_sm", "10.1.2.3")


def test_a_fault_asks_what_rules_ask() -> None:
    """The conditions of `matching`."""
    assert a_fault().means(a_submission())
    assert not a_fault().means(a_submission("demo"))


@pytest.mark.parametrize(
    ("registered_delivery", "means"), [(0, False), (1, True), (2, True), (16, False)]
)
def test_who_waits_for_a_receipt_must_have_asked_for_it(
    registered_delivery: int, means: bool
) -> None:
    """SMPP 3.4 §5.2.17, bits 1 and 0."""
    submission = a_submission("shop", registered_delivery)
    assert a_fault(kind=RECEIPT_FIRST).means(submission) is means


def test_a_fault_strikes_so_many_times_after_so_many() -> None:
    """Counted: what it let through, and what it struck."""
    fault = a_fault()
    fault.after, fault.times = 2, 3
    assert [fault.strikes() for _ in range(7)] == [False, False, True, True, True, False, False]
    assert fault.matched == 3


def test_a_share_is_drawn() -> None:
    """T49: from the Random that was handed in."""
    told = []
    for _ in range(2):
        fault = a_fault()
        fault.share_percent = 25.0
        told.append([fault.strikes() for _ in range(400)])
    assert told[0] == told[1]
    assert 70 <= sum(told[0]) <= 130


def test_faults_that_are_added_go_before_those_configured() -> None:
    """The oldest of each kind first; links are to be told."""
    book = FaultBook([a_fault("a"), a_fault("b")])
    assert book.is_changed
    book.is_changed = False
    book.add(a_fault("c"))
    book.add(a_fault("d"))
    assert names(book) == ["c", "d", "a", "b"]
    assert [fault.is_configured for fault in book.in_order] == [False, False, True, True]
    assert book.is_changed


def test_any_fault_can_be_removed() -> None:
    """Configured ones, too; one that is not there is told."""
    book = FaultBook([a_fault("a")])
    book.add(a_fault("b"))
    assert book.remove("a")
    assert not book.remove("a")
    assert names(book) == ["b"]
    book.put([a_fault("x")])
    assert names(book) == ["x"]
    book.put([])
    assert names(book) == []


def test_without_faults_nobody_has_to_be_told() -> None:
    """Links cost nothing then."""
    assert not FaultBook().is_changed


def test_names_are_given_once_and_faults_are_bounded() -> None:
    """What is refused changes nothing."""
    book = FaultBook([a_fault("a")])
    with pytest.raises(ValueError, match="there is a fault named 'a': choose another name"):
        book.add(a_fault("a"))
    many = [a_fault(str(number)) for number in range(FAULTS_MAX + 1)]
    with pytest.raises(ValueError, match="at most 1000 faults: remove some"):
        book.put(many)
    assert names(book) == ["a"]
