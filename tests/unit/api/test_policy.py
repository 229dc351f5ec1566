"""Explaining rules over HTTP."""

from typing import Any

import httpx
import pytest

from carrierbox.box import Box

pytestmark = pytest.mark.asyncio

ASKED = {"from": "ACME", "to": "+33 6 12 34 56 78", "text": "Sale at bit.ly/x"}
NO_LINKS: dict[str, Any] = {
    "name": "no links",
    "when": {"link": "shortener", "country": "FR"},
    "then": {"command_status": "ESME_RPROHIBITED"},
}


async def test_a_message_is_explained_and_nothing_is_counted(
    client: httpx.AsyncClient, box: Box
) -> None:
    """The rule matches, and is asked no message."""
    await client.post("/rules", json=NO_LINKS)
    answer = await client.post("/policy/explain", json=ASKED)
    assert answer.status_code == 200
    found = answer.json()
    assert found["message"]["to"] == "33612345678"
    assert found["message"]["link_domains"] == ["bit.ly"]
    assert found["verdict"]["command_status"] == "ESME_RPROHIBITED"
    assert [each["rule"] for each in found["matched"]] == ["no links"]
    assert box.rules.test_rules[0].matched == 0
    assert (await client.get("/messages")).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (ASKED | {"to": "abc"}, "to: 'abc' is no phone number"),
        (ASKED | {"account": "bank"}, "account: there is no account 'bank'"),
        (ASKED | {"content_class": "fun"}, "content_class: must be one of otp"),
        (ASKED | {"at": "noon"}, "at: 'noon' is no time"),
        (ASKED | {"at": "9999-01-01"}, "at: must be between"),
        ({"to": "+33612345678"}, "from"),
        (ASKED | {"colour": "red"}, "colour"),
    ],
)
async def test_what_is_wrong_is_said(
    client: httpx.AsyncClient, body: dict[str, str], detail: str
) -> None:
    """The field and the remedy."""
    answer = await client.post("/policy/explain", json=body)
    assert answer.status_code == 400
    assert detail in answer.text
