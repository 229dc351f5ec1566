"""Stores for tests: one that fails when told to, one that takes its time.

Both keep the contract of `carrierbox.smsc.ports.Store`; the contract's own test suite runs over
them as over every real store.
"""

from collections import deque
from random import Random

from carrierbox.smsc.ports import Completion, Failed, LoadJournal
from carrierbox.smsc.stores.memory import MemoryStore


class FakeStore(MemoryStore):
    """Keeps what it is given, in memory. Hand it to a new box to restart on the same journal."""

    def __init__(self) -> None:
        super().__init__(keep=True)
        self.submitted = 0
        self._failing: dict[int, str] = {}

    def fail(self, *, after: int = 0, times: int = 1, problem: str = "disk full") -> None:
        """Let the next `times` batches fail, once `after` more were written."""
        for number in range(self.submitted + after + 1, self.submitted + after + times + 1):
            self._failing[number] = problem

    def submit(self, batch: bytes) -> int:
        """See `Store.submit`."""
        self.submitted += 1
        problem = self._failing.pop(self.submitted, None)
        if problem is None:
            return super().submit(batch)
        self._ticket += 1
        self._done.append(Failed(self._ticket, problem))
        return self._ticket


class SlowStore:
    """Wraps a store and hands each completion out some calls of `completions` later.

    How many is drawn from the seed; a batch is written, or fails, only when it is handed out: what
    was submitted before a crash may be lost, as on a real disk.
    """

    def __init__(self, inner: FakeStore, seed: int, calls_max: int = 5) -> None:
        self.inner = inner
        self._random = Random(seed)
        self._calls_max = calls_max
        self._ticket = 0
        self._waiting: deque[tuple[int, bytes | list[bytes] | LoadJournal]] = deque()
        self._calls_left = 0

    def submit(self, batch: bytes) -> int:
        """See `Store.submit`."""
        return self._enqueue(batch)

    def replace(self, batches: list[bytes]) -> int:
        """See `Store.replace`."""
        return self._enqueue(batches)

    def load(self, request: LoadJournal) -> int:
        """See `Store.load`."""
        return self._enqueue(request)

    def completions(self) -> list[Completion]:
        """See `Store.completions`."""
        done: list[Completion] = []
        while self._waiting:
            if self._calls_left > 0:
                self._calls_left -= 1
                break
            ticket, work = self._waiting.popleft()
            done.append(self._do(ticket, work))
            self._calls_left = self._random.randint(0, self._calls_max)
        return done

    def wait(self) -> None:
        """See `Store.wait`: asking again is all it takes."""

    def close(self) -> None:
        """See `Store.close`."""
        while self._waiting:
            self._do(*self._waiting.popleft())

    def _enqueue(self, work: bytes | list[bytes] | LoadJournal) -> int:
        self._ticket += 1
        if not self._waiting:
            self._calls_left = self._random.randint(0, self._calls_max)
        self._waiting.append((self._ticket, work))
        return self._ticket

    def _do(self, ticket: int, work: bytes | list[bytes] | LoadJournal) -> Completion:
        if isinstance(work, bytes):
            self.inner.submit(work)
        elif isinstance(work, list):
            self.inner.replace(work)
        else:
            self.inner.load(work)
        (completion,) = self.inner.completions()
        completion.ticket = ticket
        return completion
