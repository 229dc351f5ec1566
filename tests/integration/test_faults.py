"""Faults from their page to the client: what docs/faults.md shows is what comes over the socket.

A carrier takes the configuration of an example; a client of plain octets, or smpplib, meets it.
"""

from __future__ import annotations

import json
import re
import select
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from smpplib.exceptions import ConnectionError as ConnectionLostError
from smpplib.exceptions import PDUError

from carrierbox.config import load_configuration
from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.strict_yaml import parse_yaml
from carrierbox.testing.carrier import Carrier
from carrierbox.testing.faults import AddedFault

if TYPE_CHECKING:
    from tests.integration.conftest import RawClient, Server, SmppClient

    Connect = Callable[..., SmppClient]
    ConnectRaw = Callable[..., RawClient]
    Serve = Callable[..., Server]

PAGE: Final = Path(__file__).parents[2] / "docs" / "faults.md"
BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUBMIT_SM, DELIVER_SM, UNBIND, BIND_TRANSCEIVER, ENQUIRE_LINK = 4, 5, 6, 9, 0x15
RESP = 0x80000000
PHONE = "+33612345678"


def pdu(command_id: int, sequence_number: int, body: bytes = b"") -> bytes:
    """A PDU by hand (SMPP 3.4 §3.2)."""
    return struct.pack(">IIII", 16 + len(body), command_id, 0, sequence_number) + body


def submit(sequence_number: int, text: bytes, registered_delivery: int = 0) -> bytes:
    """A submit_sm to the phone."""
    body = b"\0\x05\0ACME\0\x01\x0133612345678\0\0\0\0\0\0"
    body += bytes([registered_delivery, 0, 0, 0, len(text)]) + text
    return pdu(SUBMIT_SM, sequence_number, body)


class Octets:
    """A client that sees every octet."""

    def __init__(self, client: RawClient) -> None:
        self.client = client
        self.send = client.send
        self.socket = client.socket

    def bind(self) -> int:
        """Bind as demo; the status of the answer."""
        self.send(pdu(BIND_TRANSCEIVER, 1, b"demo\0demo\0\0\x34\0\0\0"))
        return self.head()[1]

    def submit(self, text: bytes, sequence_number: int = 2, receipt: int = 0) -> None:
        self.send(submit(sequence_number, text, receipt))

    def head(self) -> tuple[int, int, int]:
        """Wait for a PDU: command_id, command_status and sequence_number."""
        octets = self.client.read_pdu()
        assert octets, "the connection ended"
        _, command_id, command_status, sequence_number = struct.unpack(">IIII", octets[:16])
        return command_id, command_status, sequence_number

    def heads(self, count: int) -> list[tuple[int, int]]:
        """Wait for some: command_id and sequence_number of each."""
        found = [self.head() for _ in range(count)]
        return [(command_id, number) for command_id, _, number in found]

    def exactly(self, count: int) -> bytes:
        """Wait for so many octets."""
        octets = b""
        while len(octets) < count:
            octets += self.socket.recv(count - len(octets))
        return octets

    def hears_nothing(self) -> bool:
        """Whether nothing has come, not even an end."""
        return not select.select([self.socket], [], [], 0)[0]

    def is_reset(self) -> bool:
        """Whether the next thing is a reset."""
        try:
            self.socket.recv(1)
        except ConnectionResetError:
            return True
        return False


# The examples of the page, by the name of their first fault.


def lost_answers(carrier: Carrier, client: Octets) -> None:
    """T16: handled, and not answered."""
    for number in range(2, 42):
        client.submit(b"Hi", number)
    client.send(pdu(ENQUIRE_LINK, 99))
    heads: list[tuple[int, int]] = []
    while (ENQUIRE_LINK | RESP, 99) not in heads:
        heads += client.heads(1)
    # All requests have been looked at: what is not lost is on its way.
    lost = len(carrier.events("fault"))
    heads += client.heads(41 - lost - len(heads))
    assert 1 <= lost <= 12
    assert len(set(heads)) == 41 - lost
    assert len(carrier.phone(PHONE).texts) == 40
    (event, *_) = carrier.events("fault")
    assert event.detail == "submit_sm: no_response by fault lost answers"


def nobody_answers(carrier: Carrier, client: Octets) -> None:
    """T14, T16, T08, T19: lost, late, doubled, early; and what is delivered comes twice."""
    client.send(pdu(ENQUIRE_LINK, 2))
    client.submit(b"late", 3)
    client.submit(b"Hi", 4)
    # 2 is not answered, and 4 is answered before 3.
    assert client.heads(2) == [(SUBMIT_SM | RESP, 4), (SUBMIT_SM | RESP, 3)]
    client.submit(b"twice", 5)
    assert client.heads(2) == [(SUBMIT_SM | RESP, 5)] * 2
    client.submit(b"early", 6)
    assert client.heads(2) == [(SUBMIT_SM | RESP, 6), (SUBMIT_SM | RESP, 7)]
    client.submit(b"receipt", 7, receipt=1)
    receipts = client.heads(2)
    assert receipts[0] == receipts[1]
    assert receipts[0][0] == DELIVER_SM
    details = [event.detail for event in carrier.events("fault")]
    assert details[-1] == "deliver_sm: response_copies 2 by fault receipts come twice"


