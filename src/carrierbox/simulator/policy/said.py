"""A condition whose answer is known beforehand: where an example or a question says how it is."""

from carrierbox.matching import Condition
from carrierbox.relay import Submission


class IsSaid(Condition):
    """`word` is what is said of every message; it holds if that is one of those `wanted`."""

    def __init__(self, name: str, word: str, wanted: frozenset[str]) -> None:
        self._name = name
        self._word = word
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return self._word in self._wanted

    def subject(self) -> str:
        """The name of the condition."""
        return self._name
