"""What belongs together in traffic that was heard."""

import pytest

from carrierbox.lint.traffic import Spoken
from carrierbox.scenarios.recorded import Answers, Delivered
from carrierbox.smpp.pdus import DeliverSm, Pdu, SubmitSm, SubmitSmResp
from carrierbox.smpp.states import ESME, SMSC
from carrierbox.smpp.tlv import TAG_RECEIPTED_MESSAGE_ID, Tlv


def spoken(*pdus: Pdu) -> list[Spoken]:
    """What was said on one link, a second after the other."""
    return [
        Spoken(1, float(at), ESME if isinstance(pdu, SubmitSm) else SMSC, pdu)
        for at, pdu in enumerate(pdus)
    ]


def receipt(message_id: str, stat: str = "DELIVRD", tlv: str = "") -> DeliverSm:
    """The receipt of a message."""
    words = f"id:{message_id} sub:001 dlvrd:001 stat:{stat} err:000"
    tlvs = [Tlv(TAG_RECEIPTED_MESSAGE_ID, tlv.encode() + b"\0")] if tlv else []
    return DeliverSm(esm_class=4, short_message=words.encode(), sequence_number=9, tlvs=tlvs)


@pytest.mark.parametrize(
    ("answered", "told", "tlv"),
    [("10", "10", ""), ("ff", "255", ""), ("255", "FF", ""), ("abc", "000", "abc")],
)
def test_a_receipt_finds_its_message(answered: str, told: str, tlv: str) -> None:
    """In hexadecimal or decimal, by its text or by the TLV (T19)."""
    said = spoken(
        SubmitSm(sequence_number=1), SubmitSmResp(answered, 1), receipt(told, "UNDELIV", tlv)
    )
    answers = Answers(said)
    assert answers.to(said[0]) is said[1]
    assert answers.receipts[id(said[2])].about is said[0]
    found = answers.receipt_of(said[1])
    assert found is not None
    assert (found.stat, found.err) == ("UNDELIV", "000")
    assert answers.message_of(answered) is said[0]


def test_a_receipt_may_come_before_the_answer() -> None:
    """And there may be no answer at all (T25)."""
    said = spoken(SubmitSm(sequence_number=1), receipt("7"), SubmitSmResp("7", 1), receipt("8"))
    answers = Answers(said)
    assert answers.receipts[id(said[1])].about is said[0]
    assert answers.receipts[id(said[3])].about is None
    assert answers.message_of("8") is None


def test_answers_belong_to_their_link_and_sequence_number() -> None:
    """The second of a number answers nothing."""
    said = spoken(SubmitSm(sequence_number=1), SubmitSmResp("7", 1), SubmitSmResp("8", 1))
    said.append(Spoken(2, 9.0, SMSC, SubmitSmResp("9", 1)))
    answers = Answers(said)
    assert answers.to(said[0]) is said[1]
    assert answers.message_of("9") is None


def test_what_a_phone_sent_is_read() -> None:
    """Its text, and both ends."""
    pdu = DeliverSm(source_addr="33612345678", destination_addr="38100", short_message=b"Yes")
    found = Delivered(Spoken(1, 0.0, SMSC, pdu))
    assert (found.source_addr, found.destination_addr, found.text) == (
        "33612345678",
        "38100",
        "Yes",
    )
