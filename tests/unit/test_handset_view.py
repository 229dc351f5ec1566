"""What `carrierbox handset` shows."""

import io
import json
from typing import Any

from rich.console import Console

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.handset_view import HandsetView, JsonLines, PlainLines, ScreenView
from carrierbox.identifiers import Address
from carrierbox.relay import RpMtData
from carrierbox.simulator.radio.messages import encode, mt_of
from carrierbox.simulator.radio.phone import (
    CARRIER,
    DUPLICATE,
    HELD,
    NOT_SENT,
    PROBLEM,
    REFUSED,
    SENT,
    Happening,
    RemoteHandset,
)
from carrierbox.simulator.radio.topics import phone_topic

AT = NetworkTime(1_781_185_882.0)
HOSTILE = "Hi \x1b[2Jthere"
BROKER = {"broker": "127.0.0.1:1883"}


def phone_with_text(text: str) -> RemoteHandset:
    """A phone that has just got a text."""
    phone = RemoteHandset("default", "33612345678", "s")
    octets = text.encode("utf-16-be")
    rp = RpMtData(256, "33612345678", Address(5, 0, "ACME"), 0, 8, b"", octets, AT, False)
    topic = phone_topic("default", "33612345678", "mt")
    phone.on_connected(LinkTime(0.0))
    phone.on_message(topic, encode(mt_of(rp, 1, 0.0, AT)), False, LinkTime(0.0))
    return phone


def play(view: HandsetView, phone: RemoteHandset) -> None:
    """Everything that can happen."""
    with view:
        view.connection(phone, "radio_connected", dict(BROKER))
        for one in phone.take_happenings():
            view.happened(phone, one)
        for kind in (HELD, DUPLICATE, REFUSED, SENT, NOT_SENT, CARRIER, PROBLEM):
            view.happened(phone, Happening(kind, "7", "words"))
        view.typed("half a li")
        view.problem("a text needs some words")
        view.connection(phone, "radio_lost", {**BROKER, "problem": "Connection refused"})


def test_scripts_get_one_object_a_line() -> None:
    """With ids, texts and details."""
    stream = io.StringIO()
    play(JsonLines(stream), phone_with_text(HOSTILE))
    told: list[dict[str, Any]] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [each["event"] for each in told] == [
        "connected",
        "text",
        "part",
        "duplicate",
        "refused",
        "sent",
        "not_sent",
        "carrier",
        "problem",
        "problem",
        "disconnected",
    ]
    assert (told[1]["sender"], told[1]["text"], told[1]["parts"]) == ("ACME", HOSTILE, 1)
    assert told[1]["msisdn"] == "+33612345678"
    assert told[-1]["problem"] == "Connection refused"


def test_lines_for_people_cannot_steer_their_terminal() -> None:
    """Control characters are escaped."""
    stream = io.StringIO()
    play(PlainLines(stream), phone_with_text(HOSTILE))
    told = stream.getvalue()
    assert "\x1b" not in told
    assert "+33612345678  ACME: Hi \\x1b[2Jthere" in told
    assert "no connection to 127.0.0.1:1883: Connection refused" in told


def test_the_screen_shows_the_texts_the_last_happenings_and_what_is_typed() -> None:
    """Drawn anew with each change."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None)
    phone = phone_with_text(HOSTILE)
    play(ScreenView([phone], console), phone)
    drawn = stream.getvalue()
    assert "+33612345678   on" in drawn
    assert "Hi \\x1b[2Jthere" in drawn
    assert "> half a li" in drawn
    assert "a text needs some words" in drawn
