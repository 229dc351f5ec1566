"""What `carrierbox lint` reads and prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.lint.packets import Endpoint
from carrierbox.lint.pcapng import Recorder, file_header
from carrierbox.lint_command import (
    has_faults,
    lint_carrier,
    lint_files,
    only_account,
    report_lines,
)
from carrierbox.smpp.pdus import BindTransceiver, SubmitSm
from carrierbox.smpp.wire import encode_pdu


@pytest.fixture
def capture(tmp_path: Path) -> str:
    """Two submit_sm to a number with a plus sign, by an account with a name to be escaped."""
    recorder = Recorder(Endpoint(b"\x7f\0\0\1", 5), Endpoint(b"\x7f\0\0\1", 6))
    pdus = [
        BindTransceiver(system_id="de\x1bmo", password="x", interface_version=0x34),
        SubmitSm(destination_addr="+336", short_message=b"a" * 140, data_coding=4),
        SubmitSm(destination_addr="+336"),
    ]
    blocks = [file_header("test"), recorder.opened(1.0)]
    for number, pdu in enumerate(pdus, 1):
        pdu.sequence_number = number
        blocks.append(recorder.octets(1.0 + number, True, encode_pdu(pdu)))
    path = tmp_path / "some.pcapng"
    path.write_bytes(b"".join(blocks))
    return str(path)


def test_files_are_summed_by_account(capture: str) -> None:
    """The same one twice counts twice, in sessions of its own."""
    report = lint_files([capture, capture], 10)
    (account,) = report["accounts"]
    assert (account["system_id"], account["sessions"]) == ("de\x1bmo", 2)
    found = {each["rule"]: each["count"] for each in account["findings"]}
    assert found == {"not-allowed-in-state": 4, "address-punctuation": 4}
    assert [each["packets"] for each in report["captures"]] == [6, 6]
    assert has_faults(report)


def test_people_read_lines(capture: str) -> None:
    """The worst first; nothing that steers a terminal gets through; hexadecimal digits in lines."""
    lines = report_lines(lint_files([capture], 10))
    assert lines[0].endswith("some.pcapng (pcapng): 6 packets, 1 SMPP session")
    assert "Account de\\x1bmo: 1 session, 3 PDUs from the client: 1 error, 1 warning" in lines
    assert lines.index(
        "ERROR  a PDU that the state of the session does not allow: 2 times"
    ) < lines.index("WARNING  a number with a plus sign, spaces or punctuation: 2 times")
    assert "  submit_sm while OPEN: 2" in lines
    assert any(line.startswith("  Remedy: ") for line in lines)
    assert any("submit_sm from the client, sequence_number 2" in line for line in lines)
    assert all(line.isprintable() for line in lines)
    assert max(len(line) for line in lines if line.startswith("    ")) == 68


def test_one_account_can_be_asked_for(capture: str) -> None:
    """One that is not there is an error that names those that are."""
    report = lint_files([capture], 10)
    assert len(only_account(report, "de\x1bmo")["accounts"]) == 1
    with pytest.raises(ConfigurationError, match=r"'other' is not in there: de\\x1bmo"):
        only_account(report, "other")


def test_notes_are_no_faults() -> None:
    """Nor is a capture without a session."""
    account = {"errors": 0, "warnings": 0, "notes": 3}
    assert not has_faults({"accounts": [account]})
    assert not has_faults({"accounts": []})
    assert report_lines({"accounts": [], "captures": []}) == ["no SMPP session was seen"]


def test_files_that_cannot_be_read_are_told_by_name(tmp_path: Path) -> None:
    """Absent, or no capture."""
    other = tmp_path / "other"
    other.write_text("text")
    with pytest.raises(ConfigurationError, match="absent: No such file"):
        lint_files([str(tmp_path / "absent")], 10)
    with pytest.raises(ConfigurationError, match="other: is no capture"):
        lint_files([str(other)], 10)


def test_sessions_that_the_capture_does_not_show_whole_are_told(capture: str) -> None:
    """So that nobody wonders why so little was found."""
    report = lint_files([capture], 10)
    session = report["accounts"][0]["session_list"][0]
    session["whole"], session["missing_octets"] = False, 7
    lines = report_lines(report)
    assert "  1 session began before the capture" in lines
    assert "  1 session with octets that were not captured" in lines


def test_a_running_carrier_is_asked() -> None:
    """One request."""

    class Api:
        def get(self, *segments: str) -> dict[str, Any]:
            return {"asked": segments}

    assert lint_carrier(cast(CarrierApi, Api())) == {"asked": ("lint",)}
