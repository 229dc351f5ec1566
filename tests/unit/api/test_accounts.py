"""Calling an ESME over HTTP."""

import httpx
import pytest

from carrierbox.app import make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.smsc.accounts import AccountSettings, OutbindSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio


@pytest.fixture
def box(store: FakeStore) -> Box:
    """A box with an account that is called and one that is not."""
    called = OutbindSettings("192.0.2.7", 2780, "centre", "")
    accounts = [AccountSettings("shop", "x", outbind=called), AccountSettings("demo", "demo")]
    clock = NetworkClock(start=START, running=False)
    made = make_box("main", store, number_plan(), accounts, [], clock)
    made.recover(LinkTime(1000.0))
    return made


async def test_an_account_is_called(client: httpx.AsyncClient, logged: list[str]) -> None:
    """202 says that the call begins; nothing here connects, which the log and the events tell."""
    answer = await client.post("/accounts/shop/outbind", json={})
    assert (answer.status_code, answer.json()) == (
        202,
        {"system_id": "shop", "to": "192.0.2.7:2780"},
    )
    await client.get("/readyz")
    assert logged == ["outbind_unanswered"]


@pytest.mark.parametrize("system_id", ["demo", "nobody"])
async def test_an_account_without_outbind_is_not(client: httpx.AsyncClient, system_id: str) -> None:
    """409, with what to do."""
    answer = await client.post(f"/accounts/{system_id}/outbind", json={})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith(f"the account '{system_id}' has no outbind")


async def test_an_unknown_box_is_404(client: httpx.AsyncClient) -> None:
    """As everywhere."""
    assert (await client.post("/accounts/shop/outbind?box=x", json={})).status_code == 404
