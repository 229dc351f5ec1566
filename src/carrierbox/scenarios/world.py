"""The carrier of a scenario: one box, the driver of its links, and the time of both.

Without a network underneath: links are objects, time goes on only when it is told to, both clocks
together. `live` drives the same with real links and lets the clocks run.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from carrierbox.app import make_configured_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock, NetworkTime
from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.config_match import Supplies
from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.identifiers import LinkId
from carrierbox.numbering import shared_number_plan
from carrierbox.runtime import Caller, Runtime, Wire
from carrierbox.scenarios.problems import NotHeldError, RefusedError
from carrierbox.scenarios.scenario import Setup
from carrierbox.scenarios.traffic import Traffic
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smsc.messages import Message
from carrierbox.smsc.packed import opened
from carrierbox.smsc.ports import SHOWN, Failed, LoadById, LoadedRows
from carrierbox.smsc.rows import read_rows
from carrierbox.smsc.stores.memory import MemoryStore

DEFAULT_START: Final = 1_800_000_000.0
"""The network's time where a scenario names none: 2027-01-15T08:00:00Z."""
LINK_START: Final = 1000.0
ROUNDS_MAX: Final = 100_000
"""Turns at one moment after which it is taken that they never end."""
STANDING_STILL_MAX: Final = 1000


class OtherEnd(Protocol):
    """What is at the other end of links and takes part in every moment."""

    def exchange(self) -> bool:
        """Take what came and send what is to be sent; whether there was anything."""
        ...


