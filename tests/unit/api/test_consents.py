"""Consents over HTTP: recorded, imported, listed, forgotten."""

from typing import Any

import httpx
import pytest

from carrierbox.box import Box
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

PAIR = "/consent/36123/+33612345678"


async def test_a_consent_is_recorded_and_shown(client: httpx.AsyncClient) -> None:
    """With its history; nobody said anything at first."""
    nothing = (await client.get(PAIR)).json()
    assert (nothing["state"], nothing["source"], nothing["history"]) == ("none", None, [])
    put = await client.put(PAIR, json={"state": "opted_in", "source": "point_of_sale"})
    assert put.status_code == 200
    body = {"state": "opted_out", "at": "2027-01-16T12:00:00Z"}
    told = (await client.put(PAIR, json=body)).json()
    assert told == {
        "sender": "36123",
        "recipient": "+33612345678",
        "state": "opted_out",
        "source": "api",
        "at": "2027-01-16T12:00:00.000Z",
        "history": [
            {"state": "opted_in", "source": "point_of_sale", "at": "2027-01-15T08:00:00.000Z"},
            {"state": "opted_out", "source": "api", "at": "2027-01-16T12:00:00.000Z"},
        ],
    }
    assert (await client.get("/consent/36123/0033612345678")).json() == told
    gone = await client.delete(PAIR)
    assert gone.json()["state"] == "none"


async def test_a_form_of_a_sender_with_double_opt_in_asks_the_phone(
    client: httpx.AsyncClient, box: Box
) -> None:
    """R11: the text is on the phone when the answer is there, or shortly after."""
    await client.put("/senders/36123", json={"double_opt_in": True, "keywords": "carrier"})
    put = await client.put(PAIR, json={"state": "opted_in", "source": "form"})
    assert put.json()["state"] == "pending"
    handset = box.network.phone("33612345678")
    assert handset is not None
    assert "OUI" in handset.inbox[-1].text


async def test_many_are_imported_or_none(client: httpx.AsyncClient) -> None:
    """One that is wrong is named by its place."""
    good: list[dict[str, Any]] = [
        {"sender": "36123", "recipient": f"+3361234567{n}", "state": "opted_in", "source": "import"}
        for n in range(5)
    ]
    bad = {"sender": "36123", "recipient": "abc", "state": "opted_in"}
    refused = await client.post("/consent", json={"consents": [*good, bad]})
    assert refused.status_code == 400
    assert refused.json()["detail"].startswith("consents[5].recipient: 'abc' is no phone number")
    assert (await client.get("/consent")).json()["total"] == 0
    assert (await client.post("/consent", json={"consents": good})).json() == {"recorded": 5}
    assert (await client.get("/consent")).json()["total"] == 5


async def test_they_are_listed_by_kind_and_page_by_page(client: httpx.AsyncClient) -> None:
    """`next` leads on; null at the end."""
    consents = [
        {"sender": sender, "recipient": f"+3361234567{n}", "state": state}
        for n in range(4)
        for sender, state in (("36123", "opted_in"), ("ACME", "opted_out"))
    ]
    await client.post("/consent", json={"consents": consents})
    first = (await client.get("/consent", params={"limit": 3})).json()
    assert len(first["consents"]) == 4
    rest = (await client.get("/consent", params={"limit": 100, "after": first["next"]})).json()
    assert (len(rest["consents"]), rest["next"], rest["total"]) == (4, None, 8)

    async def count(**params: str) -> int:
        return len((await client.get("/consent", params=params)).json()["consents"])

    assert await count(sender="acme") == 4
    assert await count(state="opted_out") == 4
    assert await count(recipient="+33612345670") == 2
    assert await count(recipient="+33612345670", sender="36123", state="opted_in") == 1
    assert await count(recipient="+33612345670", state="pending") == 0


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/consent?state=maybe", "state: 'maybe' is no state of consent"),
        ("/consent?recipient=me", "msisdn: 'me' is no phone number"),
        ("/consent/36123/me", "msisdn: 'me' is no phone number"),
        ("/consent?limit=0", "limit"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    client: httpx.AsyncClient, path: str, detail: str
) -> None:
    """400 with the field."""
    answer = await client.get(path)
    assert answer.status_code == 400
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize("body", [{"state": "maybe"}, {}, {"state": "opted_in", "at": "noon"}])
async def test_what_cannot_be_recorded_is_refused(
    client: httpx.AsyncClient, body: dict[str, str]
) -> None:
    """400, and nothing is recorded."""
    assert (await client.put(PAIR, json=body)).status_code == 400
    assert (await client.get("/consent")).json()["total"] == 0


async def test_a_register_that_is_full_is_told(client: httpx.AsyncClient, box: Box) -> None:
    """409 with the remedy."""
    box.registers.consents.pairs_max = 0
    answer = await client.put(PAIR, json={"state": "opted_in"})
    assert answer.status_code == 409
    assert "delete some" in answer.json()["detail"]


async def test_a_failed_store_gives_the_consent_back(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """503, and it stands as before, in memory too."""
    await client.put(PAIR, json={"state": "opted_in"})
    store.fail()
    assert (await client.put(PAIR, json={"state": "opted_out"})).status_code == 503
    shown = (await client.get(PAIR)).json()
    assert (shown["state"], len(shown["history"])) == ("opted_in", 1)
