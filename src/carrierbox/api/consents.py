"""Consents over HTTP: who agreed to get texts of whom, recorded, imported, forgotten."""

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, PathParameter, QueryParameter, RequestBody

from carrierbox.api.asking import Question, Tell, ask
from carrierbox.api.inputs import BAD_NUMBER, NO_BOX, BoxName, PhoneNumber, chosen_box, phone_number
from carrierbox.api.problems import Problem, errors
from carrierbox.api.senders import set_setting
from carrierbox.box import Box
from carrierbox.clock import NetworkTime
from carrierbox.config_conditions import RuleError
from carrierbox.config_senders import ConsentDefinition, consent_of, time_of
from carrierbox.register_views import (
    RECORDS_MAX,
    ConsentImport,
    ConsentList,
    ConsentRequest,
    ConsentView,
    Imported,
    consent_view,
)
from carrierbox.runtime import Runtime
from carrierbox.simulator.policy.consent import (
    SOURCES,
    STATES,
    ConsentRecord,
    consent_name,
    sender_key,
)
from carrierbox.smsc.centre import STORE_FAILED

LIST_DEFAULT: Final = 100
BAD_SENDER: Final = "sender: expected str with length <= 20"
BAD_CONSENT: Final = "consents[3].recipient: 'abc' is no phone number: write it as +15550100123"

SenderPath: TypeAlias = Annotated[
    str,
    PathParameter(
        description="A name, a short code, a number with or without +, or @group.", max_length=101
    ),
]


def consent_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET and POST consent; GET, PUT and DELETE that of a sender and a phone."""
    return [_listing_route(boxes), *_pair_routes(runtime, boxes), _importing_route(runtime, boxes)]


def _listing_route(boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @get(
        "/consent",
        operation_id="consents",
        summary="Who agreed to get texts of whom, in the order of the first record of each phone",
        tags=["consent"],
        responses=errors({400: "state: 'maybe' is no state of consent", 404: NO_BOX}),
    )
    async def list_consents(
        sender: FromQuery[str | None] = None,
        recipient: FromQuery[str | None] = None,
        in_state: Annotated[str | None, QueryParameter(name="state")] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=RECORDS_MAX)] = LIST_DEFAULT,
        after: Annotated[int, QueryParameter(ge=-1, le=2**40)] = -1,
        box: BoxName = None,
    ) -> ConsentList:
        register = chosen_box(boxes, box).registers.consents
        key = "" if sender is None else sender_key(sender)
        wanted = -1 if in_state is None else _state(in_state)
        if recipient is not None:
            found = [
                each
                for each in register.of_phone(phone_number(recipient))
                if key in ("", each.sender) and wanted in (-1, each.state)
            ]
            go_on = -1
        else:
            found, go_on = register.page(after, limit, key, wanted)
        return ConsentList(
            consents=[consent_view(each) for each in found],
            total=register.pairs,
            next=None if go_on < 0 else go_on,
        )

    return list_consents


def _pair_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    path = "/consent/{sender:str}/{msisdn:str}"

    @get(
        path,
        operation_id="consent",
        summary="How a phone stands to a sender",
        tags=["consent"],
        responses=errors({400: BAD_NUMBER, 404: NO_BOX}),
    )
    async def show(sender: SenderPath, msisdn: PhoneNumber, box: BoxName = None) -> ConsentView:
        return _shown(chosen_box(boxes, box), sender, phone_number(msisdn))

    @put(
        path,
        operation_id="record_consent",
        summary="Record how a phone stands to a sender; double opt-in asks the phone of a form",
        tags=["consent"],
        responses=errors({400: BAD_NUMBER, 404: NO_BOX, 409: "…is full", 503: STORE_FAILED}),
    )
    async def record(
        sender: SenderPath,
        msisdn: PhoneNumber,
        data: RequestBody[ConsentRequest],
        box: BoxName = None,
    ) -> ConsentView:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        definition = ConsentDefinition(
            sender=sender, recipient=number, state=data.state, source=data.source, at=data.at
        )
        await _record(runtime, chosen, [_recording(chosen, definition, "")])
        return _shown(chosen, sender, number)

    @delete(
        path,
        operation_id="delete_consent",
        summary="Forget what is known of a phone and a sender",
        tags=["consent"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def forget(sender: SenderPath, msisdn: PhoneNumber, box: BoxName = None) -> ConsentView:
        chosen, number = chosen_box(boxes, box), phone_number(msisdn)
        name = consent_name(_key_of_pair(chosen, sender, number), number)
        await set_setting(runtime, chosen, name, b"")
        return _shown(chosen, sender, number)

    return [show, record, forget]


def _importing_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @post(
        "/consent",
        operation_id="import_consents",
        summary="Record many consents; one that is wrong, and none is recorded",
        tags=["consent"],
        status_code=200,
        responses=errors({400: BAD_CONSENT, 404: NO_BOX, 409: "…is full", 503: STORE_FAILED}),
    )
    async def import_consents(data: RequestBody[ConsentImport], box: BoxName = None) -> Imported:
        chosen = chosen_box(boxes, box)
        questions = [
            _recording(chosen, each, f"consents[{number}].")
            for number, each in enumerate(data.consents)
        ]
        await _record(runtime, chosen, questions)
        return Imported(recorded=len(questions))

    return import_consents


def _recording(box: Box, definition: ConsentDefinition, path: str) -> Question:
    """What to ask of the centre for one consent; 400 if it cannot be."""
    try:
        declared = consent_of(definition)
        at = time_of(definition.at) if definition.at else NetworkTime(0.0)
    except RuleError as error:
        raise Problem(400, f"{path}{error}") from None
    state, source = STATES.index(definition.state), SOURCES.index(definition.source)

    def put_consent(tell: Tell) -> None:
        when = at or box.clock.now()
        sender = definition.sender
        answer = box.registers.recorded(sender, declared.msisdn, state, source, when)
        box.centre.act(answer, declared.msisdn, tell)

    return put_consent


async def _record(runtime: Runtime, box: Box, questions: list[Question]) -> None:
    for problem in await ask(runtime, box, questions):
        if problem:
            raise Problem(503 if problem == STORE_FAILED else 409, problem)


def _shown(box: Box, sender: str, msisdn: str) -> ConsentView:
    key = _key_of_pair(box, sender, msisdn)
    changes = box.registers.consents.changes_of(key, msisdn)
    return consent_view(ConsentRecord(key, msisdn, changes))


def _key_of_pair(box: Box, sender: str, msisdn: str) -> str:
    return box.registers.consent_key_of(sender, msisdn)


def _state(name: str) -> int:
    if name not in STATES:
        raise Problem(400, f"state: {name[:40]!r} is no state of consent: use {', '.join(STATES)}")
    return STATES.index(name)
