"""Phones over HTTP: what they show, their power, and what they send."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, RequestBody

from carrierbox import identifiers, shapes, views
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
from carrierbox.simulator.network import CannotSendError, NotAskedError
from carrierbox.simulator.phone_texts import Text
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
    """GET phones and phones/{msisdn}, PUT its power, POST a message or a reply from it."""
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
        register = chosen.network.hlr
        found = [register.peek(each) for each in register.page(offset, limit)]
        page = [subscriber.handset for subscriber in found if subscriber is not None]
        waiting_for = chosen.centre.attempts.waiting_for
        return shapes.PhoneList(
            phones=[
                views.phone_summary(chosen.network, plan, handset, waiting_for(handset.msisdn))
                for handset in page
            ],
            total=len(register),
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
        await _submit(runtime, chosen, parts)
        return shapes.PartsSent(parts=len(parts))

    replying = _replying_route(runtime, boxes)
    return [set_power, send_text, replying, _acknowledging_route(runtime, boxes)]


def _replying_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @post(
        PHONE_PATH + "/replies",
        operation_id="reply",
        summary="Answer a text on a phone: the newest that can be answered, or that of a number",
        tags=["phones"],
        status_code=202,
        responses=errors(
            {
                400: BAD_NUMBER,
                404: NO_BOX,
                409: "text 7 on the phone +33612345678 is from ACME, who cannot be dialled",
                503: STORE_FAILED,
            }
        ),
    )
    async def reply(
        msisdn: PhoneNumber, data: RequestBody[shapes.ReplyRequest], box: BoxName = None
    ) -> shapes.ReplySent:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        text = _text_to_answer(chosen, number, data.number)
        to = text.sender
        request = shapes.TextRequest(to=to, text=data.text, report=data.report)
        parts = _written(chosen, number, request)
        await _submit(runtime, chosen, parts)
        return shapes.ReplySent(to=to, number=text.number, parts=len(parts))

    return reply


def _text_to_answer(box: Box, msisdn: str, number: int | None) -> Text:
    """The text of that number, or the newest whose sender can be dialled; 409 if there is none."""
    handset = box.network.phone(msisdn)
    if handset is None:
        raise Problem(404, _no_phone(msisdn))
    if number is None:
        flash = handset.flash
        for text in [*([] if flash is None else [flash]), *reversed(handset.inbox)]:
            if identifiers.dialled_address(text.sender) is not None:
                return text
        raise Problem(409, f"there is no text on the phone +{msisdn} that can be answered")
    found = handset.text_numbered(number)
    if found is None:
        raise Problem(409, f"there is no text {number} on the phone +{msisdn}")
    if identifiers.dialled_address(found.sender) is None:
        raise Problem(
            409,
            f"text {number} on the phone +{msisdn} is from {found.sender[:20]}, "
            "who cannot be dialled",
        )
    return found


async def _submit(runtime: Runtime, box: Box, parts: list[RpMoData]) -> None:
    """Pass what a phone wrote to the centre, and wait until it is durable or refused."""
    for problem in await ask(runtime, box, [_submission(box.centre, part) for part in parts]):
        if problem:
            raise Problem(503 if problem == STORE_FAILED else 409, problem)


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
        except (CannotSendError, NotAskedError) as error:
            raise Problem(409, str(error)) from None
        questions = [_acknowledgement(chosen.centre, element) for element in elements]
        for problem in await ask(runtime, chosen, questions):
            if problem:
                raise Problem(503 if problem == STORE_FAILED else 409, problem)
        # The phone may have been put away and taken out again since.
        shown = chosen.network.contact(number).text_numbered(text.number)
        if shown is not None:
            shown.is_acknowledged = True
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
            msisdn,
            dialled_address(data.to),
            data.text,
            _ASKED[data.ask],
            languages,
            box.clock.now(),
            data.report,
        )
    except CannotSendError as error:
        raise Problem(409, str(error)) from None
    except CodecError as error:
        raise Problem(400, f"text: {error}") from None


def _submission(centre: MessageCentre, part: RpMoData) -> Question:
    return lambda tell: centre.submit_from_phone(part, tell)


def _acknowledgement(centre: MessageCentre, element: SmeAcknowledgement) -> Question:
    return lambda tell: centre.acknowledge(element, tell)


def _no_phone(msisdn: str) -> str:
    return f"no phone has the number +{msisdn} yet: send it a text, or switch one on"


def _shown(box: Box, plan: NumberPlan, msisdn: str) -> shapes.Phone:
    handset = box.network.phone(msisdn)
    if handset is None:
        raise Problem(404, _no_phone(msisdn))
    waiting = box.centre.attempts.waiting_for(msisdn)
    return views.phone_view(box.network, plan, handset, waiting)
