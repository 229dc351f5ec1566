"""The tables of PDUs."""

from carrierbox.smpp.pdus import BODY_FIELDS, NO_TLVS, PDU_CLASSES
from carrierbox.smpp.values import COMMAND_NAMES


def test_every_command_has_a_class_that_is_named_after_it() -> None:
    """SubmitSmResp is submit_sm_resp."""
    assert set(PDU_CLASSES) == set(BODY_FIELDS) == set(COMMAND_NAMES)
    for command_id, make in PDU_CLASSES.items():
        pdu = make()
        assert pdu.command_id == command_id
        assert type(pdu).__name__.lower() == COMMAND_NAMES[command_id].replace("_", "")


def test_pdus_without_tlvs_share_one_empty_list() -> None:
    """Nobody has written to it."""
    assert all(make().tlvs is NO_TLVS for make in PDU_CLASSES.values())
    assert NO_TLVS == []
