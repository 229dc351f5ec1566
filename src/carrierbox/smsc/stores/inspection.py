"""Looking into the file of a store, beside a carrier that serves or without one.

Everything here but `compact` only reads, each step from a state that was committed. What is read
is judged, not trusted: this is for files that are suspected.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from carrierbox.errors import StoreError
from carrierbox.smsc import journal
from carrierbox.smsc.messages import Message
from carrierbox.smsc.rows import apply_entry, message_of
from carrierbox.smsc.stores.lock import StoreLock, holder_of
from carrierbox.smsc.stores.sqlite_journal import WATERMARK, JournalRows, is_whole, newest_of
from carrierbox.smsc.stores.sqlite_rows import COLUMNS, row_of, setting_of
from carrierbox.smsc.stores.sqlite_schema import (
    DURABILITY_PROCESS,
    FORMAT_OF_SUMS,
    FORMAT_OF_TABLE,
    check_format,
    open_file,
    open_read_only,
    problem_of,
)
from carrierbox.smsc.stores.sqlite_state import count_state, missing, read_state, write_state

PLACE_NAMES: Final = ("waiting", "scheduled", "owed", "finished", "shown")
PROBLEMS_OF_PAGES_MAX: Final = 100
STEP_ROWS: Final = 1000

_OUR_TABLES: Final = frozenset({"journal", "messages", "settings", "state"})
_JOURNAL: Final = (
    "SELECT number, crc32, batch FROM journal WHERE number > ? ORDER BY number LIMIT ?"
)
_MESSAGES: Final = (
    f"SELECT {COLUMNS} FROM messages WHERE message_id > ? ORDER BY message_id LIMIT ?"
)
_SETTINGS: Final = "SELECT name, crc32, value FROM settings WHERE name > ? ORDER BY name LIMIT ?"


class Inspection:
    """What a file holds. Octets are sizes; times are network seconds, 0.0 where there is none."""

    def __init__(self, path: Path, version: int) -> None:
        self.path = path
        self.version = version
        self.holder_pid = 0
        """The process that owns the store now, 0 if none does."""
        self.file_octets = 0
        self.free_octets = 0
        """Of these, what is empty and will be used again."""
        self.log_octets = 0
        """The write-ahead log beside the file."""
        self.watermark = 0
        self.journal_batches = 0
        self.journal_octets = 0
        self.swept_batches = 0
        """Batches up to the watermark that are still to be deleted."""
        self.places = dict.fromkeys(PLACE_NAMES, 0)
        self.settings = 0
        self.oldest_id = 0
        self.oldest_at = 0.0
        self.newest_id = 0
        self.newest_at = 0.0


class StoreFile:
    """A file that is being looked at. Raises StoreError if it is not there, or not ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = _open(path)
        try:
            self._version = check_format(self._connection, path)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._connection.close()
            raise StoreError(f"cannot read {path}: {problem_of(error)}") from error
        except StoreError:
            self._connection.close()
            raise
        if self._version == 0:
            self._connection.close()
            raise StoreError(f"{path} is empty: no carrier has written to it yet")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def inspect(self) -> Inspection:
        """What it holds, without reading the messages. Raises StoreError if that fails."""
        try:
            return self._inspect()
        except sqlite3.Error as error:
            raise StoreError(f"cannot read {self._path}: {problem_of(error)}") from error

    def problems(self) -> Iterator[str]:
        """What is wrong with the file, each as a sentence that names the place."""
        for part in (
            self._problems_of_pages,
            self._problems_of_file,
            self._problems_of_sums,
            self._problems_of_journal,
            self._problems_of_messages,
            self._problems_of_settings,
        ):
            try:
                yield from part()
            except (sqlite3.Error, UnicodeDecodeError) as error:
                yield problem_of(error)
            except StoreError as error:
                yield str(error)

    def messages(self) -> Iterator[Message]:
        """Every message, by id: those of the table, and what the journal says behind the watermark.

        What is damaged is left out. The messages of the journal are held in memory. Raises
        StoreError if the file cannot be read.
        """
        try:
            newer = self._messages_of_journal()
            ids = iter(sorted(newer))
            waiting = next(ids, None)
            for values in self._table_rows():
                row = row_of(values)
                if row is None or row.message_id in newer:
                    continue
                while waiting is not None and waiting < row.message_id:
                    yield newer.pop(waiting)
                    waiting = next(ids, None)
                try:
                    yield message_of(row)
                except StoreError:
                    continue
            while waiting is not None:
                yield newer[waiting]
                waiting = next(ids, None)
        except sqlite3.Error as error:
            raise StoreError(f"cannot read {self._path}: {problem_of(error)}") from error

    def _inspect(self) -> Inspection:
        found = Inspection(self._path, self._version)
        found.holder_pid = holder_of(self._path)
        found.file_octets = self._path.stat().st_size
        found.free_octets = self._one("PRAGMA freelist_count") * self._one("PRAGMA page_size")
        log = self._path.with_name(self._path.name + "-wal")
        found.log_octets = log.stat().st_size if log.exists() else 0
        if self._version >= FORMAT_OF_SUMS:
            read_state(self._connection)
        if self._version > 1:
            found.watermark = self._watermark()
            names = ", ".join(PLACE_NAMES)
            counts = self._connection.execute(f"SELECT {names} FROM state").fetchone()
            found.places = dict(zip(PLACE_NAMES, counts, strict=True))
            found.settings = self._one("SELECT count(*) FROM settings")
            found.oldest_id, found.oldest_at = self._end_of_table("ASC")
            found.newest_id, found.newest_at = self._end_of_table("DESC")
        found.swept_batches = self._one(
            "SELECT count(*) FROM journal WHERE number <= ?", found.watermark
        )
        found.journal_batches, found.journal_octets = self._connection.execute(
            "SELECT count(*), coalesce(sum(length(batch)), 0) FROM journal WHERE number > ?",
            (found.watermark,),
        ).fetchone()
        return found

    def _one(self, query: str, *parameters: object) -> Any:
        return self._connection.execute(query, parameters).fetchone()[0]

    def _end_of_table(self, direction: str) -> tuple[int, float]:
        query = f"SELECT message_id, at FROM messages ORDER BY message_id {direction} LIMIT 1"
        message_id, at = self._connection.execute(query).fetchone() or (0, 0.0)
        return message_id, at

    def _problems_of_pages(self) -> Iterator[str]:
        check = f"PRAGMA integrity_check({PROBLEMS_OF_PAGES_MAX})"
        for (line,) in self._connection.execute(check):
            text = _text_of(line)
            if text != "ok":
                yield f"the database: {text}"

    def _problems_of_file(self) -> Iterator[str]:
        octets = self._one("PRAGMA page_count") * self._one("PRAGMA page_size")
        foreign = self._path.stat().st_size - octets
        if foreign > 0:
            yield f"the file: {foreign} octets behind its last page are not the store's"
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (name,) in self._connection.execute(names).fetchall():
            if _text_of(name) not in _OUR_TABLES:
                yield f"the table {_text_of(name)} is not the store's"

    def _problems_of_sums(self) -> Iterator[str]:
        if self._version < FORMAT_OF_SUMS:
            return
        # One moment of a carrier that serves.
        self._connection.execute("BEGIN")
        try:
            yield from missing(self._connection, read_state(self._connection))
        finally:
            self._connection.execute("ROLLBACK")

    def _problems_of_journal(self) -> Iterator[str]:
        # Read first: what is written meanwhile is not missed.
        newest = newest_of(self._connection)
        last = 0
        for number, crc32, batch in self._journal_rows(0):
            yield from self._gap(last, number)
            last = number
            if not is_whole(crc32, batch):
                yield f"journal row {number}: its checksum does not hold"
                continue
            try:
                for _ in journal.read_entries(batch):
                    pass
            except StoreError as error:
                yield f"journal row {number}: {error}"
        yield from self._gap(last, newest + 1)
        if newest < max(last if self._is_idle() else 0, self._watermark()):
            yield f"the journal: it says that its newest row is {newest}, which is not so"

    def _is_idle(self) -> bool:
        return holder_of(self._path) == 0

    def _gap(self, last: int, number: int) -> Iterator[str]:
        """What is missing between two rows of the journal, but for those that were deleted."""
        if number > last + 1:
            first = max(last, self._watermark()) + 1
            if number > first:
                yield f"journal rows {first} to {number - 1} are missing"

    def _watermark(self) -> int:
        """What the state says, if it says a number at all."""
        if self._version < FORMAT_OF_TABLE:
            return 0
        found = self._connection.execute(WATERMARK).fetchone()
        return found[0] if found is not None and isinstance(found[0], int) else 0

    def _problems_of_messages(self) -> Iterator[str]:
        if self._version == 1:
            return
        counts = [0] * len(PLACE_NAMES)
        for values in self._table_rows():
            row = row_of(values)
            if row is None:
                yield f"message {values[0]}: its checksum does not hold"
                continue
            counts[row.place] += 1
            try:
                if message_of(row).message_id != row.message_id:
                    yield f"message {row.message_id}: its record is that of another one"
            except StoreError as error:
                yield f"message {row.message_id}: {error}"
        names = ", ".join(PLACE_NAMES)
        said = list(self._connection.execute(f"SELECT {names} FROM state").fetchone() or ())
        if said != counts and self._is_idle():
            yield f"the counts by place are {said}, the table holds {counts}"

    def _problems_of_settings(self) -> Iterator[str]:
        if self._version == 1:
            return
        for name, crc32, value in self._steps(_SETTINGS, ""):
            if setting_of(name, crc32, value) is None:
                yield f"setting {_text_of(name)}: its checksum does not hold"

    def _messages_of_journal(self) -> dict[int, Message]:
        found: dict[int, Message] = {}
        for _, crc32, batch in self._journal_rows(self._watermark()):
            if is_whole(crc32, batch):
                for entry in journal.read_entries(batch):
                    self._apply(entry, found)
        return found

    def _apply(self, entry: journal.Entry, found: dict[int, Message]) -> None:
        if entry.kind == journal.ACCEPTED and entry.message is not None:
            found[entry.message_id] = entry.message
            return
        if entry.kind in (journal.PHONE_POWER, journal.COUNTER, journal.SETTING):
            return
        message = found.get(entry.message_id)
        if message is None and self._version > 1:
            query = f"SELECT {COLUMNS} FROM messages WHERE message_id = ?"
            values = self._connection.execute(query, (entry.message_id,)).fetchone()
            row = None if values is None else row_of(values)
            if row is not None:
                message = found[entry.message_id] = message_of(row)
        if message is not None:
            apply_entry(message, entry)

    def _journal_rows(self, after: int) -> Iterator[tuple[Any, ...]]:
        return self._steps(_JOURNAL, after)

    def _table_rows(self) -> Iterator[tuple[Any, ...]]:
        return self._steps(_MESSAGES, -1) if self._version > 1 else iter(())

    def _steps(self, query: str, after: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a table by their key, in reads that are short.

        A read that lasts would keep the log of a carrier that serves from being folded back.
        """
        while True:
            try:
                rows = self._connection.execute(query, (after, STEP_ROWS)).fetchall()
            except sqlite3.Error as error:
                raise StoreError(
                    f"{_table_of(query)} behind {after!r}: {problem_of(error)}"
                ) from error
            for row in rows:
                key = _text_of(row[0]) if isinstance(row[0], bytes) else row[0]
                if type(key) is not type(after) or not key > after:
                    # A page in the place of another would lead back here for ever.
                    raise StoreError(f"{_table_of(query)} behind {after!r}: not in its order")
                after = key
                yield row
            if len(rows) < STEP_ROWS:
                return


def compact(path: Path) -> tuple[int, int]:
    """Write the file anew without the space in it that is free: its octets before and after.

    Indexes, and what the file says of its own rows, are made anew from the rows that are there.

    Needs as much free disk again as the store is large. Raises StoreInUseError while a process owns
    the store, StoreError if it fails; the file is then as it was.
    """
    StoreFile(path).close()
    before = path.stat().st_size
    lock = StoreLock(path)
    try:
        connection = open_file(path, DURABILITY_PROCESS, None)
        try:
            rows = JournalRows(connection)
            while not rows.is_swept:
                rows.sweep_or_fail()
            connection.execute("VACUUM")
            # Vacuuming copies what an index says; these are made anew from the rows.
            connection.execute("REINDEX")
            state = read_state(connection)
            known = (state.watermark, state.newest_id, state.latest)
            write_state(connection, count_state(connection, *known))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise StoreError(f"cannot compact {path}: {problem_of(error)}") from error
        finally:
            connection.close()
    finally:
        lock.release()
    return before, path.stat().st_size


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreError(f"there is no store at {path}: name one with --store")
    try:
        return open_read_only(path)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StoreError(f"cannot open {path}: {problem_of(error)}") from error


def _table_of(query: str) -> str:
    return query.split(" FROM ")[1].split(maxsplit=1)[0]


def _text_of(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
