"""Subscriptions over HTTP: roaming, barring, portability."""

import httpx
import pytest

from carrierbox.simulator.phone_state import Subscription
from carrierbox.smsc.centre import STORE_FAILED
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

PHONE = "33612345678"
PATH = f"/phones/{PHONE}/subscription"


async def test_a_subscriber_of_whom_nothing_is_set_is_as_everybody(
    client: httpx.AsyncClient,
) -> None:
    """With every field."""
    answer = (await client.get(PATH)).json()
    assert set(answer) == set(Subscription.__struct_fields__)
    assert (answer["sms_mt"], answer["barred_mt"], answer["domain"]) == (True, "", "msc")


async def test_what_is_changed_holds_and_the_rest_stays(client: httpx.AsyncClient) -> None:
    """The phone shows who serves it, and whose number it has."""
    first = await client.patch(PATH, json={"visited_country": "IN", "visited_carrier": "Airtel"})
    assert first.status_code == 200
    second = (await client.patch(PATH, json={"carrier": "Free"})).json()
    assert (second["visited_country"], second["carrier"]) == ("IN", "Free")
    phone = (await client.get(f"/phones/{PHONE}")).json()
    assert (phone["country"], phone["carrier"]) == ("FR", "Free")
    assert phone["serving_node"] == "MSC of Airtel, roaming"
    gone = (await client.delete(PATH)).json()
    assert (gone["visited_country"], gone["carrier"]) == ("", "")
    phone = (await client.get(f"/phones/{PHONE}")).json()
    assert phone["carrier"] != "Free"
    assert phone["serving_node"] == "MSC 33610900001"


async def test_a_barred_phone_cannot_be_reached(client: httpx.AsyncClient) -> None:
    """TS 29.002 §12.1: callBarred; a text of another phone stays undelivered."""
    await client.patch(PATH, json={"barred_mt": "operator"})
    await client.post("/phones/33687654321/messages", json={"to": "+" + PHONE, "text": "Hi"})
    assert (await client.get(f"/phones/{PHONE}")).json()["texts"] == []
    (message,) = (await client.get("/messages")).json()["messages"]
    events = (await client.get(f"/messages/{message['message_id']}")).json()["events"]
    procedures = [event["detail"] for event in events if event["kind"] == "procedure"]
    assert procedures == ["sendRoutingInfoForSM to HLR: CALL_BARRED, OPERATOR_BARRING"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"visited_country": "india"}, "visited_country"),
        ({"answers_with": "TIRED"}, "answers_with"),
        ({"domain": "pigeon"}, "domain"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_set_is_refused_by_its_name(
    client: httpx.AsyncClient, body: dict[str, str], said: str
) -> None:
    """And nothing changes."""
    answer = await client.patch(PATH, json=body)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert (await client.get(PATH)).json()["visited_country"] == ""


async def test_a_store_that_fails_keeps_what_was(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """Not durable, not so."""
    await client.patch(PATH, json={"sms_mt": False})
    store.fail()
    answer = await client.patch(PATH, json={"sms_mt": True})
    assert answer.status_code == 503
    assert answer.json()["detail"] == STORE_FAILED
    assert (await client.get(PATH)).json()["sms_mt"] is False
