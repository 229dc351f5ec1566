"""What users set of a phone over HTTP, so that it lasts: memory, responders, deleted texts."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, TypeAlias

import msgspec
from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, RequestBody

from carrierbox import shapes, views
from carrierbox.api.asking import Tell, ask
from carrierbox.api.inputs import BAD_NUMBER, NO_BOX, BoxName, PhoneNumber, chosen_box, phone_number
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.config_responders import read_responders
from carrierbox.config_values import Problems
from carrierbox.relay import REFERENCE_SEGMENT_BITS
from carrierbox.runtime import Runtime
from carrierbox.simulator.deletions import MARGIN_S
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.phone_state import (
    PHONE,
    DeletedState,
    MemoryState,
    PhoneState,
    read_state,
    write_state,
)
from carrierbox.simulator.phone_texts import Text
from carrierbox.smsc.centre import STORE_FAILED
from carrierbox.smsc.ports import NumberPlan

PHONE_PATH: Final = "/phones/{msisdn:str}"
DELETED_MAX: Final = 10_000
NO_PHONE: Final = (
    "no phone has the number +33612345678 yet: send it a text, or set its power to make one"
)
NO_MEMORY: Final = (
    "the phone +33612345678 keeps its newest texts and is never full: give it a memory first"
)
NO_TEXT: Final = "there is no text 7 on the phone +33612345678"

TextNumber: TypeAlias = Annotated[int, PathParameter(description="The number of a text.", ge=1)]
Change: TypeAlias = Callable[[PhoneState], PhoneState]


async def change_phone(runtime: Runtime, box: Box, msisdn: str, change: Change) -> None:
    """Set something of a phone, and wait until it is durable; 503 if the store failed."""
    name = PHONE + msisdn

    def put_state(tell: Tell) -> None:
        state = read_state(box.centre.settings.get(name, b""))
        box.centre.set_setting(name, write_state(change(state)), tell)

    for problem in await ask(runtime, box, [put_state]):
        if problem:
            raise Problem(503, problem)


def phone_setting_routes(
    runtime: Runtime, boxes: Mapping[str, Box], plan: NumberPlan
) -> list[HTTPRouteHandler]:
    """PUT and DELETE memory, POST fill, DELETE texts, GET and PUT responders, GET threads."""
    return [
        *_memory_routes(runtime, boxes, plan),
        *_deleting_routes(runtime, boxes),
        *_responder_routes(runtime, boxes),
        _threads_route(boxes),
    ]


def _memory_routes(
    runtime: Runtime, boxes: Mapping[str, Box], plan: NumberPlan
) -> list[HTTPRouteHandler]:
    @put(
        PHONE_PATH + "/memory",
        operation_id="set_phone_memory",
        summary="Say how many short messages a phone and its SIM hold; a number gets a phone",
        tags=["phones"],
        responses=errors({400: BAD_NUMBER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def set_memory(
        msisdn: PhoneNumber, data: RequestBody[shapes.MemoryRequest], box: BoxName = None
    ) -> shapes.Phone:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        memory = MemoryState(phone=data.phone, sim=data.sim, refuses=data.when_full == "refuse")
        await change_phone(runtime, chosen, number, lambda state: _with(state, memory=memory))
        return _shown(chosen, plan, number)

    @delete(
        PHONE_PATH + "/memory",
        operation_id="unset_phone_memory",
        summary="Let a phone hold what it holds by the configuration again",
        tags=["phones"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_PHONE, 503: STORE_FAILED}),
    )
    async def unset_memory(msisdn: PhoneNumber, box: BoxName = None) -> shapes.Phone:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        _handset(chosen, number)
        await change_phone(runtime, chosen, number, lambda state: _with(state, memory=None))
        return _shown(chosen, plan, number)

    return [set_memory, unset_memory, _filling_route(runtime, boxes, plan)]


def _filling_route(
    runtime: Runtime, boxes: Mapping[str, Box], plan: NumberPlan
) -> HTTPRouteHandler:
    @post(
        PHONE_PATH + "/fill",
        operation_id="fill_phone",
        summary="Fill the memory of a phone with dummy texts, to see what happens when it is full",
        tags=["phones"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_PHONE, 409: NO_MEMORY, 503: STORE_FAILED}),
    )
    async def fill(
        msisdn: PhoneNumber, data: RequestBody[shapes.FillRequest], box: BoxName = None
    ) -> shapes.Phone:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        handset = _handset(chosen, number)
        memory, usage = handset.memory, handset.usage
        if memory is None or usage is None:
            raise Problem(
                409,
                f"the phone +{number} keeps its newest texts and is never full: "
                "give it a memory first",
            )
        room = usage.free + memory.dummies
        texts = room if data.texts is None else data.texts
        if texts > room:
            raise Problem(400, f"texts: there is room for {room} on the phone +{number}")
        filled = MemoryState(
            phone=memory.phone, sim=memory.sim, refuses=memory.refuses, dummies=texts
        )
        await change_phone(runtime, chosen, number, lambda state: _with(state, memory=filled))
        return _shown(chosen, plan, number)

    return fill


def _deleting_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @delete(
        PHONE_PATH + "/texts",
        operation_id="delete_texts",
        summary="Delete every text on a phone, and the dummies in its memory",
        tags=["phones"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_PHONE, 503: STORE_FAILED}),
    )
    async def delete_texts(msisdn: PhoneNumber, box: BoxName = None) -> shapes.TextsDeleted:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        handset = _handset(chosen, number)
        texts = _texts_on(handset)
        before = chosen.clock.now() - MARGIN_S
        # What came at the margin may be told as later after a restart: it is named, too.
        gone = [text for text in texts if text.received_at >= before - MARGIN_S]
        await change_phone(
            runtime,
            chosen,
            number,
            lambda state: _without_dummies(_deleted(state, gone, before)),
        )
        return shapes.TextsDeleted(deleted=len(texts))

    @delete(
        PHONE_PATH + "/texts/{number:int}",
        operation_id="delete_text",
        summary="Delete one text of a phone",
        tags=["phones"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_TEXT, 503: STORE_FAILED}),
    )
    async def delete_text(
        msisdn: PhoneNumber, number: TextNumber, box: BoxName = None
    ) -> shapes.TextsDeleted:
        chosen, digits = chosen_box(boxes, box), phone_number(msisdn)
        text = _handset(chosen, digits).text_numbered(number)
        if text is None:
            raise Problem(404, f"there is no text {number} on the phone +{digits}")
        gone = [text]
        await change_phone(runtime, chosen, digits, lambda state: _deleted(state, gone, 0.0))
        return shapes.TextsDeleted(deleted=1)

    return [delete_texts, delete_text]


def _responder_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @get(
        PHONE_PATH + "/responders",
        operation_id="responders",
        summary="What a phone answers by itself, in the order in which it is asked",
        tags=["phones"],
        responses=errors({400: BAD_NUMBER, 404: NO_BOX}),
    )
    async def show_responders(msisdn: PhoneNumber, box: BoxName = None) -> shapes.ResponderList:
        return _responders(chosen_box(boxes, box), phone_number(msisdn))

    @put(
        PHONE_PATH + "/responders",
        operation_id="set_responders",
        summary="Say what a phone answers by itself, in place of what it answered; a number gets "
        "a phone",
        tags=["phones"],
        responses=errors({400: "responders[0].answer: missing", 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def set_responders(
        msisdn: PhoneNumber, data: RequestBody[shapes.RespondersRequest], box: BoxName = None
    ) -> shapes.ResponderList:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        try:
            read_responders(data.responders)
        except Problems as problems:
            said = "; ".join(f"responders{path}: {text}" for path, text in problems.found)
            raise Problem(400, said) from None
        except ValueError as error:
            raise Problem(400, f"responders: {error}") from None
        written = tuple(data.responders)
        await change_phone(runtime, chosen, number, lambda state: _with(state, responders=written))
        return _responders(chosen, number)

    return [show_responders, set_responders]


def _threads_route(boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @get(
        PHONE_PATH + "/threads",
        operation_id="threads",
        summary="What a phone received and sent, by the other end",
        tags=["phones"],
        responses=errors({400: BAD_NUMBER, 404: NO_PHONE}),
    )
    async def show_threads(msisdn: PhoneNumber, box: BoxName = None) -> shapes.PhoneThreads:
        return views.phone_threads(_handset(chosen_box(boxes, box), phone_number(msisdn)))

    return show_threads


def _with(state: PhoneState, **changes: object) -> PhoneState:
    return msgspec.structs.replace(state, **changes)


def _without_dummies(state: PhoneState) -> PhoneState:
    memory = state.memory
    if memory is None:
        return state
    return _with(state, memory=msgspec.structs.replace(memory, dummies=0))


def _deleted(state: PhoneState, texts: list[Text], before: float) -> PhoneState:
    """The state once these texts, and what came before a time, are deleted as well."""
    old = state.deleted or DeletedState()
    named = dict.fromkeys(old.messages)
    named.update(dict.fromkeys(text.reference >> REFERENCE_SEGMENT_BITS for text in texts))
    messages = tuple(named)[-DELETED_MAX:]
    return _with(state, deleted=DeletedState(before=max(old.before, before), messages=messages))


def _texts_on(handset: Handset) -> list[Text]:
    flash = handset.flash
    return handset.inbox if flash is None else [*handset.inbox, flash]


def _responders(box: Box, msisdn: str) -> shapes.ResponderList:
    responders = box.network.responders
    own, of_all = responders.of_phone(msisdn), responders.of_all
    return shapes.ResponderList(
        responders=[msgspec.to_builtins(one.definition) for one in own],
        of_all_phones=[msgspec.to_builtins(one.definition) for one in of_all],
    )


def _handset(box: Box, msisdn: str) -> Handset:
    handset = box.network.phone(msisdn)
    if handset is None:
        raise Problem(
            404,
            f"no phone has the number +{msisdn} yet: send it a text, or set its power to make one",
        )
    return handset


def _shown(box: Box, plan: NumberPlan, msisdn: str) -> shapes.Phone:
    waiting = box.centre.attempts.waiting_for(msisdn)
    return views.phone_view(box.network, plan, _handset(box, msisdn), waiting)
