"""Segments to streams: reordered, repeated, overlapping, missing; see tests/properties, too."""

from __future__ import annotations

from carrierbox.lint import flows as flows_module
from carrierbox.lint.flows import HELD_SEGMENTS_MAX, Connection, Flows
from carrierbox.lint.packets import ACK, FIN, RST, SYN, Endpoint, Segment

ENDS = (Endpoint(b"\x0a\0\0\1", 40000), Endpoint(b"\x0a\0\0\2", 2775))
WRAP = 1 << 32


class Sink:
    """Notes what it gets, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.ignores = False

    def octets(self, connection: Connection, side: int, time: float, octets: bytes) -> None:
        if self.ignores:
            connection.is_ignored = True
        self.told.append((side, octets))

    def gap(self, connection: Connection, side: int, time: float, octets: int) -> None:
        self.told.append((side, "gap", octets))

    def ended(self, connection: Connection, side: int, time: float) -> None:
        self.told.append((side, "ended"))

    def finished(self, connection: Connection) -> None:
        self.told.append(("finished", connection.is_whole))

    def stream(self, side: int) -> bytes:
        return b"".join(each[1] for each in self.told if each[0] == side and type(each[1]) is bytes)


class Peer:
    """Makes segments of one connection with small relative numbers."""

    def __init__(self, sink: Sink, start: int = 0) -> None:
        self.flows = Flows(sink)
        self.start = start
        self.time = 0.0

    def send(
        self,
        side: int,
        sequence: int,
        payload: bytes = b"",
        flags: int = ACK,
        acknowledgement: int = 0,
    ) -> None:
        self.time += 1.0
        segment = Segment(
            self.time,
            ENDS[side],
            ENDS[1 - side],
            (self.start + sequence) % WRAP,
            (self.start + acknowledgement) % WRAP,
            flags,
            payload,
        )
        self.flows.segment(segment)

    def shake_hands(self) -> None:
        self.send(0, 0, flags=SYN)
        self.send(1, 0, flags=SYN | ACK, acknowledgement=1)


def test_segments_in_order_pass_at_once() -> None:
    """Both sides, then their ends."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    peer.send(0, 1, b"abc", acknowledgement=1)
    peer.send(1, 1, b"xyz", acknowledgement=4)
    peer.send(0, 4, b"", FIN | ACK, 4)
    peer.send(1, 4, b"", FIN | ACK, 5)
    assert sink.told == [(0, b"abc"), (1, b"xyz"), (0, "ended"), (1, "ended")]
    peer.flows.finish()
    assert sink.told[-1] == ("finished", True)


def test_reordered_repeated_and_overlapping_segments_make_one_stream() -> None:
    """T01, T02: what a carrier's TCP would have given it."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    for sequence, payload in ((4, b"def"), (1, b"abc"), (1, b"abc"), (3, b"cdefgh"), (6, b"fghi")):
        peer.send(0, sequence, payload)
    assert sink.stream(0) == b"abcdefghi"


def test_numbers_that_wrap_go_on() -> None:
    """Sequence numbers are of 32 bits."""
    sink = Sink()
    peer = Peer(sink, start=WRAP - 3)
    peer.shake_hands()
    for sequence in (7, 4, 1):
        peer.send(0, sequence, b"abc")
    assert sink.stream(0) == b"abcabcabc"


def test_an_answer_waits_for_what_it_acknowledges() -> None:
    """In the file it may stand before its request."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    peer.send(1, 1, b"answer", acknowledgement=8)
    assert sink.told == []
    peer.send(0, 1, b"request", acknowledgement=1)
    assert sink.told == [(0, b"request"), (1, b"answer")]


