"""Canned messages and distribution lists."""

from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.smsc.settings import CentreSettings


def test_a_canned_text_takes_the_place_of_the_message_and_nothing_else() -> None:
    """SMPP 3.4 §5.2.20: sm_default_msg_id names a text of the SMSC."""
    settings = CentreSettings({1: "Bonjour", 2: "Привет"})
    submit = SubmitSm(
        service_type="CMT",
        source_addr="ACME",
        destination_addr="33612345678",
        registered_delivery=1,
        sm_default_msg_id=2,
        short_message=b"ignored",
        sequence_number=5,
        tlvs=[Tlv(0x1401, b"x")],
    )
    canned = settings.with_canned_text(submit)
    assert canned is not None
    assert (canned.data_coding, canned.short_message) == (8, "Привет".encode("utf-16-be"))
    for name in ("service_type", "source_addr", "destination_addr", "registered_delivery"):
        assert getattr(canned, name) == getattr(submit, name)
    assert (canned.sequence_number, canned.tlvs) == (5, submit.tlvs)


def test_a_number_without_a_text_is_none() -> None:
    """ESME_RINVDFTMSGID is the caller's answer."""
    assert CentreSettings().with_canned_text(SubmitSm(sm_default_msg_id=1)) is None
