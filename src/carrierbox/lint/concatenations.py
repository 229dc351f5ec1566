"""The parts of long messages that clients cut themselves, followed until the last one came."""

from typing import Final

from carrierbox.codecs.user_data_header import Concatenation
from carrierbox.lint import rule_tables as rules
from carrierbox.lint.dissection import Found
from carrierbox.lint.findings import Example
from carrierbox.lint.rule_tables import Rule

OPEN_MAX: Final = 4096
WAIT_S: Final = 300.0
"""A part that did not come in so long is missing."""


class _Parts:
    """One long message. `first` is its first part, as an example."""

    def __init__(self, total: int, data_coding: int, first: Example) -> None:
        self.total = total
        self.data_coding = data_coding
        self.first = first
        self.last_at = first.time
        # By number, the hash of its text: enough to know it again.
        self.texts: dict[int, int] = {}


class Missing:
    """A long message without some of its parts."""

    def __init__(self, detail: str, first: Example) -> None:
        self.rule: Rule = rules.PARTS_MISSING
        self.detail = detail
        self.first = first


class Concatenations:
    """Of one account: parts may come over different sessions."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, int, bool], _Parts] = {}

    def part(
        self,
        addresses: tuple[str, str],
        concatenation: Concatenation,
        data_coding: int,
        text: bytes,
        example: Example,
        found: list[Found],
    ) -> list[Missing]:
        """Take a part; what turned out to be missing of messages before it."""
        missing = self.overdue(example.time)
        key = (*addresses, concatenation.reference, concatenation.wide)
        parts = self._open.get(key)
        if parts is not None and parts.total != concatenation.total:
            found.append((rules.PARTS_CONTRADICT, "another total"))
            del self._open[key]
            parts = None
        if parts is None:
            if concatenation.total == 1:
                return missing
            parts = _Parts(concatenation.total, data_coding, example)
            self._open[key] = parts
            if len(self._open) > OPEN_MAX:
                oldest = next(iter(self._open))
                missing.append(_missing(self._open.pop(oldest)))
        if parts.data_coding != data_coding:
            found.append((rules.PARTS_CONTRADICT, "another data_coding"))
        known = parts.texts.get(concatenation.number)
        if known is not None and known != hash(text):
            found.append((rules.PARTS_CONTRADICT, "one number with two texts"))
        parts.texts[concatenation.number] = hash(text)
        parts.last_at = max(parts.last_at, example.time)
        if len(parts.texts) == parts.total:
            del self._open[key]
        return missing

    def overdue(self, now: float) -> list[Missing]:
        """Messages whose parts are not awaited any more. Without them the oldest are first."""
        missing: list[Missing] = []
        while self._open:
            key = next(iter(self._open))
            if self._open[key].last_at + WAIT_S > now:
                break
            missing.append(_missing(self._open.pop(key)))
        return missing

    def all_open(self) -> list[Missing]:
        """Every message that is not whole; they stay as they are."""
        return [_missing(parts) for parts in self._open.values()]

    def forget(self) -> None:
        """Octets are missing in the capture: nobody knows what was in them."""
        self._open.clear()


def _missing(parts: _Parts) -> Missing:
    return Missing(f"{len(parts.texts)} of {parts.total} sent", parts.first)
