"""Where phones are and how full their batteries, over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import delete, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import RequestBody
from msgspec import Meta, Struct, structs

from carrierbox.api.inputs import BAD_NUMBER, NO_BOX, BoxName, PhoneNumber, chosen_box, phone_number
from carrierbox.api.phone_settings import change_phone
from carrierbox.api.phones import PHONE_PATH
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.runtime import Runtime
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.cells import Position
from carrierbox.simulator.paths import POINTS_MAX, Path
from carrierbox.simulator.phone_state import (
    BatteryState,
    PathState,
)
from carrierbox.simulator.whereabouts import battery_of
from carrierbox.smsc.centre import STORE_FAILED
from carrierbox.views import rfc3339

BAD_POSITION: Final = "latitude must be -85 to 85 degrees"
BAD_PATH: Final = "a path has 2 to 1000 points, not 1"
BAD_BATTERY: Final = "percent must be 0 to 100, not 120"
NO_ROOM: Final = "too many phones have a position: take one away from another (DELETE its position)"
NO_ROOM_FOR_BATTERY: Final = "too many phones have a battery: take one away from another"


class Place(Struct, kw_only=True, forbid_unknown_fields=True):
    """A place in degrees, north and east positive."""

    latitude: float
    longitude: float


class PathRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """The way a phone takes from now on, at one speed; one point alone goes on from where it is."""

    points: Annotated[list[Place], Meta(min_length=1, max_length=POINTS_MAX)]
    speed_km_h: float


class BatteryRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a battery shall be; what is not said stays as it is, or is as in a new one: full."""

    percent: float | None = None
    charging: bool | None = None
    standby_hours: float | None = None
    per_text_percent: float | None = None


class BatteryView(Struct, kw_only=True):
    """A battery now. The phone goes, or comes back, at `changes_at`; null: it does not."""

    percent: float
    charging: bool
    standby_hours: float
    per_text_percent: float
    empty: bool
    changes_at: str | None


class WhereaboutsView(Struct, kw_only=True):
    """Where a phone is.

    `cell` is the id of the tower that serves it, `everywhere` for a phone without a position, null
    where there is no coverage. `arrives_at` is when it is at the end of its path. Without a battery
    it has power for ever.
    """

    msisdn: str
    cell: str | None
    position: Place | None
    arrives_at: str | None
    battery: BatteryView | None


