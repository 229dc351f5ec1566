"""Moving messages from memory and journal into the table of the store, while the centre serves.

A run begins when the journal has grown, or when much waits in memory. It looks at every message in
memory, some with each turn, and writes those that the table does not have as they are: what waits
and what is owed; history and what phones show only as far as the journal will no longer tell of
it. The newest part of the journal stays: most messages are finished before they get so old that a
row must be written for them. At the end of a run everything that the journal said up to its
watermark is in the table, and what nothing happens to soon has left memory.
"""

from collections import deque
from typing import Final

from carrierbox.smsc.deliveries import Deliveries
from carrierbox.smsc.effects import PagedOut
from carrierbox.smsc.messages import RECEIPT_DONE, RECEIPT_NONE, TO_ESME, Message
from carrierbox.smsc.phone_rows import PhoneRows
from carrierbox.smsc.ports import FINISHED, NEVER, OWED, SCHEDULED, SHOWN, WAITING, PageOut
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.rows import row_of
from carrierbox.smsc.turns import CurrentTurn

JOURNAL_OCTETS_MAX: Final = 128 * 1024 * 1024
MARK_MESSAGES: Final = 1000
MESSAGES_MAX: Final = 20_000
"""So many unfinished messages may be in memory before a run begins."""
LITTLE_HISTORY: Final = 4
SLICE: Final = 100
COUNTER: Final = "newest_id"
POWER: Final = "power/"


