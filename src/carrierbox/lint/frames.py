"""PDUs cut out of a stream that may have begun in the middle, has gaps, or is no SMPP at all.

In step, command_length alone says where the next PDU begins, as in `smpp.framing`. Out of step, the
next place is looked for where a plausible header stands: a known command, a length and a status in
their ranges. What is found does not depend on how the stream was cut into segments.
"""

import re
from typing import Final

from carrierbox.smpp.values import COMMAND_NAMES, HEADER_OCTETS

FRAME_MAX_OCTETS: Final = 128 * 1024
"""A message_payload of 65,535 octets and all else fit well; more is taken for a wrong length."""
SEARCH_OCTETS_MAX: Final = 64 * 1024
"""A stream with no PDU in so many octets at its beginning is no SMPP."""

# SMPP 5.0 has these commands; to find the way through a stream they are as good as any.
_BROADCAST_COMMANDS: Final = (0x111, 0x112, 0x113, 0x80000111, 0x80000112, 0x80000113)
_COMMANDS: Final = frozenset([*COMMAND_NAMES, *_BROADCAST_COMMANDS])
_STATUS_MAX: Final = 0xFFFF


def _header_pattern() -> "re.Pattern[bytes]":
    """Where a header may begin: a length below 2^17, a command, a status below 2^16."""
    commands = b"|".join(re.escape(each.to_bytes(4, "big")) for each in sorted(_COMMANDS))
    return re.compile(b"(?=\0[\0\1\2][\0-\xff]{2}(?:" + commands + b")\0\0)", re.DOTALL)


_HEADER: Final = _header_pattern()


class Lost:
    """Octets that are no PDU; `is_gap` if they were not captured, else the sender's."""

    def __init__(self, octets: bytes, length_octets: int, is_gap: bool) -> None:
        self.octets = octets
        self.length_octets = length_octets
        self.is_gap = is_gap


class FrameCutter:
    """One direction of one connection. Feed octets, then take what `next` gives until None.

    `is_in_step` False at the beginning means that it may be in the middle of a PDU.
    """

    def __init__(self, is_in_step: bool) -> None:
        self.is_in_step = is_in_step
        self.frames = 0
        self.has_ended = False
        self._block = b""
        self._at = 0
        self._waiting: list[bytes] = []
        self._waiting_octets = 0
        self._needed_octets = HEADER_OCTETS
        self._skip_octets = 0
        self._is_searching_after_loss = is_in_step
        """Whether octets dropped while searching are the sender's fault."""
        self._dropped = b""
        self._dropped_octets = 0

    @property
    def is_hopeless(self) -> bool:
        """Whether this is no SMPP."""
        return self.frames == 0 and self._dropped_octets > SEARCH_OCTETS_MAX

    def feed(self, octets: bytes) -> None:
        """The next octets of the stream."""
        if self._skip_octets:
            skipped = min(self._skip_octets, len(octets))
            self._skip_octets -= skipped
            octets = octets[skipped:]
        if octets:
            self._waiting.append(octets)
            self._waiting_octets += len(octets)

    def gap(self, octets: int) -> list[Lost]:
        """So many octets are missing here. What is said of them and of the PDU they cut."""
        self._join()
        rest = len(self._block)
        lost = [*self._end_of_search(), Lost(self._block, octets, True)]
        length = _length_at(self._block, 0) if rest >= HEADER_OCTETS else 0
        if self._skip_octets:
            length, rest = self._skip_octets, 0
        self._block = b""
        self._needed_octets = HEADER_OCTETS
        self._skip_octets = 0
        if self.is_in_step and octets <= length - rest:
            self._skip_octets = length - rest - octets
        else:
            self.is_in_step = False
            self._is_searching_after_loss = False
        return lost

    def end(self) -> None:
        """Nothing more comes."""
        self.has_ended = True
        self._needed_octets = HEADER_OCTETS

    def remains(self) -> list[Lost]:
        """After the end and the last PDU: octets of the sender that were none."""
        return self._end_of_search()

    def next(self) -> bytes | Lost | None:
        """The next PDU, or octets that are none; None until more is fed."""
        if len(self._block) - self._at + self._waiting_octets < self._needed_octets:
            return None
        if self._waiting and len(self._block) - self._at < self._needed_octets:
            self._join()
        if not self.is_in_step and not self._search():
            return None
        if self._dropped_octets:
            dropped = self._end_of_search()
            if dropped:
                return dropped[0]
        block, at = self._block, self._at
        if len(block) - at < HEADER_OCTETS:
            self._needed_octets = HEADER_OCTETS
            return None
        length = _length_at(block, at)
        if not HEADER_OCTETS <= length <= FRAME_MAX_OCTETS:
            self.is_in_step = False
            self._is_searching_after_loss = True
            self._drop(HEADER_OCTETS)
            return self.next()
        if len(block) - at < length:
            if self._waiting_octets:
                self._join()
                return self.next()
            self._needed_octets = length
            return None
        self._at = at + length
        self._needed_octets = HEADER_OCTETS
        self.frames += 1
        if self._at == len(block):
            self._block = b""
            self._at = 0
        return block[at : at + length]

    def _join(self) -> None:
        rest = self._block[self._at :]
        if rest or len(self._waiting) != 1:
            self._block = b"".join([rest, *self._waiting])
        else:
            self._block = self._waiting[0]
        self._at = 0
        self._waiting = []
        self._waiting_octets = 0

    def _drop(self, octets: int) -> None:
        """Octets that are passed over while looking for a PDU."""
        dropped = self._block[self._at : self._at + octets]
        if len(self._dropped) < 64:
            self._dropped = (self._dropped + dropped)[:64]
        self._dropped_octets += len(dropped)
        self._at += len(dropped)

    def _end_of_search(self) -> list[Lost]:
        lost = []
        if self._dropped_octets and self._is_searching_after_loss:
            lost.append(Lost(self._dropped, self._dropped_octets, False))
        self._dropped = b""
        self._dropped_octets = 0
        return lost

    def _search(self) -> bool:
        """Move to the next place where a PDU begins. False if more octets must tell."""
        self._join()
        while True:
            found = _HEADER.search(self._block, self._at)
            if found is None:
                # The last octets may be the beginning of a header.
                self._drop(max(0, len(self._block) - self._at - (HEADER_OCTETS - 1)))
                self._block = self._block[self._at :]
                self._at = 0
                self._needed_octets = len(self._block) + 1
                return False
            self._drop(found.start() - self._at)
            said = self._is_pdu()
            if said == 1:
                self.is_in_step = True
                self._needed_octets = HEADER_OCTETS
                return True
            if said == 0:
                self._needed_octets = len(self._block) - self._at + 1
                return False
            self._drop(1)

    def _is_pdu(self) -> int:
        """1 if a PDU begins here, 0 if more octets must tell, -1 if not."""
        length = _length_at(self._block, self._at)
        if not HEADER_OCTETS <= length <= FRAME_MAX_OCTETS:
            return -1
        if len(self._block) - self._at < length:
            return -1 if self.has_ended else 0
        return 1


def _length_at(block: bytes, at: int) -> int:
    return int.from_bytes(block[at : at + 4], "big")
