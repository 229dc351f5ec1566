"""Senders and consents of an in-process carrier, as a test looks at them and changes them."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from carrierbox.config_rules import definition_as
from carrierbox.config_senders import SenderRequest, consent_definition, consent_of
from carrierbox.register_views import (
    ConsentView,
    RegistrationRequest,
    SenderView,
    consent_view,
    registered,
    sender_view,
    with_registration,
)
from carrierbox.simulator.policy.consent import ConsentRecord
from carrierbox.testing.engine import Engine

LIMIT_S: Final = 10.0

WithEngine = Callable[[Callable[[Engine], Coroutine[Any, Any, Any]]], Any]


class CarrierRegisters:
    """The registers of a carrier: `carrier.registers`. Numbers are written as +33612345678."""

    def __init__(self, with_engine: WithEngine) -> None:
        self._with_engine = with_engine

    def consent(self, sender: str, recipient: str) -> ConsentView:
        """How a phone stands to a sender. ValueError for what is no phone's number."""
        declared = consent_of(_consent(sender, recipient, "none", "api"))

        async def look(engine: Engine) -> ConsentView:
            await engine.settle(LIMIT_S, clients=False)
            registers = engine.box.registers
            key = registers.consent_key_of(sender, declared.msisdn)
            changes = registers.consents.changes_of(key, declared.msisdn)
            return consent_view(ConsentRecord(key, declared.msisdn, changes))

        found: ConsentView = self._with_engine(look)
        return found

    def record(
        self, sender: str, recipient: str, state: str = "opted_in", source: str = "api"
    ) -> ConsentView:
        """Record a consent; a `form` of a sender with double opt-in asks the phone to confirm."""
        declared = consent_of(_consent(sender, recipient, state, source))
        change = declared.change

        async def act(engine: Engine) -> None:
            box = engine.box

            def ask(tell: Callable[[str], None]) -> None:
                now = box.clock.now()
                answer = box.registers.recorded(
                    sender, declared.msisdn, change.state, change.source, now
                )
                box.centre.act(answer, declared.msisdn, tell)

            await engine.set_in_centre(ask, LIMIT_S)

        self._with_engine(act)
        return self.consent(sender, recipient)

    def sender(self, sender: str, country: str = "") -> SenderView | None:
        """How a sender is registered in a country, "" for every country; None if it is not."""

        async def look(engine: Engine) -> SenderView | None:
            await engine.settle(LIMIT_S, clients=False)
            entry = engine.box.registers.registrations.exactly(sender, country)
            return None if entry is None else sender_view(engine.box, entry)

        found: SenderView | None = self._with_engine(look)
        return found

    def register(self, sender: str, country: str = "", **fields: object) -> SenderView | None:
        """Register a sender in place of what it was: `register("28282", "US", kind=…)`.

        ValueError says which field cannot be.
        """
        request = definition_as(SenderRequest, fields)
        return self._set(sender, country, lambda e: registered(e.box, sender, country, request))

    def set_registration(
        self, sender: str, country: str = "", **fields: object
    ) -> SenderView | None:
        """Change its registration alone: `set_registration("28282", registration="approved")`."""
        request = definition_as(RegistrationRequest, fields)
        return self._set(
            sender, country, lambda e: with_registration(e.box, sender, country, request)
        )

    def _set(
        self, sender: str, country: str, setting_of: Callable[[Engine], tuple[str, bytes]]
    ) -> SenderView | None:
        async def act(engine: Engine) -> None:
            name, value = setting_of(engine)
            await engine.set_in_centre(
                lambda tell: engine.box.centre.set_setting(name, value, tell), LIMIT_S
            )

        self._with_engine(act)
        return self.sender(sender, country)


def _consent(sender: str, recipient: str, state: str, source: str) -> Any:
    return consent_definition(
        {"sender": sender, "recipient": recipient, "state": state, "source": source}
    )
