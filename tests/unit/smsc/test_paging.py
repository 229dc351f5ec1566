"""Runs: when they begin, what they write, what they leave."""

from itertools import accumulate

from tests.unit.smsc.examples import FRENCH, a_submit

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.smpp.pdus import BindReceiver, BindTransmitter, DeliverSm
from carrierbox.smsc.candidates import AHEAD
from carrierbox.smsc.paged import DUE_ROWS
from carrierbox.smsc.paging import RESTING_RUNS, SLICE, WAITING_RUNS
from carrierbox.smsc.ports import (
    SHOWN,
    Completion,
    Folding,
    LoadedRows,
    LoadEnded,
    LoadQueue,
    PageOut,
    ReadAhead,
    Request,
    Row,
)
from carrierbox.smsc.queue_reads import QUEUE_ROWS, QUEUE_ROWS_FIRST, ROWS_PER_TURN
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

OTHER = "33687654321"
ANOTHER = "33698765432"


def test_a_run_begins_when_much_waits_and_not_again_for_the_same() -> None:
    """What may not leave memory is no reason to look at it without end."""
    carrier = DirectCarrier(store=FakeStore())
    paging = carrier.box.centre.paging
    paging.messages_max = 10
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for _ in range(10):
        carrier.submit(link, a_submit())
    assert paging.runs == 0
    carrier.submit(link, a_submit())
    assert paging.runs == 1
    carrier.submit(link, a_submit())
    assert paging.runs == 1


def test_history_alone_writes_no_rows_while_the_journal_tells_it() -> None:
    """What is finished within the newest history costs nothing but its entries."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    for _ in range(5):
        carrier.submit(link, a_submit())
        carrier.respond(carrier.deliveries()[-1])
    carrier.box.centre.paging.begin()
    carrier.run()
    assert carrier.box.centre.paging.runs == 1
    restarted = DirectCarrier(store=store)
    assert restarted.recovered.finished == 5
    assert len(store.batches) > 0


def test_a_run_that_fails_goes_on_when_the_store_works_again() -> None:
    """Nothing of it is lost, nothing is taken for written."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for number in range(3):
        carrier.submit(link, a_submit(f"text {number}"))
    store.fail(times=3)
    carrier.box.centre.paging.begin()
    carrier.run()
    assert carrier.box.centre.paging.runs == 1
    after = DirectCarrier(store=store)
    assert after.recovered.waiting == 3
    after.set_power(FRENCH, True)
    assert after.shown(FRENCH) == ["text 0", "text 1", "text 2"]


def test_receipts_that_nobody_takes_leave_memory_and_come_in_order() -> None:
    """An account that is away for days costs disk, not memory."""
    carrier = DirectCarrier(store=FakeStore())
    centre = carrier.box.centre
    centre.deliveries.owed_in_memory = 2
    link = carrier.bind()
    carrier.hang_up(link)
    sender = carrier.bind(bind=BindReceiver(system_id="demo", password="demo"))
    carrier.hang_up(sender)
    for number in range(10):
        carrier.box.network.set_power(str(33600000000 + number), False, carrier.clock.now())
    transmitter = carrier.bind(bind=BindTransmitter(system_id="demo", password="demo"))
    for number in range(10):
        carrier.submit(transmitter, a_submit(str(number), str(33700000000 + number)))
    assert centre.deliveries.held() == 10
    centre.paging.begin()
    carrier.run()
    assert centre.deliveries.held() == 2
    carrier.bind(bind=BindReceiver(system_id="demo", password="demo"))
    receipts = [one.pdu for one in carrier.deliveries()]
    ids = [one.short_message[3:13] for one in receipts if isinstance(one, DeliverSm)]
    assert ids == [f"{number:010d}".encode() for number in range(1, 11)]


def test_what_users_set_is_in_the_table_before_the_journal_forgets_it() -> None:
    """Design §2: it survives a restart on the same store."""
    store = FakeStore()
    carrier = DirectCarrier(store=store, keep_messages=1)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for number in range(30):
        carrier.submit(link, a_submit(to=str(33700000000 + number)))
        carrier.respond(carrier.deliveries()[-1])
    carrier.box.centre.paging.begin()
    carrier.run()
    after = DirectCarrier(store=store)
    assert not after.phone(FRENCH).power


