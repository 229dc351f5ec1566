"""Other submissions as submit_sm."""

import pytest

from carrierbox.codecs.time_format import parse_smpp_time
from carrierbox.smpp.pdus import DataSm, ReplaceSm, SmeDestination, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.smsc.conversions import (
    replaced_submit,
    submit_of_data_sm,
    submit_of_submit_multi,
)


@pytest.mark.parametrize("seconds", [1, 59, 3600, 86_399, 86_400, 1_000_000])
def test_qos_time_to_live_becomes_a_relative_validity(seconds: int) -> None:
    """SMPP 3.4 §5.3.2.9, §7.1.1.2."""
    pdu = DataSm(destination_addr="336", tlvs=[Tlv(0x0017, seconds.to_bytes(4, "big"))])
    submit = submit_of_data_sm(pdu)
    assert parse_smpp_time(submit.validity_period, 1000.0) == 1000.0 + seconds
    assert submit.tlvs == pdu.tlvs


def test_a_data_sm_without_a_time_has_the_default_validity() -> None:
    """The centre's own default counts then."""
    assert submit_of_data_sm(DataSm()).validity_period == ""


def test_each_destination_of_a_submit_multi_gets_the_same_message() -> None:
    """SMPP 3.4 §4.5: only the address differs."""
    multi = SubmitMulti(
        service_type="CMT",
        source_addr="ACME",
        source_addr_ton=5,
        priority_flag=2,
        registered_delivery=1,
        data_coding=8,
        short_message=b"\0x",
        replace_if_present_flag=1,
    )
    submit = submit_of_submit_multi(multi, SmeDestination(1, 1, "33612345678"))
    assert (submit.dest_addr_ton, submit.dest_addr_npi) == (1, 1)
    assert submit.destination_addr == "33612345678"
    for name in ("service_type", "source_addr", "priority_flag", "data_coding", "short_message"):
        assert getattr(submit, name) == getattr(multi, name)
    # Reserved in submit_multi (SMPP 3.4 §4.5.1).
    assert submit.replace_if_present_flag == 0


def test_a_replacement_keeps_addresses_and_coding_and_drops_the_old_payload() -> None:
    """SMPP 3.4 §4.10.1."""
    submit = SubmitSm(
        source_addr="ACME",
        destination_addr="336",
        data_coding=8,
        tlvs=[Tlv(0x0424, b"old"), Tlv(0x1401, b"kept")],
    )
    replaced = replaced_submit(submit, ReplaceSm(short_message=b"new", registered_delivery=1))
    assert (replaced.source_addr, replaced.destination_addr, replaced.data_coding) == (
        "ACME",
        "336",
        8,
    )
    assert (replaced.short_message, replaced.registered_delivery) == (b"new", 1)
    assert replaced.tlvs == [Tlv(0x1401, b"kept")]
