"""Submitting over HTTP: the very way of a submit_sm, answered when it is durable."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from carrierbox.api import make_api
from carrierbox.api.submissions import put_submission
from carrierbox.app import make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.config_rules import definition_of, rule_book
from carrierbox.inside_links import REQUESTS_MAX, InsideLinks
from carrierbox.links.pulse import Pulse
from carrierbox.runtime import Runtime
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.session import SessionSettings
from carrierbox.smpp.values import ESME_RTHROTTLED
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.centre import STORE_FAILED
from carrierbox.smsc.ports import Completion
from carrierbox.submission_views import SubmissionRequest, written_submission
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

pytestmark = pytest.mark.asyncio

NOW = LinkTime(1000.0)
PHONE = "33612345678"
ASKED: dict[str, Any] = {"account": "shop", "from": "ACME", "to": f"+{PHONE}", "text": "Hi"}
NO_MARKETING: dict[str, object] = {
    "name": "no marketing",
    "why": "Not here.",
    "when": {"content_class": "marketing"},
    "then": {"command_status": "ESME_RPROHIBITED"},
}


class HeldStore(FakeStore):
    """Tells of nothing that it did while it is held."""

    def __init__(self) -> None:
        super().__init__()
        self.is_held = False

    def completions(self) -> list[Completion]:
        return [] if self.is_held else super().completions()


@pytest.fixture
def store() -> HeldStore:
    """The journal of the box."""
    return HeldStore()


@pytest.fixture
def box(store: HeldStore) -> Box:
    """A box with a rule, an account of each kind of limit, and any other name."""
    made = make_box(
        "main",
        store,
        number_plan(),
        [
            AccountSettings("shop", "x"),
            AccountSettings("ads", "x", content_class="marketing"),
            AccountSettings("slow", "x", rate_per_s=2.0, rate_by_part=True),
            AccountSettings("few", "x", queue_max=1),
            AccountSettings("strict", "x", strict_tlvs=True),
            AccountSettings("latin", "x", data_coding_0=2),
            AccountSettings("*", "*"),
        ],
        [],
        NetworkClock(start=START, running=False),
        rules=rule_book([definition_of(NO_MARKETING)]),
    )
    made.recover(NOW)
    return made


@pytest_asyncio.fixture
async def api(box: Box) -> AsyncIterator[Litestar]:
    """The application over the box."""
    pulse = Pulse(asyncio.get_running_loop())
    runtime = Runtime([box], SessionSettings(), pulse.wake, lambda event, fields: None, lambda: NOW)
    pulse.drive(runtime.turn, runtime.next_delay_s)
    api = make_api(runtime, pulse, {"main": box}, number_plan=number_plan())
    api.state["runtime"], api.state["pulse"] = runtime, pulse
    yield api
    pulse.stop()


@pytest.fixture
def runtime(api: Litestar) -> Runtime:
    """The runtime of the box."""
    found = api.state["runtime"]
    assert isinstance(found, Runtime)
    return found


@pytest_asyncio.fixture
async def client(api: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Requests to the application."""
    transport = httpx.ASGITransport(api)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1") as http:
        yield http


async def turns(api: Litestar, count: int = 20) -> None:
    """Let the loop do what it has to do."""
    for _ in range(count):
        api.state["pulse"].wake()
        await asyncio.sleep(0)


def texts_on(box: Box, msisdn: str = PHONE) -> list[str]:
    """What a phone shows."""
    handset = box.network.phone(msisdn)
    return [] if handset is None else [text.text for text in handset.inbox]


async def test_a_text_is_taken_in_and_reaches_its_phone(
    client: httpx.AsyncClient, api: Litestar, box: Box, store: HeldStore
) -> None:
    """The journal has it when it is answered; the trace says how it came."""
    batches = len(store.batches)
    answer = await client.post("/messages", json=ASKED)
    assert answer.status_code == 201
    assert len(store.batches) > batches
    assert answer.json() == {
        "account": "shop",
        "from": "ACME",
        "to": PHONE,
        "alphabet": "gsm7",
        "data_coding": 0,
        "parts": 1,
        "content_class": None,
        "class_said_by": None,
        "messages": [
            {
                "part": 1,
                "message_id": "0000000001",
                "command_status": "ESME_ROK",
                "command_status_number": 0,
                "rule": None,
                "reason": None,
            }
        ],
    }
    await turns(api)
    assert texts_on(box) == ["Hi"]
    shown = (await client.get("/messages/0000000001")).json()
    assert (shown["system_id"], shown["origin"]) == ("shop", "esme")
    assert (shown["events"][0]["kind"], shown["events"][0]["detail"]) == ("submitted", "over HTTP")


