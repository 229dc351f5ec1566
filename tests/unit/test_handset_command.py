"""`carrierbox handset` and `carrierbox radio`: what is typed, and what is refused at once."""

import json
from functools import partial

import pytest

from carrierbox.cli import main
from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.identifiers import Address
from carrierbox.relay import RpMtData
from carrierbox.simulator.radio.messages import encode, mt_of, schemas
from carrierbox.simulator.radio.phone import RemoteHandset
from carrierbox.simulator.radio.topics import phone_topic

command = pytest.importorskip(
    "carrierbox.handset_command", reason="aiomqtt is not installed: pip install 'carrierbox[mqtt]'"
)

PHONE = "33612345678"
OTHER = "33698765432"
AT = NetworkTime(1_781_185_882.0)


def phone(msisdn: str = PHONE, *senders: Address) -> RemoteHandset:
    """A phone with a text from each sender, at times that go up over all phones."""
    found = RemoteHandset("default", msisdn, "s")
    found.on_connected(LinkTime(0.0))
    for reference, sender in enumerate(senders, 1):
        found.now = partial(NetworkTime, float(reference + int(msisdn[-1])))
        rp = RpMtData(reference, msisdn, sender, 0, 0, b"", b"Hi", AT, False)
        topic = phone_topic("default", msisdn, "mt")
        found.on_message(topic, encode(mt_of(rp, 1, 0.0, AT)), False, LinkTime(0.0))
    found.take_publishes()
    return found


def sent(found: RemoteHandset) -> list[tuple[str, str]]:
    """To whom a phone sent what."""
    texts = [json.loads(each.payload) for each in found.take_publishes()]
    return [(text["to"], text["text"]) for text in texts]


def test_a_line_replies_to_the_newest_text() -> None:
    """Also one that has a colon, and begins with a time."""
    found = phone(PHONE, Address(3, 0, "38100"), Address(1, 1, OTHER))
    assert command.act_on_line([found], "at 10:30") == ""
    assert command.act_on_line([found], "10:30 is fine") == ""
    assert sent(found) == [(f"+{OTHER}", "at 10:30"), (f"+{OTHER}", "10:30 is fine")]


def test_a_number_in_front_says_where_a_text_goes() -> None:
    """International, or a short code."""
    found = phone()
    assert command.act_on_line([found], f"+{OTHER}: Hello: you") == ""
    assert command.act_on_line([found], "38100: STOP") == ""
    assert sent(found) == [(f"+{OTHER}", "Hello: you"), ("38100", "STOP")]


def test_texts_are_deleted_by_their_number_or_all_at_once() -> None:
    """`/delete` is no text."""
    found = phone(PHONE, Address(3, 0, "38100"), Address(3, 0, "38200"))
    number = found.handset.inbox[0].number
    assert command.act_on_line([found], "/delete x") == (
        "'x' is no number of a text: write /delete, or /delete 3"
    )
    assert command.act_on_line([found], f"/delete {number}") == ""
    assert [text.sender for text in found.handset.inbox] == ["38200"]
    assert command.act_on_line([found], f"/delete {number}") == f"there is no text {number}"
    assert command.act_on_line([found], "/delete") == ""
    assert found.handset.inbox == []
    assert sent(found) == []


def test_of_several_phones_the_one_with_the_newest_text_replies_unless_one_is_named() -> None:
    """By its number and `>`."""
    first, second = phone(PHONE, Address(3, 0, "1")), phone(OTHER, Address(3, 0, "2"))
    phones = [first, second]
    assert command.act_on_line(phones, "reply > all") == ""
    assert sent(first) == [("1", "reply > all")]
    assert command.act_on_line(phones, f"+{OTHER}> mine") == ""
    assert sent(second) == [("2", "mine")]


@pytest.mark.parametrize(
    ("senders", "line", "problem"),
    [
        ([], "Hello", "nothing to reply to"),
        ([Address(5, 0, "ACME")], "Hello", "takes no replies"),
        ([], "38100:", "nothing to reply to"),
        ([], "38100: \t", "some words"),
    ],
)
def test_what_cannot_be_sent_is_told(senders: list[Address], line: str, problem: str) -> None:
    """And nothing is sent."""
    found = phone(PHONE, *senders)
    assert problem in command.act_on_line([found], line)
    assert sent(found) == []


def test_keys_become_lines() -> None:
    """Octet by octet, with backspace and Ctrl-U on a screen."""
    typed = command.TypedLines(is_screen=True)
    lines = [line for octet in "Hé\x7fello\r\n\n".encode() for line in typed.feed(bytes([octet]))]
    assert lines == ["Hello"]
    typed.feed(b"nonsense\x15 \x1b[A")
    assert typed.line == " [A"
    assert command.TypedLines(is_screen=False).feed(b"one\ntwo\nthr") == ["one", "two"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--mqtt", "http://x", "--msisdn", "+33612345678"], "--mqtt"),
        (["--mqtt", "mqtt+embedded", "--msisdn", "+33612345678"], "--mqtt"),
        (["--mqtt", "mqtt://x", "--msisdn", "ACME"], "--msisdn"),
        (["--mqtt", "mqtt://x", "--msisdn", "+33612345678", "--msisdn", "0033612345678"], "twice"),
        (["--mqtt", "mqtt://x", "--msisdn", "+33612345678", "--box", "+"], "box"),
        (["--mqtt", "mqtt://x", "--msisdn", "+33612345678", "--refuse", "X"], "MEMORY_CAPACITY"),
        (["--mqtt", "mqtts://x", "--msisdn", "+33612345678", "--ca", "/none"], "/none"),
    ],
)
def test_what_is_wrong_is_told_before_anything_connects(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2."""
    assert main(["handset", *arguments]) == 2
    assert problem in capsys.readouterr().err


def test_the_schemas_are_printed_all_or_one(capsys: pytest.CaptureFixture[str]) -> None:
    """By the topic."""
    assert main(["radio", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schemas()
    assert main(["radio", "schema", "mo/ack"]) == 0
    assert json.loads(capsys.readouterr().out) == schemas()["mo/ack"]
    assert main(["radio", "schema", "mx"]) == 2
