"""A running carrier: opens the stores, recovers, listens, serves, and ends politely.

The order matters: what an SMPP client waits for comes first, the HTTP libraries and the log are
imported when binds are already accepted.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from carrierbox.app import make_configured_box
from carrierbox.box import Box, Recovered
from carrierbox.clock import NetworkClock, link_now
from carrierbox.config import BoxSection, Configuration
from carrierbox.config_values import Endpoint
from carrierbox.errors import CarrierboxError, ConfigurationError, StoreError
from carrierbox.garbage import Garbage
from carrierbox.links.client import OutboundCaller
from carrierbox.links.listener import Gate, Listener, open_listener
from carrierbox.links.pulse import Pulse
from carrierbox.listening import call_tls, make_gates, plain_address, ready_fields
from carrierbox.logs import log
from carrierbox.numbering import NumberPlan, shared_number_plan
from carrierbox.runtime import Runtime
from carrierbox.simulator.radio.settings import INSTALL
from carrierbox.smsc.accounts import ANY
from carrierbox.smsc.ports import Store
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_threads import SWITCH_S
from carrierbox.store_log import StoreLog

if TYPE_CHECKING:
    from carrierbox.api import ApiServer
    from carrierbox.observing import Watch
    from carrierbox.radio_serving import Radios
    from carrierbox.shapes import LintReport, RadioState
    from carrierbox.stop_points import StopPoint

EXIT_FINE: Final = 0
EXIT_USAGE: Final = 2
UNBIND_LIMIT_S: Final = 3.0
IDLE_S: Final = 5.0
SHUTDOWN_STEP_S: Final = 0.05
HTTP_DEFAULT: Final = "127.0.0.1:8775"
"""Where commands look for a carrier if nobody tells them."""
HINTS: Final = """
Connect with   host {host}   port {port}   system_id {name}   password {password}

Python, with smpplib (pip install smpplib):

    import smpplib.client
    client = smpplib.client.Client("{host}", {port})
    client.connect()
    client.bind_transceiver(system_id="{name}", password="{password}")
    client.set_message_received_handler(lambda pdu: print(pdu.short_message) or 0)
    client.send_message(source_addr_ton=5, source_addr="ACME", registered_delivery=1,
                        dest_addr_ton=1, dest_addr_npi=1, destination_addr="33612345678",
                        short_message=b"Hello")
    client.listen()

JavaScript, with node-smpp (npm install smpp):

    const smpp = require('smpp');
    const session = smpp.connect('smpp://{host}:{port}', () => {{
      session.bind_transceiver({{system_id: '{name}', password: '{password}'}}, () => {{
        session.submit_sm({{source_addr_ton: 5, source_addr: 'ACME', registered_delivery: 1,
          dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '33612345678',
          short_message: 'Hello'}}, (answer) => console.log(answer.message_id));
      }});
    }});
    session.on('deliver_sm', (pdu) => {{
      console.log(pdu.short_message.message);
      session.send(pdu.response());
    }});

Then see the phone:  carrierbox phone +33612345678{url}

