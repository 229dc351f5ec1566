"""From submit steps to submit_sm."""

import pytest

from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.steps_written import SubmitStep
from carrierbox.scenarios.submissions import address_of, submits_of, texts_of
from carrierbox.scenarios.traffic import text_of
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_SEGMENT_SEQNUM,
    Tlv,
    tlv_int,
    tlv_octets,
)

NOW = 1_795_469_400.0


def submits(step: SubmitStep) -> list[SubmitSm]:
    """The PDUs of all texts of a step."""
    return [pdu for each in texts_of(step) for pdu in submits_of(step, each, 9, NOW)]


def test_addresses_are_written_as_people_write_them() -> None:
    """A number with its plus, a short code, a name (SMPP 3.4 §5.2.5)."""
    assert address_of("+33612345678") == (1, 1, "33612345678")
    assert address_of("12345") == (0, 1, "12345")
    assert address_of("ACME") == (5, 0, "ACME")
    assert address_of("") == (0, 0, "")


def test_a_batch_is_a_count_a_list_or_mappings() -> None:
    """Places in braces are filled in, others stay."""
    counted = SubmitStep(to="+3361234567{n}", text="{n} of {all}", count=2)
    assert [(each.to, each.text) for each in texts_of(counted)] == [
        ("+33612345671", "1 of {all}"),
        ("+33612345672", "2 of {all}"),
    ]
    listed = SubmitStep(to=["+1", "+2"], text="{to}")
    assert [each.text for each in texts_of(listed)] == ["+1", "+2"]
    padded = SubmitStep(to="+336123456{n:02}", text="{n:x}{m:02}", count=2)
    assert [(each.to, each.text) for each in texts_of(padded)] == [
        ("+33612345601", "{n:x}{m:02}"),
        ("+33612345602", "{n:x}{m:02}"),
    ]
    mapped = SubmitStep(to="{number}", sender="{who}", each=[{"number": "+1", "who": "A"}])
    assert [(each.to, each.sender) for each in texts_of(mapped)] == [("+1", "A")]


def test_a_text_is_coded_as_it_needs() -> None:
    """GSM 7-bit or UCS-2, and back."""
    for text, data_coding in (("Hi €", 0), ("Łódź", 8)):
        (pdu,) = submits(SubmitStep(to="+1", text=text))
        assert pdu.data_coding == data_coding
        assert text_of(pdu) == text


def test_a_data_coding_that_was_chosen_is_kept_to() -> None:
    """Or the text cannot be written."""
    (pdu,) = submits(SubmitStep(to="+1", text="é", data_coding=3))
    assert pdu.short_message == b"\xe9"
    with pytest.raises(NotHeldError, match="data_coding 1 cannot write"):
        submits(SubmitStep(to="+1", text="é", data_coding=1))


def test_a_long_text_goes_whole() -> None:
    """In a message_payload beyond 254 octets (SMPP 3.4 §5.3.2.32)."""
    (pdu,) = submits(SubmitStep(to="+1", text="x" * 300))
    assert pdu.short_message == b""
    assert tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) == b"x" * 300


def test_the_application_may_cut_it() -> None:
    """With a header, or with TLVs; and may leave parts out."""
    step = SubmitStep(to="+1", text="x" * 400, parts="udh")
    assert [pdu.short_message[:6] for pdu in submits(step)] == [
        bytes([5, 0, 3, 9, 3, number]) for number in (1, 2, 3)
    ]
    assert all(pdu.esm_class == 0x40 for pdu in submits(step))
    step = SubmitStep(to="+1", text="x" * 400, parts="sar", only_parts=[1, 3], reference=4)
    assert [tlv_int(pdu.tlvs, TAG_SAR_SEGMENT_SEQNUM) for pdu in submits(step)] == [1, 3]
    # The centre makes a header of 7 octets of them, with which 152 septets go into a part.
    assert [len(pdu.short_message) for pdu in submits(step)] == [152, 96]
    with pytest.raises(NotHeldError, match="3 parts only"):
        submits(SubmitStep(to="+1", text="x" * 400, parts="udh", only_parts=[4]))


def test_times_tlvs_and_octets_are_as_written() -> None:
    """Times count from now."""
    step = SubmitStep(
        to="+1", octets="c0de", validity="1h", tlvs={"0x1401": "0a"}, content_class="otp"
    )
    (pdu,) = submits(step)
    assert pdu.short_message == b"\xc0\xde"
    assert pdu.validity_period == "261123223000000+"
    assert pdu.tlvs == [Tlv(0x1401, b"\x0a"), Tlv(0x1480, b"otp")]
