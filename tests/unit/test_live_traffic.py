"""PDUs of running links, handed to those who read along."""

import asyncio
import json
from typing import Any

from carrierbox import live_traffic
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, SENT, LinkEvent
from carrierbox.live_traffic import READERS_MAX, LiveTraffic, TrafficReader
from carrierbox.smpp.pdus import BindTransceiver, SubmitSm, SubmitSmResp
from carrierbox.smpp.wire import encode_pdu

AT = 1_781_185_882.25
BIND = encode_pdu(BindTransceiver("demo", "secret", sequence_number=1))
SUBMIT = encode_pdu(SubmitSm(destination_addr="33612345678", sequence_number=2))
ANSWER = encode_pdu(SubmitSmResp("7", sequence_number=2))


def lines(reader: TrafficReader) -> list[Any]:
    """What it reads now."""
    octets = asyncio.run(reader.read())
    return [json.loads(line) for line in octets.splitlines() if line]


def opened(traffic: LiveTraffic) -> TrafficReader:
    """A new reader."""
    reader = traffic.open()
    assert reader is not None
    return reader


def test_every_pdu_is_told_with_its_account_and_without_the_password() -> None:
    """Also one that came in two pieces."""
    traffic = LiveTraffic(lambda link: "")
    reader = opened(traffic)
    traffic.take(LinkEvent(OPENED, AT, 3, b"", "127.0.0.1:5", "127.0.0.1:2775"))
    traffic.take(LinkEvent(RECEIVED, AT, 3, BIND[:10]))
    traffic.take(LinkEvent(RECEIVED, AT, 3, BIND[10:] + SUBMIT))
    traffic.take(LinkEvent(SENT, AT, 3, ANSWER))
    bind, submit, answer = lines(reader)
    assert b"secret" not in bytes.fromhex(bind["pdu_hex"])
    assert submit == {
        "at": "2026-06-11T13:51:22.250Z",
        "link": 3,
        "system_id": "demo",
        "sender": "esme",
        "pdu_hex": SUBMIT.hex(),
    }
    assert (answer["sender"], answer["pdu_hex"]) == ("smsc", ANSWER.hex())


def test_a_session_that_was_there_before_has_its_account() -> None:
    """What is left of a PDU that had begun is no PDU."""
    traffic = LiveTraffic(lambda link: f"account of {link}")
    traffic.take(LinkEvent(RECEIVED, AT, 3, BIND))
    reader = opened(traffic)
    traffic.take(LinkEvent(RECEIVED, AT, 3, SUBMIT[-5:] + SUBMIT))
    (submit,) = lines(reader)
    assert (submit["system_id"], submit["pdu_hex"]) == ("account of 3", SUBMIT.hex())


def test_a_reader_that_does_not_keep_up_hears_how_much_it_missed() -> None:
    """Memory is bounded; the others miss nothing."""
    reader = TrafficReader()
    line = b"x" * (live_traffic.WAITING_OCTETS_MAX // 2)
    for _ in range(5):
        reader.give(line)
    octets = asyncio.run(reader.read())
    assert octets == line + line + b'{"missed":3}\n'
    reader.give(b"y\n")
    assert asyncio.run(reader.read()) == b"y\n"


def test_readers_have_their_end_and_there_are_not_too_many() -> None:
    """What was told before the end is read first."""
    traffic = LiveTraffic(lambda link: "demo")
    readers = [opened(traffic) for _ in range(READERS_MAX)]
    assert traffic.open() is None
    traffic.take(LinkEvent(RECEIVED, AT, 3, SUBMIT))
    traffic.take(LinkEvent(CLOSED, AT, 3))
    traffic.end()
    assert len(lines(readers[0])) == 1
    assert asyncio.run(readers[0].read()) == b""
    for reader in readers:
        traffic.close(reader)
    assert traffic.readers == []
