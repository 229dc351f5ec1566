"""Messages over HTTP: newest first, page by page, filtered, one with its way."""

import httpx
import pytest

from carrierbox import message_search
from carrierbox.box import Box
from carrierbox.dialects import dialect_named
from carrierbox.smsc.accounts import Accounts, AccountSettings
from carrierbox.smsc.lookup import Lookup

pytestmark = pytest.mark.asyncio

OFF, ON = "+919812345678", "+33612345678"


async def send(client: httpx.AsyncClient, to: str, text: str = "Hi") -> None:
    """A text from one phone to another is a message like any other."""
    answer = await client.post("/phones/33612345678/messages", json={"to": to, "text": text})
    assert answer.status_code == 202
    await settled(client)


async def settled(client: httpx.AsyncClient) -> None:
    """Each readyz waits for a turn: to the network, to the phone, back, and the final state."""
    for _ in range(4):
        assert (await client.get("/readyz")).status_code == 200


async def ids(client: httpx.AsyncClient, query: str) -> list[int]:
    """The ids of the messages that a query finds."""
    answer = await client.get(f"/messages?{query}")
    assert answer.status_code == 200
    return [int(message["message_id"]) for message in answer.json()["messages"]]


async def test_the_newest_message_comes_first(client: httpx.AsyncClient) -> None:
    """Pages do not overlap, and all of them are counted."""
    for number in range(5):
        await send(client, ON, str(number))
    assert await ids(client, "") == [5, 4, 3, 2, 1]
    assert await ids(client, "limit=2") == [5, 4]
    assert await ids(client, "limit=2&offset=2") == [3, 2]
    assert await ids(client, "limit=2&offset=4") == [1]
    assert await ids(client, "offset=5") == []
    assert (await client.get("/messages?limit=1")).json()["total"] == 5


async def test_filters_leave_out_what_was_not_asked_for(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And count only what they found; many messages are looked at in slices."""
    monkeypatch.setattr(message_search, "SLICE", 2)
    for to in (ON, OFF, ON, OFF, "38100"):
        await send(client, to)
    assert await ids(client, "to=919812345678") == [4, 2]
    assert await ids(client, "to=%2B919812345678&limit=1&offset=1") == [2]
    assert await ids(client, "to=38100") == [5]
    assert await ids(client, "from=0033612345678&state=delivered") == [3, 1]
    assert await ids(client, "state=ENROUTE") == [5, 4, 2]
    assert await ids(client, "system_id=demo") == [5]
    assert (await client.get("/messages?to=919812345678&limit=1")).json()["total"] == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("limit=1.5", "limit"),
        ("limit=", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999", "offset"),
        ("state=LOST", "state"),
    ],
)
async def test_a_wrong_value_is_refused_by_its_name(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    """400, and the field first."""
    answer = await client.get(f"/messages?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{field}: ")


async def test_a_message_tells_what_happened_to_it(client: httpx.AsyncClient) -> None:
    """The events of its own way, in order, with their numbers in the trace."""
    await send(client, OFF)
    await send(client, ON)
    seen = (await client.get("/messages/0000000002")).json()
    assert seen["message_state"] == "DELIVERED"
    kinds = [event["kind"] for event in seen["events"]]
    assert kinds.index("accepted") < kinds.index("attempt") < kinds.index("concluded")
    assert kinds[-1] == "concluded"
    numbers = [event["number"] for event in seen["events"]]
    assert numbers == sorted(set(numbers))
    assert set(seen["events"][0]) == {"number", "kind", "at", "detail"}


@pytest.mark.parametrize("message_id", ["0000000099", "abc", "0", "-1", "9" * 40, "٣"])
async def test_an_unknown_message_is_not_found(client: httpx.AsyncClient, message_id: str) -> None:
    """404 with a sentence, whatever was asked for."""
    answer = await client.get(f"/messages/{message_id}")
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("there is no message ")


async def test_an_id_is_written_and_read_as_its_account_has_it(
    client: httpx.AsyncClient, box: Box
) -> None:
    """T26: the API shows what the client saw, also in events, and accepts it."""
    accounts = Accounts(
        [
            AccountSettings(
                "demo", "demo", address_range="38100", dialect=dialect_named("hex_ids")
            ),
            AccountSettings("other", "x", dialect=dialect_named("short_ids")),
        ]
    )
    registry = box.centre.registry
    box.centre.accounts, box.centre.lookup = accounts, Lookup(registry, accounts)
    registry.note_id(0x19)
    await send(client, "38100")
    (listed,) = (await client.get("/messages")).json()["messages"]
    assert (listed["message_id"], listed["system_id"]) == ("1a", "demo")
    for path in ("1a", "1A", "1a?system_id=demo"):
        assert (await client.get(f"/messages/{path}")).json()["message_id"] == "1a"
    for path in ("1a?system_id=other", "26", "0000000026"):
        assert (await client.get(f"/messages/{path}")).status_code == 404
    await send(client, ON)
    assert (await client.get("/messages/0000000027")).json()["system_id"] == ""


async def test_an_id_that_several_accounts_know_needs_the_account(
    client: httpx.AsyncClient, box: Box
) -> None:
    """400 with the remedy; never the wrong message."""
    short = dialect_named("short_ids")
    names = [f"client{number:02}" for number in range(12)]
    accounts = Accounts([AccountSettings(name, "x", dialect=short) for name in names])
    registry = box.centre.registry
    box.centre.accounts, box.centre.lookup = accounts, Lookup(registry, accounts)
    for number, name in enumerate(names, 1):
        await send(client, ON)
        message = registry.find(number)
        assert message is not None
        registry.forget(message)
        message.message_id = message.client_id = 1 + (number << 32)
        message.system_id = name
        registry.add(message)
        registry.newest_id = number
    registry.note_id(len(names) + 1 << 32)
    answer = await client.get("/messages/00000001")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(
        "several accounts have a message 00000001: add system_id, one of client00, client01, "
    )
    assert "client11" not in answer.json()["detail"]
    one = (await client.get("/messages/00000001?system_id=client11")).json()
    assert one["system_id"] == "client11"


async def test_a_box_is_chosen_by_its_name(client: httpx.AsyncClient, box: Box) -> None:
    """An unknown one is not found, on every path."""
    await send(client, ON)
    assert await ids(client, "box=main") == [1]
    for path in ("/messages", "/messages/1", "/phones", "/phones/33612345678", "/events"):
        answer = await client.get(f"{path}?box=spare")
        assert answer.status_code == 404
        assert answer.json() == {"detail": "there is no box 'spare': this process has main"}


async def test_what_left_memory_is_listed_and_found(client: httpx.AsyncClient, box: Box) -> None:
    """A message that waits for a phone is in the store's table alone."""
    await send(client, OFF, "You have mail")
    await send(client, ON, "Hello")
    box.centre.paging.begin()
    await settled(client)
    await settled(client)
    assert box.centre.registry.find(1) is None
    assert await ids(client, "") == [2, 1]
    assert await ids(client, "text=MAIL") == [1]
    assert await ids(client, "before=2") == [1]
    assert await ids(client, "since=2027-01-15T07:00:00%2B00:00&until=2030-01-01") == [2, 1]
    assert await ids(client, "until=2020-01-01") == []
    page = (await client.get("/messages?limit=1")).json()
    assert (page["total"], page["next"]) == (2, "2")
    assert (await client.get("/messages/0000000001")).json()["text"] == "You have mail"
    assert (await client.get("/messages/77")).status_code == 404
    answer = await client.get("/messages?since=yesterday")
    assert (answer.status_code, answer.json()["detail"][:6]) == (400, "since:")
