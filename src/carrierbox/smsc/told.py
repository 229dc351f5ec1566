"""What rules decided of a message beside taking it in: what its phone shows, what its sender hears.

Most messages have none of this; one that has keeps it in one object, which the journal keeps, too.
"""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.relay import ACCEPTED, Verdict
from carrierbox.smpp.values import DELIVERED

TAKEN_AFTER_S: Final = 1.0
"""So many network seconds after it may go, a network has taken a message and says so."""


class Told:
    """What rules made of a message; the fields are those of `relay.Verdict`.

    `when_taken`: the state is told as soon as the network has taken it. `message_state`: what is
    told of its end, 0 for the truth. `held_until`: no attempt before.
    `text`: what the phone shows, None for what was submitted. `copies_done`: so many receipts of
    `copies` are acknowledged.
    """

    def __init__(self) -> None:
        self.reason: str = ""
        self.delivers: bool = True
        self.message_state: int = 0
        self.err: str = ""
        self.after_s: float = 0.0
        self.when_taken: bool = False
        self.copies: int = 1
        self.is_told: bool = True
        self.held_until: NetworkTime = NetworkTime(0.0)
        self.text: str | None = None
        self.copies_done: int = 0

    @property
    def error(self) -> int:
        """The error that `err` is as a number, of two octets; 0 where it is none."""
        if not (self.err.isascii() and self.err.isdigit()):
            return 0
        return min(int(self.err), 0xFFFF)

    def with_text(self, text: str | None) -> "Told":
        """The same of a message that was submitted with another text."""
        same = Told()
        same.reason = self.reason
        same.delivers = self.delivers
        same.message_state = self.message_state
        same.err = self.err
        same.after_s = self.after_s
        same.when_taken = self.when_taken
        same.copies = self.copies
        same.is_told = self.is_told
        same.held_until = self.held_until
        same.copies_done = self.copies_done
        same.text = text
        return same


def told_of(verdict: Verdict, to_phone: bool = True) -> Told | None:
    """What is kept of a verdict that takes a message in; None if there is nothing.

    One that goes to no phone is not held, nor kept from one, and its text is as it was.
    """
    if verdict is ACCEPTED:
        return None
    told = Told()
    told.reason = verdict.reason
    told.message_state = verdict.told_state
    told.err = verdict.told_err
    told.after_s = verdict.told_after_s
    told.when_taken = verdict.told_when_taken and to_phone
    told.copies = verdict.copies
    told.is_told = verdict.is_told
    if to_phone:
        told.delivers = verdict.delivers
        told.held_until = verdict.hold_until
        told.text = verdict.text
        if not told.delivers and not told.message_state:
            # As if the network had answered.
            told.message_state = DELIVERED
    return told if _says_anything(told) else None


def _says_anything(told: Told) -> bool:
    return (
        told.reason != ""
        or not told.delivers
        or told.message_state != 0
        or told.err != ""
        or told.after_s > 0.0
        or told.copies > 1
        or not told.is_told
        or told.held_until > 0.0
        or told.text is not None
    )
