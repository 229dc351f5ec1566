"""One process per store."""

import os
from pathlib import Path

import pytest

from carrierbox.errors import StoreError, StoreInUseError
from carrierbox.smsc.stores.lock import StoreLock


def test_the_lock_names_its_owner(tmp_path: Path) -> None:
    """The user is told which process to stop."""
    location = tmp_path / "carrier.db"
    lock = StoreLock(location)
    with pytest.raises(StoreInUseError) as caught:
        StoreLock(location)
    assert caught.value.holder_pid == os.getpid()
    lock.release()
    StoreLock(location).release()


def test_a_folder_that_is_missing_is_an_error_with_its_name(tmp_path: Path) -> None:
    """Errors name what is wrong."""
    with pytest.raises(StoreError, match=r"nowhere"):
        StoreLock(tmp_path / "nowhere" / "carrier.db")
