"""GET radio."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from carrierbox import shapes
from carrierbox.api.radio import radio_routes


async def answer(app: Litestar) -> Any:
    transport = httpx.ASGITransport(app=cast(Any, app))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        found = await client.get("/radio")
    assert found.status_code == 200
    return found.json()


@pytest.mark.asyncio
async def test_the_state_of_every_radio_is_told() -> None:
    """As the source gives it."""
    state = shapes.RadioState(
        box="default",
        broker="127.0.0.1:1883",
        embedded=False,
        connected=True,
        phones_online=2,
        parts_waiting=1,
    )
    (told,) = (await answer(Litestar(radio_routes(lambda: [state]))))["radios"]
    assert told["broker"] == "127.0.0.1:1883"
    assert (told["phones_online"], told["parts_waiting"]) == (2, 1)


@pytest.mark.asyncio
async def test_a_carrier_whose_phones_are_all_its_own_has_none() -> None:
    """An empty list is no error."""
    assert await answer(Litestar(radio_routes(None))) == {"radios": []}
