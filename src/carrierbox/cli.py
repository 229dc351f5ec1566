"""The command line: arguments in, exit code out. What a command needs is imported when it runs.

Exit codes: 0 fine, 1 the thing asked did not hold, 2 usage or configuration, 3 cannot connect,
4 refused by the peer, 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from carrierbox import (
    __version__,
    cli_carrier,
    cli_network,
    cli_packs,
    cli_phone,
    cli_policy,
    cli_radio,
    cli_registers,
    cli_scenario,
    cli_store,
)
from carrierbox.cli_carrier import at_carrier, fail
from carrierbox.exit_codes import (
    EXIT_FINE,
    EXIT_INTERRUPTED,
    EXIT_NOT_HELD,
    EXIT_USAGE,
)

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A log in ASCII shows an emoji as its number rather than end the command.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough. The interpreter must not write to it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FINE


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else EXIT_USAGE
    from carrierbox.errors import CarrierboxError, ConfigurationError, StoreError

    command: Command = arguments.command
    try:
        return command(arguments)
    except (ConfigurationError, StoreError) as error:
        return fail(error, EXIT_USAGE)
    except BrokenPipeError:
        raise
    except (CarrierboxError, OSError) as error:
        return fail(error, EXIT_NOT_HELD)


class _Version(argparse.Action):
    """Prints the version when asked, and works out only then whether this is a compiled build."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """See `argparse.Action`."""
        from carrierbox.build_mode import build_mode

        python = ".".join(str(number) for number in sys.version_info[:3])
        print(f"carrierbox {__version__} ({build_mode()}), Python {python}")
        parser.exit()


@cache
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carrierbox",
        description="A mobile carrier in a box: an SMPP 3.4 message centre and simulated phones.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_serve(commands)
    demo = commands.add_parser("demo", help="texts travel to phones, receipts come back")
    demo.set_defaults(command=_demo)
    # What most people want first, then what steers a running carrier, then what needs none.
    cli_scenario.add_to(commands)
    cli_packs.add_carriers(commands)
    cli_policy.add_policy(commands)
    cli_phone.add_to(commands)
    cli_carrier.add_submit(commands)
    cli_carrier.add_messages(commands)
    cli_registers.add_to(commands)
    cli_carrier.add_fault(commands)
    cli_network.add_tower(commands)
    _add_outbind(commands)
    cli_radio.add_to(commands)
    _add_text(commands)
    _add_decode(commands)
    _add_lint(commands)
    _add_config(commands)
    cli_store.add_to(commands)
    return parser


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="start a carrier and stay", allow_abbrev=False)
    serve.add_argument(
        "--smpp",
        action="append",
        metavar="HOST:PORT",
        help="where SMPP clients connect; any number (default 127.0.0.1:2775; port 0: a free one)",
    )
    serve.add_argument("--http", metavar="HOST:PORT|off", help="default 127.0.0.1:8775")
    serve.add_argument(
        "--store",
        metavar="PATH|:memory:",
        help="the journal (default: carrier.db in the user's state directory)",
    )
    serve.add_argument("--fresh", action="store_true", help="forget what the store holds")
    serve.add_argument("--durability", metavar="process|power", help="default process")
    serve.add_argument(
        "--account",
        action="append",
        metavar="SYSTEM_ID:PASSWORD",
        help="who may bind; any number; * stands for all (default demo:demo)",
    )
    serve.add_argument(
        "--carriers",
        action="append",
        metavar="open|realistic|CC=RULES",
        help="the rules of every country's carriers, or as in US=realistic of one; any number",
    )
    serve.add_argument(
        "--radio",
        metavar="URL",
        help="how phones are reached: in_process, mqtt://HOST:PORT, mqtts://…, mqtt+embedded",
    )
    serve.add_argument(
        "--hints", action="store_true", help="also print what to type to connect a client"
    )
    serve.add_argument("--config", metavar="FILE", type=Path, help="a configuration in YAML")
    serve.add_argument(
        "--capture",
        metavar="FILE.pcapng",
        type=Path,
        help="record all SMPP traffic for Wireshark and `carrierbox lint`; an old file is written "
        "over; it holds passwords and texts, TLS undone",
    )
    serve.add_argument(
        "--lint",
        action="store_true",
        help="watch what clients do wrong, for `carrierbox lint --url` (costs processor time)",
    )
    serve.set_defaults(command=_serve)


def _add_decode(commands: Any) -> None:
    decode = commands.add_parser("decode", help="print PDUs field by field", allow_abbrev=False)
    decode.add_argument(
        "octets", nargs="+", metavar="HEX", help="PDUs in hexadecimal digits, or - to read them"
    )
    decode.add_argument("--json", action="store_true", help="an object on a line for every PDU")
    others = decode.add_mutually_exclusive_group()
    others.add_argument(
        "--tpdu",
        choices=("mt", "mo"),
        help="one transfer PDU instead, without a service centre address: to the phone, or from it",
    )
    others.add_argument(
        "--udh", action="store_true", help="one user data header instead, its length octet first"
    )
    decode.add_argument(
        "--rp",
        choices=("ack", "error"),
        help="what a report of --tpdu came in; without it its second octet tells",
    )
    decode.add_argument(
        "--data-coding-0",
        choices=("gsm", "gsm_packed", "latin1", "ascii"),
        default="gsm",
        help="what data_coding 0 means (default gsm: GSM 7-bit, unpacked)",
    )
    decode.set_defaults(command=_decode)


def _add_text(commands: Any) -> None:
    text = commands.add_parser(
        "text",
        help="say how a text travels: alphabet and why, parts, octets",
        description="Says in which alphabet and in how many parts a text travels, and the octets "
        "of each. Exit code 1 if the sender cannot be one.",
        allow_abbrev=False,
    )
    text.add_argument(
        "text", metavar="TEXT", help="- reads standard input, without its last line end"
    )
    text.add_argument("--sender", default="", metavar="S", help="also say what this sender may do")
    text.add_argument("--to", metavar="NUMBER", help="also say what it costs from --sender to it")
    text.add_argument(
        "--stop-mention",
        default="",
        metavar="MENTION",
        help="put this opt-out mention behind the text, unless it is in there",
    )
    text.add_argument(
        "--language",
        action="append",
        default=[],
        metavar="CODE",
        help="a language whose national tables may be used, such as tr; any number",
    )
    text.add_argument(
        "--languages",
        default="none",
        metavar="all|none|NAMES",
        help="the same by name, with commas between, as in turkish,portuguese; it is told how many "
        "parts they save",
    )
    text.add_argument(
        "--template", action="store_true", help="TEXT has {name} placeholders; try all samples"
    )
    text.add_argument(
        "--sample",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a value of a placeholder; any number, several for one name too",
    )
    text.add_argument("--json", action="store_true", help="print one object with everything")
    text.set_defaults(command=_text)


def _add_lint(commands: Any) -> None:
    lint = commands.add_parser(
        "lint",
        help="say what SMPP clients do wrong, from captures or a running carrier",
        description="Says what SMPP clients do wrong: clause, example and remedy, the worst first. "
        "Exit code 1 if there is an error or a warning.",
        allow_abbrev=False,
    )
    lint.add_argument(
        "files", nargs="*", metavar="FILE", help="pcap or pcapng; - reads standard input"
    )
    lint.add_argument(
        "--url",
        nargs="?",
        const="",
        help="ask a carrier started with `serve --lint` (default: CARRIERBOX_URL, or "
        "http://127.0.0.1:8775)",
    )
    lint.add_argument("--account", metavar="SYSTEM_ID", help="of this account alone")
    lint.add_argument(
        "--window",
        type=int,
        default=10,
        metavar="N",
        help="how many requests may wait for their answers (default 10)",
    )
    lint.add_argument("--json", action="store_true", help="print one object with everything")
    lint.set_defaults(command=_lint)


def _add_outbind(commands: Any) -> None:
    outbind = commands.add_parser(
        "outbind", help="let a running carrier call a client, so that it binds", allow_abbrev=False
    )
    outbind.add_argument("system_id", metavar="SYSTEM_ID", help="an account with `outbind`")
    outbind.add_argument("--url", help="as of `carrierbox phone`")
    outbind.add_argument("--json", action="store_true", help="print what the carrier answers")
    outbind.set_defaults(command=_outbind)


def _add_config(commands: Any) -> None:
    config = commands.add_parser(
        "config", help="check a configuration, print its schema, list dialects of receipts"
    )
    actions = config.add_subparsers(metavar="check FILE|schema|dialects", required=True)
    check = actions.add_parser("check", help="say what is wrong with a file")
    check.add_argument("file", metavar="FILE", type=Path)
    check.set_defaults(command=_config_check)
    schema = actions.add_parser("schema", help="print the JSON Schema of the file")
    schema.set_defaults(command=_config_schema)
    dialects = actions.add_parser("dialects", help="list the dialects of receipts, with samples")
    dialects.add_argument("file", metavar="FILE", type=Path, nargs="?", help="also those of a file")
    dialects.add_argument("--json", action="store_true", help="print one list of objects")
    dialects.set_defaults(command=_config_dialects)


def _serve(arguments: argparse.Namespace) -> int:
    from carrierbox.config import load_configuration
    from carrierbox.serve import run

    configuration = load_configuration(arguments.config, os.environ, _overrides(arguments))
    return run(configuration, arguments.fresh, arguments.hints, arguments.capture, arguments.lint)


def _overrides(arguments: argparse.Namespace) -> dict[str, object]:
    """What the command line says, in the layout of the configuration."""
    from carrierbox.config_values import store_url
    from carrierbox.errors import ConfigurationError

    said: dict[str, object] = {}
    if arguments.smpp:
        said["listeners"] = [{"smpp": each} for each in arguments.smpp]
    if arguments.http is not None:
        said["http"] = {"listen": arguments.http}
    store = {}
    if arguments.store is not None:
        store["url"] = store_url(arguments.store)
    if arguments.durability is not None:
        store["durability"] = arguments.durability
    if store:
        said["store"] = store
    if arguments.account:
        accounts = []
        for each in arguments.account:
            system_id, colon, password = each.partition(":")
            if not colon:
                raise ConfigurationError("--account", "must be SYSTEM_ID:PASSWORD")
            accounts.append({"system_id": system_id, "password": password})
        said["accounts"] = accounts
    if arguments.carriers is not None:
        from carrierbox.config_carriers import carriers_of_words

        said["carriers"] = carriers_of_words(arguments.carriers)
    if arguments.radio is not None:
        said["radio"] = arguments.radio
    return said


def _demo(arguments: argparse.Namespace) -> int:
    from carrierbox.demo import run_demo

    return run_demo()


def _decode(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.codecs.default_coding import DEFAULT_CODING_NAMES
    from carrierbox.decoding import INPUT_MAX_OCTETS, octets_of, pdu_lines, pdu_object, pdus_of
    from carrierbox.errors import CodecError, ProtocolError

    try:
        if arguments.octets == ["-"]:
            text = sys.stdin.read(4 * INPUT_MAX_OCTETS)
        else:
            text = " ".join(arguments.octets)
        if arguments.tpdu or arguments.udh:
            return _decode_inside(octets_of(text), arguments)
        default_coding = DEFAULT_CODING_NAMES.index(arguments.data_coding_0)
        for number, pdu in enumerate(pdus_of(octets_of(text))):
            if arguments.json:
                print(json.dumps(pdu_object(pdu, default_coding)))
            else:
                lines = pdu_lines(pdu, default_coding)
                print("\n".join(["", *lines] if number else lines))
    except (CodecError, ProtocolError) as error:
        return fail(error, EXIT_USAGE)
    except UnicodeDecodeError:
        print("carrierbox: the input is no text: give hexadecimal digits", file=sys.stderr)
        return EXIT_USAGE
    return EXIT_FINE


def _decode_inside(octets: bytes, arguments: argparse.Namespace) -> int:
    """Print a transfer PDU or a user data header."""
    import json

    from carrierbox.decoding_tpdu import header_lines, header_object, tpdu_lines, tpdu_object

    carried_in = None if arguments.rp is None else f"rp-{arguments.rp}"
    if arguments.json:
        found = (
            header_object(octets)
            if arguments.udh
            else tpdu_object(octets, arguments.tpdu, carried_in)
        )
        print(json.dumps(found))
    elif arguments.udh:
        print("\n".join(header_lines(octets)))
    else:
        print("\n".join(tpdu_lines(octets, arguments.tpdu, carried_in)))
    return EXIT_FINE


def _text(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox import text_command, texts
    from carrierbox.errors import CodecError, ConfigurationError

    said: dict[str, Any] = {
        "languages": [*arguments.language, *arguments.languages.split(",")],
        "stop_mention": arguments.stop_mention,
        "sender": arguments.sender,
    }
    lines: list[str]
    if arguments.to is not None and arguments.template:
        raise ConfigurationError("--to", "goes without --template: each text has its own price")
    try:
        text = arguments.text
        if text == "-":
            text = sys.stdin.read(texts.TEXT_CHARACTERS_MAX + 2).removesuffix("\n")
        if arguments.template:
            template = texts.measure_template(
                text, text_command.samples_of(arguments.sample), **said
            )
            measure = template.largest_text
            found = text_command.template_object(template)
            lines = text_command.template_lines(template)
        elif arguments.sample:
            raise ConfigurationError("--sample", "needs --template")
        else:
            measure = texts.measure_text(text, **said)
            found, lines = text_command.text_object(measure), text_command.text_lines(measure)
        if arguments.to is not None:
            from carrierbox.packs_command import cost_of

            cost = cost_of(arguments.to, measure.sender, len(measure.parts))
            found["cost"] = cost.to_object()
            lines.append(f"cost: {cost.told()}")
    except CodecError as error:
        return fail(error, EXIT_USAGE)
    except UnicodeDecodeError:
        print("carrierbox: the input is no text in UTF-8", file=sys.stderr)
        return EXIT_USAGE
    print(json.dumps(found) if arguments.json else "\n".join(lines))
    return EXIT_FINE if measure.sender is None or measure.sender.is_valid else EXIT_NOT_HELD


def _lint(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.lint_command import lint_carrier, lint_files

    if bool(arguments.files) == (arguments.url is not None):
        raise ConfigurationError("lint", "name captures, or a running carrier with --url")
    if arguments.files:
        return _print_lint(lint_files(arguments.files, arguments.window), arguments)
    return at_carrier(arguments.url, lambda api: _print_lint(lint_carrier(api), arguments))


def _print_lint(report: dict[str, Any], arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.lint_command import has_faults, only_account, report_lines

    if arguments.account is not None:
        report = only_account(report, arguments.account)
    print(json.dumps(report) if arguments.json else "\n".join(report_lines(report)))
    return EXIT_NOT_HELD if has_faults(report) else EXIT_FINE


def _outbind(arguments: argparse.Namespace) -> int:
    import json

    def call(api: Any) -> int:
        answer = api.post("accounts", arguments.system_id, "outbind", body={})
        told = f"calling {answer.get('system_id', '')} at {answer.get('to', '')}"
        print(json.dumps(answer) if arguments.json else told)
        return EXIT_FINE

    return at_carrier(arguments.url, call)


def _config_check(arguments: argparse.Namespace) -> int:
    from carrierbox.config import load_configuration

    load_configuration(arguments.file, {})
    print(f"{arguments.file} is a valid configuration")
    return EXIT_FINE


def _config_schema(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.config import configuration_schema

    print(json.dumps(configuration_schema(), indent=2))
    return EXIT_FINE


def _config_dialects(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.config import load_configuration
    from carrierbox.dialects import builtin_dialects
    from carrierbox.dialects_command import dialect_lines, dialect_objects

    known = list(builtin_dialects().values())
    if arguments.file is not None:
        for box in load_configuration(arguments.file, {}).all_boxes().values():
            known += box.dialects.values()
    print(json.dumps(dialect_objects(known)) if arguments.json else "\n".join(dialect_lines(known)))
    return EXIT_FINE
