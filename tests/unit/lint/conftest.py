"""Clients that talk to a carrier while the linter listens, and captures made by hand."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable

import pytest

from carrierbox.lint.findings import AccountReport, Finding
from carrierbox.lint.linter import Linter
from carrierbox.lint.packets import Endpoint
from carrierbox.lint.pcapng import Recorder, file_header
from carrierbox.lint.sessions import Limits
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    Pdu,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
)
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.wire import encode_pdu

BEGIN = 1_700_000_000.0


class Talk:
    """One session under the linter, and what was found. Time moves on with every PDU."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.linter = Linter(limits)
        self.now = BEGIN
        self.number = 1
        self.link = 1

    def open(self, *, is_whole: bool = True, is_in_clear: bool = False) -> Talk:
        self.linter.opened(
            self.link,
            self.now,
            "10.0.0.1:40000",
            "10.0.0.2:2775",
            is_whole=is_whole,
            is_in_clear=is_in_clear,
        )
        return self

    def client(self, pdu: Pdu | bytes) -> Talk:
        """The client sends a PDU; one without a number gets the next."""
        if not isinstance(pdu, bytes):
            if pdu.sequence_number == 0 and pdu.command_id < 0x80000000:
                pdu.sequence_number = self.number
                self.number += 1
            pdu = encode_pdu(pdu)
        self.now += 0.05
        self.linter.frame(self.link, self.now, ESME, pdu)
        return self

    def carrier(self, pdu: Pdu | bytes) -> Talk:
        self.now += 0.05
        octets = pdu if isinstance(pdu, bytes) else encode_pdu(pdu)
        self.linter.frame(self.link, self.now, SMSC, octets)
        return self

    def wait(self, seconds: float) -> Talk:
        self.now += seconds
        return self

    def bind(self, request: Pdu | None = None) -> Talk:
        """Bind as a transceiver, or as asked, and be taken."""
        asked = request or BindTransceiver(
            system_id="demo", password="secret", interface_version=0x34
        )
        self.client(asked)
        answer = BindTransceiverResp(system_id="carrier", sequence_number=asked.sequence_number)
        octets = bytearray(encode_pdu(answer))
        octets[7] = asked.command_id
        return self.carrier(bytes(octets))

    def submit(self, request: SubmitSm) -> Talk:
        """Submit and be answered."""
        self.client(request)
        return self.carrier(SubmitSmResp(message_id="1", sequence_number=request.sequence_number))

    def deliver(self, number: int = 1, esm_class: int = 4) -> Talk:
        """The carrier hands a receipt over."""
        return self.carrier(
            DeliverSm(
                source_addr="33612345678",
                esm_class=esm_class,
                short_message=b"id:1 stat:DELIVRD",
                sequence_number=number,
            )
        )

    def unbind(self) -> Talk:
        self.client(Unbind(sequence_number=self.number))
        return self.carrier(UnbindResp(sequence_number=self.number))

    def close(self, sender: int = ESME) -> Talk:
        self.now += 0.05
        self.linter.closed(self.link, self.now, sender)
        self.linter.forget(self.link)
        return self

    def reports(self) -> list[AccountReport]:
        return self.linter.reports()

    def findings(self) -> dict[str, Finding]:
        return {
            each.rule.rule_id: each
            for report in self.reports()
            for each in report.findings.worst_first()
        }

    def found(self) -> set[str]:
        """The rules that were broken."""
        return set(self.findings())


def good(**fields: object) -> SubmitSm:
    """A submit_sm that nobody could blame, but for the fields that are given."""
    request = SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        registered_delivery=1,
        short_message=b"Hello",
    )
    for name, value in fields.items():
        setattr(request, name, value)
    return request


@pytest.fixture
def talk() -> Talk:
    """A session that has just been opened."""
    return Talk().open()


@pytest.fixture
def new_talk() -> Callable[..., Talk]:
    """Makes talks with limits of their own, not opened yet."""
    return Talk


@pytest.fixture
def submit_sm() -> Callable[..., SubmitSm]:
    """Makes flawless submit_sm with some fields changed."""
    return good


class Wires:
    """A capture of one connection, packet by packet."""

    def __init__(self, client: str = "10.0.0.1", carrier: str = "10.0.0.2") -> None:
        self.client_end = Endpoint(_address(client), 40000)
        self.carrier_end = Endpoint(_address(carrier), 5555)
        self.recorder = Recorder(self.client_end, self.carrier_end)
        self.now = BEGIN
        self.blocks: list[bytes] = []

    def open(self) -> Wires:
        self.blocks.append(self.recorder.opened(self.now))
        return self

    def send(self, is_from_client: bool, octets: bytes) -> Wires:
        self.now += 0.05
        self.blocks.append(self.recorder.octets(self.now, is_from_client, octets))
        return self

    def session(self, *requests: Pdu) -> Wires:
        """A whole session in which each request is answered."""
        self.open()
        sent = [
            BindTransceiver(system_id="demo", password="secret", interface_version=0x34),
            *requests,
            Unbind(),
        ]
        for number, request in enumerate(sent, 1):
            request.sequence_number = number
            octets = encode_pdu(request)
            self.send(True, octets)
            answer = bytearray(b"\0\0\0\x11" + octets[4:8] + bytes(4) + octets[12:16] + b"\0")
            answer[4] |= 0x80
            if number == len(sent):
                answer = answer[:16]
                answer[3] = 16
            self.send(False, bytes(answer))
        self.blocks.append(self.recorder.closed(self.now, True))
        return self

    def file(self) -> bytes:
        """As pcapng."""
        return file_header("test") + b"".join(self.blocks)

    def packets(self) -> list[tuple[float, bytes]]:
        """Time and octets of every packet, Ethernet and all."""
        found = []
        for octets in self.blocks:
            at = 0
            while at < len(octets):
                _, total, _, high, low, length, _ = struct.unpack_from("<IIIIIII", octets, at)
                found.append((((high << 32) | low) / 1e6, octets[at + 28 : at + 28 + length]))
                at += total
        return found


def _address(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def pcap_file(
    packets: list[tuple[float, bytes]], link_type: int = 1, order: str = "<", nano: bool = False
) -> bytes:
    """A classic capture of packets."""
    magic, ticks = (0xA1B23C4D, 1e9) if nano else (0xA1B2C3D4, 1e6)
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)]
    for time, octets in packets:
        seconds = int(time)
        fraction = round((time - seconds) * ticks)
        head = struct.pack(order + "IIII", seconds, fraction, len(octets), len(octets))
        parts += [head, octets]
    return b"".join(parts)


@pytest.fixture
def wires() -> Callable[..., Wires]:
    """Makes captures of one connection."""
    return Wires


@pytest.fixture
def classic() -> Callable[..., bytes]:
    """Makes classic capture files."""
    return pcap_file
