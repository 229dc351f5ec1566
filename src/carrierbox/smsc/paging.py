"""Moving messages from memory and journal into the table of the store, while the centre serves.

A run begins when the journal has grown, or when much waits in memory. It looks at every message in
memory, some with each turn, and writes those that the table does not have as they are: what waits
and what is owed; history and what phones show only as far as the journal will no longer tell of
it. The newest part of the journal stays: most messages are finished before they get so old that a
row must be written for them. What left history leaves the table, unless a phone still shows it,
and each run looks through some of what phones showed before. At the end of a run everything that
the journal said up to its watermark is in the table, and what nothing happens to soon has left
memory.

History also ends by age, on the network's clock, in steps of a hundredth of it. If something got
too old, a run begins for that alone.
"""

from collections import deque
from typing import Final

from carrierbox.smsc.candidates import Candidates
from carrierbox.smsc.deliveries import Deliveries
from carrierbox.smsc.effects import Ask, PagedOut
from carrierbox.smsc.messages import RECEIPT_DONE, RECEIPT_NONE, TO_ESME, Message
from carrierbox.smsc.packed import ended_at, id_of, msisdn_of, pack_shown, shown_row
from carrierbox.smsc.phone_rows import PhoneRows
from carrierbox.smsc.ports import (
    FINISHED,
    NEVER,
    OWED,
    SCHEDULED,
    SHOWN,
    WAITING,
    Failed,
    LoadedRows,
    LoadEnded,
    PageOut,
    Row,
)
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.rows import row_of
from carrierbox.smsc.shown_records import ShownBlock
from carrierbox.smsc.turns import CurrentTurn

