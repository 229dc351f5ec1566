"""Listening in on the links of a running carrier.

What a `LinkLog` kept is handed to a capture file (in a thread: disks are slow), to the linter and
to those who read along (in small slices), a few times a second.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from carrierbox import shapes
from carrierbox.capture_file import CaptureFile
from carrierbox.identifiers import LinkId
from carrierbox.link_events import LinkEvent
from carrierbox.link_log import LinkLog
from carrierbox.live_lint import LiveLint
from carrierbox.live_traffic import LiveTraffic, TrafficReader
from carrierbox.runtime import Runtime

INTERVAL_S: Final = 0.1
SLICE_OCTETS: Final = 16 * 1024

Log: TypeAlias = Callable[[str, dict[str, object]], None]


class Observation:
    """What is done with a `LinkLog`: `run` it as a task, await `stop`, then `close` it."""

    def __init__(
        self,
        links: LinkLog,
        capture: CaptureFile | None,
        lint: LiveLint | None,
        log: Log,
        traffic: LiveTraffic | None = None,
    ) -> None:
        self._links = links
        self._capture = capture
        self._lint = lint
        self._traffic = traffic
        self._log = log
        self._lock = asyncio.Lock()
        self._is_stopping = False

    async def run(self) -> None:
        """Look at what was kept, again and again, until `stop`."""
        while not self._is_stopping:
            await self.catch_up()
            await asyncio.sleep(INTERVAL_S)

    async def stop(self) -> None:
        """Wait for what is being written, for two must not write at a time."""
        self._is_stopping = True
        await self.catch_up()

    async def catch_up(self) -> None:
        """Look at everything that was kept up to now."""
        async with self._lock:
            events = self._links.take()
            if not events:
                return
            if self._capture is not None:
                await asyncio.to_thread(self._write, events)
            if self._lint is not None or (self._traffic is not None and self._traffic.readers):
                slice_octets = 0
                for event in events:
                    if self._lint is not None:
                        self._lint.take(event)
                    if self._traffic is not None:
                        self._traffic.take(event)
                    slice_octets += len(event.octets)
                    if slice_octets >= SLICE_OCTETS:
                        slice_octets = 0
                        await asyncio.sleep(0)

    def close(self) -> None:
        """Write what is left and close the file."""
        events = self._links.take()
        self._write(events)
        if self._capture is not None:
            try:
                self._capture.close()
            except OSError as error:
                self._fail(error)
        if self._links.forgotten_octets:
            self._log("octets_not_observed", {"octets": self._links.forgotten_octets})

    def _write(self, events: list[LinkEvent]) -> None:
        if self._capture is None:
            return
        try:
            self._capture.write(events)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        """A full disk ends the capture, not the carrier."""
        self._capture = None
        self._log("capture_failed", {"error": error.strerror or str(error)})


class Watch:
    """Listens in on the links of a runtime: for a file and the linter from the start on, for those
    who read along as long as there are some.
    """

    def __init__(self, runtime: Runtime, capture: Path | None, is_linting: bool, log: Log) -> None:
        self._runtime = runtime
        self._is_always = capture is not None or is_linting
        self._links = LinkLog()
        self._lint = LiveLint() if is_linting else None
        self._traffic = LiveTraffic(self._system_id_of)
        file = None if capture is None else CaptureFile(capture)
        self._observation = Observation(self._links, file, self._lint, log, self._traffic)
        self._task: asyncio.Task[None] | None = None
        if self._is_always:
            runtime.observer = self._links

    def start(self) -> None:
        """Begin to look."""
        if self._task is None:
            self._task = asyncio.create_task(self._observation.run())

    async def end_readers(self) -> None:
        """Nobody reads along any longer than up to now."""
        await self._observation.catch_up()
        self._traffic.end()

    async def stop(self) -> None:
        """Look at what is left."""
        await self._observation.stop()
        if self._task is not None:
            self._task.cancel()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._observation.close()

    async def lint_report(self) -> shapes.LintReport | None:
        """What the linter found up to now; None if it was not asked for."""
        if self._lint is None:
            return None
        await self._observation.catch_up()
        return self._lint.report()

    async def open_reader(self) -> TrafficReader | None:
        """Somebody reads along from now on; None where too many do."""
        if not self._traffic.readers:
            # What happened before it came is not for it.
            await self._observation.catch_up()
        reader = self._traffic.open()
        self._runtime.observer = self._links
        self.start()
        return reader

    def close_reader(self, reader: TrafficReader) -> None:
        """It reads no more."""
        self._traffic.close(reader)
        if not self._traffic.readers and not self._is_always:
            self._runtime.observer = None
            if self._task is not None:
                self._task.cancel()
                self._task = None

    def _system_id_of(self, link: int) -> str:
        for box in self._runtime.boxes:
            binding = box.centre.bindings.of_link(LinkId(link))
            if binding is not None:
                return binding.system_id
        return ""
