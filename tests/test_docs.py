"""What the documents say is so: links, files, commands, examples, numbers of decisions.

A document is a Markdown file at the root of the repository or below docs/.
"""

import ast
import json
import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from carrierbox.api.app import INDEX
from carrierbox.cli import _parser
from carrierbox.config import configuration_schema, load_configuration
from carrierbox.errors import ConfigurationError
from carrierbox.scenarios.expectations_written import SUBJECTS
from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.runner import run_scenario
from carrierbox.scenarios.scenario import STEP_KINDS, WE_SEND
from carrierbox.smpp.wire import decode_pdu, describe_pdu
from carrierbox.smsc import journal

REPOSITORY: Final = Path(__file__).parents[1]
SOURCE: Final = REPOSITORY / "src" / "carrierbox"
DECISIONS: Final = REPOSITORY / "docs" / "decisions"
DOCUMENTS: Final = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]

FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN: Final = re.compile(r"`([^`\n]+)`")
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
FILE: Final = re.compile(r"[\w.*-]+(/[\w.*-]+)*\.(py|md|toml|json|tsv|ya?ml)|[\w.-]+(/[\w.-]+)+/?")
TARGET: Final = re.compile(r"\bmake ([a-z][a-z-]*)")

# Written like files of the repository and none: placeholders, files that users have.
NO_FILES: Final = {
    "X/y.py",
    "carrier.yaml",
    "my-pack.yaml",
    "src/carrierbox/X/y.py",
    "tests/unit/X/test_y.py",
    "messages/ID",
    # Topics of MQTT.
    "carrierbox/v1/BOX/centre/presence",
    "carrierbox/v1/BOX/phone/MSISDN/KIND",
    "mo/ack",
    "mt/ack",
}


def name_of(path: Path) -> str:
    """A document as it is called here."""
    return path.relative_to(REPOSITORY).as_posix()


def fences(path: Path, language: str) -> list[str]:
    """The fenced blocks of a document in one language; "" for those that name none."""
    return [block for found, block in FENCE.findall(path.read_text("utf-8")) if found == language]


def prose(path: Path) -> str:
    """A document without its fenced blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def examples(language: str) -> Iterator[tuple[str, str]]:
    """Every fenced block of a language with the document it is in."""
    for path in DOCUMENTS:
        for block in fences(path, language):
            yield name_of(path), block


def command_lines(path: Path) -> Iterator[list[str]]:
    """The arguments of every `carrierbox` that a document lets a reader type or mentions."""
    spans = [span for span in SPAN.findall(prose(path)) if span.startswith("carrierbox ")]
    lines = [line for block in fences(path, "") for line in block.splitlines()]
    for line in [*spans, *lines]:
        words = shlex.split(line, comments=True) if "carrierbox " in line else []
        if words and words[0].rpartition("/")[2] == "carrierbox":
            yield words[1:]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_to_a_file(path: Path) -> None:
    """Links inside the repository; what is on other sites is not asked."""
    links = [link.partition("#")[0] for link in LINK.findall(prose(path))]
    local = [link for link in links if link and "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_file_that_is_named_exists(path: Path) -> None:
    """By its path from the root of the repository or below src/carrierbox."""
    named = {span for span in SPAN.findall(prose(path)) if FILE.fullmatch(span)} - NO_FILES
    roots = (REPOSITORY, SOURCE, path.parent)
    assert [n for n in sorted(named) if not any(list(root.glob(n)) for root in roots)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_target_of_make_exists(path: Path) -> None:
    """`make demo` and the others."""
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    typed = [*fences(path, ""), *SPAN.findall(prose(path))]
    assert {name for text in typed for name in TARGET.findall(text)} - targets == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_line_is_understood(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the parser of the command line itself; a command that is only named has its help."""
    refused = []
    parser = _parser()
    for arguments in command_lines(path):
        mentioned = len(arguments) == 1 and arguments[0] not in ("serve", "demo")
        try:
            parser.parse_args([*arguments, "--help"] if mentioned else arguments)
        except SystemExit as ending:
            if ending.code != 0:
                refused.append(f"carrierbox {shlex.join(arguments)}: {capsys.readouterr().err}")
    assert refused == []


def test_the_readme_shows_command_lines() -> None:
    """The test above has something to test."""
    assert len(list(command_lines(REPOSITORY / "README.md"))) >= 8


def test_every_python_example_compiles() -> None:
    """Those of the README and all others."""
    found = list(examples("python"))
    assert len(found) >= 2
    for name, block in found:
        ast.parse(textwrap.dedent(block), name)


def test_every_configuration_in_the_documents_loads(tmp_path: Path) -> None:
    """A YAML block is a whole configuration, unless it is a scenario."""
    found = [(name, block) for name, block in examples("yaml") if not is_scenario(block)]
    assert len(found) >= 3
    file = tmp_path / "carrier.yaml"
    for name, block in found:
        file.write_text(block, encoding="utf-8")
        try:
            load_configuration(file, {"HOME": str(tmp_path)})
        except ConfigurationError as error:
            pytest.fail(f"{name}: {error}\n{block}")


