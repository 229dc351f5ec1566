"""Information elements in words."""

import pytest

from carrierbox.codecs.information_element_words import describe_user_data_header, element_words
from carrierbox.codecs.user_data_header import InformationElement
from carrierbox.errors import CodecError


@pytest.mark.parametrize(
    ("iei", "data", "words"),
    [
        (0x00, "aa0302", "part 2 of 3, reference 170"),
        (0x00, "aa0002", "aa0002"),
        (0x00, "aa00", "wrong length of 2 octets: aa00"),
        (0x01, "8003", "3 waiting (voice), profile 1, text stored"),
        (0x01, "2701", "1 waiting (video), profile 2, text discarded"),
        (0x01, "0b01", "1 waiting (other, type 2), profile 1, text discarded"),
        (0x05, "0b8423f0", "to port 2948 (WAP push) from port 9200"),
        (0x04, "6432", "to port 100 from port 50"),
        (0x06, "41", "report when completed, cancel the other reports of this concatenation"),
        (0x06, "00", "nothing asked for"),
        (0x07, "03", "made by SMSC"),
        (0x07, "09", "made by reserved 9"),
        (0x0A, "00051a", "5 characters at 0: right, small, bold"),
        (
            0x0A,
            "0000039a",
            "from here on: bright red on white",
        ),
        (0x0B, "0503", "number 3 at 5"),
        (0x10, "07" + "00" * 128, "128 octets at 7"),
        (0x12, "020410" + "00" * 64, "32 by 16 dots at 2"),
        (0x14, "01001000000007", "reference 1, 16 octets in all, type 0, at 7"),
        (0x1A, "", "no data"),
        (0x20, "14", "e-mail header in the first 20 characters"),
        (0x21, "000a0414", "title of 4 characters at 10, then a URL of 20"),
        (0x22, "0b913316325476f8", "reply to +33612345678"),
        (0x24, "01", "Turkish"),
        (0x25, "0f", "reserved language 15"),
        (0x70, "", "no data"),
        (0xAB, "0102", "0102"),
    ],
)
def test_an_element_is_told_in_words(iei: int, data: str, words: str) -> None:
    """TS 23.040 §9.2.3.24."""
    assert element_words(InformationElement(iei, bytes.fromhex(data))) == words


def test_a_header_is_told_element_by_element() -> None:
    """TS 23.040 §9.2.3.24, T39."""
    assert describe_user_data_header(bytes.fromhex("080003aa0201240101")) == [
        ("concatenated short messages, 8-bit reference", "part 1 of 2, reference 170"),
        ("national language single shift", "Turkish"),
    ]
    with pytest.raises(CodecError):
        describe_user_data_header(b"\x05\x00")


def test_every_element_of_every_short_length_has_words() -> None:
    """T38: displays never fail."""
    for iei in range(256):
        for length in range(16):
            assert element_words(InformationElement(iei, bytes(range(200, 200 + length))))
