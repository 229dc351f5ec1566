"""Frames from the specifications and from other implementations, read and written."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrierbox.errors import PduError
from carrierbox.smpp import states, values
from carrierbox.smpp.events import Event, PduRejected
from carrierbox.smpp.framing import FrameBuffer
from carrierbox.smpp.pdus import BindTransceiver, BindTransceiverResp, Pdu
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.wire import decode_declared, decode_pdu, describe_pdu, encode_pdu

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "vectors.json").read_text(encoding="utf-8")
)
READABLE = [v for v in VECTORS["well_formed"] if not v.get("unknown_here")]
UNKNOWN = [v for v in VECTORS["well_formed"] if v.get("unknown_here")]
TAIL = bytes.fromhex("00000010000000150000000000000001")


def name_of(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def assert_means(pdu: Pdu, vector: dict[str, Any]) -> None:
    assert values.command_name(pdu.command_id) == vector["command"]
    assert pdu.command_status == vector["command_status"]
    assert pdu.sequence_number == vector["sequence_number"]
    described = describe_pdu(pdu)
    body = described[: len(described) - len(pdu.tlvs)]
    if vector["body"] != {"message_id": ""} or body:
        assert [(name, plain(value)) for name, value in body] == list(vector["body"].items())
    for tlv, (name, value), expected in zip(
        pdu.tlvs, described[len(body) :], vector["tlvs"], strict=True
    ):
        assert (tlv.tag, name, tlv.value.hex()) == (
            expected["tag"],
            expected["name"],
            expected["value"],
        )
        if "means" in expected:
            assert value == expected["means"]


def cut(octets: bytes, size: int) -> list[bytes]:
    return [octets[at : at + size] for at in range(0, len(octets), size)]


@pytest.mark.parametrize("vector", READABLE, ids=name_of)
def test_a_frame_means_what_its_source_says(vector: dict[str, Any]) -> None:
    """SMPP 3.4 §4, by both codecs."""
    frame = bytes.fromhex(vector["octets"])
    assert_means(decode_pdu(frame), vector)
    assert_means(decode_declared(frame), vector)


@pytest.mark.parametrize("vector", READABLE, ids=name_of)
def test_a_frame_is_written_back_as_it_was(vector: dict[str, Any]) -> None:
    """Octet for octet, but for the forms that we read and do not write (T09, T10)."""
    frame = bytes.fromhex(vector["octets"])
    written = bytes.fromhex(vector.get("encodes_as", vector["octets"]))
    assert encode_pdu(decode_pdu(frame)) == written


@pytest.mark.parametrize("vector", READABLE, ids=name_of)
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_a_frame_is_found_whole_cut_and_with_a_tail(vector: dict[str, Any], size: int) -> None:
    """T01 one octet at a time, T02 together with what follows."""
    frame = bytes.fromhex(vector["octets"])
    buffer = FrameBuffer(70_000)
    found = []
    for piece in cut(frame + TAIL, size):
        buffer.feed(piece)
        while (next_frame := buffer.next_frame()) is not None:
            found.append(next_frame)
    assert found == [frame, TAIL]
    assert_means(decode_pdu(found[0]), vector)


@pytest.mark.parametrize("vector", UNKNOWN, ids=name_of)
def test_broadcast_commands_are_unknown(vector: dict[str, Any]) -> None:
    """SMPP 5.0 §4.4 commands get ESME_RINVCMDID, as SMPP 3.4 §4.3.1 asks."""
    with pytest.raises(PduError) as caught:
        decode_pdu(bytes.fromhex(vector["octets"]))
    assert caught.value.command_status == values.ESME_RINVCMDID
    assert caught.value.sequence_number == vector["sequence_number"]


def session_for(read_by: str) -> Session:
    """A session that has just bound, or an open one."""
    if read_by == "smsc-open":
        return Session(states.SMSC, SessionSettings(), 0.0)
    if read_by == "smsc":
        session = Session(states.SMSC, SessionSettings(), 0.0)
        session.receive_octets(encode_pdu(BindTransceiver("a", "b", sequence_number=1)))
        assert session.next_event(0.0) is not None
        session.send(BindTransceiverResp("box", 1), 0.0)
    else:
        session = Session(states.ESME, SessionSettings(), 0.0)
        session.send(BindTransceiver("a", "b"), 0.0)
        session.receive_octets(encode_pdu(BindTransceiverResp("box", 1)))
        assert session.next_event(0.0) is not None
    session.data_to_send()
    return session


def read(session: Session, pieces: list[bytes]) -> list[Event]:
    events: list[Event] = []
    for piece in pieces:
        session.receive_octets(piece)
        while (event := session.next_event(0.0)) is not None:
            events.append(event)
    return events


@pytest.mark.parametrize("vector", VECTORS["malformed"], ids=name_of)
@pytest.mark.parametrize("size", [1, 1_000_000])
@pytest.mark.parametrize("tail", [b"", TAIL], ids=["alone", "with a tail"])
def test_a_malformed_frame_is_answered(vector: dict[str, Any], size: int, tail: bytes) -> None:
    """T03, T06, T07, T08: the answer, whether it closes, and that the next PDU is still read."""
    session = session_for(vector["read_by"])
    events = read(session, cut(bytes.fromhex(vector["octets"]) + tail, size))
    answer = bytes.fromhex(vector["answer"])
    if tail and not vector["closes"]:
        answer += bytes.fromhex("00000010800000150000000000000001")
    assert session.data_to_send() == answer
    assert session.wants_close == vector["closes"]
    rejected = [values.status_name(e.command_status) for e in events if isinstance(e, PduRejected)]
    assert rejected == ([vector["rejected_with"]] if vector["rejected_with"] else [])
