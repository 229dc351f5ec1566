"""Scenarios inside a test suite."""

from pathlib import Path

import pytest

from carrierbox.scenarios.problems import ScenarioError
from carrierbox.testing.scenarios import run_scenario

TEXT = """\
scenario: one
parameters: {text: Hi}
steps:
  - submit: {as: m, from: ACME, to: "+33612345678", text: "${text}"}
  - expect: {phone: "+33612345678", shows: Hi}
"""

WAITS = """\
scenario: waits
role: your_application
steps: [{settle: {}}]
"""


def test_a_name_a_file_or_a_text_is_run(tmp_path: Path) -> None:
    """Keywords are parameters."""
    file = tmp_path / "one.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert run_scenario("offline-phone").passed
    assert run_scenario(file, seed=3).passed
    assert run_scenario(TEXT).passed
    report = run_scenario(TEXT, text="Ho")
    assert "it shows 'Ho (from ACME)'" in report.problem


def test_one_that_cannot_be_raises() -> None:
    """With line and remedy."""
    with pytest.raises(ScenarioError, match="scenario:3: steps"):
        run_scenario("scenario: one\nsetup: {}\nsteps: [{jump: 1}]\n")


def test_an_application_is_handed_in() -> None:
    """It runs in a thread of its own; what it raises is raised here."""
    with pytest.raises(ValueError, match="hand one in"):
        run_scenario(WAITS)
    asked: list[tuple[str, int]] = []
    report = run_scenario(WAITS, application=lambda host, port: asked.append((host, port)))
    assert report.passed
    assert len(asked) == 1

    def broken(host: str, port: int) -> None:
        raise RuntimeError("it is broken")

    with pytest.raises(RuntimeError, match="it is broken"):
        run_scenario(WAITS, application=broken)
