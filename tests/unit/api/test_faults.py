"""Faults over HTTP: listed in their order, added, put, removed; what is wrong is said."""

from typing import Any

import httpx
import pytest

from carrierbox.box import Box
from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.faults import FAULTS_MAX, FaultBook

pytestmark = pytest.mark.asyncio

LOST: dict[str, Any] = {
    "name": "lost",
    "when": {"operation": "submit_sm", "share": 10},
    "then": {"no_response": True},
}
CUT: dict[str, Any] = {"name": "cut", "when": {}, "then": {"reset": "mid_pdu"}}


def names(answer: httpx.Response) -> list[str]:
    """The faults of an answer."""
    assert answer.status_code in (200, 201)
    return [fault["name"] for fault in answer.json()["faults"]]


async def test_at_first_there_are_none(client: httpx.AsyncClient) -> None:
    """Nothing goes wrong by itself."""
    assert (await client.get("/faults")).json() == {"faults": []}


async def test_faults_are_shown_as_written_with_what_they_struck(
    client: httpx.AsyncClient, box: Box
) -> None:
    """Those that were added before those configured."""
    box.faults = FaultBook([compile_fault(fault_of(CUT))])
    assert (await client.post("/faults", json=LOST)).json() == {
        "faults": [
            LOST | {"matched": 0, "configured": False},
            CUT | {"matched": 0, "configured": True},
        ]
    }
    box.faults.in_order[0].matched = 3
    assert (await client.get("/faults")).json()["faults"][0]["matched"] == 3


async def test_faults_are_added_put_and_removed(client: httpx.AsyncClient, box: Box) -> None:
    """In their order; each change answers with what there is then, and links are told."""
    assert names(await client.post("/faults", json=LOST)) == ["lost"]
    assert box.faults.is_changed
    assert names(await client.post("/faults", json=CUT)) == ["lost", "cut"]
    assert names(await client.delete("/faults/lost")) == ["cut"]
    assert names(await client.put("/faults", json={"faults": [LOST, CUT]})) == ["lost", "cut"]
    assert names(await client.delete("/faults")) == []


@pytest.mark.parametrize(
    ("written", "detail"),
    [
        ({"name": "a", "then": {}}, "then: must have exactly one of no_response"),
        ({"name": "a", "then": {"close": True}, "when": {"peer": "x"}}, "when.peer: 'x' is no IP"),
        ({"name": "a", "then": {"shut": True}}, "shut"),
        ({"name": "a"}, "then"),
        ({"name": "", "then": {"close": True}}, "name"),
    ],
)
async def test_a_fault_that_cannot_be_is_refused(
    client: httpx.AsyncClient, written: object, detail: str
) -> None:
    """400, the field and what would be right."""
    answer = await client.post("/faults", json=written)
    assert answer.status_code == 400
    assert detail in answer.json()["detail"]
    assert names(await client.get("/faults")) == []


async def test_one_bad_fault_of_several_changes_nothing(client: httpx.AsyncClient) -> None:
    """PUT is all or none, and says which."""
    await client.post("/faults", json=CUT)
    bad = {"name": "bad", "then": {}}
    answer = await client.put("/faults", json={"faults": [LOST, bad]})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("faults[1].then: must have exactly one of")
    assert names(await client.get("/faults")) == ["cut"]


async def test_names_are_given_once_and_faults_are_bounded(client: httpx.AsyncClient) -> None:
    """409."""
    await client.post("/faults", json=CUT)
    assert (await client.post("/faults", json=CUT)).status_code == 409
    assert (await client.put("/faults", json={"faults": [LOST, LOST]})).status_code == 409
    many = [{"name": str(number), "then": {"close": True}} for number in range(FAULTS_MAX)]
    assert len(names(await client.put("/faults", json={"faults": many}))) == FAULTS_MAX
    refused = await client.post("/faults", json=CUT)
    assert (refused.status_code, "at most 1000" in refused.text) == (409, True)


async def test_what_is_not_there_is_said(client: httpx.AsyncClient) -> None:
    """404, of faults and of boxes."""
    assert (await client.delete("/faults/lost")).json() == {
        "detail": "there is no fault named 'lost'"
    }
    assert (await client.get("/faults", params={"box": "nowhere"})).status_code == 404
