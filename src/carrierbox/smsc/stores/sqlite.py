"""The journal in SQLite: a file in WAL mode.

One row per commit: its number, the CRC-32 of its batch, the batch. `process` durability survives
the death of this process and is written inline; `power` survives the loss of power too: each commit
is flushed to the disk by one writer thread, one commit in flight. WAL checkpoints are made in small
steps by a second connection in a thread, so that no commit waits for one.
"""

import queue
import sqlite3
import threading
import zlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from carrierbox.errors import StoreError
from carrierbox.smsc.journal import FORMAT
from carrierbox.smsc.ports import Committed, Completion, Failed, Loaded, LoadJournal
from carrierbox.smsc.stores.lock import StoreLock

DURABILITY_PROCESS: Final = "process"
DURABILITY_POWER: Final = "power"
CHECKPOINT_OCTETS: Final = 4 * 1024 * 1024
BUSY_TIMEOUT_S: Final = 5.0

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS journal ("
    " number INTEGER PRIMARY KEY AUTOINCREMENT, crc32 INTEGER NOT NULL, batch BLOB NOT NULL)"
)
_INSERT: Final = "INSERT INTO journal (crc32, batch) VALUES (?, ?)"
_APPLICATION_ID: Final = 0x43425831


class SqliteStore:
    """A journal in one file. `on_ready` is called, from any thread, when completions wait."""

    def __init__(self, path: Path, durability: str = DURABILITY_PROCESS) -> None:
        if durability not in (DURABILITY_PROCESS, DURABILITY_POWER):
            raise StoreError(f"durability must be process or power, not {durability!r}")
        self.on_ready: Callable[[], None] | None = None
        self._path = path
        self._ticket = 0
        self._done: deque[Completion] = deque()
        self._octets_since_checkpoint = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder {path.parent}: {error.strerror}") from error
        self._lock = StoreLock(path)
        try:
            self.connection = _open(path, durability)
        except StoreError:
            self._lock.release()
            raise
        self._writer: _Writer | None = None
        if durability == DURABILITY_POWER:
            self._writer = _Writer(self._work, self._tell)
        self._checkpointer = _Checkpointer(path)

    def submit(self, batch: bytes) -> int:
        """See `Store.submit`."""
        self._ticket += 1
        ticket = self._ticket
        if self._writer is not None:
            self._writer.add(lambda: self._insert(ticket, batch))
        else:
            self._done.append(self._insert(ticket, batch))
        return ticket

    def replace(self, batches: list[bytes]) -> int:
        """See `Store.replace`."""
        self._ticket += 1
        ticket = self._ticket
        if self._writer is not None:
            self._writer.add(lambda: self._replace(ticket, batches))
        else:
            self._done.append(self._replace(ticket, batches))
        return ticket

    def load(self, request: LoadJournal) -> int:
        """See `Store.load`."""
        self._ticket += 1
        ticket = self._ticket
        if self._writer is not None:
            self._writer.add(lambda: self._load(ticket, request))
        else:
            self._done.append(self._load(ticket, request))
        return ticket

    def completions(self) -> list[Completion]:
        """See `Store.completions`."""
        done: list[Completion] = []
        while self._done:
            done.append(self._done.popleft())
        return done

    def wait(self) -> None:
        """See `Store.wait`."""
        if self._writer is not None:
            self._writer.wait()

    def close(self) -> None:
        """See `Store.close`. The WAL is folded into the file, so that one file is left."""
        if self._writer is not None:
            self._writer.close()
        self._checkpointer.close()
        try:
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            # The next opening replays the WAL; nothing is lost by leaving it.
            pass
        finally:
            self.connection.close()
            self._lock.release()

    def _work(self, task: Callable[[], Completion]) -> None:
        self._done.append(task())

    def _tell(self) -> None:
        if self.on_ready is not None:
            self.on_ready()

    def _insert(self, ticket: int, batch: bytes) -> Completion:
        try:
            # One statement outside a transaction is one commit, all or nothing.
            self.connection.execute(_INSERT, (zlib.crc32(batch), batch))
        except sqlite3.Error as error:
            return Failed(ticket, str(error))
        self._octets_since_checkpoint += len(batch)
        if self._octets_since_checkpoint > CHECKPOINT_OCTETS:
            self._octets_since_checkpoint = 0
            self._checkpointer.ask()
        return Committed(ticket)

    def _replace(self, ticket: int, batches: list[bytes]) -> Completion:
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM journal")
            connection.executemany(_INSERT, [(zlib.crc32(batch), batch) for batch in batches])
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return Failed(ticket, str(error))
        return Committed(ticket)

    def _load(self, ticket: int, request: LoadJournal) -> Completion:
        try:
            rows = self.connection.execute(
                "SELECT number, crc32, batch FROM journal WHERE number > ? ORDER BY number LIMIT ?",
                (request.position, request.batches_max),
            ).fetchall()
        except sqlite3.Error as error:
            return Failed(ticket, str(error))
        batches = [batch for _, crc32, batch in rows if zlib.crc32(batch) == crc32]
        position = rows[-1][0] if rows else request.position
        complete = len(rows) < request.batches_max
        return Loaded(ticket, batches, position, complete, len(rows) - len(batches))


def _open(path: Path, durability: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            f"PRAGMA synchronous = {'FULL' if durability == DURABILITY_POWER else 'NORMAL'}"
        )
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application_id != _APPLICATION_ID:
            raise StoreError(f"{path} is a database of another program: choose another file")
        if version > FORMAT:
            raise StoreError(
                f"{path} was written by a newer version of carrierbox (format {version}): "
                "upgrade, or choose another file"
            )
        connection.execute(_SCHEMA)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    except sqlite3.Error as error:
        raise StoreError(f"cannot open the store {path}: {error}") from error
    return connection


class _Writer:
    """One thread that does the store's work in order and tells after each piece."""

    def __init__(
        self, work: Callable[[Callable[[], Completion]], None], tell: Callable[[], None]
    ) -> None:
        self._tasks: queue.SimpleQueue[Callable[[], Completion] | None] = queue.SimpleQueue()
        self._work = work
        self._tell = tell
        self._progress = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)
        self._thread.start()

    def add(self, task: Callable[[], Completion]) -> None:
        self._tasks.put(task)

    def wait(self) -> None:
        """Until the thread has done something since the last call."""
        self._progress.wait()
        self._progress.clear()

    def close(self) -> None:
        self._tasks.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            self._work(task)
            self._progress.set()
            self._tell()


class _Checkpointer:
    """A thread with a connection of its own that folds the WAL back when asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._asked = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="store checkpoints", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        self._asked.set()

    def close(self) -> None:
        self._closing = True
        self._asked.set()
        self._thread.join()

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            while True:
                self._asked.wait()
                self._asked.clear()
                if self._closing:
                    return
                try:
                    # PASSIVE never makes the writer wait; what it cannot fold now is left.
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                except sqlite3.Error:
                    continue
        finally:
            connection.close()
