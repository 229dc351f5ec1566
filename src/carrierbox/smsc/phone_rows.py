"""Waiting messages between memory and the table: out when they can wait, back in time."""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.smpp.values import EXPIRED
from carrierbox.smsc.attempts import Attempts
from carrierbox.smsc.effects import LOAD_DUE, Load
from carrierbox.smsc.messages import Message
from carrierbox.smsc.ports import NEVER, SCHEDULED, WAITING, LoadBetween, LoadById, Request
from carrierbox.smsc.queues import PhoneQueue
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.rows import Found
from carrierbox.smsc.turns import CurrentTurn

SOON_S: Final = 5.0
"""What is due within this time stays in memory, in network seconds."""


class PhoneRows:
    """The rows that wait for phones, seen from the messages' side."""

    def __init__(self, turn: CurrentTurn, registry: Registry, attempts: Attempts) -> None:
        self._turn = turn
        self._registry = registry
        self._attempts = attempts
        self._paged = attempts.paged

    def may_be_outdated(self, request: Request) -> bool:
        """Whether what was asked about came to memory and left it since: only the table knows."""
        gone_rows = self._registry.gone_rows
        if isinstance(request, LoadById):
            return any(map(gone_rows.holds_any, request.ids))
        return isinstance(request, LoadBetween) and gone_rows.holds_of(request.msisdn)

    def take_in(self, found: Found) -> Message | None:
        """Take a message into memory, if it waits; one that does not is only told.

        None for one that is in memory already, too.
        """
        message = found.message
        if self._registry.find(message.message_id) is not None:
            return None
        if found.row.place not in (WAITING, SCHEDULED):
            return message
        self.take_back(message, found.row.place)
        return None

    def take_back(self, message: Message, place: int) -> None:
        """A message came from the table into memory: it waits as it did there."""
        self._registry.add(message)
        if place == WAITING:
            queue = self._attempts.queue_of(message.msisdn)
            self._paged.waiting.add(message.msisdn, -1)
            queue.add(message)
            self._attempts.arm_expiry(message)
            return
        self._paged.scheduled.add(message.msisdn, -1)
        # Its row says that it is scheduled, which it may not be when it goes out again.
        message.is_saved = False
        message.row_wake_at = 0.0
        self._attempts.enqueue(message)

    def wake_at_of(self, message: Message) -> float:
        """When somebody must look at a message of which memory knows nothing: retry or end."""
        if message.due_at > self._turn.now:
            return min(message.due_at, message.expires_at)
        queue = self._attempts.queues.find(message.msisdn)
        if queue is None:
            return message.expires_at
        if queue.retry_at == NEVER and message.has_row and message.row_wake_at:
            # It was only looked for: when its queue goes on its row alone knows. If that is just
            # now the row may be read too late: what is passed is not looked at again.
            return min(max(message.row_wake_at, self._attempts.shortly()), message.expires_at)
        if queue.is_first(message) and queue.row_wakes_at != queue.retry_at:
            # What is on its way just now is looked at first thing after a restart.
            return min(max(queue.retry_at, self._turn.now), message.expires_at)
        return message.expires_at

    def page_out(self, messages: list[Message], wakes: list[float]) -> list[Message]:
        """Let go of those messages that nothing happens to soon; their rows say all of them."""
        gone: list[Message] = []
        queues: dict[str, PhoneQueue] = {}
        for message, wake_at in zip(messages, wakes, strict=True):
            # What was to wake its queue may have ended since the row was made.
            if not self._may_leave(message) or self.wake_at_of(message) < wake_at:
                if message.is_queued and wake_at != message.expires_at:
                    # Its row is looked at before that, and not again.
                    self._attempts.arm_expiry(message)
                continue
            message.is_paged_out = True
            gone.append(message)
            self._attempts.deadlines.went_stale()
            self._paged.went_out(wake_at)
            if message.is_queued:
                queue = queues[message.msisdn] = self._attempts.queues.queue(message.msisdn)
                if wake_at == queue.retry_at:
                    queue.row_wakes_at = wake_at
                self._paged.waiting.add(message.msisdn, 1)
            else:
                self._attempts.unschedule(message)
                self._paged.scheduled.add(message.msisdn, 1)
        for queue in queues.values():
            queue.waiting = [one for one in queue.waiting if not one.is_paged_out]
            queue.begin_rows()
            if not queue.waiting:
                self._attempts.queues.page_out(queue)
                self._attempts.deadlines.went_stale()
        return gone

    def _may_leave(self, message: Message) -> bool:
        soon = self._turn.now + SOON_S
        if message.segments_out or message.awaited is not None or message.expires_at <= soon:
            return False
        if message.parts_on_phone:
            # That is not in its row: somebody could still cancel it.
            return False
        if message.receipt_is_open:
            # Its network took it and says so: nor is that, until it is acknowledged.
            return False
        if not message.is_queued:
            return message.due_at > soon
        queue = self._attempts.queues.find(message.msisdn)
        return (
            queue is not None
            and queue.in_flight is None
            and not queue.is_loading
            and queue.retry_at > soon
        )

    def on_queue_rows(self, queue: PhoneQueue, rows: list[Found], complete: bool) -> None:
        """The next rows of a phone's queue.

        Where a row is looked at when its message expires, that ends the message, too.
        """
        self._attempts.queue_reads.came(queue)
        taken = 0
        for found in rows:
            queue.passed(found.row)
            message = found.message
            if not self._registry.found_row(message.message_id):
                self._registry.add(message)
                taken += 1
                queue.add(message)
                if found.row.wake_at != message.expires_at:
                    self._attempts.arm_expiry(message)
        if taken:
            self._paged.waiting.add(queue.msisdn, -taken)
        if complete:
            queue.has_rows = False
            self._paged.waiting.clear(queue.msisdn)
        if queue.in_flight is None and not queue.retry_at:
            self._attempts.attempt_next(queue)

    def on_due_rows(self, rows: list[Found], complete: bool) -> None:
        """Rows whose retry, schedule or end is due, and the first after them."""
        now = self._turn.now
        next_wake_at = NEVER if complete else now
        for found in rows:
            if found.row.wake_at > now:
                next_wake_at = found.row.wake_at
                break
            self._paged.passed(found.row)
            self._on_due_row(found, now)
        self._paged.answered(next_wake_at)

    def _on_due_row(self, found: Found, now: NetworkTime) -> None:
        message = found.message
        place = found.row.place
        if self._registry.knows(message.message_id):
            known = self._registry.in_hand(message.message_id)
            if known is not None and _waits(known) and known.expires_at <= now:
                self._attempts.end_waiting(known, EXPIRED)
            self._attempts.wake(message.msisdn)
            return
        if message.expires_at > now:
            self.take_back(message, place)
            if place == WAITING:
                self._attempts.wake(message.msisdn)
            return
        self._registry.add(message)
        counts = self._paged.waiting if place == WAITING else self._paged.scheduled
        counts.add(message.msisdn, -1)
        self._attempts.conclude(message, EXPIRED)
        self._attempts.wake_in_place_of(message)

    def load_failed(self, load: Load) -> None:
        """Rows that were asked for did not come: ask again shortly."""
        if load.purpose == LOAD_DUE:
            self._paged.answered(self._attempts.shortly())
        elif isinstance(load.subject, PhoneQueue):
            self._attempts.queue_reads.came(load.subject)
            self._attempts.hold(load.subject, self._attempts.shortly())


def _waits(message: Message) -> bool:
    """Whether it is in a queue and has not ended there, behind others."""
    return message.is_queued and not message.is_final
