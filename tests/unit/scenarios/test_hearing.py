"""Captures become scenarios."""

from pathlib import Path

import pytest

from carrierbox.errors import ConfigurationError
from carrierbox.lint.packets import Endpoint
from carrierbox.lint.pcapng import Recorder, file_header
from carrierbox.scenarios.hearing import Wanted, record, timing_of
from carrierbox.scenarios.runner import run_text
from carrierbox.scenarios.scenario import WE_SEND
from carrierbox.smpp.fields import SmeDestination
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    SubmitMulti,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.values import ESME_RSYSERR
from carrierbox.smpp.wire import encode_pdu


def test_a_capture_becomes_a_scenario_that_holds(tmp_path: Path) -> None:
    """What could not be told is remarked."""
    recorder = Recorder(Endpoint(b"\x7f\0\0\1", 40001), Endpoint(b"\x7f\0\0\1", 2775))
    octets = file_header("test") + recorder.opened(1.0)
    for time, from_client, pdu in (
        (1.0, True, BindTransceiver("demo", "secret", sequence_number=1)),
        (1.0, False, BindTransceiverResp("carrier", sequence_number=1)),
        (2.0, True, SubmitSm(destination_addr="33612345678", sequence_number=2)),
        (2.0, False, SubmitSmResp("", 2, ESME_RSYSERR)),
        (2.5, True, SubmitMulti(dest_address=[SmeDestination(1, 1, "1")], sequence_number=3)),
    ):
        octets += recorder.octets(time, from_client, encode_pdu(pdu))
    capture = tmp_path / "some.pcapng"
    capture.write_bytes(octets)
    recorded = record(Wanted("some", WE_SEND, 1.0, [str(capture)]))
    assert run_text(recorded.text).passed
    assert "why: Recorded from some.pcapng." in recorded.text
    assert "ESME_RSYSERR" in recorded.text
    assert recorded.remarks == ["left out: submit_multi (1)"]


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    """By its name."""
    for name, octets in (("text", b"text"), ("missing", None)):
        path = tmp_path / name
        if octets is not None:
            path.write_bytes(octets)
        with pytest.raises(ConfigurationError, match=name):
            record(Wanted("some", WE_SEND, 1.0, [str(path)]))


@pytest.mark.parametrize(("written", "timing"), [("keep", 1.0), ("none", 0.0), ("0.25", 0.25)])
def test_pauses_are_kept_left_out_or_multiplied(written: str, timing: float) -> None:
    """By a word or a number."""
    assert timing_of(written) == timing


@pytest.mark.parametrize("written", ["soon", "-1", "1001", "nan"])
def test_a_timing_that_cannot_be_is_refused(written: str) -> None:
    """With what it may be."""
    with pytest.raises(ConfigurationError, match="keep, none or a number"):
        timing_of(written)
