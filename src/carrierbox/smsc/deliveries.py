"""The deliver_sm each account is owed: held until a receiver is bound, kept until acknowledged.

Times here are link seconds: an ESME that refuses for now is left alone for a while that doubles.
"""

import heapq
import itertools
from collections import deque
from typing import Final

from carrierbox.clock import LinkTime
from carrierbox.smpp.pdus import Pdu
from carrierbox.smpp.values import (
    ESME_RINVCMDID,
    ESME_ROK,
    ESME_RX_P_APPN,
    ESME_RX_R_APPN,
)
from carrierbox.smsc.bindings import Binding, Bindings
from carrierbox.smsc.effects import (
    DELIVERY_MESSAGE,
    DELIVERY_NOTIFICATION,
    DELIVERY_RECEIPT,
    Deliver,
    Delivery,
)
from carrierbox.smsc.messages import RECEIPT_SENT, Message
from carrierbox.smsc.ports import NEVER, LoadOwed, Row
from carrierbox.smsc.receipts import (
    data_sm_of,
    message_pdu,
    notification_pdu,
    receipt_pdu,
    words_for,
)
from carrierbox.smsc.settings import ErrWords
from carrierbox.smsc.text_coding import write_for_account

OWED_IN_MEMORY: Final = 1000
"""What an account is owed first stays in memory."""
ROWS: Final = 256
"""So many rows of one account are read at a time."""
BACK_OFF_FIRST_S: Final = 1.0
BACK_OFF_MAX_S: Final = 60.0

_REFUSED_FOR_GOOD: Final = frozenset({ESME_RX_P_APPN, ESME_RX_R_APPN, ESME_RINVCMDID})


def is_settled(command_status: int) -> bool:
    """Whether a deliver_sm_resp with this status ends the delivery: taken, or refused for good."""
    return command_status == ESME_ROK or command_status in _REFUSED_FOR_GOOD


class _Outbox:
    """What one account is owed, oldest first.

    Of one that `has_rows` some is in the table of the store alone: behind `waiting`, and before
    `newer`. What was read last has the end `row_at` and the id `row_id`.
    """

    def __init__(self, system_id: str) -> None:
        self.system_id = system_id
        self.has_rows: bool = False
        self.is_loading: bool = False
        self.newer: deque[Delivery] = deque()
        self.row_at: float = 0.0
        self.row_id: int = 0
        self.waiting: deque[Delivery] = deque()
        self.returned: deque[Delivery] = deque()
        """Sent and not taken, in the order of the first sending; they go before all others."""
        self.not_before: float = 0.0
        self.back_off_s: float = 0.0


