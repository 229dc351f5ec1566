"""A stream of octets cut into PDUs (SMPP 3.4 §3.2: command_length, no delimiter).

Linear in what arrives, however it is cut: octets that do not complete a frame wait in a list and
are joined once, when they do; frames are sliced out of a block by a position that moves.
"""

from typing import Final

from carrierbox.errors import FramingError, LocalProtocolError
from carrierbox.smpp.values import HEADER_OCTETS

PENDING_MAX_OCTETS: Final = 16 * 1024 * 1024


class FrameBuffer:
    """Octets as they came, frames one by one.

    A command_length below 16 or above `max_octets` raises FramingError once; the stream is lost
    then and whatever follows is dropped. It is judged when the whole header is there, so that the
    answer is the same however the octets were cut. Nothing is allocated on the word of a
    command_length.
    """

    def __init__(self, max_octets: int) -> None:
        self.max_octets = max_octets
        self.pending_octets: int = 0
        """Octets fed and not yet given out."""
        self.lost: bool = False
        self._block: bytes = b""
        self._position: int = 0
        self._waiting: list[bytes] = []
        self._needed_octets: int = HEADER_OCTETS

    def feed(self, octets: bytes) -> None:
        """Take what the transport read.

        Raises LocalProtocolError beyond 16 MiB of undrained octets: the reader ignored the back-
        pressure of the session.
        """
        if self.lost or not octets:
            return
        pending = self.pending_octets + len(octets)
        if pending > PENDING_MAX_OCTETS:
            raise LocalProtocolError(f"{pending} octets were read and never handled")
        if self.pending_octets == 0:
            self._block = octets
            self._position = 0
        else:
            self._waiting.append(octets)
        self.pending_octets = pending

    def next_frame(self) -> bytes | None:
        """The next whole frame, None if there is none yet."""
        if self.pending_octets < self._needed_octets:
            return None
        block = self._block
        start = self._position
        if len(block) - start < self._needed_octets:
            block = self._join()
            start = 0
        length_octets = (
            (block[start] << 24)
            | (block[start + 1] << 16)
            | (block[start + 2] << 8)
            | block[start + 3]
        )
        if length_octets < HEADER_OCTETS or length_octets > self.max_octets:
            self._lose(length_octets, int.from_bytes(block[start + 12 : start + 16], "big"))
        end = start + length_octets
        if end > len(block):
            if self.pending_octets < length_octets:
                self._needed_octets = length_octets
                return None
            block = self._join()
            start = 0
            end = length_octets
        self._needed_octets = HEADER_OCTETS
        self._position = end
        self.pending_octets -= length_octets
        if self.pending_octets == 0:
            self._block = b""
            self._position = 0
            if start == 0:
                return block
        return block[start:end]

    def _join(self) -> bytes:
        """One block of all that is pending. What remains of the old one is less than a frame."""
        self._waiting.insert(0, self._block[self._position :])
        self._block = b"".join(self._waiting)
        self._position = 0
        self._waiting = []
        return self._block

    def _lose(self, length_octets: int, sequence_number: int) -> None:
        self.lost = True
        self._block = b""
        self._waiting = []
        self.pending_octets = 0
        raise FramingError(
            f"command_length {length_octets} is not between {HEADER_OCTETS} and {self.max_octets}",
            sequence_number,
        )
