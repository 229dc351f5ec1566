"""GET traffic."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from carrierbox.api.traffic import NOT_WATCHING, TOO_MANY, traffic_routes
from carrierbox.live_traffic import TrafficReader


class Lines:
    """One who listens in: every reader gets the same lines, and the end."""

    def __init__(self, lines: bytes | None) -> None:
        self.lines = lines
        self.open = 0

    async def open_reader(self) -> TrafficReader | None:
        """See `Watching`."""
        if self.lines is None:
            return None
        self.open += 1
        reader = TrafficReader()
        reader.give(self.lines)
        reader.has_ended = True
        return reader

    def close_reader(self, reader: TrafficReader) -> None:
        """See `Watching`."""
        self.open -= 1


async def answer(source: Lines | None) -> httpx.Response:
    routes = traffic_routes(None if source is None else lambda: source)
    transport = httpx.ASGITransport(app=cast(Any, Litestar(routes)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get("/traffic")


@pytest.mark.asyncio
async def test_lines_are_handed_out_up_to_the_end() -> None:
    """And the reader is given back."""
    lines = Lines(b'{"link":3}\n')
    found = await answer(lines)
    assert (found.status_code, found.content) == (200, b'\n{"link":3}\n')
    assert found.headers["content-type"].startswith("application/x-ndjson")
    assert lines.open == 0


@pytest.mark.asyncio
async def test_who_cannot_read_along_is_told_why() -> None:
    """Nobody to ask, or too many already."""
    for source, status, problem in ((None, 409, NOT_WATCHING), (Lines(None), 503, TOO_MANY)):
        found = await answer(source)
        assert found.status_code == status
        assert problem in found.text
