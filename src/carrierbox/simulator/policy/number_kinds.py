"""What senders of each kind may do in a country: whether phones can answer, how fast they send.

A carrier's rules say these things by kind of sender and by tier; a register may say more of one
sender. Rules ask for it (`rate: {over: tier}`), and so does whoever hears a phone's reply.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from carrierbox.matching import shortened
from carrierbox.relay import Submission
from carrierbox.simulator.policy.conditions import sender_kind
from carrierbox.simulator.policy.windows import MESSAGES, ExceedsRate, Window

DAY_S: Final = 86_400.0
NO_BOUND: Final = 1_000_000_000
"""More than any window counts."""


class Pace:
    """How much may be sent in a second and in a day; 0 where that is not said."""

    def __init__(self, per_s: float = 0.0, per_day: int = 0) -> None:
        self.per_s = per_s
        self.per_day = per_day


class NumberKind:
    """What senders of one kind may do: what all may, and what those of a tier may."""

    def __init__(self, is_two_way: bool, pace: Pace, tiers: dict[str, Pace]) -> None:
        self.is_two_way = is_two_way
        self.pace = pace
        self.tiers = tiers


class CountrySenders:
    """Senders as the carriers of a country want them.

    `kinds` by their names. `stand_ins` are senders that rules put in the place of others, with the
    rule: nobody owns these.
    """

    def __init__(self, kinds: dict[str, NumberKind], stand_ins: dict[str, str]) -> None:
        self.kinds = kinds
        self.stand_ins = stand_ins


NO_KINDS: Final[dict[str, NumberKind]] = {}


class OwnPace:
    """What a register says of one sender: its kind, its tier, and how fast it may send."""

    def __init__(self, kind: str = "", tier: str = "", pace: Pace | None = None) -> None:
        self.kind = kind
        self.tier = tier
        self.pace: Pace = Pace() if pace is None else pace


NO_OWN_PACE: Final = OwnPace()


OwnPaceOf: TypeAlias = Callable[[Submission], OwnPace]
"""What a register says of the sender of a submission where it goes to."""


class Bound:
    """How much may pass: so many in so many seconds, because of what `because` says.

    `over` -1: nothing says how much.
    """

    def __init__(self, over: int, per_s: float, because: str) -> None:
        self.over = over
        self.per_s = per_s
        self.because = because


NO_PACE: Final = Bound(-1, 0.0, "nothing says how fast it may send")


class Paces:
    """How much of each sender may pass in a window of `window_s` seconds.

    What the register says of the sender goes first, then its tier, then `otherwise` (0: nothing),
    then its kind. In windows of a day or more it is what may pass in a day. Less than one is one,
    in as much more time.
    """

    def __init__(
        self,
        window_s: float,
        kinds: dict[str, NumberKind] = NO_KINDS,
        own_pace_of: OwnPaceOf | None = None,
        otherwise: int = 0,
    ) -> None:
        self._window_s = window_s
        self._kinds = kinds
        self._own_pace_of = own_pace_of
        self._otherwise = otherwise

    def bound_of(self, submission: Submission) -> Bound:
        """How much of the sender of a submission may pass."""
        own = NO_OWN_PACE if self._own_pace_of is None else self._own_pace_of(submission)
        name = own.kind or sender_kind(submission)
        kind = self._kinds.get(name)
        told = name.replace("_", " ")
        bound = self._of_pace(own.pace, "its own")
        if bound is None and own.tier and kind is not None:
            pace = kind.tiers.get(own.tier)
            if pace is not None:
                bound = self._of_pace(pace, f"tier {own.tier} of {told}s")
        if bound is None and self._otherwise:
            bound = Bound(self._otherwise, self._window_s, "what the rule says of all others")
        if bound is None and kind is not None:
            bound = self._of_pace(kind.pace, f"that of {told}s")
        if bound is None:
            return NO_PACE
        if own.tier and (kind is None or own.tier not in kind.tiers):
            bound.because += f"; there is no tier {shortened(own.tier)} of {told}s"
        return bound

    def _of_pace(self, pace: Pace, because: str) -> Bound | None:
        rate = pace.per_day / DAY_S if self._window_s >= DAY_S else pace.per_s
        if not rate:
            return None
        amount = rate * self._window_s
        if amount < 1.0:
            # A day since midnight does not get longer: it is one a day then.
            return Bound(1, 1.0 / rate, because)
        # What is a whole number but for the last digits of a float is that number.
        return Bound(min(int(round(amount, 6)), NO_BOUND), self._window_s, because)


class ExceedsPace(ExceedsRate):
    """What a submission would bring above what its sender may send, in a window of its key.

    Senders of different bounds are counted apart. What has more parts than may pass at all passes
    alone: it would never pass else.
    """

    def __init__(
        self,
        window: Window,
        paces: Paces,
        by: tuple[str, ...],
        count: str = MESSAGES,
        counts_excess: bool = False,
        period: str = "",
    ) -> None:
        super().__init__("rate", window, 0, by, count, counts_excess, period)
        self._paces = paces

    def holds(self, submission: Submission) -> bool:
        """Whether it exceeds; then count it, if it counts."""
        bound = self._paces.bound_of(submission)
        if bound.over < 0:
            return False
        key = self._begin(submission, bound)
        amount = self._amount(submission)
        used = self._window.used(key, submission.at, "")
        exceeds = used > 0 and used + amount > bound.over
        if not exceeds or self._counts_excess:
            self._window.add(key, submission.at, amount, "")
        return exceeds

    def would_hold(self, submission: Submission) -> bool:
        """Whether it would exceed, counted or not."""
        bound = self._paces.bound_of(submission)
        used = self._used(submission, bound)
        return bound.over >= 0 and used > 0 and used + self._amount(submission) > bound.over

    def wanted(self) -> str:
        """The bound, as far as it is the same for all."""
        by = f" by {', '.join(self._by)}" if self._by else ""
        return f"more {self._count} than the sender may send {self._period}{by}"

    def found(self, submission: Submission) -> str:
        """How many there are with this one, and how many may pass."""
        bound = self._paces.bound_of(submission)
        if bound.over < 0:
            return bound.because
        number = self._used(submission, bound) + self._amount(submission)
        within = f" in {bound.per_s:g} s" if bound.per_s < DAY_S else " a day"
        return f"{number} with this one, of {bound.over}{within} ({bound.because})"

    def level(self, submission: Submission) -> float:
        """What share of what passes is used with this one; nothing, if it is the first."""
        bound = self._paces.bound_of(submission)
        used = self._used(submission, bound)
        if not used:
            return 0.0
        return (used + self._amount(submission)) / max(bound.over, 1)

    def _used(self, submission: Submission, bound: Bound) -> int:
        if bound.over < 0:
            return 0
        return self._window.used(self._begin(submission, bound), submission.at, "")

    def _begin(self, submission: Submission, bound: Bound) -> str:
        """Let the window be that of a bound; under which key it counts."""
        self._window.stretch(bound.per_s, bound.over + 1)
        return f"{bound.over}/{bound.per_s:g}\0{self._key(submission)}"
