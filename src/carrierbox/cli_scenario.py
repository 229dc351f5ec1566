"""The commands `carrierbox scenario …`: run stories, list, show, write and record them."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from carrierbox.exit_codes import EXIT_FINE, EXIT_NOT_HELD


def add_to(commands: Any) -> None:
    """Add the command to those of the parser."""
    scenario = commands.add_parser(
        "scenario",
        help="run stories in which things go wrong, and say whether what is expected holds",
        description="Stories in YAML: a carrier, what happens, what must come of it. In process on "
        "virtual time, or with your application over a real port.",
        allow_abbrev=False,
    )
    actions = scenario.add_subparsers(metavar="run|list|show|new|record|schema", required=True)
    _add_run(actions)
    listed = actions.add_parser("list", help="those that come with carrierbox")
    listed.add_argument("--json", action="store_true", help="print one list of objects")
    listed.add_argument(
        "--markdown", action="store_true", help="print a table, as the documents have it"
    )
    listed.set_defaults(command=_list)
    shown = actions.add_parser("show", help="print one, to read it or to start from")
    shown.add_argument("name", metavar="NAME")
    shown.set_defaults(command=_show)
    new = actions.add_parser("new", help="write a small one that works, to go on with")
    new.add_argument("file", metavar="FILE", type=Path)
    new.set_defaults(command=_new)
    _add_record(actions)
    schema = actions.add_parser("schema", help="print the JSON Schema of the files, for editors")
    schema.set_defaults(command=_schema)


def _add_run(actions: Any) -> None:
    run = actions.add_parser(
        "run",
        help="run some, or all that come with carrierbox",
        description="Exit code 1 if something that is expected does not hold, 2 if a scenario "
        "cannot be.",
        allow_abbrev=False,
    )
    run.add_argument("names", nargs="*", metavar="NAME|FILE", help="any number")
    run.add_argument(
        "--all",
        action="store_true",
        help="those that come with carrierbox and need no application; the others are named",
    )
    run.add_argument("--junit", metavar="FILE", type=Path, help="also write JUnit XML")
    run.add_argument("--json", action="store_true", help="print one list of reports instead")
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the scenarios; any number",
    )
    run.add_argument("--seed", type=int, metavar="N", help="another than the scenario's own")
    run.add_argument(
        "--listen",
        default="127.0.0.1:2775",
        metavar="HOST:PORT",
        help="where your application connects, for role your_application (default 127.0.0.1:2775)",
    )
    run.add_argument(
        "--without",
        action="store_true",
        help="take out what each says it hangs on (hinges_on): then none of them may hold",
    )
    run.add_argument("--timings", action="store_true", help="also print the real time steps took")
    run.add_argument("--diagram", action="store_true", help="print the diagram of those that pass")
    run.set_defaults(command=_run)


def _add_record(actions: Any) -> None:
    record = actions.add_parser(
        "record",
        help="make one of captures, or of what passes a running carrier",
        description="What applications sent is sent again, what the carrier answered is expected; "
        "rules make a carrier do what the recorded one did.",
        allow_abbrev=False,
    )
    record.add_argument(
        "files", nargs="*", metavar="CAPTURE", help="pcap or pcapng, any number; - is stdin"
    )
    record.add_argument("--url", metavar="URL", help="a carrier to listen to, until Ctrl-C")
    record.add_argument("--for", dest="seconds", metavar="DURATION", help="listen so long, as 90s")
    record.add_argument("-o", "--output", metavar="FILE", type=Path, help="else it is printed")
    record.add_argument("--name", metavar="NAME", default="recorded", help="of the scenario")
    record.add_argument(
        "--role",
        choices=("we_send", "your_application"),
        default="we_send",
        help="your_application: wait for the application instead of playing it",
    )
    record.add_argument(
        "--timing",
        default="keep",
        metavar="keep|none|FACTOR",
        help="pauses as they were (default), none, or so many times as long",
    )
    record.set_defaults(command=_record)


def _record(arguments: argparse.Namespace) -> int:
    from carrierbox.cli_carrier import at_carrier
    from carrierbox.config_values import reader_of_duration
    from carrierbox.errors import ConfigurationError
    from carrierbox.scenarios.hearing import Wanted, record, timing_of

    if bool(arguments.files) == (arguments.url is not None):
        raise ConfigurationError("scenario record", "name captures, or a carrier with --url")
    seconds = None
    if arguments.seconds is not None:
        try:
            seconds = max(1, round(reader_of_duration(1.0)(arguments.seconds)))
        except ValueError as error:
            raise ConfigurationError("--for", str(error)) from None
    output: Path | None = arguments.output
    if output is not None and output.exists():
        raise ConfigurationError("-o", f"{output} is there already: choose another name")
    wanted = Wanted(
        arguments.name, arguments.role, timing_of(arguments.timing), arguments.files, seconds
    )
    if arguments.url is None:
        return _write_recording(record(wanted), output)
    return at_carrier(arguments.url, lambda api: _write_recording(record(wanted, api), output))


def _write_recording(found: Any, output: Path | None) -> int:
    import sys

    from carrierbox.scenarios.library import write_file
    from carrierbox.scenarios.loader import read_scenario
    from carrierbox.scenarios.problems import ScenarioError

    try:
        read_scenario(found.text)
    except ScenarioError as error:
        found.remarks.append(f"this is no scenario yet, go through it:\n{error}")
    for remark in found.remarks:
        print(f"carrierbox: {remark}", file=sys.stderr)
    if output is None:
        print(found.text, end="")
    else:
        write_file(output, found.text)
    return EXIT_FINE


def _run(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.errors import ConfigurationError
    from carrierbox.scenarios.library import builtin_names, scenario_named, write_file
    from carrierbox.scenarios.report import junit_xml, summary_lines
    from carrierbox.scenarios.scenario import SEED_MAX, WE_SEND

    if bool(arguments.names) == arguments.all:
        raise ConfigurationError("scenario run", "name scenarios, or give --all")
    if arguments.seed is not None and not 0 <= arguments.seed <= SEED_MAX:
        raise ConfigurationError("--seed", f"must be 0 to {SEED_MAX}")
    given = _parameters(arguments.set)
    # All are read before the first is run: who mistyped the last need not wait for the others.
    scenarios = [
        scenario_named(name, given, arguments.seed, arguments.without)
        for name in arguments.names or builtin_names()
    ]
    left_out = _left_out(scenarios, arguments) if arguments.all else []
    if arguments.all:
        scenarios = [each for each in scenarios if each.role == WE_SEND]
    reports = []
    for scenario in scenarios:
        report = _report(scenario, arguments)
        reports.append(report)
        if not arguments.json:
            _print_report(report, arguments)
    if arguments.json:
        found = [report.json_object(arguments.timings) for report in reports]
        print(json.dumps(found + [each.json_object() for each in left_out]))
    else:
        print("\n".join(summary_lines(reports, left_out)))
    if arguments.junit is not None:
        write_file(arguments.junit, junit_xml(reports, arguments.timings, left_out))
    return EXIT_FINE if all(report.passed for report in reports) else EXIT_NOT_HELD


def _print_report(report: Any, arguments: argparse.Namespace) -> None:
    lines = report.lines(arguments.timings)
    if arguments.diagram and report.passed:
        lines += ["", *(f"  {line}" for line in report.diagram())]
    print("\n".join([*lines, ""]))


def _left_out(scenarios: Sequence[Any], arguments: argparse.Namespace) -> list[Any]:
    """Those that nobody can run without an application."""
    from carrierbox.scenarios.report import LeftOut
    from carrierbox.scenarios.scenario import WE_SEND

    without = " --without" if arguments.without else ""
    return [
        LeftOut(
            each.name,
            each.source,
            each.role,
            "needs your application",
            f"carrierbox scenario run {each.name} --listen {arguments.listen}{without}",
        )
        for each in scenarios
        if each.role != WE_SEND
    ]


def _report(scenario: Any, arguments: argparse.Namespace) -> Any:
    import sys

    from carrierbox.config_values import read_endpoint
    from carrierbox.errors import ConfigurationError
    from carrierbox.scenarios.runner import run_scenario
    from carrierbox.scenarios.scenario import WE_SEND

    if scenario.role == WE_SEND:
        return run_scenario(scenario)
    from carrierbox.scenarios.live import run_live

    try:
        endpoint = read_endpoint(arguments.listen)
    except ValueError as error:
        raise ConfigurationError("--listen", str(error)) from None

    def say(line: str) -> None:
        print(f"carrierbox: {line}", file=sys.stderr, flush=True)

    return run_live(scenario, endpoint.host, endpoint.port, say)


def _parameters(said: Sequence[str]) -> dict[str, object]:
    from carrierbox.errors import ConfigurationError

    given: dict[str, object] = {}
    for each in said:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise ConfigurationError("--set", f"must be NAME=VALUE, not {each}")
        given[name] = value
    return given


def _list(arguments: argparse.Namespace) -> int:
    import json
    import textwrap

    from carrierbox.scenarios.library import builtin_names, library_table, scenario_named

    if arguments.markdown:
        print("\n".join(library_table()))
        return EXIT_FINE
    scenarios = [scenario_named(name) for name in builtin_names()]
    if arguments.json:
        found = [
            {
                "scenario": each.name,
                "why": each.why,
                "role": each.role,
                "steps": len(each.steps),
                "hinges_on": None if each.hinge is None else {each.hinge.kind: each.hinge.name},
            }
            for each in scenarios
        ]
        print(json.dumps(found))
        return EXIT_FINE
    for each in scenarios:
        print(each.name if each.role == "we_send" else f"{each.name}  ({each.role})")
        print("\n".join(textwrap.wrap(each.why, 96, initial_indent="  ", subsequent_indent="  ")))
        if each.hinge is not None:
            print(f"  hangs on {each.hinge}")
    return EXIT_FINE


def _show(arguments: argparse.Namespace) -> int:
    from carrierbox.scenarios.library import path_of
    from carrierbox.strict_yaml import read_text

    print(read_text(path_of(arguments.name)), end="")
    return EXIT_FINE


def _new(arguments: argparse.Namespace) -> int:
    from carrierbox.scenarios.library import new_scenario

    new_scenario(arguments.file)
    print(f"wrote {arguments.file}; run it with: carrierbox scenario run {arguments.file}")
    return EXIT_FINE


def _schema(arguments: argparse.Namespace) -> int:
    import json

    from carrierbox.scenarios.scenario import scenario_schema

    print(json.dumps(scenario_schema(), indent=2))
    return EXIT_FINE
