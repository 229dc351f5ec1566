"""Stores for tests: one that fails when told to, one that takes its time.

Both keep the contract of `carrierbox.smsc.ports.Store`; the contract's own test suite runs over
them as over every real store.
"""

from collections import deque
from random import Random
from typing import TypeAlias

from carrierbox.smsc.ports import Completion, Failed, PageOut, Request
from carrierbox.smsc.stores.memory import MemoryStore

Submitted: TypeAlias = tuple[bytes, PageOut | None]


class FakeStore(MemoryStore):
    """Keeps what it is given, in memory. Hand it to a new box to restart on the same journal."""

    def __init__(self) -> None:
        super().__init__(keep=True)
        self.submitted = 0
        self.loads = 0
        self._failing: dict[int, str] = {}
        self._failing_loads: dict[int, str] = {}

    def fail(self, *, after: int = 0, times: int = 1, problem: str = "disk full") -> None:
        """Let the next `times` batches fail, once `after` more were written."""
        for number in range(self.submitted + after + 1, self.submitted + after + times + 1):
            self._failing[number] = problem

    def fail_loads(self, *, after: int = 0, times: int = 1, problem: str = "disk failed") -> None:
        """Let the next `times` loads fail, once `after` more were answered."""
        for number in range(self.loads + after + 1, self.loads + after + times + 1):
            self._failing_loads[number] = problem

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        """See `Store.submit`."""
        self.submitted += 1
        problem = self._failing.pop(self.submitted, None)
        if problem is None:
            return super().submit(batch, page_out)
        return self._refuse(problem)

    def load(self, request: Request) -> int:
        """See `Store.load`."""
        self.loads += 1
        problem = self._failing_loads.pop(self.loads, None)
        if problem is None:
            return super().load(request)
        return self._refuse(problem)

    def _refuse(self, problem: str) -> int:
        self._ticket += 1
        self._done.append(Failed(self._ticket, problem))
        return self._ticket


class SlowStore:
    """Wraps a store and hands each completion out some calls of `completions` later.

    How many is drawn from the seed; a batch is written, or fails, only when it is handed out: what
    was submitted before a crash may be lost, as on a real disk. A load is answered in its turn.
    """

    def __init__(self, inner: FakeStore, seed: int, calls_max: int = 5) -> None:
        self.inner = inner
        self._random = Random(seed)
        self._calls_max = calls_max
        self._ticket = 0
        self._waiting: deque[tuple[int, Submitted | Request]] = deque()
        self._calls_left = 0

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        """See `Store.submit`."""
        return self._enqueue((batch, page_out))

    def load(self, request: Request) -> int:
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

    def _enqueue(self, work: Submitted | Request) -> int:
        self._ticket += 1
        if not self._waiting:
            self._calls_left = self._random.randint(0, self._calls_max)
        self._waiting.append((self._ticket, work))
        return self._ticket

    def _do(self, ticket: int, work: Submitted | Request) -> Completion:
        if isinstance(work, tuple):
            self.inner.submit(*work)
        else:
            self.inner.load(work)
        (completion,) = self.inner.completions()
        completion.ticket = ticket
        return completion
