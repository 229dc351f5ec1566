"""The parts of a message."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message
from carrierbox.smsc.parts import cut, part_count, part_of

AT = NetworkTime(1.0)


def a_message(submit: SubmitSm) -> Message:
    source = Address(5, 0, "ACME")
    return Message(
        3, "demo", FROM_ESME, TO_PHONE, submit, source, "336", "FR", "SFR", "", 3, AT, AT, AT
    )


@pytest.mark.parametrize(
    ("octets", "data_coding", "parts"),
    [
        (b"x" * 160, 0, 1),
        (b"x" * 161, 0, 2),
        (b"x" * 306, 0, 2),
        (b"x" * 307, 0, 3),
        (b"\0x" * 70, 8, 1),
        (b"\0x" * 71, 8, 2),
        (b"\0x" * 134, 8, 2),
        (b"\0x" * 135, 8, 3),
        (b"x" * 140, 4, 1),
        (b"x" * 141, 4, 2),
        (b"", 0, 1),
    ],
)
def test_a_text_takes_as_many_parts_as_the_standard_says(
    octets: bytes, data_coding: int, parts: int
) -> None:
    """T36, TS 23.040 §9.2.3.24: 160/153 septets, 70/67 UCS-2 units, 140/134 octets."""
    message = a_message(SubmitSm(short_message=octets, data_coding=data_coding))
    assert part_count(message) == parts


def test_a_part_is_the_same_for_every_attempt() -> None:
    """Design §2: reference, time stamp and concatenation reference are stable."""
    message = a_message(SubmitSm(short_message=b"x" * 200, protocol_id=0x41))
    first = part_of(message, 1, True)
    message.segments = None
    again = part_of(message, 1, False)
    for name in ("reference", "user_data_header", "user_data", "service_centre_time", "tp_pid"):
        assert getattr(first, name) == getattr(again, name)
    assert first.user_data_header == b"\5\0\3\3\2\2"
    assert (first.more_messages, again.more_messages) == (True, False)


def test_more_than_255_parts_are_refused() -> None:
    """TS 23.040 §9.2.3.24.1: the total is one octet."""
    with pytest.raises(CodecError):
        cut(a_message(SubmitSm()), b"", b"x" * (256 * 153))
