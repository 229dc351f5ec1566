"""Listening in on the links of a running carrier.

What a `LinkLog` kept is handed to a capture file (in a thread: disks are slow) and to the linter
(in small slices), a few times a second.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from carrierbox.capture_file import CaptureFile
from carrierbox.link_events import LinkEvent
from carrierbox.link_log import LinkLog
from carrierbox.live_lint import LiveLint

INTERVAL_S: Final = 0.1
SLICE_OCTETS: Final = 16 * 1024


class Observation:
    """What is done with a `LinkLog`: `run` it as a task, await `stop`, then `close` it."""

    def __init__(
        self,
        links: LinkLog,
        capture: CaptureFile | None,
        lint: LiveLint | None,
        log: Callable[[str, dict[str, object]], None],
    ) -> None:
        self._links = links
        self._capture = capture
        self._lint = lint
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
            if self._lint is not None:
                slice_octets = 0
                for event in events:
                    self._lint.take(event)
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
