"""The table `state` of an SQLite store: one row that says what the other tables must hold.

The watermark, how many rows are in each place, and a sum over every index and the settings. They
are kept with every change, because a page that is damaged hides its rows from whoever reads. A
start compares the sums with those along the indexes, without reading the table.
"""

import sqlite3
import struct
import zlib
from collections.abc import Collection
from typing import Any, Final

from carrierbox.errors import StoreError
from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc.ports import NEVER, OWED, SCHEDULED, SHOWN, Row

PLACES: Final = SHOWN + 1
INDEXES: Final = ("by_phone", "by_wake", "by_account", "by_end", "by_client")

# Each entry counts as one in the upper bits, its numbers in the lower ones: sums of a trillion
# entries fit in 64 bits, and two entries that are exchanged for one another change them.
_ONE: Final = 1 << 20
_LOW: Final = _ONE - 1
_INTEGER_MAX: Final = (1 << 63) - 1

_FOR_INDEX: Final = {
    "by_phone": (
        f"(CAST(msisdn AS INTEGER) & {_LOW}) + place + priority"
        f" + (CAST(due_at AS INTEGER) & {_LOW})",
        "place <= 1",
    ),
    "by_wake": (f"(CAST(wake_at AS INTEGER) & {_LOW})", "wake_at IS NOT NULL"),
    "by_account": (f"(CAST(at AS INTEGER) & {_LOW})", "place = 2"),
    "by_end": (f"(CAST(at AS INTEGER) & {_LOW})", "place >= 3 OR place = 2 AND state = 2"),
    "by_client": (f"(client_id & {_LOW})", "client_id <> message_id"),
}


def _sum(name: str) -> str:
    return f"{_ONE} + (message_id & {_LOW}) + {_FOR_INDEX[name][0]}"


# Along the index, of which nothing but its own columns is read.
_ALONG: Final = {
    name: f"SELECT coalesce(sum({_sum(name)}), 0) FROM messages INDEXED BY {name} WHERE {condition}"
    for name, (_, condition) in _FOR_INDEX.items()
}
_IN_TABLE: Final = ", ".join(
    f"coalesce(sum(CASE WHEN {condition} THEN {_sum(name)} END), 0)"
    for name, (_, condition) in _FOR_INDEX.items()
)
_COUNTS_IN_TABLE: Final = ", ".join(f"coalesce(sum(place = {n}), 0)" for n in range(PLACES))
_WHOLE_TABLE: Final = f"SELECT {_IN_TABLE} FROM messages NOT INDEXED"
_ROWS_AT_ONCE: Final = 64
"""Asked about together: a statement for each row would take three times as long."""
_OF_ROWS: Final = (
    f"SELECT {_COUNTS_IN_TABLE}, {_IN_TABLE} FROM messages"
    f" WHERE message_id IN ({', '.join('?' * _ROWS_AT_ONCE)})"
)
_SETTINGS: Final = f"SELECT coalesce(sum({_ONE} + (crc32 & {_LOW})), 0) FROM settings"

_COLUMNS: Final = (
    "watermark, waiting, scheduled, owed, finished, shown, newest_id, latest,"
    f" {', '.join(f'sum_{name}' for name in INDEXES)}, sum_settings"
)
_READ: Final = f"SELECT {_COLUMNS}, crc32 FROM state"
_WRITE: Final = (
    f"UPDATE state SET ({_COLUMNS}, crc32) = ({', '.join('?' * (_COLUMNS.count(',') + 2))})"
)
_NUMBERS: Final = struct.Struct(f"<{1 + PLACES + 1}qd{len(INDEXES) + 1}q")


