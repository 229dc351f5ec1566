"""One process per store: a lock file beside it that holds the pid of its owner."""

import os
from pathlib import Path
from typing import IO

from carrierbox.errors import StoreError, StoreInUseError

try:
    import fcntl
except ImportError:  # Windows has no flock; there SQLite's own locking must do.
    fcntl = None  # type: ignore[assignment]


class StoreLock:
    """Held from construction to `release`, and let go by the system when the process dies."""

    def __init__(self, location: Path) -> None:
        self._path = location.with_name(location.name + ".lock")
        try:
            self._file: IO[str] = open(self._path, "a+", encoding="ascii")  # noqa: SIM115
        except OSError as error:
            raise _not_written(self._path, error) from error
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._file.seek(0)
                text = self._file.read().strip()
                self._file.close()
                raise StoreInUseError(str(location), int(text) if text.isdigit() else 0) from None
        try:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(str(os.getpid()))
            self._file.flush()
        except OSError as error:
            raise _not_written(self._path, error) from error

    def release(self) -> None:
        """Let go. The file stays: removing it would race with the next owner."""
        self._file.seek(0)
        self._file.truncate()
        self._file.close()


def holder_of(location: Path) -> int:
    """The pid of the process that owns a store, 0 if none does.

    Only told, not proved: taking the lock to find out could refuse a carrier that starts.
    """
    try:
        text = location.with_name(location.name + ".lock").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return 0
    pid = int(text) if text.isdigit() else 0
    if pid and fcntl is not None:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            # A process that was killed leaves its number behind.
            return 0
        except PermissionError:
            return pid
    return pid


def _not_written(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"cannot write {path}: {error.strerror}: let it be written there, or choose another file "
        "with --store"
    )
