"""A store that lives as long as its object: `--store :memory:`, and the base of test stores."""

from collections.abc import Callable

from carrierbox.smsc.ports import (
    Committed,
    Completion,
    LoadBetween,
    LoadById,
    LoadDue,
    Loaded,
    LoadedRows,
    LoadEnded,
    LoadJournal,
    LoadOwed,
    LoadPhones,
    LoadProblems,
    LoadQueue,
    LoadSettings,
    LoadSummary,
    PageOut,
    Problems,
    Query,
    ReadAhead,
    Request,
)
from carrierbox.smsc.stores.memory_table import MessageTable


class MemoryStore:
    """Commits and answers at once.

    With `keep` false no batch is kept, since nobody could ever read it; rows are, whatever it says.
    """

    def __init__(self, keep: bool = False) -> None:
        self.batches: list[bytes] = []
        """The journal behind the watermark."""
        self.on_ready: Callable[[], None] | None = None
        self._keep = keep
        self._table = MessageTable()
        self._watermark = 0
        self._number = 0
        self._octets = 0
        self._ticket = 0
        self._done: list[Completion] = []

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        """See `Store.submit`."""
        self._ticket += 1
        number = 0
        if batch:
            self._number += 1
            number = self._number
            if self._keep:
                self.batches.append(batch)
                self._octets += len(batch)
        if page_out is not None:
            self._table.apply(page_out)
            self._cut(min(page_out.watermark, self._number))
        self._done.append(Committed(self._ticket, number, self._octets))
        return self._ticket

    def load(self, request: Request) -> int:
        """See `Store.load`."""
        self._ticket += 1
        if isinstance(request, ReadAhead):
            self._done.append(LoadedRows(self._ticket, [], True))
        else:
            self._done.append(self._answer(self._ticket, request))
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

    def _cut(self, watermark: int) -> None:
        if watermark > self._watermark:
            behind = watermark - self._watermark
            self._octets -= sum(map(len, self.batches[:behind]))
            del self.batches[:behind]
            self._watermark = watermark

    def _answer(self, ticket: int, request: Query) -> Completion:
        table = self._table
        if isinstance(request, LoadJournal):
            return self._journal(ticket, request)
        if isinstance(request, LoadSummary):
            return table.summary(ticket)
        if isinstance(request, LoadProblems):
            return Problems(ticket, [])
        if isinstance(request, LoadSettings):
            return table.settings(ticket, request)
        if isinstance(request, LoadPhones):
            return table.phones(ticket, request)
        if isinstance(request, LoadById):
            return table.by_id(ticket, request)
        if isinstance(request, LoadQueue):
            return table.queue(ticket, request)
        if isinstance(request, LoadDue):
            return table.due(ticket, request)
        if isinstance(request, LoadOwed):
            return table.owed(ticket, request)
        if isinstance(request, LoadBetween):
            return table.between(ticket, request)
        if isinstance(request, LoadEnded):
            return table.ended(ticket, request)
        return table.search(ticket, request)

    def _journal(self, ticket: int, request: LoadJournal) -> Loaded:
        position = max(request.position, self._watermark)
        first = position - self._watermark
        batches = self.batches[first : first + request.batches_max]
        last = first + len(batches)
        complete = last >= len(self.batches)
        return Loaded(ticket, batches, position + len(batches), complete, 0)