class Deliveries:
    """The outgoing deliver_sm of one box."""

    def __init__(self, bindings: Bindings, err_words: ErrWords | None = None) -> None:
        self._bindings = bindings
        self._err_words = err_words
        self._outboxes: dict[str, _Outbox] = {}
        self._deadlines: list[tuple[float, str]] = []
        self.owed_in_memory: int = OWED_IN_MEMORY
        self._sent = 0

    def owe(self, delivery: Delivery, now: LinkTime) -> Deliver | None:
        """Owe an account one more; the effect that sends it if a receiver has room at once."""
        system_id = delivery.system_id
        outbox = self._outbox(system_id)
        if outbox.has_rows:
            outbox.newer.append(delivery)
            return None
        if outbox.waiting or outbox.returned or now < outbox.not_before:
            outbox.waiting.append(delivery)
            return None
        binding = self._bindings.receiver_with_room(system_id)
        if binding is None:
            outbox.waiting.append(delivery)
            return None
        return self._deliver(binding, delivery)

    def pump(self, system_id: str, now: LinkTime) -> list[Deliver]:
        """Send what the account's receivers have room for."""
        sent: list[Deliver] = []
        outbox = self._outboxes.get(system_id)
        if outbox is None or now < outbox.not_before:
            return sent
        for held in (outbox.returned, outbox.waiting):
            while held:
                binding = self._bindings.receiver_with_room(system_id)
                if binding is None:
                    return sent
                sent.append(self._deliver(binding, held.popleft()))
        return sent

    def put_back(self, delivery: Delivery) -> None:
        """Owe it again, before what was never sent: it was not acknowledged.

        Those that come back go in the order in which they were sent first, however they come back.
        """
        returned = self._outbox(delivery.system_id).returned
        if not returned or delivery.order > returned[-1].order:
            returned.append(delivery)
        elif delivery.order < returned[0].order:
            returned.appendleft(delivery)
        else:
            position = len(returned)
            while returned[position - 1].order > delivery.order:
                position -= 1
            returned.insert(position, delivery)

    def withdraw(self, delivery: Delivery) -> None:
        """Owe it no longer, if it still waits."""
        outbox = self._outboxes.get(delivery.system_id)
        if outbox is None:
            return
        for held in (outbox.returned, outbox.waiting, outbox.newer):
            if delivery in held:
                held.remove(delivery)
                return

    def withdraw_message(self, message: Message) -> None:
        """Owe nothing for a message that was never accepted."""
        outbox = self._outboxes.get(message.receiver or message.system_id)
        if outbox is not None:
            outbox.waiting = deque(one for one in outbox.waiting if one.message is not message)
            outbox.newer = deque(one for one in outbox.newer if one.message is not message)
            outbox.returned = deque(one for one in outbox.returned if one.message is not message)

    def refuse(self, delivery: Delivery, now: LinkTime) -> None:
        """The ESME cannot take it now: keep it, and leave the account alone for a while."""
        self.put_back(delivery)
        self.back_off(delivery.system_id, now)

    def back_off(self, system_id: str, now: LinkTime) -> None:
        """Leave an account alone for a while, twice as long as the last time.

        A client that is full refuses its whole window: that is one reason to wait, not many.
        """
        outbox = self._outbox(system_id)
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

    def on_time(self, now: LinkTime) -> list[str]:
        """The accounts whose back-off is over: their owner pumps them."""
        over: list[str] = []
        while self._deadlines and self._deadlines[0][0] <= now:
            over.append(heapq.heappop(self._deadlines)[1])
        return over

    def waits(self, system_id: str) -> bool:
        """Whether something waits for this account, unsent."""
        outbox = self._outboxes.get(system_id)
        return outbox is not None and bool(outbox.waiting or outbox.returned)

    def accounts_owed(self) -> list[str]:
        """The accounts that something waits for."""
        return [system_id for system_id in self._outboxes if self.waits(system_id)]

    def held(self) -> int:
        """How many deliver_sm wait in memory, unsent, over all accounts."""
        return sum(
            len(outbox.waiting) + len(outbox.newer) + len(outbox.returned)
            for outbox in self._outboxes.values()
        )

    # Too late.

    def take_late(self, system_id: str, keep_s: float, now: float, limit: int) -> list[Delivery]:
        """Owe no longer what has waited for `keep_s` by the network's time `now`, oldest first.

        At most `limit`. Messages of phones and of other accounts have no time: they stay.
        """
        found: list[Delivery] = []
        outbox = self._outboxes.get(system_id)
        if outbox is None:
            return found
        for held in (outbox.returned, outbox.waiting, outbox.newer):
            stay: list[Delivery] = []
            while held and len(found) < limit:
                if held[0].kind == DELIVERY_MESSAGE:
                    stay.append(held.popleft())
                elif reported_at(held[0]) + keep_s <= now:
                    found.append(held.popleft())
                else:
                    break
            held.extendleft(reversed(stay))
        return found

    def oldest_report(self, system_id: str) -> float:
        """The network's time of the oldest report that waits for an account; NEVER: none does."""
        outbox = self._outboxes.get(system_id)
        oldest = NEVER
        if outbox is None:
            return oldest
        for held in (outbox.returned, outbox.waiting, outbox.newer):
            for delivery in held:
                if delivery.kind != DELIVERY_MESSAGE:
                    oldest = min(oldest, reported_at(delivery))
                    break
        return oldest

    def has_rows(self, system_id: str) -> bool:
        """Whether an account is owed what is not in memory."""
        outbox = self._outboxes.get(system_id)
        return outbox is not None and outbox.has_rows

    # Out of memory, and back.

    def begin_rows(self, system_id: str) -> None:
        """An account is owed what the table has, from its begin: after a restart."""
        self._outbox(system_id).has_rows = True

    def page_out(self, messages: list[Message]) -> list[Message]:
        """Let go of what an account must wait for anyway: all but the first ones it is owed."""
        ids: dict[str, set[int]] = {}
        for message in messages:
            if message.receipt != RECEIPT_SENT:
                ids.setdefault(message.system_id, set()).add(message.message_id)
        gone: list[Message] = []
        for system_id, chosen in ids.items():
            outbox = self._outboxes.get(system_id)
            if outbox is not None and not outbox.is_loading:
                gone.extend(_page_out(outbox, chosen, self.owed_in_memory))
        return gone

    def next_rows(self, system_id: str) -> LoadOwed | None:
        """What to ask the store for, if an account that can take some has little left in memory."""
        outbox = self._outboxes.get(system_id)
        if outbox is None or not outbox.has_rows or outbox.is_loading:
            return None
        if len(outbox.waiting) > ROWS // 2 or self._bindings.receiver_with_room(system_id) is None:
            return None
        outbox.is_loading = True
        return LoadOwed(system_id, ROWS, outbox.row_at, outbox.row_id)

    def with_rows(self) -> list[str]:
        """The accounts that are owed what is not in memory."""
        return [system_id for system_id, outbox in self._outboxes.items() if outbox.has_rows]

    def came_back(self, system_id: str, last: Row | None, owed: list[Delivery]) -> None:
        """Rows were read, up to `last`; `owed` is what they say."""
        outbox = self._outbox(system_id)
        outbox.is_loading = False
        if last is not None:
            outbox.row_at = last.at
            outbox.row_id = last.message_id
        outbox.waiting.extend(owed)

    def all_came_back(self, system_id: str) -> None:
        """There are no further rows."""
        outbox = self._outbox(system_id)
        outbox.has_rows = False
        outbox.waiting.extend(outbox.newer)
        outbox.newer.clear()

    def load_failed(self, system_id: str, until: LinkTime) -> None:
        """The rows did not come: ask again at the next occasion, but not before `until`."""
        self._outbox(system_id).is_loading = False
        self.hold(system_id, until)

    def _deliver(self, binding: Binding, delivery: Delivery) -> Deliver:
        binding.outstanding += 1
        if not delivery.tries:
            self._sent += 1
            delivery.order = self._sent
        delivery.tries += 1
        return Deliver(binding.link_id, delivery, _pdu_of(binding, delivery, self._err_words))

    def _outbox(self, system_id: str) -> _Outbox:
        outbox = self._outboxes.get(system_id)
        if outbox is None:
            outbox = self._outboxes[system_id] = _Outbox(system_id)
        return outbox


