"""Handing deliver_sm to ESMEs, and what becomes of each: taken, refused, unanswered, lost.

It writes into the current turn. `Deliveries` holds what is owed; the rules of who gets it when are
there, what an answer means is here.
"""

from typing import Final

from carrierbox.clock import LinkTime
from carrierbox.identifiers import LinkId
from carrierbox.smpp.timers import earlier
from carrierbox.smpp.values import (
    DELIVERED,
    ESME_ROK,
    MESSAGE_STATE_NAMES,
    REJECTED,
    status_name,
)
from carrierbox.smsc import journal
from carrierbox.smsc.bindings import Bindings
from carrierbox.smsc.deliveries import Deliveries, is_settled, reported_at
from carrierbox.smsc.effects import (
    DELIVERY_MESSAGE,
    DELIVERY_NOTIFICATION,
    DELIVERY_RECEIPT,
    LOAD_LATE,
    LOAD_OWED,
    Acknowledged,
    Concluded,
    Deliver,
    Delivery,
    Load,
)
from carrierbox.smsc.late_receipts import GIVEN_UP, LATE_MAX, LateReceipts
from carrierbox.smsc.messages import (
    FROM_ESME,
    FROM_PHONE,
    RECEIPT_DONE,
    RECEIPT_HELD,
    RECEIPT_NONE,
    RECEIPT_SENT,
    Message,
)
from carrierbox.smsc.outbinds import Outbinds
from carrierbox.smsc.outcomes import outcome_answers
from carrierbox.smsc.ports import NEVER
from carrierbox.smsc.receipts import receipt_is_owed
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.rows import Found
from carrierbox.smsc.schedule import FAILED_COMMIT_RETRY_S
from carrierbox.smsc.status_reports import report_is_owed
from carrierbox.smsc.tellings import Tellings
from carrierbox.smsc.told import Told
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import RECEIPT_ACKNOWLEDGED, RECEIPT_GIVEN_UP, RECEIPT_REFUSED
from carrierbox.trace import RECEIPT_SENT as TRACE_RECEIPT_SENT

LATE: Final = "nobody took it in time"


