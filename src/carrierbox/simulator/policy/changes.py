"""What rules change in a message that is taken in: when it goes, who it comes from, what it says.

Each is a `matching.Change` and completes the verdict on one submission; the same submission at the
same time gets the same verdict.
"""

from datetime import UTC, tzinfo
from typing import Final
from zlib import crc32

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.matching import Change
from carrierbox.relay import BINARY, Submission, Verdict
from carrierbox.sender_kinds import ALPHANUMERIC_CHARACTERS_MAX, check_sender
from carrierbox.simulator.policy.links_in_text import with_links
from carrierbox.simulator.policy.local_time import NumberZones, local_time, next_time_of_day


class Held(Change):
    """The first attempt waits for some network seconds."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s

    def apply(self, submission: Submission, verdict: Verdict) -> None:
        """Hold it, unless it is held for longer."""
        verdict.hold_until = max(verdict.hold_until, NetworkTime(submission.at + self._hold_s))


class HeldUntil(Change):
    """The first attempt waits for the next such minute of the day where the phone is at home.

    Of several zones that its number may lie in, the westernmost counts, where it is that time last;
    of a number without any it is UTC.
    """

    def __init__(self, minute: int, zones: NumberZones) -> None:
        self._minute = minute
        self._zones = zones

    def apply(self, submission: Submission, verdict: Verdict) -> None:
        """Hold it, unless it is held for longer."""
        zone = westernmost(self._zones.zones_of(submission.msisdn), submission.at)
        until = NetworkTime(next_time_of_day(submission.at, self._minute, zone))
        verdict.hold_until = max(verdict.hold_until, until)


def westernmost(zones: list[tzinfo], at: float) -> tzinfo:
    """The zone whose clocks are behind all others at a moment; UTC if there is none."""
    found: tzinfo = UTC
    behind: float | None = None
    for zone in zones:
        offset = local_time(at, zone).utcoffset()
        offset_s = 0.0 if offset is None else offset.total_seconds()
        if behind is None or offset_s < behind:
            found, behind = zone, offset_s
    return found


OWN_SENDER: Final = "{sender}"
"""Where another sender has this, the sender itself stands in it."""


class AnotherSender(Change):
    """The phone shows one of these, the same for the same number.

    One with OWN_SENDER in it is made of the sender that rules before left.
    """

    def __init__(self, senders: list[Address]) -> None:
        self._senders = senders

    def apply(self, submission: Submission, verdict: Verdict) -> None:
        """Choose one. What would be no sender leaves the one that was there."""
        drawn = crc32(submission.msisdn.encode("utf-8", "replace"))
        chosen: Address | None = self._senders[drawn % len(self._senders)]
        if chosen is not None and OWN_SENDER in chosen.value:
            before = submission.source if verdict.source is None else verdict.source
            chosen = _made_of(chosen.value, before.value)
        if chosen is not None:
            verdict.source = chosen


def _made_of(written: str, sender: str) -> Address | None:
    """A sender made of another one; a name is cut to what a phone can show."""
    made = written.replace(OWN_SENDER, sender)
    if any(each.isalpha() for each in made):
        made = made[:ALPHANUMERIC_CHARACTERS_MAX]
    return check_sender(made).address


class AnotherText(Change):
    """The phone shows a text with other `links` (None: as they are), cut to so many characters
    (-1: to none), with something behind it.
    """

    def __init__(self, links: str | None, truncate: int, append: str) -> None:
        self._links = links
        self._truncate = truncate
        self._append = append

    def apply(self, submission: Submission, verdict: Verdict) -> None:
        """Write it anew, from what rules before made of it. What is no text stays as it is."""
        if submission.alphabet() == BINARY:
            return
        before = submission.text()
        text = before if verdict.text is None else verdict.text
        if self._links is not None:
            text = with_links(text, self._links)
        if self._truncate >= 0:
            text = text[: self._truncate]
        text += self._append
        if verdict.text is not None or text != before:
            verdict.text = text
