"""Accounts over HTTP: calling an ESME so that it binds."""

from collections.abc import Mapping
from typing import Final

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from carrierbox import shapes
from carrierbox.api.asking import Tell, ask
from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.runtime import Runtime
from carrierbox.smsc.centre import STORE_FAILED

NO_OUTBIND: Final = "the account 'demo' has no outbind: its configuration says where to call"


def account_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """POST accounts/{system_id}/outbind."""

    @post(
        "/accounts/{system_id:str}/outbind",
        operation_id="outbind",
        summary="Connect to an account's ESME and ask it to bind; the events tell what comes of it",
        tags=["accounts"],
        status_code=202,
        responses=errors(
            {400: "box: expected str", 404: NO_BOX, 409: NO_OUTBIND, 503: STORE_FAILED}
        ),
    )
    async def outbind(system_id: FromPath[str], box: BoxName = None) -> shapes.OutbindCall:
        chosen = chosen_box(boxes, box)
        outbinds = chosen.centre.outbinds

        def request(tell: Tell) -> None:
            outbinds.request(system_id[:64], tell)

        for problem in await ask(runtime, chosen, [request]):
            if problem:
                raise Problem(503 if problem == STORE_FAILED else 409, problem)
        settings = outbinds.settings_of(system_id)
        return shapes.OutbindCall(system_id=system_id, to="" if settings is None else settings.to)

    return [outbind]
