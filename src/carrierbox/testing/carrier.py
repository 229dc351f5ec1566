"""A carrier inside the process of a test suite: real sockets, a clock that the test moves.

    with Carrier(phones=["+33612345678"]) as carrier:
        client = connect_to(carrier.host, carrier.port, carrier.system_id, carrier.password)
        carrier.phone("+33612345678").off()
        client.send("Hi")
        carrier.advance("3h")
        carrier.phone("+33612345678").on()
        assert carrier.phone("+33612345678").texts == ["Hi"]

It runs in a thread of its own, so that clients that block and clients on an event loop both work.
Its methods may be called from any thread; they block for the moment that the carrier needs, and
never for a client, but for `settle` and `wait_for`.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Final, Self, TypeAlias, TypeVar

from carrierbox import shapes, views
from carrierbox.app import PhoneSettings
from carrierbox.capture_file import CaptureFile
from carrierbox.clock import NetworkClock
from carrierbox.codecs.national_language import languages_named
from carrierbox.config_carriers import read_carriers
from carrierbox.config_faults import fault_book, fault_of
from carrierbox.config_match import Supplies
from carrierbox.config_rules import compile_rule, definition_of, rule_book
from carrierbox.config_senders import consent_definition, registers_of, sender_definition
from carrierbox.config_values import reader_of_duration
from carrierbox.errors import CarrierboxError
from carrierbox.identifiers import Address, Msisdn, dialled_address, msisdn_or_none
from carrierbox.matching import Rule
from carrierbox.message_search import find_messages, search_messages
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smpp.values import MESSAGE_STATE_NAMES
from carrierbox.smsc.accounts import ANY, AccountSettings
from carrierbox.smsc.messages import Message
from carrierbox.smsc.ports import NEVER, Store
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.testing.direct import number_plan
from carrierbox.testing.engine import Engine, EngineSettings, open_store
from carrierbox.testing.faults import CarrierFaults
from carrierbox.testing.loop_thread import LoopThread
from carrierbox.testing.registers import CarrierRegisters
from carrierbox.trace import KIND_NAMES

LIMIT_S: Final = 10.0
"""How long a call waits for the carrier; it needs milliseconds."""
ADVANCE_LIMIT_S: Final = 120.0
SEARCH_LIMIT_S: Final = 120.0
MESSAGES_MAX: Final = 10**9

Accounts: TypeAlias = Mapping[str, str] | Iterable[AccountSettings]
Result = TypeVar("Result")

_seconds_of = reader_of_duration(0.0)
_STATES: Final = {name: state for state, name in MESSAGE_STATE_NAMES.items()}
WINDOW_MAX: Final = 10_000
"""The sessions leave the windows to the accounts."""


class CarrierFailedError(CarrierboxError):
    """Something went wrong inside the carrier itself: a bug of carrierbox, not of the test."""


class Carrier:
    """One carrier, from `with` (or `start`) to its end (or `close`).

    `accounts` maps each system_id to its password (or lists AccountSettings); `phones` are numbers
    (or PhoneSettings) that exist from the beginning; any other number gets a phone when it is first
    used. `store` is a file for the journal, which a later carrier may go on with; without one the
    journal is in memory and outlives only `restart`. `start` is the network's time at the
    beginning, this machine's if it is not given. `session` holds the timers and windows of SMPP.
    `rules` and `faults` are those of the configuration, each `{"name": …, "when": {…}, "then":
    {…}}`; so are `senders`, `consent`, and `carriers`, such as `{"US": "realistic"}`. What the
    links carry is written to the file `capture` as pcapng, for Wireshark and `carrierbox lint`.
    """

    next_capture: ClassVar[Callable[[], Path] | None] = None
    """Names the capture of each carrier that was given none; the plugin sets it for a whole run."""

    def __init__(
        self,
        *,
        accounts: Accounts | None = None,
        phones: Iterable[str | PhoneSettings] = (),
        store: str | Path | None = None,
        durability: str = "process",
        start: datetime | None = None,
        session: SessionSettings | None = None,
        rules: Iterable[Mapping[str, object]] = (),
        faults: Iterable[Mapping[str, object]] = (),
        senders: Iterable[Mapping[str, object]] = (),
        consent: Iterable[Mapping[str, object]] = (),
        capture: str | Path | None = None,
        carriers: str | Mapping[str, object] = "open",
    ) -> None:
        registers = registers_of(
            [sender_definition(sender) for sender in senders],
            [consent_definition(one) for one in consent],
        )
        self._supplies = Supplies(registers)
        self._settings = EngineSettings(
            _account_settings({"demo": "demo"} if accounts is None else accounts),
            [_phone_settings(phone) for phone in phones],
            session or SessionSettings(window=WINDOW_MAX),
            None if store is None else Path(store),
            durability,
            None if start is None else start.timestamp(),
            rule_book([definition_of(rule) for rule in rules], self._supplies),
            fault_book([fault_of(fault) for fault in faults]),
            registers,
            read_carriers(carriers).packs(),
        )
        self.faults = CarrierFaults(lambda look: self._look(lambda engine: look(engine.box.faults)))
        """What goes wrong on the links to it: `carrier.faults.add(then, when)`."""
        self.registers = CarrierRegisters(self._with_engine)
        """Who may send, and who agreed to get texts: `carrier.registers.record(…)`."""
        self._rules_added = 0
        self._capture = None if capture is None else Path(capture)
        self._capture_file: CaptureFile | None = None
        self._thread: LoopThread | None = None
        self._engine: Engine | None = None

    # Life.

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except CarrierFailedError:
            # What the test itself found is more to the point.
            if kind is None:
                raise

    def start(self) -> Self:
        """Begin; clients can connect when this returns."""
        if self._thread is not None:
            raise RuntimeError("this carrier runs already")
        self._capture_file = self._new_capture()
        thread = self._thread = LoopThread("carrierbox")
        clock = NetworkClock(start=self._settings.start, running=False)
        try:
            self._call(lambda: self._open(clock, None, 0))
        except BaseException:
            self._thread = None
            thread.stop()
            self._end_capture()
            raise
        return self

    def close(self) -> None:
        """End; connections are cut and the thread stops. A second call does nothing.

        Raises CarrierFailedError if something went wrong inside the carrier since it began.
        """
        thread = self._thread
        if thread is None:
            return
        try:
            if self._engine is not None:
                thread.call(self._engine.kill, LIMIT_S)
        finally:
            self._thread = self._engine = None
            thread.stop()
            self._end_capture()
        _raise_failures(thread)

    def restart(self) -> None:
        """End as if the process were killed, and begin again on the same store and port.

        Connections are cut, what was not committed is lost; messages, phones and what they show
        come back, and the network's clock goes on where it was.
        """
        self._call(self._reopen)

    async def _open(self, clock: NetworkClock, store: Store | None, port: int) -> None:
        thread = self._thread
        assert thread is not None
        opened = open_store(self._settings) if store is None else store
        try:
            engine = Engine(self._settings, clock, opened, port, thread.fail, self._capture_file)
            await engine.start()
        except BaseException:
            opened.close()
            raise
        self._engine = engine

    def _new_capture(self) -> CaptureFile | None:
        name = type(self).next_capture
        path = name() if self._capture is None and name is not None else self._capture
        return None if path is None else CaptureFile(path)

    def _end_capture(self) -> None:
        if self._capture_file is not None:
            self._capture_file.close()
            self._capture_file = None

    async def _reopen(self) -> None:
        engine = self._running()
        self._engine = None
        await engine.kill()
        store = engine.box.store
        # What was kept in memory survives, as a file would.
        memory = store if isinstance(store, MemoryStore) else None
        await self._open(engine.box.clock, memory, engine.address[1])

    # How to connect.

    @property
    def host(self) -> str:
        """Where it listens: the address of this machine for itself."""
        return self._running().address[0]

    @property
    def port(self) -> int:
        """Where it listens: a port that was free. It outlives `restart`."""
        return self._running().address[1]

    @property
    def system_id(self) -> str:
        """Who may bind: the first account; `demo` where every name will do."""
        name = self._settings.accounts[0].system_id
        return "demo" if name == ANY else name

    @property
    def password(self) -> str:
        """The password of `system_id`; `demo` where every password will do."""
        password = self._settings.accounts[0].password
        return "demo" if password == ANY else password

    # What there is.

    def phone(self, number: str) -> "Phone":
        """The phone of a number, as in +33612345678. ValueError if it is none."""
        return Phone(self, _msisdn_of(number))

    def messages(
        self,
        *,
        to: str = "",
        source: str = "",
        system_id: str = "",
        state: str = "",
        text: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[shapes.Message]:
        """The accepted messages, the oldest first; all, or those of a kind.

        `to` and `source` are an address as it was submitted or a number however it is written,
        `state` is the name of a message_state, such as DELIVERED, `text` a piece of the text. From
        `since` on and before `until` they were accepted, or ended if they did.
        """
        if state and state not in _STATES:
            raise ValueError(f"{state!r} is no message_state: use {', '.join(_STATES)}")
        wanted = views.MessageFilter(
            to,
            source,
            system_id,
            _STATES.get(state),
            text,
            0.0 if since is None else since.timestamp(),
            NEVER if until is None else until.timestamp(),
        )

        async def look() -> list[shapes.Message]:
            engine = self._running()
            await engine.settle(LIMIT_S, clients=False)
            page = await search_messages(engine.ask_store, engine.box, wanted, MESSAGES_MAX)
            centre = engine.box.centre
            return [
                views.message_view(message, centre.accounts.dialect_of, centre.err_words)
                for message in reversed(page.messages)
            ]

        return self._call(look, SEARCH_LIMIT_S)

    def message(self, message_id: str, system_id: str = "") -> shapes.MessageWithEvents:
        """The message of an id that a submit_sm_resp told, with what happened to it.

        LookupError if there is none, or if several accounts have one and none is named.
        """

        async def look() -> shapes.MessageWithEvents:
            engine = self._running()
            await engine.settle(LIMIT_S, clients=False)
            found = await find_messages(engine.ask_store, engine.box, message_id, system_id)
            message = _only(found, message_id)
            trace = engine.box.trace
            _, events = views.message_events_page(trace, message.message_id, 0, trace.newest)
            centre = engine.box.centre
            view = views.message_view(message, centre.accounts.dialect_of, centre.err_words)
            return views.with_events(view, events)

        return self._call(look)

    def events(self, kind: str | None = None) -> list[shapes.Event]:
        """What happened, oldest first; all, or one kind, such as `bound` or `receipt_sent`.

        The newest 50,000 are kept, since the beginning or the last `restart`.
        """
        _must_be_kind(kind)
        return self._look(lambda engine: _events(engine, kind))

    @property
    def now(self) -> datetime:
        """The time of the network."""
        return self._look(lambda engine: datetime.fromtimestamp(engine.box.clock.now(), UTC))

    # Time and waiting.

    def advance(self, duration: float | str, limit_s: float = ADVANCE_LIMIT_S) -> None:
        """Move the network's clock forward by seconds, or by a duration such as `3h` or `90s`.

        Whatever falls due on the way happens at its own time. Returns when the carrier has done all
        of it; a client's answers are not waited for: that is what `settle` does.
        """
        seconds = _seconds_of(duration) if isinstance(duration, str) else float(duration)
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"a clock moves forward only, not by {duration}")
        self._call(lambda: self._running().advance(seconds, limit_s), limit_s)

    def settle(self, limit_s: float = LIMIT_S) -> None:
        """Wait until nothing is due, no commit is open and no deliver_sm lacks its answer.

        Receipts that wait because no receiver is bound are no reason to wait. The client has to
        read meanwhile, in another thread or process: a client on an event loop calls
        `await asyncio.to_thread(carrier.settle)`. TimeoutError names what is still open.
        """
        self._call(lambda: self._running().settle(limit_s, clients=True), limit_s)

    def wait_for(
        self, kind: str, *, count: int = 1, limit_s: float = LIMIT_S
    ) -> list[shapes.Event]:
        """Wait until `count` events of a kind have happened; all of that kind, oldest first.

        TimeoutError tells how many there were.
        """
        _must_be_kind(kind)

        async def wait() -> list[shapes.Event]:
            engine = self._running()
            await engine.wait_until(lambda: len(_events(engine, kind)) >= count, limit_s)
            return _events(engine, kind)

        found = self._call(wait, limit_s)
        if len(found) < count:
            raise TimeoutError(f"{len(found)} events {kind!r} after {limit_s:g} s, not {count}")
        return found

    def add_rule(
        self,
        then: Mapping[str, object],
        when: Mapping[str, object] | None = None,
        name: str = "",
        *,
        unless: Mapping[str, object] | None = None,
        why: str = "",
    ) -> "AddedRule":
        """Decide what happens to messages of a kind, from now on and before all other rules.

        `add_rule({"command_status": "ESME_RTHROTTLED"}, {"share": 10})` refuses one in ten,
        `add_rule({"cause": "ABSENT_SUBSCRIBER", "attempts": 1}, {"country": "FR"})` lets the first
        attempt fail. `unless` is what it is not about, `why` the reason it gives.
        The earliest added is asked first. ValueError says what is wrong with it.
        """
        self._rules_added += 1
        name = name or f"test rule {self._rules_added}"
        written: dict[str, object] = {"name": name, "when": when or {}, "then": then}
        if unless is not None:
            written["unless"] = unless
        if why:
            written["why"] = why
        definition = definition_of(written)
        rule = compile_rule(definition, self._supplies)
        self._look(lambda engine: engine.box.rules.add_test_rule(rule))
        return AddedRule(self, rule)

    def unbind_all(self) -> None:
        """Begin to end every session from the carrier's side: each client gets an unbind."""

        async def unbind() -> None:
            engine = self._running()
            engine.unbind_all()
            await engine.settle(LIMIT_S, clients=False)

        self._call(unbind)

    # Inside.

    def _running(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("this carrier does not run: use it inside `with Carrier() as …`")
        return self._engine

    def _call(
        self, work: Callable[[], Coroutine[Any, Any, Result]], limit_s: float = LIMIT_S
    ) -> Result:
        if self._thread is None:
            raise RuntimeError("this carrier does not run: use it inside `with Carrier() as …`")
        try:
            return self._thread.call(work, limit_s)
        except TimeoutError:
            _raise_failures(self._thread)
            raise

    def _with_engine(self, work: Callable[[Engine], Coroutine[Any, Any, Result]]) -> Result:
        return self._call(lambda: work(self._running()))

    def _look(self, look: Callable[[Engine], Result]) -> Result:
        """Look at the carrier once all that reached it is handled."""

        async def settled() -> Result:
            engine = self._running()
            await engine.settle(LIMIT_S, clients=False)
            return look(engine)

        return self._call(settled)


class AddedRule:
    """A rule that a test added. Used with `with`, it decides until the end of the block."""

    def __init__(self, carrier: Carrier, rule: Rule) -> None:
        self.name = rule.name
        self._carrier = carrier
        self._rule = rule

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()

    @property
    def matched(self) -> int:
        """How many messages it decided about."""
        return self._carrier._look(lambda engine: self._rule.matched)

    def remove(self) -> None:
        """Let it decide no more. A second call does nothing."""
        self._carrier._look(lambda engine: engine.box.rules.remove_test_rule(self.name))


class Phone:
    """One phone of a carrier."""

    def __init__(self, carrier: Carrier, msisdn: Msisdn) -> None:
        self.number = f"+{msisdn}"
        self._carrier = carrier
        self._msisdn = msisdn

    def __repr__(self) -> str:
        return f"Phone({self.number!r})"

    @property
    def is_on(self) -> bool:
        """Whether it is switched on."""
        return self._carrier._look(lambda engine: engine.box.network.contact(self._msisdn).power)

    def on(self) -> None:
        """Switch it on; what waited for it arrives."""
        self._set_power(True)

    def off(self) -> None:
        """Switch it off; what is sent to it waits."""
        self._set_power(False)

    @property
    def texts(self) -> list[str]:
        """The texts on its screen, oldest first, long ones put together from their parts.

        Acknowledgements of what it sent are on the `screen` only, unless they say something: some
        clients mark every text as one.
        """
        return [text.text for text in self.screen if text.text or text.kind == "text"]

    @property
    def screen(self) -> list[shapes.PhoneText]:
        """The texts on its screen with sender, times and number of parts, oldest first."""

        def look(engine: Engine) -> list[shapes.PhoneText]:
            network = engine.box.network
            handset = network.contact(self._msisdn)
            shown = views.phone_view(network, number_plan(), handset, 0)
            return shown.texts if shown.flash is None else [*shown.texts, shown.flash]

        return self._carrier._look(look)

    def send(self, to: str, text: str, *, languages: Iterable[str] = ()) -> None:
        """Send a text: to a phone by its number with +, or to a client by a short code.

        The phone may use the national alphabets of `languages`, such as `turkish` or `all`, where
        they save parts. CarrierboxError if it is switched off or nobody receives what is sent to
        that number.
        """
        destination = _dialled(to)
        allowed = languages_named(languages)
        carrier = self._carrier
        carrier._call(
            lambda: carrier._running().send(self._msisdn, destination, text, LIMIT_S, allowed)
        )

    def _set_power(self, power: bool) -> None:
        carrier = self._carrier
        carrier._call(lambda: carrier._running().set_power(self._msisdn, power, LIMIT_S))


def _account_settings(accounts: Accounts) -> list[AccountSettings]:
    if isinstance(accounts, Mapping):
        settings = [AccountSettings(name, password) for name, password in accounts.items()]
    else:
        settings = list(accounts)
    if not settings:
        raise ValueError("a carrier without accounts lets nobody bind: give one, or leave it out")
    return settings


def _phone_settings(phone: str | PhoneSettings) -> PhoneSettings:
    if isinstance(phone, str):
        return PhoneSettings(_msisdn_of(phone))
    return PhoneSettings(_msisdn_of(phone.msisdn), phone.power, phone.messages_max)


def _msisdn_of(number: str) -> Msisdn:
    msisdn = msisdn_or_none(number)
    if msisdn is None:
        raise ValueError(f"{number!r} is no phone number: write it as +33612345678")
    return msisdn


def _dialled(to: str) -> Address:
    """The address for what the user of a phone dials."""
    address = dialled_address(to)
    if address is None:
        raise ValueError(f"{to!r} cannot be dialled: give a number with its +, or a short code")
    return address


def _events(engine: Engine, kind: str | None) -> list[shapes.Event]:
    trace = engine.box.trace
    dialect_of = engine.box.centre.accounts.dialect_of
    _, events = views.events_page(trace, 0, trace.newest, dialect_of)
    return [event for event in events if kind is None or event.kind == kind]


def _only(found: list[Message], message_id: str) -> Message:
    if not found:
        raise LookupError(f"there is no message {message_id!r}: it was never accepted here")
    if len(found) > 1:
        raise LookupError(f"several accounts have a message {message_id!r}: name the system_id")
    return found[0]


def _must_be_kind(kind: str | None) -> None:
    if kind is not None and kind not in KIND_NAMES.values():
        raise ValueError(f"there are no events {kind!r}: use {', '.join(KIND_NAMES.values())}")


def _raise_failures(thread: LoopThread) -> None:
    if thread.failures:
        failure = thread.failures[0]
        thread.failures.clear()
        raise CarrierFailedError(
            f"the carrier failed, please report it: {type(failure).__name__}: {failure}"
        ) from failure
