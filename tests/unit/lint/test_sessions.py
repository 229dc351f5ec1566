"""The course of a session: states, windows, answers, silence. See test_linter.py for every rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from carrierbox.lint.sessions import Limits, without_password
from carrierbox.smpp import values
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    DeliverSmResp,
    EnquireLink,
    GenericNack,
    Outbind,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.states import SMSC
from carrierbox.smpp.wire import encode_pdu

if TYPE_CHECKING:
    from tests.unit.lint.conftest import Talk

    NewTalk = Callable[..., Talk]
    Make = Callable[..., SubmitSm]


def test_details_name_command_and_state(talk: Talk, submit_sm: Make) -> None:
    """T11: before the bind, before its answer, as a receiver."""
    talk.client(submit_sm())
    talk.client(BindTransceiver(system_id="demo", password="a", interface_version=0x34))
    talk.client(submit_sm())
    assert talk.findings()["not-allowed-in-state"].details == {"submit_sm while OPEN": 2}


def test_a_refused_bind_leaves_the_session_open(talk: Talk, submit_sm: Make) -> None:
    """Another may follow; who submits then is wrong."""
    talk.client(BindTransmitter(system_id="demo", password="a", interface_version=0x34))
    talk.carrier(BindTransceiverResp(sequence_number=1, command_status=values.ESME_RINVPASWD))
    talk.bind()
    assert talk.found() == {"refused"}
    assert talk.findings()["refused"].details == {"bind_transmitter: ESME_RINVPASWD": 1}


def test_an_outbind_is_followed_by_a_bind(talk: Talk) -> None:
    """SMPP 3.4 §4.1.7."""
    talk.carrier(Outbind(system_id="carrier", password="b", sequence_number=1))
    talk.bind(BindReceiver(system_id="demo", password="a", interface_version=0x34))
    talk.close(SMSC)
    assert talk.found() == set()


def test_the_window_is_told_once_each_time_it_is_left(new_talk: NewTalk, submit_sm: Make) -> None:
    """T16: not for every request outside; the limit is a setting."""
    talk = new_talk(Limits(window=2)).open().bind()
    for _ in range(2):
        asked = [submit_sm() for _ in range(5)]
        for request in asked:
            talk.client(request)
        for request in asked:
            talk.carrier(SubmitSmResp("1", request.sequence_number))
    assert talk.findings()["window"].count == 2


def test_a_receipt_left_without_an_answer_at_the_end_is_told(talk: Talk) -> None:
    """T29: unless it came just before."""
    talk.bind().deliver(1).wait(2).deliver(2).unbind().close()
    finding = talk.findings()["deliver-unanswered"]
    assert (finding.count, finding.details) == (1, {"a receipt": 1})
    assert finding.first.sender == SMSC
    assert finding.first.octets[15] == 1


def test_an_answer_after_all_is_late_and_not_to_nothing(talk: Talk) -> None:
    """T16."""
    talk.bind().deliver(1).wait(40).client(EnquireLink())
    talk.client(DeliverSmResp(sequence_number=1))
    assert talk.found() == {"deliver-unanswered", "deliver-late"}


def test_a_nack_may_answer_anything(talk: Talk) -> None:
    """T07: and one without a number belongs to no request."""
    talk.bind().deliver(1).client(GenericNack(sequence_number=1, command_status=3))
    talk.client(GenericNack(sequence_number=0, command_status=2))
    assert talk.found() == {"receipt-refused"}


def test_sequence_numbers_begin_again_after_the_last(talk: Talk) -> None:
    """T08: 0x7FFFFFFF is followed by 1."""
    talk.bind()
    for number in (0x7FFFFFFE, 0x7FFFFFFF, 1, 2):
        talk.client(EnquireLink(number))
        talk.carrier(b"\0\0\0\x10\x80\0\0\x15\0\0\0\0" + number.to_bytes(4, "big"))
    assert talk.found() == set()


def test_a_session_that_the_carrier_ends_blames_nobody(talk: Talk) -> None:
    """T15."""
    talk.bind().close(SMSC)
    assert talk.found() == set()


def test_silence_counts_from_what_the_client_sent(talk: Talk) -> None:
    """T14: what the carrier sends does not keep it alive; told once for each silence."""
    talk.bind()
    for _ in range(4):
        talk.wait(100).deliver(1)
    talk.unbind().close()
    assert talk.findings()["no-enquire-link"].count == 1


def test_passwords_are_masked_in_examples() -> None:
    """They end in logs and tickets (T50)."""
    frame = encode_pdu(BindTransceiver(system_id="demo", password="secret", sequence_number=1))
    masked = without_password(frame)
    assert b"secret" not in masked
    assert len(masked) == len(frame)
    assert masked.replace(b"******", b"secret") == frame
    cut = frame[:24]
    assert b"sec" not in without_password(cut)
    assert without_password(b"ab") == b"ab"
