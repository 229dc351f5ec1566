"""The store of a simulation: slow, failing or deadly, and it notes every octet it is given."""

import hashlib
from collections import deque
from random import Random
from typing import Final, TypeAlias

from tests.simulation.log import Log, Refused, Submitted, Written

from carrierbox.smsc.ports import Completion, Failed, PageOut, Request, Store

TIMES_AS_LATE: Final = 4
"""So many times as long rows take to be handed out as to be read, and more happens meanwhile."""

Batch: TypeAlias = tuple[int, bytes, PageOut | None]


class Killed(BaseException):
    """The process is dead from here on."""


class Fuse:
    """Kills the process at the n-th point it passes: what is submitted, written or sent is one."""

    def __init__(self) -> None:
        self.left = 0
        self.points = 0

    def pass_point(self) -> None:
        """One step further."""
        self.points += 1
        if self.left:
            self.left -= 1
            if not self.left:
                raise Killed


class SimulatedStore:
    """Wraps the store that survives. With `calls_max` a completion comes some calls later.

    A batch is written, or fails, when it is handed out, so that a kill loses what was under way.
    With `calls_max` rows are read beside the writing: after some calls, to be handed out after some
    more, when what is written may already say something else.
    """

    def __init__(
        self, inner: Store, log: Log, fuse: Fuse, random: Random, calls_max: int, first: int
    ) -> None:
        self.inner = inner
        self.number = first
        """That of the last batch submitted, over all lives."""
        self.digest = hashlib.sha256()
        self.failing: dict[int, str] = {}
        """Which of the next batches fail, by number."""
        self.failing_loads = 0
        self._log = log
        self._fuse = fuse
        self._random = random
        self._calls_max = calls_max
        self._calls_left = 0
        self._ticket = 0
        self._waiting: deque[tuple[int, Batch | Request]] = deque()
        self._asked: deque[tuple[int, Request]] = deque()
        self._read_already: tuple[int, Completion] | None = None
        self._reader_calls_left = 0

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        """See `Store.submit`."""
        self.number += 1
        self.digest.update(batch)
        if page_out is not None:
            self.digest.update(_octets_of(page_out))
        self._log.add(Submitted(self.number))
        self._fuse.pass_point()
        return self._enqueue((self.number, batch, page_out))

    def load(self, request: Request) -> int:
        """See `Store.load`."""
        self.digest.update(repr((type(request).__name__, *_fields(request))).encode())
        if not self._calls_max:
            return self._enqueue(request)
        self._ticket += 1
        if not self._is_reading:
            self._reader_calls_left = self._draw()
        self._asked.append((self._ticket, request))
        return self._ticket

    def completions(self) -> list[Completion]:
        """See `Store.completions`."""
        done: list[Completion] = []
        self._read_beside(done)
        while self._waiting:
            if self._calls_left > 0:
                self._calls_left -= 1
                break
            ticket, work = self._waiting.popleft()
            completion = self._write(work) if isinstance(work, tuple) else self._read(work)
            completion.ticket = ticket
            done.append(completion)
            self._calls_left = self._draw()
        return done

    def wait(self) -> None:
        """See `Store.wait`: asking again is all it takes."""

    def close(self) -> None:
        """See `Store.close`."""
        while self._waiting:
            _, work = self._waiting.popleft()
            if isinstance(work, tuple):
                self._write(work)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._waiting and not self._is_reading

    @property
    def _is_reading(self) -> bool:
        return bool(self._asked) or self._read_already is not None

    def _read_beside(self, done: list[Completion]) -> None:
        """One step of the reader at most for each call that it waits: read, or hand out."""
        while self._is_reading:
            if self._reader_calls_left > 0:
                self._reader_calls_left -= 1
                return
            self._reader_calls_left = self._draw()
            if self._read_already is None:
                ticket, request = self._asked.popleft()
                self._read_already = ticket, self._read(request)
                self._reader_calls_left *= TIMES_AS_LATE
            else:
                ticket, completion = self._read_already
                self._read_already = None
                completion.ticket = ticket
                done.append(completion)

    def _enqueue(self, work: Batch | Request) -> int:
        self._ticket += 1
        if not self._waiting:
            self._calls_left = self._draw()
        self._waiting.append((self._ticket, work))
        return self._ticket

    def _draw(self) -> int:
        return self._random.randint(0, self._calls_max) if self._calls_max else 0

    def _write(self, work: Batch) -> Completion:
        number, batch, page_out = work
        problem = self.failing.pop(number, "")
        if problem:
            self._log.add(Refused(number))
            return Failed(0, problem)
        self.inner.submit(batch, page_out)
        completion = self._done()
        self._log.add(Written(number))
        self._fuse.pass_point()
        return completion

    def _read(self, request: Request) -> Completion:
        if self.failing_loads:
            self.failing_loads -= 1
            self._log.add(Refused(0))
            return Failed(0, "disk failed")
        self.inner.load(request)
        return self._done()

    def _done(self) -> Completion:
        """A store on the disk may first have to let its log begin anew, or answer in a thread."""
        while not (done := self.inner.completions()):
            self.inner.wait()
        (completion,) = done
        return completion


def _fields(one: object) -> list[object]:
    names = [name for name in dir(one) if not name.startswith("_")]
    return [(name, getattr(one, name)) for name in names]


def _octets_of(page_out: PageOut) -> bytes:
    rows = [_fields(row) for row in page_out.rows]
    return repr((rows, page_out.removed, page_out.settings, page_out.watermark)).encode()
