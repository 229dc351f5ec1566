"""Service Indication and Service Loading."""

import pytest

from carrierbox.codecs.wap_service import WapService, decode_wap_service, encode_wap_service
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


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        (
            WapService(
                "service indication",
                "You have 4 new e-mails",
                {
                    "href": "http://www.xyz.com/email/123/abc.wml",
                    "created": "19990625152315",
                    "si-expires": "19990630",
                },
            ),
            "02056a0045c60d0378797a00850365"
            "6d61696c2f3132332f6162632e776d6c000ac3071999062515231510c30419990630010359"
            "6f7520686176652034206e657720652d6d61696c73000101",
        ),
        (WapService("service indication", "", {}), "02056a00450601"),
        (WapService("service indication", "", {"action": "delete"}), "02056a0045860901" + "01"),
        (WapService("service loading", "", {"href": "https://x.org/"}), "02066a00850b0378008801"),
        (WapService("service loading", "", {}), "02066a0005"),
    ],
)
def test_a_service_is_written_as_the_specification_does(value: WapService, octets: str) -> None:
    """WAP-167-ServiceInd §8.3 has the first of these as its example; WAP-168-ServiceLoad §8."""
    assert encode_wap_service(value).hex() == octets
    read = decode_wap_service(bytes.fromhex(octets))
    assert (read.document_type, read.text, read.attributes) == (
        value.document_type,
        value.text,
        value.attributes,
    )


@pytest.mark.parametrize(
    "value",
    [
        WapService("map", "", {}),
        WapService("service loading", "text", {}),
        WapService("service loading", "", {"created": "2026"}),
        WapService("service indication", "", {"action": "signal-maybe"}),
        WapService("service indication", "", {"class": "a"}),
        WapService("service indication", "a\0b", {}),
        WapService("service indication", "\ud83d", {}),
    ],
)
def test_what_no_document_holds_is_an_error(value: WapService) -> None:
    """Nothing is left out in silence."""
    with pytest.raises(CodecError):
        encode_wap_service(value)
