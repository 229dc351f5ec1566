"""A WAP push; tests/conformance reads published ones."""

import pytest

from carrierbox.codecs.mms_notification import MmsNotification, encode_mms_notification
from carrierbox.codecs.wap_push import (
    decode_wap_push,
    describe_wap_push,
    is_wap_push,
    mms_push,
    service_push,
    wap_push_content,
)
from carrierbox.codecs.wap_service import WapService
from carrierbox.errors import CodecError


def test_a_push_with_a_notification_is_made_and_read() -> None:
    """WAP-235-PushOTA §7.1, OMA-MMS-ENC §6.2."""
    body = encode_mms_notification(
        MmsNotification(
            "T", sender="+336/TYPE=PLMN", url="http://m", size_octets=9, expiry_s=60, subject="Hi"
        )
    )
    octets = mms_push(body, 7)
    push = decode_wap_push(octets)
    assert (push.transaction_id, push.pdu_type, push.body) == (7, 6, body)
    assert push.application == "x-wap-application:mms.ua"
    assert push.encode() == octets
    assert isinstance(wap_push_content(push), MmsNotification)
    assert describe_wap_push(octets) == [
        ("content_type", "application/vnd.wap.mms-message"),
        ("application", "x-wap-application:mms.ua"),
        ("mms", "notification"),
        ("transaction_id", "T"),
        ("from", "+336"),
        ("url", "http://m"),
        ("class", "personal"),
        ("subject", "Hi"),
        ("size_octets", 9),
        ("expires_in_s", 60),
    ]
    with pytest.raises(CodecError):
        mms_push(b"", 256)


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("0605040b8423f0", True),
        ("0605040b8523f0", True),
        ("0605041f9023f0", False),
        ("0c08049f8e020105040b8423f0", True),
        ("0b05040b8423f00402f0f0", False),
        ("", False),
        ("050003010201", False),
    ],
)
def test_the_destination_port_tells_a_push(header: str, answer: bool) -> None:
    """WAP-259-WDP: 2948, or 2949 with security; not the originator's port."""
    assert is_wap_push(bytes.fromhex(header)) is answer


@pytest.mark.parametrize(
    ("octets", "content_type", "application"),
    [
        ("010600", "", ""),
        ("010601b6", "application/vnd.wap.connectivity-wbxml", ""),
        ("010601ff", "0x7F", ""),
        ("010604612f6200", "a/b", ""),
        ("01060403ae81ea", "application/vnd.wap.sic", ""),
        ("010605aeaf027fff", "application/vnd.wap.sic", "32767"),
        ("010606ae7f02782d00", None, None),
        ("01060aae017f02782d003100b4", None, None),
        ("010608ae782d003100b480", "application/vnd.wap.sic", ""),
        ("010604aeaf7800", "application/vnd.wap.sic", "x"),
    ],
)
def test_headers_tell_the_type_and_the_application(
    octets: str, content_type: str | None, application: str | None
) -> None:
    """WAP-230-WSP §8.4.1: headers by code, by name, in other code pages."""
    if content_type is None:
        with pytest.raises(CodecError):
            decode_wap_push(bytes.fromhex(octets))
        return
    push = decode_wap_push(bytes.fromhex(octets))
    assert (push.content_type, push.application) == (content_type, application)
    assert push.encode().hex() == octets


def test_what_nobody_reads_is_shown_as_octets_and_what_is_broken_as_a_problem() -> None:
    """T38."""
    assert describe_wap_push(bytes.fromhex("010601b60102")) == [
        ("content_type", "application/vnd.wap.connectivity-wbxml"),
        ("body", "0102"),
    ]
    assert describe_wap_push(b"\x01\x05\x00") == [
        ("problem", "WSP PDU of type 0x05 is no push (at position 1)")
    ]


@pytest.mark.parametrize(
    ("service", "content_type"),
    [
        (WapService("service indication", "Hi", {"href": "http://x"}), "application/vnd.wap.sic"),
        (WapService("service loading", "", {"href": "http://x"}), "application/vnd.wap.slc"),
    ],
)
def test_a_push_with_a_service_is_made_and_read(service: WapService, content_type: str) -> None:
    """WAP-235-PushOTA §7.1, WAP-167-ServiceInd §5, WAP-168-ServiceLoad §5."""
    octets = service_push(service, 9)
    push = decode_wap_push(octets)
    assert (push.transaction_id, push.content_type) == (9, content_type)
    assert push.application == "x-wap-application:wml.ua"
    read = wap_push_content(push)
    assert isinstance(read, WapService)
    assert (read.text, read.attributes) == (service.text, service.attributes)
    assert service_push(read, 9) == octets
    with pytest.raises(CodecError):
        service_push(service, 256)
