"""Registrations: states that time changes, suspensions, and verdicts that are counted."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import TON_ALPHANUMERIC, Address
from carrierbox.relay import SUSPENDS_ACCOUNT, SUSPENDS_SENDER, Submission, Suspension
from carrierbox.simulator.policy.registrations import (
    Registrations,
    VerdictCounts,
    kind_of_sender,
)
from carrierbox.simulator.sender_state import AccountState, Registration, SenderState

NOW = NetworkTime(1000.0)
WEEKS = 21 * 86_400.0


def pending(until: float) -> SenderState:
    """A sender that is approved at that time."""
    return SenderState(registration="pending", until=until, afterwards="approved")


def submission(source: str = "28282", country: str = "US", system_id: str = "demo") -> Submission:
    """A submission of a sender."""
    return Submission(system_id, Address(3, 0, source), "12025550123", country, "", 0, b"", b"")


def test_a_sender_is_found_in_its_country_else_in_all() -> None:
    """Its own entry goes before that of every country."""
    registrations = Registrations()
    registrations.put("28282", "US", SenderState(registration="approved"), NOW)
    registrations.put("Acme", "", SenderState(registration="refused"), NOW)
    found = registrations.find("28282", "US")
    assert found is not None
    assert found.registration == "approved"
    assert registrations.find("28282", "CA") is None
    everywhere = registrations.find("ACME", "FR")
    assert everywhere is not None
    assert everywhere.registration == "refused"
    assert registrations.exactly("ACME", "FR") is None
    registrations.put("ACME", "FR", SenderState(registration="approved"), NOW)
    here = registrations.find("acme", "FR")
    assert here is not None
    assert here.registration == "approved"
    assert [each.country for each in registrations.all()] == ["", "FR", "US"]


def test_what_is_pending_is_approved_in_time() -> None:
    """At its very time, once, told in words."""
    registrations = Registrations()
    registrations.put("28282", "US", pending(NOW + WEEKS), NOW)
    assert registrations.next_deadline() == NOW + WEEKS
    assert registrations.on_time(NetworkTime(NOW + WEEKS - 1)) == []
    (change,) = registrations.on_time(NetworkTime(NOW + WEEKS + 5))
    assert change.at == NOW + WEEKS
    assert change.said == "sender 28282 in US: pending, now approved"
    found = registrations.find("28282", "US")
    assert found is not None
    assert (found.registration, found.until) == ("approved", 0.0)
    assert registrations.next_deadline() is None


def test_a_time_that_has_passed_is_past() -> None:
    """After a restart the clock may be further."""
    registrations = Registrations()
    registrations.put("28282", "US", pending(NOW - 1), NOW)
    found = registrations.find("28282", "US")
    assert found is not None
    assert found.registration == "approved"


def test_what_was_changed_meanwhile_stays() -> None:
    """A deadline of an entry that is no longer that entry means nothing."""
    registrations = Registrations()
    registrations.put("28282", "US", pending(NOW + 10), NOW)
    registrations.put("28282", "US", SenderState(registration="refused"), NOW)
    assert registrations.on_time(NetworkTime(NOW + 20)) == []
    found = registrations.find("28282", "US")
    assert found is not None
    assert found.registration == "refused"


@pytest.mark.parametrize("ended_by", ["time", "removal", "change"])
def test_suspensions_are_counted(ended_by: str) -> None:
    """0 spares every message a look: so the count must be right."""
    registrations = Registrations()
    until = NOW + 10
    afterwards: Registration = "approved"
    state = SenderState(registration="suspended", until=until, afterwards=afterwards)
    registrations.put("28282", "US", state, NOW)
    registrations.put("28282", "US", state, NOW)
    assert registrations.suspensions == 1
    if ended_by == "time":
        registrations.on_time(NetworkTime(until))
    elif ended_by == "removal":
        registrations.remove("28282", "US")
    else:
        registrations.put("28282", "US", SenderState(registration="approved"), NOW)
    assert registrations.suspensions == 0


def test_an_account_is_suspended_for_a_time() -> None:
    """And no longer, whatever was set before."""
    registrations = Registrations()
    registrations.put_account("demo", AccountState(until=NOW + 10), NOW)
    registrations.put_account("other", AccountState(until=NOW - 10), NOW)
    assert registrations.suspensions == 1
    assert registrations.account("other") is None
    assert [each.system_id for each in registrations.accounts()] == ["demo"]
    (change,) = registrations.on_time(NetworkTime(NOW + 10))
    assert change.said == "account demo: no longer suspended"
    assert registrations.suspensions == 0
    registrations.put_account("demo", AccountState(), NOW)
    registrations.put_account("demo", None, NOW)
    assert registrations.suspensions == 0


def test_the_verdict_that_fills_the_window_suspends() -> None:
    """Three within a minute; what is older does not count, and it begins anew after that."""
    counts = VerdictCounts()
    three = Suspension(SUSPENDS_SENDER, 3, 60.0, 0.0)

    def at(seconds: float, source: str = "28282", country: str = "US") -> bool:
        return counts.is_enough("r", three, submission(source, country), NetworkTime(seconds))

    assert [at(0), at(50), at(61)] == [False, False, False]
    assert not at(62, country="CA")
    assert not at(62, source="33333")
    assert at(70)
    assert not at(71)


def test_one_verdict_may_be_enough() -> None:
    """After 1."""
    one = Suspension(SUSPENDS_SENDER, 1, 60.0, 0.0)
    assert VerdictCounts().is_enough("r", one, submission(), NOW)


def test_an_account_is_counted_whatever_its_senders() -> None:
    """Snowshoeing: many senders of one account."""
    counts = VerdictCounts()
    two = Suspension(SUSPENDS_ACCOUNT, 2, 60.0, 0.0)
    assert not counts.is_enough("r", two, submission("28282"), NOW)
    assert not counts.is_enough("r", two, submission("28282", system_id="other"), NOW)
    assert counts.is_enough("r", two, submission("33333"), NOW)


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("ACME", "alphanumeric"),
        ("24hours", "alphanumeric"),
        ("28282", "short_code"),
        ("38600000", "short_code"),
        ("33612345678", "long_code"),
        ("+12025550123", "long_code"),
        ("18005550199", "toll_free"),
        ("1" * 20, "alphanumeric"),
    ],
)
def test_the_kind_of_a_sender_is_seen(sender: str, kind: str) -> None:
    """R6: where nobody says, as it looks."""
    assert kind_of_sender(sender) == kind


def test_digits_that_are_sent_as_a_name_are_a_name() -> None:
    """SMPP 3.4 §5.2.5: the type of number says so."""
    assert kind_of_sender("28282", TON_ALPHANUMERIC) == "alphanumeric"
