"""Acknowledgements of phones as a client that is not ours sees them; commands that make them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]

pytestmark = pytest.mark.slow

PHONE = "+33612345678"
BOTH = 0x0C


def carrierbox(server: Server, *arguments: str) -> str:
    """What a command of the command line prints about a running carrier."""
    done = subprocess.run(
        [sys.executable, "-m", "carrierbox", *arguments],
        env={**os.environ, "CARRIERBOX_URL": server.url},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_phone_and_its_user_acknowledge_to_the_sender(serve: Serve, connect: Connect) -> None:
    """SMPP 3.4 §5.2.12: 0x08 by the phone itself, 0x10 by `carrierbox phone … ack`."""
    server = serve("--store", ":memory:")
    client = connect(server, "trx")
    message_id = client.submit(
        PHONE, b"1 or 2?", registered_delivery=BOTH, user_message_reference=7
    )
    (by_phone,) = client.receive(1)
    assert by_phone.esm_class == 0x08
    assert "[asks its user to acknowledge: ack 1]" in carrierbox(server, "phone", PHONE)
    told = carrierbox(server, "phone", PHONE, "ack", "--code", "2")
    assert told == f"the user of {PHONE} acknowledged text 1\n"
    by_user = client.receive(2)[1]
    assert (by_user.esm_class, by_user.user_response_code) == (0x10, 2)
    for pdu in (by_phone, by_user):
        assert pdu.source_addr == PHONE.removeprefix("+").encode()
        assert pdu.destination_addr == b"ACME"
        assert pdu.receipted_message_id.rstrip(b"\0").decode() == message_id
        assert pdu.user_message_reference == 7
    assert "[acknowledged by its user]" in carrierbox(server, "phone", PHONE)


def test_an_application_acknowledges_to_a_phone(serve: Serve, connect: Connect) -> None:
    """The phone asks, the answer shows as what it is."""
    server = serve("--store", ":memory:")
    client = connect(server, "trx")
    carrierbox(server, "phone", PHONE, "send", "--ask", "user", "38100", "STOP")
    (asked,) = client.receive(1)
    assert asked.registered_delivery == 0x08
    client.submit(
        PHONE, b"", source_addr="38100", source_addr_ton=0, esm_class=0x10, registered_delivery=0
    )
    assert "[user acknowledgement]" in carrierbox(server, "phone", PHONE)
