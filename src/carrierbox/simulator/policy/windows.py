"""Windows of time over submissions: rates, volumes, duplicates, what was not seen before.

A window counts, by key, what is shown to it; it lives on the network's clock (`Submission.at`), in
memory, and is empty when a carrier starts. Two rules never share one. Whatever comes, it remembers
at most `KEYS_MAX` keys and `ENTRIES_MAX` entries; the keys that were not seen for longest go first.
"""

from collections import deque
from datetime import datetime, tzinfo
from hashlib import blake2b
from typing import Final

from carrierbox.matching import Condition
from carrierbox.relay import Submission

# What windows are kept by.
BY_ACCOUNT: Final = "account"
BY_SOURCE_ADDR: Final = "source_addr"
BY_DESTINATION: Final = "destination"
BY_COUNTRY: Final = "country"
BY_CARRIER: Final = "carrier"
BY_TEXT: Final = "text"
KEY_FIELDS: Final = (
    BY_ACCOUNT,
    BY_SOURCE_ADDR,
    BY_DESTINATION,
    BY_COUNTRY,
    BY_CARRIER,
    BY_TEXT,
)
# What they count.
MESSAGES: Final = "messages"
PARTS: Final = "parts"
DESTINATIONS: Final = "destinations"

KEYS_MAX: Final = 100_000
ENTRIES_MAX: Final = 1_000_000
EXACT_MAX: Final = 1_000
"""Up to this count a window knows the moment of each submission; above it a thousandth of the
window is one moment, so that something may count by that much longer."""
TEXT_DIGEST_OCTETS: Final = 16


def key_of(submission: Submission, fields: tuple[str, ...]) -> str:
    """What a submission is counted under. A text stands there as its digest."""
    if len(fields) == 1:
        return _key_part(submission, fields[0])
    return "\0".join([_key_part(submission, field) for field in fields])


def _key_part(submission: Submission, field: str) -> str:
    if field == BY_SOURCE_ADDR:
        return submission.source.value
    if field == BY_DESTINATION:
        return submission.msisdn
    if field == BY_ACCOUNT:
        return submission.system_id
    if field == BY_COUNTRY:
        return submission.country
    if field == BY_CARRIER:
        return submission.carrier
    octets = submission.text().encode("utf-8", "replace")
    return blake2b(octets, digest_size=TEXT_DIGEST_OCTETS).hexdigest()


class Log:
    """What was counted under one key: moments with their amounts, the oldest first."""

    def __init__(self) -> None:
        self.entries: deque[tuple[float, int]] = deque()
        self.total: int = 0


class Window:
    """Amounts by key over a stretch of time; each kind of it is a subclass."""

    def used(self, key: str, at: float, what: str) -> int:
        """The amount that counts at `at`, without `what` if that is counted once only."""
        raise NotImplementedError

    def add(self, key: str, at: float, amount: int, what: str) -> None:
        """Count an amount."""
        raise NotImplementedError

    def stretch(self, per_s: float, keep_max: int) -> None:
        """Be so long and remember so much for the key that is asked for next, as always for it.

        A day stays a day, and what counts different things is of one length.
        """


