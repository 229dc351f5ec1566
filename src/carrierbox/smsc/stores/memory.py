"""A journal that lives as long as its object: `--store :memory:`, and the base of test stores."""

from collections.abc import Callable

from carrierbox.smsc.ports import Committed, Completion, Loaded, LoadJournal


class MemoryStore:
    """Commits at once. With `keep` false nothing is kept, since nobody could ever read it."""

    def __init__(self, keep: bool = False) -> None:
        self.batches: list[bytes] = []
        self.on_ready: Callable[[], None] | None = None
        self._keep = keep
        self._ticket = 0
        self._done: list[Completion] = []

    def submit(self, batch: bytes) -> int:
        """See `Store.submit`."""
        self._ticket += 1
        if self._keep:
            self.batches.append(batch)
        self._done.append(Committed(self._ticket))
        return self._ticket

    def replace(self, batches: list[bytes]) -> int:
        """See `Store.replace`."""
        self._ticket += 1
        if self._keep:
            self.batches = list(batches)
        self._done.append(Committed(self._ticket))
        return self._ticket

    def load(self, request: LoadJournal) -> int:
        """See `Store.load`."""
        self._ticket += 1
        first = request.position
        last = min(first + request.batches_max, len(self.batches))
        self._done.append(
            Loaded(self._ticket, self.batches[first:last], last, last == len(self.batches), 0)
        )
        return self._ticket

    def completions(self) -> list[Completion]:
        """See `Store.completions`."""
        done = self._done
        self._done = []
        return done

    def wait(self) -> None:
        """See `Store.wait`: everything here is done at once."""

    def close(self) -> None:
        """See `Store.close`."""
