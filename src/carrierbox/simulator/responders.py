"""Phones that answer by themselves: which texts, with what, after how long.

Pure: what is to be sent comes out as a value with its time; sending it is the network's business.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import data_coding_of
from carrierbox.identifiers import Address, dialled_address
from carrierbox.matching import Match
from carrierbox.relay import TEXT, Submission
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.phone_texts import Text

ANSWERS_PER_HOUR_MAX: Final = 100
"""Of one phone to one number: two phones that answer each other must end some time."""

HOUR_S: Final = 3_600.0
WAITING_MAX: Final = 100_000
"""Answers that wait for their time."""

COUNTED_MAX: Final = 100_000
"""Phones, or pairs of numbers, that are counted at a time; the oldest counts go."""


class Responder:
    """What one kind of text is answered with, `after_s` seconds after it was shown.

    `times` is how often each phone answers so while the carrier runs, 0 for always. `definition` is
    the responder as it was written, for whoever shows it.
    """

    def __init__(
        self, match: Match, answer: str, after_s: float, times: int, definition: object
    ) -> None:
        self.match = match
        self.answer = answer
        self.after_s = after_s
        self.times = times
        self.definition = definition
        self._answered: dict[str, int] = {}

    def takes(self, msisdn: str, submission: Submission) -> bool:
        """Whether that phone answers such a text, which counts as one of its times."""
        if self.times and self._answered.get(msisdn, 0) >= self.times:
            return False
        if not self.match.holds(submission):
            return False
        if self.times:
            _count(self._answered, msisdn)
        return True


class Answer:
    """A text that a phone sends by itself at `due`, if it is on by then."""

    def __init__(self, due: NetworkTime, msisdn: str, destination: Address, text: str) -> None:
        self.due = due
        self.msisdn = msisdn
        self.destination = destination
        self.text = text


class Responders:
    """The responders of one box: those of each phone go before those `of_all`.

    `read` makes one of what was written, as in a setting that was kept; it raises ValueError.
    """

    def __init__(
        self,
        of_all: list[Responder] | None = None,
        read: Callable[[object], Responder] | None = None,
    ) -> None:
        self.of_all: list[Responder] = of_all or []
        self._read = read
        self._of_phones: dict[str, list[Responder]] = {}
        self._declared: dict[str, list[Responder]] = {}
        self._answers: dict[str, int] = {}
        self._hour: float = 0.0
        self.suppressed: int = 0
        """Answers that were one too many, in their hour or of those that wait."""
        self.next_due: float = float("inf")
        """When the next answer is to be sent."""
        self._waiting: list[tuple[float, int, Answer]] = []
        self._insertions: int = 0

    @property
    def are_none(self) -> bool:
        """Whether no phone answers anything."""
        return not self.of_all and not self._of_phones

    def of_phone(self, msisdn: str) -> list[Responder]:
        """A phone's own responders."""
        return self._of_phones.get(msisdn, [])

    def declare(self, msisdn: str, responders: list[Responder]) -> None:
        """The responders that a phone has where no user set any."""
        self._declared[msisdn] = responders
        self._put(msisdn, responders)

    def set_phone(self, msisdn: str, written: Sequence[object] | None) -> None:
        """Give a phone responders of its own in place of those it had; None: the declared ones.

        What cannot be read, because it was kept by another version, is left out.
        """
        if written is None or self._read is None:
            self._put(msisdn, self._declared.get(msisdn, []))
            return
        found: list[Responder] = []
        for one in written:
            try:
                found.append(self._read(one))
            except ValueError:
                continue
        self._put(msisdn, found)

    def _put(self, msisdn: str, responders: list[Responder]) -> None:
        if responders:
            self._of_phones[msisdn] = responders
        else:
            self._of_phones.pop(msisdn, None)

    def answers_to(self, handset: Handset, text: Text, now: NetworkTime) -> list[Answer]:
        """What a phone answers to a text that it shows: the first responder that means it decides.

        Only texts are answered, of senders that can be dialled.
        """
        if text.kind != TEXT:
            return []
        destination = dialled_address(text.sender)
        if destination is None:
            return []
        submission = _submission_of(handset.msisdn, text)
        for responder in (*self.of_phone(handset.msisdn), *self.of_all):
            if responder.takes(handset.msisdn, submission):
                if not self._may_answer(handset.msisdn, destination, now):
                    self.suppressed += 1
                    return []
                due = NetworkTime(now + responder.after_s)
                return [Answer(due, handset.msisdn, destination, responder.answer)]
        return []

    def on_shown(self, handset: Handset, text: Text, now: NetworkTime) -> None:
        """A phone shows a text: what it answers waits for its time."""
        for answer in self.answers_to(handset, text, now):
            if len(self._waiting) >= WAITING_MAX:
                self.suppressed += 1
                continue
            self._insertions += 1
            heappush(self._waiting, (answer.due, self._insertions, answer))
            self.next_due = self._waiting[0][0]

    def on_time(self, now: NetworkTime) -> list[Answer]:
        """The answers whose time has come, in their order."""
        due: list[Answer] = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heappop(self._waiting)[2])
        self.next_due = self._waiting[0][0] if self._waiting else float("inf")
        return due

    def _may_answer(self, msisdn: str, destination: Address, now: NetworkTime) -> bool:
        if not self._hour <= now < self._hour + HOUR_S:
            self._hour = now // HOUR_S * HOUR_S
            self._answers.clear()
        return _count(self._answers, f"{msisdn} {destination.value}") <= ANSWERS_PER_HOUR_MAX


def _count(counts: dict[str, int], name: str) -> int:
    """One more of it; how many there are now."""
    count = counts.get(name, 0) + 1
    counts[name] = count
    if len(counts) > COUNTED_MAX:
        del counts[next(iter(counts))]
    return count


def _submission_of(msisdn: str, text: Text) -> Submission:
    """The text as conditions are asked about it; the phone knows nothing of account and carrier."""
    return Submission(
        "",
        text.originating,
        msisdn,
        "",
        "",
        data_coding_of(text.tp_dcs),
        b"",
        text.user_data,
    )
