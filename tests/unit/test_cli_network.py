"""The commands that ask for towers and move phones about, as somebody types them."""

import json
from typing import Any, ClassVar

import pytest

from carrierbox import api_client
from carrierbox.api_client import CarrierApi
from carrierbox.cli import main

WHERE = {
    "msisdn": "+33612345678",
    "cell": "bastille",
    "position": None,
    "arrives_at": None,
    "battery": None,
}


class FakeApi(CarrierApi):
    """A carrier that answers with where a phone is, or with no towers."""

    asked: ClassVar[list[tuple[Any, ...]]] = []

    def _request(
        self,
        method: str,
        segments: tuple[str, ...],
        query: dict[str, str | int],
        body: dict[str, Any] | None,
    ) -> dict[str, Any]:
        self.asked.append((method, "/".join(segments), body))
        return {"towers": [], "total": 0} if segments == ("towers",) else dict(WHERE)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the carrier is asked."""
    FakeApi.asked = []
    monkeypatch.setattr(api_client, "CarrierApi", FakeApi)
    return FakeApi.asked


def test_a_phone_is_placed_moved_and_charged(
    asked: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each prints where it is then."""
    phone = ["phone", "+33612345678"]
    assert main([*phone, "where"]) == 0
    assert main([*phone, "place", "48.85,2.35"]) == 0
    assert main([*phone, "place", "--reset"]) == 0
    assert main([*phone, "move", "--path", "48.85,2.35", "48.86,2.36", "--speed", "30"]) == 0
    assert main([*phone, "battery", "15", "--charging", "on"]) == 0
    assert main([*phone, "battery", "--reset", "--json"]) == 0
    path = "phones/+33612345678/"
    assert [(method, url.removeprefix(path)) for method, url, _ in asked] == [
        ("GET", "whereabouts"),
        ("PUT", "position"),
        ("DELETE", "position"),
        ("PUT", "path"),
        ("PUT", "battery"),
        ("DELETE", "battery"),
    ]
    assert asked[4][2] == {"percent": 15.0, "charging": True}
    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == ["phone  +33612345678", "tower  bastille"]
    assert json.loads(printed[-1]) == WHERE


def test_towers_are_listed_shown_and_made_to_fail(
    asked: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json what the carrier answers."""
    assert main(["tower", "list"]) == 0
    assert capsys.readouterr().out == "no towers: every phone has coverage everywhere\n"
    assert main(["tower", "show", "bastille", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == WHERE
    assert main(["tower", "outage", "bastille", "off", "--json"]) == 0
    assert asked[1:] == [
        ("GET", "towers/bastille", None),
        ("PUT", "towers/bastille/outage", {"outage": "off"}),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["phone", "+33612345678", "place"],
        ["phone", "+33612345678", "place", "paris"],
        ["phone", "+33612345678", "place", "1,2", "--reset"],
        ["phone", "+33612345678", "battery"],
        ["phone", "+33612345678", "battery", "5", "--reset"],
        ["phone", "x", "where"],
        ["tower", "outage", "bastille", "maybe"],
        ["tower"],
    ],
)
def test_what_cannot_be_meant_is_an_error_of_usage(
    words: list[str], asked: list[tuple[Any, ...]]
) -> None:
    """Exit code 2, and the carrier is not asked."""
    assert main(words) == 2
    assert asked == []
