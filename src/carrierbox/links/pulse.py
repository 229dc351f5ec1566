"""Calls a synchronous `turn` when something happened or when time asks for it."""

import asyncio
from collections.abc import Callable
from typing import Final

SLACK_S: Final = 0.001
"""A timer that is at most this much earlier than needed is kept."""


class Pulse:
    """One pending call and one timer on an event loop, however many reasons there are."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._turn: Callable[[], None] | None = None
        self._next_delay_s: Callable[[], float | None] | None = None
        self._is_called = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._is_stopped = False
        self._after_turn: list[asyncio.Future[None]] = []

    def drive(self, turn: Callable[[], None], next_delay_s: Callable[[], float | None]) -> None:
        """Say what to call, and how to ask when the next call is due."""
        self._turn = turn
        self._next_delay_s = next_delay_s
        self.wake()

    def wake(self) -> None:
        """Ask for a turn soon; from the loop's own thread."""
        if not self._is_called:
            self._is_called = True
            self._loop.call_soon(self._run)

    def wake_from_thread(self) -> None:
        """Ask for a turn soon; from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.wake)

    async def after_turn(self) -> None:
        """Wait until a turn that began after this call has ended; not at all after `stop`."""
        if self._is_stopped:
            return
        future: asyncio.Future[None] = self._loop.create_future()
        self._after_turn.append(future)
        self.wake()
        await future

    def stop(self) -> None:
        """Call nothing any more."""
        self._is_stopped = True
        self._turn = None
        if self._timer is not None:
            self._timer.cancel()
        for future in self._after_turn:
            future.cancel()

    def _run(self) -> None:
        self._is_called = False
        if self._turn is None or self._next_delay_s is None:
            return
        try:
            self._turn()
        finally:
            # Also after a turn that failed: others wait, and time goes on.
            waiting, self._after_turn = self._after_turn, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)
            if not self._is_called and self._next_delay_s is not None:
                self._arm(self._next_delay_s())

    def _on_timer(self) -> None:
        self._timer = None
        self.wake()

    def _arm(self, delay_s: float | None) -> None:
        if delay_s is None:
            return
        at = self._loop.time() + delay_s
        if self._timer is not None:
            # An earlier timer costs one idle turn; moving it would cost something at every turn.
            if self._timer_at <= at + SLACK_S:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_at(at, self._on_timer)
