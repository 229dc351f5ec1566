"""Errors as the API tells them: a status and `{"detail": one sentence}`, whatever went wrong."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.types import ExceptionHandlersMap

from carrierbox import shapes
from carrierbox.errors import StoreError

Log: TypeAlias = Callable[[str, dict[str, object]], None]
AnyRequest: TypeAlias = Request[Any, Any, State]

NO_SUCH_PATH = "there is nothing at this path: /api/v1/openapi.json lists what there is"


class Problem(HTTPException):
    """A request that cannot be done, with the sentence that says why."""

    def __init__(self, status_code: int, detail: str) -> None:
        super().__init__(detail=detail, status_code=status_code)


def errors(examples: Mapping[int, str]) -> dict[int, ResponseSpec]:
    """What an operation's OpenAPI entry says of its errors: an example for each status."""
    return {
        status_code: ResponseSpec(
            data_container=shapes.Error,
            generate_examples=False,
            description="Why not",
            examples=[Example(summary="Why not", value={"detail": detail})],
        )
        for status_code, detail in examples.items()
    }


def exception_handlers(log: Log) -> ExceptionHandlersMap:
    """How every exception becomes an answer; one that nobody expected is told to `log`."""

    def on_bug(request: AnyRequest, error: Exception) -> Response[shapes.Error]:
        log(
            "api_failed",
            {"method": request.method, "path": request.url.path, "error": repr(error)},
        )
        return _answer(500, "the API failed at this: its log says more")

    return {
        HTTPException: _on_http_exception,
        StoreError: _on_store_error,
        Exception: on_bug,
    }


def _on_http_exception(request: AnyRequest, error: HTTPException) -> Response[shapes.Error]:
    detail = error.detail
    if isinstance(error, ValidationException):
        detail = _named_fields(error) or detail
    elif isinstance(error, NotFoundException):
        detail = NO_SUCH_PATH
    return _answer(error.status_code, detail or "the request cannot be done", error.headers)


def _on_store_error(request: AnyRequest, error: StoreError) -> Response[shapes.Error]:
    return _answer(503, str(error))


def _named_fields(error: ValidationException) -> str:
    """The fields that are wrong, each by its name."""
    found = error.extra if isinstance(error.extra, list) else []
    told = []
    for each in found:
        message = str(each.get("message", "")).replace("`", "")
        message = message[:1].lower() + message[1:]
        told.append(f"{each['key']}: {message}" if each.get("key") else message)
    return "; ".join(told)


def _answer(
    status_code: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response[shapes.Error]:
    kept = {name: value for name, value in (headers or {}).items() if name.lower() == "allow"}
    return Response(shapes.Error(detail=detail), status_code=status_code, headers=kept)
