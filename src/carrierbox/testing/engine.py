"""What runs inside the thread of an in-process carrier: one box behind one port.

Everything here is called on the loop of that thread. Nothing sleeps: whoever waits is woken by the
next turn.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from carrierbox.app import PhoneSettings, make_box
from carrierbox.box import Box, Recovered
from carrierbox.capture_file import CaptureFile
from carrierbox.clock import NetworkClock, NetworkTime, link_now
from carrierbox.config_pack_policies import CarrierPacks
from carrierbox.config_rules import rule_book
from carrierbox.errors import CarrierboxError, StoreError
from carrierbox.faults import FaultBook
from carrierbox.identifiers import Address, LinkId
from carrierbox.link_log import LinkLog
from carrierbox.links.client import OutboundCaller
from carrierbox.links.pulse import Pulse
from carrierbox.links.server import SmppConnection, address_of, listen, stop_listening
from carrierbox.matching import RuleBook
from carrierbox.message_search import Asker, store_asker
from carrierbox.runtime import Runtime
from carrierbox.simulator.policy.registers import Registers
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.ports import Store
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.direct import number_plan

HOST: Final = "127.0.0.1"
ROUNDS: Final = 5
"""Turns in which what has reached the socket is handled, a connection not yet accepted included."""

Fail: TypeAlias = Callable[[str], None]


class EngineSettings:
    """What a carrier is made of. `store` None keeps the journal in memory."""

    def __init__(
        self,
        accounts: list[AccountSettings],
        phones: list[PhoneSettings],
        session: SessionSettings,
        store: Path | None,
        durability: str,
        start: float | None,
        rules: RuleBook | None = None,
        faults: FaultBook | None = None,
        registers: Registers | None = None,
        packs: CarrierPacks | None = None,
    ) -> None:
        self.accounts = accounts
        self.phones = phones
        self.session = session
        self.store = store
        self.durability = durability
        self.start = start
        self.rules = rules or rule_book()
        """They outlive a restart, test rules too: the test gave them, not the carrier."""
        self.faults = faults or FaultBook()
        """They outlive it as well."""
        self.registers = registers or Registers()
        """Of these only what was configured does; the rest comes back from the store."""
        self.packs = packs or CarrierPacks()


class Door:
    """Between the connections and the runtime: it knows them all, so that it can cut them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._wires: dict[int, SmppConnection] = {}
        self._is_shut = False
        self._emptied = asyncio.Event()

    def opened(self, wire: SmppConnection, peer: str) -> LinkId:
        """See `LinkOwner.opened`."""
        link_id = self._runtime.opened(wire, peer)
        self._wires[link_id] = wire
        if self._is_shut:
            wire.abort()
        return link_id

    def received(self, link_id: LinkId, octets: bytes) -> None:
        """See `LinkOwner.received`."""
        self._runtime.received(link_id, octets)

    def write_paused(self, link_id: LinkId, paused: bool) -> None:
        """See `LinkOwner.write_paused`."""
        self._runtime.write_paused(link_id, paused)

    def closed(self, link_id: LinkId) -> None:
        """See `LinkOwner.closed`."""
        del self._wires[link_id]
        self._runtime.closed(link_id)
        if not self._wires:
            self._emptied.set()

    async def shut(self) -> None:
        """Cut every connection, as the death of the process would."""
        self._is_shut = True
        self._emptied.clear()
        for wire in list(self._wires.values()):
            wire.abort()
        if self._wires:
            await self._emptied.wait()


