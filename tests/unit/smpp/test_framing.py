"""A stream cut into PDUs."""

import pytest

from carrierbox.errors import FramingError, LocalProtocolError
from carrierbox.smpp.framing import PENDING_MAX_OCTETS, FrameBuffer

ENQUIRE = bytes.fromhex("00000010000000150000000000000007")


def frame_of(length_octets: int) -> bytes:
    return length_octets.to_bytes(4, "big") + b"\xff" * (length_octets - 4)


def drain(buffer: FrameBuffer) -> list[bytes]:
    frames = []
    while (frame := buffer.next_frame()) is not None:
        frames.append(frame)
    return frames


@pytest.mark.parametrize("length_octets", [16, 17, 255, 256, 511, 65_535, 65_536, 69_999, 70_000])
@pytest.mark.parametrize("cut_octets", [1, 3, 4, 15, 16, 17, 4096])
def test_a_frame_is_found_however_it_is_cut(length_octets: int, cut_octets: int) -> None:
    """T01, T02, T04: 0xFF anywhere, also in the length, is an octet like any other."""
    frame = frame_of(length_octets)
    stream = frame + ENQUIRE + frame
    buffer = FrameBuffer(70_000)
    frames = []
    for at in range(0, len(stream), cut_octets):
        buffer.feed(stream[at : at + cut_octets])
        frames += drain(buffer)
    assert frames == [frame, ENQUIRE, frame]
    assert buffer.pending_octets == 0


def test_ten_thousand_pdus_in_one_read() -> None:
    """T02."""
    buffer = FrameBuffer(70_000)
    buffer.feed(ENQUIRE * 10_000)
    frames = drain(buffer)
    assert len(frames) == 10_000
    assert set(frames) == {ENQUIRE}


def test_octets_may_arrive_before_the_last_were_taken() -> None:
    """An owner that is slow still gets every frame in order."""
    stream = b"".join(frame_of(16 + n) for n in range(50))
    buffer = FrameBuffer(70_000)
    taken = []
    for at in range(0, len(stream), 40):
        buffer.feed(stream[at : at + 40])
        if (frame := buffer.next_frame()) is not None:
            taken.append(frame)
    taken += drain(buffer)
    assert b"".join(taken) == stream


def test_a_frame_in_two_reads_is_found_at_the_first_look() -> None:
    """T01: the second read completes it exactly."""
    buffer = FrameBuffer(70_000)
    frame = frame_of(40)
    buffer.feed(frame[:20])
    buffer.feed(frame[20:])
    assert buffer.next_frame() == frame


@pytest.mark.parametrize("length_octets", [0, 4, 15, 101, 1_213_486_160, 0xFFFFFFFF])
def test_a_bad_length_loses_the_stream(length_octets: int) -> None:
    """T03: the sequence_number of the header is kept for the answer; nothing follows."""
    buffer = FrameBuffer(100)
    buffer.feed(length_octets.to_bytes(4, "big") + ENQUIRE[4:15])
    assert buffer.next_frame() is None
    buffer.feed(ENQUIRE[15:] + ENQUIRE)
    with pytest.raises(FramingError) as caught:
        buffer.next_frame()
    assert caught.value.sequence_number == 7
    buffer.feed(ENQUIRE)
    assert buffer.next_frame() is None
    assert buffer.pending_octets == 0


def test_an_owner_that_never_drains_is_stopped() -> None:
    """The buffer is bounded."""
    buffer = FrameBuffer(70_000)
    with pytest.raises(LocalProtocolError):
        for _ in range(PENDING_MAX_OCTETS // 1_000_000 + 2):
            buffer.feed(bytes(1_000_000))
