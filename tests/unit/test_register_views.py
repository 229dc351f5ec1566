"""What is shown of senders and consents, and the settings that changes to them become."""

import pytest

from carrierbox.config_conditions import RuleError
from carrierbox.config_senders import SenderRequest
from carrierbox.register_views import (
    RegistrationRequest,
    SuspensionRequest,
    account_suspended,
    consent_view,
    registered,
    sender_view,
    with_registration,
)
from carrierbox.simulator.policy.consent import ConsentRecord
from carrierbox.simulator.sender_state import read_account, read_sender
from carrierbox.testing.direct import START, DirectCarrier


def test_a_suspension_returns_to_what_was_before() -> None:
    """One that is suspended again returns to being approved."""
    box = DirectCarrier().box
    suspend = RegistrationRequest(registration="suspended", suspended_for="1d")
    for before, afterwards in (("pending", "pending"), ("suspended", "approved")):
        request = SenderRequest(registration=before)  # type: ignore[arg-type]
        box.registers.apply(*registered(box, "28282", "US", request), box.clock.now())
        name, value = with_registration(box, "28282", "US", suspend)
        state = read_sender(value)
        assert state is not None
        assert (name, state.afterwards, state.until) == (
            "sender/US/28282",
            afterwards,
            START + 86_400,
        )


def test_why_a_sender_is_suspended_is_shown_as_long_as_it_is() -> None:
    """The rule and the status with which it is refused."""
    box = DirectCarrier().box
    value = b'{"registration":"suspended","rule":"gambling","command_status":69}'
    box.registers.apply("sender/US/28282", value, box.clock.now())
    entry = box.registers.registrations.exactly("28282", "US")
    assert entry is not None
    shown = sender_view(box, entry)
    assert (shown.rule, shown.command_status, shown.until, shown.afterwards) == (
        "gambling",
        69,
        None,
        None,
    )


def test_an_account_is_suspended_for_a_time_or_for_good() -> None:
    """A duration that is none is refused."""
    box = DirectCarrier().box
    name, value = account_suspended(box, "demo", SuspensionRequest(suspended_for="1h"))
    state = read_account(value)
    assert state is not None
    assert (name, state.until) == ("suspended/demo", START + 3600)
    with pytest.raises(RuleError, match="suspended_for"):
        account_suspended(box, "demo", SuspensionRequest(suspended_for="long"))


def test_a_pair_of_which_nothing_is_known_is_shown() -> None:
    """Its state is none, since never, from nowhere."""
    shown = consent_view(ConsentRecord("28282", "12025550123", []))
    assert (shown.state, shown.source, shown.at, shown.history) == ("none", None, None, [])
