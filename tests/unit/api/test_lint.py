"""GET lint."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from carrierbox import shapes
from carrierbox.api.lint import NOT_LINTING, lint_routes


async def answer(app: Litestar) -> httpx.Response:
    transport = httpx.ASGITransport(app=cast(Any, app))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get("/lint")


@pytest.mark.asyncio
async def test_the_report_is_what_the_source_gives() -> None:
    """As JSON."""

    async def source() -> shapes.LintReport | None:
        return shapes.LintReport(accounts=[], captures=[])

    found = await answer(Litestar(lint_routes(source)))
    assert found.status_code == 200
    assert found.json() == {"accounts": [], "captures": []}


@pytest.mark.asyncio
async def test_a_carrier_that_does_not_watch_says_how_to_make_it() -> None:
    """With and without somebody to ask."""

    async def source() -> shapes.LintReport | None:
        return None

    for each in (source, None):
        found = await answer(Litestar(lint_routes(each)))
        assert found.status_code == 409
        assert found.json()["detail"] == NOT_LINTING
