"""The threads of an SQLite store: one that writes, some that read, one that folds the log back."""

import os
import queue
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

from carrierbox.smsc.ports import Completion, Failed
from carrierbox.smsc.stores.sqlite_requests import answer
from carrierbox.smsc.stores.sqlite_schema import FORMAT, WAL_OCTETS_KEPT, open_reader, problem_of

WAL_FRAMES_SOME: Final = 8 * 1024
"""Pages in the log above which it should begin anew, for which little is written for a while."""
WAL_FRAMES_MAX: Final = 128 * 1024
"""Pages in the log above which the writer waits, however long that takes."""
FRAMES_FEW: Final = 32
"""So many pages are folded and flushed in some milliseconds, for which commits may wait."""
PASSES_MAX: Final = 20
PASSIVE: Final = "PRAGMA wal_checkpoint(PASSIVE)"
RESTART: Final = "PRAGMA wal_checkpoint(RESTART)"
FIRST_PAGE: Final = ("PRAGMA synchronous = NORMAL", f"PRAGMA user_version = {FORMAT}")
"""Says nothing new, and writes a page: an UPDATE that says nothing new would write none.

If it is lost nothing is lost with it. Whoever writes it cuts a log that is longer than its limit.
"""
LIMIT: Final = "PRAGMA journal_size_limit = "
CUT_OCTETS: Final = 16 * 1024 * 1024
"""So much is cut off a log that got too long whenever it begins anew: some milliseconds' work."""
SWITCH_S: Final = 0.001
"""For `sys.setswitchinterval` in a process that only serves.

Whoever folds or reads ahead takes the interpreter for some microseconds at a time, and holds locks
while it waits for that.
"""
RETRY_S: Final = 1.0
"""How long after a step that failed, as on a full disk, the log is folded again."""
RESTART_TIMEOUT_S: Final = 0.05
"""How long the writer waits at most for somebody who reads, so that the log may begin anew."""


