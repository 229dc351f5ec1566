"""Which texts a user deleted from a phone, so that a restart does not bring them back."""

from typing import Final

from carrierbox.relay import REFERENCE_SEGMENT_BITS

MARGIN_S: Final = 86_400.0
"""A text is known after a restart by when the centre heard of it, which is this much later at most.
"""


class Deletions:
    """What the phone got before `before`, in network seconds, and the messages of these ids."""

    def __init__(self, before: float, messages: frozenset[int]) -> None:
        self.before = before
        self.messages = messages

    def mean(self, reference: int, received_at: float) -> bool:
        """Whether the text that came under this reference is deleted."""
        return received_at < self.before or reference >> REFERENCE_SEGMENT_BITS in self.messages
