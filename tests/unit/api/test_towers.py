"""Towers over HTTP."""

import httpx
import pytest

from carrierbox.app import PhoneSettings, make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.simulator.cells import Cell, Position
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

BASTILLE, NATION = Position(48.8532, 2.3692), Position(48.8484, 2.3959)
PHONE = "33612345678"


def new_box(store: FakeStore) -> Box:
    made = make_box(
        "main",
        store,
        number_plan(),
        [AccountSettings("demo", "demo", address_range="38100")],
        [PhoneSettings(PHONE, position=BASTILLE)],
        NetworkClock(start=START, running=False),
        cells=[
            Cell("bastille", BASTILLE, 1.2, "Bastille", channels=8, typical_s=0.3),
            Cell("nation", NATION, 1.2, outage=True),
        ],
    )
    made.recover(LinkTime(1000.0))
    return made


@pytest.fixture
def box(store: FakeStore) -> Box:
    """A box with two towers, one of them out."""
    return new_box(store)


async def test_towers_are_listed_with_what_they_do(client: httpx.AsyncClient) -> None:
    """In the order of the configuration; pages of them."""
    found = (await client.get("/towers")).json()
    assert found["total"] == 2
    assert [tower["id"] for tower in found["towers"]] == ["bastille", "nation"]
    first = found["towers"][0]
    assert first["name"] == "Bastille"
    assert (first["phones"], first["channels"], first["channels_busy"]) == (1, 8, 0)
    assert not first["outage"]
    page = (await client.get("/towers", params={"offset": 1, "limit": 1})).json()
    assert page["towers"] == [found["towers"][1]]
    assert (await client.get("/towers/bastille")).json() == first


async def test_an_outage_lasts_until_it_is_over_also_over_a_restart(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """Both ways: one that was made to fail, and one that was made to work."""
    answer = await client.put("/towers/bastille/outage", json={"outage": "on"})
    assert answer.status_code == 200
    assert answer.json()["outage"] is True
    await client.put("/towers/nation/outage", json={"outage": "off"})
    again = new_box(store)
    cells = again.network.whereabouts.towers.cells()
    assert [cell.outage for cell in cells] == [True, False]
    await client.put("/towers/bastille/outage", json={"outage": "off"})
    found = (await client.get("/towers")).json()["towers"]
    assert [tower["outage"] for tower in found] == [False, False]


async def test_what_is_wrong_is_told(client: httpx.AsyncClient) -> None:
    """No such tower, no such case, no such box."""
    answer = await client.get("/towers/gare")
    assert answer.status_code == 404
    assert "there is no tower 'gare'" in answer.json()["detail"]
    assert (await client.put("/towers/gare/outage", json={"outage": "on"})).status_code == 404
    answer = await client.put("/towers/nation/outage", json={"outage": "yes"})
    assert answer.status_code == 400
    assert (await client.get("/towers", params={"box": "spare"})).status_code == 404


async def test_a_store_that_fails_leaves_the_tower_as_it_was(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """Nothing acts that would be forgotten."""
    store.fail()
    answer = await client.put("/towers/bastille/outage", json={"outage": "on"})
    assert answer.status_code == 503
    assert (await client.get("/towers/bastille")).json()["outage"] is False
