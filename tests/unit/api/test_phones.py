"""Phones over HTTP: what they show, their power, what they send."""

import httpx
import pytest

from carrierbox import shapes
from carrierbox.box import Box
from carrierbox.identifiers import LinkId
from carrierbox.runtime import Runtime
from carrierbox.smpp.events import BindReceived, RequestReceived
from carrierbox.smpp.pdus import BindTransceiver, SubmitSm
from carrierbox.smsc.centre import STORE_FAILED
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

ON, OFF = "33612345678", "919812345678"


async def send(
    client: httpx.AsyncClient, to: str, text: str = "Hi", sender: str = ON
) -> httpx.Response:
    """Send a text from a phone."""
    return await client.post(f"/phones/{sender}/messages", json={"to": to, "text": text})


async def test_phones_are_listed_in_the_order_of_their_first_contact(
    client: httpx.AsyncClient,
) -> None:
    """In short form: without texts, with what waits for each."""
    await send(client, "+" + OFF)
    await send(client, "+" + OFF)
    await send(client, "+4915112345678")
    listed = (await client.get("/phones")).json()
    assert listed["total"] == 3
    seen = [(phone["msisdn"], phone["power"], phone["waiting"]) for phone in listed["phones"]]
    assert seen[:2] == [("+" + ON, "on", 0), ("+" + OFF, "off", 2)]
    assert seen[2][:2] == ("+4915112345678", "on")
    assert "texts" not in listed["phones"][0]
    page = (await client.get("/phones?limit=1&offset=1")).json()
    assert [phone["msisdn"] for phone in page["phones"]] == ["+" + OFF]
    assert (await client.get("/phones?offset=9")).json() == {"phones": [], "total": 3}


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1"])
async def test_the_list_is_bounded(client: httpx.AsyncClient, query: str) -> None:
    """A load test may contact a million phones."""
    answer = await client.get(f"/phones?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(query.partition("=")[0])


@pytest.mark.parametrize("msisdn", [ON, "+" + ON, "00" + ON, "%2B33%206%2012345678"])
async def test_a_phone_is_shown_however_its_number_is_written(
    client: httpx.AsyncClient, msisdn: str
) -> None:
    """With country, carrier and the subscriber's identity."""
    answer = await client.get(f"/phones/{msisdn}")
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["msisdn"], seen["country"], seen["power"]) == ("+" + ON, "FR", "on")
    assert (seen["imsi"], seen["texts"], seen["duplicates"]) == ("999703612345678", [], 0)
    assert seen["carrier"]


async def test_what_is_no_number_is_refused(client: httpx.AsyncClient) -> None:
    """On each of its paths."""
    for answer in (
        await client.get("/phones/abc"),
        await client.put("/phones/abc/power", json={"power": "on"}),
        await client.post("/phones/abc/messages", json={"to": "38100", "text": "Hi"}),
    ):
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith("msisdn: 'abc' is no phone number")


async def test_a_phone_that_nobody_contacted_is_not_found(client: httpx.AsyncClient) -> None:
    """Looking at it does not make it; setting its power does."""
    for _ in range(2):
        answer = await client.get("/phones/4915112345678")
        assert answer.status_code == 404
        assert "+4915112345678" in answer.json()["detail"]
    assert (await client.put("/phones/4915112345678/power", json={"power": "off"})).json()[
        "power"
    ] == "off"
    assert (await client.get("/phones/4915112345678")).status_code == 200


async def test_a_phone_that_is_switched_on_gets_what_waited(client: httpx.AsyncClient) -> None:
    """The answer to the switch comes after its commit; the text follows at once."""
    await send(client, "+" + OFF, "Grüße 🎉")
    assert (await client.get(f"/phones/{OFF}")).json()["waiting"] == 1
    answer = await client.put(f"/phones/{OFF}/power", json={"power": "on"})
    assert (answer.status_code, answer.json()["power"]) == (200, "on")
    for _ in range(4):
        # Each waits for a turn.
        await client.get("/readyz")
    seen = (await client.get(f"/phones/{OFF}")).json()
    assert seen["waiting"] == 0
    (text,) = seen["texts"]
    assert (text["sender"], text["text"], text["parts"]) == ("+" + ON, "Grüße 🎉", 1)
    assert set(text) == set(shapes.PhoneText.__struct_fields__)
    assert (text["message_class"], text["signs"], text["content"]) == (None, [], None)


