"""The same submission in another PDU."""

from carrierbox.scenarios.carried import carried
from carrierbox.scenarios.steps_written import DistributionList, SubmitStep
from carrierbox.scenarios.submissions import submits_of, texts_of
from carrierbox.smpp.fields import DistributionListDestination, SmeDestination
from carrierbox.smpp.pdus import DataSm, Pdu, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_QOS_TIME_TO_LIVE, tlv_int, tlv_octets
from carrierbox.smpp.wire import decode_pdu, encode_pdu


def pdus(step: SubmitStep) -> list[Pdu]:
    """What a step sends, read again from its octets."""
    made = [
        carried(step, submit)
        for written in texts_of(step)
        for submit in submits_of(step, written, 1, 1_800_000_000.0)
    ]
    for pdu in made:
        pdu.sequence_number = 1
    return [decode_pdu(encode_pdu(pdu)) for pdu in made]


def test_a_submit_sm_stays_one() -> None:
    """Nothing else was asked for."""
    (pdu,) = pdus(SubmitStep(to="+33612345678", text="Hi"))
    assert isinstance(pdu, SubmitSm)


def test_a_data_sm_has_its_text_in_a_payload() -> None:
    """SMPP 3.4 §4.7.1; its validity is a qos_time_to_live (§5.3.2.9)."""
    step = SubmitStep(
        to="+33612345678", sender="ACME", text="Hi", operation="data_sm", validity="1h"
    )
    (pdu,) = pdus(step)
    assert isinstance(pdu, DataSm)
    assert (pdu.source_addr, pdu.destination_addr) == ("ACME", "33612345678")
    assert tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) == b"Hi"
    assert tlv_int(pdu.tlvs, TAG_QOS_TIME_TO_LIVE) == 3600
    (long,) = pdus(SubmitStep(to="+33612345678", text="a" * 300, operation="data_sm"))
    assert len([tlv for tlv in long.tlvs if tlv.tag == TAG_MESSAGE_PAYLOAD]) == 1


def test_a_list_makes_a_batch_of_data_sm() -> None:
    """As it does of submit_sm."""
    step = SubmitStep(to=["+33612345678", "+33612345679"], text="Hi {n}", operation="data_sm")
    found = [tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) for pdu in pdus(step)]
    assert found == [b"Hi 1", b"Hi 2"]


def test_a_submit_multi_takes_the_whole_list() -> None:
    """SMPP 3.4 §4.5.1: numbers and distribution lists; each part of a text to all of them."""
    step = SubmitStep(
        to=["+33612345678", DistributionList(dl_name="staff"), "38100"],
        text="Hi",
        operation="submit_multi",
    )
    (pdu,) = pdus(step)
    assert isinstance(pdu, SubmitMulti)
    number, friends, code = pdu.dest_address
    assert isinstance(number, SmeDestination)
    assert (number.dest_addr_ton, number.destination_addr) == (1, "33612345678")
    assert isinstance(friends, DistributionListDestination)
    assert friends.dl_name == "staff"
    assert isinstance(code, SmeDestination)
    assert (code.dest_addr_ton, code.destination_addr) == (0, "38100")
    (alone,) = pdus(SubmitStep(to="+33612345678", text="Hi", operation="submit_multi"))
    assert isinstance(alone, SubmitMulti)
    assert len(alone.dest_address) == 1
    long = SubmitStep(to="+33612345678", text="a" * 200, operation="submit_multi", parts="udh")
    assert [type(pdu) for pdu in pdus(long)] == [SubmitMulti, SubmitMulti]
