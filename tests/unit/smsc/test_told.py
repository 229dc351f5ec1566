"""What is kept of a verdict with its message, and how it is told."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.relay import ACCEPTED, Verdict
from carrierbox.smpp.values import DELIVERED, REJECTED
from carrierbox.smsc.told import Told, told_of


def a_verdict(**fields: object) -> Verdict:
    """A verdict with these fields."""
    verdict = Verdict(0, "mine")
    for name, value in fields.items():
        setattr(verdict, name, value)
    return verdict


def test_a_verdict_that_only_accepts_leaves_nothing() -> None:
    """Most messages have no object of this kind."""
    assert told_of(ACCEPTED) is None
    assert told_of(a_verdict()) is None
    assert told_of(a_verdict(command_status=0, cause=6, answers=2)) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "because"),
        ("delivers", False),
        ("told_state", REJECTED),
        ("told_err", "013"),
        ("told_after_s", 5.0),
        ("copies", 2),
        ("is_told", False),
        ("hold_until", NetworkTime(9.0)),
        ("text", ""),
    ],
)
def test_each_thing_a_rule_says_is_kept(field: str, value: object) -> None:
    """Also a text that is empty."""
    names = {"told_state": "message_state", "told_err": "err", "told_after_s": "after_s"}
    told = told_of(a_verdict(**{field: value}))
    assert told is not None
    kept = {"hold_until": "held_until"} | names
    assert getattr(told, kept.get(field, field)) == value


def test_what_no_phone_gets_is_told_as_delivered_unless_a_rule_says_more() -> None:
    """As if the network had answered."""
    told = told_of(a_verdict(delivers=False))
    assert told is not None
    assert told.message_state == DELIVERED
    told = told_of(a_verdict(delivers=False, told_state=REJECTED))
    assert told is not None
    assert told.message_state == REJECTED


def test_what_goes_to_an_account_is_neither_held_nor_dropped_nor_rewritten() -> None:
    """There is no network on its way."""
    verdict = a_verdict(delivers=False, hold_until=NetworkTime(9.0), text="x")
    assert told_of(verdict, to_phone=False) is None


@pytest.mark.parametrize(
    ("err", "error"), [("013", 13), ("", 0), ("E12", 0), ("99999999", 0xFFFF), ("٣", 0)]
)
def test_an_err_that_is_a_number_is_an_error_too(err: str, error: int) -> None:
    """For query_sm and network_error_code, which have octets for it."""
    told = Told()
    told.err = err
    assert told.error == error


def test_another_text_leaves_all_else() -> None:
    """A replaced text is told as the one before."""
    told = told_of(a_verdict(reason="r", copies=3, is_told=False, text="x", told_when_taken=True))
    assert told is not None
    told.copies_done = 2
    other = told.with_text(None)
    assert (other.text, other.reason, other.copies, other.copies_done) == (None, "r", 3, 2)
    assert (other.is_told, told.text) == (False, "x")
    assert other.when_taken
