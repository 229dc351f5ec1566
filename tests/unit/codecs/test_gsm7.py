"""GSM 7-bit text, one septet per octet."""

import pytest

from carrierbox.codecs.gsm7 import decode_gsm7, encode_gsm7, first_unencodable, nearest_gsm7


@pytest.mark.parametrize(
    ("text", "septets"),
    [
        ("", b""),
        ("a@b_c$", b"a\x00b\x11c\x02"),
        ("é|è", b"\x05\x1b\x40\x04"),
        ("Ω€[", b"\x15\x1b\x65\x1b\x3c"),
        ("\n\r\f", b"\x0a\x0d\x1b\x0a"),
    ],
)
def test_text_becomes_septets_and_returns(text: str, septets: bytes) -> None:
    """TS 23.038 §6.2.1, T33: no octet of a text is special, 0x00 least of all."""
    assert encode_gsm7(text) == septets
    assert decode_gsm7(septets) == text


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("plain", -1),
        ("Ω€{}", -1),
        ("a`b", 1),
        ("ç", 0),
        ("€ç", 1),
        ("aя", 1),
        ("€я", 1),
        ("\x1b", 0),
        ("\x7f", 0),
        ("\x80", 0),
        ("\xff", 0),
        ("😀", 0),
        ("\ud800", 0),
    ],
)
def test_a_character_without_a_place_is_found_and_not_encoded(text: str, position: int) -> None:
    """TS 23.038 §6.2.1: the small cedilla, the accent and the escape itself have no place."""
    assert first_unencodable(text) == position
    assert (encode_gsm7(text) is None) == (position >= 0)


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        (b"\x1b", ""),
        (b"ab\x1b", "ab"),
        (b"\x1bA", "A"),
        (b"\x1b\x00", "@"),
        (b"\x1b\x0d", "\r"),
        (b"\x1b\x10", "Δ"),
        (b"\x1b\x1b", " "),
        (b"\x1b\x1b\x65", " e"),
        (b"\x1b\x1b\x1b\x65", " €"),
        (b"\x1b\x1b\x1b\x1b\x65", "  e"),
        (b"a\x1b\x65\x1b\x1b\x1b", "a€ "),
        (b"\x1b\x65\x65\x1b\x65", "€e€"),
    ],
)
def test_escapes_are_read_from_the_left(septets: bytes, text: str) -> None:
    """TS 23.038 §6.2.1.1, T34: an unknown code falls back, two escapes are a space."""
    assert decode_gsm7(septets) == text


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"a\x80b", "a\ufffdb"),
        (b"\xff\xe5\x9b", "\ufffd\ufffd\ufffd"),
        (b"\x1b\xe5", "\ufffd"),
        (b"\xe9\x05", "\ufffdé"),
    ],
)
def test_an_octet_that_is_no_septet_is_shown_as_a_replacement(octets: bytes, text: str) -> None:
    """T32, T38: Latin-1 sent as the default alphabet is not taken for something else."""
    assert decode_gsm7(octets) == text


@pytest.mark.parametrize(
    ("text", "nearest"), [("@é", b"\x00\x05"), ("êçñ", b"ec\x7d"), ("Ж😀ﬁ", b"??f"), ("", b"")]
)
def test_a_character_without_a_place_becomes_the_letter_it_is_made_of(
    text: str, nearest: bytes
) -> None:
    """One septet at most for each, so that the text stays as long as it was."""
    assert nearest_gsm7(text) == nearest
