"""Clients that do not read, vanish or reset, and others that must not notice."""

from __future__ import annotations

import select
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from carrierbox.smpp.settings import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, Phone

if TYPE_CHECKING:
    from tests.integration.conftest import RawClient, SmppClient

    Connect = Callable[..., SmppClient]
    ConnectRaw = Callable[..., RawClient]

ENQUIRE_LINKS = 4096
BIND_TRANSCEIVER = struct.pack(">IIII", 31, 0x09, 0, 1) + b"demo\0demo\0\0\x34\0\0\0"
BATCHES_MAX = 400
"""More than 25 MB: far above every limit on the way."""


def enquire_links(first: int) -> bytes:
    """A block of enquire_link with consecutive numbers."""
    return b"".join(
        struct.pack(">IIII", 16, 0x15, 0, first + position) for position in range(ENQUIRE_LINKS)
    )


def fill(carrier: Carrier, client: RawClient) -> int:
    """Send until nothing more is taken; how many requests went out.

    Looking at the carrier lets it read all it wants to: when two looks make no room, it has stopped
    reading.
    """
    client.socket.setblocking(False)
    octets_sent = refusals = 0
    block = b""
    for batch in range(BATCHES_MAX):
        block += enquire_links(1 + batch * ENQUIRE_LINKS)
        while block:
            try:
                sent = client.socket.send(block)
            except BlockingIOError:
                refusals += 1
                carrier.events("bound")
                if refusals > 2:
                    return finish(client, octets_sent, block)
            else:
                refusals = 0
                octets_sent += sent
                block = block[sent:]
    raise AssertionError(f"the carrier took {octets_sent} octets and still reads")


def finish(client: RawClient, octets_sent: int, block: bytes) -> int:
    """Leave the rest of a request that was cut for later; how many requests begun."""
    client.rest = block[: -octets_sent % 16]
    return (octets_sent + len(client.rest)) // 16


@pytest.mark.slow
@pytest.mark.carrierbox(session=SessionSettings(outbox_max_octets=64 * 1024))
def test_a_client_that_never_reads_is_not_read_either_and_loses_nothing(
    carrier: Carrier, phone: Phone, connect: Connect, connect_raw: ConnectRaw
) -> None:
    """T16, T17: bounded memory; another client is served; who reads again gets every answer."""
    client = connect_raw(carrier, receive_buffer_octets=4096)
    asked = fill(carrier, client)
    other = connect(carrier, "trx")
    message_id = other.submit(phone.number, b"Hi")
    assert other.receipts()[message_id]["stat"] == "DELIVRD"
    client.socket.settimeout(10.0)
    answered = 0
    octets = b""
    while answered < asked:
        octets += client.socket.recv(1 << 20)
        if client.rest and select.select([], [client.socket], [], 0)[1]:
            client.rest = client.rest[client.socket.send(client.rest) :]
        whole = len(octets) - len(octets) % 16
        for position in range(0, whole, 16):
            answered += 1
            expected = struct.pack(">IIII", 16, 0x80000015, 0, answered)
            assert octets[position : position + 16] == expected
        octets = octets[whole:]


@pytest.mark.carrierbox(
    session=SessionSettings(outbox_max_octets=64 * 1024, response_timeout_s=0.05)
)
def test_a_client_that_never_reads_again_does_not_keep_its_bind(
    carrier: Carrier, connect_raw: ConnectRaw
) -> None:
    """T15, T18: it cannot even be told of the unbind; after the response timer it is forgotten."""
    client = connect_raw(carrier, receive_buffer_octets=4096)
    client.send(BIND_TRANSCEIVER)
    fill(carrier, client)
    carrier.unbind_all()
    (event,) = carrier.wait_for("unbound")
    assert event.detail == "the peer did not answer unbind"


def test_a_receiver_that_never_answers_gets_no_more_than_its_window(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """T16: the rest is held, not piled up on the link."""
    transmitter = connect(carrier, "tx")
    connect(carrier, "rx")
    for _ in range(120):
        transmitter.submit(phone.number, b"Hi")
    receipts = [message.receipt for message in carrier.messages()]
    assert (receipts.count("sent"), receipts.count("held")) == (100, 20)
    with pytest.raises(TimeoutError, match="100 deliver_sm to demo without an answer"):
        carrier.settle(limit_s=0.01)


@pytest.mark.carrierbox(accounts=[AccountSettings("demo", "demo", binds_max=1)])
def test_a_reset_frees_the_bind_and_keeps_the_receipt(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """T18: with a receipt on the way and more to come, over and over."""
    submitted, told = set(), set()
    for number in range(1, 6):
        client = connect(carrier, "trx")
        submitted.add(client.submit(phone.number, b"Hi"))
        told |= set(client.receipts(0))
        client.reset()
        carrier.wait_for("unbound", count=number)
    client = connect(carrier, "trx")
    while told != submitted:
        client.read()
        told |= set(client.receipts(0))


def test_a_client_that_resets_while_it_is_answered_disturbs_nobody(
    carrier: Carrier, phone: Phone, connect: Connect, connect_raw: ConnectRaw
) -> None:
    """T18: writes into a connection that is gone."""
    bystander = connect(carrier, "trx")
    for number in range(1, 6):
        client = connect(carrier, "trx")
        client.submit_without_waiting(phone.number, b"Hi", times=50)
        client.reset()
        carrier.wait_for("unbound", count=number)
    assert bystander.submit(phone.number, b"still here")
    assert phone.texts[-1] == "still here"


@pytest.mark.carrierbox(session=SessionSettings(response_timeout_s=0.05))
def test_a_receipt_without_an_answer_in_time_is_sent_again(
    carrier: Carrier, phone: Phone, connect: Connect
) -> None:
    """T16: the slot of the window is free again, and a late answer is ignored."""
    client = connect(carrier, "trx")
    message_id = client.submit(phone.number, b"Hi")
    first = client.receive_unanswered()
    (second,) = client.receive()
    assert first.sequence != second.sequence
    assert first.short_message == second.short_message
    carrier.wait_for("receipt_acknowledged")
    assert carrier.message(message_id).receipt == "acknowledged"
