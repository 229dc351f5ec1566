"""The commands `carrierbox store …`: arguments in, lines and an exit code out."""

import argparse
from pathlib import Path
from typing import Any

from carrierbox.exit_codes import EXIT_FINE, EXIT_NOT_HELD


def add_to(commands: Any) -> None:
    """Add them to the commands of the parser."""
    store = commands.add_parser(
        "store", help="look into the file of a store, check it, make it smaller, print it"
    )
    actions = store.add_subparsers(metavar="inspect|verify|compact|export", required=True)
    for name, command, told in (
        ("inspect", _store_inspect, "say what it holds, also while a carrier serves"),
        ("verify", _store_verify, "check every row; exit code 1 if something is wrong"),
        ("compact", _store_compact, "write it anew without free space; no carrier may serve"),
        ("export", _store_export, "print every message as a line of JSON, oldest first"),
    ):
        action = actions.add_parser(name, help=told, allow_abbrev=False)
        action.add_argument("--store", metavar="PATH", help="the file (default: as serve has it)")
        action.add_argument("--config", metavar="FILE", type=Path, help="as serve has it")
        if name in ("inspect", "verify"):
            action.add_argument("--json", action="store_true", help="print one object")
        action.set_defaults(command=command)


def _store_inspect(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox import store_command

    found = store_command.inspect(store_command.path_of(arguments.store, arguments.config))
    if arguments.json:
        print(json.dumps(store_command.inspection_object(found)))
    else:
        print("\n".join(store_command.inspection_lines(found)))
    return EXIT_FINE


def _store_verify(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox import store_command

    path = store_command.path_of(arguments.store, arguments.config)
    problems = store_command.problems(path)
    if arguments.json:
        listed = list(problems)
        print(json.dumps({"store": str(path), "problems": listed}))
        return EXIT_NOT_HELD if listed else EXIT_FINE
    code = EXIT_FINE
    for problem in problems:
        print(problem)
        code = EXIT_NOT_HELD
    if code == EXIT_FINE:
        print(f"{path}: nothing is wrong")
    return code


def _store_compact(arguments: argparse.Namespace) -> int:
    from carrierbox import store_command

    path = store_command.path_of(arguments.store, arguments.config)
    print(store_command.compact_line(path))
    return EXIT_FINE


def _store_export(arguments: argparse.Namespace) -> int:
    from carrierbox import store_command

    path = store_command.path_of(arguments.store, arguments.config)
    for line in store_command.export_lines(path):
        print(line)
    return EXIT_FINE
