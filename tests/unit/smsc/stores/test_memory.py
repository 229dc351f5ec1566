"""The journal in memory: what its contract does not say."""

from carrierbox.smsc.ports import Committed
from carrierbox.smsc.stores.memory import MemoryStore


def test_nothing_is_kept_unless_asked() -> None:
    """`:memory:` must not grow with every message."""
    store = MemoryStore()
    store.submit(b"one")
    store.submit(b"two")
    assert store.batches == []
    assert [type(done) for done in store.completions()] == [Committed, Committed]
    assert store.completions() == []
    store.close()
