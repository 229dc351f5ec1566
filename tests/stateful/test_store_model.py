"""A store in SQLite and one in memory do the same, whatever they are given.

The model is `MemoryStore`: another table, other indexes, no SQL. Between two steps the file may be
closed and opened again.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from carrierbox.smsc.ports import (
    NEVER,
    SHOWN,
    WAITING,
    Committed,
    LoadBetween,
    LoadById,
    LoadDue,
    LoadEnded,
    LoadJournal,
    LoadOwed,
    LoadPhones,
    LoadProblems,
    LoadQueue,
    LoadSettings,
    LoadSummary,
    PageOut,
    Request,
    Row,
    Search,
    Store,
)
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.smsc.stores.sqlite import SqliteStore

IDS = st.integers(1, 12)
TIMES = st.sampled_from([0.0, 1.0, 2.5, 1e9])
PHONES = st.sampled_from(["", "1", "12", "33612345678"])
NAMES = st.sampled_from(["", "a", "Ä", "b\x7f"])
TEXTS = st.sampled_from(["", "Hello", "hELLO %_", "Ä\0ä", "😀"])
LIMITS = st.integers(1, 6)

ROWS = st.builds(
    Row,
    IDS,
    IDS,
    st.integers(WAITING, SHOWN),
    PHONES,
    st.integers(0, 3),
    TIMES,
    st.one_of(TIMES, st.just(NEVER)),
    NAMES,
    NAMES,
    TIMES,
    st.integers(1, 3),
    TEXTS,
    st.binary(max_size=40),
)
REQUESTS = st.one_of(
    st.builds(LoadJournal, st.integers(0, 30), LIMITS),
    st.builds(LoadSummary),
    st.builds(LoadProblems),
    st.builds(LoadPhones, PHONES, LIMITS),
    st.builds(LoadSettings, NAMES, LIMITS),
    st.builds(LoadById, st.lists(IDS, max_size=4)),
    st.builds(LoadQueue, PHONES, LIMITS),
    st.builds(LoadQueue, PHONES, LIMITS, st.integers(0, 256), TIMES, IDS),
    st.builds(LoadDue, st.one_of(TIMES, st.just(NEVER)), LIMITS, TIMES, IDS),
    st.builds(LoadOwed, NAMES, LIMITS, TIMES, IDS),
    st.builds(LoadBetween, PHONES, NAMES, NAMES, LIMITS, st.integers(0, 12)),
    st.builds(LoadEnded, LIMITS, TIMES, st.integers(0, 12)),
    st.builds(
        Search,
        LIMITS,
        st.integers(0, 13),
        st.sampled_from(["", "1", "a"]),
        st.sampled_from(["", "hello", "ä", "%_"]),
        NAMES,
        st.integers(-1, 3),
        TIMES,
        st.one_of(TIMES, st.just(NEVER)),
    ),
)


def said(thing: object) -> object:
    """A value with everything in it, to be compared."""
    if isinstance(thing, list):
        return [said(one) for one in thing]
    if type(thing).__module__.startswith("carrierbox"):
        # Compiled, a value has no dictionary.
        names = [name for name in dir(thing) if not name.startswith("_") and name != "ticket"]
        return type(thing).__name__, [(name, said(getattr(thing, name))) for name in names]
    return thing


def ask(store: Store, request: Request) -> object:
    """The answer to a request."""
    ticket = store.load(request)
    while True:
        for completion in store.completions():
            assert completion.ticket == ticket
            return said(completion)
        store.wait()


class TwoStores(RuleBasedStateMachine):
    """Both get everything; every answer must be the same."""

    durability = "process"

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "carrier.db"
        self.file: Store = SqliteStore(self.path, self.durability)
        self.memory = MemoryStore(keep=True)

    def teardown(self) -> None:
        self.file.close()
        self.folder.cleanup()

    @rule(batch=st.binary(max_size=30))
    def submit(self, batch: bytes) -> None:
        self._both(batch, None)

    @rule(
        batch=st.binary(max_size=30),
        rows=st.lists(ROWS, max_size=6),
        removed=st.lists(IDS, max_size=4),
        settings_=st.lists(st.tuples(NAMES, st.binary(max_size=5)), max_size=3),
        watermark=st.integers(0, 30),
    )
    def page_out(
        self,
        batch: bytes,
        rows: list[Row],
        removed: list[int],
        settings_: list[tuple[str, bytes]],
        watermark: int,
    ) -> None:
        page_out = PageOut(rows, removed, watermark)
        page_out.settings = settings_
        self._both(batch, page_out)

    @rule(request=REQUESTS)
    def load(self, request: Request) -> None:
        assert ask(self.file, request) == ask(self.memory, request)

    @rule()
    def reopen(self) -> None:
        self.file.close()
        self.file = SqliteStore(self.path, self.durability)

    @invariant()
    def hold_the_same(self) -> None:
        for request in (LoadSummary(), LoadProblems(), LoadJournal(), Search(99), LoadEnded(99)):
            assert ask(self.file, request) == ask(self.memory, request)

    def _both(self, batch: bytes, page_out: PageOut | None) -> None:
        found = []
        for store in (self.file, self.memory):
            store.submit(batch, page_out)
            while not (done := store.completions()):
                store.wait()
            (committed,) = done
            assert isinstance(committed, Committed)
            found.append((committed.number, committed.journal_octets))
        assert found[0] == found[1]


class TwoStoresWithThreads(TwoStores):
    """The same with the writer and the reader in their threads."""

    durability = "power"


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=settings().max_examples // 4, stateful_step_count=20)
TestTwoStoresWithThreads = TwoStoresWithThreads.TestCase
TestTwoStoresWithThreads.settings = settings(
    max_examples=settings().max_examples // 12, stateful_step_count=15
)
