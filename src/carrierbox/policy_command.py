"""What `carrierbox policy explain` does: ask rules about one message, here or of a carrier."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from carrierbox.app import make_configured_box
from carrierbox.clock import NetworkClock
from carrierbox.config import Configuration, load_configuration
from carrierbox.config_carriers import carriers_of_words
from carrierbox.config_problems import field_problem
from carrierbox.config_reading import DEFAULT_BOX
from carrierbox.errors import ConfigurationError
from carrierbox.numbering import shared_number_plan
from carrierbox.policy_views import PolicyQuestion, QuestionError, explained
from carrierbox.smsc.stores.memory import MemoryStore
from carrierbox.terminal import aligned, counted, printable

MEMORY: Final = ":memory:"
_OPTIONS: Final = {"content_class": "--class"}


def explain_here(
    question: Mapping[str, str],
    config: Path | None,
    carriers: str | None,
    environment: Mapping[str, str],
    box_name: str = "",
) -> dict[str, Any]:
    """What the rules of a configuration say, as the API tells it. Raises ConfigurationError.

    No carrier is started, and the store of the configuration is left alone.
    """
    overrides: dict[str, object] = {"store": {"url": MEMORY}}
    if carriers is not None:
        overrides["carriers"] = carriers_of_words([carriers])
    configuration = load_configuration(config, environment, overrides)
    return _explained(configuration, question, box_name or DEFAULT_BOX)


def _explained(
    configuration: Configuration, question: Mapping[str, str], box_name: str
) -> dict[str, Any]:
    sections = configuration.all_boxes()
    section = sections.get(box_name)
    if section is None:
        raise ConfigurationError(
            "--box", f"there is no box {box_name[:40]!r}: use {', '.join(sections)}"
        )
    box = make_configured_box(
        box_name,
        section,
        MemoryStore(),
        shared_number_plan(),
        NetworkClock(),
    )
    try:
        asked = msgspec.convert(dict(question), PolicyQuestion)
        found: dict[str, Any] = msgspec.to_builtins(explained(box, asked))
    except QuestionError as error:
        raise ConfigurationError(_option(error.field), error.problem) from None
    except msgspec.ValidationError as error:
        field, problem = field_problem(error, PolicyQuestion)
        raise ConfigurationError(_option(field), problem) from None
    return found


def _option(field: str) -> str:
    return _OPTIONS.get(field, f"--{field}")


def explanation_lines(found: Mapping[str, Any], is_of_carrier: bool = False) -> list[str]:
    """An explanation for people: the message, the verdict, the rules and what each found.

    `is_of_carrier`: a running one was asked, so that nobody has to be told where rules are.
    """
    lines = aligned(_message_rows(found["message"]), "")
    verdict = found["verdict"]
    said = "accepted" if verdict["accepted"] else f"refused with {verdict['command_status']}"
    by = "" if verdict["rule"] == "open" else f" by rule {verdict['rule']}"
    lines += ["", f"{said}{by}".replace("accepted by", "accepted, by")]
    if verdict["reason"]:
        lines.append(f"  {verdict['reason']}")
    lines += [f"  {each}" for each in verdict["more"]]
    for title, rules in (("matched", found["matched"]), ("came close", found["close"])):
        for rule in rules:
            asked = "" if rule["asked"] else " (not asked: a rule before it decided)"
            lines += ["", f"{title}: {rule['rule']}{asked}"]
            lines += aligned([_condition_row(each) for each in rule["conditions"]], "  ")
    rules = found["rules"]
    where = (
        ""
        if rules or is_of_carrier
        else ": name some with --config or --carriers, or a carrier with --url"
    )
    lines += ["", f"{counted(rules, 'rule')} looked at{where}"]
    return [printable(line) for line in lines]


def _message_rows(message: Mapping[str, Any]) -> list[list[str]]:
    sender = message["sender"].replace("_", " ")
    if message["sender_country"]:
        sender += f" of {message['sender_country']}"
    where = message["country"] or "no country"
    if message["carrier"]:
        where += f", {message['carrier']}"
    content_class = message["content_class"] or "unknown"
    if message["class_said_by"]:
        content_class += f", by {message['class_said_by']}"
    parts = message["parts"]
    rows = [
        ["account", message["account"]],
        ["from", f"{message['from']} ({sender})"],
        ["to", f"+{message['to']} ({where})"],
        ["at", f"{message['at']}, there {message['local_time']}"],
        ["class", content_class],
        ["form", f"{message['alphabet']}, {parts} {'part' if parts == 1 else 'parts'}"],
    ]
    if message["link_domains"]:
        rows.append(["links", ", ".join(message["link_domains"])])
    return rows


def _condition_row(condition: Mapping[str, Any]) -> list[str]:
    sign = "yes" if condition["holds"] else "no"
    if condition["drawn"]:
        sign = "?"
    place = "unless " if condition["place"] == "unless" else ""
    found = condition["found"]
    if condition["level"] is not None:
        found += f" ({condition['level']:.0%} of the window)"
    return [sign, f"{place}{condition['condition']}: {condition['wanted']}", found]
