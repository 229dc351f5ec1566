"""Where phones are and how full their batteries, as configuration and users set it.

A timed object on the network clock: towers and batteries together, for whoever keeps settings.
"""

from random import Random
from typing import Final, TypeAlias

from carrierbox.clock import NetworkTime
from carrierbox.simulator.battery import Batteries, Battery, BatteryChange
from carrierbox.simulator.cells import NoSuchCellError, Position
from carrierbox.simulator.phone_state import BatteryState, PhoneState
from carrierbox.simulator.towers import Change, Towers

TOWER: Final = "tower/"
"""What the name of a setting of a cell begins with; its id follows."""
OUTAGE: Final = b"outage"
"""The value of such a setting for a cell that was made to fail."""
WORKS: Final = b"works"
"""The same for one that was made to work, whatever the configuration says."""

AnyChange: TypeAlias = Change | BatteryChange

_NOTHING_SET: Final = PhoneState()


class Whereabouts:
    """Towers and batteries of one network, and what was last set of each phone there.

    Without towers every phone is covered everywhere.
    """

    def __init__(self, towers: Towers | None = None) -> None:
        self.towers: Towers = Towers([], Random(0)) if towers is None else towers
        self.batteries = Batteries()
        self._set: dict[str, PhoneState] = {}
        self._positions: dict[str, Position] = {}
        self._batteries: dict[str, Battery] = {}
        self._outages: dict[str, bool] = {cell.id: cell.outage for cell in self.towers.cells()}

    def declare(
        self,
        msisdn: str,
        position: Position | None,
        battery: Battery | None,
        now: NetworkTime,
    ) -> None:
        """What the configuration says of a phone: so it is where nothing was set.

        ValueError if too many phones have a position or a battery.
        """
        if position is not None:
            self._positions[msisdn] = position
            self.towers.place(msisdn, position, now)
        if battery is not None:
            self._batteries[msisdn] = battery
            self.batteries.set(msisdn, battery.like(now), now)

    def apply(self, msisdn: str, state: PhoneState, now: NetworkTime) -> bool:
        """Take in what was set of a phone; False if some of it cannot be, and was left out.

        What is as it was before goes on undisturbed.
        """
        before = self._set.get(msisdn, _NOTHING_SET)
        if state.position is None and state.path is None and state.battery is None:
            self._set.pop(msisdn, None)
        else:
            self._set[msisdn] = state
        try:
            if state.position != before.position or state.path != before.path:
                self._put(msisdn, state, now)
            if state.battery != before.battery:
                self._charge(msisdn, state.battery, now)
        except ValueError:
            return False
        return True

    def apply_outage(self, cell_id: str, value: bytes, now: NetworkTime) -> None:
        """Take in what was set of a cell: OUTAGE, WORKS, or as configured for no octets.

        A cell that is no longer configured is left out.
        """
        try:
            is_out = value == OUTAGE if value else self._outages.get(cell_id, False)
            self.towers.set_outage(cell_id, is_out, now)
        except NoSuchCellError:
            return

    def value_of_outage(self, cell_id: str, on: bool) -> bytes:
        """The value of the setting that makes a cell fail or work: no octets if so configured."""
        if self._outages.get(cell_id, False) == on:
            return b""
        return OUTAGE if on else WORKS

    def next_deadline(self) -> float | None:
        """When something changes next, in network seconds."""
        towers = self.towers.next_deadline()
        batteries = self.batteries.next_deadline()
        if towers is None or (batteries is not None and batteries < towers):
            return batteries
        return towers

    def on_time(self, now: NetworkTime) -> list[AnyChange]:
        """What changed up to `now`, in the order in which it did."""
        changes: list[AnyChange] = []
        changes.extend(self.towers.on_time(now))
        moved = len(changes)
        changes.extend(self.batteries.on_time(now))
        if 0 < moved < len(changes):
            changes.sort(key=_time_of)
        return changes

    def _put(self, msisdn: str, state: PhoneState, now: NetworkTime) -> None:
        path = state.path
        if path is not None:
            points = [Position(latitude, longitude) for latitude, longitude in path.points]
            self.towers.move(msisdn, points, path.speed_km_h, now, path.started_at)
        elif state.position is not None:
            latitude, longitude = state.position
            self.towers.place(msisdn, Position(latitude, longitude), now)
        elif msisdn in self._positions:
            self.towers.place(msisdn, self._positions[msisdn], now)
        else:
            self.towers.take_away(msisdn, now)

    def _charge(self, msisdn: str, state: BatteryState | None, now: NetworkTime) -> None:
        if state is not None:
            self.batteries.set(msisdn, battery_of(state), now)
        elif msisdn in self._batteries:
            self.batteries.set(msisdn, self._batteries[msisdn].like(now), now)
        else:
            self.batteries.take_away(msisdn, now)


def battery_of(state: BatteryState) -> Battery:
    """The battery that was set. ValueError for one that cannot be."""
    return Battery(
        state.percent, state.at, state.standby_hours, state.per_text_percent, state.charging
    )


def _time_of(change: AnyChange) -> float:
    return change.at