def test_what_never_comes_is_a_gap_at_the_end() -> None:
    """Told with its size, and the stream goes on behind it."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    peer.send(0, 1, b"abc")
    peer.send(0, 11, b"def")
    peer.flows.finish()
    assert sink.told == [(0, b"abc"), (0, "gap", 7), (0, b"def"), ("finished", True)]
    assert (peer.flows.gaps, peer.flows.missing_octets) == (1, 7)


def test_what_was_acknowledged_and_not_captured_is_a_gap() -> None:
    """Of the other side."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    peer.send(1, 1, b"answer", acknowledgement=8)
    peer.flows.finish()
    assert sink.told == [(0, "gap", 7), (1, b"answer"), ("finished", True)]


def test_what_waits_is_bounded() -> None:
    """After so many segments the missing one is given up, long before the end."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    for number in range(HELD_SEGMENTS_MAX + 1):
        peer.send(0, 11 + number, b"x")
    assert sink.told[0] == (0, "gap", 10)
    assert sink.stream(0) == b"x" * (HELD_SEGMENTS_MAX + 1)


def test_a_capture_that_begins_in_the_middle_begins_at_the_lowest_number() -> None:
    """The first packets may be out of order, too."""
    sink = Sink()
    peer = Peer(sink, start=WRAP - 2)
    for sequence in (3, 0, 6):
        peer.send(0, sequence, b"abc", acknowledgement=50)
    peer.send(1, 50, b"answer", acknowledgement=9)
    assert sink.told == []
    peer.flows.finish()
    assert sink.stream(0) == b"abc" * 3
    assert sink.told[-2:] == [(1, b"answer"), ("finished", False)]


def test_the_same_ports_again_are_another_connection() -> None:
    """A SYN with another number; a repeated SYN is none."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    peer.send(0, 0, flags=SYN)
    peer.send(0, 1, b"one")
    peer.start = 5000
    peer.shake_hands()
    peer.send(0, 1, b"two")
    assert sink.told == [(0, b"one"), ("finished", True), (0, b"two")]


def test_a_reset_ends_a_connection_and_what_comes_later_is_not_heard() -> None:
    """Retransmissions after it are no session of their own."""
    sink = Sink()
    peer = Peer(sink)
    peer.shake_hands()
    peer.send(0, 1, b"abc")
    peer.send(1, 1, b"", RST)
    peer.send(0, 4, b"def")
    assert sink.told == [(0, b"abc"), ("finished", True)]


def test_a_connection_that_nobody_wants_costs_nothing_more() -> None:
    """Other traffic in the same capture."""
    sink = Sink()
    sink.ignores = True
    peer = Peer(sink)
    peer.shake_hands()
    peer.send(0, 1, b"abc")
    peer.send(0, 4, b"def")
    assert sink.told == [(0, b"abc")]


def test_connections_are_bounded() -> None:
    """A port scan in the capture does not fill the memory."""
    sink = Sink()
    flows = Flows(sink)
    carrier = ENDS[1]
    for number in range(flows_module.CONNECTIONS_MAX + 100):
        client = Endpoint(number.to_bytes(4, "big"), 1)
        flows.segment(Segment(1.0, client, carrier, 0, 0, SYN, b""))
    assert len(flows._connections) <= 2 * flows_module.CONNECTIONS_MAX
    assert ("finished", True) in sink.told


def test_nothing_is_handed_on_before_the_other_side_was_heard() -> None:
    """A client's requests may all stand in the file before its carrier's handshake."""
    sink = Sink()
    peer = Peer(sink)
    peer.send(0, 0, flags=SYN)
    peer.send(0, 1, b"bind", acknowledgement=1)
    peer.send(0, 5, b"submit", acknowledgement=4)
    assert sink.told == []
    peer.send(1, 0, flags=SYN | ACK, acknowledgement=1)
    peer.send(1, 1, b"yes", acknowledgement=5)
    assert sink.told == [(0, b"bind"), (1, b"yes"), (0, b"submit")]


def test_a_side_that_is_never_heard_is_not_waited_for() -> None:
    """A capture of one direction alone."""
    sink = Sink()
    peer = Peer(sink)
    peer.send(0, 0, flags=SYN)
    for number in range(100):
        peer.send(0, 1 + number, b"x", acknowledgement=1 + number)
    assert sink.stream(0) == b"x" * 100
