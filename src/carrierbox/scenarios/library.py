"""The scenarios that come with the package, and scenarios by name or file."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from carrierbox.errors import ConfigurationError
from carrierbox.scenarios.loader import load_scenario
from carrierbox.scenarios.scenario import Scenario

BUILTIN: Final = Path(__file__).parent / "builtin"
SUFFIXES: Final = (".yaml", ".yml")

TEMPLATE: Final = """\
# yaml-language-server: $schema=scenario.schema.json
# (`carrierbox scenario schema > scenario.schema.json` lets an editor complete and check it)
scenario: {name}
why: >-
  What goes wrong in production if nobody has seen this before.
parameters: {{phone: "+33612345678"}}
setup:
  phones: [{{msisdn: "${{phone}}", power: off}}]
steps:
  - submit: {{as: m1, from: ACME, to: "${{phone}}", text: "Hi", registered_delivery: 1}}
  - expect: {{submit: m1, command_status: ESME_ROK}}
  - advance: 1h
  - phone: {{msisdn: "${{phone}}", power: on}}
  - expect: {{receipt: m1, stat: DELIVRD, within: 1m}}
  - expect: {{phone: "${{phone}}", shows: "Hi", count: 1}}
"""


def builtin_names() -> list[str]:
    """The names of those that come with the package, sorted."""
    return sorted(path.stem for path in BUILTIN.glob("*.yaml"))


def path_of(name: str) -> Path:
    """The file of a scenario, by the name of one of ours or its own path.

    Raises ConfigurationError if there is none.
    """
    path = Path(name)
    if name.endswith(SUFFIXES) or path.name != name:
        return path
    if name not in builtin_names():
        near = get_close_matches(name, builtin_names())
        like = f", such as {', '.join(near)}" if near else ""
        raise ConfigurationError(
            "scenario",
            f"there is no {name[:64]}: name a file that ends with .yaml, or one that "
            f"`carrierbox scenario list` lists{like}",
        )
    return BUILTIN / f"{name}.yaml"


def scenario_named(
    name: str,
    given: Mapping[str, object] | None = None,
    seed: int | None = None,
    without: bool = False,
) -> Scenario:
    """A scenario by its name or file, or what is left of it `without` what it hangs on.

    ScenarioError tells what is wrong with it.
    """
    return load_scenario(path_of(name), given, seed, without)


def library_table() -> list[str]:
    """Those that come with the package as a table in Markdown: name, story, what it hangs on."""
    lines = ["| Scenario | What it tells | Hangs on |", "|---|---|---|"]
    for name in builtin_names():
        scenario = scenario_named(name)
        hinge = scenario.hinge
        told = "" if hinge is None else f"{hinge.kind} `{hinge.name}`"
        lines.append(f"| `{name}` | {scenario.why} | {told} |")
    return lines


def write_file(path: Path, text: str) -> None:
    """Write what a command was asked for. Raises ConfigurationError if that cannot be."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(str(path), f"cannot be written: {error.strerror}") from None


def new_scenario(path: Path) -> str:
    """What stands in a new file. Raises ConfigurationError if it is there already."""
    if path.exists():
        raise ConfigurationError(str(path), "is there already: choose another file")
    letters = "".join(each if each.isalnum() else "-" for each in path.stem.lower())
    name = letters.strip("-") or "new"
    write_file(path, TEMPLATE.format(name=name[:64]))
    return name
