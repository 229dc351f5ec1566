"""Messages over HTTP: a list with filters, and one with the events of its way."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Final

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from carrierbox import shapes, views
from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box, message_state
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.smsc.lookup import Lookup
from carrierbox.smsc.messages import Message
from carrierbox.trace import Trace

LIST_DEFAULT: Final = 100
LIST_MAX: Final = 1000
OFFSET_MAX: Final = 2**53
NAMES_TOLD: Final = 10
SLICE: Final = 2000
"""How many messages are looked at before everybody else on the loop has a turn."""


def message_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET messages and messages/{id}."""

    @get(
        "/messages",
        operation_id="messages",
        summary="The messages of a box, the newest first",
        tags=["messages"],
        responses=errors({400: "limit: expected int <= 1000", 404: NO_BOX}),
    )
    async def list_messages(
        limit: Annotated[int, QueryParameter(ge=1, le=LIST_MAX)] = LIST_DEFAULT,
        offset: Annotated[int, QueryParameter(ge=0, le=OFFSET_MAX)] = 0,
        to: Annotated[str, QueryParameter(description="destination_addr, or a number")] = "",
        source: Annotated[str, QueryParameter(name="from", description="source_addr")] = "",
        system_id: FromQuery[str] = "",
        state_name: Annotated[
            str, QueryParameter(name="state", description="The name of a message_state")
        ] = "",
        box: BoxName = None,
    ) -> shapes.MessageList:
        wanted = views.MessageFilter(
            to.strip(), source.strip(), system_id, message_state(state_name) if state_name else None
        )
        centre = chosen_box(boxes, box).centre
        found = centre.registry.oldest_first()
        if not wanted.is_open:
            found = await _matching(found, wanted)
        last = len(found) - offset
        page = found[max(last - limit, 0) : max(last, 0)]
        page.reverse()
        return shapes.MessageList(
            messages=[views.message_view(message, centre.accounts.dialect_of) for message in page],
            total=len(found),
        )

    @get(
        "/messages/{message_id:str}",
        operation_id="message",
        summary="One message, and what happened to it on its way",
        tags=["messages"],
        responses=errors({400: _several("42", ["shop", "bank"]), 404: _no_message("0000000042")}),
    )
    async def show_message(
        message_id: FromPath[str],
        system_id: Annotated[
            str, QueryParameter(description="Whose message, if several accounts have such an id")
        ] = "",
        box: BoxName = None,
    ) -> shapes.MessageWithEvents:
        chosen = chosen_box(boxes, box)
        message = _find(chosen.centre.lookup, message_id, system_id)
        events = await _events_of(chosen.trace, message.message_id)
        view = views.message_view(message, chosen.centre.accounts.dialect_of)
        return views.with_events(view, events)

    return [list_messages, show_message]


def _find(lookup: Lookup, message_id: str, system_id: str) -> Message:
    """The one message that is called so; 404 for none, 400 if accounts share the id."""
    if system_id:
        message = lookup.of_account(message_id, system_id)
        found = [] if message is None else [message]
    else:
        found = lookup.anywhere(message_id)
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


async def _matching(messages: list[Message], wanted: views.MessageFilter) -> list[Message]:
    found: list[Message] = []
    for start in range(0, len(messages), SLICE):
        found += filter(wanted.matches, messages[start : start + SLICE])
        await asyncio.sleep(0)
    return found


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