async def test_every_field_is_that_of_the_submit_sm(
    client: httpx.AsyncClient, runtime: Runtime, box: Box
) -> None:
    """In the words of scenarios."""
    said = {
        "from": "12345",
        "content_class": "otp",
        "registered_delivery": 1,
        "validity": "1h",
        "schedule": "30m",
        "service_type": "CMT",
        "priority_flag": 2,
        "protocol_id": 0x41,
        "data_coding": 8,
        "source_addr_ton": 3,
        "source_addr_npi": 8,
        "tlvs": {"0x1401": "0a"},
    }
    answer = await client.post("/messages", json=ASKED | said)
    assert answer.status_code == 201
    found = answer.json()
    assert (found["alphabet"], found["data_coding"], found["content_class"]) == ("ucs2", 8, "otp")
    assert found["class_said_by"] == "submission"
    (message,) = box.centre.registry.unpacked()
    submit = message.submit
    expected = SubmitSm(
        service_type="CMT",
        source_addr_ton=3,
        source_addr_npi=8,
        source_addr="12345",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=PHONE,
        protocol_id=0x41,
        priority_flag=2,
        schedule_delivery_time="270115083000000+",
        validity_period="270115090000000+",
        registered_delivery=1,
        data_coding=8,
        short_message=b"\0H\0i",
    )
    assert vars_of(submit) == vars_of(expected)
    assert [(tlv.tag, tlv.value) for tlv in submit.tlvs] == [(0x1401, b"\x0a"), (0x1480, b"otp")]
    assert len(runtime.inside) == 0


def vars_of(submit: SubmitSm) -> dict[str, object]:
    """All fields of a PDU but its TLVs."""
    names = [
        "service_type",
        "source_addr_ton",
        "source_addr_npi",
        "source_addr",
        "dest_addr_ton",
        "dest_addr_npi",
        "destination_addr",
        "esm_class",
        "protocol_id",
        "priority_flag",
        "schedule_delivery_time",
        "validity_period",
        "registered_delivery",
        "replace_if_present_flag",
        "data_coding",
        "sm_default_msg_id",
        "short_message",
    ]
    return {name: getattr(submit, name) for name in names}


@pytest.mark.parametrize(
    ("said", "status_code"),
    [
        ({"content_class": "marketing"}, 422),
        ({"content_class": "otp"}, 201),
        ({}, 201),
        ({"account": "ads"}, 422),
        ({"account": "ads", "content_class": "transactional"}, 201),
        ({"tlvs": {"0x1480": b"marketing".hex()}}, 422),
    ],
)
async def test_a_rule_goes_by_the_class_that_is_said_else_by_the_account(
    client: httpx.AsyncClient, said: dict[str, Any], status_code: int
) -> None:
    """The refusal names the rule and its reason."""
    answer = await client.post("/messages", json=ASKED | said)
    assert answer.status_code == status_code
    if status_code == 201:
        return
    found = answer.json()
    assert found["detail"] == (
        "the centre refused it with ESME_RPROHIBITED by rule no marketing: Not here."
    )
    refusal = found["refusal"]
    assert refusal["command_status"] == "ESME_RPROHIBITED"
    assert refusal["command_status_number"] == refusal["messages"][0]["command_status_number"]
    assert (refusal["rule"], refusal["reason"]) == ("no marketing", "Not here.")
    assert refusal["content_class"] == "marketing"
    assert refusal["class_said_by"] == ("account" if said == {"account": "ads"} else "submission")
    assert refusal["messages"][0]["message_id"] is None
    assert (await client.get("/messages")).json()["total"] == 0


async def test_a_refusal_without_a_rule_names_the_field_and_the_remedy(
    client: httpx.AsyncClient, box: Box, api: Litestar
) -> None:
    """And no rule of an earlier message."""
    await client.post("/messages", json=ASKED | {"content_class": "marketing"})
    for said, told in (
        ({"to": "abc"}, "to: the centre refused it with ESME_RINVDSTADR: no phone can have"),
        ({"from": "MUCH TOO LONG"}, "from: the centre refused it with ESME_RINVSRCADR: a name"),
        ({"text": "ж" * 20_000}, "text: the centre refused it with ESME_RINVMSGLEN: it needs"),
        ({"schedule": "366d"}, "schedule: the centre refused it with ESME_RINVSCHED: at most"),
        ({"validity": "1h", "schedule": "2h"}, "validity: the centre refused it with"),
        ({"priority_flag": 4}, "priority_flag: the centre refused it with ESME_RINVPRTFLG: use"),
        ({"registered_delivery": 3}, "registered_delivery: the centre refused it with"),
        ({"source_addr_ton": 7}, "source_addr_ton: the centre refused it with ESME_RINVSRCTON"),
        ({"source_addr_npi": 2}, "source_addr_npi: the centre refused it with ESME_RINVSRCNPI"),
    ):
        answer = await client.post("/messages", json=ASKED | said)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(told)
        assert answer.json()["refusal"]["rule"] is None
    await turns(api)
    told = box.trace.since(box.trace.newest - 1)[1][0].describe()
    assert told == "over HTTP: ESME_RINVSRCNPI"