class Worker:
    """One thread that does pieces of work in order. It begins with the first of them."""

    def __init__(self, name: str) -> None:
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_started(self) -> bool:
        """Whether there ever was work."""
        return self._thread.ident is not None

    def add(self, task: Callable[[], None]) -> None:
        """Do this after everything that was added before."""
        if not self.is_started:
            self._thread.start()
        self._tasks.put(task)

    def close(self) -> None:
        """Finish what was added."""
        if self.is_started:
            self._tasks.put(None)
            self._thread.join()

    def _run(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            task()


class Reader:
    """A thread with a connection of its own that answers requests in order.

    It holds `reading`, if that is given, while it reads.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        done: Callable[[Completion], None],
        answer: Callable[[sqlite3.Connection, int, Any], Completion] = answer,
        reading: AbstractContextManager[object] | None = None,
    ) -> None:
        self._path = path
        self._done = done
        self._read = answer
        self._reading = reading or nullcontext()
        self._worker = Worker(name)
        self._connection: sqlite3.Connection | None = None
        self._is_closing = False

    def add(self, ticket: int, request: Any) -> None:
        """Answer this after everything that was added before."""
        self._worker.add(lambda: self._done(self._answer(ticket, request)))

    def close(self) -> None:
        """Break off what is under way, fail what waits."""
        self._is_closing = True
        connection = self._connection
        if connection is not None:
            connection.interrupt()
        self._worker.close()
        if self._connection is not None:
            self._connection.close()

    def _answer(self, ticket: int, request: Any) -> Completion:
        if self._is_closing:
            return Failed(ticket, "the store is being closed")
        try:
            if self._connection is None:
                self._connection = open_reader(self._path)
            with self._reading:
                return self._read(self._connection, ticket, request)
        except Exception as error:  # noqa: BLE001 - else whoever asked would wait for ever
            return Failed(ticket, problem_of(error))


class Mark:
    """A transaction that reads. The log is folded as far as it was at its beginning, no further.

    While it is open the log does not begin anew either. SQLite would else let the next commit after
    all is folded do that, who flushes the head of the log and cuts what is too long of it: tens of
    milliseconds. It is no mark when nothing is left to fold at its beginning.
    """

    def __init__(self, path: Path) -> None:
        self._connection = _connection_that_folds(path)

    @property
    def is_set(self) -> bool:
        """Whether there is one."""
        return self._connection.in_transaction

    def set(self) -> None:
        """Set it at what was written so far."""
        self.unset()
        self._connection.execute("BEGIN")
        self._connection.execute("PRAGMA user_version").fetchall()

    def unset(self) -> None:
        """The log may begin anew."""
        if self.is_set:
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """There is none any more."""
        self._connection.close()


class Checkpointer:
    """A thread with connections of its own that folds the WAL back when asked.

    What fails is tried again until it works: whoever asked does not ask again soon, and a log that
    is not folded back only grows. Only this thread lets the log begin anew. What it calls, it calls
    from the thread: `on_ending` when a long log is about to begin anew, and when that is over, as
    the less is written meanwhile, the shorter the writer waits; `on_free` when the writer may go
    on; and `flush` to bring to the disk what was folded, which SQLite would leave to the moment at
    which the log begins anew and the writer waits.
    """

    def __init__(
        self,
        path: Path,
        on_ending: Callable[[bool], None],
        on_free: Callable[[], None],
        flush: Callable[[], None],
        connect: Callable[[Path], sqlite3.Connection] | None = None,
        retry_s: float = RETRY_S,
        frames_some: int = WAL_FRAMES_SOME,
    ) -> None:
        self._path = path
        self._on_ending = on_ending
        self._on_free = on_free
        self._flush = flush
        self._frames_some = frames_some
        self._connect = connect or _connection_that_folds
        self._retry_s = retry_s
        self.writing = threading.Lock()
        """Whoever writes holds it: SQLite would let a writer sleep until the log has begun anew."""
        self.reading = threading.Lock()
        """Whoever reads often holds it: the log is folded and begins anew between two reads."""
        self._asked = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store checkpoints", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Fold back what was written so far, soon."""
        self._asked.set()

    def close(self) -> None:
        """End the thread; what is not folded back stays in the log."""
        self._closing.set()
        self._asked.set()
        self._thread.join()

    def _run(self) -> None:
        connection = self._connect(self._path)
        mark = Mark(self._path)
        try:
            while True:
                self._asked.wait()
                if self._closing.is_set():
                    return
                self._asked.clear()
                try:
                    self._fold(connection, mark)
                except (sqlite3.Error, OSError):
                    self._asked.set()
                    self._closing.wait(self._retry_s)
        finally:
            mark.close()
            connection.close()

    def _fold(self, connection: sqlite3.Connection, mark: Mark) -> None:
        if not mark.is_set:
            mark.set()
        frames, _, is_held = self._pass(connection, mark)
        if is_held:
            return
        if frames <= self._frames_some:
            # Where little is written one pass will do: then the log stays short.
            self._end_log(connection, mark, 1)
            return
        self._on_ending(True)
        try:
            self._end_log(connection, mark, PASSES_MAX)
        finally:
            self._on_ending(False)

    def _end_log(self, connection: sqlite3.Connection, mark: Mark, passes: int) -> None:
        """Fold what was written meanwhile, until it is little, then let the log begin anew.

        Each pass is shorter than the one before, and so is what is written during it.
        """
        frames = 0
        for _ in range(passes):
            frames, new, is_held = self._pass(connection, mark)
            if is_held:
                return
            if new <= FRAMES_FEW and self._begin_anew(connection, mark, FRAMES_FEW):
                return
        if frames > WAL_FRAMES_MAX:
            self._begin_anew(connection, mark, sys.maxsize)

    def _begin_anew(self, connection: sqlite3.Connection, mark: Mark, frames_max: int) -> bool:
        """Let the log begin anew, if no more is left to be folded; whether it did.

        Without a pause of the writer it never would, and grow for ever.
        """
        try:
            with self.reading, self.writing:
                # The writer may have been in the middle of a commit.
                _, frames, folded = connection.execute(PASSIVE).fetchone()
                if frames - folded > frames_max:
                    return False
                self._end_and_begin(connection, mark)
                return True
        finally:
            self._on_free()

    def _end_and_begin(self, connection: sqlite3.Connection, mark: Mark) -> None:
        mark.unset()
        try:
            connection.execute(RESTART).fetchone()
            octets = os.stat(f"{self._path}-wal").st_size
            connection.execute(f"{LIMIT}{max(WAL_OCTETS_KEPT, octets - CUT_OCTETS)}")
            # The first commit to a log flushes its head: that is not left to whoever writes.
            for statement in FIRST_PAGE:
                connection.execute(statement)
        finally:
            mark.set()

    def _pass(self, connection: sqlite3.Connection, mark: Mark) -> tuple[int, int, bool]:
        """Fold what was written so far, and flush it. PASSIVE never makes the writer wait.

        The frames of the log, how many were written since the pass before, and whether somebody
        reads an older state, for whom not all of them could be folded.
        """
        with self.reading:
            _, frames, folded = connection.execute(PASSIVE).fetchone()
            new = frames - folded
            if new:
                mark.set()
                folded = connection.execute(PASSIVE).fetchone()[2]
        self._flush()
        return frames, new, folded < frames


def _connection_that_folds(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=RESTART_TIMEOUT_S, isolation_level=None)
