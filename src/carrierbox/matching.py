"""One language for what is asked of a message and what is then decided: rules in their order.

Here it is as it runs, for every message that is submitted; how it is written, and turned into this,
is `config_rules`. A rule is a `Match` of conditions that must all hold, and the `Verdict` it gives.
`RuleBook` holds the rules of one box.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from carrierbox.relay import ACCEPTED, Submission, Verdict

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

FIELD_NAMES: Final = (
    "account",
    "operation",
    "source_addr",
    "destination",
    "country",
    "carrier",
    "service_type",
    "text",
)
NUMBER_NAMES: Final = ("source_addr_ton", "data_coding", "registered_delivery")
SHOWN_MAX: Final = 5
"""So many of the values that a condition wants are told."""
SHOWN_CHARACTERS_MAX: Final = 80

RULES_MAX: Final = 1000
"""Of each kind: rules of the configuration, test rules."""
DECIDERS_CHARACTERS_MAX: Final = 2000
"""So much is told of the names of all rules that decided about a message, and of their reasons."""


class Condition:
    """One thing that is asked of a submission; and in words what is asked and what was found."""

    def holds(self, submission: Submission) -> bool:
        """Whether it is so. What counts submissions has counted this one with it."""
        raise NotImplementedError

    def would_hold(self, submission: Submission) -> bool:
        """Whether it would be so, without counting or drawing anything."""
        return self.holds(submission)

    def subject(self) -> str:
        """What is looked at: the name of the condition where rules are written."""
        return ""

    def wanted(self) -> str:
        """What it must be like."""
        return ""

    def found(self, submission: Submission) -> str:
        """What it is like."""
        return ""

    def level(self, submission: Submission) -> float:
        """How much of a window is used with this submission, 1.0 being all; -1.0 for no window."""
        return -1.0


class IsOneOf(Condition):
    """A field is one of some texts."""

    def __init__(self, field: int, wanted: frozenset[str]) -> None:
        self._field = field
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return _text_of(submission, self._field) in self._wanted

    def subject(self) -> str:
        """The field."""
        return FIELD_NAMES[self._field]

    def wanted(self) -> str:
        """The texts."""
        return or_list(sorted(self._wanted))

    def found(self, submission: Submission) -> str:
        """The text."""
        return shortened(_text_of(submission, self._field))


class IsOneOfNumbers(Condition):
    """A field is one of some numbers."""

    def __init__(self, field: int, wanted: frozenset[int]) -> None:
        self._field = field
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return _number_of(submission, self._field) in self._wanted

    def subject(self) -> str:
        """The field."""
        return NUMBER_NAMES[self._field]

    def wanted(self) -> str:
        """The numbers."""
        return or_list([str(each) for each in sorted(self._wanted)])

    def found(self, submission: Submission) -> str:
        """The number."""
        return str(_number_of(submission, self._field))


class OfText(Condition):
    """What a field is like; each kind of it is a subclass that says how."""

    def __init__(self, field: int) -> None:
        self._field = field

    def fits(self, text: str) -> bool:
        """Whether a text is like that."""
        raise NotImplementedError

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return self.fits(_text_of(submission, self._field))

    def subject(self) -> str:
        """The field."""
        return FIELD_NAMES[self._field]

    def found(self, submission: Submission) -> str:
        """The text."""
        return shortened(_text_of(submission, self._field))


class StartsWith(OfText):
    """A field starts with one of some texts."""

    def __init__(self, field: int, prefixes: tuple[str, ...]) -> None:
        super().__init__(field)
        self._prefixes = prefixes

    def fits(self, text: str) -> bool:
        """Whether it does."""
        return text.startswith(self._prefixes)

    def wanted(self) -> str:
        """The beginnings."""
        return f"starts with {or_list(list(self._prefixes))}"


class Contains(OfText):
    """A field holds a text somewhere."""

    def __init__(self, field: int, part: str) -> None:
        super().__init__(field)
        self._part = part

    def fits(self, text: str) -> bool:
        """Whether it does."""
        return self._part in text

    def wanted(self) -> str:
        """The part."""
        return f"contains {shortened(self._part)}"


class FitsGlob(OfText):
    """A field is as a glob says: `*` is any characters, `?` is one."""

    def __init__(self, field: int, glob: str) -> None:
        super().__init__(field)
        self._glob = glob

    def fits(self, text: str) -> bool:
        """Whether it is."""
        return fits_glob(text, self._glob)

    def wanted(self) -> str:
        """The glob."""
        return f"is like {shortened(self._glob)}"


class FitsPattern(OfText):
    """A regular expression is found in a field. `search` must run in linear time."""

    def __init__(self, field: int, search: Callable[[str], bool], pattern: str = "") -> None:
        super().__init__(field)
        self._search = search
        self._pattern = pattern

    def fits(self, text: str) -> bool:
        """Whether it is."""
        return self._search(text)

    def wanted(self) -> str:
        """The pattern."""
        return f"fits {shortened(self._pattern)}"


class IsDrawn(Condition):
    """A share of the submissions that are asked about, in percent, drawn from `random`."""

    def __init__(self, share_percent: float, random: Random) -> None:
        self._share_percent = share_percent
        self._random = random

    def holds(self, submission: Submission) -> bool:
        """Draw."""
        return self._random.random() * 100.0 < self._share_percent

    def would_hold(self, submission: Submission) -> bool:
        """What is drawn is not known before: it may be."""
        return True

    def subject(self) -> str:
        """The name of the condition."""
        return "share"

    def wanted(self) -> str:
        """How many of all."""
        return f"{self._share_percent:g} %, drawn"

    def found(self, submission: Submission) -> str:
        """Nothing is drawn to tell of it."""
        return "not drawn"


class Match:
    """Conditions that must all hold; they are asked in their order, up to the first that fails.

    Then those of `unless`: if there are any and all hold, the submission is not meant. `last` are
    conditions that count or draw: they are asked of what all others mean, and no other.
    """

    def __init__(
        self,
        conditions: list[Condition],
        unless: list[Condition] | None = None,
        last: list[Condition] | None = None,
    ) -> None:
        self.conditions = conditions
        self.unless: list[Condition] = [] if unless is None else unless
        self.last: list[Condition] = [] if last is None else last
        self._is_plain: bool = not self.unless and not self.last

    def holds(self, submission: Submission) -> bool:
        """Whether a submission is meant."""
        for condition in self.conditions:
            if not condition.holds(submission):
                return False
        return self._is_plain or self._holds_further(submission)

    def _holds_further(self, submission: Submission) -> bool:
        if self.unless:
            for condition in self.unless:
                if not condition.holds(submission):
                    break
            else:
                return False
        # Without a compiler, a generator would cost more than the conditions.
        for condition in self.last:  # noqa: SIM110
            if not condition.holds(submission):
                return False
        return True

    def would_hold(self, submission: Submission) -> bool:
        """Whether it would be meant, without counting or drawing anything."""
        if self.unless and all(each.would_hold(submission) for each in self.unless):
            return False
        return all(each.would_hold(submission) for each in [*self.conditions, *self.last])


class Change:
    """What a verdict says that only the message can tell: how long it waits, what its phone shows.

    Those that run are in `simulator.policy.changes`.
    """

    def apply(self, submission: Submission, verdict: Verdict) -> None:
        """Complete a verdict on a submission. It may hold what rules before noted."""
        raise NotImplementedError


class Rule:
    """Which submissions are meant, and the verdict on each, which its `changes` complete.

    `definition` is the rule as it was written, for whoever shows it.
    """

    def __init__(self, name: str, match: Match, verdict: Verdict, definition: object) -> None:
        self.name = name
        self.match = match
        self.verdict = verdict
        self.changes: list[Change] = []
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
        """The verdict of the first rule that means this submission; None if none does.

        Rules that go on are noted, and go into the verdict of the first that does not. A verdict
        that goes on itself is all that was noted: whoever is asked next decides.
        """
        noted: Verdict | None = None
        for rule in self.in_order:
            if rule.match.holds(submission):
                rule.matched += 1
                noted = completed(rule, submission, noted)
                if not noted.goes_on:
                    return noted
        if not submission.country:
            for rule in self.built_in:
                if rule.match.holds(submission):
                    rule.matched += 1
                    return completed(rule, submission, noted)
        return noted

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


def completed(rule: Rule, submission: Submission, noted: Verdict | None) -> Verdict:
    """The verdict of a rule that means a submission, with what was noted before."""
    verdict = rule.verdict
    if noted is not None:
        verdict = merged(noted, verdict)
    elif not rule.changes:
        return verdict
    else:
        verdict = verdict.copy()
    if verdict.command_status == 0:
        for change in rule.changes:
            change.apply(submission, verdict)
    return verdict


def merged(noted: Verdict, verdict: Verdict) -> Verdict:
    """A verdict with what rules noted before it: it has the last word wherever it says something.

    All that say anything are named.
    """
    found = verdict.copy()
    if verdict.rule == ACCEPTED.rule:
        found.rule = noted.rule
    else:
        found.rule = f"{noted.rule}, {verdict.rule}"[:DECIDERS_CHARACTERS_MAX]
    reasons = [each for each in (noted.reason, verdict.reason) if each]
    found.reason = " ".join(reasons)[:DECIDERS_CHARACTERS_MAX]
    if verdict.command_status != 0:
        return found
    if found.source is None:
        found.source = noted.source
    if not found.cause:
        found.cause = noted.cause
        found.failing_attempts = noted.failing_attempts
    if noted.text is not None and found.text is None:
        found.text = noted.text
    found.delivers = noted.delivers and verdict.delivers
    if found.is_told and found.copies == 1 and not _tells_otherwise(found):
        found.is_told = noted.is_told
    found.told_state = verdict.told_state or noted.told_state
    if noted.told_when_taken and not verdict.told_state:
        found.told_when_taken = True
    found.told_err = verdict.told_err or noted.told_err
    found.told_after_s = verdict.told_after_s or noted.told_after_s
    found.copies = max(verdict.copies, noted.copies)
    found.answers = max(verdict.answers, noted.answers)
    found.hold_until = max(verdict.hold_until, noted.hold_until)
    return found


def _tells_otherwise(verdict: Verdict) -> bool:
    return verdict.told_state != 0 or verdict.told_err != "" or verdict.told_after_s > 0.0


def shortened(text: str) -> str:
    """A text as it is told: its beginning, if it is long; quoted, if nothing would be seen."""
    if len(text) > SHOWN_CHARACTERS_MAX:
        text = text[: SHOWN_CHARACTERS_MAX - 1] + "…"
    return text if text and text.isprintable() and text.strip() == text else repr(text)


def or_list(texts: list[str]) -> str:
    """`A`, `A or B`, `A, B or C`; of many, the first ones."""
    told = [shortened(each) for each in texts[:SHOWN_MAX]]
    if len(texts) > SHOWN_MAX:
        return f"{', '.join(told)} or {len(texts) - SHOWN_MAX} more"
    return " or ".join([*([", ".join(told[:-1])] if len(told) > 1 else []), *told[-1:]])


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
