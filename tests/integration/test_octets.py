"""Octets over a socket: however they are cut, and whatever they are."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from carrierbox.smpp.settings import SessionSettings
from carrierbox.testing.carrier import Carrier, Phone

if TYPE_CHECKING:
    from tests.integration.conftest import RawClient, SmppClient

    Connect = Callable[..., SmppClient]
    ConnectRaw = Callable[..., RawClient]

BIND_TRANSCEIVER, SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x09, 0x04, 0x05, 0x06, 0x15
RESP, GENERIC_NACK = 0x80000000, 0x80000000
ROK, RINVCMDLEN, RINVCMDID, RINVBNDSTS, RALYBND, RSYSERR = 0, 2, 3, 4, 5, 8
NOON = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


def pdu(command_id: int, sequence_number: int, body: bytes = b"") -> bytes:
    """A PDU by hand (SMPP 3.4 §3.2)."""
    return struct.pack(">IIII", 16 + len(body), command_id, 0, sequence_number) + body


def head(octets: bytes) -> tuple[int, int, int]:
    """command_id, command_status and sequence_number."""
    _, command_id, command_status, sequence_number = struct.unpack(">IIII", octets[:16])
    return command_id, command_status, sequence_number


def head_number(octets: bytes) -> int:
    """sequence_number."""
    return head(octets)[2]


def bind(sequence_number: int, password: bytes = b"demo") -> bytes:
    """A bind_transceiver of demo."""
    body = b"demo\0" + password + b"\0\0\x34\0\0\0"
    return pdu(BIND_TRANSCEIVER, sequence_number, body)


def submit(
    sequence_number: int, text: bytes, registered_delivery: int = 0, tlvs: bytes = b""
) -> bytes:
    """A submit_sm to the phone of the fixture."""
    body = b"\0\x05\0ACME\0\x01\x0133612345678\0\0\0\0\0\0"
    body += bytes([registered_delivery, 0, 0, 0, len(text)]) + text
    return pdu(SUBMIT_SM, sequence_number, body + tlvs)


def conversation() -> bytes:
    """A bind, and good and bad requests of every kind."""
    return b"".join(
        [
            submit(1, b"too early"),
            bind(2),
            submit(3, b"one"),
            pdu(ENQUIRE_LINK, 4),
            bind(5),
            submit(6, b"two", 1),
            pdu(0x0BAD, 7),
            submit(8, b"x" * 200),
            submit(9, b"with a tag", tlvs=b"\x14\0\0\2ab"),
            pdu(SUBMIT_SM, 10, b"\0\0\0"),
            pdu(0x80000015, 77),
            submit(11, b"three"),
        ]
    )


def answers(carrier: Carrier, client: RawClient) -> tuple[list[bytes], list[bytes], list[str]]:
    """What comes back: responses by their numbers, requests, and what the phone shows.

    Responses are told apart by sequence_number and need not keep the order of the requests: what
    the session answers by itself does not wait for what the centre has yet to write down.
    """
    sent = [client.read_pdu() for _ in range(11 + 1)]
    client.send(pdu(UNBIND, 12))
    sent += client.read_to_end()
    responses = sorted((octets for octets in sent if head(octets)[0] & RESP), key=head_number)
    requests = [octets for octets in sent if not head(octets)[0] & RESP]
    return responses, requests, carrier.phone("+33612345678").texts


def test_octet_by_octet_and_in_one_block_get_the_same_answers(connect_raw: ConnectRaw) -> None:
    """T01, T02: the same octets back, however they were cut on the way."""
    octets = conversation()
    with Carrier(start=NOON) as carrier:
        client = connect_raw(carrier)
        client.send(octets)
        in_one_block = answers(carrier, client)
    with Carrier(start=NOON) as carrier:
        client = connect_raw(carrier)
        for position in range(len(octets)):
            client.send(octets[position : position + 1])
            carrier.events("bound")  # Whoever looks lets the carrier handle what it has got.
        one_by_one = answers(carrier, client)
    assert one_by_one == in_one_block
    responses, requests, texts = in_one_block
    assert texts == ["one", "two", "x" * 200, "with a tag", "three"]
    assert [head(each) for each in responses] == [
        (SUBMIT_SM | RESP, RINVBNDSTS, 1),
        (BIND_TRANSCEIVER | RESP, ROK, 2),
        (SUBMIT_SM | RESP, ROK, 3),
        (ENQUIRE_LINK | RESP, ROK, 4),
        (BIND_TRANSCEIVER | RESP, RALYBND, 5),
        (SUBMIT_SM | RESP, ROK, 6),
        (GENERIC_NACK, RINVCMDID, 7),
        (SUBMIT_SM | RESP, ROK, 8),
        (SUBMIT_SM | RESP, ROK, 9),
        (SUBMIT_SM | RESP, head(responses[9])[1], 10),
        (SUBMIT_SM | RESP, ROK, 11),
        (UNBIND | RESP, ROK, 12),
    ]
    assert head(responses[9])[1] != ROK
    assert [head(each)[0] for each in requests] == [DELIVER_SM]


def test_a_bind_and_a_submit_in_one_write_are_both_answered(
    carrier: Carrier, phone: Phone, connect_raw: ConnectRaw
) -> None:
    """T02: whoever does not wait for the bind_resp is served as if it had."""
    client = connect_raw(carrier)
    client.send(bind(1) + submit(2, b"Hi"))
    assert head(client.read_pdu()) == (BIND_TRANSCEIVER | RESP, ROK, 1)
    assert head(client.read_pdu()) == (SUBMIT_SM | RESP, ROK, 2)
    assert phone.texts == ["Hi"]


def test_what_follows_a_refused_bind_is_not_done(
    carrier: Carrier, phone: Phone, connect_raw: ConnectRaw
) -> None:
    """T11: the refusal, and then no message is taken before the end of the connection."""
    client = connect_raw(carrier)
    client.send(bind(1, b"wrong") + submit(2, b"Hi"))
    first, *others = [head(each) for each in client.read_to_end()]
    assert first == (BIND_TRANSCEIVER | RESP, 0x0E, 1)
    assert ROK not in [command_status for _, command_status, _ in others]
    assert phone.texts == []


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32),
        b"\xff\xff\xff\xff" + bytes(12),
        b"\x7f\xff\xff\xff" + bytes(64),
        b"\0\0\0\x0f" + bytes(12),
        bytes(16),
    ],
    ids=["HTTP", "TLS", "all ones", "2 GiB", "15 octets", "zeros"],
)
def test_what_is_no_smpp_gets_a_nack_and_the_end(
    carrier: Carrier, connect: Connect, connect_raw: ConnectRaw, octets: bytes
) -> None:
    """T03: the length cannot be trusted, so the stream is lost; nobody else is disturbed."""
    bystander = connect(carrier, "trx")
    client = connect_raw(carrier)
    client.send(octets)
    (nack,) = client.read_to_end()
    assert head(nack)[:2] == (GENERIC_NACK, RINVCMDLEN)
    bystander.submit("+33612345678", b"Hi")


def test_a_connection_that_ends_inside_a_pdu_leaves_nothing(
    carrier: Carrier, phone: Phone, connect_raw: ConnectRaw
) -> None:
    """T01: half a submit_sm is none."""
    client = connect_raw(carrier)
    client.send(bind(1) + submit(2, b"whole") + submit(3, b"half")[:-2])
    client.read_pdu()
    client.read_pdu()
    client.close()
    (event,) = carrier.wait_for("unbound")
    assert "middle of a PDU" in event.detail
    assert phone.texts == ["whole"]


def test_the_carrier_unbinds_and_waits_for_the_answer(
    carrier: Carrier, connect: Connect, connect_raw: ConnectRaw
) -> None:
    """T15: unbind from its side, unbind_resp from ours, and then the end; new ones may bind."""
    client = connect_raw(carrier)
    client.send(bind(1))
    client.read_pdu()
    carrier.unbind_all()
    asked = client.read_pdu()
    command_id, _, sequence_number = head(asked)
    assert command_id == UNBIND
    client.send(submit(2, b"meanwhile"))
    assert head(client.read_pdu()) == (SUBMIT_SM | RESP, RSYSERR, 2)
    client.send(pdu(UNBIND | RESP, sequence_number))
    assert client.read_to_end() == []
    (event,) = carrier.wait_for("unbound")
    assert event.detail == "unbound"
    connect(carrier, "trx")


def test_a_client_unbinds_with_requests_on_their_way(
    carrier: Carrier, phone: Phone, connect_raw: ConnectRaw
) -> None:
    """T15: what came before the unbind is answered before it."""
    client = connect_raw(carrier)
    client.send(bind(1) + submit(2, b"Hi") + pdu(UNBIND, 3))
    found = [head(each) for each in client.read_to_end()]
    assert found == [
        (BIND_TRANSCEIVER | RESP, ROK, 1),
        (SUBMIT_SM | RESP, ROK, 2),
        (UNBIND | RESP, ROK, 3),
    ]
    assert phone.texts == ["Hi"]


def test_an_enquire_link_is_answered_before_and_after_a_bind(
    carrier: Carrier, connect_raw: ConnectRaw
) -> None:
    """T14: in every state."""
    client = connect_raw(carrier)
    client.send(pdu(ENQUIRE_LINK, 0x80000001) + bind(2) + pdu(ENQUIRE_LINK, 0))
    found = [head(client.read_pdu()) for _ in range(3)]
    assert found[0] == (ENQUIRE_LINK | RESP, ROK, 0x80000001)
    assert found[2] == (ENQUIRE_LINK | RESP, ROK, 0)


@pytest.mark.carrierbox(session=SessionSettings(enquire_link_s=0.02, response_timeout_s=10.0))
def test_a_silent_client_is_asked_and_stays_while_it_answers(
    carrier: Carrier, connect_raw: ConnectRaw
) -> None:
    """T14: the carrier's own enquire_link, more than once."""
    client = connect_raw(carrier)
    client.send(bind(1))
    client.read_pdu()
    for _ in range(3):
        command_id, _, sequence_number = head(client.read_pdu())
        assert command_id == ENQUIRE_LINK
        client.send(pdu(ENQUIRE_LINK | RESP, sequence_number))
    assert carrier.events("unbound") == []


@pytest.mark.carrierbox(session=SessionSettings(enquire_link_s=0.02, response_timeout_s=0.02))
def test_a_client_that_is_gone_without_a_word_is_noticed(
    carrier: Carrier, connect_raw: ConnectRaw
) -> None:
    """T18: half-open TCP; no answer to enquire_link ends the session."""
    client = connect_raw(carrier)
    client.send(bind(1))
    (event,) = carrier.wait_for("unbound")
    assert "enquire_link" in event.detail
    assert head(client.read_to_end()[-1])[0] == ENQUIRE_LINK


@pytest.mark.carrierbox(session=SessionSettings(session_init_timeout_s=0.02))
def test_who_connects_and_never_binds_is_put_out(carrier: Carrier, connect_raw: ConnectRaw) -> None:
    """SMPP 3.4 §7.2: session_init_timer."""
    assert connect_raw(carrier).read_to_end() == []
