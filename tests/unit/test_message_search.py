"""Messages wherever they are: memory and table as one list, searched alike."""

import asyncio
from pathlib import Path

import pytest

from carrierbox import message_search
from carrierbox.box import Question
from carrierbox.errors import StoreError
from carrierbox.message_search import Page, find_messages, search_messages, store_asker
from carrierbox.runtime import Runtime
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.session import SessionSettings
from carrierbox.smpp.values import DELIVERED, ENROUTE
from carrierbox.smsc.ports import OWED, WAITING, LoadById, LoadedRows, PageOut, Row, Search, Store
from carrierbox.smsc.rows import row_of
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.direct import START, DirectCarrier
from carrierbox.testing.stores import FakeStore
from carrierbox.views import MessageFilter

OFF, ON = "33612345678", "33612345679"


def a_submit(to: str, text: str) -> SubmitSm:
    return SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=to,
        short_message=text.encode(),
    )


def carrier_with(count: int = 6, *, paged: bool) -> DirectCarrier:
    """Every other message waits for a phone that is off, and has left memory if so wished."""
    carrier = DirectCarrier(store=FakeStore())
    link = carrier.bind()
    carrier.set_power(OFF, False)
    for number in range(1, count + 1):
        carrier.submit(link, a_submit(ON if number % 2 else OFF, f"Text {number}"))
        carrier.advance(1.0)
    if paged:
        page_out(carrier)
    return carrier


def page_out(carrier: DirectCarrier) -> None:
    carrier.box.centre.paging.begin()
    carrier.run()


class Asker:
    """Asks the store of a carrier at once, and counts."""

    def __init__(self, carrier: DirectCarrier) -> None:
        self._carrier = carrier
        self.asked: list[Question] = []

    async def __call__(self, request: Question) -> LoadedRows:
        self.asked.append(request)
        told: list[object] = []
        self._carrier.box.ask_store(request, told.append)
        self._carrier.run()
        assert isinstance(told[0], LoadedRows)
        return told[0]


def search(carrier: DirectCarrier, wanted: MessageFilter | None = None, **said: int) -> Page:
    """The page that is found; 100 messages if it is not said."""
    limit = said.pop("limit", 100)
    return asyncio.run(
        search_messages(Asker(carrier), carrier.box, wanted or MessageFilter(), limit, **said)
    )


def ids(page: Page) -> list[int]:
    return [message.message_id for message in page.messages]


def test_what_left_memory_is_listed_with_the_rest_newest_first() -> None:
    """Each once, and all are counted."""
    carrier = carrier_with(paged=True)
    assert len(carrier.box.centre.registry) == 3
    page = search(carrier)
    assert (ids(page), page.total, page.before_id) == ([6, 5, 4, 3, 2, 1], 6, 0)


@pytest.mark.parametrize("paged", [True, False])
def test_pages_follow_each_other_without_gap_or_overlap(paged: bool) -> None:
    """With the id to go on from, and with an offset."""
    carrier = carrier_with(7, paged=paged)
    first = search(carrier, limit=3)
    assert (ids(first), first.before_id, first.total) == ([7, 6, 5], 5, 7)
    second = search(carrier, limit=3, before_id=5)
    assert (ids(second), second.before_id) == ([4, 3, 2], 2)
    last = search(carrier, limit=3, before_id=2)
    assert (ids(last), last.before_id) == ([1], 0)
    assert ids(search(carrier, limit=3, offset=5)) == [2, 1]
    assert ids(search(carrier, offset=7)) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (MessageFilter(to=OFF), [6, 4, 2]),
        (MessageFilter(to="+" + ON), [5, 3, 1]),
        (MessageFilter(to="0033612345678"), [6, 4, 2]),
        (MessageFilter(to="3361234567"), []),
        (MessageFilter(source="ACME"), [6, 5, 4, 3, 2, 1]),
        (MessageFilter(source="ACM"), []),
        (MessageFilter(system_id="demo", text="tEXT 4"), [4]),
        (MessageFilter(system_id="shop"), []),
        (MessageFilter(state=ENROUTE), [6, 4, 2]),
        (MessageFilter(state=DELIVERED), [5, 3, 1]),
        (MessageFilter(since=START + 2.5, until=START + 4.5), [5, 4]),
    ],
)
def test_memory_and_table_are_searched_alike(wanted: MessageFilter, expected: list[int]) -> None:
    """Wherever a message is, it is found under the same conditions."""
    in_memory = search(carrier_with(paged=False), wanted)
    in_table = search(carrier_with(paged=True), wanted)
    assert ids(in_memory) == ids(in_table) == expected
    assert in_memory.total == in_table.total == len(expected)


def test_nobody_counts_what_nobody_read() -> None:
    """A page of a search in the table has no total; all messages together are counted anyway."""
    carrier = carrier_with(paged=True)
    assert search(carrier, MessageFilter(text="text"), limit=1).total is None
    assert search(carrier, limit=2).total == 6