async def test_limits_of_the_account_hold(
    client: httpx.AsyncClient, api: Litestar, box: Box
) -> None:
    """Its rate (429) and its queue (503), each with a time to try again; T47."""
    for _ in range(2):
        assert (await client.post("/messages", json=ASKED | {"account": "slow"})).status_code == 201
    answer = await client.post("/messages", json=ASKED | {"account": "slow"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["refusal"]["command_status"] == "ESME_RTHROTTLED"
    await client.put(f"/phones/+{PHONE}/power", json={"power": "off"})
    assert (await client.post("/messages", json=ASKED | {"account": "few"})).status_code == 201
    await turns(api)
    answer = await client.post("/messages", json=ASKED | {"account": "few"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["refusal"]["command_status"] == "ESME_RMSGQFUL"


async def test_each_part_has_its_own_answer(client: httpx.AsyncClient, box: Box) -> None:
    """Those that were taken in are told with those that were not."""
    said = ASKED | {"text": "x" * 400, "parts": "udh"}
    found = (await client.post("/messages", json=said)).json()
    assert found["parts"] == 3
    assert [(each["part"], each["message_id"]) for each in found["messages"]] == [
        (1, "0000000001"),
        (2, "0000000002"),
        (3, "0000000003"),
    ]
    answer = await client.post("/messages", json=said | {"account": "slow"})
    assert answer.status_code == 429
    assert answer.json()["detail"] == (
        "the centre refused part 3 of 3 with ESME_RTHROTTLED: "
        "the account has used up its rate: try again in a second"
    )
    parts = answer.json()["refusal"]["messages"]
    assert [each["message_id"] for each in parts] == ["0000000004", "0000000005", None]
    assert parts[2]["command_status_number"] == ESME_RTHROTTLED


async def test_parts_of_two_texts_have_two_references(
    client: httpx.AsyncClient, api: Litestar, box: Box
) -> None:
    """So that no phone mixes them."""
    for letter in "xy":
        for parts in ("udh", "sar"):
            said = ASKED | {"text": letter * 400, "parts": parts}
            assert (await client.post("/messages", json=said)).status_code == 201
    await turns(api)
    assert texts_on(box) == ["x" * 400, "x" * 400, "y" * 400, "y" * 400]


async def test_a_text_is_coded_as_its_account_agreed(
    client: httpx.AsyncClient, api: Litestar, box: Box
) -> None:
    """T32: data_coding 0 is Latin-1 to this one."""
    answer = await client.post("/messages", json=ASKED | {"account": "latin", "text": "@é[ü"})
    assert answer.json()["data_coding"] == 0
    await turns(api)
    assert texts_on(box) == ["@é[ü"]
    message = box.centre.registry.find(1)
    assert message is not None
    assert message.submit.short_message == b"@\xe9[\xfc"


async def test_a_failed_commit_is_503_and_leaves_no_message(
    client: httpx.AsyncClient, api: Litestar, runtime: Runtime, box: Box, store: HeldStore
) -> None:
    """OK before the commit: never. What was refused as well says so."""
    store.fail()
    answer = await client.post("/messages", json=ASKED)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    found = answer.json()
    assert found["detail"] == f"the centre refused it with ESME_RSYSERR: {STORE_FAILED}"
    assert found["refusal"]["messages"][0]["message_id"] is None
    await turns(api)
    assert (await client.get("/messages")).json()["total"] == 0
    assert texts_on(box) == []
    assert len(runtime.inside) == 0
    assert (await client.post("/messages", json=ASKED)).status_code == 201


async def test_nothing_is_answered_before_the_commit(
    client: httpx.AsyncClient, api: Litestar, runtime: Runtime, store: HeldStore, box: Box
) -> None:
    """However many turns the store takes."""
    store.is_held = True
    asking = asyncio.create_task(client.post("/messages", json=ASKED))
    await turns(api)
    assert not asking.done()
    assert len(runtime.inside) == 1
    assert texts_on(box) == []
    store.is_held = False
    await turns(api)
    assert (await asking).status_code == 201


async def test_whoever_goes_away_leaves_nothing_behind(
    client: httpx.AsyncClient, api: Litestar, runtime: Runtime, store: HeldStore, box: Box
) -> None:
    """The message is taken in all the same, once."""
    store.is_held = True
    asking = asyncio.create_task(client.post("/messages", json=ASKED))
    await turns(api)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(runtime.inside) == 1
    store.is_held = False
    await turns(api)
    assert len(runtime.inside) == 0
    assert texts_on(box) == ["Hi"]


async def test_so_many_submissions_may_wait(
    client: httpx.AsyncClient, runtime: Runtime, box: Box
) -> None:
    """Then 503, and nothing is submitted."""
    for _ in range(REQUESTS_MAX - 2):
        runtime.inside.open(lambda pdu: None)
    said = ASKED | {"text": "x" * 400, "parts": "udh"}
    answer = await client.post("/messages", json=said)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "refusal" not in answer.json()
    assert (await client.get("/messages")).json()["total"] == 0
    assert (await client.post("/messages", json=ASKED)).status_code == 201


async def test_what_cannot_be_put_leaves_nothing_behind(box: Box) -> None:
    """A bug ends one request and is not counted for ever."""

    class Failing:
        """Runtime, box and centre in one."""

        def __init__(self) -> None:
            self.inside = InsideLinks()
            self.centre = self

        def request(self, box: object, ask: Callable[[], None]) -> None:
            ask()

        def submit(self, *arguments: object) -> tuple[str, str]:
            assert len(self.inside) == 1
            raise RuntimeError("a bug")

    written = written_submission(box, msgspec.convert(ASKED, SubmissionRequest))
    failing: Any = Failing()
    with pytest.raises(RuntimeError, match="a bug"):
        await put_submission(failing, failing, written)
    assert len(failing.inside) == 0


async def test_a_suspended_account_submits_nothing(client: httpx.AsyncClient) -> None:
    """As its client would not."""
    await client.put("/accounts/shop/suspension", json={})
    answer = await client.post("/messages", json=ASKED)
    assert answer.status_code == 422
    assert answer.json()["refusal"]["rule"]


async def test_any_name_submits_where_any_may_bind(client: httpx.AsyncClient, box: Box) -> None:
    """But those that could not bind (SMPP 3.4 §5.2.1, T12)."""
    found = (await client.post("/messages", json={**ASKED, "account": "new", "from": ""})).json()
    assert (found["account"], found["from"]) == ("new", "new")
    for name in ("x" * 16, "日本", "a\0b"):
        answer = await client.post("/messages", json=ASKED | {"account": name})
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith("account: there is no account")
    assert box.centre.bindings.count("new") == 0


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"account": ""}, "account: must be str of length >= 1"),
        ({"colour": "red"}, "colour: unknown key; known here: account, to, text, from"),
        ({"content_class": "fun"}, "content_class: must be one of otp"),
        ({"validity": "1"}, "validity: must be a duration such as 90s"),
        ({"validity": "9999d"}, "validity: must be 0s to 366d"),
        ({"schedule": 60}, "schedule: needs its unit"),
        ({"tlvs": {"x": "0a"}}, "tlvs: 'x': '0a' is no TLV"),
        ({"from": "日本"}, "from: '日本' is not Latin-1"),
        ({"to": "1" * 21}, "to: of 21 characters: at most 20 fit"),
        ({"service_type": "é\0"}, "service_type: 'é\\x00' holds a NUL"),
        ({"text": "é", "data_coding": 1}, "data_coding: data_coding 1 cannot write 'é'"),
        ({"text": "x" * 39_100, "parts": "udh"}, "text: must be str of length <= 39015"),
        ({"text": "ж" * 20_000, "parts": "udh"}, "text: 40000 octets of user data need more"),
        ({"parts": "payload"}, "parts: cannot be 'payload': use udh, sar"),
    ],
)
async def test_what_cannot_be_submitted_is_said_with_its_field(
    client: httpx.AsyncClient, said: dict[str, Any], detail: str
) -> None:
    """400, and nothing was asked of the centre."""
    answer = await client.post("/messages", json=ASKED | said)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(detail)
    for missing in ("account", "to", "text"):
        answer = await client.post(
            "/messages", json={name: each for name, each in ASKED.items() if name != missing}
        )
        assert answer.json() == {"detail": f"{missing}: missing"}
    assert (await client.get("/messages")).json()["total"] == 0


async def test_strict_tlvs_of_the_account_hold(client: httpx.AsyncClient) -> None:
    """T43: what its client may not send it may not send here."""
    said = ASKED | {"account": "strict", "content_class": "otp"}
    assert (await client.post("/messages", json=said)).status_code == 201
    answer = await client.post("/messages", json=said | {"tlvs": {"0x0427": "02"}})
    assert answer.status_code == 422
    assert answer.json()["refusal"]["rule"] is None


async def test_another_box_may_be_named(client: httpx.AsyncClient) -> None:
    """404 if there is none."""
    assert (await client.post("/messages?box=main", json=ASKED)).status_code == 201
    assert (await client.post("/messages?box=spare", json=ASKED)).status_code == 404
