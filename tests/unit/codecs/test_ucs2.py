"""What is odd about UCS-2 octets."""

import pytest

from carrierbox.codecs.ucs2 import describe_ucs2, detect_little_endian

TEXTS = [
    "Hello, world",
    "Hi",
    "Grüße aus Köln",
    "Привет, как дела? 123",
    "Καλημέρα σας",
    "שלום לכולם",
    "مرحبا بالعالم",
    "नमस्ते दुनिया",
    "สวัสดีชาวโลก",
]


@pytest.mark.parametrize("text", TEXTS)
def test_an_alphabet_in_the_wrong_byte_order_is_detected(text: str) -> None:
    """T37: the right order is never taken for the wrong one."""
    assert detect_little_endian(text.encode("utf-16-le"))
    assert not detect_little_endian(text.encode("utf-16-be"))


@pytest.mark.parametrize(
    "text",
    ["", "A", "一", "一一一", "世界您好！", "はい、そうです", "안녕하세요 여러분", "😀😀", "€"],
)
def test_short_and_ideographic_texts_are_never_suspected(text: str) -> None:
    """T37: where the octets do not tell, the specification's order stands."""
    assert not detect_little_endian(text.encode("utf-16-be"))


def test_a_byte_order_mark_decides() -> None:
    """T37."""
    assert detect_little_endian(b"\xff\xfe")
    assert detect_little_endian("\ufeff世界".encode("utf-16-le"))
    assert not detect_little_endian("\ufeffHello".encode("utf-16-be"))
    assert not detect_little_endian(b"H\x00e\x00l")
    assert not detect_little_endian(b"\x01\x00\x02\x00")


@pytest.mark.parametrize(
    ("octets", "remarks"),
    [
        (b"\x00H\x00i", []),
        (b"\xfe\xff\x00H", ["starts with a byte order mark"]),
        (b"H\x00i\x00", ["looks little-endian, UCS-2 is big-endian"]),
        (b"\x00H\x00", ["odd number of octets, the last unit is cut"]),
        (b"\xd8\x3d\x00H", ["half a surrogate pair"]),
        (b"\xd8\x3d\xde\x00", []),
    ],
)
def test_what_is_odd_is_told(octets: bytes, remarks: list[str]) -> None:
    """T37, T38: reported, never fatal."""
    assert describe_ucs2(octets) == remarks