def test_a_question_looks_at_so_many_rows_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search of a large table is many small ones; somebody else's turn is in between."""
    monkeypatch.setattr(message_search, "STEP_ROWS", 1)
    carrier = carrier_with(paged=True)
    ask = Asker(carrier)
    found = asyncio.run(search_messages(ask, carrier.box, MessageFilter(text="Text 2"), 9))
    assert (ids(found), found.total) == ([2], 1)
    assert len(ask.asked) == 3


def test_a_search_whose_time_is_up_tells_where_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is lost between the two."""
    carrier = carrier_with(paged=True)
    cut = asyncio.run(
        search_messages(
            Asker(carrier), carrier.box, MessageFilter(), 9, before_id=5, time_limit_s=0.0
        )
    )
    assert cut.is_cut
    assert (ids(cut), cut.before_id) == ([], 5)
    assert ids(search(carrier, before_id=cut.before_id)) == [4, 3, 2, 1]


def test_what_comes_back_while_the_table_is_searched_is_shown_as_it_is_now() -> None:
    """Its row says what was."""
    carrier = carrier_with(paged=True)
    ask = Asker(carrier)

    async def slowly(request: Question) -> LoadedRows:
        answer = await ask(request)
        carrier.set_power(OFF, True)
        carrier.run()
        return answer

    found = asyncio.run(search_messages(slowly, carrier.box, MessageFilter(), 9))
    assert ids(found) == [6, 5, 4, 3, 2, 1]
    assert {message.state for message in found.messages} == {DELIVERED}


def test_what_leaves_memory_while_the_table_is_searched_is_there_once() -> None:
    """It was in memory when the search began."""
    carrier = carrier_with(paged=True)
    link = carrier.bind()
    carrier.submit(link, a_submit(OFF, "Text 7"))
    ask = Asker(carrier)

    async def late(request: Question) -> LoadedRows:
        page_out(carrier)
        return await ask(request)

    found = asyncio.run(search_messages(late, carrier.box, MessageFilter(), 9))
    assert ids(found) == [7, 6, 5, 4, 3, 2, 1]


def test_a_message_of_the_table_is_found_by_its_id() -> None:
    """Whatever zeros it lost on the way (T26), for its account or for anybody."""
    carrier = carrier_with(paged=True)
    ask = Asker(carrier)
    for text, system_id in (("0000000002", ""), ("2", ""), ("2", "demo")):
        found = asyncio.run(find_messages(ask, carrier.box, text, system_id))
        assert [message.message_id for message in found] == [2]
    assert asyncio.run(find_messages(ask, carrier.box, "2", "shop")) == []
    assert asyncio.run(find_messages(ask, carrier.box, "99")) == []
    assert carrier.box.centre.registry.find(2) is None


def test_an_asker_brings_rows_from_the_loop_and_tells_what_failed() -> None:
    """The turn that answers is woken by the question."""
    store = FakeStore()
    carrier = carrier_with(paged=False)
    message = carrier.box.centre.registry.oldest_first()[0]
    row: Row = row_of(message, 0, 1.0)
    fresh = DirectCarrier(store=store)

    async def ask_twice() -> None:
        runtimes: list[Runtime] = []
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon(runtimes[0].turn)

        runtime = Runtime([fresh.box], SessionSettings(), wake, lambda event, fields: None)
        runtimes.append(runtime)
        ask = store_asker(runtime, fresh.box)
        answer = await ask(LoadById([row.message_id]))
        assert answer.rows == []
        store.fail_loads(problem="the disk failed")
        with pytest.raises(StoreError, match="cannot be read: the disk failed"):
            await ask(LoadById([1]))

    asyncio.run(ask_twice())


def test_the_stores_search_alike_and_step_by_step(tmp_path: Path) -> None:
    """By the source, the octets of the destination and the account; from where the last one got."""
    carrier = carrier_with(paged=False)
    rows = [row_of(one, WAITING, 1.0) for one in carrier.box.centre.registry.oldest_first()]
    rows[0].place, rows[0].system_id = OWED, "other"
    stores: list[Store] = [FakeStore(), SqliteStore(tmp_path / "carrier.db")]
    for store in stores:
        store.submit(b"", PageOut(rows))
        store.completions()

        def found(request: Search, store: Store = store) -> list[int]:
            store.load(request)
            store.wait()
            answers = [one for one in store.completions() if isinstance(one, LoadedRows)]
            return [row.message_id for row in answers[0].rows]

        assert found(Search(9, destination=OFF.encode())) == [6, 4, 2]
        assert found(Search(9, source="ACM")) == [6, 5, 4, 3, 2, 1]
        assert found(Search(9, source="acm")) == []
        assert found(Search(9, system_id="demo")) == [6, 5, 4, 3, 2, 1]
        assert found(Search(9, system_id="demo", rows_max=20_000, before_id=3)) == [2, 1]
        store.close()
