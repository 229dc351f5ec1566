"""Keeps web pages of other sites away from a server that trusts whoever can reach it.

A page that a browser got elsewhere may point its own host name at this machine (DNS rebinding), so
only names that such a page cannot have are answered; and what changes something must come as JSON,
which a browser sends to another site only if that site allows it: this one never does.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Final

from litestar.types import ASGIApp, Receive, Scope, Send

from carrierbox.api.problems import Problem

_CHANGING: Final = frozenset({"POST", "PUT", "PATCH"})


def host_guard(names: Iterable[str] = ()) -> Callable[[ASGIApp], ASGIApp]:
    """A middleware that answers under IP addresses, names without a dot and `names`.

    Others get 403: a page from elsewhere has a name with a dot, while localhost, and the name of a
    container among its neighbours, have none. A body that is not JSON gets 415.
    """
    allowed = frozenset(name.lower().rstrip(".") for name in names)

    def middleware(app: ASGIApp) -> ASGIApp:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            _check(str(scope.get("method", "")), scope["headers"], allowed)
            await app(scope, receive, send)

        return guarded

    return middleware


def _check(method: str, headers: Iterable[tuple[bytes, bytes]], allowed: frozenset[str]) -> None:
    content_type = b""
    for name, value in headers:
        if name == b"host":
            host = host_of(value.decode("latin-1"))
            if not _is_near(host) and host not in allowed:
                raise Problem(
                    403,
                    f"this server does not answer as {host[:80]!r}: use its IP address, localhost, "
                    "or the name it listens on",
                )
        elif name == b"content-type":
            content_type = value.partition(b";")[0].strip().lower()
    if method in _CHANGING and content_type != b"application/json":
        raise Problem(415, "send the body as JSON, with the header Content-Type: application/json")


def host_of(header: str) -> str:
    """The host of a Host header, without its port and the brackets of IPv6 (RFC 9110 §7.2)."""
    value = header.strip().lower()
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0].rstrip(".")


def _is_near(host: str) -> bool:
    """Whether a page from elsewhere cannot have this name."""
    if host and "." not in host:
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