def bind_refused_twice(carrier: Carrier, client: Octets) -> None:
    """T11, T47: two binds and one submit_sm are refused, and the others are not."""
    assert client.bind() == 0x0D
    assert client.client.read_pdu() == b""


def cut_in_two(carrier: Carrier, client: Octets) -> None:
    """T01, T18: the first half, then a reset; the text is on the phone."""
    client.submit(b"cut")
    assert len(client.exactly(13)) == 13
    assert client.is_reset()
    assert carrier.phone(PHONE).texts == ["cut"]


def octet_by_octet(carrier: Carrier, client: Octets) -> None:
    """T01: every recv gets one octet."""
    client.submit(b"pieces")
    first = client.socket.recv(100)
    assert len(first) == 1
    rest = client.exactly(26)
    assert struct.unpack(">IIII", (first + rest)[:16]) == (27, SUBMIT_SM | RESP, 0, 2)


def register_is_down(carrier: Carrier, client: Octets) -> None:
    """Five questions fail, the sixth is answered; the centre has asked by its schedule."""
    client.submit(b"Hi", 2)
    assert client.heads(1) == [(SUBMIT_SM | RESP, 2)]
    assert carrier.phone(PHONE).texts == []
    carrier.advance("18m")
    assert carrier.phone(PHONE).texts == []
    carrier.advance("1m")
    assert carrier.phone(PHONE).texts == ["Hi"]
    failed = [one.detail for one in carrier.events("procedure") if "SYSTEM" in one.detail]
    assert failed == ["sendRoutingInfoForSM to HLR: SYSTEM_FAILURE, fault the register is down"] * 5


EXAMPLES: Final[dict[str, Callable[[Carrier, Octets], None]]] = {
    "lost answers": lost_answers,
    "nobody answers": nobody_answers,
    "bind refused twice": bind_refused_twice,
    "cut in two": cut_in_two,
    "octet by octet": octet_by_octet,
    "the register is down": register_is_down,
}


def blocks(language: str) -> list[str]:
    return [block for found, block in BLOCK.findall(PAGE.read_text("utf-8")) if found == language]


def faults_of(first: str) -> list[dict[str, Any]]:
    """The faults of one example of the page."""
    for block in blocks("yaml"):
        configuration = parse_yaml(block)
        assert isinstance(configuration, dict)
        faults: list[dict[str, Any]] = configuration["faults"]
        if faults[0]["name"] == first:
            return faults
    raise LookupError(first)


@pytest.fixture
def met(connect_raw: ConnectRaw) -> Iterator[Callable[[str], tuple[Carrier, Octets]]]:
    """A carrier with the faults of an example, and a client that is bound if it may."""
    carriers: list[Carrier] = []

    def make(first: str) -> tuple[Carrier, Octets]:
        carriers.append(Carrier(faults=faults_of(first)).start())
        client = Octets(connect_raw(carriers[-1]))
        if "bind" not in first:
            assert client.bind() == 0
        return carriers[-1], client

    yield make
    for carrier in carriers:
        carrier.close()


Meet = Callable[[str], "tuple[Carrier, Octets]"]


@pytest.mark.parametrize("first", EXAMPLES)
def test_an_example_does_what_the_page_says(first: str, met: Meet) -> None:
    """docs/faults.md: as a configuration, from the request to the octets of the answer."""
    EXAMPLES[first](*met(first))


def test_every_example_is_on_the_page(tmp_path: Path) -> None:
    """The tests leave none out, and a configuration takes each."""
    file = tmp_path / "carrier.yaml"
    found = []
    for block in blocks("yaml"):
        file.write_text(block, encoding="utf-8")
        faults = load_configuration(file, {}, {"store": {"url": ":memory:"}}).faults
        found.append(faults[0].name)
    assert found == list(EXAMPLES)


def test_the_request_on_the_page_is_a_fault() -> None:
    """docs/faults.md, the one for curl."""
    (block,) = (each for each in blocks("") if "-d '" in each)
    (body,) = re.findall(r"-d '(.*)'", block)
    fault = compile_fault(fault_of(json.loads(body)))
    assert (fault.name, fault.after, fault.times) == ("cut", 5, 1)


