"""The pulse. Most tests drive it on a loop that is a list, with a time that is set by hand."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from carrierbox.links.pulse import SLACK_S, Pulse


class Timer:
    """A call that is due at `at`."""

    def __init__(self, at: float, call: Callable[[], object]) -> None:
        self.at = at
        self.call = call
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def cancelled(self) -> bool:
        return self.is_cancelled

    def when(self) -> float:
        return self.at


class HandLoop:
    """As much of an event loop as a pulse needs. Timers may fire early, as uvloop's do.

    uvloop counts milliseconds, so that its timers fire up to half of one before their time.
    """

    def __init__(self) -> None:
        self.now = 100.0
        self.soon: list[Callable[[], object]] = []
        self.timers: list[Timer] = []
        self.closed = False

    def time(self) -> float:
        return self.now

    def call_soon(self, call: Callable[[], object]) -> None:
        self.soon.append(call)

    def call_soon_threadsafe(self, call: Callable[[], object]) -> None:
        assert not self.closed
        self.soon.append(call)

    def call_at(self, at: float, call: Callable[[], object]) -> Timer:
        timer = Timer(at, call)
        self.timers.append(timer)
        return timer

    def call_later(self, delay_s: float, call: Callable[[], object]) -> Timer:
        return self.call_at(self.now + delay_s, call)

    def is_closed(self) -> bool:
        return self.closed

    def create_future(self) -> "asyncio.Future[None]":
        raise AssertionError("only a real loop makes futures")

    def run_soon(self) -> None:
        while self.soon:
            self.soon.pop(0)()

    def armed(self) -> list[float]:
        return sorted(timer.at for timer in self.timers if not timer.is_cancelled)

    def advance(self, to: float, early_s: float = 0.0) -> None:
        """Let time pass; a timer fires `early_s` before it is due."""
        self.now = to
        due = [one for one in self.timers if one.at - early_s <= to and not one.is_cancelled]
        self.timers = [one for one in self.timers if one not in due]
        for timer in due:
            timer.call()
        self.run_soon()


class Work:
    """What a pulse drives: counts its turns, and is next due at `due`."""

    def __init__(self) -> None:
        self.loop = HandLoop()
        self.pulse = Pulse(cast(asyncio.AbstractEventLoop, self.loop))
        self.turns: list[float] = []
        self.due: float | None = None

    def turn(self) -> None:
        self.turns.append(self.loop.now)
        if self.due is not None and self.due <= self.loop.now:
            self.due = None

    def next_delay_s(self) -> float | None:
        return None if self.due is None else max(0.0, self.due - self.loop.now)

    def start(self) -> None:
        self.pulse.drive(self.turn, self.next_delay_s)
        self.loop.run_soon()

    def wake(self) -> None:
        self.pulse.wake()
        self.loop.run_soon()


def test_driving_begins_with_a_turn() -> None:
    """What recovery left to do is not waited for; nothing runs inside the call itself."""
    work = Work()
    work.pulse.drive(work.turn, work.next_delay_s)
    assert work.turns == []
    work.loop.run_soon()
    assert len(work.turns) == 1
    assert work.loop.armed() == []


def test_many_reasons_are_one_turn() -> None:
    """Design: one commit for everything that came at once."""
    work = Work()
    work.start()
    for _ in range(5):
        work.pulse.wake()
    work.loop.run_soon()
    assert len(work.turns) == 2


def test_a_reason_during_a_turn_is_another_turn() -> None:
    """What comes while a turn runs is not lost, and does not nest."""
    work = Work()
    depth: list[int] = []

    def turn() -> None:
        depth.append(len(depth))
        if len(depth) < 3:
            work.pulse.wake()
            assert len(work.loop.soon) == 1

    work.pulse.drive(turn, work.next_delay_s)
    work.loop.run_soon()
    assert depth == [0, 1, 2]


def test_time_asks_for_a_turn() -> None:
    """A deadline is kept without anything else happening."""
    work = Work()
    work.due = 105.0
    work.start()
    assert work.loop.armed() == [105.0]
    work.loop.advance(104.9)
    assert len(work.turns) == 1
    work.loop.advance(105.0)
    assert work.turns == [100.0, 105.0]
    assert work.loop.armed() == []


def test_a_deadline_that_is_over_is_the_next_turn() -> None:
    """A delay of zero does not turn inside a turn."""
    work = Work()
    work.start()
    delays: list[float | None] = [0.0, None]
    work.pulse.drive(work.turn, lambda: delays.pop(0))
    work.loop.run_soon()
    work.loop.advance(100.0)
    assert len(work.turns) == 3


def test_an_earlier_deadline_moves_the_timer() -> None:
    """There is one timer, however often the deadline changes."""
    work = Work()
    work.due = 160.0
    work.start()
    work.due = 101.0
    work.wake()
    assert work.loop.armed() == [101.0]
    work.loop.advance(101.0)
    assert work.turns[-1] == 101.0


def test_a_later_deadline_costs_at_most_an_idle_turn() -> None:
    """A timer that is early stays; the deadline behind it is still kept."""
    work = Work()
    work.due = 101.0
    work.start()
    for later in range(102, 120):
        work.due = float(later)
        work.wake()
    assert len(work.loop.armed()) == 1
    work.loop.advance(101.0)
    assert work.loop.armed() == [119.0]
    work.loop.advance(119.0)
    assert work.turns[-1] == 119.0
    assert work.due is None


def test_a_timer_is_not_moved_for_less_than_its_slack() -> None:
    """Moving it would cost something at every turn."""
    work = Work()
    work.due = 105.0
    work.start()
    work.due = 105.0 - SLACK_S / 2
    work.wake()
    assert work.loop.armed() == [105.0]


def test_a_deadline_is_kept_after_the_timer_before_it_fired_in_time() -> None:
    """A timer that fired is spent: the next deadline gets one of its own."""
    work = Work()
    work.due = 101.0
    work.start()
    for deadline in (101.0, 102.0, 102.5, 110.0):
        work.due = deadline
        work.loop.advance(deadline)
        work.due = deadline + 0.5
        work.wake()
        assert work.loop.armed() == [deadline + 0.5]


@pytest.mark.parametrize("early_s", [0.0004, 0.0000001])
def test_a_timer_that_fires_early_is_set_again(early_s: float) -> None:
    """uvloop rounds to milliseconds, asyncio to the clock's resolution: neither may stall a box."""
    work = Work()
    work.due = 105.0
    work.start()
    work.loop.advance(105.0 - early_s, early_s=early_s)
    assert work.due is not None
    assert len(work.loop.armed()) == 1
    work.loop.advance(105.0)
    assert work.due is None


