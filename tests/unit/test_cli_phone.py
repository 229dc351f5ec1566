"""The commands `carrierbox phone …`. tests/unit/test_cli.py has those that look and send."""

import json
from typing import Any

import pytest

from carrierbox import api_client
from carrierbox.cli import main

PHONES: dict[str, Any] = {"phones": [{"msisdn": "+331", "power": "on"}], "total": 1}
MEMORY = {
    **{"phone": 2, "sim": 1, "phone_used": 0, "sim_used": 0},
    **{"dummies": 0, "when_full": "refuse"},
}


class FakeApi:
    """A carrier that remembers what it was asked."""

    asked: list[tuple[object, ...]]

    def __init__(self, url: str, timeout_s: float = 10.0) -> None:
        FakeApi.asked = []

    def _answer(self, *asked: object) -> dict[str, Any]:
        FakeApi.asked.append(asked)
        answer = {"msisdn": "+331", "power": "on", "parts": 1, "to": "+332", "deleted": 1}
        return {**PHONES, **answer, "memory": MEMORY, "responders": [{"answer": "old"}]}

    def get(self, *segments: str, **query: str | int) -> dict[str, Any]:
        return self._answer("GET", *segments, *([query] if query else []))

    def put(self, *segments: str, body: object) -> dict[str, Any]:
        return self._answer("PUT", *segments, body)

    def post(self, *segments: str, body: object) -> dict[str, Any]:
        return self._answer("POST", *segments, body)

    def delete(self, *segments: str) -> dict[str, Any]:
        return self._answer("DELETE", *segments)


@pytest.fixture
def fake_api(monkeypatch: pytest.MonkeyPatch) -> type[FakeApi]:
    monkeypatch.setattr(api_client, "CarrierApi", FakeApi)
    return FakeApi


@pytest.mark.parametrize(
    ("argv", "asked", "printed"),
    [
        (["list"], ("GET", "phones", {"limit": 100}), "+331"),
        (["--limit", "3", "list"], ("GET", "phones", {"limit": 3}), "+331"),
        (["+331", "show", "--threads"], ("GET", "phones", "+331", "threads"), "(no texts)"),
        (
            ["+331", "reply", "Yes please"],
            ("POST", "phones", "+331", "replies", {"text": "Yes please"}),
            "+331 sent a text to +332",
        ),
        (
            ["+331", "reply", "7", "Yes", "--report"],
            ("POST", "phones", "+331", "replies", {"text": "Yes", "number": 7, "report": True}),
            "+331 sent a text to +332",
        ),
        (
            ["+331", "send", "--report", "+332", "Hi"],
            ("POST", "phones", "+331", "messages", {"to": "+332", "text": "Hi", "report": True}),
            "+331 sent",
        ),
        (["+331", "delete", "7"], ("DELETE", "phones", "+331", "texts", "7"), "1 text deleted"),
        (["+331", "delete", "--all"], ("DELETE", "phones", "+331", "texts"), "1 text deleted"),
        (["+331", "memory"], ("GET", "phones", "+331"), "+331   memory: 0 of 2"),
        (
            ["+331", "memory", "--phone", "2", "--sim", "1", "--when-full", "forget"],
            ("PUT", "phones", "+331", "memory", {"phone": 2, "sim": 1, "when_full": "forget"}),
            "+331   memory: 0 of 2",
        ),
        (["+331", "memory", "--reset"], ("DELETE", "phones", "+331", "memory"), "+331   memory"),
        (["+331", "fill"], ("POST", "phones", "+331", "fill", {}), "+331   memory"),
        (["+331", "fill", "5"], ("POST", "phones", "+331", "fill", {"texts": 5}), "+331   memory"),
        (["+331", "answer"], ("GET", "phones", "+331", "responders"), "when any text"),
        (
            ["+331", "answer", "--stop"],
            ("PUT", "phones", "+331", "responders", {"responders": []}),
            "when any text",
        ),
    ],
)
def test_each_command_is_one_request(
    argv: list[str],
    asked: tuple[object, ...],
    printed: str,
    fake_api: type[FakeApi],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And prints what became of it; with --json what the carrier answered."""
    assert main(["phone", *argv]) == 0
    assert fake_api.asked == [asked]
    assert capsys.readouterr().out.startswith(printed)
    assert main(["phone", "--json", *argv]) == 0
    assert json.loads(capsys.readouterr().out)["msisdn"] == "+331"


def test_a_responder_is_added_to_those_there_are(
    fake_api: type[FakeApi], capsys: pytest.CaptureFixture[str]
) -> None:
    """The conditions are YAML, as in a rule."""
    argv = ["answer", "--when", "text: {contains: CODE}", "--text", "ok", "--after", "5s"]
    assert main(["phone", "+331", *argv, "--times", "2"]) == 0
    added = {"answer": "ok", "after": "5s", "when": {"text": {"contains": "CODE"}}, "times": 2}
    assert fake_api.asked[-1] == (
        *("PUT", "phones", "+331", "responders"),
        {"responders": [{"answer": "old"}, added]},
    )


@pytest.mark.parametrize(
    "argv",
    [
        ["delete"],
        ["delete", "1", "--all"],
        ["memory", "--reset", "--sim", "1"],
        ["answer", "--when", "text: x"],
        ["answer", "--text", "x", "--stop"],
        ["answer", "--text", "x", "--when", "[1]"],
        ["reply"],
    ],
)
def test_what_makes_no_sense_ends_with_2(
    argv: list[str], fake_api: type[FakeApi], capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is changed."""
    assert main(["phone", "+331", *argv]) == 2
    assert capsys.readouterr().err
