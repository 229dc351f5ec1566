"""Telling an ESME that a phone it asked for is back: alert_notification (SMPP 3.4 §4.12).

An ESME asks with set_dpf in a message that then fails because the phone is absent. What was asked
lives as long as the process, as a register's message waiting data may be lost too.
"""

from typing import Final

from carrierbox.identifiers import NPI_ISDN, TON_INTERNATIONAL
from carrierbox.smpp.pdus import AlertNotification
from carrierbox.smsc.bindings import Bindings
from carrierbox.smsc.effects import Notify
from carrierbox.smsc.messages import Message
from carrierbox.smsc.turns import CurrentTurn

INTERESTS_MAX: Final = 10_000


class Alerts:
    """Which accounts want to hear of which phones."""

    def __init__(self, turn: CurrentTurn, bindings: Bindings) -> None:
        self._turn = turn
        self._bindings = bindings
        self._interests: dict[str, list[Message]] = {}

    def ask(self, message: Message) -> None:
        """The sender of this message wants to hear when its phone is back."""
        if len(self._interests) >= INTERESTS_MAX and message.msisdn not in self._interests:
            self._interests.pop(next(iter(self._interests)))
        interested = self._interests.setdefault(message.msisdn, [])
        if all(
            one.system_id != message.system_id
            or one.submit.source_addr != message.submit.source_addr
            for one in interested
        ):
            interested.append(message)

    def on_alert(self, msisdn: str) -> None:
        """A phone is back: tell each that asked, once, if it has a receiver bound."""
        for message in self._interests.pop(msisdn, []):
            binding = self._bindings.receiver(message.system_id)
            if binding is None:
                continue
            submit = message.submit
            pdu = AlertNotification(
                TON_INTERNATIONAL,
                NPI_ISDN,
                msisdn,
                submit.source_addr_ton,
                submit.source_addr_npi,
                submit.source_addr,
            )
            self._turn.effects.append(Notify(binding.link_id, pdu))
