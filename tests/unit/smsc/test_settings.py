"""Canned messages and distribution lists."""

import pytest

from carrierbox.codecs.default_coding import DEFAULT_LATIN1
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_SAR_MSG_REF_NUM, Tlv
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.text_coding import AGREED_CODINGS, PLAIN_CODING, TextCoding


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


@pytest.mark.parametrize(
    ("coding", "languages", "expected"),
    [
        (PLAIN_CODING, (), (8, "", ("ção " * 20).encode("utf-16-be"))),
        (PLAIN_CODING, (3,), (0, "03240103", b"\x1b\x09\x1b\x7bo " * 20)),
        (AGREED_CODINGS[DEFAULT_LATIN1], (3,), (0, "", ("ção " * 20).encode("latin-1"))),
    ],
)
def test_a_canned_text_is_coded_as_the_account_would(
    coding: TextCoding, languages: tuple[int, ...], expected: tuple[int, str, bytes]
) -> None:
    """SMPP 3.4 §5.2.19, T32; TS 23.038 §6.2.1.2.4 where tables save a part."""
    submit = SubmitSm(sm_default_msg_id=1, esm_class=0x41)
    canned = CentreSettings({1: "ção " * 20}).with_canned_text(submit, coding, languages)
    assert canned is not None
    data_coding, header, octets = expected
    assert (canned.data_coding, canned.short_message) == (
        data_coding,
        bytes.fromhex(header) + octets,
    )
    assert canned.esm_class == (0x41 if header else 0x01)


def test_a_long_canned_text_goes_as_a_payload_and_what_the_client_sent_is_gone() -> None:
    """SMPP 3.4 §5.3.2.32, T40: short_message has room for 254 octets."""
    theirs = [Tlv(TAG_MESSAGE_PAYLOAD, b"ignored"), Tlv(TAG_SAR_MSG_REF_NUM, b"\0\1")]
    submit = SubmitSm(sm_default_msg_id=1, tlvs=theirs)
    canned = CentreSettings({1: "a" * 1000}).with_canned_text(submit)
    assert canned is not None
    assert canned.short_message == b""
    assert canned.tlvs == [Tlv(TAG_MESSAGE_PAYLOAD, b"a" * 1000)]
