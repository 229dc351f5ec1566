"""The commands `carrierbox phone …`."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, Final

from carrierbox import cli_network
from carrierbox.cli_carrier import at_carrier, print_answer_of
from carrierbox.exit_codes import EXIT_FINE

LIST: Final = "list"
"""In place of a number: all phones."""
LIST_DEFAULT: Final = 100


def add_to(commands: Any) -> None:
    """Add the command `phone` to those of the parser."""
    phone = commands.add_parser(
        "phone",
        help="look at a phone, or steer it",
        description="One phone: its screen, its memory, what it sends and what it answers. "
        "`carrierbox phone list` lists all.",
        allow_abbrev=False,
    )
    phone.add_argument(
        "msisdn", metavar="MSISDN", help="its number, such as +33612345678; list for all of them"
    )
    phone.add_argument(
        "--limit",
        type=int,
        default=LIST_DEFAULT,
        metavar="N",
        help=f"of list: how many phones (default {LIST_DEFAULT})",
    )
    phone.set_defaults(command=_show, url=None, json=False, threads=False)
    actions = phone.add_subparsers(metavar="ACTION", dest="action")
    parsers = [
        *_add_screen(actions),
        *_add_sending(actions),
        *_add_memory(actions),
        _add_answering(actions),
        _add_subscriber(actions),
        *cli_network.add_phone_actions(actions),
    ]
    for parser in (phone, *parsers):
        parser.add_argument(
            "--url",
            default=argparse.SUPPRESS,
            help="the carrier's HTTP address (default: CARRIERBOX_URL, or http://127.0.0.1:8775)",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            default=argparse.SUPPRESS,
            help="print what the carrier answers",
        )


def _add_screen(actions: Any) -> list[Any]:
    shown = actions.add_parser("show", help="what its screen shows (when nothing else is asked)")
    shown.add_argument(
        "--threads", action="store_true", help="received and sent together, by the other end"
    )
    shown.set_defaults(command=_show)
    on = actions.add_parser("on", help="switch it on")
    off = actions.add_parser("off", help="switch it off")
    for parser in (on, off):
        parser.set_defaults(command=_switch)
    return [shown, on, off]


def _add_sending(actions: Any) -> list[Any]:
    send = actions.add_parser("send", help="let it send a text")
    send.add_argument("to", metavar="TO")
    send.add_argument("text", metavar="TEXT")
    send.add_argument(
        "--languages",
        default="none",
        metavar="all|none|NAMES",
        help="national alphabets it may use where they save parts, as in turkish,portuguese",
    )
    send.add_argument(
        "--ask",
        choices=("none", "delivery", "user", "both"),
        default="none",
        help="the acknowledgements it wants of whoever gets the text",
    )
    send.set_defaults(command=_send)
    reply = actions.add_parser("reply", help="let it answer a text")
    reply.add_argument(
        "number", nargs="?", type=int, metavar="NUMBER", help="which text (default: the newest)"
    )
    reply.add_argument("text", metavar="TEXT")
    reply.set_defaults(command=_reply)
    for parser in (send, reply):
        parser.add_argument(
            "--report", action="store_true", help="ask the centre for a status report"
        )
    ack = actions.add_parser("ack", help="let its user acknowledge a text that asks for it")
    ack.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="default: the newest")
    ack.add_argument("--code", type=int, metavar="N", help="user_response_code, 0 to 255")
    ack.set_defaults(command=_acknowledge)
    return [send, reply, ack]


def _add_memory(actions: Any) -> list[Any]:
    delete = actions.add_parser("delete", help="delete a text, or all of them")
    delete.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="--all for all")
    delete.add_argument("--all", action="store_true", help="every text, and what fill put there")
    delete.set_defaults(command=_delete)
    memory = actions.add_parser("memory", help="say how many short messages it holds")
    memory.add_argument("--phone", type=int, metavar="N", help="on the phone (default 200)")
    memory.add_argument("--sim", type=int, metavar="N", help="on its SIM (default 20)")
    memory.add_argument(
        "--when-full",
        choices=("refuse", "forget"),
        help="refuse what has no place (default), or forget the oldest texts",
    )
    memory.add_argument("--reset", action="store_true", help="as the configuration has it")
    memory.set_defaults(command=_memory)
    fill = actions.add_parser("fill", help="fill its memory with dummy texts")
    fill.add_argument("texts", nargs="?", type=int, metavar="N", help="default: all that is free")
    fill.set_defaults(command=_fill)
    return [delete, memory, fill]


def _add_answering(actions: Any) -> Any:
    answer = actions.add_parser(
        "answer", help="let it answer texts by itself, or list what it does"
    )
    answer.add_argument("--text", metavar="TEXT", help="what it answers")
    answer.add_argument(
        "--when",
        default="",
        metavar="CONDITIONS",
        help='which texts, as in "text: {contains: CODE}" or "source_addr: ACME" (default: all)',
    )
    answer.add_argument("--after", default="0s", metavar="DURATION", help="how long after the text")
    answer.add_argument("--times", type=int, metavar="N", help="how often (default: always)")
    answer.add_argument("--stop", action="store_true", help="it answers nothing any more")
    answer.set_defaults(command=_answer)
    return answer


def _add_subscriber(actions: Any) -> Any:
    subscriber = actions.add_parser(
        "subscriber",
        help="what the register knows of it: roaming, barring, portability",
        description="Without fields: what the register knows. A field as in visited_country=IN, "
        "visited_carrier=Airtel, carrier=Free, barred_mt=operator, sms_mt=off, domain=sgsn, "
        "unknown=on, answers_with=ILLEGAL_EQUIPMENT; nothing behind the sign takes it back.",
    )
    subscriber.add_argument("fields", nargs="*", metavar="FIELD=VALUE")
    subscriber.add_argument("--reset", action="store_true", help="as with everybody again")
    subscriber.set_defaults(command=_subscriber)
    return subscriber


def _subscriber(arguments: argparse.Namespace) -> int:
    from carrierbox.subscriber_command import change_subscriber, subscriber_lines

    return _of_phone(
        arguments,
        lambda phone: change_subscriber(phone, arguments.fields, arguments.reset),
        lambda phone, said: subscriber_lines(phone.number, said),
    )


def _show(arguments: argparse.Namespace) -> int:
    from carrierbox.phone_words import list_lines, thread_lines

    if arguments.msisdn == LIST:
        return print_answer_of(
            arguments, lambda api: api.get("phones", limit=arguments.limit), list_lines
        )
    if arguments.threads:
        return _of_phone(
            arguments, lambda phone: phone.threads(), lambda _, said: thread_lines(said)
        )
    if arguments.json or not sys.stdout.isatty():
        from carrierbox.phone_command import plain_phone

        return _of_phone(arguments, lambda phone: phone.show(), lambda _, said: plain_phone(said))
    return at_carrier(arguments.url, lambda api: _framed(api, arguments.msisdn))


def _framed(api: Any, msisdn: str) -> int:
    """Show a phone with a frame, on a terminal."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    from carrierbox.phone_command import Phone, heading, screen_lines, status_lines

    phone = Phone(api, msisdn).show()
    console = Console(highlight=False)
    columns = max(20, min(console.width - 6, 72))
    screen = Text("\n".join(screen_lines(phone, columns)))
    console.print(Panel(screen, title=Text(heading(phone)), width=columns + 6, padding=(1, 2)))
    for line in status_lines(phone):
        console.print(Text(f"  {line}"))
    return EXIT_FINE


