"""A sender as it is kept: what comes back, and how it is suspended."""

import pytest

from carrierbox.simulator.sender_state import (
    AccountState,
    Registration,
    SenderState,
    read_account,
    read_sender,
    sender_name,
    sender_of,
    suspended,
    with_until,
    written,
)


def test_what_is_written_is_read() -> None:
    """Whole, each time."""
    state = SenderState(kind="short_code", registration="pending", until=5.0, group="shop")
    assert read_sender(written(state)) == state
    account = AccountState(until=3.0, rule="r", command_status=69)
    assert read_account(written(account)) == account


@pytest.mark.parametrize("value", [b"", b"{", b'{"registration":"maybe"}', b"[]", b"\xff"])
def test_what_cannot_be_read_is_nothing(value: bytes) -> None:
    """A store that another version wrote stops no carrier."""
    assert read_sender(value) is None
    if value != b'{"registration":"maybe"}':
        assert read_account(value) is None


def test_the_name_of_a_setting_is_country_and_sender() -> None:
    """The country may be none, the sender may hold strokes."""
    assert sender_of(sender_name("US", "A/B")) == ("US", "A/B")
    assert sender_of(sender_name("", "28282")) == ("", "28282")


@pytest.mark.parametrize(
    ("before", "until", "afterwards", "then"),
    [
        ("none", 0.0, "none", "none"),
        ("approved", 0.0, "none", "approved"),
        ("pending", 50.0, "approved", "approved"),
        ("pending", 500.0, "approved", "pending"),
        ("suspended", 50.0, "approved", "approved"),
    ],
)
def test_a_suspended_sender_returns_to_what_it_was(
    before: Registration, until: float, afterwards: Registration, then: str
) -> None:
    """What was pending for longer stays pending: nobody is approved early by an offence."""
    state = SenderState(registration=before, until=until, afterwards=afterwards, is_configured=True)
    found = suspended(state, before, 100.0, "gambling", 69)
    assert (found.registration, found.until, found.afterwards) == ("suspended", 100.0, then)
    assert (found.rule, found.command_status, found.is_configured) == ("gambling", 69, False)


def test_a_time_may_be_set() -> None:
    """Everything else stays."""
    assert with_until(SenderState(brand="B"), 7.0) == SenderState(brand="B", until=7.0)
