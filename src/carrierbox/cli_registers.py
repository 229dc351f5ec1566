"""The commands `carrierbox senders …` and `carrierbox consent …`."""

import argparse
from typing import Any

from carrierbox.cli_carrier import print_answer_of

_STATES = ("none", "pending", "opted_in", "opted_out")
_SOURCES = ("keyword", "form", "point_of_sale", "import", "api")


def add_to(commands: Any) -> None:
    """Add `senders` and `consent` to the commands of the parser."""
    _add_senders(commands)
    _add_consent(commands)


def _add_senders(commands: Any) -> None:
    senders = commands.add_parser(
        "senders",
        help="list, register, approve or suspend the senders of a running carrier",
        description="The senders of a running carrier: how each is registered, in which country.",
        allow_abbrev=False,
    )
    actions = senders.add_subparsers(
        metavar="list|show|register|approve|refuse|suspend|forget|suspend-account|resume-account",
        required=True,
    )
    listed = actions.add_parser("list", help="all of them, a line for each")
    listed.set_defaults(command=_list)
    parsers = [listed]
    for name, act, told in (
        ("show", _show, "one of them"),
        ("register", _register, "register one, in place of what it was"),
        ("approve", _change, "approve it, or by --after say when"),
        ("refuse", _change, "refuse it, or by --after say when"),
        ("suspend", _change, "suspend it for good, or --for a time"),
        ("forget", _forget, "forget it, or let it be as it is configured"),
    ):
        parser = actions.add_parser(name, help=told)
        parser.add_argument("sender", metavar="SENDER")
        parser.add_argument(
            "--country",
            default="",
            metavar="US",
            help="two letters; without it, what holds in every country",
        )
        parser.set_defaults(command=act, action=name)
        if name == "register":
            parser.add_argument(
                "fields",
                nargs="*",
                metavar="NAME=VALUE",
                help="as in registration=pending approved_after=21d keywords=carrier "
                "double_opt_in=on",
            )
        elif name in ("approve", "refuse"):
            parser.add_argument("--after", metavar="DURATION", help="pending until then, as in 21d")
        elif name == "suspend":
            parser.add_argument("--for", dest="duration", metavar="DURATION", help="as in 24h")
        parsers.append(parser)
    suspend = actions.add_parser("suspend-account", help="refuse whatever an account submits")
    suspend.add_argument("--for", dest="duration", metavar="DURATION", help="as in 24h")
    resume = actions.add_parser("resume-account", help="let a suspended account submit again")
    for parser, act in ((suspend, _suspend_account), (resume, _resume_account)):
        parser.add_argument("system_id", metavar="SYSTEM_ID")
        parser.set_defaults(command=act)
        parsers.append(parser)
    _add_common(parsers)


def _add_consent(commands: Any) -> None:
    consent = commands.add_parser(
        "consent",
        help="list, show, record or import who agreed to get texts of whom",
        description="The consents that a running carrier keeps: by phone and sender.",
        allow_abbrev=False,
    )
    actions = consent.add_subparsers(metavar="list|show|record|forget|import", required=True)
    listed = actions.add_parser("list", help="a line for each")
    listed.add_argument("--sender", metavar="SENDER", help="of this sender, or @GROUP")
    listed.add_argument("--recipient", metavar="NUMBER", help="of this phone")
    listed.add_argument("--state", choices=_STATES)
    listed.add_argument("--limit", type=int, default=100, metavar="N", help="default 100")
    listed.set_defaults(command=_list_consents)
    shown = actions.add_parser("show", help="one, and how it came to it")
    recorded = actions.add_parser("record", help="record one; double opt-in asks the phone")
    forgotten = actions.add_parser("forget", help="forget one")
    for parser, act in (
        (shown, _show_consent),
        (recorded, _record_consent),
        (forgotten, _forget_consent),
    ):
        parser.add_argument("sender", metavar="SENDER", help="or @GROUP")
        parser.add_argument("recipient", metavar="NUMBER")
        parser.set_defaults(command=act)
    recorded.add_argument("state", choices=_STATES)
    recorded.add_argument("--source", choices=_SOURCES, help="default api")
    imported = actions.add_parser("import", help="record those of a file")
    imported.add_argument(
        "file",
        metavar="FILE",
        help="CSV; the first line names the columns: sender,recipient,state,source,at",
    )
    imported.set_defaults(command=_import)
    _add_common([listed, shown, recorded, forgotten, imported])


