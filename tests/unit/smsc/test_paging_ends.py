"""Messages that came back from the table and ended: when their rows are told of it."""

from tests.unit.smsc.examples import FRENCH, a_submit

from carrierbox.smsc.ports import (
    FINISHED,
    SHOWN,
    LoadedRows,
    LoadEnded,
    LoadQueue,
)
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

TEXTS = ["text 0", "text 1", "text 2"]


def run_of(carrier: DirectCarrier) -> None:
    carrier.box.centre.paging.begin()
    carrier.run()


def came_back(store: FakeStore, keep_messages: int = 100, receipts: int = 0) -> DirectCarrier:
    """A carrier whose phone got three texts that had waited in the table, and in it alone."""
    carrier = DirectCarrier(store=store, keep_messages=keep_messages)
    carrier.box.centre.paging.mark_messages = 1
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for text in TEXTS:
        carrier.submit(link, a_submit(text, registered_delivery=receipts))
    carrier.advance(1.0)
    run_of(carrier)
    assert len(carrier.box.centre.registry) == 0
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == TEXTS
    return carrier


def waiting(store: FakeStore) -> list[int]:
    store.load(LoadQueue(FRENCH, 99))
    return ids_of(store)


def ended(store: FakeStore, place: int) -> list[int]:
    store.load(LoadEnded(99))
    return ids_of(store, place)


def ids_of(store: FakeStore, place: int | None = None) -> list[int]:
    answer = store.completions()[-1]
    assert isinstance(answer, LoadedRows)
    return [row.message_id for row in answer.rows if place in (None, row.place)]


def test_a_row_is_not_told_of_an_end_that_the_journal_tells() -> None:
    """Most would be told again when their messages leave history. A restart sends nothing twice."""
    store = FakeStore()
    carrier = came_back(store)
    run_of(carrier)
    assert waiting(store) == [1, 2, 3]
    after = DirectCarrier(store=store)
    assert (after.recovered.waiting, after.recovered.finished) == (0, 3)
    after.advance(3600.0)
    assert after.shown(FRENCH) == TEXTS


def test_a_row_is_told_before_the_journal_forgets_the_end() -> None:
    """The watermark passed the commit that says so."""
    store = FakeStore()
    carrier = came_back(store)
    link = carrier.bind()
    for number in range(4):
        carrier.submit(link, a_submit(f"later {number}", registered_delivery=0))
    carrier.box.centre.registry.keep_messages = 2
    run_of(carrier)
    assert waiting(store) == []
    after = DirectCarrier(store=store)
    assert after.recovered.waiting == 0
    assert after.shown(FRENCH)[:3] == TEXTS


def test_what_is_too_old_leaves_once_its_row_says_so() -> None:
    """Until then memory knows it: its row says that it waits, and it must not be sent again."""
    store = FakeStore()
    carrier = came_back(store, keep_messages=1)
    registry = carrier.box.centre.registry
    assert sorted(registry.ids()) == [1, 2, 3]
    store.fail(times=2)
    run_of(carrier)
    assert ended(store, SHOWN) == [1, 2]
    assert (registry.ids(), waiting(store)) == ([3], [3])
    after = DirectCarrier(store=store)
    assert after.shown(FRENCH) == TEXTS
    assert after.recovered.waiting == 0


def test_what_no_phone_shows_leaves_without_a_row() -> None:
    """Its user deleted it, or so many others came."""
    store = FakeStore()
    carrier = came_back(store, keep_messages=1)
    carrier.box.centre.registry.still_shows = lambda msisdn, at: False
    run_of(carrier)
    assert (ended(store, SHOWN), waiting(store)) == ([], [3])


def test_an_end_with_a_receipt_is_written_where_it_waits_for_its_account() -> None:
    """What is owed must be able to leave memory, whatever the journal says."""
    store = FakeStore()
    carrier = came_back(store, receipts=1)
    run_of(carrier)
    assert waiting(store) == []
    for number in range(3):
        carrier.respond(carrier.deliveries()[number])
    run_of(carrier)
    assert ended(store, FINISHED) == [1, 2, 3]


def test_rows_that_were_in_the_way_once_are_told_by_the_next_run() -> None:
    """Else a phone that comes and goes reads them for nothing each time."""
    store = FakeStore()
    carrier = came_back(store)
    carrier.box.centre.paging.mark_messages = 1000
    registry = carrier.box.centre.registry
    carrier.set_power(FRENCH, False)
    carrier.submit(carrier.bind(), a_submit("text 3", registered_delivery=0))
    carrier.advance(1.0)
    run_of(carrier)
    assert waiting(store) == [1, 2, 3, 4]
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == [*TEXTS, "text 3"]
    assert registry.rows_in_the_way == 3
    run_of(carrier)
    assert (registry.rows_in_the_way, waiting(store)) == (0, [4])
    assert ended(store, FINISHED) == [1, 2, 3]
