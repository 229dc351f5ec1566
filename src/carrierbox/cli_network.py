"""The commands `carrierbox tower …`, and those of `carrierbox phone` that say where it is."""

import argparse
from collections.abc import Callable
from typing import Any

from carrierbox.cli_carrier import print_answer_of


def add_tower(commands: Any) -> None:
    """Add the command `tower` to those of the parser."""
    tower = commands.add_parser(
        "tower",
        help="list the towers of a running carrier, or let one fail",
        description="The towers of a running carrier: how busy each is, and outages on command.",
        allow_abbrev=False,
    )
    actions = tower.add_subparsers(metavar="list|show ID|outage ID on|off", required=True)
    listed = actions.add_parser("list", help="all of them, a line for each")
    listed.set_defaults(command=_list)
    shown = actions.add_parser("show", help="one of them")
    shown.add_argument("id", metavar="ID")
    shown.set_defaults(command=_show)
    outage = actions.add_parser("outage", help="let one fail (on) or work again (off)")
    outage.add_argument("id", metavar="ID")
    outage.add_argument("outage", choices=("on", "off"))
    outage.set_defaults(command=_outage)
    for parser in (listed, shown, outage):
        parser.add_argument(
            "--url",
            help="the carrier's HTTP address (default: CARRIERBOX_URL, or http://127.0.0.1:8775)",
        )
        parser.add_argument("--json", action="store_true", help="print what the carrier answers")


def add_phone_actions(actions: Any) -> list[Any]:
    """Add what moves a phone about to the actions of `carrierbox phone`; the parsers of each."""
    where = actions.add_parser("where", help="where it is, its tower and its battery")
    where.set_defaults(command=_where)
    place = actions.add_parser("place", help="put it somewhere")
    place.add_argument(
        "place",
        nargs="?",
        metavar="LAT,LON",
        help="degrees, as in 48.8566,2.3522 or 33.87S,151.21E; --reset for where it is configured",
    )
    place.add_argument("--reset", action="store_true", help="where the configuration has it")
    place.set_defaults(command=_place)
    move = actions.add_parser("move", help="let it move along a path")
    move.add_argument(
        "--path",
        required=True,
        nargs="+",
        metavar="LAT,LON",
        help="from the first place to the last; one alone: from where it is",
    )
    move.add_argument("--speed", required=True, type=float, metavar="KM_H", help="km/h")
    move.set_defaults(command=_move)
    battery = actions.add_parser("battery", help="say how full its battery is")
    battery.add_argument("percent", nargs="?", type=float, metavar="PERCENT")
    battery.add_argument("--charging", choices=("on", "off"))
    battery.add_argument("--standby-hours", type=float, metavar="H", help="from full to empty")
    battery.add_argument("--per-text", type=float, metavar="PERCENT", help="what each text takes")
    battery.add_argument("--reset", action="store_true", help="as the configuration has it")
    battery.set_defaults(command=_battery)
    return [where, place, move, battery]


def _list(arguments: argparse.Namespace) -> int:
    from carrierbox.tower_command import all_towers, tower_list_lines

    return print_answer_of(arguments, all_towers, tower_list_lines)


def _show(arguments: argparse.Namespace) -> int:
    from carrierbox.tower_command import tower_lines

    return print_answer_of(arguments, lambda api: api.get("towers", arguments.id), tower_lines)


def _outage(arguments: argparse.Namespace) -> int:
    from carrierbox.tower_command import set_outage, tower_lines

    def act(api: Any) -> Any:
        return set_outage(api, arguments.id, arguments.outage)

    return print_answer_of(arguments, act, tower_lines)


def _where(arguments: argparse.Namespace) -> int:
    return _of_phone(arguments, lambda api, number: api.get("phones", number, "whereabouts"))


def _place(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.tower_command import place_phone

    if (arguments.place is None) != arguments.reset:
        raise ConfigurationError("place", "name a place, or --reset")
    return _of_phone(arguments, lambda api, number: place_phone(api, number, arguments.place))


def _move(arguments: argparse.Namespace) -> int:
    from carrierbox.tower_command import move_phone

    def act(api: Any, number: str) -> Any:
        return move_phone(api, number, arguments.path, arguments.speed)

    return _of_phone(arguments, act)


def _battery(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.tower_command import set_battery

    said = (
        arguments.percent,
        arguments.charging,
        arguments.standby_hours,
        arguments.per_text,
    )
    if any(each is not None for each in said) == arguments.reset:
        raise ConfigurationError("battery", "say how full it is or what it is like, or --reset")

    def act(api: Any, number: str) -> Any:
        if arguments.reset:
            return api.delete("phones", number, "battery")
        return set_battery(api, number, *said)

    return _of_phone(arguments, act)


def _of_phone(arguments: argparse.Namespace, act: Callable[[Any, str], Any]) -> int:
    from carrierbox.phone_command import Phone
    from carrierbox.tower_command import whereabouts_lines

    def on_phone(api: Any) -> Any:
        return act(api, Phone(api, arguments.msisdn).number)

    return print_answer_of(arguments, on_phone, whereabouts_lines)
