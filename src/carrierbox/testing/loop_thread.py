"""An event loop in a thread of its own, for callers that block."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from carrierbox.errors import CarrierboxError

GRACE_S: Final = 5.0
"""What a call gets on top of its own limit before the loop is taken to be stuck."""
LAST_ROUNDS: Final = 5
"""Rounds of the loop in which connections that were cut say goodbye."""

Result = TypeVar("Result")


class LoopThread:
    """A thread that runs an event loop from construction to `stop`.

    It neither touches signals nor becomes anybody's current event loop. What fails on the loop
    outside of a call is collected in `failures`.
    """

    def __init__(self, name: str) -> None:
        self.failures: list[BaseException] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._on_exception)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether calls are taken."""
        return self._thread.is_alive() and not self._loop.is_closed()

    def call(self, work: Callable[[], Coroutine[Any, Any, Result]], limit_s: float) -> Result:
        """Run a coroutine on the loop; what it returns or raises. From any other thread.

        `work` keeps to `limit_s` seconds itself; a loop that is stuck ends the wait as well.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("a carrier cannot be called from its own thread")
        future = asyncio.run_coroutine_threadsafe(work(), self._loop)
        try:
            return future.result(limit_s + GRACE_S)
        finally:
            future.cancel()

    def stop(self) -> None:
        """End the loop and the thread. A second call does nothing."""
        if self.is_running:
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def fail(self, problem: str) -> None:
        """Count something that ought not to happen."""
        self.failures.append(CarrierboxError(problem))

    def _on_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.failures.append(error)
        else:
            self.fail(str(context.get("message", context)))

    def _run(self) -> None:
        loop = self._loop
        try:
            loop.run_forever()
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            for _ in range(LAST_ROUNDS):
                loop.run_until_complete(asyncio.sleep(0))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
