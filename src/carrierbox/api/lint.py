"""What the linter found on the links of the running carrier."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from litestar import get
from litestar.handlers import HTTPRouteHandler

from carrierbox import shapes
from carrierbox.api.problems import Problem, errors

LintSource: TypeAlias = Callable[[], Awaitable[shapes.LintReport | None]]
"""Gives what was found up to now, None if nobody looks."""

NOT_LINTING: Final = "nobody watches the clients: start the carrier with --lint"


def lint_routes(source: LintSource | None) -> list[HTTPRouteHandler]:
    """GET lint."""

    @get(
        "/lint",
        operation_id="lint",
        summary="What SMPP clients do wrong, by account",
        tags=["server"],
        responses=errors({409: NOT_LINTING}),
    )
    async def show_lint() -> shapes.LintReport:
        report = await source() if source is not None else None
        if report is None:
            raise Problem(409, NOT_LINTING)
        return report

    return [show_lint]
