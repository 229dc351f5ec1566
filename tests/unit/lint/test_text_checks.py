"""What octets look like under a data_coding (T32 to T39)."""

import pytest

from carrierbox.lint import rule_tables as rules
from carrierbox.lint.dissection import Found
from carrierbox.lint.rule_tables import Rule
from carrierbox.lint.text_checks import check_header, check_length, check_no_header, check_text


def text(octets: bytes, data_coding: int) -> list[Rule]:
    found: list[Found] = []
    check_text(octets, data_coding, found)
    return [rule for rule, _ in found]


@pytest.mark.parametrize(
    "octets",
    ["Привет", "你好世界，今天天气很好", "Hello", "ok", "🙂🙂", "A b", "日本語テキスト", "€"],
)
def test_utf16_of_many_scripts_is_not_suspected(octets: str) -> None:
    """T37: guesses must not blame who is right."""
    assert text(octets.encode("utf-16-be"), 8) == []


@pytest.mark.parametrize(
    ("octets", "rule"),
    [
        ("Hello".encode("utf-16-le"), rules.UCS2_LITTLE_ENDIAN),
        ("Hello".encode("utf-16"), rules.UCS2_LITTLE_ENDIAN),
        ("Привет, мир".encode(), rules.UCS2_OTHER_TEXT),
        (b"Your code is 4821", rules.UCS2_OTHER_TEXT),
        ("Hi 🙂".encode("utf-16-be")[:-2], rules.SURROGATE_SPLIT),
        ("Привет".encode("utf-16-be")[:-1], rules.UCS2_ODD),
    ],
)
def test_what_is_no_utf16_is_told(octets: bytes, rule: Rule) -> None:
    """T37."""
    assert text(octets, 8) == [rule]


@pytest.mark.parametrize(
    "octets",
    [b"Hello", b"caf\x05", b"a\x00b.c", b"\x1b\x65", b"me at x_y", b"Gr\x7e\x1e aus K\x7cln"],
)
def test_the_gsm_alphabet_is_not_suspected(octets: bytes) -> None:
    """T33: 0x00 is @, letters with accents have codes that are brackets in ASCII."""
    assert text(octets, 0) == []


@pytest.mark.parametrize(
    ("octets", "rule"),
    [
        ("Grüße aus Köln".encode(), rules.DEFAULT_UTF8),
        ("Grü".encode() + b"\xc3", rules.DEFAULT_UTF8),
        ("Grüße aus Köln".encode("latin-1"), rules.DEFAULT_LATIN1),
        (b"Hello \xe9", rules.DEFAULT_LATIN1),
        (b"\x81\x82\x83", rules.DEFAULT_HIGH_OCTETS),
        (b"see https://example.com/a_b", rules.DEFAULT_ASCII),
        (b"twice \x1b\x1b\x1b", rules.ESCAPE_SPLIT),
    ],
)
def test_what_is_no_gsm_alphabet_is_told(octets: bytes, rule: Rule) -> None:
    """T32, T33, T34, T35."""
    assert text(octets, 0) == [rule]


def test_octets_are_octets() -> None:
    """data_coding 2 and 4 say nothing of a text."""
    assert text(bytes(range(256)), 4) == text(bytes(range(256)), 2) == []


@pytest.mark.parametrize("octets", [b"", b"\x05\0\3\7\2", b"\xffabc", b"\0abc", b"\x02\x00\x03abc"])
def test_headers_that_are_not_whole_are_told(octets: bytes) -> None:
    """T39: UDHL beyond the message, an element beyond the header, no element at all."""
    found: list[Found] = []
    assert check_header(octets, found) == (b"", octets)
    assert [rule for rule, _ in found] == [rules.UDHI_WITHOUT_HEADER]


def test_a_header_is_cut_off_its_text() -> None:
    """T39: several elements, too."""
    found: list[Found] = []
    header = b"\x0b\x00\x03\x07\x02\x01\x05\x04\x15\x8a\x00\x00"
    assert check_header(header + b"text", found) == (header, b"text")
    assert found == []


def test_a_message_that_begins_like_a_header_by_chance_is_not_blamed() -> None:
    """Part 9 of 2 is none."""
    found: list[Found] = []
    check_no_header(b"\x05\0\3\7\2\x09text", found)
    check_no_header(b"\x05\0", found)
    assert found == []
    check_no_header(b"\x06\x08\x04\0\7\2\1text", found)
    assert [rule for rule, _ in found] == [rules.HEADER_WITHOUT_UDHI]


@pytest.mark.parametrize(
    ("octets", "header", "data_coding"),
    [(160, 0, 0), (153, 6, 0), (140, 0, 8), (134, 6, 8), (140, 0, 4), (160, 0, 3)],
)
def test_what_fits_one_text(octets: int, header: int, data_coding: int) -> None:
    """T36: and one octet more does not."""
    found: list[Found] = []
    check_length(b"a" * octets, b"h" * header, data_coding, found)
    assert found == []
    check_length(b"a" * (octets + 1), b"h" * header, data_coding, found)
    assert [rule for rule, _ in found] == [rules.TOO_LONG_FOR_ONE]
