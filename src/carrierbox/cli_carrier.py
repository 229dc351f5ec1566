"""What commands need that ask a running carrier, and the command `carrierbox messages`."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any, Final

from carrierbox.exit_codes import (
    EXIT_FINE,
    EXIT_NO_CONNECTION,
    EXIT_NOT_HELD,
    EXIT_REFUSED,
    EXIT_USAGE,
)

SEARCH_TIMEOUT_S: Final = 60.0


def fail(error: Exception, code: int) -> int:
    """Say what went wrong, a line for each problem."""
    for line in str(error).splitlines():
        print(f"carrierbox: {line}", file=sys.stderr)
    return code


def at_carrier(url: str | None, act: Callable[[Any], int], timeout_s: float | None = None) -> int:
    """Do something with the API of a running carrier; the exit code.

    An answer may take `timeout_s` seconds.
    """
    from carrierbox.api_client import (
        BAD_REQUEST,
        DEFAULT_URL,
        SERVER_ERRORS,
        CarrierApi,
        CarrierUnreachableError,
        RequestRefusedError,
    )

    try:
        address = url or os.environ.get("CARRIERBOX_URL") or DEFAULT_URL
        api = CarrierApi(address) if timeout_s is None else CarrierApi(address, timeout_s)
        return act(api)
    except CarrierUnreachableError as error:
        return fail(error, EXIT_NO_CONNECTION)
    except RequestRefusedError as error:
        if error.status == BAD_REQUEST:
            return fail(error, EXIT_USAGE)
        return fail(error, EXIT_REFUSED if error.status < SERVER_ERRORS else EXIT_NOT_HELD)


def add_messages(commands: Any) -> None:
    """Add the command to those of the parser."""
    messages = commands.add_parser(
        "messages",
        help="list messages of a running carrier, or search for some",
        description="Lists messages of a running carrier, the newest first, whether they wait or "
        "are finished. Several conditions must hold together.",
        allow_abbrev=False,
    )
    add_filters(messages)
    messages.add_argument(
        "--limit", type=int, default=20, metavar="N", help="at most so many (default 20)"
    )
    messages.add_argument(
        "--url",
        help="the carrier's HTTP address (default: CARRIERBOX_URL, or http://127.0.0.1:8775)",
    )
    messages.add_argument("--json", action="store_true", help="print one object with everything")
    messages.set_defaults(command=_messages)


def add_filters(parser: Any) -> None:
    """Which messages are meant."""
    parser.add_argument("--to", metavar="ADDRESS", help="a number, or an address as submitted")
    parser.add_argument("--from", dest="source", metavar="ADDRESS", help="the same of the source")
    parser.add_argument("--system-id", metavar="NAME", help="of this account")
    parser.add_argument("--state", metavar="NAME", help="a message_state, such as DELIVERED")
    parser.add_argument("--text", metavar="PIECE", help="a piece of the text, a the same as A")
    parser.add_argument(
        "--since",
        metavar="TIME",
        help="accepted, or ended if they did, from then on, as in 2027-01-15T12:00:00Z",
    )
    parser.add_argument("--until", metavar="TIME", help="the same, before then")


def _messages(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.errors import ConfigurationError
    from carrierbox.messages_command import find_messages, message_lines

    if arguments.limit < 1:
        raise ConfigurationError("--limit", "must be 1 or more")
    wanted = {
        "to": arguments.to,
        "from": arguments.source,
        "system_id": arguments.system_id,
        "state": arguments.state,
        "text": arguments.text,
        "since": arguments.since,
        "until": arguments.until,
    }

    def look(api: Any) -> int:
        found = find_messages(api, wanted, arguments.limit)
        print(json.dumps(found) if arguments.json else "\n".join(message_lines(found)))
        return EXIT_FINE

    return at_carrier(arguments.url, look, SEARCH_TIMEOUT_S)
