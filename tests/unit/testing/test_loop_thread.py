"""The event loop in a thread: results, exceptions, and its end."""

import asyncio
import gc
import signal
import threading

import pytest

from carrierbox.testing.loop_thread import LoopThread


async def answer() -> int:
    """Something to run."""
    return 42


def test_results_and_exceptions_cross_over() -> None:
    """As if the coroutine had been called here."""

    async def fail() -> None:
        raise LookupError("gone")

    thread = LoopThread("test")
    try:
        assert thread.call(answer, 1.0) == 42
        with pytest.raises(LookupError, match="gone"):
            thread.call(fail, 1.0)
    finally:
        thread.stop()


def test_a_call_from_its_own_thread_is_an_error_instead_of_a_deadlock() -> None:
    """Nobody could ever answer it."""
    thread = LoopThread("test")

    async def call() -> int:
        return thread.call(answer, 1.0)

    try:
        with pytest.raises(RuntimeError, match="its own thread"):
            thread.call(call, 1.0)
    finally:
        thread.stop()


def test_what_fails_outside_of_a_call_is_collected() -> None:
    """In an application it would be a line in a log."""
    thread = LoopThread("test")

    async def plant() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 // 0)

    try:
        thread.call(plant, 1.0)
        thread.call(answer, 1.0)
    finally:
        thread.stop()
    assert [type(error) for error in thread.failures] == [ZeroDivisionError]


def test_stopping_ends_the_thread_and_what_runs_in_it() -> None:
    """Tasks that wait for ever are cancelled; a second stop does nothing."""
    cancelled = threading.Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cancelled.set()

    async def start() -> None:
        tasks.append(asyncio.create_task(wait_for_ever()))

    tasks: list[asyncio.Task[None]] = []
    thread = LoopThread("test")
    thread.call(start, 1.0)
    thread.call(answer, 1.0)
    thread.stop()
    thread.stop()
    assert cancelled.is_set()
    assert not thread.is_running


@pytest.mark.usefixtures("nothing_frozen")
def test_the_process_is_left_alone() -> None:
    """Signals, garbage collection and the current event loop belong to the user."""
    before = (signal.getsignal(signal.SIGINT), gc.isenabled(), gc.get_freeze_count())
    thread = LoopThread("test")
    thread.call(answer, 1.0)
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    thread.stop()
    assert (signal.getsignal(signal.SIGINT), gc.isenabled(), gc.get_freeze_count()) == before
