"""The rules of one country's carriers, as a pack has them, and the habits of each carrier.

A rule says what becomes of a message; how that is told is the carrier's own: some acknowledge what
they have taken, some tell nothing at all, and each has its words for what it filtered.
"""

from collections.abc import Callable

from carrierbox.clock import NetworkTime
from carrierbox.matching import Rule, RuleBook
from carrierbox.relay import ACCEPTED, Submission, Verdict
from carrierbox.simulator.policy.screening import OpenPolicy, Policy
from carrierbox.smpp.values import DELIVERED


class Habits:
    """How one carrier tells of messages.

    `tells` is whether it gives receipts, `of_phone` whether they tell what became of the message at
    its phone, or only that the network took it. `filtered_state` and `filtered_err` are its words
    for what it kept from a phone, where the rule has none of its own.
    """

    def __init__(
        self,
        tells: bool = True,
        of_phone: bool = True,
        filtered_state: int = 0,
        filtered_err: str = "",
    ) -> None:
        self.tells = tells
        self.of_phone = of_phone
        self.filtered_state = filtered_state
        self.filtered_err = filtered_err

    def told(self, verdict: Verdict) -> Verdict:
        """What becomes of a verdict that takes a message in."""
        if not self.tells:
            verdict = verdict.copy()
            verdict.is_told = False
        elif not verdict.delivers:
            if verdict.is_told and not verdict.told_err and verdict.told_state != DELIVERED:
                verdict = verdict.copy()
                verdict.told_state = self.filtered_state or verdict.told_state
                verdict.told_err = self.filtered_err
        elif not self.of_phone and verdict.told_state == 0 and not verdict.cause:
            verdict = verdict.copy()
            verdict.told_state = DELIVERED
            verdict.told_when_taken = True
        return verdict


class PackedPolicy(Policy):
    """The rules of a country in their order, and the habits of its carriers by name."""

    def __init__(self, book: RuleBook, habits: dict[str, Habits]) -> None:
        self.book = book
        self._habits = habits

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission."""
        verdict = self.book.verdict_on(submission)
        return self.told(submission, ACCEPTED if verdict is None else verdict)

    def told(self, submission: Submission, verdict: Verdict) -> Verdict:
        """What the number's carrier makes of a verdict."""
        if verdict.command_status != 0:
            return verdict
        habits = self._habits.get(submission.carrier)
        return verdict if habits is None else habits.told(verdict)

    def rules_in_use(self) -> list[Rule]:
        """The rules of the country."""
        return self.book.in_order

    def rules_for(self, submission: Submission) -> list[Rule]:
        """The rules of the country."""
        return self.book.in_order


class PackedPolicies(Policy):
    """A policy for each country, made when the first message for that country comes.

    `make` returns None where there is none; there, nothing is refused.
    """

    def __init__(self, make: Callable[[str], Policy | None]) -> None:
        self._make = make
        self._made: dict[str, Policy] = {}

    def policy_of(self, country: str) -> Policy:
        """The policy of a country."""
        policy = self._made.get(country)
        if policy is None:
            policy = self._make(country) or OpenPolicy()
            self._made[country] = policy
        return policy

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Judge one submission by the rules of its country."""
        return self.policy_of(submission.country).screen(submission, now)

    def rules_in_use(self) -> list[Rule]:
        """The rules of every country that a message came for."""
        return [rule for policy in self._made.values() for rule in policy.rules_in_use()]

    def rules_for(self, submission: Submission) -> list[Rule]:
        """The rules of its country."""
        return self.policy_of(submission.country).rules_for(submission)
