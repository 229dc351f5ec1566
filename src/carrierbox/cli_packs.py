"""The command `carrierbox carriers`."""

import argparse
from typing import Any

from carrierbox.exit_codes import EXIT_FINE


def add_carriers(commands: Any) -> None:
    """Add the command `carriers` to those of the parser."""
    carriers = commands.add_parser(
        "carriers",
        help="the packs of realistic carriers: list, show, check them",
        description="What carriers of each country do: their rules, prices and habits, with what "
        "each rests on.",
        allow_abbrev=False,
    )
    actions = carriers.add_subparsers(metavar="list|show CC|check|schema", required=True)
    listed = actions.add_parser("list", help="all of them, a line for each")
    listed.set_defaults(command=_list)
    shown = actions.add_parser("show", help="one of them")
    shown.add_argument("pack", metavar="CC|FILE", help="a country such as US, or a file")
    shown.set_defaults(command=_show)
    checked = actions.add_parser(
        "check",
        help="whether packs are sound, and what their rules rest on",
        description="Reads packs, all that come with carrierbox if no file is named, and sends the "
        "example of each rule through them. Exit code 2 if one is wrong.",
    )
    checked.add_argument("files", nargs="*", metavar="FILE")
    checked.set_defaults(command=_check)
    for parser in (listed, shown, checked):
        parser.add_argument("--json", action="store_true", help="print one object with everything")
    schema = actions.add_parser("schema", help="the JSON Schema of a pack")
    schema.set_defaults(command=_schema)


def _list(arguments: argparse.Namespace) -> int:
    from carrierbox.packs_command import list_lines, list_objects

    packs = list_objects()
    return _print(arguments, packs, list_lines(packs))


def _show(arguments: argparse.Namespace) -> int:
    from carrierbox.packs_command import pack_lines, pack_named, pack_object

    pack = pack_named(arguments.pack)
    return _print(arguments, pack_object(pack), pack_lines(pack))


def _check(arguments: argparse.Namespace) -> int:
    from carrierbox.packs_command import check_packs, problems_error

    lines, found, problems = check_packs(arguments.files)
    code = _print(arguments, found, lines)
    if problems:
        raise problems_error(problems)
    return code


def _schema(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.config_packs import pack_schema

    print(json.dumps(pack_schema(), indent=2))
    return EXIT_FINE


def _print(arguments: argparse.Namespace, found: object, lines: list[str]) -> int:
    import json

    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
    elif lines:
        print("\n".join(lines))
    return EXIT_FINE
