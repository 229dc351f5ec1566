"""The event stream: server-sent events of everything that happens in a box."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from carrierbox import shapes
from carrierbox.api.event_feed import EventFeed, EventReader, TooManyReadersError
from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box

EVENT_STREAM: Final = "text/event-stream"
NUMBER_MAX: Final = 2**63 - 1
TOO_MANY: Final = "1000 event streams are open already: close one, or try later"
GREETING: Final = b": events follow\n\n"
"""Tells a client that it is connected, and proxies between to let go of the header."""


def event_routes(feed: EventFeed, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET events."""

    @get(
        "/events",
        operation_id="events",
        summary="What happens, as server-sent events: those after a number, or those to come",
        description=(
            "Each event has its number as `id`, its kind as `event` and as `data` an Event. "
            "Numbers have no gaps: a client that was slow sees by them what it missed."
        ),
        tags=["events"],
        media_type=EVENT_STREAM,
        responses={
            200: ResponseSpec(
                data_container=shapes.Event,
                generate_examples=False,
                description="Events without end; `data` of each is this",
                media_type=EVENT_STREAM,
            ),
            **errors({400: "since: expected int >= 0", 404: NO_BOX, 503: TOO_MANY}),
        },
    )
    async def follow_events(
        since: Annotated[int | None, QueryParameter(ge=0, le=NUMBER_MAX)] = None,
        last_event_id: Annotated[
            int | None,
            HeaderParameter(
                name="Last-Event-ID",
                ge=0,
                le=NUMBER_MAX,
                description="Goes before `since`: what a browser sends when it connects again.",
            ),
        ] = None,
        box: BoxName = None,
    ) -> Stream:
        chosen = chosen_box(boxes, box)
        after = since if last_event_id is None else last_event_id
        try:
            reader = feed.open(chosen.trace, after, chosen.centre.accounts.dialect_of)
        except TooManyReadersError as error:
            raise Problem(503, str(error)) from None
        return Stream(
            _stream(feed, reader),
            media_type=EVENT_STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return [follow_events]


async def _stream(feed: EventFeed, reader: EventReader) -> AsyncIterator[bytes]:
    try:
        yield GREETING
        while octets := await feed.read(reader):
            yield octets
    finally:
        feed.close(reader)
