"""Phones over HTTP: what they show, their power, and what they send."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, RequestBody

from carrierbox import shapes, views
from carrierbox.api.asking import Question, Tell, ask
from carrierbox.api.inputs import (
    BAD_NUMBER,
    NO_BOX,
    BoxName,
    PhoneNumber,
    chosen_box,
    dialled_address,
    phone_number,
)
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.codecs.national_language import languages_named
from carrierbox.errors import CodecError
from carrierbox.relay import (
    DELIVERY_ACKNOWLEDGEMENT,
    NO_RESPONSE_CODE,
    USER_ACKNOWLEDGEMENT,
    RpMoData,
    SmeAcknowledgement,
)
from carrierbox.runtime import Runtime
from carrierbox.simulator.network import NotAskedError, PhoneOffError
from carrierbox.smsc.centre import STORE_FAILED, MessageCentre
from carrierbox.smsc.ports import NumberPlan

LIST_DEFAULT: Final = 100
LIST_MAX: Final = 1000
OFFSET_MAX: Final = 2**53

_ASKED: Final = {
    "none": 0,
    "delivery": 1 << DELIVERY_ACKNOWLEDGEMENT,
    "user": 1 << USER_ACKNOWLEDGEMENT,
    "both": 1 << DELIVERY_ACKNOWLEDGEMENT | 1 << USER_ACKNOWLEDGEMENT,
}

PHONE_PATH: Final = "/phones/{msisdn:str}"


def phone_routes(
    runtime: Runtime, boxes: Mapping[str, Box], plan: NumberPlan
) -> list[HTTPRouteHandler]:
    """GET phones and phones/{msisdn}, PUT its power, POST a message from it."""
    return [*_showing_routes(boxes, plan), *_steering_routes(runtime, boxes, plan)]


def _showing_routes(boxes: Mapping[str, Box], plan: NumberPlan) -> list[HTTPRouteHandler]:
    @get(
        "/phones",
        operation_id="phones",
        summary="The phones of a box in the order of their first contact, without their texts",
        tags=["phones"],
        responses=errors({400: "limit: expected int <= 1000", 404: NO_BOX}),
    )
    async def list_phones(
        limit: Annotated[int, QueryParameter(ge=1, le=LIST_MAX)] = LIST_DEFAULT,
        offset: Annotated[int, QueryParameter(ge=0, le=OFFSET_MAX)] = 0,
        box: BoxName = None,
    ) -> shapes.PhoneList:
        chosen = chosen_box(boxes, box)
        phones = chosen.network.phones()
        page = phones[offset : offset + limit]
        waiting_for = chosen.centre.attempts.waiting_for
        return shapes.PhoneList(
            phones=[
                views.phone_summary(chosen.network, plan, handset, waiting_for(handset.msisdn))
                for handset in page
            ],
            total=len(phones),
        )

    @get(
        PHONE_PATH,
        operation_id="phone",
        summary="One phone and the texts on its screen",
        tags=["phones"],
        responses=errors({400: BAD_NUMBER, 404: _no_phone("33612345678")}),
    )
    async def show_phone(msisdn: PhoneNumber, box: BoxName = None) -> shapes.Phone:
        return _shown(chosen_box(boxes, box), plan, phone_number(msisdn))

    return [list_phones, show_phone]


def _steering_routes(
    runtime: Runtime, boxes: Mapping[str, Box], plan: NumberPlan
) -> list[HTTPRouteHandler]:
    @put(
        PHONE_PATH + "/power",
        operation_id="set_phone_power",
        summary="Switch a phone on or off; a number without a phone gets one",
        tags=["phones"],
        responses=errors({400: BAD_NUMBER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def set_power(
        msisdn: PhoneNumber, data: RequestBody[shapes.PowerRequest], box: BoxName = None
    ) -> shapes.Phone:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)

        def switch(tell: Tell) -> None:
            chosen.centre.set_phone_power(number, data.power == "on", tell)

        for problem in await ask(runtime, chosen, [switch]):
            if problem:
                raise Problem(503, problem)
        return _shown(chosen, plan, number)

    @post(
        PHONE_PATH + "/messages",
        operation_id="send_from_phone",
        summary="Send a text from a phone; a number without a phone gets one",
        tags=["phones"],
        status_code=202,
        responses=errors(
            {
                400: "to: 'ACME' cannot be dialled: give a number with its +, or a short code",
                404: NO_BOX,
                409: "the phone +33612345678 is switched off and cannot send: switch it on first",
                503: STORE_FAILED,
            }
        ),
    )
    async def send_text(
        msisdn: PhoneNumber, data: RequestBody[shapes.TextRequest], box: BoxName = None
    ) -> shapes.PartsSent:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        parts = _written(chosen, number, data)
        centre = chosen.centre
        for problem in await ask(runtime, chosen, [_submission(centre, part) for part in parts]):
            if problem:
                raise Problem(503 if problem == STORE_FAILED else 409, problem)
        return shapes.PartsSent(parts=len(parts))

    return [set_power, send_text, _acknowledging_route(runtime, boxes)]


def _acknowledging_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @post(
        PHONE_PATH + "/acknowledgements",
        operation_id="acknowledge",
        summary="Let the user of a phone acknowledge a text that asks for it",
        tags=["phones"],
        status_code=202,
        responses=errors(
            {
                400: BAD_NUMBER,
                404: NO_BOX,
                409: "there is no text 7 on the phone +33612345678",
                503: STORE_FAILED,
            }
        ),
    )
    async def acknowledge(
        msisdn: PhoneNumber, data: RequestBody[shapes.AcknowledgementRequest], box: BoxName = None
    ) -> shapes.AcknowledgementSent:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        code = NO_RESPONSE_CODE if data.user_response_code is None else data.user_response_code
        try:
            text, elements = chosen.network.user_acknowledgement(number, data.number or 0, code)
        except (PhoneOffError, NotAskedError) as error:
            raise Problem(409, str(error)) from None
        questions = [_acknowledgement(chosen.centre, element) for element in elements]
        for problem in await ask(runtime, chosen, questions):
            if problem:
                raise Problem(503 if problem == STORE_FAILED else 409, problem)
        text.is_acknowledged = True
        return shapes.AcknowledgementSent(number=text.number)

    return acknowledge


def _written(box: Box, msisdn: str, data: shapes.TextRequest) -> list[RpMoData]:
    """The parts of a text that was written on a phone."""
    try:
        languages = languages_named(data.languages)
    except CodecError as error:
        raise Problem(400, f"languages: {error}") from None
    try:
        return box.network.mobile_originated(
            msisdn, dialled_address(data.to), data.text, _ASKED[data.ask], languages
        )
    except PhoneOffError as error:
        raise Problem(409, str(error)) from None
    except CodecError as error:
        raise Problem(400, f"text: {error}") from None


def _submission(centre: MessageCentre, part: RpMoData) -> Question:
    return lambda tell: centre.submit_from_phone(part, tell)


def _acknowledgement(centre: MessageCentre, element: SmeAcknowledgement) -> Question:
    return lambda tell: centre.acknowledge(element, tell)


def _no_phone(msisdn: str) -> str:
    return (
        f"no phone has the number +{msisdn} yet: send it a text, "
        "or set its power to make one (PUT its power)"
    )


def _shown(box: Box, plan: NumberPlan, msisdn: str) -> shapes.Phone:
    handset = box.network.phone(msisdn)
    if handset is None:
        raise Problem(404, _no_phone(msisdn))
    waiting = box.centre.attempts.waiting_for(msisdn)
    return views.phone_view(box.network, plan, handset, waiting)
