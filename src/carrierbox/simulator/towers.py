"""The radio: which cell serves each phone, and what happens to one part on its way through it.

A timed object on the network clock. Waiting for a page or a channel is a fluid queue: a cell keeps
when it is free again, and nothing for each message, so that it drains by time alone.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from random import Random
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    NO_PAGING_RESPONSE_VIA_MSC,
    RESOURCE_LIMITATION,
)
from carrierbox.simulator.cells import EVERYWHERE, Cell, CellMap, NoSuchCellError, Position
from carrierbox.simulator.journeys import Journey
from carrierbox.simulator.paths import Path, is_clearly_nearer

PLACES_MAX: Final = 100_000
"""How many phones may have a position."""

PAGING_TIMEOUT_S: Final = 5.0
"""How long the switching centre waits for a phone that does not answer its pages."""
ANSWER_TIMEOUT_S: Final = 35.0
"""How long it waits for the answer to a part (TR1N, TS 24.011 §10)."""

# What became of a phone.
ATTACHED: Final = 1
HANDED_OVER: Final = 2
COVERAGE_LOST: Final = 3
COVERAGE_BACK: Final = 4
ARRIVED: Final = 5

CHANGE_NAMES: Final = {
    ATTACHED: "attached",
    HANDED_OVER: "handover",
    COVERAGE_LOST: "coverage lost",
    COVERAGE_BACK: "coverage back",
    ARRIVED: "arrived",
}

# Deadlines that no longer hold are swept out when they are this many more than those that do.
_STALE_MAX: Final = 64


class TooManyPlacesError(ValueError):
    """As many phones as can have a position have one."""


class Access:
    """What happens to one part over the radio.

    With `cause` 0 the phone has it `delay_s` after it came; if then `answer_is_lost`, the centre
    must be told an error all the same, ANSWER_TIMEOUT_S later, and tries again. Any other `cause`
    is a MAP user error with its `diagnostic`, which is due after `delay_s`, and the phone has
    nothing. `cell_id` is empty where no cell reaches it.
    """

    def __init__(
        self,
        delay_s: float,
        cause: int = 0,
        diagnostic: int = 0,
        answer_is_lost: bool = False,
        cell_id: str = "",
    ) -> None:
        self.delay_s = delay_s
        self.cause = cause
        self.diagnostic = diagnostic
        self.answer_is_lost = answer_is_lost
        self.cell_id = cell_id


_UNLIMITED: Final = Access(0.0, cell_id=EVERYWHERE)
_NO_COVERAGE: Final = Access(PAGING_TIMEOUT_S, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)


class Change:
    """What became of a phone at a time; a cell is empty for none.

    `kind` is ATTACHED (it has a place now, and a cell), HANDED_OVER, COVERAGE_LOST, COVERAGE_BACK,
    or ARRIVED at the end of its path.
    """

    def __init__(
        self, kind: int, msisdn: str, from_cell: str, to_cell: str, at: NetworkTime
    ) -> None:
        self.kind = kind
        self.msisdn = msisdn
        self.from_cell = from_cell
        self.to_cell = to_cell
        self.at = at

    def describe(self) -> str:
        """`handover from bastille to nation`."""
        words = CHANGE_NAMES[self.kind]
        if self.kind == HANDED_OVER:
            return f"{words} from {self.from_cell} to {self.to_cell}"
        if self.kind == COVERAGE_LOST:
            return f"{words}, was in {self.from_cell}"
        return f"{words} in {self.to_cell}" if self.to_cell else words


class _Place:
    """Where a phone is, and who serves it there."""

    def __init__(self, msisdn: str, position: Position) -> None:
        self.msisdn = msisdn
        self.latitude = position.latitude
        self.longitude = position.longitude
        self.cell: Cell | None = None
        self.journey: Journey | None = None


class Towers:
    """The cells of a network and the phones that have a position.

    A phone without one is in the cell `everywhere`, which has no limits; so are all while there is
    no cell. One with a position is served by the nearest cell that works and reaches it, and while
    it moves, by another one as soon as that is clearly nearer (`paths.HYSTERESIS`). `now` never
    goes back between calls. ValueError for cells that cannot stand beside each other.
    """

    def __init__(self, cells: Sequence[Cell], random: Random) -> None:
        self.is_empty: bool = len(cells) == 0
        """Whether there are no cells: then nothing here needs to be asked."""
        self.everywhere = Cell(EVERYWHERE, Position(0.0, 0.0), 1.0, "no position")
        self._map = CellMap(cells)
        self._random = random
        self._places: dict[str, _Place] = {}
        self._changes: list[Change] = []
        self._changes_at: float = 0.0
        self._deadlines: list[tuple[float, int, _Place]] = []
        self._tickets: int = 0
        self._moving: int = 0

    # The network.

    def access(self, msisdn: str, now: NetworkTime, octets: int) -> Access:
        """Take one part of so many octets to a phone that is on: page it, wait for a channel."""
        place = self._places.get(msisdn)
        if place is None or self.is_empty:
            return _UNLIMITED
        cell = place.cell
        if cell is None:
            return _NO_COVERAGE
        cell.parts += 1
        paged_at = cell.page_at(now)
        if paged_at < 0.0:
            return _refused(cell)
        if self._is_lost(cell.loss_down_percent):
            cell.lost += 1
            waited_s = paged_at - now + PAGING_TIMEOUT_S
            return Access(waited_s, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC, cell_id=cell.id)
        takes_s = cell.typical_s
        if cell.jitter_s > 0.0:
            takes_s = max(0.0, takes_s + cell.jitter_s * (2.0 * self._random.random() - 1.0))
        if cell.octets_per_s > 0.0:
            takes_s += octets / cell.octets_per_s
        begins_at = cell.channel_at(now, paged_at, takes_s)
        if begins_at < 0.0:
            return _refused(cell)
        waited_s = begins_at - now + takes_s
        if self._is_lost(cell.loss_up_percent):
            cell.lost += 1
            return Access(waited_s, answer_is_lost=True, cell_id=cell.id)
        return Access(waited_s, cell_id=cell.id)

    def next_deadline(self) -> float | None:
        """When something changes next for a phone, in network seconds."""
        if self._changes:
            return self._changes_at
        self._sweep_top()
        return self._deadlines[0][0] if self._deadlines else None

    def on_time(self, now: NetworkTime) -> list[Change]:
        """What changed for phones up to `now`, in the order in which it did."""
        changes = self._changes
        self._changes = []
        self._sweep_top()
        deadlines = self._deadlines
        while deadlines and deadlines[0][0] <= now:
            at, _, place = heappop(deadlines)
            journey = place.journey
            if journey is not None:
                self._advance(place, journey, at, changes)
            self._sweep_top()
        return changes

    # Users.

    def place(self, msisdn: str, position: Position, now: NetworkTime) -> None:
        """Put a phone somewhere; it stays there. TooManyPlacesError if too many have a place."""
        place = self._place_of(msisdn, position)
        is_new = msisdn not in self._places
        self._stop(place)
        place.latitude = position.latitude
        place.longitude = position.longitude
        self._places[msisdn] = place
        self._settle(place, is_new, now)

    def move(
        self,
        msisdn: str,
        path: Sequence[Position],
        speed_km_h: float,
        now: NetworkTime,
        started_at: float = -1.0,
    ) -> None:
        """Let a phone move along a path; it was at its first point at `started_at`, by default now.

        What would have happened between then and now is passed over. ValueError for what is no
        path, TooManyPlacesError if too many phones have a place.
        """
        way = Path(path, speed_km_h)
        place = self._place_of(msisdn, way.points[0])
        is_new = msisdn not in self._places
        self._stop(place)
        self._places[msisdn] = place
        since = now if started_at < 0.0 else started_at
        done_s = max(0.0, now - since)
        if done_s >= way.lasts_s:
            last = way.points[-1]
            place.latitude = last.latitude
            place.longitude = last.longitude
            self._settle(place, is_new, now)
            if started_at < 0.0:
                self._say(Change(ARRIVED, msisdn, "", _id_of(place.cell), now))
            return
        journey = Journey(way, since, way.leg_at(done_s), self._map)
        place.journey = journey
        self._moving += 1
        _stand(place, journey, now)
        self._settle(place, is_new, now)
        self._plan(place, journey)

    def take_away(self, msisdn: str, now: NetworkTime) -> None:
        """Take a phone's position from it: it is everywhere again."""
        place = self._places.pop(msisdn, None)
        if place is None:
            return
        self._stop(place)
        if self.is_empty:
            return
        before = place.cell
        if before is not None:
            before.phones -= 1
        kind = COVERAGE_BACK if before is None else ATTACHED
        self._say(Change(kind, msisdn, _id_of(before), EVERYWHERE, now))

    def set_outage(self, cell_id: str, on: bool, now: NetworkTime) -> None:
        """Let a cell fail, or work again: its phones look for another. NoSuchCellError."""
        cell = self.cell(cell_id)
        if cell.outage == on:
            return
        cell.outage = on
        reach = cell.radius_km * cell.radius_km
        for place in self._places.values():
            journey = place.journey
            if journey is not None:
                if not journey.reaches(cell):
                    continue
                _stand(place, journey, now)
            elif on:
                if place.cell is not cell:
                    continue
            elif cell.square_km_to(place.latitude, place.longitude) > reach:
                continue
            self._look_again(place, now)
            if journey is not None:
                self._plan(place, journey)

    # Whoever looks.

    def cells(self) -> list[Cell]:
        """Every cell, in the order in which they were given."""
        return list(self._map.by_id.values())

    def cell(self, cell_id: str) -> Cell:
        """The cell of that id. NoSuchCellError."""
        cell = self._map.by_id.get(cell_id)
        if cell is None:
            raise NoSuchCellError(
                f"there is no tower {cell_id[:64]!r}: `carrierbox tower list` shows those there are"
            )
        return cell

    def cell_of(self, msisdn: str) -> Cell | None:
        """The cell that serves a phone; None where none reaches it."""
        place = self._places.get(msisdn)
        return self.everywhere if place is None or self.is_empty else place.cell

    def position_of(self, msisdn: str, now: NetworkTime) -> Position | None:
        """Where a phone is; None if it has no position."""
        place = self._places.get(msisdn)
        if place is None:
            return None
        journey = place.journey
        if journey is None:
            return Position(place.latitude, place.longitude)
        path = journey.path
        leg = path.leg(path.leg_at(now - journey.started_at), journey.started_at)
        share = leg.share_at(now)
        return Position(leg.latitude_at(share), leg.longitude_at(share))

    def has_room_for(self, msisdn: str) -> bool:
        """Whether the phone has a position, or may be given one."""
        return msisdn in self._places or len(self._places) < PLACES_MAX

    def arrives_at(self, msisdn: str) -> float | None:
        """When a phone that moves is at the end of its path; None if it does not move."""
        place = self._places.get(msisdn)
        if place is None or place.journey is None:
            return None
        return place.journey.ends_at

    # Inside.

    def _is_lost(self, percent: float) -> bool:
        return percent > 0.0 and self._random.random() * 100.0 < percent

    def _place_of(self, msisdn: str, position: Position) -> _Place:
        place = self._places.get(msisdn)
        if place is None:
            if len(self._places) >= PLACES_MAX:
                raise TooManyPlacesError(
                    f"{PLACES_MAX} phones have a position already: take one away from another"
                )
            place = _Place(msisdn, position)
        return place

    def _stop(self, place: _Place) -> None:
        if place.journey is not None:
            place.journey = None
            self._moving -= 1

    def _settle(self, place: _Place, is_new: bool, now: NetworkTime) -> None:
        """Find the cell of a place that was given from outside."""
        if self.is_empty:
            return
        cell = self._map.nearest(place.latitude, place.longitude)
        if not is_new:
            self._serve(place, cell, now, self._changes)
        elif cell is None:
            self._say(Change(COVERAGE_LOST, place.msisdn, EVERYWHERE, "", now))
        else:
            place.cell = cell
            cell.phones += 1
            self._say(Change(ATTACHED, place.msisdn, "", cell.id, now))

    def _look_again(self, place: _Place, now: NetworkTime) -> None:
        """Look for a cell where the phone is, the serving one first."""
        cell = self._map.nearest(place.latitude, place.longitude)
        serving = place.cell
        if cell is not None and serving is not None and not serving.outage:
            square = cell.square_km_to(place.latitude, place.longitude)
            if not is_clearly_nearer(square, serving.square_km_to(place.latitude, place.longitude)):
                return
        self._serve(place, cell, now, self._changes)

    def _serve(
        self, place: _Place, cell: Cell | None, at: NetworkTime, changes: list[Change]
    ) -> None:
        before = place.cell
        if cell is before:
            return
        kind = HANDED_OVER
        if before is None:
            kind = COVERAGE_BACK
        else:
            before.phones -= 1
        if cell is None:
            kind = COVERAGE_LOST
        else:
            cell.phones += 1
        place.cell = cell
        if changes is self._changes and not changes:
            self._changes_at = at
        changes.append(Change(kind, place.msisdn, _id_of(before), _id_of(cell), at))

    def _say(self, change: Change) -> None:
        if not self._changes:
            self._changes_at = change.at
        self._changes.append(change)

    def _advance(self, place: _Place, journey: Journey, at: float, changes: list[Change]) -> None:
        """Do what was planned for a moving phone, and plan what comes next."""
        if journey.next_share < 1.0:
            journey.share = journey.next_share
            self._serve(place, journey.next_cell, NetworkTime(at), changes)
            self._plan(place, journey)
            return
        if journey.begin_next_leg(self._map):
            self._plan(place, journey)
            return
        last = journey.path.points[-1]
        place.latitude = last.latitude
        place.longitude = last.longitude
        self._stop(place)
        changes.append(Change(ARRIVED, place.msisdn, "", _id_of(place.cell), NetworkTime(at)))

    def _plan(self, place: _Place, journey: Journey) -> None:
        """Find out what happens next on the leg, and when."""
        at = journey.plan(place.cell)
        self._tickets += 1
        journey.ticket = self._tickets
        if len(self._deadlines) > 2 * self._moving + _STALE_MAX:
            self._deadlines = [one for one in self._deadlines if _holds(one[1], one[2])]
            heapify(self._deadlines)
        heappush(self._deadlines, (at, self._tickets, place))

    def _sweep_top(self) -> None:
        deadlines = self._deadlines
        while deadlines and not _holds(deadlines[0][1], deadlines[0][2]):
            heappop(deadlines)


def _stand(place: _Place, journey: Journey, now: float) -> None:
    """Bring a moving place up to now, within its leg."""
    leg = journey.leg
    share = max(journey.share, leg.share_at(now))
    journey.share = share
    place.latitude = leg.latitude_at(share)
    place.longitude = leg.longitude_at(share)


def _holds(ticket: int, place: _Place) -> bool:
    """Whether a deadline is still that of its place."""
    journey = place.journey
    return journey is not None and journey.ticket == ticket


def _refused(cell: Cell) -> Access:
    cell.refused += 1
    return Access(0.0, RESOURCE_LIMITATION, cell_id=cell.id)


def _id_of(cell: Cell | None) -> str:
    return "" if cell is None else cell.id
