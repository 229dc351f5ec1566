"""User data headers and what stands in them."""

import pytest

from carrierbox.codecs.user_data_header import (
    Concatenation,
    InformationElement,
    concatenation_header,
    find_concatenation,
    merge_concatenation,
    parse_user_data_header,
    split_user_data_header,
)
from carrierbox.errors import CodecError

PORTS = bytes.fromhex("0605040b8423f0")


@pytest.mark.parametrize(
    ("octets", "header", "rest"),
    [
        (b"\x00abc", b"\x00", b"abc"),
        (b"\x05\x00\x03\x01\x02\x01hi", b"\x05\x00\x03\x01\x02\x01", b"hi"),
        (b"\x00", b"\x00", b""),
    ],
)
def test_user_data_is_cut_behind_its_header(octets: bytes, header: bytes, rest: bytes) -> None:
    """TS 23.040 §9.2.3.24."""
    assert split_user_data_header(octets) == (header, rest)


@pytest.mark.parametrize("octets", [b"", b"\x01", b"\x06\x00\x03\x01\x02\x01", b"\xff" * 140])
def test_a_udhl_beyond_the_user_data_is_an_error(octets: bytes) -> None:
    """T39."""
    with pytest.raises(CodecError) as caught:
        split_user_data_header(octets)
    assert caught.value.position == 0


@pytest.mark.parametrize(
    ("header", "position"),
    [
        (b"\x05\x00\x03\x01", 0),
        (b"\x02\x00\x03\x01\x02\x01", 0),
        (b"\x01\x00", 1),
        (b"\x03\x00\x03\x01", 1),
        (b"\x06\x24\x01\x03\x00\x03\x01", 4),
    ],
)
def test_an_element_beyond_its_header_is_an_error_and_no_concatenation(
    header: bytes, position: int
) -> None:
    """TS 23.040 §9.2.3.24, T39: a header that overruns is ignored as a whole."""
    with pytest.raises(CodecError) as caught:
        parse_user_data_header(header)
    assert caught.value.position == position
    assert find_concatenation(header) is None


def test_no_header_has_no_elements() -> None:
    """A message without the UDHI bit."""
    assert parse_user_data_header(b"") == []
    assert find_concatenation(b"") is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("050003000201", Concatenation(0, 2, 1, False)),
        ("050003ffffff", Concatenation(255, 255, 255, False)),
        ("060804ffff0202", Concatenation(0xFFFF, 2, 2, True)),
        ("0a0003aa0201030301020a", Concatenation(0xAA, 2, 1, False)),
        ("0a0003aa0201030301020a00", None),
        ("050003aa0001", None),
        ("050003aa0200", None),
        ("050003aa0203", None),
        ("06080400aa0203", None),
        ("05000200aa24", None),
        ("0608030102030405", None),
    ],
)
def test_a_concatenation_is_found_or_ignored(header: str, found: Concatenation | None) -> None:
    """TS 23.040 §9.2.3.24.1, T39, T41: reference 0 is as good as any."""
    assert find_concatenation(bytes.fromhex(header)) == found


def test_an_impossible_element_does_not_hide_the_one_before() -> None:
    """TS 23.040 §9.2.3.24.1: it is ignored, so the other is the last."""
    header = bytes.fromhex("0a0003aa0201" + "0003bb0001")
    assert find_concatenation(header) == Concatenation(0xAA, 2, 1, False)


@pytest.mark.parametrize(
    ("wide", "expected"), [(False, "050003070301"), (True, "0608040007" + "0301")]
)
def test_a_concatenation_header_is_built(wide: bool, expected: str) -> None:
    """TS 23.040 §9.2.3.24.1, §9.2.3.24.8."""
    header = concatenation_header(7, 3, 1, wide)
    assert header == bytes.fromhex(expected)
    assert find_concatenation(header) == Concatenation(7, 3, 1, wide)


@pytest.mark.parametrize(
    ("reference", "total", "number", "wide"),
    [
        (256, 2, 1, False),
        (0x10000, 2, 1, True),
        (-1, 2, 1, False),
        (1, 256, 1, False),
        (1, 0, 0, False),
        (1, 2, 0, False),
        (1, 2, 3, True),
    ],
)
def test_a_value_without_a_place_in_the_element_is_an_error(
    reference: int, total: int, number: int, wide: bool
) -> None:
    """TS 23.040 §9.2.3.24.1."""
    with pytest.raises(CodecError):
        concatenation_header(reference, total, number, wide)


def test_a_concatenation_is_put_before_the_elements_of_a_header() -> None:
    """TS 23.040 §9.2.3.24: ports stay in every part."""
    merged = merge_concatenation(PORTS, 1, 2, 1)
    assert merged == bytes.fromhex("0b0003010201" + "05040b8423f0")
    assert parse_user_data_header(merged) == [
        InformationElement(0, b"\x01\x02\x01"),
        InformationElement(5, bytes.fromhex("0b8423f0")),
    ]
    assert merge_concatenation(b"", 1, 2, 1) == concatenation_header(1, 2, 1)
    assert merge_concatenation(b"\x00", 1, 2, 1) == concatenation_header(1, 2, 1)


@pytest.mark.parametrize(
    "header",
    [
        concatenation_header(1, 2, 1),
        concatenation_header(1, 2, 1, wide=True),
        b"\x05\x00",
        bytes([254, 0x80, 252]) + bytes(252),
    ],
)
def test_a_header_that_cannot_take_a_concatenation_is_an_error(header: bytes) -> None:
    """A part already, malformed, too long."""
    with pytest.raises(CodecError):
        merge_concatenation(header, 1, 2, 1)


def test_values_are_compared_and_shown_by_content() -> None:
    """Assertions and traces show them."""
    assert len({Concatenation(1, 2, 1, False), Concatenation(1, 2, 1, False)}) == 1
    assert Concatenation(1, 2, 1, False) != Concatenation(1, 2, 1, True)
    assert len({InformationElement(1, b"a"), InformationElement(1, b"a")}) == 1
    assert InformationElement(1, b"a") != "a"
    assert Concatenation(1, 2, 1, False) != "a"
    assert repr(InformationElement(5, b"\x0b")) == "InformationElement(0x05, '0b')"
    assert repr(Concatenation(1, 2, 1, False)) == "Concatenation(1, 2, 1, False)"