def test_the_test_on_the_page_passes() -> None:
    """docs/faults.md: with a real client."""
    (block,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(block, str(PAGE), "exec"), names)
    names["test_the_client_notices_that_its_answer_is_lost"]()


# What the client sees of each outcome that the examples above only have.


def test_a_receipt_comes_before_its_response(met: Meet) -> None:
    """T19"""
    _, client = met("nobody answers")
    client.submit(b"receipt", 2, receipt=1)
    assert client.heads(3) == [(DELIVER_SM, 1)] * 2 + [(SUBMIT_SM | RESP, 2)]


def test_a_receipt_on_another_bind_comes_before_the_response(
    carrier: Carrier, connect_raw: ConnectRaw
) -> None:
    """T19, T29: a transmitter waits until the receiver has it."""
    transmitter, receiver = Octets(connect_raw(carrier)), Octets(connect_raw(carrier))
    for client, command_id in ((transmitter, 2), (receiver, 1)):
        client.send(pdu(command_id, 1, b"demo\0demo\0\0\x34\0\0\0"))
        assert client.head() == (command_id | RESP, 0, 1)
    with carrier.faults.add({"receipt_first": True}) as fault:
        transmitter.submit(b"Hi", receipt=1)
        assert receiver.heads(1) == [(DELIVER_SM, 1)]
        assert transmitter.heads(1) == [(SUBMIT_SM | RESP, 2)]
        assert fault.matched == 1


def test_binds_are_refused_until_they_are_not(met: Meet, connect_raw: ConnectRaw) -> None:
    """T11: the third client is bound; its second submit_sm is throttled."""
    carrier, first = met("bind refused twice")
    assert first.bind() == 0x0D
    assert Octets(connect_raw(carrier)).bind() == 0x0D
    client = Octets(connect_raw(carrier))
    assert client.bind() == 0
    statuses = []
    for number in range(2, 5):
        client.submit(b"Hi", number)
        statuses.append(client.head()[1])
    assert statuses == [0, 0x58, 0]
    assert carrier.phone(PHONE).texts == ["Hi", "Hi"]


def test_a_refused_bind_is_an_error_of_smpplib(carrier: Carrier, connect: Connect) -> None:
    """A client that is not ours sees the status."""
    when = {"operation": "bind_transceiver", "times": 1}
    carrier.faults.add({"command_status": "ESME_RSYSERR"}, when)
    with pytest.raises(PDUError):
        connect(carrier).bind("trx")
    assert connect(carrier).bind("trx").status == 0


def test_a_connection_is_reset_at_once(met: Meet) -> None:
    """T18: and the text is not on the phone."""
    carrier, client = met("cut in two")
    client.submit(b"reset")
    assert client.is_reset()
    assert carrier.phone(PHONE).texts == []
    assert [event.detail for event in carrier.wait_for("unbound")] == ["the connection ended"]


def test_a_connection_ends_in_the_place_of_the_answer(met: Meet, connect_raw: ConnectRaw) -> None:
    """T18: the text is on the phone; a receipt that is owed goes to the next bind."""
    carrier, client = met("cut in two")
    client.submit(b"close", receipt=1)
    assert client.client.read_to_end() == []
    carrier.wait_for("unbound")
    again = Octets(connect_raw(carrier))
    assert again.bind() == 0
    assert again.head()[0] == DELIVER_SM
    assert carrier.phone(PHONE).texts == ["close"]


def test_a_client_is_shown_out(met: Meet) -> None:
    """T15: first the answer, then unbind; then the carrier hangs up."""
    _, client = met("cut in two")
    client.submit(b"unbind")
    assert client.heads(2) == [(SUBMIT_SM | RESP, 2), (UNBIND, 1)]
    client.send(pdu(UNBIND | RESP, 1))
    assert client.client.read_pdu() == b""


def test_smpplib_sees_the_carrier_vanish(carrier: Carrier, connect: Connect) -> None:
    """T18: a client that is not ours is told by its socket."""
    client = connect(carrier, "trx")
    carrier.faults.add({"reset": "mid_pdu"}, {"operation": "submit_sm"})
    with pytest.raises((ConnectionLostError, OSError)):
        client.submit(PHONE, b"Hi")


def test_a_half_open_link_says_nothing_and_stays(met: Meet) -> None:
    """T18: what is sent is swallowed, for the client nothing ends."""
    carrier, client = met("cut in two")
    client.submit(b"silence")
    client.send(pdu(ENQUIRE_LINK, 3) + submit(4, b"Hi"))
    carrier.wait_for("fault")
    carrier.unbind_all()
    client.send(pdu(ENQUIRE_LINK, 5))
    assert carrier.phone(PHONE).texts == []
    assert client.hears_nothing()


