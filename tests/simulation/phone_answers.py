"""What phones answer beside taking a text: acknowledgements, and that they are back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.log import (
    RETURNED,
    Alerted,
    Asked,
    Began,
    Event,
    Refused,
    Screen,
    Switched,
    UserAcknowledged,
)
from tests.simulation.promises import Promise, texts_in

from carrierbox.smpp.pdus import DataSm, DataSmResp, Pdu
from carrierbox.smpp.tlv import (
    TAG_DPF_RESULT,
    TAG_RECEIPTED_MESSAGE_ID,
    TAG_SET_DPF,
    tlv_int,
    tlv_text,
)
from carrierbox.smpp.values import (
    ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT,
    ESM_CLASS_USER_ACKNOWLEDGEMENT,
)

if TYPE_CHECKING:
    from tests.simulation.checker import Checker

ACKNOWLEDGEMENTS = {ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT: 4, ESM_CLASS_USER_ACKNOWLEDGEMENT: 8}
"""By message type the bit of registered_delivery that asks for it."""
CALM_S = 5.0


class PhoneAnswers:
    """SME acknowledgements (SMPP 3.4 §5.2.17) and alert_notification (§4.12)."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._asks: dict[tuple[str, str, str], int] = {}
        """How often an account and source asked to hear that a phone is back."""
        self._told: dict[tuple[str, str, str], int] = {}
        """Of these, who was told since that it will hear, and as the how-many-th event."""
        self._events = 0
        self._refused_at = float("-inf")
        self._may_repeat = False
        self._switches: dict[str, list[tuple[int, Switched]]] = {}
        self._by_users: list[tuple[float, UserAcknowledged]] = []
        self._came: set[tuple[str, str, int]] = set()
        """Id, phone and type of the acknowledgements that came."""

    def take(self, event: Event, now: float) -> None:
        """Take in one event of the log."""
        self._events += 1
        if isinstance(event, Began):
            # What was on its way when the process died asks again.
            self._may_repeat = bool(self._asks)
            self._told.clear()
            self._switches.clear()
        elif isinstance(event, Asked) and isinstance(event.pdu, DataSm):
            if tlv_int(event.pdu.tlvs, TAG_SET_DPF) == 1:
                key = (event.system_id, event.pdu.source_addr, event.pdu.destination_addr)
                self._asks[key] = self._asks.get(key, 0) + 1
        elif isinstance(event, Alerted):
            self._on_alerted(event)
        elif isinstance(event, Refused):
            self._refused_at = now
            self._may_repeat = True
        elif isinstance(event, Switched):
            self._switches.setdefault(event.msisdn, []).append((self._events, event))
        elif isinstance(event, UserAcknowledged):
            self._by_users.append((now, event))
        elif isinstance(event, Screen) and event.why == RETURNED:
            self._on_returned(event.msisdn, now)

    # alert_notification.

    def answered(self, asked: Asked, response: Pdu) -> None:
        """A data_sm in transaction mode was answered."""
        if (
            isinstance(asked.pdu, DataSm)
            and not self._checker.is_told_late(asked.pdu)
            and isinstance(response, DataSmResp)
            and tlv_int(response.tlvs, TAG_DPF_RESULT) == 1
        ):
            key = (asked.system_id, asked.pdu.source_addr, asked.pdu.destination_addr)
            self._told[key] = self._events

    def _on_alerted(self, event: Alerted) -> None:
        key = (event.system_id, event.esme_addr, event.msisdn)
        self._told.pop(key, None)
        left = self._asks.get(key)
        if left is None or (left == 0 and not self._may_repeat):
            self._checker.say("an alert is sent to who asked for it", f"{key}")
        # Where a commit failed it may be asked for and told again.
        self._asks[key] = max((left or 0) - 1, 0)

    def _on_returned(self, msisdn: str, now: float) -> None:
        """A phone that was off is back: who was told that it will hear of that has heard."""
        switches = self._switches.get(msisdn, [])[-2:]
        if any(one.problem != "" for _, one in switches) or now < self._refused_at + CALM_S:
            return
        for key, told in self._told.items():
            # Before that nobody may have been bound who could hear it.
            is_of_now = key[2] == msisdn and told > switches[0][0]
            if is_of_now and self._checker.bounds.has_receiver(key[0]):
                self._checker.say("who asked hears that a phone is back", f"{key}")

    # Acknowledgements.

    def on_delivered(self, pdu: Pdu, message_type: int, system_id: str) -> tuple[str, str, str]:
        """An acknowledgement is handed to a client; what it is known by."""
        message_id = tlv_text(pdu.tlvs, TAG_RECEIPTED_MESSAGE_ID) or ""
        source: str = getattr(pdu, "source_addr", "")
        self._came.add((message_id, source, message_type))
        promise = self._checker.promises.get((message_id, source))
        if promise is None:
            self._checker.note_early((message_id, source))
        else:
            if promise.system_id != system_id:
                self._checker.say(
                    "an acknowledgement goes to its sender", f"{promise}, not {system_id}"
                )
            asked = promise.registered_delivery & ACKNOWLEDGEMENTS[message_type]
            if not asked and not promise.may_be_replaced:
                self._checker.say("an acknowledgement is sent to who asked for it", f"{promise}")
        return f"acknowledgement {message_type:#x}", message_id, source

    def conclude(self) -> None:
        """Every acknowledgement that was given arrived."""
        for promise in self._checker.promises.values():
            if (
                promise.registered_delivery & ACKNOWLEDGEMENTS[ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT]
                and promise.is_shown
                and not promise.may_be_replaced
                and not self._ended_unwritten(promise)
                and not self._has(promise, ESM_CLASS_DELIVERY_ACKNOWLEDGEMENT)
            ):
                self._checker.say("no acknowledgement is forgotten", f"{promise}")
        for _, event in self._by_users:
            for text in texts_in(event.text):
                if (event.msisdn, text) in self._checker.maybe:
                    continue
                promises = [
                    one
                    for one in self._checker.promises.values()
                    if one.to == event.msisdn and text in one.texts
                ]
                if event.problem == "" and promises:
                    (promise,) = promises
                    if not self._has(promise, ESM_CLASS_USER_ACKNOWLEDGEMENT):
                        self._checker.say("no acknowledgement is forgotten", f"{promise}, by user")

    def _has(self, promise: Promise, message_type: int) -> bool:
        return (promise.message_id, promise.to, message_type) in self._came

    def _ended_unwritten(self, promise: Promise) -> bool:
        """Its time ended while commits failed: then the phone is not asked again."""
        return self._checker.failed_between(promise.told_at, promise.expires_at + CALM_S) and (
            promise.expires_at < self._checker.calm_at
        )
