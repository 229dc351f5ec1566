"""Any number of readers, a bounded amount of work: ticks are made by hand here."""

import asyncio

import pytest

from carrierbox import views
from carrierbox.api import event_feed
from carrierbox.api.event_feed import COMMENT, EventFeed, EventReader, TooManyReadersError
from carrierbox.clock import NetworkTime
from carrierbox.trace import PHONE, ROUTED, Trace, TraceEvent

pytestmark = pytest.mark.asyncio

NEVER_S = 3600.0


@pytest.fixture
def feed() -> EventFeed:
    """A feed whose timer does not come."""
    return EventFeed(tick_s=NEVER_S)


def filled(events: int) -> Trace:
    """A trace that has seen some events."""
    trace = Trace(size=5000)
    for number in range(1, events + 1):
        add(trace, number)
    return trace


def add(trace: Trace, number: int) -> None:
    """One event more."""
    trace.add(TraceEvent(PHONE, NetworkTime(float(number)), 0, "", "33612345678", "on"))


async def reading(feed: EventFeed, reader: EventReader) -> "asyncio.Task[bytes]":
    """A reader that waits."""
    task = asyncio.create_task(feed.read(reader))
    await asyncio.sleep(0)
    return task


def numbers(octets: bytes) -> list[int]:
    """The numbers of the events in a piece of a stream."""
    return [int(line[4:]) for line in octets.splitlines() if line.startswith(b"id: ")]


async def test_an_event_is_written_as_the_standard_says(feed: EventFeed) -> None:
    """Id, event and data, a line each, and an empty one; a line break in a text is none here."""
    trace = Trace()
    trace.add(TraceEvent(ROUTED, NetworkTime(0.5), 7, "demo", "33612345678", "a\nb"))
    task = await reading(feed, feed.open(trace, 0))
    feed.tick()
    assert await task == (
        b"id: 1\nevent: routed\n"
        b'data: {"number":1,"kind":"routed","at":"1970-01-01T00:00:00.500Z",'
        b'"message_id":"0000000007","system_id":"demo","msisdn":"+33612345678",'
        b'"detail":"a\\nb"}\n\n'
    )


async def test_without_a_number_only_what_comes_is_read(feed: EventFeed) -> None:
    """What was is asked for with its number."""
    trace = filled(3)
    new, old = feed.open(trace, None), feed.open(trace, 1)
    tasks = [await reading(feed, new), await reading(feed, old)]
    feed.tick()
    assert numbers(await tasks[1]) == [2, 3]
    assert not tasks[0].done()
    add(trace, 4)
    feed.tick()
    assert numbers(await tasks[0]) == [4]


async def test_a_number_from_before_a_restart_reads_from_the_start(feed: EventFeed) -> None:
    """Numbers begin anew with the process."""
    task = await reading(feed, feed.open(filled(2), 4000))
    feed.tick()
    assert numbers(await task) == [1, 2]


async def test_an_empty_trace_has_nothing_to_give(feed: EventFeed) -> None:
    """Whatever number is asked for."""
    task = await reading(feed, feed.open(Trace(), 4000))
    feed.tick()
    await asyncio.sleep(0)
    assert not task.done()
    feed.stop()
    assert await task == b""


async def test_a_tick_gives_a_page_and_no_more(
    feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next tick goes on behind it."""
    monkeypatch.setattr(event_feed, "PAGE_EVENTS", 3)
    reader = feed.open(filled(5), 0)
    task = await reading(feed, reader)
    feed.tick()
    assert numbers(await task) == [1, 2, 3]
    task = await reading(feed, reader)
    await asyncio.sleep(0)
    assert not task.done()
    feed.tick()
    assert numbers(await task) == [4, 5]


async def test_what_many_read_is_encoded_once(
    feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers that keep up all stand at the same place."""
    looked = []
    page = views.events_page

    def counted(trace: Trace, since: int, limit: int, dialect_of: views.DialectOf) -> object:
        looked.append(since)
        return page(trace, since, limit, dialect_of)

    monkeypatch.setattr(views, "events_page", counted)
    trace = filled(3)
    tasks = [await reading(feed, feed.open(trace, 0)) for _ in range(20)]
    feed.tick()
    assert {await task for task in tasks} == {await tasks[0]}
    assert looked == [0]


async def test_a_tick_serves_so_many_and_the_others_first_the_next_time(
    feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many readers there are, the loop is soon free for messages."""
    monkeypatch.setattr(event_feed, "TICK_WORK", 2 * event_feed.READER_WORK)
    trace = filled(1)
    tasks = [await reading(feed, feed.open(trace, 0)) for _ in range(6)]
    done = []
    for _ in range(3):
        feed.tick()
        await asyncio.sleep(0)
        done.append([task.done() for task in tasks].count(True))
    assert done == [2, 4, 6]


async def test_events_that_were_encoded_count_as_work(
    feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers at different places cost more than readers at the same."""
    monkeypatch.setattr(event_feed, "TICK_WORK", 100)
    trace = filled(200)
    tasks = [await reading(feed, feed.open(trace, since)) for since in (0, 50)]
    feed.tick()
    await asyncio.sleep(0)
    assert [task.done() for task in tasks] == [True, False]
    feed.stop()
    await asyncio.gather(*tasks)


async def test_a_quiet_stream_is_kept_open_by_comments() -> None:
    """So that proxies and clients know that somebody is there."""
    feed = EventFeed(tick_s=NEVER_S, comment_s=0.0)
    task = await reading(feed, feed.open(filled(2), None))
    feed.tick()
    assert await task == COMMENT
    assert COMMENT.startswith(b":")


async def test_the_timer_runs_while_somebody_waits() -> None:
    """Nobody makes ticks by hand outside of tests."""
    feed = EventFeed(tick_s=0.0)
    trace = filled(1)
    reader = feed.open(trace, 0)
    assert numbers(await feed.read(reader)) == [1]
    task = await reading(feed, reader)
    add(trace, 2)
    assert numbers(await task) == [2]


async def test_a_reader_that_went_away_is_passed_over(feed: EventFeed) -> None:
    """Its connection was closed while it waited."""
    trace = filled(1)
    gone = feed.open(trace, 0)
    tasks = [await reading(feed, gone), await reading(feed, feed.open(trace, 0))]
    tasks[0].cancel()
    await asyncio.gather(tasks[0], return_exceptions=True)
    feed.close(gone)
    feed.tick()
    assert numbers(await tasks[1]) == [1]
    assert feed.readers == 1


async def test_streams_are_bounded() -> None:
    """One that ends makes room for another."""
    feed = EventFeed(readers_max=1)
    first = feed.open(filled(0), None)
    with pytest.raises(TooManyReadersError, match="1 event streams"):
        feed.open(filled(0), None)
    feed.close(first)
    feed.open(filled(0), None)


async def test_a_stopped_feed_ends_every_stream(feed: EventFeed) -> None:
    """Those that wait and those that come back."""
    reader = feed.open(filled(1), 0)
    task = await reading(feed, reader)
    feed.stop()
    assert await task == b""
    assert await feed.read(reader) == b""
