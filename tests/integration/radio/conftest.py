"""A real Mosquitto on a free port, and phones that are processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server

LIMIT_S: Final = 40.0
LOOKS_MAX: Final = 20_000
MOSQUITTO: Final = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
REPOSITORY: Final = Path(__file__).parents[3]
MODULES: Final = REPOSITORY / ".node_modules-cache" / "node_modules"
PHONE_JS: Final = REPOSITORY / "examples" / "javascript-phone" / "phone.js"
NODE: Final = shutil.which("node")
INSTALL: Final = "Mosquitto is not installed: apt-get install mosquitto mosquitto-clients"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a broker, or is one."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.service)
            item.add_marker(pytest.mark.slow)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Lines:
    """What a process prints, as it comes."""

    def __init__(self, stream: IO[str]) -> None:
        self.seen: list[str] = []
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stream = stream
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def next(self) -> str:
        """Wait for the next line; AssertionError at the end, or when none comes."""
        try:
            line = self._lines.get(timeout=LIMIT_S)
        except queue.Empty:
            line = None
        assert line is not None, f"no more lines after {self.seen[-20:]}"
        self.seen.append(line)
        return line

    def wait_for(self, piece: str) -> str:
        """Wait for a line that has this in it."""
        while True:
            line = self.next()
            if piece in line:
                return line

    def _read(self) -> None:
        with contextlib.suppress(ValueError):
            for line in self._stream:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


class Program:
    """A process that ends with its test."""

    def __init__(
        self, *command: str, environment: dict[str, str] | None = None, errors: bool = False
    ) -> None:
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if errors else subprocess.PIPE,
            stderr=subprocess.PIPE if errors else None,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        stream = self.process.stderr if errors else self.process.stdout
        assert stream is not None
        self.lines = Lines(stream)

    def type(self, line: str) -> None:
        """Write a line to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def event(self, kind: str, **fields: object) -> dict[str, Any]:
        """Wait for an event of that kind among its JSON lines."""
        while True:
            found: dict[str, Any] = json.loads(self.lines.next())
            if found["event"] == kind and fields.items() <= found.items():
                return found

    def kill(self) -> None:
        """End it as the kernel would."""
        self.process.kill()
        self.process.wait(LIMIT_S)

    def end(self, signum: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signum)
        return self.process.wait(LIMIT_S)

    def close(self) -> None:
        """Be sure that it is gone."""
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class Mosquitto:
    """The broker; its memory is gone when it ends."""

    def __init__(self, folder: Path, settings: str, programs: list[Program]) -> None:
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        self._file.write_text(settings.format(port=self.port))
        self._programs = programs
        self._program: Program | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen again at the same port."""
        assert MOSQUITTO is not None
        self._program = Program(MOSQUITTO, "-v", "-c", str(self._file), errors=True)
        self._programs.append(self._program)
        self._program.lines.wait_for("running")

    def wait_for(self, piece: str) -> None:
        """Wait until it has told something."""
        assert self._program is not None
        self._program.lines.wait_for(piece)

    def stop(self) -> None:
        """End, as `systemctl stop` does."""
        assert self._program is not None
        self._program.end()


OPEN: Final = "set_tcp_nodelay true\nlistener {port} 127.0.0.1\nallow_anonymous true\nuser root\n"


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Whatever is started ends here."""
    started: list[Program] = []
    yield started
    for program in started:
        program.close()


@pytest.fixture
def run_program(programs: list[Program]) -> Callable[..., Program]:
    """Start any program."""

    def start(*command: str) -> Program:
        programs.append(Program(*command))
        return programs[-1]

    return start


@pytest.fixture
def until() -> Callable[[Server, str, Callable[[Any], bool]], Any]:
    """Look again and again until what the API tells holds."""

    def look(server: Server, path: str, holds: Callable[[Any], bool]) -> Any:
        for _ in range(LOOKS_MAX):
            found = server.http("GET", path)
            if holds(found):
                return found
        raise AssertionError(f"{path} still tells {found}")

    return look


@pytest.fixture
def until_online(until: Callable[..., Any]) -> Callable[[Server, int], None]:
    """Wait until the carrier knows that so many phones are there."""
    return lambda server, phones: until(
        server, "radio", lambda found: found["radios"][0]["phones_online"] == phones
    )


@pytest.fixture
def make_mosquitto(tmp_path: Path, programs: list[Program]) -> Callable[..., Mosquitto]:
    """Start a broker with settings; `{port}` in them is its port."""
    if MOSQUITTO is None:
        pytest.skip(INSTALL)
    return lambda settings=OPEN: Mosquitto(tmp_path, settings, programs)


@pytest.fixture
def mosquitto(make_mosquitto: Callable[..., Mosquitto]) -> Mosquitto:
    """A broker for everybody."""
    return make_mosquitto()


@pytest.fixture
def handset(programs: list[Program]) -> Callable[..., Program]:
    """Start `carrierbox handset --json` and wait until it is connected."""

    def start(url: str, *numbers: str, options: tuple[str, ...] = ()) -> Program:
        phones = [word for number in numbers for word in ("--msisdn", number)]
        command = [sys.executable, "-m", "carrierbox", "handset", "--json", "--mqtt", url]
        programs.append(Program(*command, *phones, *options))
        for _ in numbers:
            programs[-1].event("connected")
        return programs[-1]

    return start


@pytest.fixture
def javascript_phone(programs: list[Program]) -> Callable[[str, str], Program]:
    """Start the example in JavaScript and wait until it is connected."""
    if NODE is None or not (MODULES / "mqtt").is_dir():
        pytest.skip("mqtt.js is not installed: make interop-deps (needs node and npm)")

    def start(url: str, number: str) -> Program:
        assert NODE is not None
        environment = {"NODE_PATH": str(MODULES)}
        programs.append(Program(NODE, str(PHONE_JS), url, number, environment=environment))
        programs[-1].event("connected")
        return programs[-1]

    return start
