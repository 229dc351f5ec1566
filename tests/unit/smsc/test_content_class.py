"""What a message is about, as its TLV says."""

import pytest

from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.smsc.content_class import TAG_CONTENT_CLASS, content_class_of


@pytest.mark.parametrize(
    ("tlvs", "content_class"),
    [
        ([], ""),
        ([Tlv(0x1403, b"1234")], ""),
        ([Tlv(TAG_CONTENT_CLASS, b"otp")], "otp"),
        ([Tlv(TAG_CONTENT_CLASS, b"Marketing\0")], "marketing"),
        ([Tlv(TAG_CONTENT_CLASS, b"")], ""),
        ([Tlv(TAG_CONTENT_CLASS, b"x" * 5000)], "x" * 32),
        ([Tlv(TAG_CONTENT_CLASS, b"\xff")], "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_the_class_is_text_in_a_tlv_of_ours(tlvs: list[Tlv], content_class: str) -> None:
    """SMPP 3.4 §5.3.2: 0x1400 to 0x3FFF are vendors' tags."""
    assert 0x1400 <= TAG_CONTENT_CLASS <= 0x3FFF
    assert content_class_of(SubmitSm(tlvs=tlvs)) == content_class