async def test_a_switch_that_could_not_be_written_did_not_happen(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """503 with the store's sentence, and the phone as it was."""
    store.fail()
    answer = await client.put(f"/phones/{ON}/power", json={"power": "off"})
    assert (answer.status_code, answer.json()) == (503, {"detail": STORE_FAILED})
    assert (await client.get(f"/phones/{ON}")).json()["power"] == "on"


async def test_a_text_that_could_not_be_written_was_not_sent(
    client: httpx.AsyncClient, store: FakeStore
) -> None:
    """No message, and 503."""
    store.fail()
    answer = await send(client, "38100")
    assert (answer.status_code, answer.json()) == (503, {"detail": STORE_FAILED})
    assert (await client.get("/messages")).json()["total"] == 0


async def test_a_long_text_leaves_in_parts(client: httpx.AsyncClient) -> None:
    """Each is a message of its own."""
    answer = await send(client, "38100", "x" * 161)
    assert (answer.status_code, answer.json()) == (202, {"parts": 2})
    assert (await client.get("/messages?system_id=demo")).json()["total"] == 2


@pytest.mark.parametrize(
    ("sender", "to", "status", "word"),
    [
        (OFF, "38100", 409, "switch it on"),
        (ON, "39", 409, "address_range"),
        (ON, "ACME", 400, "to: 'ACME'"),
    ],
)
async def test_what_cannot_be_sent_says_why(
    client: httpx.AsyncClient, sender: str, to: str, status: int, word: str
) -> None:
    """One sentence with the remedy, and no message."""
    answer = await send(client, to, sender=sender)
    assert answer.status_code == status
    assert word in answer.json()["detail"]
    assert (await client.get("/messages")).json()["total"] == 0


async def test_a_text_has_at_most_255_parts(client: httpx.AsyncClient) -> None:
    """255 parts of 153 septets."""
    longest = "x" * (255 * 153)
    assert (await send(client, "38100", longest)).json() == {"parts": 255}
    answer = await send(client, "38100", longest + "x")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("text: ")


async def test_a_user_acknowledges_a_text_that_asks_for_it(
    client: httpx.AsyncClient, box: Box, runtime: Runtime
) -> None:
    """SMPP 3.4 §5.2.12: once, with a code; the phone shows that it was done."""
    link = LinkId(1)

    def bind_and_submit() -> None:
        box.centre.on_event(link, BindReceived(BindTransceiver("demo", "demo")))
        submit = SubmitSm(destination_addr=ON, registered_delivery=8, short_message=b"Hi")
        box.centre.on_event(link, RequestReceived(submit))

    runtime.request(box, bind_and_submit)
    await client.get("/readyz")
    shown = (await client.get(f"/phones/{ON}")).json()["texts"]
    assert [text["acknowledgement"] for text in shown] == ["wanted"]
    path = f"/phones/{ON}/acknowledgements"
    answer = await client.post(path, json={"number": 1, "user_response_code": 4})
    assert (answer.status_code, answer.json()) == (202, {"number": 1})
    shown = (await client.get(f"/phones/{ON}")).json()["texts"]
    assert [text["acknowledgement"] for text in shown] == ["sent"]
    (newest, _) = (await client.get("/messages")).json()["messages"]
    assert (newest["kind"], newest["origin"]) == ("user_acknowledgement", "phone")
    again = await client.post(path, json={"number": 1})
    assert again.status_code == 409
    assert "is acknowledged" in again.json()["detail"]


@pytest.mark.parametrize(
    ("phone", "body", "status", "word"),
    [
        (ON, {}, 409, "waits for an acknowledgement"),
        (ON, {"number": 7}, 409, "no text 7"),
        (OFF, {}, 409, "switch it on"),
        (ON, {"user_response_code": 256}, 400, "user_response_code"),
        (ON, {"number": 0}, 400, "number"),
        ("abc", {}, 400, "msisdn"),
    ],
)
async def test_what_cannot_be_acknowledged_says_why(
    client: httpx.AsyncClient, phone: str, body: dict[str, int], status: int, word: str
) -> None:
    """One sentence."""
    answer = await client.post(f"/phones/{phone}/acknowledgements", json=body)
    assert answer.status_code == status
    assert word in answer.json()["detail"]


async def test_a_phone_may_be_allowed_national_alphabets(client: httpx.AsyncClient) -> None:
    """TS 23.038 §6.2.1.2.4: by name, or all; an unknown one is told."""
    body = {"to": "+447700900123", "text": "ğ" * 100}
    counts = []
    for languages in ([], ["none"], ["turkish"], ["all"]):
        answer = await client.post(f"/phones/{ON}/messages", json={**body, "languages": languages})
        counts.append(answer.json()["parts"])
    assert counts == [2, 2, 1, 1]
    answer = await client.post(f"/phones/{ON}/messages", json={**body, "languages": ["fr"]})
    assert answer.status_code == 400
    assert "languages: 'fr' has no tables" in answer.json()["detail"]