def test_a_slow_reader_lets_the_client_wait(met: Meet) -> None:
    """T16: the carrier takes what it was given at its own pace; the client's buffer fills up."""
    _, client = met("cut in two")
    client.submit(b"slow")
    assert client.heads(1) == [(SUBMIT_SM | RESP, 2)]
    client.socket.setblocking(False)
    enough = pdu(ENQUIRE_LINK, 3) * 2000
    with pytest.raises(BlockingIOError):
        for _ in range(4000):
            client.socket.send(enough)
    client.socket.settimeout(20.0)
    assert client.heads(10) == [(ENQUIRE_LINK | RESP, 3)] * 10


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (b"short", (23, SUBMIT_SM | RESP, 0, 2)),
        (b"long", (31, SUBMIT_SM | RESP, 0, 2)),
        (b"zero", (0, SUBMIT_SM | RESP, 0, 2)),
        (b"huge", (0xFFFFFFFF, SUBMIT_SM | RESP, 0, 2)),
        (b"number", (27, SUBMIT_SM | RESP, 0, 1_000_002)),
        (b"command", (27, 0x800000FF, 0, 2)),
    ],
)
def test_a_header_lies(met: Meet, text: bytes, header: tuple[int, ...]) -> None:
    """T03, T04, T07, T08: command_length, command_id, command_status, sequence_number."""
    _, client = met("octet by octet")
    client.submit(text)
    assert struct.unpack(">IIII", client.exactly(27)[:16]) == header


def test_noise_comes_before_the_answer(met: Meet) -> None:
    """T03: sixteen octets that are the same every time."""
    heard = []
    for _ in range(2):
        _, client = met("octet by octet")
        client.submit(b"noise")
        octets = client.exactly(16 + 27)
        assert struct.unpack(">IIII", octets[16:32]) == (27, SUBMIT_SM | RESP, 0, 2)
        heard.append(octets[:16])
    assert heard[0] == heard[1]


def test_a_fault_strikes_a_link_that_is_bound_already(
    carrier: Carrier, connect_raw: ConnectRaw
) -> None:
    """From the next PDU on, also behind a PDU that has come in part; and no more once removed."""
    client = Octets(connect_raw(carrier))
    assert client.bind() == 0
    octets = submit(2, b"Hi")
    client.send(octets[:20])
    fault: AddedFault = carrier.faults.add({"response_copies": 2}, {"account": "demo"})
    assert carrier.faults.names == [fault.name]
    client.send(octets[20:])
    assert client.heads(2) == [(SUBMIT_SM | RESP, 2)] * 2
    fault.remove()
    assert carrier.faults.names == []
    client.send(submit(3, b"Hi") + pdu(ENQUIRE_LINK, 4))
    assert sorted(client.heads(2)) == [(SUBMIT_SM | RESP, 3), (ENQUIRE_LINK | RESP, 4)]


def test_faults_outlive_a_restart_and_are_cleared(
    carrier: Carrier, connect_raw: ConnectRaw
) -> None:
    """The test gave them, not the carrier."""
    carrier.faults.add({"command_status": "ESME_RBINDFAIL"}, {"operation": "bind_transceiver"})
    carrier.restart()
    assert Octets(connect_raw(carrier)).bind() == 0x0D
    carrier.faults.clear()
    assert Octets(connect_raw(carrier)).bind() == 0


@pytest.mark.slow
def test_a_served_carrier_takes_faults_from_its_file_and_over_http(
    serve: Serve, connect_raw: ConnectRaw, tmp_path: Path
) -> None:
    """`carrierbox serve --config`, GET, POST and DELETE /api/v1/faults; the reset is one of TCP."""
    file = tmp_path / "carrier.yaml"
    file.write_text(
        'listeners: [{smpp: "127.0.0.1:0"}]\nhttp: {listen: "127.0.0.1:0"}\n'
        'store: {url: ":memory:"}\n' + blocks("yaml")[3],
        encoding="utf-8",
    )
    server = serve("--config", str(file))
    client = Octets(connect_raw(server))
    assert client.bind() == 0
    client.submit(b"cut")
    assert len(client.exactly(13)) == 13
    assert client.is_reset()
    listed = server.http("GET", "faults")["faults"]
    assert [fault["matched"] for fault in listed] == [1, 0, 0, 0, 0, 0]
    server.http("DELETE", "faults")
    fault = {"name": "late", "when": {"text": "cut"}, "then": {"response_copies": 2}}
    (shown,) = server.http("POST", "faults", fault)["faults"]
    assert shown == fault | {"matched": 0, "configured": False}
    again = Octets(connect_raw(server))
    assert again.bind() == 0
    again.submit(b"cut")
    assert again.heads(2) == [(SUBMIT_SM | RESP, 2)] * 2
    assert server.terminate() == 0
