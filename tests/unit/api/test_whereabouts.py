"""Where phones are and how full their batteries, over HTTP."""

from typing import Any

import httpx
import pytest

from carrierbox.app import PhoneSettings, make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.cells import Cell, Position
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

BASTILLE, NATION = Position(48.8532, 2.3692), Position(48.8484, 2.3959)
PHONE = "/phones/33612345678"


def new_box(store: FakeStore, after_s: float = 0.0) -> Box:
    made = make_box(
        "main",
        store,
        number_plan(),
        [AccountSettings("demo", "demo", address_range="38100")],
        [PhoneSettings("33612345678", position=BASTILLE, battery=Battery(80.0, 0.0))],
        NetworkClock(start=START + after_s, running=False),
        cells=[Cell("bastille", BASTILLE, 1.2), Cell("nation", NATION, 1.2)],
    )
    made.recover(LinkTime(1000.0))
    return made


@pytest.fixture
def box(store: FakeStore) -> Box:
    """A box with two towers and a phone between them."""
    return new_box(store)


async def put(client: httpx.AsyncClient, what: str, body: dict[str, Any]) -> Any:
    answer = await client.put(f"{PHONE}/{what}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def degrees(position: Position) -> dict[str, float]:
    return {"latitude": position.latitude, "longitude": position.longitude}


async def test_a_phone_is_where_the_configuration_has_it(client: httpx.AsyncClient) -> None:
    """One that nobody put anywhere is everywhere."""
    found = (await client.get(f"{PHONE}/whereabouts")).json()
    assert found["cell"] == "bastille"
    assert found["position"] == degrees(BASTILLE)
    assert found["battery"]["percent"] == 80.0
    assert found["battery"]["changes_at"] is not None
    other = (await client.get("/phones/+447700900123/whereabouts")).json()
    assert other == {
        "msisdn": "+447700900123",
        "cell": "everywhere",
        "position": None,
        "arrives_at": None,
        "battery": None,
    }


async def test_a_position_lasts_over_a_restart_until_it_is_forgotten(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """DELETE goes back to the configuration."""
    assert (await put(client, "position", degrees(NATION)))["cell"] == "nation"
    towers = new_box(store).network.whereabouts.towers
    cell = towers.cell_of("33612345678")
    assert cell is not None
    assert cell.id == "nation"
    assert (await put(client, "position", {"latitude": 0, "longitude": 0}))["cell"] is None
    assert (await client.delete(f"{PHONE}/position")).json()["cell"] == "bastille"


async def test_a_path_goes_on_over_a_restart(client: httpx.AsyncClient, store: FakeStore) -> None:
    """As if the phone had moved meanwhile; one point alone is where to from here."""
    moving = await put(client, "path", {"points": [degrees(NATION)], "speed_km_h": 5})
    assert moving["cell"] == "bastille"
    assert moving["position"] == degrees(BASTILLE)
    assert moving["arrives_at"] is not None
    towers = new_box(store, 1200.0).network.whereabouts.towers
    cell = towers.cell_of("33612345678")
    assert cell is not None
    assert cell.id == "nation"
    assert (await put(client, "position", degrees(NATION)))["arrives_at"] is None


async def test_a_battery_is_set_charged_and_forgotten(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """What is not said stays as it is; what was set is there after a restart."""
    found = await put(client, "battery", {"percent": 15, "per_text_percent": 0.5})
    assert found["battery"]["percent"] == 15.0
    found = await put(client, "battery", {"charging": True})
    battery = found["battery"]
    assert (battery["percent"], battery["charging"]) == (15.0, True)
    assert (battery["per_text_percent"], battery["changes_at"]) == (0.5, None)
    kept = new_box(store, 3600.0).network.whereabouts.batteries.battery_of("33612345678")
    assert kept is not None
    assert kept.percent_at(START + 3600.0) == pytest.approx(65.0)
    assert (await put(client, "battery", {"percent": 0, "charging": False}))["battery"]["empty"]
    assert (await client.delete(f"{PHONE}/battery")).json()["battery"]["percent"] == 80.0


@pytest.mark.parametrize(
    ("what", "body", "problem"),
    [
        ("position", {"latitude": 86, "longitude": 0}, "latitude must be -85 to 85 degrees"),
        ("position", {"latitude": 48}, "longitude"),
        ("path", {"points": [{"latitude": 0, "longitude": 181}], "speed_km_h": 5}, "points[0]."),
        ("path", {"points": [degrees(NATION)], "speed_km_h": 0}, "speed must be"),
        ("path", {"points": [], "speed_km_h": 5}, "points"),
        ("battery", {"percent": 120}, "percent must be 0 to 100, not 120"),
        ("battery", {"standby_hours": 0}, "standby_hours must be"),
        ("battery", {"volt": 3}, "volt"),
    ],
)
async def test_what_is_wrong_is_told_with_its_field(
    client: httpx.AsyncClient, what: str, body: dict[str, Any], problem: str
) -> None:
    """400, and nothing changed."""
    answer = await client.put(f"{PHONE}/{what}", json=body)
    assert answer.status_code == 400
    assert problem in answer.json()["detail"]
    assert (await client.get(f"{PHONE}/whereabouts")).json()["cell"] == "bastille"


async def test_what_is_no_number_or_cannot_be_kept_is_refused(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """400 and 503; a path of one point needs a place to start from."""
    assert (await client.put("/phones/abc/position", json=degrees(NATION))).status_code == 400
    body = {"points": [degrees(NATION)], "speed_km_h": 5}
    answer = await client.put("/phones/447700900123/path", json=body)
    assert answer.status_code == 400
    assert "2 to 1000 points, not 1" in answer.json()["detail"]
    store.fail()
    assert (await client.put(f"{PHONE}/position", json=degrees(NATION))).status_code == 503
    assert (await client.get(f"{PHONE}/whereabouts")).json()["cell"] == "bastille"
