"""`carrierbox submit`."""

import json
from typing import Any, ClassVar

import pytest

from carrierbox import api_client
from carrierbox.api_client import RequestRefusedError
from carrierbox.cli import main
from carrierbox.submit_command import submitted_lines

ASKED = ["--account", "shop", "--from", "ACME", "--to", "+33612345678", "Hi"]
TAKEN: dict[str, Any] = {
    "alphabet": "gsm7",
    "parts": 1,
    "messages": [{"part": 1, "message_id": "0000000001"}],
}
REFUSED: dict[str, Any] = {
    "detail": "the centre refused part 2 of 2 with ESME_RTHROTTLED",
    "refusal": {
        "messages": [{"part": 1, "message_id": "0000000001"}, {"part": 2, "message_id": None}]
    },
}


class FakeApi:
    """A carrier that answers, or raises, what it is told to."""

    asked: ClassVar[list[Any]] = []
    answer: ClassVar[Any] = TAKEN

    def __init__(self, url: str, timeout_s: float) -> None:
        FakeApi.asked = [url]

    def post(self, *segments: str, body: object, **query: str | int) -> dict[str, Any]:
        FakeApi.asked += ["/".join(segments), body, query]
        if isinstance(FakeApi.answer, Exception):
            raise FakeApi.answer
        found: dict[str, Any] = FakeApi.answer
        return found


@pytest.fixture(autouse=True)
def fake_api(monkeypatch: pytest.MonkeyPatch) -> type[FakeApi]:
    """The carrier that every command talks to."""
    monkeypatch.delenv("CARRIERBOX_URL", raising=False)
    monkeypatch.setattr(api_client, "CarrierApi", FakeApi)
    monkeypatch.setattr(FakeApi, "answer", TAKEN)
    return FakeApi


def test_a_text_is_submitted_and_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Its id, its parts, its alphabet; what nobody said is left out."""
    assert main(["submit", *ASKED]) == 0
    assert FakeApi.asked == [
        "http://127.0.0.1:8775",
        "messages",
        {"account": "shop", "from": "ACME", "to": "+33612345678", "text": "Hi"},
        {},
    ]
    assert capsys.readouterr().out == "0000000001  1 part  gsm7\n"


def test_every_option_is_a_field(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the names of the API; --json prints its answer."""
    monkeypatch.setenv("CARRIERBOX_URL", "http://x:1")
    options = (
        "--content-class marketing --receipt --validity 1h --schedule 2h --service-type CMT "
        "--priority-flag 0 --protocol-id 65 --data-coding 8 --parts udh --box spare --json"
    )
    assert main(["submit", *ASKED, *options.split()]) == 0
    assert FakeApi.asked == [
        "http://x:1",
        "messages",
        {
            "account": "shop",
            "from": "ACME",
            "to": "+33612345678",
            "text": "Hi",
            "content_class": "marketing",
            "registered_delivery": 1,
            "validity": "1h",
            "schedule": "2h",
            "service_type": "CMT",
            "priority_flag": 0,
            "protocol_id": 65,
            "data_coding": 8,
            "parts": "udh",
        },
        {"box": "spare"},
    ]
    assert json.loads(capsys.readouterr().out) == TAKEN
    assert main(["submit", *ASKED, "--class", "otp", "--url", "http://y:2"]) == 0
    assert (FakeApi.asked[0], FakeApi.asked[2]["content_class"]) == ("http://y:2", "otp")


@pytest.mark.parametrize(("status", "code"), [(400, 2), (422, 4), (429, 4), (503, 1)])
def test_a_refusal_goes_to_stderr(
    status: int, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken in all the same stands on stdout; the exit code is that of every command."""
    monkeypatch.setattr(FakeApi, "answer", RequestRefusedError(status, "why", REFUSED))
    assert main(["submit", *ASKED]) == code
    captured = capsys.readouterr()
    assert captured.err == "carrierbox: why\n"
    assert captured.out == "0000000001  part 1 of 2\n"
    assert main(["submit", *ASKED, "--json"]) == code
    assert json.loads(capsys.readouterr().out) == REFUSED


def test_a_carrier_that_was_never_asked_says_nothing_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is on stdout."""
    for document in ({"detail": "why"}, {"refusal": 3}, None):
        monkeypatch.setattr(FakeApi, "answer", RequestRefusedError(400, "why", document))
        assert main(["submit", *ASKED, "--json"]) == 2
        assert capsys.readouterr().out == ""


def test_who_submits_what_to_whom_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The option that is missing is named."""
    assert main(["submit", "--to", "+1", "Hi"]) == 2
    assert "--account" in capsys.readouterr().err
    assert main(["submit", "--account", "shop", "Hi"]) == 2
    assert "--to" in capsys.readouterr().err


def test_nothing_of_an_answer_steers_the_terminal() -> None:
    """Whoever answers."""
    found = {"alphabet": "\x1b[2J", "messages": [{"message_id": "\x1b", "part": 1}]}
    assert submitted_lines(found) == ["\\x1b  1 part  \\x1b[2J"]
