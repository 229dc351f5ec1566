"""Whether the carrier lives and is ready, and what it is."""

import asyncio
from collections.abc import Mapping
from typing import Final

from litestar import get
from litestar.handlers import HTTPRouteHandler

from carrierbox import __version__, shapes
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.build_mode import build_mode
from carrierbox.links.pulse import Pulse

API_VERSION: Final = "v1"
TURN_TIMEOUT_S: Final = 1.0
NOT_RUNNING: Final = "no turn ended in time: the carrier is starting, stopping or overloaded"


def health_routes(
    pulse: Pulse, boxes: Mapping[str, Box], timeout_s: float = TURN_TIMEOUT_S
) -> list[HTTPRouteHandler]:
    """GET version, livez and readyz."""
    version = shapes.Version(version=__version__, build=build_mode(), api=API_VERSION)

    @get("/version", operation_id="version", summary="What runs here", tags=["server"])
    async def show_version() -> shapes.Version:
        return version

    @get("/livez", operation_id="livez", summary="Whether the process answers", tags=["server"])
    async def livez() -> shapes.Status:
        return shapes.Status()

    @get(
        "/readyz",
        operation_id="readyz",
        summary="Whether binds are accepted and the store works",
        tags=["server"],
        responses=errors({503: "the store of the box main failed: disk I/O error"}),
    )
    async def readyz() -> shapes.Status:
        if not await _turns_end(pulse, timeout_s):
            raise Problem(503, NOT_RUNNING)
        for name, box in boxes.items():
            if box.last_store_problem:
                raise Problem(503, f"the store of the box {name} failed: {box.last_store_problem}")
        return shapes.Status()

    return [show_version, livez, readyz]


async def _turns_end(pulse: Pulse, timeout_s: float) -> bool:
    """Whether a turn ends within `timeout_s` seconds."""
    turn = asyncio.ensure_future(pulse.after_turn())
    try:
        await asyncio.wait([turn], timeout=timeout_s)
        return turn.done() and not turn.cancelled()
    finally:
        turn.cancel()