class Handover:
    """Every deliver_sm of a box, from being owed to being settled."""

    def __init__(
        self,
        turn: CurrentTurn,
        registry: Registry,
        bindings: Bindings,
        deliveries: Deliveries,
        outbinds: Outbinds,
        late: LateReceipts,
    ) -> None:
        self._turn = turn
        self._registry = registry
        self._bindings = bindings
        self._deliveries = deliveries
        self._outbinds = outbinds
        self.late = late
        self.tellings = Tellings()
        self.given_up: int = 0
        """How many receipts and notifications nobody took in time."""

    def owe(self, delivery: Delivery) -> None:
        """Owe an account a deliver_sm, and send it if a receiver has room."""
        _mark(delivery, RECEIPT_HELD)
        deliver = self._deliveries.owe(delivery, self._turn.link_now)
        if deliver is not None:
            self._send(deliver)
        else:
            self._outbinds.consider(delivery.system_id)
            self._arm(delivery)

    def owe_in_time(self, delivery: Delivery) -> None:
        """Owe a receipt once its carrier tells of the end, which may be later."""
        message = delivery.message
        if message.told_at > self._turn.now:
            _mark(delivery, RECEIPT_HELD)
            self.tellings.add(message.told_at, message, delivery)
        else:
            self.owe(delivery)

    def tell(self, message: Message, receipt: Delivery | None) -> None:
        """Tell of the end of a message: whoever awaits it, and by a receipt if one is owed."""
        if message.told_at > self._turn.now:
            if receipt is not None:
                _mark(receipt, RECEIPT_HELD)
            if receipt is not None or message.awaited is not None:
                self.tellings.add(message.told_at, message, receipt)
            return
        if message.awaited is not None:
            self._turn.effects.extend(outcome_answers(message))
        if receipt is not None:
            self.owe(receipt)

    def tell_when_taken(self, message: Message) -> None:
        """Owe the receipt of a message whose carrier tells of it once its network has taken it.

        Whoever awaits the outcome in the response has no receipt before it.
        """
        if (
            message.is_told_when_taken
            and message.receipt == RECEIPT_NONE
            and message.awaited is None
            and receipt_is_owed(message)
        ):
            message.receipt = RECEIPT_HELD
            self.tellings.add(message.told_at, message, Delivery(DELIVERY_RECEIPT, message))

    def tell_anew(self, message: Message) -> None:
        """The same of one that says otherwise now when it is told, or whether."""
        if self.tellings.withdraw(message):
            message.receipt = RECEIPT_NONE
        self.tell_when_taken(message)

    def receipt_of_end(self, message: Message) -> Delivery | None:
        """The receipt that a message owes by its end, and notes that it does.

        None if it owes none, or if that went out when its network took it; what was still to be
        told of that is told with the end.
        """
        if message.receipt != RECEIPT_NONE:
            if not self.tellings.withdraw(message):
                return None
            message.receipt = RECEIPT_NONE
        if not receipt_is_owed(message):
            return None
        message.receipt = RECEIPT_HELD
        return Delivery(DELIVERY_RECEIPT, message)

    def notify(self, message: Message) -> None:
        """Owe an intermediate notification: the message waits (SMPP 3.4 §5.2.12)."""
        if message.origin == FROM_ESME and (message.told is None or message.told.is_told):
            delivery = Delivery(DELIVERY_NOTIFICATION, message)
            delivery.at = self._turn.now
            self.owe(delivery)

    def pump(self, system_id: str) -> None:
        """Send what an account's receivers have room for; if there is none, it may be called."""
        if self.late.is_due(system_id, self._turn.now):
            # What is late must not leave: it is looked for in this turn.
            return
        for deliver in self._deliveries.pump(system_id, self._turn.link_now):
            self._send(deliver)
        self._outbinds.consider(system_id)
        self._read_on(system_id)

    def next_deadline(self) -> float | None:
        """When the next back-off ends or the next call is due, in link seconds."""
        return earlier(self._deliveries.next_deadline(), self._outbinds.next_deadline())

    def on_time(self) -> None:
        """End the back-offs that are over, and call whom it is time to call.

        Whoever may be owed something late waits on: that is looked for first, some in each turn.
        """
        for system_id in self._deliveries.on_time(self._turn.link_now):
            self.pump(system_id)
        self._outbinds.on_time()

    # What an account is owed and memory does not hold.

    def _read_on(self, system_id: str) -> None:
        request = self._deliveries.next_rows(system_id)
        if request is not None:
            self._turn.effects.append(Load(request, LOAD_OWED, system_id))

    def on_rows(self, system_id: str, rows: list[Found], complete: bool) -> None:
        """The next rows that an account is owed."""
        owed: list[Delivery] = []
        for found in rows:
            message = found.message
            if self._registry.knows(message.message_id):
                continue
            delivery = self._take_in(message)
            if delivery.kind == DELIVERY_RECEIPT and message.told_at > self._turn.now:
                self.owe_in_time(delivery)
            elif self._is_late(delivery):
                self._give_up(delivery, LATE)
            else:
                owed.append(delivery)
                self._arm(delivery)
        self._deliveries.came_back(system_id, rows[-1].row if rows else None, owed)
        if complete:
            self._deliveries.all_came_back(system_id)
        self.pump(system_id)

    def load_failed(self, system_id: str) -> None:
        """Rows that were asked for did not come: ask again shortly."""
        until = LinkTime(self._turn.link_now + FAILED_COMMIT_RETRY_S)
        self._deliveries.load_failed(system_id, until)

    # What comes too late.

    def next_network_deadline(self) -> float | None:
        """When a receipt may have waited long enough, or is to be told, in network seconds."""
        return earlier(self.late.next_deadline(), self.tellings.next_deadline())

    def on_network_time(self) -> None:
        """Tell what it is time to tell, and give up what accounts did not take in time, some with
        each turn.
        """
        now = self._turn.now
        for _ in range(LATE_MAX):
            telling = self.tellings.pop_due(now)
            if telling is None:
                break
            self.tell(telling.message, telling.receipt)
        left = LATE_MAX
        while left > 0:
            system_id = self.late.pop_due(now)
            if system_id is None:
                return
            keep_s = self.late.keep_s(system_id)
            taken = self._deliveries.take_late(system_id, keep_s, now, left)
            left -= len(taken) + 1
            for delivery in taken:
                self._give_up(delivery, LATE)
            oldest = self._deliveries.oldest_report(system_id)
            if oldest != NEVER:
                self.late.arm(system_id, oldest)
            if self._deliveries.has_rows(system_id):
                self._read_late(system_id)
            self.pump(system_id)

    def _read_late(self, system_id: str) -> None:
        request = self.late.next_rows(system_id)
        if request is not None:
            self._turn.effects.append(Load(request, LOAD_LATE, system_id))

    def on_late_rows(self, system_id: str, rows: list[Found], complete: bool) -> None:
        """The oldest rows that an account is owed: the late ones are given up."""
        late = self.late
        late.answered(system_id)
        keep_s = late.keep_s(system_id)
        for found in rows:
            row = found.row
            if row.at + keep_s > self._turn.now:
                late.arm(system_id, row.at)
                return
            late.passed(system_id, row)
            message = found.message
            if message.is_final and not self._registry.knows(message.message_id):
                delivery = self._take_in(message)
                if self._is_late(delivery):
                    self._give_up(delivery, LATE)
                else:
                    # It is told later than it ended.
                    self.owe_in_time(delivery)
        if not complete:
            self._read_late(system_id)

    def late_load_failed(self, system_id: str) -> None:
        """Rows that were asked for did not come: ask again shortly."""
        self.late.answered(system_id)
        at = self._turn.now + FAILED_COMMIT_RETRY_S
        self.late.arm(system_id, at - self.late.keep_s(system_id))

    def _take_in(self, message: Message) -> Delivery:
        """A message of the table that an account is owed, or owed the receipt of."""
        self._registry.add(message)
        if not message.is_final:
            return Delivery(DELIVERY_MESSAGE, message)
        # Its end was committed long ago: it is history, and leaves memory as history does.
        self._registry.finished(message)
        return Delivery(DELIVERY_RECEIPT, message)

    def _is_late(self, delivery: Delivery) -> bool:
        if delivery.kind == DELIVERY_MESSAGE:
            return False
        return reported_at(delivery) + self.late.keep_s(delivery.system_id) <= self._turn.now

    def _arm(self, delivery: Delivery) -> None:
        if delivery.kind != DELIVERY_MESSAGE:
            self.late.arm(delivery.system_id, reported_at(delivery))

    def _give_up(self, delivery: Delivery, why: str) -> None:
        """Nobody gets it any more; the journal and the trace are told."""
        turn = self._turn
        message = delivery.message
        delivery.is_given_up = True
        self.given_up += 1
        if delivery.kind == DELIVERY_RECEIPT:
            message.receipt = RECEIPT_DONE
            message.is_settling = True
            message.is_saved = False
            turn.entries.append(journal.receipt_done_entry(message.message_id, GIVEN_UP))
            turn.effects.append(Acknowledged(delivery))
        self._trace(RECEIPT_GIVEN_UP, delivery, why)

    # What ESMEs answer.

    def on_response(self, link_id: LinkId, command_status: int, context: object) -> None:
        """An ESME answered a deliver_sm."""
        if not isinstance(context, Delivery):
            return
        self._count_answer(link_id)
        if is_settled(command_status):
            self._settle(context, command_status)
            self._deliveries.relax(context.system_id)
        else:
            self._refused(context, status_name(command_status))
        self.pump(context.system_id)

    def on_unanswered(self, link_id: LinkId, context: object) -> None:
        """No answer came: owed again, to any receiver."""
        if isinstance(context, Delivery):
            self._owe_again(link_id, context)
            self.pump(context.system_id)

    def on_unreadable(self, link_id: LinkId, context: object, problem: str) -> None:
        """An answer came that cannot be read: owed again, but not at once, for so is the next."""
        if isinstance(context, Delivery):
            self._count_answer(link_id)
            self._refused(context, f"the response cannot be read: {problem}")
            self.pump(context.system_id)

    def _refused(self, delivery: Delivery, why: str) -> None:
        """The ESME cannot take it now: it is owed again, unless that was so too often."""
        delivery.refusals += 1
        self._trace(RECEIPT_REFUSED, delivery, why)
        tries_max = self.late.tries_max(delivery.system_id)
        if tries_max and delivery.refusals >= tries_max and delivery.kind != DELIVERY_MESSAGE:
            self._give_up(delivery, f"refused {delivery.refusals} times")
        else:
            _mark(delivery, RECEIPT_HELD)
            self._deliveries.put_back(delivery)
            self._arm(delivery)
        self._deliveries.back_off(delivery.system_id, self._turn.link_now)

    def on_closed(self, link_id: LinkId, contexts: list[object]) -> str:
        """A link ended with these unanswered; the account it was bound to, or ""."""
        for context in contexts:
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

    def undo_acknowledged(self, delivery: Delivery, again: Delivery | None = None) -> None:
        """That it was settled was not written: it is sent again, and its next copy is not owed."""
        told = delivery.message.told
        if again is not None and told is not None:
            self._deliveries.withdraw(again)
            told.copies_done -= 1
        if delivery.is_given_up:
            delivery.is_given_up = False
            self.given_up -= 1
        delivery.message.is_settling = False
        _mark(delivery, RECEIPT_HELD)
        self._deliveries.put_back(delivery)
        self._arm(delivery)
        self._hold(delivery)

    def undo_concluded(self, delivery: Delivery, receipt: Delivery | None) -> None:
        """That a message to an ESME was settled was not written, and its `receipt` is not owed."""
        if receipt is not None:
            self._deliveries.withdraw(receipt)
        delivery.message.reopen()
        self.undo_acknowledged(delivery)

    # Inside.

    def _settle(self, delivery: Delivery, command_status: int) -> None:
        """The ESME took it, or refused it for good: it is never sent again."""
        turn = self._turn
        message = delivery.message
        if delivery.kind == DELIVERY_MESSAGE:
            self._conclude(delivery, DELIVERED if command_status == ESME_ROK else REJECTED)
        elif delivery.kind == DELIVERY_RECEIPT:
            told = message.told
            message.is_saved = False
            if (
                told is not None
                and command_status == ESME_ROK
                and told.copies_done + 1 < told.copies
            ):
                self._send_copy(delivery, told)
            else:
                message.receipt = RECEIPT_DONE
                message.is_settling = True
                turn.entries.append(journal.receipt_done_entry(message.message_id, command_status))
                turn.effects.append(Acknowledged(delivery))
        if command_status == ESME_ROK:
            self._trace(RECEIPT_ACKNOWLEDGED, delivery, "")
        else:
            self._trace(RECEIPT_REFUSED, delivery, status_name(command_status))

    def _send_copy(self, delivery: Delivery, told: Told) -> None:
        """A receipt was taken that its rule wants to be sent once more."""
        turn = self._turn
        message = delivery.message
        told.copies_done += 1
        turn.entries.append(journal.copy_entry(message.message_id, told.copies_done))
        again = Delivery(DELIVERY_RECEIPT, message)
        turn.effects.append(Acknowledged(delivery, again))
        self.owe(again)

    def _conclude(self, delivery: Delivery, state: int) -> None:
        """The end of a message that is a deliver_sm itself; an ESME that sent it may want to know.

        What a phone sent has no receipt.
        """
        turn = self._turn
        message = delivery.message
        message.conclude(state, turn.now)
        receipt = Delivery(DELIVERY_RECEIPT, message) if receipt_is_owed(message) else None
        entry = message.concluded_entry = journal.concluded_entry(message, receipt is not None)
        turn.entries.append(entry)
        turn.effects.append(Concluded(message, delivery, receipt))
        if message.origin == FROM_PHONE:
            message.receipt = RECEIPT_DONE
        self.tell(message, receipt)
        if report_is_owed(message):
            turn.reports_owed.append(message)

    def _owe_again(self, link_id: LinkId, delivery: Delivery) -> None:
        self._count_answer(link_id)
        _mark(delivery, RECEIPT_HELD)
        self._deliveries.put_back(delivery)
        self._arm(delivery)

    def _count_answer(self, link_id: LinkId) -> None:
        binding = self._bindings.of_link(link_id)
        if binding is not None:
            binding.outstanding -= 1

    def _send(self, deliver: Deliver) -> None:
        _mark(deliver.delivery, RECEIPT_SENT)
        self._turn.effects.append(deliver)
        delivery = deliver.delivery
        detail = "" if delivery.message.told is None else _told_otherwise(delivery)
        self._trace(TRACE_RECEIPT_SENT, delivery, detail)

    def _hold(self, delivery: Delivery) -> None:
        until = LinkTime(self._turn.link_now + FAILED_COMMIT_RETRY_S)
        self._deliveries.hold(delivery.system_id, until)

    def _trace(self, kind: int, delivery: Delivery, detail: str) -> None:
        message = delivery.message
        self._turn.trace(kind, message.message_id, delivery.system_id, message.msisdn, detail)


def _mark(delivery: Delivery, receipt: int) -> None:
    """Note how far a message's receipt has come; notifications leave it alone.

    So does a message from an ESME to an ESME, which has a receipt beside. What a phone sends is
    counted as its own receipt.
    """
    if delivery.kind == DELIVERY_RECEIPT or (
        delivery.kind == DELIVERY_MESSAGE and delivery.message.origin == FROM_PHONE
    ):
        delivery.message.receipt = receipt


def _told_otherwise(delivery: Delivery) -> str:
    """The state that a receipt tells, if it is not the truth; else ""."""
    message = delivery.message
    if delivery.kind != DELIVERY_RECEIPT or message.state_told == message.state:
        return ""
    return MESSAGE_STATE_NAMES[message.state_told]