class Engine:
    """One life of a carrier, from `start` to `kill`."""

    def __init__(
        self,
        settings: EngineSettings,
        clock: NetworkClock,
        store: Store,
        port: int,
        fail: Fail,
        capture: CaptureFile | None = None,
    ) -> None:
        packs = settings.packs
        self.box: Box = make_box(
            "default",
            store,
            packs.number_plan(number_plan()),
            settings.accounts,
            settings.phones,
            clock,
            None if packs.is_open else packs.policies(settings.registers),
            None if packs.is_open else CentreSettings(err_words=packs.err_words),
            rules=settings.rules,
            faults=settings.faults,
            registers=settings.registers,
        )
        # What the links of an earlier life were told, those of this one were not.
        settings.faults.is_changed = True
        self.recovered: Recovered = self.box.recover(link_now())
        self.address = (HOST, port)
        self._fail = fail
        self._pulse = Pulse(asyncio.get_running_loop())
        if isinstance(store, SqliteStore):
            store.on_ready = self._pulse.wake_from_thread
        self._runtime = Runtime([self.box], settings.session, self._pulse.wake, self._log)
        self.ask_store: Asker = store_asker(self._runtime, self.box)
        self._capture = capture
        self._link_log = LinkLog()
        if capture is not None:
            self._runtime.observer = self._link_log
        self._door = Door(self._runtime)
        self._caller = OutboundCaller(self._door, self._log)
        self._runtime.caller = self._caller
        self._server: asyncio.Server | None = None
        self._watchers: list[asyncio.Future[None]] = []

    async def start(self) -> None:
        """Accept connections."""
        self._pulse.drive(self._turn, self._runtime.next_delay_s)
        self._server = await listen(self._door, *self.address)
        self.address = address_of(self._server)

    async def kill(self) -> None:
        """End at once, whatever is under way, and let go of the store."""
        self._pulse.stop()
        self._caller.close()
        if self._server is not None:
            await stop_listening(self._server)
        await self._door.shut()
        self._write_capture()
        self.box.store.close()

    # Waiting.

    async def settle(self, limit_s: float, clients: bool) -> None:
        """Return when nothing is due and no commit is open; TimeoutError tells what still is.

        With `clients`, no deliver_sm to a bound client may be unanswered either.
        """
        try:
            async with asyncio.timeout(limit_s):
                await self._settle(clients)
        except TimeoutError:
            raise TimeoutError(f"still open after {limit_s:g} s: {self._open(clients)}") from None

    async def advance(self, seconds: float, limit_s: float) -> None:
        """Move the network's clock, each deadline on the way at its own time, and settle."""
        clock = self.box.clock
        try:
            async with asyncio.timeout(limit_s):
                await self._settle(clients=False)
                to = NetworkTime(clock.now() + seconds)
                while True:
                    self._runtime.advance_to(self.box, to)
                    await self._settle(clients=False)
                    if clock.now() >= to:
                        return
        except TimeoutError:
            raise TimeoutError(f"still open after {limit_s:g} s: {self._open(False)}") from None

    async def wait_until(self, is_so: Callable[[], bool], limit_s: float) -> bool:
        """Look after each turn; whether it came to be so in time."""
        try:
            async with asyncio.timeout(limit_s):
                while not is_so():
                    await self._next_turn()
        except TimeoutError:
            return False
        return True

    # Steering.

    async def set_power(self, msisdn: str, power: bool, limit_s: float) -> None:
        """Switch a phone, and settle; StoreError if it could not be written."""
        told: list[str] = []
        self._runtime.request(
            self.box, lambda: self.box.centre.set_phone_power(msisdn, power, told.append)
        )
        await self.settle(limit_s, clients=False)
        if told != [""]:
            raise StoreError(told[0] if told else "the store has not answered")

    async def set_in_centre(self, ask: Callable[[Fail], None], limit_s: float) -> None:
        """Ask the centre for something that lasts, and settle; CarrierboxError if it cannot be."""
        told: list[str] = []
        self._runtime.request(self.box, lambda: ask(told.append))
        await self.settle(limit_s, clients=False)
        if told != [""]:
            raise CarrierboxError(told[0] if told else "the store has not answered")

    async def send(
        self,
        msisdn: str,
        destination: Address,
        text: str,
        limit_s: float,
        languages: Sequence[int] = (),
    ) -> None:
        """Let a phone send a text, and settle; CarrierboxError tells why it cannot."""
        parts = self.box.network.mobile_originated(msisdn, destination, text, languages=languages)
        told: list[str] = []

        def submit() -> None:
            for part in parts:
                self.box.centre.submit_from_phone(part, told.append)

        self._runtime.request(self.box, submit)
        await self.settle(limit_s, clients=False)
        for problem in told:
            if problem:
                raise CarrierboxError(problem)

    def unbind_all(self) -> None:
        """Begin to end every link politely."""
        self._runtime.unbind_all()

    # Inside.

    def _turn(self) -> None:
        self._runtime.turn()
        self._write_capture()
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)

    async def _next_turn(self) -> None:
        """Wait for a turn that something else asks for."""
        watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watchers.append(watcher)
        await watcher

    async def _settle(self, clients: bool) -> None:
        while True:
            for _ in range(ROUNDS):
                await self._pulse.after_turn()
            if not self._open(clients):
                return
            await self._next_turn()

    def _open(self, clients: bool) -> str:
        """What keeps the carrier from being settled; "" if nothing does."""
        box = self.box
        if not self._runtime.is_quiet:
            return "what clients sent is not handled yet"
        deadline = box.next_network_deadline()
        if deadline is not None and deadline <= box.clock.now():
            return "something is due on the network's clock"
        if not box.is_settled:
            return "a commit to the store"
        return self._unanswered() if clients else ""

    def _unanswered(self) -> str:
        found = [
            f"{binding.outstanding} deliver_sm to {binding.system_id} without an answer"
            for binding in self.box.centre.bindings.all()
            if binding.outstanding
        ]
        return ", ".join(found)

    def _write_capture(self) -> None:
        """What the links carried is in the file when a call returns."""
        if self._capture is None:
            return
        try:
            self._capture.write(self._link_log.take())
        except OSError as error:
            self._capture = self._runtime.observer = None
            self._fail(f"the capture ended: {error.strerror or error}")

    def _log(self, event: str, fields: dict[str, object]) -> None:
        # In a log this would be an error; a test shall not miss it.
        if event.endswith("_failed"):
            self._fail(f"{event}: {fields}")


def open_store(settings: EngineSettings) -> Store:
    """The journal of a carrier: a file, or octets in memory that outlive a restart."""
    if settings.store is None:
        return MemoryStore(keep=True)
    return SqliteStore(settings.store, settings.durability)
