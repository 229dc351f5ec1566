"""TCP segments put together to the two streams of every connection.

Segments come in any order, again, overlapping, or not at all. Octets of one side are handed on when
all before them were, and when the other side's stream has come as far as they acknowledge: so an
answer never comes before its request, whatever the order in the file. What is missing is waited for
within bounds, then a gap is told and the stream goes on behind it.
"""

import heapq
from typing import Final, Protocol

from carrierbox.lint.packets import ACK, FIN, RST, SYN, Endpoint, Segment

CONNECTIONS_MAX: Final = 10_000
HELD_SEGMENTS_MAX: Final = 1024
"""Of one connection, that wait for what is missing before them."""
HELD_OCTETS_MAX: Final = 8 * 1024 * 1024
HELD_OCTETS_ALL_MAX: Final = 64 * 1024 * 1024
ANCHOR_SEGMENTS: Final = 64
"""Of a connection whose beginning was not captured, so many are looked at to find the first."""

_WRAP: Final = 1 << 32
_HALF: Final = 1 << 31


class Connection:
    """One TCP connection. Side 0 is whoever began it, or was heard first where that is not known.

    `is_whole` says that its handshake was captured; `initiator` is the side that began, -1 unknown.
    `owner` is for whoever gets the streams.
    """

    def __init__(self, number: int, first: Endpoint, second: Endpoint) -> None:
        self.number = number
        self.endpoints = (first, second)
        self.is_whole = False
        self.initiator = -1
        self.is_settled = False
        self.is_ignored = False
        self.is_over = False
        self.owner: object = None
        self.sides = (_Side(), _Side())


class _Side:
    """What one end sends."""

    def __init__(self) -> None:
        self.is_anchored = False
        self.initial_sequence = -1
        # A position counts octets and does not wrap; `position` is that of the next to hand on.
        self.position = 0
        self.sequence = 0
        self.held: list[_Held] = []
        self.held_octets = 0
        self.has_ended = False

    def position_of(self, sequence: int) -> int:
        """The position of a sequence number, the one nearest to where the stream is."""
        distance = (sequence - self.sequence + _HALF) % _WRAP - _HALF
        return self.position + distance

    def anchor(self, sequence: int) -> None:
        """The next octet has this sequence number; positions of what is held are counted anew."""
        self.is_anchored = True
        self.sequence = sequence
        for each in self.held:
            each.position = self.position_of(each.sequence)
        heapq.heapify(self.held)

    def advance(self, octets: int) -> None:
        self.position += octets
        self.sequence = (self.sequence + octets) % _WRAP


class _Held:
    """A segment that waits. What ends a stream sorts behind the octets at its position."""

    def __init__(
        self, number: int, time: float, sequence: int, acknowledgement: int, payload: bytes
    ) -> None:
        self.number = number
        self.time = time
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.payload = payload
        self.is_end = False
        self.position = 0

    def __lt__(self, other: "_Held") -> bool:
        if self.position != other.position:
            return self.position < other.position
        if self.is_end != other.is_end:
            return other.is_end
        return self.number < other.number


class StreamSink(Protocol):
    """Who gets the streams."""

    def octets(self, connection: Connection, side: int, time: float, octets: bytes) -> None:
        """The next octets of a side. May set `connection.is_ignored`."""
        ...

    def gap(self, connection: Connection, side: int, time: float, octets: int) -> None:
        """So many octets of a side were not captured."""
        ...

    def ended(self, connection: Connection, side: int, time: float) -> None:
        """A side sends nothing more: it closed the connection."""
        ...

    def finished(self, connection: Connection) -> None:
        """Nothing more comes of a connection, closed or not."""
        ...