def test_history_that_is_too_old_leaves_memory_and_store() -> None:
    """A run begins for age alone: nothing else happens here."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    registry = carrier.box.centre.registry
    registry.keep_age_s = 3600.0
    link = carrier.bind()
    for _ in range(5):
        carrier.submit(link, a_submit())
        carrier.respond(carrier.deliveries()[-1])
    paging = carrier.box.centre.paging
    assert registry.oldest_end is not None
    assert paging.next_deadline() == registry.oldest_end + 3600.0
    carrier.advance(3599.0)
    assert len(registry) == 5
    carrier.advance(40.0)
    carrier.run()
    assert len(registry) == 0
    assert paging.next_deadline() is None
    assert store.batches == []


def test_looking_for_what_is_too_old_begins_no_run_where_nothing_is() -> None:
    """A run would write a row for every text on a phone, at every start."""
    carrier = DirectCarrier(store=FakeStore(), keep_messages=1)
    centre = carrier.box.centre
    centre.paging.mark_messages = 1
    link = carrier.bind()
    for _ in range(5):
        carrier.submit(link, a_submit())
        carrier.respond(carrier.deliveries()[-1])
    centre.registry.keep_age_s = 3600.0
    carrier.advance(100.0)
    carrier.run()
    assert centre.paging.runs == 0


def test_what_no_phone_shows_any_more_leaves_the_table() -> None:
    """While the carrier serves, a bounded part of it with each run."""
    store = FakeStore()
    carrier = DirectCarrier(store=store, keep_messages=1)
    carrier.box.centre.paging.mark_messages = 1
    link = carrier.bind()
    for _ in range(5):
        carrier.submit(link, a_submit())
        carrier.respond(carrier.deliveries()[-1])
    centre = carrier.box.centre
    centre.paging.begin()
    carrier.run()
    assert len(places(store, SHOWN)) == 4
    centre.registry.still_shows = lambda msisdn, at: False
    for _ in range(2):
        carrier.submit(link, a_submit())
        carrier.respond(carrier.deliveries()[-1])
        centre.paging.begin()
        carrier.run()
    assert places(store, SHOWN) == []


def test_what_left_history_takes_no_more_room_than_while_it_waited() -> None:
    """A row that outgrows its page makes the store read those on both sides of it."""
    store = FakeStore()
    carrier = DirectCarrier(store=store, keep_messages=1)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit("first", registered_delivery=0))
    carrier.submit(
        link, a_submit("second, never tried before it is written", registered_delivery=0)
    )
    carrier.box.centre.paging.begin()
    carrier.run()
    store.load(LoadQueue(FRENCH, 9))
    before = rows_answered(store)
    carrier.set_power(FRENCH, True)
    carrier.submit(link, a_submit(to=ANOTHER, registered_delivery=0))
    carrier.box.centre.paging.begin()
    carrier.run()
    store.load(LoadEnded(99))
    after = {row.message_id: row for row in rows_answered(store) if row.place == SHOWN}
    assert [row.message_id for row in before] == sorted(after) == [1, 2]
    for row in before:
        shown = after[row.message_id]
        assert len(shown.record) + len(shown.text) <= len(row.record) + len(row.text)
    assert len(DirectCarrier(store=store, keep_messages=1).shown(FRENCH)) == 2


def rows_answered(store: FakeStore) -> list[Row]:
    answer = store.completions()[-1]
    assert isinstance(answer, LoadedRows)
    return answer.rows


def test_rows_that_cannot_be_pruned_now_are_pruned_later() -> None:
    """A commit that fails, or a load that does, loses nothing of the work."""
    store = FakeStore()
    carrier = DirectCarrier(store=store, keep_messages=1)
    carrier.box.centre.paging.mark_messages = 1
    link = carrier.bind()
    for _ in range(5):
        carrier.submit(link, a_submit())
        carrier.respond(carrier.deliveries()[-1])
    centre = carrier.box.centre
    store.fail_loads(times=1)
    centre.paging.begin()
    carrier.run()
    centre.registry.still_shows = lambda msisdn, at: False
    centre.paging.begin()
    carrier.run()
    store.fail(times=2)
    for _ in range(2):
        centre.paging.begin()
        carrier.run()
    assert places(store, SHOWN) == []


def places(store: FakeStore, place: int) -> list[int]:
    store.load(LoadEnded(99))
    return [row.message_id for row in rows_answered(store) if row.place == place]


class TellingStore(FakeStore):
    """Says by itself that it ends its log, and notes what is asked of the rows of phones."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Completion] = []
        self.limits: list[int] = []
        self.ahead: list[ReadAhead] = []
        self.is_slow = False
        """Whether what is to be read ahead is, only once `answer` is called."""
        self.rows_written = 0
        self._reading: list[int] = []

    def answer(self) -> None:
        """What was asked to be read ahead has been."""
        self.told += [LoadedRows(ticket, [], True) for ticket in self._reading]
        self._reading = []

    def completions(self) -> list[Completion]:
        told, self.told = self.told, []
        return told + super().completions()

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        self.rows_written += len(page_out.rows) if page_out is not None else 0
        return super().submit(batch, page_out)

    def load(self, request: Request) -> int:
        if isinstance(request, LoadQueue):
            self.limits.append(request.limit)
        elif isinstance(request, ReadAhead):
            self.ahead.append(request)
            if self.is_slow:
                self._ticket += 1
                self._reading.append(self._ticket)
                return self._ticket
        return super().load(request)


