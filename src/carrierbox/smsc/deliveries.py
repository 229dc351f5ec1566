"""The deliver_sm each account is owed: held until a receiver is bound, kept until acknowledged.

Times here are link seconds: an ESME that refuses for now is left alone for a while that doubles.
"""

import heapq
from collections import deque
from typing import Final

from carrierbox.clock import LinkTime
from carrierbox.smpp.values import (
    ESME_RINVCMDID,
    ESME_ROK,
    ESME_RX_P_APPN,
    ESME_RX_R_APPN,
)
from carrierbox.smsc.bindings import Binding, Bindings
from carrierbox.smsc.effects import DELIVERY_NOTIFICATION, DELIVERY_RECEIPT, Deliver, Delivery
from carrierbox.smsc.messages import Message
from carrierbox.smsc.receipts import (
    data_sm_of,
    message_pdu,
    notification_pdu,
    receipt_pdu,
)
from carrierbox.smsc.text_coding import write_for_account

BACK_OFF_FIRST_S: Final = 1.0
BACK_OFF_MAX_S: Final = 60.0

_REFUSED_FOR_GOOD: Final = frozenset({ESME_RX_P_APPN, ESME_RX_R_APPN, ESME_RINVCMDID})


def is_settled(command_status: int) -> bool:
    """Whether a deliver_sm_resp with this status ends the delivery: taken, or refused for good."""
    return command_status == ESME_ROK or command_status in _REFUSED_FOR_GOOD


class _Outbox:
    """What one account is owed, oldest first."""

    def __init__(self, system_id: str) -> None:
        self.system_id = system_id
        self.waiting: deque[Delivery] = deque()
        self.refused: list[Delivery] = []
        """Refused for now, in the order of the refusals; they go first when the back-off ends."""
        self.not_before: float = 0.0
        self.back_off_s: float = 0.0


class Deliveries:
    """The outgoing deliver_sm of one box."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._outboxes: dict[str, _Outbox] = {}
        self._deadlines: list[tuple[float, str]] = []

    def owe(self, delivery: Delivery, now: LinkTime) -> Deliver | None:
        """Owe an account one more; the effect that sends it if a receiver has room at once."""
        system_id = delivery.system_id
        outbox = self._outbox(system_id)
        if outbox.waiting or outbox.refused or now < outbox.not_before:
            outbox.waiting.append(delivery)
            return None
        binding = self._bindings.receiver_with_room(system_id)
        if binding is None:
            outbox.waiting.append(delivery)
            return None
        return _deliver(binding, delivery)

    def pump(self, system_id: str, now: LinkTime) -> list[Deliver]:
        """Send what the account's receivers have room for."""
        sent: list[Deliver] = []
        outbox = self._outboxes.get(system_id)
        if outbox is None or now < outbox.not_before:
            return sent
        if outbox.refused:
            outbox.waiting.extendleft(reversed(outbox.refused))
            outbox.refused.clear()
        while outbox.waiting:
            binding = self._bindings.receiver_with_room(system_id)
            if binding is None:
                break
            sent.append(_deliver(binding, outbox.waiting.popleft()))
        return sent

    def put_back(self, delivery: Delivery) -> None:
        """Owe it again, before everything else: it was not acknowledged."""
        self._outbox(delivery.system_id).waiting.appendleft(delivery)

    def withdraw(self, delivery: Delivery) -> None:
        """Owe it no longer, if it still waits."""
        outbox = self._outboxes.get(delivery.system_id)
        if outbox is None:
            return
        if delivery in outbox.waiting:
            outbox.waiting.remove(delivery)
        elif delivery in outbox.refused:
            outbox.refused.remove(delivery)

    def withdraw_message(self, message: Message) -> None:
        """Owe nothing for a message that was never accepted."""
        outbox = self._outboxes.get(message.receiver or message.system_id)
        if outbox is not None:
            outbox.waiting = deque(one for one in outbox.waiting if one.message is not message)
            outbox.refused = [one for one in outbox.refused if one.message is not message]

    def refuse(self, delivery: Delivery, now: LinkTime) -> None:
        """The ESME cannot take it now: keep it, and leave the account alone for a while.

        A client that is full refuses its whole window: that is one reason to wait, not many.
        """
        outbox = self._outbox(delivery.system_id)
        outbox.refused.append(delivery)
        if now < outbox.not_before:
            return
        outbox.back_off_s = min(max(outbox.back_off_s * 2, BACK_OFF_FIRST_S), BACK_OFF_MAX_S)
        self.hold(outbox.system_id, LinkTime(now + outbox.back_off_s))

    def relax(self, system_id: str) -> None:
        """The ESME took one: forget the back-off."""
        outbox = self._outboxes.get(system_id)
        if outbox is not None:
            outbox.back_off_s = 0.0

    def hold(self, system_id: str, until: LinkTime) -> None:
        """Send nothing to this account before `until`."""
        outbox = self._outbox(system_id)
        if until <= outbox.not_before:
            return
        outbox.not_before = until
        heapq.heappush(self._deadlines, (until, system_id))

    def next_deadline(self) -> float | None:
        """When the next back-off ends, in link seconds."""
        return self._deadlines[0][0] if self._deadlines else None

    def on_time(self, now: LinkTime) -> list[Deliver]:
        """End the back-offs that are over."""
        sent: list[Deliver] = []
        while self._deadlines and self._deadlines[0][0] <= now:
            _, system_id = heapq.heappop(self._deadlines)
            sent.extend(self.pump(system_id, now))
        return sent

    def waits(self, system_id: str) -> bool:
        """Whether something waits for this account, unsent."""
        outbox = self._outboxes.get(system_id)
        return outbox is not None and bool(outbox.waiting or outbox.refused)

    def accounts_owed(self) -> list[str]:
        """The accounts that something waits for."""
        return [system_id for system_id in self._outboxes if self.waits(system_id)]

    def held(self) -> int:
        """How many deliver_sm wait, unsent, over all accounts."""
        return sum(len(outbox.waiting) + len(outbox.refused) for outbox in self._outboxes.values())

    def _outbox(self, system_id: str) -> _Outbox:
        outbox = self._outboxes.get(system_id)
        if outbox is None:
            outbox = self._outboxes[system_id] = _Outbox(system_id)
        return outbox


def _deliver(binding: Binding, delivery: Delivery) -> Deliver:
    binding.outstanding += 1
    delivery.tries += 1
    message = delivery.message
    if delivery.kind == DELIVERY_RECEIPT:
        pdu = receipt_pdu(message, binding.dialect, binding.receipt_tlvs)
    elif delivery.kind == DELIVERY_NOTIFICATION:
        pdu = notification_pdu(message, delivery.at, binding.dialect, binding.receipt_tlvs)
    else:
        pdu = message_pdu(message, binding.dialect)
        write_for_account(pdu, message.coding, binding.account.coding_of(message.country))
    if binding.takes_data_sm:
        return Deliver(binding.link_id, delivery, data_sm_of(pdu))
    return Deliver(binding.link_id, delivery, pdu)
