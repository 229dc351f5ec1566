"""Traffic that was heard becomes a scenario that has it again."""

import pytest

from carrierbox.codecs.gsm7 import encode_gsm7
from carrierbox.lint.traffic import Spoken, Traffic
from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.recording import Recording, scenario_yaml
from carrierbox.scenarios.runner import run_scenario, run_text
from carrierbox.scenarios.scenario import YOUR_APPLICATION
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    CancelSm,
    CancelSmResp,
    DataSm,
    DataSmResp,
    DeliverSm,
    DeliverSmResp,
    Pdu,
    SubmitMulti,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
)
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_QOS_TIME_TO_LIVE, Tlv, tlv_octets
from carrierbox.smpp.values import ESME_RCANCELFAIL, ESME_RTHROTTLED, RESPONSE_BIT

DELIVRD = "id:{} sub:001 dlvrd:001 submit date:2606111351 done date:2606111352 stat:DELIVRD err:000"
UNDELIV = "id:{} sub:001 dlvrd:000 submit date:2606111351 done date:2606111352 stat:UNDELIV err:013"


def heard(*said: tuple[float, Pdu]) -> Traffic:
    """What one application and its carrier said, in this order; from the PDU follows who."""
    traffic = Traffic({"a": "demo"})
    traffic.opened(1, 0.0, "a", "b")
    for number, (time, pdu) in enumerate(said, 1):
        is_answer = pdu.command_id & RESPONSE_BIT != 0
        from_carrier = isinstance(pdu, DeliverSm) or (
            is_answer and not isinstance(pdu, DeliverSmResp)
        )
        if not pdu.sequence_number:
            pdu.sequence_number = number
        traffic.spoken.append(Spoken(1, time, SMSC if from_carrier else ESME, pdu))
    return traffic


def submit(text: bytes, number: int, registered_delivery: int = 1) -> SubmitSm:
    """A text to one phone."""
    return SubmitSm(
        source_addr_npi=1,
        source_addr="38100",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        registered_delivery=registered_delivery,
        short_message=text,
        sequence_number=number,
    )


def receipt(words: str, message_id: str) -> DeliverSm:
    """The receipt of a message."""
    return DeliverSm(
        source_addr="33612345678",
        destination_addr="38100",
        esm_class=4,
        short_message=words.format(message_id).encode(),
    )


def conversation() -> Traffic:
    """A text that arrives, one that is refused, and one that fails after a while."""
    return heard(
        (0.0, BindTransceiver("demo", "secret", sequence_number=1)),
        (0.0, BindTransceiverResp("carrier", sequence_number=1)),
        (1.0, submit(b"Hi", 2)),
        (1.0, SubmitSmResp("10", sequence_number=2)),
        (1.1, receipt(DELIVRD, "10")),
        (1.1, DeliverSmResp(sequence_number=5)),
        (60.0, submit(b"casino", 3)),
        (60.0, SubmitSmResp("", 3, ESME_RTHROTTLED)),
        (61.0, submit(encode_gsm7("Où es-tu ?") or b"", 4)),
        (61.0, SubmitSmResp("fF", sequence_number=4)),
        (66.0, receipt(UNDELIV, "255")),
        (70.0, DeliverSm(source_addr="33612345678", destination_addr="38100", short_message=b"No")),
        (80.0, Unbind(sequence_number=9)),
        (80.0, UnbindResp(sequence_number=9)),
    )


def test_a_recorded_conversation_runs_and_comes_out_the_same() -> None:
    """Rules make the carrier refuse and fail what the recorded one refused and failed."""
    text = scenario_yaml(Recording(conversation(), "recorded").scenario())
    report = run_text(text)
    assert report.passed, text
    assert "- submit: {as: m3, from: '38100', to: '+33612345678', text: 'Où es-tu ?'" in text
    assert "command_status: ESME_RTHROTTLED" in text
    assert "report: {state: UNDELIVERABLE, err: '013', after: 5.0s}" in text
    assert "- expect: {receipt: m3, stat: UNDELIV, err: '013'" in text
    assert "- phone: {msisdn: '+33612345678', send: {to: '38100', text: 'No'}}" in text


