"""The way of a message to its phone: queue, attempt, answer, retry, expiry, final state.

A timed object on the network clock. It writes what it decides into the current turn; its `undo_…`
methods take back one effect each when the commit of that turn failed, called from the last effect
to the first.
"""

from collections import deque
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.relay import ABSENT_SUBSCRIBER, CAUSE_NAMES, RpAck, RpAlertSc, RpError
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import (
    DELETED,
    DELIVERED,
    ESM_CLASS_DATAGRAM,
    ESM_CLASS_FORWARD,
    ESM_CLASS_MODE_MASK,
    EXPIRED,
    REGISTERED_DELIVERY_INTERMEDIATE,
    UNDELIVERABLE,
)
from carrierbox.smsc import journal
from carrierbox.smsc.alerts import Alerts
from carrierbox.smsc.effects import (
    DELIVERY_MESSAGE,
    LOAD_DUE,
    Attempted,
    Concluded,
    Delivery,
    Forward,
    Load,
    Replaced,
)
from carrierbox.smsc.handover import Handover
from carrierbox.smsc.messages import TO_ESME, Message, message_id_of, segment_of
from carrierbox.smsc.outcomes import wants_pending_flag
from carrierbox.smsc.paged import Paged
from carrierbox.smsc.parts import part_count, part_of
from carrierbox.smsc.ports import NEVER
from carrierbox.smsc.queue_reads import QueueReads
from carrierbox.smsc.queues import Deadlines, PhoneQueue, PhoneQueues
from carrierbox.smsc.receipts import describe_state
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.schedule import DEFAULT_SCHEDULES, FAILED_COMMIT_RETRY_S, RetrySchedules
from carrierbox.smsc.status_reports import report_is_owed
from carrierbox.smsc.text_coding import PLAIN_CODING, TextCoding
from carrierbox.smsc.told import Told
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.trace import ALERT, ARRIVED, ATTEMPT, CONCLUDED, FAILED

_SINGLE_SHOT: Final = frozenset({ESM_CLASS_DATAGRAM, ESM_CLASS_FORWARD})
QUEUES_MAX: Final = 50
"""So many phones that came back are tried in one turn, some milliseconds' work."""
SWEPT_PER_TURN: Final = 1000
"""So many deadlines are looked at in one turn whether they hold: a millisecond's work."""
DEADLINES_PER_TURN: Final = 100
"""So many retries, schedules and ends are looked at in one turn."""


