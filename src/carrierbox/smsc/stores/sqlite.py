"""A store in SQLite: a file in WAL mode with the journal and the table of messages.

A commit is one row of the journal, or that and a PageOut, all or nothing. `process` durability
survives the death of this process and is written and read inline; `power` survives the loss of
power too: each commit is flushed to the disk by one writer thread, and another one reads. Searches
always have a thread of their own, and so has what reads the whole file. Pages are read ahead in
one, so that nothing inline waits for the disk. WAL checkpoints are made in small steps by a second
connection in a thread, so that no commit waits for one.
"""

import os
import sqlite3
import struct
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from carrierbox.errors import StoreError
from carrierbox.smsc.ports import (
    Committed,
    Completion,
    Failed,
    Folding,
    LoadDue,
    LoadedRows,
    LoadProblems,
    LoadQueue,
    PageOut,
    Query,
    ReadAhead,
    Request,
    Search,
)
from carrierbox.smsc.stores.lock import StoreLock
from carrierbox.smsc.stores.sqlite_ahead import (
    QUEUES_AHEAD,
    Ahead,
    OldBatches,
    Queues,
    blocks_read,
)
from carrierbox.smsc.stores.sqlite_journal import Cut, JournalRows
from carrierbox.smsc.stores.sqlite_requests import answer
from carrierbox.smsc.stores.sqlite_rows import apply
from carrierbox.smsc.stores.sqlite_schema import (
    DURABILITY_POWER,
    DURABILITY_PROCESS,
    open_file,
    problem_of,
    set_synchronous,
)
from carrierbox.smsc.stores.sqlite_state import read_state, write_state
from carrierbox.smsc.stores.sqlite_threads import Checkpointer, Reader, Worker

ASKS_AFTER_FAILURE: Final = 100
"""After a commit that failed, the log is folded back with each of so many that follow."""
CHECKPOINT_OCTETS: Final = 4 * 1024 * 1024
PAGED_OUT_ROW_OCTETS: Final = 3 * 4096
"""What a row of a PageOut writes to the WAL, about: a page of the table, and of two indexes."""
FEW_ROWS: Final = 10_000
"""Of a table of fewer rows nothing is read ahead."""
QUEUES_COLD: Final = 32
"""So many queues are read ahead after one for which the disk was read: they are no nearer."""
SWEEP_OCTETS: Final = 4 * 1024 * 1024
SWEEP_STEPS: Final = 16


