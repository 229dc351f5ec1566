"""The client of a running carrier's HTTP API, for the commands that look at it and steer it."""

import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from carrierbox.errors import CarrierboxError
from carrierbox.terminal import printable

DEFAULT_URL: Final = "http://127.0.0.1:8775"
ANSWER_MAX_OCTETS: Final = 64 * 1024 * 1024
TIMEOUT_S: Final = 10.0
PROBLEM_CHARACTERS: Final = 300

BAD_REQUEST: Final = 400
SERVER_ERRORS: Final = 500


class CarrierUnreachableError(CarrierboxError):
    """Nothing that answers like a carrier is at the URL."""


class RequestRefusedError(CarrierboxError):
    """The carrier answered and said no.

    `status` is that of HTTP, `document` all that the carrier said, {} for what is no JSON.
    """

    def __init__(self, status: int, problem: str, document: dict[str, Any] | None = None) -> None:
        super().__init__(problem)
        self.status = status
        self.document: dict[str, Any] = {} if document is None else document


class CarrierApi:
    """The API of the carrier at `url`. Raises CarrierUnreachableError and RequestRefusedError."""

    def __init__(self, url: str = DEFAULT_URL, timeout_s: float = TIMEOUT_S) -> None:
        self.url = url.rstrip("/")
        self._timeout_s = timeout_s
        try:
            parts = urlsplit(self.url)
            host, scheme = parts.hostname or "", parts.scheme
            _ = parts.port
        except ValueError:
            host = scheme = ""
        if scheme not in ("http", "https") or not host:
            raise CarrierUnreachableError(
                f"{printable(url)!r} is no address of a carrier: give one such as {DEFAULT_URL}"
            )
        handlers: list[urllib.request.BaseHandler] = []
        if host in ("localhost", "::1") or host.startswith("127."):
            # A proxy for the outside world cannot reach what listens on this machine.
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, *segments: str, **query: str | int) -> dict[str, Any]:
        """The object at a path below /api/v1."""
        return self._request("GET", segments, query, None)

    def put(self, *segments: str, body: dict[str, Any], **query: str | int) -> dict[str, Any]:
        """The answer to a PUT of a JSON object."""
        return self._request("PUT", segments, query, body)

    def post(self, *segments: str, body: dict[str, Any], **query: str | int) -> dict[str, Any]:
        """The answer to a POST of a JSON object."""
        return self._request("POST", segments, query, body)

    def patch(self, *segments: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a PATCH with a JSON object."""
        return self._request("PATCH", segments, {}, body)

    def delete(self, *segments: str, **query: str | int) -> dict[str, Any]:
        """The answer to a DELETE."""
        return self._request("DELETE", segments, query, None)

    def events(self, since: int, until: int) -> list[dict[str, Any]]:
        """The events after the number `since`, up to the number `until`, which must exist.

        An event stream has no end of its own: it is left when `until` was read.
        """
        url = f"{self.url}/api/v1/events?{urlencode({'since': since})}"
        found: list[dict[str, Any]] = []
        if until <= since:
            return found
        with self._open(urllib.request.Request(url)) as response:
            while line := response.readline(ANSWER_MAX_OCTETS):
                if line.startswith(b"data:"):
                    event = self._parsed(line[len(b"data:") :])
                    number = event.get("number", until)
                    if number <= until:
                        found.append(event)
                    if number >= until:
                        break
        return found

    def lines(
        self, on_open: Callable[[], None], *segments: str, **query: str | int
    ) -> Iterator[dict[str, Any]]:
        """The objects of an answer that has one on each line, as they come; its end is theirs.

        `on_open` is called when the answer begins.
        """
        with self._open(urllib.request.Request(self._address(segments, query))) as response:
            on_open()
            while line := response.readline(ANSWER_MAX_OCTETS):
                if line.strip():
                    yield self._parsed(line)

    def _request(
        self,
        method: str,
        segments: tuple[str, ...],
        query: dict[str, str | int],
        body: dict[str, Any] | None,
    ) -> dict[str, Any]:
        request = urllib.request.Request(self._address(segments, query), method=method)
        request.add_header("Accept", "application/json")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with self._open(request) as response:
            return self._object_of(response)

    def _address(self, segments: tuple[str, ...], query: dict[str, str | int]) -> str:
        path = "/".join(quote(segment, safe="") for segment in segments)
        return f"{self.url}/api/v1/{path}" + (f"?{urlencode(query)}" if query else "")

    @contextlib.contextmanager
    def _open(self, request: urllib.request.Request) -> Iterator[HTTPResponse]:
        """An answer to be read; what goes wrong in between, too, is told as one of two errors."""
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                yield response
        except urllib.error.HTTPError as error:
            with error:
                document = _document_of(error)
                problem = _problem_of(error, document)
                raise RequestRefusedError(error.code, problem, document) from None
        except (OSError, HTTPException, UnicodeError) as error:
            reason = getattr(error, "reason", None) or error
            raise CarrierUnreachableError(
                f"no carrier answers at {self.url} ({reason}): start one with `carrierbox serve`, "
                "or name another with --url"
            ) from None

    def _object_of(self, response: HTTPResponse) -> dict[str, Any]:
        octets = response.read(ANSWER_MAX_OCTETS + 1)
        return self._parsed(octets if len(octets) <= ANSWER_MAX_OCTETS else b"")

    def _parsed(self, octets: bytes) -> dict[str, Any]:
        try:
            found = json.loads(octets)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise CarrierUnreachableError(
                f"what answers at {self.url} is no carrierbox: name its address with --url"
            )
        return found


def _document_of(error: urllib.error.HTTPError) -> dict[str, Any]:
    """The object that came with an error."""
    try:
        found = json.loads(error.read(ANSWER_MAX_OCTETS))
    except (OSError, HTTPException, ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _problem_of(error: urllib.error.HTTPError, document: dict[str, Any]) -> str:
    """The sentence the carrier gives, or the status if there is none."""
    detail = document.get("detail", "")
    if isinstance(detail, str) and detail:
        return printable(detail[:PROBLEM_CHARACTERS])
    return f"the carrier answered {error.code} {printable(str(error.reason))}".rstrip()
