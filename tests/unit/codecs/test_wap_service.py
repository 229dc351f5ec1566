"""Service Indication and Service Loading."""

import pytest

from carrierbox.codecs.wap_service import decode_wap_service
from carrierbox.errors import CodecError


def test_an_indication_has_a_text_and_a_url() -> None:
    """WAP-167-ServiceInd §8.2: codes stand for parts of the URL."""
    octets = bytes.fromhex("02056a0045c60d037861008503792f00080103486900" + "0101")
    service = decode_wap_service(octets)
    assert service.document_type == "service indication"
    assert service.text == "Hi"
    assert service.url == "http://www.xa.com/y/"
    assert service.action == "signal-high"


def test_a_loading_has_a_url_and_no_text() -> None:
    """WAP-168-ServiceLoad §8."""
    service = decode_wap_service(bytes.fromhex("02066a008506090378008601"))
    assert service.document_type == "service loading"
    assert (service.text, service.url, service.action) == ("", "http://x.edu/", "execute-high")
    assert decode_wap_service(bytes.fromhex("02066a0005")).url == ""


def test_strings_may_stand_in_a_table_and_letters_as_numbers() -> None:
    """WAP-192-WBXML §5.8.4."""
    service = decode_wap_service(
        bytes.fromhex("02056a03" + "6100" + "62" + "45c60b830001" + "0281694141" + "0101").replace(
            b"AA", b""
        )
    )
    assert service.url == "a"
    assert service.text == "é"


@pytest.mark.parametrize(
    "octets",
    [
        "",
        "0201",
        "02076a00",
        "02056a05",
        "02056a0045",
        "02056a0045c60c03",
        "02056a0045c60c0378",
        "02056a0045c60378000101",
        "02056a0045c61f01",
        "02056a004500",
        "02056a0045c60b8305",
        "02056a0045c60bc305",
    ],
)
def test_octets_that_are_no_document_are_an_error(octets: str) -> None:
    """T38: ends early, another type, a value before any attribute, a code page."""
    with pytest.raises(CodecError):
        decode_wap_service(bytes.fromhex(octets))
