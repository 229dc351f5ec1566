"""The stores for tests."""

from carrierbox.smsc.ports import Failed
from carrierbox.testing.stores import FakeStore, SlowStore


def test_a_slow_store_writes_a_batch_no_earlier_than_it_says_so() -> None:
    """What was submitted before a crash may be lost."""
    inner = FakeStore()
    store = SlowStore(inner, seed=3, calls_max=5)
    store.submit(b"one")
    written_early = []
    for _ in range(6):
        done = store.completions()
        written_early.append(bool(inner.batches) and not done)
        if done:
            break
    assert inner.batches == [b"one"]
    assert not any(written_early)


def test_a_fake_store_fails_as_often_as_it_was_told() -> None:
    """The failures of a test are placed, not drawn."""
    store = FakeStore()
    store.fail(after=1, times=2, problem="no space")
    for number in range(4):
        store.submit(b"%d" % number)
    done = store.completions()
    assert [isinstance(completion, Failed) for completion in done] == [False, True, True, False]
    assert store.batches == [b"0", b"3"]
