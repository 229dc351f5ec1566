"""PDUs read beyond their first fault."""

import pytest

from carrierbox.lint import rule_tables as rules
from carrierbox.lint.dissection import dissect
from carrierbox.smpp.pdus import (
    PDU_CLASSES,
    BindTransmitter,
    DeliverSmResp,
    EnquireLink,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.wire import encode_pdu


def resized(frame: bytes) -> bytes:
    """A frame with its command_length set right."""
    return len(frame).to_bytes(4, "big") + frame[4:]


@pytest.mark.parametrize("command_id", PDU_CLASSES)
def test_every_sound_pdu_is_found_sound(command_id: int) -> None:
    """With all its fields empty."""
    pdu = PDU_CLASSES[command_id]()
    pdu.sequence_number = 1
    found = dissect(encode_pdu(pdu))
    assert (found.found, found.is_whole) == ([], True)


def test_two_strings_that_are_too_long_are_both_told() -> None:
    """T12: and the fields behind them are still read."""
    body = b"a" * 20 + b"\0" + b"b" * 30 + b"\0\0\x34\0\0\0"
    found = dissect(resized(bytes(4) + b"\0\0\0\2" + bytes(7) + b"\1" + body))
    assert [rule for rule, _ in found.found] == [rules.SYSTEM_ID_TOO_LONG, rules.PASSWORD_TOO_LONG]
    assert isinstance(found.pdu, BindTransmitter)
    assert (found.pdu.system_id, found.pdu.interface_version) == ("a" * 20, 0x34)


def test_a_body_that_is_cut_anywhere_is_told_and_survived() -> None:
    """T06: field by field."""
    frame = encode_pdu(SubmitSm(source_addr="ACME", short_message=b"Hello", sequence_number=1))
    for end in range(16, len(frame) - 6):
        found = dissect(resized(frame[:end]))
        assert (found.found[-1][0], found.is_whole) == (rules.BODY_CUT, False)
    for end in range(len(frame) - 5, len(frame)):
        assert [rule for rule, _ in dissect(resized(frame[:end])).found] == [rules.SM_LENGTH]


@pytest.mark.parametrize(
    ("add", "detail"),
    [(b"\0", "a NUL behind the last field"), (b"\0\0", "2 octets behind the last field")],
)
def test_octets_behind_the_last_field(add: bytes, detail: str) -> None:
    """T05: also behind PDUs that have no fields."""
    for pdu in (SubmitSm(short_message=b"Hello", sequence_number=1), EnquireLink(1)):
        found = dissect(resized(encode_pdu(pdu) + add))
        assert found.found == [(rules.TRAILING_OCTETS, detail)]


def test_answers_may_leave_their_body_out() -> None:
    """T09: those of errors, and those that some clients send."""
    for pdu in (SubmitSmResp("1", 1), DeliverSmResp("", 1)):
        frame = resized(encode_pdu(pdu)[:16])
        assert dissect(frame).found == []


def test_an_unknown_command_is_no_pdu() -> None:
    """T07."""
    found = dissect(b"\0\0\0\x10\0\0\1\x11" + bytes(8))
    assert found.pdu is None
    assert found.found == [(rules.UNKNOWN_COMMAND, "command_id 0x00000111")]