def is_scenario(block: str) -> bool:
    """Whether a YAML block is a scenario."""
    return block.startswith("scenario:")


def test_every_scenario_in_the_documents_holds() -> None:
    """Those that need an application are read alone."""
    found = [(name, block) for name, block in examples("yaml") if is_scenario(block)]
    assert len(found) >= 5
    for name, block in found:
        scenario = read_scenario(block, name)
        if scenario.role == WE_SEND:
            report = run_scenario(scenario)
            assert report.passed, "\n".join([name, *report.lines()])


def test_every_step_and_expectation_is_explained() -> None:
    """docs/scenarios.md, in a span or an example."""
    page = (REPOSITORY / "docs" / "scenarios.md").read_text(encoding="utf-8")
    told = set(re.findall(r"[`{\[ -]([a-z_]+)[`:]", page))
    assert sorted({*STEP_KINDS, *SUBJECTS} - told) == []


def test_the_configuration_that_shows_the_defaults_is_the_default(tmp_path: Path) -> None:
    """docs/configuration.md, the first block; its store is told in prose."""
    file = tmp_path / "carrier.yaml"
    first = fences(REPOSITORY / "docs" / "configuration.md", "yaml")[0]
    file.write_text(first, encoding="utf-8")
    url = {"store": {"url": ":memory:"}}
    assert load_configuration(file, {}, url) == load_configuration(None, {}, url)


def test_every_key_of_the_configuration_is_explained() -> None:
    """docs/configuration.md, in the block of the defaults or in its prose."""
    page = REPOSITORY / "docs" / "configuration.md"
    told = set(re.findall(r"^[ -]*(\w+):", fences(page, "yaml")[0], re.MULTILINE))
    told |= set(SPAN.findall(prose(page)))
    definitions = configuration_schema()["$defs"]
    keys = {key for section in definitions.values() for key in section["properties"]}
    assert sorted(keys - told) == []


def test_the_variables_in_the_documents_are_settings(tmp_path: Path) -> None:
    """docs/configuration.md and the image."""
    blocks = [block for _, block in examples("") if block.startswith("CARRIERBOX_")]
    dockerfile = (REPOSITORY / "docker" / "Dockerfile").read_text(encoding="utf-8")
    instructions = dockerfile.replace("\\\n", " ").splitlines()
    blocks += [line.removeprefix("ENV ") for line in instructions if line.startswith("ENV ")]
    assert len(blocks) == 2
    for block in blocks:
        variables = dict(word.split("=", 1) for word in shlex.split(block))
        load_configuration(None, variables | {"HOME": str(tmp_path)})


def test_the_api_page_lists_what_the_api_lists() -> None:
    """docs/http-api.md and the text at `/` name the same paths."""
    page = (REPOSITORY / "docs" / "http-api.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([A-Z]+ /\S+)` \|", page, re.MULTILINE)
    real = [" ".join(line.split()[:2]) for line in INDEX.splitlines() if " /api/" in line]
    assert sorted(told) == sorted(line for line in real if not line.endswith("openapi.json"))


def test_the_journal_page_has_the_kinds_of_the_journal() -> None:
    """docs/journal.md numbers the entries as the journal does."""
    page = (REPOSITORY / "docs" / "journal.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", page, re.MULTILINE)
    assert [int(kind) for kind, _ in rows] == list(range(1, len(rows) + 1))
    assert [getattr(journal, name) for _, name in rows] == [int(kind) for kind, _ in rows]
    names = [name for name in vars(journal) if name.isupper() and not name.startswith("_")]
    assert sorted(name for _, name in rows) == sorted(set(names) - {"FORMAT"})


def test_the_first_change_is_about_a_real_frame() -> None:
    """The vector of CONTRIBUTING.md means what it says; also once somebody followed the page."""
    (row,) = fences(REPOSITORY / "CONTRIBUTING.md", "json")
    vector = json.loads(row.strip().removesuffix(","))
    pdu = decode_pdu(bytes.fromhex(vector["octets"]))
    plain = [(name, v.hex() if isinstance(v, bytes) else v) for name, v in describe_pdu(pdu)]
    assert plain[: -len(pdu.tlvs)] == list(vector["body"].items())
    told = [(tlv["tag"], tlv["value"]) for tlv in vector["tlvs"]]
    assert [(tlv.tag, tlv.value.hex()) for tlv in pdu.tlvs] == told


def test_examples_in_json_are_json() -> None:
    """docs/http-api.md."""
    found = [block for name, block in examples("json") if name != "CONTRIBUTING.md"]
    assert found != []
    for block in found:
        assert isinstance(json.loads(block), dict)


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    """docs/decisions/NNNN-title.md, each in the index under its own title."""
    records = sorted(DECISIONS.glob("*.md"))
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    assert [path.name[:5] for path in records] == [f"{n:04}-" for n in range(1, len(records) + 1)]
    for path in records:
        number, _, title = path.read_text(encoding="utf-8").partition("\n")[0][2:].partition(" ")
        assert number == path.name[:4]
        assert f"| [{number}](decisions/{path.name}) | {title} |" in index
        headings = re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"]