def test_after_stop_nothing_is_called() -> None:
    """Neither what was asked for, nor by time, nor by a late wake."""
    work = Work()
    work.due = 105.0
    work.start()
    work.pulse.wake()
    work.pulse.stop()
    work.pulse.wake()
    work.loop.run_soon()
    work.loop.advance(200.0)
    assert len(work.turns) == 1
    assert work.loop.armed() == []


def test_stopping_before_the_start_is_harmless() -> None:
    """A start that failed half-way ends the same way."""
    work = Work()
    work.wake()
    work.pulse.stop()
    work.pulse.stop()
    assert work.turns == []


def test_a_thread_wakes_the_loop_unless_it_is_closed() -> None:
    """Stores commit in a thread, and may end after the loop."""
    work = Work()
    work.start()
    thread = threading.Thread(target=work.pulse.wake_from_thread)
    thread.start()
    thread.join()
    work.loop.run_soon()
    assert len(work.turns) == 2
    work.loop.closed = True
    work.pulse.wake_from_thread()
    assert work.loop.soon == []


# On a real loop.


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 10))


def test_whoever_waits_is_told_after_a_turn_that_began_later() -> None:
    """The API answers when what it asked for is decided."""

    async def main() -> None:
        pulse = Pulse(asyncio.get_running_loop())
        turns: list[int] = []
        pulse.drive(lambda: turns.append(len(turns)), lambda: None)
        await pulse.after_turn()
        seen = len(turns)
        assert seen >= 1
        await asyncio.gather(*[pulse.after_turn() for _ in range(20)])
        assert len(turns) == seen + 1

    run(main())


def test_whoever_gave_up_waiting_disturbs_nobody() -> None:
    """A request that was cancelled leaves the others their answer."""

    async def main() -> None:
        pulse = Pulse(asyncio.get_running_loop())
        gone = asyncio.ensure_future(pulse.after_turn())
        stays = asyncio.ensure_future(pulse.after_turn())
        await asyncio.sleep(0)
        gone.cancel()
        pulse.drive(lambda: None, lambda: None)
        await stays
        with contextlib.suppress(asyncio.CancelledError):
            await gone
        assert gone.cancelled()

    run(main())


def test_whoever_waits_when_the_process_ends_is_let_go() -> None:
    """Nothing hangs at the end."""

    async def main() -> None:
        pulse = Pulse(asyncio.get_running_loop())
        waiting = asyncio.ensure_future(pulse.after_turn())
        await asyncio.sleep(0)
        pulse.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        assert waiting.done()

    run(main())


def test_whoever_waits_after_the_end_is_let_go_too() -> None:
    """A request that comes in between the last turn and the end of the process."""

    async def main() -> None:
        pulse = Pulse(asyncio.get_running_loop())
        pulse.stop()
        waiting = asyncio.ensure_future(pulse.after_turn())
        for _ in range(5):
            await asyncio.sleep(0)
        ended = waiting.done()
        waiting.cancel()
        assert ended

    run(main())


def test_a_turn_that_raises_is_not_the_last() -> None:
    """A bug in one turn must not leave a process that answers nobody and keeps no deadline."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: None)
        pulse = Pulse(loop)
        turns: list[int] = []

        def turn() -> None:
            turns.append(len(turns))
            if len(turns) == 1:
                raise ValueError("a bug")

        pulse.drive(turn, lambda: 0.0 if len(turns) < 3 else None)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(turns) == 3

    run(main())
