"""The PDUs of messages."""

from carrierbox.smpp.pdus import DeliverSm, ShortMessageRequest, SubmitMulti, SubmitSm
from carrierbox.smpp.wire import decode_pdu, encode_pdu


def test_submit_and_deliver_share_a_body() -> None:
    """SMPP 3.4 §4.6.1; each keeps its own command."""
    for make in (SubmitSm, DeliverSm):
        pdu = make(destination_addr="33", short_message=b"hi", sequence_number=4)
        again = decode_pdu(encode_pdu(pdu))
        assert isinstance(again, ShortMessageRequest)
        assert type(again) is make
        assert (again.destination_addr, again.short_message) == ("33", b"hi")


def test_a_submit_multi_without_destinations_is_a_pdu() -> None:
    """Whether it makes sense is for the centre."""
    pdu = decode_pdu(encode_pdu(SubmitMulti()))
    assert isinstance(pdu, SubmitMulti)
    assert pdu.dest_address == []
