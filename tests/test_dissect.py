"""tshark over captures: what is malformed is found, and whose fault it is."""

import shutil
from pathlib import Path

import pytest
from tools.dissect import dissect, is_malformed, main, report

from carrierbox.capture_file import CaptureFile
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, SENT, LinkEvent
from carrierbox.smpp.pdus import EnquireLink, EnquireLinkResp
from carrierbox.smpp.wire import encode_pdu

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed"),
]

CUT: bytes = bytes.fromhex("0000001800000004000000000000000141424344ffffffff")
"""A submit_sm without an end of its first string."""


def capture(path: Path, *octets: tuple[int, bytes]) -> Path:
    """A capture of one link that carried these octets, one after the other."""
    file = CaptureFile(path)
    file.write([LinkEvent(OPENED, 1.0, 1, b"", "127.0.0.1:40000", "127.0.0.1:45678")])
    for number, (kind, each) in enumerate(octets, start=2):
        file.write([LinkEvent(kind, float(number), 1, each)])
    file.write([LinkEvent(CLOSED, 99.0, 1)])
    file.close()
    return path


def test_sound_traffic_is_counted(tmp_path: Path) -> None:
    """Several PDUs in a packet are as many PDUs."""
    path = capture(
        tmp_path / "a.pcapng",
        (RECEIVED, encode_pdu(EnquireLink(1)) + encode_pdu(EnquireLink(2))),
        (SENT, encode_pdu(EnquireLinkResp(1))),
    )
    tally = dissect([path])
    assert tally.pdus == 3
    assert tally.packets > 3
    assert tally.malformed_from_carriers == tally.malformed_from_clients == []
    assert report(tally, clients_are_sound=True)


def test_whose_pdu_is_malformed_is_told(tmp_path: Path) -> None:
    """The carrier may never send one, a client may where its test says so."""
    ours = dissect([capture(tmp_path / "a.pcapng", (SENT, CUT))])
    assert (len(ours.malformed_from_carriers), len(ours.malformed_from_clients)) == (1, 0)
    assert not report(ours, clients_are_sound=False)
    theirs = dissect([capture(tmp_path / "b.pcapng", (RECEIVED, CUT))])
    assert (len(theirs.malformed_from_carriers), len(theirs.malformed_from_clients)) == (0, 1)
    assert report(theirs, clients_are_sound=False)
    assert not report(theirs, clients_are_sound=True)


def test_the_exit_code_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2 where there is nothing to look at, 1 where something is malformed."""
    monkeypatch.setattr("sys.argv", ["dissect", str(tmp_path)])
    assert main() == 2
    capture(tmp_path / "test_octets.py-x.pcapng", (RECEIVED, CUT))
    assert main() == 0
    capture(tmp_path / "test_serve.py-x.pcapng", (RECEIVED, CUT))
    assert main() == 1


def test_an_error_of_the_dissector_counts_as_malformed() -> None:
    """Whatever group it is in; notes about TCP do not."""
    assert is_malformed("117440512", "8388608")
    assert is_malformed("150994944", "2097152,8388608")
    assert not is_malformed("33554432,33554432", "2097152,4194304")
    assert not is_malformed("", "")
