"""The API of a running carrier, over sockets, with an SMPP client beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
import pytest_asyncio

from carrierbox import shapes
from carrierbox.api import ApiServer, make_api
from carrierbox.app import make_box
from carrierbox.clock import NetworkClock, link_now
from carrierbox.links.pulse import Pulse
from carrierbox.links.server import address_of, listen
from carrierbox.numbering import load_number_plan
from carrierbox.runtime import Runtime
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    DeliverSmResp,
    Pdu,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.session import SessionSettings
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.stores.memory import MemoryStore

pytestmark = pytest.mark.asyncio

PHONE = "33612345678"
PATIENCE_S = 10.0


class Client:
    """An SMPP client that does one thing after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, pdu: Pdu) -> None:
        """Send a PDU."""
        self._writer.write(encode_pdu(pdu))

    async def receive(self) -> Pdu:
        """The next PDU."""
        length = await self._reader.readexactly(4)
        rest = await self._reader.readexactly(int.from_bytes(length, "big") - 4)
        return decode_pdu(length + rest)

    async def submit(self, submit: SubmitSm) -> str:
        """Submit; the message_id."""
        self.send(submit)
        response = await self.receive()
        assert isinstance(response, SubmitSmResp)
        assert response.command_status == 0
        return response.message_id

    async def take_delivery(self) -> DeliverSm:
        """The next deliver_sm, answered."""
        delivered = await self.receive()
        assert isinstance(delivered, DeliverSm)
        self.send(DeliverSmResp(sequence_number=delivered.sequence_number))
        return delivered

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


class Addresses:
    """Where a carrier listens."""

    def __init__(self, smpp: tuple[str, int], http: str) -> None:
        self.smpp = smpp
        self.http = http


@pytest_asyncio.fixture
async def addresses() -> AsyncIterator[Addresses]:
    """A carrier with one account, which has the short code 38100."""
    plan = load_number_plan()
    box = make_box(
        "main",
        MemoryStore(),
        plan,
        [AccountSettings("demo", "demo", address_range="38100")],
        [],
        NetworkClock(),
    )
    box.recover(link_now())
    pulse = Pulse(asyncio.get_running_loop())
    logged: list[str] = []
    runtime = Runtime(
        [box], SessionSettings(), pulse.wake, lambda event, fields: logged.append(event)
    )
    pulse.drive(runtime.turn, runtime.next_delay_s)
    smpp = await listen(runtime, "127.0.0.1", 0)
    http = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{http.getsockname()[1]}/api/v1"
    api = make_api(
        runtime,
        pulse,
        {"main": box},
        number_plan=plan,
        log=lambda event, fields, level: logged.append(event),
    )
    server = ApiServer(api)
    await server.start(http)
    yield Addresses(address_of(smpp), url)
    await server.stop()
    smpp.close()
    pulse.stop()
    assert logged == []


@pytest_asyncio.fixture
async def client(addresses: Addresses) -> AsyncIterator[Client]:
    """A bound transceiver."""
    client = Client(*await asyncio.open_connection(*addresses.smpp))
    client.send(BindTransceiver(system_id="demo", password="demo", sequence_number=1))
    assert isinstance(await client.receive(), BindTransceiverResp)
    yield client
    client.close()


@pytest_asyncio.fixture
async def http(addresses: Addresses) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client."""
    async with httpx.AsyncClient(base_url=addresses.http, timeout=PATIENCE_S) as http:
        yield http


def submit_sm(text: str) -> SubmitSm:
    """A submit_sm that asks for a receipt."""
    return SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=PHONE,
        registered_delivery=1,
        short_message=text.encode("ascii"),
        sequence_number=2,
    )


class Events:
    """The events of a stream, one after the other."""

    def __init__(self, stream: httpx.Response) -> None:
        self._lines = stream.aiter_lines()

    async def next(self) -> shapes.Event:
        """The next one; what stands beside the data agrees with it."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line.startswith(":"):
                continue
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                break
        event = msgspec.json.decode(fields["data"], type=shapes.Event)
        assert (fields["id"], fields["event"]) == (str(event.number), event.kind)
        return event

    async def until(self, kind: str) -> shapes.Event:
        """The next one of a kind."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                event = await self.next()
                if event.kind == kind:
                    return event


async def test_a_text_is_followed_from_its_submit_to_its_receipt(
    http: httpx.AsyncClient, client: Client
) -> None:
    """The phone is off, then it is switched on over the API."""
    await http.put(f"/phones/{PHONE}/power", json={"power": "off"})
    message_id = await client.submit(submit_sm("Hi"))
    async with http.stream("GET", "/events?since=0") as stream:
        events = Events(stream)
        assert (await events.next()).number == 1
        accepted = await events.until("accepted")
        assert (accepted.message_id, accepted.msisdn) == (message_id, "+" + PHONE)
        await events.until("failed")
        waiting = (await http.get(f"/messages/{message_id}")).json()
        assert (waiting["message_state"], waiting["err"]) == ("ENROUTE", "006")
        assert (await http.get(f"/phones/{PHONE}")).json()["waiting"] == 1
        await http.put(f"/phones/{PHONE}/power", json={"power": "on"})
        receipt = await client.take_delivery()
        assert receipt.short_message.startswith(f"id:{message_id} ".encode())
        acknowledged = await events.until("receipt_acknowledged")
        assert acknowledged.message_id == message_id
    done = (await http.get(f"/messages/{message_id}")).json()
    assert (done["message_state"], done["receipt"], done["attempts"]) == (
        "DELIVERED",
        "acknowledged",
        2,
    )
    assert done["events"][-1]["number"] == acknowledged.number
    (text,) = (await http.get(f"/phones/{PHONE}")).json()["texts"]
    assert (text["sender"], text["text"]) == ("ACME", "Hi")


async def test_a_text_from_a_phone_reaches_the_client(
    http: httpx.AsyncClient, client: Client
) -> None:
    """The other way round."""
    answer = await http.post(f"/phones/{PHONE}/messages", json={"to": "38100", "text": "STOP"})
    assert (answer.status_code, answer.json()) == (202, {"parts": 1})
    delivered = await client.take_delivery()
    assert (delivered.source_addr, delivered.destination_addr) == (PHONE, "38100")
    assert delivered.short_message == b"STOP"


async def test_a_stream_goes_on_where_it_broke_off(http: httpx.AsyncClient, client: Client) -> None:
    """A browser repeats its address and adds Last-Event-ID, which goes before."""
    await client.submit(submit_sm("Hi"))
    await client.take_delivery()
    async with http.stream("GET", "/events?since=0") as stream:
        events = Events(stream)
        seen = [await events.next() for _ in range(3)]
    assert [event.number for event in seen] == [1, 2, 3]
    headers = {"Last-Event-ID": "2"}
    async with http.stream("GET", "/events?since=0", headers=headers) as stream:
        assert await Events(stream).next() == seen[2]


async def test_many_streams_tell_the_same(http: httpx.AsyncClient, client: Client) -> None:
    """What happens once is told to all who are there."""
    streams = [http.stream("GET", "/events") for _ in range(5)]
    opened = [Events(await stream.__aenter__()) for stream in streams]
    message_id = await client.submit(submit_sm("Hi"))
    told = await asyncio.gather(*[events.until("accepted") for events in opened])
    assert {event.message_id for event in told} == {message_id}
    assert len({event.number for event in told}) == 1
    for stream in streams:
        await stream.__aexit__(None, None, None)
    await client.take_delivery()
