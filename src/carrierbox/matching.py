"""One language for what is asked of a message and what is then decided: rules in their order.

Here it is as it runs, for every message that is submitted; how it is written, and turned into this,
is `config_rules`. A rule is a `Match` of conditions that must all hold, and the `Verdict` it gives.
`RuleBook` holds the rules of one box.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from carrierbox.relay import Submission, Verdict

# What a condition about text looks at.
ACCOUNT: Final = 0
OPERATION: Final = 1
SOURCE_ADDR: Final = 2
DESTINATION: Final = 3
COUNTRY: Final = 4
CARRIER: Final = 5
SERVICE_TYPE: Final = 6
TEXT: Final = 7
# What a condition about a number looks at.
SOURCE_ADDR_TON: Final = 0
DATA_CODING: Final = 1
REGISTERED_DELIVERY: Final = 2

RULES_MAX: Final = 1000
"""Of each kind: rules of the configuration, test rules."""


class Condition:
    """One thing that is asked of a submission."""

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        raise NotImplementedError


class IsOneOf(Condition):
    """A field is one of some texts."""

    def __init__(self, field: int, wanted: frozenset[str]) -> None:
        self._field = field
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return _text_of(submission, self._field) in self._wanted


class IsOneOfNumbers(Condition):
    """A field is one of some numbers."""

    def __init__(self, field: int, wanted: frozenset[int]) -> None:
        self._field = field
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return _number_of(submission, self._field) in self._wanted


class StartsWith(Condition):
    """A field starts with one of some texts."""

    def __init__(self, field: int, prefixes: tuple[str, ...]) -> None:
        self._field = field
        self._prefixes = prefixes

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return _text_of(submission, self._field).startswith(self._prefixes)


class Contains(Condition):
    """A field holds a text somewhere."""

    def __init__(self, field: int, part: str) -> None:
        self._field = field
        self._part = part

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return self._part in _text_of(submission, self._field)


class FitsGlob(Condition):
    """A field is as a glob says: `*` is any characters, `?` is one."""

    def __init__(self, field: int, glob: str) -> None:
        self._field = field
        self._glob = glob

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return fits_glob(_text_of(submission, self._field), self._glob)


class FitsPattern(Condition):
    """A regular expression is found in a field. `search` must run in linear time."""

    def __init__(self, field: int, search: Callable[[str], bool]) -> None:
        self._field = field
        self._search = search

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return self._search(_text_of(submission, self._field))


class IsDrawn(Condition):
    """A share of the submissions that are asked about, in percent, drawn from `random`."""

    def __init__(self, share_percent: float, random: Random) -> None:
        self._share_percent = share_percent
        self._random = random

    def holds(self, submission: Submission) -> bool:
        """Draw."""
        return self._random.random() * 100.0 < self._share_percent


class Match:
    """Conditions that must all hold; they are asked in their order, up to the first that fails."""

    def __init__(self, conditions: list[Condition]) -> None:
        self._conditions = conditions

    def holds(self, submission: Submission) -> bool:
        """Whether a submission is meant."""
        # Without a compiler, a generator would cost more than the conditions.
        for condition in self._conditions:  # noqa: SIM110
            if not condition.holds(submission):
                return False
        return True


class Rule:
    """Which submissions are meant, and the verdict on each.

    `definition` is the rule as it was written, for whoever shows it.
    """

    def __init__(self, name: str, match: Match, verdict: Verdict, definition: object) -> None:
        self.name = name
        self.match = match
        self.verdict = verdict
        self.definition = definition
        self.matched = 0
        """How many submissions it decided about."""


class RuleBook:
    """The rules of one box: the first that holds decides.

    Test rules, which come and go while the box runs, go before `configured` ones. `built_in` rules
    are those of numbers that no country has.
    """

    def __init__(
        self, configured: list[Rule] | None = None, built_in: list[Rule] | None = None
    ) -> None:
        self.configured: list[Rule] = configured or []
        self.built_in: list[Rule] = built_in or []
        self.test_rules: list[Rule] = []
        self.in_order: list[Rule] = self.configured
        """All but the built-in ones."""

    def verdict_on(self, submission: Submission) -> Verdict | None:
        """The verdict of the first rule that means this submission; None if none does."""
        for rule in self.in_order:
            if rule.match.holds(submission):
                rule.matched += 1
                return rule.verdict
        if not submission.country:
            for rule in self.built_in:
                if rule.match.holds(submission):
                    rule.matched += 1
                    return rule.verdict
        return None

    def add_test_rule(self, rule: Rule) -> None:
        """Add a rule behind the other test rules.

        Raises ValueError for a name that a rule has, and for one rule too many.
        """
        self.put_test_rules([*self.test_rules, rule])

    def put_test_rules(self, rules: list[Rule]) -> None:
        """Put these in the place of all test rules. Raises ValueError as `add_test_rule` does."""
        if len(rules) > RULES_MAX:
            raise ValueError(f"there may be at most {RULES_MAX} test rules: delete some")
        names = {rule.name for rule in self.configured}
        for rule in rules:
            if rule.name in names:
                raise ValueError(f"there is a rule named {rule.name!r}: choose another name")
            names.add(rule.name)
        self.test_rules = rules
        self.in_order = [*rules, *self.configured]

    def remove_test_rule(self, name: str) -> bool:
        """Remove the test rule of this name; False if there is none."""
        left = [rule for rule in self.test_rules if rule.name != name]
        found = len(left) != len(self.test_rules)
        self.put_test_rules(left)
        return found


def fits_glob(text: str, glob: str) -> bool:
    """Whether a whole text is as a glob says. Takes at most the product of their lengths."""
    at = 0
    wanted = 0
    star = -1
    resume = 0
    while at < len(text):
        if wanted < len(glob) and glob[wanted] == "*":
            star = wanted
            resume = at
            wanted += 1
        elif wanted < len(glob) and glob[wanted] in ("?", text[at]):
            at += 1
            wanted += 1
        elif star >= 0:
            # The last star takes one character more.
            resume += 1
            at = resume
            wanted = star + 1
        else:
            return False
    while wanted < len(glob) and glob[wanted] == "*":
        wanted += 1
    return wanted == len(glob)


def _text_of(submission: Submission, field: int) -> str:
    if field == SOURCE_ADDR:
        return submission.source.value
    if field == DESTINATION:
        return submission.msisdn
    if field == ACCOUNT:
        return submission.system_id
    if field == TEXT:
        return submission.text()
    if field == COUNTRY:
        return submission.country
    if field == CARRIER:
        return submission.carrier
    return submission.operation if field == OPERATION else submission.service_type


def _number_of(submission: Submission, field: int) -> int:
    if field == DATA_CODING:
        return submission.data_coding
    if field == SOURCE_ADDR_TON:
        return submission.source.ton
    return submission.registered_delivery
