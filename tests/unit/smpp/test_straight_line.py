"""The hand-written codec gives up on anything out of the ordinary."""

import pytest

from carrierbox.smpp import straight_line
from carrierbox.smpp.pdus import DeliverSmResp, EnquireLink, Pdu, SubmitSm, SubmitSmResp, Unbind
from carrierbox.smpp.wire import encode_declared


@pytest.mark.parametrize(
    "pdu",
    [
        SubmitSm(source_addr="Acme", validity_period="000001000000000R", short_message=b"x" * 255),
        SubmitSmResp("0123456789", 0xFFFFFFFF),
        DeliverSmResp(),
        EnquireLink(7),
    ],
)
def test_the_ordinary_is_done_here(pdu: Pdu) -> None:
    """And equals what the declared codec writes."""
    frame = straight_line.encode(pdu)
    assert frame == encode_declared(pdu)
    assert straight_line.decode(frame) is not None


@pytest.mark.parametrize(
    "pdu", [Unbind(), SubmitSm(esm_class=300), SubmitSm(source_addr="€"), SubmitSmResp("x", 1, 8)]
)
def test_the_rest_is_left_to_the_declared_codec(pdu: Pdu) -> None:
    """None, never an exception."""
    assert straight_line.encode(pdu) is None


@pytest.mark.parametrize(
    "frame", [b"", bytes(16), bytes.fromhex("00000010000000040000000000000001")]
)
def test_what_cannot_be_read_is_left_to_the_declared_codec(frame: bytes) -> None:
    """None, never an exception."""
    assert straight_line.decode(frame) is None