JOURNAL_OCTETS_MAX: Final = 64 * 1024 * 1024
"""A start reads so much in some seconds."""
MARK_MESSAGES: Final = 1000
MESSAGES_MAX: Final = 12_000
"""So many unfinished messages may be in memory before a run begins."""
RESTING_RUNS: Final = 3
"""As much as so many runs begin for may be in memory while the store asks for no slices."""
WAITING_RUNS: Final = 6
"""The same while it reads ahead, which does not take as long."""
SHOWN_MAX: Final = 200_000
"""The same of messages that are history no more and that phones still show."""
LITTLE_HISTORY: Final = 4
SLICE: Final = 64
SHOWN_ROWS: Final = 2 * SLICE
"""So many rows of what phones show are looked at in one turn: twice what may be added in it."""
AGE_STEPS: Final = 100
"""So often history is looked through for what is too old while it gets as old."""
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
        self.mark_messages: int = MARK_MESSAGES
        """So many messages are between two places where the journal may be cut."""
        self.power_changes: dict[str, bool] = {}
        """Phones that users switched since the table was last told."""
        self.setting_changes: dict[str, bytes] = {}
        """What else users set since then."""
        self.runs = 0
        self._candidates = Candidates(registry)
        # Of some commits the highest id that any message in the journal up to them may have.
        self._marks: deque[tuple[int, int]] = deque()
        self._watermark: int = 0
        self._covers_id: int = 0
        self._octets_after_run: int = 0
        self._is_running = False
        self._is_slice_open = False
        self._is_resting = False
        self._is_draining = False
        self._committed_number: int = 0
        self._journal_octets: int = 0
        self._begin_at: int = MESSAGES_MAX
        self._expire_at: float = 0.0
        self._is_expiring = False
        self._has_expired = False
        self._pruned: list[int] = []
        # Of what phones show: blocks to be written, records of the one at hand up to that id, and
        # rows of a slice that was not written.
        self._shown_blocks: list[ShownBlock] = []
        self._shown_records: list[bytes] = []
        self._shown_up_to: int = 0
        self._shown_rows: list[Row] = []
        # How many rows of what phones show are still to be looked at, and where to go on.
        self._shown_left: int = 0
        self._shown_at: float = 0.0
        self._shown_id: int = 0
        self._is_asking = False

    @property
    def is_busy(self) -> bool:
        """Whether the next turn has a slice to write."""
        if self._is_expiring:
            return True
        if self._is_slice_open or self._rests:
            return False
        return self._is_running or self._is_due

    def rest(self, is_resting: bool) -> None:
        """Whether the store asks for no slices just now."""
        self._is_resting = is_resting
        if not is_resting:
            self._candidates.forget_answers()

    @property
    def _rests(self) -> bool:
        """Whether slices wait for the store."""
        if self._is_resting and not self._is_draining:
            return True
        return self._candidates.is_waiting and self._may_wait

    def _look_at_memory(self) -> None:
        """Once memory filled faster than the store got ready, it must empty before slices rest."""
        runs = 1 if self._is_draining else RESTING_RUNS
        self._is_draining = self._count() > runs * self.messages_max

    @property
    def _may_wait(self) -> bool:
        """Whether memory has room for what comes while slices wait for what is read ahead."""
        return self._count() <= WAITING_RUNS * self.messages_max

    def next_deadline(self) -> float | None:
        """When history must be looked through for what is too old, in network seconds."""
        registry = self._registry
        if not registry.keep_age_s or not registry.has_history:
            return None
        oldest = registry.oldest_end
        if oldest is None:
            return self._expire_at
        return max(self._expire_at, oldest + registry.keep_age_s)

    @property
    def _is_due(self) -> bool:
        if self._committed_number == 0:
            return False
        if self._count() > max(self.messages_max, self._begin_at):
            return True
        if len(self.power_changes) + len(self.setting_changes) > self.messages_max:
            return True
        octets_max = max(self.journal_octets_max, 2 * self._octets_after_run)
        return self._journal_octets > octets_max and self._mark() is not None

    def committed(self, number: int, journal_octets: int) -> None:
        """A batch was committed under this number."""
        self._journal_octets = journal_octets
        if not number:
            return
        self._committed_number = number
        self._registry.committed_number = number
        self._begin_at = min(self._begin_at, self._after_run())
        newest_id = self._registry.newest_id
        if not self._marks or newest_id - self._marks[-1][0] >= self.mark_messages:
            self._marks.append((newest_id, number))

    def _mark(self) -> tuple[int, int] | None:
        """The newest mark that leaves history in the journal, unless there is little of it.

        Where most messages wait, rows for the few that are finished cost less than a long journal.
        """
        registry = self._registry
        newest = registry.newest_id
        if registry.history_count > registry.keep_messages // LITTLE_HISTORY:
            newest -= registry.keep_messages
        newest = max(newest, registry.oldest_id - 1)
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
        self._shown_left = max(self._shown_left, SHOWN_ROWS)
        mark = self._mark()
        self._watermark = 0
        if mark is not None:
            self._covers_id, self._watermark = mark
            while self._marks and self._marks[0][0] <= self._covers_id:
                self._marks.popleft()
        self._registry.rows_in_the_way = 0
        self._candidates.begin()
        self._take_shown()

    def _take_shown(self) -> None:
        """Of what phones show, write what the journal will not tell any more, or all of much."""
        registry = self._registry
        if len(registry.shown) > SHOWN_MAX:
            self._shown_up_to = registry.newest_id
        elif self._watermark:
            self._shown_up_to = self._covers_id
        else:
            return
        self._shown_blocks += registry.shown.take(self._shown_up_to)

    def _finds_more_shown(self) -> bool:
        """What left history before the run reached it: the journal will not tell that any more."""
        if not self._watermark:
            return False
        self._shown_blocks += self._registry.shown.take(self._covers_id)
        return bool(self._shown_blocks)

    def on_turn(self) -> None:
        """Add the next slice to the turn, if a run is on or due."""
        if self._registry.keep_age_s:
            self._expire()
        self._look_at_memory()
        if self._is_slice_open or self._rests:
            return
        if not self._is_running:
            if not self._is_due:
                return
            self.begin()
        self._look_ahead()
        if self._rests:
            return
        page_out = PageOut()
        paged = self._fill(page_out)
        self._take_settings(page_out)
        self._look_at_shown()
        if self._nothing_is_left and not self._finds_more_shown():
            paged.ends_run = True
            page_out.watermark = self._watermark
            counter = self._registry.newest_id.to_bytes(8, "little")
            page_out.settings.append((COUNTER, counter))
        self._is_slice_open = True
        self._turn.page_out = page_out
        self._turn.effects.append(paged)

    def _look_ahead(self) -> None:
        request = self._candidates.ask()
        if request is not None:
            self._turn.effects.append(Ask(request, self._on_read_ahead))

    def _on_read_ahead(self, _: LoadedRows | Failed) -> None:
        """What could not be read ahead is read when it is written."""
        self._candidates.answered()

    @property
    def _nothing_is_left(self) -> bool:
        return not (
            self._candidates.has_next
            or self._registry.leaving
            or self._registry.forgotten
            or self._shown_rows
            or self._shown_records
            or self._shown_blocks
            or self._pruned
            or self.power_changes
            or self.setting_changes
        )

    def _fill(self, page_out: PageOut) -> PagedOut:
        """Take the next messages; those that the table has as they are count little."""
        paged = PagedOut(page_out)
        registry = self._registry
        may_wait = self._may_wait
        looked_at = 0
        while len(page_out.rows) + len(page_out.removed) < SLICE and looked_at < 20 * SLICE:
            looked_at += 1
            if may_wait and self._candidates.is_next_unread:
                # It went through many that the table has as they are.
                self._look_ahead()
                if self._candidates.is_waiting:
                    break
            if self._candidates.has_next:
                message_id = self._candidates.pop()
                message = registry.to_page(message_id, self._covers_id, self._watermark)
                if message is not None:
                    self._take(message, page_out, paged)
            elif registry.leaving:
                message = registry.find(registry.leaving.pop())
                if message is not None:
                    message.is_saving = True
                    paged.leaving.append(message)
                    self._take_forgotten(message, page_out)
            elif registry.forgotten:
                paged.forgotten.append(registry.forgotten.pop())
                self._take_forgotten(paged.forgotten[-1], page_out)
            elif self._shown_rows or self._shown_records or self._shown_blocks:
                row = self._next_shown()
                if row is not None:
                    paged.shown.append(row)
                    page_out.rows.append(row)
                    self._shown_left += SHOWN_ROWS // SLICE
            elif self._pruned:
                paged.pruned.append(self._pruned.pop())
                page_out.removed.append(paged.pruned[-1])
            else:
                break
        return paged

    def _take(self, message: Message, page_out: PageOut, paged: PagedOut) -> None:
        place = _place_of(message, self._turn.now)
        if place == FINISHED and not message.has_row and message.message_id > self._covers_id:
            return
        self._registry.unwritten.pop(message.message_id)
        wake_at = NEVER
        if place in (WAITING, SCHEDULED):
            wake_at = self._phone_rows.wake_at_of(message)
        paged.messages.append(message)
        paged.wakes.append(wake_at)
        if not message.is_saved or message.row_wake_at != wake_at:
            message.is_saved = True
            message.is_saving = True
            message.has_row = True
            message.row_wake_at = wake_at
            page_out.rows.append(row_of(message, place, wake_at))

    def _take_forgotten(self, message: Message, page_out: PageOut) -> None:
        if self._registry.is_shown(message):
            # It has a row of another place.
            page_out.rows.append(shown_row(pack_shown(message)))
            self._shown_left += SHOWN_ROWS // SLICE
        elif message.has_row:
            page_out.removed.append(message.message_id)

    def _next_shown(self) -> Row | None:
        """The next row of what phones show; None if the next record needs none."""
        if self._shown_rows:
            return self._shown_rows.pop()
        if not self._shown_records:
            self._shown_records = self._shown_blocks.pop().records()
        record = self._shown_records.pop()
        registry = self._registry
        if id_of(record) > self._shown_up_to:
            registry.shown.add(record, registry.still_shows)
            return None
        return (
            shown_row(record) if registry.still_shows(msisdn_of(record), ended_at(record)) else None
        )

    def _expire(self) -> None:
        """Let history go that is too old, some with each turn, and begin a run if there was any."""
        registry = self._registry
        now = self._turn.now
        if now >= self._expire_at:
            self._expire_at = now + registry.keep_age_s / AGE_STEPS
            registry.begin_expiry()
            self._is_expiring = True
            self._has_expired = False
            number = self._committed_number
            if number and (not self._marks or self._marks[-1][1] < number):
                self._marks.append((registry.newest_id, number))
        if self._is_expiring:
            before = registry.history_count
            self._is_expiring = registry.expire(now)
            self._has_expired = self._has_expired or registry.history_count < before
            if not self._is_expiring and (
                registry.forgotten
                or registry.leaving
                or (self._has_expired and self._has_new_mark())
            ):
                self.begin()

    def _has_new_mark(self) -> bool:
        """Whether the journal may be cut behind where it was cut last."""
        mark = self._mark()
        return mark is not None and mark[1] > self._watermark

    def _look_at_shown(self) -> None:
        """Ask for the next rows that phones may show, as many as were written lately, twice."""
        if self._shown_left > 0 and not self._is_asking:
            self._is_asking = True
            request = LoadEnded(SHOWN_ROWS, self._shown_at, self._shown_id)
            self._turn.effects.append(Ask(request, self._on_shown_rows))

    def _on_shown_rows(self, answer: LoadedRows | Failed) -> None:
        """Of what phones showed, that goes which none shows any more."""
        self._is_asking = False
        if isinstance(answer, Failed):
            return
        self._shown_left -= SHOWN_ROWS
        registry = self._registry
        for row in answer.rows:
            self._shown_at = row.at
            self._shown_id = row.message_id
            if row.place == SHOWN and not registry.still_shows(row.msisdn, row.at):
                self._pruned.append(row.message_id)
        oldest = registry.oldest_end
        if answer.complete or not answer.rows or (oldest is not None and self._shown_at >= oldest):
            # What follows is history: begin anew.
            self._shown_at = 0.0
            self._shown_id = 0
            self._shown_left = 0

    def _take_settings(self, page_out: PageOut) -> None:
        # From the end: a look at the begin of a dict passes everything that was taken from there.
        power_changes = self.power_changes
        for _ in range(min(len(power_changes), SLICE)):
            msisdn, power = power_changes.popitem()
            page_out.settings.append((POWER + msisdn, b"\1" if power else b"\0"))
        setting_changes = self.setting_changes
        for _ in range(min(len(setting_changes), SLICE)):
            page_out.settings.append(setting_changes.popitem())

    def on_paged_out(self, paged: PagedOut) -> None:
        """A slice is committed: what may leaves memory, unless it changed since."""
        self._is_slice_open = False
        waiting: list[Message] = []
        wakes: list[float] = []
        owed: list[Message] = []
        for message, wake_at in zip(paged.messages, paged.wakes, strict=True):
            message.is_saving = False
            if message.is_history:
                self._registry.rest_later(message)
            if not message.is_saved or message.is_paged_out:
                continue
            place = _place_of(message, self._turn.now)
            if place in (WAITING, SCHEDULED):
                waiting.append(message)
                wakes.append(wake_at)
            elif place == OWED:
                owed.append(message)
        gone = self._phone_rows.page_out(waiting, wakes) + self._deliveries.page_out(owed)
        for message in gone + paged.leaving:
            self._registry.gone_rows.add(message)
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
        return (
            registry.unfinished_count
            + registry.excess_count
            + len(registry.forgotten)
            + registry.rows_in_the_way
            + max(0, len(registry.shown) - SHOWN_MAX)
        )

    def _after_run(self) -> int:
        return self._count() + self.messages_max // 2

    def undo(self, paged: PagedOut) -> None:
        """A slice was not written: its messages are looked at again."""
        self._is_slice_open = False
        for message in paged.messages:
            message.is_saved = False
            message.is_saving = False
            message.row_lacks_end = False
            if message.is_history:
                self._registry.rest_later(message)
        self._candidates.put_back([message.message_id for message in paged.messages])
        for message in paged.leaving:
            message.is_saving = False
            self._registry.rest_later(message)
            self._registry.leaving.append(message.message_id)
        self._registry.forgotten.extend(paged.forgotten)
        self._pruned.extend(paged.pruned)
        self._shown_rows.extend(paged.shown)
        for name, value in paged.page_out.settings:
            if name.startswith(POWER):
                self.power_changes.setdefault(name.removeprefix(POWER), value != b"\0")
            elif name != COUNTER:
                self.setting_changes.setdefault(name, value)


def _place_of(message: Message, now: float) -> int:
    if message.target == TO_ESME and not message.is_final:
        return OWED
    if not message.is_final:
        return SCHEDULED if message.due_at > now else WAITING
    return FINISHED if message.receipt in (RECEIPT_NONE, RECEIPT_DONE) else OWED
