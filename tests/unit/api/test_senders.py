"""Senders over HTTP: registered, changed, suspended and forgotten."""

import httpx
import pytest

from carrierbox.box import Box
from carrierbox.config_senders import registers_of, sender_definition
from carrierbox.testing.direct import number_plan
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

US = {"country": "US"}


async def test_at_first_nobody_is_registered(client: httpx.AsyncClient) -> None:
    """And nobody is suspended."""
    answer = await client.get("/senders")
    assert answer.json() == {"senders": [], "suspended_accounts": [], "total": 0}
    assert (await client.get("/senders/28282", params=US)).status_code == 404


async def test_a_sender_is_registered_and_shown(client: httpx.AsyncClient) -> None:
    """Pending until a time, with what it is for."""
    body = {
        "registration": "pending",
        "approved_after": "21d",
        "keywords": "carrier",
        "brand": "ACME",
        "replies": {"stop": "Bye"},
    }
    put = await client.put("/senders/28282", params=US, json=body)
    assert put.status_code == 200
    assert put.json() == {
        "sender": "28282",
        "country": "US",
        "kind": "short_code",
        "registration": "pending",
        "until": "2027-02-05T08:00:00.000Z",
        "afterwards": "approved",
        "keywords": "carrier",
        "matching": "",
        "double_opt_in": False,
        "two_way": True,
        "group": "",
        "name": "",
        "brand": "ACME",
        "campaign": "",
        "per_s": 0.0,
        "per_day": 0,
        "tier": "",
        "replies": {"stop": "Bye"},
        "rule": "",
        "command_status": 0,
        "configured": False,
    }
    assert (await client.get("/senders/28282", params=US)).json() == put.json()
    assert (await client.get("/senders")).json()["senders"] == [put.json()]
    assert (await client.get("/senders/28282")).status_code == 404


async def test_a_registration_changes_alone(client: httpx.AsyncClient) -> None:
    """Everything else of the sender stays; one that is new gets an entry."""
    await client.put("/senders/acme", json={"brand": "ACME", "registration": "approved"})
    path = "/senders/ACME/registration"
    suspended = await client.put(path, json={"registration": "suspended", "suspended_for": "24h"})
    told = suspended.json()
    assert (told["registration"], told["afterwards"]) == ("suspended", "approved")
    assert (told["brand"], told["country"]) == ("ACME", "")
    there = await client.put(path, params={"country": "FR"}, json={"registration": "refused"})
    assert (there.json()["brand"], there.json()["country"]) == ("ACME", "FR")
    new = await client.put("/senders/99999/registration", json={"registration": "approved"})
    assert new.json()["registration"] == "approved"
    assert (await client.get("/senders")).json()["total"] == 3
    assert (
        len((await client.get("/senders", params={"limit": 1, "offset": 2})).json()["senders"]) == 1
    )


async def test_a_sender_is_forgotten_or_as_it_is_configured(
    client: httpx.AsyncClient, box: Box
) -> None:
    """What the configuration has comes back."""
    await client.put("/senders/99999", json={"registration": "approved"})
    gone = await client.delete("/senders/99999")
    assert gone.json()["senders"] == []
    assert (await client.delete("/senders/99999")).status_code == 404
    configured = sender_definition({"sender": "36123", "registration": "refused"})
    box.registers.declared = registers_of([configured]).declared
    box.registers.begin(number_plan(), box.clock.now())
    put = await client.put("/senders/36123", json={"registration": "approved"})
    assert put.json()["configured"] is False
    (back,) = (await client.delete("/senders/36123")).json()["senders"]
    assert (back["registration"], back["configured"]) == ("refused", True)


async def test_an_account_is_suspended_and_resumed(client: httpx.AsyncClient) -> None:
    """For a time or for good."""
    path = "/accounts/demo/suspension"
    assert (await client.delete(path)).status_code == 404
    put = await client.put(path, json={"suspended_for": "24h"})
    assert put.json() == {
        "system_id": "demo",
        "until": "2027-01-16T08:00:00.000Z",
        "rule": "",
        "command_status": 0,
    }
    assert (await client.put(path, json={})).json()["until"] is None
    listed = (await client.get("/senders")).json()["suspended_accounts"]
    assert [each["system_id"] for each in listed] == ["demo"]
    assert (await client.delete(path)).status_code == 200
    assert (await client.get("/senders")).json()["suspended_accounts"] == []


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/senders/ACMEACMEACME", {}, "sender: A name has at most 11"),
        ("/senders/28282", {"registration": "maybe"}, "registration"),
        ("/senders/28282", {"approved_after": "1d"}, "approved_after: goes with registration"),
        ("/senders/28282/registration", {"registration": "pending", "approved_after": "x"}, "must"),
        ("/senders/28282?country=usa", {}, "country"),
        ("/accounts/demo/suspension", {"suspended_for": "x"}, "suspended_for: must"),
    ],
)
async def test_what_cannot_be_is_refused(
    client: httpx.AsyncClient, path: str, body: dict[str, object], detail: str
) -> None:
    """400 with the field."""
    answer = await client.put(path, json=body)
    assert answer.status_code == 400
    assert detail in answer.json()["detail"]


async def test_a_failed_store_changes_nothing(client: httpx.AsyncClient, store: FakeStore) -> None:
    """503; the sender is as it was, also in memory."""
    await client.put("/senders/28282", json={"registration": "approved"})
    store.fail()
    answer = await client.put("/senders/28282", json={"registration": "refused"})
    assert answer.status_code == 503
    assert (await client.get("/senders/28282")).json()["registration"] == "approved"
