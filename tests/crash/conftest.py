"""A carrier that is killed or loses its disk, and the plain socket of a client."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from carrierbox.smpp.pdus import BindTransceiver, Pdu
from carrierbox.smpp.wire import encode_pdu

LIMIT_S: Final = 60.0
"""Nothing waits this long; it ends a test that would hang."""


class Process:
    """`carrierbox serve` as a process of its own."""

    def __init__(self, folder: Path, *arguments: str, stop_point: str = "") -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CARRIERBOX_")}
        if stop_point:
            environment["CARRIERBOX_STOP_POINT"] = stop_point
        self.process = subprocess.Popen(
            [sys.executable, "-m", "carrierbox", "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=environment,
        )
        self.errors: list[str] = []
        self._new_error = threading.Condition()
        self._reader = threading.Thread(target=self._read_errors)
        self._reader.start()
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], LIMIT_S)
        line = self.process.stdout.readline() if readable else ""
        if not line.startswith("ready "):
            self.end()
        assert line.startswith("ready "), f"{line!r}, {self.errors}"
        self.ready = dict(field.split("=", 1) for field in line.split()[1:])

    def connect(self) -> Link:
        """Open a link and bind as a transceiver; nothing is written before `flush`."""
        host, _, port = self.ready["smpp"].rpartition(":")
        return Link((host, int(port)))

    def http(self, method: str, path: str, body: object = None) -> Any:
        """One request below /api/v1; the JSON of its answer."""
        url = f"http://{self.ready['http']}/api/v1/{path}"
        request = urllib.request.Request(url, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=LIMIT_S) as answer:
            return json.load(answer)

    def kill(self) -> None:
        """End it as the kernel would."""
        self.process.kill()

    def limit_files(self, octets: int) -> None:
        """Let every write behind this position of a file fail; -1 for none any more."""
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (octets, hard))

    def terminate(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> int:
        """Wait for its end; its exit code, less than 0 for a signal."""
        code = self.process.wait(LIMIT_S)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def said(self, words: str) -> str:
        """Wait for a line on stderr with these words; that line."""
        with self._new_error:
            self._new_error.wait_for(lambda: any(words in one for one in self.errors), LIMIT_S)
            found = [one for one in self.errors if words in one]
        assert found, f"nothing said {words!r}: {self.errors}"
        return found[-1]

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            for line in stream:
                with self._new_error:
                    self.errors.append(line.rstrip("\n"))
                    self._new_error.notify_all()


class Link:
    """One connection of a client: PDUs out, PDUs and their octets in."""

    def __init__(self, address: tuple[str, int], system_id: str = "demo") -> None:
        self.socket = socket.create_connection(address, LIMIT_S)
        self.is_open = True
        self.sequence_number = 0
        self._octets = b""
        self._out: list[bytes] = []
        self.put(BindTransceiver(system_id=system_id, password="demo", interface_version=0x34))

    def put(self, pdu: Pdu) -> int:
        """Send a request with the next `flush`; its sequence_number."""
        self.sequence_number += 1
        pdu.sequence_number = self.sequence_number
        self._out.append(encode_pdu(pdu))
        return self.sequence_number

    def answer(self, pdu: Pdu) -> None:
        """Send a response with the next `flush`."""
        self._out.append(encode_pdu(pdu))

    def flush(self) -> None:
        """Write what was put."""
        octets = b"".join(self._out)
        self._out.clear()
        # If the other end is gone, what it had written can still be read.
        with contextlib.suppress(OSError):
            self.socket.sendall(octets)

    def read(self) -> list[bytes]:
        """The PDUs that came, after waiting for some; at the end of the connection none."""
        try:
            octets = self.socket.recv(1 << 20)
        except ConnectionResetError:
            octets = b""
        if not octets:
            self.is_open = False
        self._octets += octets
        frames: list[bytes] = []
        while len(self._octets) >= 4:
            length = int.from_bytes(self._octets[:4], "big")
            if len(self._octets) < length:
                break
            frames.append(self._octets[:length])
            self._octets = self._octets[length:]
        return frames

    def close(self) -> None:
        """Hang up."""
        self.is_open = False
        self.socket.close()


@pytest.fixture
def run() -> Callable[..., bool]:
    """Run a command of the system; whether it worked."""

    def command(*words: str | Path) -> bool:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    return command


@pytest.fixture
def small_disk(tmp_path: Path, run: Callable[..., bool]) -> Iterator[Path]:
    """A folder that is a disk of 24 MiB; skipped where mounting is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder):
        pytest.skip("mounting a disk in memory is not allowed here")
    yield folder
    assert run("umount", "--lazy", folder)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start `carrierbox serve` on free ports; what still runs at the end is killed."""
    processes: list[Process] = []

    def begin(*arguments: str, stop_point: str = "") -> Process:
        addresses = ["--smpp", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        processes.append(Process(tmp_path, *addresses, *arguments, stop_point=stop_point))
        return processes[-1]

    yield begin
    for process in processes:
        if process.process.poll() is None:
            process.kill()
            process.end()
