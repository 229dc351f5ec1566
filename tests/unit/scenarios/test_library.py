"""The scenarios that come with the package."""

from pathlib import Path

import pytest

from carrierbox.errors import ConfigurationError
from carrierbox.scenarios.library import builtin_names, new_scenario, path_of, scenario_named
from carrierbox.scenarios.runner import run_file


@pytest.mark.parametrize("name", builtin_names())
def test_it_can_be_read_and_says_why_it_is_there(name: str) -> None:
    """Each is a story; its name is that of its file."""
    scenario = scenario_named(name)
    assert scenario.name == name
    assert len(scenario.why) > 60


def test_a_scenario_is_a_name_or_a_file(tmp_path: Path) -> None:
    """What is neither is told with the names that are like it."""
    assert path_of("offline-phone").name == "offline-phone.yaml"
    assert path_of("mine.yaml") == Path("mine.yaml")
    assert path_of(str(tmp_path / "x")) == tmp_path / "x"
    with pytest.raises(ConfigurationError, match=r"there is no onfline-phone.*as offline-phone"):
        path_of("onfline-phone")


def test_a_new_one_works(tmp_path: Path) -> None:
    """And writes over nothing."""
    file = tmp_path / "My first one.yaml"
    assert new_scenario(file) == "my-first-one"
    report = run_file(file)
    assert report.passed, report.problem
    with pytest.raises(ConfigurationError, match="is there already"):
        new_scenario(file)
    with pytest.raises(ConfigurationError, match="cannot be written: No such file or directory"):
        new_scenario(tmp_path / "nowhere" / "a.yaml")