class SqliteStore:
    """A store in one file. `on_ready` is called, from any thread, when completions wait.

    `max_page_count` limits the file, in pages of 4,096 octets; what does not fit any more fails.
    """

    def __init__(
        self,
        path: Path,
        durability: str = DURABILITY_PROCESS,
        max_page_count: int | None = None,
    ) -> None:
        if durability not in (DURABILITY_PROCESS, DURABILITY_POWER):
            raise StoreError(f"durability must be process or power, not {durability!r}")
        self.on_ready: Callable[[], None] | None = None
        self._ticket = 0
        self._done: deque[Completion] = deque()
        self._in_threads: set[int] = set()
        self._late: deque[tuple[int, bytes, PageOut | None]] = deque()
        """Commits that are made inline, and wait until the log has begun anew."""
        self._reads_ahead: dict[int, list[tuple[int, Query]]] = {}
        """What is answered inline as soon as its pages are read ahead, by the ticket of that."""
        self._queues: list[tuple[int, LoadQueue]] = []
        """What is read ahead next, in one go."""
        self._cold_queues: int = 0
        """For so many more queues pages are read ahead."""
        self._is_reading_journal = False
        self._progress = threading.Event()
        self._octets_since_checkpoint = 0
        self._asks_left: int = 0
        """For how many commits more the log is folded back with each."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder {path.parent}: {error.strerror}") from error
        self._lock = StoreLock(path)
        try:
            self.connection = open_file(path, durability, max_page_count)
            self._begin(path)
            self._file = self._open_once_more(path)
        except StoreError:
            self._lock.release()
            raise
        self._is_power = durability == DURABILITY_POWER
        self._writer = Worker("store writer")
        self._reader = Reader(path, "store reader", self._finished)
        self._searcher = Reader(path, "store search", self._finished)
        self.checkpointer = Checkpointer(path, self._is_ending_log, self._call, self._flush)
        self._ahead = Ahead()
        reading = self.checkpointer.reading
        self._prefetcher = Reader(
            path, "store read-ahead", self._have_read, self._ahead.answer, reading
        )

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        """See `Store.submit`."""
        self._ticket += 1
        ticket = self._ticket
        if self._is_power:
            self._in_threads.add(ticket)
            self._writer.add(lambda: self._write(ticket, batch, page_out))
        else:
            self._submit_inline(ticket, batch, page_out)
        return ticket

    def _submit_inline(self, ticket: int, batch: bytes, page_out: PageOut | None) -> None:
        """Commit now, or as soon as the log has begun anew if it does so just now."""
        self._late.append((ticket, batch, page_out))
        self._commit_late(blocking=False)
        if self._late:
            self._in_threads.add(ticket)

    def _commit_late(self, blocking: bool) -> None:
        """Make the commits that wait, unless the log begins anew: `blocking` waits for that."""
        writing = self.checkpointer.writing
        if self._late and writing.acquire(blocking=blocking):
            try:
                while self._late:
                    ticket, batch, page_out = self._late.popleft()
                    self._done.append(self._commit(ticket, batch, page_out))
                    if page_out is None:
                        self._sweep_some()
            finally:
                writing.release()

    def load(self, request: Request) -> int:
        """See `Store.load`."""
        self._ticket += 1
        ticket = self._ticket
        if isinstance(request, (Search, LoadProblems)):
            self._in_threads.add(ticket)
            self._searcher.add(ticket, request)
        elif isinstance(request, ReadAhead):
            if self._is_small:
                self._done.append(LoadedRows(ticket, [], True))
            else:
                self._in_threads.add(ticket)
                self._prefetcher.add(ticket, request)
        elif self._is_power:
            self._in_threads.add(ticket)
            self._reader.add(ticket, request)
        elif self._is_small:
            self._done.append(self._answer(ticket, request))
        elif isinstance(request, LoadDue) and not self._ahead.holds(request):
            self._read_ahead(request, [(ticket, request)])
        elif isinstance(request, LoadQueue):
            self._load_queue(ticket, request)
        else:
            self._done.append(self._answer(ticket, request))
        return ticket

    def _load_queue(self, ticket: int, request: LoadQueue) -> None:
        """Read the queue of a phone: in a thread first if the disk had to be read for one lately.

        Most are in the system's memory, and a thread would make them dearer.
        """
        if self._cold_queues:
            self._cold_queues -= 1
            self._in_threads.add(ticket)
            self._queues.append((ticket, request))
            return
        before = blocks_read()
        self._done.append(self._answer(ticket, request))
        if blocks_read() > before:
            self._cold_queues = QUEUES_COLD

    def _read_queues_ahead(self) -> None:
        """Those that were asked for in one turn are read in as few steps as can be."""
        queues = self._queues
        for first in range(0, len(queues), QUEUES_AHEAD):
            some = queues[first : first + QUEUES_AHEAD]
            self._read_ahead(Queues([request for _, request in some]), [*some])
        if queues:
            self._queues = []

    def _read_ahead(self, what: LoadDue | Queues, requests: list[tuple[int, Query]]) -> None:
        """Have pages read, and then these requests answered."""
        ticket = requests[0][0]
        self._reads_ahead[ticket] = requests
        self._in_threads.update([each for each, _ in requests])
        self._prefetcher.add(ticket, what)

    @property
    def _is_small(self) -> bool:
        """Whether what is needed of the table is in memory anyway."""
        return sum(self._state.places) < FEW_ROWS

    def completions(self) -> list[Completion]:
        """See `Store.completions`."""
        self._commit_late(blocking=False)
        self._read_queues_ahead()
        done: list[Completion] = []
        while self._done:
            completion = self._done.popleft()
            requests = self._reads_ahead.pop(completion.ticket, None)
            if requests is None:
                done.append(completion)
            elif isinstance(completion, Failed):
                done += [Failed(ticket, completion.problem) for ticket, _ in requests]
            else:
                done += [self._answer(ticket, request) for ticket, request in requests]
        if self._in_threads:
            self._in_threads.difference_update([completion.ticket for completion in done])
        return done

    def wait(self) -> None:
        """See `Store.wait`."""
        self._commit_late(blocking=True)
        self._read_queues_ahead()
        while self._in_threads and not self._done:
            self._progress.wait()
            self._progress.clear()

    def close(self) -> None:
        """See `Store.close`. The WAL is folded into the file, so that one file is left."""
        self._commit_late(blocking=True)
        self._writer.close()
        self._reader.close()
        self._searcher.close()
        self._prefetcher.close()
        self.checkpointer.close()
        self._sweep()
        try:
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            # The next opening replays the WAL; nothing is lost by leaving it.
            pass
        finally:
            self.connection.close()
            # Not before: it takes the locks of the whole process with it.
            os.close(self._file)
            self._lock.release()

    def _sweep_some(self) -> None:
        """Delete some of what the last run left, once its pages were read ahead."""
        journal = self._journal
        if journal.is_swept:
            return
        if journal.oldest <= self._ahead.journal_up_to:
            journal.sweep()
        elif not self._is_reading_journal:
            self._is_reading_journal = True
            self._prefetcher.add(0, OldBatches(journal.watermark))

    def _begin(self, path: Path) -> None:
        try:
            # Before anything is deleted: what it says is behind the watermark is deleted.
            self._state = read_state(self.connection)
            self._journal = JournalRows(self.connection)
        except sqlite3.Error as error:
            self.connection.close()
            raise StoreError(f"cannot read the store {path}: {problem_of(error)}") from error
        except StoreError as error:
            self.connection.close()
            raise StoreError(f"cannot read the store {path}: {error}") from error
        self._sweep()

    def _open_once_more(self, path: Path) -> int:
        """To flush what was folded: SQLite does that only when all is folded."""
        try:
            return os.open(path, os.O_RDWR)
        except OSError as error:
            self.connection.close()
            raise StoreError(f"cannot open the store {path}: {error.strerror}") from error

    def _sweep(self) -> None:
        """Delete what the last run left, as far as that does not take long."""
        for _ in range(SWEEP_STEPS):
            if self._journal.is_swept:
                return
            self._journal.sweep(SWEEP_OCTETS, SWEEP_OCTETS // 64)

    # In the writer thread, if there is one.

    def _write(self, ticket: int, batch: bytes, page_out: PageOut | None) -> None:
        with self.checkpointer.writing:
            self._finished(self._commit(ticket, batch, page_out))
            if page_out is None and not self._journal.is_swept:
                # Nobody was promised that old rows are gone: the next commit flushes this one, too.
                set_synchronous(self.connection, DURABILITY_PROCESS)
                self._journal.sweep()
                set_synchronous(self.connection, DURABILITY_POWER)

    def _finished(self, completion: Completion) -> None:
        self._done.append(completion)
        self._progress.set()
        self._call()

    def _commit(self, ticket: int, batch: bytes, page_out: PageOut | None) -> Completion:
        journal = self._journal
        if page_out is not None:
            return self._commit_page_out(ticket, batch, page_out)
        if not batch:
            return Committed(ticket, 0, journal.octets)
        try:
            # One statement outside a transaction is one commit, all or nothing.
            number = journal.insert(batch)
        except sqlite3.Error as error:
            return self._failed(ticket, error)
        octets = len(batch)
        journal.added(number, octets)
        self._wrote(octets)
        return Committed(ticket, number, journal.octets)

    def _commit_page_out(self, ticket: int, batch: bytes, page_out: PageOut) -> Completion:
        connection = self.connection
        journal = self._journal
        number = 0
        cut: Cut | None = None
        try:
            connection.execute("BEGIN IMMEDIATE")
            if batch:
                number = journal.insert(batch)
            state = apply(connection, page_out, self._state)
            cut = journal.cut_at(page_out.watermark, number or journal.newest)
            if cut is not None:
                state.watermark = cut.watermark
            write_state(connection, state)
            connection.execute("COMMIT")
        except (sqlite3.Error, struct.error, OverflowError, UnicodeEncodeError) as error:
            self._roll_back()
            return self._failed(ticket, error)
        self._state = state
        if batch:
            journal.added(number, len(batch))
        if cut is not None:
            journal.was_cut(cut)
        self._wrote(len(batch) + PAGED_OUT_ROW_OCTETS * len(page_out.rows))
        return Committed(ticket, number, journal.octets)

    def _failed(self, ticket: int, error: Exception) -> Failed:
        """A commit did not work. Once the log is folded back it begins anew, and has room again."""
        self._asks_left = ASKS_AFTER_FAILURE
        self.checkpointer.ask()
        return Failed(ticket, problem_of(error))

    def _have_read(self, completion: Completion) -> None:
        """In the thread that reads ahead."""
        if completion.ticket:
            self._finished(completion)
            return
        if isinstance(completion, Failed):
            # Then whoever deletes them reads them.
            self._ahead.journal_up_to = self._journal.watermark
        self._is_reading_journal = False

    def _flush(self) -> None:
        """In the thread that folds."""
        flush = getattr(os, "fdatasync", os.fsync)
        flush(self._file)

    def _is_ending_log(self, is_ending: bool) -> None:
        """In the thread that folds."""
        self._finished(Folding(is_ending))

    def _call(self) -> None:
        """In a thread: something is done, or commits that were not made inline can be."""
        if self.on_ready is not None:
            self.on_ready()

    def _roll_back(self) -> None:
        try:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        except sqlite3.Error:
            # SQLite has rolled back by itself where it fails here.
            pass

    def _wrote(self, octets: int) -> None:
        self._octets_since_checkpoint += octets
        if self._asks_left:
            # Each of the commits that work again may be the last for long: nobody else would ask.
            self._asks_left -= 1
            self.checkpointer.ask()
        if self._octets_since_checkpoint > CHECKPOINT_OCTETS:
            self._octets_since_checkpoint = 0
            self.checkpointer.ask()

    def _answer(self, ticket: int, request: Query) -> Completion:
        try:
            return answer(self.connection, ticket, request)
        except sqlite3.Error as error:
            return Failed(ticket, problem_of(error))
