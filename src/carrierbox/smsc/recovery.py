"""From the store back to memory: rows of the table, then the tail of the journal."""

from collections.abc import Callable, Iterable

from carrierbox.clock import NetworkTime
from carrierbox.relay import RpMtData
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc import journal
from carrierbox.smsc.acknowledgements import acknowledged_id, kind_of
from carrierbox.smsc.centre import MessageCentre
from carrierbox.smsc.effects import DELIVERY_MESSAGE, DELIVERY_RECEIPT, Delivery
from carrierbox.smsc.messages import FROM_PHONE, RECEIPT_HELD, TO_ESME, TO_PHONE, Message
from carrierbox.smsc.packed import Kept, ended_at, id_of, opened
from carrierbox.smsc.paging import COUNTER
from carrierbox.smsc.parts import part_count, part_of
from carrierbox.smsc.ports import FINISHED, SCHEDULED, WAITING, Summary
from carrierbox.smsc.rows import Found, apply_entry


class Recovery:
    """Makes a new centre what the store says. The methods are called in the order they stand.

    Until phones have back what they showed, whatever leaves history may be on one of them.
    """

    def __init__(self, centre: MessageCentre) -> None:
        self._centre = centre
        self._shown: list[Kept] = []
        self._acknowledged: dict[int, Message] = {}
        """Those that phones acknowledged, as they then became."""
        self._newest_row_id: int = 0
        self._phones_to_wake: dict[str, None] = {}
        self._scheduled: set[int] = set()
        self.latest: float = 0.0
        """The latest network time that the store knows."""
        self.entries = 0
        self.unknown = 0
        """Entries about messages whose acceptance was not found: part of a damaged journal."""

    def begin(self, summary: Summary) -> None:
        """Take in what the table holds as a whole."""
        centre = self._centre
        centre.registry.note_id(summary.newest_id)
        self._newest_row_id = summary.newest_id
        centre.attempts.paged.wake_at = summary.next_wake_at
        for system_id in summary.accounts:
            centre.deliveries.begin_rows(system_id)
            # How old the oldest of them is, only the table knows.
            centre.handover.late.arm(system_id, 0.0)
        if summary.waiting or summary.scheduled or summary.owed:
            centre.registry.has_paged_out = True
        self.latest = summary.latest

    def on_power(self, msisdn: str, power: bool) -> None:
        """Take in that a user switched a phone, the first time that it is told."""
        centre = self._centre
        (centre.switched_on if power else centre.switched_off).add(msisdn, 1)

    def on_setting(self, name: str, value: bytes) -> None:
        """Take in what else users set, and the counter of message ids."""
        if name == COUNTER:
            self._centre.registry.note_id(int.from_bytes(value, "little"))
        else:
            self._centre.keep_setting(name, value)

    def on_phones(self, phones: list[tuple[str, int, int]]) -> None:
        """Take in how much waits for which phone."""
        paged = self._centre.attempts.paged
        for msisdn, waiting, scheduled in phones:
            paged.waiting.add(msisdn, waiting)
            if scheduled:
                paged.scheduled.add(msisdn, scheduled)

    def on_ended(self, found: Found) -> None:
        """Take in a message that is history, or beyond it and perhaps on a phone."""
        message = found.message
        if found.row.place == FINISHED:
            self._centre.registry.add(message)
            self._ended(message)
        else:
            self._note_shown(message, message)

    def wanted(self, entries: list[journal.Entry]) -> list[int]:
        """The messages that these entries are about and that the table may know."""
        registry = self._centre.registry
        found = {
            one.message_id: None
            for one in entries
            if one.kind in _ABOUT_A_MESSAGE
            and one.message_id <= self._newest_row_id
            and registry.find(one.message_id) is None
        }
        for one in entries:
            if one.kind == journal.ACCEPTED and one.message is not None:
                # What a phone acknowledges may be owed its receipt still, and not be in memory.
                original = acknowledged_id(one.message)
                if 0 < original <= self._newest_row_id and not registry.of_client(original):
                    found[original] = None
        return list(found)

    def on_rows(self, rows: list[Found]) -> None:
        """Take in the rows of those messages: what follows in the journal is about these."""
        paged = self._centre.attempts.paged
        for found in rows:
            message = found.message
            if self._centre.registry.find(message.message_id) is not None:
                continue
            self._centre.registry.add(message)
            if message.is_final:
                self._ended(message)
            elif found.row.place == WAITING:
                paged.waiting.add(message.msisdn, -1)
            elif found.row.place == SCHEDULED:
                self._scheduled.add(message.message_id)
                paged.scheduled.add(message.msisdn, -1)

    def replay(self, entries: Iterable[journal.Entry]) -> None:
        """Take in one batch of the tail."""
        for entry in entries:
            self.entries += 1
            self._replay_one(entry)

    def _replay_one(self, entry: journal.Entry) -> None:
        centre = self._centre
        registry = centre.registry
        if entry.kind == journal.PHONE_POWER:
            centre.note_power(entry.msisdn, entry.power)
            centre.paging.power_changes[entry.msisdn] = entry.power
            return
        if entry.kind == journal.SETTING:
            centre.note_setting(entry.name, entry.value)
            return
        if entry.kind == journal.COUNTER:
            registry.note_id(entry.message_id)
            return
        message = registry.find(entry.message_id)
        if entry.kind == journal.ACCEPTED and entry.message is not None:
            if message is None:
                registry.add(entry.message)
                self.latest = max(self.latest, entry.message.accepted_at)
            # It may have a row and what it acknowledges none.
            self._note_acknowledgement(entry.message)
            return
        if message is None:
            self.unknown += 1
            return
        was_final = message.is_final
        apply_entry(message, entry)
        self.latest = max(self.latest, entry.at if entry.kind != journal.ATTEMPTED else 0.0)
        if message.is_final and not was_final:
            self._ended(message)
        elif entry.kind == journal.RECEIPT_DONE:
            registry.settled(message)

    def _note_acknowledgement(self, message: Message) -> None:
        """What a phone acknowledged before, it does not acknowledge again."""
        for original in self._centre.registry.of_client(acknowledged_id(message)):
            if original.msisdn == message.msisdn or original.origin == FROM_PHONE:
                original.acknowledged |= 1 << kind_of(message.submit.esm_class)
                original.is_saved = False
                self._acknowledged[original.message_id] = original

    def _ended(self, message: Message) -> None:
        # Its end would have brought the turn of the next one.
        self._phones_to_wake[message.msisdn] = None
        registry = self._centre.registry
        kept = registry.finished(message)
        self._note_shown(message, kept)

    def _note_shown(self, message: Message, kept: Kept) -> None:
        if message.target == TO_PHONE and message.state == DELIVERED:
            self._shown.append(kept)

    def restore_phones(self, restore: Callable[[RpMtData, NetworkTime], None]) -> None:
        """Give phones back what they had received, in its order, each part with its time."""
        self._shown.sort(key=_order_of_ends)
        for kept in self._shown:
            message = self._acknowledged.get(id_of(kept)) or opened(kept)
            for index in range(part_count(message)):
                restore(part_of(message, index, False), message.final_at)
            message.segments = None
        for message in self._centre.registry.unpacked():
            if not message.is_final and message.segments_acked:
                for index in range(part_count(message)):
                    if message.segments_acked >> index & 1:
                        restore(part_of(message, index, False), message.accepted_at)
        self._shown.clear()
        self._acknowledged.clear()
        registry = self._centre.registry
        registry.shown.look_through(registry.still_shows)

    def finish(self) -> None:
        """Queue what is unfinished and owe the receipts that were not acknowledged."""
        centre = self._centre
        unsaved: list[Message] = []
        for message in centre.registry.unpacked():
            if message.is_final:
                if message.receipt == RECEIPT_HELD:
                    centre.handover.owe_in_time(Delivery(DELIVERY_RECEIPT, message))
            elif message.target == TO_ESME:
                centre.handover.owe(Delivery(DELIVERY_MESSAGE, message))
            elif message.is_saved:
                self._leave_in_table(message)
            else:
                unsaved.append(message)
        # Only now is known what waits outside memory, before and behind these.
        for message in unsaved:
            centre.attempts.resume(message)
        for msisdn in self._phones_to_wake:
            centre.attempts.resume_queue(msisdn)

    def _leave_in_table(self, message: Message) -> None:
        """Its row says all that the journal says of it: it need not be in memory."""
        self._centre.registry.forget(message)
        paged = self._centre.attempts.paged
        counts = paged.scheduled if message.message_id in self._scheduled else paged.waiting
        counts.add(message.msisdn, 1)


_ABOUT_A_MESSAGE = frozenset(
    {
        journal.ACCEPTED,
        journal.ATTEMPTED,
        journal.CONCLUDED,
        journal.RECEIPT_DONE,
        journal.REPLACED,
        journal.COPY,
    }
)


def _order_of_ends(kept: Kept) -> tuple[float, int]:
    return (ended_at(kept), id_of(kept))
