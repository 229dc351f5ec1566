"""The file of `carrierbox serve --capture`."""

from __future__ import annotations

from pathlib import Path

import pytest

from carrierbox.capture_file import CaptureFile, endpoint_of
from carrierbox.errors import ConfigurationError
from carrierbox.link_events import CLOSED, OPENED, RECEIVED, SENT, LinkEvent
from carrierbox.lint.captures import read_capture
from carrierbox.lint.linter import Linter
from carrierbox.smpp.pdus import BindTransceiver, BindTransceiverResp
from carrierbox.smpp.wire import encode_pdu

BIND = encode_pdu(
    BindTransceiver(system_id="demo", password="x", interface_version=0x34, sequence_number=1)
)
BIND_RESP = encode_pdu(BindTransceiverResp("carrier", sequence_number=1))


def read(path: Path) -> tuple[list[str], set[str], int]:
    """The accounts in a capture, what was found, and how many octets are missing in it."""
    linter = Linter()
    with path.open("rb") as stream:
        summary = read_capture(stream, "test", linter)
    assert not any("ends" in each for each in summary.problems)
    linter.finish()
    reports = linter.reports()
    missing = sum(one.missing_octets for each in reports for one in each.session_summaries)
    return (
        [each.system_id for each in reports],
        {rule for each in reports for rule in each.findings.counts()},
        missing,
    )


@pytest.mark.parametrize(
    ("peer", "local"),
    [
        ("127.0.0.1:40000", "127.0.0.1:2775"),
        ("::1:40000", "::1:2775"),
        ("10.0.0.1:40000", "::1:2775"),
        ("None", "/a/socket"),
    ],
)
def test_what_a_link_carried_is_read_back(peer: str, local: str, tmp_path: Path) -> None:
    """Whatever its ends are called; a client that hangs up is seen to do so."""
    path = tmp_path / "new.pcapng"
    capture = CaptureFile(path)
    closed = LinkEvent(CLOSED, 4.0, 1)
    closed.is_by_peer = True
    capture.write([LinkEvent(OPENED, 1.0, 1, b"", peer, local)])
    capture.write([LinkEvent(RECEIVED, 2.0, 1, BIND), LinkEvent(SENT, 3.0, 1, BIND_RESP), closed])
    capture.close()
    assert read(path) == (["demo"], {"closed-without-unbind"}, 0)


def test_octets_that_were_forgotten_are_missing_in_the_file(tmp_path: Path) -> None:
    """Readers are told, and blame nobody."""
    path = tmp_path / "new.pcapng"
    capture = CaptureFile(path)
    forgotten = LinkEvent(RECEIVED, 2.5, 1)
    forgotten.missing_octets = 1000
    events = [
        LinkEvent(OPENED, 1.0, 1, b"", "127.0.0.1:5", "127.0.0.1:6"),
        LinkEvent(RECEIVED, 2.0, 1, BIND),
        forgotten,
        LinkEvent(RECEIVED, 3.0, 1, BIND[:4] + b"\0\0\0\x15" + BIND[8:16]),
        LinkEvent(SENT, 3.0, 99, b"of a link that is not known"),
    ]
    capture.write(events)
    capture.close()
    assert read(path)[2] == 1000


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    """Passwords are in it. An old file is written over."""
    path = tmp_path / "new.pcapng"
    CaptureFile(path).close()
    assert path.stat().st_mode & 0o077 == 0
    size = path.stat().st_size
    CaptureFile(path).close()
    assert path.stat().st_size == size


def test_a_file_that_cannot_be_written_is_told_before_anything_starts(tmp_path: Path) -> None:
    """With the option and the reason."""
    with pytest.raises(ConfigurationError, match=r"--capture: cannot write .*: No such file"):
        CaptureFile(tmp_path / "absent" / "new.pcapng")


def test_names_of_ends() -> None:
    """As asyncio writes them, and as people do."""
    assert str(endpoint_of("127.0.0.1:80")) == "127.0.0.1:80"
    assert str(endpoint_of("::1:80")) == str(endpoint_of("[::1]:80")) == "[::1]:80"
    assert str(endpoint_of("fe80::1%eth0:80")) == "[fe80::1]:80"
    for name in ("", "None", "localhost:80", "127.0.0.1:http"):
        assert endpoint_of(name) is None
