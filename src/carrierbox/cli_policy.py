"""The command `carrierbox policy explain`."""

import argparse
import os
from pathlib import Path
from typing import Any

from carrierbox.cli_carrier import at_carrier
from carrierbox.exit_codes import EXIT_FINE, EXIT_NOT_HELD


def add_policy(commands: Any) -> None:
    """Add the command `policy` to those of the parser."""
    policy = commands.add_parser(
        "policy", help="ask the rules of carriers about a message", allow_abbrev=False
    )
    actions = policy.add_subparsers(metavar="explain", required=True)
    explain = actions.add_parser(
        "explain",
        help="what rules would say of one message, and why",
        description="Tells what the rules would say of one message: which mean it, which nearly "
        "do, and what each of their conditions wanted and found. Nothing is sent, no window is "
        "counted in. Exit code 1 if the message would be refused.",
        allow_abbrev=False,
    )
    explain.add_argument("--from", dest="source", default="", metavar="SENDER")
    explain.add_argument("--to", default="", metavar="NUMBER", help="as in +14155550123")
    explain.add_argument("--text", default="", metavar="TEXT")
    explain.add_argument("--account", default="", metavar="NAME", help="default: the first one")
    explain.add_argument(
        "--class",
        "--content-class",
        dest="content_class",
        default="",
        metavar="CLASS",
        help="such as marketing",
    )
    explain.add_argument(
        "--at", default="", metavar="TIME", help="as in 2026-11-23T22:00:00Z (default: now)"
    )
    explain.add_argument("--box", default="", metavar="NAME", help="default: the first one")
    explain.add_argument("--config", metavar="FILE", type=Path, help="the rules of this file")
    explain.add_argument(
        "--carriers",
        metavar="open|realistic|CC=RULES",
        help="the rules of every country's carriers, or of one",
    )
    explain.add_argument(
        "--url",
        help="ask a running carrier, with what its windows hold, at its HTTP address (default: "
        "CARRIERBOX_URL, unless --config or --carriers names rules; else none is asked)",
    )
    explain.add_argument("--json", action="store_true", help="print one object with everything")
    explain.set_defaults(command=_explain)


def _explain(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.policy_command import explain_here

    for option, said in (("--from", arguments.source), ("--to", arguments.to)):
        if not said:
            raise ConfigurationError(option, "is missing: say who sends, and to which number")
    question = {
        "from": arguments.source,
        "to": arguments.to,
        "text": arguments.text,
        "account": arguments.account,
        "content_class": arguments.content_class,
        "at": arguments.at,
    }
    names_rules = arguments.config is not None or arguments.carriers is not None
    url = arguments.url or (None if names_rules else os.environ.get("CARRIERBOX_URL"))
    if not url:
        return _print_explanation(
            arguments,
            explain_here(question, arguments.config, arguments.carriers, os.environ, arguments.box),
        )
    if names_rules:
        raise ConfigurationError(
            "--url", "a running carrier has rules of its own: leave --config and --carriers out"
        )

    def ask(api: Any) -> int:
        query = {"box": arguments.box} if arguments.box else {}
        found = api.post("policy", "explain", body=question, **query)
        return _print_explanation(arguments, found, True)

    return at_carrier(url, ask)


def _print_explanation(
    arguments: argparse.Namespace, found: dict[str, Any], is_of_carrier: bool = False
) -> int:
    import json

    from carrierbox.policy_command import explanation_lines

    lines = explanation_lines(found, is_of_carrier)
    print(json.dumps(found) if arguments.json else "\n".join(lines))
    return EXIT_FINE if found["verdict"]["accepted"] else EXIT_NOT_HELD
