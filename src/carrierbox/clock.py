"""The only file that reads real time.

Two clocks, two types. `LinkTime` is monotonic real seconds: session timers, windows, receipt
back-off. `NetworkTime` is the UTC time of a box in seconds since 1970: validity, retries, paging,
dates in receipts; it can be scaled, stopped and advanced, so that a day of retries takes a
millisecond. A timed object takes one of the two and never both.
"""

import time
from typing import Final, NewType

LinkTime = NewType("LinkTime", float)
NetworkTime = NewType("NetworkTime", float)

SCALE_MAX: Final = 1_000_000.0


def link_now() -> LinkTime:
    """Monotonic seconds of this machine."""
    return LinkTime(time.monotonic())


class NetworkClock:
    """The UTC clock of one box.

    A running clock moves `scale` seconds per real second; a stopped one moves only by `advance_to`.
    It never goes back.
    """

    def __init__(
        self, start: float | None = None, scale: float = 1.0, running: bool = True
    ) -> None:
        if not 0.0 < scale <= SCALE_MAX:
            raise ValueError(
                f"clock scale must be above 0 and at most {SCALE_MAX:g}, not {scale:g}"
            )
        self.scale: float = scale
        self.running: bool = running
        self._base: float = time.time() if start is None else start
        self._since: float = time.monotonic()
        self._last: float = self._base

    def now(self) -> NetworkTime:
        """The time of the box in seconds since 1970, UTC."""
        if self.running:
            moved = self._base + (time.monotonic() - self._since) * self.scale
            self._last = max(self._last, moved)
        return NetworkTime(self._last)

    def advance_to(self, to: NetworkTime) -> None:
        """Move forward to `to`; a time in the past changes nothing."""
        if to > self.now():
            self._base = self._last = to
            self._since = time.monotonic()

    def real_seconds_until(self, when: NetworkTime) -> float | None:
        """How many real seconds until `when`; None if the clock stands still."""
        if not self.running:
            return None if when > self._last else 0.0
        return max(0.0, (when - self.now()) / self.scale)