class Attempts:
    """Every message on its way to a phone."""

    def __init__(
        self,
        turn: CurrentTurn,
        registry: Registry,
        handover: Handover,
        alerts: Alerts,
        schedules: RetrySchedules = DEFAULT_SCHEDULES,
    ) -> None:
        self._turn = turn
        self._registry = registry
        self._handover = handover
        self._alerts = alerts
        self._schedules = schedules
        self.queues = PhoneQueues()
        self.deadlines = Deadlines()
        self._scheduled: dict[str, list[Message]] = {}
        self.paged = Paged()
        self._woken: deque[PhoneQueue] = deque()
        """The queues of phones that came back, in the order in which they did."""
        self.queue_reads = QueueReads(turn, self.paged)

    # Into the queue.

    def enqueue(self, message: Message) -> None:
        """Begin with a new message: now if its time has come and its phone is free.

        One to an ESME is owed to its account at once.
        """
        if message.target == TO_ESME:
            self._handover.owe(Delivery(DELIVERY_MESSAGE, message))
            return
        self._handover.tell_when_taken(message)
        if message.due_at > self._turn.now:
            self._schedule(message)
            return
        queue = self.queue_of(message.msisdn)
        queue.add(message)
        if queue.in_flight is None and not queue.retry_at:
            self.attempt_next(queue)
        if message.is_queued:
            # Parts are made anew when it goes; it may wait long, and it is one of many.
            message.segments = None
            self.arm_expiry(message)

    def resume(self, message: Message) -> None:
        """Go on with a message found in the journal: with its next attempt when that is due."""
        self._handover.tell_when_taken(message)
        if message.due_at > self._turn.now:
            self._schedule(message)
            return
        queue = self.queue_of(message.msisdn)
        queue.add(message)
        self.arm_expiry(message)
        if not queue.retry_at or queue.retry_at == NEVER:
            self.hold(queue, max(message.next_at, self._turn.now))

    def resume_queue(self, msisdn: str) -> None:
        """After a restart: what a phone has in the table goes on, unless a retry is due later."""
        if self.paged.waiting.of(msisdn):
            queue = self.queue_of(msisdn)
            if queue.retry_at == NEVER:
                self.hold(queue, self._turn.now)

    def wake(self, msisdn: str) -> None:
        """Try what waits for a phone, unless a retry of its own is due later."""
        if self.queues.find(msisdn) is None and not self.paged.waiting.of(msisdn):
            return
        queue = self.queue_of(msisdn)
        if queue.retry_at == NEVER:
            queue.retry_at = 0.0
        if queue.in_flight is None and not queue.retry_at:
            self.attempt_next(queue)

    # What ESMEs ask of messages that wait.

    def pending(self, msisdn: str) -> list[Message]:
        """The messages to a phone that are neither final nor on their way, oldest first."""
        queue = self.queues.find(msisdn)
        found = [] if queue is None else [one for one in queue.waiting if not one.is_final]
        return found + self._scheduled.get(msisdn, [])

    def cancel(self, message: Message) -> bool:
        """Delete a message that waits (SMPP 3.4 §4.9); False if it is too late for that."""
        if message.is_beyond_change:
            return False
        self.end_waiting(message, DELETED)
        return True

    def replace(
        self,
        message: Message,
        submit: SubmitSm,
        due_at: NetworkTime,
        expires_at: NetworkTime,
        coding: TextCoding = PLAIN_CODING,
        text: str | None = None,
    ) -> bool:
        """Give a message that waits another text and other times (SMPP 3.4 §4.10).

        Its phone shows `text` in the place of that. False if it is too late.
        """
        turn = self._turn
        if message.is_beyond_change or (message.is_told_when_taken and message.told_at <= turn.now):
            return False
        turn.effects.append(Replaced(message))
        message.is_saved = False
        message.submit = submit
        message.coding = coding
        if message.told is not None or text is not None:
            message.told = (message.told or Told()).with_text(text)
        message.segments = None
        message.accepted_at = turn.now
        message.due_at = due_at
        message.expires_at = expires_at
        message.accepted_entry = b""
        turn.entries.append(journal.replaced_entry(message))
        self._rearm(message)
        if not message.is_queued:
            self.wake_in_place_of(message)
        return True

    # The network's answers.

    def on_ack(self, element: RpAck) -> None:
        """The phone has one part."""
        message = self._message_in_flight(element.reference)
        if message is None:
            return
        bit = 1 << segment_of(element.reference)
        message.segments_out &= ~bit
        message.segments_acked |= bit
        message.parts_on_phone |= bit
        every_part = (1 << part_count(message)) - 1
        if message.parts_on_phone == every_part:
            message.is_on_phone = True
        if message.segments_acked == every_part:
            self._turn.trace(ARRIVED, message.message_id, message.system_id, message.msisdn, "")
            self._release(message)
            self.conclude(message, DELIVERED)
            self._go_on(message.msisdn)
        elif not message.segments_out:
            self._end_attempt(message)

    def on_error(self, element: RpError) -> None:
        """One part did not arrive."""
        message = self._message_in_flight(element.reference)
        if message is None:
            return
        message.segments_out &= ~(1 << segment_of(element.reference))
        message.cause = element.cause
        message.diagnostic = element.diagnostic
        cause = CAUSE_NAMES.get(element.cause, str(element.cause))
        self._turn.trace(FAILED, message.message_id, message.system_id, message.msisdn, cause)
        if not message.segments_out:
            self._end_attempt(message)

    def on_alert(self, element: RpAlertSc) -> None:
        """A phone came back: what waits for it is tried next, in order.

        Many phones may come back in one moment: no turn begins more than `QUEUES_MAX` queues.
        """
        queue = self.queues.find(element.msisdn)
        if queue is None:
            if not self.paged.waiting.of(element.msisdn):
                return
            queue = self.queue_of(element.msisdn)
        self._turn.trace(ALERT, 0, "", element.msisdn, "")
        queue.retry_at = 0.0
        queue.is_back = True
        if queue.in_flight is None:
            self._woken.append(queue)

    # Time.

    def next_deadline(self) -> float | None:
        """When the next retry, schedule or expiry is due, in network seconds."""
        deadline = self.deadlines.next()
        row = self.paged.next_deadline()
        if deadline is None or (row is not None and row < deadline):
            return row
        return deadline

    def on_time(self) -> None:
        """Do what is due at the turn's time."""
        count = self._registry.unfinished_count
        request = None if len(self.queue_reads) else self.paged.request(self._turn.now, count)
        if request is not None:
            self._turn.effects.append(Load(request, LOAD_DUE))
        for _ in range(min(len(self._woken), QUEUES_MAX)):
            self._begin_woken(self._woken.popleft())
        for _ in range(DEADLINES_PER_TURN):
            due = self.deadlines.pop_due(self._turn.now)
            if due is None:
                break
            at, subject = due
            if isinstance(subject, PhoneQueue):
                if subject.retry_at == at and self.queues.is_current(subject):
                    subject.retry_at = 0.0
                    if subject.in_flight is None:
                        self.attempt_next(subject)
            else:
                self._on_message_deadline(subject)
        self.queue_reads.ask()
        self.deadlines.sweep(self._is_live, SWEPT_PER_TURN)

    def _begin_woken(self, queue: PhoneQueue) -> None:
        """Begin with a queue whose phone came back, unless something else did so meanwhile."""
        if queue.in_flight is None and not queue.retry_at and self.queues.is_current(queue):
            self.attempt_next(queue)

    @property
    def is_busy(self) -> bool:
        """Whether the present time has more to do than one turn could."""
        due = self.deadlines.next()
        if self._woken or self.queue_reads.is_busy:
            return True
        return due is not None and due <= self._turn.now

    def waiting_count(self) -> int:
        """How many messages wait for a phone or are on their way to one."""
        return self.queues.message_count() + self.paged.waiting.total

    def waiting_for(self, msisdn: str) -> int:
        """How many messages wait for this phone or are on their way to it."""
        queue = self.queues.find(msisdn)
        held = 0 if queue is None else len(queue.waiting) + (queue.in_flight is not None)
        return held + self.paged.waiting.of(msisdn)

    def waiting_phones(self) -> list[str]:
        """The phones something waits for; a number that no country has is no phone's."""
        return [one.msisdn for one in self.queues.all() if one.waiting and one.waiting[0].country]

    def deadline_count(self) -> int:
        """How many deadlines are kept, stale ones among them."""
        return len(self.deadlines)

    def wake_in_place_of(self, message: Message) -> None:
        """The row of a message that ended may have been the one to wake its queue.

        Whether it was tried does not tell: an urgent one goes before one that waits for its retry.
        """
        if message.has_row:
            self.wake(message.msisdn)

    # The end of a message.

    def end_waiting(self, message: Message, state: int) -> None:
        """Give a message that waits its final state, and let others go on in its place."""
        self.conclude(message, state)
        self.unschedule(message)
        self._drop_finished(message.msisdn)
        self.wake_in_place_of(message)

    def conclude(self, message: Message, state: int) -> None:
        """Give a message its final state, and owe its receipt if one was asked for.

        What the phone shows as a whole is DELIVERED, whatever else its end was to be: the commit
        that would have said so failed, and then its time or its attempts ran out.
        """
        turn = self._turn
        if message.is_on_phone:
            state = DELIVERED
        message.conclude(state, turn.now)
        delivery = self._handover.receipt_of_end(message)
        message.concluded_entry = journal.concluded_entry(message, message.receipt_is_open)
        turn.entries.append(message.concluded_entry)
        turn.effects.append(Concluded(message, delivery))
        turn.trace(
            CONCLUDED, message.message_id, message.system_id, message.msisdn, describe_state(state)
        )
        # Parts are made anew where they are asked for; most messages are never looked at again.
        message.segments = None
        if delivery is not None or message.awaited is not None:
            self._handover.tell(message, delivery)
        if report_is_owed(message):
            turn.reports_owed.append(message)

    # What a failed commit undoes.

    def undo_accepted(self, message: Message) -> None:
        """The message was never taken in. Whoever awaits its outcome is told by the caller."""
        queue = self.queues.find(message.msisdn)
        if queue is not None and message in queue.waiting:
            queue.waiting.remove(message)
            self.queues.drop_if_idle(queue)
        self.unschedule(message)
        self._registry.forget(message)
        # Deadlines that still name it find it finished.
        message.conclude(UNDELIVERABLE, self._turn.now)

    def undo_forward(self, effect: Forward) -> None:
        """The part never left; its message waits again."""
        message = effect.message
        message.segments_out &= ~(1 << segment_of(effect.rp_mt_data.reference))
        queue = self.queues.find(message.msisdn)
        if queue is not None and queue.in_flight is message and not message.segments_out:
            queue.in_flight = None
            message.attempts -= 1
            self._put_back(message, self.shortly())

    def undo_attempted(self, effect: Attempted) -> None:
        """The end of the attempt was not written: every part goes again, shortly."""
        effect.message.segments_acked = 0
        self.hold(self.queues.queue(effect.message.msisdn), self.shortly())

    def undo_concluded(self, effect: Concluded) -> None:
        """The final state was not written: the message goes on, the phone will know it again.

        One that its phone shows as a whole goes again, too: so the phone acknowledges it once more
        if it was asked to, and its next end is DELIVERED whatever the network answers.
        """
        message = effect.message
        message.reopen(keeps_receipt=effect.delivery is None)
        message.segments_acked = 0
        if message.due_at > self._turn.now:
            self._schedule(message)
            return
        if not message.is_queued:
            self._put_back(message, self.shortly())
        # The deadline that may have ended it is gone.
        self.deadlines.add(self.shortly(), message)

    def undo_replaced(self, effect: Replaced) -> None:
        """The message keeps the text and the times it had."""
        message = effect.message
        message.submit = effect.submit
        message.coding = effect.coding
        message.told = effect.told
        message.segments = None
        message.accepted_at = effect.accepted_at
        message.due_at = effect.due_at
        message.expires_at = effect.expires_at
        message.accepted_entry = b""
        self._rearm(message)

    # Inside.

    def queue_of(self, msisdn: str) -> PhoneQueue:
        """The queue of a phone; a new one waits behind the rows of the phone, if it has any."""
        queue = self.queues.find(msisdn)
        if queue is None:
            queue = self.queues.queue(msisdn)
            if self.paged.waiting.of(msisdn):
                queue.begin_rows()
                queue.retry_at = NEVER
        return queue

    def _message_in_flight(self, reference: int) -> Message | None:
        """The message an answer is for; None for one that comes late or twice."""
        message = self._registry.find(message_id_of(reference))
        if message is None or not message.segments_out & (1 << segment_of(reference)):
            return None
        return message

    def attempt_next(self, queue: PhoneQueue) -> None:
        """Send the first waiting message that is still alive."""
        turn = self._turn
        while True:
            if not queue.head_is_known:
                self.queue_reads.add(queue)
                return
            if not queue.waiting:
                break
            message = queue.waiting.pop(0)
            message.is_queued = False
            if message.is_final:
                continue
            if message.expires_at <= turn.now:
                self.conclude(message, EXPIRED)
                continue
            if message.told is not None and message.goes_nowhere:
                self.conclude(message, UNDELIVERABLE)
                continue
            queue.in_flight = message
            message.attempts += 1
            self._send_parts(message, len(queue.waiting) > 0)
            return
        self.queues.drop_if_idle(queue)

    def _send_parts(self, message: Message, more_messages: bool) -> None:
        turn = self._turn
        turn.trace(
            ATTEMPT, message.message_id, message.system_id, message.msisdn, str(message.attempts)
        )
        forced_cause = message.forced_cause
        if forced_cause and 0 < message.failing_attempts < message.attempts:
            forced_cause = 0
        for index in range(part_count(message)):
            bit = 1 << index
            if not message.segments_acked & bit:
                message.segments_out |= bit
                part = part_of(message, index, more_messages)
                part.forced_cause = forced_cause
                turn.effects.append(Forward(message, part))

    def _end_attempt(self, message: Message) -> None:
        """The network answered every part and not all arrived: retry, or give up."""
        turn = self._turn
        self._release(message)
        if message.cause == ABSENT_SUBSCRIBER and wants_pending_flag(message):
            self._alerts.ask(message)
        schedule = self._schedules.of_country(message.country)
        delay_s = schedule.delay_s(message.cause, message.attempts, message.diagnostic)
        if delay_s is None or message.submit.esm_class & ESM_CLASS_MODE_MASK in _SINGLE_SHOT:
            self.conclude(message, UNDELIVERABLE)
            self._go_on(message.msisdn)
            return
        next_at = NetworkTime(min(turn.now + delay_s, message.expires_at))
        message.next_at = next_at
        message.is_saved = False
        turn.entries.append(journal.attempted_entry(message, next_at))
        turn.effects.append(Attempted(message))
        if message.submit.registered_delivery & REGISTERED_DELIVERY_INTERMEDIATE:
            self._handover.notify(message)
        self._put_back(message, next_at)

    def _on_message_deadline(self, message: Message) -> None:
        """A message that was scheduled is due, or one that waits has expired."""
        if message.is_final or message.is_paged_out:
            return
        if message.segments_out:
            # If it comes back it is looked at again.
            message.expiry_is_armed = False
            return
        if self._turn.now >= message.expires_at:
            self.end_waiting(message, EXPIRED)
        elif message.is_queued:
            # It was armed for an earlier time, before it was replaced.
            message.expiry_is_armed = False
            self.arm_expiry(message)
        else:
            self.unschedule(message)
            message.is_saved = False
            message.row_wake_at = 0.0
            self.enqueue(message)

    def _release(self, message: Message) -> None:
        queue = self.queues.find(message.msisdn)
        if queue is not None and queue.in_flight is message:
            queue.in_flight = None

    def _go_on(self, msisdn: str) -> None:
        queue = self.queues.find(msisdn)
        if queue is not None and queue.in_flight is None and not queue.retry_at:
            self.attempt_next(queue)

    def _schedule(self, message: Message) -> None:
        """Let a message wait for its time outside the queue of its phone."""
        self._scheduled.setdefault(message.msisdn, []).append(message)
        # What a rule holds may end before it is due.
        self.deadlines.add(min(message.due_at, message.expires_at), message)

    def unschedule(self, message: Message) -> None:
        """A message waits for its time no longer."""
        scheduled = self._scheduled.get(message.msisdn)
        if scheduled is not None and message in scheduled:
            scheduled.remove(message)
            if not scheduled:
                del self._scheduled[message.msisdn]

    def _rearm(self, message: Message) -> None:
        """Let a message wait where and until when it says now, after it was replaced."""
        if message.told is not None:
            self._handover.tell_anew(message)
        message.expiry_is_armed = False
        if not message.is_queued:
            self.deadlines.add(min(message.due_at, message.expires_at), message)
            return
        queue = self.queues.queue(message.msisdn)
        queue.waiting.remove(message)
        message.is_queued = False
        if message.due_at > self._turn.now:
            self.queues.drop_if_idle(queue)
            self._schedule(message)
        else:
            # Its priority, or when it fell due, may be another.
            queue.add(message)
            self.arm_expiry(message)

    def _drop_finished(self, msisdn: str) -> None:
        """Let go of finished messages at the head of a queue."""
        queue = self.queues.find(msisdn)
        if queue is None:
            return
        while queue.waiting and queue.waiting[0].is_final:
            queue.waiting.pop(0).is_queued = False
        self.queues.drop_if_idle(queue)

    def _put_back(self, message: Message, next_at: float) -> None:
        """Put a message back at the head of its queue, which waits until `next_at`."""
        queue = self.queues.queue(message.msisdn)
        message.segments = None
        queue.put_back(message)
        self.arm_expiry(message)
        self.hold(queue, next_at)

    def shortly(self) -> float:
        """When to try again what the store could not do."""
        return self._turn.now + FAILED_COMMIT_RETRY_S

    def hold(self, queue: PhoneQueue, until: float) -> None:
        """Let a queue wait until then."""
        queue.retry_at = until
        self.deadlines.add(until, queue)

    def arm_expiry(self, message: Message) -> None:
        """Wake up when a message expires."""
        if message.expiry_is_armed:
            return
        message.expiry_is_armed = True
        self.deadlines.add(message.expires_at, message)

    def _is_live(self, at: float, subject: Message | PhoneQueue) -> bool:
        if isinstance(subject, PhoneQueue):
            return subject.retry_at == at and self.queues.is_current(subject)
        return not subject.is_final and not subject.is_paged_out
