"""Which end is the client, and which connections are SMPP at all."""

from __future__ import annotations

from carrierbox.lint.conversations import WAITING_MAX, Conversations
from carrierbox.lint.flows import Connection
from carrierbox.lint.linter import Linter
from carrierbox.lint.packets import Endpoint
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindReceiverResp,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    Outbind,
    Pdu,
    SubmitSm,
)
from carrierbox.smpp.wire import encode_pdu


class Stage:
    """One connection whose octets a test plays."""

    def __init__(self, first_port: int = 40000, second_port: int = 9000) -> None:
        self.linter = Linter()
        self.conversations = Conversations(self.linter)
        self.connection = Connection(
            1, Endpoint(b"\x0a\0\0\1", first_port), Endpoint(b"\x0a\0\0\2", second_port)
        )
        self.time = 100.0

    def say(self, side: int, *pdus: Pdu | bytes) -> None:
        for pdu in pdus:
            self.time += 0.1
            octets = pdu if isinstance(pdu, bytes) else encode_pdu(pdu)
            self.conversations.octets(self.connection, side, self.time, octets)

    def end(self) -> tuple[str, set[str]]:
        """The client's end and what was found."""
        self.conversations.finished(self.connection)
        (report,) = self.linter.reports()
        (summary,) = report.session_summaries
        return summary.client, set(report.findings.counts())


def test_a_pdu_of_one_side_tells_the_sides_apart() -> None:
    """What came before it is judged then."""
    stage = Stage()
    stage.say(0, EnquireLink(sequence_number=1))
    stage.say(1, EnquireLinkResp(sequence_number=1), SubmitSm(sequence_number=0x80000000))
    client, found = stage.end()
    assert client == "10.0.0.2:9000"
    assert "sequence-range" in found


def test_a_carrier_may_connect_to_its_client() -> None:
    """Outbind: who began the connection is not the client (SMPP 3.4 §2.2.1)."""
    stage = Stage()
    stage.connection.is_whole = True
    stage.connection.initiator = 0
    stage.say(0, Outbind(system_id="carrier", password="x", sequence_number=1))
    stage.say(1, BindReceiver(system_id="a", interface_version=0x34, sequence_number=1))
    stage.say(0, BindReceiverResp(system_id="carrier", sequence_number=1))
    assert stage.end() == ("10.0.0.2:9000", {"password-in-clear"} & set())


def test_without_such_a_pdu_the_port_tells() -> None:
    """SMPP's own, else the lower one is the carrier's."""
    for ports, client in (
        ((2775, 1000), "10.0.0.2:1000"),
        ((1000, 2775), "10.0.0.1:1000"),
        ((50000, 9000), "10.0.0.1:50000"),
    ):
        stage = Stage(*ports)
        stage.say(0, EnquireLink(sequence_number=1))
        assert stage.end()[0] == client


def test_pdus_wait_within_bounds() -> None:
    """A connection of nothing but enquire_link is judged before its end."""
    stage = Stage()
    stage.connection.initiator = 0
    for number in range(1, WAITING_MAX + 1):
        stage.say(0, EnquireLink(sequence_number=number))
    assert stage.linter.reports()[0].pdus_from_client == WAITING_MAX


def test_a_stream_without_pdus_is_not_listened_to_any_more() -> None:
    """Nor does it make a session."""
    stage = Stage()
    for _ in range(40):
        stage.say(0, b"\xfa" * 2048)
    assert stage.connection.is_ignored
    stage.conversations.finished(stage.connection)
    assert stage.linter.reports() == []


def test_garbage_of_a_client_whose_carrier_speaks_smpp_is_told() -> None:
    """T03."""
    stage = Stage()
    stage.connection.is_whole = True
    stage.say(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    stage.say(1, DeliverSm(sequence_number=1))
    assert stage.end() == ("10.0.0.1:40000", {"framing-lost"})
