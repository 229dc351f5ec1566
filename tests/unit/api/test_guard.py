"""Web pages of other sites do not reach the API."""

import httpx
import pytest
from litestar import Litestar, get

from carrierbox.api.guard import host_guard, host_of


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost:8775", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:8775", "::1"),
        ("[::1]", "::1"),
        ("Example.COM.:80", "example.com"),
        ("", ""),
        ("[", ""),
    ],
)
def test_a_host_stands_without_its_port(header: str, host: str) -> None:
    """RFC 9110 §7.2: uri-host [ ":" port ]."""
    assert host_of(header) == host


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8775",
        "carrierbox:8775",
        "127.0.0.1:8775",
        "192.168.1.7",
        "[::1]:8775",
    ],
)
async def test_addresses_and_localhost_are_answered(client: httpx.AsyncClient, host: str) -> None:
    """No web page can have a name like these but one of this machine."""
    assert (await client.get("/livez", headers={"Host": host})).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example:8775", "127.0.0.1.evil.example", ""]
)
async def test_other_names_are_refused(client: httpx.AsyncClient, host: str) -> None:
    """DNS rebinding: a page's own name that suddenly points here."""
    answer = await client.get("/livez", headers={"Host": host})
    assert answer.status_code == 403
    assert "localhost" in answer.json()["detail"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]
)
async def test_what_changes_something_must_come_as_json(
    client: httpx.AsyncClient, content_type: str | None
) -> None:
    """A browser sends these types across sites without asking; JSON it does not."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    for method, path in (("PUT", "power"), ("POST", "messages")):
        answer = await client.request(
            method, f"/phones/33612345678/{path}", content=b'{"power": "off"}', headers=headers
        )
        assert answer.status_code == 415
        assert "application/json" in answer.json()["detail"]
    assert (await client.get("/phones/33612345678")).json()["power"] == "on"


@pytest.mark.asyncio
async def test_a_content_type_may_have_parameters(client: httpx.AsyncClient) -> None:
    """Many clients add a charset."""
    answer = await client.put(
        "/phones/33612345678/power",
        content=b'{"power": "off"}',
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )
    assert answer.status_code == 200


@pytest.mark.asyncio
async def test_names_may_be_added() -> None:
    """The name that the server listens on, or has in its containers' network."""

    @get("/")
    async def index() -> str:
        return "here"

    app = Litestar([index], middleware=[host_guard(["Carrier.Local."])], logging_config=None)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://carrier.local") as http:
        assert (await http.get("/")).status_code == 200
        assert (await http.get("http://other.local/")).status_code == 403