Ctrl-C ends it.
"""
STOP_POINT: Final = "CARRIERBOX_STOP_POINT"


def run(
    configuration: Configuration,
    fresh: bool,
    hints: bool = False,
    capture: Path | None = None,
    lint: bool = False,
) -> int:
    """Serve until SIGTERM or SIGINT; the exit code.

    `fresh` empties the stores first, `hints` tells on stderr what to type to connect. What the
    links carry is written to the file `capture`, and judged if `lint`.
    """
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(Carrier(configuration, fresh, hints, capture, lint).serve())
    except CarrierboxError as error:
        print(f"carrierbox: {error}", file=sys.stderr)
        return EXIT_USAGE
    return EXIT_FINE


class Carrier:
    """One serving process."""

    def __init__(
        self,
        configuration: Configuration,
        fresh: bool,
        hints: bool,
        capture: Path | None,
        lint: bool,
    ) -> None:
        self._configuration = configuration
        self._fresh = fresh
        self._hints = hints
        self._capture = capture
        self._is_linting = lint
        self._watch: Watch | None = None
        self._stop_point: StopPoint | None = None
        self._stores: list[Store] = []
        self._gates: list[Gate] = []
        self._listeners: list[Listener] = []
        self._caller: OutboundCaller | None = None
        self._radios: Radios | None = None

    async def serve(self) -> None:
        """Everything from the first file opened to the last one closed."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises in the loop.
            for signum in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(signum, stop.set)
        pulse = Pulse(loop)
        try:
            self._gates = make_gates(self._configuration)
            tls_of_calls = call_tls(self._configuration)
            self._read_stop_point()
            number_plan = shared_number_plan()
            boxes = self._open_boxes(pulse, number_plan)
            runtime = Runtime(boxes, self._configuration.session.settings(), pulse.wake, log)
            self._caller = OutboundCaller(runtime, log, tls_of_calls)
            runtime.caller = self._caller
            if self._capture is not None or self._is_linting:
                self._watching(runtime)
            await self._start_radios(runtime, pulse)
            await self._serve(runtime, pulse, stop)
        finally:
            for listener in self._listeners:
                listener.close()
            if self._watch is not None:
                self._watch.close()
            for store in self._stores:
                store.close()

    def _read_stop_point(self) -> None:
        """Whether the project's own tests want this process to kill itself, and when."""
        if STOP_POINT not in os.environ:
            return
        from carrierbox.stop_points import stop_point_of

        self._stop_point = stop_point_of(os.environ)
        if self._stop_point is not None:
            print(f"carrierbox: {self._stop_point.warning()}", file=sys.stderr, flush=True)

    def _watching(self, runtime: Runtime) -> "Watch":
        """Whoever listens in on the links, made when that is first asked for."""
        if self._watch is None:
            from carrierbox.observing import Watch

            self._watch = Watch(runtime, self._capture, self._is_linting, log)
        return self._watch

    async def _lint_report(self) -> "LintReport | None":
        """What the linter found up to now; None if it was not asked for."""
        return None if self._watch is None else await self._watch.lint_report()

    async def _serve(self, runtime: Runtime, pulse: Pulse, stop: asyncio.Event) -> None:
        garbage = Garbage()
        sys.setswitchinterval(SWITCH_S)

        links_opened = 0
        store_log = StoreLog(runtime.boxes, log)

        def turn() -> None:
            nonlocal links_opened
            runtime.turn()
            store_log.look()
            if runtime.links_opened != links_opened:
                links_opened = runtime.links_opened
                garbage.note()
            garbage.tidy()

        pulse.drive(turn, runtime.next_delay_s)
        for one, gate in zip(self._configuration.listeners, self._gates, strict=True):
            self._listeners.append(await _listen(runtime, one.smpp, gate))
        http = self._listen_http()
        print(_ready_line(self._ready_fields(), http, self._configuration), flush=True)
        plain = plain_address(self._listeners, self._gates)
        if self._hints and plain is not None:
            print(_hints(*plain, http, self._configuration), file=sys.stderr, flush=True)
        api = None if http is None else await self._start_api(http, runtime, pulse, garbage)
        idle = asyncio.create_task(_search_when_idle(runtime, garbage))
        if self._watch is not None:
            self._watch.start()
        await stop.wait()
        idle.cancel()
        if self._watch is not None:
            await self._watch.end_readers()
        if api is not None:
            await api.stop()
        await self._end_links(runtime, pulse)
        if self._watch is not None:
            await self._watch.stop()
        pulse.stop()

    async def _start_api(
        self, http: socket.socket, runtime: Runtime, pulse: Pulse, garbage: Garbage
    ) -> "ApiServer":
        # Half a second of imports, in a thread: clients bind and are served meanwhile, HTTP
        # requests wait in the backlog.
        await asyncio.to_thread(import_module, "carrierbox.api")
        from carrierbox.api import ApiServer, make_api

        endpoint = self._configuration.http.listen
        api = ApiServer(
            make_api(
                runtime,
                pulse,
                {box.name: box for box in runtime.boxes},
                garbage.note,
                number_plan=shared_number_plan(),
                hosts=[endpoint.host] if endpoint is not None else [],
                log=log,
                lint=self._lint_report,
                traffic=lambda: self._watching(runtime),
                radio=self._radio_report,
            )
        )
        await api.start(http)
        return api

    def _ready_fields(self) -> list[str]:
        fields = ready_fields(self._listeners, self._gates)
        return fields if self._radios is None else fields + self._radios.ready_fields()

    def _radio_report(self) -> "list[RadioState]":
        """How the phones of each box are reached that are reached over a broker."""
        return [] if self._radios is None else self._radios.report()

    async def _start_radios(self, runtime: Runtime, pulse: Pulse) -> None:
        """Find the phones that are reached over brokers, before the first message goes out."""
        sections = self._configuration.all_boxes()
        if all(section.radio is None for section in sections.values()):
            return
        try:
            from carrierbox.radio_serving import Radios
        except ModuleNotFoundError as error:
            if error.name is None or not error.name.startswith(("aiomqtt", "paho")):
                raise
            raise ConfigurationError("radio", f"aiomqtt is not installed: {INSTALL}") from None
        self._radios = Radios(runtime, pulse.wake, log)
        await self._radios.start({name: each.radio for name, each in sections.items()})

    def _open_boxes(self, pulse: Pulse, number_plan: NumberPlan) -> list[Box]:
        boxes = []
        for name, section in self._configuration.all_boxes().items():
            store = self._open_store(section, pulse)
            box = make_configured_box(
                name, section, store, number_plan, NetworkClock(scale=section.clock.scale)
            )
            if self._stop_point is not None:
                self._stop_point.prepare(box)
            recovered = box.recover(link_now())
            if section.store.path is not None:
                for line in _recovered_lines(name, section.store.path, recovered):
                    print(line, file=sys.stderr)
            boxes.append(box)
        return boxes

    def _open_store(self, section: BoxSection, pulse: Pulse) -> Store:
        path = section.store.path
        if path is None:
            if self._stop_point is not None:
                raise ConfigurationError(
                    STOP_POINT, "needs a store in a file: give it with --store"
                )
            memory = MemoryStore()
            self._stores.append(memory)
            return memory
        if self._fresh:
            _remove_store(path)
        store = SqliteStore(path, section.store.durability)
        store.on_ready = pulse.wake_from_thread
        self._stores.append(store)
        if self._stop_point is not None:
            return self._stop_point.risk(store)
        return store

    def _listen_http(self) -> socket.socket | None:
        endpoint = self._configuration.http.listen
        if endpoint is None:
            return None
        family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
        try:
            return socket.create_server((endpoint.host, endpoint.port), family=family, backlog=128)
        except OSError as error:
            raise _cannot_listen("http.listen", endpoint, error, "--http") from error

    async def _end_links(self, runtime: Runtime, pulse: Pulse) -> None:
        """Accept and call nobody new, unbind everybody, and give them a moment to answer."""
        for listener in self._listeners:
            listener.close()
        if self._caller is not None:
            self._caller.close()
        runtime.unbind_all()
        deadline = link_now() + UNBIND_LIMIT_S
        await pulse.after_turn()
        while link_now() < deadline and (
            runtime.links or not all(box.is_settled for box in runtime.boxes)
        ):
            await asyncio.sleep(SHUTDOWN_STEP_S)
        if self._radios is not None:
            await self._radios.stop()


