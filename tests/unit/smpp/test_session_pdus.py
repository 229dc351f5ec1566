"""The PDUs of a session."""

from carrierbox.smpp.pdus import BindRequest, BindTransceiver, Pdu
from carrierbox.smpp.values import ESME_RSYSERR


def test_a_pdu_says_what_it_is() -> None:
    """Command, status and number."""
    pdu = BindTransceiver("app", sequence_number=7, command_status=ESME_RSYSERR)
    assert repr(pdu) == "<bind_transceiver ESME_RSYSERR #7>"


def test_a_bind_asks_for_3_4_unless_told_otherwise() -> None:
    """SMPP 3.4 §5.2.4."""
    bind = BindTransceiver()
    assert isinstance(bind, BindRequest)
    assert isinstance(bind, Pdu)
    assert bind.interface_version == 0x34
