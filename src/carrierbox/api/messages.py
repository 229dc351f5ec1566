"""Messages over HTTP: a list with filters, and one with the events of its way."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Annotated, Any, Final, TypeVar

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from carrierbox import shapes, views
from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box, message_state, network_time
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.message_search import Page, find_messages, search_messages, store_asker
from carrierbox.runtime import Runtime
from carrierbox.smsc.messages import Message
from carrierbox.smsc.ports import NEVER
from carrierbox.trace import Trace

LIST_DEFAULT: Final = 100
LIST_MAX: Final = 1000
OFFSET_MAX: Final = 2**53
ID_MAX: Final = 2**63 - 1
NAMES_TOLD: Final = 10
SEARCH_S: Final = 10.0
"""A search that takes longer answers with what it found."""
ANSWER_S: Final = 30.0
"""So long the store may take for one step."""
_STORE_FAILED: Final = "the store cannot be read: the disk failed"
TOO_FAR: Final = "offset: too many messages to pass over: go on with `before` instead"

Found = TypeVar("Found")


def message_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET messages and messages/{id}."""
    return [_list_route(runtime, boxes), _message_route(runtime, boxes)]


def _list_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @get(
        "/messages",
        operation_id="messages",
        summary="The messages of a box, the newest first",
        tags=["messages"],
        responses=errors({400: "limit: expected int <= 1000", 404: NO_BOX, 503: _STORE_FAILED}),
    )
    async def list_messages(
        limit: Annotated[int, QueryParameter(ge=1, le=LIST_MAX)] = LIST_DEFAULT,
        offset: Annotated[int, QueryParameter(ge=0, le=OFFSET_MAX)] = 0,
        before: Annotated[
            int | None, QueryParameter(ge=1, le=ID_MAX, description="`next` of the page before")
        ] = None,
        to: Annotated[str, QueryParameter(description="destination_addr, or a number")] = "",
        source: Annotated[str, QueryParameter(name="from", description="source_addr")] = "",
        system_id: FromQuery[str] = "",
        state_name: Annotated[
            str, QueryParameter(name="state", description="The name of a message_state")
        ] = "",
        text: Annotated[str, QueryParameter(description="A piece of the text")] = "",
        since: Annotated[
            str, QueryParameter(description="Accepted, or ended if it did, at this time or later")
        ] = "",
        until: Annotated[str, QueryParameter(description="The same, before this time")] = "",
        box: BoxName = None,
    ) -> shapes.MessageList:
        wanted = views.MessageFilter(
            to.strip(),
            source.strip(),
            system_id,
            message_state(state_name) if state_name else None,
            text,
            network_time("since", since) if since else 0.0,
            network_time("until", until) if until else NEVER,
        )
        chosen = chosen_box(boxes, box)
        page = await _of_store(
            search_messages(
                store_asker(runtime, chosen),
                chosen,
                wanted,
                limit,
                offset=offset,
                before_id=before or 0,
                time_limit_s=SEARCH_S,
            )
        )
        if page.is_cut and offset and not page.messages:
            raise Problem(400, TOO_FAR)
        return _listed(page, chosen)

    return list_messages


def _listed(page: Page, box: Box) -> shapes.MessageList:
    centre = box.centre
    return shapes.MessageList(
        messages=[
            views.message_view(message, centre.accounts.dialect_of, centre.err_words)
            for message in page.messages
        ],
        total=page.total,
        next=str(page.before_id) if page.before_id else None,
    )


def _message_route(runtime: Runtime, boxes: Mapping[str, Box]) -> HTTPRouteHandler:
    @get(
        "/messages/{message_id:str}",
        operation_id="message",
        summary="One message, and what happened to it on its way",
        tags=["messages"],
        responses=errors(
            {
                400: _several("42", ["shop", "bank"]),
                404: _no_message("0000000042"),
                503: _STORE_FAILED,
            }
        ),
    )
    async def show_message(
        message_id: FromPath[str],
        system_id: Annotated[
            str, QueryParameter(description="Whose message, if several accounts have such an id")
        ] = "",
        box: BoxName = None,
    ) -> shapes.MessageWithEvents:
        chosen = chosen_box(boxes, box)
        found = await _of_store(
            find_messages(store_asker(runtime, chosen), chosen, message_id, system_id)
        )
        message = _only(found, message_id)
        events = await _events_of(chosen.trace, message.message_id)
        centre = chosen.centre
        view = views.message_view(message, centre.accounts.dialect_of, centre.err_words)
        return views.with_events(view, events)

    return show_message


async def _of_store(asking: Coroutine[Any, Any, Found]) -> Found:
    """What memory and the store say; 503 if that takes too long."""
    try:
        async with asyncio.timeout(ANSWER_S + SEARCH_S):
            return await asking
    except TimeoutError:
        raise Problem(503, f"the store has not answered within {ANSWER_S:g} s") from None


def _only(found: list[Message], message_id: str) -> Message:
    """The one message that is called so; 404 for none, 400 if accounts share the id."""
    if not found:
        raise Problem(404, _no_message(message_id[:40]))
    if len(found) > 1:
        raise Problem(400, _several(message_id[:40], [one.system_id for one in found]))
    return found[0]


def _several(message_id: str, names: list[str]) -> str:
    told = ", ".join(sorted(names)[:NAMES_TOLD]) + (", ..." if len(names) > NAMES_TOLD else "")
    return f"several accounts have a message {message_id}: add system_id, one of {told}"


def _no_message(message_id: str) -> str:
    return f"there is no message {message_id}: it was never accepted here, or it is forgotten"


async def _events_of(trace: Trace, message_id: int) -> list[shapes.MessageEvent]:
    """Everything up to now; what is added meanwhile is for the next one who asks."""
    newest = trace.newest
    position = 0
    found: list[shapes.MessageEvent] = []
    while position < newest:
        position, events = views.message_events_page(trace, message_id, position)
        found += events
        await asyncio.sleep(0)
    return found