def test_a_run_rests_while_the_store_ends_its_log() -> None:
    """What is accepted goes on: the store stops for the shorter the less else it is given."""
    store = TellingStore()
    carrier = DirectCarrier(store=store)
    paging = carrier.box.centre.paging
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit("one"))
    store.told.append(Folding(True))
    carrier.run()
    paging.begin()
    carrier.submit(link, a_submit("two"))
    assert paging.runs == 0
    assert not paging.is_busy
    store.told.append(Folding(False))
    carrier.run()
    assert paging.runs == 1


def test_a_run_does_not_rest_while_memory_fills() -> None:
    """Texts may come faster than the store gets ready, and what waits in memory is bounded."""
    store = TellingStore()
    carrier = DirectCarrier(store=store)
    paging = carrier.box.centre.paging
    paging.messages_max = 10
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    store.told.append(Folding(True))
    for number in range(30):
        carrier.submit(link, a_submit(str(number)))
    assert paging.runs == 0
    carrier.advance(10.0)
    for number in range(5):
        carrier.submit(link, a_submit(str(number)))
    assert paging.runs > 0
    assert carrier.box.centre.registry.unfinished_count <= 30


def test_a_run_that_could_not_rest_empties_memory_before_it_rests_again() -> None:
    """Else memory stayed as full as it may be, and the log would never begin anew."""
    store = TellingStore()
    carrier = DirectCarrier(store=store)
    paging = carrier.box.centre.paging
    paging.messages_max = 2 * SLICE
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    store.told.append(Folding(True))
    for number in range(RESTING_RUNS * 2 * SLICE):
        carrier.submit(link, a_submit(str(number)))
    assert paging.runs == 0
    carrier.submit(link, a_submit("one too many"))
    carrier.run()
    left = carrier.box.centre.registry.unfinished_count
    assert SLICE < left <= 2 * SLICE
    for number in range(RESTING_RUNS * SLICE):
        carrier.submit(link, a_submit(str(number)))
    assert carrier.box.centre.registry.unfinished_count == left + RESTING_RUNS * SLICE
    assert paging.runs == 0


def test_a_run_waits_for_what_is_read_ahead() -> None:
    """It would wait for the disk else, and everybody with it; unless memory fills."""
    store = TellingStore()
    store.is_slow = True
    carrier = DirectCarrier(store=store)
    paging = carrier.box.centre.paging
    paging.messages_max = 10
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for number in range(20):
        carrier.submit(link, a_submit(str(number)))
    assert [len(request.places) for request in store.ahead] == [11]
    assert paging.runs == 0
    assert not paging.is_busy
    store.answer()
    carrier.run()
    assert [len(request.places) for request in store.ahead] == [11]
    assert paging.runs == 1
    for number in range(2 * WAITING_RUNS * 10):
        carrier.submit(link, a_submit(str(number)))
    assert paging.runs > 1
    assert carrier.box.centre.registry.unfinished_count <= WAITING_RUNS * 10


def test_no_row_is_written_unread_behind_many_that_the_table_has_as_they_are() -> None:
    """A run goes through those quickly, and must not get to the others before the store does."""
    store = TellingStore()
    carrier = DirectCarrier(store=store, latency_s=1000.0)
    link = carrier.bind()
    for number in range(AHEAD + 2 * SLICE):
        carrier.submit(link, a_submit(str(number)))
        if number == AHEAD:
            carrier.box.centre.paging.begin()
            carrier.run()
    written = store.rows_written
    asked = sum(len(request.places) for request in store.ahead)
    assert written == asked == AHEAD + 1
    store.is_slow = True
    carrier.box.centre.paging.begin()
    carrier.run()
    assert store.rows_written == written
    store.answer()
    carrier.run()
    assert store.rows_written == AHEAD + 2 * SLICE


