"""The limits of an account."""

import pytest

from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.smsc.limits import cost_of


def a_part(number: int) -> SubmitSm:
    return SubmitSm(esm_class=0x40, short_message=bytes([5, 0, 3, 1, 3, number]) + b"x")


@pytest.mark.parametrize(
    ("submit", "by_message", "by_part"),
    [
        (SubmitSm(short_message=b"x" * 160), 1, 1),
        (SubmitSm(short_message=b"x" * 161), 1, 2),
        (SubmitSm(tlvs=[Tlv(0x0424, b"x" * 459)]), 1, 3),
        (SubmitSm(tlvs=[Tlv(0x0424, b"x" * 460)]), 1, 4),
        (SubmitSm(short_message=b"\0x" * 71, data_coding=8), 1, 2),
        (a_part(1), 1, 1),
        (a_part(2), 0, 1),
        (SubmitSm(esm_class=0x40, short_message=b"\xff"), 1, 1),
    ],
)
def test_a_message_counts_as_one_or_as_its_parts(
    submit: SubmitSm, by_message: int, by_part: int
) -> None:
    """T47: by message, parts after the first are free; by part, all that is cut counts."""
    assert cost_of(submit, False) == by_message
    assert cost_of(submit, True) == by_part
