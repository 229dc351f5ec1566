"""Alive, ready, and which version."""

import httpx
import pytest
from litestar import Litestar

from carrierbox import __version__
from carrierbox.api.health import NOT_RUNNING, health_routes
from carrierbox.box import Box
from carrierbox.build_mode import build_mode
from carrierbox.links.pulse import Pulse

pytestmark = pytest.mark.asyncio


async def test_the_version_tells_what_runs(client: httpx.AsyncClient) -> None:
    """Compiled or not is part of it."""
    assert (await client.get("/version")).json() == {
        "version": __version__,
        "build": build_mode(),
        "api": "v1",
    }


async def test_a_process_that_answers_is_alive(client: httpx.AsyncClient) -> None:
    """Whatever its store does."""
    answer = await client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_carrier_whose_turns_end_is_ready(client: httpx.AsyncClient) -> None:
    """Binds are accepted and the store works."""
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_carrier_whose_last_commit_failed_is_not_ready(
    client: httpx.AsyncClient, box: Box
) -> None:
    """With what the store said."""
    box.last_store_problem = "disk full"
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "the store of the box main failed: disk full"}


async def test_a_carrier_that_does_not_run_yet_is_not_ready(pulse: Pulse, box: Box) -> None:
    """No turn ends, so no message is taken."""
    app = Litestar(health_routes(pulse, {"main": box}, timeout_s=0.0), logging_config=None)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, NOT_RUNNING)
