"""Handing deliver_sm to ESMEs, and what becomes of each: taken, refused, unanswered, lost.

It writes into the current turn. `Deliveries` holds what is owed; the rules of who gets it when are
there, what an answer means is here.
"""

from carrierbox.clock import LinkTime
from carrierbox.identifiers import LinkId
from carrierbox.smpp.values import DELIVERED, ESME_ROK, REJECTED, status_name
from carrierbox.smsc import journal
from carrierbox.smsc.bindings import Bindings
from carrierbox.smsc.deliveries import Deliveries, is_settled
from carrierbox.smsc.effects import (
    DELIVERY_MESSAGE,
    DELIVERY_NOTIFICATION,
    DELIVERY_RECEIPT,
    Acknowledged,
    Concluded,
    Deliver,
    Delivery,
)
from carrierbox.smsc.messages import (
    FROM_ESME,
    RECEIPT_DONE,
    RECEIPT_HELD,
    RECEIPT_SENT,
    Message,
)
from carrierbox.smsc.schedule import FAILED_COMMIT_RETRY_S
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import RECEIPT_ACKNOWLEDGED, RECEIPT_REFUSED
from carrierbox.trace import RECEIPT_SENT as TRACE_RECEIPT_SENT


class Handover:
    """Every deliver_sm of a box, from being owed to being settled."""

    def __init__(
        self,
        turn: CurrentTurn,
        bindings: Bindings,
        deliveries: Deliveries,
    ) -> None:
        self._turn = turn
        self._bindings = bindings
        self._deliveries = deliveries

    def owe(self, delivery: Delivery) -> None:
        """Owe an account a deliver_sm, and send it if a receiver has room."""
        _mark(delivery, RECEIPT_HELD)
        deliver = self._deliveries.owe(delivery, self._turn.link_now)
        if deliver is not None:
            self._send(deliver)

    def notify(self, message: Message) -> None:
        """Owe an intermediate notification: the message waits (SMPP 3.4 §5.2.12)."""
        if message.origin == FROM_ESME:
            delivery = Delivery(DELIVERY_NOTIFICATION, message)
            delivery.at = self._turn.now
            self.owe(delivery)

    def pump(self, system_id: str) -> None:
        """Send what an account's receivers have room for."""
        for deliver in self._deliveries.pump(system_id, self._turn.link_now):
            self._send(deliver)

    def on_time(self) -> None:
        """End the back-offs that are over."""
        for deliver in self._deliveries.on_time(self._turn.link_now):
            self._send(deliver)

    def on_response(self, link_id: LinkId, command_status: int, context: object) -> None:
        """An ESME answered a deliver_sm."""
        if not isinstance(context, Delivery):
            return
        self._count_answer(link_id)
        message = context.message
        if is_settled(command_status):
            self._settle(context, command_status)
            self._deliveries.relax(message.system_id)
        else:
            _mark(context, RECEIPT_HELD)
            self._trace(RECEIPT_REFUSED, message, status_name(command_status))
            self._deliveries.refuse(context, self._turn.link_now)
        self.pump(message.system_id)

    def on_unanswered(self, link_id: LinkId, context: object) -> None:
        """No answer came, or none that can be read: owed again, to any receiver."""
        if isinstance(context, Delivery):
            self._owe_again(link_id, context)
            self.pump(context.message.system_id)

    def on_closed(self, link_id: LinkId, contexts: list[object]) -> str:
        """A link ended with these unanswered; the account it was bound to, or ""."""
        for context in reversed(contexts):
            if isinstance(context, Delivery):
                self._owe_again(link_id, context)
        binding = self._bindings.unbind(link_id)
        if binding is None:
            return ""
        self.pump(binding.system_id)
        return binding.system_id

    # What a failed commit undoes.

    def undo_deliver(self, effect: Deliver) -> None:
        """It was never sent."""
        self._owe_again(effect.link_id, effect.delivery)
        self._hold(effect.delivery)

    def undo_acknowledged(self, delivery: Delivery) -> None:
        """That it was settled was not written: it is sent again."""
        _mark(delivery, RECEIPT_HELD)
        self._deliveries.put_back(delivery)
        self._hold(delivery)

    def undo_concluded(self, delivery: Delivery) -> None:
        """That a message from a phone was settled was not written."""
        delivery.message.reopen()
        self.undo_acknowledged(delivery)

    # Inside.

    def _settle(self, delivery: Delivery, command_status: int) -> None:
        """The ESME took it, or refused it for good: it is never sent again."""
        turn = self._turn
        message = delivery.message
        if delivery.kind == DELIVERY_MESSAGE:
            message.conclude(DELIVERED if command_status == ESME_ROK else REJECTED, turn.now)
            message.receipt = RECEIPT_DONE
            turn.entries.append(journal.concluded_entry(message, False))
            turn.effects.append(Concluded(message, delivery))
        elif delivery.kind == DELIVERY_RECEIPT:
            message.receipt = RECEIPT_DONE
            turn.entries.append(journal.receipt_done_entry(message.message_id, command_status))
            turn.effects.append(Acknowledged(delivery))
        if command_status == ESME_ROK:
            self._trace(RECEIPT_ACKNOWLEDGED, message, "")
        else:
            self._trace(RECEIPT_REFUSED, message, status_name(command_status))

    def _owe_again(self, link_id: LinkId, delivery: Delivery) -> None:
        self._count_answer(link_id)
        _mark(delivery, RECEIPT_HELD)
        self._deliveries.put_back(delivery)

    def _count_answer(self, link_id: LinkId) -> None:
        binding = self._bindings.of_link(link_id)
        if binding is not None:
            binding.outstanding -= 1

    def _send(self, deliver: Deliver) -> None:
        message = deliver.delivery.message
        _mark(deliver.delivery, RECEIPT_SENT)
        self._turn.effects.append(deliver)
        self._trace(TRACE_RECEIPT_SENT, message, "")

    def _hold(self, delivery: Delivery) -> None:
        until = LinkTime(self._turn.link_now + FAILED_COMMIT_RETRY_S)
        self._deliveries.hold(delivery.message.system_id, until)

    def _trace(self, kind: int, message: Message, detail: str) -> None:
        self._turn.trace(kind, message.message_id, message.system_id, message.msisdn, detail)


def _mark(delivery: Delivery, receipt: int) -> None:
    """Note how far a message's receipt has come; notifications leave it alone."""
    if delivery.kind != DELIVERY_NOTIFICATION:
        delivery.message.receipt = receipt