async def _listen(runtime: Runtime, endpoint: Endpoint, gate: Gate) -> Listener:
    try:
        return await open_listener(runtime, endpoint.host, endpoint.port, gate, log)
    except OSError as error:
        raise _cannot_listen("listeners", endpoint, error, "--smpp") from error


async def _search_when_idle(runtime: Runtime, garbage: Garbage) -> None:
    turns = runtime.turns
    while True:
        await asyncio.sleep(IDLE_S)
        if runtime.turns == turns:
            garbage.search()
        turns = runtime.turns


def _remove_store(path: Path) -> None:
    """Forget a journal, unless another process holds it."""
    SqliteStore(path).close()
    for suffix in ("", "-wal", "-shm"):
        try:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"cannot remove {path}{suffix}: {error.strerror}") from error


def _hints(host: str, port: int, http: socket.socket | None, configuration: Configuration) -> str:
    """What to type to connect: for a person who just started it."""
    account = configuration.accounts[0]
    name = "demo" if account.system_id == ANY else account.system_id
    password = "demo" if account.password == ANY else account.password
    url = " (not while http is off)"
    if http is not None:
        address = _address(*http.getsockname()[:2])
        url = "" if address == HTTP_DEFAULT else f" --url http://{address}"
    return HINTS.format(host=host, port=port, name=name, password=password, url=url)


def _recovered_lines(name: str, path: Path, recovered: Recovered) -> list[str]:
    """What a store held, and what is wrong with it."""
    box = "" if name == "default" else f" of box {name}"
    damaged = f", {recovered.damaged} damaged rows left out" if recovered.damaged else ""
    lines = [
        f"store{box} {path}: {recovered.waiting} waiting, {recovered.receipts_held} receipts held, "
        f"{recovered.finished} finished{damaged}"
    ]
    lines += [f"store{box} {path}: {problem}" for problem in recovered.problems]
    if recovered.damaged or recovered.problems:
        lines.append(
            f"store{box} {path} is damaged: `carrierbox store verify` names what is wrong, and "
            "`carrierbox store compact` makes its indexes anew from the rows that are whole"
        )
    return lines


def _ready_line(fields: list[str], http: socket.socket | None, settings: Configuration) -> str:
    fields = list(fields)
    if http is not None:
        host, port = http.getsockname()[:2]
        fields.append(f"http={_address(host, port)}")
    else:
        fields.append("http=off")
    account = settings.accounts[0]
    fields.append(f"system_id={account.system_id}")
    fields.append(f"store={settings.store.path or ':memory:'}")
    return "ready " + " ".join(fields)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _cannot_listen(
    field: str, endpoint: Endpoint, error: OSError, option: str
) -> ConfigurationError:
    address = _address(endpoint.host, endpoint.port)
    return ConfigurationError(
        field,
        f"cannot listen on {address}: {error.strerror or error}; "
        f"choose another with {option} HOST:PORT (port 0 picks a free one)",
    )


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed: half the processor time per read and write."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop
