"""What `carrierbox senders` and `carrierbox consent` ask and print, typed as somebody would."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from carrierbox import api_client
from carrierbox.cli import main

SENDER: dict[str, Any] = {
    "sender": "28282",
    "country": "US",
    "kind": "short_code",
    "registration": "pending",
    "until": "2027-02-05T08:00:00.000Z",
    "afterwards": "approved",
    "keywords": "carrier",
    "matching": "",
    "double_opt_in": True,
    "two_way": False,
    "group": "",
    "name": "ACME \x1b[2J",
    "brand": "",
    "campaign": "",
    "per_s": 0.0,
    "per_day": 0,
    "tier": "E",
    "replies": {"stop": "Bye"},
    "rule": "",
    "command_status": 0,
    "configured": False,
}
ACCOUNT: dict[str, Any] = {"system_id": "demo", "until": None, "rule": "", "command_status": 0}
CONSENT: dict[str, Any] = {
    "sender": "28282",
    "recipient": "+12025550123",
    "state": "opted_out",
    "source": "keyword",
    "at": "2027-01-15T08:00:00.000Z",
    "history": [
        {"state": "opted_out", "source": "keyword", "at": "2027-01-15T08:00:00.000Z"},
    ],
}


class FakeApi:
    """Answers from a table and remembers what was asked."""

    asked: ClassVar[list[tuple[object, ...]]] = []

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, *segments: str, **query: Any) -> dict[str, Any]:
        """One of three kinds."""
        self.asked.append(("GET", "/".join(segments), query))
        if segments == ("senders",):
            return {"senders": [SENDER], "suspended_accounts": [ACCOUNT], "total": 1}
        if segments[0] == "senders":
            return SENDER
        if segments == ("consent",):
            is_first = query["after"] == -1
            return {"consents": [CONSENT], "total": 2, "next": 7 if is_first else None}
        return CONSENT

    def put(self, *segments: str, body: dict[str, Any], **query: Any) -> dict[str, Any]:
        """What is there then."""
        self.asked.append(("PUT", "/".join(segments), body, query))
        return {"senders": SENDER, "accounts": ACCOUNT, "consent": CONSENT}[segments[0]]

    def post(self, *segments: str, body: dict[str, Any]) -> dict[str, Any]:
        """All are recorded."""
        self.asked.append(("POST", "/".join(segments), len(body["consents"]), body["consents"][0]))
        return {"recorded": len(body["consents"])}

    def delete(self, *segments: str, **query: Any) -> dict[str, Any]:
        """What is left."""
        self.asked.append(("DELETE", "/".join(segments), query))
        if segments[0] == "senders":
            return {"senders": [], "suspended_accounts": [], "total": 0}
        return ACCOUNT if segments[0] == "accounts" else CONSENT


@pytest.fixture(autouse=True)
def _carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeApi.asked.clear()
    monkeypatch.setattr(api_client, "CarrierApi", FakeApi)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("senders show 28282 --country US", ("GET", "senders/28282", {"country": "US"})),
        (
            "senders register 28282 registration=pending approved_after=21d two_way=off per_s=2.5",
            (
                "PUT",
                "senders/28282",
                {
                    "registration": "pending",
                    "approved_after": "21d",
                    "two_way": False,
                    "per_s": 2.5,
                },
                {},
            ),
        ),
        (
            "senders approve 28282 --country US",
            ("PUT", "senders/28282/registration", {"registration": "approved"}, {"country": "US"}),
        ),
        (
            "senders refuse 28282 --after 5d",
            (
                "PUT",
                "senders/28282/registration",
                {"registration": "pending", "refused_after": "5d"},
                {},
            ),
        ),
        (
            "senders suspend 28282 --for 24h",
            (
                "PUT",
                "senders/28282/registration",
                {"registration": "suspended", "suspended_for": "24h"},
                {},
            ),
        ),
        ("senders forget 28282", ("DELETE", "senders/28282", {})),
        (
            "senders suspend-account demo --for 1d",
            ("PUT", "accounts/demo/suspension", {"suspended_for": "1d"}, {}),
        ),
        ("senders resume-account demo", ("DELETE", "accounts/demo/suspension", {})),
        ("consent show 28282 +12025550123", ("GET", "consent/28282/+12025550123", {})),
        (
            "consent record 28282 +12025550123 opted_in --source form",
            ("PUT", "consent/28282/+12025550123", {"state": "opted_in", "source": "form"}, {}),
        ),
        ("consent forget 28282 +12025550123", ("DELETE", "consent/28282/+12025550123", {})),
    ],
)
def test_a_command_asks_once_and_prints_what_it_heard(
    typed: str, asked: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """In lines for people, without escape sequences of others, or as JSON."""
    assert main(typed.split()) == 0
    assert FakeApi.asked == [asked]
    printed = capsys.readouterr().out
    assert printed.strip()
    assert "\x1b" not in printed
    assert main([*typed.split(), "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)


def test_senders_are_listed_with_suspended_accounts(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each."""
    assert main(["senders", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["28282", "US", "short", "code"]
    assert "pending until 2027-02-05T08:00:00.000Z, then approved" in lines[0]
    assert lines[1] == "the account demo is suspended for good"


def test_consents_are_listed_page_by_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Until there are enough, or no more."""
    assert main(["consent", "list", "--state", "opted_out", "--limit", "5"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert [query for _, _, query in FakeApi.asked] == [
        {"limit": 5, "after": -1, "state": "opted_out"},
        {"limit": 4, "after": 7, "state": "opted_out"},
    ]


def test_a_file_of_consents_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In requests of a bounded size; empty cells are left out."""
    file = tmp_path / "consents.csv"
    rows = "".join(f"28282,+1202555{n:04d},opted_in,\n" for n in range(500))
    file.write_text("\ufeffsender,recipient,state,at\n" + rows, encoding="utf-8")
    assert main(["consent", "import", str(file)]) == 0
    assert capsys.readouterr().out == "500 consents recorded\n"
    assert [each[:3] for each in FakeApi.asked] == [
        ("POST", "consent", 400),
        ("POST", "consent", 100),
    ]
    first = {"sender": "28282", "recipient": "+12025550000", "state": "opted_in"}
    assert FakeApi.asked[0][3] == first


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the first line must name the columns"),
        (b"sender,phone\n1,2\n", "the first line must name the columns"),
        (b"sender,recipient,state\n28282,+1202555\n", ":2: must have 3 values"),
        (b"sender,recipient,state\n1,2,3,4\n", ":2: must have 3 values"),
        (b"sender,recipient,state\n\xff,2,3\n", "is no text in UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, problem: str
) -> None:
    """By file and line."""
    file = tmp_path / "consents.csv"
    file.write_bytes(content)
    assert main(["consent", "import", str(file)]) == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("senders register 28282 approved", "write it as registration=approved"),
        ("senders register 28282 two_way=maybe", "must be on or off"),
        ("senders register 28282 per_day=many", "must be a number"),
        ("consent list --limit 0", "must be 1 or more"),
        ("consent import /nowhere/at/all.csv", "No such file"),
    ],
)
def test_what_cannot_be_meant_is_said(
    typed: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anybody is asked."""
    assert main(typed.split()) in (1, 2)
    assert problem in capsys.readouterr().err
    assert FakeApi.asked == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("register 28282 colour=red", "colour: unknown key; known here: kind, registration"),
        ("register 28282 registration=maybe", "cannot be 'maybe': use none, pending, approved"),
        ("register 28282 --country usa", "country: must be two capital letters such as US"),
        ("suspend 28282 --for soon", "--for: must be a duration"),
        ("approve 28282 --after soon", "--after: must be a duration"),
        ("suspend-account demo --for 3", "--for: must be a duration"),
    ],
)
def test_what_is_no_sender_is_refused_in_the_words_of_the_command(
    typed: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what would be right, before the carrier is asked."""
    assert main(["senders", *typed.split()]) == 2
    assert problem in capsys.readouterr().err
    assert not FakeApi.asked


def test_a_wrong_consent_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a file that is not there by its name."""
    file = tmp_path / "consents.csv"
    file.write_text(
        "sender,recipient,state\n28282,+12025550123,opted_in\n28282,+12025550124,in\n",
        encoding="utf-8",
    )
    assert main(["consent", "import", str(file)]) == 2
    assert "consents.csv:3: state: cannot be 'in': use none, pending" in capsys.readouterr().err
    assert main(["consent", "import", str(tmp_path / "none.csv")]) == 2
    assert "none.csv: cannot be read: No such file or directory" in capsys.readouterr().err
