"""What commands need that ask a running carrier; the commands `messages`, `submit` and `fault`."""

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
SUBMIT_TIMEOUT_S: Final = 60.0
"""The carrier gives a store half a minute."""


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


def print_answer_of(
    arguments: argparse.Namespace,
    act: Callable[[Any], Any],
    lines: Callable[[dict[str, Any]], list[str]],
) -> int:
    """Ask a carrier, and print what it answers: its `lines`, or JSON."""
    import json

    def print_answer(api: Any) -> int:
        found = act(api)
        print(json.dumps(found) if arguments.json else "\n".join(lines(found)))
        return EXIT_FINE

    return at_carrier(arguments.url, print_answer)


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


def add_submit(commands: Any) -> None:
    """Add `carrierbox submit` to the commands of the parser."""
    submit = commands.add_parser(
        "submit",
        help="submit a text to a running carrier as an account, without an SMPP client",
        description="Submits a text as an account of a running carrier, as its client would over "
        "SMPP: its limits and the rules hold, its receivers get the receipt. Prints a line for "
        "each message: its id, its parts, its alphabet. Exit code 4 if the carrier refuses it.",
        allow_abbrev=False,
    )
    submit.add_argument("text", metavar="TEXT")
    submit.add_argument("--account", required=True, metavar="SYSTEM_ID", help="who submits it")
    submit.add_argument(
        "--from", dest="source", default="", metavar="SENDER", help="default: the account's name"
    )
    submit.add_argument("--to", required=True, metavar="NUMBER", help="as in +33612345678")
    submit.add_argument(
        "--content-class", "--class", metavar="CLASS", help="what it is about, such as marketing"
    )
    submit.add_argument("--receipt", action="store_true", help="registered_delivery 1")
    submit.add_argument("--validity", metavar="DURATION", help="how long it is tried, as in 24h")
    submit.add_argument("--schedule", metavar="DURATION", help="how long it waits before")
    submit.add_argument("--service-type", metavar="TYPE")
    submit.add_argument("--priority-flag", type=int, metavar="N", help="0 to 3")
    submit.add_argument("--protocol-id", type=int, metavar="N")
    submit.add_argument("--data-coding", type=int, metavar="N", help="default: what it needs")
    submit.add_argument(
        "--parts", choices=("udh", "sar"), help="cut a long text before it is submitted"
    )
    submit.add_argument("--box", default="", metavar="NAME", help="default: the first one")
    submit.add_argument(
        "--url",
        help="the carrier's HTTP address (default: CARRIERBOX_URL, or http://127.0.0.1:8775)",
    )
    submit.add_argument("--json", action="store_true", help="print what the carrier answers")
    submit.set_defaults(command=_submit)


def _submit(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.api_client import RequestRefusedError
    from carrierbox.submit_command import refusal_of, submit_text, submitted_lines

    said = {
        "account": arguments.account,
        "from": arguments.source,
        "to": arguments.to,
        "text": arguments.text,
        "content_class": arguments.content_class,
        "registered_delivery": 1 if arguments.receipt else None,
        "validity": arguments.validity,
        "schedule": arguments.schedule,
        "service_type": arguments.service_type,
        "priority_flag": arguments.priority_flag,
        "protocol_id": arguments.protocol_id,
        "data_coding": arguments.data_coding,
        "parts": arguments.parts,
    }

    def submit(api: Any) -> int:
        try:
            found = submit_text(api, said, arguments.box)
        except RequestRefusedError as refused:
            # Some parts may have been taken in.
            refusal = refusal_of(refused)
            lines = submitted_lines(refusal)
            if arguments.json and refusal:
                lines = [json.dumps(refused.document)]
            if lines:
                print("\n".join(lines))
            raise
        print(json.dumps(found) if arguments.json else "\n".join(submitted_lines(found)))
        return EXIT_FINE

    return at_carrier(arguments.url, submit, SUBMIT_TIMEOUT_S)


def add_fault(commands: Any) -> None:
    """Add `carrierbox fault` to the commands of the parser."""
    fault = commands.add_parser(
        "fault", help="let something go wrong on the links of a running carrier", allow_abbrev=False
    )
    actions = fault.add_subparsers(metavar="list|add|remove", required=True)
    listed = actions.add_parser("list", help="the faults there are, and how often each struck")
    added = actions.add_parser("add", help="add a fault; it is gone when the carrier ends")
    added.add_argument("name", metavar="NAME", help="how it is called in the list and in events")
    added.add_argument(
        "--then", required=True, metavar="OUTCOME", help='what happens, as in "no_response: true"'
    )
    added.add_argument(
        "--when",
        default="",
        metavar="CONDITIONS",
        help='to which PDUs, as in "operation: submit_sm, share: 10" (default: every request)',
    )
    removed = actions.add_parser("remove", help="remove a fault")
    removed.add_argument("name", nargs="?", metavar="NAME", help="which; --all for all")
    removed.add_argument("--all", action="store_true", help="remove all, those configured too")
    for parser, act in ((listed, _list_faults), (added, _add_fault), (removed, _remove_fault)):
        parser.add_argument("--url", help="as of `carrierbox phone`")
        parser.add_argument("--json", action="store_true", help="print what the carrier answers")
        parser.set_defaults(command=act)


def _list_faults(arguments: argparse.Namespace) -> int:
    return _with_faults(arguments, lambda api: api.get("faults"))


def _add_fault(arguments: argparse.Namespace) -> int:
    from carrierbox.fault_command import add_fault

    def act(api: Any) -> Any:
        return add_fault(api, arguments.name, arguments.then, arguments.when)

    return _with_faults(arguments, act)


def _remove_fault(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.fault_command import remove_faults

    if (arguments.name is None) != arguments.all:
        raise ConfigurationError("", "name one fault, or all of them with --all")
    return _with_faults(arguments, lambda api: remove_faults(api, arguments.name))


def _with_faults(arguments: argparse.Namespace, act: Callable[[Any], Any]) -> int:
    """Ask a carrier, and print the faults that it answers with."""
    from carrierbox.fault_command import fault_lines

    return print_answer_of(arguments, act, fault_lines)
