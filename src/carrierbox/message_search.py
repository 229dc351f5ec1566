"""Messages of a box wherever they are: in memory, and in the table of its store.

The table is asked in steps, each of them in the store's own thread where it has one, and memory is
looked at in slices: whoever shares the loop goes on in between. What memory has counts more than
its row. Nothing that was there at the beginning is missed, for a message is in the table before it
leaves memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from carrierbox.box import Box, Question
from carrierbox.errors import StoreError
from carrierbox.runtime import Runtime
from carrierbox.smsc.id_blocks import IdBlocks
from carrierbox.smsc.messages import Message
from carrierbox.smsc.packed import Kept, id_of, opened
from carrierbox.smsc.ports import SHOWN, Failed, LoadById, LoadedRows, Row, Search
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.rows import read_rows
from carrierbox.views import MessageFilter

Asker: TypeAlias = Callable[[Question], Awaitable[LoadedRows]]

SLICE: Final = 1000
"""How many messages in memory are looked at before everybody else on the loop has a turn."""
ROWS_SLICE: Final = 100
ROWS_MAX: Final = 500
"""How many rows one answer may bring."""
STEP_ROWS: Final = 20_000
"""How many rows of the table one question looks at."""
LAST_ID: Final = 1 << 63


class Page:
    """Some messages, the newest first.

    `total` is how many there are in all that were asked for, None if nobody counted. `before_id`
    is where the next page goes on, 0 if nothing follows. `is_cut`: time was up before all that was
    asked for was found.
    """

    def __init__(
        self, messages: list[Message], total: int | None, before_id: int, is_cut: bool
    ) -> None:
        self.messages = messages
        self.total = total
        self.before_id = before_id
        self.is_cut = is_cut


def store_asker(runtime: Runtime, box: Box) -> Asker:
    """How to ask the store of a box from the loop. StoreError if the store fails."""

    async def ask(request: Question) -> LoadedRows:
        answered: asyncio.Future[LoadedRows | Failed] = asyncio.get_running_loop().create_future()

        def tell(answer: LoadedRows | Failed) -> None:
            # Whoever asked may be gone by now.
            if not answered.done():
                answered.set_result(answer)

        runtime.request(box, lambda: box.ask_store(request, tell))
        answer = await answered
        if isinstance(answer, Failed):
            raise StoreError(f"the store cannot be read: {answer.problem}")
        return answer

    return ask


async def find_messages(
    ask: Asker, box: Box, message_id: str, system_id: str = ""
) -> list[Message]:
    """The newest message of each account, or of the named one, that has this id."""
    lookup = box.centre.lookup
    others: list[Message] = []
    ids = lookup.ids_in_table_of(message_id, system_id)
    if ids:
        answer = await ask(LoadById(ids))
        rows = [row for row in answer.rows if row.place != SHOWN]
        others = [found.message for found in read_rows(rows, [])]
    if system_id:
        message = lookup.of_account(message_id, system_id, others)
        return [] if message is None else [message]
    return lookup.anywhere(message_id, others)


async def search_messages(
    ask: Asker,
    box: Box,
    wanted: MessageFilter,
    limit: int,
    *,
    offset: int = 0,
    before_id: int = 0,
    time_limit_s: float = float("inf"),
) -> Page:
    """The newest messages of a kind: `limit` below `before_id`, after `offset` others.

    After `time_limit_s` seconds it ends with what it has.
    """
    registry = box.centre.registry
    memory = registry.kept()
    before = before_id or LAST_ID
    if wanted.is_open:
        count = len(memory)
        below = memory.newest_first(before)
    else:
        matching = await _matching(memory, wanted)
        count = len(matching)
        below = (one for one in matching if id_of(one) < before)
    if not registry.has_paged_out:
        some = list(islice(below, offset, offset + limit + 1))
        page = [opened(one) for one in some[:limit]]
        more = len(some) > limit
        return Page(page, count, page[-1].message_id if page and more else 0, False)
    search = _Search(ask, wanted, registry, memory, below, limit + offset + 1)
    is_complete = await search.run(before, time_limit_s)
    found = search.found
    page = found[offset : offset + limit]
    more = len(found) > offset + limit
    if more:
        next_id = page[-1].message_id if page else before
    else:
        next_id = 0 if is_complete else search.reached_id
    total = None
    if is_complete and not before_id:
        total = len(found)
    elif wanted.is_open:
        total = _count_all(box)
    return Page(page, total, next_id, not is_complete and not more)


class _Search:
    """A walk through memory and table side by side, down the ids."""

    def __init__(
        self,
        ask: Asker,
        wanted: MessageFilter,
        registry: Registry,
        held: IdBlocks[Kept],
        below: Iterator[Kept],
        count: int,
    ) -> None:
        self.found: list[Message] = []
        self.reached_id = 0
        """Everything from here on is looked at."""
        self._ask = ask
        self._wanted = wanted
        self._registry = registry
        self._held = held
        self._below = below
        """What is in memory and not found yet, behind the next of it."""
        self._next: Kept | None = next(below, None)
        self._count = count

    async def run(self, before: int, time_limit_s: float) -> bool:
        """Find as many as are wanted; whether there is nothing below."""
        clock = asyncio.get_running_loop().time
        until = clock() + time_limit_s
        self.reached_id = before
        while len(self.found) < self._count and clock() < until:
            answer = await self._ask(self._question())
            rows = [row for row in answer.rows if row.message_id not in self._held]
            reached_id = 0 if answer.complete else min(answer.reached_id, self.reached_id)
            await self._take(rows, reached_id)
            self.reached_id = reached_id
            if answer.complete:
                return True
        return False

    def _question(self) -> Search:
        limit = max(1, min(ROWS_MAX, self._count - len(self.found)))
        before_id = 0 if self.reached_id == LAST_ID else self.reached_id
        return self._wanted.search(limit, before_id, STEP_ROWS)

    async def _take(self, rows: list[Row], reached_id: int) -> None:
        """Put what both know down to an id behind what was found, in order."""
        messages: list[Message] = []
        for start in range(0, len(rows), ROWS_SLICE):
            for found in read_rows(rows[start : start + ROWS_SLICE], []):
                # It may have come to memory meanwhile.
                message = self._registry.find(found.row.message_id) or found.message
                if self._wanted.matches(message):
                    messages.append(message)
            await asyncio.sleep(0)
        while (
            self._next is not None
            and id_of(self._next) >= reached_id
            and len(messages) < self._count + ROWS_MAX
        ):
            messages.append(opened(self._next))
            self._next = next(self._below, None)
        messages.sort(key=id_of, reverse=True)
        self.found += messages


def _count_all(box: Box) -> int | None:
    """How many messages a box has; None if receipts in the table are not counted."""
    centre = box.centre
    if centre.deliveries.with_rows():
        return None
    paged = centre.attempts.paged
    return len(centre.registry) + paged.waiting.total + paged.scheduled.total


async def _matching(messages: IdBlocks[Kept], wanted: MessageFilter) -> list[Kept]:
    """Those that match, the newest first."""
    found: list[Kept] = []
    newest_first = messages.newest_first(LAST_ID)
    while some := list(islice(newest_first, SLICE)):
        found += [one for one in some if wanted.matches(opened(one))]
        await asyncio.sleep(0)
    return found
