"""Towers over HTTP: what there is, how busy each is, and outages on command."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from litestar import get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter, RequestBody
from msgspec import Struct

from carrierbox.api.asking import Tell, ask
from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.runtime import Runtime
from carrierbox.simulator.cells import CELLS_MAX, Cell, NoSuchCellError
from carrierbox.simulator.whereabouts import TOWER
from carrierbox.smsc.centre import STORE_FAILED

LIST_DEFAULT: Final = 100
LIST_MAX: Final = 1000
NO_TOWER: Final = "there is no tower 'nation': `carrierbox tower list` shows those there are"

TowerPath = Annotated[str, PathParameter(description="The id of a tower.")]


class TowerView(Struct, kw_only=True):
    """One cell: what it is, and how it does now.

    `phones` is how many phones with a position it serves. `parts` counts those it was to carry
    since the start, of which `refused` waited too long, `lost` the pages and answers that were not
    heard. A part that came now would wait `paging_wait_s` for its page; `channels_busy` are held
    or promised. Rates and channels of 0 have no bound.
    """

    id: str
    name: str
    latitude: float
    longitude: float
    radius_km: float
    country: str
    plmn: str
    msc: str
    paging_per_s: float
    channels: int
    queue_max_s: float
    typical_s: float
    jitter_s: float
    octets_per_s: float
    loss_down_percent: float
    loss_up_percent: float
    outage: bool
    phones: int
    parts: int
    refused: int
    lost: int
    paging_wait_s: float
    channels_busy: int


class TowerList(Struct, kw_only=True):
    """Some towers in the order of the configuration, and how many there are in all."""

    towers: list[TowerView]
    total: int


class OutageRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """Whether a tower fails (`on`) or works."""

    outage: Literal["on", "off"]


def tower_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET towers and towers/{id}, PUT its outage."""

    @get(
        "/towers",
        operation_id="towers",
        summary="The towers of a box, and how busy each is",
        tags=["towers"],
        responses=errors({400: "limit: expected int <= 1000", 404: NO_BOX}),
    )
    async def list_towers(
        limit: Annotated[int, QueryParameter(ge=1, le=LIST_MAX)] = LIST_DEFAULT,
        offset: Annotated[int, QueryParameter(ge=0, le=CELLS_MAX)] = 0,
        box: BoxName = None,
    ) -> TowerList:
        chosen = chosen_box(boxes, box)
        cells = chosen.network.whereabouts.towers.cells()
        now = chosen.clock.now()
        page = cells[offset : offset + limit]
        return TowerList(towers=[_view(cell, now) for cell in page], total=len(cells))

    @get(
        "/towers/{tower:str}",
        operation_id="tower",
        summary="One tower, and how busy it is",
        tags=["towers"],
        responses=errors({400: "box: expected str", 404: NO_TOWER}),
    )
    async def show_tower(tower: TowerPath, box: BoxName = None) -> TowerView:
        chosen = chosen_box(boxes, box)
        return _view(_cell(chosen, tower), chosen.clock.now())

    return [list_towers, show_tower, _outage_route(runtime, boxes)]


def _outage_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @put(
        "/towers/{tower:str}/outage",
        operation_id="set_tower_outage",
        summary="Let a tower fail, or work again; it lasts over restarts",
        tags=["towers"],
        responses=errors(
            {400: "outage: Invalid enum value 'yes'", 404: NO_TOWER, 503: STORE_FAILED}
        ),
    )
    async def set_outage(
        tower: TowerPath, data: RequestBody[OutageRequest], box: BoxName = None
    ) -> TowerView:
        chosen = chosen_box(boxes, box)
        cell = _cell(chosen, tower)
        value = chosen.network.whereabouts.value_of_outage(cell.id, data.outage == "on")

        def switch(tell: Tell) -> None:
            chosen.centre.set_setting(TOWER + cell.id, value, tell)

        for problem in await ask(runtime, chosen, [switch]):
            if problem:
                raise Problem(503, problem)
        return _view(cell, chosen.clock.now())

    return set_outage


def _cell(box: Box, cell_id: str) -> Cell:
    try:
        return box.network.whereabouts.towers.cell(cell_id)
    except NoSuchCellError as error:
        raise Problem(404, str(error)) from None


def _view(cell: Cell, now: float) -> TowerView:
    return TowerView(
        id=cell.id,
        name=cell.name,
        latitude=cell.position.latitude,
        longitude=cell.position.longitude,
        radius_km=cell.radius_km,
        country=cell.country,
        plmn=cell.plmn,
        msc=cell.msc,
        paging_per_s=cell.paging_per_s,
        channels=cell.channels,
        queue_max_s=cell.queue_max_s,
        typical_s=cell.typical_s,
        jitter_s=cell.jitter_s,
        octets_per_s=cell.octets_per_s,
        loss_down_percent=cell.loss_down_percent,
        loss_up_percent=cell.loss_up_percent,
        outage=cell.outage,
        phones=cell.phones,
        parts=cell.parts,
        refused=cell.refused,
        lost=cell.lost,
        paging_wait_s=round(cell.paging_wait_s(now), 3),
        channels_busy=cell.channels_busy(now),
    )
