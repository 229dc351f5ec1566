"""The table `journal` of an SQLite store: a row per batch, the watermark, and what is behind it.

Rows up to the watermark are in the table of messages. They are deleted in small steps, whose
pages the journal then uses again.
"""

import sqlite3
import zlib
from bisect import bisect_right
from typing import Final

from carrierbox.errors import StoreError
from carrierbox.smsc.ports import Loaded, LoadJournal

STEP_OCTETS: Final = 64 * 1024
"""Several times what a commit writes; each page of it is read, perhaps from the disk."""
STEP_ROWS: Final = 500
MARK_OCTETS: Final = 256 * 1024

INSERT: Final = "INSERT INTO journal (crc32, batch) VALUES (?, ?)"
LOAD: Final = "SELECT number, crc32, batch FROM journal WHERE number > ? ORDER BY number LIMIT ?"
SIZES: Final = (
    "SELECT number, coalesce(length(batch), 0) FROM journal WHERE number > ? ORDER BY number"
)
SIZE_BETWEEN: Final = (
    "SELECT coalesce(sum(length(batch)), 0) FROM journal WHERE number > ? AND number <= ?"
)
OLDEST: Final = (
    "SELECT number, coalesce(length(batch), 0) FROM journal WHERE number <= ?"
    " ORDER BY number LIMIT ?"
)
DELETE: Final = "DELETE FROM journal WHERE number <= ?"
WATERMARK: Final = "SELECT watermark FROM state"
NEWEST: Final = "SELECT seq FROM sqlite_sequence WHERE name = 'journal'"
"""SQLite keeps it to give no number twice: as high as the newest row, also when that is deleted."""


class Cut:
    """A watermark that is being committed, and the octets that were written up to it."""

    def __init__(self, watermark: int, octets: int) -> None:
        self.watermark = watermark
        self.octets = octets


class JournalRows:
    """Writes and shortens the journal, and knows how much of it is behind the watermark.

    What is in memory changes only by `added` and `was_cut`, once a commit worked. Raises StoreError
    for a file whose next rows would get numbers that were there before.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.watermark: int = connection.execute(WATERMARK).fetchone()[0]
        if newest_of(connection) < self.watermark:
            # The next rows would get numbers that were given to others, and be deleted as those.
            raise StoreError(
                "the numbers of the journal are damaged: take a copy of the file that is sound"
            )
        self.newest = self.watermark
        self.octets = 0
        """What the rows behind the watermark hold."""
        self._written = 0
        self._cut_octets = 0
        # Sums of octets at some rows, so that a watermark between two need not sum up everything.
        self._marks: list[tuple[int, int]] = [(self.watermark, 0)]
        for number, octets in connection.execute(SIZES, (self.watermark,)):
            self.added(number, octets)
        oldest = connection.execute("SELECT min(number) FROM journal").fetchone()[0]
        self.oldest: int = self.newest + 1 if oldest is None else oldest
        """The number of the first row that is there, or from which on there may be some."""

    def insert(self, batch: bytes) -> int:
        """Write a row; its number. Outside a transaction that is a commit, all or nothing."""
        number = self._connection.execute(INSERT, (zlib.crc32(batch), batch)).lastrowid
        assert number is not None
        return number

    def added(self, number: int, octets: int) -> None:
        """A row was committed."""
        self.newest = number
        self.octets += octets
        self._written += octets
        if self._written - self._marks[-1][1] > MARK_OCTETS:
            self._marks.append((number, self._written))

    def cut_at(self, watermark: int, newest: int) -> Cut | None:
        """What committing this watermark will mean; None if it moves nothing."""
        watermark = min(watermark, newest)
        if watermark <= self.watermark:
            return None
        number, octets = self._marks[self._mark_before(watermark)]
        between = self._connection.execute(SIZE_BETWEEN, (number, watermark)).fetchone()[0]
        return Cut(watermark, octets + between)

    def was_cut(self, cut: Cut) -> None:
        """The watermark was committed."""
        self.octets -= cut.octets - self._cut_octets
        self._cut_octets = cut.octets
        first = self._mark_before(cut.watermark) + 1
        self._marks = [(cut.watermark, cut.octets), *self._marks[first:]]
        self.watermark = cut.watermark

    @property
    def is_swept(self) -> bool:
        """Whether nothing is left to delete."""
        return self.oldest > self.watermark

    def sweep(self, octets_max: int = STEP_OCTETS, rows_max: int = STEP_ROWS) -> None:
        """Delete some rows in a commit of its own. What fails is left for the next step."""
        try:
            self.sweep_or_fail(octets_max, rows_max)
        except sqlite3.Error:
            return

    def sweep_or_fail(self, octets_max: int = STEP_OCTETS, rows_max: int = STEP_ROWS) -> None:
        """Delete some rows in a commit of its own. Raises sqlite3.Error."""
        found = self._connection.execute(OLDEST, (self.watermark, rows_max)).fetchall()
        octets = 0
        last = self.watermark
        for number, length in found:
            octets += length
            if octets > octets_max:
                last = number
                break
        else:
            if len(found) == rows_max:
                last = found[-1][0]
        self._connection.execute(DELETE, (last,))
        self.oldest = last + 1

    def _mark_before(self, number: int) -> int:
        return bisect_right(self._marks, number, key=_number_of) - 1


def load(connection: sqlite3.Connection, ticket: int, request: LoadJournal) -> Loaded:
    """Answer from any connection.

    Numbers follow one another up to the newest: a row that is missing there is damaged as is one
    whose checksum does not hold, or one whose page stands in the place of another.
    """
    begin = position = max(request.position, connection.execute(WATERMARK).fetchone()[0])
    # Before the rows: one that is written meanwhile is not missed.
    newest = newest_of(connection)
    rows = connection.execute(LOAD, (position, request.batches_max + 1)).fetchall()
    complete = len(rows) <= request.batches_max
    batches: list[bytes] = []
    damaged = 0
    for number, crc32, batch in rows[: request.batches_max]:
        if number <= position:
            damaged += 1
            continue
        damaged += number - position - 1
        position = number
        if is_whole(crc32, batch):
            batches.append(batch)
        else:
            damaged += 1
    if position == begin:
        # Nothing leads any further.
        complete = True
    if complete and position < newest:
        damaged += newest - position
    return Loaded(ticket, batches, position, complete, damaged)


def newest_of(connection: sqlite3.Connection) -> int:
    """The number of the newest row that there ever was."""
    found = connection.execute(NEWEST).fetchone()
    return found[0] if found is not None and isinstance(found[0], int) else 0


def is_whole(crc32: object, batch: object) -> bool:
    """Whether a batch is what was written."""
    return isinstance(batch, bytes) and zlib.crc32(batch) == crc32


def _number_of(mark: tuple[int, int]) -> int:
    return mark[0]