class SlidingWindow(Window):
    """The last `per_s` seconds at any moment. What is exactly so old does not count any more.

    Once a total of `keep_max` is known, what lies before it is forgotten: nobody asks for more.
    """

    def __init__(self, per_s: float, keep_max: int) -> None:
        self._per_s = per_s
        self._keep_max = keep_max
        self._step_s: float = per_s / EXACT_MAX if keep_max > EXACT_MAX else 0.0
        # In the order in which they were last counted in.
        self._logs: dict[str, Log] = {}
        self._size: int = 0

    def stretch(self, per_s: float, keep_max: int) -> None:
        """Be so long and remember so much for the key that is asked for next."""
        self._per_s = per_s
        self._keep_max = keep_max
        self._step_s = per_s / EXACT_MAX if keep_max > EXACT_MAX else 0.0

    def used(self, key: str, at: float, what: str) -> int:
        """The amount of the last `per_s` seconds."""
        log = self._logs.get(key)
        if log is None:
            return 0
        total = log.total
        for moment, amount in log.entries:
            if at - moment < self._per_s:
                break
            total -= amount
        return total

    def add(self, key: str, at: float, amount: int, what: str) -> None:
        """Count an amount."""
        log = self._logs.pop(key, None)
        if log is None:
            log = Log()
        self._logs[key] = log
        entries = log.entries
        while entries and at - entries[0][0] >= self._per_s:
            self._forget_first(log)
        moment = at
        if self._step_s:
            # The end of the step, so that nothing is forgotten too early.
            moment = (at // self._step_s + 1.0) * self._step_s
        if self._step_s and entries and entries[-1][0] >= moment:
            last, before = entries.pop()
            entries.append((last, before + amount))
        else:
            entries.append((moment, amount))
            self._size += 1
        log.total += amount
        while log.total - entries[0][1] >= self._keep_max:
            self._forget_first(log)
        self._bound()

    def _forget_first(self, log: Log) -> None:
        _, amount = log.entries.popleft()
        log.total -= amount
        self._size -= 1

    def _bound(self) -> None:
        while len(self._logs) > KEYS_MAX or (self._size > ENTRIES_MAX and len(self._logs) > 1):
            oldest = self._logs.pop(next(iter(self._logs)))
            self._size -= len(oldest.entries)


class DistinctWindow(Window):
    """How many different things there were in the last `per_s` seconds, each counted once.

    Each is known by its last time. `keep_max` as of SlidingWindow.
    """

    def __init__(self, per_s: float, keep_max: int) -> None:
        self._per_s = per_s
        self._keep_max = keep_max
        self._seen: dict[str, dict[str, float]] = {}
        self._size: int = 0

    def used(self, key: str, at: float, what: str) -> int:
        """How many others there were."""
        seen = self._seen.get(key)
        if seen is None:
            return 0
        gone = 0
        for moment in seen.values():
            if at - moment < self._per_s:
                break
            gone += 1
        last = seen.get(what)
        is_known = last is not None and at - last < self._per_s
        return len(seen) - gone - (1 if is_known else 0)

    def add(self, key: str, at: float, amount: int, what: str) -> None:
        """Note one."""
        seen = self._seen.pop(key, None)
        if seen is None:
            seen = {}
        self._seen[key] = seen
        self._size -= len(seen)
        seen.pop(what, None)
        seen[what] = at
        while len(seen) > self._keep_max or at - seen[next(iter(seen))] >= self._per_s:
            del seen[next(iter(seen))]
        self._size += len(seen)
        while len(self._seen) > KEYS_MAX or (self._size > ENTRIES_MAX and len(self._seen) > 1):
            self._size -= len(self._seen.pop(next(iter(self._seen))))


class DayWindow(Window):
    """What came since midnight of a time zone; `is_distinct` counts each thing once a day."""

    def __init__(self, zone: tzinfo, is_distinct: bool, keep_max: int) -> None:
        self._zone = zone
        self._is_distinct = is_distinct
        self._keep_max = keep_max
        self._day: int = 0
        self._totals: dict[str, int] = {}
        self._seen: dict[str, set[str]] = {}
        self._size: int = 0

    def used(self, key: str, at: float, what: str) -> int:
        """The amount of the day that `at` lies in; of days before the last one: none."""
        if self._day_of(at) != self._day:
            return 0
        if self._is_distinct:
            seen = self._seen.get(key)
            return 0 if seen is None else len(seen) - (1 if what in seen else 0)
        return self._totals.get(key, 0)

    def add(self, key: str, at: float, amount: int, what: str) -> None:
        """Count an amount; a new day forgets the one before."""
        day = self._day_of(at)
        if day != self._day:
            self._day = day
            self._totals.clear()
            self._seen.clear()
            self._size = 0
        if self._is_distinct:
            self._note(key, what)
        else:
            self._totals[key] = self._totals.pop(key, 0) + amount
            if len(self._totals) > KEYS_MAX:
                del self._totals[next(iter(self._totals))]

    def _note(self, key: str, what: str) -> None:
        seen = self._seen.pop(key, None)
        if seen is None:
            seen = set()
        self._seen[key] = seen
        if what not in seen and len(seen) < self._keep_max:
            seen.add(what)
            self._size += 1
        while len(self._seen) > KEYS_MAX or (self._size > ENTRIES_MAX and len(self._seen) > 1):
            self._size -= len(self._seen.pop(next(iter(self._seen))))

    def _day_of(self, at: float) -> int:
        return datetime.fromtimestamp(at, self._zone).toordinal()


class ExceedsRate(Condition):
    """What a submission would bring above `over` in a window, of its key.

    What exceeds does not count by itself, so that `over` pass in each window as a throttle lets
    them; with `counts_excess` everything counts, and who goes on goes on exceeding.
    """

    def __init__(
        self,
        name: str,
        window: Window,
        over: int,
        by: tuple[str, ...],
        count: str = MESSAGES,
        counts_excess: bool = False,
        period: str = "",
    ) -> None:
        self._name = name
        self._window = window
        self._over = over
        self._by = by
        self._count = count
        self._counts_excess = counts_excess
        self._period = period

    def holds(self, submission: Submission) -> bool:
        """Whether it exceeds; then count it, if it counts."""
        key = key_of(submission, self._by)
        amount = self._amount(submission)
        what = submission.msisdn if self._count == DESTINATIONS else ""
        exceeds = self._window.used(key, submission.at, what) + amount > self._over
        if not exceeds or self._counts_excess:
            self._window.add(key, submission.at, amount, what)
        return exceeds

    def would_hold(self, submission: Submission) -> bool:
        """Whether it would exceed, counted or not."""
        return self._with(submission) > self._over

    def subject(self) -> str:
        """The name of the condition."""
        return self._name

    def wanted(self) -> str:
        """The bound."""
        by = f" by {', '.join(self._by)}" if self._by else ""
        return f"more than {self._over} {self._count} {self._period}{by}"

    def found(self, submission: Submission) -> str:
        """How many there are with this one."""
        return f"{self._with(submission)} with this one"

    def level(self, submission: Submission) -> float:
        """What share of what passes is used with this one; nothing, if it is the first."""
        used = self._with(submission)
        return used / max(self._over, 1) if used > 1 else 0.0

    def _with(self, submission: Submission) -> int:
        key = key_of(submission, self._by)
        what = submission.msisdn if self._count == DESTINATIONS else ""
        return self._window.used(key, submission.at, what) + self._amount(submission)

    def _key(self, submission: Submission) -> str:
        return key_of(submission, self._by)

    def _amount(self, submission: Submission) -> int:
        return max(submission.parts(), 1) if self._count == PARTS else 1


class FirstSeen(Condition):
    """Nothing of this key was seen within so many seconds before; each sight is remembered."""

    def __init__(self, within_s: float, of: tuple[str, ...], period: str = "") -> None:
        self._window = SlidingWindow(within_s, 1)
        self._of = of
        self._period = period

    def holds(self, submission: Submission) -> bool:
        """Whether it is the first; note it."""
        key = key_of(submission, self._of)
        is_first = self._window.used(key, submission.at, "") == 0
        self._window.add(key, submission.at, 1, "")
        return is_first

    def would_hold(self, submission: Submission) -> bool:
        """Whether it would be the first."""
        return self._window.used(key_of(submission, self._of), submission.at, "") == 0

    def subject(self) -> str:
        """The name of the condition."""
        return "first_seen"

    def wanted(self) -> str:
        """What must be new."""
        return f"no such {', '.join(self._of)} {self._period}"

    def found(self, submission: Submission) -> str:
        """Whether it is."""
        return "not seen before" if self.would_hold(submission) else "seen before"
