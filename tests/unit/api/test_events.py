"""The event stream's request; what flows in it is tested with its feed and over a socket."""

import httpx
import pytest
from litestar import Litestar

from carrierbox.api.app import event_feed_of
from carrierbox.api.event_feed import READERS_MAX
from carrierbox.api.events import GREETING
from carrierbox.box import Box

pytestmark = pytest.mark.asyncio


async def test_a_stream_begins_at_once(client: httpx.AsyncClient, api: Litestar) -> None:
    """With a comment, so that a client knows before anything happens; nobody may keep it."""
    feed = event_feed_of(api)
    feed.stop()
    answer = await client.get("/events")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == GREETING
    assert feed.readers == 0


@pytest.mark.parametrize(
    ("query", "headers", "field"),
    [
        ("?since=-1", {}, "since"),
        ("?since=x", {}, "since"),
        ("?since=99999999999999999999", {}, "since"),
        ("", {"Last-Event-ID": "x"}, "Last-Event-ID"),
        ("", {"Last-Event-ID": "-1"}, "Last-Event-ID"),
    ],
)
async def test_a_wrong_number_is_refused_by_its_name(
    client: httpx.AsyncClient, query: str, headers: dict[str, str], field: str
) -> None:
    """In the query or in the header."""
    answer = await client.get("/events" + query, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["detail"].lower().startswith(field.lower() + ": ")


async def test_too_many_streams_are_refused(
    client: httpx.AsyncClient, api: Litestar, box: Box
) -> None:
    """503 with the remedy."""
    feed = event_feed_of(api)
    for _ in range(READERS_MAX):
        feed.open(box.trace, None)
    answer = await client.get("/events")
    assert answer.status_code == 503
    assert "close one" in answer.json()["detail"]
