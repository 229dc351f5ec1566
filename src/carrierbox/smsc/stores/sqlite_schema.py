"""The file of an SQLite store: its tables, how it is opened, and an older format made today's.

Format 1 was the journal alone. Format 2 has the table of messages beside it, settings,
and one row of state: the watermark and what would take long to count. Format 3 has sums in the
state, and a checksum over it.
"""

import sqlite3
from pathlib import Path
from typing import Final

from carrierbox.errors import StoreError
from carrierbox.smsc.stores.sqlite_state import INDEXES, count_state, write_state

FORMAT: Final = 3
FORMAT_OF_TABLE: Final = 2
"""From this one on there is more than the journal."""
FORMAT_OF_SUMS: Final = 3
APPLICATION_ID: Final = 0x43425831
DURABILITY_PROCESS: Final = "process"
DURABILITY_POWER: Final = "power"

BUSY_TIMEOUT_S: Final = 5.0
CACHE_KIB: Final = 32 * 1024
"""Room for the inner pages of ten million rows beside what is at hand."""
READER_CACHE_KIB: Final = 8 * 1024
WAL_OCTETS_KEPT: Final = 256 * 1024 * 1024
"""A log stays as long as it got, up to here: to cut it takes milliseconds, and so does to find it
room on the disk again, for which commits wait.
"""

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS journal ("
    " number INTEGER PRIMARY KEY AUTOINCREMENT, crc32 INTEGER NOT NULL, batch BLOB NOT NULL)",
    "CREATE TABLE messages ("
    " message_id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL, place INTEGER NOT NULL,"
    " msisdn TEXT NOT NULL, priority INTEGER NOT NULL, due_at REAL NOT NULL, wake_at REAL,"
    " system_id TEXT NOT NULL, source_addr TEXT NOT NULL, at REAL NOT NULL,"
    " state INTEGER NOT NULL, text TEXT NOT NULL, crc32 INTEGER NOT NULL, record BLOB NOT NULL)",
    # Each index holds only the rows its question is about, so that history costs one entry.
    "CREATE INDEX by_phone ON messages (msisdn, place, priority DESC, due_at, message_id)"
    " WHERE place <= 1",
    "CREATE INDEX by_wake ON messages (wake_at, message_id) WHERE wake_at IS NOT NULL",
    "CREATE INDEX by_account ON messages (system_id, at, message_id) WHERE place = 2",
    "CREATE INDEX by_end ON messages (at, message_id) WHERE place >= 3 OR place = 2 AND state = 2",
    "CREATE INDEX by_client ON messages (client_id) WHERE client_id <> message_id",
    "CREATE TABLE state ("
    " watermark INTEGER NOT NULL, waiting INTEGER NOT NULL, scheduled INTEGER NOT NULL,"
    " owed INTEGER NOT NULL, finished INTEGER NOT NULL, shown INTEGER NOT NULL,"
    " newest_id INTEGER NOT NULL, latest REAL NOT NULL)",
    "INSERT INTO state VALUES (0, 0, 0, 0, 0, 0, 0, 0.0)",
    "CREATE TABLE settings ("
    " name TEXT PRIMARY KEY, crc32 INTEGER NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
)
_STATE_OF_FORMAT_3: Final = (*(f"sum_{name}" for name in INDEXES), "sum_settings", "crc32")


def open_file(path: Path, durability: str, max_page_count: int | None) -> sqlite3.Connection:
    """The connection that writes, on a file of today's format; made or migrated if need be.

    TEXT comes back as octets: one flipped bit must not make a whole answer unreadable. Raises
    StoreError for a file that is another program's, newer, or cannot be opened.
    """
    _check_writable(path)
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise StoreError(f"cannot open the store {path}: {error}") from error
    try:
        version = check_format(connection, path)
        _configure(connection, durability, max_page_count)
        if version < FORMAT:
            _migrate(connection, version)
    except UnicodeDecodeError as error:
        connection.close()
        raise StoreError(f"cannot open the store {path}: {problem_of(error)}") from error
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(
            f"cannot open the store {path}: {error}: let it be written, or choose another file "
            "with --store"
        ) from error
    except StoreError:
        connection.close()
        raise
    return connection


def _check_writable(path: Path) -> None:
    """SQLite opens a file that may only be read, too: the first submit is too late to find out."""
    try:
        with path.open("r+b"):
            pass
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreError(
            f"cannot open the store {path}: {error.strerror}: let it be written, or choose another "
            "file with --store"
        ) from error


def check_format(connection: sqlite3.Connection, path: Path) -> int:
    """The format of a file, 0 for an empty one. Raises StoreError for one that is not ours."""
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application_id != APPLICATION_ID:
        raise StoreError(f"{path} is a database of another program: choose another file")
    if version > FORMAT:
        raise StoreError(
            f"{path} was written by a newer version of carrierbox (format {version}): "
            "upgrade, or choose another file"
        )
    return version if tables else 0


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that reads beside the one that writes, for a thread of its own."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = bytes
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    connection.execute("PRAGMA mmap_size = 0")
    return connection


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that leaves the file as it is, in this process or beside another one."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
    )
    connection.text_factory = bytes
    connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    return connection


def problem_of(error: Exception) -> str:
    """What went wrong at the disk, in a sentence for whoever runs the carrier."""
    if isinstance(error, UnicodeDecodeError):
        # The message of SQLite would have quoted what is damaged.
        return "the store's file is damaged: not even its tables can be read"
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return f"the disk is full: {error}"
    if name.startswith("SQLITE_READONLY"):
        return f"the store's file may not be written: {error}"
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")):
        return f"the disk failed: {error}"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"the store's file is damaged: {error}"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"another program keeps the store's file: {error}"
    return str(error)


def set_synchronous(connection: sqlite3.Connection, durability: str) -> None:
    """What each commit from now on survives."""
    level = "FULL" if durability == DURABILITY_POWER else "NORMAL"
    connection.execute(f"PRAGMA synchronous = {level}")


def _configure(connection: sqlite3.Connection, durability: str, max_page_count: int | None) -> None:
    connection.text_factory = bytes
    connection.execute("PRAGMA journal_mode = WAL")
    set_synchronous(connection, durability)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_OCTETS_KEPT}")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA mmap_size = 0")
    connection.execute("PRAGMA secure_delete = OFF")
    if max_page_count is not None:
        connection.execute(f"PRAGMA max_page_count = {max_page_count}")


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    """Make what is missing; a format 1 file keeps its journal as it is, format 2 is summed up."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES if version < FORMAT_OF_TABLE else ():
        connection.execute(statement)
    for column in _STATE_OF_FORMAT_3:
        connection.execute(f"ALTER TABLE state ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    known = connection.execute("SELECT watermark, newest_id, latest FROM state").fetchone()
    write_state(connection, count_state(connection, *known))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute("COMMIT")
