"""The commands `carrierbox handset` and `carrierbox radio …`: arguments in, an exit code out."""

import argparse
import os
from pathlib import Path
from typing import Any

from carrierbox.exit_codes import EXIT_FINE


def add_to(commands: Any) -> None:
    """Add them to the commands of the parser."""
    handset = commands.add_parser(
        "handset",
        help="be phones that a carrier reaches over an MQTT broker",
        description="Phones in a process of their own. A line that is typed replies to the newest "
        "text; TO: text sends one to a number.",
        allow_abbrev=False,
    )
    handset.add_argument(
        "--mqtt",
        required=True,
        metavar="URL",
        help="the broker: mqtt://user:password@host:1883, or mqtts://host:8883",
    )
    handset.add_argument(
        "--msisdn", required=True, action="append", metavar="NUMBER", help="any number of phones"
    )
    handset.add_argument("--box", default="default", metavar="NAME", help="whose phones they are")
    handset.add_argument("--ca", type=Path, metavar="FILE", help="PEM; who signed the broker's")
    handset.add_argument(
        "--certificate", type=Path, metavar="FILE", help="PEM; what is shown to it"
    )
    handset.add_argument("--key", type=Path, metavar="FILE", help="PEM; its key")
    handset.add_argument(
        "--auto-ack",
        choices=("on", "off"),
        default="on",
        help="off: answer nothing, so that the carrier takes the phone for absent",
    )
    handset.add_argument(
        "--refuse", default="", metavar="CAUSE", help="such as MEMORY_CAPACITY_EXCEEDED: each part"
    )
    handset.add_argument(
        "--memory",
        type=int,
        metavar="N",
        help="hold so many short messages and refuse what finds no place; /delete makes room",
    )
    handset.add_argument(
        "--reports", action="store_true", help="ask for a status report of each text it sends"
    )
    handset.add_argument("--json", action="store_true", help="one object a line, for scripts")
    handset.set_defaults(command=_handset)
    radio = commands.add_parser("radio", help="what phones over MQTT are told and say")
    actions = radio.add_subparsers(metavar="schema", required=True)
    schema = actions.add_parser("schema", help="print the JSON Schemas by topic")
    schema.add_argument("topic", nargs="?", metavar="TOPIC", help="of one of them, as mt/ack")
    schema.set_defaults(command=_schema)


def _handset(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.identifiers import msisdn_or_none
    from carrierbox.links.tls import TlsFiles, client_context
    from carrierbox.simulator.handset_memory import HandsetMemory
    from carrierbox.simulator.radio.phone import RemoteHandset
    from carrierbox.simulator.radio.settings import INSTALL, radio_settings

    try:
        settings = radio_settings(arguments.mqtt)
        if settings.is_embedded:
            raise ValueError("must be that of a broker: serve tells it as mqtt=HOST:PORT")
    except ValueError as error:
        raise ConfigurationError("--mqtt", str(error)) from None
    phones: list[RemoteHandset] = []
    # Ids of earlier processes must not come again: the carrier would take them for repeated ones.
    series = os.urandom(4).hex()
    for number in arguments.msisdn:
        msisdn = msisdn_or_none(number)
        if msisdn is None:
            raise ConfigurationError("--msisdn", "is no phone number: write it as +33612345678")
        if any(one.handset.msisdn == msisdn for one in phones):
            raise ConfigurationError("--msisdn", f"+{msisdn} is given twice")
        try:
            acknowledges = arguments.auto_ack == "on"
            places = arguments.memory
            phones.append(
                RemoteHandset(
                    arguments.box,
                    msisdn,
                    series,
                    acknowledges,
                    arguments.refuse,
                    None if places is None else HandsetMemory(places, 0),
                    arguments.reports,
                )
            )
        except ValueError as error:
            raise ConfigurationError("", str(error)) from None
    tls = None
    if settings.is_tls:
        own = None
        if arguments.certificate is not None:
            own = TlsFiles(arguments.certificate, arguments.key or arguments.certificate)
        tls = client_context(arguments.ca, own, "handset")
    try:
        from carrierbox.handset_command import run
    except ModuleNotFoundError as error:
        if error.name != "aiomqtt":
            raise
        raise ConfigurationError("", f"aiomqtt is not installed: {INSTALL}") from None
    run(phones, settings, tls, arguments.json)
    return EXIT_FINE


def _schema(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.errors import ConfigurationError
    from carrierbox.simulator.radio.messages import schemas

    found = schemas()
    if arguments.topic is not None:
        if arguments.topic not in found:
            raise ConfigurationError("radio schema", f"there are {', '.join(found)}")
        found = found[arguments.topic]
    print(json.dumps(found, indent=2))
    return EXIT_FINE
