"""Batteries of phones: how full each is, and when it is empty.

A level is linear in time between two events, so when a battery runs empty is computed and never
polled. An empty phone says nothing as it goes: the network still believes that it is there.
"""

from heapq import heapify, heappop, heappush
from typing import Final

from carrierbox.clock import NetworkTime

BATTERIES_MAX: Final = 100_000
STANDBY_HOURS_DEFAULT: Final = 48.0
STANDBY_HOURS_MIN: Final = 0.01
STANDBY_HOURS_MAX: Final = 10_000.0
CHARGE_HOURS: Final = 2.0
"""How long a charger takes to fill an empty battery."""
WAKES_AT_PERCENT: Final = 2.0
"""A phone that was empty comes back once it is charged so far."""

_FULL: Final = 100.0
# Deadlines that no longer hold are swept out when they are this many more than those that do.
_STALE_MAX: Final = 64


class TooManyBatteriesError(ValueError):
    """As many phones as can have a battery have one."""


class Battery:
    """One battery: `percent` full at `since`, draining or charging from then on.

    It lasts `standby_hours` from full, and each text takes `per_text_percent`. ValueError for a
    value out of range.
    """

    def __init__(
        self,
        percent: float,
        since: float,
        standby_hours: float = STANDBY_HOURS_DEFAULT,
        per_text_percent: float = 0.0,
        charging: bool = False,
    ) -> None:
        if not 0.0 <= percent <= _FULL:
            raise ValueError(f"percent must be 0 to 100, not {percent:g}")
        if not STANDBY_HOURS_MIN <= standby_hours <= STANDBY_HOURS_MAX:
            raise ValueError(
                f"standby_hours must be {STANDBY_HOURS_MIN:g} to {STANDBY_HOURS_MAX:g}, "
                f"not {standby_hours:g}"
            )
        if not 0.0 <= per_text_percent <= _FULL:
            raise ValueError(f"per_text_percent must be 0 to 100, not {per_text_percent:g}")
        self.percent = percent
        self.since = since
        self.standby_hours = standby_hours
        self.per_text_percent = per_text_percent
        self.charging = charging
        self.is_empty: bool = percent <= 0.0
        """Whether the phone is gone; it stays so until it is charged a little."""
        self.is_on: bool = True
        """Whether the phone is switched on; one that is off takes nothing."""

    @property
    def rate_percent_per_s(self) -> float:
        """How the level changes; below 0 for a battery that drains."""
        if self.charging:
            return _FULL / (CHARGE_HOURS * 3600.0)
        if self.is_empty or not self.is_on:
            return 0.0
        return -_FULL / (self.standby_hours * 3600.0)

    def like(self, now: float) -> "Battery":
        """Another one as this was set, from now on."""
        return Battery(self.percent, now, self.standby_hours, self.per_text_percent, self.charging)

    def percent_at(self, now: float) -> float:
        """How full it is, 0 to 100."""
        passed_s = max(0.0, now - self.since)
        return min(_FULL, max(0.0, self.percent + passed_s * self.rate_percent_per_s))

    def changes_at(self) -> float | None:
        """When it will be empty, or full enough for its phone to come back; None if not so."""
        rate = self.rate_percent_per_s
        if rate < 0.0:
            return self.since + self.percent / -rate
        if rate > 0.0 and self.is_empty:
            return self.since + max(0.0, WAKES_AT_PERCENT - self.percent) / rate
        return None

    def settle(self, now: float) -> None:
        """Begin anew from the level of now, before anything else of it is changed."""
        self.percent = self.percent_at(now)
        self.since = max(self.since, now)

    def turn(self, at: float) -> None:
        """It is empty, or charged enough, as `changes_at` said."""
        self.settle(at)
        if not self.is_empty:
            # Rounding may have left a rest.
            self.percent = 0.0
        self.is_empty = not self.is_empty


class BatteryChange:
    """A phone that went without a word because its battery is empty, or that is back."""

    def __init__(self, msisdn: str, is_empty: bool, at: NetworkTime) -> None:
        self.msisdn = msisdn
        self.is_empty = is_empty
        self.at = at

    def describe(self) -> str:
        """For the trace."""
        return "battery empty" if self.is_empty else "battery charged, back"


class _Phone:
    """The battery of one phone, and which deadline of it holds."""

    def __init__(self, msisdn: str, battery: Battery) -> None:
        self.msisdn = msisdn
        self.battery = battery
        self.ticket: int = 0


