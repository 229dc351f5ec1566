"""What rules ask of a submission that needs nothing but the submission: sender, parts, alphabet."""

from typing import Final

from carrierbox.identifiers import TON_INTERNATIONAL
from carrierbox.matching import Condition, or_list, shortened
from carrierbox.numbering import NO_COUNTRY, NumberPlan
from carrierbox.relay import Submission
from carrierbox.sender_kinds import (
    KIND_ALPHANUMERIC,
    KIND_LONG_CODE,
    KIND_SHORT_CODE,
    KIND_TOLL_FREE,
    is_national_number,
    kind_of_address,
)

ALPHANUMERIC: Final = "alphanumeric"
SHORT_CODE: Final = "short_code"
LONG_CODE: Final = "long_code"
TOLL_FREE: Final = "toll_free"

SENDER_KINDS: Final = (ALPHANUMERIC, SHORT_CODE, LONG_CODE, TOLL_FREE)

NONE: Final = "none"
SAME: Final = "same"
FOREIGN: Final = "foreign"

_KIND_NAMES: Final[dict[str, str]] = {
    KIND_ALPHANUMERIC: ALPHANUMERIC,
    KIND_SHORT_CODE: SHORT_CODE,
    KIND_LONG_CODE: LONG_CODE,
    KIND_TOLL_FREE: TOLL_FREE,
}


def sender_kind(submission: Submission) -> str:
    """One of SENDER_KINDS."""
    return _KIND_NAMES[kind_of_address(submission.source)]


def sender_country(submission: Submission, plan: NumberPlan) -> str:
    """The country of a numeric sender: two letters of ISO 3166-1, or `001` for no one country.

    Empty for a name, for a short code, whose country no number tells, and for a number that no
    country has. A number without its country code is of the destination's country.
    """
    kind = kind_of_address(submission.source)
    if kind in (KIND_ALPHANUMERIC, KIND_SHORT_CODE):
        return ""
    if is_national_number(submission.source):
        return submission.country
    digits = submission.source.value.removeprefix("+")
    if submission.source.ton != TON_INTERNATIONAL:
        digits = digits.removeprefix("00")
    route = plan.route(digits)
    return "" if route is None else route.country


class SenderIs(Condition):
    """The sender is of one of some kinds."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds

    def holds(self, submission: Submission) -> bool:
        """Whether it is."""
        return _KIND_NAMES[kind_of_address(submission.source)] in self._kinds

    def subject(self) -> str:
        """The name of the condition."""
        return "sender"

    def wanted(self) -> str:
        """The kinds."""
        return or_list(sorted(self._kinds))

    def found(self, submission: Submission) -> str:
        """The kind, and the sender itself."""
        return f"{sender_kind(submission)} ({shortened(submission.source.value)})"


class SenderCountryIs(Condition):
    """A numeric sender is of the destination's country, of another one, or of one of some.

    It does not hold of senders whose country nothing tells.
    """

    def __init__(self, wanted: frozenset[str], plan: NumberPlan) -> None:
        self._wanted = wanted
        self._plan = plan

    def holds(self, submission: Submission) -> bool:
        """Whether it is."""
        country = sender_country(submission, self._plan)
        if not country:
            return False
        if country in self._wanted:
            return True
        if country == submission.country and country != NO_COUNTRY:
            return SAME in self._wanted
        return FOREIGN in self._wanted

    def subject(self) -> str:
        """The name of the condition."""
        return "sender_country"

    def wanted(self) -> str:
        """Which countries."""
        return or_list(sorted(self._wanted))

    def found(self, submission: Submission) -> str:
        """The country."""
        return sender_country(submission, self._plan) or "unknown"


class PartsAre(Condition):
    """A message has more than so many parts, and less than so many; -1 for no such bound."""

    def __init__(self, more_than: int = -1, less_than: int = -1) -> None:
        self._more_than = more_than
        self._less_than = less_than

    def holds(self, submission: Submission) -> bool:
        """Whether it has."""
        parts = submission.parts()
        if self._less_than >= 0 and parts >= self._less_than:
            return False
        return parts > self._more_than

    def subject(self) -> str:
        """The name of the condition."""
        return "parts"

    def wanted(self) -> str:
        """The bounds."""
        bounds = [f"more than {self._more_than}"] if self._more_than >= 0 else []
        if self._less_than >= 0:
            bounds.append(f"less than {self._less_than}")
        return " and ".join(bounds)

    def found(self, submission: Submission) -> str:
        """How many."""
        return str(submission.parts())


class AlphabetIs(Condition):
    """Phones get the message in one of some alphabets."""

    def __init__(self, alphabets: frozenset[str]) -> None:
        self._alphabets = alphabets

    def holds(self, submission: Submission) -> bool:
        """Whether they do."""
        return submission.alphabet() in self._alphabets

    def subject(self) -> str:
        """The name of the condition."""
        return "alphabet"

    def wanted(self) -> str:
        """The alphabets."""
        return or_list(sorted(self._alphabets))

    def found(self, submission: Submission) -> str:
        """The alphabet."""
        return submission.alphabet()


class NothingKept(Condition):
    """Asks for a registration or a consent where none is kept: there is none."""

    def __init__(self, name: str, wanted: frozenset[str]) -> None:
        self._name = name
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether none is what is asked for."""
        return NONE in self._wanted

    def subject(self) -> str:
        """The name of the condition."""
        return self._name

    def wanted(self) -> str:
        """What is asked for."""
        return or_list(sorted(self._wanted))

    def found(self, submission: Submission) -> str:
        """None."""
        return NONE
