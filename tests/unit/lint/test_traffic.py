"""What was said on SMPP sessions, read from a capture."""

import io

import pytest

from carrierbox.lint import traffic
from carrierbox.lint.captures import read_capture
from carrierbox.lint.packets import Endpoint
from carrierbox.lint.pcapng import Recorder, file_header
from carrierbox.lint.traffic import Traffic
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    EnquireLink,
    Pdu,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.wire import encode_pdu

CLIENT = Endpoint(b"\x7f\0\0\1", 40001)
CARRIER = Endpoint(b"\x7f\0\0\1", 2775)


def heard(*said: tuple[float, int, Pdu], begins: bool = True, **options: object) -> Traffic:
    """The traffic of one connection on which this was said."""
    recorder = Recorder(CLIENT, CARRIER)
    octets = file_header("test")
    if begins:
        octets += recorder.opened(1.0)
    for time, sender, pdu in said:
        octets += recorder.octets(time, sender == ESME, encode_pdu(pdu))
    found = Traffic(**options)  # type: ignore[arg-type]
    read_capture(io.BytesIO(octets), "test", found)
    return found


def test_every_pdu_is_kept_with_its_time_its_sender_and_its_account() -> None:
    """But enquire_link, which says nothing."""
    found = heard(
        (1.5, ESME, BindTransceiver("demo", "secret", sequence_number=1)),
        (1.75, SMSC, BindTransceiverResp("carrier", sequence_number=1)),
        (2.0, ESME, EnquireLink(sequence_number=2)),
        (3.25, ESME, SubmitSm(destination_addr="33612345678", sequence_number=3)),
        (3.5, SMSC, SubmitSmResp("7", sequence_number=3)),
    )
    assert [(each.time, each.sender, type(each.pdu).__name__) for each in found.spoken] == [
        (1.5, ESME, "BindTransceiver"),
        (1.75, SMSC, "BindTransceiverResp"),
        (3.25, ESME, "SubmitSm"),
        (3.5, SMSC, "SubmitSmResp"),
    ]
    assert {found.system_id(each.link) for each in found.spoken} == {"demo"}


def test_a_session_whose_bind_was_not_heard_is_of_the_account_that_is_known() -> None:
    """By the end of its client; of nobody where that is not known either."""
    said = (3.0, ESME, SubmitSm(destination_addr="33612345678", sequence_number=3))
    known = heard(said, begins=False, account_of={"127.0.0.1:40001": "demo"})
    assert known.system_id(known.spoken[0].link) == "demo"
    unknown = heard(said, begins=False)
    assert unknown.system_id(unknown.spoken[0].link) == ""


@pytest.mark.slow
def test_what_is_too_much_is_counted() -> None:
    """The memory of it is bounded."""
    count = traffic.PDUS_MAX + 3
    recorder = Recorder(CLIENT, CARRIER)
    submits = [encode_pdu(SubmitSm(destination_addr="1", sequence_number=1))] * count
    octets = recorder.opened(1.0) + recorder.octets(2.0, True, b"".join(submits))
    found = Traffic()
    read_capture(io.BytesIO(file_header("test") + octets), "test", found)
    assert (len(found.spoken), found.forgotten) == (traffic.PDUS_MAX, 3)
