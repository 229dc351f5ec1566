"""Errors as the API tells them: a status and `{"detail": one sentence}`, whatever went wrong."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import (
    ClientException,
    HTTPException,
    ValidationException,
)
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.types import ExceptionHandlersMap
from msgspec import UNSET, UnsetType

from carrierbox import shapes
from carrierbox.config_problems import problem_at
from carrierbox.errors import StoreError

Log: TypeAlias = Callable[[str, dict[str, object], str], None]
"""Takes the name of what happened, its fields and its level."""
AnyRequest: TypeAlias = Request[Any, Any, State]

BODY: Final = "data"
"""What litestar calls the parameter that holds the body."""
_SENTENCES: Final = {
    404: "there is nothing at this path: /api/v1/openapi.json lists what there is",
    405: "this path does not take that method: /api/v1/openapi.json lists those it takes",
    413: "the body is too large: 64 KiB are taken",
}
_HEADERS: Final = frozenset({"allow", "retry-after"})


class Problem(HTTPException):
    """A request that cannot be done, with the sentence that says why.

    `retry_after_s`: when it may be tried again, in seconds; 0: nobody knows. `refusal`: how the
    centre refused a message.
    """

    def __init__(
        self,
        status_code: int,
        detail: str,
        retry_after_s: int = 0,
        refusal: shapes.Refusal | UnsetType = UNSET,
    ) -> None:
        headers = {"Retry-After": str(retry_after_s)} if retry_after_s else None
        super().__init__(detail=detail, status_code=status_code, headers=headers)
        self.refusal = refusal


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
            "error",
        )
        return _answer(500, "the API failed at this: its log says more")

    return {
        HTTPException: _on_http_exception,
        StoreError: _on_store_error,
        Exception: on_bug,
    }


def _on_http_exception(request: AnyRequest, error: HTTPException) -> Response[shapes.Error]:
    detail = error.detail
    refusal = error.refusal if isinstance(error, Problem) else UNSET
    if isinstance(error, ValidationException):
        detail = _named_fields(error, _type_of_body(request)) or detail
    elif error.status_code in _SENTENCES and not isinstance(error, Problem):
        detail = _SENTENCES[error.status_code]
    elif isinstance(error, ClientException) and error.status_code == 400:
        # The only thing left that litestar finds wrong by itself is JSON that is none.
        detail = f"body: {_sentence(detail)}"
    detail = detail or "the request cannot be done"
    return _answer(error.status_code, detail, error.headers, refusal)


def _on_store_error(request: AnyRequest, error: StoreError) -> Response[shapes.Error]:
    return _answer(503, str(error))


def _type_of_body(request: AnyRequest) -> Any:
    """What the body of a request should have been; None if nobody asked for one."""
    body = getattr(request.route_handler, "parsed_data_field", None)
    return None if body is None else body.annotation


def _named_fields(error: ValidationException, body: Any) -> str:
    """The fields that are wrong, each by its name, those of the body with what would be right."""
    found = error.extra if isinstance(error.extra, list) else []
    told = []
    for each in found:
        key, said = each.get("key", ""), str(each.get("message", ""))
        message = _sentence(said)
        if each.get("source") == "body" and body is not None and said != repr(BODY):
            key, message = problem_at("" if key == BODY else key, said, body)
            key = key or "body"
        elif key == BODY:
            # Without a body the message is nothing but the name that was looked for.
            key, message = "body", "expected JSON" if message == repr(BODY) else message
        elif each.get("source") == "header":
            key = key.replace("_", "-")
        told.append(f"{key}: {message}" if key else message)
    return "; ".join(told)


def _sentence(message: str) -> str:
    """A message of msgspec as the end of a sentence."""
    message = message.replace("`", "").replace(" | null", "")
    return message if message.startswith("JSON") else message[:1].lower() + message[1:]


def _answer(
    status_code: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    refusal: shapes.Refusal | UnsetType = UNSET,
) -> Response[shapes.Error]:
    kept = {name: value for name, value in (headers or {}).items() if name.lower() in _HEADERS}
    told = shapes.Error(detail=detail, refusal=refusal)
    return Response(told, status_code=status_code, headers=kept)