def whereabouts_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET phones/{msisdn}/whereabouts; PUT and DELETE its position and battery, PUT its path."""

    @get(
        PHONE_PATH + "/whereabouts",
        operation_id="phone_whereabouts",
        summary="Where a phone is, which tower serves it, and how full its battery is",
        tags=["phones"],
        responses=errors({400: BAD_NUMBER, 404: NO_BOX}),
    )
    async def show_whereabouts(msisdn: PhoneNumber, box: BoxName = None) -> WhereaboutsView:
        return _shown(chosen_box(boxes, box), phone_number(msisdn))

    return [
        show_whereabouts,
        *_position_routes(runtime, boxes),
        _path_route(runtime, boxes),
        *_battery_routes(runtime, boxes),
    ]


def _position_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @put(
        PHONE_PATH + "/position",
        operation_id="set_phone_position",
        summary="Put a phone somewhere; it lasts over restarts",
        tags=["phones"],
        responses=errors({400: BAD_POSITION, 404: NO_BOX, 409: NO_ROOM, 503: STORE_FAILED}),
    )
    async def set_position(
        msisdn: PhoneNumber, data: RequestBody[Place], box: BoxName = None
    ) -> WhereaboutsView:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        position = _position(data)
        _check_room(chosen, number)
        place = (position.latitude, position.longitude)
        return await _set(runtime, chosen, number, {"position": place, "path": None})

    @delete(
        PHONE_PATH + "/position",
        operation_id="reset_phone_position",
        summary="Forget where a phone was put: it is where the configuration has it, or everywhere",
        tags=["phones"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def reset_position(msisdn: PhoneNumber, box: BoxName = None) -> WhereaboutsView:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        return await _set(runtime, chosen, number, {"position": None, "path": None})

    return [set_position, reset_position]


def _path_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @put(
        PHONE_PATH + "/path",
        operation_id="set_phone_path",
        summary="Let a phone move along a path; it goes on over restarts",
        tags=["phones"],
        responses=errors({400: BAD_PATH, 404: NO_BOX, 409: NO_ROOM, 503: STORE_FAILED}),
    )
    async def set_path(
        msisdn: PhoneNumber, data: RequestBody[PathRequest], box: BoxName = None
    ) -> WhereaboutsView:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        _check_room(chosen, number)
        now = chosen.clock.now()
        points = [_position(each, f"points[{at}].") for at, each in enumerate(data.points)]
        here = chosen.network.whereabouts.towers.position_of(number, now)
        if len(points) == 1 and here is not None:
            points.insert(0, here)
        try:
            Path(points, data.speed_km_h)
        except ValueError as error:
            raise Problem(400, str(error)) from None
        path = PathState(
            points=tuple((each.latitude, each.longitude) for each in points),
            speed_km_h=data.speed_km_h,
            started_at=now,
        )
        return await _set(runtime, chosen, number, {"position": None, "path": path})

    return set_path


def _battery_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @put(
        PHONE_PATH + "/battery",
        operation_id="set_phone_battery",
        summary="Give a phone a battery, charge it, or say how full it is; it lasts over restarts",
        tags=["phones"],
        responses=errors(
            {400: BAD_BATTERY, 404: NO_BOX, 409: NO_ROOM_FOR_BATTERY, 503: STORE_FAILED}
        ),
    )
    async def set_battery(
        msisdn: PhoneNumber, data: RequestBody[BatteryRequest], box: BoxName = None
    ) -> WhereaboutsView:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        batteries = chosen.network.whereabouts.batteries
        if not batteries.has_room_for(number):
            raise Problem(409, NO_ROOM_FOR_BATTERY)
        battery = _wanted(data, batteries.battery_of(number), chosen.clock.now())
        return await _set(runtime, chosen, number, {"battery": battery})

    @delete(
        PHONE_PATH + "/battery",
        operation_id="reset_phone_battery",
        summary="Forget what was set of a battery: it is as configured, or there is none",
        tags=["phones"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def reset_battery(msisdn: PhoneNumber, box: BoxName = None) -> WhereaboutsView:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        return await _set(runtime, chosen, number, {"battery": None})

    return [set_battery, reset_battery]


async def _set(
    runtime: Runtime, box: Box, msisdn: str, fields: dict[str, object]
) -> WhereaboutsView:
    """Change fields of what is set of a phone, and wait until it is durable."""
    await change_phone(runtime, box, msisdn, lambda state: structs.replace(state, **fields))
    return _shown(box, msisdn)


def _wanted(data: BatteryRequest, now_there: Battery | None, now: float) -> BatteryState:
    old = now_there or Battery(100.0, now)
    wanted = BatteryState(
        percent=old.percent_at(now) if data.percent is None else data.percent,
        at=now,
        standby_hours=old.standby_hours if data.standby_hours is None else data.standby_hours,
        per_text_percent=(
            old.per_text_percent if data.per_text_percent is None else data.per_text_percent
        ),
        charging=old.charging if data.charging is None else data.charging,
    )
    try:
        battery_of(wanted)
    except ValueError as error:
        raise Problem(400, str(error)) from None
    return wanted


def _check_room(box: Box, msisdn: str) -> None:
    if not box.network.whereabouts.towers.has_room_for(msisdn):
        raise Problem(409, NO_ROOM)


def _position(place: Place, path: str = "") -> Position:
    try:
        return Position(place.latitude, place.longitude)
    except ValueError as error:
        raise Problem(400, f"{path}{error}") from None


def _shown(box: Box, msisdn: str) -> WhereaboutsView:
    now = box.clock.now()
    towers = box.network.whereabouts.towers
    cell = towers.cell_of(msisdn)
    position = towers.position_of(msisdn, now)
    battery = box.network.whereabouts.batteries.battery_of(msisdn)
    return WhereaboutsView(
        msisdn=f"+{msisdn}",
        cell=None if cell is None else cell.id,
        position=None
        if position is None
        else Place(latitude=round(position.latitude, 6), longitude=round(position.longitude, 6)),
        arrives_at=_time(towers.arrives_at(msisdn)),
        battery=None if battery is None else _battery_view(battery, now),
    )


def _battery_view(battery: Battery, now: float) -> BatteryView:
    return BatteryView(
        percent=round(battery.percent_at(now), 3),
        charging=battery.charging,
        standby_hours=battery.standby_hours,
        per_text_percent=battery.per_text_percent,
        empty=battery.is_empty,
        changes_at=_time(battery.changes_at()),
    )


def _time(at: float | None) -> str | None:
    return None if at is None else rfc3339(at)
