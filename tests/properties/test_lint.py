"""The linter hears the same whatever the network did, and survives whatever a file holds."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.lint.captures import read_capture
from carrierbox.lint.conversations import Conversations
from carrierbox.lint.flows import Flows
from carrierbox.lint.frames import FrameCutter, Lost
from carrierbox.lint.linter import Linter
from carrierbox.lint.packets import ACK, SYN, Endpoint, Segment
from carrierbox.lint.pcap import CaptureError
from carrierbox.lint.pcapng import Recorder, file_header
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    DeliverSmResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.wire import encode_pdu

CLIENT: Final = Endpoint(b"\x0a\0\0\1", 40000)
CARRIER: Final = Endpoint(b"\x0a\0\0\2", 7777)
WRAP: Final = 1 << 32

# Who speaks, and what: a client with faults of many kinds, and one that is answered.
DIALOGUE: Final = [
    (0, encode_pdu(BindTransceiver("demo", "x", interface_version=0x22, sequence_number=1))),
    (1, encode_pdu(BindTransceiverResp("carrier", 1))),
    (0, encode_pdu(SubmitSm(destination_addr="+336", priority_flag=9, sequence_number=2))),
    (0, encode_pdu(SubmitSm(destination_addr="336", sequence_number=2))),
    (1, encode_pdu(SubmitSmResp("1", 2))),
    (1, encode_pdu(DeliverSm(source_addr="336", short_message=b"Hello", sequence_number=5))),
    (0, b"\xff\xfe garbage of the client \xff"),
    (0, encode_pdu(DeliverSmResp("", 5))),
    (0, encode_pdu(DeliverSmResp("", 6))),
    (1, encode_pdu(SubmitSmResp("2", 2))),
]
Cuts = list[list[int]]


def segments_of(cuts: Cuts, starts: tuple[int, int]) -> list[Segment]:
    """The dialogue as segments, every utterance cut at some places."""
    ends = (CLIENT, CARRIER)
    at = [1, 1]
    said = [
        Segment(1.0, CLIENT, CARRIER, starts[0], 0, SYN, b""),
        Segment(1.0, CARRIER, CLIENT, starts[1], (starts[0] + 1) % WRAP, SYN | ACK, b""),
    ]
    for (side, octets), places in zip(DIALOGUE, cuts, strict=True):
        bounds = sorted({0, len(octets), *(place % len(octets) for place in places)})
        for start, end in pairwise(bounds):
            said.append(
                Segment(
                    1.0,
                    ends[side],
                    ends[1 - side],
                    (starts[side] + at[side] + start) % WRAP,
                    (starts[1 - side] + at[1 - side]) % WRAP,
                    ACK,
                    octets[start:end],
                )
            )
        at[side] += len(octets)
    return said


def found_in(segments: list[Segment]) -> list[tuple[str, int, bytes]]:
    """Every rule that was broken, how often, and its first PDU."""
    linter = Linter()
    flows = Flows(Conversations(linter))
    for segment in segments:
        flows.segment(segment)
    flows.finish()
    linter.finish()
    (report,) = linter.reports()
    assert report.system_id == "demo"
    return [
        (each.rule.rule_id, each.count, each.first.octets) for each in report.findings.worst_first()
    ]


PLAIN: Final = found_in(segments_of([[] for _ in DIALOGUE], (100, 200)))


def test_the_dialogue_has_faults_of_many_kinds() -> None:
    """The property would say little of one without."""
    assert {rule for rule, _, _ in PLAIN} >= {
        "priority-flag",
        "sequence-reused",
        "framing-lost",
        "answer-to-nothing",
        "interface-version",
    }


@st.composite
def network_traffic(draw: st.DrawFn) -> list[Segment]:
    """The dialogue as a bad network delivers it: cut, repeated, overlapping, in any order."""
    place = st.integers(0, 500)
    cuts = draw(
        st.lists(st.lists(place, max_size=3), min_size=len(DIALOGUE), max_size=len(DIALOGUE))
    )
    starts = draw(st.tuples(st.integers(0, WRAP - 1), st.integers(0, WRAP - 1)))
    segments = segments_of(cuts, starts)
    segments.extend(draw(st.lists(st.sampled_from(segments[2:]), max_size=5)))
    # A retransmission may hold two segments in one: octets of the same stream that follow.
    for one in draw(st.lists(st.sampled_from(segments[2:]), max_size=3)):
        following = [
            other.payload
            for other in segments
            if other.source is one.source
            and other.sequence == (one.sequence + len(one.payload)) % WRAP
            and other.acknowledgement == one.acknowledgement
        ]
        payload = one.payload + b"".join(following[:1])
        segments.append(
            Segment(
                one.time,
                one.source,
                one.destination,
                one.sequence,
                one.acknowledgement,
                ACK,
                payload,
            )
        )
    return draw(st.permutations(segments))


@given(network_traffic())
@settings(max_examples=3 * settings().max_examples)
def test_the_same_findings_whatever_the_network_did(segments: list[Segment]) -> None:
    """Cut, repeated, overlapping, reordered: T01, T02."""
    assert found_in(segments) == PLAIN


@given(st.integers(0, len(DIALOGUE) * 60), st.integers(1, 80))
def test_a_hole_takes_findings_away_and_adds_none(at: int, octets: int) -> None:
    """What was not captured is nobody's fault."""
    segments = [
        segment
        for number, segment in enumerate(segments_of([[20, 40, 60]] * len(DIALOGUE), (1, 1)))
        if not at <= number * 20 < at + octets or number < 2
    ]
    linter = Linter()
    flows = Flows(Conversations(linter))
    for segment in segments:
        flows.segment(segment)
    flows.finish()
    known = {rule for rule, _, _ in PLAIN}
    for report in linter.reports():
        assert set(report.findings.counts()) <= known