def _add_common(parsers: list[Any]) -> None:
    for parser in parsers:
        parser.add_argument(
            "--url",
            help="the carrier's HTTP address (default: CARRIERBOX_URL, or http://127.0.0.1:8775)",
        )
        parser.add_argument("--json", action="store_true", help="print what the carrier answers")


def _list(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import all_senders, sender_list_lines

    return print_answer_of(arguments, all_senders, sender_list_lines)


def _show(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import one_sender, sender_lines

    return print_answer_of(
        arguments,
        lambda api: one_sender(api, arguments.sender, arguments.country),
        sender_lines,
    )


def _register(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import register_sender, sender_lines

    def act(api: Any) -> Any:
        return register_sender(api, arguments.sender, arguments.country, arguments.fields)

    return print_answer_of(arguments, act, sender_lines)


def _change(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import sender_lines, set_registration

    registration = {"approve": "approved", "refuse": "refused", "suspend": "suspended"}
    wanted = registration[arguments.action]
    times: dict[str, str | None] = {}
    if wanted == "suspended":
        times["suspended_for"] = arguments.duration
    elif arguments.after is not None:
        times[f"{wanted}_after"] = arguments.after
        wanted = "pending"

    def act(api: Any) -> Any:
        return set_registration(api, arguments.sender, arguments.country, wanted, times)

    return print_answer_of(arguments, act, sender_lines)


def _forget(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import forget_sender, sender_list_lines

    return print_answer_of(
        arguments,
        lambda api: forget_sender(api, arguments.sender, arguments.country),
        lambda found: sender_list_lines(found) if found["senders"] else ["forgotten"],
    )


def _suspend_account(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import account_lines, suspend_account

    return print_answer_of(
        arguments,
        lambda api: suspend_account(api, arguments.system_id, arguments.duration),
        account_lines,
    )


def _resume_account(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import resume_account

    return print_answer_of(
        arguments,
        lambda api: resume_account(api, arguments.system_id),
        lambda account: [f"{account['system_id']} may submit again"],
    )


def _list_consents(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.registers_command import consent_list_lines, find_consents

    if arguments.limit < 1:
        raise ConfigurationError("--limit", "must be 1 or more")
    wanted = {
        "sender": arguments.sender,
        "recipient": arguments.recipient,
        "state": arguments.state,
    }
    return print_answer_of(
        arguments, lambda api: find_consents(api, wanted, arguments.limit), consent_list_lines
    )


def _show_consent(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import consent_lines

    return print_answer_of(
        arguments,
        lambda api: api.get("consent", arguments.sender, arguments.recipient),
        consent_lines,
    )


def _record_consent(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import consent_lines, record_consent

    def act(api: Any) -> Any:
        return record_consent(
            api, arguments.sender, arguments.recipient, arguments.state, arguments.source
        )

    return print_answer_of(arguments, act, consent_lines)


def _forget_consent(arguments: argparse.Namespace) -> int:
    from carrierbox.registers_command import consent_lines

    return print_answer_of(
        arguments,
        lambda api: api.delete("consent", arguments.sender, arguments.recipient),
        consent_lines,
    )


def _import(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.registers_command import import_consents, imported_lines

    def act(api: Any) -> Any:
        try:
            with open(arguments.file, encoding="utf-8-sig", newline="") as lines:
                return import_consents(api, lines, arguments.file)
        except UnicodeDecodeError:
            raise ConfigurationError(arguments.file, "is no text in UTF-8") from None
        except FileNotFoundError:
            raise ConfigurationError(
                arguments.file, "cannot be read: No such file or directory"
            ) from None

    return print_answer_of(arguments, act, imported_lines)
