"""`carrierbox fault`: what it asks the API, and what people read."""

from typing import Any

import pytest

from carrierbox import cli
from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.fault_command import add_fault, fault_lines, remove_faults

LOST = {
    "name": "lost",
    "then": {"no_response": True},
    "when": {"operation": ["submit_sm", "data_sm"], "text": {"contains": "x"}, "share": 10},
    "matched": 2,
    "configured": False,
}
CUT = {"name": "cut", "then": {"reset": "mid_pdu"}, "when": {}, "matched": 1, "configured": True}


class Api(CarrierApi):
    """Notes what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []

    def post(self, *segments: str, body: dict[str, Any], **query: str | int) -> dict[str, Any]:
        self.asked.append((*segments, body))
        return {"faults": [body]}

    def delete(self, *segments: str, **query: str | int) -> dict[str, Any]:
        self.asked.append(segments)
        return {"faults": []}


def test_a_fault_is_added_as_it_is_typed() -> None:
    """YAML, with braces or without."""
    api = Api()
    add_fault(api, "lost", "no_response: true", "operation: [submit_sm], share: 10")
    add_fault(api, "cut", "{reset: mid_pdu}", "")
    assert api.asked == [
        (
            "faults",
            {
                "name": "lost",
                "then": {"no_response": True},
                "when": {"operation": ["submit_sm"], "share": 10},
            },
        ),
        ("faults", {"name": "cut", "then": {"reset": "mid_pdu"}, "when": {}}),
    ]


@pytest.mark.parametrize("written", ["{", "a: [", "{a: 1}}"])
def test_what_is_no_yaml_is_said(written: str) -> None:
    """The option is named."""
    with pytest.raises(ConfigurationError, match="--then"):
        add_fault(Api(), "x", written, "")


def test_one_fault_or_all_are_removed() -> None:
    """By its name; without one all."""
    api = Api()
    remove_faults(api, "lost")
    remove_faults(api, None)
    assert api.asked == [("faults", "lost"), ("faults",)]


def test_faults_are_listed_for_people() -> None:
    """A line for each: name, what happens, to what, how often, where from."""
    assert fault_lines({"faults": []}) == ["(no faults)"]
    first, second = fault_lines({"faults": [LOST, CUT]})
    assert first.split("  ")[0] == "lost"
    assert "no_response: true" in first
    assert "operation: [submit_sm, data_sm], text: {contains: x}, share: 10" in first
    assert "2 PDUs" in first
    assert "every request" in second
    assert second.endswith("configured")


def test_which_to_remove_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    """One by its name, or all: exit code 2."""
    assert cli.main(["fault", "remove"]) == 2
    assert cli.main(["fault", "remove", "lost", "--all"]) == 2
    assert "name one fault, or all of them with --all" in capsys.readouterr().err
    assert cli.main(["fault", "add", "lost"]) == 2


def test_without_a_carrier_nothing_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3, and how to start one."""
    for arguments in (["list"], ["add", "x", "--then", "close: true"], ["remove", "x"]):
        assert cli.main(["fault", *arguments, "--url", "http://127.0.0.1:1"]) == 3
        assert "carrierbox serve" in capsys.readouterr().err
