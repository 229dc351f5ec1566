"""PDUs cut out of streams in step, out of step, and with holes."""

import pytest

from carrierbox.lint.frames import SEARCH_OCTETS_MAX, FrameCutter, Lost
from carrierbox.smpp.pdus import EnquireLink, SubmitSm, SubmitSmResp
from carrierbox.smpp.wire import encode_pdu

PDUS = [
    encode_pdu(SubmitSm(short_message=b"Hello", sequence_number=1)),
    encode_pdu(EnquireLink(sequence_number=2)),
    encode_pdu(SubmitSmResp("abc", sequence_number=3)),
]
STREAM = b"".join(PDUS)


def everything(cutter: FrameCutter) -> list[bytes | Lost]:
    found: list[bytes | Lost] = []
    while (item := cutter.next()) is not None:
        found.append(item)
    return found


@pytest.mark.parametrize("step", [1, 2, 7, 16, 1000])
def test_a_stream_in_step_gives_its_pdus_however_it_is_cut(step: int) -> None:
    """T01, T02."""
    cutter = FrameCutter(True)
    found: list[bytes | Lost] = []
    for at in range(0, len(STREAM), step):
        cutter.feed(STREAM[at : at + step])
        found += everything(cutter)
    assert found == PDUS


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_a_stream_that_begins_in_the_middle_finds_the_next_pdu(step: int) -> None:
    """What is before it is nobody's fault."""
    octets = STREAM[9:]
    cutter = FrameCutter(False)
    found: list[bytes | Lost] = []
    for at in range(0, len(octets), step):
        cutter.feed(octets[at : at + step])
        found += everything(cutter)
    assert found == PDUS[1:]
    cutter.end()
    assert everything(cutter) + cutter.remains() == []


def test_a_length_that_cannot_be_loses_the_stream_until_the_next_pdu() -> None:
    """T03: HTTP on the port of SMPP."""
    garbage = b"GET / HTTP/1.1\r\n\r\n"
    cutter = FrameCutter(True)
    cutter.feed(PDUS[0] + garbage + PDUS[1])
    found = everything(cutter)
    assert [found[0], found[2]] == PDUS[:2]
    lost = found[1]
    assert isinstance(lost, Lost)
    assert (lost.octets, lost.length_octets, lost.is_gap) == (garbage, len(garbage), False)


def test_garbage_without_end_is_told_at_the_end_and_never_kept() -> None:
    """Of a stream without a single PDU it is said that it is no SMPP."""
    cutter = FrameCutter(True)
    for _ in range(40):
        cutter.feed(b"\xfa" * 2048)
        assert everything(cutter) == []
    assert cutter.is_hopeless
    assert len(cutter._block) < 64
    cutter.end()
    assert everything(cutter) == []
    (lost,) = cutter.remains()
    assert lost.length_octets > SEARCH_OCTETS_MAX


def test_a_hole_within_one_pdu_costs_that_pdu_alone() -> None:
    """Its length says where the next one begins."""
    cutter = FrameCutter(True)
    cutter.feed(STREAM[:20])
    assert everything(cutter) == []
    (lost,) = cutter.gap(10)
    assert lost.is_gap
    cutter.feed(STREAM[30:])
    assert everything(cutter) == PDUS[1:]
    assert cutter.is_in_step


def test_a_hole_over_several_pdus_is_searched_behind() -> None:
    """Nothing says where it ends."""
    cutter = FrameCutter(True)
    cutter.feed(STREAM[:10])
    cutter.gap(len(PDUS[0]))
    cutter.feed(STREAM[10 + len(PDUS[0]) :])
    assert everything(cutter) == [PDUS[2]]
    cutter.end()
    assert everything(cutter) + cutter.remains() == []


def test_two_holes_in_one_pdu() -> None:
    """The second lies in what is passed over."""
    cutter = FrameCutter(True)
    cutter.feed(STREAM[:18])
    cutter.gap(4)
    cutter.feed(STREAM[22:24])
    cutter.gap(4)
    cutter.feed(STREAM[28:])
    assert everything(cutter) == PDUS[1:]