class Batteries:
    """The phones of a network that have a battery; a timed object on the network clock.

    `now` never goes back between calls.
    """

    def __init__(self) -> None:
        self.is_empty: bool = True
        """Whether no phone has one: then nothing here needs to be asked."""
        self._phones: dict[str, _Phone] = {}
        self._changes: list[BatteryChange] = []
        self._deadlines: list[tuple[float, int, _Phone]] = []
        self._tickets: int = 0

    def __len__(self) -> int:
        return len(self._phones)

    # The network.

    def is_dead(self, msisdn: str) -> bool:
        """Whether a phone is gone for want of power."""
        phone = self._phones.get(msisdn)
        return phone is not None and phone.battery.is_empty

    def spend_text(self, msisdn: str, now: NetworkTime) -> None:
        """A phone took or sent a text."""
        phone = self._phones.get(msisdn)
        if phone is None or phone.battery.per_text_percent == 0.0 or phone.battery.is_empty:
            return
        battery = phone.battery
        battery.settle(now)
        battery.percent = max(0.0, battery.percent - battery.per_text_percent)
        self._plan(phone)

    def set_power(self, msisdn: str, on: bool, now: NetworkTime) -> None:
        """A phone was switched on or off: off, its battery lasts."""
        phone = self._phones.get(msisdn)
        if phone is not None:
            phone.battery.settle(now)
            phone.battery.is_on = on
            self._plan(phone)

    def next_deadline(self) -> float | None:
        """When a battery is empty or charged next, in network seconds."""
        if self._changes:
            return self._changes[0].at
        self._sweep_top()
        return self._deadlines[0][0] if self._deadlines else None

    def on_time(self, now: NetworkTime) -> list[BatteryChange]:
        """Which phones went and came back up to `now`."""
        changes = self._changes
        self._changes = []
        self._sweep_top()
        while self._deadlines and self._deadlines[0][0] <= now:
            at, _, phone = heappop(self._deadlines)
            phone.battery.turn(at)
            changes.append(BatteryChange(phone.msisdn, phone.battery.is_empty, NetworkTime(at)))
            self._plan(phone)
            self._sweep_top()
        return changes

    # Users.

    def set(self, msisdn: str, battery: Battery, now: NetworkTime) -> None:
        """Give a phone a battery in the place of any other. TooManyBatteriesError."""
        phone = self._phones.get(msisdn)
        was_empty = phone is not None and phone.battery.is_empty
        if phone is None:
            if len(self._phones) >= BATTERIES_MAX:
                raise TooManyBatteriesError(
                    f"{BATTERIES_MAX} phones have a battery already: take one away from another"
                )
            phone = _Phone(msisdn, battery)
            self._phones[msisdn] = phone
            self.is_empty = False
        else:
            battery.is_on = phone.battery.is_on
            phone.battery = battery
        # What was set before a restart went on since.
        ends_at = battery.changes_at()
        while ends_at is not None and ends_at <= now:
            battery.turn(ends_at)
            ends_at = battery.changes_at()
        battery.settle(now)
        if battery.is_empty != was_empty:
            self._changes.append(BatteryChange(msisdn, battery.is_empty, now))
        self._plan(phone)

    def take_away(self, msisdn: str, now: NetworkTime) -> None:
        """Take its battery from a phone: it has power for ever."""
        phone = self._phones.pop(msisdn, None)
        if phone is None:
            return
        phone.ticket = 0
        self.is_empty = len(self._phones) == 0
        if phone.battery.is_empty:
            self._changes.append(BatteryChange(msisdn, False, now))

    def has_room_for(self, msisdn: str) -> bool:
        """Whether the phone has a battery, or may be given one."""
        return msisdn in self._phones or len(self._phones) < BATTERIES_MAX

    def battery_of(self, msisdn: str) -> Battery | None:
        """The battery of a phone; None if it has none."""
        phone = self._phones.get(msisdn)
        return None if phone is None else phone.battery

    # Inside.

    def _plan(self, phone: _Phone) -> None:
        at = phone.battery.changes_at()
        if at is None:
            phone.ticket = 0
            return
        self._tickets += 1
        phone.ticket = self._tickets
        if len(self._deadlines) > 2 * len(self._phones) + _STALE_MAX:
            self._deadlines = [one for one in self._deadlines if one[1] == one[2].ticket]
            heapify(self._deadlines)
        heappush(self._deadlines, (at, self._tickets, phone))

    def _sweep_top(self) -> None:
        deadlines = self._deadlines
        while deadlines and deadlines[0][1] != deadlines[0][2].ticket:
            heappop(deadlines)