class Paging:
    """The runs of one centre. It writes into the current turn, a slice at a time."""

    def __init__(
        self, turn: CurrentTurn, registry: Registry, phone_rows: PhoneRows, deliveries: Deliveries
    ) -> None:
        self._turn = turn
        self._registry = registry
        self._phone_rows = phone_rows
        self._deliveries = deliveries
        self.journal_octets_max: int = JOURNAL_OCTETS_MAX
        self.messages_max: int = MESSAGES_MAX
        self.power_changes: dict[str, bool] = {}
        """What users set since it was last written to the table."""
        self.runs = 0
        self._left: list[Message] = []
        # Of some commits the highest id that any message in the journal up to them may have.
        self._marks: deque[tuple[int, int]] = deque()
        self._watermark: int = 0
        self._covers_id: int = 0
        self._octets_after_run: int = 0
        self._is_running = False
        self._is_slice_open = False
        self._committed_number: int = 0
        self._journal_octets: int = 0
        self._begin_at: int = MESSAGES_MAX

    @property
    def is_busy(self) -> bool:
        """Whether the next turn has a slice to write."""
        return (self._is_running or self._is_due) and not self._is_slice_open

    @property
    def _is_due(self) -> bool:
        if self._committed_number == 0:
            return False
        if self._count() > max(self.messages_max, self._begin_at):
            return True
        octets_max = max(self.journal_octets_max, 2 * self._octets_after_run)
        return self._journal_octets > octets_max and self._mark() is not None

    def committed(self, number: int, journal_octets: int) -> None:
        """A batch was committed under this number."""
        self._journal_octets = journal_octets
        if not number:
            return
        self._committed_number = number
        self._begin_at = min(self._begin_at, self._after_run())
        newest_id = self._registry.newest_id
        if not self._marks or newest_id - self._marks[-1][0] >= MARK_MESSAGES:
            self._marks.append((newest_id, number))

    def _mark(self) -> tuple[int, int] | None:
        """The newest mark that leaves history in the journal, unless there is little of it.

        Where most messages wait, rows for the few that are finished cost less than a long journal.
        """
        registry = self._registry
        newest = registry.newest_id
        if registry.history_count > registry.keep_messages // LITTLE_HISTORY:
            newest -= registry.keep_messages
        found: tuple[int, int] | None = None
        for mark in self._marks:
            if mark[0] > newest:
                break
            found = mark
        return found

    def begin(self) -> None:
        """Begin a run now, unless there is one."""
        if self._is_running or not self._committed_number:
            return
        self._is_running = True
        mark = self._mark()
        self._watermark = 0
        if mark is not None:
            self._covers_id, self._watermark = mark
            while self._marks and self._marks[0][0] <= self._covers_id:
                self._marks.popleft()
        self._left = self._registry.oldest_first()
        self._left.reverse()

    def on_turn(self) -> None:
        """Add the next slice to the turn, if a run is on or due."""
        if self._is_slice_open:
            return
        if not self._is_running:
            if not self._is_due:
                return
            self.begin()
        page_out = PageOut()
        paged = self._fill(page_out)
        self._take_settings(page_out)
        if not self._left and not self._registry.forgotten and not self.power_changes:
            paged.ends_run = True
            page_out.watermark = self._watermark
            counter = self._registry.newest_id.to_bytes(8, "little")
            page_out.settings.append((COUNTER, counter))
        self._is_slice_open = True
        self._turn.page_out = page_out
        self._turn.effects.append(paged)

    def _fill(self, page_out: PageOut) -> PagedOut:
        """Take the next messages; those that the table has as they are count little."""
        paged = PagedOut(page_out)
        registry = self._registry
        looked_at = 0
        while len(page_out.rows) + len(page_out.removed) < SLICE and looked_at < 20 * SLICE:
            looked_at += 1
            if self._left:
                message = self._left.pop()
                if registry.find(message.message_id) is message:
                    self._take(message, page_out, paged)
            elif registry.forgotten:
                paged.forgotten.append(registry.forgotten.pop())
                self._take_forgotten(paged.forgotten[-1], page_out)
            else:
                break
        return paged

    def _take(self, message: Message, page_out: PageOut, paged: PagedOut) -> None:
        place = _place_of(message, self._turn.now)
        if place == FINISHED and not message.has_row and message.message_id > self._covers_id:
            return
        wake_at = NEVER
        if place in (WAITING, SCHEDULED):
            wake_at = self._phone_rows.wake_at_of(message)
        paged.messages.append(message)
        paged.wakes.append(wake_at)
        if not message.is_saved:
            message.is_saved = True
            message.has_row = True
            page_out.rows.append(row_of(message, place, wake_at))

    def _take_forgotten(self, message: Message, page_out: PageOut) -> None:
        if self._registry.is_shown(message):
            page_out.rows.append(row_of(message, SHOWN, NEVER))
        elif message.has_row:
            page_out.removed.append(message.message_id)

    def _take_settings(self, page_out: PageOut) -> None:
        for msisdn in list(self.power_changes)[:SLICE]:
            page_out.settings.append((POWER + msisdn, bytes((self.power_changes.pop(msisdn),))))

    def on_paged_out(self, paged: PagedOut) -> None:
        """A slice is committed: what may leaves memory, unless it changed since."""
        self._is_slice_open = False
        waiting: list[Message] = []
        wakes: list[float] = []
        owed: list[Message] = []
        for message, wake_at in zip(paged.messages, paged.wakes, strict=True):
            if not message.is_saved or message.is_paged_out:
                continue
            place = _place_of(message, self._turn.now)
            if place in (WAITING, SCHEDULED):
                waiting.append(message)
                wakes.append(wake_at)
            elif place == OWED:
                owed.append(message)
        gone = self._phone_rows.page_out(waiting, wakes) + self._deliveries.page_out(owed)
        for message in gone:
            self._registry.forget(message)
        if gone:
            self._registry.has_paged_out = True
        if paged.ends_run:
            self._is_running = False
            self.runs += 1
            self._octets_after_run = self._journal_octets
            # What is about to happen stays; a run for it alone would find it again.
            self._begin_at = self._after_run()

    def _count(self) -> int:
        """What is in memory and need not be for ever."""
        registry = self._registry
        return registry.unfinished_count + registry.excess_count + len(registry.forgotten)

    def _after_run(self) -> int:
        return self._count() + self.messages_max // 2

    def undo(self, paged: PagedOut) -> None:
        """A slice was not written: its messages are looked at again."""
        self._is_slice_open = False
        for message in paged.messages:
            message.is_saved = False
        self._left.extend(reversed(paged.messages))
        self._registry.forgotten.extend(paged.forgotten)
        for name, value in paged.page_out.settings:
            if name.startswith(POWER):
                self.power_changes.setdefault(name.removeprefix(POWER), value != b"\0")


def _place_of(message: Message, now: float) -> int:
    if message.target == TO_ESME and not message.is_final:
        return OWED
    if not message.is_final:
        return SCHEDULED if message.due_at > now else WAITING
    return FINISHED if message.receipt in (RECEIPT_NONE, RECEIPT_DONE) else OWED