@given(st.lists(st.integers(0, 400), max_size=20), st.booleans(), st.binary(max_size=60))
def test_frames_do_not_depend_on_how_a_stream_is_cut(
    places: list[int], is_in_step: bool, garbage: bytes
) -> None:
    """In step or not, with garbage in between."""
    octets = DIALOGUE[2][1] + garbage + DIALOGUE[3][1] + DIALOGUE[0][1]

    def frames(bounds: list[int]) -> list[bytes]:
        cutter = FrameCutter(is_in_step)
        found: list[bytes | Lost] = []
        for start, end in pairwise(bounds):
            cutter.feed(octets[start:end])
            while (item := cutter.next()) is not None:
                found.append(item)
        cutter.end()
        while (item := cutter.next()) is not None:
            found.append(item)
        return [each if isinstance(each, bytes) else each.octets for each in found]

    bounds = sorted({0, len(octets), *(place for place in places if place < len(octets))})
    assert frames(bounds) == frames([0, len(octets)])


def a_capture() -> bytes:
    recorder = Recorder(CLIENT, CARRIER)
    blocks = [file_header("test"), recorder.opened(1.0)]
    blocks += [recorder.octets(2.0, side == 0, octets) for side, octets in DIALOGUE]
    return b"".join([*blocks, recorder.closed(3.0, True)])


CAPTURE: Final = a_capture()


def survive(octets: bytes) -> None:
    linter = Linter()
    try:
        read_capture(io.BytesIO(octets), "test", linter)
    except CaptureError:
        return
    linter.finish()
    linter.reports()


@given(st.sampled_from([b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", CAPTURE[:28], b""]), st.binary())
def test_any_octets_as_a_file_are_survived(head: bytes, rest: bytes) -> None:
    """Behind a magic number and without."""
    survive(head + rest)


@given(st.lists(st.tuples(st.integers(0, len(CAPTURE) - 1), st.integers(0, 255)), max_size=12))
@settings(max_examples=3 * settings().max_examples)
def test_any_damage_to_a_capture_is_survived(changes: list[tuple[int, int]]) -> None:
    """Blocks, headers of every layer, PDUs."""
    octets = bytearray(CAPTURE)
    for at, value in changes:
        octets[at] = value
    survive(bytes(octets))


@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=12, max_size=200)), max_size=10))
def test_any_pdu_at_all_is_survived(frames: list[tuple[bool, bytes]]) -> None:
    """Of either side, before and after a bind."""
    linter = Linter()
    linter.opened(1, 1.0, "a", "b")
    linter.frame(1, 1.0, ESME, DIALOGUE[0][1])
    linter.frame(1, 1.0, SMSC, DIALOGUE[1][1])
    for number, (is_client, body) in enumerate(frames):
        frame = (len(body) + 4).to_bytes(4, "big") + body
        linter.frame(1, 2.0 + number, ESME if is_client else SMSC, frame)
    linter.closed(1, 99.0, ESME)
    linter.finish()
    assert linter.reports()


@given(st.sampled_from([2, 3, 5, 6, 7, 8, 9]), st.binary(max_size=120), st.integers(0, 90))
def test_any_change_within_a_pdu_is_survived(which: int, body: bytes, at: int) -> None:
    """Of the commands that are looked into."""
    side, frame = DIALOGUE[which] if which != 6 else DIALOGUE[2]
    changed = bytearray(frame)
    changed[16 + at : 16 + at + len(body)] = body
    changed[:4] = len(changed).to_bytes(4, "big")
    linter = Linter()
    linter.opened(1, 1.0, "a", "b")
    linter.frame(1, 1.0, SMSC if side else ESME, bytes(changed))
    linter.finish()
    assert linter.reports()[0].pdus_from_client + linter.reports()[0].pdus_from_carrier == 1
