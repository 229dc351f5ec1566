"""One box: a message centre, its network, its clock and its partition of the journal.

A box is driven: `begin` sets the clocks, the centre is told what happened, `finish` runs what is
due, commits, and lets the effects of committed turns leave. Nothing in it is global to the
process, so any number of boxes stand beside each other.
"""

from typing import Final, Protocol

from carrierbox.clock import LinkTime, NetworkClock, NetworkTime
from carrierbox.errors import StoreError
from carrierbox.identifiers import LinkId
from carrierbox.matching import RuleBook
from carrierbox.simulator.network import CarrierNetwork
from carrierbox.smpp.pdus import Pdu
from carrierbox.smsc.centre import MessageCentre
from carrierbox.smsc.effects import (
    Answer,
    Call,
    Concluded,
    Deliver,
    Disconnect,
    Effect,
    Forward,
    LogLine,
    Notify,
    PhonePower,
    Reply,
    Turn,
)
from carrierbox.smsc.ports import Committed, Failed, Loaded, LoadJournal, Store
from carrierbox.smsc.recovery import Recovery, batches_of, snapshot, still_shown
from carrierbox.trace import Trace, TraceEvent

REWRITE_ENTRIES_MIN: Final = 1000


class Links(Protocol):
    """What a box needs of the links."""

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        """Send a PDU; False if the link is gone or may not carry it."""
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

    def __init__(self, waiting: int, receipts_held: int, finished: int, damaged: int) -> None:
        self.waiting = waiting
        self.receipts_held = receipts_held
        self.finished = finished
        self.damaged = damaged


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
    ) -> None:
        self.name = name
        self.centre = centre
        self.network = network
        self.clock = clock
        self.store = store
        self.trace = trace
        self.rules = rules or RuleBook()
        """What its screening asks first; test rules are put in here."""
        self.last_store_problem = ""
        """Why the last commit failed; empty once one worked again."""
        self.store_failures = 0
        self._gathered: list[Turn] = []
        self._committing: list[Turn] = []
        self._ticket = 0

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
        turn = centre.end_turn()
        if turn is not None:
            self._gathered.append(turn)
        self._commit(links)

    @property
    def is_busy(self) -> bool:
        """Whether another turn has something to do at once."""
        turn = self.centre.turn
        due = self.network.next_deadline()
        return bool(turn.effects or turn.entries) or (due is not None and due <= turn.now)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is decided and not yet committed."""
        return not self._gathered and not self._committing and not self.is_busy

    def next_network_deadline(self) -> float | None:
        """The next moment on the box's clock at which something is due."""
        attempts = self.centre.attempts.next_deadline()
        network = self.network.next_deadline()
        if attempts is None or (network is not None and network < attempts):
            return network
        return attempts

    def advance_to(self, to: NetworkTime, link_now: LinkTime, links: Links) -> None:
        """Move a box's clock forward, running every deadline on the way at its own time."""
        while True:
            deadline = self.next_network_deadline()
            if deadline is None or deadline > to:
                break
            self.clock.advance_to(NetworkTime(deadline))
            self.begin(link_now)
            self.finish(links)
            if self._committing:
                # The store works in a thread: whoever advances comes back when it has answered.
                return
        self.clock.advance_to(to)
        self.begin(link_now)
        self.finish(links)

    def _commit(self, links: Links) -> None:
        """One commit in flight; turns gather behind it."""
        while True:
            if not self._committing:
                if not self._gathered:
                    return
                self._committing = self._gathered
                self._gathered = []
                entries = [entry for turn in self._committing for entry in turn.entries]
                if not entries:
                    self._release(links)
                    continue
                self._ticket = self.store.submit(b"".join(entries))
            for completion in self.store.completions():
                if completion.ticket != self._ticket:
                    continue
                if isinstance(completion, Committed):
                    self.last_store_problem = ""
                    self._release(links)
                elif isinstance(completion, Failed):
                    self._take_back(completion.problem, links)
            if self._committing:
                return

    def _release(self, links: Links) -> None:
        turns = self._committing
        self._committing = []
        for turn in turns:
            for effect in turn.effects:
                self._perform(effect, links)

    def _take_back(self, problem: str, links: Links) -> None:
        """The commit failed: so did everything gathered behind it."""
        self.last_store_problem = problem
        self.store_failures += 1
        turns = self._committing + self._gathered
        self._committing = []
        self._gathered = []
        for effect in self.centre.undo(turns):
            self._perform(effect, links)

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
        elif isinstance(effect, PhonePower):
            self.network.set_power(effect.msisdn, effect.power, self.centre.turn.now)
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

    # Restart.

    def recover(self, link_now: LinkTime) -> Recovered:
        """Read the journal back, and shorten it if most of it is about what is forgotten.

        Called once, before the first turn, with a store that answers inline or a caller that can
        wait: completions are asked for until they come.
        """
        self.begin(link_now)
        recovery = Recovery(self.centre)
        damaged = self._replay(recovery)
        # A clock that ran faster than real time before the restart does not go back by it.
        self.clock.advance_to(NetworkTime(recovery.latest))
        self.begin(link_now)
        network = self.network
        for msisdn, power in self.centre.phone_power.items():
            network.set_power(msisdn, power, self.centre.turn.now)
        for rp_mt_data, at in recovery.shown_parts():
            network.restore(rp_mt_data, at)
        shown = still_shown(recovery.shown, self._parts_on_phones())
        shortest = snapshot(self.centre, recovery.next_at, shown)
        recovery.finish()
        for msisdn in self.centre.attempts.waiting_phones():
            network.expect_alert(msisdn)
        if recovery.entries > 2 * len(shortest) + REWRITE_ENTRIES_MIN:
            self._wait_for(self.store.replace(batches_of(shortest)))
        registry = self.centre.registry
        finished = sum(message.is_final for message in registry.oldest_first())
        return Recovered(len(registry) - finished, self.centre.deliveries.held(), finished, damaged)

    def _parts_on_phones(self) -> dict[str, int]:
        return {
            phone.msisdn: sum(text.parts for text in phone.inbox) for phone in self.network.phones()
        }

    def _replay(self, recovery: Recovery) -> int:
        """Feed the whole journal; how many rows were damaged."""
        position = 0
        damaged = 0
        while True:
            loaded = self._wait_for(self.store.load(LoadJournal(position)))
            if not isinstance(loaded, Loaded):
                raise StoreError("the store answered a load with something else")
            for batch in loaded.batches:
                recovery.replay(batch)
            damaged += loaded.damaged
            position = loaded.position
            if loaded.complete:
                return damaged

    def _wait_for(self, ticket: int) -> Committed | Loaded:
        while True:
            for completion in self.store.completions():
                if completion.ticket == ticket:
                    if isinstance(completion, Failed):
                        raise StoreError(f"the store failed: {completion.problem}")
                    return completion
            self.store.wait()
