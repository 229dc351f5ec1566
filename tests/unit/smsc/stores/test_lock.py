"""One process per store."""

import os
from pathlib import Path

import pytest

from carrierbox.errors import StoreError, StoreInUseError
from carrierbox.smsc.stores.lock import StoreLock, holder_of


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


def test_who_holds_a_store_is_told_without_taking_it(tmp_path: Path) -> None:
    """Looking must never refuse a carrier that starts."""
    location = tmp_path / "carrier.db"
    assert holder_of(location) == 0
    lock = StoreLock(location)
    assert holder_of(location) == os.getpid()
    lock.release()
    assert holder_of(location) == 0


@pytest.mark.parametrize("left", ["999999999", "99999999999999999999", "someone", "\xff"])
def test_what_a_killed_process_left_behind_is_no_holder(tmp_path: Path, left: str) -> None:
    """The lock is gone with its process, its number is not."""
    (tmp_path / "carrier.db.lock").write_text(left, encoding="latin-1")
    assert holder_of(tmp_path / "carrier.db") == 0
