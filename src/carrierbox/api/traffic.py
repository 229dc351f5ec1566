"""The PDUs that pass on the links of the running carrier, as lines of JSON without end."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Final, Protocol, TypeAlias

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from carrierbox import shapes
from carrierbox.api.problems import Problem, errors
from carrierbox.clock import link_now
from carrierbox.live_traffic import READERS_MAX, TrafficReader

LINES: Final = "application/x-ndjson"
SECONDS_MAX: Final = 86_400
NOT_WATCHING: Final = "nobody can listen in on the links of this carrier"
TOO_MANY: Final = f"{READERS_MAX} read along already: close one, or try later"


class Watching(Protocol):
    """Who listens in: `observing.Watch`."""

    async def open_reader(self) -> TrafficReader | None:
        """Somebody reads along from now on; None where too many do."""
        ...

    def close_reader(self, reader: TrafficReader) -> None:
        """It reads no more."""
        ...


TrafficSource: TypeAlias = Callable[[], Watching]


def traffic_routes(source: TrafficSource | None) -> list[HTTPRouteHandler]:
    """GET traffic."""

    @get(
        "/traffic",
        operation_id="traffic",
        summary="The PDUs of all sessions as they pass, one object a line",
        description=(
            "From now on, for so many `seconds`, or until the client goes. Passwords are "
            "asterisks. An empty line comes in each second of silence; an object with `missed` "
            "says how many PDUs a slow reader did not get."
        ),
        tags=["server"],
        media_type=LINES,
        responses={
            200: ResponseSpec(
                data_container=shapes.TrafficPdu,
                generate_examples=False,
                description="Lines without end; each is this",
                media_type=LINES,
            ),
            **errors({400: "seconds: expected int >= 1", 409: NOT_WATCHING, 503: TOO_MANY}),
        },
    )
    async def follow_traffic(
        seconds: Annotated[int | None, QueryParameter(ge=1, le=SECONDS_MAX)] = None,
    ) -> Stream:
        if source is None:
            raise Problem(409, NOT_WATCHING)
        watch = source()
        reader = await watch.open_reader()
        if reader is None:
            raise Problem(503, TOO_MANY)
        return Stream(
            _lines(watch, reader, seconds),
            media_type=LINES,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return [follow_traffic]


async def _lines(
    watch: Watching, reader: TrafficReader, seconds: int | None
) -> AsyncIterator[bytes]:
    ends_at = None if seconds is None else link_now() + seconds
    try:
        yield b"\n"
        while octets := await reader.read():
            yield octets
            if ends_at is not None and link_now() >= ends_at:
                break
    finally:
        watch.close_reader(reader)
