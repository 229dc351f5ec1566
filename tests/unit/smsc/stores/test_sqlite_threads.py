"""The threads of an SQLite store."""

import queue
from functools import partial
from pathlib import Path

from carrierbox.smsc.ports import Completion, Failed, Loaded, LoadJournal
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_threads import Checkpointer, Reader, Worker


def test_a_worker_works_in_order_and_finishes_what_it_was_given() -> None:
    """Commits are in the order of their tickets."""
    worker = Worker("test")
    found: list[int] = []
    for number in range(100):
        worker.add(partial(found.append, number))
    worker.close()
    assert found == list(range(100))


def test_a_worker_without_work_is_no_thread() -> None:
    """Most stores are never searched."""
    worker = Worker("test")
    assert not worker.is_started
    worker.close()


def test_a_reader_answers_beside_the_writer(tmp_path: Path) -> None:
    """What was committed before is seen."""
    store = SqliteStore(tmp_path / "a.db")
    store.submit(b"one")
    done: queue.SimpleQueue[Completion] = queue.SimpleQueue()
    reader = Reader(tmp_path / "a.db", "test", done.put)
    reader.add(5, LoadJournal())
    loaded = done.get(timeout=30)
    assert isinstance(loaded, Loaded)
    assert (loaded.ticket, loaded.batches) == (5, [b"one"])
    reader.close()
    store.close()


def test_a_reader_without_a_file_says_what_is_wrong(tmp_path: Path) -> None:
    """An answer comes in any case: somebody waits for it."""
    done: queue.SimpleQueue[Completion] = queue.SimpleQueue()
    reader = Reader(tmp_path / "nowhere" / "a.db", "test", done.put)
    reader.add(5, LoadJournal())
    failed = done.get(timeout=30)
    assert isinstance(failed, Failed)
    assert (failed.ticket, failed.problem[:16]) == (5, "the disk failed:")
    reader.close()


def test_a_checkpointer_folds_the_log_into_the_file(tmp_path: Path) -> None:
    """So that the log begins anew and does not grow for ever."""
    path = tmp_path / "a.db"
    store = SqliteStore(path)
    size = path.stat().st_size
    store.submit(b"x" * 100_000)
    checkpointer = Checkpointer(path)
    checkpointer.ask()
    while path.stat().st_size == size:
        checkpointer.ask()
    checkpointer.close()
    assert path.stat().st_size >= 100_000
    store.close()
