"""The contract of a store, over every store there is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carrierbox.smpp.values import DELIVERED
from carrierbox.smsc.ports import (
    FINISHED,
    NEVER,
    OWED,
    SCHEDULED,
    SHOWN,
    WAITING,
    Committed,
    Completion,
    Failed,
    LoadBetween,
    LoadById,
    LoadDue,
    Loaded,
    LoadedPhones,
    LoadedRows,
    LoadedSettings,
    LoadEnded,
    LoadJournal,
    LoadOwed,
    LoadPhones,
    LoadQueue,
    LoadSettings,
    LoadSummary,
    PageOut,
    Request,
    Row,
    Search,
    Store,
    Summary,
)
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.testing.stores import FakeStore, SlowStore

KINDS = ["memory", "fake", "slow", "sqlite-process", "sqlite-power"]
ACME = "acme"
PHONE = "33612345678"


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    makers: dict[str, Callable[[], Store]] = {
        "memory": lambda: MemoryStore(keep=True),
        "fake": FakeStore,
        "slow": lambda: SlowStore(FakeStore(), seed=7),
        "sqlite-process": lambda: SqliteStore(tmp_path / "a.db"),
        "sqlite-power": lambda: SqliteStore(tmp_path / "a.db", "power"),
    }
    made = makers[request.param]()
    yield made
    made.close()


def row(
    message_id: int,
    place: int = WAITING,
    *,
    client_id: int = 0,
    msisdn: str = PHONE,
    priority: int = 0,
    due_at: float = 0.0,
    wake_at: float = NEVER,
    system_id: str = ACME,
    source_addr: str = "ACME",
    at: float = 0.0,
    state: int = 1,
    text: str = "",
    record: bytes = b"record",
) -> Row:
    return Row(
        message_id,
        client_id or message_id,
        place,
        msisdn,
        priority,
        due_at,
        wake_at,
        system_id,
        source_addr,
        at,
        state,
        text,
        record,
    )


def said(one: Row) -> tuple[object, ...]:
    """Everything a row says."""
    return (
        one.message_id,
        one.client_id,
        one.place,
        one.msisdn,
        one.priority,
        one.due_at,
        one.wake_at,
        one.system_id,
        one.source_addr,
        one.at,
        one.state,
        one.text,
        one.record,
    )


def with_settings(*settings: tuple[str, bytes]) -> PageOut:
    page_out = PageOut()
    page_out.settings = list(settings)
    return page_out


def wait_for(store: Store, *tickets: int) -> list[Completion]:
    """The completions of these tickets, in the order in which they came."""
    found: list[Completion] = []
    while len(found) < len(tickets):
        done = store.completions()
        found.extend(done)
        if not done:
            store.wait()
    return found


def commit(store: Store, batch: bytes = b"", page_out: PageOut | None = None) -> Committed:
    (done,) = wait_for(store, store.submit(batch, page_out))
    assert isinstance(done, Committed), getattr(done, "problem", done)
    return done


def put(store: Store, *rows: Row) -> None:
    commit(store, b"", PageOut(list(rows)))


def rows_of(store: Store, request: Request) -> LoadedRows:
    (loaded,) = wait_for(store, store.load(request))
    assert isinstance(loaded, LoadedRows)
    assert loaded.damaged == 0
    return loaded


def ids_of(store: Store, request: Request) -> list[int]:
    return [one.message_id for one in rows_of(store, request).rows]


def summary_of(store: Store) -> Summary:
    (summary,) = wait_for(store, store.load(LoadSummary()))
    assert isinstance(summary, Summary)
    return summary


def counts(summary: Summary) -> tuple[int, ...]:
    return (
        summary.waiting,
        summary.scheduled,
        summary.owed,
        summary.finished,
        summary.shown,
    )


def load_all(store: Store, batches_max: int = 1000, position: int = 0) -> list[bytes]:
    batches: list[bytes] = []
    while True:
        (loaded,) = wait_for(store, store.load(LoadJournal(position, batches_max)))
        assert isinstance(loaded, Loaded)
        batches += loaded.batches
        position = loaded.position
        if loaded.complete:
            return batches


# The journal.


def test_tickets_count_up_and_completions_come_in_their_order(store: Store) -> None:
    """Design, stores: completions come in the order of the tickets."""
    tickets = [store.submit(b"%d" % number) for number in range(20)]
    assert tickets == sorted(set(tickets))
    done = wait_for(store, *tickets)
    assert [completion.ticket for completion in done] == tickets
    assert all(isinstance(completion, Committed) for completion in done)


def test_a_load_finds_every_batch_in_the_order_of_the_commits(store: Store) -> None:
    """Design, stores: recovery reads the journal."""
    batches = [bytes([number]) * (number + 1) for number in range(25)]
    wait_for(store, *[store.submit(batch) for batch in batches])
    assert load_all(store) == batches
    assert load_all(store, batches_max=4) == batches
    assert load_all(store, batches_max=5) == batches


def test_an_empty_store_holds_nothing(store: Store) -> None:
    """A new store has nothing to recover."""
    assert load_all(store) == []
    summary = summary_of(store)
    assert counts(summary) == (0, 0, 0, 0, 0)
    assert (summary.newest_id, summary.latest, summary.next_wake_at) == (0, 0.0, NEVER)
    assert summary.accounts == []
    for request in (
        LoadById([1]),
        LoadQueue(PHONE, 9),
        LoadDue(1e9, 9),
        LoadOwed(ACME, 9),
        LoadBetween(PHONE, ACME, "ACME", 9),
        LoadEnded(9),
        Search(9),
    ):
        found = rows_of(store, request)
        assert (found.rows, found.complete) == ([], True)


def test_a_load_goes_on_behind_the_position_it_was_given(store: Store) -> None:
    """A load in pieces misses nothing that was committed between two of them."""
    commit(store, b"one")
    (first,) = wait_for(store, store.load(LoadJournal(0)))
    assert isinstance(first, Loaded)
    commit(store, b"two")
    (second,) = wait_for(store, store.load(LoadJournal(first.position)))
    assert isinstance(second, Loaded)
    assert second.batches == [b"two"]
    assert second.complete


@pytest.mark.parametrize("slow", [False, True])
def test_a_failed_batch_is_not_found_again(slow: bool) -> None:
    """Design: nothing of a failed commit survives it."""
    inner = FakeStore()
    store: Store = SlowStore(inner, seed=1) if slow else inner
    inner.fail(after=1, problem="disk full")
    done = wait_for(store, *[store.submit(batch) for batch in (b"a", b"b", b"c")])
    assert [type(completion) for completion in done] == [Committed, Failed, Committed]
    failed = done[1]
    assert isinstance(failed, Failed)
    assert failed.problem == "disk full"
    assert load_all(store) == [b"a", b"c"]


def test_a_commit_tells_its_number_and_what_the_journal_holds(store: Store) -> None:
    """The numbers are what a watermark is taken from, the octets say when it is time for one."""
    done = [commit(store, b"x" * octets) for octets in (3, 4, 5)]
    assert [one.number for one in done] == [1, 2, 3]
    assert [one.journal_octets for one in done] == [3, 7, 12]


def test_an_empty_batch_is_no_row_of_the_journal(store: Store) -> None:
    """It writes the PageOut alone, or nothing."""
    commit(store, b"one")
    assert (commit(store).number, commit(store).journal_octets) == (0, 3)
    assert commit(store, b"", PageOut([row(1)], [])).number == 0
    assert commit(store, b"two").number == 2
    assert load_all(store) == [b"one", b"two"]


# The watermark.


def test_what_is_up_to_the_watermark_is_not_replayed(store: Store) -> None:
    """A restart begins behind it, also where a load names an older position."""
    for number in range(6):
        commit(store, b"%d" % number)
    done = commit(store, b"last", PageOut([row(1)], [], watermark=4))
    assert (done.number, done.journal_octets) == (7, 6)
    assert load_all(store) == [b"4", b"5", b"last"]
    assert load_all(store, position=2) == [b"4", b"5", b"last"]
    assert load_all(store, position=5) == [b"5", b"last"]


def test_a_watermark_never_goes_back_and_never_beyond_the_journal(store: Store) -> None:
    """Rows that are yet to be written must be replayed."""
    for number in range(3):
        commit(store, b"%d" % number)
    commit(store, b"", PageOut([], [], watermark=2))
    commit(store, b"", PageOut([], [], watermark=1))
    assert load_all(store) == [b"2"]
    done = commit(store, b"3", PageOut([], [], watermark=99))
    assert done.journal_octets == 0
    done = commit(store, b"4")
    assert (done.number, done.journal_octets) == (5, 1)
    assert load_all(store) == [b"4"]


def test_the_octets_of_the_journal_are_right_wherever_the_watermark_is(store: Store) -> None:
    """They are counted as they are written, not read again."""
    sizes = [1000 * (1 + number % 90) for number in range(120)]
    for octets in sizes:
        done = commit(store, b"x" * octets)
    assert done.journal_octets == sum(sizes)
    for watermark in (1, 2, 40, 41, 77, 119, 120):
        done = commit(store, b"", PageOut([], [], watermark))
        assert done.journal_octets == sum(sizes[watermark:])
        assert [len(batch) for batch in load_all(store)] == sizes[watermark:]


# What a PageOut does.


def test_a_row_comes_back_as_it_was_put(store: Store) -> None:
    """Every column, also at its limits."""
    rows = [
        row(1, client_id=7, msisdn="", priority=255, due_at=1.5, wake_at=2.5, text="Grüße 😀\0"),
        row(
            (1 << 62) + 5,
            OWED,
            at=1e12,
            source_addr="Ä\x80",
            system_id="",
            record=bytes(range(256)) * 40,
        ),
        row(3, FINISHED, due_at=-0.0, state=8, record=b""),
    ]
    put(store, *rows)
    found = rows_of(store, LoadById([(1 << 62) + 5, 1, 3, 4])).rows
    assert [said(one) for one in found] == [said(rows[1]), said(rows[0]), said(rows[2])]


def test_a_row_takes_the_place_of_the_one_with_its_id(store: Store) -> None:
    """A message that is paged out again is the same message."""
    put(store, row(1, wake_at=5.0), row(2))
    put(store, row(1, OWED, at=9.0), row(1, FINISHED, at=10.0, record=b"new"))
    assert ids_of(store, LoadQueue(PHONE, 9)) == [2]
    assert ids_of(store, LoadDue(NEVER, 9)) == []
    assert ids_of(store, LoadOwed(ACME, 9)) == []
    (found,) = rows_of(store, LoadEnded(9)).rows
    assert (found.message_id, found.record) == (1, b"new")


def test_removed_rows_are_gone_and_absent_ones_are_no_error(store: Store) -> None:
    """A message that came back into memory may never have been in the table."""
    put(store, row(1), row(2), row(3, client_id=2))
    commit(store, b"", PageOut([row(4)], [1, 3, 4, 77, 1]))
    assert ids_of(store, LoadById([1, 2, 3, 4, 77])) == [2, 4]
    assert ids_of(store, LoadQueue(PHONE, 9)) == [2, 4]
    assert summary_of(store).waiting == 2


def test_the_summary_counts_by_place_and_follows_every_change(store: Store) -> None:
    """A start learns from it what there is, without reading the table."""
    put(
        store,
        row(1, wake_at=7.0, at=3.0),
        row(2, wake_at=6.0),
        row(3, OWED, system_id="b", at=50.0),
        row(4, OWED, system_id="a"),
        row(5, OWED, system_id="b"),
        row(6, FINISHED),
        row(8, SCHEDULED, wake_at=6.5),
        row(9, SHOWN),
    )
    summary = summary_of(store)
    assert counts(summary) == (2, 1, 3, 1, 1)
    assert (summary.newest_id, summary.latest, summary.next_wake_at) == (9, 50.0, 6.0)
    assert summary.accounts == ["a", "b"]
    commit(store, b"", PageOut([row(3, FINISHED), row(2, FINISHED)], [4, 9]))
    summary = summary_of(store)
    assert counts(summary) == (1, 1, 1, 3, 0)
    assert (summary.next_wake_at, summary.accounts) == (6.5, ["b"])


def test_the_newest_id_is_remembered_when_its_row_is_gone(store: Store) -> None:
    """An id that was given out is never given out again."""
    put(store, row(5, FINISHED, at=9.0), row(4))
    commit(store, b"", PageOut([], [5]))
    summary = summary_of(store)
    assert (summary.newest_id, summary.latest) == (5, 9.0)


@pytest.mark.parametrize("slow", [False, True])
def test_a_batch_that_fails_takes_its_page_out_with_it(slow: bool) -> None:
    """All or nothing."""
    inner = FakeStore()
    store: Store = SlowStore(inner, seed=1) if slow else inner
    put(store, row(1), row(2))
    commit(store, b"a")
    inner.fail()
    (failed,) = wait_for(store, store.submit(b"b", PageOut([row(3)], [1], watermark=1)))
    assert isinstance(failed, Failed)
    assert ids_of(store, LoadById([1, 2, 3])) == [1, 2]
    assert load_all(store) == [b"a"]


def test_a_load_that_fails_says_so() -> None:
    """Whoever asked is told the problem, and may ask again."""
    store = FakeStore()
    put(store, row(1))
    store.fail_loads(problem="disk failed")
    (failed,) = wait_for(store, store.load(LoadById([1])))
    assert isinstance(failed, Failed)
    assert failed.problem == "disk failed"
    assert ids_of(store, LoadById([1])) == [1]


# The requests.


def test_phones_come_in_order_and_in_pieces_with_what_waits_for_them(store: Store) -> None:
    """Only WAITING and SCHEDULED count, and a phone comes once."""
    put(
        store,
        *[row(number, msisdn=msisdn) for number, msisdn in enumerate("3112452", 1)],
        row(10, SCHEDULED, msisdn="2"),
        row(11, SCHEDULED, msisdn="6"),
        row(20, OWED, msisdn="9"),
        row(21, msisdn=""),
    )
    found: list[tuple[str, int, int]] = []
    after = ""
    while True:
        (phones,) = wait_for(store, store.load(LoadPhones(after, 2)))
        assert isinstance(phones, LoadedPhones)
        assert len(phones.phones) <= 2
        found += phones.phones
        if phones.complete:
            break
        after = found[-1][0]
    wanted = [("1", 2, 0), ("2", 2, 1), ("3", 1, 0), ("4", 1, 0), ("5", 1, 0), ("6", 0, 1)]
    assert found == wanted
    commit(store, b"", PageOut([row(11, FINISHED, msisdn="6"), row(1, SCHEDULED, msisdn="3")], [7]))
    (phones,) = wait_for(store, store.load(LoadPhones("1", 4)))
    assert isinstance(phones, LoadedPhones)
    assert phones.phones == [("2", 1, 1), ("3", 0, 1), ("4", 1, 0), ("5", 1, 0)]
    assert phones.complete


def test_settings_are_replaced_by_name_and_come_in_order(store: Store) -> None:
    """What users set outlives the part of the journal that said so."""
    commit(store, b"", with_settings(("power/2", b"a"), ("counter", b""), ("power/2", b"b")))
    commit(store, b"", with_settings(("power/1", b"\0\xff"), ("counter", b"9")))
    (all_,) = wait_for(store, store.load(LoadSettings("", 3)))
    assert isinstance(all_, LoadedSettings)
    assert all_.settings == [("counter", b"9"), ("power/1", b"\0\xff"), ("power/2", b"b")]
    assert all_.complete
    (some,) = wait_for(store, store.load(LoadSettings("", 1)))
    assert isinstance(some, LoadedSettings)
    assert (some.settings, some.complete) == ([("counter", b"9")], False)
    (rest,) = wait_for(store, store.load(LoadSettings("counter", 9)))
    assert isinstance(rest, LoadedSettings)
    assert [name for name, _ in rest.settings] == ["power/1", "power/2"]


def test_ids_find_rows_and_those_that_clients_know_by_them(store: Store) -> None:
    """All destinations of one submit_multi share the id of the first (SMPP 3.4 §4.5.2)."""
    put(store, row(10), row(11, client_id=10), row(12, client_id=10), row(13), row(14, client_id=9))
    assert ids_of(store, LoadById([10])) == [10, 11, 12]
    assert ids_of(store, LoadById([13, 12, 10, 9])) == [13, 12, 10, 11, 14]
    assert rows_of(store, LoadById([10])).complete


def test_a_queue_is_read_by_priority_then_due_time_then_id(store: Store) -> None:
    """SMPP 3.4 §5.2.14: higher priority first; the order of arrival within one."""
    put(
        store,
        row(1, due_at=5.0),
        row(2, due_at=4.0),
        row(3, priority=3, due_at=9.0),
        row(4, priority=1, due_at=1.0),
        row(5, due_at=4.0),
        row(6, priority=3, due_at=100.0),
        row(7, msisdn="1"),
        row(8, OWED),
        row(9, SCHEDULED),
    )
    assert ids_of(store, LoadQueue(PHONE, 9)) == [3, 6, 4, 2, 5, 1]
    for limit in range(1, 8):
        assert in_pieces(store, limit) == [3, 6, 4, 2, 5, 1]
    assert rows_of(store, LoadQueue(PHONE, 6)).complete


def in_pieces(store: Store, limit: int) -> list[int]:
    found: list[int] = []
    request = LoadQueue(PHONE, limit)
    while True:
        loaded = rows_of(store, request)
        assert len(loaded.rows) <= limit
        found += [one.message_id for one in loaded.rows]
        if loaded.complete:
            return found
        last = loaded.rows[-1]
        request = LoadQueue(PHONE, limit, last.priority, last.due_at, last.message_id)


def test_what_is_due_comes_by_time_with_the_first_that_is_not(store: Store) -> None:
    """The last row tells when to ask again."""
    put(
        store,
        row(1, wake_at=5.0),
        row(2, wake_at=4.0),
        row(3),
        row(4, OWED, wake_at=5.0),
        row(5, wake_at=9.0),
        row(6, wake_at=10.0),
    )
    loaded = rows_of(store, LoadDue(5.0, 10))
    assert [one.message_id for one in loaded.rows] == [2, 1, 4, 5]
    assert loaded.complete
    loaded = rows_of(store, LoadDue(5.0, 2))
    assert [one.message_id for one in loaded.rows] == [2, 1]
    assert not loaded.complete
    loaded = rows_of(store, LoadDue(5.0, 2, 5.0, 1))
    assert [one.message_id for one in loaded.rows] == [4, 5]
    assert loaded.complete
    loaded = rows_of(store, LoadDue(5.0, 3))
    assert [one.message_id for one in loaded.rows] == [2, 1, 4, 5]
    assert loaded.complete
    assert ids_of(store, LoadDue(1.0, 5)) == [2]
    assert ids_of(store, LoadDue(1.0, 5, 9.0, 5)) == [6]
    assert ids_of(store, LoadDue(99.0, 5, 9.0, 5)) == [6]


def test_what_an_account_is_owed_comes_by_time_and_id(store: Store) -> None:
    """Receipts are in the order of the ends."""
    put(
        store,
        row(1, OWED, at=5.0),
        row(2, OWED, at=4.0),
        row(3, OWED, at=5.0),
        row(4, OWED, at=1.0, system_id="other"),
        row(5, FINISHED, at=1.0),
    )
    first = rows_of(store, LoadOwed(ACME, 2))
    assert [one.message_id for one in first.rows] == [2, 1]
    assert not first.complete
    second = rows_of(store, LoadOwed(ACME, 2, 5.0, 1))
    assert [one.message_id for one in second.rows] == [3]
    assert second.complete
    assert rows_of(store, LoadOwed(ACME, 3)).complete


def test_rows_between_a_source_and_a_phone_come_by_id(store: Store) -> None:
    """SMPP 3.4 §4.9.1: cancel_sm may name source and destination alone."""
    put(
        store,
        row(1, due_at=3.0),
        row(2, priority=2),
        row(3, due_at=1.0),
        row(4, source_addr="OTHER"),
        row(5, system_id="other"),
        row(6, msisdn="1"),
        row(7, OWED),
        row(8, SCHEDULED),
    )
    assert ids_of(store, LoadBetween(PHONE, ACME, "ACME", 9)) == [1, 2, 3, 8]
    first = rows_of(store, LoadBetween(PHONE, ACME, "ACME", 2))
    assert [one.message_id for one in first.rows] == [1, 2]
    assert not first.complete
    assert ids_of(store, LoadBetween(PHONE, ACME, "ACME", 2, 2)) == [3, 8]


def test_what_ended_comes_oldest_first(store: Store) -> None:
    """History is forgotten in this order; what arrived is on a phone, also while it is owed."""
    put(
        store,
        row(1, FINISHED, at=5.0),
        row(2, SHOWN, at=4.0),
        row(3, FINISHED, at=5.0),
        row(4, at=1.0),
        row(5, OWED, at=1.0),
        row(6, OWED, at=6.0, state=DELIVERED),
    )
    first = rows_of(store, LoadEnded(2))
    assert [one.message_id for one in first.rows] == [2, 1]
    assert not first.complete
    second = rows_of(store, LoadEnded(2, 5.0, 1))
    assert [one.message_id for one in second.rows] == [3, 6]
    assert second.complete


def test_a_search_holds_every_condition_and_goes_from_new_to_old(store: Store) -> None:
    """The API's list of messages."""
    put(
        store,
        row(1, text="Hello World", at=10.0),
        row(2, OWED, text="hELLO Ä", at=20.0, state=2),
        row(3, FINISHED, source_addr="447700", at=30.0, system_id="other"),
        row(4, SHOWN, text="hello"),
        row(5, msisdn="44123", at=40.0),
    )
    assert ids_of(store, Search(9)) == [5, 3, 2, 1]
    assert ids_of(store, Search(9, text="hello")) == [2, 1]
    assert ids_of(store, Search(9, text="ä")) == []
    assert ids_of(store, Search(9, text="Ä")) == [2]
    assert ids_of(store, Search(9, number="44")) == [5, 3]
    assert ids_of(store, Search(9, number="4770")) == [3]
    assert ids_of(store, Search(9, system_id="other")) == [3]
    assert ids_of(store, Search(9, state=2)) == [2]
    assert ids_of(store, Search(9, since=20.0, until=40.0)) == [3, 2]
    assert ids_of(store, Search(9, before_id=3)) == [2, 1]
    assert ids_of(store, Search(9, text="hello", state=1)) == [1]
    found = rows_of(store, Search(2))
    assert ([one.message_id for one in found.rows], found.complete) == ([5, 3], False)
    found = rows_of(store, Search(2, before_id=3))
    assert ([one.message_id for one in found.rows], found.complete) == ([2, 1], True)
