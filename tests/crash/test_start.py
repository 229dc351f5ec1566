"""Starts on a store that cannot be written, and the stop points themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from carrierbox.smsc.ports import PageOut
from carrierbox.smsc.stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from tests.crash.conftest import Process

    Start = Callable[..., Process]

pytestmark = [pytest.mark.slow, pytest.mark.service]


def refused(store: str | Path, **environment: str) -> str:
    """What a start says that ends by itself with exit code 2."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CARRIERBOX_")}
    command = [sys.executable, "-m", "carrierbox", "serve", "--smpp", "127.0.0.1:0"]
    ended = subprocess.run(
        [*command, "--http", "off", "--store", str(store)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={**inherited, **environment},
    )
    assert ended.stdout == ""
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_read_only_disk_is_told_with_the_file_and_the_remedy(
    small_disk: Path, run: Callable[..., bool]
) -> None:
    """Nothing is promised that cannot be kept: no start."""
    path = small_disk / "carrier.db"
    SqliteStore(path).close()
    assert run("mount", "-o", "remount,ro", small_disk)
    said = refused(path)
    assert str(path) in said
    assert "--store" in said


def test_a_file_that_may_not_be_written_is_told_with_the_file_and_the_remedy(
    tmp_path: Path, run: Callable[..., bool]
) -> None:
    """Also where the folder can be written: the first submit is too late to find out."""
    path = tmp_path / "carrier.db"
    SqliteStore(path).close()
    path.chmod(0o444)
    if os.access(path, os.W_OK) and not run("chattr", "+i", path):
        pytest.skip("this user may write everything here")
    try:
        said = refused(path)
    finally:
        run("chattr", "-i", path)
    assert str(path) in said
    assert "--store" in said


def test_a_full_disk_is_told_with_the_file(small_disk: Path) -> None:
    """A store cannot even begin."""
    (small_disk / "filler").write_bytes(bytes(24 * 1024 * 1024))
    path = small_disk / "carrier.db"
    assert str(path) in refused(path)


def test_a_stop_point_warns_before_anything_else(start: Start) -> None:
    """Nobody runs with one and does not know it."""
    process = start("--store", "carrier.db", stop_point="after-commit:7")
    warning = process.said("CARRIERBOX_STOP_POINT is set")
    assert "kills itself at after-commit, time 7" in warning
    assert process.errors.index(warning) == 0
    assert process.terminate() == 0


@pytest.mark.parametrize("value", ["1", "on", "after-commit", "nowhere:1", "after-commit:0"])
def test_what_is_no_stop_point_is_refused(tmp_path: Path, value: str) -> None:
    """A variable that somebody set by accident starts nothing."""
    said = refused(tmp_path / "carrier.db", CARRIERBOX_STOP_POINT=value)
    assert "CARRIERBOX_STOP_POINT" in said
    assert "after-commit" in said


def test_a_stop_point_needs_a_file() -> None:
    """In memory there is nothing to find after a crash."""
    assert "store" in refused(":memory:", CARRIERBOX_STOP_POINT="after-commit:1")


def test_a_damaged_store_is_told_with_the_remedy(tmp_path: Path, start: Start) -> None:
    """It serves what is sound, and says what is not."""
    path = tmp_path / "carrier.db"
    store = SqliteStore(path)
    page_out = PageOut()
    page_out.settings = [("power/33612345678", b"\0")]
    store.submit(b"", page_out)
    store.connection.execute("DELETE FROM settings")
    store.close()
    process = start("--store", str(path))
    assert process.said("the settings are not those that were written")
    assert "carrierbox store compact" in process.said("is damaged")
    assert process.terminate() == 0
