"""The contract of a store, over every store there is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carrierbox.smsc.ports import Committed, Completion, Failed, Loaded, LoadJournal, Store
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.stores import FakeStore, SlowStore

KINDS = ["memory", "fake", "slow", "sqlite-process", "sqlite-power"]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    makers: dict[str, Callable[[], Store]] = {
        "memory": lambda: MemoryStore(keep=True),
        "fake": FakeStore,
        "slow": lambda: SlowStore(FakeStore(), seed=7),
        "sqlite-process": lambda: SqliteStore(tmp_path / "a.db"),
        "sqlite-power": lambda: SqliteStore(tmp_path / "a.db", "power"),
    }
    made = makers[request.param]()
    yield made
    made.close()


def wait_for(store: Store, *tickets: int) -> list[Completion]:
    """The completions of these tickets, in the order in which they came."""
    found: list[Completion] = []
    while len(found) < len(tickets):
        done = store.completions()
        found.extend(done)
        if not done:
            store.wait()
    return found


def load_all(store: Store, batches_max: int = 1000) -> list[bytes]:
    position = 0
    batches: list[bytes] = []
    while True:
        (loaded,) = wait_for(store, store.load(LoadJournal(position, batches_max)))
        assert isinstance(loaded, Loaded)
        batches += loaded.batches
        position = loaded.position
        if loaded.complete:
            return batches


def test_tickets_count_up_and_completions_come_in_their_order(store: Store) -> None:
    """Design, stores: completions come in the order of the tickets."""
    tickets = [store.submit(b"%d" % number) for number in range(20)]
    assert tickets == sorted(set(tickets))
    done = wait_for(store, *tickets)
    assert [completion.ticket for completion in done] == tickets
    assert all(isinstance(completion, Committed) for completion in done)


def test_a_load_finds_every_batch_in_the_order_of_the_commits(store: Store) -> None:
    """Design, stores: recovery reads the journal alone."""
    batches = [bytes([number]) * (number + 1) for number in range(25)]
    wait_for(store, *[store.submit(batch) for batch in batches])
    assert load_all(store) == batches
    assert load_all(store, batches_max=4) == batches


def test_an_empty_journal_loads_as_nothing(store: Store) -> None:
    """A new store has nothing to recover."""
    assert load_all(store) == []


def test_replace_puts_the_new_batches_in_the_place_of_all_others(store: Store) -> None:
    """A journal is shortened all or nothing."""
    wait_for(store, *[store.submit(b"old") for _ in range(3)])
    wait_for(store, store.replace([b"first", b"second"]))
    wait_for(store, store.submit(b"third"))
    assert load_all(store) == [b"first", b"second", b"third"]


def test_a_load_goes_on_behind_the_position_it_was_given(store: Store) -> None:
    """A load in pieces misses nothing that was committed between two of them."""
    wait_for(store, store.submit(b"one"))
    (first,) = wait_for(store, store.load(LoadJournal(0)))
    assert isinstance(first, Loaded)
    wait_for(store, store.submit(b"two"))
    (second,) = wait_for(store, store.load(LoadJournal(first.position)))
    assert isinstance(second, Loaded)
    assert second.batches == [b"two"]
    assert second.complete


@pytest.mark.parametrize("slow", [False, True])
def test_a_failed_batch_is_not_found_again(slow: bool) -> None:
    """Design: nothing of a failed commit survives it."""
    inner = FakeStore()
    store: Store = SlowStore(inner, seed=1) if slow else inner
    inner.fail(after=1, problem="disk full")
    done = wait_for(store, *[store.submit(batch) for batch in (b"a", b"b", b"c")])
    assert [type(completion) for completion in done] == [Committed, Failed, Committed]
    failed = done[1]
    assert isinstance(failed, Failed)
    assert failed.problem == "disk full"
    assert load_all(store) == [b"a", b"c"]
