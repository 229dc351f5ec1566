"""What users set of a phone over HTTP."""

import httpx
import pytest

from carrierbox.app import PhoneSettings, make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

ON = "33612345678"
BOB = "447700900123"


async def send(client: httpx.AsyncClient, text: str, sender: str = BOB, to: str = ON) -> int:
    """Send a text from one phone to another; the status."""
    answer = await client.post(
        f"/phones/{sender}/messages", json={"to": "+" + to, "text": text, "report": True}
    )
    return answer.status_code


async def settle(client: httpx.AsyncClient) -> None:
    """Let some turns pass: each request waits for one."""
    for _ in range(6):
        await client.get("/readyz")


async def texts(client: httpx.AsyncClient) -> list[str]:
    """What the phone shows, once everything has come to an end."""
    await settle(client)
    return [text["text"] for text in (await client.get(f"/phones/{ON}")).json()["texts"]]


async def test_a_full_phone_refuses_until_something_is_deleted(client: httpx.AsyncClient) -> None:
    """The text waits in the centre, and comes when there is room."""
    answer = await client.put(f"/phones/{ON}/memory", json={"phone": 2, "sim": 0})
    assert answer.json()["memory"] == {
        **{"phone": 2, "sim": 0, "phone_used": 0, "sim_used": 0, "dummies": 0},
        "when_full": "refuse",
    }
    for text in ("one", "two", "three"):
        await send(client, text)
    assert await texts(client) == ["one", "two"]
    assert (await client.get(f"/phones/{ON}")).json()["waiting"] == 1
    deleted = await client.delete(f"/phones/{ON}/texts/1")
    assert deleted.json() == {"deleted": 1}
    assert await texts(client) == ["two", "three"]
    assert (await client.delete(f"/phones/{ON}/texts/1")).status_code == 404
    assert (await client.delete(f"/phones/{ON}/texts")).json() == {"deleted": 2}
    assert await texts(client) == []


async def test_dummy_texts_fill_the_memory(client: httpx.AsyncClient) -> None:
    """All that is free, or so many; deleting all takes them away."""
    assert (await client.post(f"/phones/{ON}/fill", json={})).status_code == 409
    await client.put(f"/phones/{ON}/memory", json={"phone": 3, "sim": 1})
    assert (await client.post(f"/phones/{ON}/fill", json={"texts": 5})).status_code == 400
    filled = (await client.post(f"/phones/{ON}/fill", json={})).json()["memory"]
    assert (filled["phone_used"], filled["sim_used"], filled["dummies"]) == (3, 1, 4)
    await send(client, "no room")
    assert await texts(client) == []
    await client.delete(f"/phones/{ON}/texts")
    assert await texts(client) == ["no room"]
    unset = (await client.delete(f"/phones/{ON}/memory")).json()
    assert (unset["memory"], len(unset["texts"])) == (None, 1)


@pytest.mark.parametrize(
    ("responders", "problem"),
    [
        ([{"after": "5s"}], "responders[0].answer: missing"),
        ([{"answer": "a", "when": {"country": "FR"}}], "responders[0].when.country: no phone"),
        ([{"answer": "a", "after": "8d"}], "responders[0].after: must be at most 7d"),
        ([{"answer": "a", "colour": 1}], "responders[0].colour: unknown key"),
        ([{"answer": "a"}] * 101, "responders: must be at most 100 responders"),
    ],
)
async def test_responders_that_cannot_be_say_why(
    client: httpx.AsyncClient, responders: list[object], problem: str
) -> None:
    """With the very field."""
    answer = await client.put(f"/phones/{ON}/responders", json={"responders": responders})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(problem)


async def test_a_phone_answers_by_itself(client: httpx.AsyncClient) -> None:
    """What it is told to; they are shown as they were written."""
    wanted = [{"answer": "ok", "when": {"text": {"contains": "CODE"}}, "times": 1}]
    put = await client.put(f"/phones/{ON}/responders", json={"responders": wanted})
    assert put.json() == {"responders": wanted, "of_all_phones": []}
    assert (await client.get(f"/phones/{ON}/responders")).json() == put.json()
    for text in ("Hi", "CODE 1", "CODE 2"):
        await send(client, text)
    await settle(client)
    shown = (await client.get(f"/phones/{BOB}")).json()
    assert [(text["sender"], text["text"]) for text in shown["texts"]] == [("+" + ON, "ok")]


async def test_conversations_have_both_directions(client: httpx.AsyncClient) -> None:
    """With what the status reports say of what was sent."""
    await send(client, "Hello")
    reply = await client.post(f"/phones/{ON}/replies", json={"text": "Hi", "report": True})
    assert reply.json() == {"to": "+" + BOB, "number": 1, "parts": 1}
    await settle(client)
    (thread,) = (await client.get(f"/phones/{ON}/threads")).json()["threads"]
    assert thread["other"] == "+" + BOB
    assert [(text["direction"], text["text"], text["report"]) for text in thread["texts"]] == [
        ("received", "Hello", "none"),
        ("sent", "Hi", "delivered"),
    ]
    (sent,) = (await client.get(f"/phones/{ON}")).json()["sent"]
    assert (sent["to"], sent["report"]) == ("+" + BOB, "delivered")
    assert sent["status"].startswith("completed")


async def test_what_cannot_be_answered_says_why(client: httpx.AsyncClient) -> None:
    """Nothing there, no such text."""
    empty = await client.post(f"/phones/{ON}/replies", json={"text": "Hi"})
    assert (empty.status_code, "can be answered" in empty.json()["detail"]) == (409, True)
    none = await client.post(f"/phones/{ON}/replies", json={"text": "Hi", "number": 7})
    assert (none.status_code, "no text 7" in none.json()["detail"]) == (409, True)
    unknown = await client.post("/phones/4915112345678/replies", json={"text": "Hi"})
    assert unknown.status_code == 404


async def test_what_was_set_and_deleted_lasts(client: httpx.AsyncClient, store: FakeStore) -> None:
    """A restart brings back memory and responders, and no deleted text."""
    await client.put(f"/phones/{ON}/memory", json={"phone": 4, "sim": 1})
    await client.put(f"/phones/{ON}/responders", json={"responders": [{"answer": "ok"}]})
    for text in ("one", "two", "three"):
        await send(client, text)
    await settle(client)
    await client.delete(f"/phones/{ON}/texts/2")
    box = _again(store)
    handset = box.network.contact(ON)
    assert [text.text for text in handset.inbox] == ["one", "three"]
    assert handset.memory is not None
    assert (handset.memory.phone, handset.memory.sim) == (4, 1)
    assert [one.answer for one in box.network.responders.of_phone(ON)] == ["ok"]
    await client.delete(f"/phones/{ON}/texts")
    assert _again(store).network.contact(ON).inbox == []


def _again(store: FakeStore) -> Box:
    """The same carrier after a restart."""
    box = make_box(
        "main",
        store,
        number_plan(),
        [AccountSettings("demo", "demo", address_range="38100")],
        [PhoneSettings(ON)],
        NetworkClock(start=START, running=False),
    )
    box.recover(LinkTime(1000.0))
    return box
