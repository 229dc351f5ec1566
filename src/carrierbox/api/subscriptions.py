"""What the register knows of a subscriber, over HTTP: where a phone roams, what is barred, …"""

from collections.abc import Mapping

import msgspec
from litestar import delete, get, patch
from litestar.handlers import HTTPRouteHandler
from litestar.params import RequestBody

from carrierbox import shapes
from carrierbox.api.inputs import BAD_NUMBER, NO_BOX, BoxName, PhoneNumber, chosen_box, phone_number
from carrierbox.api.phone_settings import change_phone
from carrierbox.api.phones import PHONE_PATH
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.runtime import Runtime
from carrierbox.simulator.phone_state import (
    PHONE,
    Subscription,
    check_subscription,
    read_state,
)
from carrierbox.smsc.centre import STORE_FAILED

PATH = PHONE_PATH + "/subscription"


def subscription_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET, PATCH and DELETE the subscription of a phone."""

    @get(
        PATH,
        operation_id="subscription",
        summary="What the register knows of a subscriber",
        tags=["phones"],
        responses=errors({400: BAD_NUMBER, 404: NO_BOX}),
    )
    async def show(msisdn: PhoneNumber, box: BoxName = None) -> shapes.Subscription:
        return _shown(chosen_box(boxes, box), phone_number(msisdn))

    @patch(
        PATH,
        operation_id="set_subscription",
        summary="Change what the register knows of a subscriber; what is not named stays",
        tags=["phones"],
        responses=errors(
            {
                400: "visited_country: must be two capital letters of ISO 3166-1, not 'india'",
                404: NO_BOX,
                503: STORE_FAILED,
            }
        ),
    )
    async def change(
        msisdn: PhoneNumber, data: RequestBody[shapes.SubscriptionChange], box: BoxName = None
    ) -> shapes.Subscription:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        changes = {
            name: value
            for name in data.__struct_fields__
            if (value := getattr(data, name)) is not msgspec.UNSET
        }
        new = msgspec.structs.replace(_kept(chosen, number), **changes)
        problem = check_subscription(new)
        if problem:
            raise Problem(400, problem)
        await _set(runtime, chosen, number, new)
        return _shown(chosen, number)

    @delete(
        PATH,
        operation_id="reset_subscription",
        summary="Let the register know nothing of a subscriber but the number",
        tags=["phones"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def reset(msisdn: PhoneNumber, box: BoxName = None) -> shapes.Subscription:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        await _set(runtime, chosen, number, Subscription())
        return _shown(chosen, number)

    return [show, change, reset]


def _kept(box: Box, msisdn: str) -> Subscription:
    state = read_state(box.centre.settings.get(PHONE + msisdn, b""))
    return state.subscription or Subscription()


def _shown(box: Box, msisdn: str) -> shapes.Subscription:
    return shapes.Subscription(**msgspec.structs.asdict(_kept(box, msisdn)))


async def _set(runtime: Runtime, box: Box, msisdn: str, subscription: Subscription) -> None:
    kept = None if subscription == Subscription() else subscription
    await change_phone(
        runtime, box, msisdn, lambda state: msgspec.structs.replace(state, subscription=kept)
    )