class Flows:
    """All connections of a capture."""

    def __init__(self, sink: StreamSink) -> None:
        self._sink = sink
        self._connections: dict[tuple[bytes, int, bytes, int], tuple[Connection, int]] = {}
        self._segments = 0
        self._begun = 0
        self._held_octets = 0
        self.gaps = 0
        self.missing_octets = 0

    def segment(self, segment: Segment) -> None:
        """Take the next segment of the capture."""
        self._segments += 1
        source, destination = segment.source, segment.destination
        key = (source.address, source.port, destination.address, destination.port)
        found = self._connections.get(key)
        is_syn = segment.flags & (SYN | ACK) == SYN
        if found is not None and is_syn and _is_new(found[0], found[1], segment.sequence):
            self._finish(found[0])
            found = None
        if found is None:
            found = self._begin(key, segment)
        connection, side = found
        if connection.is_over or connection.is_ignored:
            return
        self._take(connection, side, segment)
        if segment.flags & RST:
            self._finish(connection)

    def finish(self) -> None:
        """The capture has ended."""
        for connection in self._known():
            self._finish(connection)
        self._connections.clear()

    def _known(self) -> list[Connection]:
        return list({each.number: each for each, _ in self._connections.values()}.values())

    def _begin(
        self, key: tuple[bytes, int, bytes, int], segment: Segment
    ) -> tuple[Connection, int]:
        if len(self._connections) >= 2 * CONNECTIONS_MAX:
            self._forget()
        self._begun += 1
        first, second = segment.source, segment.destination
        side = 0
        if segment.flags & (SYN | ACK) == SYN | ACK:
            first, second, side = second, first, 1
        connection = Connection(self._begun, first, second)
        self._connections[key] = (connection, side)
        self._connections[key[2], key[3], key[0], key[1]] = (connection, 1 - side)
        return connection, side

    def _forget(self) -> None:
        """Make room: first the connections that are over, else the oldest."""
        known = self._known()
        gone = [each for each in known if each.is_over or each.is_ignored]
        gone = gone or known[: len(known) // 8 + 1]
        for connection in gone:
            self._finish(connection)
        numbers = {each.number for each in gone}
        self._connections = {
            key: found for key, found in self._connections.items() if found[0].number not in numbers
        }

    def _take(self, connection: Connection, number: int, segment: Segment) -> None:
        side = connection.sides[number]
        sequence = segment.sequence
        if segment.flags & SYN:
            sequence = (sequence + 1) % _WRAP
            if not side.is_anchored:
                side.initial_sequence = segment.sequence
                side.anchor(sequence)
                connection.is_whole = True
                connection.initiator = number if not segment.flags & ACK else 1 - number
        if segment.payload:
            self._hold(connection, side, sequence, segment, segment.payload)
        if segment.flags & FIN:
            end = (sequence + len(segment.payload) + segment.cut_octets) % _WRAP
            self._hold(connection, side, end, segment, b"").is_end = True
            heapq.heapify(side.held)
        are_anchored = connection.sides[0].is_anchored and connection.sides[1].is_anchored
        if not are_anchored and not _find_beginnings(connection):
            return
        self._hand_on(connection)
        while _is_over_full(connection):
            self._go_on_behind_a_gap(connection)
        if self._held_octets > HELD_OCTETS_ALL_MAX:
            while any(each.held for each in connection.sides):
                self._go_on_behind_a_gap(connection)

    def _hold(
        self, connection: Connection, side: _Side, sequence: int, segment: Segment, payload: bytes
    ) -> _Held:
        acknowledgement = segment.acknowledgement if segment.flags & ACK else -1
        held = _Held(self._segments, segment.time, sequence, acknowledgement, payload)
        held.position = side.position_of(sequence)
        heapq.heappush(side.held, held)
        side.held_octets += len(payload)
        self._held_octets += len(payload)
        return held

    def _hand_on(self, connection: Connection) -> None:
        """Everything that waits for nothing."""
        is_moving = True
        while is_moving and not connection.is_over:
            is_moving = False
            for number in (0, 1):
                side, other = connection.sides[number], connection.sides[1 - number]
                while side.is_anchored and side.held:
                    held = side.held[0]
                    if held.position > side.position or _is_ahead(held, other):
                        break
                    self._give(connection, number, self._pop(side))
                    is_moving = True

    def _pop(self, side: _Side) -> _Held:
        held = heapq.heappop(side.held)
        side.held_octets -= len(held.payload)
        self._held_octets -= len(held.payload)
        return held

    def _give(self, connection: Connection, number: int, held: _Held) -> None:
        side = connection.sides[number]
        if held.is_end:
            if not side.has_ended:
                side.has_ended = True
                self._sink.ended(connection, number, held.time)
            return
        new = held.payload[side.position - held.position :]
        if not new or side.has_ended:
            return
        side.advance(len(new))
        if not connection.is_ignored:
            self._sink.octets(connection, number, held.time, new)

    def _go_on_behind_a_gap(self, connection: Connection) -> None:
        """Give up waiting for what the earliest held segment waits for."""
        sides = connection.sides
        numbers = [number for number in (0, 1) if sides[number].held]
        number = min(numbers, key=lambda each: sides[each].held[0].time)
        side, other = sides[number], sides[1 - number]
        connection.is_settled = True
        _find_beginnings(connection)
        held = side.held[0]
        if held.position > side.position:
            self._skip(connection, number, held.position, held.time)
        elif _is_ahead(held, other):
            # The other side had sent it, or it would not be acknowledged: it was not captured.
            to = other.position_of(held.acknowledgement)
            if other.held and other.held[0].position > other.position:
                to = min(to, other.held[0].position)
            if other.held and other.held[0].position <= other.position:
                # Both wait for each other, which no order of real segments does.
                self._give(connection, number, self._pop(side))
            else:
                self._skip(connection, 1 - number, to, held.time)
        self._hand_on(connection)

    def _skip(self, connection: Connection, number: int, to: int, time: float) -> None:
        side = connection.sides[number]
        missing = to - side.position
        side.advance(missing)
        self.gaps += 1
        self.missing_octets += missing
        self._sink.gap(connection, number, time, missing)

    def _finish(self, connection: Connection) -> None:
        if connection.is_over:
            return
        connection.is_settled = True
        _find_beginnings(connection)
        self._hand_on(connection)
        while not connection.is_ignored and any(side.held for side in connection.sides):
            self._go_on_behind_a_gap(connection)
        connection.is_over = True
        for side in connection.sides:
            self._held_octets -= side.held_octets
            side.held_octets = 0
            side.held = []
        self._sink.finished(connection)


def _is_new(connection: Connection, side: int, sequence: int) -> bool:
    """Whether a SYN begins another connection between the same two ends."""
    known = connection.sides[side]
    if connection.is_over:
        return known.initial_sequence != sequence
    return known.is_anchored and known.initial_sequence != sequence


def _is_ahead(held: _Held, other: _Side) -> bool:
    """Whether a segment acknowledges what the other side has not been heard to say yet."""
    if held.acknowledgement < 0 or not other.is_anchored or other.has_ended:
        return False
    return other.position_of(held.acknowledgement) > other.position


def _is_over_full(connection: Connection) -> bool:
    segments = octets = 0
    for side in connection.sides:
        segments += len(side.held)
        octets += side.held_octets
    return segments > HELD_SEGMENTS_MAX or octets > HELD_OCTETS_MAX


def _find_beginnings(connection: Connection) -> bool:
    """Anchor streams whose handshake was not seen; False while more segments are to be seen.

    Nothing is handed on before: what the one side says may answer what is still to come of the
    other.
    """
    if not connection.is_settled:
        if sum(len(side.held) for side in connection.sides) < ANCHOR_SEGMENTS:
            return False
        connection.is_settled = True
    for side in connection.sides:
        if side.held and not side.is_anchored:
            _anchor_at_the_first(side)
    return True


def _anchor_at_the_first(side: _Side) -> None:
    """Begin a stream of unknown beginning at the lowest sequence number seen of it."""
    reference = side.held[0].sequence
    first = min(side.held, key=lambda each: (each.sequence - reference + _HALF) % _WRAP - _HALF)
    side.anchor(first.sequence)
