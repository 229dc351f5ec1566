"""What `carrierbox store` does: look into the file of a store, check it, shrink it, print it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from carrierbox.config import load_configuration
from carrierbox.config_values import store_url
from carrierbox.errors import ConfigurationError
from carrierbox.smsc.stores.inspection import Inspection, StoreFile, compact
from carrierbox.terminal import aligned, counted, printable
from carrierbox.views import message_view, rfc3339

KIB: Final = 1024
HINT: Final = (
    "Durability is chosen at the start, not kept in here: process survives the end of the process, "
    "power that of the machine."
)


def path_of(store: str | None, config: Path | None = None) -> Path:
    """The file that is meant: as `serve` would choose it. Raises ConfigurationError for none."""
    said: dict[str, object] = {} if store is None else {"store": {"url": store_url(store)}}
    path = load_configuration(config, os.environ, said).store.path
    if path is None:
        raise ConfigurationError("--store", "a store in memory has no file to look into")
    return path


def inspect(path: Path) -> Inspection:
    """What a store holds. Raises StoreError."""
    file = StoreFile(path)
    try:
        return file.inspect()
    finally:
        file.close()


def inspection_object(found: Inspection) -> dict[str, Any]:
    """What a store holds, for scripts."""
    return {
        "store": str(found.path),
        "format": found.version,
        "in_use_by": found.holder_pid or None,
        "file_octets": found.file_octets,
        "free_octets": found.free_octets,
        "log_octets": found.log_octets,
        "messages": found.places,
        "oldest_message": _end(found.oldest_id, found.oldest_at),
        "newest_message": _end(found.newest_id, found.newest_at),
        "settings": found.settings,
        "watermark": found.watermark,
        "journal_batches": found.journal_batches,
        "journal_octets": found.journal_octets,
        "batches_to_delete": found.swept_batches,
    }


def inspection_lines(found: Inspection) -> list[str]:
    """What a store holds, for people."""
    holder = f"in use by process {found.holder_pid}" if found.holder_pid else "not in use"
    places = ", ".join(f"{count} {name}" for name, count in found.places.items())
    rows = [
        ["format", str(found.version)],
        ["file", f"{_size(found.file_octets)}, {_size(found.free_octets)} of it free"],
        ["log beside it", _size(found.log_octets)],
        ["messages in the table", places],
        ["settings", str(found.settings)],
        ["watermark", f"batch {found.watermark}"],
        [
            "journal behind it",
            f"{counted(found.journal_batches, 'batch').replace('batchs', 'batches')}, "
            f"{_size(found.journal_octets)}",
        ],
        ["batches to be deleted", str(found.swept_batches)],
    ]
    for name, message_id, at in (
        ("oldest message", found.oldest_id, found.oldest_at),
        ("newest message", found.newest_id, found.newest_at),
    ):
        if message_id:
            rows.insert(4, [name, f"id {message_id}, {rfc3339(at)}"])
    return [f"{printable(str(found.path))}: {holder}", *aligned(rows, "  "), HINT]


def problems(path: Path) -> Iterator[str]:
    """What is wrong with a store, each as a sentence. Raises StoreError if it cannot be opened."""
    file = StoreFile(path)
    try:
        for problem in file.problems():
            yield printable(problem)
    finally:
        file.close()


def compact_line(path: Path) -> str:
    """Make a store smaller; what came of it. Raises StoreError."""
    before, after = compact(path)
    return f"{printable(str(path))}: {_size(before)} before, {_size(after)} now"


def export_lines(path: Path) -> Iterator[str]:
    """Every message as a line of JSON, oldest first, as the API shows it. Raises StoreError."""
    file = StoreFile(path)
    try:
        for message in file.messages():
            yield msgspec.json.encode(message_view(message)).decode()
    finally:
        file.close()


def _end(message_id: int, at: float) -> dict[str, Any] | None:
    return {"message_id": str(message_id), "at": rfc3339(at)} if message_id else None


def _size(octets: int) -> str:
    if octets < KIB:
        return counted(octets, "octet")
    if octets < KIB * KIB:
        return f"{octets / KIB:.1f} KiB"
    return f"{octets / KIB / KIB:.1f} MiB"
