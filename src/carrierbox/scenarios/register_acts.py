"""What scenarios do to the registers of a carrier, and expect of them: senders and consents."""

from collections.abc import Callable
from typing import Final

import msgspec

from carrierbox.config_senders import (
    ConsentDefinition,
    SenderDefinition,
    SenderRequest,
    consent_definition,
    consent_of,
)
from carrierbox.register_views import (
    RegistrationRequest,
    consent_view,
    registered,
    sender_view,
    with_registration,
)
from carrierbox.scenarios.conditions import judge_of
from carrierbox.scenarios.expectations import HOLDS
from carrierbox.scenarios.expectations_written import ConsentExpectation, SenderExpectation
from carrierbox.scenarios.run_state import Run
from carrierbox.simulator.policy.consent import ConsentRecord

_OF_REGISTRATION: Final = frozenset(RegistrationRequest.__struct_fields__)


def set_sender(run: Run, said: SenderDefinition) -> None:
    """Register a sender; of one that is registered already, a registration alone may be said."""
    box = run.world.box
    given = {
        field.name: value
        for field in msgspec.structs.fields(SenderRequest)
        if (value := getattr(said, field.name)) != field.default
    }
    present = box.registers.registrations.exactly(said.sender, said.country)
    if present is not None and given and set(given) <= _OF_REGISTRATION:
        change = msgspec.convert(given, RegistrationRequest)
        name, value = with_registration(box, said.sender, said.country, change)
    else:
        request = msgspec.convert(given, SenderRequest)
        name, value = registered(box, said.sender, said.country, request)
    run.world.ask(lambda tell: box.centre.set_setting(name, value, tell))


def record_consent(run: Run, said: ConsentDefinition) -> None:
    """Record how a phone stands to a sender, now."""
    box = run.world.box
    declared = consent_of(said)
    change = declared.change

    def ask(tell: Callable[[str], None]) -> None:
        answer = box.registers.recorded(
            said.sender, declared.msisdn, change.state, change.source, run.world.now
        )
        box.centre.act(answer, declared.msisdn, tell)

    run.world.ask(ask)


def sender(run: Run, said: SenderExpectation) -> str:
    """How a sender is registered."""
    box = run.world.box
    entry = box.registers.registrations.exactly(said.sender, said.country)
    if said.none or entry is None:
        return HOLDS if said.none == (entry is None) else "it is not as it should be registered"
    registration = sender_view(box, entry).registration
    if said.registration is not None and not judge_of(said.registration)(registration):
        return f"its registration is {registration}"
    return HOLDS


def consent(run: Run, said: ConsentExpectation) -> str:
    """How a phone stands to a sender."""
    declared = consent_of(
        consent_definition({"sender": said.consent, "recipient": said.recipient, "state": "none"})
    )
    registers = run.world.box.registers
    key = registers.consent_key_of(said.consent, declared.msisdn)
    changes = registers.consents.changes_of(key, declared.msisdn)
    state = consent_view(ConsentRecord(key, declared.msisdn, changes)).state
    return HOLDS if judge_of(said.state)(state) else f"it is {state}"