def test_what_leaves_history_during_a_run_is_written_by_it() -> None:
    """The run cuts the journal, which alone told that a phone shows it."""
    store = TellingStore()
    carrier = DirectCarrier(store=store, keep_messages=8)
    paging = carrier.box.centre.paging
    paging.mark_messages = 1
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.set_power(OTHER, False)
    carrier.submit(link, a_submit("an old one", registered_delivery=0))
    for _ in range(20):
        carrier.submit(link, a_submit(to=ANOTHER, registered_delivery=0))
    carrier.set_power(FRENCH, True)
    carrier.advance(60.0)
    assert carrier.shown(FRENCH) == ["an old one"]
    carrier.submit(link, a_submit("waits", to=OTHER))
    store.is_slow = True
    paging.begin()
    for _ in range(10):
        carrier.submit(link, a_submit(to=ANOTHER, registered_delivery=0))
    assert paging.runs == 0
    store.answer()
    carrier.run()
    assert paging.runs == 1
    assert DirectCarrier(store=store, keep_messages=8).shown(FRENCH) == ["an old one"]


def test_what_cannot_be_read_ahead_is_written_all_the_same() -> None:
    """Whoever writes it reads it."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit("one"))
    store.fail_loads(times=1)
    carrier.box.centre.paging.begin()
    carrier.run()
    assert carrier.box.centre.paging.runs == 1
    assert DirectCarrier(store=store).recovered.waiting == 1


def phones_with_rows(carrier: DirectCarrier, count: int, texts: int) -> list[str]:
    """So many phones that are off, for each of which so many texts wait in the table."""
    link = carrier.bind()
    phones = [str(33600000000 + number) for number in range(count)]
    for msisdn in phones:
        carrier.set_power(msisdn, False)
        for number in range(texts):
            carrier.submit(link, a_submit(str(number), to=msisdn))
    carrier.box.centre.paging.begin()
    carrier.run()
    return phones


def asked_in_a_turn(carrier: DirectCarrier, store: TellingStore) -> int:
    """Make one turn: for how many phones the store was asked in it."""
    before = len(store.limits)
    carrier.box.begin(LinkTime(carrier.link_now))
    carrier.box.finish(carrier)
    return len(store.limits) - before


def test_many_phones_that_come_back_have_their_rows_read_over_several_turns() -> None:
    """Bounded work in each turn; in order all the same, and what waits for a phone in one go."""
    store = TellingStore()
    carrier = DirectCarrier(store=store)
    phones = phones_with_rows(carrier, ROWS_PER_TURN // 6 + 9, 6)
    assert store.limits == []
    most = 0
    for msisdn in phones:
        carrier.box.begin(LinkTime(carrier.link_now))
        carrier.box.centre.set_phone_power(msisdn, True, ignore)
    while not carrier.box.is_settled or not store.limits:
        most = max(most, asked_in_a_turn(carrier, store))
    assert 1 < most < ROWS_PER_TURN // 6
    assert store.limits == [QUEUE_ROWS] * len(phones)
    for msisdn in phones:
        assert carrier.shown(msisdn) == [str(number) for number in range(6)]


def test_many_retries_that_are_due_have_their_rows_read_over_several_turns() -> None:
    """To ask for few rows takes as long as to read them; and no more come before those are read."""
    store = TellingStore()
    carrier = DirectCarrier(store=store)
    phones = phones_with_rows(carrier, DUE_ROWS + 9, 2)
    carrier.clock.advance_to(NetworkTime(carrier.clock.now() + 3600))
    in_turns: list[int] = []
    in_memory: list[int] = []
    while sum(in_turns) < len(phones):
        in_turns.append(asked_in_a_turn(carrier, store))
        in_memory.append(carrier.box.centre.registry.unfinished_count)
        assert len(in_turns) < len(phones)
    assert 1 < max(in_turns) < ROWS_PER_TURN // QUEUE_ROWS_FIRST // 2
    asked_before = [0, *accumulate(in_turns)]
    held = [held for held, of in zip(in_memory, asked_before[:-1], strict=True) if of < DUE_ROWS]
    assert max(held) == 2 * DUE_ROWS
    carrier.run()
    assert set(store.limits) == {QUEUE_ROWS_FIRST}
    assert carrier.box.centre.attempts.waiting_count() == 2 * len(phones)


def test_for_a_retry_few_rows_are_read() -> None:
    """It may fail again, and then they would have been read for nothing."""
    store = TellingStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for number in range(6):
        carrier.submit(link, a_submit(str(number)))
    carrier.box.centre.paging.begin()
    carrier.run()
    carrier.advance(3600)
    assert set(store.limits) == {QUEUE_ROWS_FIRST}
    carrier.set_power(FRENCH, True)
    carrier.run()
    assert carrier.shown(FRENCH) == [str(number) for number in range(6)]


def ignore(_problem: str) -> None:
    """Nobody waits for this."""
