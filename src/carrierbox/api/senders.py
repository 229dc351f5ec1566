"""Senders over HTTP: how each is registered, and who is suspended."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, TypeAlias

from litestar import delete, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter, RequestBody

from carrierbox.api.asking import Tell, ask
from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.config_conditions import RuleError
from carrierbox.config_senders import SenderRequest
from carrierbox.register_views import (
    AccountView,
    RegistrationRequest,
    SenderList,
    SenderView,
    SuspensionRequest,
    account_suspended,
    account_view,
    registered,
    sender_view,
    with_registration,
)
from carrierbox.runtime import Runtime
from carrierbox.simulator.policy.consent import sender_key
from carrierbox.simulator.sender_state import ACCOUNT, sender_name
from carrierbox.smsc.centre import STORE_FAILED

LIST_DEFAULT: Final = 100
LIST_MAX: Final = 1000
NO_SENDER: Final = "there is no sender 28282 in US: register it first"
BAD_SENDER: Final = "sender: A name has at most 11 characters, this one 13."
NOT_SUSPENDED: Final = "the account 'demo' is not suspended"

SenderPath: TypeAlias = Annotated[
    str, PathParameter(description="A name, a short code, or a number with or without +.")
]
SystemId: TypeAlias = Annotated[str, PathParameter(description="The system_id of an account.")]
CountryName: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        name="country",
        pattern="^[A-Z]{2}$",
        description="Two capital letters; without it, what holds in every country.",
    ),
]


def sender_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET senders, GET, PUT and DELETE one, PUT its registration, suspend accounts."""
    return [
        *_showing_routes(boxes),
        *_registering_routes(runtime, boxes),
        _forgetting_route(runtime, boxes),
        *_account_routes(runtime, boxes),
    ]


async def set_setting(runtime: Runtime, box: Box, name: str, value: bytes) -> None:
    """Set something that lasts, and wait until it is durable; 503 if the store failed."""

    def put_setting(tell: Tell) -> None:
        box.centre.set_setting(name, value, tell)

    for problem in await ask(runtime, box, [put_setting]):
        if problem:
            raise Problem(503, problem)


async def _set_as_said(runtime: Runtime, box: Box, read: Callable[[], tuple[str, bytes]]) -> None:
    """Set what `read` makes of a request; 400 if that cannot be."""
    try:
        name, value = read()
    except RuleError as error:
        raise Problem(400, str(error)) from None
    await set_setting(runtime, box, name, value)


def _showing_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @get(
        "/senders",
        operation_id="senders",
        summary="The registered senders of a box by country and name, and who is suspended",
        tags=["senders"],
        responses=errors({400: "limit: expected int <= 1000", 404: NO_BOX}),
    )
    async def list_senders(
        limit: Annotated[int, QueryParameter(ge=1, le=LIST_MAX)] = LIST_DEFAULT,
        offset: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
        box: BoxName = None,
    ) -> SenderList:
        chosen = chosen_box(boxes, box)
        registrations = chosen.registers.registrations
        found = registrations.all()
        return SenderList(
            senders=[sender_view(chosen, each) for each in found[offset : offset + limit]],
            suspended_accounts=[account_view(each) for each in registrations.accounts()],
            total=len(found),
        )

    @get(
        "/senders/{sender:str}",
        operation_id="sender",
        summary="One sender in a country, or what holds for it in every country",
        tags=["senders"],
        responses=errors({400: "country: expected str", 404: NO_SENDER}),
    )
    async def show_sender(
        sender: SenderPath, country: CountryName = None, box: BoxName = None
    ) -> SenderView:
        return _shown(chosen_box(boxes, box), sender, country or "")

    return [list_senders, show_sender]


def _registering_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @put(
        "/senders/{sender:str}",
        operation_id="put_sender",
        summary="Register a sender in a country, or in all of them, in place of what it was",
        tags=["senders"],
        responses=errors({400: BAD_SENDER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def put_sender(
        sender: SenderPath,
        data: RequestBody[SenderRequest],
        country: CountryName = None,
        box: BoxName = None,
    ) -> SenderView:
        chosen = chosen_box(boxes, box)
        await _set_as_said(runtime, chosen, lambda: registered(chosen, sender, country or "", data))
        return _shown(chosen, sender, country or "")

    @put(
        "/senders/{sender:str}/registration",
        operation_id="put_registration",
        summary="Change the registration of a sender alone; one that is new gets an entry",
        tags=["senders"],
        responses=errors({400: BAD_SENDER, 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def put_registration(
        sender: SenderPath,
        data: RequestBody[RegistrationRequest],
        country: CountryName = None,
        box: BoxName = None,
    ) -> SenderView:
        chosen = chosen_box(boxes, box)
        await _set_as_said(
            runtime, chosen, lambda: with_registration(chosen, sender, country or "", data)
        )
        return _shown(chosen, sender, country or "")

    return [put_sender, put_registration]


def _forgetting_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @delete(
        "/senders/{sender:str}",
        operation_id="delete_sender",
        summary="Forget a sender in a country; one of the configuration is as it says again",
        tags=["senders"],
        status_code=200,
        responses=errors({400: "country: expected str", 404: NO_SENDER, 503: STORE_FAILED}),
    )
    async def delete_sender(
        sender: SenderPath, country: CountryName = None, box: BoxName = None
    ) -> SenderList:
        chosen = chosen_box(boxes, box)
        _shown(chosen, sender, country or "")
        name = sender_name(country or "", sender_key(sender))
        await set_setting(runtime, chosen, name, b"")
        left = chosen.registers.registrations.exactly(sender, country or "")
        return SenderList(
            senders=[] if left is None else [sender_view(chosen, left)],
            suspended_accounts=[],
            total=0 if left is None else 1,
        )

    return delete_sender


def _account_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @put(
        "/accounts/{system_id:str}/suspension",
        operation_id="suspend_account",
        summary="Refuse whatever an account submits, for a time or for good",
        tags=["accounts"],
        responses=errors({400: "suspended_for: must be …", 404: NO_BOX, 503: STORE_FAILED}),
    )
    async def suspend(
        system_id: SystemId, data: RequestBody[SuspensionRequest], box: BoxName = None
    ) -> AccountView:
        chosen = chosen_box(boxes, box)
        await _set_as_said(runtime, chosen, lambda: account_suspended(chosen, system_id[:64], data))
        return _suspended(chosen, system_id[:64])

    @delete(
        "/accounts/{system_id:str}/suspension",
        operation_id="resume_account",
        summary="Let a suspended account submit again",
        tags=["accounts"],
        status_code=200,
        responses=errors({400: "box: expected str", 404: NOT_SUSPENDED, 503: STORE_FAILED}),
    )
    async def resume(system_id: SystemId, box: BoxName = None) -> AccountView:
        chosen = chosen_box(boxes, box)
        before = _suspended(chosen, system_id[:64])
        await set_setting(runtime, chosen, ACCOUNT + system_id[:64], b"")
        return before

    return [suspend, resume]


def _shown(box: Box, sender: str, country: str) -> SenderView:
    entry = box.registers.registrations.exactly(sender, country)
    if entry is None:
        where = f" in {country}" if country else " for every country"
        remedy = "register it first" if country else "register it first, or say in which country"
        raise Problem(404, f"there is no sender {sender[:20]}{where}: {remedy}")
    return sender_view(box, entry)


def _suspended(box: Box, system_id: str) -> AccountView:
    account = box.registers.registrations.account(system_id)
    if account is None:
        raise Problem(404, f"the account {system_id!r} is not suspended")
    return account_view(account)
