"""Information elements as values."""

import pytest

from carrierbox.codecs import information_elements as ie
from carrierbox.codecs.tp_address import tp_address
from carrierbox.codecs.user_data_header import (
    Concatenation,
    InformationElement,
    parse_user_data_header,
)
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address

VALUES: list[tuple[ie.Element, str]] = [
    (Concatenation(23, 3, 1, False), "0003170301"),
    (Concatenation(0x1234, 3, 1, True), "080412340301"),
    (ie.ApplicationPorts(240, 250, False), "0402f0fa"),
    (ie.ApplicationPorts(2948, 9200, True), "05040b8423f0"),
    (ie.NationalShift(2, False), "240102"),
    (ie.NationalShift(6, True), "250106"),
    (ie.SpecialMessageIndication(True, 3, 1, 3, 9), "0102e709"),
    (ie.SmscControl(0xC1), "0601c1"),
    (ie.UdhSource(3), "070103"),
    (ie.TextFormatting(1, 2, 0x1A, None), "0a0301021a"),
    (ie.TextFormatting(1, 2, 0x1A, 0xF0), "0a0401021af0"),
    (ie.EmailHeader(20), "200114"),
    (ie.Hyperlink(300, 4, 20), "2104012c0414"),
    (ie.ReplyAddress(tp_address(Address(1, 1, "336"))), "2204039133f6"),
]


@pytest.mark.parametrize(("value", "octets"), VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_written_and_read(value: ie.Element, octets: str) -> None:
    """TS 23.040 §9.2.3.24, T39."""
    header = ie.build_user_data_header([value])
    assert header.hex()[2:] == octets
    (read,) = ie.read_user_data_header(header)
    assert type(read) is type(value)
    assert ie.build_user_data_header([read]) == header


@pytest.mark.parametrize(
    "element",
    [
        InformationElement(0x00, b"\x01\x00\x01"),
        InformationElement(0x00, b"\x01\x02"),
        InformationElement(0x05, b"\x01\x02\x03"),
        InformationElement(0x22, b"\x15\x91\x33"),
        InformationElement(0x22, b"\x02\x91\x33\x44"),
        InformationElement(0x70, b""),
        InformationElement(0xAA, b"anything"),
    ],
)
def test_what_is_unknown_or_wrong_stays_as_it_is(element: InformationElement) -> None:
    """TS 23.040 §9.2.3.24: ignored by a telephone, lost by nobody."""
    read = ie.read_element(element)
    assert read is element
    assert ie.write_element(read) == element


@pytest.mark.parametrize(
    "value",
    [
        ie.ApplicationPorts(256, 0, False),
        ie.ApplicationPorts(-1, 0, True),
        ie.NationalShift(256, False),
        ie.SpecialMessageIndication(True, 4, 0, 0, 0),
        ie.SpecialMessageIndication(True, 0, 0, 0, 256),
        ie.Hyperlink(65536, 0, 0),
        ie.EmailHeader(-1),
        InformationElement(256, b""),
        InformationElement(1, bytes(256)),
        InformationElement(1, bytes(254)),
    ],
)
def test_a_number_without_a_place_is_a_codec_error(value: ie.Element) -> None:
    """T38."""
    with pytest.raises(CodecError):
        ie.build_user_data_header([value])


@pytest.mark.parametrize(
    ("header", "effective"),
    [
        ("0a00030102010003020202", "0003020202"),
        ("0b0003010201080400020202", "080400020202"),
        ("0b0804000202020003010201", "0003010201"),
        ("0a0402f0f105040b8423f0", "05040b8423f0"),
        ("080102800101028102", "0102800101028102"),
        ("06240101240102", "240102"),
    ],
)
def test_of_what_may_not_repeat_the_last_counts(header: str, effective: str) -> None:
    """TS 23.040 §9.2.3.24, T39: both widths of one thing exclude each other too."""
    kept = ie.effective_elements(parse_user_data_header(bytes.fromhex(header)))
    assert ie.build_user_data_header(list(kept)).hex()[2:] == effective


def test_no_elements_are_no_header() -> None:
    """TS 23.040 §9.2.3.24: TP-UDHI is not set then."""
    assert ie.build_user_data_header([]) == b""
    assert ie.read_user_data_header(b"") == []


def test_an_element_beyond_its_header_is_an_error_with_its_position() -> None:
    """T39."""
    with pytest.raises(CodecError) as caught:
        ie.read_user_data_header(bytes.fromhex("0500040102"))
    assert caught.value.position == 0
    with pytest.raises(CodecError) as caught:
        ie.read_user_data_header(bytes.fromhex("0524010200ff"))
    assert caught.value.position == 4
