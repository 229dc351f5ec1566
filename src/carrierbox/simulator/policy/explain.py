"""Why a message would be treated as it would: every rule's conditions, asked without counting.

Nothing here changes the state of a window, draws, or counts a rule as matched.
"""

from typing import Final

from carrierbox.matching import Condition, IsDrawn, Rule, completed, merged
from carrierbox.relay import ACCEPTED, Submission, Verdict
from carrierbox.simulator.policy.content import NO_WORDS, ClassIs, WordLists

NEAR: Final = 0.8
"""A window that is so full is worth a word."""

WHEN: Final = "when"
UNLESS: Final = "unless"


class Finding:
    """One condition of a rule: what it looks at, wants and found, and whether it holds.

    `place` is WHEN or UNLESS. `level` is how full a window is with this submission (1.0: the next
    one exceeds it), -1.0 for what is no window.
    """

    def __init__(self, place: str, condition: Condition, submission: Submission) -> None:
        self.place = place
        self.subject = condition.subject()
        self.wanted = condition.wanted()
        self.found = condition.found(submission)
        self.holds = condition.would_hold(submission)
        self.level = condition.level(submission)
        self.is_drawn: bool = isinstance(condition, IsDrawn)


class RuleFindings:
    """What was found about one rule. `was_asked` is false behind the rule that decides."""

    def __init__(self, rule: Rule, submission: Submission, was_asked: bool) -> None:
        self.rule = rule
        self.was_asked = was_asked
        self.findings: list[Finding] = []
        match = rule.match
        for condition in match.conditions:
            self.findings.append(Finding(WHEN, condition, submission))
        for condition in match.last:
            self.findings.append(Finding(WHEN, condition, submission))
        for condition in match.unless:
            self.findings.append(Finding(UNLESS, condition, submission))

    @property
    def is_excepted(self) -> bool:
        """Whether all that `unless` asks for holds."""
        exceptions = [each for each in self.findings if each.place == UNLESS]
        return bool(exceptions) and all(each.holds for each in exceptions)

    @property
    def failed(self) -> list[Finding]:
        """The conditions of `when` that do not hold."""
        return [each for each in self.findings if each.place == WHEN and not each.holds]

    @property
    def matched(self) -> bool:
        """Whether the rule means the submission."""
        return not self.failed and not self.is_excepted

    @property
    def is_close(self) -> bool:
        """Whether it does not and little is missing: one condition of several, the exception alone,
        or what is left in a window.
        """
        failed = self.failed
        if self.is_excepted:
            return not failed
        if len(failed) != 1:
            return False
        level = failed[0].level
        if level >= 0.0:
            return level >= NEAR
        return sum(each.place == WHEN for each in self.findings) > 1


class Explanation:
    """The verdict there would be, and what was found about each rule in the order of asking."""

    def __init__(self, verdict: Verdict, rules: list[RuleFindings]) -> None:
        self.verdict = verdict
        self.rules = rules

    @property
    def matched(self) -> list[RuleFindings]:
        """The rules that mean the submission, those behind the one that decides among them."""
        return [each for each in self.rules if each.matched]

    @property
    def close(self) -> list[RuleFindings]:
        """The rules that nearly do."""
        return [each for each in self.rules if each.is_close]


class Stage:
    """Rules that are asked together, first of all or after others.

    `is_final` says that their verdict is the last word, also where it accepts.
    """

    def __init__(self, rules: list[Rule], is_final: bool = False) -> None:
        self.rules = rules
        self.is_final = is_final

    def told(self, submission: Submission, verdict: Verdict) -> Verdict:
        """The verdict as those tell it whose rules they are."""
        return verdict


def explain(
    stages: list[Stage], submission: Submission, refusal: Verdict | None = None
) -> Explanation:
    """What the rules say, stage after stage, up to the first that decides or refuses.

    `refusal` is what was decided before any rule is asked.
    """
    noted: Verdict | None = refusal
    is_decided = refusal is not None
    found: list[RuleFindings] = []
    for stage in stages:
        said: Verdict | None = None
        is_said = False
        for rule in stage.rules:
            findings = RuleFindings(rule, submission, not is_decided and not is_said)
            found.append(findings)
            if findings.was_asked and findings.matched:
                said = completed(rule, submission, said)
                is_said = not said.goes_on
        if is_decided:
            continue
        verdict = stage.told(submission, ACCEPTED if said is None else said)
        if verdict is not ACCEPTED:
            noted = verdict if noted is None else merged(noted, verdict)
        is_decided = (is_said and stage.is_final) or (
            noted is not None and noted.command_status != 0
        )
    return Explanation(ACCEPTED if noted is None else noted, found)


def words_of_rules(stages: list[Stage]) -> WordLists:
    """The first word lists that a rule classifies contents with."""
    for stage in stages:
        for rule in stage.rules:
            for condition in [*rule.match.conditions, *rule.match.unless]:
                if isinstance(condition, ClassIs) and condition.words.size:
                    return condition.words
    return NO_WORDS
