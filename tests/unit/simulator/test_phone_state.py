"""What users set of a phone, as it is kept."""

import pytest

from carrierbox.errors import ConfigurationError
from carrierbox.relay import BARRING_SERVICE_ACTIVE, ILLEGAL_EQUIPMENT
from carrierbox.simulator.phone_state import (
    PhoneState,
    Subscription,
    check_subscription,
    read_state,
    write_state,
)
from carrierbox.simulator.profile import NOT_BARRED, PACKET_SWITCHED


def test_what_was_set_is_read_back() -> None:
    """Nothing set takes no octets."""
    assert write_state(PhoneState()) == b""
    assert read_state(b"") == PhoneState()
    state = PhoneState(subscription=Subscription(visited_country="IN", barred_mo="operator"))
    kept = write_state(state)
    assert kept == b'{"subscription":{"visited_country":"IN","barred_mo":"operator"}}'
    assert read_state(kept) == state


@pytest.mark.parametrize("value", [b"{", b"[]", b'{"other":1}', b'{"subscription":{"domain":"x"}}'])
def test_what_cannot_be_read_is_an_error(value: bytes) -> None:
    """A store may come from a newer version."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_state(value)


def test_a_subscription_becomes_a_profile() -> None:
    """None where everything is as with everybody."""
    assert Subscription().profile() is None
    profile = Subscription(
        barred_mt="service", domain="sgsn", answers_with="ILLEGAL_EQUIPMENT"
    ).profile()
    assert profile is not None
    assert profile.barred_mt == BARRING_SERVICE_ACTIVE
    assert profile.barred_mo == NOT_BARRED
    assert profile.domain == PACKET_SWITCHED
    assert profile.illegal == ILLEGAL_EQUIPMENT


@pytest.mark.parametrize(
    ("subscription", "field"),
    [
        (Subscription(visited_country="india"), "visited_country"),
        (Subscription(visited_carrier="Airtel"), "visited_country"),
        (Subscription(answers_with="TIRED"), "answers_with"),
        (Subscription(carrier="x" * 101), "carrier"),
    ],
)
def test_what_cannot_be_is_told_by_its_field(subscription: Subscription, field: str) -> None:
    """With the values that can."""
    assert check_subscription(subscription).startswith(f"{field}:")
    assert not check_subscription(Subscription(visited_country="IN", carrier="Free"))