class TableState:
    """What the table `state` says. `places` counts rows by place, `sums` are those of INDEXES."""

    def __init__(
        self,
        watermark: int,
        places: list[int],
        newest_id: int,
        latest: float,
        sums: list[int],
        settings: int,
    ) -> None:
        self.watermark = watermark
        self.places = places
        self.newest_id = newest_id
        self.latest = latest
        self.sums = sums
        self.settings = settings
        """The sum of the settings."""

    def copy(self) -> "TableState":
        """Another one that says the same."""
        places, sums = list(self.places), list(self.sums)
        return TableState(self.watermark, places, self.newest_id, self.latest, sums, self.settings)

    def forget(self, connection: sqlite3.Connection, ids: Collection[int]) -> None:
        """The rows of these ids, as far as the table has them, are about to go."""
        # What is newer than everything there was cannot be there.
        there = [message_id for message_id in ids if message_id <= self.newest_id]
        for first in range(0, len(there), _ROWS_AT_ONCE):
            some = there[first : first + _ROWS_AT_ONCE]
            some += some[-1:] * (_ROWS_AT_ONCE - len(some))
            found = connection.execute(_OF_ROWS, some).fetchone()
            places, sums = found[:PLACES], found[PLACES:]
            self.places = [had - each for had, each in zip(self.places, places, strict=True)]
            self.sums = [had - each for had, each in zip(self.sums, sums, strict=True)]

    def note(self, row: Row) -> None:
        """A row is about to be written. Whole seconds are towards zero, as SQLite has them."""
        place = row.place
        self.places[place] += 1
        message_id = row.message_id
        self.newest_id = max(self.newest_id, message_id)
        at = row.at
        self.latest = max(self.latest, at)
        entry = _ONE + (message_id & _LOW)
        sums = self.sums
        if place <= SCHEDULED:
            due_low = int(row.due_at) & _LOW
            sums[0] += entry + place + row.priority + due_low + _low_of_digits(row.msisdn)
        else:
            at_low = int(at) & _LOW
            if place == OWED:
                sums[2] += entry + at_low
            if place != OWED or row.state == DELIVERED:
                sums[3] += entry + at_low
        if row.wake_at != NEVER:
            sums[1] += entry + (int(row.wake_at) & _LOW)
        if row.client_id != message_id:
            sums[4] += entry + (row.client_id & _LOW)

    def change_setting(self, crc32_before: object, crc32: int) -> None:
        """A setting is about to be written in the place of one with that checksum, or of None."""
        if isinstance(crc32_before, int):
            self.settings -= _ONE + (crc32_before & _LOW)
        self.settings += _ONE + (crc32 & _LOW)

    def values(self) -> tuple[int | float, ...]:
        """As columns, the checksum last."""
        numbers = (
            self.watermark,
            *self.places,
            self.newest_id,
            self.latest + 0.0,
            *self.sums,
            self.settings,
        )
        return *numbers, zlib.crc32(_NUMBERS.pack(*numbers))


def read_state(connection: sqlite3.Connection) -> TableState:
    """The state as it was committed. StoreError if it is not what was written."""
    found = connection.execute(_READ).fetchall()
    state = _state_of(found[0]) if len(found) == 1 else None
    if state is None:
        raise StoreError(
            "the row of the table state is damaged, and without it nobody can tell what the store "
            "must hold: take a copy of the file that is sound"
        )
    return state


def write_state(connection: sqlite3.Connection, state: TableState) -> None:
    """Within the transaction that is open. Raises sqlite3.Error."""
    connection.execute(_WRITE, state.values())


def count_state(
    connection: sqlite3.Connection, watermark: int, newest_id: int, latest: float
) -> TableState:
    """What the table itself says, whatever indexes say of it; reads every row."""
    places = connection.execute(f"SELECT {_COUNTS_IN_TABLE} FROM messages NOT INDEXED").fetchone()
    sums = connection.execute(_WHOLE_TABLE).fetchone()
    settings = connection.execute(_SETTINGS).fetchone()[0]
    return TableState(watermark, list(places), newest_id, latest, list(sums), settings)


def missing(connection: sqlite3.Connection, state: TableState) -> list[str]:
    """Of which index, and of the settings, not all is there that must be; each as a sentence."""
    found = [
        f"the index {name} does not hold what it must: messages are missed where it is read"
        for name, must_be in zip(INDEXES, state.sums, strict=True)
        if connection.execute(_ALONG[name]).fetchone()[0] != must_be
    ]
    if connection.execute(_SETTINGS).fetchone()[0] != state.settings:
        found.append("the settings are not those that were written")
    return found


def _state_of(values: tuple[Any, ...]) -> TableState | None:
    try:
        if zlib.crc32(_NUMBERS.pack(*values[:-1])) != values[-1]:
            return None
    except (struct.error, TypeError):
        return None
    sums = 3 + PLACES
    return TableState(
        values[0],
        list(values[1 : 1 + PLACES]),
        values[1 + PLACES],
        values[2 + PLACES],
        list(values[sums : sums + len(INDEXES)]),
        values[sums + len(INDEXES)],
    )


def _low_of_digits(msisdn: str) -> int:
    return min(int(msisdn), _INTEGER_MAX) & _LOW if msisdn.isascii() and msisdn.isdigit() else 0
