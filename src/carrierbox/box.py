"""One box: a message centre, its network, its clock and its partition of the journal.

A box is driven: `begin` sets the clocks, the centre is told what happened, `finish` runs what is
due, commits, and lets the effects of committed turns leave. Nothing in it is global to the
process, so any number of boxes stand beside each other.
"""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from carrierbox.clock import LinkTime, NetworkClock, NetworkTime
from carrierbox.errors import StoreError
from carrierbox.faults import FaultBook
from carrierbox.identifiers import LinkId
from carrierbox.matching import RuleBook
from carrierbox.simulator.network import CarrierNetwork
from carrierbox.simulator.policy.screening import RuledPolicies
from carrierbox.smpp.pdus import Pdu
from carrierbox.smsc import journal
from carrierbox.smsc.centre import MessageCentre
from carrierbox.smsc.effects import (
    Acknowledged,
    Answer,
    AnswerAgain,
    Ask,
    Call,
    Concluded,
    Deliver,
    Disconnect,
    Effect,
    Forward,
    Load,
    LogLine,
    Notify,
    PagedOut,
    PhonePower,
    Reply,
    Setting,
    Turn,
)
from carrierbox.smsc.messages import Message
from carrierbox.smsc.paging import COUNTER, POWER
from carrierbox.smsc.ports import (
    SHOWN,
    Committed,
    Completion,
    Failed,
    Folding,
    LoadById,
    Loaded,
    LoadedPhones,
    LoadedRows,
    LoadedSettings,
    LoadEnded,
    LoadJournal,
    LoadPhones,
    LoadProblems,
    LoadSettings,
    LoadSummary,
    PageOut,
    Problems,
    ReadAhead,
    Request,
    Search,
    Store,
    Summary,
)
from carrierbox.smsc.recovery import Recovery
from carrierbox.smsc.registry import may_show
from carrierbox.smsc.rows import Found, read_rows
from carrierbox.trace import Trace, TraceEvent

RECOVERY_ROWS: Final = 1000
PROBE_S: Final = 1.0
"""How long after a commit that failed another one is tried, if nothing else asks for one."""

Question: TypeAlias = LoadById | LoadEnded | ReadAhead | Search
"""What may be asked of the store without a message being taken into memory for it."""
Tell: TypeAlias = Callable[[LoadedRows | Failed], None]


class Links(Protocol):
    """What a box needs of the links."""

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        """Send a PDU; False if the link is gone or may not carry it."""
        ...

    def repeat(self, link_id: LinkId, pdu: Pdu) -> None:
        """Send a response once more, if the link is there."""
        ...

    def disconnect(self, link_id: LinkId) -> None:
        """Close a link once what was sent is flushed."""
        ...

    def call(self, box: "Box", system_id: str) -> None:
        """Connect to the ESME of an account; the centre is told what comes of it."""
        ...

    def log(self, event: str, fields: dict[str, object]) -> None:
        """Write a line to the log of the process."""
        ...


class Recovered:
    """What a journal held when the box began."""

    def __init__(
        self,
        waiting: int,
        receipts_held: int,
        finished: int,
        damaged: int,
        problems: list[str] | None = None,
    ) -> None:
        self.waiting = waiting
        self.receipts_held = receipts_held
        self.finished = finished
        self.damaged = damaged
        """Rows that were left out because they are not what was written."""
        self.problems: list[str] = [] if problems is None else problems
        """What else is not all there, as sentences."""


