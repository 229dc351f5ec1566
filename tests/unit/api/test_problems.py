"""Whatever goes wrong is one sentence in `detail`."""

import httpx
import pytest

from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.errors import StoreError

JSON = {"Content-Type": "application/json"}
POWER = "/phones/33612345678/power"


def broken(*_: object) -> None:
    """A bug."""
    raise ZeroDivisionError("secret")


def full(*_: object) -> None:
    """A store that cannot go on."""
    raise StoreError("this node has given out all its message ids")


class Failing:
    """Stands in for a registry."""

    def __init__(self, failure: object) -> None:
        self.kept = failure


class FailingCentre:
    """Stands in for a centre."""

    def __init__(self, failure: object) -> None:
        self.registry = Failing(failure)


class FailingBox:
    """Stands in for a box."""

    def __init__(self, failure: object) -> None:
        self.centre = FailingCentre(failure)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "body: expected JSON"),
        (b"{", "body: input data was truncated"),
        (b"\xff", "body: JSON is malformed: invalid character (byte 0)"),
        (b"[]", "body: must be object, got array"),
        (b"{}", "power: missing"),
        (b'{"power": "maybe"}', "power: cannot be 'maybe': use on, off"),
        (b'{"power": "on", "b": 1}', "b: unknown key; known here: power"),
    ],
)
async def test_a_wrong_body_is_named(
    client: httpx.AsyncClient, content: bytes, detail: str
) -> None:
    """With the field, where it is one."""
    answer = await client.put(POWER, content=content, headers=JSON)
    assert (answer.status_code, answer.json()) == (400, {"detail": detail})


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/nothing", 404, "openapi.json"),
        ("GET", "/messages/1/2/3", 404, "openapi.json"),
        ("GET", "http://localhost/api/v2", 404, "openapi.json"),
        ("DELETE", "/phones", 405, "method"),
    ],
)
async def test_a_wrong_path_is_told_where_to_look(
    client: httpx.AsyncClient, method: str, path: str, status: int, word: str
) -> None:
    """JSON as everything else, never a page."""
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"detail"}
    assert word in answer.json()["detail"]


@pytest.mark.asyncio
async def test_a_wrong_method_is_told_which_are_right(client: httpx.AsyncClient) -> None:
    """RFC 9110 §15.5.6 asks for Allow."""
    answer = await client.delete("/phones")
    assert "GET" in answer.headers["allow"]


@pytest.mark.asyncio
async def test_a_bug_is_logged_and_not_shown(
    client: httpx.AsyncClient, boxes: dict[str, Box], logged: list[str]
) -> None:
    """Whoever asked learns that it failed, not why."""
    boxes["main"] = FailingBox(broken)  # type: ignore[assignment]
    answer = await client.get("/messages")
    assert answer.status_code == 500
    assert set(answer.json()) == {"detail"}
    assert "secret" not in answer.text
    assert logged == ["api_failed"]


@pytest.mark.asyncio
async def test_a_store_that_cannot_go_on_is_no_bug(
    client: httpx.AsyncClient, boxes: dict[str, Box], logged: list[str]
) -> None:
    """503 with the store's own sentence."""
    boxes["main"] = FailingBox(full)  # type: ignore[assignment]
    answer = await client.get("/messages")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "this node has given out all its message ids"}
    assert logged == []


def test_a_problem_carries_its_status_and_sentence() -> None:
    """What handlers raise."""
    problem = Problem(409, "the phone is off")
    assert (problem.status_code, problem.detail) == (409, "the phone is off")


def test_each_status_of_a_description_has_its_example() -> None:
    """One entry for each."""
    described = errors({400: "a", 404: "b"})
    assert {
        status: spec.examples[0].value for status, spec in described.items() if spec.examples
    } == {
        400: {"detail": "a"},
        404: {"detail": "b"},
    }
