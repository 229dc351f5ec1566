"""Rules over HTTP: listed in their order, added, put, removed; what is wrong is said."""

from typing import Any

import httpx
import pytest

from carrierbox.box import Box
from carrierbox.config_rules import definition_of, rule_book
from carrierbox.matching import RULES_MAX

pytestmark = pytest.mark.asyncio

BUSY: dict[str, Any] = {
    "name": "busy",
    "when": {"destination": "+33612345678"},
    "then": {"command_status": "ESME_RMSGQFUL"},
}
SLOW: dict[str, Any] = {"name": "slow", "when": {}, "then": {"cause": "SYSTEM_FAILURE"}}


def names(answer: httpx.Response) -> list[str]:
    """The test rules of an answer."""
    assert answer.status_code in (200, 201)
    return [rule["name"] for rule in answer.json()["test_rules"]]


async def test_at_first_there_are_none(client: httpx.AsyncClient) -> None:
    """Magic numbers are no rules that anybody wrote: they are not listed."""
    assert (await client.get("/rules")).json() == {"test_rules": [], "configured": []}


async def test_rules_are_shown_as_written_with_what_they_decided(
    client: httpx.AsyncClient, box: Box
) -> None:
    """Test rules before configured ones."""
    box.rules.configured = rule_book([definition_of(SLOW)]).configured
    assert (await client.post("/rules", json=BUSY)).json() == {
        "test_rules": [BUSY | {"matched": 0}],
        "configured": [SLOW | {"matched": 0}],
    }
    box.rules.test_rules[0].matched = 3
    shown = (await client.get("/rules")).json()
    assert shown["test_rules"] == [BUSY | {"matched": 3}]


async def test_rules_are_added_put_and_removed(client: httpx.AsyncClient) -> None:
    """In their order; each change answers with what there is then."""
    assert names(await client.post("/rules", json=BUSY)) == ["busy"]
    assert names(await client.post("/rules", json=SLOW)) == ["busy", "slow"]
    assert names(await client.delete("/rules/busy")) == ["slow"]
    assert names(await client.put("/rules", json={"test_rules": [BUSY, SLOW]})) == ["busy", "slow"]
    assert names(await client.delete("/rules")) == []


@pytest.mark.parametrize(
    ("written", "detail"),
    [
        ({"name": "a", "then": {}}, "then: must say something"),
        ({"name": "a", "then": {"command_status": "NOPE"}}, "NOPE is no command_status"),
        ({"name": "a"}, "then"),
        ({"name": "a", "then": {"accept": True}, "when": {"text": {"pattern": "("}}}, "RE2"),
        ({"name": "a", "then": {"accept": True}, "when": {"share": 200}}, "share"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(
    client: httpx.AsyncClient, written: object, detail: str
) -> None:
    """400, and the field; nothing is added."""
    answer = await client.post("/rules", json=written)
    assert answer.status_code == 400
    assert detail in answer.json()["detail"]
    assert names(await client.get("/rules")) == []


async def test_one_bad_rule_of_many_changes_nothing(client: httpx.AsyncClient) -> None:
    """All or nothing, and which one it was."""
    await client.post("/rules", json=BUSY)
    bad = {"name": "bad", "then": {}}
    answer = await client.put("/rules", json={"test_rules": [SLOW, bad]})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("test_rules[1].then: must say something")
    assert names(await client.get("/rules")) == ["busy"]


async def test_names_are_given_once(client: httpx.AsyncClient) -> None:
    """409; also for two of one request."""
    await client.post("/rules", json=BUSY)
    again = await client.post("/rules", json=BUSY)
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "there is a rule named 'busy': choose another name",
    )
    assert (await client.put("/rules", json={"test_rules": [SLOW, SLOW]})).status_code == 409
    assert names(await client.get("/rules")) == ["busy"]


async def test_what_is_not_there_cannot_be_removed(client: httpx.AsyncClient) -> None:
    """404; a rule of the configuration is no test rule."""
    answer = await client.delete("/rules/slow")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "there is no test rule named 'slow'"
    assert (await client.get("/rules?box=spare")).status_code == 404


async def test_the_list_is_bounded(client: httpx.AsyncClient, box: Box) -> None:
    """A thousand test rules, and a body of 64 KiB."""
    many = [{"name": str(number), "then": {"accept": True}} for number in range(RULES_MAX + 1)]
    answer = await client.put("/rules", json={"test_rules": many})
    assert answer.status_code == 400
    assert "test_rules" in answer.json()["detail"]
    box.rules.put_test_rules(rule_book([definition_of(one) for one in many[:-1]]).configured)
    assert (await client.post("/rules", json=BUSY)).status_code == 409
    huge = {"name": "huge", "when": {"account": ["x" * 500] * 100}, "then": {"accept": True}}
    put = await client.put("/rules", json={"test_rules": [huge, huge | {"name": "other"}]})
    assert put.status_code == 413
