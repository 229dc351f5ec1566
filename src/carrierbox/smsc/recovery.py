"""From the journal back to memory, and from memory to the shortest journal that says the same."""

from collections.abc import Iterator
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.relay import RpMtData
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc import journal
from carrierbox.smsc.acknowledgements import acknowledged_id, kind_of
from carrierbox.smsc.centre import MessageCentre
from carrierbox.smsc.effects import DELIVERY_MESSAGE, DELIVERY_RECEIPT, Delivery
from carrierbox.smsc.messages import (
    FROM_PHONE,
    RECEIPT_DONE,
    RECEIPT_HELD,
    TO_ESME,
    TO_PHONE,
    Message,
)
from carrierbox.smsc.parts import part_count, part_of
from carrierbox.smsc.text_coding import PLAIN_CODING

SNAPSHOT_BATCH_ENTRIES: Final = 1000


class Recovery:
    """Replays a journal into a new centre. Call `replay` for each batch, then `finish` once."""

    def __init__(self, centre: MessageCentre) -> None:
        self._centre = centre
        self.next_at: dict[int, NetworkTime] = {}
        """When unfinished messages that were attempted are due, by message_id."""
        self.shown: list[Message] = []
        """Every message that arrived at a phone, in that order, forgotten ones too."""
        self.latest: float = 0.0
        """The latest network time that the journal knows."""
        self.entries = 0
        self.unknown = 0
        """Entries about messages whose acceptance was not found: part of a damaged journal."""

    def replay(self, batch: bytes) -> None:
        """Take in one batch."""
        for entry in journal.read_entries(batch):
            self.entries += 1
            self._replay_one(entry)

    def _replay_one(self, entry: journal.Entry) -> None:
        registry = self._centre.registry
        if entry.kind == journal.ACCEPTED and entry.message is not None:
            registry.add(entry.message)
            self._note_acknowledgement(entry.message)
            self.latest = max(self.latest, entry.message.accepted_at)
            return
        if entry.kind == journal.PHONE_POWER:
            self._centre.phone_power[entry.msisdn] = entry.power
            return
        if entry.kind == journal.COUNTER:
            registry.note_id(entry.message_id)
            return
        message = registry.find(entry.message_id)
        if message is None:
            self.unknown += 1
        elif entry.kind == journal.ATTEMPTED:
            message.segments_acked = entry.segments_acked
            message.attempts = entry.attempts
            message.cause = entry.cause
            message.diagnostic = entry.diagnostic
            self.next_at[message.message_id] = entry.at
        elif entry.kind == journal.RECEIVER:
            message.receiver = entry.system_id
        elif entry.kind == journal.CODING:
            message.coding = entry.coding
            message.segments = None
        elif entry.kind == journal.VERDICT:
            message.forced_cause = entry.cause
            message.failing_attempts = entry.attempts
        elif entry.kind == journal.CONCLUDED:
            self._conclude(message, entry)
        elif entry.kind == journal.REPLACED and entry.submit is not None:
            message.submit = entry.submit
            message.coding = PLAIN_CODING
            message.accepted_at = entry.at
            self.latest = max(self.latest, entry.at)
            message.due_at = entry.due_at
            message.expires_at = entry.expires_at
            message.segments = None
        elif entry.kind == journal.RECEIPT_DONE:
            message.receipt = RECEIPT_DONE

    def _note_acknowledgement(self, message: Message) -> None:
        """What a phone acknowledged before, it does not acknowledge again."""
        for original in self._centre.registry.of_client(acknowledged_id(message)):
            if original.msisdn == message.msisdn or original.origin == FROM_PHONE:
                original.acknowledged |= 1 << kind_of(message.submit.esm_class)

    def _conclude(self, message: Message, entry: journal.Entry) -> None:
        message.cause = entry.cause
        message.diagnostic = entry.diagnostic
        message.conclude(entry.state, entry.at)
        self.latest = max(self.latest, entry.at)
        if entry.receipt_owed:
            message.receipt = RECEIPT_HELD
        if message.target == TO_PHONE and entry.state == DELIVERED:
            self.shown.append(message)
        self._centre.registry.finished(message)

    def shown_parts(self) -> Iterator[tuple[RpMtData, NetworkTime]]:
        """What phones had received, in that order, each with its time."""
        for message in self.shown:
            for index in range(part_count(message)):
                yield part_of(message, index, False), message.final_at
        for message in self._centre.registry.oldest_first():
            if not message.is_final and message.segments_acked:
                for index in range(part_count(message)):
                    if message.segments_acked >> index & 1:
                        yield part_of(message, index, False), message.accepted_at

    def finish(self) -> None:
        """Queue what is unfinished and owe the receipts that were not acknowledged."""
        centre = self._centre
        now = centre.turn.now
        for message in centre.registry.oldest_first():
            if message.is_final:
                if message.receipt == RECEIPT_HELD:
                    centre.handover.owe(Delivery(DELIVERY_RECEIPT, message))
            elif message.target == TO_ESME:
                centre.handover.owe(Delivery(DELIVERY_MESSAGE, message))
            else:
                centre.attempts.resume(message, self.next_at.get(message.message_id, now))


def still_shown(shown: list[Message], parts_on_phone: dict[str, int]) -> list[Message]:
    """Of the messages that arrived, the newest of each phone, as many as its inbox holds parts."""
    left = dict(parts_on_phone)
    kept: list[Message] = []
    for message in reversed(shown):
        if left.get(message.msisdn, 0) > 0:
            left[message.msisdn] -= 1
            kept.append(message)
    kept.reverse()
    return kept


def snapshot(
    centre: MessageCentre, next_at: dict[int, NetworkTime], shown: list[Message]
) -> list[bytes]:
    """The entries of the shortest journal from which `Recovery` makes this box again.

    `next_at` holds the next attempt of each unfinished message that was attempted; `shown` the
    messages that are on phones, also those that history forgot.
    """
    entries: list[bytes] = [journal.counter_entry(centre.registry.newest_id)]
    entries.extend(journal.phone_power_entry(*setting) for setting in centre.phone_power.items())
    forgotten = [one for one in shown if centre.registry.find(one.message_id) is None]
    finished: list[Message] = []
    for message in [*forgotten, *centre.registry.oldest_first()]:
        entries.append(journal.accepted_entry(message))
        if message.is_final:
            finished.append(message)
        elif message.attempts:
            due_at = next_at.get(message.message_id, message.accepted_at)
            entries.append(journal.attempted_entry(message, due_at))
    # In the order of their ends, since that is the order in which phones showed them.
    finished.sort(key=_final_at)
    for message in finished:
        owed = message.receipt != 0
        entries.append(journal.concluded_entry(message, owed))
        if message.receipt == RECEIPT_DONE:
            entries.append(journal.receipt_done_entry(message.message_id, 0))
    return entries


def batches_of(entries: list[bytes]) -> list[bytes]:
    """Entries in batches of a size that is read and checked at once."""
    return [
        b"".join(entries[first : first + SNAPSHOT_BATCH_ENTRIES])
        for first in range(0, len(entries), SNAPSHOT_BATCH_ENTRIES)
    ]


def _final_at(message: Message) -> float:
    return message.final_at
