"""The application as a whole: its description, its index, its limits."""

import httpx
import pytest

pytestmark = pytest.mark.asyncio

OPERATIONS = {
    ("/api/v1/version", "get"),
    ("/api/v1/livez", "get"),
    ("/api/v1/readyz", "get"),
    ("/api/v1/messages", "get"),
    ("/api/v1/messages/{message_id}", "get"),
    ("/api/v1/messages", "post"),
    ("/api/v1/phones", "get"),
    ("/api/v1/phones/{msisdn}", "get"),
    ("/api/v1/phones/{msisdn}/power", "put"),
    ("/api/v1/phones/{msisdn}/messages", "post"),
    ("/api/v1/phones/{msisdn}/acknowledgements", "post"),
    ("/api/v1/phones/{msisdn}/whereabouts", "get"),
    ("/api/v1/phones/{msisdn}/replies", "post"),
    ("/api/v1/phones/{msisdn}/threads", "get"),
    ("/api/v1/phones/{msisdn}/texts", "delete"),
    ("/api/v1/phones/{msisdn}/texts/{number}", "delete"),
    ("/api/v1/phones/{msisdn}/memory", "put"),
    ("/api/v1/phones/{msisdn}/memory", "delete"),
    ("/api/v1/phones/{msisdn}/fill", "post"),
    ("/api/v1/phones/{msisdn}/responders", "get"),
    ("/api/v1/phones/{msisdn}/responders", "put"),
    ("/api/v1/phones/{msisdn}/subscription", "get"),
    ("/api/v1/phones/{msisdn}/subscription", "patch"),
    ("/api/v1/phones/{msisdn}/subscription", "delete"),
    ("/api/v1/phones/{msisdn}/position", "put"),
    ("/api/v1/phones/{msisdn}/position", "delete"),
    ("/api/v1/phones/{msisdn}/path", "put"),
    ("/api/v1/phones/{msisdn}/battery", "put"),
    ("/api/v1/phones/{msisdn}/battery", "delete"),
    ("/api/v1/towers", "get"),
    ("/api/v1/towers/{tower}", "get"),
    ("/api/v1/towers/{tower}/outage", "put"),
    ("/api/v1/accounts/{system_id}/outbind", "post"),
    ("/api/v1/events", "get"),
    ("/api/v1/rules", "get"),
    ("/api/v1/rules", "post"),
    ("/api/v1/rules", "put"),
    ("/api/v1/rules", "delete"),
    ("/api/v1/rules/{name}", "delete"),
    ("/api/v1/policy/explain", "post"),
    ("/api/v1/faults", "get"),
    ("/api/v1/faults", "post"),
    ("/api/v1/faults", "put"),
    ("/api/v1/faults", "delete"),
    ("/api/v1/faults/{name}", "delete"),
    ("/api/v1/senders", "get"),
    ("/api/v1/senders/{sender}", "get"),
    ("/api/v1/senders/{sender}", "put"),
    ("/api/v1/senders/{sender}", "delete"),
    ("/api/v1/senders/{sender}/registration", "put"),
    ("/api/v1/accounts/{system_id}/suspension", "put"),
    ("/api/v1/accounts/{system_id}/suspension", "delete"),
    ("/api/v1/consent", "get"),
    ("/api/v1/consent", "post"),
    ("/api/v1/consent/{sender}/{msisdn}", "get"),
    ("/api/v1/consent/{sender}/{msisdn}", "put"),
    ("/api/v1/consent/{sender}/{msisdn}", "delete"),
    ("/api/v1/lint", "get"),
    ("/api/v1/traffic", "get"),
    ("/api/v1/radio", "get"),
}


async def test_the_description_lists_every_operation(client: httpx.AsyncClient) -> None:
    """OpenAPI 3.1, at the place that errors name."""
    answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    described = answer.json()
    assert described["openapi"].startswith("3.1")
    assert {
        (path, method) for path, item in described["paths"].items() for method in item
    } == OPERATIONS


async def test_every_operation_is_summed_up_and_shows_its_errors(client: httpx.AsyncClient) -> None:
    """Each error of the description is the Error shape with an example sentence."""
    described = (await client.get("/openapi.json")).json()
    assert described["components"]["schemas"]["Error"]["required"] == ["detail"]
    errors = 0
    for item in described["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            for status, response in operation["responses"].items():
                if int(status) < 400:
                    continue
                content = response["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Error"}
                (example,) = content["examples"].values()
                assert set(example["value"]) == {"detail"}
                errors += 1
    assert errors > len(OPERATIONS)


async def test_the_index_lists_the_paths(client: httpx.AsyncClient) -> None:
    """Plain text for whoever opens the address in a browser."""
    answer = await client.get("http://localhost/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    for path, _ in OPERATIONS:
        name = path.replace("{message_id}", "ID").replace("{msisdn}", "MSISDN")
        name = (
            name.replace("{name}", "NAME")
            .replace("{system_id}", "SYSTEM_ID")
            .replace("{sender}", "SENDER")
            .replace("{tower}", "ID")
            .replace("{number}", "NUMBER")
        )
        assert name in answer.text


async def test_a_body_is_bounded(client: httpx.AsyncClient) -> None:
    """64 KiB, announced or not."""
    body = b'{"power": "on"' + b" " * 65_536 + b"}"

    async def chunks() -> object:
        yield body

    for content in (body, chunks()):
        answer = await client.put(
            "/phones/33612345678/power",
            content=content,  # type: ignore[arg-type]
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 413
        assert answer.json() == {"detail": "the body is too large: 64 KiB are taken"}


async def test_browsers_do_not_guess_what_an_answer_is(client: httpx.AsyncClient) -> None:
    """A text from a phone is data, never a page; and no other site may read it."""
    answer = await client.get("/messages", headers={"Origin": "https://example.com"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_a_note_is_made_of_every_request(client: httpx.AsyncClient, noted: list[int]) -> None:
    """Also of one to a path that is not there: each may leave reference cycles."""
    for path in ("/livez", "/nothing"):
        before = len(noted)
        await client.get(path)
        assert len(noted) > before