def _page_out(outbox: _Outbox, chosen: set[int], begin: int) -> list[Message]:
    """What is owed first stays, and so does all that a reader of the rows would have passed."""
    kept: deque[Delivery] = deque()
    gone: list[Message] = []
    held = outbox.newer if outbox.has_rows else outbox.waiting
    if outbox.has_rows:
        begin = 0
    for index, delivery in enumerate(held):
        message = delivery.message
        key = (_ended_at(message), message.message_id)
        if index < begin:
            outbox.row_at, outbox.row_id = max((outbox.row_at, outbox.row_id), key)
        elif (
            delivery.kind != DELIVERY_NOTIFICATION
            and message.message_id in chosen
            and key > (outbox.row_at, outbox.row_id)
        ):
            message.is_paged_out = True
            gone.append(message)
            continue
        kept.append(delivery)
    if gone and not outbox.has_rows:
        outbox.has_rows = True
        outbox.waiting = deque(itertools.islice(kept, begin))
        outbox.newer = deque(itertools.islice(kept, begin, None))
    elif outbox.has_rows:
        outbox.newer = kept
    return gone


def _ended_at(message: Message) -> float:
    return message.final_at if message.is_final else message.accepted_at


def reported_at(delivery: Delivery) -> float:
    """The network's time of what a receipt or a notification reports."""
    message = delivery.message
    if delivery.kind == DELIVERY_NOTIFICATION:
        return delivery.at
    if message.is_final or message.is_told_when_taken:
        return message.told_at
    return message.accepted_at


def _pdu_of(binding: Binding, delivery: Delivery, err_words: ErrWords | None) -> Pdu:
    """What is sent to this receiver: a deliver_sm, or a data_sm in its place."""
    message = delivery.message
    if delivery.kind == DELIVERY_RECEIPT:
        words = words_for(message, err_words)
        pdu = receipt_pdu(message, binding.dialect, binding.receipt_tlvs, words)
    elif delivery.kind == DELIVERY_NOTIFICATION:
        pdu = notification_pdu(message, delivery.at, binding.dialect, binding.receipt_tlvs)
    else:
        pdu = message_pdu(message, binding.dialect)
        write_for_account(pdu, message.coding, binding.account.coding_of(message.country))
    return data_sm_of(pdu) if binding.takes_data_sm else pdu
