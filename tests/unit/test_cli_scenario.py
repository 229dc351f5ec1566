"""The commands `carrierbox scenario …`, as somebody types them."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from carrierbox.cli import main
from carrierbox.scenarios.library import builtin_names

FAILS = """\
scenario: fails
parameters: {text: Hi}
steps:
  - submit: {as: m, from: ACME, to: "+33612345678", text: "${text}"}
  - expect: {phone: "+33612345678", shows: Ho}
"""


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A scenario that fails, unless its text is Ho."""
    file = tmp_path / "fails.yaml"
    file.write_text(FAILS, encoding="utf-8")
    return file


def test_one_that_passes_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    """And says so."""
    assert main(["scenario", "run", "offline-phone", "--diagram"]) == 0
    told = capsys.readouterr().out
    assert "offline-phone: passed in 3h of network time" in told
    assert "submit_sm ACME>33612345678" in told
    assert told.endswith("1 scenario passed\n")


def test_one_that_fails_ends_with_1_and_its_diagram(
    failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JUnit XML beside it; a parameter makes it pass."""
    junit = tmp_path / "junit.xml"
    assert main(["scenario", "run", str(failing), "--junit", str(junit)]) == 1
    told = capsys.readouterr().out
    assert "FAILED  expect:" in told
    assert '"Hi" >|' in told
    assert ElementTree.parse(junit).getroot().get("failures") == "1"
    assert main(["scenario", "run", str(failing), "--set", "text=Ho", "--seed", "4"]) == 0
    nowhere = tmp_path / "nowhere" / "junit.xml"
    assert main(["scenario", "run", str(failing), "--junit", str(nowhere)]) == 2
    assert "junit.xml: cannot be written: No such file" in capsys.readouterr().err


def test_json_is_one_list_of_reports(failing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the order in which they were named."""
    assert main(["scenario", "run", "offline-phone", str(failing), "--json", "--timings"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(each["scenario"], each["passed"]) for each in told] == [
        ("offline-phone", True),
        ("fails", False),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name scenarios, or give --all"),
        (["nothing"], "there is no nothing"),
        (["offline-phone", "--set", "x"], "--set: must be NAME=VALUE"),
        (["offline-phone", "--set", "x=1"], "no parameter of this scenario"),
        (["offline-phone", "--seed", "-1"], "--seed: must be 0 to"),
        (["missing.yaml"], "missing.yaml: cannot be read"),
    ],
)
def test_what_cannot_be_ends_with_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run."""
    assert main(["scenario", "run", *arguments]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.slow
def test_all_of_ours_are_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that need an application are named, with the command that runs each."""
    junit = tmp_path / "junit.xml"
    assert main(["scenario", "run", "--all", "--junit", str(junit)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+ scenarios passed, 2 left out", lines[-3])
    remedy = "carrierbox scenario run answer-receipts-in-time --listen 127.0.0.1:2775"
    assert lines[-2] == f"left out: answer-receipts-in-time: needs your application: {remedy}"
    suite = ElementTree.parse(junit).getroot()
    assert (suite.get("skipped"), suite.get("tests")) == ("2", str(len(builtin_names())))
    (first, _) = suite.iter("skipped")
    assert first.get("message") == f"needs your application: {remedy}"


def test_what_was_left_out_is_in_the_json_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither passed nor failed; what was named is never left out."""
    assert main(["scenario", "run", "--all", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sorted(each["scenario"] for each in told) == builtin_names()
    skipped = [each for each in told if each["passed"] is None]
    assert {each["skipped"] for each in skipped} == {"needs your application"}
    assert [each["remedy"].split()[3] for each in skipped] == [each["scenario"] for each in skipped]


def test_ours_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """With their reasons."""
    assert main(["scenario", "list"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in builtin_names())
    assert main(["scenario", "list", "--json"]) == 0
    assert [each["scenario"] for each in json.loads(capsys.readouterr().out)] == builtin_names()
    assert main(["scenario", "show", "offline-phone"]) == 0
    assert capsys.readouterr().out.startswith("scenario: offline-phone\n")


def test_without_what_it_hangs_on_it_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    """The report says what was taken out, the list what each hangs on."""
    assert main(["scenario", "run", "offline-phone", "--without"]) == 1
    assert "offline-phone without setup phones[0].power: FAILED" in capsys.readouterr().out
    assert main(["scenario", "list"]) == 0
    assert "  hangs on setup phones[0].power" in capsys.readouterr().out.splitlines()
    assert main(["scenario", "list", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("| Scenario | What it tells | Hangs on |\n|---")


def test_a_new_one_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It runs, and is never written over."""
    file = tmp_path / "mine.yaml"
    assert main(["scenario", "new", str(file)]) == 0
    assert f"carrierbox scenario run {file}" in capsys.readouterr().out
    assert main(["scenario", "run", str(file)]) == 0
    assert main(["scenario", "new", str(file)]) == 2


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For editors."""
    assert main(["scenario", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Scenario of carrierbox"


def test_an_application_needs_an_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """HOST:PORT."""
    file = tmp_path / "live.yaml"
    file.write_text(
        "scenario: live\nrole: your_application\nsteps: [{wait: {bound: demo, within: 10ms}}]\n",
        encoding="utf-8",
    )
    assert main(["scenario", "run", str(file), "--listen", "nowhere"]) == 2
    assert "--listen" in capsys.readouterr().err
    assert main(["scenario", "run", str(file), "--listen", "127.0.0.1:0"]) == 1
    assert "live waits for your application: connect to 127.0.0.1:" in capsys.readouterr().err