class World:
    """The carrier of one run.

    `clock` None makes one that stands still. `link_now` None lets the clock of the links stand
    still, too. `wake` is called when a turn is needed.
    """

    def __init__(
        self,
        setup: Setup,
        seed: int,
        *,
        clock: NetworkClock | None = None,
        link_now: Callable[[], LinkTime] | None = None,
        wake: Callable[[], None] | None = None,
    ) -> None:
        self.setup = setup
        start = DEFAULT_START if setup.start is None else setup.start
        self.clock = clock or NetworkClock(start=start, running=False)
        self.began = self.clock.now()
        self.traffic = Traffic(self.clock.now)
        self.logged: list[tuple[str, dict[str, object]]] = []
        self.others: Sequence[OtherEnd] = []
        self._name = f"seed-{seed}" if seed else "default"
        self._store = MemoryStore(keep=True)
        self._link_time = LINK_START
        self._link_now = link_now or self._stopped_link_now
        self._wake = wake or _nobody
        self.caller: Caller | None = None
        """Who connects to applications that are called by outbind."""
        self._rules: dict[str, object] = {}
        self._faults: dict[str, object] = {}
        self._open(0)

    def _open(self, links_opened: int) -> None:
        section = self.setup.section
        self.box: Box = make_configured_box(
            self._name, section, self._store, shared_number_plan(), self.clock
        )
        self.box.recover(self._link_now())
        self.runtime = Runtime(
            [self.box], self._session_settings(), self._wake, self._log, self._link_now
        )
        # A link of an earlier life that is told as closed is none of this one.
        self.runtime.links_opened = links_opened
        self.runtime.observer = self.traffic
        self.runtime.caller = self.caller
        self.traffic.watch(self.box.trace)
        for rule in self._rules.values():
            self._put_rule(rule)
        for written in self._faults.values():
            self.box.faults.add(compile_fault(fault_of(written)))

    def restart(self) -> None:
        """End as if the process were killed, and begin again on the same store."""
        self._open(self.runtime.links_opened)

    def take_calls(self, caller: Caller) -> None:
        """Let this one connect to applications, after a restart as well."""
        self.caller = self.runtime.caller = caller

    # Rules and faults that come and go; they outlive a restart, for they are the scenario's.

    def add_rule(self, written: dict[str, object]) -> None:
        """Add a rule. ValueError if its name is taken."""
        self._put_rule(written)
        self._rules[str(written["name"])] = written

    def _put_rule(self, written: object) -> None:
        rule = compile_rule(definition_of(written), Supplies(self.box.registers))
        self.box.rules.add_test_rule(rule)

    def remove_rule(self, name: str) -> bool:
        """Remove a rule that was added; False if there is none."""
        self._rules.pop(name, None)
        return self.box.rules.remove_test_rule(name)

    def add_fault(self, written: dict[str, object]) -> None:
        """Add a fault. ValueError if its name is taken."""
        self.box.faults.add(compile_fault(fault_of(written)))
        self._faults[str(written["name"])] = written

    def remove_fault(self, name: str) -> bool:
        """Remove a fault; False if there is none."""
        self._faults.pop(name, None)
        return bool(self.box.faults.remove(name))

    # Links.

    def opened(self, wire: Wire, peer: str) -> LinkId:
        """A peer connected."""
        return self.runtime.opened(wire, peer)

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """Octets came."""
        self.runtime.received(link_id, octets)

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        """A peer does not read, or reads again."""
        self.runtime.write_paused(link_id, paused)

    def closed(self, link_id: LinkId) -> None:
        """A connection is gone."""
        self.runtime.closed(link_id)

    # Time.

    @property
    def now(self) -> NetworkTime:
        """The network's time."""
        return self.clock.now()

    @property
    def link_time(self) -> LinkTime:
        """The time of the links."""
        return self._link_now()

    def settle(self) -> None:
        """Do all there is to do at this moment."""
        for _ in range(ROUNDS_MAX):
            self.runtime.turn()
            # A list of all: each has to have its turn.
            has_moved = [each.exchange() for each in self.others]
            if not any(has_moved) and self.is_settled:
                self.traffic.drain()
                return
        raise NotHeldError("the carrier never comes to rest: something answers itself for ever")

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do at this moment."""
        due = self.box.next_network_deadline()
        return (
            self.runtime.is_quiet
            and self.box.is_settled
            and (due is None or due > self.clock.now())
        )

    def advance_to(self, to: float, until: Callable[[], bool] | None = None) -> bool:
        """Let both clocks go on, everything on the way at its own time; whether `until` held.

        It ends at the moment at which `until` holds, looked at after everything that happens.
        """
        self.settle()
        still = 0
        while True:
            if until is not None and until():
                return True
            if self.now >= to:
                return False
            before = self.now
            self._step_towards(to)
            self.settle()
            still = still + 1 if self.now == before else 0
            if still > STANDING_STILL_MAX:
                raise NotHeldError("the clock does not come on: something is due for ever")

    def _step_towards(self, to: float) -> None:
        """Move both clocks to what comes next."""
        now = self.now
        wait_s = to - now
        due = self.box.next_network_deadline()
        at = to
        if due is not None and due - now < wait_s:
            at, wait_s = due, max(0.0, due - now)
        if self.clock.running:
            # The links have the real time.
            self.runtime.advance_to(self.box, NetworkTime(at))
            return
        delay_s = self.runtime.next_delay_s()
        if delay_s is not None and delay_s < wait_s:
            at, wait_s = now + delay_s, delay_s
        self.clock.advance_to(NetworkTime(at))
        self._link_time += wait_s

    # What there is.

    def message_of(self, message_id: str, system_id: str) -> Message | None:
        """The message that an account was told this id of."""
        lookup = self.box.centre.lookup
        ids = lookup.ids_in_table_of(message_id, system_id)
        others: list[Message] = []
        if ids:

            def tell(found: LoadedRows | Failed) -> None:
                if isinstance(found, LoadedRows):
                    rows = [row for row in found.rows if row.place != SHOWN]
                    others.extend(opened(each.message) for each in read_rows(rows, []))

            self.box.begin(self._link_now())
            self.box.ask_store(LoadById(ids), tell)
            self.settle()
        return lookup.of_account(message_id, system_id, others)

    def messages_with(self, message: Message) -> list[Message]:
        """What a client knows by the same id, of a submit_multi all its destinations."""
        return self.box.centre.registry.of_client(message.client_id) or [message]

    def ask(self, question: Callable[[Callable[[str], None]], None]) -> None:
        """Tell the centre something and wait until it is durable. RefusedError if it refuses."""
        told: list[str] = []
        self.runtime.request(self.box, lambda: question(told.append))
        self.settle()
        if not told:
            raise NotHeldError("the carrier did not answer")
        if told != [""]:
            raise RefusedError(told[0])

    # Inside.

    def _stopped_link_now(self) -> LinkTime:
        return LinkTime(self._link_time)

    def _session_settings(self) -> SessionSettings:
        settings = self.setup.session.settings()
        if not self.setup.has_enquire_link and not self.clock.running:
            # Days would be full of them.
            settings.enquire_link_s = 0.0
        return settings

    def _log(self, event: str, fields: dict[str, object]) -> None:
        self.logged.append((event, fields))
        if event.endswith("_failed"):
            raise NotHeldError(f"the carrier failed, please report it: {event} {fields}")


def _nobody() -> None:
    return
