"""A store whose process is killed while it writes, and one whose log was cut by a crash."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from carrierbox.smsc.ports import (
    NEVER,
    Completion,
    LoadById,
    Loaded,
    LoadedRows,
    LoadJournal,
    LoadSummary,
    PageOut,
    Request,
    Row,
    Search,
    Summary,
)
from carrierbox.smsc.stores.sqlite import SqliteStore

# Commit number N is the batch N, with the rows N and N + 1,000,000; N - 3 is removed, and what is
# up to N - 5 is behind the watermark. A line tells of each commit that was promised.
WRITER = """
import sys
from pathlib import Path
from carrierbox.smsc.ports import NEVER, Committed, PageOut, Row
from carrierbox.smsc.stores.sqlite import SqliteStore

def row(number):
    return Row(number, number, 0, "336", 0, 0.0, NEVER, "a", "b", 0.0, 1, "", b"%d" % number * 50)

store = SqliteStore(Path(sys.argv[1]), sys.argv[2])
number = int(sys.argv[3])
while True:
    number += 1
    page_out = PageOut([row(number), row(number + 1_000_000)], [number - 3], number - 5)
    store.submit(b"%d" % number, page_out)
    while not (done := store.completions()):
        store.wait()
    assert isinstance(done[0], Committed), done[0].problem
    assert done[0].number == number
    print(number, flush=True)
"""


def ask(store: SqliteStore, request: Request) -> Completion:
    ticket = store.load(request)
    while True:
        for completion in store.completions():
            assert completion.ticket == ticket
            return completion
        store.wait()


def check(path: Path) -> int:
    """That the store is exactly what some number of commits leaves behind; that number."""
    store = SqliteStore(path)
    loaded = ask(store, LoadJournal())
    assert isinstance(loaded, Loaded)
    assert loaded.damaged == 0
    numbers = [int(batch) for batch in loaded.batches]
    last = numbers[-1] if numbers else 0
    first = max(1, last - 4)
    assert numbers == list(range(first, last + 1))
    summary = ask(store, LoadSummary())
    assert isinstance(summary, Summary)
    assert summary.waiting == last + min(last, 3)
    assert summary.newest_id == (last + 1_000_000 if last else 0)
    found = ask(store, Search(10**9))
    assert isinstance(found, LoadedRows)
    ids = sorted(row.message_id for row in found.rows)
    assert ids == [
        *range(max(1, last - 2), last + 1),
        *range(1_000_001, 1_000_001 + last),
    ]
    assert found.damaged == 0
    store.close()
    return last


@pytest.mark.slow
@pytest.mark.parametrize("durability", ["process", "power"])
def test_what_was_promised_survives_sigkill_with_its_page_out(
    tmp_path: Path, durability: str
) -> None:
    """Whatever it was doing: no commit is lost, none is there in part."""
    path = tmp_path / "a.db"
    last = 0
    for commits in (1, 40, 170):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), durability, str(last)],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        promised = last
        for _ in range(commits):
            promised = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        promised = max([promised, *(int(line) for line in process.stdout.read().split())])
        process.wait()
        process.stdout.close()
        last = check(path)
        assert last >= promised


def row(number: int) -> Row:
    return Row(number, number, 0, "336", 0, 0.0, NEVER, "a", "b", 0.0, 1, "", b"%d" % number * 50)


def test_a_log_that_was_cut_anywhere_leaves_a_prefix_of_the_commits(tmp_path: Path) -> None:
    """A machine that loses power may lose the end of the log, never the middle of a commit."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    for number in range(1, 13):
        page_out = PageOut([row(number), row(number + 1_000_000)], [number - 3], number - 5)
        store.submit(b"%d" % number, page_out)
    copy = tmp_path / "copy"
    log = path.with_name("a.db-wal")
    octets = log.stat().st_size
    found = []
    for length in [*range(0, octets, octets // 37), octets - 1, octets]:
        copy.mkdir()
        shutil.copy(path, copy / "a.db")
        (copy / "a.db-wal").write_bytes(log.read_bytes()[:length])
        found.append(check(copy / "a.db"))
        shutil.rmtree(copy)
    store.close()
    assert found == sorted(found)
    assert (found[0], found[-2], found[-1]) == (0, 11, 12)
    assert len(set(found)) > 6


def test_a_flipped_bit_in_the_file_is_never_served(tmp_path: Path) -> None:
    """Wherever it is: what comes back is what was written, or it is missing and told."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    rows = [row(number) for number in range(1, 9)]
    store.submit(b"B" * 700, PageOut(rows))
    store.close()
    whole = path.read_bytes()
    wanted = {one.message_id: one.record for one in rows}
    places = [whole.find(one.record) for one in rows] + [whole.find(b"B" * 700)]
    assert -1 not in places
    for place in places:
        damaged = bytearray(whole)
        damaged[place + 17] ^= 4
        path.write_bytes(damaged)
        store = SqliteStore(path)
        loaded = ask(store, LoadJournal())
        found = ask(store, LoadById(list(wanted)))
        store.close()
        assert isinstance(loaded, Loaded)
        assert isinstance(found, LoadedRows)
        assert loaded.damaged + found.damaged == 1
        assert all(one.record == wanted[one.message_id] for one in found.rows)
        assert loaded.batches in ([b"B" * 700], [])
