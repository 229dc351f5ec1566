"""Messages that wait in the store of a real carrier: listed, searched, found by their id."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from carrierbox.smpp.pdus import BindTransmitter, SubmitSm
from carrierbox.smpp.wire import encode_pdu

OFF = 10
MESSAGES = 25_000
"""More than stay in memory."""
BATCH = 500


def submit_all(wire: Any) -> None:
    """Twenty-five thousand texts to ten phones that are off, many at a time."""
    wire.send(encode_pdu(BindTransmitter(system_id="demo", password="demo", sequence_number=1)))
    wire.read_pdu()
    for first in range(0, MESSAGES, BATCH):
        octets = bytearray()
        for number in range(first, first + BATCH):
            submit = SubmitSm(
                source_addr_ton=5,
                source_addr="ACME",
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=str(33600000000 + number % OFF),
                short_message=f"Order {number} is ready".encode(),
            )
            submit.sequence_number = number + 2
            octets += encode_pdu(submit)
        wire.send(bytes(octets))
        for _ in range(BATCH):
            assert wire.read_pdu()[8:12] == bytes(4)


@pytest.mark.slow
def test_messages_are_found_whether_memory_has_them_or_the_store(
    serve: Callable[..., Any], connect_raw: Callable[..., Any]
) -> None:
    """The list goes through all of them, the search finds the oldest and the newest."""
    server = serve()
    for number in range(OFF):
        server.http("PUT", f"phones/+{33600000000 + number}/power", {"power": "off"})
    submit_all(connect_raw(server))

    page = server.http("GET", "messages?limit=1000")
    assert page["total"] == MESSAGES
    seen = [message["message_id"] for message in page["messages"]]
    while page["next"] is not None:
        page = server.http("GET", f"messages?limit=1000&before={page['next']}")
        seen += [message["message_id"] for message in page["messages"]]
    assert seen == [f"{number:010d}" for number in range(MESSAGES, 0, -1)]

    for number in (3, MESSAGES - 1):
        found = server.http("GET", f"messages?text=order+{number}+is")
        assert [one["text"] for one in found["messages"]] == [f"Order {number} is ready"]
        assert found["total"] == 1
        one = server.http("GET", f"messages/{number + 1:010d}")
        assert (one["text"], one["message_state"]) == (f"Order {number} is ready", "ENROUTE")
    assert server.http("GET", "messages?to=%2B33600000003&limit=2")["next"] is not None

    wanted = ["--to", "+33600000003", "--limit", "3000", "--state", "enroute"]
    listed = subprocess.run(
        [sys.executable, "-m", "carrierbox", "messages", "--url", server.url, "--json", *wanted],
        env={**os.environ},
        capture_output=True,
        check=True,
        text=True,
    )
    found = json.loads(listed.stdout)
    assert found["total"] == len(found["messages"]) == MESSAGES // OFF

    # At the start the waiting messages of the table stay there.
    server.terminate()
    after = serve()
    assert after.http("GET", "messages?limit=1")["total"] == MESSAGES
    found = after.http("GET", "messages?text=ORDER+7+is")
    assert [one["message_id"] for one in found["messages"]] == ["0000000008"]
