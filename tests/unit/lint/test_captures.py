"""A capture from file to findings."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from carrierbox.lint.captures import read_capture
from carrierbox.lint.linter import Linter
from carrierbox.lint.pcap import CaptureError
from carrierbox.smpp.pdus import SubmitSm

if TYPE_CHECKING:
    from tests.unit.lint.conftest import Wires

    Classic = Callable[..., bytes]


def found_in(octets: bytes) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Counts by account and rule, and what is said of the capture."""
    linter = Linter()
    summary = read_capture(io.BytesIO(octets), "test", linter)
    linter.finish()
    return (
        {each.system_id: each.findings.counts() for each in linter.reports()},
        summary.problems,
    )


def bad() -> SubmitSm:
    return SubmitSm(
        dest_addr_ton=1, dest_addr_npi=1, destination_addr="33612345678", priority_flag=4
    )


@pytest.mark.parametrize(
    ("client", "carrier", "notes"),
    [
        ("10.0.0.1", "10.0.0.2", {"password-in-clear": 1}),
        ("2001:db8::1", "2001:db8::2", {"password-in-clear": 1}),
        ("127.0.0.1", "127.0.0.1", {}),
    ],
)
def test_a_session_on_any_port_is_found(
    client: str, carrier: str, notes: dict[str, int], wires: type[Wires]
) -> None:
    """By its content; a password in the clear is noted where it left the machine."""
    octets = wires(client, carrier).session(bad(), bad()).file()
    assert found_in(octets) == ({"demo": {"priority-flag": 2, **notes}}, [])


def test_the_same_packets_as_classic_pcap(wires: type[Wires], classic: Classic) -> None:
    """And with the frames of the link layer told as another kind of file."""
    made = wires().session(bad())
    wanted = found_in(made.file())
    assert found_in(classic(made.packets(), order=">", nano=True)) == wanted


def test_a_capture_that_begins_within_a_session_and_loses_a_packet(
    wires: type[Wires], classic: Classic
) -> None:
    """The faults that were captured are found; the account is not known."""
    packets = wires().session(bad(), bad(), bad()).packets()
    found, problems = found_in(classic(packets[7:9] + packets[10:]))
    assert found == {"": {"priority-flag": 1}}
    assert problems == ["octets of TCP streams that were not captured: 44"]


def test_packets_that_are_cut_are_told(wires: type[Wires], classic: Classic) -> None:
    """A snap length of 96 octets: what can be read is judged."""
    packets = [(time, octets[:96]) for time, octets in wires().session(bad()).packets()]
    found, problems = found_in(classic(packets))
    assert list(found) == ["demo"]
    assert problems


def test_a_capture_without_smpp_has_no_sessions(wires: type[Wires]) -> None:
    """HTTP is not taken for it."""
    octets = (
        wires().open().send(True, b"GET / HTTP/1.1\r\n\r\n").send(False, b"HTTP/1.1 200").file()
    )
    assert found_in(octets) == ({}, [])


def test_what_is_no_capture_is_refused() -> None:
    """Before anything is read of it."""
    with pytest.raises(CaptureError):
        read_capture(io.BytesIO(b"text"), "test", Linter())
