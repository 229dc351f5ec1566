"""How the phones of each box are reached that are reached over a broker."""

from collections.abc import Callable
from typing import TypeAlias

from litestar import get
from litestar.handlers import HTTPRouteHandler

from carrierbox import shapes

RadioSource: TypeAlias = Callable[[], list[shapes.RadioState]]
"""Gives the state of every radio."""


def radio_routes(source: RadioSource | None) -> list[HTTPRouteHandler]:
    """GET radio."""

    @get(
        "/radio",
        operation_id="radio",
        summary="The brokers over which phones are reached; none where all are in the process",
        tags=["server"],
    )
    async def show_radio() -> shapes.Radios:
        return shapes.Radios(radios=[] if source is None else source())

    return [show_radio]
