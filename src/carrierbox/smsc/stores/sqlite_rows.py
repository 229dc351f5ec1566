"""The table `messages` of an SQLite store: rows to values and back, and what changes them.

A row carries a checksum over all its columns. What all of them together must be is kept in the
table `state` with every change.
"""

import sqlite3
import struct
import zlib
from typing import Any, Final

from carrierbox.smsc.ports import NEVER, PageOut, Row
from carrierbox.smsc.stores.sqlite_state import TableState

COLUMNS: Final = (
    "message_id, client_id, place, msisdn, priority, due_at, wake_at, system_id, source_addr, at,"
    " state, text, crc32, record"
)
PUT: Final = f"INSERT OR REPLACE INTO messages ({COLUMNS}) VALUES ({', '.join('?' * 14)})"
DELETE: Final = "DELETE FROM messages WHERE message_id = ?"
PUT_SETTING: Final = "INSERT OR REPLACE INTO settings (name, crc32, value) VALUES (?, ?, ?)"
SETTING_CRC32: Final = "SELECT crc32 FROM settings WHERE name = ?"

Values = tuple[
    int,
    int,
    int,
    bytes | str,
    int,
    float,
    float | None,
    bytes | str,
    bytes | str,
    float,
    int,
    bytes | str,
    int,
    bytes,
]

_NUMBERS: Final = struct.Struct("<qqqqdddq")


def values_of(row: Row) -> Values:
    """A row as its columns. A text that no UTF-8 can hold gets question marks."""
    texts = (row.msisdn, row.system_id, row.source_addr, row.text)
    try:
        octets = "\0".join(texts).encode()
    except UnicodeEncodeError:
        texts = (texts[0], texts[1], texts[2], row.text.encode("utf-8", "replace").decode())
        octets = "\0".join(texts).encode()
    # SQLite keeps no negative zero, so there must be none in the checksum.
    due_at = row.due_at + 0.0
    wake_at = row.wake_at + 0.0
    at = row.at + 0.0
    numbers = _NUMBERS.pack(
        row.message_id, row.client_id, row.place, row.priority, due_at, wake_at, at, row.state
    )
    return (
        row.message_id,
        row.client_id,
        row.place,
        texts[0],
        row.priority,
        due_at,
        None if wake_at == NEVER else wake_at,
        texts[1],
        texts[2],
        at,
        row.state,
        texts[3],
        zlib.crc32(row.record, zlib.crc32(octets, zlib.crc32(numbers))),
        row.record,
    )


def row_of(values: tuple[Any, ...]) -> Row | None:
    """A row from its columns, TEXT as octets; None if it is not what was written."""
    (
        message_id,
        client_id,
        place,
        msisdn,
        priority,
        due_at,
        wake_at,
        system_id,
        source_addr,
        at,
        state,
        text,
        crc32,
        record,
    ) = values
    if wake_at is None:
        wake_at = NEVER
    try:
        numbers = _NUMBERS.pack(message_id, client_id, place, priority, due_at, wake_at, at, state)
        octets = b"\0".join((msisdn, system_id, source_addr, text))
        if zlib.crc32(record, zlib.crc32(octets, zlib.crc32(numbers))) != crc32:
            return None
        return Row(
            message_id,
            client_id,
            place,
            msisdn.decode(),
            priority,
            due_at,
            wake_at,
            system_id.decode(),
            source_addr.decode(),
            at,
            state,
            text.decode(),
            record,
        )
    except (struct.error, TypeError, AttributeError, UnicodeDecodeError):
        # A flipped bit can make another type of a column.
        return None


def setting_values(setting: tuple[str, bytes]) -> tuple[str, int, bytes]:
    """A setting as its columns."""
    name, value = setting
    return name, zlib.crc32(value, zlib.crc32(name.encode())), value


def setting_of(name: Any, crc32: object, value: Any) -> tuple[str, bytes] | None:
    """A setting from its columns; None if it is not what was written."""
    try:
        if zlib.crc32(value, zlib.crc32(name)) != crc32:
            return None
        return name.decode(), value
    except (TypeError, UnicodeDecodeError):
        return None


def apply(connection: sqlite3.Connection, page_out: PageOut, state: TableState) -> TableState:
    """Write a PageOut within the transaction that is open; the state that follows from it.

    The state itself is left to the caller to write.
    """
    rows = {row.message_id: row for row in page_out.rows}
    state = state.copy()
    state.forget(connection, {*rows, *page_out.removed})
    removed = [(message_id,) for message_id in page_out.removed if message_id not in rows]
    if removed:
        connection.executemany(DELETE, removed)
    # In the order of ids, so that neighbours in the table are written together.
    ordered = sorted(rows.values(), key=_id_of)
    connection.executemany(PUT, [values_of(row) for row in ordered])
    for row in ordered:
        state.note(row)
    for name, crc32, value in map(setting_values, page_out.settings):
        before = connection.execute(SETTING_CRC32, (name,)).fetchone()
        state.change_setting(before and before[0], crc32)
        connection.execute(PUT_SETTING, (name, crc32, value))
    return state


def _id_of(row: Row) -> int:
    return row.message_id
