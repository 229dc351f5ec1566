"""What `carrierbox phone` asks and prints."""

from typing import Any, cast

import pytest

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.phone_command import (
    Phone,
    clock_time,
    heading,
    plain_phone,
    screen_lines,
    sent_line,
    status_lines,
)

PHONE: dict[str, Any] = {
    "msisdn": "+33612345678",
    "imsi": "208010000000001",
    "country": "FR",
    "carrier": "SFR",
    "power": "on",
    "duplicates": 1,
    "waiting": 2,
    "texts": [
        {
            "number": 1,
            "sender": "ACME",
            "text": "first\nline two \x1b[2J",
            "parts": 1,
            "sent_at": "2026-01-02T03:04:05.000Z",
            "received_at": "2026-01-02T03:04:06.000Z",
        },
        {"number": 2, "sender": "🙂", "text": "two", "received_at": None},
    ],
}


class FakeApi:
    """Remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def get(self, *segments: str) -> dict[str, Any]:
        self.asked.append(("GET", *segments))
        return PHONE

    def put(self, *segments: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("PUT", *segments, body))
        return PHONE

    def post(self, *segments: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("POST", *segments, body))
        return {"parts": 2}


def test_each_action_is_one_request() -> None:
    """The number with its plus sign, however it was written."""
    api = FakeApi()
    phone = Phone(cast(CarrierApi, api), "0033 6 12 34 56 78")
    phone.show()
    phone.switch("off")
    answer = phone.send("+447700900123", "Hi")
    assert api.asked == [
        ("GET", "phones", "+33612345678"),
        ("PUT", "phones", "+33612345678", "power", {"power": "off"}),
        ("POST", "phones", "+33612345678", "messages", {"to": "+447700900123", "text": "Hi"}),
    ]
    assert sent_line(phone, "+44\x1b", answer) == (
        "+33612345678 sent a text to +44\\x1b in 2 parts"
    )


def test_what_is_no_number_is_refused_before_anything_is_asked() -> None:
    """With an example of one."""
    with pytest.raises(ConfigurationError, match=r"'abc' is no phone number: write it as \+336"):
        Phone(cast(CarrierApi, FakeApi()), "abc")


def test_the_screen_shows_sender_time_and_text() -> None:
    """The newest last, lines as they were sent, nothing that steers the terminal."""
    assert screen_lines(PHONE, 24) == [
        "ACME            03:04:06",
        "first",
        "line two \\x1b[2J",
        "",
        "🙂",
        "two",
    ]
    assert screen_lines({"texts": []}) == ["(no texts)"]


def test_acknowledgements_are_told_from_texts() -> None:
    """What acknowledges, what asks to be acknowledged and how, what was."""
    texts: list[dict[str, Any]] = [
        {"sender": "A", "text": "", "kind": "user_acknowledgement", "user_response_code": 3},
        {"sender": "A", "text": "", "kind": "delivery_acknowledgement"},
        {"sender": "A", "text": "1?", "number": 7, "acknowledgement": "wanted"},
        {"sender": "A", "text": "2?", "acknowledgement": "sent"},
    ]
    lines = screen_lines({"texts": texts})
    assert [line for line in lines if line.startswith("[")] == [
        "[user acknowledgement, code 3]",
        "[delivery acknowledgement]",
        "[asks its user to acknowledge: ack 7]",
        "[acknowledged by its user]",
    ]


def test_a_phone_as_plain_lines() -> None:
    """What goes into a log or a pipe."""
    lines = plain_phone(PHONE)
    assert lines[:2] == ["+33612345678   SFR, FR   on", ""]
    assert all(line.startswith("  |") for line in lines[2:8])
    assert lines[8:] == ["", "  2 messages waiting for it", "  1 duplicate dropped"]
    assert plain_phone({**PHONE, "texts": [], "waiting": 0, "duplicates": 0})[2:] == [
        "  | (no texts)"
    ]


def test_fields_that_are_missing_leave_no_gap() -> None:
    """An older carrier may tell less."""
    assert heading({"msisdn": "+1", "power": "off"}) == "+1   off"
    assert status_lines({}) == []
    assert clock_time("") == ""
    assert clock_time("2026-01-02T03:04:05.678Z") == "03:04:05"


def test_what_came_with_a_text_is_shown_beside_it() -> None:
    """Flash under the sender, a notification in the place of octets, the signs of the phone."""
    shown: dict[str, Any] = {
        "texts": [
            {"sender": "A", "text": "now", "signs": ["class 0 (flash)"]},
            {"sender": "B", "text": "\x01", "content": {"mms": "notification", "size_octets": 3}},
        ],
        "indicators": {"voicemail": 3},
    }
    assert screen_lines(shown) == [
        "A",
        "[class 0 (flash)]",
        "now",
        "",
        "B",
        "mms: notification",
        "size octets: 3",
    ]
    assert status_lines(shown) == ["sign on its screen: 3 voicemail waiting"]


def test_languages_are_sent_along() -> None:
    """By name, with commas between."""
    api = FakeApi()
    Phone(cast(CarrierApi, api), "+33612345678").send("38100", "Hi", "turkish,portuguese")
    body = api.asked[0][-1]
    assert body == {"to": "38100", "text": "Hi", "languages": ["turkish", "portuguese"]}
