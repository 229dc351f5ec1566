"""A carrier behind the API without a socket: requests go straight into the application."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from carrierbox.api import make_api
from carrierbox.app import PhoneSettings, make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.links.pulse import Pulse
from carrierbox.runtime import Runtime
from carrierbox.smpp.session import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

NOW = LinkTime(1000.0)


@pytest.fixture
def store() -> FakeStore:
    """The journal of the box; it fails when told to."""
    return FakeStore()


@pytest.fixture
def logged() -> list[str]:
    """The names of what was logged."""
    return []


@pytest.fixture
def noted() -> list[int]:
    """As many entries as `note` was called."""
    return []


@pytest.fixture
def box(store: FakeStore) -> Box:
    """A box whose clock stands still, with one phone on, one off, and one account."""
    made = make_box(
        "main",
        store,
        number_plan(),
        [AccountSettings("demo", "demo", address_range="38100")],
        [PhoneSettings("33612345678"), PhoneSettings("919812345678", power=False)],
        NetworkClock(start=START, running=False),
    )
    made.recover(NOW)
    return made


@pytest_asyncio.fixture
async def pulse() -> AsyncIterator[Pulse]:
    """What calls the turns."""
    pulse = Pulse(asyncio.get_running_loop())
    yield pulse
    pulse.stop()


@pytest_asyncio.fixture
async def runtime(box: Box, pulse: Pulse, logged: list[str]) -> Runtime:
    """The runtime, running."""
    runtime = Runtime(
        [box],
        SessionSettings(),
        pulse.wake,
        lambda event, fields: logged.append(event),
        lambda: NOW,
    )
    pulse.drive(runtime.turn, runtime.next_delay_s)
    return runtime


@pytest.fixture
def boxes(box: Box) -> dict[str, Box]:
    """The boxes that the API knows."""
    return {"main": box}


@pytest_asyncio.fixture
async def api(
    runtime: Runtime, pulse: Pulse, boxes: dict[str, Box], logged: list[str], noted: list[int]
) -> Litestar:
    """The application over the box."""
    return make_api(
        runtime,
        pulse,
        boxes,
        lambda: noted.append(1),
        number_plan=number_plan(),
        log=lambda event, fields, level: logged.append(event),
    )


@pytest_asyncio.fixture
async def client(api: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Requests to it."""
    transport = httpx.ASGITransport(api)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1") as http:
        yield http