def test_what_the_carrier_did_is_what_a_replay_hangs_on() -> None:
    """Without the rules it fails: nothing is passed by."""
    found = Recording(conversation(), "recorded").scenario()
    found["steps"] = [step for step in found["steps"] if "rule" not in step]
    assert not run_text(scenario_yaml(found)).passed


@pytest.mark.parametrize(
    ("timing", "pauses"), [(1.0, ["1.0s", "59s", "1.0s"]), (0.1, ["6.0s", "0.6s", "0.4s"]), (0, [])]
)
def test_pauses_are_kept_shortened_or_left_out(timing: float, pauses: list[str]) -> None:
    """Of a pause that is no more than a moment nothing is told."""
    found = Recording(conversation(), "recorded", timing=timing).scenario()
    advances = [step["advance"] for step in found["steps"] if "advance" in step]
    assert advances[:3] == pauses
    assert run_scenario(read_scenario(scenario_yaml(found))).passed


def test_for_an_application_of_ones_own_its_part_is_waited_for() -> None:
    """And what it answered is expected of it."""
    text = scenario_yaml(Recording(conversation(), "recorded", YOUR_APPLICATION).scenario())
    assert read_scenario(text).role == YOUR_APPLICATION
    assert "- wait: {bound: demo}" in text
    assert "- wait: {as: m1, submit: {from: '38100', to: '33612345678', text: Hi}}" in text
    assert "- expect: {application: m1, answers: receipt, command_status: ESME_ROK" in text


def test_what_no_step_can_say_is_counted() -> None:
    """submit_multi, and receipts or cancellations of messages from before."""
    recording = Recording(
        heard(
            (0.0, SubmitMulti(sequence_number=1)),
            (1.0, receipt(DELIVRD, "77")),
            (2.0, CancelSm(message_id="78", sequence_number=2)),
            (2.0, CancelSmResp(sequence_number=2)),
        ),
        "recorded",
    )
    text = scenario_yaml(recording.scenario("because"))
    assert recording.left_out == {
        "submit_multi": 1,
        "receipts of messages that were not heard": 1,
        "cancel_sm about a message that was not heard": 1,
    }
    assert run_text(text).passed


def test_data_sm_is_sent_again() -> None:
    """SMPP 3.4 §4.7.1: its text from the payload, octets that are none as they are."""

    def data_sm(number: int, payload: bytes, lifetime_s: int = 0) -> DataSm:
        tlvs = [Tlv(TAG_MESSAGE_PAYLOAD, payload)]
        if lifetime_s:
            tlvs.append(Tlv(TAG_QOS_TIME_TO_LIVE, lifetime_s.to_bytes(4, "big")))
        return DataSm(
            source_addr="38100",
            source_addr_npi=1,
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr="33612345678",
            registered_delivery=1,
            tlvs=tlvs,
            sequence_number=number,
        )

    recording = Recording(
        heard(
            (0.0, data_sm(1, b"Hi", 3600)),
            (0.0, DataSmResp("77", sequence_number=1)),
            (1.0, receipt(DELIVRD, "77")),
            (2.0, data_sm(2, b"\xff")),
            (2.0, DataSmResp("", sequence_number=2, command_status=ESME_RTHROTTLED)),
        ),
        "recorded",
    )
    text = scenario_yaml(recording.scenario())
    assert recording.left_out == {}
    assert "text: Hi, data_coding: 0, registered_delivery: 1, validity: 3600s" in text
    assert "tlvs: {'0x0424': ff}, operation: data_sm}" in text
    report = run_text(text)
    assert report.passed, f"{report.problem}\n{text}"
    sent = [entry.pdu for entry in report.entries if isinstance(entry.pdu, DataSm)]
    assert [tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) for pdu in sent] == [b"Hi", b"\xff"]


def test_a_cancellation_of_all_between_two_ends_is_sent_again() -> None:
    """SMPP 3.4 §4.9.1: without an id."""
    recording = Recording(
        heard(
            (
                0.0,
                CancelSm("CMT", "", 0, 1, "38100", 1, 1, "33612345678", sequence_number=1),
            ),
            (0.0, CancelSmResp(sequence_number=1, command_status=ESME_RCANCELFAIL)),
        ),
        "recorded",
    )
    text = scenario_yaml(recording.scenario())
    assert "cancel: {as: cancel1, from: '38100', to: '+33612345678', service_type: CMT}" in text
    assert run_text(text).passed
