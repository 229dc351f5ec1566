"""Faults over HTTP: what there is, and faults that come and go while the carrier runs."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, RequestBody
from msgspec import Meta, Struct

from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.config_conditions import RuleError
from carrierbox.config_faults import FaultDefinition, FaultMatch, FaultOutcome, compile_fault
from carrierbox.faults import FAULTS_MAX, Fault

BAD_FAULT: Final = "when.operation: deliver_sm cannot be: command_status goes with what clients ask"
BAD_BOX: Final = "box: expected str"
NO_FAULT: Final = "there is no fault named 'lost answers'"
TAKEN: Final = "there is a fault named 'lost answers': choose another name"

FaultPath = Annotated[str, PathParameter(description="The name of a fault.")]


class FaultView(Struct, kw_only=True, omit_defaults=True):
    """One fault, how many PDUs it struck, and whether the configuration has it."""

    name: str
    when: FaultMatch
    then: FaultOutcome
    matched: int
    configured: bool


class FaultList(Struct, kw_only=True):
    """The faults in the order in which they are asked."""

    faults: list[FaultView]


class FaultsRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """All faults there shall be."""

    faults: Annotated[list[FaultDefinition], Meta(max_length=FAULTS_MAX)]


def fault_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET, POST, PUT and DELETE faults, DELETE faults/{name}."""
    return [*_putting_routes(boxes), *_deleting_routes(boxes)]


def _putting_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @get(
        "/faults",
        operation_id="faults",
        summary="The faults of a box in their order, and how often each struck",
        tags=["faults"],
        responses=errors({400: BAD_BOX, 404: NO_BOX}),
    )
    async def list_faults(box: BoxName = None) -> FaultList:
        return _shown(chosen_box(boxes, box))

    @post(
        "/faults",
        operation_id="add_fault",
        summary="Add a fault behind the others that were added; it is gone when the process ends",
        tags=["faults"],
        responses=errors({400: BAD_FAULT, 404: NO_BOX, 409: TAKEN}),
    )
    async def add_fault(data: RequestBody[FaultDefinition], box: BoxName = None) -> FaultList:
        chosen = chosen_box(boxes, box)
        try:
            chosen.faults.add(_compiled(data, ""))
        except ValueError as error:
            raise Problem(409, str(error)) from None
        return _shown(chosen)

    @put(
        "/faults",
        operation_id="put_faults",
        summary="Put faults in the place of all there are, also of those configured",
        tags=["faults"],
        responses=errors({400: BAD_FAULT, 404: NO_BOX, 409: TAKEN}),
    )
    async def put_faults(data: RequestBody[FaultsRequest], box: BoxName = None) -> FaultList:
        chosen = chosen_box(boxes, box)
        faults = [_compiled(each, f"faults[{n}].") for n, each in enumerate(data.faults)]
        try:
            chosen.faults.put(faults)
        except ValueError as error:
            raise Problem(409, str(error)) from None
        return _shown(chosen)

    return [list_faults, add_fault, put_faults]


def _deleting_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @delete(
        "/faults",
        operation_id="delete_faults",
        summary="Remove all faults; those of the configuration come back with the next start",
        tags=["faults"],
        status_code=200,
        responses=errors({400: BAD_BOX, 404: NO_BOX}),
    )
    async def delete_faults(box: BoxName = None) -> FaultList:
        chosen = chosen_box(boxes, box)
        chosen.faults.put([])
        return _shown(chosen)

    @delete(
        "/faults/{name:str}",
        operation_id="delete_fault",
        summary="Remove one fault",
        tags=["faults"],
        status_code=200,
        responses=errors({400: BAD_BOX, 404: NO_FAULT}),
    )
    async def delete_fault(name: FaultPath, box: BoxName = None) -> FaultList:
        chosen = chosen_box(boxes, box)
        if not chosen.faults.remove(name):
            raise Problem(404, f"there is no fault named {name[:64]!r}")
        return _shown(chosen)

    return [delete_faults, delete_fault]


def _compiled(definition: FaultDefinition, path: str) -> Fault:
    try:
        return compile_fault(definition)
    except RuleError as error:
        raise Problem(400, f"{path}{error}") from None


def _shown(box: Box) -> FaultList:
    return FaultList(faults=[_view(fault) for fault in box.faults.in_order])


def _view(fault: Fault) -> FaultView:
    definition = fault.definition
    assert isinstance(definition, FaultDefinition)
    return FaultView(
        name=fault.name,
        when=definition.when,
        then=definition.then,
        matched=fault.matched,
        configured=fault.is_configured,
    )