def _switch(arguments: argparse.Namespace) -> int:
    from carrierbox.phone_command import heading

    return _of_phone(
        arguments, lambda phone: phone.switch(arguments.action), lambda _, said: [heading(said)]
    )


def _send(arguments: argparse.Namespace) -> int:
    from carrierbox.phone_command import sent_line

    def act(phone: Any) -> Any:
        return phone.send(
            arguments.to, arguments.text, arguments.languages, arguments.ask, arguments.report
        )

    return _of_phone(arguments, act, lambda phone, said: [sent_line(phone, arguments.to, said)])


def _reply(arguments: argparse.Namespace) -> int:
    from carrierbox.phone_command import sent_line

    return _of_phone(
        arguments,
        lambda phone: phone.reply(arguments.text, arguments.number, arguments.report),
        lambda phone, said: [sent_line(phone, str(said.get("to", "")), said)],
    )


def _acknowledge(arguments: argparse.Namespace) -> int:
    from carrierbox.phone_command import acknowledged_line

    return _of_phone(
        arguments,
        lambda phone: phone.acknowledge(arguments.number, arguments.code),
        lambda phone, said: [acknowledged_line(phone, said)],
    )


def _delete(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.phone_words import deleted_line

    if (arguments.number is None) != arguments.all:
        raise ConfigurationError("", "name one text by its number, or all of them with --all")
    return _of_phone(
        arguments,
        lambda phone: phone.delete(arguments.number),
        lambda phone, said: [deleted_line(phone.number, said)],
    )


def _memory(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.phone_words import memory_lines

    said = (arguments.phone, arguments.sim, arguments.when_full)
    if arguments.reset and any(each is not None for each in said):
        raise ConfigurationError("", "say how much it holds, or --reset")

    def act(phone: Any) -> Any:
        if arguments.reset:
            return phone.reset_memory()
        if all(each is None for each in said):
            return phone.show()
        return phone.set_memory(*said)

    return _of_phone(arguments, act, lambda _, answer: memory_lines(answer))


def _fill(arguments: argparse.Namespace) -> int:
    from carrierbox.phone_words import memory_lines

    return _of_phone(
        arguments,
        lambda phone: phone.fill(arguments.texts),
        lambda _, said: memory_lines(said),
    )


def _answer(arguments: argparse.Namespace) -> int:
    from carrierbox.errors import ConfigurationError
    from carrierbox.phone_words import responder_lines

    said = [arguments.when, arguments.times is not None, arguments.after != "0s"]
    if arguments.text is None and any(said):
        raise ConfigurationError("--text", "say what it answers")
    if arguments.text is not None and arguments.stop:
        raise ConfigurationError("--stop", "say what it answers, or --stop")

    def act(phone: Any) -> Any:
        if arguments.stop:
            return phone.set_responders([])
        if arguments.text is None:
            return phone.responders()
        return phone.add_responder(arguments.text, arguments.when, arguments.after, arguments.times)

    return _of_phone(arguments, act, lambda _, answer: responder_lines(answer))


def _of_phone(
    arguments: argparse.Namespace,
    act: Callable[[Any], Any],
    lines: Callable[[Any, dict[str, Any]], list[str]],
) -> int:
    """Do something with a phone, and print what the carrier answers."""
    from carrierbox.phone_command import Phone

    phones: list[Any] = []

    def on_phone(api: Any) -> Any:
        phones.append(Phone(api, arguments.msisdn))
        return act(phones[0])

    return print_answer_of(arguments, on_phone, lambda answer: lines(phones[0], answer))