class Box:
    """One carrier in a box."""

    def __init__(
        self,
        name: str,
        centre: MessageCentre,
        network: CarrierNetwork,
        clock: NetworkClock,
        store: Store,
        trace: Trace,
        rules: RuleBook | None = None,
        faults: FaultBook | None = None,
    ) -> None:
        self.name = name
        self.centre = centre
        self.network = network
        self.clock = clock
        self.store = store
        self.trace = trace
        self.rules = rules or RuleBook()
        """What its screening asks first; test rules are put in here."""
        self.policies: RuledPolicies | None = None
        """Its screening, where somebody may ask it why."""
        self.faults = faults or FaultBook()
        """What goes wrong on the links to it."""
        self.last_store_problem = ""
        """Why the last commit failed, or rows could not be read; empty once that works again."""
        self.store_failures = 0
        self._gathered: list[Turn] = []
        self._committing: list[Turn] = []
        self._ticket = 0
        self._probe_at: float = 0.0
        self._is_unwritten = False
        self._unread: Request | None = None
        self._unread_problem = ""
        self._loads: dict[int, Load] = {}
        self._asked: dict[int, Tell] = {}
        self._early: dict[int, Completion] = {}
        """At a start: answers that came before they were waited for."""
        self.damaged_rows = 0
        """How many rows of the table were left out because their checksum did not hold."""
        centre.registry.still_shows = network.still_shows
        self.registers = network.registers
        """Consents and senders."""
        centre.desk = self.registers

    # Turns.

    def begin(self, link_now: LinkTime) -> None:
        """Read the box's clock for a new turn."""
        self.centre.begin_turn(self.clock.now(), link_now)

    def finish(self, links: Links) -> None:
        """Run what is due, commit what was decided, let go of what is committed."""
        centre = self.centre
        now = centre.turn.now
        due = self.network.next_deadline()
        if due is not None and due <= now:
            for element in self.network.on_time(now):
                centre.on_relay(element)
        centre.on_time()
        if self.registers.changes:
            for name, value in self.registers.take_changes():
                centre.set_setting(name, value, _nobody_asked)
        turn = centre.end_turn()
        if turn is not None:
            self._gathered.append(turn)
        probe_at = self.next_probe()
        if probe_at is not None and probe_at <= centre.turn.link_now:
            self._probe()
        self._commit(links)
        next_turn = centre.turn
        if not (self._gathered or self._committing or next_turn.effects or next_turn.entries):
            centre.registry.rest()

    @property
    def is_held_up(self) -> bool:
        """Whether a turn waits behind a commit. The store wakes whoever serves once it is made."""
        return bool(self._gathered)

    @property
    def is_busy(self) -> bool:
        """Whether another turn has something to do at once.

        Not while one waits behind a commit: whatever many turns decided would be done in one.
        """
        if self.is_held_up:
            return False
        turn = self.centre.turn
        due = self.network.next_deadline()
        return (
            bool(turn.effects or turn.entries)
            or (due is not None and due <= turn.now)
            or self.centre.paging.is_busy
            or self.centre.is_busy
        )

    @property
    def is_settled(self) -> bool:
        """Whether nothing is decided and not yet committed, nor asked and not yet answered."""
        held = self.centre.attempts.paged.is_held
        return not (
            self._gathered or self._committing or self._loads or self._asked or self.is_busy or held
        )

    def ask_store(self, request: Question, tell: Tell) -> None:
        """Read rows of the table, outside of any turn; memory is left as it is.

        `tell` is called within a later turn, which the caller has to wake for a store that answers
        at once; one with threads wakes it by itself. An answer is as old as its question.
        """
        self._asked[self.store.load(request)] = tell

    def next_probe(self) -> float | None:
        """When the store is tried again that failed, on the clock of the links; None: it works."""
        if not self.last_store_problem or self._committing or self._gathered or self._asked:
            return None
        return self._probe_at

    def _probe(self) -> None:
        """Do again what failed: without traffic nothing else would find that it works."""
        self._probe_at = self.centre.turn.link_now + PROBE_S
        if self._unread is not None:
            self._asked[self.store.load(self._unread)] = self._on_read_again
        if self._is_unwritten:
            # It says nothing new, and takes a page of the disk to say it.
            entry = journal.counter_entry(self.centre.registry.newest_id)
            self._gathered.append(Turn([entry], []))

    def _on_read_again(self, found: LoadedRows | Failed) -> None:
        if isinstance(found, LoadedRows):
            self._unread = None
            self._unread_problem = ""
            if not self._is_unwritten:
                self.last_store_problem = ""

    def next_network_deadline(self) -> float | None:
        """The next moment on the box's clock at which something is due."""
        centre = self.centre.next_network_deadline()
        network = self.network.next_deadline()
        if centre is None or (network is not None and network < centre):
            return network
        return centre

    def advance_to(self, to: NetworkTime, link_now: LinkTime, links: Links) -> None:
        """Move a box's clock forward, running every deadline on the way at its own time."""
        while True:
            deadline = self.next_network_deadline()
            if deadline is None or deadline > to:
                break
            self.clock.advance_to(NetworkTime(deadline))
            self.begin(link_now)
            self.finish(links)
            while self.is_busy and not self._committing:
                # What the store told is part of this moment.
                self.begin(link_now)
                self.finish(links)
            if self._committing or self._loads:
                # The store works in a thread: whoever advances comes back when it has answered.
                return
        self.clock.advance_to(to)
        self.begin(link_now)
        self.finish(links)

    def _commit(self, links: Links) -> None:
        """One commit in flight; turns gather behind it."""
        while True:
            if not self._committing and self._gathered:
                self._committing = self._gathered
                self._gathered = []
                self._submit(links)
            if not self._collect(links) and (self._committing or not self._gathered):
                return

    def _submit(self, links: Links) -> None:
        """Hand the store what the turns to be committed say, if they say anything."""
        entries: list[bytes] = []
        page_out: PageOut | None = None
        for turn in self._committing:
            entries.extend(turn.entries)
            if turn.page_out is not None:
                # There is never a second one: the next slice waits for this one.
                page_out = turn.page_out
        if entries or page_out is not None:
            self._ticket = self.store.submit(b"".join(entries), page_out)
        else:
            self._release(links)

    def _collect(self, links: Links) -> bool:
        """Take what the store has done; whether it was anything."""
        completions = self.store.completions()
        for completion in completions:
            ticket = completion.ticket
            load = self._loads.pop(ticket, None)
            tell = self._asked.pop(ticket, None)
            if tell is not None:
                if isinstance(completion, LoadedRows):
                    self.damaged_rows += completion.damaged
                    tell(completion)
                elif isinstance(completion, Failed):
                    tell(completion)
            elif load is not None:
                if isinstance(completion, LoadedRows):
                    found = self._read(completion)
                    self.centre.registry.gone_rows.answering(ticket)
                    # Rows that all are damaged lead nowhere: a reader would ask for them for ever.
                    self.centre.on_rows(load, found, completion.complete or not found)
                else:
                    if isinstance(completion, Failed):
                        self._note_unread(load.request, completion.problem)
                    self.centre.on_load_failed(load)
            elif isinstance(completion, Folding):
                self.centre.rest(completion.is_ending)
            elif ticket == self._ticket and self._committing:
                if isinstance(completion, Committed):
                    self._is_unwritten = False
                    self.last_store_problem = self._unread_problem
                    self.centre.paging.committed(completion.number, completion.journal_octets)
                    self._release(links)
                elif isinstance(completion, Failed):
                    self._take_back(completion.problem, links)
        if completions:
            # Tickets rise, and a dict keeps the order of what is put into it.
            self.centre.registry.gone_rows.answered(next(iter(self._loads), 0))
        return bool(completions)

    def _release(self, links: Links) -> None:
        turns = self._committing
        self._committing = []
        for turn in turns:
            for effect in turn.effects:
                self._perform(effect, links)

    def _take_back(self, problem: str, links: Links) -> None:
        """The commit failed: so did everything gathered behind it, and what is being decided.

        Rows that came just before it may have led to something: it stands on what is undone here.
        """
        self._note_problem(problem)
        self._is_unwritten = True
        turns = self._committing + self._gathered
        decided = self.centre.end_turn()
        if decided is not None:
            turns.append(decided)
        self._committing = []
        self._gathered = []
        for effect in self.centre.undo(turns):
            self._perform(effect, links)

    def _note_problem(self, problem: str) -> None:
        self.last_store_problem = problem
        self.store_failures += 1
        self._probe_at = self.centre.turn.link_now + PROBE_S

    def _note_unread(self, request: Request, problem: str) -> None:
        """Rows could not be read: a commit that works does not mean that they can be."""
        self._unread = request
        self._unread_problem = problem
        self._note_problem(problem)

    def _perform(self, effect: Effect | TraceEvent, links: Links) -> None:
        if isinstance(effect, TraceEvent):
            self.trace.add(effect)
        elif isinstance(effect, Answer):
            links.send(effect.link_id, effect.pdu, None)
        elif isinstance(effect, Forward):
            self.network.forward(effect.rp_mt_data, self.centre.turn.now)
        elif isinstance(effect, Deliver):
            if not links.send(effect.link_id, effect.pdu, effect.delivery):
                self.centre.on_undelivered(effect)
        elif isinstance(effect, Concluded):
            self.centre.registry.finished(effect.message)
        elif isinstance(effect, Acknowledged):
            self.centre.registry.settled(effect.delivery.message)
        elif isinstance(effect, PhonePower):
            self.network.set_power(effect.msisdn, effect.power, self.centre.turn.now)
        elif isinstance(effect, Setting):
            self.network.apply_setting(effect.name, effect.value, self.centre.turn.now)
        elif isinstance(effect, Reply):
            effect.tell("")
        elif isinstance(effect, Notify):
            links.send(effect.link_id, effect.pdu, None)
        elif isinstance(effect, Disconnect):
            links.disconnect(effect.link_id)
        elif isinstance(effect, Call):
            links.call(self, effect.system_id)
        elif isinstance(effect, LogLine):
            links.log(effect.event, effect.fields)
        elif isinstance(effect, PagedOut):
            self.centre.paging.on_paged_out(effect)
        elif isinstance(effect, Load):
            ticket = self.store.load(effect.request)
            self._loads[ticket] = effect
            self.centre.registry.gone_rows.asked(ticket)
        elif isinstance(effect, AnswerAgain):
            links.repeat(effect.link_id, effect.pdu)
        elif isinstance(effect, Ask):
            self.ask_store(effect.request, effect.tell)

    # Restart.

    def recover(self, link_now: LinkTime) -> Recovered:
        """Read the journal back, and shorten it if most of it is about what is forgotten.

        Called once, before the first turn, with a store that answers inline or a caller that can
        wait: completions are asked for until they come.
        """
        self.begin(link_now)
        centre, network = self.centre, self.network
        recovery = Recovery(centre)
        centre.registry.still_shows = may_show
        # Beside everything else: it is only told.
        check = self.store.load(LoadProblems())
        problems: list[str] = []
        summary = self._wait_for(self.store.load(LoadSummary()))
        if isinstance(summary, Summary):
            recovery.begin(summary)
            problems = summary.problems
        self._recover_settings(recovery)
        ended = self._recover_ended(recovery)
        damaged = self._replay(recovery) + self.damaged_rows
        # A clock that ran faster than real time before the restart does not go back by it.
        self.clock.advance_to(NetworkTime(recovery.latest))
        self.begin(link_now)
        centre.registry.still_shows = network.still_shows
        recovery.restore_phones(network.restore)
        centre.registry.forgotten.extend(
            one for one in ended if not network.still_shows(one.msisdn, one.final_at)
        )
        recovery.finish()
        for msisdn in centre.attempts.waiting_phones():
            network.expect_alert(msisdn)
        paged = centre.attempts.paged
        registry = centre.registry
        registry.rest()
        checked = self._wait_for(check)
        if isinstance(checked, Problems):
            problems = problems + checked.problems
        unfinished = sum(not message.is_final for message in registry.unpacked())
        finished = len(registry) - unfinished
        waiting = unfinished + paged.waiting.total + paged.scheduled.total
        return Recovered(waiting, centre.deliveries.held(), finished, damaged, problems)

    def _recover_settings(self, recovery: Recovery) -> None:
        """What users set, and which phones are waited for."""
        now = self.centre.turn.now
        after = ""
        while True:
            found = self._wait_for(self.store.load(LoadSettings(after, RECOVERY_ROWS)))
            if not isinstance(found, LoadedSettings):
                break
            for name, value in found.settings:
                if name.startswith(POWER):
                    msisdn = name[len(POWER) :]
                    recovery.on_power(msisdn, value != b"\0")
                    self.network.restore_power(msisdn, value != b"\0", now)
                    continue
                recovery.on_setting(name, value)
                if name != COUNTER:
                    self.network.apply_setting(name, value, now)
            if found.complete:
                break
            after = found.settings[-1][0]
        after = ""
        while True:
            phones = self._wait_for(self.store.load(LoadPhones(after, RECOVERY_ROWS)))
            if not isinstance(phones, LoadedPhones):
                return
            self.damaged_rows += phones.damaged
            recovery.on_phones(phones.phones)
            for msisdn, _, _ in phones.phones:
                self.network.expect_alert(msisdn)
            if phones.complete:
                return
            after = phones.phones[-1][0]

    def _recover_ended(self, recovery: Recovery) -> list[Message]:
        """History, and what phones showed; those of them that are beyond history."""
        beyond: list[Message] = []
        request = LoadEnded(RECOVERY_ROWS)
        while True:
            found = self._wait_for(self.store.load(request))
            if not isinstance(found, LoadedRows):
                return beyond
            for one in self._read(found):
                recovery.on_ended(one)
                row = one.row
                if row.place == SHOWN:
                    beyond.append(one.message)
                request = LoadEnded(RECOVERY_ROWS, row.at, row.message_id)
            if found.complete:
                return beyond

    def _read(self, completion: LoadedRows) -> list[Found]:
        problems: list[str] = []
        found = read_rows(completion.rows, problems)
        self.damaged_rows += completion.damaged + len(problems)
        return found

    def _replay(self, recovery: Recovery) -> int:
        """Feed the journal behind the watermark; how many of its rows were damaged."""
        position = 0
        damaged = 0
        while True:
            loaded = self._wait_for(self.store.load(LoadJournal(position)))
            if not isinstance(loaded, Loaded):
                raise StoreError("the store answered a load with something else")
            for batch in loaded.batches:
                entries = list(journal.read_entries(batch))
                wanted = recovery.wanted(entries)
                if wanted:
                    found = self._wait_for(self.store.load(LoadById(wanted)))
                    if isinstance(found, LoadedRows):
                        recovery.on_rows(self._read(found))
                recovery.replay(entries)
                for entry in entries:
                    if entry.kind == journal.PHONE_POWER:
                        now = self.centre.turn.now
                        self.network.set_power(entry.msisdn, entry.power, now)
                    elif entry.kind == journal.SETTING:
                        self.network.apply_setting(entry.name, entry.value, self.centre.turn.now)
            damaged += loaded.damaged
            position = loaded.position
            self.centre.paging.committed(position, 0)
            if loaded.complete:
                return damaged

    def _wait_for(self, ticket: int) -> Completion:
        while ticket not in self._early:
            found = self.store.completions()
            for completion in found:
                self._early[completion.ticket] = completion
            if not found:
                self.store.wait()
        completion = self._early.pop(ticket)
        if isinstance(completion, Failed):
            raise StoreError(f"the store failed: {completion.problem}")
        return completion


def _nobody_asked(problem: str) -> None:
    """The answer to a setting that nobody waits for."""
