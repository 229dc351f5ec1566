"""The notification that an MMS waits."""

import pytest

from carrierbox.codecs.mms_notification import (
    MmsNotification,
    decode_mms_notification,
    encode_mms_notification,
)
from carrierbox.errors import CodecError

FULL = MmsNotification(
    "T1", 0x12, "+33612345678/TYPE=PLMN", "Grüße", "advertisement", 29696, 72000, True, "http://m/1"
)


@pytest.mark.parametrize(
    "value",
    [
        FULL,
        MmsNotification(),
        MmsNotification(
            message_class="com.example",
            url="http://m/2",
            expiry_is_relative=False,
            expiry_s=1_768_119_309,
        ),
    ],
)
def test_a_notification_is_written_and_read(value: MmsNotification) -> None:
    """OMA-MMS-ENC §6.2."""
    octets = encode_mms_notification(value)
    read = decode_mms_notification(octets)
    assert encode_mms_notification(read) == octets
    assert (read.transaction_id, read.url) == (value.transaction_id, value.url)
    assert (read.sender, read.subject) == (value.sender, value.subject)
    assert (read.size_octets, read.expiry_s) == (value.size_octets, value.expiry_s)
    assert read.expiry_is_relative == value.expiry_is_relative
    assert (read.message_class, read.mms_version) == (value.message_class, value.mms_version)


def test_the_sender_is_told_without_its_type() -> None:
    """OMA-MMS-ENC §8."""
    assert FULL.sender_address == "+33612345678"
    assert MmsNotification(sender="a@b.example").sender_address == "a@b.example"


def test_headers_nobody_needs_are_passed_over() -> None:
    """OMA-MMS-ENC §7: a date, a text, an unregistered header, a hidden sender, a reserved class."""
    octets = bytes.fromhex("8c828504 6ab74d90 8f81 582d61003100 890181 8a90 83687474703a2f2f6d00")
    read = decode_mms_notification(octets)
    assert (read.sender, read.message_class, read.url) == ("", "reserved 16", "http://m")


@pytest.mark.parametrize("octets", ["", "8c", "8c84", "8d90", "8c8283", "8c828880", "8c828e03ff"])
def test_another_message_or_one_that_ends_early_is_an_error(octets: str) -> None:
    """T38."""
    with pytest.raises(CodecError):
        decode_mms_notification(bytes.fromhex(octets))


def test_a_version_without_a_place_is_an_error() -> None:
    """OMA-MMS-ENC §7.2.16: seven bits."""
    with pytest.raises(CodecError):
        encode_mms_notification(MmsNotification(mms_version=128))
