"""The client of the HTTP API, against a server that plays a carrier."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from carrierbox.api_client import CarrierApi, CarrierUnreachableError, RequestRefusedError


class Played:
    """A carrier that answers one thing and remembers what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b"{}"
        self.asked: list[tuple[str, str, Any]] = []
        self.url = ""


@pytest.fixture
def played() -> Iterator[Played]:
    carrier = Played()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            carrier.asked.append((self.command, self.path, body))
            self.send_response(carrier.status)
            self.end_headers()
            self.wfile.write(carrier.body)

        do_GET = do_PUT = do_POST = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    carrier.url = f"http://127.0.0.1:{server.server_port}"
    yield carrier
    server.shutdown()
    thread.join()
    server.server_close()


def test_requests_go_below_api_v1_with_everything_quoted(played: Played) -> None:
    """A number with its plus sign and a slash stay one segment."""
    api = CarrierApi(played.url + "/")
    played.body = b'{"a": 1}'
    assert api.get("phones", "+33/1", limit=5) == {"a": 1}
    assert api.put("phones", "+1", "power", body={"power": "on"}) == {"a": 1}
    assert api.post("x", body={"text": "é"}) == {"a": 1}
    assert played.asked == [
        ("GET", "/api/v1/phones/%2B33%2F1?limit=5", None),
        ("PUT", "/api/v1/phones/%2B1/power", {"power": "on"}),
        ("POST", "/api/v1/x", {"text": "é"}),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"detail": "no such phone\\u001b[2J"}', "no such phone\\x1b[2J"),
        (b"<html>", "the carrier answered 404 Not Found"),
        (b"[1]", "the carrier answered 404 Not Found"),
        (b'{"detail": 3}', "the carrier answered 404 Not Found"),
        (b"[" * 100_000, "the carrier answered 404 Not Found"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_refusal_says_why(played: Played, body: bytes, said: str) -> None:
    """In the carrier's words if it has some, and nothing in them steers the terminal."""
    played.status, played.body = 404, body
    with pytest.raises(RequestRefusedError) as raised:
        CarrierApi(played.url).get("phones", "+1")
    assert (raised.value.status, str(raised.value)) == (404, said)
    assert raised.value.document == (json.loads(body) if body.startswith(b"{") else {})


@pytest.mark.parametrize(
    "body", [b"hello", b"[1]", b"\xff", b"", b"[" * 100_000], ids=lambda value: repr(value)[:20]
)
def test_what_answers_but_is_no_carrier_is_told(played: Played, body: bytes) -> None:
    """Another server on that port."""
    played.body = body
    with pytest.raises(CarrierUnreachableError, match="is no carrierbox"):
        CarrierApi(played.url).get("version")


def test_a_port_where_nothing_listens_is_told_with_the_remedy(played: Played) -> None:
    """How to start a carrier, how to name another."""
    port = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{port.server_port}"
    port.server_close()
    with pytest.raises(CarrierUnreachableError, match=r"carrierbox serve.*--url"):
        CarrierApi(url).get("version")


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8775", "file:///etc/passwd", "ftp://x", "http://", "http://a:b", "http://["],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(url: str) -> None:
    """Only http and https."""
    with pytest.raises(CarrierUnreachableError, match="no address of a carrier"):
        CarrierApi(url)


def test_a_proxy_is_not_asked_for_this_machine(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy of a company cannot reach our loopback."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert CarrierApi(played.url).get("version") == {}


def test_events_are_read_up_to_a_number(played: Played) -> None:
    """Comments and other fields of server-sent events are passed over."""
    blocks = [": events follow\n\n"]
    for number in (3, 4, 5):
        data = json.dumps({"number": number, "kind": "alert"})
        blocks.append(f"id: {number}\nevent: alert\ndata: {data}\n\n")
    played.body = "".join(blocks).encode()
    api = CarrierApi(played.url)
    assert [event["number"] for event in api.events(2, 4)] == [3, 4]
    assert played.asked == [("GET", "/api/v1/events?since=2", None)]
    assert api.events(4, 4) == []


def test_an_event_stream_that_is_none_is_told(played: Played) -> None:
    """As what is no carrier."""
    played.body = b"data: nonsense\n\n"
    with pytest.raises(CarrierUnreachableError, match="is no carrierbox"):
        CarrierApi(played.url).events(0, 1)
